//! The list of apps and drafts, and the page of an app.

use crate::cli::plain::{Answered, Plain};
use crate::{
    console::Screen,
    form::TextEdit as _,
    screens::{
        app,
        apps::{Apps, Item},
        history,
    },
};

const HELP: &[&str] = &[
    "NUMBER opens an app, or resumes a draft",
    "n creates an app",
    "/WORDS shows the apps that have all the words; / alone shows all; tag:WORD, is:suspended and the like work too",
    "m shows the next lines",
    "d NUMBER discards a draft, or moves an app to the trash; u takes it out again",
    "h shows the newest lines of the history",
    "l locks, q quits",
];

/// Lines shown at once: they fit on a small screen together with the question.
const PAGE: u64 = 15;

impl Plain<'_> {
    pub(super) fn list(&mut self) -> Answered<()> {
        self.page_of_list(0)?;
        Ok(())
    }

    /// Whether the answer was a filter, or the number of a line.
    fn open_or_filter(&mut self, answer: &str, shown: u64) -> Answered<bool> {
        if let Some(words) = answer.strip_prefix('/') {
            self.press("/");
            self.replace_text(words);
            self.press("enter");
            return Ok(true);
        }
        let (discard, number) = match answer.strip_prefix("d ") {
            Some(number) => (true, number),
            None => (false, answer),
        };
        match number.trim().parse::<u64>() {
            Ok(number) if (1..=shown).contains(&number) => {
                self.go_to_line(number - 1);
                if discard {
                    self.discard()?;
                } else {
                    self.press("enter");
                }
                Ok(true)
            }
            _ => {
                self.say("That is none of these. ? helps.");
                Ok(false)
            }
        }
    }

    fn heading_of_list(apps: &Apps) -> String {
        let (total, matched) = (apps.window.total, apps.window.matched);
        let words = apps.filter.text();
        if words.is_empty() {
            return format!("Apps: {total}");
        }
        format!("Apps: {matched} of {total} match \"{words}\"")
    }

    fn page_of_list(&mut self, from: u64) -> Answered<()> {
        let Some(apps) = self.console.apps() else {
            return Ok(());
        };
        let (shown, heading) = (apps.len(), Self::heading_of_list(apps));
        self.say(&heading);
        let until = (from + PAGE).min(shown);
        for at in from..until {
            let line = self.line_of_list(at);
            self.say(&line);
        }
        if shown == 0 {
            self.say("None here. n creates one.");
        }
        let mut from = from;
        loop {
            let more = from + PAGE < shown;
            let answer = self.ask(if more {
                "A number opens, n creates, m shows more, /words filters, ? helps:"
            } else {
                "A number opens, n creates, /words filters, ? helps:"
            })?;
            match answer.as_str() {
                "?" => {
                    for line in HELP {
                        self.say(line);
                    }
                }
                "" => {}
                "m" if more => {
                    from += PAGE;
                    return self.page_of_list(from);
                }
                "n" => {
                    self.press("n");
                    if !matches!(self.console.screen(), Screen::Apps(_)) {
                        return Ok(());
                    }
                }
                key @ ("q" | "h" | "u") => {
                    self.press(key);
                    return Ok(());
                }
                "l" => {
                    self.press("ctrl-l");
                    return Ok(());
                }
                other => {
                    if self.open_or_filter(other, shown)? {
                        return Ok(());
                    }
                }
            }
        }
    }

    fn go_to_line(&mut self, at: u64) {
        let is_loading = |apps: &Apps| matches!(apps.item(at), Item::Loading);
        if let Screen::Apps(apps) = self.console.screen_mut() {
            apps.cursor = at;
            apps.follow();
        }
        if self.console.apps().is_some_and(is_loading) {
            self.console.with_page(|page, cx| page.resized(cx));
            self.go_on();
        }
    }

    fn line_of_list(&mut self, at: u64) -> String {
        self.go_to_line(at);
        let number = at + 1;
        let item = self.console.apps().map(|apps| apps.item(at));
        match item.unwrap_or(Item::Nothing) {
            Item::Draft(draft) => format!("{number}. Draft: {}", draft.title),
            Item::App(app) => format!(
                "{number}. {}, {}, {}, {}, {}",
                app.name,
                app.app_type.label(),
                app.auth,
                app.access,
                app.status.label()
            ),
            Item::Loading | Item::Nothing => format!("{number}. could not be read"),
        }
    }

    /// Shows the newest rows, then the list again.
    pub(super) fn history(&mut self) {
        if let Screen::History(page) = self.console.screen() {
            let session = self.console.desk.session();
            for line in history::view::as_lines(page, session, PAGE as usize) {
                self.say(&line);
            }
        }
        self.press("esc");
    }

    fn discard(&mut self) -> Answered<()> {
        self.press("d");
        let Some(question) = self.console.desk.question() else {
            return Ok(());
        };
        let text = question.text.clone();
        let key = if self.is_yes(&text)? { "enter" } else { "esc" };
        self.press(key);
        Ok(())
    }

    pub(super) fn app(&mut self) -> Answered<()> {
        self.say_app();
        loop {
            let answer = self.ask("c copies the Client ID, s the Client Secret, S the Shared Secret, r shows the secrets, < goes back:")?;
            match answer.as_str() {
                key @ ("c" | "s" | "S") => self.press(key),
                "r" => {
                    self.press("r");
                    self.say_app();
                    if let Screen::App(page) = self.console.screen_mut() {
                        page.secrets = None;
                    }
                }
                "<" | "b" => {
                    self.press("esc");
                    return Ok(());
                }
                "l" => {
                    self.press("ctrl-l");
                    return Ok(());
                }
                "q" => {
                    self.press("q");
                    return Ok(());
                }
                _ => self.say("That is none of these. l locks, q quits."),
            }
        }
    }

    fn say_app(&mut self) {
        let Screen::App(page) = self.console.screen() else {
            return;
        };
        let name = page.app.spec.properties.name.clone();
        let status = page.app.status.label();
        let lines = app::view::as_lines(page, self.console.desk.session());
        self.say(&format!("App: {name}, {status}"));
        for line in lines {
            self.say(&line);
        }
    }
}
