//! Keys of the list.

use super::{Apps, Item, MARKS_MAX, Marked, WINDOW, completion};
use crate::{
    console::{Console, DETAIL_DELAY_MS, Question, Screen},
    domain::{
        app::{
            AppStatus, AppWindow,
            list::{Bulk, BulkDone, ListView, count_of_apps},
        },
        id::AppId,
        oauth::credential::ClientId,
        secret::Secret,
        text,
    },
    form::{Entry, TextEdit},
    keymap::Action,
    message::{Copyable, Effect, FileContent, JwtWork, ListWork, Manage, Purpose},
    screens::{
        app::PageTab,
        create_app::{CreateApp, StoredDraft},
        prompt::{Ask, Prompt},
    },
    ui::layout,
};

/// Longest filter, in characters.
const FILTER_MAX: usize = 200;

/// The list comes to the front for the first time: as it was left, once that is known.
pub fn open_first(console: &mut Console, effects: &mut Vec<Effect>) {
    console.screen = Screen::Apps;
    // Somebody else may have been here before.
    console.apps = Apps {
        generation: console.apps.generation,
        ..Apps::default()
    };
    console.undo.clear();
    effects.push(Effect::List(ListWork::LoadView));
    console.wait_for("Opening the list");
}

/// How it was left.
pub fn view_loaded(
    console: &mut Console,
    result: Result<ListView, String>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    match result {
        Ok(view) => {
            console.apps.sort = view.sort;
            console.apps.filter = Entry::new(view.filter);
        }
        Err(problem) => console.complain(problem),
    }
    if matches!(console.screen, Screen::Apps) {
        enter(console, effects);
        tell_what_came(console);
        effects.push(Effect::Jwt(JwtWork::Load));
    }
}

/// What was decided while one was away, and what waits to be.
fn tell_what_came(console: &mut Console) {
    let Some(session) = &console.session else {
        return;
    };
    let waiting = match session.waiting {
        0 => String::new(),
        1 => " 1 request waits for your decision: a shows it.".to_owned(),
        count => format!(" {count} requests wait for your decision: a shows them."),
    };
    let decided = match session.decided.as_slice() {
        [] => String::new(),
        [one] => format!(
            "{} for \"{}\" was {}.",
            one.ticket.scope.scope().label,
            one.app_name,
            one.ticket.state.as_str()
        ),
        many => format!(
            "{} of your requests were decided, {} for \"{}\" among them.",
            many.len(),
            many.last().map_or("", |one| one.ticket.scope.scope().label),
            many.last().map_or("", |one| one.app_name.as_str()),
        ),
    };
    let said = format!("{decided}{waiting}");
    if !said.is_empty() {
        console.tell(said.trim());
    }
}

fn keep_view(console: &Console, effects: &mut Vec<Effect>) {
    effects.push(Effect::List(ListWork::SaveView(ListView {
        sort: console.apps.sort,
        filter: console.apps.filter.text().trim().to_owned(),
    })));
}

