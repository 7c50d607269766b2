//! The colors of terminals with 256 or more, for a background that is known to be dark or light.
//! No color is readable on both, so an unknown background gets the terminal's own sixteen.
//!
//! All are from the fixed part of the 256 colors, which looks the same everywhere.

use ratatui::style::{Color, Modifier, Style};

use super::theme::Theme;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    Dark,
    Light,
}

#[derive(Clone, Copy, Debug)]
struct Palette {
    dim: u8,
    accent: u8,
    error: u8,
    warning: u8,
    good: u8,
    /// The row under the cursor, and the text on it.
    bar: u8,
    ink: u8,
}

const DARK: Palette = Palette {
    dim: 247,
    accent: 116,
    error: 210,
    warning: 179,
    good: 150,
    bar: 110,
    ink: 16,
};

const LIGHT: Palette = Palette {
    dim: 241,
    accent: 24,
    error: 124,
    warning: 94,
    good: 22,
    bar: 24,
    ink: 231,
};

impl Background {
    fn palette(self) -> Palette {
        match self {
            Self::Dark => DARK,
            Self::Light => LIGHT,
        }
    }
}

/// The theme in these colors. Dim text gets its own shade: terminals dim differently.
pub fn applied(theme: Theme, background: Background) -> Theme {
    let palette = background.palette();
    let plain = Style::new();
    let bold = plain.add_modifier(Modifier::BOLD);
    let color = Color::Indexed;
    let bar = plain.fg(color(palette.ink)).bg(color(palette.bar));
    Theme {
        dim: plain.fg(color(palette.dim)),
        accent: bold.fg(color(palette.accent)),
        error: bold.fg(color(palette.error)),
        warning: plain.fg(color(palette.warning)),
        good: plain.fg(color(palette.good)),
        selected: bar,
        button: bar.add_modifier(Modifier::BOLD),
        below: plain.fg(color(palette.dim)),
        ..theme
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Backgrounds of well-known terminal themes.
    const DARK_ONES: [(&str, u32); 4] = [
        ("xterm", 0x00_00_00),
        ("Solarized dark", 0x00_2b_36),
        ("Dracula", 0x28_2a_36),
        ("Gruvbox dark", 0x28_28_28),
    ];
    const LIGHT_ONES: [(&str, u32); 3] = [
        ("Solarized light", 0xfd_f6_e3),
        ("One Light", 0xfa_fa_fa),
        ("GNOME light", 0xff_ff_ff),
    ];

    /// From the cube of 6 x 6 x 6 colors and the ramp of grays.
    fn rgb(index: u8) -> u32 {
        let channels = if index >= 232 {
            [8 + 10 * (index - 232); 3]
        } else {
            let level = |n: u8| [0, 95, 135, 175, 215, 255][usize::from(n % 6)];
            let n = index - 16;
            [level(n / 36), level(n / 6), level(n)]
        };
        channels
            .iter()
            .fold(0, |all, channel| all << 8 | u32::from(*channel))
    }

    /// WCAG 2.2, relative luminance.
    fn luminance(rgb: u32) -> f64 {
        let channel = |shift: u32| {
            let value = f64::from(rgb >> shift & 0xff) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    fn contrast(one: u32, other: u32) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        one.max(other) / one.min(other)
    }

    #[test]
    fn contrast_is_measured_as_wcag_does() {
        assert!((contrast(0, 0xff_ff_ff) - 21.0).abs() < 0.01);
        assert!((contrast(0x76_76_76, 0xff_ff_ff) - 4.54).abs() < 0.01);
        assert_eq!(rgb(110), 0x87_af_d7);
        assert_eq!(rgb(247), 0x9e_9e_9e);
    }

    #[test]
    fn text_and_marks_are_readable_on_well_known_backgrounds() {
        for (background, themes) in [
            (Background::Dark, &DARK_ONES[..]),
            (Background::Light, &LIGHT_ONES[..]),
        ] {
            let of = background.palette();
            assert!(contrast(rgb(of.ink), rgb(of.bar)) >= 4.5, "{background:?}");
            for (name, paper) in themes {
                for text in [of.dim, of.accent, of.error, of.warning, of.good] {
                    let ratio = contrast(rgb(text), *paper);
                    assert!(ratio >= 4.5, "{text} on {name}: {ratio:.2}");
                }
                let ratio = contrast(rgb(of.bar), *paper);
                assert!(ratio >= 3.0, "the bar on {name}: {ratio:.2}");
            }
        }
    }
}
