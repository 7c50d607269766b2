//! Create App: the tabbed form and its draft.

mod asked;
mod conflict;
mod conflict_view;
mod disk;
pub mod draft;
pub mod editing;
mod review;
mod review_view;
pub mod sections;
mod submit;
mod update;
mod view;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::{
    draft::{Draft, Facts},
    editing::{Conflict, Editing, differences},
    sections::{
        SECTIONS, Section, app_card, by_section, field_named, properties, section_of, security,
    },
};
use crate::{
    domain::{
        app::{App, NAME_MAX, proposal::Proposal},
        id::{AppId, DraftId},
        people::developer::Session,
        secret::Secret,
    },
    form::{
        Entry, FieldError, FieldId, FormState, RowKey, Severity, Slot,
        state::{field_of, slots},
    },
    keymap::Mode,
    screens::form_page::{control_mode, picker_mode},
};

/// Larger than any draft as JSON.
const STORED_BYTES: usize = 128 * 1024;

/// The button at the end of the review.
pub const CREATE: FieldId = FieldId("review.create");

/// A tab: a section, or the review of all sections.
#[derive(Clone, Copy, Debug)]
pub enum Tab {
    Section(&'static Section),
    Review,
}

impl Tab {
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        SECTIONS
            .iter()
            .map(|section| Self::Section(section))
            .chain([Self::Review])
    }

    pub fn id(self) -> &'static str {
        match self {
            Self::Section(section) => section.id,
            Self::Review => "review",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Section(section) => section.title,
            Self::Review => "Review",
        }
    }
}

impl PartialEq for Tab {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

/// The state of the screen.
#[derive(Debug)]
pub struct CreateApp {
    pub id: DraftId,
    pub draft: Draft,
    pub facts: Facts,
    /// Set when an existing app is edited.
    pub editing: Option<Editing>,
    pub tab: Tab,
    pub form: FormState,
    /// The last focus in each of the other tabs.
    remembered: BTreeMap<&'static str, Slot>,
    /// Create was pressed, so every error is shown.
    pub tried: bool,
    /// Completions of the path that is being typed.
    pub candidates: Vec<String>,
    disk: Disk,
    /// Saves of the draft that are not answered yet.
    saving: u32,
    /// When the draft is due to be saved.
    due_ms: Option<u64>,
    intent: Intent,
}

/// The saved state of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disk {
    Nothing,
    /// Returning to the list keeps the draft, even if nothing was typed.
    Kept,
    /// The last save failed, so the screen is newer than the file.
    Failed,
}

/// The action that continues when a reply arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    None,
    /// Create was pressed before the icon was read.
    SubmitOnceRead,
    /// The app is being saved, which removes the draft.
    Submitting,
    /// Esc was pressed: the list opens once the draft is saved.
    Leave,
    /// Saving the draft failed: a second Esc leaves without saving.
    LeaveWithout,
}

impl CreateApp {
    pub fn new(session: &Session, id: DraftId, shared_secret: Secret) -> Self {
        let mut draft = Draft::new(&session.developer.id);
        draft.features.shared_secret = shared_secret;
        Self::with(session, draft, id)
    }

    fn with(session: &Session, draft: Draft, id: DraftId) -> Self {
        Self {
            id,
            draft,
            facts: Facts::of(session),
            editing: None,
            tab: Tab::Section(&sections::app_type::SECTION),
            form: FormState::at(sections::app_type::TYPE.into()),
            remembered: BTreeMap::new(),
            tried: false,
            candidates: Vec::new(),
            disk: Disk::Nothing,
            saving: 0,
            due_ms: None,
            intent: Intent::None,
        }
    }

    /// Starts with a copy of an app's settings and a new name.
    pub fn clone_of(session: &Session, id: DraftId, app: &App, shared_secret: Secret) -> Self {
        let mut draft = Draft::of(&app.spec, shared_secret);
        let name = format!("{} copy", app.spec.properties.name);
        let name: String = name.chars().take(NAME_MAX).collect();
        draft.properties.name = Entry::new(name);
        draft.properties.primary_contact = Some(session.developer.id.clone());
        let mut screen = Self::with(session, draft, id);
        screen.go_to(properties::NAME.into());
        screen.remembered.clear();
        screen
    }

