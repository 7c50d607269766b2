//! Another password for oneself; the first thing that whoever was given one does.

pub mod update;
pub mod view;

use crate::{
    domain::{people::password, text},
    form::{
        Control, Field, FieldError, FieldId, FormState, Report, SecretEntry, TextEdit, state::Table,
    },
    keymap::Context,
    message::{Effect, TeamWork},
    screens::sign_up::{PASSWORD_MAX, form_context},
};

pub const OLD: FieldId = FieldId("password.old");
pub const NEW: FieldId = FieldId("password.new");
pub const AGAIN: FieldId = FieldId("password.again");

#[derive(Debug, Default)]
pub struct PasswordForm {
    pub old: SecretEntry,
    pub new: SecretEntry,
    pub again: SecretEntry,
}

const fn secret_field(
    id: FieldId,
    label: &'static str,
    help: &'static str,
    get: fn(&PasswordForm) -> &dyn TextEdit,
    get_mut: fn(&mut PasswordForm) -> &mut dyn TextEdit,
) -> Field<PasswordForm, ()> {
    Field {
        id,
        label,
        help,
        required: |_| true,
        shown: |_| true,
        control: Control::Text {
            get,
            get_mut,
            max: PASSWORD_MAX,
            lines: 1,
            newlines: false,
            example: "",
        },
    }
}

pub static FIELDS: &[Field<PasswordForm, ()>] = &[
    secret_field(
        OLD,
        "Password",
        "The one you signed in with.",
        |form| &form.old,
        |form| &mut form.old,
    ),
    secret_field(
        NEW,
        "New password",
        "At least 12 characters that are hard to guess.",
        |form| &form.new,
        |form| &mut form.new,
    ),
    secret_field(
        AGAIN,
        "New password again",
        "Enter sets it. Your recovery key stays the same.",
        |form| &form.again,
        |form| &mut form.again,
    ),
];

#[derive(Debug)]
pub struct ChangePassword {
    pub data: PasswordForm,
    pub form: FormState,
    pub tried: bool,
    pub refusal: Option<String>,
    pub wait_until_ms: Option<u64>,
    /// Nothing else can be done before.
    pub is_first: bool,
    /// Words that must not carry the password.
    own_words: Vec<String>,
}

impl ChangePassword {
    pub fn new(own: &str, is_first: bool) -> Self {
        Self {
            data: PasswordForm::default(),
            form: FormState::at(OLD.into()),
            tried: false,
            refusal: None,
            wait_until_ms: None,
            is_first,
            own_words: own
                .split(|c: char| !c.is_alphanumeric())
                .map(text::key)
                .filter(|word| word.chars().count() > 2)
                .collect(),
        }
    }

    pub fn context(&self) -> Vec<Context> {
        form_context(true)
    }

    fn check(&self, report: &mut Report) -> Option<Effect> {
        let form = &self.data;
        if form.old.is_empty() {
            report.error(OLD, "Type your password.");
        }
        let new = form.new.secret();
        let own: Vec<&str> = self.own_words.iter().map(String::as_str).collect();
        let strong = report.take(
            NEW,
            password::check(&new, &own).map_err(|error| error.to_string()),
        );
        if form.again.text() != form.new.text() {
            report.error(AGAIN, "Type the same password again.");
        }
        strong?;
        let old = form.old.secret();
        Some(Effect::Team(TeamWork::ChangePassword { old, new }))
    }

    pub fn findings(&self) -> Vec<FieldError> {
        let mut report = Report::default();
        self.check(&mut report);
        report.into_findings()
    }

    pub(crate) fn table(&mut self) -> (&mut FormState, Table<'_, PasswordForm, ()>) {
        (&mut self.form, Table::plain(FIELDS, &mut self.data))
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        let (form, mut table) = self.table();
        form.paste(&mut table, pasted).1
    }
}
