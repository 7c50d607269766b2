//! Keys of the app page.

use super::{AppPage, PageTab};
use crate::{
    console::{Console, Question, Screen},
    domain::{
        app::{App, AppStatus, Environment},
        history::Entry,
        id::AppId,
        oauth::trial::TrialKind,
        secret::Secret,
    },
    keymap::Action,
    message::{Copyable, Deed, Effect, FileContent, Manage, Opening},
    screens::prompt::{Ask, Prompt},
};

const PAGE: u16 = 10;

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::App(page) = &mut console.screen else {
        return;
    };
    let id = page.app.id.clone();
    let last = crate::screens::app::view::last_scroll(page, console.session.as_ref(), console.size);
    match action {
        Action::CopyClientId => effects.push(Effect::Copy {
            what: Copyable::ClientId,
            text: Secret::new(page.app.client_id.as_str()),
        }),
        Action::CopySecret => effects.push(Effect::CopyAppSecret {
            app: id,
            what: Copyable::ClientSecret,
        }),
        Action::CopySharedSecret => effects.push(Effect::CopyAppSecret {
            app: id,
            what: Copyable::SharedSecret,
        }),
        Action::Reveal => {
            let was_hidden = page.secrets.take().is_none();
            if was_hidden {
                effects.push(Effect::RevealSecrets { app: id });
                console.wait_for("Opening the secrets");
            }
        }
        Action::Up if page.tab == PageTab::Credentials => {
            page.cursor = page.cursor.saturating_sub(1);
        }
        Action::Down if page.tab == PageTab::Credentials => {
            page.cursor = (page.cursor + 1).min(page.copyables().len().saturating_sub(1));
        }
        Action::Confirm if page.tab == PageTab::Credentials => copy_under_cursor(page, effects),
        Action::Up => page.scroll = page.scroll.saturating_sub(1),
        Action::Down => page.scroll = (page.scroll + 1).min(last),
        Action::PageUp => page.scroll = page.scroll.saturating_sub(PAGE),
        Action::PageDown => page.scroll = (page.scroll + PAGE).min(last),
        Action::NextTab | Action::PrevTab => step_tab(page, action == Action::NextTab, effects),
        Action::EditApp => open(console, id, Opening::Edit, effects),
        Action::CloneApp => open(console, id, Opening::Clone, effects),
        Action::Rotate => console.prompt = Some(Prompt::overlap(id)),
        Action::Purge => {
            let name = page.app.spec.properties.name.clone();
            console.prompt = Some(Prompt::new(Ask::PurgeName { app: id, name }, ""));
        }
        Action::KeepProduction => {
            console.prompt = Some(environment(page, Environment::Production));
        }
        Action::KeepSandbox => console.prompt = Some(environment(page, Environment::Sandbox)),
        Action::TryIt => try_out(console, TrialKind::Login, effects),
        Action::SendEvent => try_out(console, TrialKind::TestEvent, effects),
        Action::ListenEvents => try_out(console, TrialKind::Listen, effects),
        Action::OpenSandbox => crate::screens::sandbox::update::open(console, effects),
        Action::OpenJwt => {
            let app = page.app.client_id.clone();
            crate::screens::jwt::update::open_form(console, vec![app], effects);
        }
        Action::Tag => {
            let name = page.app.spec.properties.name.clone();
            let tags = page.app.tags.join(" ");
            console.prompt = Some(Prompt::new(Ask::Tags { app: id, name }, &tags));
        }
        Action::WriteFile => {
            let prompt = file_under_cursor(page);
            match prompt {
                Some(prompt) => console.prompt = Some(prompt),
                None => console.complain(
                    "Only a .env, the JSON and the snippets can be written to a file: put the cursor on one, in the tab Credentials.",
                ),
            }
        }
        Action::ToggleStatus
        | Action::Discard
        | Action::FinishRotation
        | Action::CancelRotation => {
            let question = ask(page, action);
            console.question = question;
        }
        Action::Restore => {
            effects.push(Effect::Manage(Manage::Do {
                app: id,
                deed: Deed::Restore,
            }));
            console.wait_for("Taking it out of the trash");
        }
        Action::New => crate::screens::apps::update::start_app(console, effects),
        Action::Unbox => page.unboxed = true,
        Action::Back if page.unboxed => page.unboxed = false,
        Action::Back => {
            console.apps.wanted = Some(id);
            console.screen = Screen::Apps;
            crate::screens::apps::update::enter(console, effects);
        }
        _ => {}
    }
}

