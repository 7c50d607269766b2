//! A page that is one form: fields, a check and a request. This module has what all forms share;
//! each form defines its fields and handles the reply.

use std::{borrow::Cow, fmt::Debug};

use ratatui::{Frame, text::Line};

use super::{
    page::{AnyForm, Look, Next, Page},
    refusal::{Refusal, refusal_lines},
};
use crate::{
    desk::{Cx, Question, Then},
    domain::{secret::Secret, time::Clock},
    form::{
        Answer, Asked, Control, Field, FieldError, FieldId, FormEvent, FormState, PickOption,
        Report, SecretEntry, Slot, shown_fields,
        state::{Table, field_of, slots},
    },
    keymap::{Action, Can, Mode},
    request::{Reply, Request},
    ui::{form, form_page, layout::Areas, picker},
};

pub trait Form: Debug + Sized + 'static {
    type Data: Debug + 'static;
    /// Facts besides the answers that the fields are checked against.
    type Facts: Debug + 'static;

    fn fields() -> &'static [Field<Self::Data, Self::Facts>];

    fn facts(&self) -> &Self::Facts;

    /// The title of the page, and the text beside it.
    fn title(&self) -> (&'static str, Cow<'_, str>);

    /// The request of the form, if the answers have no errors.
    fn check(page: &FormPage<Self>, now: Clock, report: &mut Report) -> Option<Request>;

    /// What submitting the form does, for the footer: "sign up".
    fn verb(&self) -> &'static str;

    /// The text shown while the reply is awaited.
    fn waiting(&self) -> &'static str;

    /// Handles the reply to the request.
    fn reply(page: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next;

    /// Handles keys with a special meaning in this form; `None` for all others.
    fn act(page: &mut FormPage<Self>, action: Action, cx: &mut Cx<'_>) -> Option<Next> {
        let _ = (page, action, cx);
        None
    }

    fn submit(page: &mut FormPage<Self>, cx: &mut Cx<'_>) {
        page.send(cx);
    }

    /// A notice, besides the findings, when the form has errors and was not submitted.
    fn not_sent() -> Option<&'static str> {
        None
    }

    /// Runs after an answer has changed.
    fn changed(page: &mut FormPage<Self>) {
        let _ = page;
    }

    /// Requests data that the answers or the open list need.
    fn load_choices(page: &mut FormPage<Self>, cx: &mut Cx<'_>) {
        let _ = (page, cx);
    }

    /// The context of a field, where it differs from that of its control.
    fn mode(field: FieldId) -> Option<Mode> {
        let _ = field;
        None
    }

    /// The context for keys of the form itself.
    fn own_mode() -> Option<Mode> {
        None
    }

    fn can(page: &FormPage<Self>, action: Action) -> Can {
        let _ = (page, action);
        Can::Yes
    }

    /// The secrets that one key shows and hides.
    fn secrets(data: &mut Self::Data) -> Vec<&mut SecretEntry> {
        let _ = data;
        Vec::new()
    }

    /// Lines below a field.
    fn below(page: &FormPage<Self>, look: &Look<'_>, field: FieldId) -> Vec<Line<'static>> {
        let _ = (page, look, field);
        Vec::new()
    }

    fn organization(&self) -> &str {
        ""
    }

    /// Whether something was typed that is lost if the page is left.
    fn has_typed(page: &FormPage<Self>) -> bool {
        let _ = page;
        false
    }
}

#[derive(Debug)]
pub struct FormPage<F: Form> {
    pub kind: F,
    pub data: F::Data,
    pub form: FormState,
    /// After the first attempt to submit the form, every error is shown.
    pub tried: bool,
    pub refusal: Option<String>,
    pub wait_until_ms: Option<u64>,
}

impl<F: Form> FormPage<F> {
    pub fn at(kind: F, data: F::Data, focus: FieldId) -> Self {
        Self {
            kind,
            data,
            form: FormState::at(focus.into()),
            tried: false,
            refusal: None,
            wait_until_ms: None,
        }
    }

    pub fn findings(&self, now: Clock) -> Vec<FieldError> {
        let mut report = Report::default();
        F::check(self, now, &mut report);
        report.into_findings()
    }

    pub fn refuse(&mut self, refusal: Refusal) {
        self.refusal = Some(refusal.text);
        self.wait_until_ms = Some(refusal.until_ms);
    }

