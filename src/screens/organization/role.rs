//! Changes the role of a developer.

use std::borrow::Cow;

use super::update::{done_notice, lost_access};
use crate::{
    desk::Cx,
    domain::{
        people::developer::{Developer, Role},
        time::Clock,
    },
    form::{Choice, ChoiceOption, Field, FieldId, Report},
    keymap::Action,
    request::{ChangeTeam, Reply, Request, TeamDeed},
    screens::{
        form_page::{Form, FormPage},
        page::{Next, Place},
    },
};

pub const ROLE: FieldId = FieldId("role.role");

pub(super) const OPTIONS: &[ChoiceOption<Role>] = &[
    ChoiceOption::new(
        Role::DeveloperAdmin,
        "Developer Admin",
        "Everything: all apps, people and approvals.",
    ),
    ChoiceOption::new(
        Role::Developer,
        "Developer",
        "Creates apps and manages their own.",
    ),
    ChoiceOption::new(
        Role::AuditUser,
        "Audit-user",
        "Sees all settings but no secrets. Changes nothing.",
    ),
];

pub static FIELDS: &[Field<Option<Role>, ()>] = &[Field::choice(
    ROLE,
    "Role",
    &Choice {
        options: OPTIONS,
        get: |role| *role,
        set: |role, chosen| *role = Some(chosen),
    },
)
.help("For a new Audit-user, the secrets that they could read are listed next.")
.required()];

#[derive(Debug)]
pub struct ChangeRole {
    developer: Box<Developer>,
}

impl ChangeRole {
    pub fn page(developer: Box<Developer>) -> FormPage<Self> {
        let role = Some(developer.role);
        FormPage::at(Self { developer }, role, ROLE)
    }
}

impl Form for ChangeRole {
    type Data = Option<Role>;
    type Facts = ();

    fn fields() -> &'static [Field<Option<Role>, ()>] {
        FIELDS
    }

    fn facts(&self) -> &() {
        &()
    }

    fn title(&self) -> (&'static str, Cow<'_, str>) {
        let (name, role) = (&self.developer.full_name, self.developer.role.label());
        ("Change role", format!("{name}, now {role}").into())
    }

    fn check(page: &FormPage<Self>, _: Clock, report: &mut Report) -> Option<Request> {
        if page.data.is_none() {
            report.error(ROLE, "Choose a role.");
        }
        let id = page.kind.developer.id.clone();
        let deed = TeamDeed::SetRole {
            id,
            role: page.data?,
        };
        Some(ChangeTeam { deed }.into())
    }

    fn verb(&self) -> &'static str {
        "change role"
    }

    fn waiting(&self) -> &'static str {
        "Changing the role"
    }

    fn reply(_: &mut FormPage<Self>, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let Reply::ChangeTeam(request, result) = reply else {
            return Next::Stay;
        };
        let Some(change) = cx.or_warn(result) else {
            return Next::Stay;
        };
        let (message, _) = done_notice(&request.deed, &change.team);
        let lost = lost_access(&request.deed, &change, cx);
        cx.renew(*change.session);
        cx.notify(message);
        lost.map_or(Next::Back, |(developer, name)| {
            Next::Instead(Place::Readable { developer, name })
        })
    }

    fn act(_: &mut FormPage<Self>, action: Action, _: &mut Cx<'_>) -> Option<Next> {
        (action == Action::Back).then_some(Next::Back)
    }
}
