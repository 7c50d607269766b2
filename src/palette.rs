//! Every action by its name: what works here, and for what does not, why.

use crate::{
    console::Console,
    domain::text,
    form::{Entry, TextEdit},
    keymap::{self, Action, BINDINGS, Binding, Context},
};

/// Those of other screens are listed too, to be found.
const SCREENS: [Context; 9] = [
    Context::List,
    Context::App,
    Context::CreateApp,
    Context::EditApp,
    Context::Organization,
    Context::Approvals,
    Context::Jwt,
    Context::History,
    Context::Anywhere,
];

/// Longest search, in characters.
const SEARCH_MAX: usize = 100;

#[derive(Debug, Default)]
pub struct Palette {
    pub search: Entry,
    pub cursor: usize,
}

impl Palette {
    pub fn paste(&mut self, pasted: &str) {
        self.search.paste(&text::one_line(pasted), SEARCH_MAX);
        self.cursor = 0;
    }
}

/// One line of it.
#[derive(Debug)]
pub struct Command {
    pub name: &'static str,
    pub key: String,
    pub action: Action,
    /// Why it does nothing now.
    pub off: Option<String>,
}

/// All that fit the search: first what works here, then what is off, then what works elsewhere.
pub fn commands(console: &Console) -> Vec<Command> {
    let stack = console.context_below_palette();
    let active = keymap::active(&stack);
    let here = active.iter().map(|binding| Command {
        name: binding.help,
        key: keymap::shown_key(&stack, binding),
        action: binding.action,
        off: console.why_off(binding.action),
    });
    let is_here = |one: &Binding| active.iter().any(|here| here.help == one.help);
    let elsewhere = BINDINGS
        .iter()
        .filter(|one| SCREENS.contains(&one.context) && !is_here(one))
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
    let words = text::key(
        console
            .palette
            .as_ref()
            .map_or("", |palette| palette.search.text()),
    );
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

/// Moving about is no command.
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

/// What was chosen, to be done once the palette is gone.
pub fn act(console: &mut Console, action: Action) -> Option<Action> {
    let commands = commands(console);
    let last = commands.len().saturating_sub(1);
    let palette = console.palette.as_mut()?;
    match action {
        Action::Back | Action::Palette => console.palette = None,
        Action::Up => palette.cursor = palette.cursor.saturating_sub(1),
        Action::Down => palette.cursor = (palette.cursor + 1).min(last),
        Action::PageUp => palette.cursor = palette.cursor.saturating_sub(10),
        Action::PageDown => palette.cursor = (palette.cursor + 10).min(last),
        Action::Edit(edit) => {
            palette.search.edit(edit);
            palette.cursor = 0;
        }
        Action::Confirm => {
            let command = commands.into_iter().nth(palette.cursor)?;
            console.palette = None;
            match command.off {
                None => return Some(command.action),
                Some(reason) => console.complain(reason),
            }
        }
        _ => {}
    }
    None
}
