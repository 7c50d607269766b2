//! The tabs of a page, on the rule below its title. A mark has a fixed slot, so that no tab moves
//! when its errors come and go.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Clear,
};
use unicode_width::UnicodeWidthStr;

use super::{chrome, layout, theme::Theme};

/// The state of a tab that can have errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nothing to say yet.
    Open,
    Done,
    Errors(usize),
}

#[derive(Clone, Copy, Debug)]
pub struct Tab<'a> {
    pub title: &'a str,
    /// `None`: the tab never has a mark, and no slot for one.
    pub mark: Option<Mark>,
    /// A tab that was never open is dim.
    pub was_open: bool,
}

/// Cells of a mark and the space after it.
const SLOT: usize = 3;

impl Tab<'_> {
    fn width(&self) -> usize {
        let lead = if self.mark.is_some() { SLOT } else { 1 };
        lead + self.title.width() + 1
    }

    fn errors(&self) -> usize {
        match self.mark {
            Some(Mark::Errors(count)) => count,
            _ => 0,
        }
    }

    /// Exactly as wide as the slot.
    fn slot(&self, theme: &Theme) -> (String, Style) {
        match self.mark {
            None => (" ".to_owned(), theme.text),
            Some(Mark::Open) => (" ".repeat(SLOT), theme.text),
            Some(Mark::Done) => (format!(" {} ", theme.glyphs.done), theme.good),
            Some(Mark::Errors(count @ ..=9)) => {
                (format!("{}{count} ", theme.glyphs.error), theme.error)
            }
            Some(Mark::Errors(_)) => (format!("{}+ ", theme.glyphs.error), theme.error),
        }
    }

    fn spans(&self, is_open: bool, theme: &Theme) -> [Span<'static>; 2] {
        let (slot, slot_style) = self.slot(theme);
        let title = format!("{} ", self.title);
        if is_open {
            return [
                Span::styled(slot, theme.button),
                Span::styled(title, theme.button),
            ];
        }
        let style = if self.was_open { theme.text } else { theme.dim };
        [Span::styled(slot, slot_style), Span::styled(title, style)]
    }
}

/// Draws the tabs over the rule. If there is no room for all, only the open one.
pub fn draw(frame: &mut Frame<'_>, rule: Rect, theme: &Theme, tabs: &[Tab<'_>], open: usize) {
    let area = layout::margin_wide(rule);
    let width: usize = tabs.iter().map(Tab::width).sum();
    let line = if width <= usize::from(area.width) {
        let all = tabs.iter().enumerate();
        Line::from_iter(all.flat_map(|(nth, tab)| tab.spans(nth == open, theme)))
    } else {
        alone(theme, tabs, open)
    };
    // The rule goes around the tabs, not below them: a dim rule would dim them.
    let end = area.x
        + u16::try_from(line.width())
            .unwrap_or(u16::MAX)
            .min(area.width);
    let [before, behind] = [
        Rect {
            width: area.x - rule.x,
            ..rule
        },
        Rect {
            x: end,
            width: rule.right() - end,
            ..rule
        },
    ];
    frame.render_widget(Clear, rule);
    chrome::rule(frame, before, theme);
    chrome::rule(frame, behind, theme);
    frame.render_widget(line, area);
}

fn alone(theme: &Theme, tabs: &[Tab<'_>], open: usize) -> Line<'static> {
    let mut spans = Vec::new();
    if let Some(tab) = tabs.get(open) {
        spans.extend(tab.spans(true, theme));
    }
    let count = format!(" {} of {} ", open + 1, tabs.len());
    spans.push(Span::styled(count, theme.dim));
    let all: usize = tabs.iter().map(Tab::errors).sum();
    let others = all - tabs.get(open).map_or(0, Tab::errors);
    if others > 0 {
        let mark = theme.glyphs.error;
        spans.push(Span::styled(format!("{mark}{others} "), theme.error));
        spans.push(Span::styled("in others ", theme.dim));
    }
    spans.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{half_blocks::Depth, testing, theme::ThemeName};

    fn bar(width: u16, first: Mark, open: usize) -> String {
        let theme = Theme::new(ThemeName::default(), true, Depth::None, true);
        let tab = |title, mark| Tab {
            title,
            mark: Some(mark),
            was_open: mark != Mark::Open,
        };
        let tabs = [tab("Auth", first), tab("Security", Mark::Open)];
        testing::picture(width, 1, |frame| {
            draw(frame, frame.area(), &theme, &tabs, open);
        })
    }

    #[test]
    fn a_tab_keeps_its_place_whatever_its_mark() {
        for mark in [Mark::Open, Mark::Done, Mark::Errors(3), Mark::Errors(12)] {
            let bar = bar(40, mark, 0);
            let column = |bar: &str| bar.find("Auth").map(|at| bar[..at].chars().count());
            assert_eq!(column(&bar), Some(4));
        }
        assert_eq!(
            bar(30, Mark::Errors(3), 1),
            "─✗3 Auth    Security ─────────"
        );
        assert_eq!(
            bar(30, Mark::Errors(12), 0),
            "─✗+ Auth    Security ─────────"
        );
        assert_eq!(bar(30, Mark::Done, 0), "─ ✓ Auth    Security ─────────");
    }

    #[test]
    fn without_room_the_open_tab_says_which_it_is() {
        assert_eq!(bar(20, Mark::Errors(3), 0), "─✗3 Auth  1 of 2 ───");
    }
}