    pub fn slots(&self) -> Vec<Slot> {
        slots(F::fields(), &self.data)
    }

    /// Submits the form, or moves to the first error.
    pub fn send(&mut self, cx: &mut Cx<'_>) {
        if self
            .wait_until_ms
            .is_some_and(|until| until > cx.clock.mono_ms)
        {
            return;
        }
        let mut report = Report::default();
        match F::check(self, cx.clock, &mut report) {
            Some(request) if !report.has_errors() => {
                cx.await_reply(request, self.kind.waiting());
            }
            _ => {
                self.tried = true;
                if let Some(slot) = report.first_error() {
                    self.form.focus = slot;
                }
                if let Some(message) = F::not_sent() {
                    cx.warn(message);
                }
            }
        }
    }

    fn table(&mut self) -> (&mut FormState, Table<'_, F::Data, F::Facts>) {
        let table = Table {
            fields: F::fields(),
            data: &mut self.data,
            context: self.kind.facts(),
            text_width: u16::MAX,
        };
        (&mut self.form, table)
    }

    /// While the list over the form is searched, Space types a space.
    pub fn is_searching(&self) -> bool {
        let picker = self.form.picker.as_ref();
        picker.is_some_and(|picker| !picker.browsing)
    }
}

impl<F: Form> AnyForm for FormPage<F> {
    fn asked(&self) -> Vec<Asked> {
        let facts = self.kind.facts();
        let asked =
            shown_fields(F::fields(), &self.data).map(|field| field.asked(&self.data, facts));
        asked.collect()
    }

    fn answer(
        &mut self,
        field: FieldId,
        answer: Answer<'_>,
        cx: &mut Cx<'_>,
    ) -> Result<(), String> {
        if let Some(field) = field_of(F::fields(), field) {
            field.take(&mut self.data, answer)?;
        }
        self.refusal = None;
        F::changed(self);
        F::load_choices(self, cx);
        Ok(())
    }

    fn search(&mut self, field: FieldId, query: &str, cx: &mut Cx<'_>) {
        self.form.open_picker(field, query);
        F::load_choices(self, cx);
    }

    fn found(&mut self) -> Vec<PickOption> {
        let facts = self.kind.facts();
        let found = self.form.picker_options(F::fields(), &self.data, facts);
        self.form.picker = None;
        found
    }

    fn focused(&self) -> Slot {
        self.form.focus
    }

    fn focus(&mut self, slot: Slot) {
        self.form.focus = slot;
    }

    fn findings(&self, now: Clock) -> Vec<FieldError> {
        Self::findings(self, now)
    }

    fn refusal(&self) -> (Option<&str>, Option<u64>) {
        (self.refusal.as_deref(), self.wait_until_ms)
    }

    fn title(&self) -> (String, String) {
        let (title, about) = self.kind.title();
        (title.to_owned(), about.into_owned())
    }
}

/// The context of a control.
pub fn control_mode<D, C>(field: &Field<D, C>, data: &D) -> Mode {
    match &field.control {
        Control::Text { get, .. } if get(data).is_secret() => Mode::Password,
        Control::Text { lines: 1, .. } => Mode::Text,
        Control::Text { .. } => Mode::Lines,
        Control::Rows { max_rows: 0, .. } => Mode::Text,
        Control::Rows { .. } => Mode::Rows,
        Control::Choice(_) => Mode::Choice,
        Control::Toggle { .. } => Mode::Toggle,
        Control::Pick { .. } => Mode::Pick,
        Control::Generated { .. } => Mode::Generated,
    }
}

/// The context of the list that is open over a field.
pub fn picker_mode<D, C>(field: Option<&Field<D, C>>) -> Mode {
    match field.map(|field| &field.control) {
        Some(Control::Pick { many: true, .. }) => Mode::Picker,
        _ => Mode::PickOne,
    }
}

