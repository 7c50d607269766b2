//! How each place is opened. The console itself requests the data that a place needs, because the
//! page that led there may be closed when the reply arrives.

use super::{Console, Open, Screen};
use crate::{
    request::{FormOf, LoadApp, OpenForm, OpenedForm, PageId, Reply},
    screens::{
        app::{AppPage, issued::IssuedCredentials},
        approvals::Approvals,
        apps::Apps,
        create_app::{CreateApp, StoredDraft},
        history::HistoryPage,
        jwt::{JwtPage, form::JwtForm},
        local_server::LocalServerPage,
        organization::{Organization, add::AddDeveloper},
        page::{Next, Place},
        password::ChangePassword,
        readable::ReadablePage,
        recovery_key::ShowRecoveryKey,
        sign_in::{Recover, SignIn},
        trial::TrialPage,
    },
};

impl Console {
    pub(super) fn follow(&mut self, next: Next) {
        match next {
            Next::Stay => {}
            Next::Go(place) => self.go(place),
        }
    }

    pub(super) fn go(&mut self, place: Place) {
        let session = self.desk.session();
        let page: Screen = match (place, session) {
            (
                Place::SignIn {
                    organization,
                    email,
                },
                _,
            ) => SignIn::page(organization, email.as_deref()).into(),
            (
                Place::Recover {
                    organization,
                    email,
                },
                _,
            ) => Recover::page(organization, &email).into(),
            (Place::RecoveryKey { key, is_another }, _) => {
                ShowRecoveryKey::new(key, is_another).into()
            }
            (Place::Entrance, _) => Apps::entrance().into(),
            (Place::Apps, _) => return self.show_list(|_| {}),
            (Place::TopOfApps { unfiltered }, _) => {
                return self.show_list(|apps| apps.go_to_top(unfiltered));
            }
            (Place::App(app), _) => {
                return self.root().await_reply(LoadApp { app }, "Opening the app");
            }
            (Place::LoadedApp { app, is_new }, _) => AppPage::new(app, is_new).into(),
            (Place::IssuedCredentials { app, environment }, _) => {
                IssuedCredentials::page(&app, environment).into()
            }
            (Place::KeptCredentials { app, environment }, _) => {
                AppPage::at_issued(app, environment).into()
            }
            (Place::Form { of, at }, _) => {
                return self
                    .root()
                    .await_reply(OpenForm { of, at }, "Opening the form");
            }
            (Place::Draft { id, body }, Some(session)) => match StoredDraft::parse(&body) {
                Some(stored) => CreateApp::resume(session, id, stored).into(),
                None => return self.desk.warn(StoredDraft::UNREADABLE),
            },
            (Place::History, _) => HistoryPage::default().into(),
            (Place::Organization, _) => Organization::default().into(),
            (Place::ChangedOrganization { deed, change }, _) => {
                Organization::after(deed, change).into()
            }
            (Place::AddDeveloper, _) => AddDeveloper::page().into(),
            (Place::Readable { developer, name }, _) => ReadablePage::new(developer, name).into(),
            (Place::Password { is_first }, Some(session)) => {
                ChangePassword::page(session, is_first).into()
            }
            (Place::Approvals, _) => Approvals::default().into(),
            (Place::Jwts { wanted }, _) => JwtPage::new(wanted).into(),
            (Place::JwtForm(of), Some(session)) => JwtForm::page(of, &session.developer.id).into(),
            (Place::LocalServer { from, at_faults }, _) => {
                LocalServerPage::new(from, at_faults).into()
            }
            (Place::Trial { app, kind }, _) => TrialPage::new(&app, kind).into(),
            (Place::Draft { .. } | Place::Password { .. } | Place::JwtForm(_), None) => return,
        };
        self.show(page);
    }

    /// The reply to a request of `go`.
    pub(super) fn arrived(&mut self, reply: Reply) {
        match reply {
            Reply::LoadApp(_, result) => {
                if let Some(app) = self.desk.or_warn(result) {
                    self.show(AppPage::new(app, false));
                }
            }
            Reply::OpenForm(request, result) => {
                if let Some(opened) = self.desk.or_warn(result) {
                    self.show_form(request, opened);
                }
            }
            other => {
                if let Some(problem) = other.problem() {
                    self.desk.warn(problem.text.clone());
                }
            }
        }
    }

    fn show_form(&mut self, request: OpenForm, opened: OpenedForm) {
        let Some(session) = self.desk.session() else {
            return;
        };
        let OpenedForm {
            draft,
            shared_secret,
            app,
        } = opened;
        let mut form = match (&request.of, &app) {
            (FormOf::Edit(_), Some(app)) => CreateApp::edit(session, draft, app, shared_secret),
            (FormOf::Clone(_), Some(app)) => {
                CreateApp::clone_of(session, draft, app, shared_secret)
            }
            _ => CreateApp::new(session, draft, shared_secret),
        };
        if let Some(field) = request.at {
            form.go_to(field);
        }
        self.desk.notice = None;
        self.show(form);
        if matches!(request.of, FormOf::Clone(_)) {
            self.desk
                .notify("The same settings under another name. It gets secrets of its own.");
        }
    }

    /// Puts a page in front. Only the list stays open behind it.
    pub fn show(&mut self, page: impl Into<Screen>) {
        let screen = page.into();
        let id = if matches!(screen, Screen::Apps(_)) {
            self.behind = None;
            PageId::LIST
        } else {
            self.last_page += 1;
            PageId(self.last_page)
        };
        let before = std::mem::replace(&mut self.front, Open { id, screen });
        if before.id == PageId::LIST && id != PageId::LIST {
            self.behind = Some(before);
        }
        self.with_page(|page, cx| page.shown(cx));
    }

    fn show_list(&mut self, first: impl FnOnce(&mut Apps)) {
        if self.front.id != PageId::LIST {
            self.front = self.behind.take().unwrap_or_else(|| Open {
                id: PageId::LIST,
                screen: Apps::default().into(),
            });
        }
        if let Screen::Apps(apps) = &mut self.front.screen {
            first(apps);
        }
        self.with_page(|page, cx| page.shown(cx));
    }

    /// Nobody is signed in anymore: the open pages are forgotten.
    pub(super) fn forget_pages(&mut self) {
        self.behind = None;
    }
}
