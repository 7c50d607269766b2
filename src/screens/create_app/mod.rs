//! Create App: the tabbed form, and the draft that it keeps.

pub mod draft;
pub mod sections;
pub mod update;
pub mod view;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::{
    draft::{Draft, Facts},
    sections::{SECTIONS, Section, field_named, section_of},
};
use crate::{
    domain::{developer::Session, id::DraftId, secret::Secret},
    form::{
        Control, FieldError, FieldId, FormState, RowKey, Severity, Slot,
        state::{field_of, slots},
    },
    keymap::Context,
};

/// More than a draft takes, written as JSON.
const STORED_BYTES: usize = 64 * 1024;

/// The button at the end of the review.
pub const CREATE: FieldId = FieldId("review.create");

/// A tab: one of the sections, or the review of them all.
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
    /// Given by the worker; nothing is kept on disk before it is there.
    pub id: Option<DraftId>,
    pub draft: Draft,
    pub facts: Facts,
    pub tab: Tab,
    pub form: FormState,
    /// Where the focus was in the tabs that are not shown.
    remembered: BTreeMap<&'static str, Slot>,
    /// Create was tried: every error is shown.
    pub tried: bool,
    /// Names that a path being typed could become.
    pub candidates: Vec<String>,
    /// It was on disk before: going back to the list keeps it, even when nothing is typed.
    pub kept: bool,
    /// Create was pressed before the picture was read: it goes on with the answer.
    pub create_when_read: bool,
    /// The app is on its way into the workspace, which ends the draft.
    pub creating: bool,
    /// Writes of the draft that were asked for and not answered yet.
    pub unanswered_saves: u32,
    /// The last write failed: what is on the screen is newer than what is on disk.
    pub unsaved: bool,
    /// Esc was pressed: the list comes once the draft is on disk.
    pub leaving: bool,
    /// Keeping the draft failed: a second Esc leaves without it.
    pub leaves_without: bool,
}

/// The focus in the review names a section by its first field, or the button.
pub fn review_slots() -> Vec<Slot> {
    SECTIONS
        .iter()
        .filter_map(|section| section.fields.first())
        .map(|field| field.id.into())
        .chain([CREATE.into()])
        .collect()
}

impl CreateApp {
    pub fn new(session: &Session) -> Self {
        let draft = Draft::new(&session.developer.id);
        Self::with(session, draft, None)
    }

    fn with(session: &Session, draft: Draft, id: Option<DraftId>) -> Self {
        Self {
            id,
            draft,
            facts: Facts::of(session),
            tab: Tab::Section(&sections::app_type::SECTION),
            form: FormState::at(sections::app_type::TYPE.into()),
            remembered: BTreeMap::new(),
            tried: false,
            candidates: Vec::new(),
            kept: false,
            create_when_read: false,
            creating: false,
            unanswered_saves: 0,
            unsaved: false,
            leaving: false,
            leaves_without: false,
        }
    }

    /// Nothing was typed or chosen yet: not worth keeping.
    pub fn is_pristine(&self) -> bool {
        self.draft == Draft::new(&self.facts.me)
    }

    /// Every finding, section by section.
    pub fn findings(&self) -> Vec<(&'static Section, Vec<FieldError>)> {
        SECTIONS
            .iter()
            .map(|section| (*section, (section.validate)(&self.draft, &self.facts)))
            .collect()
    }

    /// Errors are shown once the field was left or Create was tried; warnings at once.
    pub fn is_told(&self, finding: &FieldError) -> bool {
        self.tried
            || finding.severity == Severity::Warning
            || self.form.touched.contains(&finding.slot)
    }

    pub fn context(&self) -> Vec<Context> {
        if let Some(picker) = &self.form.picker {
            let list = if takes_many(picker.field) {
                Context::Picker
            } else {
                Context::PickOne
            };
            return vec![list, Context::Anywhere];
        }
        let mut stack = vec![];
        match self.tab {
            Tab::Review => stack.push(Context::Review),
            Tab::Section(section) => {
                stack.extend(control_context(section, self.form.focus));
            }
        }
        stack.extend([Context::CreateApp, Context::Form, Context::Anywhere]);
        stack
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

    /// Goes to a field, whichever tab it is in.
    pub fn go_to(&mut self, slot: Slot) {
        if let Some(section) = section_of(slot.field) {
            self.go_to_tab(Tab::Section(section));
            self.form.focus = slot;
            self.settle();
        }
    }

    /// The focus always names a field that is shown.
    pub fn settle(&mut self) {
        match self.tab {
            Tab::Section(section) => self.form.settle(section.fields, &self.draft),
            Tab::Review => {
                if !review_slots().contains(&self.form.focus) {
                    self.form.focus = CREATE.into();
                }
            }
        }
    }

    /// What goes to disk, sealed. `None` leaves what is there untouched.
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
        };
        // Room enough at once: a growing buffer leaves copies of the shared secret behind.
        let mut body = Vec::with_capacity(STORED_BYTES);
        serde_json::to_writer(&mut body, &stored).ok()?;
        String::from_utf8(body).ok().map(Secret::new)
    }

    /// Comes back with the tab and the field that had the focus.
    pub fn resume(session: &Session, id: DraftId, stored: StoredDraft) -> Self {
        let mut screen = Self::with(session, stored.draft, Some(id));
        let tab = Tab::all().find(|tab| tab.id() == stored.tab);
        if let Some(tab) = tab {
            screen.tab = tab;
        }
        if let Some(slot) = stored.focus.slot() {
            screen.form.focus = slot;
        }
        screen.form.touched = stored.touched.iter().filter_map(StoredSlot::slot).collect();
        screen.tried = stored.tried;
        screen.kept = true;
        screen.settle();
        screen
    }
}

fn takes_many(field: FieldId) -> bool {
    section_of(field)
        .and_then(|section| field_of(section.fields, field))
        .is_some_and(|field| matches!(field.control, Control::Pick { many: true, .. }))
}

/// The context of the control that has the focus.
fn control_context(section: &Section, focus: Slot) -> Option<Context> {
    let field = section
        .fields
        .iter()
        .find(|field| field.id == focus.field)?;
    Some(match field.control {
        Control::Text { lines: 1, .. } => Context::Text,
        Control::Text { .. } => Context::Lines,
        Control::Rows { max_rows: 0, .. } => Context::Text,
        Control::Rows { .. } => Context::Rows,
        Control::Choice { .. } => Context::Choice,
        Control::Toggle { .. } => Context::Toggle,
        Control::Pick { .. } => Context::Pick,
        Control::Generated { .. } => Context::Generated,
    })
}

/// The body of a draft on disk.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoredDraft {
    pub draft: Draft,
    tab: String,
    focus: StoredSlot,
    touched: Vec<StoredSlot>,
    tried: bool,
}

impl StoredDraft {
    pub fn parse(body: &Secret) -> Option<Self> {
        serde_json::from_str(body.expose()).ok()
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredSlot {
    field: String,
    row: Option<u32>,
    scope: Option<crate::domain::scope::ScopeId>,
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
