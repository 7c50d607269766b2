//! The commands in the palette: the actions that work here, those that do not with the reason, and
//! those to type in a shell.

use super::super::Console;
use crate::{
    desk::Overlay,
    domain::text,
    keymap::{self, Action, BINDINGS, Binding, SHELL_COMMANDS},
};

#[derive(Debug)]
pub(super) struct Command {
    pub name: &'static str,
    pub key: String,
    /// Otherwise why it cannot be done here.
    pub does: Result<Action, String>,
    rank: u8,
}

/// All commands that match the search, the best match first. Among equal matches, those that work
/// here come first, then those that are off, then those of other pages.
pub(super) fn commands(console: &Console, search: &str) -> Vec<Command> {
    let is_above = |overlay: &Overlay| matches!(overlay, Overlay::Palette(_) | Overlay::Help(_));
    let stack = console.modes_below(is_above);
    let words = text::key(search);
    let rank_of =
        |one: &Binding| keymap::rank(one.help, one.label, keymap::synonyms(one.action), &words);
    let active = keymap::active(&stack);
    let here = active
        .iter()
        .filter(|one| is_command(one.action))
        .filter_map(|one| {
            Some(Command {
                name: one.help,
                key: keymap::shown_key(&stack, one),
                does: match console.can(one.action).why_off() {
                    None => Ok(one.action),
                    Some(reason) => Err(reason),
                },
                rank: rank_of(one)?,
            })
        });
    let mut listed: Vec<&str> = active.iter().map(|one| one.help).collect();
    let mut all: Vec<Command> = here.collect();
    for one in BINDINGS {
        // Each page has its own way back, and none of them leads anywhere from here.
        let is_elsewhere =
            one.mode.is_page() && is_command(one.action) && one.action != Action::Back;
        if !is_elsewhere || listed.contains(&one.help) {
            continue;
        }
        listed.push(one.help);
        if let Some(rank) = rank_of(one) {
            let key = one.keys.first().map(|key| keymap::show(key));
            all.push(Command {
                name: one.help,
                key: key.unwrap_or_default(),
                does: Err(format!(
                    "Not available here. Works in: {}.",
                    one.mode.title()
                )),
                rank,
            });
        }
    }
    for one in SHELL_COMMANDS {
        if let Some(rank) = keymap::rank(one.name, one.line, one.synonyms, &words) {
            all.push(Command {
                name: one.name,
                key: "shell".to_owned(),
                does: Err(format!("Type this in a shell: {}", one.line)),
                rank,
            });
        }
    }
    all.sort_by_key(|command| (command.rank, command.does.is_err()));
    all
}

/// Movement keys are not commands.
fn is_command(action: Action) -> bool {
    !keymap::synonyms(action).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keymap::Mode;

    #[test]
    fn each_command_of_a_page_is_found_by_three_words() {
        for one in BINDINGS.iter().filter(|one| one.mode.is_page()) {
            let synonyms = keymap::synonyms(one.action);
            if synonyms.is_empty() {
                let moves = matches!(
                    one.action,
                    Action::Up
                        | Action::Down
                        | Action::Left
                        | Action::Right
                        | Action::First
                        | Action::Last
                        | Action::PageUp
                        | Action::PageDown
                        | Action::NextTab
                        | Action::PrevTab
                        | Action::NextField
                        | Action::PrevField
                        | Action::Toggle
                        | Action::Palette
                );
                assert!(moves, "{:?} has no synonyms", one.action);
                continue;
            }
            assert!(synonyms.split(' ').count() >= 3, "{:?}", one.action);
            for word in synonyms.split(' ') {
                assert!(keymap::rank(one.help, one.label, synonyms, word).is_some());
            }
        }
    }

    #[test]
    fn the_best_match_is_the_action_of_that_name() {
        let best = |words: &str, mode: Mode| {
            let mut all: Vec<&Binding> = BINDINGS
                .iter()
                .filter(|one| one.mode == mode && is_command(one.action))
                .collect();
            all.sort_by_key(|one| {
                let synonyms = keymap::synonyms(one.action);
                keymap::rank(one.help, one.label, synonyms, words).unwrap_or(u8::MAX)
            });
            all.first().map(|one| one.action)
        };
        for (words, mode, action) in [
            ("delete", Mode::List, Action::Discard),
            ("rotate", Mode::List, Action::Rotate),
            ("edit", Mode::List, Action::EditApp),
            ("people", Mode::List, Action::OpenOrganization),
            ("undo", Mode::List, Action::Restore),
            ("sign out", Mode::Anywhere, Action::Lock),
            ("clone", Mode::App, Action::CloneApp),
            ("duplicate", Mode::App, Action::CloneApp),
            ("test login", Mode::App, Action::TryIt),
            ("regenerate", Mode::App, Action::Rotate),
        ] {
            assert_eq!(best(words, mode), Some(action), "{words}");
        }
    }
}
