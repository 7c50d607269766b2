//! Sign up, sign in, recovery, unlock.

use crate::cli::plain::{Answered, Next, Plain, TextField};
use crate::{
    console::{Console, Screen},
    form::{Control, Field, FieldError, Slot, shown_fields},
    screens::{password, sign_in, sign_up},
};

fn text_fields<D>(fields: &'static [Field<D, ()>], data: &D) -> Vec<TextField> {
    shown_fields(fields, data)
        .filter_map(|field| {
            let Control::Text { get, .. } = field.control else {
                return None;
            };
            let entry = get(data);
            Some(TextField {
                slot: field.id.into(),
                label: field.label,
                help: field.help,
                // All fields are required, although the sign-in form does not mark them.
                is_required: true,
                is_secret: entry.is_secret(),
                text: if entry.is_secret() {
                    String::new()
                } else {
                    entry.text().to_owned()
                },
            })
        })
        .collect()
}

fn focus(console: &mut Console, slot: Slot) {
    match &mut console.screen {
        Screen::SignUp(screen) => screen.form.focus = slot,
        Screen::SignIn(screen) => screen.form.focus = slot,
        Screen::Recover(screen) => screen.form.focus = slot,
        Screen::Password(screen) => screen.form.focus = slot,
        _ => {}
    }
}

impl Plain<'_> {
    fn fields_here(&self) -> Vec<TextField> {
        match &self.console.screen {
            Screen::SignUp(screen) => text_fields(sign_up::FIELDS, &screen.data),
            Screen::SignIn(screen) => text_fields(sign_in::FIELDS, &screen.data),
            Screen::Recover(screen) => text_fields(sign_in::RECOVER_FIELDS, &screen.data),
            Screen::Password(screen) => text_fields(password::FIELDS, &screen.data),
            _ => Vec::new(),
        }
    }

    fn findings_here(&self) -> Vec<FieldError> {
        match &self.console.screen {
            Screen::SignUp(screen) => screen.findings(),
            Screen::Recover(screen) => screen.findings(),
            Screen::Password(screen) => screen.findings(),
            _ => Vec::new(),
        }
    }

    /// Asks for every field and shows errors right after each answer. `false` after going back from
    /// the first.
    fn fill_in(&mut self, from: usize) -> Answered<bool> {
        let mut at = from;
        while let Some(field) = self.fields_here().get(at) {
            match self.ask_text(field, focus)? {
                Next::Back if at == 0 => return Ok(false),
                Next::Back => at -= 1,
                Next::On => {
                    let slot = field.slot;
                    let wrong: Vec<String> = self
                        .findings_here()
                        .into_iter()
                        .filter(|finding| finding.slot == slot)
                        .map(|finding| finding.message)
                        .collect();
                    for message in &wrong {
                        self.say(&format!("Error: {message}"));
                    }
                    if wrong.is_empty() {
                        at += 1;
                    }
                }
            }
        }
        Ok(true)
    }

    pub(super) fn sign_up(&mut self) -> Answered<()> {
        self.say("Sign up");
        if self.fill_in(0)? {
            self.press("ctrl-s");
        }
        Ok(())
    }

    pub(super) fn recovery_key(&mut self) -> Answered<()> {
        let Screen::ShowRecoveryKey(screen) = &self.console.screen else {
            return Ok(());
        };
        let groups: Vec<String> = screen.key.groups().map(str::to_owned).collect();
        self.say("Your recovery key is shown once. Write it down and keep it away from this machine: if you forget your password, it is the only way back to your secrets.");
        for four in groups.chunks(4) {
            self.say(&four.join(" - "));
        }
        let typed = self.ask_for("To confirm that you have it, type its last group:", false)?;
        self.replace_text(&typed);
        self.press("enter");
        if let Screen::ShowRecoveryKey(screen) = &self.console.screen
            && screen.wrong
        {
            self.say("Error: That is not its last group.");
        }
        Ok(())
    }

    pub(super) fn sign_in(&mut self) -> Answered<()> {
        let Screen::SignIn(screen) = &self.console.screen else {
            return Ok(());
        };
        let organization = screen.organization.clone();
        self.say(&format!(
            "Sign in to {organization}. At the password, < goes back to the e-mail; < there recovers with the recovery key."
        ));
        let known = self
            .fields_here()
            .iter()
            .position(|field| field.text.is_empty())
            .unwrap_or(0);
        if !self.fill_in(known)? {
            self.press("ctrl-f");
            return Ok(());
        }
        self.press("ctrl-s");
        if let Screen::SignIn(screen) = &self.console.screen {
            let refusal = screen.refusal.clone();
            let wait = screen.wait_until_ms;
            self.refused(refusal, wait);
        }
        Ok(())
    }

    pub(super) fn recover(&mut self) -> Answered<()> {
        self.say("Recover with the recovery key");
        if !self.fill_in(0)? {
            self.press("esc");
            return Ok(());
        }
        self.press("ctrl-s");
        if let Screen::Recover(screen) = &self.console.screen {
            let refusal = screen.refusal.clone();
            let wait = screen.wait_until_ms;
            self.refused(refusal, wait);
        }
        Ok(())
    }

    /// Asks for a new password, if an administrator set the current one.
    pub(super) fn password(&mut self) -> Answered<()> {
        self.say("The password you have was given to you: choose your own.");
        if !self.fill_in(0)? {
            return Ok(());
        }
        self.press("ctrl-s");
        if let Screen::Password(screen) = &self.console.screen {
            let refusal = screen.refusal.clone();
            let wait = screen.wait_until_ms;
            self.refused(refusal, wait);
        }
        Ok(())
    }

    pub(super) fn unlock(&mut self) -> Answered<()> {
        let Some(locked) = &self.console.locked else {
            return Ok(());
        };
        let whose = format!("Locked. {}, {}", locked.full_name, locked.email);
        self.say(&whose);
        let password = self.ask_for("Password:", true)?;
        self.replace_text(&password);
        self.press("enter");
        if let Some(locked) = &self.console.locked {
            let refusal = locked.refusal.clone();
            let wait = locked.wait_until_ms;
            self.refused(refusal, wait);
        }
        Ok(())
    }

    fn refused(&mut self, refusal: Option<String>, wait_until_ms: Option<u64>) {
        if let Some(refusal) = refusal {
            self.say(&format!("Error: {refusal}"));
        }
        let left =
            wait_until_ms.map_or(0, |until| until.saturating_sub(self.console.clock.mono_ms));
        if left > 0 {
            self.say(&format!("Try again in {} s.", left.div_ceil(1000)));
        }
    }
}
