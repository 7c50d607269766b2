//! Turns a drawn screen into an SVG picture, for the documentation. Pure: a buffer in, text out.
//! Every cell has its place on a fixed grid, whichever font the viewer has; lines and blocks are
//! drawn as shapes, because fonts leave gaps between them.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// Cell size in pixels; the font's advance is 0.602 of its size in the first font of the list.
const CELL_W: f32 = 9.0;
const CELL_H: f32 = 18.0;
const FONT_SIZE: f32 = 14.95;
const BASELINE: f32 = 13.5;
const MARGIN: f32 = 12.0;
const FONTS: &str =
    "'DejaVu Sans Mono', 'JetBrains Mono', Menlo, Consolas, 'Noto Sans Mono', monospace";

type Rgb = [u8; 3];
const PAPER: Rgb = [0x1b, 0x1f, 0x27];
const INK: Rgb = [0xc8, 0xcf, 0xda];
const PALETTE: [Rgb; 16] = [
    [0x2b, 0x30, 0x3b],
    [0xd9, 0x6c, 0x75],
    [0x98, 0xbf, 0x7d],
    [0xe0, 0xb9, 0x74],
    [0x6f, 0xa3, 0xdc],
    [0xb8, 0x8a, 0xd0],
    [0x66, 0xb8, 0xc2],
    [0xb4, 0xbc, 0xc8],
    [0x6b, 0x75, 0x86],
    [0xee, 0x8a, 0x91],
    [0xb2, 0xd6, 0x99],
    [0xf0, 0xce, 0x94],
    [0x90, 0xbd, 0xee],
    [0xcf, 0xa8, 0xe4],
    [0x88, 0xd3, 0xdb],
    [0xf2, 0xf4, 0xf8],
];

/// How a cell looks once reverse, dim and the palette are applied.
#[derive(Clone, Copy, PartialEq)]
struct Look {
    ink: Rgb,
    paper: Rgb,
    modifier: Modifier,
}

/// The whole buffer as an SVG document; `cursor` is drawn as a bar before its cell.
pub fn svg(buffer: &Buffer, cursor: Option<Position>) -> String {
    let mut out = head(buffer, "");
    for y in 0..buffer.area.height {
        drawn_row(&mut out, buffer, cursor, y);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Begins the document, up to the group of the rows.
pub fn head(buffer: &Buffer, style: &str) -> String {
    let area = buffer.area;
    let width = f32::from(area.width) * CELL_W + 2.0 * MARGIN;
    let height = f32::from(area.height) * CELL_H + 2.0 * MARGIN;
    let style = match style {
        "" => String::new(),
        style => format!("<style>\n{style}</style>\n"),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" font-size=\"{FONT_SIZE}\">\n\
         {style}<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{}\"/>\n\
         <g transform=\"translate({MARGIN} {MARGIN})\" shape-rendering=\"crispEdges\">\n",
        hex(PAPER)
    )
}

/// A row, with the cursor if it is there.
pub fn drawn_row(out: &mut String, buffer: &Buffer, cursor: Option<Position>, y: u16) {
    let cells = row(buffer, y);
    papers(out, &cells, y);
    marks(out, &cells, y);
    let area = buffer.area;
    if let Some(at) = cursor.filter(|at| at.y.saturating_sub(area.y) == y) {
        let x = at.x.saturating_sub(area.x);
        rect(out, left(x), top(y) + 1.0, 2.0, CELL_H - 2.0, INK);
    }
}

/// A cell to draw: column, width in cells, symbol, look. The cell behind a wide symbol is left out.
struct Glyph<'a> {
    x: u16,
    cells: u16,
    symbol: &'a str,
    look: Look,
}

fn row(buffer: &Buffer, y: u16) -> Vec<Glyph<'_>> {
    let area = buffer.area;
    let mut glyphs = Vec::new();
    let mut x = 0;
    while x < area.width {
        let Some(cell) = buffer.cell((area.x + x, area.y + y)) else {
            break;
        };
        let symbol = cell.symbol();
        let cells = u16::try_from(symbol.width()).unwrap_or(1).max(1);
        glyphs.push(Glyph {
            x,
            cells,
            symbol,
            look: look(cell),
        });
        x += cells;
    }
    glyphs
}