fn try_out(console: &mut Console, kind: TrialKind, effects: &mut Vec<Effect>) {
    if let Screen::App(page) = &console.screen {
        let app = page.app.clone();
        crate::screens::trial::update::open(console, &app, kind, effects);
    }
}

fn open(console: &mut Console, app: AppId, how: Opening, effects: &mut Vec<Effect>) {
    effects.push(Effect::Manage(Manage::Open { app, how }));
    console.wait_for("Opening the form");
}

fn step_tab(page: &mut AppPage, forward: bool, effects: &mut Vec<Effect>) {
    let here = PageTab::ALL
        .iter()
        .position(|tab| *tab == page.tab)
        .unwrap_or(0);
    let count = PageTab::ALL.len();
    let next = if forward { here + 1 } else { here + count - 1 } % count;
    if let Some(tab) = PageTab::ALL.get(next) {
        page.tab = *tab;
        page.scroll = 0;
    }
    if page.tab == PageTab::History && page.history.is_none() {
        effects.push(Effect::Manage(Manage::LoadHistory {
            app: page.app.id.clone(),
        }));
    }
}

fn copy_under_cursor(page: &AppPage, effects: &mut Vec<Effect>) {
    let Some(what) = page.copyables().get(page.cursor).copied() else {
        return;
    };
    let text = match what {
        Copyable::ClientId => Some(page.app.client_id.as_str()),
        Copyable::EnvironmentId(environment) => page
            .environment(environment)
            .map(|kept| kept.client_id.as_str()),
        _ => None,
    };
    effects.push(match text {
        Some(text) => Effect::Copy {
            what,
            text: Secret::new(text),
        },
        None => Effect::CopyAppSecret {
            app: page.app.id.clone(),
            what,
        },
    });
}

fn environment(page: &AppPage, environment: Environment) -> Prompt {
    let kept = page.environment(environment);
    let server = kept.map_or_else(|| environment.server_url(), |kept| &kept.server_url);
    let ask = Ask::Server {
        app: page.app.id.clone(),
        environment,
        known: kept.map_or_else(String::new, |kept| kept.client_id.clone()),
    };
    Prompt::new(ask, server)
}

fn file_under_cursor(page: &AppPage) -> Option<Prompt> {
    let what = *page.copyables().get(page.cursor)?;
    let name = match what {
        _ if page.tab != PageTab::Credentials => return None,
        Copyable::EnvFile(_) | Copyable::SandboxEnv => ".env",
        Copyable::CredentialsJson => "credentials.json",
        Copyable::Snippet(language) => language.file_name(),
        _ => return None,
    };
    let app = page.app.id.clone();
    let content = FileContent::Handoff { app, what };
    Some(Prompt::new(Ask::Path(content), name))
}