impl<F: Form> Page for FormPage<F> {
    fn verb(&self) -> Option<&'static str> {
        Some(self.kind.verb())
    }

    fn name(&self) -> Cow<'_, str> {
        self.kind.title().0.into()
    }

    fn modes(&self) -> Vec<Mode> {
        let field = field_of(F::fields(), self.form.focus.field);
        if self.form.picker.is_some() {
            return vec![picker_mode(field), Mode::Anywhere];
        }
        let mut modes: Vec<Mode> = F::mode(self.form.focus.field).into_iter().collect();
        modes.extend(field.map(|field| control_mode(field, &self.data)));
        modes.extend(F::own_mode());
        modes.extend([Mode::Form, Mode::Anywhere]);
        modes
    }

    fn can(&self, action: Action, _: &crate::desk::Desk) -> Can {
        F::can(self, action)
    }

    /// To leave the form.
    fn agreed(&mut self, cx: &mut Cx<'_>) -> Next {
        F::act(self, Action::Back, cx).unwrap_or(Next::Back)
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        if action == Action::Back && self.form.picker.is_none() && F::has_typed(self) {
            cx.confirm(Question {
                title: "Discard",
                text: "Leave this form and discard what you typed?".to_owned(),
                yes: "discard",
                then: Then::ToPage,
                other: None,
            });
            return Next::Stay;
        }
        if let Some(next) = F::act(self, action, cx) {
            return next;
        }
        if self.form.picker.is_none() {
            match action {
                Action::Submit => {
                    F::submit(self, cx);
                    return Next::Stay;
                }
                Action::ShowPassword => {
                    let secrets = F::secrets(&mut self.data);
                    let visible = secrets.first().is_some_and(|secret| !secret.visible);
                    for secret in secrets {
                        secret.visible = visible;
                    }
                    return Next::Stay;
                }
                _ => {}
            }
        }
        let all = self.slots();
        let (form, mut table) = self.table();
        match form.act(&mut table, action) {
            FormEvent::Changed(_) => {
                self.refusal = None;
                F::changed(self);
            }
            FormEvent::PastEnd if action == Action::Confirm => {
                F::submit(self, cx);
                return Next::Stay;
            }
            FormEvent::PastEnd if action == Action::NextField => {
                self.form.focus = all.first().copied().unwrap_or(self.form.focus);
            }
            FormEvent::BeforeStart if action == Action::PrevField => {
                self.form.focus = all.last().copied().unwrap_or(self.form.focus);
            }
            FormEvent::Refused(why) => {
                cx.warn(why);
                return Next::Stay;
            }
            _ => {}
        }
        F::load_choices(self, cx);
        Next::Stay
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        F::load_choices(self, cx);
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        F::reply(self, reply, cx)
    }

    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) -> bool {
        let (form, mut table) = self.table();
        let (_, cut) = form.paste(&mut table, text);
        F::changed(self);
        F::load_choices(self, cx);
        cut
    }

    fn counts_down_to(&self) -> Option<u64> {
        self.wait_until_ms
    }

    fn form(&mut self) -> Option<&mut dyn AnyForm> {
        Some(self)
    }

    fn lock(&mut self) {
        for secret in F::secrets(&mut self.data) {
            *secret = SecretEntry::default();
        }
    }

    fn organization(&self) -> &str {
        self.kind.organization()
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        let theme = look.theme;
        let findings = self.findings(look.clock);
        let (title, about) = self.kind.title();
        let field = field_of(F::fields(), self.form.focus.field);
        form_page::draw(
            frame,
            areas,
            &look.trail(title),
            &about,
            form::View {
                theme,
                fields: F::fields(),
                data: &self.data,
                context: self.kind.facts(),
                form: &self.form,
                findings: &findings,
                is_told: &|finding| self.tried || self.form.touched.contains(&finding.slot),
                about: refusal_lines(look, self.refusal.as_deref(), self.wait_until_ms),
                extra: &|field| F::below(self, look, field),
                active: !look.is_covered() && self.form.picker.is_none(),
            },
        );
        if let (Some(field), Some(open)) = (field, &self.form.picker)
            && let Control::Pick { many, chosen, .. } = field.control
        {
            let facts = self.kind.facts();
            let view = picker::View {
                title: field.label,
                picker: open,
                options: &self.form.picker_options(F::fields(), &self.data, facts),
                chosen: &chosen(&self.data, facts),
                many,
            };
            picker::draw(frame, theme, &view);
        }
    }
}

/// A new password, which is typed twice.
pub fn take_password(
    report: &mut Report,
    (field, new): (FieldId, &SecretEntry),
    (again_field, again): (FieldId, &SecretEntry),
    verdict: Result<(), String>,
) -> Option<Secret> {
    use crate::form::TextEdit as _;
    let strong = report.take(field, verdict);
    if again.text() != new.text() {
        report.error(again_field, "The passwords do not match.");
    }
    strong.map(|()| new.secret())
}
