//! What the console makes of an answer from outside. Answers may come late: each is checked
//! against what is on the screen now.

use crate::{
    console::{CLIPBOARD_MS, Console, OnClipboard, Question, Screen},
    domain::{
        app::{
            App, AppWindow,
            icon::{IconRef, Preview},
        },
        draft::StoredDraft,
        handoff::Output,
        id::DraftId,
        oauth::credential::RecoveryKey,
        people::developer::Session,
        secret::Secret,
        text,
    },
    form::TextEdit,
    keymap::Action,
    message::{Answer, Claim, Copyable, Effect, FileWork, Opening, Purpose, SignInRefusal},
    screens::{
        app::{AppPage, update as app_page},
        approvals::update as approvals,
        apps::{DraftRow, update as apps},
        create_app::{CreateApp, sections::app_card::IconState, update as create_app},
        history::update as history,
        jwt::{form as jwt_form, update as jwt},
        organization::update as organization,
        password::update as password,
        sandbox::update as sandbox,
        sign_in::SignIn,
        sign_up::ShowRecoveryKey,
    },
};

pub fn answer(console: &mut Console, answer: Answer, effects: &mut Vec<Effect>) {
    match answer {
        Answer::SignedUp(result) => {
            console.waiting = None;
            if let Some((session, key)) = failed(console, result) {
                show_recovery_key(console, *session, key);
            }
        }
        Answer::AlreadySignedUp {
            organization,
            last_email,
        } => {
            console.waiting = None;
            if matches!(console.screen, Screen::SignUp(_)) {
                console.complain(format!(
                    "This workspace already belongs to {organization}. Sign in instead."
                ));
                console.screen = Screen::SignIn(SignIn::new(organization, last_email.as_deref()));
            }
        }
        Answer::SignedIn(result) => signed_in(console, result, effects),
        Answer::Recovered(result) => recovered(console, result),
        Answer::RecoveryKey(key) => {
            // It comes right behind a sign-in, or behind the first password of one's own.
            if matches!(console.screen, Screen::Apps | Screen::ShowRecoveryKey(_)) {
                console.screen = Screen::ShowRecoveryKey(ShowRecoveryKey::new(key));
            }
        }
        Answer::RecoveryKeyConfirmed(result) => {
            failed(console, result);
        }
        Answer::Apps {
            generation,
            result,
            position,
        } => apps_loaded(console, generation, result, position, effects),
        Answer::App { purpose, result } => app_loaded(console, purpose, result),
        Answer::Drafts(result) => {
            let drafts = failed(console, result);
            // Their bodies hold secrets, which must not come back behind a lock.
            if let Some(drafts) = drafts.filter(|_| console.locked.is_none()) {
                drafts_loaded(console, drafts);
            }
        }
        Answer::DraftStarted(result) => draft_started(console, result, effects),
        Answer::SharedSecret(result) => {
            console.waiting = None;
            let secret = failed(console, result);
            if let (Some(secret), Screen::CreateApp(screen)) = (secret, &mut console.screen) {
                screen.draft.features.shared_secret = secret;
                console.draft_changed();
                console.tell("A new shared secret. The old one is gone.");
            }
        }
        Answer::DraftSaved { id, result } => create_app::draft_saved(console, &id, result, effects),
        Answer::AppOpened { how, result } => app_opened(console, how, result, effects),
        Answer::AppUpdated(result) => create_app::updated(console, result),
        Answer::AppManaged { app, deed, result } => {
            app_page::managed(console, &app, deed, result, effects);
        }
        Answer::Team(result) => organization::loaded(console, result),
        Answer::TeamChanged { deed, result } => organization::done(console, &deed, result),
        Answer::PasswordChanged(result) => password::changed(console, result, effects),
        Answer::NewRecoveryKey(result) => new_recovery_key(console, result),
        Answer::Sandbox(said) => sandbox::said(console, said, effects),
        Answer::Jwts(result) => jwt::loaded(console, result),
        Answer::JwtDone { done, result } => jwt::done(console, done, result, effects),
        Answer::JwtAppsFound { query, result } => {
            jwt_form::found(console, query, result, effects);
        }
        Answer::JwtToken { id, result } => jwt::token(console, id, result),
        Answer::Requests(result) => approvals::loaded(console, result),
        Answer::Decided { decision, result } => {
            approvals::decided(console, &decision, result, effects);
        }
        Answer::AllHistory { generation, result } => history::loaded(console, generation, result),
        Answer::HistoryChecked(result) => history::checked(console, result),
        Answer::View(result) => apps::view_loaded(console, result, effects),
        Answer::ViewSaved(result) => {
            failed(console, result);
        }
        Answer::Tags(result) => {
            if let Some(tags) = failed(console, result) {
                console.apps.tags = tags;
            }
        }
        Answer::FavouriteSet { app, on, result } => {
            console.waiting = None;
            if failed(console, result).is_some() {
                console.tell(if on {
                    "A favourite. is:favourite in the filter shows them."
                } else {
                    "No longer a favourite."
                });
                console.apps.wanted = Some(app);
                apps::ask(console, effects);
            }
        }
        Answer::Bulk { bulk, result } => apps::bulk_done(console, &bulk, result, effects),
        Answer::FileWritten { work, result } => file_written(console, work, result),
        Answer::EnvironmentKept(result) => app_page::kept(console, result),
        Answer::History { app, result } => app_page::history_loaded(console, &app, result),
        Answer::DraftDiscarded(result) => {
            console.waiting = None;
            if failed(console, result).is_some() {
                console.tell("Draft discarded.");
            }
            apps::enter(console, effects);
        }
        Answer::NameChecked { key, taken } => {
            if let Screen::CreateApp(screen) = &mut console.screen
                && key == text::key(screen.draft.properties.name.text())
            {
                screen.facts.name_answer = Some((key, taken));
            }
        }
        Answer::IconRead { path, result } => icon_read(console, path, result, effects),
        Answer::Preview {
            icon,
            preview: loaded,
        } => {
            if let Screen::CreateApp(screen) = &mut console.screen
                && let IconState::Ready { about, preview, .. } = &mut screen.draft.card.icon
                && *about == icon
            {
                *preview = loaded;
            }
        }
        Answer::PathCompleted {
            typed,
            common,
            candidates,
        } => {
            if let Screen::CreateApp(screen) = &mut console.screen
                && screen.draft.card.icon_path.text() == typed
            {
                let end = common.len();
                screen.draft.card.icon_path.set_text(&common, end);
                screen.candidates = candidates;
                console.draft_changed();
            }
        }
        Answer::AppCreated(result) => {
            console.waiting = None;
            let app = failed(console, result);
            if app.is_none() {
                // Nothing was registered: what was typed stays, on the screen and on disk.
                if let Screen::CreateApp(screen) = &mut console.screen {
                    screen.creating = false;
                }
                console.draft_changed();
            }
            if let Some(app) = app {
                console.draft_due_ms = None;
                console.apps.wanted = Some(app.id.clone());
                console.screen = Screen::App(Box::new(AppPage::new(app, true)));
                console.tell("Created. It is on disk.");
            }
        }
        Answer::Secrets { app, result } => {
            console.waiting = None;
            let secrets = failed(console, result);
            if console.locked.is_none()
                && let Screen::App(page) = &mut console.screen
                && page.app.id == app
            {
                page.secrets = secrets;
            }
        }
        Answer::Copied { what, result } => copied(console, what, result, effects),
        Answer::ClipboardCleared(result) => {
            if let Some(Some(said)) = failed(console, result) {
                console.tell(said);
            }
        }
        Answer::Broken(problem) => {
            console.complain(problem);
            console.quitting = true;
            effects.push(Effect::Quit);
        }
    }
}

