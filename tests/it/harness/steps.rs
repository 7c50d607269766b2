//! The steps of a sequence of input, and how the driver takes them.

use devconsole::{
    form::Slot,
    keymap::Key,
    message::{Answer, Msg, SandboxSaid, SignInRefusal},
};

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

fn failed(answer: Answer) -> Option<Answer> {
    let why = "The disk is full".to_owned();
    Some(match answer {
        Answer::SignedUp(_) | Answer::AlreadySignedUp { .. } => Answer::SignedUp(Err(why)),
        Answer::SignedIn(_) => Answer::SignedIn(Err(SignInRefusal::Failed(why))),
        Answer::Recovered(_) => Answer::Recovered(Err(SignInRefusal::Wrong { wait_ms: 0 })),
        Answer::Apps { generation, .. } => Answer::Apps {
            generation,
            result: Err(why),
            position: None,
        },
        Answer::App { purpose, .. } => Answer::App {
            purpose,
            result: Err(why),
        },
        Answer::Drafts(_) => Answer::Drafts(Err(why)),
        Answer::DraftStarted(_) => Answer::DraftStarted(Err(why)),
        Answer::SharedSecret(_) => Answer::SharedSecret(Err(why)),
        Answer::DraftSaved { id, .. } => Answer::DraftSaved {
            id,
            result: Err(why),
        },
        Answer::DraftDiscarded(_) => Answer::DraftDiscarded(Err(why)),
        Answer::IconRead { path, .. } => Answer::IconRead {
            path,
            result: Err(why),
        },
        Answer::Preview { icon, .. } => Answer::Preview {
            icon,
            preview: None,
        },
        Answer::AppCreated(_) => Answer::AppCreated(Err(why)),
        Answer::AppOpened { how, .. } => Answer::AppOpened {
            how,
            result: Err(why),
        },
        Answer::AppUpdated(_) => Answer::AppUpdated(Err(why)),
        Answer::AppManaged { app, deed, .. } => Answer::AppManaged {
            app,
            deed,
            result: Err(why),
        },
        Answer::EnvironmentKept(_) => Answer::EnvironmentKept(Err(why)),
        Answer::Team(_) => Answer::Team(Err(why)),
        Answer::TeamChanged { deed, .. } => Answer::TeamChanged {
            deed,
            result: Err(why),
        },
        Answer::PasswordChanged(_) => Answer::PasswordChanged(Err(SignInRefusal::Failed(why))),
        Answer::NewRecoveryKey(_) => Answer::NewRecoveryKey(Err(SignInRefusal::Failed(why))),
        Answer::Jwts(_) => Answer::Jwts(Err(why)),
        Answer::Sandbox(SandboxSaid::Started(_) | SandboxSaid::NotStarted { .. }) => {
            Answer::Sandbox(SandboxSaid::NotStarted {
                problem: why,
                running: None,
            })
        }
        Answer::Sandbox(_) => Answer::Sandbox(SandboxSaid::Stopped(Some(why))),
        Answer::JwtDone { done, .. } => Answer::JwtDone {
            done,
            result: Err(why),
        },
        Answer::JwtAppsFound { query, .. } => Answer::JwtAppsFound {
            query,
            result: Err(why),
        },
        Answer::JwtToken { id, .. } => Answer::JwtToken {
            id,
            result: Err(why),
        },
        Answer::Requests(_) => Answer::Requests(Err(why)),
        Answer::Decided { decision, .. } => Answer::Decided {
            decision,
            result: Err(why),
        },
        Answer::AllHistory { generation, .. } => Answer::AllHistory {
            generation,
            result: Err(why),
        },
        Answer::HistoryChecked(_) => Answer::HistoryChecked(Err(why)),
        Answer::View(_) => Answer::View(Err(why)),
        Answer::ViewSaved(_) => Answer::ViewSaved(Err(why)),
        Answer::Tags(_) => Answer::Tags(Err(why)),
        Answer::FavouriteSet { app, on, .. } => Answer::FavouriteSet {
            app,
            on,
            result: Err(why),
        },
        Answer::Bulk { bulk, .. } => Answer::Bulk {
            bulk,
            result: Err(why),
        },
        Answer::FileWritten { work, .. } => Answer::FileWritten {
            work,
            result: Err(why),
        },
        Answer::History { app, .. } => Answer::History {
            app,
            result: Err(why),
        },
        Answer::Secrets { app, .. } => Answer::Secrets {
            app,
            result: Err(why),
        },
        Answer::Copied { what, .. } => Answer::Copied {
            what,
            result: Err(why),
        },
        // These cannot fail, and nothing waits for them.
        Answer::NameChecked { .. } | Answer::PathCompleted { .. } => return None,
        Answer::RecoveryKeyConfirmed(_) => Answer::RecoveryKeyConfirmed(Err(why)),
        other @ (Answer::ClipboardCleared(_) | Answer::Broken(_) | Answer::RecoveryKey(_)) => other,
    })
}

fn taken(driver: &mut Driver, nth: usize) -> Option<Answer> {
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
            if let Some(answer) = taken(driver, *nth) {
                driver.feed(Msg::Answer(answer));
            }
        }
        Step::Fail(nth) => {
            if let Some(answer) = taken(driver, *nth).and_then(failed) {
                driver.feed(Msg::Answer(answer));
            }
        }
    }
}

/// Where the focus is, and where it may be; `None` where there is nothing to focus.
pub fn focus(driver: &Driver) -> Option<(Slot, Vec<Slot>)> {
    let Seen { focus, shown, .. } = seen(driver)?;
    // A tab without fields (Auth of a Notification Add-in) has no focus.
    (!shown.is_empty()).then_some((focus, shown))
}
