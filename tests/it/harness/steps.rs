//! The steps of a sequence of input, and how the driver takes them.

use devconsole::{console::Msg, form::Slot, keymap::Key};

use super::{
    driver::Driver,
    form::{Seen, seen},
};

#[derive(Clone, Debug)]
pub enum Step {
    Key(Key),
    Type(String),
    Paste(String),
    Resize(u16, u16),
    Pass(u64),
    /// Answers wait from now on, or come at once.
    Hold(bool),
    /// One of the waiting answers comes, in any order.
    Deliver(usize),
    /// One of them comes as a failure.
    Fail(usize),
}

fn failed(msg: Msg) -> Msg {
    match msg {
        Msg::Reply(ticket, reply) => Msg::Reply(ticket, reply.failed("The disk is full".into())),
        other => other,
    }
}

fn taken(driver: &mut Driver, nth: usize) -> Option<Msg> {
    let waiting = driver.held.len();
    (waiting > 0).then(|| driver.held.remove(nth % waiting))?
}

pub fn take(driver: &mut Driver, step: &Step) {
    match step {
        Step::Key(key) => driver.feed(Msg::Key(*key)),
        Step::Type(text) => driver.press(&text.replace('<', "<lt>")),
        Step::Paste(text) => driver.paste(text),
        Step::Resize(width, height) => driver.resize(*width, *height),
        Step::Pass(ms) => driver.advance_ms(*ms),
        Step::Hold(hold) => {
            driver.holds_answers = *hold;
            if !hold {
                driver.deliver();
            }
        }
        Step::Deliver(nth) => {
            if let Some(msg) = taken(driver, *nth) {
                driver.feed(msg);
            }
        }
        Step::Fail(nth) => {
            if let Some(msg) = taken(driver, *nth).map(failed) {
                driver.feed(msg);
            }
        }
    }
}

/// The focus, and the places where it may be; `None` where there is nothing to focus.
pub fn focus(driver: &Driver) -> Option<(Slot, Vec<Slot>)> {
    let Seen { focus, shown, .. } = seen(driver)?;
    // A tab without fields (Auth of a Notification Add-in) has no focus.
    (!shown.is_empty()).then_some((focus, shown))
}
