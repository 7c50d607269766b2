//! The permissions that an app can request: the catalog, a set of them, and the search.
//!
//! The catalog is `assets/catalog/scopes.json`, one row a scope, embedded at build time. OAuth's
//! `scope` parameter and the approval of requests are elsewhere.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
    sync::LazyLock,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::domain::text;

/// A scope of the catalog, named as in RingCentral's API, e.g. `ReadAccounts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(&'static str);

impl ScopeId {
    /// Finds a scope by any usual spelling. Case, spaces, hyphens and underscores do not matter,
    /// and labels and former names work too (one scope has four official spellings).
    pub fn find(name: &str) -> Option<Self> {
        // As settings have it: each app that is read looks its scopes up.
        let exact = catalogue().iter().find(|scope| scope.id.0 == name);
        if let Some(scope) = exact {
            return Some(scope.id);
        }
        let wanted = squeezed(name);
        catalogue()
            .iter()
            .find(|scope| scope.names().any(|known| squeezed(known) == wanted))
            .map(|scope| scope.id)
    }

    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Whether it includes another scope, directly or not.
    pub fn includes(self, other: Self) -> bool {
        let direct = &self.scope().includes;
        direct.contains(&other) || direct.iter().any(|one| one.includes(other))
    }

    /// The scopes that include this one, directly or not.
    pub fn included_in(self) -> Vec<Self> {
        let all = catalogue().iter().map(|scope| scope.id);
        all.filter(|scope| scope.includes(self)).collect()
    }

    pub fn scope(self) -> &'static Scope {
        catalogue()
            .iter()
            .find(|scope| scope.id == self)
            .unwrap_or(&MISSING)
    }
}

impl fmt::Display for ScopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for ScopeId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for ScopeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::find(&name).ok_or_else(|| de::Error::custom(format!("unknown scope {name:?}")))
    }
}

/// Whether a new app should request it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeStatus {
    Current,
    Deprecated,
    Legacy,
}

impl ScopeStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Deprecated => "deprecated",
            Self::Legacy => "legacy",
        }
    }
}

/// One row of the catalog.
/// Source: `docs/basics/permissions.md` of RingCentral's documentation.
#[derive(Debug)]
pub struct Scope {
    pub id: ScopeId,
    /// As the scope picker spells it; usually the ID with spaces.
    pub label: &'static str,
    pub description: &'static str,
    /// RingCentral's word for the kind of access, e.g. `Read Only`.
    pub access: &'static str,
    /// The scopes that it includes, one level deep. See [`ScopeSet::included`].
    pub includes: Vec<ScopeId>,
    /// Requesting it files a request, which developer support answers.
    pub requires_approval: bool,
    pub status: ScopeStatus,
    /// Former and other official spellings.
    pub aliases: Vec<&'static str>,
}

impl Scope {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.id.0, self.label]
            .into_iter()
            .chain(self.aliases.iter().copied())
    }
}

/// A row of the file. It names scopes by plain strings: looking them up in the catalog that is
/// just being built would recurse without end.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct Row<'a> {
    id: &'a str,
    label: &'a str,
    description: &'a str,
    access: &'a str,
    #[serde(borrow)]
    includes: Vec<&'a str>,
    requires_approval: bool,
    status: ScopeStatus,
    #[serde(borrow)]
    aliases: Vec<&'a str>,
}

/// Parses a catalog. Whether included scopes exist is not checked here; a test checks it for the
/// embedded file.
pub fn rows(text: &str) -> Result<Vec<Row<'_>>, serde_json::Error> {
    serde_json::from_str(text)
}

static SOURCE: &str = include_str!("../../../assets/catalog/scopes.json");

