//! Secrets that are read out.

use super::{Plain, spoken::spelled};
use crate::{console::Screen, keymap::Action, screens::app::PageTab};

impl Plain<'_> {
    /// Reads the secrets of the page once; they are hidden again at once.
    pub(super) fn reveal(&mut self, is_spelled: bool) {
        self.open_tab_of_secrets();
        self.act(Action::Reveal);
        let secrets = self.revealed();
        if secrets.is_empty() {
            return;
        }
        self.act(Action::Reveal);
        for (label, secret) in secrets {
            let said = if is_spelled {
                spelled(&secret)
            } else {
                secret.to_string()
            };
            self.say(&format!("{label}: {said}"));
        }
    }

    /// The other tabs of an app show no secret.
    fn open_tab_of_secrets(&mut self) {
        if let Screen::App(page) = self.console.screen()
            && !matches!(page.tab, PageTab::Overview | PageTab::Credentials)
        {
            self.act(Action::GoToTab(1));
        }
    }

    fn revealed(&self) -> Vec<(&'static str, zeroize::Zeroizing<String>)> {
        let clear = |secret: &crate::domain::secret::Secret| {
            zeroize::Zeroizing::new(secret.expose().to_owned())
        };
        match self.console.screen() {
            Screen::App(page) => {
                let all = page.copyables().into_iter();
                all.filter_map(|what| Some((what.label(), clear(page.revealed(what)?))))
                    .collect()
            }
            Screen::Jwt(page) => page
                .revealed
                .iter()
                .map(|(_, token)| ("JWT", clear(token)))
                .collect(),
            _ => Vec::new(),
        }
    }
}
