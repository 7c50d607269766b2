//! Draws an icon's preview with `▀`: two pixels in each cell, one in the color of the character and
//! one in its background. It returns lines, which the caller places.

use ratatui::style::{Color, Style};
use ratatui::text::{Line, Span};

use crate::domain::app::icon::{PREVIEW_SIDE, Preview};

/// The colors that the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// No picture: the caller mentions the icon in words.
    None,
    Ansi256,
    True,
}

/// Pixels of the picture in each direction: each is the mean of four pixels of the preview.
const SIDE: usize = PREVIEW_SIDE / 2;

/// 8 cells × 4 rows, or nothing for [`Depth::None`]. Transparent pixels keep the terminal's
/// background.
pub fn half_blocks(preview: &Preview, depth: Depth) -> Vec<Line<'static>> {
    let color: fn([u8; 3]) -> Color = match depth {
        Depth::None => return Vec::new(),
        Depth::Ansi256 => |rgb| Color::Indexed(nearest_256(rgb)),
        Depth::True => |[r, g, b]| Color::Rgb(r, g, b),
    };
    let pixel = |x: usize, y: usize| {
        mean([(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| at(preview, x * 2 + dx, y * 2 + dy)))
    };
    (0..SIDE)
        .step_by(2)
        .map(|y| {
            (0..SIDE)
                .map(|x| cell(pixel(x, y).map(color), pixel(x, y + 1).map(color)))
                .collect()
        })
        .collect()
}

fn at(preview: &Preview, x: usize, y: usize) -> Option<[u8; 3]> {
    preview.pixels.get(y * PREVIEW_SIDE + x).copied().flatten()
}

fn cell(top: Option<Color>, bottom: Option<Color>) -> Span<'static> {
    match (top, bottom) {
        (None, None) => Span::raw(" "),
        (Some(top), None) => Span::styled("▀", Style::new().fg(top)),
        // The lower half block, because a background color would fill the transparent half too.
        (None, Some(bottom)) => Span::styled("▄", Style::new().fg(bottom)),
        (Some(top), Some(bottom)) => Span::styled("▀", Style::new().fg(top).bg(bottom)),
    }
}

/// Transparent if more than half of the pixels are.
fn mean(four: [Option<[u8; 3]>; 4]) -> Option<[u8; 3]> {
    let seen: Vec<[u8; 3]> = four.into_iter().flatten().collect();
    let count = u32::try_from(seen.len()).ok().filter(|count| *count >= 2)?;
    let mut sums = [0_u32; 3];
    for rgb in seen {
        for (sum, channel) in sums.iter_mut().zip(rgb) {
            *sum += u32::from(channel);
        }
    }
    Some(sums.map(|sum| u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX)))
}

/// The nearest color of the cube and the gray ramp. The first sixteen are left out, because the
/// terminal's theme defines them.
fn nearest_256(rgb: [u8; 3]) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    // The thresholds are the middles between the levels.
    let step = |channel: u8| match channel {
        0..=47 => 0_u8,
        48..=114 => 1,
        115..=154 => 2,
        155..=194 => 3,
        195..=234 => 4,
        235..=255 => 5,
    };
    let level = |step: u8| LEVELS.get(usize::from(step)).copied().unwrap_or(u8::MAX);
    let [r, g, b] = rgb.map(step);
    let cube = [r, g, b].map(level);

    let mean = rgb.map(u16::from).iter().sum::<u16>() / 3;
    let shade = u8::try_from(mean.saturating_sub(3) / 10)
        .unwrap_or(23)
        .min(23);
    let grey = [8 + 10 * shade; 3];

    if distance(rgb, grey) < distance(rgb, cube) {
        232 + shade
    } else {
        16 + 36 * r + 6 * g + b
    }
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    let apart = a.into_iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(b)));
    apart.map(|channel| channel * channel).sum()
}