/// The backgrounds, one rectangle for each run of one color.
fn papers(out: &mut String, glyphs: &[Glyph<'_>], y: u16) {
    for run in glyphs.chunk_by(|a, b| a.look.paper == b.look.paper) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        if first.look.paper != PAPER {
            let width = left(last.x + last.cells) - left(first.x);
            rect(out, left(first.x), top(y), width, CELL_H, first.look.paper);
        }
    }
}

/// Text, shapes and rules, in runs of one look.
fn marks(out: &mut String, glyphs: &[Glyph<'_>], y: u16) {
    for run in glyphs.chunk_by(|a, b| a.look == b.look) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        let look = first.look;
        if look.modifier.contains(Modifier::HIDDEN) {
            continue;
        }
        let width = left(last.x + last.cells) - left(first.x);
        if look.modifier.contains(Modifier::UNDERLINED) {
            let under = top(y) + BASELINE + 2.0;
            rect(out, left(first.x), under, width, 1.0, look.ink);
        }
        if look.modifier.contains(Modifier::CROSSED_OUT) {
            let through = top(y) + CELL_H / 2.0;
            rect(out, left(first.x), through, width, 1.0, look.ink);
        }
        words(out, run, y, look);
    }
}

fn words(out: &mut String, run: &[Glyph<'_>], y: u16, look: Look) {
    let (mut text, mut start, mut end) = (String::new(), 0, 0);
    for glyph in run {
        let blank = glyph.symbol.trim().is_empty();
        let plain = glyph.cells == 1 && glyph.symbol.chars().all(|c| c < '\u{2000}');
        // One space stays inside its text; a second one ends it, so that no viewer collapses them.
        if blank && glyph.x == end && !text.is_empty() {
            text.push(' ');
            continue;
        }
        let follows = glyph.x == end || (text.ends_with(' ') && glyph.x == end + 1);
        if !(plain && follows && !blank) {
            flush(out, &mut text, start..end, y, look);
        }
        if blank || shape(out, glyph, y) {
            continue;
        }
        if text.is_empty() {
            start = glyph.x;
        }
        text.push_str(glyph.symbol);
        end = glyph.x + glyph.cells;
        // A symbol may come from another font with another advance: drawn alone, it moves no other.
        if !plain {
            flush(out, &mut text, start..end, y, look);
        }
    }
    flush(out, &mut text, start..end, y, look);
}

fn flush(out: &mut String, text: &mut String, cells: std::ops::Range<u16>, y: u16, look: Look) {
    let shown = text.trim_end();
    if !shown.is_empty() {
        let weight = if look.modifier.contains(Modifier::BOLD) {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let slant = if look.modifier.contains(Modifier::ITALIC) {
            " font-style=\"italic\""
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" textLength=\"{}\" \
             fill=\"{}\"{weight}{slant}>{}</text>",
            left(cells.start),
            top(y) + BASELINE,
            left(cells.end) - left(cells.start),
            hex(look.ink),
            escaped(shown),
        );
    }
    text.clear();
}

/// Draws lines and blocks edge to edge; `false` for any other symbol.
fn shape(out: &mut String, glyph: &Glyph<'_>, y: u16) -> bool {
    let (x, y, ink) = (left(glyph.x), top(y), glyph.look.ink);
    let mut symbol = glyph.symbol.chars();
    let (Some(c), None) = (symbol.next(), symbol.next()) else {
        return false;
    };
    let (middle_x, middle_y) = (x + CELL_W / 2.0, y + CELL_H / 2.0);
    let (right, bottom) = (x + CELL_W, y + CELL_H);
    // `▁` to `█` and `▏` to `█` count eighths.
    let eighths = |from: char| (u32::from(c) - u32::from(from) + 1) as f32 / 8.0;
    match c {
        '▀' => rect(out, x, y, CELL_W, CELL_H / 2.0, ink),
        '▁'..='█' => {
            let high = CELL_H * eighths('▁');
            rect(out, x, bottom - high, CELL_W, high, ink);
        }
        '▉'..='▏' => {
            let wide = CELL_W * (1.0 - (u32::from(c) - u32::from('█')) as f32 / 8.0);
            rect(out, x, y, wide, CELL_H, ink);
        }
        '▐' => rect(out, middle_x, y, CELL_W / 2.0, CELL_H, ink),
        '╭' | '╮' | '╯' | '╰' => {
            let (side, end) = match c {
                '╭' => (right, bottom),
                '╮' => (x, bottom),
                '╯' => (x, y),
                _ => (right, y),
            };
            let _ = writeln!(
                out,
                "<path d=\"M{side} {middle_y}Q{middle_x} {middle_y} {middle_x} {end}\" \
                 fill=\"none\" shape-rendering=\"auto\" stroke=\"{}\" stroke-width=\"1.2\"/>",
                hex(ink)
            );
        }
        _ => {
            let Some((arms, thick)) = arms(c) else {
                return false;
            };
            let half = thick / 2.0;
            for (arm, end_x, end_y) in [
                ('u', middle_x, y),
                ('r', right, middle_y),
                ('d', middle_x, bottom),
                ('l', x, middle_y),
            ] {
                if arms.contains(arm) {
                    // Each arm runs through the middle by half its thickness, so corners close.
                    let from_x = middle_x.min(end_x) - if arm == 'l' { 0.0 } else { half };
                    let from_y = middle_y.min(end_y) - if arm == 'u' { 0.0 } else { half };
                    let (wide, high) = if matches!(arm, 'l' | 'r') {
                        (CELL_W / 2.0 + half, thick)
                    } else {
                        (thick, CELL_H / 2.0 + half)
                    };
                    rect(out, from_x, from_y, wide, high, ink);
                }
            }
        }
    }
    true
}

/// Which ways a line goes (up, right, down, left), and how thick it is.
fn arms(c: char) -> Option<(&'static str, f32)> {
    let arms = match c {
        '─' | '━' => "rl",
        '│' | '┃' => "ud",
        '┌' | '┏' => "rd",
        '┐' | '┓' => "dl",
        '└' | '┗' => "ur",
        '┘' | '┛' => "ul",
        '├' | '┣' => "urd",
        '┤' | '┫' => "udl",
        '┬' | '┳' => "rdl",
        '┴' | '┻' => "url",
        '┼' | '╋' => "urdl",
        _ => return None,
    };
    let heavy = matches!(
        c,
        '━' | '┃' | '┏' | '┓' | '┗' | '┛' | '┣' | '┫' | '┳' | '┻' | '╋'
    );
    Some((arms, if heavy { 2.6 } else { 1.2 }))
}

fn look(cell: &Cell) -> Look {
    let modifier = cell.modifier;
    let (mut ink, mut paper) = (rgb(cell.fg, INK), rgb(cell.bg, PAPER));
    if modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut paper);
    }
    if modifier.contains(Modifier::DIM) {
        ink = mixed(ink, paper);
    }
    Look {
        ink,
        paper,
        modifier,
    }
}