fn show_recovery_key(console: &mut Console, session: Session, key: RecoveryKey) {
    console.session = Some(session);
    console.screen = Screen::ShowRecoveryKey(ShowRecoveryKey::new(key));
}

fn signed_in(
    console: &mut Console,
    result: Result<Box<Session>, SignInRefusal>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    let now = console.clock.mono_ms;
    match result {
        Ok(session) => {
            console.session = Some(*session);
            let was_locked = console.locked.take().is_some();
            if session_must_change(console) {
                return password::open(console, true);
            }
            if was_locked {
                if let Screen::CreateApp(screen) = &console.screen
                    && screen.unsaved
                {
                    console.draft_changed();
                }
                if matches!(console.screen, Screen::Apps) {
                    apps::enter(console, effects);
                }
                return;
            }
            apps::open_first(console, effects);
        }
        Err(refusal) => {
            let wait = Some(now + refusal_wait_ms(&refusal));
            let said = Some(refusal_text(&refusal));
            if let Some(locked) = &mut console.locked {
                locked.password.clear();
                locked.refusal = said;
                locked.wait_until_ms = wait;
            } else if let Screen::SignIn(screen) = &mut console.screen {
                screen.data.password.clear();
                screen.refusal = said;
                screen.wait_until_ms = wait;
            }
        }
    }
}

