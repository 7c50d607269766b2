//! Reads a picture as an app icon, and says what to do if it cannot be used. The file is untrusted
//! until it is decoded: sizes are checked before memory is allocated. `raster` and `svg` decode it;
//! nothing here writes, and messages contain no path.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

use super::{path::resolve, picture::IconError, raster, svg};
use crate::{
    domain::app::icon::{Icon, IconFormat, IconRef, MAX_BYTES},
    environment,
};

/// Reads and decodes the picture at `path`. Blocks on the disk and the decoder, for an SVG up to
/// `svg::PATIENCE`: never call it on the UI thread.
pub fn read(path: &str) -> Result<Icon, IconError> {
    let bytes = bytes_of(&resolve(path, environment::home().as_deref()))?;
    from_bytes(bytes)
}

/// Reads the icon that a manifest in `folder` names: by a path relative to it, or as a `data:` URL
/// (RFC 2397).
pub fn named(text: &str, folder: &Path) -> Result<Icon, String> {
    let failed = |error: IconError| error.to_string();
    let Some(url) = text.strip_prefix("data:") else {
        let path = resolve(text, environment::home().as_deref());
        return bytes_of(&folder.join(path))
            .and_then(from_bytes)
            .map_err(failed);
    };
    let (about, data) = url.split_once(',').unwrap_or_default();
    let bytes = percent_decode_str(data).collect::<Vec<u8>>();
    let bytes = if about.ends_with(";base64") {
        STANDARD
            .decode(bytes)
            .map_err(|_| "The data URL is not valid base64.".to_owned())?
    } else {
        bytes
    };
    from_bytes(bytes).map_err(failed)
}

/// Decodes a picture in memory.
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
    // Before opening, because opening a tape or a serial line already affects it.
    regular(&std::fs::metadata(path).map_err(reason)?)?;
    let file = open(path).map_err(reason)?;
    // And afterwards, because the name may lead to another file by then.
    regular(&file.metadata().map_err(reason)?)?;
    let mut bytes = Vec::new();
    // The length in the metadata cannot be trusted: files in /proc say 0 and have no end.
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
    // NONBLOCK: if a FIFO has replaced the file, opening must not wait for a writer.
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
