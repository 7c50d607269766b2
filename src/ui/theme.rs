//! Colours by role and marks by meaning. Sixteen colours at most; without colour, bold and
//! reverse carry what they can, and no meaning rests on colour alone.

use ratatui::style::{Color, Modifier, Style};

use super::half_blocks::Depth;

/// Marks; plain ASCII where the locale is not UTF-8.
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

const ASCII: Glyphs = Glyphs {
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

/// How things look, by role.
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
}

impl Theme {
    pub fn new(colours: bool, pictures: Depth, unicode: bool) -> Self {
        let glyphs = if unicode { UNICODE } else { ASCII };
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let tint = |style: Style, colour| if colours { style.fg(colour) } else { style };
        Self {
            glyphs,
            pictures: if unicode { pictures } else { Depth::None },
            text: plain,
            dim: plain.add_modifier(Modifier::DIM),
            strong: bold,
            accent: tint(bold, Color::Cyan),
            error: tint(bold, Color::Red),
            warning: tint(plain, Color::Yellow),
            good: tint(plain, Color::Green),
            selected: plain.add_modifier(Modifier::REVERSED),
            button: tint(bold, Color::Cyan).add_modifier(Modifier::REVERSED),
        }
    }
}
