//! Colors by role and marks by meaning: the sixteen of the terminal here, more of them in `palette`.
//! Without color, bold and reverse are
//! used instead, and no meaning depends on color alone.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::{half_blocks::Depth, palette::Background};

/// Marks; plain ASCII if the locale is not UTF-8.
#[derive(Clone, Copy, Debug)]
pub struct Glyphs {
    pub bar: &'static str,
    pub bar_focus: &'static str,
    pub rule: &'static str,
    pub chosen: &'static str,
    pub open: &'static str,
    pub on: &'static str,
    pub off: &'static str,
    pub error: &'static str,
    pub warning: &'static str,
    pub done: &'static str,
    pub ellipsis: &'static str,
    pub dot: &'static str,
    pub mark: &'static str,
    pub mask: &'static str,
    pub unicode: bool,
}

const UNICODE: Glyphs = Glyphs {
    bar: "│",
    bar_focus: "┃",
    rule: "─",
    chosen: "(•)",
    open: "( )",
    on: "[x]",
    off: "[ ]",
    error: "✗",
    warning: "!",
    done: "✓",
    ellipsis: "…",
    dot: "·",
    mark: "›",
    mask: "•",
    unicode: true,
};

pub const ASCII: Glyphs = Glyphs {
    bar: "|",
    bar_focus: ">",
    rule: "-",
    chosen: "(*)",
    open: "( )",
    on: "[x]",
    off: "[ ]",
    error: "x",
    warning: "!",
    done: "+",
    ellipsis: "~",
    dot: "-",
    mark: ">",
    mask: "*",
    unicode: false,
};

/// Styles by role.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    pub glyphs: Glyphs,
    pub pictures: Depth,
    pub text: Style,
    pub dim: Style,
    pub strong: Style,
    pub accent: Style,
    pub error: Style,
    pub warning: Style,
    pub good: Style,
    pub selected: Style,
    pub button: Style,
    /// What an overlay covers.
    pub below: Style,
}

/// The themes for the settings file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeName {
    #[default]
    Default,
    /// Nothing is dim, and color is always combined with bold or underline.
    HighContrast,
    /// No color at all.
    Mono,
    /// Colors for a dark background, where the terminal has 256.
    Dark,
    /// Colors for a light background, where the terminal has 256.
    Light,
}

impl ThemeName {
    pub const ALL: [Self; 5] = [
        Self::Default,
        Self::HighContrast,
        Self::Mono,
        Self::Dark,
        Self::Light,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::HighContrast => "high-contrast",
            Self::Mono => "mono",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// The background that the colors are for. The default takes what the terminal says.
    pub fn background(self, told: Option<Background>) -> Option<Background> {
        match self {
            Self::Dark => Some(Background::Dark),
            Self::Light => Some(Background::Light),
            Self::Default => told,
            Self::HighContrast | Self::Mono => None,
        }
    }
}

impl Theme {
    /// For text whose lines are only counted.
    pub fn to_count() -> Self {
        Self::new(ThemeName::Mono, false, Depth::None, true)
    }

    pub fn new(name: ThemeName, colors: bool, pictures: Depth, unicode: bool) -> Self {
        let glyphs = if unicode { UNICODE } else { ASCII };
        let colors = colors && name != ThemeName::Mono;
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let tint = |style: Style, color| if colors { style.fg(color) } else { style };
        let common = Self {
            glyphs,
            pictures: if unicode && colors {
                pictures
            } else {
                Depth::None
            },
            text: plain,
            dim: plain.add_modifier(Modifier::DIM),
            strong: bold,
            accent: tint(bold, Color::Cyan),
            error: tint(bold, Color::Red),
            warning: tint(plain, Color::Yellow),
            good: tint(plain, Color::Green),
            selected: plain.add_modifier(Modifier::REVERSED),
            button: tint(bold, Color::Cyan).add_modifier(Modifier::REVERSED),
            below: plain.add_modifier(Modifier::DIM),
        };
        if name != ThemeName::HighContrast {
            return common;
        }
        // The terminal's default text color contrasts with any background. Of the sixteen colors,
        // only red is readable on most: yellow, green and cyan are not on white, blue is not on
        // black.
        let underlined = bold.add_modifier(Modifier::UNDERLINED);
        Self {
            dim: plain,
            accent: underlined,
            error: tint(underlined, Color::Red),
            warning: bold,
            good: bold,
            selected: bold.add_modifier(Modifier::REVERSED),
            button: bold.add_modifier(Modifier::REVERSED),
            below: plain,
            ..common
        }
    }
}
