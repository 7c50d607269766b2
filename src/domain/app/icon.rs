//! An app icon that was read, decoded and found fit. The decoding itself is in `files::icon`.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Largest file accepted, in bytes ("under 2 MB").
/// Source: RingCentral's app card editor, newest form.
pub const MAX_BYTES: u64 = 2_000_000;

/// Side of the preview, in pixels.
pub const PREVIEW_SIDE: usize = 16;

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum IconFormat {
    Png,
    Jpeg,
    Gif,
    Svg,
}

impl IconFormat {
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Svg => "image/svg+xml",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Svg => "SVG",
        }
    }
}

/// The facts about an icon in a spec and in a draft; the bytes are in the workspace under `sha256`.
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

impl Preview {
    /// The form in the workspace: red, green, blue and 255 for each pixel, or four zeros.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.pixels
            .iter()
            .flat_map(|pixel| pixel.map_or([0; 4], |[r, g, b]| [r, g, b, u8::MAX]))
            .collect()
    }

    /// `None` unless `to_bytes` could have written `bytes`.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (chunks, rest) = bytes.as_chunks::<4>();
        if chunks.len() != PREVIEW_SIDE * PREVIEW_SIDE || !rest.is_empty() {
            return None;
        }
        let pixels = chunks.iter().map(|pixel| match *pixel {
            [0, 0, 0, 0] => Some(None),
            [r, g, b, u8::MAX] => Some(Some([r, g, b])),
            _ => None,
        });
        Some(Self {
            pixels: pixels.collect::<Option<_>>()?,
        })
    }
}

/// A decoded icon on its way into the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Icon {
    pub about: IconRef,
    pub bytes: Vec<u8>,
    pub preview: Preview,
}

#[cfg(test)]
mod tests {
    use crate::domain::app::icon::{PREVIEW_SIDE, Preview};
    use proptest::prelude::*;

    const PIXELS: usize = PREVIEW_SIDE * PREVIEW_SIDE;

    proptest! {
        #[test]
        fn a_preview_survives_the_workspace(
            pixels in prop::collection::vec(any::<Option<[u8; 3]>>(), PIXELS)
        ) {
            let preview = Preview { pixels };
            prop_assert_eq!(Preview::from_bytes(&preview.to_bytes()), Some(preview));
        }

        #[test]
        fn any_bytes_are_a_preview_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2048)) {
            let _ = Preview::from_bytes(&bytes);
        }
    }

    #[test]
    fn bytes_of_another_length_or_half_transparent_are_refused() {
        let good = Preview {
            pixels: vec![None; PIXELS],
        }
        .to_bytes();
        assert!(Preview::from_bytes(&good).is_some());
        assert!(Preview::from_bytes(&good[1..]).is_none());
        assert!(Preview::from_bytes(&[good.clone(), vec![0]].concat()).is_none());
        let mut half = good;
        half[3] = 128;
        assert!(Preview::from_bytes(&half).is_none());
    }
}
