//! The list of all apps, with the drafts above it. It holds a window of rows around the cursor,
//! never all rows.

mod completion;
mod filter;
mod leads;
mod marks;
mod reminders;
mod update;
mod view;
mod window;

use std::collections::BTreeMap;

use self::filter::finds_draft;
pub use self::filter::problem_of_filter;

use crate::{
    domain::{
        app::{App, AppRow, AppStatus, AppWindow, list::Sort},
        id::{AppId, DraftId},
        oauth::credential::ClientId,
        secret::Secret,
        text,
        time::UnixMs,
    },
    form::{Entry, TextEdit},
    keymap::Action,
    screens::create_app::StoredDraft,
    ui::layout,
};

/// The filter that shows the trash.
const TRASH: &str = "is:deleted";
/// The number of rows in one request.
pub const WINDOW: u64 = 120;
/// The most apps that can be marked at once. Ours.
pub const MARKS_MAX: u64 = 1000;

/// The facts about a marked app that are needed while its row is outside the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub name: String,
    pub status: AppStatus,
    pub is_deleted: bool,
    pub is_own: bool,
    pub tags: Vec<String>,
    pub client_id: ClientId,
}

impl Marked {
    pub fn of(row: &AppRow) -> Self {
        Self {
            name: row.name.clone(),
            status: row.status,
            is_deleted: row.is_deleted,
            is_own: row.is_own,
            tags: row.tags.clone(),
            client_id: row.client_id.clone(),
        }
    }
}

/// A draft as the list shows it. The body stays sealed on disk and is read again when needed.
#[derive(Debug)]
pub struct DraftRow {
    pub id: DraftId,
    pub title: String,
    pub kind: String,
    pub updated_at: UnixMs,
    /// `None` if the body cannot be read.
    pub body: Option<Secret>,
}

impl DraftRow {
    pub fn of(id: DraftId, body: Option<Secret>, updated_at: UnixMs) -> Self {
        let stored = body.as_ref().and_then(StoredDraft::parse);
        Self {
            id,
            title: stored
                .as_ref()
                .map_or_else(|| "Unreadable draft".to_owned(), |it| it.title()),
            kind: stored
                .as_ref()
                .and_then(|it| it.draft.app_type.app_type)
                .map(|kind| kind.label().to_owned())
                .unwrap_or_default(),
            updated_at,
            body: body.filter(|_| stored.is_some()),
        }
    }
}

