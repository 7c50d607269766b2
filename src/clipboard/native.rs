//! The desktop's clipboard. Opened at the first copy and kept open: on X11 the text lives in this
//! process, and closing the clipboard would remove it.

use std::fmt;

use zeroize::Zeroizing;

use super::Fingerprint;

/// The connection to the desktop, once it is open.
#[derive(Default)]
pub(super) struct Native(Option<arboard::Clipboard>);

impl fmt::Debug for Native {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Native")
    }
}

impl Native {
    /// Opening blocks while a remote X server does not answer: never call it on the UI thread.
    pub(super) fn open(&mut self) -> Result<(), arboard::Error> {
        if self.0.is_none() {
            self.0 = Some(arboard::Clipboard::new()?);
        }
        Ok(())
    }

    pub(super) fn set(&mut self, text: &str, is_secret: bool) -> Result<(), arboard::Error> {
        self.open()?;
        let Some(clipboard) = self.0.as_mut() else {
            return Err(arboard::Error::ClipboardNotSupported);
        };
        let set = clipboard.set();
        let set = if is_secret { set.hidden() } else { set };
        set.text(text)
    }

    /// Clears the clipboard if it still holds one of `ours`. Text of other programs stays.
    pub(super) fn forget(&mut self, ours: &[Fingerprint]) -> Result<bool, arboard::Error> {
        let Some(clipboard) = self.0.as_mut() else {
            return Ok(false);
        };
        let held = match clipboard.get_text() {
            Ok(text) => Zeroizing::new(text),
            // The clipboard is empty or holds an image.
            Err(arboard::Error::ContentNotAvailable) => return Ok(false),
            Err(error) => return Err(error),
        };
        if !ours.iter().any(|print| print.matches(held.as_bytes())) {
            return Ok(false);
        }
        clipboard.clear().map(|()| true)
    }
}

/// Asks clipboard managers, where possible, to keep the text out of their history.
trait Hidden {
    fn hidden(self) -> Self;
}

impl Hidden for arboard::Set<'_> {
    #[cfg(target_os = "macos")]
    fn hidden(self) -> Self {
        use arboard::SetExtApple as _;
        self.exclude_from_history()
    }

    #[cfg(all(unix, not(target_os = "macos")))]
    fn hidden(self) -> Self {
        use arboard::SetExtLinux as _;
        self.exclude_from_history()
    }

    #[cfg(not(unix))]
    fn hidden(self) -> Self {
        self
    }
}
