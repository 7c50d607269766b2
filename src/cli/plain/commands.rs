//! The prompt of a page: what is typed there, and what it does.

use super::{
    Answered, Plain,
    spoken::{count, with_units, with_words},
    words::{self, Takes, Word},
};
use crate::{
    console::{Msg, Screen},
    domain::{oauth::new_app_link, text},
    keymap::{self, Action, Key, Mode},
    screens::app::PageTab,
};

/// Works at the prompt of every page.
const EVERYWHERE: &str = "back returns. again reads the page once more, where says where you are, list reads the rows from here, more the next ones, previous the ones before, details N the rest of a row. lock locks, quit quits. The letters of the full screen work too.";

impl Plain<'_> {
    /// Shows the page in front, until another one is in front.
    pub(super) fn commands(&mut self) -> Answered<()> {
        let place = self.place();
        if self.position.announced != Some(place) {
            self.announce(place);
        }
        loop {
            let prompt = self.prompt();
            let typed = self.line(&prompt, false)?;
            self.command(typed.trim())?;
            let desk = &self.console.desk;
            let is_covered = desk.prompt().is_some() || desk.question().is_some();
            if self.console.quitting || desk.is_locked() || is_covered || self.place() != place {
                return Ok(());
            }
        }
    }

    fn announce(&mut self, place: (u64, Mode)) {
        self.position.announced = Some(place);
        let is_new = self.position.seen.insert((place.0, place.1.title()));
        // These show something else each time.
        let is_other = matches!(
            place.1,
            Mode::Handed | Mode::Exchange | Mode::Explained | Mode::Conflict
        );
        // On return to a page, only its heading is said.
        if !is_new && !is_other {
            let heading = self.page_text().about.into_iter().next();
            return self.say(&heading.unwrap_or_default());
        }
        self.start_at(0);
        self.say_page();
        if !matches!(self.console.screen(), Screen::App(_)) {
            self.say_rows();
        }
    }

    fn say_page(&mut self) {
        for line in self.page_text().about {
            let line = self.in_words(&line);
            self.say(&line);
        }
    }

    /// A line of the full screen with the words of plain mode for its keys, because capital and small
    /// letters sound alike.
    pub(super) fn in_words(&self, line: &str) -> String {
        let modes = self.console.modes();
        with_words(&with_units(line), |key| {
            let action = self.action_of(key)?;
            let mut words = modes.iter().flat_map(|mode| words::of(*mode));
            let word = words.find(|word| word.action == action)?;
            word.words.first().copied()
        })
    }

    /// In full the first time, then only the name.
    fn prompt(&mut self) -> String {
        let mode = self.mode();
        let name = self.page_text().name;
        if self.is_brief || !self.explained.insert(mode.title()) {
            return format!("{name}:");
        }
        match mode {
            Mode::List => {
                "Apps. A number opens, new creates an app, filter WORDS searches, help lists the commands:"
                    .to_owned()
            }
            Mode::History => {
                "History. filter WORDS searches, verify checks it, help lists the commands, back returns:"
                    .to_owned()
            }
            _ => format!("{name}. help lists the commands, back returns:"),
        }
    }

    pub(super) fn command(&mut self, typed: &str) -> Answered<()> {
        let key = text::key(typed);
        match key.as_str() {
            "" => {}
            "?" | "help" => self.say_commands(),
            "<" | "back" | "done" => self.back(),
            "again" => {
                self.say_page();
                if !matches!(self.console.screen(), Screen::App(_)) {
                    self.say_rows();
                }
            }
            "where" => self.say_place(),
            "list" if self.count_rows() == 0 => self.say_page(),
            "list" => self.say_rows(),
            "more" => self.say_other_rows(true),
            "previous" => self.say_other_rows(false),
            "quit" => return Err(self.quit()),
            "lock" => {
                self.act(Action::Lock);
            }
            _ if let Some(words) = filter_words(typed) => self.filter(words),
            _ if new_app_link::parse(typed).is_some() => self.feed(Msg::Paste(typed.to_owned())),
            _ if self.is_own_command(&key) => {}
            _ => match self.action_of(typed) {
                Some(Action::Back) => self.back(),
                Some(Action::Quit) => return Err(self.quit()),
                Some(Action::Palette | Action::Help) => self.say_commands(),
                None if key == "m" => self.say_other_rows(true),
                _ => self.named(typed, &key),
            },
        }
        Ok(())
    }

    fn back(&mut self) {
        let is_list = matches!(self.console.screen(), Screen::Apps(_));
        let had_filter = self
            .console
            .apps()
            .is_some_and(|apps| is_list && (!apps.filter.is_blank() || !apps.marks.is_empty()));
        self.act(Action::Back);
        if had_filter {
            self.start_at(0);
            self.say_page();
        } else if is_list {
            self.say("This is the list of apps. quit quits.");
        }
    }

    fn filter(&mut self, words: &str) {
        if !self.act(Action::Filter) {
            return self.say("Error: There is no filter here.");
        }
        // The typed words replace the filter.
        self.replace_text(words);
        self.press("enter");
        self.start_at(0);
        self.say_page();
        self.say_rows();
    }

    /// Words of the app page that only read.
    fn is_own_command(&mut self, key: &str) -> bool {
        if !matches!(self.console.screen(), Screen::App(_)) {
            return false;
        }
        let tab = match key {
            "overview" => PageTab::Overview,
            "settings" => PageTab::Settings,
            "credentials" => PageTab::Credentials,
            "history" => PageTab::History,
            "scopes" => PageTab::Scopes,
            "spell" => {
                self.reveal(true);
                return true;
            }
            _ => return false,
        };
        let number = PageTab::ALL.iter().zip(1..).find(|(one, _)| **one == tab);
        if let Some((_, number)) = number {
            self.act(Action::GoToTab(number));
        }
        if tab == PageTab::Credentials {
            self.say_rows();
        } else {
            self.say_page();
        }
        true
    }

    /// A word of the table or a key of the full screen, with a number or without one.
    fn named(&mut self, typed: &str, key: &str) {
        let (name, number) = split(typed);
        let mode = self.mode();
        let lower = text::key(name);
        if lower == "details" {
            let Some(number) = number else {
                return self.say("Error: details needs a number, e.g. details 1.");
            };
            if let Some(at) = self.existing_row(number) {
                let lines = self.details(at);
                self.say_all(&lines);
            }
            return;
        }
        let word = if name.is_empty() {
            let mut words = words::of(mode);
            words.find(|word| word.action == Action::Confirm && word.takes == Takes::Row)
        } else {
            let mut words = words::of(mode);
            words
                .find(|word| word.words.contains(&lower.as_str()))
                .or_else(|| self.of_key(name, mode))
        };
        match word {
            Some(word) => self.run_word(word, &lower, number),
            None => self.unknown(typed, key, mode),
        }
    }

    /// The meaning of a letter in the full screen.
    fn action_of(&self, name: &str) -> Option<Action> {
        let key = Key::parse(name).filter(|_| name.chars().count() == 1)?;
        keymap::action(&self.console.modes(), key)
    }

    fn of_key(&self, name: &str, mode: Mode) -> Option<&'static Word> {
        let action = self.action_of(name)?;
        words::of(mode).find(|word| word.action == action)
    }

    fn existing_row(&mut self, number: u64) -> Option<u64> {
        let all = self.count_rows();
        let at = number.checked_sub(1).filter(|at| *at < all);
        if at.is_none() {
            self.say(&match all {
                0 => format!("Error: There is no number {number}: there are no rows."),
                all => format!("Error: There is no number {number}. The numbers are 1 to {all}."),
            });
        }
        at
    }

    fn run_word(&mut self, word: &Word, name: &str, number: Option<u64>) {
        let has_marks = match self.console.screen() {
            Screen::Apps(apps) => !apps.marks.is_empty(),
            _ => false,
        };
        let at = match (word.takes, number) {
            (Takes::Nothing, _) => None,
            (_, Some(number)) => match self.existing_row(number) {
                Some(at) => Some(at),
                None => return,
            },
            (Takes::MaybeRow, None) if has_marks || word.action == Action::Restore => None,
            (_, None) if self.count_rows() == 1 => Some(0),
            (_, None) => {
                let name = word.words.first().copied().unwrap_or(name);
                return self.say(&format!("Error: {name} needs a number, e.g. {name} 1."));
            }
        };
        if let Some(at) = at {
            self.select(at);
        }
        if word.action == Action::Reveal {
            return self.reveal(false);
        }
        self.act(word.action);
        if (word.mode, word.action) == (Mode::Sessions, Action::Again) {
            self.say_page();
            return self.say_rows();
        }
        // A switch or a mark shows no notice.
        let is_quiet = matches!(word.action, Action::Mark | Action::Toggle | Action::MarkAll);
        if let Some(at) = at.filter(|_| is_quiet) {
            let row = self.row(at);
            self.say(&format!("{}. {row}", at + 1));
        } else if is_quiet {
            self.say_page();
        }
    }

    fn unknown(&mut self, typed: &str, key: &str, mode: Mode) {
        let near = words::of(mode)
            .flat_map(|word| word.words)
            .find(|word| distance(word, key) <= 2 || (key.len() > 2 && word.starts_with(key)));
        let hint = near.map_or_else(
            || "help lists the commands.".to_owned(),
            |near| format!("Did you mean {near}? help lists the commands."),
        );
        self.say(&format!("Error: No command \"{typed}\" here. {hint}"));
    }

    fn say_commands(&mut self) {
        let mode = self.mode();
        let rows = self.count_rows();
        for word in words::of(mode) {
            let is_off = self.console.can(word.action).why_off().is_some();
            let is_offered = match word.takes {
                Takes::Row => rows > 0,
                Takes::MaybeRow => rows > 0 || !is_off,
                Takes::Nothing => !is_off,
            };
            if !is_offered {
                continue;
            }
            let name = word.words.join(" or ");
            let number = match word.takes {
                Takes::Row => " N",
                Takes::MaybeRow => " N",
                Takes::Nothing => "",
            };
            self.say(&format!("{name}{number}: {}", word.help));
        }
        if mode == Mode::List {
            self.say("filter WORDS: shows the apps that have all the words; type:rest, type:bot, tag:WORD, is:suspended and is:deleted work too; filter alone shows all");
        }
        if mode == Mode::History {
            self.say(
                "filter WORDS: shows the rows that have all the words; filter alone shows all",
            );
        }
        if mode == Mode::App {
            self.say("overview, settings, credentials, history: read that part of the page");
        }
        self.say(EVERYWHERE);
    }

    pub(super) fn say_place(&mut self) {
        let name = self.page_text().name;
        let all = self.count_rows();
        let rows = match self.console.screen() {
            Screen::App(_) => String::new(),
            _ => format!(", {}", count(all, "row", "rows")),
        };
        let who = self.console.desk.session().map(|session| {
            format!(
                " Signed in as {}, {}, {}.",
                session.developer.full_name,
                session.developer.role.label(),
                session.organization
            )
        });
        self.say(&format!("{name}{rows}.{}", who.unwrap_or_default()));
    }
}

