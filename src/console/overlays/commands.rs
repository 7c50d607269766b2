//! The commands in the palette: the actions that work here, those that do not with the reason, and
//! those to type in a shell.

use super::super::Console;
use crate::{
    desk::Overlay,
    domain::text,
    keymap::{self, Action, BINDINGS, Binding, Mode, SHELL_COMMANDS, ShellCommand},
};

#[derive(Debug)]
pub(super) struct Command {
    pub name: &'static str,
    /// Empty if the name says it all.
    pub about: &'static str,
    pub key: String,
    /// Otherwise why it cannot be done here.
    pub does: Result<Action, String>,
    /// It only leads to the page of the command: what to press there.
    pub then: Option<String>,
    rank: u8,
}

/// All commands that match the search, the best match first. Among equal matches, those that work
/// here come first, then those that are off, then those of other pages.
pub(super) fn commands(console: &Console, search: &str) -> Vec<Command> {
    let is_above = |overlay: &Overlay| matches!(overlay, Overlay::Palette(_) | Overlay::Help(_));
    let stack = console.modes_below(is_above);
    let words = text::key(search);
    let rank_of = |one: &Binding| {
        keymap::rank(
            keymap::name_of(one),
            one.label,
            keymap::synonyms(one.action),
            one.help,
            &words,
        )
    };
    let can = |action: Action| match console.can(action).why_off() {
        None => Ok(action),
        Some(reason) => Err(reason),
    };
    let active = keymap::active(&stack);
    let here = active
        .iter()
        .filter(|one| is_command(one.action))
        .filter_map(|one| {
            Some(Command {
                name: keymap::name_of(one),
                about: about(one),
                key: keymap::shown_key(&stack, one),
                does: can(one.action),
                then: None,
                rank: rank_of(one)?,
            })
        });
    let mut listed: Vec<&str> = active.iter().map(|one| keymap::name_of(one)).collect();
    let mut all: Vec<Command> = here.collect();
    let sign_out = keymap::rank(SIGN_OUT, "", keymap::synonyms(Action::SignOut), "", &words);
    all.extend(sign_out.map(|rank| Command {
        name: SIGN_OUT,
        about: "",
        key: String::new(),
        does: can(Action::SignOut),
        then: None,
        rank,
    }));
    for one in BINDINGS.iter().filter(|one| is_of_a_page(one)) {
        let name = keymap::name_of(one);
        if !listed.contains(&name) {
            listed.push(name);
            let leads = leading_to(one.mode)
                .filter(|action| active.iter().any(|one| one.action == *action))
                .and_then(|action| can(action).ok());
            all.extend(rank_of(one).map(|rank| elsewhere(one, leads, rank)));
        }
    }
    all.extend(SHELL_COMMANDS.iter().filter_map(|one| {
        let rank = keymap::rank(one.name, one.line, one.synonyms, "", &words)?;
        Some(in_a_shell(one, rank))
    }));
    all.sort_by_key(|one| (one.rank, one.does.is_err(), one.then.is_some()));
    all
}

/// Each page has its own way back, and none of them leads anywhere from here.
fn is_of_a_page(one: &Binding) -> bool {
    one.mode.is_page() && is_command(one.action) && one.action != Action::Back
}

/// A command of another page. `leads` opens that page, if a key here does.
fn elsewhere(one: &Binding, leads: Option<Action>, rank: u8) -> Command {
    let (name, place) = (keymap::name_of(one), one.mode.title());
    let key = one.keys.first().map(|key| keymap::show(key));
    let key = key.unwrap_or_default();
    Command {
        name,
        about: about(one),
        then: leads.map(|_| format!("{name}: press {key} here.")),
        does: leads.ok_or_else(|| format!("Not available here. Works in: {place}.")),
        key,
        rank,
    }
}

fn in_a_shell(one: &ShellCommand, rank: u8) -> Command {
    Command {
        name: one.name,
        about: "",
        then: None,
        key: "shell".to_owned(),
        does: Err(format!("Type this in a shell: {}", one.line)),
        rank,
    }
}

/// The key for it is on the locked screen only.
const SIGN_OUT: &str = "Sign out";

/// The help of the key, unless it only repeats the name.
fn about(one: &Binding) -> &'static str {
    match one.help == keymap::name_of(one) {
        true => "",
        false => one.help,
    }
}

/// The action that opens the page of these keys.
fn leading_to(mode: Mode) -> Option<Action> {
    match mode {
        Mode::Organization => Some(Action::OpenOrganization),
        Mode::Approvals => Some(Action::OpenApprovals),
        Mode::Jwt => Some(Action::OpenJwt),
        Mode::History => Some(Action::OpenHistory),
        Mode::LocalServer => Some(Action::OpenLocalServer),
        _ => None,
    }
}

/// Movement keys are not commands.
fn is_command(action: Action) -> bool {
    !keymap::synonyms(action).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

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
                let name = keymap::name_of(one);
                assert!(keymap::rank(name, one.label, synonyms, "", word).is_some());
            }
        }
    }

    #[test]
    fn a_name_is_a_verb_and_a_thing() {
        for one in BINDINGS
            .iter()
            .filter(|one| one.mode.is_page() && is_command(one.action))
        {
            let name = keymap::name_of(one);
            assert!(
                name.len() <= 40 && !name.contains([':', ';', ',', '(', '.']),
                "{name}"
            );
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
                let name = keymap::name_of(one);
                keymap::rank(name, one.label, synonyms, one.help, words).unwrap_or(u8::MAX)
            });
            all.first().map(|one| one.action)
        };
        for (words, mode, action) in [
            ("delete", Mode::List, Action::Discard),
            ("rotate", Mode::List, Action::Rotate),
            ("edit", Mode::List, Action::EditApp),
            ("people", Mode::List, Action::OpenOrganization),
            ("undo", Mode::List, Action::Restore),
            ("trash", Mode::List, Action::OpenTrash),
            ("lock", Mode::Anywhere, Action::Lock),
            ("clone", Mode::App, Action::CloneApp),
            ("duplicate", Mode::App, Action::CloneApp),
            ("test login", Mode::App, Action::TryIt),
            ("regenerate", Mode::App, Action::Rotate),
        ] {
            assert_eq!(best(words, mode), Some(action), "{words}");
        }
    }
}
