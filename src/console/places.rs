//! How each place is opened. The console itself requests the data that a place needs, because the
//! page that led there may be closed when the reply arrives.

use super::{Console, Open, Screen};
use crate::{
    desk::{Cx, Question},
    domain::{
        draft,
        id::{AppId, DraftId},
        people::developer::Session,
        secret::Secret,
        time::{Clock, UnixMs},
    },
    form::Slot,
    manifest::AppEntry,
    request::{FormOf, LoadApp, OpenForm, OpenedForm, PageId, Reply},
    screens::{
        app::{AppPage, issued::IssuedCredentials},
        approvals::Approvals,
        apps::Apps,
        create_app::{
            CreateApp, StoredDraft,
            draft::{Draft, Facts},
        },
        history::HistoryPage,
        import::ImportPage,
        jwt::{JwtPage, form::JwtForm},
        local_server::LocalServerPage,
        organization::{Organization, add::AddDeveloper, role::ChangeRole},
        page::{Next, Place},
        password::ChangePassword,
        readable::ReadablePage,
        recovery_key::ShowRecoveryKey,
        sessions::Sessions,
        sign_in::{Recover, SignIn},
        trial::TrialPage,
    },
};

/// More than a person remembers to have opened.
const BEHIND_MAX: usize = 16;

impl Console {
    pub(super) fn follow(&mut self, next: Next) {
        match next {
            Next::Stay => {}
            Next::Go(place) => self.go(place),
            Next::Instead(place) => self.go_instead(place),
            Next::Back => self.back(),
        }
    }

    /// Only for places that need no request: otherwise the page in front would stay until the reply.
    fn go_instead(&mut self, place: Place) {
        let done = self.front.id;
        self.go(place);
        if let Some(at) = self.behind.iter().position(|open| open.id == done) {
            let done = self.behind.remove(at);
            self.close(done);
        }
        self.join();
    }

    /// The place, with nothing to go back to.
    pub(super) fn go_alone(&mut self, place: Place) {
        self.go(place);
        self.forget_pages();
    }