#[cfg(test)]
mod tests {
    use super::{Depth, half_blocks, nearest_256};
    use crate::domain::app::icon::{PREVIEW_SIDE, Preview};
    use proptest::prelude::*;
    use ratatui::style::Color;
    use ratatui::text::Line;

    const RED: Option<[u8; 3]> = Some([255, 0, 0]);
    const BLUE: Option<[u8; 3]> = Some([0, 0, 255]);

    fn preview(pixel: impl Fn(usize, usize) -> Option<[u8; 3]>) -> Preview {
        let side = 0..PREVIEW_SIDE;
        let pixels = side.clone().flat_map(|y| side.clone().map(move |x| (x, y)));
        Preview {
            pixels: pixels.map(|(x, y)| pixel(x, y)).collect(),
        }
    }

    #[test]
    fn two_rows_of_pixels_are_one_row_of_cells() {
        let striped = preview(|_, y| if y / 2 % 2 == 0 { RED } else { BLUE });
        let lines = half_blocks(&striped, Depth::True);
        assert_eq!(lines.len(), 4);
        for span in lines.iter().inspect(|l| assert_eq!(l.width(), 8)).flatten() {
            assert_eq!(span.content, "▀");
            assert_eq!(span.style.fg, Some(Color::Rgb(255, 0, 0)));
            assert_eq!(span.style.bg, Some(Color::Rgb(0, 0, 255)));
        }
    }

    #[test]
    fn a_transparent_half_keeps_the_background_below_it() {
        let first = |pixel: fn(usize, usize) -> Option<[u8; 3]>| {
            let lines = half_blocks(&preview(pixel), Depth::Ansi256);
            lines[0].spans[0].clone()
        };
        let top = first(|_, y| if y < 2 { RED } else { None });
        let bottom = first(|_, y| if y == 2 || y == 3 { RED } else { None });
        let neither = first(|_, _| None);
        for (span, symbol, color) in [
            (top, "▀", Some(Color::Indexed(196))),
            (bottom, "▄", Some(Color::Indexed(196))),
            (neither, " ", None),
        ] {
            assert_eq!(span.content, symbol);
            assert_eq!((span.style.fg, span.style.bg), (color, None));
        }
    }

    #[test]
    fn a_pixel_is_the_mean_of_four() {
        let checked = preview(|x, y| if (x + y) % 2 == 0 { RED } else { BLUE });
        let lines = half_blocks(&checked, Depth::True);
        assert_eq!(lines[0].spans[0].style.fg, Some(Color::Rgb(128, 0, 128)));
    }

    #[test]
    fn without_color_there_is_no_picture() {
        let red = preview(|_, _| RED);
        assert_eq!(half_blocks(&red, Depth::None), Vec::<Line>::new());
    }

    #[test]
    fn a_preview_of_the_wrong_length_is_drawn_as_far_as_it_goes() {
        let short = Preview { pixels: vec![RED] };
        assert_eq!(half_blocks(&short, Depth::True).len(), 4);
    }

    #[test]
    fn known_colors_have_their_number() {
        for (rgb, expected) in [
            ([0, 0, 0], 16),
            ([255, 255, 255], 231),
            ([255, 0, 0], 196),
            ([0, 95, 135], 24),
            ([128, 128, 128], 244),
            ([8, 8, 8], 232),
            ([238, 238, 238], 255),
        ] {
            assert_eq!(nearest_256(rgb), expected, "{rgb:?}");
        }
    }

    fn rgb_of(index: u8) -> [u8; 3] {
        let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
        match index {
            232.. => [8 + 10 * (index - 232); 3],
            _ => [(index - 16) / 36, (index - 16) / 6 % 6, (index - 16) % 6].map(level),
        }
    }

    proptest! {
        #[test]
        fn no_other_color_is_nearer(rgb in any::<[u8; 3]>()) {
            let chosen = super::distance(rgb, rgb_of(nearest_256(rgb)));
            let best = (16..=255).map(|index| super::distance(rgb, rgb_of(index))).min();
            prop_assert_eq!(Some(chosen), best);
        }
    }
}