/// The list comes to the front.
pub fn enter(console: &mut Console, effects: &mut Vec<Effect>) {
    console.apps.resized(console.size);
    effects.push(Effect::LoadDrafts);
    effects.push(Effect::List(ListWork::LoadTags));
    ask(console, effects);
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    if console.apps.filtering {
        return act_in_filter(console, action, effects);
    }
    let page = u64::from(console.apps.height.max(1));
    let last = console.apps.len().saturating_sub(1);
    let apps = &mut console.apps;
    match action {
        Action::Up => apps.cursor = apps.cursor.saturating_sub(1),
        Action::Down => apps.cursor = (apps.cursor + 1).min(last),
        Action::PageUp => apps.cursor = apps.cursor.saturating_sub(page),
        Action::PageDown => apps.cursor = (apps.cursor + page).min(last),
        Action::First => apps.cursor = 0,
        Action::Last => apps.cursor = last,
        Action::Filter => {
            apps.filtering = true;
            return;
        }
        Action::Back => {
            if !apps.marks.is_empty() {
                apps.marks.clear();
            } else if !apps.filter.is_blank() {
                apps.filter = Entry::default();
                filter_changed(console, effects);
                keep_view(console, effects);
            }
            return;
        }
        Action::New => return start_app(console, effects),
        Action::Confirm => return open(console, effects),
        Action::Restore => return undo(console, effects),
        Action::Discard if apps.marks.is_empty() && apps.draft_under_cursor().is_some() => {
            return discard(console);
        }
        Action::Discard | Action::ToggleStatus => return ask_bulk(console, action),
        Action::Tag => return ask_tags(console),
        Action::Export => {
            let targets: Vec<AppId> = apps.targets().into_keys().collect();
            let content = FileContent::Export(targets);
            console.prompt = Some(Prompt::new(Ask::Path(content), "apps.json"));
            return;
        }
        Action::Favourite => {
            if let Some(row) = apps.app_under_cursor() {
                effects.push(Effect::List(ListWork::SetFavourite {
                    app: row.id.clone(),
                    on: !row.is_favourite,
                }));
                // The answer moves the cursor: what is typed ahead comes after it.
                console.wait_for("Working");
            }
            return;
        }
        Action::Mark => {
            mark(console);
            apps_moved_on(console, effects);
            return;
        }
        Action::MarkAll => return mark_all(console, effects),
        Action::OpenOrganization => {
            return crate::screens::organization::update::open(console, effects);
        }
        Action::OpenJwt => {
            let apps: Vec<ClientId> = apps
                .marks
                .values()
                .map(|marked| marked.client_id.clone())
                .collect();
            if apps.is_empty() {
                crate::screens::jwt::update::open(console, effects);
            } else {
                crate::screens::jwt::update::open_form(console, apps, effects);
            }
            return;
        }
        Action::OpenApprovals => {
            return crate::screens::approvals::update::open(console, effects);
        }
        Action::OpenHistory => return crate::screens::history::update::open(console, effects),
        Action::OpenSandbox => return crate::screens::sandbox::update::open(console, effects),
        Action::NextSort | Action::ReverseSort => {
            if action == Action::NextSort {
                apps.sort.column = apps.sort.column.next();
                apps.sort.reversed = false;
            } else {
                apps.sort.reversed = !apps.sort.reversed;
            }
            let said = format!("Sorted {}.", apps.sort.describe());
            filter_changed(console, effects);
            keep_view(console, effects);
            console.tell(said);
            return;
        }
        Action::CopyClientId => {
            if let Some(row) = apps.app_under_cursor() {
                effects.push(Effect::Copy {
                    what: Copyable::ClientId,
                    text: Secret::new(row.client_id.as_str()),
                });
            }
            return;
        }
        Action::CopySecret => {
            if let Some(row) = apps.app_under_cursor() {
                effects.push(Effect::CopyAppSecret {
                    app: row.id.clone(),
                    what: Copyable::ClientSecret,
                });
            }
            return;
        }
        _ => return,
    }
    console.apps.follow();
    look(console, effects);
}

fn act_in_filter(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let apps = &mut console.apps;
    match action {
        Action::Edit(edit) => {
            apps.filter.edit(edit);
            filter_changed(console, effects);
        }
        Action::Complete => {
            let candidates = candidates(console);
            let (start, word) = console.apps.word_before_cursor();
            if let Some(grown) = completion::complete(word, &candidates) {
                let filter = &mut console.apps.filter;
                let end = filter.cursor();
                let mut text = filter.text().to_owned();
                text.replace_range(start..end, &grown);
                filter.set_text(&text, start + grown.len());
                filter_changed(console, effects);
            }
        }
        Action::Confirm => {
            apps.filtering = false;
            keep_view(console, effects);
        }
        Action::Back => {
            apps.filtering = false;
            apps.filter = Entry::default();
            filter_changed(console, effects);
            keep_view(console, effects);
        }
        _ => {}
    }
}

pub fn paste(console: &mut Console, pasted: &str, effects: &mut Vec<Effect>) -> bool {
    if !console.apps.filtering {
        return false;
    }
    let cut = console
        .apps
        .filter
        .paste(&text::one_line(pasted), FILTER_MAX);
    filter_changed(console, effects);
    cut
}

fn filter_changed(console: &mut Console, effects: &mut Vec<Effect>) {
    console.apps.cursor = 0;
    console.apps.top = 0;
    ask(console, effects);
}

/// Asks for the rows around the cursor.
pub fn ask(console: &mut Console, effects: &mut Vec<Effect>) {
    let apps = &mut console.apps;
    apps.generation += 1;
    apps.asked = true;
    // The answer to that question is dropped, and this one must not be taken for it.
    apps.marking_all = false;
    let drafts = apps.shown_drafts().count() as u64;
    effects.push(Effect::LoadApps {
        generation: apps.generation,
        words: text::key(apps.filter.text()),
        sort: apps.sort,
        offset: apps
            .cursor
            .saturating_sub(drafts)
            .saturating_sub(WINDOW / 2),
        limit: WINDOW,
        wanted: apps.wanted.take(),
    });
}

