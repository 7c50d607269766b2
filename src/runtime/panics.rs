//! Handles panics. On the UI thread, the terminal is restored and then the report is printed. On
//! any other thread the screen is still in use, so the report goes to the loop, which ends. A
//! report never contains a formatted message, because that may quote typed text.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::io::Write as _;
use std::panic::PanicHookInfo;

use super::terminal;

/// The place of a panic, without anything that could be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanicReport {
    thread: String,
    place: String,
    /// Only a literal of the source code: `"index 5 of `hunter2`"` is a formatted message.
    message: Option<&'static str>,
    backtrace: Option<String>,
}

impl fmt::Display for PanicReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "devconsole crashed. Drafts are saved.\n  at {} (thread {})\n  {}",
            self.place,
            self.thread,
            self.message
                .unwrap_or("The message is hidden because it may contain what was typed."),
        )?;
        match &self.backtrace {
            Some(frames) => write!(f, "\n{frames}"),
            None => Ok(()),
        }
    }
}

impl PanicReport {
    fn of(info: &PanicHookInfo<'_>) -> Self {
        let current = std::thread::current();
        // Captured only if RUST_BACKTRACE asks for it. Contains names of functions and no values.
        let backtrace = Backtrace::capture();
        Self {
            thread: current.name().unwrap_or("unnamed").to_owned(),
            place: info
                .location()
                .map_or_else(|| "an unknown place".to_owned(), ToString::to_string),
            message: literal(info.payload()),
            backtrace: (backtrace.status() == BacktraceStatus::Captured)
                .then(|| backtrace.to_string()),
        }
    }

    /// Prints to standard error. Call it only after the terminal was restored.
    pub fn print(&self) {
        // A closed standard error cannot be reported anywhere.
        let _ = writeln!(std::io::stderr(), "{self}");
    }
}

fn literal(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}

/// Call this on the UI thread. For a panic on another thread, `notify` is called there and must not
/// panic itself; the loop should then end, restore the terminal and print the report.
pub fn install_hook(notify: impl Fn(PanicReport) + Send + Sync + 'static) {
    let ui_thread = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        let report = PanicReport::of(info);
        if std::thread::current().id() == ui_thread {
            terminal::restore();
            report.print();
        } else {
            notify(report);
        }
    }));
}

/// Panics in the thread that the file named by `DEVCONSOLE_FAIL` contains, so that tests can
/// observe the end of a thread from outside. Not in a release build.
#[cfg(debug_assertions)]
pub fn fail_on_purpose(thread: &str) {
    let named = std::env::var_os("DEVCONSOLE_FAIL").and_then(|file| std::fs::read(file).ok());
    assert!(named.as_deref() != Some(thread.as_bytes()), "on purpose");
}

#[cfg(test)]
mod tests {
    use super::{PanicReport, literal};

    #[test]
    fn a_formatted_message_is_withheld() {
        let report = |payload: Box<dyn std::any::Any + Send>| {
            PanicReport {
                thread: "worker".to_owned(),
                place: "src/x.rs:1:1".to_owned(),
                message: literal(payload.as_ref()),
                backtrace: None,
            }
            .to_string()
        };
        let formatted = report(Box::new("inside `hunter2`".to_owned()));
        assert!(!formatted.contains("hunter2"), "{formatted}");
        assert!(formatted.contains("src/x.rs:1:1 (thread worker)"));
        assert!(report(Box::new("a literal")).contains("a literal"));
    }
}
