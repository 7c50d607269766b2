//! The result of decoding a picture, in any format.

use crate::domain::app::icon::{IconFormat, MAX_BYTES, Preview};

/// Longest accepted side, in pixels. Ours, because RingCentral documents no limit: it keeps a small
/// file that unpacks into gigabytes out of memory.
pub const MAX_SIDE: u32 = 4096;

/// The thread that draws an SVG. The panic hook has to ignore its panics: they are caught and
/// become `IconError::Damaged`.
pub const SVG_THREAD: &str = "icon-svg";

/// Why a file cannot be used as an icon, as an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IconError {
    #[error("Check the path: there is no file here.")]
    NotFound,
    #[error("Choose a picture file: this is a folder or a device.")]
    NotAFile,
    #[error("Choose a file you may read, or change its permissions: this one is closed to you.")]
    NoPermission,
    #[error("Choose another picture: this one could not be read from its disk.")]
    Unreadable,
    #[error("Choose a picture under {} MB: this one is larger.", MAX_BYTES / 1_000_000)]
    TooLarge,
    #[error("Choose a PNG, JPEG, GIF or SVG picture: this file is none of them.")]
    UnknownFormat,
    #[error("Choose a square picture: this one is {w} × {h}.")]
    NotSquare { w: u32, h: u32 },
    #[error("Choose a picture of at most {MAX_SIDE} × {MAX_SIDE} pixels: this one is bigger.")]
    TooManyPixels,
    #[error("Choose a simpler picture: this SVG takes too much work to draw.")]
    TooComplex,
    #[error("Export the picture again: this {} file is damaged.", .0.label())]
    Damaged(IconFormat),
}

/// The side in pixels, and the preview.
pub(super) type Decoded = (u32, Preview);
