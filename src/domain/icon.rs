//! An app icon that was read, decoded and found fit. The decoding itself is in `files::icon`.

use serde::{Deserialize, Serialize};

/// Largest file accepted, in bytes ("under 2 MB").
/// Source: the platform's app card editor, newest form.
pub const MAX_BYTES: u64 = 2_000_000;

/// Side of the preview, in pixels.
pub const PREVIEW_SIDE: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IconFormat {
    Png,
    Jpeg,
    Gif,
    Svg,
}

impl IconFormat {
    pub fn label(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Svg => "SVG",
        }
    }
}

/// What a spec and a draft remember of an icon; the bytes are in the workspace under `sha256`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IconRef {
    /// Lower-case hex of the SHA-256 of the file.
    pub sha256: String,
    pub format: IconFormat,
    /// Width and height, in pixels (for SVG: the size it declares, rounded).
    pub side: u32,
}

/// `PREVIEW_SIDE` × `PREVIEW_SIDE` pixels, row by row; `None` is transparent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub pixels: Vec<Option<[u8; 3]>>,
}

/// A decoded icon on its way into the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    pub about: IconRef,
    pub bytes: Vec<u8>,
    pub preview: Preview,
}
