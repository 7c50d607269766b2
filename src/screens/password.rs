//! A new password for the signed-in developer. A developer whose password an administrator chose
//! starts here.

use std::borrow::Cow;

use super::{
    entrance::enter,
    form_page::{Form, FormPage, take_password},
    page::Next,
    refusal::Refusal,
};
use crate::{
    desk::Cx,
    domain::{
        people::{
            developer::Session,
            password::{Owner, PASSWORD_MAX},
        },
        secret::Secret,
        time::Clock,
    },
    form::{Field, FieldId, Report, SecretEntry, TextEdit as _},
    keymap::{Action, Can},
    request::{self, Reply, Request},
};

pub const OLD: FieldId = FieldId("password.old");
pub const KEYS: FieldId = FieldId("password.keys");
pub const NEW: FieldId = FieldId("password.new");
pub const AGAIN: FieldId = FieldId("password.again");

#[derive(Debug, Default)]
pub struct PasswordForm {
    /// Changing the first password always creates the developer's own keys.
    is_first: bool,
    /// It was entered at the sign-in, and is not asked again.
    knows_old: bool,
    pub old: SecretEntry,
    pub replace_keys: bool,
    pub new: SecretEntry,
    pub again: SecretEntry,
}

type PasswordField = Field<PasswordForm, ()>;

pub static FIELDS: &[PasswordField] = &[
    PasswordField::text(OLD, "Current password", |f| &f.old, |f| &mut f.old)
        .help("The one you signed in with.")
        .max(PASSWORD_MAX)
        .required()
        .shown_if(|f| !f.knows_old),
    PasswordField::toggle(
        KEYS,
        "Replace keys: someone may know the old password",
        |f| f.replace_keys,
        |f, on| {
            f.replace_keys = on;
            Ok(())
        },
    )
    .help(
        "Use this if someone may know your password. They cannot read what is saved from now on. You get a new recovery key.",
    )
    .shown_if(|f| !f.is_first),
    PasswordField::text(NEW, "New password", |f| &f.new, |f| &mut f.new)
        .help("At least 12 characters that are hard to guess.")
        .max(PASSWORD_MAX)
        .required(),
    PasswordField::text(AGAIN, "New password again", |f| &f.again, |f| &mut f.again)
        .help("The same password again.")
        .keys("Enter changes the password.")
        .max(PASSWORD_MAX)
        .required(),
];

#[derive(Debug)]
pub struct ChangePassword {
    /// The developer must change the password before anything else.
    is_first: bool,
    organization: String,
    full_name: String,
    email: String,
}

impl ChangePassword {
    pub fn page(session: &Session) -> FormPage<Self> {
        FormPage::at(Self::of(session, false), PasswordForm::default(), OLD)
    }

    pub fn first(session: &Session, known: Option<Secret>) -> FormPage<Self> {
        let mut data = PasswordForm {
            is_first: true,
            knows_old: known.is_some(),
            ..PasswordForm::default()
        };
        let focus = if data.knows_old { NEW } else { OLD };
        if let Some(known) = known {
            data.old.paste(known.expose(), PASSWORD_MAX);
        }
        FormPage::at(Self::of(session, true), data, focus)
    }

    fn of(session: &Session, is_first: bool) -> Self {
        let me = &session.developer;
        Self {
            is_first,
            organization: session.organization.clone(),
            full_name: me.full_name.clone(),
            email: me.email.as_str().to_owned(),
        }
    }
}

impl Form for ChangePassword {
    type Data = PasswordForm;
    type Facts = ();

    fn fields() -> &'static [PasswordField] {
        FIELDS
    }

    fn facts(&self) -> &() {
        &()
    }

    fn title(&self) -> (&'static str, Cow<'_, str>) {
        let why = if self.is_first {
            "your first password is temporary: choose your own"
        } else {
            "your own account"
        };
        ("Change password", why.into())
    }

    fn check(page: &FormPage<Self>, _: Clock, report: &mut Report) -> Option<Request> {
        let form = &page.data;
        if form.old.is_empty() {
            report.error(OLD, "Enter your password.");
        }
        let owner = Owner {
            organization: &page.kind.organization,
            full_name: &page.kind.full_name,
            email: &page.kind.email,
        };
        let verdict = owner.check(&form.new.secret());
        let new = take_password(
            report,
            (NEW, &form.new),
            (AGAIN, &form.again),
            verdict.map_err(|error| error.to_string()),
        );
        let request = request::ChangePassword {
            old: form.old.secret(),
            new: new?,
            replace_keys: form.replace_keys,
        };
        Some(request.into())
    }

    fn verb(&self) -> &'static str {
        "change password"
    }

    fn waiting(&self) -> &'static str {
        "Changing the password"
    }

    fn reply(page: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let Reply::ChangePassword(_, result) = reply else {
            return Next::Stay;
        };
        match result {
            Ok(signed_in) => {
                let has_key = signed_in.recovery_key.is_some();
                let entrance = enter(signed_in, None, cx);
                cx.notify("Password changed.");
                if page.kind.is_first || has_key {
                    entrance
                } else {
                    Next::Back
                }
            }
            Err(problem) => {
                page.data.old.clear();
                page.data.knows_old = false;
                page.form.focus = OLD.into();
                let wrong = "Wrong password.";
                page.refuse(Refusal::of(&problem, wrong, cx.clock));
                Next::Stay
            }
        }
    }

    /// The first password cannot be left at all.
    fn has_typed(page: &FormPage<Self>) -> bool {
        let data = &page.data;
        let is_blank = data.old.is_empty() && data.new.is_empty() && data.again.is_empty();
        !page.kind.is_first && !is_blank
    }

    fn act(page: &mut FormPage<Self>, action: Action, cx: &mut Cx<'_>) -> Option<Next> {
        if action != Action::Back {
            return None;
        }
        if page.kind.is_first {
            cx.warn("Choose your own password first: the one you have is temporary. ^C quits.");
            return Some(Next::Stay);
        }
        Some(Next::Back)
    }

    fn can(page: &FormPage<Self>, action: Action) -> Can {
        Can::of(None, !(page.kind.is_first && action == Action::Back))
    }

    fn secrets(data: &mut PasswordForm) -> Vec<&mut SecretEntry> {
        vec![&mut data.new, &mut data.old, &mut data.again]
    }
}
