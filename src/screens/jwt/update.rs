//! Keys and replies of the page of JWT credentials.

use std::borrow::Cow;

use ratatui::Frame;

use super::{JwtPage, view};
use crate::{
    desk::{Cx, Desk, Question},
    domain::{
        oauth::jwt::{AuthorizedApps, JwtCredential},
        people::developer::Session,
    },
    keymap::{Action, Can, Mode},
    request::{CopyJwt, LoadJwts, Reply, RevealJwt, RevokeJwt},
    screens::page::{JwtFormOf, Look, Next, Page, Place},
    ui::{layout::Areas, scroll::moved},
};

impl Page for JwtPage {
    fn name(&self) -> Cow<'_, str> {
        "JWT credentials".into()
    }

    fn modes(&self) -> Vec<Mode> {
        vec![Mode::Jwt, Mode::Anywhere]
    }

    fn can(&self, action: Action, desk: &Desk) -> Can {
        if action == Action::New {
            return Can::of(why_no_new(desk.session()), true);
        }
        Can::of(self.why_off(action, desk.session()), true)
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        cx.load_names();
        cx.load(LoadJwts {});
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        let before = self.cursor;
        match (action, self.under_cursor()) {
            (Action::New, _) => return Next::Go(self.new_form()),
            (Action::CopySecret, Some(one)) => cx.copy(CopyJwt {
                jwt: one.id.clone(),
            }),
            (Action::Reveal, Some(_)) if self.revealed.is_some() => self.revealed = None,
            (Action::Reveal, Some(one)) => {
                cx.request(RevealJwt {
                    jwt: one.id.clone(),
                });
            }
            (Action::JwtApps, Some(one)) => return Next::Go(Place::JwtForm(apps_of(one))),
            (Action::Discard, Some(one)) => cx.confirm(revocation(one)),
            (Action::Back, _) => return Next::Back,
            _ => {
                let count = self.all.as_ref().map_or(0, Vec::len);
                self.cursor = moved(self.cursor, count, action);
            }
        }
        if self.cursor != before {
            self.revealed = None;
        }
        Next::Stay
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::LoadJwts(_, result) => {
                if let Some(all) = cx.or_warn(result) {
                    return self.show(all, cx.session());
                }
            }
            Reply::RevealJwt(request, result) => {
                let token = cx.or_warn(result);
                let is_here = |one: &JwtCredential| one.id == request.jwt;
                if !cx.is_locked() && self.under_cursor().is_some_and(is_here) {
                    self.revealed = token.map(|token| (request.jwt, token));
                }
            }
            Reply::RevokeJwt(_, result) => {
                if let Some(()) = cx.or_warn(result) {
                    self.revealed = None;
                    cx.notify("Revoked. The JWT no longer works.");
                    cx.load(LoadJwts {});
                }
            }
            _ => {}
        }
        Next::Stay
    }

    fn lock(&mut self) {
        self.revealed = None;
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl JwtPage {
    fn show(&mut self, all: Vec<JwtCredential>, session: Option<&Session>) -> Next {
        let wanted = self.wanted.take();
        let is_mine =
            |one: &JwtCredential| session.is_some_and(|session| session.developer.id == one.owner);
        let is_for_app = |one: &JwtCredential| match (&one.apps, &self.app) {
            (AuthorizedApps::Specific(apps), Some(app)) => apps.contains(app),
            _ => false,
        };
        let is_looked_for = std::mem::take(&mut self.is_looked_for);
        let at = if is_looked_for {
            let mut rows = all.iter();
            rows.position(|one| is_mine(one) && is_for_app(one))
        } else {
            wanted.and_then(|id| all.iter().position(|one| one.id == id))
        };
        self.cursor = at.unwrap_or(self.cursor).min(all.len().saturating_sub(1));
        self.all = Some(all);
        if is_looked_for && at.is_none() && why_no_new(session).is_none() {
            return Next::Instead(self.new_form());
        }
        Next::Stay
    }

    fn new_form(&self) -> Place {
        Place::JwtForm(JwtFormOf::Mine(self.app.iter().cloned().collect()))
    }
}

pub(super) fn why_no_new(session: Option<&Session>) -> Option<String> {
    session?.why_no_own_jwt()
}

fn apps_of(one: &JwtCredential) -> JwtFormOf {
    JwtFormOf::Apps {
        jwt: one.id.clone(),
        label: one.label.clone(),
        apps: match &one.apps {
            AuthorizedApps::Organization => None,
            AuthorizedApps::Specific(apps) => Some(apps.clone()),
        },
    }
}

fn revocation(one: &JwtCredential) -> Question {
    let jwt = one.id.clone();
    Question {
        title: "Revoke",
        text: format!(
            "Revoke \"{}\"? Apps that use this JWT can no longer sign in. This cannot be undone.",
            one.label
        ),
        yes: "revoke",
        then: RevokeJwt { jwt }.into(),
        other: None,
    }
}
