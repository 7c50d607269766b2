//! Questions of commands, asked only at a terminal.

use super::{
    output::{Exit, Finding, Refusal},
    plain::dialog::{AtTerminal, Dialog as _, LineEvent},
    sign_in::can_ask,
};
use crate::runtime::capabilities::Capabilities;

/// Asks before something that is hard to undo. `what` is a sentence, e.g. "This moves 3 apps to the
/// trash." Without a terminal a command never waits: it names the flag that answers.
pub fn confirm(is_agreed: bool, what: &str) -> Result<(), Refusal> {
    if is_agreed {
        return Ok(());
    }
    if !can_ask() {
        let message = format!("Required without a terminal. {what}");
        return Err(Refusal::new(Exit::Usage, Some("--yes"), message));
    }
    let mut dialog =
        AtTerminal::on_stderr(Capabilities::of_process().unicode).map_err(Refusal::failed)?;
    dialog.ask(&format!("{what} Type yes to continue:"), false);
    loop {
        let exit = match dialog.wait(None) {
            LineEvent::Line(line) if line.trim() == "yes" => return Ok(()),
            LineEvent::Line(_) | LineEvent::End => Exit::Failed,
            LineEvent::Signal(code) => Exit::Other(code),
            LineEvent::Woke => continue,
        };
        return Err(Refusal {
            exit,
            findings: vec![Finding::new(None, "Nothing was changed.")],
            retry_after_s: None,
        });
    }
}
