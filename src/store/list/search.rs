//! The text that the filter of the apps list searches, and the SQL of its conditions.

use std::borrow::Cow;

use memchr::memmem;
use rusqlite::{Connection, types::Value};

use crate::domain::{
    app::{
        AppSpec,
        list::{Column, Facet, Is, ME, Sort},
        scope::{self, ScopeId},
    },
    id::DeveloperId,
    oauth::credential::ClientId,
    text,
};
use crate::store::StoreError;

/// More words than a person types. SQLite limits the depth of an expression.
const WORDS_MAX: usize = 32;
/// More tags or owners than a facet is likely to match.
const VALUES_MAX: usize = 100;

/// Lower case, one line for each value, so that no word matches across two values.
pub(in crate::store) fn search_text(spec: &AppSpec, client_id: &ClientId) -> String {
    let scopes = spec
        .scopes
        .iter()
        .flat_map(|scope| [scope.as_str(), scope.scope().label]);
    let parts = [spec.properties.name.as_str()]
        .into_iter()
        .chain(spec.card.display_name.as_deref())
        .chain([client_id.as_str()])
        .chain(spec.redirect_uris().iter().map(|uri| uri.as_str()))
        .chain(scopes);
    parts.map(text::key).collect::<Vec<_>>().join("\n")
}

/// Shorter words are not looked for in Client IDs: nearly all of these have them.
pub(in crate::store) const CLIENT_ID_MIN: usize = 4;

/// Whether an app has the word in its names, redirect URIs or scopes, or its Client ID begins with it.
pub(in crate::store) fn finds(search: &str, client_id: &str, word: &str) -> bool {
    let has = |text: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let search = searched(search);
    let (names, rest) = around_client_id(&search, client_id);
    has(names) || has(rest) || begins_client_id(client_id, word)
}

/// Older versions stored the text as it was typed.
pub(in crate::store) fn searched(stored: &str) -> Cow<'_, str> {
    match text::normal(stored) {
        Cow::Borrowed(normal) => text::unaccented(normal),
        Cow::Owned(normal) => Cow::Owned(text::unaccented(&normal).into_owned()),
    }
}

pub(in crate::store) fn begins_client_id(client_id: &str, word: &str) -> bool {
    word.len() >= CLIENT_ID_MIN && text::key(client_id).starts_with(word)
}

/// The lines before and after the one of the Client ID. A name may be spelled like it, and comes first.
pub(in crate::store) fn around_client_id<'a>(
    search: &'a str,
    client_id: &str,
) -> (&'a str, &'a str) {
    let line = format!("\n{}", text::key(client_id));
    let mut found = memmem::rfind(search.as_bytes(), line.as_bytes());
    while let Some(at) = found {
        let rest = search.get(at + line.len()..).unwrap_or_default();
        if rest.is_empty() || rest.starts_with('\n') {
            return (search.get(..at).unwrap_or_default(), rest);
        }
        found = search
            .get(..at)
            .and_then(|before| memmem::rfind(before.as_bytes(), line.as_bytes()));
    }
    (search, "")
}

/// A column that holds one of a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum WordColumn {
    Type,
    Auth,
    Access,
    Status,
}

impl WordColumn {
    pub(in crate::store) fn sql(self) -> &'static str {
        match self {
            Self::Type => "app_type",
            Self::Auth => "auth",
            Self::Access => "access",
            Self::Status => "status",
        }
    }
}

/// A condition on an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) enum Condition {
    /// The column, in lower case, contains this text.
    Has(WordColumn, String),
    AnyScope(Vec<ScopeId>),
    /// One of these developers is the creator or the contact.
    AnyOwner(Vec<String>),
    AnyTag(Vec<String>),
    FavouriteOf(String),
    /// No app matches.
    Never,
}

/// The filter as conditions on `apps`, and their values.
pub(in crate::store) struct Filter {
    /// Only the trash is searched.
    pub(in crate::store) in_trash: bool,
    pub(in crate::store) words: Vec<String>,
    pub(in crate::store) conditions: Vec<Condition>,
}

impl Filter {
    /// All conditions must hold. Words after the 32nd are ignored. A facet without a complete value
    /// is no condition yet.
    pub(in crate::store) fn of(
        typed: &str,
        db: &Connection,
        who: Option<&DeveloperId>,
    ) -> Result<Self, StoreError> {
        let mut filter = Self {
            in_trash: false,
            words: Vec::new(),
            conditions: Vec::new(),
        };
        for word in typed.split_whitespace().map(text::key).take(WORDS_MAX) {
            match Facet::of(&word) {
                Some((_, "")) => {}
                Some((facet, value)) => filter.narrow(facet, value, db, who)?,
                None => {
                    let word = text::unaccented(&word).into_owned();
                    if !filter.words.contains(&word) {
                        filter.words.push(word);
                    }
                }
            }
        }
        Ok(filter)
    }

    fn narrow(
        &mut self,
        facet: Facet,
        value: &str,
        db: &Connection,
        who: Option<&DeveloperId>,
    ) -> Result<(), StoreError> {
        let has = |column| Condition::Has(column, value.to_owned());
        let condition = match facet {
            Facet::Type => has(WordColumn::Type),
            Facet::Auth => has(WordColumn::Auth),
            Facet::Status => has(WordColumn::Status),
            Facet::Is => {
                match (Is::from_stored(value), who) {
                    (Some(Is::Deleted), _) => {
                        self.in_trash = true;
                        return Ok(());
                    }
                    (Some(Is::Favourite), Some(who)) => {
                        Condition::FavouriteOf(who.as_str().to_owned())
                    }
                    // Whole words: "active" is part of no other word, "private" differs from
                    // "public".
                    (Some(Is::Active | Is::Suspended), _) => has(WordColumn::Status),
                    (Some(Is::Public | Is::Private), _) => has(WordColumn::Access),
                    (None, _) if Facet::Is.values().iter().any(|one| one.starts_with(value)) => {
                        return Ok(());
                    }
                    (Some(Is::Favourite) | None, _) => Condition::Never,
                }
            }
            Facet::Scope => Condition::AnyScope(scopes(value)),
            Facet::Owner => Condition::AnyOwner(owners(value, db, who)?),
            Facet::Tag => Condition::AnyTag(tags(value, db)?),
        };
        self.conditions.push(condition);
        Ok(())
    }

