//! Keys of the Sandbox, and what its thread says.

use super::{KEPT_MAX, Pane, SandboxPage};
use crate::{
    console::{Console, Screen},
    domain::{
        id::AppId,
        oauth::{
            diagnosis::Setting,
            explain::explain,
            fault::{Armed, Fault},
        },
        secret::Secret,
    },
    form::Slot,
    keymap::Action,
    message::{Copyable, Effect, Manage, Opening, Purpose, SandboxSaid, SandboxWork},
    screens::{
        create_app::sections::{auth, features, security},
        prompt::{Ask, Prompt},
    },
};

const PAGE: usize = 10;

pub fn open(console: &mut Console, effects: &mut Vec<Effect>) {
    let from = match &console.screen {
        Screen::App(page) => Some(page.app.id.clone()),
        Screen::Trial(page) => Some(page.app.clone()),
        _ => None,
    };
    console.screen = Screen::Sandbox(Box::new(SandboxPage {
        from,
        ..SandboxPage::default()
    }));
    console.notice = None;
    effects.push(Effect::Sandbox(SandboxWork::ReadFaults));
}

/// The switchboard at once.
pub fn open_faults(console: &mut Console, effects: &mut Vec<Effect>) {
    open(console, effects);
    if let Screen::Sandbox(page) = &mut console.screen {
        page.pane = Pane::Faults { cursor: 0 };
    }
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::Sandbox(page) = &mut console.screen else {
        return;
    };
    let sandbox = &mut console.sandbox;
    match (&mut page.pane, action) {
        (_, Action::GoToSetting) => {
            let found = page.exchange(sandbox).and_then(|one| {
                let setting = one.diagnosis.as_ref()?.row().setting?;
                Some((setting, one.app.as_ref().map(|(id, _)| id.clone())))
            });
            if let Some((setting, app)) = found {
                go_to(console, setting, app, effects);
            }
        }
        (Pane::Log, Action::Back) => match page.from.take() {
            Some(id) => {
                let purpose = Purpose::Page;
                effects.push(Effect::LoadApp { id, purpose });
                console.wait_for("Opening the app");
            }
            None => {
                console.screen = Screen::Apps;
                crate::screens::apps::update::enter(console, effects);
            }
        },
        (_, Action::Back) => page.pane = Pane::Log,
        (Pane::Log, Action::Confirm) => {
            if let Some(one) = sandbox.log.get(page.cursor) {
                page.pane = Pane::Exchange {
                    number: one.number,
                    scroll: 0,
                };
            }
        }
        (Pane::Log, Action::StartStop) if sandbox.running.is_some() => {
            effects.push(Effect::Sandbox(SandboxWork::Stop));
            console.wait_for("Stopping");
        }
        (Pane::Log, Action::StartStop) => start(console, effects),
        (Pane::Log, Action::NextProfile) => {
            sandbox.setup.profile = sandbox.setup.profile.other();
            restart(console, effects);
        }
        (Pane::Log, Action::LimitLogins) => {
            sandbox.setup.limits_logins = !sandbox.setup.limits_logins;
            if sandbox.setup.limits_logins {
                console.tell("An app may log in 5 times a minute.");
            } else {
                console.tell("Logins are not limited.");
            }
            restart(console, effects);
        }
        (Pane::Log, Action::ChoosePort) => {
            let port = sandbox.setup.port.to_string();
            console.prompt = Some(Prompt::new(Ask::Port, &port));
        }
        (_, Action::Explain) => console.prompt = Some(Prompt::new(Ask::Explain, "")),
        (Pane::Log, Action::Switchboard) => page.pane = Pane::Faults { cursor: 0 },
        (Pane::Log, Action::ClearLog) => {
            sandbox.log.clear();
            page.cursor = 0;
        }
        (_, Action::CopyUrl) => {
            if let Some(url) = sandbox.url() {
                effects.push(Effect::Copy {
                    what: Copyable::SandboxUrl,
                    text: Secret::new(url),
                });
            }
        }
        (Pane::Faults { cursor }, action) => {
            let last = sandbox.faults.len().saturating_sub(1);
            match action {
                Action::Toggle => {
                    if let Some((fault, armed)) = sandbox.faults.get(*cursor) {
                        effects.push(arm(*fault, armed.next()));
                    }
                }
                Action::ClearLog => {
                    let on = sandbox
                        .faults
                        .iter()
                        .filter(|(_, armed)| *armed != Armed::Off);
                    effects.extend(on.map(|(fault, _)| arm(*fault, Armed::Off)));
                }
                action => *cursor = moved(*cursor, last, action),
            }
        }
        (Pane::Exchange { scroll, .. }, action) => *scroll = scrolled(*scroll, action),
        (Pane::Explained { scroll, .. }, action) => *scroll = scrolled(*scroll, action),
        (Pane::Log, action) => {
            let last = sandbox.log.len().saturating_sub(1);
            page.cursor = moved(page.cursor, last, action);
        }
    }
}

fn arm(fault: Fault, armed: Armed) -> Effect {
    Effect::Sandbox(SandboxWork::Arm { fault, armed })
}

pub fn moved(cursor: usize, last: usize, action: Action) -> usize {
    match action {
        Action::Up => cursor.saturating_sub(1),
        Action::Down => (cursor + 1).min(last),
        Action::PageUp => cursor.saturating_sub(PAGE),
        Action::PageDown => (cursor + PAGE).min(last),
        Action::First => 0,
        Action::Last => last,
        _ => cursor,
    }
}

