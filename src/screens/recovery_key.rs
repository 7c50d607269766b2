//! Shows the key that can replace a forgotten password, once. The key counts as written down when
//! its last group is typed correctly.

use std::borrow::Cow;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::Paragraph,
};

use super::page::{Look, Next, Page, Place};
use crate::{
    desk::{Cx, Desk},
    domain::{oauth::credential::RecoveryKey, people::developer::Session, secret::Secret, text},
    form::{Entry, TextEdit, wrap},
    keymap::{Action, Can, Mode},
    request::{ConfirmRecoveryKey, Copy, Copyable},
    ui::{
        finding,
        layout::{self, Areas},
        line, overlay,
        theme::Theme,
        title,
    },
};

/// In characters; more than a group has.
const GROUP_MAX: usize = 16;
const GROUP_CELLS: u16 = 16;

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
    fn name(&self) -> Cow<'_, str> {
        "Your recovery key".into()
    }

    fn modes(&self) -> Vec<Mode> {
        vec![Mode::RecoveryKey, Mode::Text, Mode::Form, Mode::Anywhere]
    }

    fn verb(&self) -> Option<&'static str> {
        Some("confirm")
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
            Action::CopySecret => cx.copy(Copy {
                what: Copyable::RecoveryKey,
                text: Secret::new(self.key.expose()),
            }),
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
        let once = Line::styled("shown once", theme.warning);
        let trail = ["Your recovery key"];
        title::draw(frame, areas.title, theme, &trail, Line::default(), once);
        let groups: Vec<&str> = self.key.groups().collect();
        let key: Vec<Line<'_>> = groups
            .chunks(4)
            .map(|four| Line::styled(four.join(" - "), theme.accent).centered())
            .collect();
        let area = layout::column(areas.body, WIDTH);
        let text = why_to_keep(look.session());
        let why = wrap::paragraph(text, area.width);
        let ask = wrap::paragraph("To confirm, type the last group of the key", area.width);
        let boxed = Constraint::Length(rows_of(&key) + BOX);
        let wanted = rows_of(&why) + rows_of(&key) + BOX + rows_of(&ask) + FIELD + 3;
        let y = if wanted <= area.height {
            let [_, above, _, key_box, _, below] = Layout::vertical([
                Constraint::Length(1),
                Constraint::Length(rows_of(&why)),
                Constraint::Length(1),
                boxed,
                Constraint::Length(1),
                Constraint::Fill(1),
            ])
            .areas(area);
            frame.render_widget(Paragraph::new(texts(why, theme.text)), above);
            overlay::border(frame, key_box, theme, "");
            let inside = Rect {
                y: key_box.y + BOX / 2,
                height: rows_of(&key),
                ..key_box
            };
            frame.render_widget(Paragraph::new(key), inside);
            let rows = rows_of(&ask);
            frame.render_widget(Paragraph::new(texts(ask, theme.strong)), below);
            below.y + rows
        } else {
            // The key and the field come first: the developer cannot continue without them.
            let rows = rows_of(&key) + 1;
            let mut lines = key;
            lines.push(Line::styled("Write it down. Last group:", theme.strong));
            frame.render_widget(Paragraph::new(lines), area);
            area.y + rows
        };
        self.draw_field(theme, frame, area, y);
    }
}

/// As wide as the key in its box needs, and easy to read.
const WIDTH: u16 = 56;
/// Rows of the box around the key: its border, and a blank row inside it.
const BOX: u16 = 4;
/// The field and its error.
const FIELD: u16 = 2;

fn rows_of<T>(lines: &[T]) -> u16 {
    u16::try_from(lines.len()).unwrap_or(u16::MAX)
}

fn texts(lines: Vec<String>, style: Style) -> Vec<Line<'static>> {
    let lines = lines.into_iter();
    lines.map(|line| Line::styled(line, style)).collect()
}

impl ShowRecoveryKey {
    fn draw_field(&self, theme: &Theme, frame: &mut Frame<'_>, area: Rect, y: u16) {
        let (typed, x) = line::window(self.typed.text(), self.typed.cursor(), GROUP_CELLS, None);
        let mut lines = vec![Line::from(vec![
            Span::styled(format!("{} ", theme.glyphs.bar_focus), theme.accent),
            Span::raw(typed),
        ])];
        if self.wrong {
            let mark = Span::styled(theme.glyphs.error, theme.error);
            let message = "This is not the last group.";
            lines.extend(finding::lines(mark, message, theme, area.width));
        }
        let field = Rect {
            y,
            height: rows_of(&lines),
            ..area
        };
        frame.render_widget(Paragraph::new(lines), field.intersection(area));
        let at = Rect::new(area.x + 2 + x, y, 1, 1).intersection(area);
        if !at.is_empty() {
            frame.set_cursor_position(Position { x: at.x, y: at.y });
        }
    }
}

/// What the key is for. Whether it is the only way depends on who else could help.
pub fn why_to_keep(session: Option<&Session>) -> &'static str {
    let has_other_admin = session.is_some_and(|session| {
        let mut admins = session.admins();
        admins.any(|admin| admin.id != session.developer.id)
    });
    if has_other_admin {
        "Write it down and keep it away from this machine. With it, you can set a new password if you forget yours. Without it, a Developer Admin has to reset your password."
    } else {
        "Write it down and keep it away from this machine. If you forget your password, this key is the only way to recover your secrets."
    }
}