/// The cursor moved: rows that come into view are asked for, the detail follows.
pub fn look(console: &mut Console, effects: &mut Vec<Effect>) {
    if !matches!(console.screen, Screen::Apps) || console.session.is_none() {
        return;
    }
    let apps = &console.apps;
    let bottom = apps.top + u64::from(apps.height);
    let missing = (apps.top..bottom).any(|at| matches!(apps.item(at), Item::Loading));
    if missing && !apps.asked {
        ask(console, effects);
    }
    want_detail(console);
}

/// The pane beside the list is loaded once the cursor rests.
pub fn want_detail(console: &mut Console) {
    let row = console.apps.app_under_cursor().map(|row| row.id.clone());
    let shown = console.apps.detail.as_ref().map(|app| app.id.clone());
    if row.is_none() {
        console.apps.detail = None;
    }
    console.detail_due_ms = (layout::has_two_panes(console.size) && row.is_some() && row != shown)
        .then(|| console.clock.mono_ms + DETAIL_DELAY_MS);
}

pub fn load_detail(console: &mut Console, effects: &mut Vec<Effect>) {
    if let Some(row) = console.apps.app_under_cursor() {
        effects.push(Effect::LoadApp {
            id: row.id.clone(),
            purpose: Purpose::Detail,
        });
    }
}

pub fn start_app(console: &mut Console, effects: &mut Vec<Effect>) {
    if let Some(session) = &console.session {
        console.screen = Screen::CreateApp(Box::new(CreateApp::new(session)));
        console.notice = None;
        effects.push(Effect::StartDraft);
        console.wait_for("Opening the form");
    }
}

fn open(console: &mut Console, effects: &mut Vec<Effect>) {
    match console.apps.item(console.apps.cursor) {
        Item::App(row) => {
            effects.push(Effect::LoadApp {
                id: row.id.clone(),
                purpose: Purpose::Page,
            });
            console.wait_for("Opening the app");
        }
        Item::Draft(row) => {
            let stored = row.body.as_ref().and_then(StoredDraft::parse);
            let (Some(stored), Some(session)) = (stored, &console.session) else {
                console.complain(
                    "This draft cannot be read: it was made by another version. d discards it.",
                );
                return;
            };
            let mut screen = CreateApp::resume(session, row.id.clone(), stored);
            crate::screens::create_app::update::look(&mut screen, effects);
            console.screen = Screen::CreateApp(Box::new(screen));
            console.notice = None;
        }
        Item::Loading | Item::Nothing => {}
    }
}

/// What the filter's facets can become; nothing for a plain word.
pub fn candidates(console: &Console) -> Vec<String> {
    let (_, word) = console.apps.word_before_cursor();
    let people: Vec<String> = console
        .session
        .iter()
        .flat_map(|session| &session.developers)
        .map(|developer| developer.email.as_str().to_owned())
        .collect();
    completion::candidates(word, &console.apps.tags, &people)
}

fn mark(console: &mut Console) {
    let apps = &mut console.apps;
    let Some(row) = apps.app_under_cursor() else {
        return;
    };
    let (id, marked) = (row.id.clone(), Marked::of(row));
    if apps.marks.remove(&id).is_none() {
        if apps.marks.len() as u64 >= MARKS_MAX {
            console.complain(format!("{MARKS_MAX} apps can be marked at most."));
            return;
        }
        apps.marks.insert(id, marked);
    }
}

fn apps_moved_on(console: &mut Console, effects: &mut Vec<Effect>) {
    let last = console.apps.len().saturating_sub(1);
    console.apps.cursor = (console.apps.cursor + 1).min(last);
    console.apps.follow();
    look(console, effects);
}

/// Rows beyond the window have to be asked for first.
fn mark_all(console: &mut Console, effects: &mut Vec<Effect>) {
    let apps = &mut console.apps;
    if !apps.marks.is_empty() {
        apps.marks.clear();
        return;
    }
    apps.generation += 1;
    apps.asked = true;
    apps.marking_all = true;
    effects.push(Effect::LoadApps {
        generation: apps.generation,
        words: text::key(apps.filter.text()),
        sort: apps.sort,
        offset: 0,
        limit: MARKS_MAX,
        wanted: None,
    });
}

/// The rows that `mark_all` asked for. The window that is shown stays as it is.
pub fn all_loaded(console: &mut Console, window: &AppWindow) {
    let apps = &mut console.apps;
    apps.marks = window
        .rows
        .iter()
        .map(|row| (row.id.clone(), Marked::of(row)))
        .collect();
    if window.matched > MARKS_MAX {
        console.complain(format!(
            "The first {MARKS_MAX} of {} are marked; more cannot be at once.",
            window.matched
        ));
    }
}

