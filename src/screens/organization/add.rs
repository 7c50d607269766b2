//! Adds a developer: name, e-mail and role. The console generates the first password.

use std::borrow::Cow;

use crate::{
    desk::Cx,
    domain::{
        people::{
            developer::{NAME_MAX, Role},
            email::EmailAddress,
        },
        text,
        time::Clock,
    },
    form::{Choice, Entry, Field, FieldId, Report, TextEdit as _},
    keymap::Action,
    request::{ChangeTeam, Reply, Request, TeamDeed},
    screens::{
        entrance::EMAIL_MAX,
        form_page::{Form, FormPage},
        page::{Next, Place},
    },
};

pub const FULL_NAME: FieldId = FieldId("add_developer.full_name");
pub const EMAIL: FieldId = FieldId("add_developer.email");
pub const ROLE: FieldId = FieldId("add_developer.role");

#[derive(Debug, Default)]
pub struct AddForm {
    pub full_name: Entry,
    pub email: Entry,
    pub role: Option<Role>,
}

type AddField = Field<AddForm, ()>;

pub static FIELDS: &[AddField] = &[
    AddField::text(
        FULL_NAME,
        "Full name",
        |f| &f.full_name,
        |f| &mut f.full_name,
    )
    .help("Their name, as colleagues see it.")
    .max(NAME_MAX)
    .required(),
    AddField::text(EMAIL, "E-mail", |f| &f.email, |f| &mut f.email)
        .help("They sign in with it. No e-mail is sent: give them the first password yourself.")
        .max(EMAIL_MAX)
        .example("grace@example.com")
        .required(),
    AddField::choice(
        ROLE,
        "Role",
        &Choice {
            options: super::role::OPTIONS,
            get: |form| form.role,
            set: |form, role| form.role = Some(role),
        },
    )
    .help("You can change the role at any time.")
    .required(),
];

#[derive(Debug)]
pub struct AddDeveloper;

impl AddDeveloper {
    pub fn page() -> FormPage<Self> {
        let data = AddForm {
            role: Some(Role::Developer),
            ..AddForm::default()
        };
        FormPage::at(Self, data, FULL_NAME)
    }
}

impl Form for AddDeveloper {
    type Data = AddForm;
    type Facts = ();

    fn fields() -> &'static [AddField] {
        FIELDS
    }

    fn facts(&self) -> &() {
        &()
    }

    fn title(&self) -> (&'static str, Cow<'_, str>) {
        ("Add a developer", "with a first password".into())
    }

    fn check(page: &FormPage<Self>, _: Clock, report: &mut Report) -> Option<Request> {
        let name = page.data.full_name.text().trim();
        if name.is_empty() {
            report.error(FULL_NAME, "Enter a name.");
        } else if text::char_count(name) > NAME_MAX {
            report.error(
                FULL_NAME,
                format!("Shorten the name to {NAME_MAX} characters."),
            );
        }
        let email = report.take(
            EMAIL,
            EmailAddress::parse(page.data.email.text()).map_err(|error| error.to_string()),
        );
        if page.data.role.is_none() {
            report.error(ROLE, "Choose a role.");
        }
        let deed = TeamDeed::Add {
            full_name: text::normal(name).into_owned(),
            email: email?,
            role: page.data.role?,
        };
        Some(ChangeTeam { deed }.into())
    }

    fn verb(&self) -> &'static str {
        "add developer"
    }

    fn waiting(&self) -> &'static str {
        "Creating their keys"
    }

    fn reply(_: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let Reply::ChangeTeam(request, result) = reply else {
            return Next::Stay;
        };
        match cx.or_warn(result) {
            Some(change) => Next::Instead(Place::ChangedOrganization {
                deed: request.deed,
                change,
            }),
            None => Next::Stay,
        }
    }

    fn has_typed(page: &FormPage<Self>) -> bool {
        !(page.data.full_name.is_blank() && page.data.email.is_blank())
    }

    fn act(_: &mut FormPage<Self>, action: Action, _: &mut Cx<'_>) -> Option<Next> {
        (action == Action::Back).then_some(Next::Back)
    }
}