/// The item under the cursor.
#[derive(Debug)]
pub enum Item<'a> {
    Draft(&'a DraftRow),
    App(&'a AppRow),
    /// The row was requested.
    Loading,
    Nothing,
}

#[derive(Debug, Default)]
pub struct Apps {
    pub filter: Entry,
    /// The previous filter, while a new one is typed.
    filter_before: Option<Entry>,
    pub sort: Sort,
    pub marks: BTreeMap<AppId, Marked>,
    /// Known tags, for completions.
    pub tags: Vec<String>,
    /// The keys go to the filter.
    pub filtering: bool,
    pub drafts: Vec<DraftRow>,
    /// The drafts that the filter leaves, by their position in `drafts`.
    found_drafts: Vec<usize>,
    /// A draft was saved just now, and the drafts are being read.
    seeks_draft: bool,
    /// The draft that was saved last. It stays in sight until the filter changes, so that what was
    /// typed does not seem to be lost.
    last_draft: Option<DraftId>,
    pub window: AppWindow,
    /// Position among the drafts and apps shown.
    pub cursor: u64,
    /// Position of the first line on the screen.
    pub top: u64,
    /// Rows were requested.
    pub asked: bool,
    /// The number of the newest request for rows; replies to older ones are dropped.
    asked_number: u64,
    /// The saved state of the list is not read yet.
    is_entrance: bool,
    /// The app whose secret is rotated once it is loaded.
    rotating: Option<AppId>,
    /// When the pane must show another app.
    detail_due_ms: Option<u64>,
    pub loaded: bool,
    pub detail: Option<Box<App>>,
    /// The app in the pane may have changed since it was read.
    is_detail_old: bool,
    pub height: u16,
}

impl Apps {
    /// The list after a sign-in.
    pub fn entrance() -> Self {
        Self {
            is_entrance: true,
            ..Self::default()
        }
    }

    fn resize(&mut self, size: (u16, u16)) {
        self.height = layout::list_height(size);
        self.follow();
    }

    /// The number of drafts that the filter leaves.
    pub fn draft_count(&self) -> u64 {
        self.found_drafts.len() as u64
    }

    fn sift_drafts(&mut self) {
        let is_last = |draft: &DraftRow| self.last_draft.as_ref() == Some(&draft.id);
        let finds =
            |draft: &DraftRow| is_last(draft) || finds_draft(self.filter.text(), &draft.title);
        let found = self.drafts.iter().enumerate();
        let found = found.filter(|(_, draft)| finds(draft)).map(|(at, _)| at);
        self.found_drafts = found.collect();
    }

    /// The number of lines in the list.
    pub fn len(&self) -> u64 {
        self.draft_count() + self.window.matched
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn item(&self, at: u64) -> Item<'_> {
        let drafts = self.draft_count();
        if at < drafts {
            return usize::try_from(at)
                .ok()
                .and_then(|at| self.drafts.get(*self.found_drafts.get(at)?))
                .map_or(Item::Nothing, Item::Draft);
        }
        let at = at - drafts;
        if at >= self.window.matched {
            return Item::Nothing;
        }
        at.checked_sub(self.window.offset)
            .and_then(|inside| usize::try_from(inside).ok())
            .and_then(|inside| self.window.rows.get(inside))
            .map_or(Item::Loading, Item::App)
    }

    pub fn draft_under_cursor(&self) -> Option<&DraftRow> {
        match self.item(self.cursor) {
            Item::Draft(draft) => Some(draft),
            _ => None,
        }
    }

    pub fn app_under_cursor(&self) -> Option<&AppRow> {
        match self.item(self.cursor) {
            Item::App(row) => Some(row),
            _ => None,
        }
    }

    /// The apps that an action applies to: the marked ones, otherwise the one under the cursor.
    pub fn targets(&self) -> BTreeMap<AppId, Marked> {
        if !self.marks.is_empty() {
            return self.marks.clone();
        }
        let row = self.app_under_cursor();
        row.map(|row| (row.id.clone(), Marked::of(row)))
            .into_iter()
            .collect()
    }

    /// Whether the filter asks for the trash.
    pub fn shows_trash(&self) -> bool {
        let words = self.filter.text().split_whitespace();
        words.map(text::key).any(|word| word == TRASH)
    }

    /// Whether it asks for nothing else.
    pub fn shows_whole_trash(&self) -> bool {
        text::key(self.filter.text()) == TRASH
    }

    /// Whether the targets are in the trash.
    pub fn is_in_trash(&self) -> bool {
        self.targets().values().any(|marked| marked.is_deleted)
    }

    /// The word before the cursor of the filter, and where it begins.
    pub fn word_before_cursor(&self) -> (usize, &str) {
        let before = self
            .filter
            .text()
            .get(..self.filter.cursor())
            .unwrap_or_default();
        let start = before.rfind(char::is_whitespace).map_or(0, |at| {
            at + before
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        });
        (start, before.get(start..).unwrap_or_default())
    }

    /// Whether an action has nothing to work on, so that the footer may leave it out.
    fn is_idle(&self, action: Action) -> bool {
        let bulk = !self.marks.is_empty();
        match action {
            Action::CopyClientId | Action::CopySecret | Action::EditApp => {
                bulk || self.app_under_cursor().is_none()
            }
            Action::Discard => !bulk && self.draft_under_cursor().is_none(),
            Action::ToggleStatus | Action::Tag | Action::Export => !bulk,
            Action::New => bulk,
            Action::Mark => self.app_under_cursor().is_none(),
            Action::Confirm | Action::Filter => (bulk || self.is_empty()) && !self.filtering,
            _ => false,
        }
    }

    fn why_off(&self, action: Action) -> Option<String> {
        let on_a_row = matches!(
            action,
            Action::CopyClientId
                | Action::CopySecret
                | Action::EditApp
                | Action::Rotate
                | Action::Confirm
                | Action::Mark
                | Action::Discard
                | Action::ToggleStatus
                | Action::Tag
                | Action::Export
                | Action::Favourite
        );
        let on_marks = matches!(
            action,
            Action::Discard | Action::ToggleStatus | Action::Tag | Action::Export
        ) && !self.marks.is_empty();
        let is_lost_on_trash = matches!(
            action,
            Action::Discard | Action::EditApp | Action::Rotate | Action::ToggleStatus | Action::Tag
        );
        if is_lost_on_trash && self.is_in_trash() && !self.filtering {
            return Some("This app is in the trash. u restores it.".to_owned());
        }
        if self.filtering || !on_a_row || on_marks {
            return None;
        }
        match (action, self.item(self.cursor)) {
            (_, Item::Nothing) if self.filter.is_blank() => {
                Some("No apps yet. n creates one.".to_owned())
            }
            (_, Item::Nothing) => Some("No app matches the filter. Esc clears it.".to_owned()),
            (Action::CopyClientId | Action::CopySecret, Item::Draft(_)) => {
                Some("A draft has no credentials yet. Open it to continue.".to_owned())
            }
            (Action::Confirm | Action::EditApp | Action::Discard, Item::Draft(_)) => None,
            (_, Item::Draft(_)) => {
                Some("Not available for drafts. Open the draft to create its app.".to_owned())
            }
            _ => None,
        }
    }

    /// Puts the cursor on the app at this position among the apps that match the filter.
    pub fn go_to_app(&mut self, position: u64) {
        self.cursor = self.draft_count() + position;
    }

    /// Keeps the cursor on a line, and that line on the screen.
    pub fn follow(&mut self) {
        self.cursor = self.cursor.min(self.len().saturating_sub(1));
        let height = u64::from(self.height.max(1));
        if self.cursor < self.top {
            self.top = self.cursor;
        }
        if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
        self.top = self.top.min(self.len().saturating_sub(height));
    }
}
