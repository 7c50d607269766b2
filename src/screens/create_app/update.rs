//! Handles keys and replies of Create App. Saving the draft: `disk`.

use std::borrow::Cow;

use ratatui::Frame;

use super::{
    CREATE, CreateApp, Intent, Tab,
    draft::{Draft, Facts},
    editing::fixed,
    sections::{
        app_card::{self, IconState},
        properties,
    },
    view,
};
use crate::{
    desk::{Cx, Desk},
    domain::{
        app::icon::{IconRef, Preview},
        oauth::new_app_link,
        problem::Problem,
        text,
    },
    form::{FormEvent, FormState, TextEdit as _, state::Table},
    keymap::{Action, Can, Mode},
    request::{
        CheckName, CompletePath, Copy, Copyable, LoadPreview, MintSharedSecret, PathCompletion,
        ReadIcon, Reply,
    },
    screens::page::{AnyForm, Look, Next, Page},
    ui::layout::{self, Areas},
};

impl Page for CreateApp {
    fn name(&self) -> Cow<'_, str> {
        match self.editing {
            Some(_) => "Edit".into(),
            None => "Create App".into(),
        }
    }

    fn modes(&self) -> Vec<Mode> {
        self.modes_of_focus()
    }

    /// While a search is typed, Space types a space.
    fn can(&self, action: Action, _: &Desk) -> Can {
        let picker = self.form.picker.as_ref();
        let is_searching = picker.is_some_and(|picker| !picker.browsing);
        Can::of(None, !(action == Action::Toggle && is_searching))
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        self.check_outside(cx);
        if !self.is_pristine() {
            self.draft_changed(cx);
        }
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        if self.conflict().is_some() {
            self.act_on_conflict(action, cx);
            return Next::Stay;
        }
        if self.form.picker.is_none() {
            match action {
                Action::Submit => {
                    self.submit(cx);
                    return Next::Stay;
                }
                Action::Back => return self.leave(cx),
                Action::NextTab | Action::PrevTab | Action::GoToTab(_) => {
                    match action {
                        Action::GoToTab(nth) => self.go_to_nth_tab(nth),
                        _ => self.step_tab(action == Action::NextTab),
                    }
                    self.read_icon(cx);
                    self.moved(cx);
                    return Next::Stay;
                }
                _ => {}
            }
        }
        if self.tab == Tab::Review {
            self.act_in_review(action, cx);
            return Next::Stay;
        }
        let width = layout::text_width(cx.size);
        let event =
            self.unless_fixed(|form| form.with_table(width, |form, table| form.act(table, action)));
        self.after(action, event, cx);
        Next::Stay
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) -> bool {
        if self.tab == Tab::Review || self.conflict().is_some() {
            return false;
        }
        if new_app_link::parse(text).is_some() {
            cx.warn(
                "This is RingCentral's link. Paste it into the list of apps to fill in a form.",
            );
            return false;
        }
        let width = layout::text_width(cx.size);
        let (event, cut) = self.with_table(width, |form, table| form.paste(table, text));
        self.after(Action::Toggle, event, cx);
        cut
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::SaveDraft(_, result) => return self.saved(result, cx),
            Reply::CreateApp(_, result) => return self.created(result, cx),
            Reply::UpdateApp(_, result) => return self.updated(result, cx),
            Reply::ReadIcon(request, result) => self.icon_read(request.path, result, cx),
            Reply::MintSharedSecret(_, result) => {
                if let Some(secret) = cx.or_warn(result) {
                    self.draft.features.shared_secret = secret;
                    self.draft_changed(cx);
                    cx.notify("New shared secret. It replaces the old one.");
                }
            }
            Reply::CheckName(request, Ok(taken)) => {
                let key = text::key(&request.name);
                if key == text::key(self.draft.properties.name.text()) {
                    self.facts.name_answer = Some((key, taken));
                }
            }
            Reply::LoadPreview(request, Ok(loaded)) => {
                if let IconState::Ready { about, preview, .. } = &mut self.draft.card.icon
                    && *about == request.icon
                {
                    *preview = loaded;
                }
            }
            Reply::CompletePath(request, Ok(completion)) => {
                self.complete(&request.typed, completion, cx);
            }
            other => {
                if let Some(problem) = other.problem() {
                    cx.warn(problem.text.clone());
                }
            }
        }
        Next::Stay
    }

    fn tick(&mut self, cx: &mut Cx<'_>) {
        if self.due_ms.is_some_and(|due| due <= cx.clock.mono_ms) {
            self.save(cx);
        }
    }

    fn wakes_at(&self) -> Option<u64> {
        self.due_ms
    }

    fn keep(&mut self, cx: &mut Cx<'_>) {
        self.save(cx);
    }

    fn lock(&mut self) {
        self.form.revealed = None;
        // The vault is locked; unsaved changes are saved after unlocking.
        self.due_ms = None;
    }

    fn unlocked(&mut self, cx: &mut Cx<'_>) {
        if self.has_failed() {
            self.draft_changed(cx);
        }
    }

    fn form(&mut self) -> Option<&mut dyn AnyForm> {
        Some(self)
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl CreateApp {
    /// A fixed field consumes the key, says why it is fixed, and stays unchanged.
    fn unless_fixed(&mut self, act: impl FnOnce(&mut Self) -> FormEvent) -> FormEvent {
        let reason = fixed(self.form.focus.field, &self.facts);
        let before = reason.map(|_| self.draft.clone());
        let event = act(self);
        match (reason, before, event) {
            (Some(reason), Some(before), FormEvent::Changed(_)) => {
                self.draft = before;
                FormEvent::Refused(reason.to_owned())
            }
            (_, _, event) => event,
        }
    }

    fn with_table<T>(
        &mut self,
        text_width: u16,
        act: impl FnOnce(&mut FormState, &mut Table<'_, Draft, Facts>) -> T,
    ) -> T {
        let fields = match self.tab {
            Tab::Section(section) => section.fields,
            Tab::Review => &[],
        };
        act(
            &mut self.form,
            &mut Table {
                fields,
                data: &mut self.draft,
                context: &self.facts,
                text_width,
            },
        )
    }

    /// Reacts to an event of the form.
    pub(super) fn after(&mut self, action: Action, event: FormEvent, cx: &mut Cx<'_>) {
        match event {
            FormEvent::Ignored => return,
            FormEvent::Refused(reason) => return cx.warn(reason),
            FormEvent::Changed(field) => {
                self.settle();
                self.candidates.clear();
                self.intent = Intent::None;
                if field == properties::NAME {
                    self.check_name(cx);
                }
                return self.draft_changed(cx);
            }
            FormEvent::Moved => self.candidates.clear(),
            FormEvent::PastEnd if matches!(action, Action::NextField | Action::Confirm) => {
                self.step_tab(true);
                self.focus_edge(false);
            }
            FormEvent::BeforeStart if action == Action::PrevField => {
                self.step_tab(false);
                self.focus_edge(true);
            }
            FormEvent::PastEnd | FormEvent::BeforeStart => {}
            FormEvent::Renew(_) => {
                return cx.await_reply(MintSharedSecret {}, "Generating a new secret");
            }
            FormEvent::Copy(_) => cx.copy(Copy {
                what: Copyable::SharedSecret,
                text: self.draft.features.shared_secret.clone(),
            }),
            FormEvent::Complete(field) => {
                if field == app_card::ICON {
                    let typed = self.draft.card.icon_path.text().to_owned();
                    cx.request(CompletePath { typed });
                }
                return;
            }
        }
        self.settle();
        self.read_icon(cx);
        self.moved(cx);
    }

    /// The focus is saved with the draft.
    pub(super) fn moved(&mut self, cx: &mut Cx<'_>) {
        if !self.is_pristine() {
            self.draft_changed(cx);
        }
    }

    pub(super) fn step_tab(&mut self, forward: bool) {
        let here = Tab::all().position(|tab| tab == self.tab).unwrap_or(0);
        let target = if forward {
            Tab::all().nth(here + 1)
        } else {
            here.checked_sub(1)
                .and_then(|before| Tab::all().nth(before))
        };
        if let Some(tab) = target {
            self.go_to_tab(tab);
        }
    }

    /// Tab and Shift-Tab continue into the next and the previous tab.
    fn focus_edge(&mut self, at_end: bool) {
        let slots = match self.tab {
            Tab::Section(section) => crate::form::state::slots(section.fields, &self.draft),
            Tab::Review if at_end => vec![CREATE.into()],
            Tab::Review => self.review_slots(),
        };
        let edge = if at_end { slots.last() } else { slots.first() };
        if let (Some(edge), Tab::Section(_)) = (edge, self.tab) {
            self.form.focus = *edge;
        }
    }

    fn check_name(&self, cx: &mut Cx<'_>) {
        let name = self.draft.properties.name.text().to_owned();
        cx.request(CheckName { name });
    }

    /// Reads the file when its path field is left, before anything else: Create needs the result.
    fn read_icon(&self, cx: &mut Cx<'_>) {
        if self.form.focus.field == app_card::ICON {
            return;
        }
        if let Some(path) = self.draft.card.unread_path() {
            let path = path.to_owned();
            cx.await_reply(ReadIcon { path }, "Reading the picture");
        }
    }

    fn icon_read(
        &mut self,
        path: String,
        result: Result<(IconRef, Preview), Problem>,
        cx: &mut Cx<'_>,
    ) {
        self.draft.card.icon = match result {
            Ok((about, preview)) => IconState::Ready {
                path,
                about,
                preview: Some(preview),
            },
            Err(problem) => IconState::Unfit {
                path,
                message: problem.text,
            },
        };
        self.draft_changed(cx);
        if self.intent == Intent::SubmitOnceRead {
            self.intent = Intent::None;
            self.submit(cx);
        }
    }

    fn complete(&mut self, typed: &str, completion: PathCompletion, cx: &mut Cx<'_>) {
        if self.draft.card.icon_path.text() == typed {
            let PathCompletion { common, candidates } = completion;
            let end = common.len();
            self.draft.card.icon_path.set_text(&common, end);
            self.candidates = candidates;
            self.draft_changed(cx);
        }
    }

    /// Requests the checks that need the store or a file: the name, the icon.
    pub fn check_outside(&self, cx: &mut Cx<'_>) {
        if !self.draft.properties.name.is_blank() {
            self.check_name(cx);
        }
        if let Some(path) = self.draft.card.unread_path() {
            let path = path.to_owned();
            cx.request(ReadIcon { path });
        }
        if let IconState::Ready {
            about,
            preview: None,
            ..
        } = &self.draft.card.icon
        {
            let icon = about.clone();
            cx.request(LoadPreview { icon });
        }
    }
}