/// Three fifths of the ink: still readable on the paper.
fn mixed([r, g, b]: Rgb, [pr, pg, pb]: Rgb) -> Rgb {
    let mix = |ink: u8, paper: u8| {
        let sum = u16::from(ink) * 3 + u16::from(paper) * 2;
        u8::try_from(sum / 5).unwrap_or(u8::MAX)
    };
    [mix(r, pr), mix(g, pg), mix(b, pb)]
}

fn rgb(color: Color, default: Rgb) -> Rgb {
    let named = |index: u8| PALETTE.get(usize::from(index)).copied().unwrap_or(default);
    match color {
        Color::Reset => default,
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(index @ 0..=15) => named(index),
        Color::Indexed(index @ 16..=231) => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let cube = index - 16;
            [cube / 36, cube / 6 % 6, cube % 6].map(level)
        }
        Color::Indexed(index) => [8 + 10 * (index - 232); 3],
    }
}

fn rect(out: &mut String, x: f32, y: f32, width: f32, height: f32, fill: Rgb) {
    let _ = writeln!(
        out,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
        hex(fill)
    );
}

fn left(x: u16) -> f32 {
    f32::from(x) * CELL_W
}

fn top(y: u16) -> f32 {
    f32::from(y) * CELL_H
}

fn hex([r, g, b]: Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// XML allows no control characters, not even escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
