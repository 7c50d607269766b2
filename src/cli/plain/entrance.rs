//! Signing up, signing in, recovering, unlocking: every form that is walked field by field.

use crate::cli::plain::{Answered, Next, Plain, TextField};
use crate::{console::Screen, form::Slot, screens::page::AnyForm};

impl Plain<'_> {
    fn any_form(&mut self) -> Option<&mut dyn AnyForm> {
        self.console.screen_mut().page_mut().form()
    }

    fn fields_here(&mut self) -> Vec<TextField> {
        let texts = self.any_form().map(|form| form.texts()).unwrap_or_default();
        texts
            .into_iter()
            .map(|text| TextField {
                slot: text.slot,
                label: text.label,
                help: text.help,
                // All of them are, which the sign-in form need not mark.
                is_required: true,
                is_secret: text.is_secret,
                text: text.text,
            })
            .collect()
    }

    fn errors_at(&mut self, slot: Slot) -> Vec<String> {
        let now = self.console.desk.clock;
        let findings = self.any_form().map(|form| form.findings(now));
        findings
            .unwrap_or_default()
            .into_iter()
            .filter(|finding| finding.slot == slot)
            .map(|finding| finding.message)
            .collect()
    }

    /// Asks for every field and shows errors right after each answer. `false` after going back from
    /// the first.
    fn fill_in(&mut self, from: usize) -> Answered<bool> {
        let mut at = from;
        while let Some(field) = self.fields_here().get(at) {
            let focus = |screen: &mut Screen, slot| {
                if let Some(form) = screen.page_mut().form() {
                    form.focus(slot);
                }
            };
            match self.ask_text(field, focus)? {
                Next::Back if at == 0 => return Ok(false),
                Next::Back => at -= 1,
                Next::On => {
                    let wrong = self.errors_at(field.slot);
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
        let Screen::ShowRecoveryKey(screen) = self.console.screen() else {
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
        if let Screen::ShowRecoveryKey(screen) = self.console.screen()
            && screen.wrong
        {
            self.say("Error: That is not its last group.");
        }
        Ok(())
    }

    pub(super) fn sign_in(&mut self) -> Answered<()> {
        let organization = self.console.screen().page().organization().to_owned();
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
        self.send();
        Ok(())
    }

    pub(super) fn recover(&mut self) -> Answered<()> {
        self.say("Recover with the recovery key");
        if self.fill_in(0)? {
            self.send();
        } else {
            self.press("esc");
        }
        Ok(())
    }

    /// A developer with a password from an administrator first has to choose another one.
    pub(super) fn password(&mut self) -> Answered<()> {
        self.say("The password you have was given to you: choose your own.");
        if self.fill_in(0)? {
            self.send();
        }
        Ok(())
    }

    fn send(&mut self) {
        self.press("ctrl-s");
        let Some(form) = self.any_form() else {
            return;
        };
        let (refusal, wait_until_ms) = form.refusal();
        let refusal = refusal.map(str::to_owned);
        self.refused(refusal, wait_until_ms);
    }

    pub(super) fn unlock(&mut self) -> Answered<()> {
        let Some(session) = self.console.desk.session() else {
            return Ok(());
        };
        let who = &session.developer;
        let whose = format!("Locked. {}, {}", who.full_name, who.email.as_str());
        self.say(&whose);
        let password = self.ask_for("Password:", true)?;
        self.replace_text(&password);
        self.press("enter");
        if let Some(lock) = self.console.desk.lock() {
            let (refusal, wait) = (lock.refusal.clone(), lock.wait_until_ms);
            self.refused(refusal, wait);
        }
        Ok(())
    }

    fn refused(&mut self, refusal: Option<String>, wait_until_ms: Option<u64>) {
        if let Some(refusal) = refusal {
            self.say(&format!("Error: {refusal}"));
        }
        let now = self.console.desk.clock.mono_ms;
        let left = wait_until_ms.map_or(0, |until| until.saturating_sub(now));
        if left > 0 {
            self.say(&format!("Try again in {} s.", left.div_ceil(1000)));
        }
    }
}