/// The view stops at the last line.
pub fn scrolled(scroll: u16, action: Action) -> u16 {
    match action {
        Action::Up => scroll.saturating_sub(1),
        Action::Down => scroll.saturating_add(1),
        Action::PageUp => scroll.saturating_sub(10),
        Action::PageDown => scroll.saturating_add(10),
        Action::First => 0,
        _ => scroll,
    }
}

pub fn start(console: &mut Console, effects: &mut Vec<Effect>) {
    let setup = console.sandbox.setup;
    effects.push(Effect::Sandbox(SandboxWork::Start(setup)));
    console.wait_for("Starting the local platform");
}

/// A setting takes effect at once.
fn restart(console: &mut Console, effects: &mut Vec<Effect>) {
    if console.sandbox.running.is_some() {
        start(console, effects);
    }
}

pub fn set_port(console: &mut Console, port: u16, effects: &mut Vec<Effect>) {
    console.sandbox.setup.port = port;
    if console.sandbox.running.is_none() {
        effects.push(Effect::Sandbox(SandboxWork::Expect(port)));
        console.tell(format!("Port {port}. s starts it."));
    }
    restart(console, effects);
}

/// What was pasted, in words.
pub fn explained(console: &mut Console, text: &str) {
    if let Screen::Sandbox(page) = &mut console.screen {
        page.pane = Pane::Explained {
            what: explain(text),
            scroll: 0,
        };
    }
}

/// Where a cause is mended.
pub fn go_to(
    console: &mut Console,
    setting: Setting,
    app: Option<AppId>,
    effects: &mut Vec<Effect>,
) {
    let field = match setting {
        Setting::Auth => auth::METHOD,
        Setting::Platform => auth::PLATFORM,
        Setting::RedirectUris => auth::REDIRECT_URIS,
        Setting::RefreshTokens => auth::REFRESH,
        Setting::Scopes => security::SCOPES,
        Setting::Webhook => features::WEBHOOK,
        Setting::Jwt | Setting::NewJwt => {
            return crate::screens::jwt::update::open(console, effects);
        }
        Setting::People => return crate::screens::organization::update::open(console, effects),
        Setting::Faults => return open_faults(console, effects),
        Setting::Secret | Setting::Status => {
            match app {
                Some(id) => {
                    let purpose = Purpose::Page;
                    effects.push(Effect::LoadApp { id, purpose });
                    console.wait_for("Opening the app");
                }
                None => console.complain("It is not known whose request it was."),
            }
            return;
        }
    };
    match app {
        Some(app) => {
            console.going_to = Some(Slot::from(field));
            let how = Opening::Edit;
            effects.push(Effect::Manage(Manage::Open { app, how }));
            console.wait_for("Opening the form");
        }
        None => console.complain("It is not known whose request it was."),
    }
}

pub fn said(console: &mut Console, said: SandboxSaid, effects: &mut Vec<Effect>) {
    match said {
        SandboxSaid::Started(port) => {
            console.waiting = None;
            console.sandbox.running = Some(port);
            console.tell(format!(
                "The local platform is up at http://127.0.0.1:{port}."
            ));
        }
        SandboxSaid::NotStarted { problem, running } => {
            console.waiting = None;
            console.sandbox.running = running;
            if let Some(port) = running {
                console.sandbox.setup.port = port;
            }
            console.complain(problem);
        }
        SandboxSaid::Stopped(problem) => {
            console.waiting = None;
            console.sandbox.running = None;
            match problem {
                Some(problem) => console.complain(format!("The local platform ended: {problem}.")),
                None => console.tell("The local platform is stopped. Its sessions stay."),
            }
        }
        SandboxSaid::News => effects.push(Effect::Sandbox(SandboxWork::Read)),
        SandboxSaid::Log(new) => take(console, new, effects),
        SandboxSaid::Faults(faults) => console.sandbox.faults = faults,
        SandboxSaid::Step { trial, step } => {
            console.waiting = None;
            if let Some(page) = trial_of(console, trial) {
                page.is_over = false;
                page.steps.push(step);
            }
        }
        SandboxSaid::Url { trial, url } => crate::screens::trial::update::show(console, trial, url),
        SandboxSaid::TrialEnded { trial } => {
            console.waiting = None;
            if let Some(page) = trial_of(console, trial) {
                page.is_over = true;
                page.url = None;
            }
        }
    }
}

fn trial_of(console: &mut Console, trial: u64) -> Option<&mut crate::screens::trial::TrialPage> {
    match &mut console.screen {
        Screen::Trial(page) if page.trial == trial => Some(page),
        _ => None,
    }
}

/// The cursor stays on what it is on; at the top it follows.
fn take(
    console: &mut Console,
    new: Vec<crate::domain::oauth::exchange::Exchange>,
    effects: &mut Vec<Effect>,
) {
    let count = new.len();
    let log = &mut console.sandbox.log;
    for exchange in new {
        log.push_front(exchange);
    }
    log.truncate(KEPT_MAX);
    let last = log.len().saturating_sub(1);
    if let Screen::Sandbox(page) = &mut console.screen {
        if page.cursor > 0 {
            page.cursor = (page.cursor + count).min(last);
        }
        // One that was armed once is off now.
        if console.sandbox.armed() > 0 {
            effects.push(Effect::Sandbox(SandboxWork::ReadFaults));
        }
    }
}

/// Nothing that was seen stays when somebody else may look.
pub fn lock(page: &mut SandboxPage) {
    if matches!(page.pane, Pane::Explained { .. }) {
        page.pane = Pane::Log;
    }
}