/// The words after `filter` or `/`.
fn filter_words(typed: &str) -> Option<&str> {
    let (command, words) = typed.split_once(' ').unwrap_or((typed, ""));
    if text::key(command) == "filter" {
        return Some(words.trim());
    }
    Some(typed.strip_prefix('/')?.trim())
}

/// The words of a command, and the number at its end.
fn split(typed: &str) -> (&str, Option<u64>) {
    let typed = typed.trim();
    let (name, last) = typed
        .rsplit_once(char::is_whitespace)
        .unwrap_or(("", typed));
    match last.parse() {
        Ok(number) => (name.trim(), Some(number)),
        Err(_) => (typed, None),
    }
}

/// How many letters differ: the edit distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let replaced = row.get(j).copied().unwrap_or(0) + usize::from(a != *b);
            let removed = row.get(j + 1).copied().unwrap_or(0) + 1;
            let added = next.last().copied().unwrap_or(0) + 1;
            next.push(replaced.min(removed).min(added));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_at_the_end_is_a_row() {
        assert_eq!(split("open 12"), ("open", Some(12)));
        assert_eq!(split(" copy  secret 3"), ("copy  secret", Some(3)));
        assert_eq!(split("7"), ("", Some(7)));
        assert_eq!(split("mark all"), ("mark all", None));
    }

    #[test]
    fn a_slip_of_the_finger_is_near() {
        assert_eq!(distance("rotate", "rotat"), 1);
        assert_eq!(distance("rotate", "roatte"), 2);
        assert!(distance("rotate", "people") > 2);
    }
}
