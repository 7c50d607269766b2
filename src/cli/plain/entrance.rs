//! Signing in, the recovery key, and the lock: what they say besides the questions of their forms.

use super::{
    Answered, Plain,
    prompt::Said,
    spoken::{count, spelled},
};
use crate::{
    console::Screen,
    domain::secret::Secret,
    form::TextEdit as _,
    keymap::Action,
    request::{Copy, Copyable},
    screens::recovery_key::why_to_keep,
};

impl Plain<'_> {
    pub(super) fn sign_in(&mut self) -> Answered<()> {
        let organization = self.console.screen().page().organization().to_owned();
        let Screen::SignIn(page) = self.console.screen() else {
            return Ok(());
        };
        let email = page.data.email.text().to_owned();
        if self.explained.insert("sign in") {
            self.say(&match email.as_str() {
                "" => format!("Sign in to {organization}."),
                email => format!("Sign in to {organization} as {email}."),
            });
            if !self.is_brief {
                self.say("Your password is not shown while you type it. back at the password returns to the e-mail; back there recovers with the recovery key.");
            }
        }
        self.form()
    }

    pub(super) fn recovery_key(&mut self) -> Answered<()> {
        let Screen::ShowRecoveryKey(screen) = self.console.screen() else {
            return Ok(());
        };
        let groups: Vec<String> = screen.key.groups().map(str::to_owned).collect();
        let count = groups.len();
        if self.explained.insert("recovery key") {
            let why = why_to_keep(self.console.desk.session());
            self.say(&format!("Recovery key. It is shown once. {why}"));
            self.say_groups(&groups);
        }
        let prompt = format!(
            "Type group {count} to confirm that you wrote it down. again repeats the key, copy copies it:"
        );
        match self.ask(&prompt, false)? {
            Said::Again | Said::Where => self.say_groups(&groups),
            Said::Help => self.say("The recovery key replaces a forgotten password. Write down all groups, then type the last one. Case does not matter. again repeats the key, quit quits: you get a new key at the next sign-in."),
            Said::Back | Said::Skip => self.say("Error: Type the last group first. quit quits: you get a new key at the next sign-in."),
            Said::Text(typed) if typed.eq_ignore_ascii_case("copy") => self.copy_recovery_key(),
            Said::Text(typed) => {
                self.replace_text(&typed);
                self.act(Action::Confirm);
                if let Screen::ShowRecoveryKey(screen) = self.console.screen()
                    && screen.wrong
                {
                    self.say(&format!("Error: That is not group {count}."));
                } else {
                    self.explained.remove("recovery key");
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn copy_recovery_key(&mut self) {
        let Screen::ShowRecoveryKey(screen) = self.console.screen() else {
            return;
        };
        let text = Secret::new(screen.key.expose());
        let what = Copyable::RecoveryKey;
        self.console.with_page(|_, cx| cx.copy(Copy { what, text }));
        self.go_on();
    }

    fn say_groups(&mut self, groups: &[String]) {
        for (nth, group) in groups.iter().enumerate() {
            let spelled = spelled(group).replace("capital ", "").replace(", ", " ");
            self.say(&format!("Group {} of {}: {spelled}", nth + 1, groups.len()));
        }
    }

    pub(super) fn unlock(&mut self) -> Answered<()> {
        let Some(session) = self.console.desk.session() else {
            return Ok(());
        };
        let email = session.developer.email.as_str().to_owned();
        let prompt = format!("Locked. Password for {email}, hidden, back signs out:");
        self.is_unlocking = true;
        let answer = self.ask(&prompt, true);
        self.is_unlocking = false;
        match answer? {
            Said::Back => {
                self.act(Action::SignOut);
                return Ok(());
            }
            Said::Help => {
                self.say(
                    "Everything is as you left it. Type your password to continue, back signs out.",
                );
                return Ok(());
            }
            Said::Text(password) => self.replace_text(&password),
            _ => {}
        }
        self.act(Action::Submit);
        if let Some(lock) = self.console.desk.lock() {
            let (refusal, wait) = (lock.refusal.clone(), lock.wait_until_ms);
            self.refused(refusal, wait);
        } else {
            self.say("Unlocked.");
            // The page states the position.
            self.position.announced = Some(self.place());
            if self.any_form().is_none() {
                self.say_place();
            }
        }
        Ok(())
    }

    pub(super) fn refused(&mut self, refusal: Option<String>, wait_until_ms: Option<u64>) {
        if let Some(refusal) = refusal {
            self.say(&format!("Error: {refusal}"));
        }
        let now = self.console.desk.clock.mono_ms;
        let left = wait_until_ms.map_or(0, |until| until.saturating_sub(now));
        if left > 0 {
            let left_s = left.div_ceil(1000);
            self.say(&format!(
                "Try again in {}.",
                count(left_s, "second", "seconds")
            ));
        }
    }
}
