//! Tab "App Card": the public profile. Required for bots and add-ins, which post under its name.

use serde::{Deserialize, Serialize, Serializer};

use super::{DraftField, Section, sized};
use crate::{
    domain::app::{
        AppCard, AppSpec, AppType, DISPLAY_NAME_MAX, SUMMARY_MAX,
        icon::{IconRef, Preview},
    },
    form::{Entry, FieldId, Report, TextEdit},
    screens::create_app::draft::Draft,
};

pub const DISPLAY_NAME: FieldId = FieldId("app_card.display_name");
pub const SUMMARY: FieldId = FieldId("app_card.summary");
pub const ICON: FieldId = FieldId("app_card.icon");

/// Longest path, in characters.
const PATH_MAX: usize = 1024;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppCardTab {
    pub display_name: Entry,
    pub summary: Entry,
    pub icon_path: Entry,
    #[serde(serialize_with = "only_if_fit")]
    pub icon: IconState,
}

/// Serde reports a skipped variant as an error, which would keep the whole draft from being saved.
fn only_if_fit<S: Serializer>(icon: &IconState, serializer: S) -> Result<S::Ok, S::Error> {
    match icon {
        IconState::Unfit { .. } => IconState::None.serialize(serializer),
        kept => kept.serialize(serializer),
    }
}

/// The result of reading the file at a path. Only a valid picture is saved in the draft; other
/// files are read again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum IconState {
    #[default]
    None,
    Ready {
        path: String,
        about: IconRef,
        #[serde(skip)]
        preview: Option<Preview>,
    },
    #[serde(skip)]
    Unfit { path: String, message: String },
}

impl AppCardTab {
    /// The icon is already in the draft and the path is a description of it, so nothing is read.
    pub fn of(spec: &AppSpec) -> Self {
        let card = &spec.card;
        let path = card.icon.as_ref().map_or_else(String::new, |icon| {
            format!("(the current {} picture)", icon.format.label())
        });
        Self {
            display_name: Entry::new(card.display_name.as_deref().unwrap_or_default()),
            summary: Entry::new(card.summary.as_deref().unwrap_or_default()),
            icon_path: Entry::new(path.as_str()),
            icon: card
                .icon
                .as_ref()
                .map_or(IconState::None, |icon| IconState::Ready {
                    path,
                    about: icon.clone(),
                    preview: None,
                }),
        }
    }

    pub fn icon_path_text(&self) -> &str {
        self.icon_path.text().trim()
    }

    /// The path of a file that has not been read yet.
    pub fn unread_path(&self) -> Option<&str> {
        let path = self.icon_path_text();
        let read = match &self.icon {
            IconState::None => false,
            IconState::Ready { path: of, .. } => of == path,
            IconState::Unfit { path: of, .. } => of == path,
        };
        (!path.is_empty() && !read).then_some(path)
    }
}

fn posts_under_it(draft: &Draft) -> bool {
    draft.app_type() != AppType::RestApi
}

pub static SECTION: Section = Section {
    id: "app_card",
    title: "App Card",
    about: |draft| match draft.app_type() {
        AppType::RestApi => "What users see, also in the App Gallery. Optional for a REST API App.",
        AppType::Bot => "What users see. The bot posts under this name and icon.",
        AppType::Notification => {
            "What users see. Notifications are posted under this name and icon."
        }
    },
    fields: FIELDS,
};

static FIELDS: &[DraftField] = &[
    DraftField::text(
        DISPLAY_NAME,
        "Display Name",
        |draft| &draft.card.display_name,
        |draft| &mut draft.card.display_name,
    )
    .member("client.client_name")
    .help("The public name of the app. Up to 64 characters (our limit).")
    .max(DISPLAY_NAME_MAX)
    .required_if(posts_under_it),
    DraftField::text(
        SUMMARY,
        "Summary",
        |draft| &draft.card.summary,
        |draft| &mut draft.card.summary,
    )
    .member("summary")
    .help("One or two lines below the name. Up to 150 characters (our limit).")
    .max(SUMMARY_MAX)
    .lines(2),
    DraftField::text(
        ICON,
        "App Icon",
        |draft| &draft.card.icon_path,
        |draft| &mut draft.card.icon_path,
    )
    .member("icon")
    .help("Path of a square picture: PNG, JPEG, GIF or SVG, under 2 MB.")
    .keys("Right completes the path.")
    .max(PATH_MAX)
    .example("~/pictures/icon.png")
    .required_if(posts_under_it),
];

pub fn check(draft: &Draft, report: &mut Report) -> Option<AppCard> {
    let tab = &draft.card;
    let required = posts_under_it(draft);
    let display_name = report.take(
        DISPLAY_NAME,
        sized(tab.display_name.text(), "name", 1, DISPLAY_NAME_MAX),
    );
    if required && display_name == Some(None) {
        report.error(DISPLAY_NAME, "Enter the name that users see.");
    }
    let summary = report.take(
        SUMMARY,
        sized(tab.summary.text(), "summary", 1, SUMMARY_MAX),
    );
    let path = tab.icon_path_text();
    let icon = match &tab.icon {
        _ if path.is_empty() => None,
        IconState::Ready {
            path: of, about, ..
        } if of == path => Some(about.clone()),
        IconState::Unfit { path: of, message } if of == path => {
            report.error(ICON, message.clone());
            None
        }
        _ => {
            report.error(ICON, "Not loaded yet. Leave the field to load the picture.");
            None
        }
    };
    if required && path.is_empty() {
        report.error(ICON, "Enter the path of a square picture under 2 MB.");
    }
    Some(AppCard {
        display_name: display_name?,
        summary: summary?,
        icon,
    })
}
