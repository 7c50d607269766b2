//! Tab "App Type". Facts: the platform's create-app form, panel "App Type".

use serde::{Deserialize, Serialize};

use super::{DraftField, Section};
use crate::{
    domain::app::{AppSpec, AppType},
    form::{ChoiceOption, Control, FieldId, Report},
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
    about: |_| "It decides what the other tabs ask, and cannot be changed once the app exists.",
    fields: FIELDS,
};

static FIELDS: &[DraftField] = &[DraftField {
    id: TYPE,
    label: "What type of app are you creating?",
    help: "What you type in the other tabs is kept when you change your mind.",
    required: |_| true,
    shown: |_| true,
    control: Control::Choice {
        options: &[
            ChoiceOption {
                label: "REST API App (most common)",
                help: "Calls the API for its users or for your organization.",
            },
            ChoiceOption {
                label: "Bot Add-in",
                help: "A member of team chats that people talk to.",
            },
            ChoiceOption {
                label: "Notification Add-in (deprecated)",
                help: "Posts into a chat through a webhook; hidden from many accounts.",
            },
        ],
        chosen: |draft| {
            let chosen = draft.app_type.app_type?;
            AppType::ALL.iter().position(|one| *one == chosen)
        },
        choose: |draft, at| draft.app_type.app_type = AppType::ALL.get(at).copied(),
    },
}];

pub fn check(draft: &Draft, report: &mut Report) -> Option<AppType> {
    match draft.app_type.app_type {
        None => report.error(TYPE, "Choose a type."),
        Some(AppType::Notification) => report.warning(
            TYPE,
            "Deprecated: for new work, use a REST API App with an incoming webhook, or a Bot Add-in.",
        ),
        Some(AppType::RestApi | AppType::Bot) => {}
    }
    draft.app_type.app_type
}