// A test proves that the embedded file parses, so the empty list never occurs.
static CATALOGUE: LazyLock<Vec<Scope>> = LazyLock::new(|| {
    rows(SOURCE)
        .unwrap_or_default()
        .into_iter()
        .map(|row| Scope {
            id: ScopeId(row.id),
            label: row.label,
            description: row.description,
            access: row.access,
            includes: row.includes.into_iter().map(ScopeId).collect(),
            requires_approval: row.requires_approval,
            status: row.status,
            aliases: row.aliases,
        })
        .collect()
});

// Never occurs either: a `ScopeId` is made only from rows of the catalog.
static MISSING: Scope = Scope {
    id: ScopeId(""),
    label: "unknown scope",
    description: "",
    access: "",
    includes: Vec::new(),
    requires_approval: false,
    status: ScopeStatus::Legacy,
    aliases: Vec::new(),
};

/// Every scope this program knows, by label.
pub fn catalogue() -> &'static [Scope] {
    &CATALOGUE
}

fn squeezed(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Scopes for a search, best match first: all in which each word occurs, legacy ones included.
/// Without a search, the current scopes.
pub fn search(query: &str) -> Vec<&'static Scope> {
    let query = text::key(query);
    if query.is_empty() {
        return catalogue()
            .iter()
            .filter(|scope| scope.status == ScopeStatus::Current)
            .collect();
    }
    let mut found: Vec<_> = catalogue()
        .iter()
        .filter_map(|scope| Some((rank(scope, &query)?, scope)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, scope)| scope).collect()
}

fn rank(scope: &Scope, query: &str) -> Option<u8> {
    let called = [
        text::key(scope.id.0),
        text::key(scope.label),
        squeezed(scope.label),
    ];
    if called.iter().any(|name| name.starts_with(query)) {
        return Some(0);
    }
    let also = text::key(&format!(
        "{}\n{}",
        scope.aliases.join("\n"),
        scope.description
    ));
    let by_name = |word: &str| called.iter().any(|name| name.contains(word));
    if query.split_whitespace().all(by_name) {
        Some(1)
    } else {
        query
            .split_whitespace()
            .all(|word| by_name(word) || also.contains(word))
            .then_some(2)
    }
}

/// The scopes that an app requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeSet(BTreeSet<ScopeId>);

impl ScopeSet {
    /// Returns whether the scope was added.
    pub fn insert(&mut self, scope: ScopeId) -> bool {
        self.0.insert(scope)
    }

    /// Returns whether the scope was in the set.
    pub fn remove(&mut self, scope: ScopeId) -> bool {
        self.0.remove(&scope)
    }

    /// Returns whether the scope is in the set afterwards.
    pub fn toggle(&mut self, scope: ScopeId) -> bool {
        !self.remove(scope) && self.insert(scope)
    }

    pub fn contains(&self, scope: ScopeId) -> bool {
        self.0.contains(&scope)
    }

    pub fn iter(&self) -> impl Iterator<Item = ScopeId> + '_ {
        self.0.iter().copied()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes that the chosen ones include, each with the chosen scope that leads to it by the
    /// shortest path. Source: the inclusions in RingCentral's permissions table.
    pub fn included(&self) -> Vec<(ScopeId, ScopeId)> {
        let mut seen = self.0.clone();
        let mut open: VecDeque<_> = self.iter().map(|chosen| (chosen, chosen)).collect();
        let mut brought = Vec::new();
        while let Some((scope, chosen)) = open.pop_front() {
            for &included in &scope.scope().includes {
                if seen.insert(included) {
                    brought.push((included, chosen));
                    open.push_back((included, chosen));
                }
            }
        }
        brought
    }

    /// The chosen scopes that need approval.
    pub fn requiring_approval(&self) -> impl Iterator<Item = ScopeId> + '_ {
        self.iter().filter(|id| id.scope().requires_approval)
    }
}

impl FromIterator<ScopeId> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = ScopeId>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl Extend<ScopeId> for ScopeSet {
    fn extend<I: IntoIterator<Item = ScopeId>>(&mut self, scopes: I) {
        self.0.extend(scopes);
    }
}

#[cfg(test)]
mod tests;
