//! Keys of a trial.

use super::TrialPage;
use crate::{
    console::{Console, Question, Screen},
    domain::{
        app::App,
        oauth::{diagnosis::Setting, trial::TrialKind},
        secret::Secret,
        text::displayable,
    },
    keymap::Action,
    message::{Copyable, Effect, Purpose, SandboxWork},
    screens::sandbox::update::{go_to, scrolled},
};

pub fn open(console: &mut Console, app: &App, kind: TrialKind, effects: &mut Vec<Effect>) {
    let webhook = app.spec.interactive_messages.as_ref();
    let page = TrialPage {
        app: app.id.clone(),
        client_id: app.client_id.clone(),
        name: app.spec.properties.name.clone(),
        kind,
        far: webhook
            .map(|settings| &settings.outbound_webhook_url)
            .filter(|url| kind == TrialKind::TestEvent && !url.is_loopback())
            .map(|url| url.as_str().to_owned()),
        trial: 0,
        steps: Vec::new(),
        url: None,
        is_over: true,
        scroll: 0,
    };
    console.screen = Screen::Trial(Box::new(page));
    console.notice = None;
    begin(console, effects);
}

/// At once, or after a question: what leaves this machine is somebody's decision.
fn begin(console: &mut Console, effects: &mut Vec<Effect>) {
    let Screen::Trial(page) = &mut console.screen else {
        return;
    };
    console.sandbox.trials += 1;
    page.trial = console.sandbox.trials;
    let effect = Effect::Sandbox(SandboxWork::Try {
        app: page.app.clone(),
        kind: page.kind,
        trial: page.trial,
        setup: console.sandbox.setup,
    });
    page.steps.clear();
    page.scroll = 0;
    match &page.far {
        None => {
            page.is_over = false;
            effects.push(effect);
        }
        Some(url) => {
            console.question = Some(Question {
                title: "Send a test event",
                text: format!(
                    "Post a signed sample to {}? It is not on this machine.",
                    displayable(url)
                ),
                yes: "send",
                then: effect,
            });
        }
    }
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::Trial(page) = &mut console.screen else {
        return;
    };
    let id = page.app.clone();
    match action {
        Action::Back => {
            effects.push(Effect::Sandbox(SandboxWork::EndTrial));
            let purpose = Purpose::Page;
            effects.push(Effect::LoadApp { id, purpose });
            console.wait_for("Opening the app");
        }
        Action::GoToSetting => {
            if let Some(setting) = page.setting() {
                let client = page.client_id.clone();
                effects.push(Effect::Sandbox(SandboxWork::EndTrial));
                if setting == Setting::NewJwt {
                    crate::screens::jwt::update::open_form(console, vec![client], effects);
                } else {
                    go_to(console, setting, Some(id), effects);
                }
            }
        }
        Action::CopyUrl => effects.extend(copy(page)),
        Action::Again => begin(console, effects),
        Action::OpenSandbox => {
            effects.push(Effect::Sandbox(SandboxWork::EndTrial));
            crate::screens::sandbox::update::open(console, effects);
        }
        action => page.scroll = scrolled(page.scroll, action),
    }
}

fn copy(page: &TrialPage) -> Option<Effect> {
    let url = page.url.clone()?;
    Some(Effect::Copy {
        what: Copyable::LoginUrl,
        text: Secret::new(url),
    })
}

/// An address to open.
pub fn show(console: &mut Console, trial: u64, url: String) {
    if let Screen::Trial(page) = &mut console.screen
        && page.trial == trial
    {
        page.url = Some(url);
    }
}
