//! What a panic does. On the UI thread: the terminal is given back, then the report is printed.
//! On any other thread the screen is still in use: the report goes to the loop, which ends.
//! A report holds no formatted message, because such a message may quote what was typed.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt;
use std::io::Write as _;
use std::panic::PanicHookInfo;

use super::terminal;

/// Where a thread panicked, without anything that could be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanicReport {
    thread: String,
    place: String,
    /// Only a literal of the source code: `"index 5 of `hunter2`"` is not one.
    message: Option<&'static str>,
    backtrace: Option<String>,
}

impl fmt::Display for PanicReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "devconsole has failed and had to stop. Drafts are kept.\n  at {} (thread {})\n  {}",
            self.place,
            self.thread,
            self.message
                .unwrap_or("The message is withheld: it might quote what was typed."),
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
        // Captured only if RUST_BACKTRACE asks for it; names of functions, no values.
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

    /// Prints to standard error; call it only once the terminal was given back.
    pub fn print(&self) {
        // A closed standard error leaves nobody to tell.
        let _ = writeln!(std::io::stderr(), "{self}");
    }
}

fn literal(payload: &(dyn Any + Send)) -> Option<&'static str> {
    payload.downcast_ref::<&'static str>().copied()
}

/// Call this on the UI thread. `notify` is called on a thread other than it that panics; it must
/// not panic itself, and the loop should then end, leave the terminal and print the report.
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

/// Fails in the thread that the file named by `DEVCONSOLE_FAIL` names: the end of a thread can
/// be seen from outside only if there is one. Not in a release build.
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