    /// Starts with what a link says, at the first answer that is missing.
    pub fn filled(session: &Session, id: DraftId, draft: Draft) -> Self {
        let mut screen = Self::with(session, draft, id);
        let (_, report) = screen.draft.judge(&screen.facts);
        let sections = by_section(report).into_iter().flat_map(|(_, found)| found);
        let mut missing = sections.filter(|one| one.severity == Severity::Error);
        match missing.next() {
            Some(error) => screen.go_to(error.slot),
            None => screen.tab = Tab::Review,
        }
        screen.remembered.clear();
        screen
    }

    /// Edits the settings of an existing app.
    pub fn edit(session: &Session, id: DraftId, app: &App, shared_secret: Secret) -> Self {
        let editing = Editing::of(app, shared_secret);
        let mut screen = Self::with(session, editing.base.clone(), id);
        screen.be_editing(editing);
        // All settings at once: a digit or Enter leads to the setting to change.
        screen.tab = Tab::Review;
        screen.form.focus = properties::NAME.into();
        screen
    }

    /// Changes the scopes to the proposed ones and shows them.
    pub fn propose(&mut self, proposal: &Proposal) {
        self.draft.security.propose(proposal);
        self.go_to(security::SCOPES.into());
    }

    fn be_editing(&mut self, editing: Editing) {
        self.facts.saved = Some(editing.facts());
        self.editing = Some(editing);
    }

    /// Whether nothing was typed or chosen yet, so that the draft need not be kept.
    pub fn is_pristine(&self) -> bool {
        if let Some(editing) = &self.editing {
            return self.draft == editing.base
                && self.draft.features.shared_secret.expose()
                    == editing.base.features.shared_secret.expose();
        }
        self.draft == Draft::new(&self.facts.me)
    }

    /// Every finding, section by section.
    pub fn findings(&self) -> Vec<(&'static Section, Vec<FieldError>)> {
        by_section(self.draft.judge(&self.facts).1)
    }

    /// Errors are shown after the field was left or Create was pressed; warnings immediately.
    pub fn is_told(&self, finding: &FieldError) -> bool {
        // A path is judged once its file is read, when the field is left.
        if finding.slot.field == app_card::ICON && self.draft.card.unread_path().is_some() {
            return false;
        }
        self.tried
            || finding.severity == Severity::Warning
            || self.form.touched.contains(&finding.slot)
    }

    /// Whether the tab is or was in front, also before the draft was resumed.
    pub fn was_open(&self, tab: Tab) -> bool {
        let mut touched = self.form.touched.iter();
        tab == self.tab
            || self.remembered.contains_key(tab.id())
            || touched.any(|slot| section_of(slot.field).is_some_and(|one| one.id == tab.id()))
    }

    fn modes_of_focus(&self) -> Vec<Mode> {
        if self.conflict().is_some() {
            return vec![Mode::Conflict, Mode::Anywhere];
        }
        if let Some(picker) = &self.form.picker {
            let section = section_of(picker.field);
            let field = section.and_then(|section| field_of(section.fields, picker.field));
            return vec![picker_mode(field), Mode::Anywhere];
        }
        let mut stack = vec![];
        match self.tab {
            Tab::Review => stack.push(Mode::Review),
            Tab::Section(section) => {
                let field = field_of(section.fields, self.form.focus.field);
                stack.extend(field.map(|field| control_mode(field, &self.draft)));
            }
        }
        if self.editing.is_some() {
            stack.push(Mode::EditApp);
        }
        stack.extend([Mode::CreateApp, Mode::Form, Mode::Anywhere]);
        stack
    }

    pub fn conflict(&self) -> Option<&Conflict> {
        self.editing.as_ref()?.conflict.as_ref()
    }

    pub fn go_to_tab(&mut self, tab: Tab) {
        self.form.touch();
        self.form.revealed = None;
        self.candidates.clear();
        self.remembered.insert(self.tab.id(), self.form.focus);
        let first = match tab {
            Tab::Section(section) => slots(section.fields, &self.draft).first().copied(),
            Tab::Review => Some(CREATE.into()),
        };
        self.tab = tab;
        if let Some(focus) = self.remembered.get(tab.id()).copied().or(first) {
            self.form.focus = focus;
        }
        self.settle();
    }

