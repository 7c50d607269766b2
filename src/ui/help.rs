//! The help over a screen, printed from the keymap.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{
    chrome, layout,
    theme::{Theme, ThemeName},
};
use crate::{
    console::Console,
    form::wrap,
    keymap::{self, Context},
};

const WIDTH: u16 = 76;
const KEY_WIDTH: usize = 14;

/// What works on the screen below the help.
fn lines(stack: &[Context], width: u16, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut head: Option<Context> = None;
    for binding in keymap::active(stack) {
        if head != Some(binding.context) {
            if head.is_some() {
                lines.push(Line::default());
            }
            head = Some(binding.context);
            lines.push(Line::styled(binding.context.title(), theme.accent));
        }
        let keys: Vec<String> = binding
            .keys
            .iter()
            .take(3)
            .map(|key| keymap::show(key))
            .collect();
        let keys = keys.join(" ");
        let room = width.saturating_sub(u16::try_from(KEY_WIDTH).unwrap_or(14) + 2);
        for (nth, help) in wrap::paragraph(binding.help, room).into_iter().enumerate() {
            let lead = if nth == 0 { keys.as_str() } else { "" };
            lines.push(Line::from(vec![
                Span::styled(format!("{lead:<KEY_WIDTH$}"), theme.strong),
                Span::raw(help),
            ]));
        }
    }
    lines
}

fn inner(console: &Console) -> (Rect, u16, u16) {
    let area = Rect::new(0, 0, console.size.0, console.size.1);
    let area = layout::centred(area, WIDTH, area.height.saturating_sub(2));
    (
        area,
        area.width.saturating_sub(4),
        area.height.saturating_sub(2),
    )
}

/// Lines that the help can be scrolled down.
pub fn last_scroll(console: &Console) -> u16 {
    let (_, width, height) = inner(console);
    let count = lines(
        &below(console),
        width,
        &Theme::new(
            ThemeName::default(),
            false,
            super::half_blocks::Depth::None,
            true,
        ),
    )
    .len();
    u16::try_from(count)
        .unwrap_or(u16::MAX)
        .saturating_sub(height)
}

fn below(console: &Console) -> Vec<Context> {
    console.context_below_help()
}

pub fn draw(frame: &mut Frame<'_>, theme: &Theme, console: &Console, scroll: u16) {
    let (area, width, height) = inner(console);
    let inside = chrome::dialog(frame, area, theme, "Keys that work here");
    let shown: Vec<Line<'_>> = lines(&below(console), width, theme)
        .into_iter()
        .skip(usize::from(scroll))
        .take(usize::from(height))
        .collect();
    frame.render_widget(Paragraph::new(shown), layout::margin_wide(inside));
}