    pub(in crate::store) fn is_open(&self) -> bool {
        self.words.is_empty() && self.conditions.is_empty()
    }

    /// The SQL after WHERE, and its values. `finds` instead of `LIKE`: % and _ are plain text.
    pub(in crate::store) fn sql(&self) -> (String, Vec<Value>) {
        // Worded as in the partial indexes, so that SQLite uses them.
        let place = if self.in_trash {
            "deleted_at IS NOT NULL"
        } else {
            "deleted_at IS NULL"
        };
        let mut sql = vec![place.to_owned()];
        let mut bound = Vec::new();
        for word in &self.words {
            sql.push("finds(search, client_id, ?)".to_owned());
            bound.push(Value::Text(word.clone()));
        }
        for condition in &self.conditions {
            let (clause, values) = condition.sql();
            sql.push(clause);
            bound.extend(values.into_iter().map(Value::Text));
        }
        (sql.join(" AND "), bound)
    }
}

impl Condition {
    fn sql(&self) -> (String, Vec<String>) {
        match self {
            Self::Has(column, value) => (
                format!("instr(lower({}), ?) > 0", column.sql()),
                vec![value.clone()],
            ),
            Self::AnyScope(scopes) => (
                format!(
                    "EXISTS (SELECT 1 FROM json_each(apps.spec, '$.scopes') WHERE value IN ({}))",
                    marks(scopes.len())
                ),
                scopes.iter().map(|id| id.as_str().to_owned()).collect(),
            ),
            Self::AnyOwner(owners) => {
                let marks = marks(owners.len());
                (
                    format!("(created_by IN ({marks}) OR contact IN ({marks}))"),
                    [owners.clone(), owners.clone()].concat(),
                )
            }
            Self::AnyTag(tags) => (
                format!(
                    "EXISTS (SELECT 1 FROM app_tags WHERE app_id = apps.id AND tag IN ({}))",
                    marks(tags.len())
                ),
                tags.clone(),
            ),
            Self::FavouriteOf(who) => (
                "EXISTS (SELECT 1 FROM favourites WHERE app_id = apps.id AND developer_id = ?)"
                    .to_owned(),
                vec![who.clone()],
            ),
            Self::Never => ("0".to_owned(), Vec::new()),
        }
    }
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// The order of the list as SQL.
pub(in crate::store) fn order_sql(sort: Sort) -> String {
    let way = if sort.reversed { " DESC" } else { "" };
    match sort_column(sort.column) {
        None => format!("name_key{way}, id{way}"),
        Some(column) => format!("{column}{way}, name_key, id"),
    }
}

/// `None` for the name, which breaks ties in every other order.
pub(in crate::store) fn sort_column(column: Column) -> Option<&'static str> {
    match column {
        Column::Name => None,
        Column::Type => Some(WordColumn::Type.sql()),
        Column::Auth => Some(WordColumn::Auth.sql()),
        Column::Access => Some(WordColumn::Access.sql()),
        Column::Status => Some(WordColumn::Status.sql()),
        Column::Created => Some("created_at"),
    }
}

/// The scope with this ID or, without one, all whose ID contains it.
fn scopes(value: &str) -> Vec<ScopeId> {
    let all = || scope::catalogue().iter().map(|scope| scope.id);
    let exact: Vec<ScopeId> = all().filter(|id| text::key(id.as_str()) == value).collect();
    if !exact.is_empty() {
        return exact;
    }
    all()
        .filter(|id| text::key(id.as_str()).contains(value))
        .collect()
}

/// The tag of this name or, without one, all tags that begin with it. Older versions stored tags as
/// they were typed.
fn tags(value: &str, db: &Connection) -> Result<Vec<String>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT tag FROM app_tags WHERE tag IN (?1, ?2)
         OR ((substr(tag, 1, length(?1)) = ?1 OR substr(tag, 1, length(?2)) = ?2)
             AND NOT EXISTS (SELECT 1 FROM app_tags WHERE tag IN (?1, ?2)))
         ORDER BY tag LIMIT ?3",
    )?;
    let parted = text::parted(value);
    let tags = query.query_map(rusqlite::params![value, parted, VALUES_MAX as i64], |row| {
        row.get(0)
    })?;
    Ok(tags.collect::<Result<_, _>>()?)
}

/// The signed-in developer for `me`; otherwise all developers, removed ones too, whose name or
/// e-mail contains the text.
fn owners(
    value: &str,
    db: &Connection,
    who: Option<&DeveloperId>,
) -> Result<Vec<String>, StoreError> {
    if value == ME {
        return Ok(who.map(|who| who.as_str().to_owned()).into_iter().collect());
    }
    let mut query = db.prepare_cached("SELECT id, full_name, email FROM developers ORDER BY id")?;
    let mut rows = query.query([])?;
    let mut owners = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(1)?;
        let email: String = row.get(2)?;
        // In Rust, because SQLite only knows ASCII case.
        let is_owner = |text: &str| text::searchable(text).contains(&*text::unaccented(value));
        if is_owner(&name) || is_owner(&email) {
            owners.push(row.get(0)?);
        }
    }
    owners.truncate(VALUES_MAX);
    Ok(owners)
}
