//! First start: sign up, then write the recovery key down.

pub mod update;
pub mod view;

use crate::{
    domain::{
        oauth::credential::RecoveryKey,
        people::{
            email::EmailAddress,
            password::{self, Strength},
        },
        text,
    },
    form::{
        Control, Entry, Field, FieldError, FieldId, FormState, Report, SecretEntry, TextEdit,
        state::Table,
    },
    keymap::Context,
    message::Effect,
};

pub const ORGANIZATION: FieldId = FieldId("sign_up.organization");
pub const FULL_NAME: FieldId = FieldId("sign_up.full_name");
pub const EMAIL: FieldId = FieldId("sign_up.email");
pub const PASSWORD: FieldId = FieldId("sign_up.password");
pub const AGAIN: FieldId = FieldId("sign_up.password_again");

/// Longest names accepted, in characters. Ours.
const NAME_MAX: usize = 100;
const EMAIL_MAX: usize = 254;
/// Longest password, in characters: far above the 64 that have to be allowed.
pub const PASSWORD_MAX: usize = 256;

#[derive(Debug, Default)]
pub struct SignUpForm {
    pub organization: Entry,
    pub full_name: Entry,
    pub email: Entry,
    pub password: SecretEntry,
    pub again: SecretEntry,
}

impl SignUpForm {
    /// Words that must not carry the password.
    fn own_words(&self) -> Vec<String> {
        [&self.organization, &self.full_name, &self.email]
            .iter()
            .flat_map(|entry| {
                entry
                    .text()
                    .split(|c: char| !c.is_alphanumeric())
                    .map(text::key)
            })
            .filter(|word| word.chars().count() > 2)
            .collect()
    }

    fn check(&self, verdict: Result<(), String>, report: &mut Report) -> Option<Effect> {
        let organization = named(&self.organization, ORGANIZATION, "organization", report);
        let full_name = named(&self.full_name, FULL_NAME, "name", report);
        let email = report.take(
            EMAIL,
            EmailAddress::parse(self.email.text()).map_err(|error| error.to_string()),
        );
        let password = self.password.secret();
        let strong = report.take(PASSWORD, verdict);
        if self.again.text() != self.password.text() {
            report.error(AGAIN, "Type the same password again.");
        }
        strong?;
        Some(Effect::SignUp {
            organization: organization?,
            full_name: full_name?,
            email: email?,
            password,
        })
    }
}

fn named(entry: &Entry, field: FieldId, what: &str, report: &mut Report) -> Option<String> {
    let name = entry.text().trim();
    if name.is_empty() {
        report.error(field, format!("Type the {what}."));
        return None;
    }
    if text::char_count(name) > NAME_MAX {
        report.error(
            field,
            format!("Shorten the {what} to {NAME_MAX} characters."),
        );
        return None;
    }
    Some(text::normal(name).into_owned())
}

pub type SignUpField = Field<SignUpForm, ()>;

const fn text_control(
    get: fn(&SignUpForm) -> &dyn TextEdit,
    get_mut: fn(&mut SignUpForm) -> &mut dyn TextEdit,
    max: usize,
    example: &'static str,
) -> Control<SignUpForm, ()> {
    Control::Text {
        get,
        get_mut,
        max,
        lines: 1,
        newlines: false,
        example,
    }
}

pub static FIELDS: &[SignUpField] = &[
    Field {
        id: ORGANIZATION,
        label: "Organization",
        help: "Published as the developer of your apps.",
        required: |_| true,
        shown: |_| true,
        control: text_control(|f| &f.organization, |f| &mut f.organization, NAME_MAX, ""),
    },
    Field {
        id: FULL_NAME,
        label: "Full name",
        help: "How your organization knows you.",
        required: |_| true,
        shown: |_| true,
        control: text_control(|f| &f.full_name, |f| &mut f.full_name, NAME_MAX, ""),
    },
    Field {
        id: EMAIL,
        label: "E-mail",
        help: "You sign in with it. Nothing is ever sent: this console works offline.",
        required: |_| true,
        shown: |_| true,
        control: text_control(|f| &f.email, |f| &mut f.email, EMAIL_MAX, "ada@example.com"),
    },
    Field {
        id: PASSWORD,
        label: "Password",
        help: "At least 12 characters that are hard to guess. Any character will do, a paste too; four unusual words are better than one with symbols.",
        required: |_| true,
        shown: |_| true,
        control: text_control(|f| &f.password, |f| &mut f.password, PASSWORD_MAX, ""),
    },
    Field {
        id: AGAIN,
        label: "Password again",
        help: "Enter signs up.",
        required: |_| true,
        shown: |_| true,
        control: text_control(|f| &f.again, |f| &mut f.again, PASSWORD_MAX, ""),
    },
];

#[derive(Debug)]
pub struct SignUp {
    pub data: SignUpForm,
    pub form: FormState,
    pub tried: bool,
    /// Of the password as it stands; `None` while there is none.
    pub strength: Option<Strength>,
    /// Whether the password as it stands will do.
    verdict: Result<(), String>,
}

impl Default for SignUp {
    fn default() -> Self {
        let mut screen = Self {
            data: SignUpForm::default(),
            form: FormState::at(ORGANIZATION.into()),
            tried: false,
            strength: None,
            verdict: Ok(()),
        };
        screen.weigh();
        screen
    }
}

impl SignUp {
    pub fn context(&self) -> Vec<Context> {
        form_context(matches!(self.form.focus.field, PASSWORD | AGAIN))
    }

    pub fn findings(&self) -> Vec<FieldError> {
        let mut report = Report::default();
        self.data.check(self.verdict.clone(), &mut report);
        report.into_findings()
    }

    fn table(&mut self) -> (&mut FormState, Table<'_, SignUpForm, ()>) {
        (&mut self.form, Table::plain(FIELDS, &mut self.data))
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        let (form, mut table) = self.table();
        let (_, cut) = form.paste(&mut table, pasted);
        self.weigh();
        cut
    }

    /// Judges the password anew. Not in the view: the estimator takes its time.
    fn weigh(&mut self) {
        let own = self.data.own_words();
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let typed = self.data.password.secret();
        self.strength = (!typed.is_empty()).then(|| password::assess(&typed, &own));
        self.verdict = password::check(&typed, &own).map_err(|error| error.to_string());
    }
}

pub fn form_context(in_password: bool) -> Vec<Context> {
    let mut stack = Vec::new();
    if in_password {
        stack.push(Context::Password);
    } else {
        stack.push(Context::Text);
    }
    stack.extend([Context::Form, Context::Anywhere]);
    stack
}

/// Shown once: the key that can replace a forgotten password.
#[derive(Debug)]
pub struct ShowRecoveryKey {
    pub key: RecoveryKey,
    pub typed: Entry,
    pub wrong: bool,
}

impl ShowRecoveryKey {
    pub fn new(key: RecoveryKey) -> Self {
        Self {
            key,
            typed: Entry::default(),
            wrong: false,
        }
    }

    pub fn paste(&mut self, pasted: &str) -> bool {
        self.typed.paste(&text::one_line(pasted), 16)
    }
}