fn session_must_change(console: &Console) -> bool {
    let session = console.session.as_ref();
    session.is_some_and(|session| session.must_change_password)
}

fn recovered(console: &mut Console, result: Result<(Box<Session>, RecoveryKey), SignInRefusal>) {
    console.waiting = None;
    match result {
        Ok((session, key)) => show_recovery_key(console, *session, key),
        Err(refusal) => {
            let now = console.clock.mono_ms;
            if let Screen::Recover(screen) = &mut console.screen {
                screen.refusal = Some(match &refusal {
                    SignInRefusal::Wrong { .. } => {
                        "E-mail and recovery key do not match.".to_owned()
                    }
                    other => refusal_text(other),
                });
                screen.wait_until_ms = Some(now + refusal_wait_ms(&refusal));
            }
        }
    }
}

fn apps_loaded(
    console: &mut Console,
    generation: u64,
    result: Result<AppWindow, String>,
    position: Option<u64>,
    effects: &mut Vec<Effect>,
) {
    if generation != console.apps.generation {
        return;
    }
    console.apps.asked = false;
    console.apps.loaded = true;
    let marks_all = std::mem::take(&mut console.apps.marking_all);
    if let Some(window) = failed(console, result) {
        if marks_all {
            return apps::all_loaded(console, &window);
        }
        console.apps.window = window;
        if let Some(position) = position {
            console.apps.go_to_app(position);
        }
        console.apps.follow();
        apps::look(console, effects);
    }
}

fn app_loaded(console: &mut Console, purpose: Purpose, result: Result<Box<App>, String>) {
    if purpose == Purpose::Page {
        console.waiting = None;
    }
    let Some(app) = failed(console, result) else {
        // The pane must not go on showing another app than the one under the cursor.
        if purpose == Purpose::Detail {
            console.apps.detail = None;
        }
        return;
    };
    match purpose {
        Purpose::Again => {
            if let Screen::App(page) = &mut console.screen
                && page.app.id == app.id
            {
                page.app = app;
            }
        }
        Purpose::Page => console.screen = Screen::App(Box::new(AppPage::new(app, false))),
        Purpose::Detail => {
            let wanted = console
                .apps
                .app_under_cursor()
                .is_some_and(|row| row.id == app.id);
            if wanted {
                console.apps.detail = Some(app);
            }
        }
    }
}

fn new_recovery_key(console: &mut Console, result: Result<RecoveryKey, SignInRefusal>) {
    console.waiting = None;
    match result {
        Ok(key) if console.locked.is_none() => {
            console.screen = Screen::ShowRecoveryKey(ShowRecoveryKey::new(key));
        }
        // Never seen, it is replaced at the next sign-in.
        Ok(_) => {}
        Err(SignInRefusal::Wrong { .. }) => console.complain("This is not your password."),
        Err(SignInRefusal::Wait { wait_ms }) => console.complain(format!(
            "Too many tries. Try again in {} s.",
            wait_ms.div_ceil(1000)
        )),
        Err(SignInRefusal::Failed(problem)) => console.complain(problem),
    }
}

/// What came of a file that was asked for.
fn file_written(console: &mut Console, work: FileWork, result: Result<Output, String>) {
    console.waiting = None;
    match failed(console, result) {
        Some(Output::Written(path)) => {
            console.apps.marks.clear();
            console.tell(format!(
                "Written to {}; only you can read it.",
                path.display()
            ));
        }
        Some(Output::Exists(path)) => {
            console.question = Some(Question {
                title: "Replace the file",
                text: format!("There is a {} already. Replace it?", path.display()),
                yes: "replace",
                then: Effect::WriteFile(FileWork {
                    replace: true,
                    ..work
                }),
            });
        }
        None => {}
    }
}

