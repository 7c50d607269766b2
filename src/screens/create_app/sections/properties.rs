//! Tab "Properties": internal data, never shown publicly.

use serde::{Deserialize, Serialize};

use super::{DraftField, Section, required, sized};
use crate::{
    domain::{
        app::{AppSpec, DESCRIPTION_MAX, DESCRIPTION_MIN, NAME_MAX, Promotion, Properties},
        id::DeveloperId,
        people::developer::Developer,
        text,
    },
    form::{Choice, ChoiceOption, Control, Entry, FieldId, PickOption, Report, TextEdit},
    screens::create_app::draft::{Draft, Facts},
};

pub const NAME: FieldId = FieldId("properties.name");
pub const DESCRIPTION: FieldId = FieldId("properties.description");
pub const CONTACT: FieldId = FieldId("properties.primary_contact");
pub const PROMOTION: FieldId = FieldId("properties.promotion");

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PropertiesTab {
    pub name: Entry,
    pub description: Entry,
    pub primary_contact: Option<DeveloperId>,
    pub promotion: Option<Promotion>,
}

impl PropertiesTab {
    pub fn of(spec: &AppSpec) -> Self {
        let properties = &spec.properties;
        Self {
            name: Entry::new(&properties.name),
            description: Entry::new(&properties.description),
            primary_contact: Some(properties.primary_contact.clone()),
            promotion: Some(properties.promotion),
        }
    }
}

pub static SECTION: Section = Section {
    id: "properties",
    title: "Properties",
    about: |_| "For internal use only. Nothing here is shown to the public.",
    fields: FIELDS,
};

static FIELDS: &[DraftField] = &[
    DraftField::text(
        NAME,
        "App Name",
        |draft| &draft.properties.name,
        |draft| &mut draft.properties.name,
    )
    .member("name")
    .short("Name")
    .help("The name your team sees, e.g. Orders (staging). Up to 64 characters.")
    .max(NAME_MAX)
    .required(),
    DraftField::text(
        DESCRIPTION,
        "App Description",
        |draft| &draft.properties.description,
        |draft| &mut draft.properties.description,
    )
    .member("description")
    .short("Description")
    .help("What the app does and who uses it. Reviewers read it. 20 to 256 characters.")
    .max(DESCRIPTION_MAX)
    .lines(4)
    .required(),
    DraftField::new(
        CONTACT,
        "Primary Contact",
        Control::Pick {
            many: false,
            options: |facts, query| {
                let words = text::key(query);
                facts
                    .developers
                    .iter()
                    // A disabled developer remains the contact of their apps, but cannot be chosen
                    // as a new contact.
                    .filter(|one| one.is_active())
                    .filter(|one| {
                        let line = text::key(&format!("{} {}", one.full_name, one.email.as_str()));
                        words.split_whitespace().all(|word| line.contains(word))
                    })
                    .map(|one| option(one, facts))
                    .collect()
            },
            chosen: |draft, facts| {
                facts
                    .developers
                    .iter()
                    .filter(|one| Some(&one.id) == draft.properties.primary_contact.as_ref())
                    .map(|one| option(one, facts))
                    .collect()
            },
            toggle: |draft, key| {
                draft.properties.primary_contact = Some(DeveloperId::from_stored(key));
            },
            note: |_| String::new(),
        },
    )
    .member("client.contacts")
    .help("The developer who receives and answers important messages about this app.")
    .keys("Enter opens the list.")
    .required(),
    DraftField::choice(
        PROMOTION,
        "Do you intend to promote this app in the App Gallery?",
        &Choice {
            options: &[
                ChoiceOption::new(Promotion::Yes, "Yes", ""),
                ChoiceOption::new(Promotion::No, "No", ""),
                ChoiceOption::new(Promotion::Unknown, "I don't know", ""),
            ],
            get: |draft| draft.properties.promotion,
            set: |draft, promotion| draft.properties.promotion = Some(promotion),
        },
    )
    .member("promote")
    .short("App Gallery")
    .help("Internal only, and not binding.")
    .required(),
];

fn option(developer: &Developer, facts: &Facts) -> PickOption {
    let me = if developer.id == facts.me {
        " (me)"
    } else {
        ""
    };
    PickOption {
        key: developer.id.as_str().to_owned(),
        label: format!("{}{me}", developer.full_name),
        detail: developer.email.as_str().to_owned(),
        description: developer.role.label().to_owned(),
        more: String::new(),
        mark: None,
        group: "",
        locked: None,
    }
}

pub fn check(draft: &Draft, facts: &Facts, report: &mut Report) -> Option<Properties> {
    let tab = &draft.properties;
    let name = sized(tab.name.text(), "name", 1, NAME_MAX);
    let name = report.take(NAME, required(name, "Enter a name."));
    if facts.is_taken(tab.name.text()) {
        report.warning(
            NAME,
            "Another app has this name. Allowed, but hard to tell apart.",
        );
    }
    let description = sized(
        tab.description.text(),
        "description",
        DESCRIPTION_MIN,
        DESCRIPTION_MAX,
    );
    let missing = "Describe what the app does in at least 20 characters.";
    let description = report.take(DESCRIPTION, required(description, missing));
    let primary_contact = tab
        .primary_contact
        .clone()
        .filter(|id| facts.developers.iter().any(|one| one.id == *id));
    if primary_contact.is_none() {
        report.error(CONTACT, "Choose a developer of your organization.");
    }
    if tab.promotion.is_none() {
        report.error(PROMOTION, "Choose an answer. \"I don't know\" is fine.");
    }
    Some(Properties::new(
        name?,
        description?,
        primary_contact?,
        tab.promotion?,
    ))
}
