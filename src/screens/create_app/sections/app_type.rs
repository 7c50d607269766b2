//! Tab "App Type". Source: RingCentral's create-app form, panel "App Type".

use serde::{Deserialize, Serialize};

use super::{DraftField, Section};
use crate::{
    domain::app::{AppSpec, AppType},
    form::{Choice, ChoiceOption, FieldId, Report},
    screens::create_app::draft::Draft,
};

pub const TYPE: FieldId = FieldId("app_type");

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppTypeTab {
    pub app_type: Option<AppType>,
}

impl AppTypeTab {
    pub fn of(spec: &AppSpec) -> Self {
        Self {
            app_type: Some(spec.app_type()),
        }
    }
}

pub static SECTION: Section = Section {
    id: "app_type",
    title: "App Type",
    about: |_| "The other tabs depend on it. It cannot be changed after the app is created.",
    fields: FIELDS,
};

static FIELDS: &[DraftField] = &[DraftField::choice(
    TYPE,
    "What type of app are you creating?",
    &Choice {
        options: &[
            ChoiceOption::new(
                AppType::RestApi,
                "REST API App (most common)",
                "Calls any RingCentral API for its users or for your organization.",
            ),
            ChoiceOption::new(
                AppType::Bot,
                "Bot Add-in",
                "A bot in team messaging that users talk to.",
            ),
            ChoiceOption::new(
                AppType::Notification,
                "Notification Add-in (deprecated)",
                "Posts into a chat through a webhook; hidden from many accounts.",
            ),
        ],
        get: |draft| draft.app_type.app_type,
        set: |draft, app_type| draft.app_type.app_type = Some(app_type),
    },
)
.member("type")
.short("Type")
.help("Changing the type keeps what you entered in the other tabs.")
.required()];

pub fn check(draft: &Draft, report: &mut Report) -> Option<AppType> {
    match draft.app_type.app_type {
        None => report.error(TYPE, "Choose an app type."),
        Some(AppType::Notification) => report.warning(
            TYPE,
            "Deprecated, and cannot update what it posts. Use a REST API App with an incoming webhook, or a Bot Add-in.",
        ),
        Some(AppType::RestApi | AppType::Bot) => {}
    }
    draft.app_type.app_type
}