/// The settings of an app, as a form.
fn app_opened(
    console: &mut Console,
    how: Opening,
    result: Result<(Box<App>, DraftId, Secret), String>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    let (Some((app, draft, shared)), Some(session)) = (failed(console, result), &console.session)
    else {
        console.going_to = None;
        return;
    };
    let mut screen = match how {
        Opening::Edit => CreateApp::edit(session, draft, &app, shared),
        Opening::Clone => CreateApp::clone_of(session, draft, &app, shared),
    };
    if let Some(field) = console.going_to.take()
        && how == Opening::Edit
    {
        screen.go_to(field);
    }
    create_app::look(&mut screen, effects);
    console.screen = Screen::CreateApp(Box::new(screen));
    console.notice = None;
    if how == Opening::Clone {
        console.draft_changed();
        console.tell("The same settings under another name. It gets secrets of its own.");
    }
}

fn drafts_loaded(console: &mut Console, drafts: Vec<StoredDraft>) {
    console.apps.drafts = drafts
        .into_iter()
        .map(|draft| DraftRow::of(draft.id, draft.body, draft.updated_at))
        .collect();
    console.apps.follow();
}

fn draft_started(
    console: &mut Console,
    result: Result<(DraftId, Secret), String>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    match (failed(console, result), &mut console.screen) {
        (Some((id, shared_secret)), Screen::CreateApp(screen)) => {
            screen.id = Some(id);
            screen.draft.features.shared_secret = shared_secret;
        }
        // Without a name there would be nowhere to keep what is typed.
        (None, Screen::CreateApp(_)) => {
            console.screen = Screen::Apps;
            apps::enter(console, effects);
        }
        _ => {}
    }
}

fn icon_read(
    console: &mut Console,
    path: String,
    result: Result<(IconRef, Preview), String>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    let Screen::CreateApp(screen) = &mut console.screen else {
        return;
    };
    screen.draft.card.icon = match result {
        Ok((about, preview)) => IconState::Ready {
            path,
            about,
            preview: Some(preview),
        },
        Err(message) => IconState::Unfit { path, message },
    };
    let create = std::mem::take(&mut screen.create_when_read);
    console.draft_changed();
    if create {
        create_app::act(console, Action::Submit, effects);
    }
}

fn copied(
    console: &mut Console,
    what: Copyable,
    result: Result<Claim, String>,
    effects: &mut Vec<Effect>,
) {
    let Some(claim) = failed(console, result) else {
        return;
    };
    if what.is_secret() && console.locked.is_some() {
        // The lock came first: a secret must not outlast it.
        effects.push(Effect::ClearClipboard);
        return;
    }
    if what.is_secret() {
        console.clipboard = Some(OnClipboard {
            what,
            until_ms: console.clock.mono_ms + CLIPBOARD_MS,
            covered: false,
            place: claim.place,
            clears: claim.clears,
        });
    } else if let Some(copied) = &mut console.clipboard {
        copied.covered = true;
    }
    console.tell(format!("{}: {}", what.label(), claim.notice));
}

/// What a refused sign-in means for the screens that sign in.
pub(crate) fn refusal_text(refusal: &SignInRefusal) -> String {
    match refusal {
        SignInRefusal::Wrong { .. } => "E-mail and password do not match.".to_owned(),
        SignInRefusal::Wait { .. } => "Too many tries.".to_owned(),
        SignInRefusal::Failed(problem) => problem.clone(),
    }
}

pub(crate) fn refusal_wait_ms(refusal: &SignInRefusal) -> u64 {
    match refusal {
        SignInRefusal::Wrong { wait_ms } | SignInRefusal::Wait { wait_ms } => *wait_ms,
        SignInRefusal::Failed(_) => 0,
    }
}

/// Shorthand for answers that failed.
fn failed<T>(console: &mut Console, result: Result<T, String>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(problem) => {
            console.complain(problem);
            None
        }
    }
}
