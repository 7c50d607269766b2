//! Create and save: what blocks them, and their replies.

use super::{CREATE, CreateApp, Intent, Tab, editing::Conflict, sections::by_section};
use crate::{
    desk::{Cx, Wanted},
    domain::{
        app::{App, Registration},
        people::developer::Session,
        problem::Problem,
    },
    form::{Report, Severity},
    request::{CreateApp as Create, ReadIcon, SavedBy, UpdateApp, Updated},
    screens::page::{Next, Place},
};

impl CreateApp {
    /// Errors block Create only; it then moves the focus to the first error.
    pub(super) fn submit(&mut self, cx: &mut Cx<'_>) {
        let is_new = self.editing.is_none();
        if let Some(reason) = cx.why_no_new_app().filter(|_| is_new) {
            return cx.warn(reason);
        }
        if let Some(path) = self.draft.card.unread_path() {
            let path = path.to_owned();
            self.intent = Intent::SubmitOnceRead;
            return cx.await_reply(ReadIcon { path }, "Reading the picture");
        }
        let (registration, report) = self.draft.judge(&self.facts);
        match registration {
            Some(_) if !is_new && self.is_pristine() => {
                cx.hint("No changes to save.");
            }
            Some(_) if !is_new && self.tab != Tab::Review => {
                self.go_to_tab(Tab::Review);
                self.form.focus = CREATE.into();
                cx.notify("Check the changes. Enter saves them.");
            }
            Some(registration) => self.send(registration, cx),
            None => self.show_first_error(report, cx),
        }
    }

    fn send(&mut self, registration: Registration, cx: &mut Cx<'_>) {
        // Saved first, so that nothing typed is lost if creating the app fails.
        if self.due_ms.is_some() {
            self.save(cx);
        }
        self.intent = Intent::Submitting;
        let registration = Box::new(registration);
        let draft = Some(self.id.clone());
        match &self.editing {
            Some(editing) => {
                let request = UpdateApp {
                    app: editing.app.clone(),
                    version: editing.version,
                    registration,
                    draft,
                };
                cx.await_reply(request, "Saving the app");
            }
            None => {
                let request = Create {
                    registration,
                    draft,
                };
                cx.await_reply(request, "Creating the app");
            }
        }
    }

    fn show_first_error(&mut self, report: Report, cx: &mut Cx<'_>) {
        self.tried = true;
        let findings = by_section(report);
        let errors: Vec<_> = findings
            .iter()
            .flat_map(|(_, findings)| findings)
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        let first = errors.first().map(|finding| finding.slot);
        let count = errors.len();
        if let Some(slot) = first {
            self.go_to(slot);
        }
        self.draft_changed(cx);
        let done = if self.editing.is_some() {
            "saved"
        } else {
            "created"
        };
        cx.warn(match count {
            1 => format!("Not {done}: 1 error to fix."),
            _ => format!("Not {done}: {count} errors to fix. This is the first."),
        });
    }

    pub(super) fn created(&mut self, result: Result<Box<App>, Problem>, cx: &mut Cx<'_>) -> Next {
        self.intent = Intent::None;
        let Some(app) = cx.or_warn(result) else {
            // The app was not created: the answers stay on the screen and in the draft.
            self.draft_changed(cx);
            return Next::Stay;
        };
        self.due_ms = None;
        cx.wanted = Some(Wanted::App(app.id.clone()));
        cx.notify("Created.");
        Next::Instead(Place::LoadedApp(app))
    }

    pub(super) fn updated(&mut self, result: Result<Updated, Problem>, cx: &mut Cx<'_>) -> Next {
        self.intent = Intent::None;
        match cx.or_warn(result) {
            None => {}
            Some(Updated::Done(app)) => {
                self.due_ms = None;
                cx.wanted = Some(Wanted::App(app.id));
                cx.notify("Saved.");
                return Next::Back;
            }
            Some(Updated::Stale { app, shared, by }) => {
                let (who, when) = told(by, cx.session());
                let Some(editing) = &mut self.editing else {
                    return Next::Stay;
                };
                let conflict =
                    Conflict::between(&editing.base, &self.draft, &app, shared, &self.facts);
                let must_ask = !conflict.clashes.is_empty();
                editing.conflict = Some(conflict);
                if must_ask {
                    cx.warn(format!(
                        "{who} saved this app{when}. Choose which version to keep."
                    ));
                } else {
                    self.merge(cx);
                    cx.notify(format!(
                        "{who} saved other fields{when}. Both changes are shown. Nothing is saved yet."
                    ));
                }
            }
        }
        Next::Stay
    }
}

/// Who saved, and when.
fn told(by: Option<SavedBy>, session: Option<&Session>) -> (String, String) {
    let Some(SavedBy {
        developer,
        name,
        at,
    }) = by
    else {
        return ("Another developer".to_owned(), String::new());
    };
    let is_me = session.is_some_and(|session| session.developer.id == developer);
    let who = if is_me { "You".to_owned() } else { name };
    (who, format!(" at {}", at.date_time()))
}
