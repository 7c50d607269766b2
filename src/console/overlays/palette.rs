//! Every action by name: the actions that work here, and for the others the reason why not.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::super::{Console, update::perform};
use crate::{
    desk::{Overlay, Palette},
    domain::text,
    form::{TextEdit as _, wrap},
    keymap::{self, Action, BINDINGS, Binding},
    ui::{chrome, layout, line, theme::Theme},
};

const WIDTH: u16 = 76;
const PAGE: usize = 10;

/// One line of it.
#[derive(Debug)]
struct Command {
    name: &'static str,
    key: String,
    action: Action,
    /// Why the command is off.
    off: Option<String>,
}

/// If the next input may be a password, the palette stays closed: its search would show the
/// password.
pub(in crate::console) fn open(console: &mut Console) {
    if console.desk.session().is_none() || console.desk.is_locked() {
        return console
            .desk
            .warn("The commands are there once you are signed in.");
    }
    let overlay = Overlay::Palette(Palette::default());
    console.desk.overlays.push(overlay);
}

/// All commands that match the search: first those that work here, then those that are off, then
/// those of other pages.
fn commands(console: &Console, search: &str) -> Vec<Command> {
    let is_above = |overlay: &Overlay| matches!(overlay, Overlay::Palette(_) | Overlay::Help(_));
    let stack = console.modes_below(is_above);
    let active = keymap::active(&stack);
    let here = active.iter().map(|binding| Command {
        name: binding.help,
        key: keymap::shown_key(&stack, binding),
        action: binding.action,
        off: console.can(binding.action).why_off(),
    });
    let is_here = |one: &Binding| active.iter().any(|here| here.help == one.help);
    let elsewhere = BINDINGS
        .iter()
        .filter(|one| one.context.is_page() && !is_here(one))
        .map(|binding| Command {
            name: binding.help,
            key: binding
                .keys
                .first()
                .map(|key| keymap::show(key))
                .unwrap_or_default(),
            action: binding.action,
            off: Some(format!(
                "This works elsewhere: {}.",
                binding.context.title()
            )),
        });
    let words = text::key(search);
    let mut all: Vec<Command> = here
        .chain(elsewhere)
        .filter(|command| is_command(command.action))
        .filter(|command| {
            let name = command.name.to_lowercase();
            words.split_whitespace().all(|word| name.contains(word))
        })
        .collect();
    all.sort_by_key(|command| command.off.is_some());
    all
}

/// Movement keys are not commands.
fn is_command(action: Action) -> bool {
    !matches!(
        action,
        Action::Edit(_)
            | Action::Up
            | Action::Down
            | Action::Left
            | Action::Right
            | Action::First
            | Action::Last
            | Action::PageUp
            | Action::PageDown
            | Action::NextField
            | Action::PrevField
            | Action::Palette
    )
}

fn search(console: &Console) -> String {
    match console.desk.overlays.last() {
        Some(Overlay::Palette(palette)) => palette.search.text().to_owned(),
        _ => String::new(),
    }
}

/// The palette closes before its command runs.
pub(in crate::console) fn act(console: &mut Console, action: Action) {
    let commands = commands(console, &search(console));
    let last = commands.len().saturating_sub(1);
    let Some(Overlay::Palette(palette)) = console.desk.overlays.last_mut() else {
        return;
    };
    match action {
        Action::Back | Action::Palette => {
            console.desk.overlays.pop();
        }
        Action::Up => palette.cursor = palette.cursor.saturating_sub(1),
        Action::Down => palette.cursor = (palette.cursor + 1).min(last),
        Action::PageUp => palette.cursor = palette.cursor.saturating_sub(PAGE),
        Action::PageDown => palette.cursor = (palette.cursor + PAGE).min(last),
        Action::Edit(edit) => {
            palette.search.edit(edit);
            palette.cursor = 0;
        }
        Action::Confirm => {
            let Some(command) = commands.into_iter().nth(palette.cursor) else {
                return;
            };
            console.desk.overlays.pop();
            match command.off {
                None => perform(console, command.action),
                Some(reason) => console.desk.warn(reason),
            }
        }
        _ => {}
    }
}

pub(in crate::console) fn draw(
    frame: &mut Frame<'_>,
    theme: &Theme,
    console: &Console,
    palette: &Palette,
) {
    let area = frame.area();
    let area = layout::centred(area, WIDTH, area.height.saturating_sub(2));
    let inside = chrome::dialog(frame, area, theme, "Commands");
    let inside = layout::margin_wide(inside);
    let row = |nth: u16| {
        Rect {
            y: inside.y.saturating_add(nth),
            height: 1,
            ..inside
        }
        .intersection(inside)
    };
    let room = inside.width.saturating_sub(2);
    let (search, x) = line::window(palette.search.text(), palette.search.cursor(), room, None);
    let prompt = vec![Span::styled(": ", theme.accent), Span::raw(search)];
    frame.render_widget(Line::from(prompt), row(0));
    frame.set_cursor_position(Position {
        x: (inside.x + 2 + x).min(inside.right().saturating_sub(1)),
        y: inside.y,
    });

    let commands = commands(console, palette.search.text());
    if commands.is_empty() {
        let said = "No command is called so. Backspace goes back.";
        frame.render_widget(Line::styled(said, theme.dim), row(2));
        return;
    }
    // The search takes the rows above; the rows below show the full text of a cut-off row, or why a
    // command is off.
    let height = usize::from(inside.height.saturating_sub(5));
    let top = (palette.cursor + 1).saturating_sub(height);
    let key_width = 8;
    let shown = commands.iter().enumerate().skip(top).take(height);
    for ((nth, command), y) in shown.zip(2..) {
        let style = match (nth == palette.cursor, &command.off) {
            (true, _) => theme.selected,
            (false, Some(_)) => theme.dim,
            (false, None) => theme.text,
        };
        let name_width = inside.width.saturating_sub(key_width + 1);
        let text = format!(
            "{} {}",
            line::cell(&command.key, key_width, theme.glyphs.ellipsis),
            line::cell(command.name, name_width, theme.glyphs.ellipsis),
        );
        frame.render_widget(Line::styled(text, style), row(y));
    }
    let Some(command) = commands.get(palette.cursor) else {
        return;
    };
    let (said, style) = match &command.off {
        Some(reason) => (format!("{} {reason}", theme.glyphs.warning), theme.warning),
        None => (command.name.to_owned(), theme.dim),
    };
    let below = inside.height.saturating_sub(2);
    for (part, y) in wrap::paragraph(&said, inside.width)
        .into_iter()
        .zip(below..)
    {
        frame.render_widget(Line::styled(part, style), row(y));
    }
}
