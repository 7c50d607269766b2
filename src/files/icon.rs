//! Reads a picture that a person chose as an app icon, and says what to do when it will not do.
//! The file is hostile until it was decoded: sizes are checked before memory is spent on them.
//! Decoding itself is in `raster` and `svg`; nothing here writes, and no path enters a message.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::{path::resolve, raster, svg};
use crate::{
    domain::app::icon::{Icon, IconFormat, IconRef, MAX_BYTES, Preview},
    environment,
};

/// Longest side accepted, in pixels. The platform names no limit; this one keeps a small file
/// that unpacks into gigabytes out of memory.
pub const MAX_SIDE: u32 = 4096;

/// The name of the thread that draws an SVG. A panic hook that restores the terminal has to leave
/// this thread alone: its panic is caught and becomes `IconError::Damaged`.
pub const SVG_THREAD: &str = "icon-svg";

/// Why a file is no app icon, as an instruction to the person who chose it.
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

/// What a decoder found: the side in pixels, and the small picture.
pub(super) type Decoded = (u32, Preview);

/// Reads and decodes the whole picture at `path` (by the rule of `path`). Blocks on the disk and
/// the decoder, for an SVG up to `svg::PATIENCE`: call it off the screen's thread.
pub fn read(path: &str) -> Result<Icon, IconError> {
    let bytes = bytes_of(&resolve(path, environment::home().as_deref()))?;
    from_bytes(bytes)
}

/// The part of [`read`] behind the disk.
pub fn from_bytes(bytes: Vec<u8>) -> Result<Icon, IconError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(IconError::TooLarge);
    }
    let (format, (side, preview)) = match raster::format_of(&bytes) {
        Some(format) => (format, raster::decode(&bytes, format)?),
        None => (IconFormat::Svg, svg::decode(&bytes)?),
    };
    let sha256 = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(Icon {
        about: IconRef {
            sha256,
            format,
            side,
        },
        bytes,
        preview,
    })
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, IconError> {
    // Before opening: opening a tape or a serial line already does something to it.
    regular(&std::fs::metadata(path).map_err(reason)?)?;
    let file = open(path).map_err(reason)?;
    // And after: the name may have been given to something else in between.
    regular(&file.metadata().map_err(reason)?)?;
    let mut bytes = Vec::new();
    // The length in the metadata is not trusted: files in /proc say 0 and go on for ever.
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(reason)?;
    Ok(bytes)
}

fn regular(about: &std::fs::Metadata) -> Result<(), IconError> {
    if about.is_file() {
        Ok(())
    } else {
        Err(IconError::NotAFile)
    }
}

#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    // NONBLOCK: a FIFO put in the file's place must not hang us until somebody writes to it.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    File::open(path)
}

#[expect(clippy::needless_pass_by_value, reason = "a function for map_err")]
fn reason(error: std::io::Error) -> IconError {
    match error.kind() {
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::InvalidFilename
        | ErrorKind::InvalidInput => IconError::NotFound,
        ErrorKind::PermissionDenied => IconError::NoPermission,
        _ => IconError::Unreadable,
    }
}

#[cfg(test)]
mod tests;
