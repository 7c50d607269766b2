//! Copies text, and clears copied secrets. The worker thread owns the one [`Clipboard`]. It never
//! writes to the terminal: it returns the bytes of OSC 52, and the terminal guard writes them. Of a
//! copied secret, only a digest is kept.

mod native;
mod osc52;
mod route;
mod tmux;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};

use crate::domain::secret::Secret;
use native::Native;
pub use osc52::{Sequence, osc52_clear, osc52_set};
pub use route::{Environment, Route, Wrap};
use tmux::{Loaded, Tmux};

/// The facts that are certain after a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Copied {
    /// These bytes must be sent to the terminal. Whether the terminal accepts them cannot be known.
    Terminal(Sequence),
    /// In a tmux buffer, and tmux sent it to the terminal.
    Tmux,
    /// In a tmux buffer. This tmux is too old to send it to the terminal.
    TmuxBufferOnly,
    /// The desktop's clipboard holds it.
    Native,
    /// No clipboard accepted it; `reason` says what to do.
    Unavailable { reason: &'static str },
}

impl Copied {
    /// Claims no more than is known.
    pub fn notice(&self) -> &'static str {
        match self {
            Self::Terminal(_) => "sent to the terminal's clipboard",
            Self::Tmux => "copied (tmux buffer and terminal clipboard)",
            Self::TmuxBufferOnly => "copied (tmux buffer)",
            Self::Native => "copied",
            Self::Unavailable { reason } => reason,
        }
    }

    /// The text of the countdown, and the word for its end.
    pub fn countdown(&self) -> (&'static str, &'static str) {
        match self {
            Self::Terminal(_) => ("sent to the terminal", "clears"),
            Self::Tmux => ("copied (tmux and terminal)", "clears"),
            Self::TmuxBufferOnly => ("copied (tmux)", "clears"),
            Self::Native | Self::Unavailable { .. } => ("copied", "clears"),
        }
    }

    /// Whether a countdown is needed, because the copy must be cleared.
    pub fn is_out(&self) -> bool {
        !matches!(self, Self::Unavailable { .. })
    }
}

/// The facts that are known after clearing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Cleared {
    /// No copied secret was left, or another program has replaced it.
    Nothing,
    /// These bytes ask the terminal to clear its clipboard.
    Terminal(Sequence),
    /// Removed from tmux's buffers; the terminal's clipboard was overwritten if it held the newest.
    Tmux,
    /// Removed from the desktop's clipboard.
    Native,
    /// The secret may still be there. A later call tries again.
    Failed,
}

impl Cleared {
    /// Empty if there is nothing to say.
    pub fn notice(&self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Terminal(_) => "Asked the terminal to clear its clipboard",
            Self::Tmux => "Tmux buffer cleared; asked the terminal to clear its clipboard",
            Self::Native => "Clipboard cleared",
            Self::Failed => "The clipboard could not be cleared. It may still hold the secret",
        }
    }
}

/// Enough to recognize a copied text, but not to restore it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fingerprint {
    digest: [u8; 32],
    len: usize,
}

impl Fingerprint {
    fn of(text: &str) -> Self {
        Self {
            digest: Sha256::digest(text.as_bytes()).into(),
            len: text.len(),
        }
    }

    fn len(&self) -> usize {
        self.len
    }

    fn matches(&self, held: &[u8]) -> bool {
        held.len() == self.len && <[u8; 32]>::from(Sha256::digest(held)) == self.digest
    }
}

/// The contents of a test's clipboard.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<MemoryState>>);

#[derive(Debug, Default)]
struct MemoryState {
    held: Option<String>,
    history: Vec<String>,
}

impl Memory {
    /// The text that pasting would insert now.
    pub fn held(&self) -> Option<String> {
        self.lock().held.clone()
    }

    /// All copied texts, oldest first.
    pub fn history(&self) -> Vec<String> {
        self.lock().history.clone()
    }

    /// Copies a text as another program would.
    pub fn replace(&self, text: &str) {
        self.lock().held = Some(text.to_owned());
    }

    fn set(&self, text: &str) {
        let mut state = self.lock();
        state.held = Some(text.to_owned());
        state.history.push(text.to_owned());
    }

