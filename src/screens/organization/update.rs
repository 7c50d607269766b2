//! Keys of the organization's page.

use super::{Handed, Organization};
use crate::{
    console::{Console, Question, Screen},
    domain::{
        id::DeveloperId,
        people::developer::{Developer, Session, Team},
        secret::Secret,
    },
    keymap::Action,
    message::{Copyable, Effect, TeamDeed, TeamWork},
    screens::prompt::{Ask, Prompt},
};

const PAGE: usize = 10;

pub fn open(console: &mut Console, effects: &mut Vec<Effect>) {
    console.screen = Screen::Organization(Box::default());
    console.notice = None;
    effects.push(Effect::Team(TeamWork::Load));
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::Organization(page) = &mut console.screen else {
        return;
    };
    if let Some(handed) = &page.handed {
        match action {
            Action::CopySecret => effects.push(Effect::Copy {
                what: Copyable::FirstPassword,
                text: handed.password.clone(),
            }),
            Action::Back => page.handed = None,
            _ => {}
        }
        return;
    }
    let last = page.members().len().saturating_sub(1);
    match action {
        Action::Up => page.cursor = page.cursor.saturating_sub(1),
        Action::Down => page.cursor = (page.cursor + 1).min(last),
        Action::PageUp => page.cursor = page.cursor.saturating_sub(PAGE),
        Action::PageDown => page.cursor = (page.cursor + PAGE).min(last),
        Action::First => page.cursor = 0,
        Action::Last => page.cursor = last,
        Action::New => {
            console.screen = Screen::AddDeveloper(Box::default());
            console.notice = None;
        }
        Action::Rename => {
            let name = page.team.as_ref().map(|team| team.organization.clone());
            let ask = Prompt::new(Ask::OrganizationName, &name.unwrap_or_default());
            console.prompt = Some(ask);
        }
        Action::ChangeRole => {
            if let Some(member) = page.under_cursor() {
                let ask = Ask::Role {
                    id: member.developer.id.clone(),
                    name: member.developer.full_name.clone(),
                };
                console.prompt = Some(Prompt::new(ask, member.developer.role.label()));
            }
        }
        Action::ResetPassword | Action::ToggleStatus | Action::Discard => {
            let question = page
                .under_cursor()
                .map(|member| ask(&member.developer, action));
            console.question = question;
        }
        Action::OpenJwt => {
            if let Some(member) = page.under_cursor() {
                let id = member.developer.id.clone();
                let name = member.developer.full_name.clone();
                crate::screens::jwt::update::open_form_for(console, id, name, effects);
            }
        }
        Action::ChangePassword => crate::screens::password::update::open(console, false),
        Action::NewRecoveryKey => {
            console.prompt = Some(Prompt::new(Ask::PasswordForRecoveryKey, ""));
        }
        Action::Back => {
            console.screen = Screen::Apps;
            crate::screens::apps::update::enter(console, effects);
        }
        _ => {}
    }
}

fn ask(who: &Developer, action: Action) -> Question {
    let name = &who.full_name;
    let id = who.id.clone();
    let (title, text, yes, deed) = match action {
        Action::ResetPassword => (
            "Reset the password",
            format!(
                "Give {name} a new first password? The old one and their recovery key end at once."
            ),
            "reset",
            TeamDeed::ResetPassword { id },
        ),
        Action::ToggleStatus if who.is_active() => (
            "Disable",
            format!("Disable {name}? They cannot sign in until they are enabled again."),
            "disable",
            TeamDeed::SetEnabled { id, on: false },
        ),
        Action::ToggleStatus => (
            "Enable",
            format!("Enable {name}? They sign in with the password they had."),
            "enable",
            TeamDeed::SetEnabled { id, on: true },
        ),
        _ => (
            "Remove",
            format!(
                "Remove {name} for good? Their apps stay, with a deleted user as contact until an admin appoints another; their drafts go."
            ),
            "remove",
            TeamDeed::Remove { id },
        ),
    };
    Question {
        title,
        text,
        yes,
        then: Effect::Team(TeamWork::Do(deed)),
    }
}

pub fn loaded(console: &mut Console, result: Result<Team, String>) {
    match (result, &mut console.screen) {
        (Ok(team), Screen::Organization(page)) => show(page, team),
        (Err(problem), _) => console.complain(problem),
        (Ok(_), _) => {}
    }
}

fn show(page: &mut Organization, team: Team) {
    page.cursor = page.cursor.min(team.members.len().saturating_sub(1));
    page.team = Some(team);
}

/// What came of a deed: the people as they are now, and a password to be handed over.
pub fn done(
    console: &mut Console,
    deed: &TeamDeed,
    result: Result<(Team, Box<Session>, Option<Secret>), String>,
) {
    console.waiting = None;
    let (team, session, password) = match result {
        Ok(done) => done,
        Err(problem) => return console.complain(problem),
    };
    console.session = Some(*session);
    if matches!(console.screen, Screen::AddDeveloper(_)) {
        console.screen = Screen::Organization(Box::default());
    }
    let name_of = |id: &DeveloperId| {
        let mut members = team.members.iter();
        members
            .find(|member| member.developer.id == *id)
            .map_or_else(
                || "They".to_owned(),
                |member| member.developer.full_name.clone(),
            )
    };
    let (said, name) = match deed {
        TeamDeed::Rename { .. } => ("The organization has its new name.".to_owned(), None),
        TeamDeed::Add { full_name, .. } => {
            (format!("{full_name} was added."), Some(full_name.clone()))
        }
        TeamDeed::SetRole { id, role } => (format!("{}: {} now.", name_of(id), role.label()), None),
        TeamDeed::ResetPassword { id } => {
            ("The old password has ended.".to_owned(), Some(name_of(id)))
        }
        TeamDeed::SetEnabled { id, on: true } => {
            (format!("{} can sign in again.", name_of(id)), None)
        }
        TeamDeed::SetEnabled { id, on: false } => {
            (format!("{} cannot sign in any more.", name_of(id)), None)
        }
        TeamDeed::Remove { .. } => ("Removed. Their apps stay.".to_owned(), None),
    };
    if let Screen::Organization(page) = &mut console.screen {
        let added = match deed {
            TeamDeed::Add { email, .. } => team
                .members
                .iter()
                .position(|member| member.developer.email == *email),
            _ => None,
        };
        page.cursor = added.unwrap_or(page.cursor);
        // Behind a lock nothing is shown; another one can be made.
        page.handed = match (name, password) {
            (Some(name), Some(password)) if console.locked.is_none() => {
                Some(Handed { name, password })
            }
            _ => None,
        };
        show(page, team);
    }
    console.tell(said);
}
