//! Later starts: sign in, or replace a forgotten password with the recovery key.

use std::borrow::Cow;

use super::{
    entrance::{EMAIL_MAX, enter},
    form_page::{Form, FormPage, take_password},
    page::{Next, Place},
    refusal::Refusal,
};
use crate::{
    desk::Cx,
    domain::{
        oauth::credential::RecoveryKey,
        people::password::{Owner, PASSWORD_MAX},
        time::Clock,
    },
    form::{Entry, Field, FieldId, Report, SecretEntry, TextEdit as _},
    keymap::{Action, Can, Mode},
    request::{self, Reply, Request},
};

pub const EMAIL: FieldId = FieldId("sign_in.email");
pub const PASSWORD: FieldId = FieldId("sign_in.password");
pub const RECOVERY_EMAIL: FieldId = FieldId("recover.email");
pub const RECOVERY_KEY: FieldId = FieldId("recover.key");
pub const NEW_PASSWORD: FieldId = FieldId("recover.password");
pub const AGAIN: FieldId = FieldId("recover.password_again");

const KEY_MAX: usize = 64;

#[derive(Debug, Default)]
pub struct SignInForm {
    pub email: Entry,
    pub password: SecretEntry,
}

type SignInField = Field<SignInForm, ()>;

pub static FIELDS: &[SignInField] = &[
    SignInField::text(EMAIL, "E-mail", |f| &f.email, |f| &mut f.email)
        .help("The one you signed up with.")
        .max(EMAIL_MAX),
    SignInField::text(PASSWORD, "Password", |f| &f.password, |f| &mut f.password)
        .help("Your password, or the first password you were given.")
        .keys("Enter signs in.")
        .max(PASSWORD_MAX),
];

#[derive(Debug)]
pub struct SignIn {
    organization: String,
}

impl SignIn {
    pub fn page(organization: String, last_email: Option<&str>) -> FormPage<Self> {
        let focus = if last_email.is_some() {
            PASSWORD
        } else {
            EMAIL
        };
        let data = SignInForm {
            email: Entry::new(last_email.unwrap_or_default()),
            password: SecretEntry::default(),
        };
        FormPage::at(Self { organization }, data, focus)
    }
}

impl Form for SignIn {
    type Data = SignInForm;
    type Facts = ();

    fn fields() -> &'static [SignInField] {
        FIELDS
    }

    fn facts(&self) -> &() {
        &()
    }

    fn title(&self) -> (&'static str, Cow<'_, str>) {
        ("Sign in", "".into())
    }

    fn check(page: &FormPage<Self>, _: Clock, _: &mut Report) -> Option<Request> {
        let request = request::SignIn {
            email: page.data.email.text().trim().to_owned(),
            password: page.data.password.secret(),
        };
        Some(request.into())
    }

    fn verb(&self) -> &'static str {
        "sign in"
    }

    fn waiting(&self) -> &'static str {
        "Signing in"
    }

    fn submit(page: &mut FormPage<Self>, cx: &mut Cx<'_>) {
        let missing = if page.data.email.is_blank() {
            Some((EMAIL, "Enter your e-mail."))
        } else if page.data.password.is_empty() {
            Some((PASSWORD, "Enter your password."))
        } else {
            None
        };
        match missing {
            Some((field, message))
                if page.wait_until_ms.is_none_or(|at| at <= cx.clock.mono_ms) =>
            {
                page.form.focus = field.into();
                page.refusal = Some(message.to_owned());
            }
            _ => page.send(cx),
        }
    }

    fn reply(page: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let Reply::SignIn(request, result) = reply else {
            return Next::Stay;
        };
        match result {
            Ok(signed_in) => enter(signed_in, Some(request.password), cx),
            Err(problem) => {
                page.data.password.clear();
                let wrong = "E-mail and password do not match.";
                page.refuse(Refusal::of(&problem, wrong, cx.clock));
                Next::Stay
            }
        }
    }

    fn act(page: &mut FormPage<Self>, action: Action, _: &mut Cx<'_>) -> Option<Next> {
        (action == Action::Forgot).then(|| {
            Next::Instead(Place::Recover {
                organization: page.kind.organization.clone(),
                email: page.data.email.text().to_owned(),
            })
        })
    }

    fn own_mode() -> Option<Mode> {
        Some(Mode::SignIn)
    }

    fn can(_: &FormPage<Self>, action: Action) -> Can {
        Can::of(None, action != Action::Back)
    }

    fn secrets(data: &mut SignInForm) -> Vec<&mut SecretEntry> {
        vec![&mut data.password]
    }

    fn organization(&self) -> &str {
        &self.organization
    }
}

