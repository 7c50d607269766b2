//! First start: sign up.

mod view;

use std::borrow::Cow;

use ratatui::text::Line;

use super::{
    entrance::{EMAIL_MAX, enter},
    form_page::{Form, FormPage, take_password},
    page::{Look, Next, Place},
};
use crate::{
    desk::Cx,
    domain::{
        people::{
            email::EmailAddress,
            password::{Owner, PASSWORD_MAX, Strength},
        },
        text,
        time::Clock,
    },
    form::{Entry, Field, FieldId, Report, SecretEntry, TextEdit},
    keymap::{Action, Can},
    request::{self, Reply, Request, SignedUp},
};

pub const ORGANIZATION: FieldId = FieldId("sign_up.organization");
pub const FULL_NAME: FieldId = FieldId("sign_up.full_name");
pub const EMAIL: FieldId = FieldId("sign_up.email");
pub const PASSWORD: FieldId = FieldId("sign_up.password");
pub const AGAIN: FieldId = FieldId("sign_up.password_again");

/// Longest names accepted, in characters. Ours.
const NAME_MAX: usize = 100;

#[derive(Debug, Default)]
pub struct SignUpForm {
    pub organization: Entry,
    pub full_name: Entry,
    pub email: Entry,
    pub password: SecretEntry,
    pub again: SecretEntry,
}

type SignUpField = Field<SignUpForm, ()>;

pub static FIELDS: &[SignUpField] = &[
    SignUpField::text(
        ORGANIZATION,
        "Organization",
        |f| &f.organization,
        |f| &mut f.organization,
    )
    .help("Shown to users as the developer of your apps.")
    .max(NAME_MAX)
    .required(),
    SignUpField::text(
        FULL_NAME,
        "Full name",
        |f| &f.full_name,
        |f| &mut f.full_name,
    )
    .help("Your name, as colleagues see it.")
    .max(NAME_MAX)
    .required(),
    SignUpField::text(EMAIL, "E-mail", |f| &f.email, |f| &mut f.email)
        .help("You sign in with it. No e-mail is sent: the console works offline.")
        .max(EMAIL_MAX)
        .example("ada@example.com")
        .required(),
    SignUpField::text(PASSWORD, "Password", |f| &f.password, |f| &mut f.password)
        .help("At least 12 characters, hard to guess. Four unusual words are better than one word with symbols. You can paste it.")
        .max(PASSWORD_MAX)
        .required(),
    SignUpField::text(AGAIN, "Password again", |f| &f.again, |f| &mut f.again)
        .help("The same password again.")
        .keys("Enter signs up.")
        .max(PASSWORD_MAX)
        .required(),
];

#[derive(Debug)]
pub struct SignUp {
    /// The strength of the current password; `None` while the field is empty.
    pub strength: Option<Strength>,
    /// Whether the current password is accepted.
    verdict: Result<(), String>,
}

impl SignUp {
    pub fn page() -> FormPage<Self> {
        let kind = Self {
            strength: None,
            verdict: Ok(()),
        };
        let mut page = FormPage::at(kind, SignUpForm::default(), ORGANIZATION);
        Self::changed(&mut page);
        page
    }
}

fn named(entry: &Entry, field: FieldId, what: &str, report: &mut Report) -> Option<String> {
    let name = entry.text().trim();
    if name.is_empty() {
        report.error(field, format!("Enter the {what}."));
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

impl Form for SignUp {
    type Data = SignUpForm;
    type Facts = ();

    fn fields() -> &'static [SignUpField] {
        FIELDS
    }

    fn facts(&self) -> &() {
        &()
    }

    fn title(&self) -> (&'static str, Cow<'_, str>) {
        ("Sign up", "New workspace on this machine".into())
    }

    fn check(page: &FormPage<Self>, _: Clock, report: &mut Report) -> Option<Request> {
        let form = &page.data;
        let organization = named(&form.organization, ORGANIZATION, "organization", report);
        let full_name = named(&form.full_name, FULL_NAME, "name", report);
        let email = report.take(
            EMAIL,
            EmailAddress::parse(form.email.text()).map_err(|error| error.to_string()),
        );
        let password = take_password(
            report,
            (PASSWORD, &form.password),
            (AGAIN, &form.again),
            page.kind.verdict.clone(),
        );
        let request = request::SignUp {
            organization: organization?,
            full_name: full_name?,
            email: email?,
            password: password?,
        };
        Some(request.into())
    }

    fn verb(&self) -> &'static str {
        "sign up"
    }

    fn waiting(&self) -> &'static str {
        "Setting up your workspace"
    }

    fn not_sent() -> Option<&'static str> {
        Some("Not signed up: fix this first.")
    }

    fn reply(_: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let Reply::SignUp(_, result) = reply else {
            return Next::Stay;
        };
        match cx.or_warn(result) {
            Some(SignedUp::Done(signed_in)) => enter(signed_in, None, cx),
            Some(SignedUp::Already {
                organization,
                last_email,
            }) => {
                cx.warn(format!(
                    "This workspace already belongs to {organization}. Sign in instead."
                ));
                Next::Instead(Place::SignIn {
                    organization,
                    email: last_email,
                })
            }
            None => Next::Stay,
        }
    }

    /// Checks the password. The view must not, because the estimator is slow.
    fn changed(page: &mut FormPage<Self>) {
        let form = &page.data;
        let owner = Owner {
            organization: form.organization.text(),
            full_name: form.full_name.text(),
            email: form.email.text(),
        };
        let typed = form.password.secret();
        page.kind.strength = (!typed.is_empty()).then(|| owner.assess(&typed));
        page.kind.verdict = owner.check(&typed).map_err(|error| error.to_string());
    }

    fn can(_: &FormPage<Self>, action: Action) -> Can {
        Can::of(None, action != Action::Back)
    }

    fn secrets(data: &mut SignUpForm) -> Vec<&mut SecretEntry> {
        vec![&mut data.password, &mut data.again]
    }

    fn below(page: &FormPage<Self>, look: &Look<'_>, field: FieldId) -> Vec<Line<'static>> {
        match (field == PASSWORD, &page.kind.strength) {
            (true, Some(strength)) => vec![view::strength_line(strength, look.theme)],
            _ => Vec::new(),
        }
    }
}