fn ask_bulk(console: &mut Console, action: Action) {
    let targets = console.apps.targets();
    let all_suspended = targets
        .values()
        .all(|marked| marked.status == AppStatus::Suspended);
    let what = match (targets.len(), targets.values().next()) {
        (1, Some(marked)) => format!("\"{}\"", marked.name),
        (count, _) => count_of_apps(count),
    };
    let (title, text, yes, bulk) = match action {
        Action::Discard => (
            "Delete",
            format!(
                "Move {what} to the trash? The credentials stop working. All can be taken out again for thirty days."
            ),
            "delete",
            Bulk::Delete,
        ),
        _ if all_suspended => (
            "Resume",
            format!("Resume {what}? The credentials work again."),
            "resume",
            Bulk::Resume,
        ),
        _ => (
            "Suspend",
            format!("Suspend {what}? The credentials stop working at once; nothing is lost."),
            "suspend",
            Bulk::Suspend,
        ),
    };
    let apps = targets.into_keys().collect();
    console.question = Some(Question {
        title,
        text,
        yes,
        then: Effect::List(ListWork::Bulk { apps, bulk }),
    });
}

fn ask_tags(console: &mut Console) {
    let mut targets = console.apps.targets();
    console.prompt = match (targets.len(), targets.pop_first()) {
        (1, Some((app, marked))) => {
            let tags = marked.tags.join(" ");
            let name = marked.name;
            Some(Prompt::new(Ask::Tags { app, name }, &tags))
        }
        (_, Some((first, _))) => {
            let apps = [vec![first], targets.into_keys().collect()].concat();
            Some(Prompt::new(Ask::ChangeTags { apps }, ""))
        }
        (_, None) => None,
    };
}

/// What came of doing something to several apps.
pub fn bulk_done(
    console: &mut Console,
    bulk: &Bulk,
    result: Result<BulkDone, String>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    let done = match result {
        Ok(done) => done,
        Err(problem) => return console.complain(problem),
    };
    match bulk {
        Bulk::Delete if !done.done.is_empty() => console.undo.clone_from(&done.done),
        _ => console.undo.retain(|undo| !done.done.contains(undo)),
    }
    console.apps.marks.clear();
    // Where the cursor was, as far as that row is still there.
    console.apps.wanted = match bulk {
        Bulk::Restore => done.done.first().cloned(),
        _ => console.apps.app_under_cursor().map(|row| row.id.clone()),
    };
    console.apps.detail = None;
    let said = format!("{} {}.", count_of_apps(done.done.len()), bulk.done());
    match done.left.first() {
        None if *bulk == Bulk::Delete => {
            console.tell(format!("{said} u takes {} out again.", it(done.done.len())));
        }
        None => console.tell(said),
        Some((name, why)) if done.left.len() == 1 => {
            console.complain(format!("{said} Not \"{name}\": {why}"));
        }
        Some((name, why)) => console.complain(format!(
            "{said} {} left as they are, \"{name}\" among them: {why}",
            count_of_apps(done.left.len())
        )),
    }
    match &console.screen {
        Screen::Apps => enter(console, effects),
        // Its tags were changed from there.
        Screen::App(page) => {
            let id = page.app.id.clone();
            if page.tab == PageTab::History {
                let app = id.clone();
                effects.push(Effect::Manage(Manage::LoadHistory { app }));
            }
            effects.push(Effect::LoadApp {
                id,
                purpose: Purpose::Again,
            });
        }
        _ => {}
    }
}

fn it(count: usize) -> &'static str {
    if count == 1 { "it" } else { "them" }
}

fn undo(console: &mut Console, effects: &mut Vec<Effect>) {
    let apps: Vec<AppId> = if console.apps.is_in_trash() {
        console.apps.targets().into_keys().collect()
    } else {
        std::mem::take(&mut console.undo)
    };
    if !apps.is_empty() {
        let bulk = Bulk::Restore;
        effects.push(Effect::List(ListWork::Bulk { apps, bulk }));
        console.wait_for("Taking it out of the trash");
    }
}

fn discard(console: &mut Console) {
    if let Some(draft) = console.apps.draft_under_cursor() {
        console.question = Some(Question {
            title: "Discard draft",
            text: format!(
                "Discard the draft \"{}\"? It cannot be brought back.",
                draft.title
            ),
            yes: "discard",
            then: Effect::DiscardDraft {
                id: draft.id.clone(),
            },
        });
    }
}