#[derive(Debug, Default)]
pub struct RecoverForm {
    pub email: Entry,
    pub key: SecretEntry,
    pub password: SecretEntry,
    pub again: SecretEntry,
}

type RecoverField = Field<RecoverForm, ()>;

pub static RECOVER_FIELDS: &[RecoverField] = &[
    RecoverField::text(RECOVERY_EMAIL, "E-mail", |f| &f.email, |f| &mut f.email)
        .help("The one you signed up with.")
        .max(EMAIL_MAX),
    RecoverField::text(RECOVERY_KEY, "Recovery key", |f| &f.key, |f| &mut f.key)
        .help("As you wrote it down. Case, spaces and dashes do not matter.")
        .max(KEY_MAX),
    RecoverField::text(
        NEW_PASSWORD,
        "New password",
        |f| &f.password,
        |f| &mut f.password,
    )
    .help("At least 12 characters that are hard to guess.")
    .max(PASSWORD_MAX),
    RecoverField::text(AGAIN, "New password again", |f| &f.again, |f| &mut f.again)
        .help("The same password again. You get a new recovery key; the old one stops working.")
        .keys("Enter sets the password.")
        .max(PASSWORD_MAX),
];

#[derive(Debug)]
pub struct Recover {
    organization: String,
}

impl Recover {
    pub fn page(organization: String, email: &str) -> FormPage<Self> {
        let mut data = RecoverForm {
            email: Entry::new(email),
            ..RecoverForm::default()
        };
        data.key.visible = true;
        let focus = if email.is_empty() {
            RECOVERY_EMAIL
        } else {
            RECOVERY_KEY
        };
        FormPage::at(Self { organization }, data, focus)
    }
}

impl Form for Recover {
    type Data = RecoverForm;
    type Facts = ();

    fn fields() -> &'static [RecoverField] {
        RECOVER_FIELDS
    }

    fn facts(&self) -> &() {
        &()
    }

    fn title(&self) -> (&'static str, Cow<'_, str>) {
        (
            "Forgot password",
            "set a new one with your recovery key".into(),
        )
    }

    fn check(page: &FormPage<Self>, _: Clock, report: &mut Report) -> Option<Request> {
        let form = &page.data;
        if form.email.is_blank() {
            report.error(RECOVERY_EMAIL, "Enter your e-mail.");
        }
        let key = report.take(
            RECOVERY_KEY,
            RecoveryKey::parse(form.key.text()).map_err(|error| error.to_string()),
        );
        let email = form.email.text().trim();
        // The full name is not known before signing in; the store checks again with it.
        let owner = Owner {
            organization: &page.kind.organization,
            full_name: "",
            email,
        };
        let verdict = owner.check(&form.password.secret());
        let password = take_password(
            report,
            (NEW_PASSWORD, &form.password),
            (AGAIN, &form.again),
            verdict.map_err(|error| error.to_string()),
        );
        let request = request::Recover {
            email: email.to_owned(),
            key: key?,
            password: password?,
        };
        Some(request.into())
    }

    fn verb(&self) -> &'static str {
        "set password"
    }

    fn waiting(&self) -> &'static str {
        "Setting the new password"
    }

    fn reply(page: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let Reply::Recover(_, result) = reply else {
            return Next::Stay;
        };
        match result {
            Ok(signed_in) => enter(signed_in, None, cx),
            Err(problem) => {
                let wrong = "E-mail and recovery key do not match.";
                page.refuse(Refusal::of(&problem, wrong, cx.clock));
                Next::Stay
            }
        }
    }

    fn has_typed(page: &FormPage<Self>) -> bool {
        let data = &page.data;
        !(data.key.is_empty() && data.password.is_empty() && data.again.is_empty())
    }

    fn act(page: &mut FormPage<Self>, action: Action, _: &mut Cx<'_>) -> Option<Next> {
        (action == Action::Back).then(|| {
            let email = page.data.email.text();
            Next::Instead(Place::SignIn {
                organization: page.kind.organization.clone(),
                email: (!email.is_empty()).then(|| email.to_owned()),
            })
        })
    }

    fn secrets(data: &mut RecoverForm) -> Vec<&mut SecretEntry> {
        vec![&mut data.password, &mut data.again]
    }

    fn organization(&self) -> &str {
        &self.organization
    }
}
