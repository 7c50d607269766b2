//! The result of decoding a picture, in any format.

use crate::domain::app::icon::{IconFormat, MAX_BYTES, Preview};

/// Longest accepted side, in pixels. Ours, because RingCentral documents no limit: it keeps a small
/// file that unpacks into gigabytes out of memory.
pub const MAX_SIDE: u32 = 4096;

/// The thread that draws an SVG. The panic hook must ignore its panics: they are caught and become
/// `IconError::Damaged`.
pub const SVG_THREAD: &str = "icon-svg";

/// Why a file cannot be used as an icon, as an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IconError {
    #[error("File not found. Check the path.")]
    NotFound,
    #[error("This is a folder or a device. Choose a picture file.")]
    NotAFile,
    #[error("You have no permission to read this file. Choose another one.")]
    NoPermission,
    #[error("The file could not be read. Choose another picture.")]
    Unreadable,
    #[error("The picture is too large. Choose one under {} MB.", MAX_BYTES / 1_000_000)]
    TooLarge,
    #[error("This is not a picture. Choose a PNG, JPEG, GIF or SVG file.")]
    UnknownFormat,
    #[error("The picture is {w} × {h}. Choose a square one.")]
    NotSquare { w: u32, h: u32 },
    #[error("The picture is too big. Choose one of at most {MAX_SIDE} × {MAX_SIDE} pixels.")]
    TooManyPixels,
    #[error("This SVG is too complex. Choose a simpler one.")]
    TooComplex,
    #[error("This {} file is damaged. Export the picture again.", .0.label())]
    Damaged(IconFormat),
}

/// The side in pixels, and the preview.
pub(super) type Decoded = (u32, Preview);
