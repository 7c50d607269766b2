//! Keys and replies of the organization's page.

use std::borrow::Cow;

use ratatui::Frame;

use super::{
    Handed, Organization,
    ask::{OrganizationName, PasswordForRecoveryKey},
    view,
};
use crate::{
    desk::{Cx, Desk, Question},
    domain::{
        id::DeveloperId,
        people::developer::{Developer, Team},
        problem::{Problem, ProblemKind},
    },
    keymap::{Action, Can, Mode},
    request::{ChangeTeam, Copy, Copyable, LoadMember, LoadTeam, Reply, TeamChange, TeamDeed},
    screens::page::{JwtFormOf, Look, Next, Page, Place},
    ui::{layout::Areas, scroll::moved},
};

impl Page for Organization {
    fn name(&self) -> Cow<'_, str> {
        "People".into()
    }

    fn modes(&self) -> Vec<Mode> {
        if self.handed.is_some() {
            vec![Mode::Handed, Mode::Anywhere]
        } else {
            vec![Mode::Organization, Mode::Anywhere]
        }
    }

    fn can(&self, action: Action, desk: &Desk) -> Can {
        Can::of(self.why_off(action, desk.session()), true)
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        match self.done.take() {
            Some((deed, change)) => self.done(&deed, change, cx),
            None => {
                cx.load(LoadTeam {});
            }
        }
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        if let Some(handed) = &self.handed {
            match action {
                Action::CopySecret => cx.copy(Copy {
                    what: Copyable::FirstPassword,
                    text: handed.password.clone(),
                }),
                Action::Back => {
                    self.handed = None;
                    return self.next();
                }
                _ => {}
            }
            return Next::Stay;
        }
        let member = self.under_cursor().map(|member| member.developer.clone());
        match (action, member) {
            (Action::New, _) => return Next::Go(Place::AddDeveloper),
            (Action::Confirm, Some(_)) if self.unfolded().is_some() => self.unfolded = None,
            (Action::Confirm, Some(member)) => {
                let developer = member.id;
                cx.load_names();
                cx.load(LoadMember { developer });
            }
            (Action::Rename, _) => {
                let name = self.team.as_ref().map(|team| team.organization.clone());
                cx.ask(OrganizationName, &name.unwrap_or_default());
            }
            (Action::ChangeRole, Some(member)) => {
                return Next::Go(Place::ChangeRole(Box::new(member)));
            }
            (Action::ResetPassword | Action::ToggleStatus | Action::Discard, Some(member)) => {
                cx.confirm(question(&member, action));
            }
            (Action::OpenJwt, Some(member)) => {
                return Next::Go(Place::JwtForm(JwtFormOf::Of {
                    owner: member.id,
                    name: member.full_name,
                }));
            }
            (Action::OpenReadable, Some(member)) => {
                return Next::Go(Place::Readable {
                    developer: member.id,
                    name: member.full_name,
                });
            }
            (Action::ShowFormer, _) => {
                self.with_former = !self.with_former;
                self.stay_on_a_row();
            }
            (Action::ChangePassword, _) => {
                return Next::Go(Place::Password);
            }
            (Action::NewRecoveryKey, _) => cx.ask(PasswordForRecoveryKey, ""),
            (Action::Back, _) => return Next::Back,
            _ => self.cursor = moved(self.cursor, self.rows().len(), action),
        }
        Next::Stay
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::LoadTeam(_, result) => {
                if let Some(team) = cx.or_warn(result) {
                    self.show(team);
                }
            }
            Reply::LoadMember(request, result) => {
                let details = cx.or_warn(result);
                self.unfolded = details.map(|details| (request.developer, details));
            }
            Reply::ChangeTeam(request, result) => {
                if let Some(change) = cx.or_warn(result) {
                    self.done(&request.deed, change, cx);
                    return self.next();
                }
            }
            // A key that was not shown is replaced at the next sign-in.
            Reply::NewRecoveryKey(_, Ok(_)) if cx.is_locked() => {}
            Reply::NewRecoveryKey(_, Ok(key)) => {
                return Next::Go(Place::RecoveryKey {
                    key,
                    is_another: true,
                });
            }
            Reply::NewRecoveryKey(_, Err(problem)) => cx.warn(refused(&problem)),
            _ => {}
        }
        Next::Stay
    }

    fn lock(&mut self) {
        self.handed = None;
        self.left = None;
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl Organization {
    fn show(&mut self, team: Team) {
        self.team = Some(team);
        self.unfolded = None;
        self.stay_on_a_row();
    }

    fn stay_on_a_row(&mut self) {
        self.cursor = self.cursor.min(self.rows().len().saturating_sub(1));
    }

    /// Once a first password was handed over, the secrets that its developer could read.
    fn next(&mut self) -> Next {
        if self.handed.is_some() {
            return Next::Stay;
        }
        self.left.take().map_or(Next::Stay, |(developer, name)| {
            Next::Go(Place::Readable { developer, name })
        })
    }

    /// Shows the developers after a change, and a password to pass on.
    fn done(&mut self, deed: &TeamDeed, change: TeamChange, cx: &mut Cx<'_>) {
        self.left = lost_access(deed, &change, cx);
        let TeamChange {
            team,
            session,
            first_password,
            ..
        } = change;
        cx.renew(*session);
        let (message, name) = done_notice(deed, &team);
        if let TeamDeed::Add { email, .. } = deed {
            let mut members = team.members.iter();
            let added = members.position(|member| member.developer.email == *email);
            self.cursor = added.unwrap_or(self.cursor);
        }
        // While locked, no password is shown; the administrator can generate another one.
        self.handed = match (name, first_password) {
            (Some(name), Some(password)) if !cx.is_locked() => Some(Handed { name, password }),
            _ => None,
        };
        self.show(team);
        cx.notify(message);
    }
}

/// The developer who lost access to secrets that are still in use. Their page is not opened while
/// the console is locked.
pub(super) fn lost_access(
    deed: &TeamDeed,
    change: &TeamChange,
    desk: &Desk,
) -> Option<(DeveloperId, String)> {
    let left = deed.leaves();
    let left = left.filter(|_| change.readable > 0 && !desk.is_locked())?;
    Some((left.clone(), name_of(left, &change.team)))
}

fn name_of(id: &DeveloperId, team: &Team) -> String {
    let mut all = team.members.iter().chain(&team.former);
    all.find(|member| member.developer.id == *id).map_or_else(
        || "They".to_owned(),
        |member| member.developer.full_name.clone(),
    )
}

/// The notice, and the name of the developer whose password was generated.
pub(super) fn done_notice(deed: &TeamDeed, team: &Team) -> (String, Option<String>) {
    let name_of = |id: &DeveloperId| name_of(id, team);
    match deed {
        TeamDeed::Rename { .. } => ("Organization renamed.".to_owned(), None),
        TeamDeed::Add { full_name, .. } => {
            (format!("{full_name} was added."), Some(full_name.clone()))
        }
        TeamDeed::SetRole { id, role } => {
            (format!("{} is now {}.", name_of(id), role.label()), None)
        }
        TeamDeed::ResetPassword { id } => (
            "Password reset. The old one no longer works.".to_owned(),
            Some(name_of(id)),
        ),
        TeamDeed::SetEnabled { id, on: true } => {
            (format!("{} can sign in again.", name_of(id)), None)
        }
        TeamDeed::SetEnabled { id, on: false } => {
            (format!("{} can no longer sign in.", name_of(id)), None)
        }
        TeamDeed::Remove { .. } => ("Removed. Their apps stay.".to_owned(), None),
    }
}

fn refused(problem: &Problem) -> String {
    match problem.kind {
        ProblemKind::Throttled { wait_ms } => {
            format!("Too many tries. Try again in {} s.", wait_ms.div_ceil(1000))
        }
        _ => problem.text.clone(),
    }
}

fn question(who: &Developer, action: Action) -> Question {
    let name = &who.full_name;
    let id = who.id.clone();
    let (title, text, yes, deed) = match action {
        Action::ResetPassword => (
            "Reset the password",
            format!(
                "Give {name} a new first password? Their password and recovery key stop working."
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
            format!("Enable {name}? Their password works again."),
            "enable",
            TeamDeed::SetEnabled { id, on: true },
        ),
        _ => (
            "Remove",
            format!(
                "Remove {name}? Their apps stay, with a deleted user as contact until you choose another one. Their drafts are deleted."
            ),
            "remove",
            TeamDeed::Remove { id },
        ),
    };
    Question {
        title,
        text,
        yes,
        then: ChangeTeam { deed }.into(),
        other: None,
    }
}