    fn forget(&self, ours: &[Fingerprint]) -> bool {
        let mut state = self.lock();
        let found = state
            .held
            .as_ref()
            .is_some_and(|held| ours.iter().any(|print| print.matches(held.as_bytes())));
        if found {
            state.held = None;
        }
        found
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, MemoryState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
enum Provider {
    /// With the route to use if `TMUX` names a session that has ended.
    Tmux(Tmux, Route),
    Osc52(Wrap),
    /// With the route to use if the desktop cannot be reached, e.g. with a stale `DISPLAY`.
    Native(Native, Route),
    Memory(Memory),
    None {
        reason: &'static str,
    },
}

/// The one clipboard of this process.
#[derive(Debug)]
pub struct Clipboard {
    provider: Provider,
    /// Secrets that were copied since the clipboard was last cleared.
    ours: Vec<Fingerprint>,
    /// Nothing can be read back over OSC 52: this tells whether a secret was copied last.
    newest_is_secret: bool,
}

impl Clipboard {
    pub fn new(environment: &Environment) -> Self {
        let provider = match Route::choose(environment) {
            Route::Native => Provider::Native(Native::default(), environment.osc52()),
            Route::Tmux => Provider::Tmux(Tmux::default(), environment.osc52()),
            other => Provider::without_desktop(other),
        };
        Self::with(provider)
    }

    /// A clipboard for tests, and a handle that reads it.
    pub fn memory() -> (Self, Memory) {
        let memory = Memory::default();
        (Self::with(Provider::Memory(memory.clone())), memory)
    }

    fn with(provider: Provider) -> Self {
        Self {
            provider,
            ours: Vec::new(),
            newest_is_secret: false,
        }
    }

    /// Copies a secret, which [`Clipboard::clear`] removes.
    pub fn copy(&mut self, secret: &Secret) -> Copied {
        let copied = self.put(secret.expose(), true);
        if copied.is_out() {
            let print = Fingerprint::of(secret.expose());
            if !self.ours.contains(&print) {
                self.ours.push(print);
            }
            self.newest_is_secret = true;
        }
        copied
    }

    /// Copies text that is not secret, e.g. a client ID. It stays until something else is copied.
    pub fn copy_text(&mut self, text: &str) -> Copied {
        let copied = self.put(text, false);
        if copied.is_out() {
            self.newest_is_secret = false;
        }
        copied
    }

    fn put(&mut self, text: &str, is_secret: bool) -> Copied {
        if let Provider::Native(native, otherwise) = &mut self.provider
            && native.open().is_err()
        {
            self.provider = Provider::without_desktop(*otherwise);
        }
        match &mut self.provider {
            Provider::Tmux(tmux, otherwise) => match tmux.load(text) {
                Ok(Loaded::AndSent) => Copied::Tmux,
                Ok(Loaded::BufferOnly) => Copied::TmuxBufferOnly,
                // tmux is there but hangs, and holds an earlier copy, which must still be cleared.
                Err(error) if error.kind() == io::ErrorKind::TimedOut => Copied::Unavailable {
                    reason: "tmux does not respond. Reveal the value instead.",
                },
                Err(_) => {
                    self.provider = Provider::without_desktop(*otherwise);
                    self.put(text, is_secret)
                }
            },
            Provider::Osc52(wrap) => Copied::Terminal(osc52_set(text, *wrap)),
            Provider::Native(native, _) => match native.set(text, is_secret) {
                Ok(()) => Copied::Native,
                Err(_) => Copied::Unavailable {
                    reason: "Copying failed. Reveal the value instead.",
                },
            },
            Provider::Memory(memory) => {
                memory.set(text);
                Copied::Native
            }
            Provider::None { reason } => Copied::Unavailable { reason },
        }
    }

    /// Removes the copied secrets: after 45 s, on lock and at exit. Text that another program has
    /// copied since is left alone, as far as that can be seen.
    pub fn clear(&mut self) -> Cleared {
        if self.ours.is_empty() {
            return Cleared::Nothing;
        }
        let known = |gone: bool, cleared: Cleared| if gone { cleared } else { Cleared::Nothing };
        let cleared = match &mut self.provider {
            Provider::Tmux(tmux, _) => match tmux.forget(&self.ours) {
                Ok(gone) => known(gone, Cleared::Tmux),
                Err(_) => Cleared::Failed,
            },
            Provider::Osc52(wrap) => {
                let bytes = osc52_clear(*wrap);
                known(self.newest_is_secret, Cleared::Terminal(bytes))
            }
            Provider::Native(native, _) => match native.forget(&self.ours) {
                Ok(gone) => known(gone, Cleared::Native),
                Err(_) => Cleared::Failed,
            },
            Provider::Memory(memory) => known(memory.forget(&self.ours), Cleared::Native),
            Provider::None { .. } => Cleared::Nothing,
        };
        if cleared != Cleared::Failed {
            self.ours.clear();
            self.newest_is_secret = false;
        }
        cleared
    }
}

impl Provider {
    fn without_desktop(route: Route) -> Self {
        match route {
            Route::Osc52 { wrap } => Self::Osc52(wrap),
            Route::None { reason } => Self::None { reason },
            Route::Native | Route::Tmux => Self::None {
                reason: "The clipboard is not available. Reveal the value instead.",
            },
        }
    }
}

#[cfg(test)]
mod golden_tests;

#[cfg(test)]
mod tests {
    use super::{
        Cleared, Clipboard, Copied, Environment, Provider, Route, Tmux, Wrap, osc52_clear,
        osc52_set,
    };
    use crate::domain::secret::Secret;

    fn over_ssh() -> Clipboard {
        Clipboard::new(&Environment {
            ssh: true,
            term: "xterm".to_owned(),
            ..Environment::default()
        })
    }

    #[test]
    fn over_ssh_the_bytes_are_handed_out_and_cleared_once() {
        let mut clipboard = over_ssh();
        let copied = clipboard.copy(&Secret::new("s3cret"));
        assert_eq!(copied, Copied::Terminal(osc52_set("s3cret", Wrap::Plain)));
        assert_eq!(copied.notice(), "sent to the terminal's clipboard");
        let cleared = clipboard.clear();
        assert_eq!(cleared, Cleared::Terminal(osc52_clear(Wrap::Plain)));
        assert_eq!(clipboard.clear(), Cleared::Nothing);
    }

    #[test]
    fn over_ssh_a_client_id_copied_later_is_not_cleared() {
        let mut clipboard = over_ssh();
        let _ = clipboard.copy(&Secret::new("s3cret"));
        let _ = clipboard.copy_text("client-id");
        assert_eq!(clipboard.clear(), Cleared::Nothing);
    }

    #[test]
    fn clearing_leaves_what_another_program_copied() {
        let (mut clipboard, memory) = Clipboard::memory();
        let _ = clipboard.copy(&Secret::new("s3cret"));
        assert_eq!(memory.held().as_deref(), Some("s3cret"));
        memory.replace("theirs");
        assert_eq!(clipboard.clear(), Cleared::Nothing);
        assert_eq!(memory.held().as_deref(), Some("theirs"));
    }

    #[test]
    fn clearing_takes_a_secret_back() {
        let (mut clipboard, memory) = Clipboard::memory();
        let _ = clipboard.copy(&Secret::new("first"));
        let _ = clipboard.copy(&Secret::new("second"));
        assert_eq!(clipboard.clear(), Cleared::Native);
        assert_eq!(memory.held(), None);
        assert_eq!(memory.history(), ["first", "second"]);
    }

    #[test]
    fn a_client_id_stays() {
        let (mut clipboard, memory) = Clipboard::memory();
        let _ = clipboard.copy_text("client-id");
        assert_eq!(clipboard.clear(), Cleared::Nothing);
        assert_eq!(memory.held().as_deref(), Some("client-id"));
    }

    #[test]
    fn without_a_clipboard_the_notice_says_to_reveal() {
        let mut clipboard = Clipboard::new(&Environment {
            term: "dumb".to_owned(),
            ..Environment::default()
        });
        let copied = clipboard.copy(&Secret::new("s3cret"));
        assert!(!copied.is_out());
        assert!(copied.notice().contains("Reveal"));
        assert_eq!(clipboard.clear(), Cleared::Nothing);
    }

    #[test]
    fn a_tmux_that_is_gone_leaves_the_terminal_to_be_asked() {
        let route = Route::Osc52 { wrap: Wrap::Plain };
        for program in ["false", "devconsole-no-such-program"] {
            let tmux = Tmux::called(program.into(), Vec::new());
            let mut clipboard = Clipboard::with(Provider::Tmux(tmux, route));
            let copied = clipboard.copy(&Secret::new("s3cret"));
            assert_eq!(copied, Copied::Terminal(osc52_set("s3cret", Wrap::Plain)));
            let cleared = clipboard.clear();
            assert_eq!(cleared, Cleared::Terminal(osc52_clear(Wrap::Plain)));
        }
    }

    #[test]
    fn debug_shows_neither_the_secret_nor_its_bytes() {
        let mut clipboard = over_ssh();
        let copied = clipboard.copy(&Secret::new("s3cret"));
        let shown = format!("{copied:?} {clipboard:?}");
        assert!(
            !shown.contains("s3cret") && !shown.contains("czNj"),
            "{shown}"
        );
    }
}
