//! Later starts: sign in, or replace a forgotten password with the recovery key.

pub mod update;
pub mod view;

use crate::{
    domain::{oauth::credential::RecoveryKey, people::password},
    form::{
        Control, Entry, Field, FieldError, FieldId, FormState, Report, SecretEntry, TextEdit,
        state::Table,
    },
    keymap::Context,
    message::Effect,
    screens::sign_up::{PASSWORD_MAX, form_context},
};

pub const EMAIL: FieldId = FieldId("sign_in.email");
pub const PASSWORD: FieldId = FieldId("sign_in.password");
pub const RECOVERY_EMAIL: FieldId = FieldId("recover.email");
pub const RECOVERY_KEY: FieldId = FieldId("recover.key");
pub const NEW_PASSWORD: FieldId = FieldId("recover.password");
pub const AGAIN: FieldId = FieldId("recover.password_again");

const EMAIL_MAX: usize = 254;
const KEY_MAX: usize = 64;

#[derive(Debug, Default)]
pub struct SignInForm {
    pub email: Entry,
    pub password: SecretEntry,
}

macro_rules! text_field {
    ($id:expr, $label:expr, $help:expr, $member:ident, $max:expr) => {
        Field {
            id: $id,
            label: $label,
            help: $help,
            required: |_| false,
            shown: |_| true,
            control: Control::Text {
                get: |form| &form.$member,
                get_mut: |form| &mut form.$member,
                max: $max,
                lines: 1,
                newlines: false,
                example: "",
            },
        }
    };
}

pub static FIELDS: &[Field<SignInForm, ()>] = &[
    text_field!(
        EMAIL,
        "E-mail",
        "The one you signed up with.",
        email,
        EMAIL_MAX
    ),
    text_field!(
        PASSWORD,
        "Password",
        "Enter signs in.",
        password,
        PASSWORD_MAX
    ),
];

#[derive(Debug)]
pub struct SignIn {
    pub organization: String,
    pub data: SignInForm,
    pub form: FormState,
    /// What came of the last try.
    pub refusal: Option<String>,
    pub wait_until_ms: Option<u64>,
}

impl SignIn {
    pub fn new(organization: String, last_email: Option<&str>) -> Self {
        let focus = if last_email.is_some() {
            PASSWORD
        } else {
            EMAIL
        };
        Self {
            organization,
            data: SignInForm {
                email: Entry::new(last_email.unwrap_or_default()),
                password: SecretEntry::default(),
            },
            form: FormState::at(focus.into()),
            refusal: None,
            wait_until_ms: None,
        }
    }

    pub fn context(&self) -> Vec<Context> {
        let mut stack = form_context(self.form.focus.field == PASSWORD);
        stack.insert(1, Context::SignIn);
        stack
    }

    fn table(&mut self) -> (&mut FormState, Table<'_, SignInForm, ()>) {
        (&mut self.form, Table::plain(FIELDS, &mut self.data))
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        let (form, mut table) = self.table();
        form.paste(&mut table, pasted).1
    }
}

#[derive(Debug, Default)]
pub struct RecoverForm {
    pub email: Entry,
    pub key: SecretEntry,
    pub password: SecretEntry,
    pub again: SecretEntry,
}

pub static RECOVER_FIELDS: &[Field<RecoverForm, ()>] = &[
    text_field!(
        RECOVERY_EMAIL,
        "E-mail",
        "The one you signed up with.",
        email,
        EMAIL_MAX
    ),
    text_field!(
        RECOVERY_KEY,
        "Recovery key",
        "As you wrote it down. Case, spaces and dashes do not matter.",
        key,
        KEY_MAX
    ),
    text_field!(
        NEW_PASSWORD,
        "New password",
        "At least 12 characters that are hard to guess.",
        password,
        PASSWORD_MAX
    ),
    text_field!(
        AGAIN,
        "New password again",
        "Enter sets it. You are given a new recovery key: the old one is used up.",
        again,
        PASSWORD_MAX
    ),
];

#[derive(Debug)]
pub struct Recover {
    pub organization: String,
    pub data: RecoverForm,
    pub form: FormState,
    pub tried: bool,
    pub refusal: Option<String>,
    pub wait_until_ms: Option<u64>,
}

impl Recover {
    pub fn new(organization: String, email: &str) -> Self {
        let mut data = RecoverForm {
            email: Entry::new(email),
            ..RecoverForm::default()
        };
        data.key.visible = true;
        Self {
            organization,
            data,
            form: FormState::at(
                if email.is_empty() {
                    RECOVERY_EMAIL
                } else {
                    RECOVERY_KEY
                }
                .into(),
            ),
            tried: false,
            refusal: None,
            wait_until_ms: None,
        }
    }

    pub fn context(&self) -> Vec<Context> {
        form_context(matches!(
            self.form.focus.field,
            RECOVERY_KEY | NEW_PASSWORD | AGAIN
        ))
    }

    fn check(&self, report: &mut Report) -> Option<Effect> {
        let form = &self.data;
        if form.email.is_blank() {
            report.error(RECOVERY_EMAIL, "Type your e-mail.");
        }
        let key = report.take(
            RECOVERY_KEY,
            RecoveryKey::parse(form.key.text()).map_err(|error| error.to_string()),
        );
        let new = form.password.secret();
        let email = form.email.text().trim();
        let own: Vec<&str> = email
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() > 2)
            .collect();
        let strong = report.take(
            NEW_PASSWORD,
            password::check(&new, &own).map_err(|error| error.to_string()),
        );
        if form.again.text() != form.password.text() {
            report.error(AGAIN, "Type the same password again.");
        }
        strong?;
        Some(Effect::Recover {
            email: email.to_owned(),
            key: key?,
            password: new,
        })
    }

    pub fn findings(&self) -> Vec<FieldError> {
        let mut report = Report::default();
        self.check(&mut report);
        report.into_findings()
    }

    fn table(&mut self) -> (&mut FormState, Table<'_, RecoverForm, ()>) {
        (&mut self.form, Table::plain(RECOVER_FIELDS, &mut self.data))
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        let (form, mut table) = self.table();
        form.paste(&mut table, pasted).1
    }
}
