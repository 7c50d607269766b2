//! Keys of the JWT credentials.

use super::{
    JwtPage,
    form::{JwtFormScreen, Purpose},
};
use crate::{
    console::{Console, Question, Screen},
    domain::{
        id::{DeveloperId, JwtId},
        oauth::{
            credential::ClientId,
            jwt::{AuthorizedApps, JwtCredential},
        },
        secret::Secret,
    },
    keymap::Action,
    message::{Effect, JwtDone, JwtWork},
};

const PAGE: usize = 10;

pub fn open(console: &mut Console, effects: &mut Vec<Effect>) {
    console.screen = Screen::Jwt(Box::default());
    console.notice = None;
    effects.push(Effect::Jwt(JwtWork::Load));
}

/// The form, for oneself, with these apps chosen.
pub fn open_form(console: &mut Console, apps: Vec<ClientId>, effects: &mut Vec<Effect>) {
    if let Some(session) = &console.session {
        let purpose = Purpose::Create {
            owner: session.developer.id.clone(),
            owner_name: None,
        };
        let apps = Some(apps).filter(|apps| !apps.is_empty());
        show_form(console, JwtFormScreen::new(purpose, apps), effects);
    }
}

/// The form, for somebody else.
pub fn open_form_for(
    console: &mut Console,
    owner: DeveloperId,
    name: String,
    effects: &mut Vec<Effect>,
) {
    let purpose = Purpose::Create {
        owner,
        owner_name: Some(name),
    };
    show_form(console, JwtFormScreen::new(purpose, None), effects);
}

fn show_form(console: &mut Console, mut screen: JwtFormScreen, effects: &mut Vec<Effect>) {
    screen.look(effects);
    console.screen = Screen::JwtForm(Box::new(screen));
    console.notice = None;
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::Jwt(page) = &mut console.screen else {
        return;
    };
    let last = page.all.as_ref().map_or(0, Vec::len).saturating_sub(1);
    let id = page.under_cursor().map(|one| one.id.clone());
    let before = page.cursor;
    match (action, id) {
        (Action::Up, _) => page.cursor = page.cursor.saturating_sub(1),
        (Action::Down, _) => page.cursor = (page.cursor + 1).min(last),
        (Action::PageUp, _) => page.cursor = page.cursor.saturating_sub(PAGE),
        (Action::PageDown, _) => page.cursor = (page.cursor + PAGE).min(last),
        (Action::First, _) => page.cursor = 0,
        (Action::Last, _) => page.cursor = last,
        (Action::New, _) => return open_form(console, Vec::new(), effects),
        (Action::CopySecret, Some(id)) => effects.push(Effect::Jwt(JwtWork::Copy { id })),
        (Action::Reveal, Some(_)) if page.revealed.is_some() => page.revealed = None,
        (Action::Reveal, Some(id)) => effects.push(Effect::Jwt(JwtWork::Reveal { id })),
        (Action::JwtApps, Some(id)) => {
            let Some(one) = page.under_cursor() else {
                return;
            };
            let apps = match &one.apps {
                AuthorizedApps::Organization => None,
                AuthorizedApps::Specific(apps) => Some(apps.clone()),
            };
            let label = one.label.clone();
            let screen = JwtFormScreen::new(Purpose::SetApps { id, label }, apps);
            return show_form(console, screen, effects);
        }
        (Action::Discard, Some(id)) => {
            let question = page.under_cursor().map(|one| revoke(one, id));
            console.question = question;
            return;
        }
        (Action::Back, _) => {
            console.screen = Screen::Apps;
            crate::screens::apps::update::enter(console, effects);
            return;
        }
        _ => {}
    }
    if let Screen::Jwt(page) = &mut console.screen
        && page.cursor != before
    {
        page.revealed = None;
    }
}

fn revoke(one: &JwtCredential, id: JwtId) -> Question {
    Question {
        title: "Revoke",
        text: format!(
            "Revoke \"{}\"? Whoever still signs in with its token is refused from then on, for good.",
            one.label
        ),
        yes: "revoke",
        then: Effect::Jwt(JwtWork::Revoke { id }),
    }
}

pub fn loaded(console: &mut Console, result: Result<Vec<JwtCredential>, String>) {
    match (result, &mut console.screen) {
        (Ok(all), Screen::Jwt(page)) => show(page, all),
        (Ok(all), Screen::Apps) => remind(console, &all),
        (Err(problem), _) => console.complain(problem),
        (Ok(_), _) => {}
    }
}

/// At a sign-in: of one's own that end soon, the next one.
fn remind(console: &mut Console, all: &[JwtCredential]) {
    let now = console.clock.unix;
    let Some(session) = &console.session else {
        return;
    };
    let mine = all.iter().filter(|one| one.owner == session.developer.id);
    let next = mine
        .filter_map(|one| Some((one.expires_at?, one, one.reminder(now)?)))
        .min_by_key(|(at, ..)| *at);
    if let Some((_, one, reminder)) = next {
        let before = console.notice.take().map(|notice| notice.text);
        let said = format!(
            "The JWT credential \"{}\" {reminder}: J shows it.",
            one.label
        );
        console.tell(before.map_or_else(|| said.clone(), |before| format!("{before} {said}")));
    }
}

fn show(page: &mut JwtPage, all: Vec<JwtCredential>) {
    let wanted = page.wanted.take();
    let at = wanted.and_then(|id| all.iter().position(|one| one.id == id));
    page.cursor = at.unwrap_or(page.cursor).min(all.len().saturating_sub(1));
    page.all = Some(all);
}

pub fn token(console: &mut Console, id: JwtId, result: Result<Secret, String>) {
    match result {
        Ok(token) if console.locked.is_none() => {
            if let Screen::Jwt(page) = &mut console.screen
                && page.under_cursor().is_some_and(|one| one.id == id)
            {
                page.revealed = Some((id, token));
            }
        }
        Ok(_) => {}
        Err(problem) => console.complain(problem),
    }
}

/// What came of making, restricting or revoking one.
pub fn done(
    console: &mut Console,
    done: JwtDone,
    result: Result<(), String>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    if let Err(problem) = result {
        return console.complain(problem);
    }
    let is_here = matches!(console.screen, Screen::JwtForm(_) | Screen::Jwt(_));
    if is_here {
        let wanted = match &done {
            JwtDone::Created(id) | JwtDone::AppsChanged(id) => Some(id.clone()),
            JwtDone::NotCreated | JwtDone::Revoked => None,
        };
        console.screen = Screen::Jwt(Box::new(JwtPage {
            wanted,
            ..JwtPage::default()
        }));
        effects.push(Effect::Jwt(JwtWork::Load));
    }
    match done {
        JwtDone::Created(_) => {
            console.tell("Created. s copies the token; it can be read again here.")
        }
        JwtDone::AppsChanged(_) => console.tell("The apps were changed; the token is the same."),
        JwtDone::Revoked => console.tell("Revoked: its token opens nothing any more."),
        JwtDone::NotCreated => {}
    }
}
