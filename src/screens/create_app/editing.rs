//! The form for an existing app: which fields are fixed, which have changed, and how to resolve a
//! conflict with another developer's save.

use super::{
    draft::{Draft, Facts, SavedFacts},
    sections::{SECTIONS, Section, app_card, app_type, features, security},
};
use crate::{
    domain::{app::App, id::AppId, secret::Secret},
    form::{FieldId, TextEdit as _, field::shown_fields},
};

#[derive(Debug)]
pub struct Editing {
    pub app: AppId,
    /// The version that was loaded. A save over a newer version is refused.
    pub version: i64,
    /// The answers as they were loaded.
    pub base: Draft,
    pub conflict: Option<Conflict>,
}

impl Editing {
    pub fn of(app: &App, shared_secret: Secret) -> Self {
        Self {
            app: app.id.clone(),
            version: app.version,
            base: Draft::of(&app.spec, shared_secret),
            conflict: None,
        }
    }

    pub fn facts(&self) -> SavedFacts {
        SavedFacts {
            name: self.base.properties.name.text().to_owned(),
            is_public: self.base.security.public == Some(true),
        }
    }
}

/// A field whose answers differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub section: &'static Section,
    pub field: FieldId,
    pub label: &'static str,
    pub before: Vec<String>,
    pub after: Vec<String>,
}

impl Difference {
    /// The removed and the added lines.
    pub fn lines(&self) -> Vec<(char, &str)> {
        let is_moved = self.before.iter().all(|line| self.after.contains(line))
            && self.after.iter().all(|line| self.before.contains(line));
        let gone = self.before.iter();
        let gone = gone.filter(|line| is_moved || !self.after.contains(line));
        let new = self.after.iter();
        let new = new.filter(|line| is_moved || !self.before.contains(line));
        gone.map(|line| ('-', line.as_str()))
            .chain(new.map(|line| ('+', line.as_str())))
            .collect()
    }
}

/// In the order of the tabs.
pub fn differences(before: &Draft, after: &Draft, facts: &Facts) -> Vec<Difference> {
    let mut all = Vec::new();
    for section in SECTIONS {
        for field in section.fields {
            let answers = |draft: &Draft| {
                let is_shown = shown_fields(section.fields, draft).any(|one| one.id == field.id);
                if is_shown {
                    field.answers(draft, facts, "")
                } else {
                    Vec::new()
                }
            };
            let (mut old, mut new) = (answers(before), answers(after));
            // Two pictures may have the same description instead of a path.
            if field.id == app_card::ICON {
                old.extend(picture(before));
                new.extend(picture(after));
            }
            if field.id == features::SHARED_SECRET {
                let is_same =
                    before.features.shared_secret.expose() == after.features.shared_secret.expose();
                if !is_same && before.features.interactive && after.features.interactive {
                    new = vec!["a new one".to_owned()];
                    old = vec!["the current one".to_owned()];
                }
            }
            if old != new {
                all.push(Difference {
                    section,
                    field: field.id,
                    label: field.label,
                    before: old,
                    after: new,
                });
            }
        }
    }
    all
}

fn picture(draft: &Draft) -> Option<String> {
    match &draft.card.icon {
        app_card::IconState::Ready { about, .. } => Some(format!(
            "picture {}",
            about.sha256.get(..8).unwrap_or_default()
        )),
        _ => None,
    }
}

/// Why a field of an existing app cannot be changed.
/// Source: RingCentral's form says so for the type, and disables "private" for a public app.
pub fn fixed(field: FieldId, facts: &Facts) -> Option<&'static str> {
    let is_public = facts.saved.as_ref()?.is_public;
    if field == app_type::TYPE {
        Some("The app type cannot be changed after the app is created. Clone the app instead.")
    } else if field == security::ACCESS && is_public {
        Some("A public app cannot be made private: customers may be using it.")
    } else {
        None
    }
}

/// Another developer saved a newer version while this form was open.
#[derive(Debug)]
pub struct Conflict {
    pub version: i64,
    pub theirs: Draft,
    pub clashes: Vec<Clash>,
    pub cursor: usize,
}

/// A field that both changed, to different values.
#[derive(Debug)]
pub struct Clash {
    pub difference: Difference,
    pub takes_theirs: bool,
}

impl Conflict {
    /// Fields that only one of the two changed need no decision.
    pub fn between(base: &Draft, mine: &Draft, app: &App, shared: Secret, facts: &Facts) -> Self {
        let theirs = Draft::of(&app.spec, shared);
        let they_changed = differences(base, &theirs, facts);
        let i_changed = differences(base, mine, facts);
        let touched = |all: &[Difference], field| all.iter().any(|one| one.field == field);
        let clashes = differences(mine, &theirs, facts)
            .into_iter()
            .filter(|one| touched(&they_changed, one.field) && touched(&i_changed, one.field))
            .map(|difference| Clash {
                difference,
                takes_theirs: false,
            })
            .collect();
        Self {
            version: app.version,
            theirs,
            clashes,
            cursor: 0,
        }
    }

    /// Their version, with the fields that only I changed, and my value of each conflict I keep.
    pub fn merged(&self, base: &Draft, mine: &Draft, facts: &Facts) -> Draft {
        let mut merged = self.theirs.clone();
        for difference in differences(base, mine, facts) {
            let theirs_wins = self
                .clashes
                .iter()
                .any(|clash| clash.takes_theirs && clash.difference.field == difference.field);
            if !theirs_wins {
                take(difference.field, &mut merged, mine, facts);
            }
        }
        merged
    }
}

fn take(id: FieldId, to: &mut Draft, from: &Draft, facts: &Facts) {
    if id == features::SHARED_SECRET {
        to.features.shared_secret = from.features.shared_secret.clone();
    } else if id == app_card::ICON {
        to.card.icon_path = from.card.icon_path.clone();
        to.card.icon = from.card.icon.clone();
    } else if let Some(field) = SECTIONS
        .iter()
        .flat_map(|section| section.fields)
        .find(|field| field.id == id)
    {
        field.copy(to, from, facts);
    }
}