fn ask(page: &AppPage, action: Action) -> Option<Question> {
    let name = &page.app.spec.properties.name;
    let (title, text, yes, deed) = match action {
        Action::ToggleStatus if page.app.status == AppStatus::Active => (
            "Suspend",
            format!("Suspend \"{name}\"? Its credentials stop working at once; nothing is lost."),
            "suspend",
            Deed::Suspend,
        ),
        Action::ToggleStatus => (
            "Resume",
            format!("Resume \"{name}\"? Its credentials work again."),
            "resume",
            Deed::Resume,
        ),
        Action::Discard => (
            "Delete",
            format!(
                "Move \"{name}\" to the trash? Its credentials stop working. It can be taken out again for thirty days."
            ),
            "delete",
            Deed::Delete,
        ),
        Action::FinishRotation => (
            "Finish the rotation",
            "End the old Client Secret now? Whoever still uses it is refused from then on.".to_owned(),
            "finish",
            Deed::FinishRotation,
        ),
        Action::CancelRotation => (
            "Cancel the rotation",
            "Throw the new Client Secret away? Whoever uses it already is refused from then on; the old one stays.".to_owned(),
            "cancel it",
            Deed::CancelRotation,
        ),
        _ => return None,
    };
    Some(Question {
        title,
        text,
        yes,
        then: Effect::Manage(Manage::Do {
            app: page.app.id.clone(),
            deed,
        }),
    })
}

/// An answer to a deed.
pub fn managed(
    console: &mut Console,
    app: &AppId,
    deed: Deed,
    result: Result<Option<Box<App>>, String>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    let changed = match result {
        Ok(changed) => changed,
        Err(problem) => return console.complain(problem),
    };
    match deed {
        Deed::Delete => console.undo = vec![app.clone()],
        _ => console.undo.retain(|undo| undo != app),
    }
    if let (Screen::App(page), Some(changed)) = (&mut console.screen, changed)
        && page.app.id == *app
    {
        page.app = changed;
        page.is_new = false;
        page.secrets = None;
        page.cursor = 0;
        page.history = None;
        if page.tab == PageTab::History {
            effects.push(Effect::Manage(Manage::LoadHistory { app: app.clone() }));
        }
    }
    console.tell(match deed {
        Deed::Suspend => "Suspended: its credentials do not work until it is resumed.",
        Deed::Resume => "Resumed: its credentials work again.",
        Deed::Delete => "Moved to the trash. u takes it out again.",
        Deed::Restore => "Taken out of the trash.",
        Deed::Purge => "Deleted for good.",
        Deed::Rotate { overlap_hours: 0 } => {
            "A new Client Secret: the old one has ended. s copies it."
        }
        Deed::Rotate { .. } => {
            "A new Client Secret: s copies it. The old one still works for a while."
        }
        Deed::FinishRotation => "The old Client Secret has ended.",
        Deed::CancelRotation => "The old Client Secret is the current one again.",
    });
    match deed {
        Deed::Delete | Deed::Purge => to_the_list(console, None, effects),
        Deed::Restore if matches!(console.screen, Screen::Apps) => {
            to_the_list(console, Some(app.clone()), effects);
        }
        _ => {}
    }
}

fn to_the_list(console: &mut Console, wanted: Option<AppId>, effects: &mut Vec<Effect>) {
    console.apps.wanted = wanted;
    console.apps.detail = None;
    console.screen = Screen::Apps;
    crate::screens::apps::update::enter(console, effects);
}

/// An answer to keeping, or no longer keeping, what the platform issued.
pub fn kept(console: &mut Console, result: Result<Box<App>, String>) {
    console.waiting = None;
    match (result, &mut console.screen) {
        (Err(problem), _) => console.complain(problem),
        (Ok(app), Screen::App(page)) if page.app.id == app.id => {
            page.app = app;
            page.secrets = None;
            page.history = None;
            page.tab = PageTab::Credentials;
            console.tell("Kept, sealed. Enter copies what the cursor is on.");
        }
        (Ok(_), _) => {}
    }
}

pub fn history_loaded(console: &mut Console, app: &AppId, result: Result<Vec<Entry>, String>) {
    match (result, &mut console.screen) {
        (Ok(entries), Screen::App(page)) if page.app.id == *app => page.history = Some(entries),
        (Err(problem), _) => console.complain(problem),
        (Ok(_), _) => {}
    }
}
