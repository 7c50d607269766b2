//! Decodes PNG, JPEG and GIF within limits, and shrinks a picture to a preview. Only the first
//! picture of an animation is decoded.

use std::io::Cursor;

use image::error::LimitErrorKind;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Pixel, RgbaImage,
};

use super::picture::{Decoded, IconError, MAX_SIDE};
use crate::domain::app::icon::{IconFormat, PREVIEW_SIDE, Preview};

/// Most memory for a decoder, in bytes: `MAX_SIDE`² pixels of four bytes.
const MAX_ALLOC: u64 = 64 * 1024 * 1024;

/// By content, because the name of a file proves nothing.
pub(super) fn format_of(bytes: &[u8]) -> Option<IconFormat> {
    match image::guess_format(bytes).ok()? {
        ImageFormat::Png => Some(IconFormat::Png),
        ImageFormat::Jpeg => Some(IconFormat::Jpeg),
        ImageFormat::Gif => Some(IconFormat::Gif),
        _ => None,
    }
}

pub(super) fn decode(bytes: &[u8], format: IconFormat) -> Result<Decoded, IconError> {
    let as_image = match format {
        IconFormat::Png => ImageFormat::Png,
        IconFormat::Jpeg => ImageFormat::Jpeg,
        IconFormat::Gif => ImageFormat::Gif,
        IconFormat::Svg => return Err(IconError::UnknownFormat),
    };
    let fault = |error: ImageError| match error {
        ImageError::Limits(limit)
            if !matches!(limit.kind(), LimitErrorKind::Unsupported { .. }) =>
        {
            IconError::TooManyPixels
        }
        _ => IconError::Damaged(format),
    };

    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), as_image);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(fault)?;

    let (w, h) = decoder.dimensions();
    if w != h {
        return Err(IconError::NotSquare { w, h });
    }
    if decoder.total_bytes() > MAX_ALLOC {
        return Err(IconError::TooManyPixels);
    }
    let orientation = decoder.orientation().map_err(fault)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    // The decoder fills a truncated JPEG with gray instead of failing.
    if format == IconFormat::Jpeg && !jpeg_has_an_end(bytes) {
        return Err(IconError::Damaged(format));
    }
    picture.apply_orientation(orientation);
    Ok((w, shrink(&picture.into_rgba8())))
}

/// Whether an end marker follows the first scan. The segments before it are skipped by their
/// lengths, because an embedded thumbnail is a JPEG with its own end marker.
fn jpeg_has_an_end(bytes: &[u8]) -> bool {
    let mut rest = bytes.get(2..).unwrap_or_default();
    loop {
        match rest {
            [0xFF, 0xDA, scan @ ..] => return scan.windows(2).any(|pair| pair == [0xFF, 0xD9]),
            // Fill bytes, and the two markers without a length.
            [0xFF, 0xFF, ..] => rest = rest.get(1..).unwrap_or_default(),
            [0xFF, 0x01 | 0xD0..=0xD8, after @ ..] => rest = after,
            [0xFF, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest = rest.get(2 + length..).unwrap_or_default();
            }
            // The decoder also skips stray bytes between segments.
            [_, after @ ..] => rest = after,
            [] => return false,
        }
    }
}

/// Each cell is the mean of its pixels, weighted by their alpha: scaling by `image` would mix the
/// color of transparent pixels into every edge.
pub(super) fn shrink(picture: &RgbaImage) -> Preview {
    let (w, h) = picture.dimensions();
    let side = PREVIEW_SIDE as u32;
    let span = |index: u32, length: u32| {
        let start = index * length / side;
        // If the picture is smaller than the preview, each cell still has a pixel.
        start..((index + 1) * length / side).max(start + 1).min(length)
    };
    let mut pixels = Vec::with_capacity(PREVIEW_SIDE * PREVIEW_SIDE);
    for row in 0..side {
        for column in 0..side {
            let (mut sums, mut alphas, mut count) = ([0_u64; 3], 0_u64, 0_u64);
            for y in span(row, h) {
                for x in span(column, w) {
                    let [r, g, b, a] = picture.get_pixel(x, y).to_rgba().0.map(u64::from);
                    for (sum, channel) in sums.iter_mut().zip([r, g, b]) {
                        *sum += channel * a;
                    }
                    alphas += a;
                    count += 1;
                }
            }
            let visible = alphas > 0 && alphas * 2 >= count * 255;
            pixels.push(visible.then(|| {
                sums.map(|sum| u8::try_from((sum + alphas / 2) / alphas).unwrap_or(u8::MAX))
            }));
        }
    }
    Preview { pixels }
}