    /// Moves the focus to a field in any tab.
    pub fn go_to(&mut self, slot: Slot) {
        if let Some(section) = section_of(slot.field) {
            self.go_to_tab(Tab::Section(section));
            self.form.focus = slot;
            self.settle();
        }
    }

    /// Keeps the focus on a visible field.
    pub fn settle(&mut self) {
        match self.tab {
            Tab::Section(section) => self.form.settle(section.fields, &self.draft),
            Tab::Review => {
                if !self.review_slots().contains(&self.form.focus) {
                    self.form.focus = CREATE.into();
                }
            }
        }
    }

    /// The draft as it is sealed and saved. `None` leaves the saved draft unchanged.
    pub fn stored(&self) -> Option<Secret> {
        let stored = StoredDraft {
            draft: self.draft.clone(),
            tab: self.tab.id().to_owned(),
            focus: StoredSlot::of(self.form.focus),
            touched: self
                .form
                .touched
                .iter()
                .map(|slot| StoredSlot::of(*slot))
                .collect(),
            tried: self.tried,
            editing: self.editing.as_ref().map(|editing| StoredEditing {
                app: editing.app.clone(),
                version: editing.version,
                base: editing.base.clone(),
            }),
        };
        // Allocated once: a growing buffer would leave copies of the shared secret in memory.
        let mut body = Vec::with_capacity(STORED_BYTES);
        serde_json::to_writer(&mut body, &stored).ok()?;
        String::from_utf8(body).ok().map(Secret::new)
    }

    /// Restores the tab and the field that had the focus.
    pub fn resume(session: &Session, id: DraftId, stored: StoredDraft) -> Self {
        let mut screen = Self::with(session, stored.draft, id);
        if let Some(editing) = stored.editing {
            screen.be_editing(Editing {
                app: editing.app,
                version: editing.version,
                base: editing.base,
                conflict: None,
            });
        }
        let tab = Tab::all().find(|tab| tab.id() == stored.tab);
        if let Some(tab) = tab {
            screen.tab = tab;
        }
        if let Some(slot) = stored.focus.slot() {
            screen.form.focus = slot;
        }
        screen.form.touched = stored.touched.iter().filter_map(StoredSlot::slot).collect();
        screen.tried = stored.tried;
        screen.disk = Disk::Kept;
        screen.settle();
        screen
    }
}

/// The saved form of a draft.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredDraft {
    pub draft: Draft,
    tab: String,
    focus: StoredSlot,
    touched: Vec<StoredSlot>,
    tried: bool,
    editing: Option<StoredEditing>,
}

/// The state that an existing app was loaded with.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct StoredEditing {
    app: AppId,
    version: i64,
    base: Draft,
}

impl StoredDraft {
    pub const UNREADABLE: &'static str =
        "This draft is from another version and cannot be read. d discards it.";

    /// The name in a list of drafts.
    pub fn title(&self) -> String {
        match &self.editing {
            Some(editing) => format!("Changes to {}", editing.base.title()),
            None => self.draft.title(),
        }
    }

    /// The app whose settings it changes, its name, and the labels of what is changed. `None`: a
    /// new app.
    pub fn changes(&self, session: &Session) -> Option<(AppId, String, Vec<&'static str>)> {
        let editing = self.editing.as_ref()?;
        let all = differences(&editing.base, &self.draft, &Facts::of(session));
        let labels = all.into_iter().map(|one| one.label).collect();
        Some((editing.app.clone(), editing.base.title(), labels))
    }

    pub fn parse(body: &Secret) -> Option<Self> {
        serde_json::from_str(body.expose()).ok()
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredSlot {
    field: String,
    row: Option<u32>,
    scope: Option<crate::domain::app::scope::ScopeId>,
}

impl StoredSlot {
    fn of(slot: Slot) -> Self {
        let (row, scope) = match slot.row {
            None => (None, None),
            Some(RowKey::Nth(n)) => (Some(n), None),
            Some(RowKey::Scope(scope)) => (None, Some(scope)),
        };
        Self {
            field: slot.field.0.to_owned(),
            row,
            scope,
        }
    }

    fn slot(&self) -> Option<Slot> {
        let field = if self.field == CREATE.0 {
            CREATE
        } else {
            field_named(&self.field)?
        };
        let row = self.row.map(RowKey::Nth).or(self.scope.map(RowKey::Scope));
        Some(Slot { field, row })
    }
}
