//! Keys that lead to another page, sort the list or copy from it.

use super::{Apps, Item};
use crate::{
    desk::{Cx, Wanted},
    domain::{oauth::credential::ClientId, secret::Secret},
    keymap::Action,
    request::{Copy, CopyAppSecret, Copyable, FormOf},
    screens::{
        create_app,
        page::{JwtFormOf, Next, Place},
    },
};

impl Apps {
    /// Keys that lead to another page.
    pub(super) fn lead(&self, action: Action, cx: &mut Cx<'_>) -> Next {
        Next::Go(match action {
            Action::New => Place::Form {
                of: FormOf::NewApp,
                at: None,
            },
            Action::Confirm => match self.item(self.cursor) {
                Item::App(row) => Place::App(row.id.clone()),
                Item::Draft(row) => match &row.body {
                    Some(body) => Place::Draft {
                        id: row.id.clone(),
                        body: body.clone(),
                    },
                    None => {
                        cx.warn(create_app::StoredDraft::UNREADABLE);
                        return Next::Stay;
                    }
                },
                Item::Loading | Item::Nothing => return Next::Stay,
            },
            Action::EditApp => match self.item(self.cursor) {
                Item::App(row) => Place::Form {
                    of: FormOf::Edit(row.id.clone()),
                    at: None,
                },
                // A draft is edited by resuming it.
                _ => return self.lead(Action::Confirm, cx),
            },
            Action::OpenOrganization => Place::Organization,
            Action::OpenJwt if self.marks.is_empty() => Place::Jwts { wanted: None },
            Action::OpenJwt => {
                let marked = self.marks.values();
                let apps: Vec<ClientId> = marked.map(|one| one.client_id.clone()).collect();
                Place::JwtForm(JwtFormOf::Mine(apps))
            }
            Action::OpenApprovals => Place::Approvals,
            Action::OpenHistory => Place::History,
            Action::OpenLocalServer => Place::LocalServer { at_faults: false },
            _ => return Next::Stay,
        })
    }

    pub(super) fn sort(&mut self, action: Action, cx: &mut Cx<'_>) {
        if action == Action::NextSort {
            self.sort.column = self.sort.column.next();
            self.sort.reversed = false;
        } else {
            self.sort.reversed = !self.sort.reversed;
        }
        // The cursor stays on its app, wherever that is now.
        let app = self.app_under_cursor().map(|row| row.id.clone());
        cx.wanted = app.map(Wanted::App);
        self.filter_changed(cx);
        self.keep_view(cx);
        cx.notify(format!("Sorted {}.", self.sort.describe()));
    }

    pub(super) fn copy(&self, action: Action, cx: &mut Cx<'_>) {
        match (action, self.app_under_cursor()) {
            (Action::CopyClientId, Some(row)) => cx.copy(Copy {
                what: Copyable::ClientId,
                text: Secret::new(row.client_id.as_str()),
            }),
            (_, Some(row)) => cx.copy(CopyAppSecret {
                app: row.id.clone(),
                what: Copyable::ClientSecret,
            }),
            (_, None) => {}
        }
    }
}
