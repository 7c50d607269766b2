//! Keys and replies of the list.

use std::borrow::Cow;

use ratatui::Frame;

use super::{Apps, reminders, view};
use crate::{
    desk::{Cx, Desk, Question, Wanted},
    domain::{
        app::list::{Bulk, ListView},
        draft::StoredDraft,
        id::AppId,
        oauth::new_app_link,
        text,
    },
    form::{Entry, TextEdit},
    keymap::{Action, Can, Mode},
    request::{
        DiscardDraft, FileContent, FormOf, LoadApp, LoadDrafts, LoadJwts, LoadTags, LoadView,
        Reply, SaveView, SetFavourite,
    },
    screens::{
        app::{self, AppPage},
        apps::{DraftRow, TRASH},
        bulk, files,
        import::ManifestPath,
        page::{Look, Next, Page, Place},
    },
    ui::layout::Areas,
};

/// Longest filter, in characters.
const FILTER_MAX: usize = 200;

impl Page for Apps {
    fn name(&self) -> Cow<'_, str> {
        "Apps".into()
    }

    fn modes(&self) -> Vec<Mode> {
        if self.filtering {
            vec![Mode::Filter, Mode::Anywhere]
        } else {
            vec![Mode::List, Mode::Anywhere]
        }
    }

    fn can(&self, action: Action, desk: &Desk) -> Can {
        let nothing_to_undo = desk.undo.is_empty() && !self.is_in_trash();
        match action {
            Action::New | Action::Import => Can::of(desk.why_no_new_app(), self.marks.is_empty()),
            Action::Restore if nothing_to_undo => Can::Off("Nothing to undo.".to_owned()),
            Action::OpenApprovals => {
                let waiting = desk.session().map_or(0, |session| session.waiting);
                Can::of(None, waiting > 0 && self.marks.is_empty())
            }
            _ => {
                let why = self.why_off(action);
                let why = why.or_else(|| self.why_not_allowed(action, desk));
                Can::of(why, !self.is_idle(action))
            }
        }
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        if self.is_entrance {
            // The reply restores the list as it was left.
            cx.undo.clear();
            cx.await_reply(LoadView {}, "Opening the list");
        } else {
            self.enter(cx);
        }
    }

    #[expect(clippy::too_many_lines, reason = "one match: a key each")]
    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        if self.filtering {
            self.act_in_filter(action, cx);
            return Next::Stay;
        }
        match action {
            Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::First
            | Action::Last => self.move_to(self.stepped(action), cx),
            Action::Filter => self.start_filter(cx),
            Action::OpenTrash => {
                let filter = if self.shows_whole_trash() { "" } else { TRASH };
                self.filter = Entry::new(filter);
                self.filter_changed(cx);
                self.keep_view(cx);
            }
            Action::Back if !self.marks.is_empty() => self.marks.clear(),
            Action::Back if !self.filter.is_blank() => {
                self.filter = Entry::default();
                self.filter_changed(cx);
                self.keep_view(cx);
            }
            Action::Back => cx.hint("This is the list. q quits."),
            Action::Restore => self.undo(cx),
            Action::Discard if self.marks.is_empty() && self.draft_under_cursor().is_some() => {
                self.ask_to_discard(cx);
            }
            Action::Discard | Action::ToggleStatus => cx.confirm(self.bulk_question(action)),
            Action::Tag => self.ask_tags(cx),
            Action::Export => {
                let targets: Vec<AppId> = self.targets().into_keys().collect();
                files::ask(FileContent::Export(targets), "apps.toml", cx);
            }
            Action::Import => cx.ask(ManifestPath, ""),
            Action::Favourite => {
                if let Some(row) = self.app_under_cursor() {
                    let request = SetFavourite {
                        app: row.id.clone(),
                        on: !row.is_favourite,
                    };
                    // The reply moves the cursor, so keys typed ahead are handled after it.
                    cx.await_reply(request, "Working");
                }
            }
            Action::Mark => {
                self.mark(cx);
                self.move_to(self.stepped(Action::Down), cx);
            }
            Action::MarkAll => self.mark_all(cx),
            Action::NextSort | Action::ReverseSort => self.sort(action, cx),
            Action::CopyClientId | Action::CopySecret => self.copy(action, cx),
            Action::Rotate => {
                if let Some(row) = self.app_under_cursor() {
                    let app = row.id.clone();
                    self.rotating = Some(app.clone());
                    cx.await_reply(LoadApp { app }, "Opening the app");
                }
            }
            _ => return self.lead(action, cx),
        }
        Next::Stay
    }

    #[expect(clippy::too_many_lines, reason = "one match: a reply each")]
    fn reply(&mut self, number: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::FindApps(request, result) if self.asked_number == number => {
                let found = cx.or_warn(result);
                self.found(&request, found, cx);
            }
            Reply::LoadView(_, result) => {
                if let Some(view) = cx.or_warn(result) {
                    self.sort = view.sort;
                    self.filter = Entry::new(view.filter);
                    self.sift_drafts();
                }
                self.is_entrance = false;
                self.enter(cx);
                reminders::announce_filter(self.filter.text(), cx);
                reminders::report_decisions(cx);
                cx.request(LoadJwts {});
            }
            Reply::LoadJwts(_, result) => {
                if let Some(all) = cx.or_warn(result) {
                    reminders::remind(cx, &all);
                }
            }
            Reply::LoadTags(_, result) => {
                if let Some(tags) = cx.or_warn(result) {
                    self.tags = tags;
                }
            }
            Reply::LoadDrafts(_, result) => {
                let drafts = cx.or_warn(result);
                // The bodies of drafts hold secrets, which must not return while the console is
                // locked.
                if let Some(drafts) = drafts.filter(|_| !cx.is_locked()) {
                    self.drafts = drafts.into_iter().map(row_of).collect();
                    self.sift_drafts();
                    if std::mem::take(&mut self.seeks_draft) {
                        self.last_draft = self.drafts.first().map(|draft| draft.id.clone());
                        self.sift_drafts();
                    }
                    self.follow();
                }
            }
            Reply::LoadApp(request, result) => {
                let app = cx.or_warn(result);
                if self.rotating.take_if(|id| *id == request.app).is_some() {
                    if let Some(app) = app {
                        AppPage::new(app).ask_to_rotate(cx);
                    }
                    return Next::Stay;
                }
                let is_here = |id: &AppId| *id == request.app;
                if self.app_under_cursor().is_some_and(|row| is_here(&row.id)) {
                    self.is_detail_old = false;
                    // The pane must not keep showing another app than the one under the cursor.
                    self.detail = app;
                }
            }
            Reply::CompareManifest(request, result) => {
                if let Some(plan) = cx.or_warn(result) {
                    return Next::Go(Place::Import {
                        path: request.path,
                        plan: Box::new(plan),
                    });
                }
            }
            Reply::SetFavourite(request, result) => {
                if let Some(()) = cx.or_warn(result) {
                    cx.notify(if request.on {
                        "Added to favorites. The filter is:favorite shows them."
                    } else {
                        "Removed from favorites."
                    });
                    cx.wanted = Some(Wanted::App(request.app));
                    self.ask(cx);
                }
            }
            Reply::ChangeApps(request, result) => {
                if let Some(done) = bulk::done(&request.bulk, result, cx) {
                    self.marks.clear();
                    // The cursor stays on its row if that row is still there.
                    let wanted = match request.bulk {
                        Bulk::Restore => done.done.first().cloned(),
                        _ => self.app_under_cursor().map(|row| row.id.clone()),
                    };
                    cx.wanted = wanted.map(Wanted::App);
                    self.enter(cx);
                }
            }
            Reply::ChangeApp(request, result) => {
                if let Some(_changed) = cx.or_warn(result) {
                    cx.notify(app::done_notice(request.deed));
                    cx.wanted = Some(Wanted::App(request.app));
                    self.enter(cx);
                }
            }
            Reply::WriteFile(request, result) => {
                if let Some(()) = files::written(request, result, cx) {
                    self.marks.clear();
                }
            }
            Reply::DiscardDraft(_, result) => {
                if let Some(()) = cx.or_warn(result) {
                    cx.notify("Draft discarded.");
                }
                self.enter(cx);
            }
            Reply::SaveView(_, result) => {
                cx.or_warn(result);
            }
            _ => {}
        }
        Next::Stay
    }

    fn paste(&mut self, pasted: &str, cx: &mut Cx<'_>) -> bool {
        if !self.filtering {
            if let (Some(_), Some(why)) = (new_app_link::parse(pasted), cx.why_no_new_app()) {
                cx.warn(why);
            }
            return false;
        }
        let cut = self.filter.paste(&text::one_line(pasted), FILTER_MAX);
        self.filter_changed(cx);
        cut
    }

    fn opens(&self, pasted: &str, desk: &Desk) -> Option<Place> {
        let is_ready = !self.filtering && desk.why_no_new_app().is_none();
        let of = FormOf::Link(new_app_link::parse(pasted)?.into());
        is_ready.then_some(Place::Form { of, at: None })
    }

    fn tick(&mut self, cx: &mut Cx<'_>) {
        if self.detail_due_ms.is_none_or(|due| due > cx.clock.mono_ms) {
            return;
        }
        self.detail_due_ms = None;
        if let Some(row) = self.app_under_cursor() {
            let app = row.id.clone();
            cx.request(LoadApp { app });
        }
    }

    fn wakes_at(&self) -> Option<u64> {
        self.detail_due_ms
    }

    fn holds_input(&self) -> bool {
        self.asked && !self.filtering
    }

    fn resized(&mut self, cx: &mut Cx<'_>) {
        self.resize(cx.size);
        self.load_visible(cx);
    }

    fn lock(&mut self) {
        // The bodies of drafts hold secrets; the list requests them again later.
        self.drafts.clear();
        self.found_drafts.clear();
    }

    /// The drafts stay, so that the way back shows them at once.
    fn covered(&mut self) {}

    fn unlocked(&mut self, cx: &mut Cx<'_>) {
        self.shown(cx);
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl Apps {
    /// Why the role of the signed-in developer does not allow an action here. Of several apps, one
    /// that it allows is enough: the others are skipped and named.
    fn why_not_allowed(&self, action: Action, desk: &Desk) -> Option<String> {
        let session = desk.session().filter(|_| !self.filtering)?;
        let is_draft = self.marks.is_empty() && self.draft_under_cursor().is_some();
        match action {
            Action::Confirm | Action::EditApp if is_draft => desk.why_no_new_app(),
            _ if is_draft => None,
            Action::OpenJwt if !self.marks.is_empty() => session.why_no_own_jwt(),
            Action::Restore if !self.is_in_trash() => None,
            Action::EditApp
            | Action::Rotate
            | Action::ToggleStatus
            | Action::Tag
            | Action::Discard
            | Action::Restore => session.why_not_manage(self.has_own_target()),
            Action::CopySecret => session.why_not_see_secrets(self.has_own_target()),
            _ => None,
        }
    }

    fn has_own_target(&self) -> bool {
        self.targets().values().any(|marked| marked.is_own)
    }

    /// Runs when the list comes to the front.
    fn enter(&mut self, cx: &mut Cx<'_>) {
        self.resize(cx.size);
        // The app may have changed on another page. Until it is read again, its old picture stays:
        // an empty pane would flicker.
        self.is_detail_old = true;
        cx.request(LoadDrafts {});
        cx.request(LoadTags {});
        self.ask(cx);
    }

    pub(super) fn keep_view(&self, cx: &mut Cx<'_>) {
        let view = ListView {
            sort: self.sort,
            filter: self.filter.text().trim().to_owned(),
        };
        cx.request(SaveView { view });
    }

    fn stepped(&self, action: Action) -> u64 {
        let page = u64::from(self.height.max(1));
        let last = self.len().saturating_sub(1);
        match action {
            Action::Up => self.cursor.saturating_sub(1),
            Action::Down => (self.cursor + 1).min(last),
            Action::PageUp => self.cursor.saturating_sub(page),
            Action::PageDown => (self.cursor + page).min(last),
            Action::First => 0,
            _ => last,
        }
    }

    fn move_to(&mut self, cursor: u64, cx: &mut Cx<'_>) {
        self.cursor = cursor;
        self.follow();
        self.load_visible(cx);
    }

    fn ask_to_discard(&self, cx: &mut Cx<'_>) {
        if let Some(row) = self.draft_under_cursor() {
            let draft = row.id.clone();
            cx.confirm(Question {
                title: "Discard draft",
                text: format!(
                    "Discard the draft \"{}\"? It cannot be restored.",
                    row.title
                ),
                yes: "discard",
                then: DiscardDraft { draft }.into(),
                other: None,
            });
        }
    }
}

fn row_of(draft: StoredDraft) -> DraftRow {
    DraftRow::of(draft.id, draft.body, draft.updated_at)
}
