//! Shows the key that can replace a forgotten password, once. The key counts as written down when
//! its last group is typed correctly.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::page::{Look, Next, Page, Place};
use crate::{
    desk::{Cx, Desk},
    domain::{oauth::credential::RecoveryKey, text},
    form::{Entry, TextEdit, wrap},
    keymap::{Action, Can, Mode},
    request::ConfirmRecoveryKey,
    ui::{
        chrome,
        layout::{self, Areas},
        line,
    },
};

/// In characters; more than a group has.
const GROUP_MAX: usize = 16;

#[derive(Debug)]
pub struct ShowRecoveryKey {
    pub key: RecoveryKey,
    pub typed: Entry,
    pub wrong: bool,
    /// The key replaces one that was in use.
    is_another: bool,
}

impl ShowRecoveryKey {
    pub fn new(key: RecoveryKey, is_another: bool) -> Self {
        Self {
            key,
            typed: Entry::default(),
            wrong: false,
            is_another,
        }
    }
}

impl Page for ShowRecoveryKey {
    fn modes(&self) -> Vec<Mode> {
        vec![Mode::Text, Mode::Form, Mode::Anywhere]
    }

    fn can(&self, action: Action, _: &Desk) -> Can {
        Can::of(None, !matches!(action, Action::Back | Action::NextField))
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match action {
            Action::Edit(edit) => {
                self.typed.edit(edit);
                self.wrong = false;
            }
            Action::Confirm | Action::Submit if self.key.ends_with(self.typed.text()) => {
                cx.request(ConfirmRecoveryKey {});
                let may_create = cx.why_no_new_app().is_none();
                cx.notify(match (self.is_another, may_create) {
                    (true, _) => "The new recovery key is active. The old one no longer works.",
                    (false, true) => "Welcome. n creates your first app.",
                    (false, false) => "Welcome.",
                });
                return if self.is_another {
                    Next::Back
                } else {
                    Next::Go(Place::Entrance)
                };
            }
            Action::Confirm | Action::Submit => self.wrong = true,
            Action::Back => cx.warn(
                "This key is shown only once. Write it down, then type its last group. ^C quits.",
            ),
            _ => {}
        }
        Next::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut Cx<'_>) -> bool {
        self.typed.paste(&text::one_line(pasted), GROUP_MAX)
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        let theme = look.theme;
        chrome::ends(
            frame,
            areas.title,
            Line::styled("Your recovery key", theme.strong),
            Line::styled("shown once", theme.warning),
        );
        let area = layout::margin(areas.body);
        let text = "Write it down and keep it away from this machine. If you forget your password, this key is the only way to recover your secrets.";
        let why = wrap::paragraph(text, area.width);
        let groups: Vec<&str> = self.key.groups().collect();
        let key = groups
            .chunks(4)
            .map(|four| Line::styled(format!("    {}", four.join(" - ")), theme.accent));
        let ask = wrap::paragraph("To confirm, type the last group of the key", area.width);
        // Four more lines: two blank ones, the field and its error.
        let wanted = why.len() + key.len() + ask.len() + 4;
        let mut lines: Vec<Line<'_>> = Vec::new();
        if wanted <= usize::from(area.height) {
            lines.extend(why.into_iter().map(Line::from));
            lines.push(Line::default());
            lines.extend(key);
            lines.push(Line::default());
            lines.extend(ask.into_iter().map(|line| Line::styled(line, theme.strong)));
        } else {
            // The key and the field come first: nobody can go on without them.
            lines.extend(key);
            lines.push(Line::styled("Write it down. Last group:", theme.strong));
        }
        let y = u16::try_from(lines.len()).unwrap_or(0);
        let (typed, x) = line::window(self.typed.text(), self.typed.cursor(), 16, None);
        lines.push(Line::from(vec![
            Span::styled(format!("{} ", theme.glyphs.bar_focus), theme.accent),
            Span::raw(typed),
        ]));
        if self.wrong {
            lines.push(Line::styled(
                format!("  {} This is not the last group.", theme.glyphs.error),
                theme.error,
            ));
        }
        frame.render_widget(Paragraph::new(lines), area);
        let at = Rect::new(area.x + 2 + x, area.y + y, 1, 1).intersection(area);
        if !at.is_empty() {
            frame.set_cursor_position(Position { x: at.x, y: at.y });
        }
    }
}