    #[expect(clippy::too_many_lines, reason = "one match: a place each")]
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
            (Place::App(app), _) => {
                let mut root = self.root();
                root.load_names();
                return root.await_reply(LoadApp { app }, "Opening the app");
            }
            (Place::LoadedApp(app), _) => AppPage::new(app).into(),
            (Place::Sessions(app), _) => Sessions::of(&app).into(),
            (Place::IssuedCredentials { app, environment }, _) => {
                IssuedCredentials::page(&app, environment).into()
            }
            (Place::KeptCredentials { app, environment }, _) => {
                AppPage::at_issued(app, environment).into()
            }
            (Place::Form { of, at }, _) => {
                let mut root = self.root();
                root.load_names();
                return root.await_reply(OpenForm { of, at }, "Opening the form");
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
            (Place::ChangeRole(developer), _) => ChangeRole::page(developer).into(),
            (Place::Readable { developer, name }, _) => ReadablePage::new(developer, name).into(),
            (Place::Password, Some(session)) => ChangePassword::page(session).into(),
            (Place::FirstPassword { known }, Some(session)) => {
                ChangePassword::first(session, known).into()
            }
            (Place::Import { path, plan }, _) => ImportPage::new(path, plan).into(),
            (Place::Approvals, _) => Approvals::default().into(),
            (Place::Jwts { wanted }, _) => JwtPage::new(wanted).into(),
            (Place::JwtOf(app), _) => JwtPage::of_app(app).into(),
            (Place::JwtForm(of), Some(session)) => JwtForm::page(of, &session.developer.id).into(),
            (Place::LocalServer { at_faults }, _) => LocalServerPage::new(at_faults).into(),
            (Place::Trial { app, kind }, _) => TrialPage::new(&app, kind).into(),
            (
                Place::Draft { .. }
                | Place::Password
                | Place::FirstPassword { .. }
                | Place::JwtForm(_),
                None,
            ) => return,
        };
        self.show(page);
    }

    /// The reply to a request of `go`.
    pub(super) fn arrived(&mut self, reply: Reply) {
        match reply {
            Reply::LoadApp(_, result) => {
                if let Some(app) = self.desk.or_warn(result) {
                    // A notice about the page before is wrong on this one.
                    self.desk.notice = None;
                    self.show(AppPage::new(app));
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
            drafts,
        } = opened;
        if let FormOf::Edit(app) = &request.of
            && let Some(question) = unsaved(app, request.at, &drafts, session, self.desk.clock)
        {
            return self.root().confirm(question);
        }
        let mut not_understood = String::new();
        let mut form = match (&request.of, &app) {
            (FormOf::Resume(wanted), _) => {
                let found = drafts.into_iter().find(|one| one.id == *wanted);
                let body = found.and_then(|one| one.body);
                match body.as_ref().and_then(StoredDraft::parse) {
                    Some(stored) => CreateApp::resume(session, wanted.clone(), stored),
                    None => return self.desk.warn("This draft no longer exists."),
                }
            }
            (FormOf::Edit(_) | FormOf::EditAnew(..), Some(app)) => {
                CreateApp::edit(session, draft, app, shared_secret)
            }
            (FormOf::Propose(id, proposal), Some(app)) => {
                let changes = changes_of(id, &drafts, session);
                let mut form = match changes {
                    Some(changes) => CreateApp::resume(session, changes.draft, changes.stored),
                    None => CreateApp::edit(session, draft, app, shared_secret),
                };
                form.propose(proposal);
                form
            }
            (FormOf::Clone(_), Some(app)) => {
                CreateApp::clone_of(session, draft, app, shared_secret)
            }
            (FormOf::Link(link), _) => {
                let (answers, problems) = filled(link, session, shared_secret);
                not_understood = problems;
                CreateApp::filled(session, draft, answers)
            }
            _ => CreateApp::new(session, draft, shared_secret),
        };
        if let Some(field) = request.at {
            form.go_to(field);
        }
        self.desk.notice = None;
        self.show(form);
        self.say_about_form(&request.of, not_understood);
    }

    fn say_about_form(&mut self, of: &FormOf, not_understood: String) {
        match of {
            FormOf::Propose(..) => self
                .desk
                .notify("The scopes that its calls need. Review them, then press Ctrl-S."),
            FormOf::Clone(_) => self
                .desk
                .notify("A copy with the same settings and its own credentials. Change its name."),
            FormOf::Link(_) if not_understood.is_empty() => self
                .desk
                .notify("Filled in from RingCentral's link. Check it, and complete it."),
            FormOf::Link(_) => self.desk.warn(not_understood),
            _ => {}
        }
    }

    /// Puts a page in front. The one before waits behind it, without its secrets.
    pub fn show(&mut self, page: impl Into<Screen>) {
        let screen = page.into();
        let is_list = matches!(screen, Screen::Apps(_));
        let id = if is_list {
            PageId::LIST
        } else {
            self.last_page += 1;
            PageId(self.last_page)
        };
        let mut before = std::mem::replace(&mut self.front, Open { id, screen });
        before.screen.page_mut().covered();
        self.behind.push(before);
        if is_list {
            self.forget_pages();
        }
        // The list stays: it is where the way back ends.
        if self.behind.len() > BEHIND_MAX {
            let oldest = self.behind.remove(1);
            self.close(oldest);
        }
        self.with_page(|page, cx| page.shown(cx));
    }

    /// Goes to the page that led to the one in front.
    fn back(&mut self) {
        let Some(before) = self.behind.pop() else {
            return;
        };
        let left = std::mem::replace(&mut self.front, before);
        self.close(left);
        self.with_page(|page, cx| page.returned(cx));
    }

    /// A page that shows the same as the page that led to it takes its place: going back must not
    /// show an outdated copy.
    fn join(&mut self) {
        let is_same = match (self.behind.last().map(|open| &open.screen), self.screen()) {
            (Some(Screen::App(before)), Screen::App(now)) => before.app.id == now.app.id,
            (Some(Screen::Jwt(_)), Screen::Jwt(_))
            | (Some(Screen::Organization(_)), Screen::Organization(_)) => true,
            _ => false,
        };
        if let Some(before) = self.behind.pop_if(|_| is_same) {
            self.close(before);
        }
    }

    fn close(&mut self, mut open: Open) {
        let mut cx = Cx::new(&mut self.desk, open.id);
        open.screen.page_mut().closed(&mut cx);
    }

    /// No page that was open before may appear again.
    fn forget_pages(&mut self) {
        for open in std::mem::take(&mut self.behind) {
            self.close(open);
        }
    }
}

/// The answers that a link gives, and what of it gives none.
fn filled(link: &str, session: &Session, shared_secret: Secret) -> (Draft, String) {
    let (entry, mut found) = AppEntry::from_link(link).unwrap_or_default();
    let mut no_icon = |_: &str| Err(String::new());
    let (draft, more) = entry.draft(None, &Facts::of(session), &mut no_icon, shared_secret);
    found.extend(more);
    let mut lines: Vec<String> = found
        .iter()
        .take(NAMED_MAX)
        .map(|one| format!("{}: {}", one.field, one.message))
        .collect();
    match found.len().saturating_sub(lines.len()) {
        0 => {}
        more => lines.push(format!("And {more} more.")),
    }
    (draft, lines.join(" "))
}

/// Changes named in the question; more would not be read.
const NAMED_MAX: usize = 3;

/// The question about changes of the app that were typed before and are not saved.
fn unsaved(
    app: &AppId,
    at: Option<Slot>,
    drafts: &[draft::StoredDraft],
    session: &Session,
    now: Clock,
) -> Option<Question> {
    let changes = changes_of(app, drafts, session)?;
    let more = changes.labels.len().saturating_sub(NAMED_MAX);
    let mut what: Vec<String> = changes
        .labels
        .into_iter()
        .take(NAMED_MAX)
        .map(str::to_owned)
        .collect();
    if more > 0 {
        what.push(format!("{more} more"));
    }
    let form = |of| OpenForm { of, at };
    Some(Question {
        title: "Unsaved changes",
        text: format!(
            "You have unsaved changes to \"{}\", last edited {}: {}. Start anew to discard them.",
            changes.name,
            changes.updated_at.ago(now.unix),
            what.join(", "),
        ),
        yes: "resume",
        then: form(FormOf::Resume(changes.draft.clone())).into(),
        other: Some(form(FormOf::EditAnew(app.clone(), changes.draft)).into()),
    })
}

/// A draft of changes to an app.
struct Changes {
    draft: DraftId,
    stored: StoredDraft,
    updated_at: UnixMs,
    name: String,
    /// The labels of the changed answers.
    labels: Vec<&'static str>,
}

fn changes_of(app: &AppId, drafts: &[draft::StoredDraft], session: &Session) -> Option<Changes> {
    drafts.iter().find_map(|draft| {
        let stored = draft.body.as_ref().and_then(StoredDraft::parse)?;
        let (of, name, labels) = stored.changes(session)?;
        (of == *app && !labels.is_empty()).then(|| Changes {
            draft: draft.id.clone(),
            stored,
            updated_at: draft.updated_at,
            name,
            labels,
        })
    })
}
