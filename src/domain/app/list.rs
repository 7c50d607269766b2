//! The order of the apps list, and the facets that its filter knows besides plain words.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::domain::{app::scope, id::AppId};

/// The columns that the list can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    #[default]
    Name,
    Type,
    Auth,
    Access,
    Status,
    Created,
}

impl Column {
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Type => "Type",
            Self::Auth => "Authentication",
            Self::Access => "Access",
            Self::Status => "Status",
            Self::Created => "Created",
        }
    }

    /// The column that the sort key switches to; after the last one, the first.
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|one| *one == self);
        at.and_then(|at| Self::ALL.get(at + 1))
            .copied()
            .unwrap_or_default()
    }
}

/// Rows that are equal in the column are sorted by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sort {
    pub column: Column,
    pub reversed: bool,
}

impl Sort {
    /// `by Created, reversed`
    pub fn describe(self) -> String {
        let way = if self.reversed { ", reversed" } else { "" };
        format!("by {}{way}", self.column.label())
    }
}

/// The list as a developer left it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListView {
    pub sort: Sort,
    pub filter: String,
}

/// A condition in the filter, written `name:value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", ascii_case_insensitive)]
pub enum Facet {
    Type,
    Auth,
    Is,
    Status,
    Scope,
    Owner,
    Tag,
}

/// The signed-in developer, as an owner.
pub const ME: &str = "me";

impl Facet {
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Splits a word of the filter into its facet and value. `None` for a plain word.
    pub fn of(word: &str) -> Option<(Self, &str)> {
        let (name, value) = word.split_once(':')?;
        Some((name.parse().ok()?, value))
    }

    /// The values that do not depend on the workspace.
    pub fn values(self) -> Vec<&'static str> {
        match self {
            Self::Type => vec!["bot", "notification", "rest"],
            Self::Auth => vec!["3-legged", "bot", "jwt", "none"],
            Self::Is => Is::ALL.iter().map(|is| is.as_str()).collect(),
            Self::Status => vec!["active", "suspended"],
            Self::Owner => vec![ME],
            Self::Scope => scope::catalogue()
                .iter()
                .map(|scope| scope.id.as_str())
                .collect(),
            Self::Tag => Vec::new(),
        }
    }
}

/// A state of an app, for `is:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Is {
    Active,
    Deleted,
    /// The British spelling is in filters that older versions stored.
    #[strum(to_string = "favorite", serialize = "favourite")]
    Favourite,
    Private,
    Public,
    Suspended,
}

/// An operation on several apps at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bulk {
    Suspend,
    Resume,
    /// Move to the trash.
    Delete,
    /// Restore from the trash.
    Restore,
    /// Replace all tags by these.
    SetTags(Vec<String>),
    /// Add some tags and remove others.
    ChangeTags {
        add: Vec<String>,
        remove: Vec<String>,
    },
}

impl Bulk {
    /// The past participle, as in "3 apps suspended".
    pub fn done(&self) -> &'static str {
        match self {
            Self::Suspend => "suspended",
            Self::Resume => "resumed",
            Self::Delete => "moved to the trash",
            Self::Restore => "restored",
            Self::SetTags(_) | Self::ChangeTags { .. } => "updated",
        }
    }
}

/// The result of an operation on several apps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkDone {
    pub done: Vec<AppId>,
    /// The name of the app, if exactly one was changed.
    pub only: Option<String>,
    pub left: Vec<Left>,
}

/// An app that was left unchanged, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub app: AppId,
    pub name: String,
    pub reason: String,
    /// The role does not permit the change.
    pub is_forbidden: bool,
}

/// `1 app`, `3 apps`.
pub fn count_of_apps(count: usize) -> String {
    match count {
        1 => "1 app".to_owned(),
        count => format!("{count} apps"),
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::app::list::*;

    #[test]
    fn only_known_names_are_facets() {
        assert_eq!(Facet::of("type:bot"), Some((Facet::Type, "bot")));
        assert_eq!(Facet::of("TAG:x"), Some((Facet::Tag, "x")));
        assert_eq!(Facet::of("tag:"), Some((Facet::Tag, "")));
        assert_eq!(Facet::of("https://example.com"), None);
        assert_eq!(Facet::of("type"), None);
    }

    #[test]
    fn every_value_of_is_means_something() {
        for value in Facet::Is.values() {
            assert!(Is::from_stored(value).is_some(), "{value}");
        }
        assert_eq!(Is::from_stored("act"), None);
    }

    #[test]
    fn the_columns_come_round() {
        let mut column = Column::default();
        for _ in Column::ALL {
            column = column.next();
        }
        assert_eq!(column, Column::Name);
    }

    #[test]
    fn a_view_of_another_version_is_read_as_far_as_it_goes() {
        let view: ListView = serde_json::from_str(r#"{"filter":"a","more":1}"#).unwrap();
        assert_eq!(view.filter, "a");
        assert_eq!(view.sort, Sort::default());
    }
}
