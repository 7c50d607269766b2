//! What the filter of the apps list looks through, and the SQL of what it asks for.

use memchr::memmem;
use rusqlite::{Connection, functions::FunctionFlags, types::Value};

use super::StoreError;
use crate::domain::{
    app::AppSpec,
    credential::ClientId,
    id::DeveloperId,
    list::{Column, Facet, Is, ME, Sort},
    scope::{self, ScopeId},
    text,
};

/// More words than anybody types; SQLite limits how deep an expression may be.
const WORDS_MAX: usize = 32;
/// More tags or owners than one facet is likely to mean.
const VALUES_MAX: usize = 100;

/// Lower case, one thing a line, so that no word matches across two of them.
pub(super) fn search_text(spec: &AppSpec, client_id: &ClientId) -> String {
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

/// Makes `finds(text, word)` known to SQL. Older versions kept text in the form in which it was
/// typed; words are in the normal form.
pub(super) fn define_finds(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    db.create_scalar_function("finds", 2, flags, |found| {
        let (text, word) = (found.get_raw(0).as_str()?, found.get_raw(1).as_str()?);
        let text = text::normal(text);
        Ok(memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    })
}

/// A column that holds one of a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordColumn {
    Type,
    Auth,
    Access,
    Status,
}

impl WordColumn {
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Type => "app_type",
            Self::Auth => "auth",
            Self::Access => "access",
            Self::Status => "status",
        }
    }
}

/// What a facet asks of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// The column, in lower case, has this in it.
    Has(WordColumn, String),
    AnyScope(Vec<ScopeId>),
    /// Made by one of these, or with one of these as its contact.
    AnyOwner(Vec<String>),
    AnyTag(Vec<String>),
    FavouriteOf(String),
    /// No app can be so.
    Never,
}

/// What the filter asks for: conditions on `apps`, and what they bind.
pub(super) struct Filter {
    /// The trash is looked through, and nothing else.
    pub(super) in_trash: bool,
    pub(super) words: Vec<String>,
    pub(super) conditions: Vec<Condition>,
}

impl Filter {
    /// All of it has to be so. Words after the 32nd are not looked at. A facet whose value is
    /// still being typed asks for nothing yet.
    pub(super) fn of(
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
                None if !filter.words.contains(&word) => filter.words.push(word),
                None => {}
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
                match (Is::parse(value), who) {
                    (Some(Is::Deleted), _) => {
                        self.in_trash = true;
                        return Ok(());
                    }
                    (Some(Is::Favourite), Some(who)) => {
                        Condition::FavouriteOf(who.as_str().to_owned())
                    }
                    // Whole words: "active" is a part of no other, "private" is not "public".
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

    pub(super) fn is_open(&self) -> bool {
        self.words.is_empty() && self.conditions.is_empty()
    }

    /// What follows WHERE, and what it binds. `finds` and not `LIKE`: % and _ are text.
    pub(super) fn sql(&self) -> (String, Vec<Value>) {
        // As in the partial indices, so that these are used.
        let place = if self.in_trash {
            "deleted_at IS NOT NULL"
        } else {
            "deleted_at IS NULL"
        };
        let mut sql = vec![place.to_owned()];
        let mut bound = Vec::new();
        for word in &self.words {
            sql.push("finds(search, ?)".to_owned());
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

/// The order of the list, as SQL.
pub(super) fn order_sql(sort: Sort) -> String {
    let way = if sort.reversed { " DESC" } else { "" };
    match sort_column(sort.column) {
        None => format!("name_key{way}, id{way}"),
        Some(column) => format!("{column}{way}, name_key, id"),
    }
}

/// `None` for the name, which breaks ties in the order of every other column.
pub(super) fn sort_column(column: Column) -> Option<&'static str> {
    match column {
        Column::Name => None,
        Column::Type => Some(WordColumn::Type.sql()),
        Column::Auth => Some(WordColumn::Auth.sql()),
        Column::Access => Some(WordColumn::Access.sql()),
        Column::Status => Some(WordColumn::Status.sql()),
        Column::Created => Some("created_at"),
    }
}

/// The scope of this id; or, when there is none, those that have it in theirs.
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

/// The tag; or, when there is none, those that begin so. Older versions kept tags in the form in which
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

/// Oneself, or everybody, removed ones too, whose name or e-mail has this in it.
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
        // In Rust, since SQLite knows the capitals of ASCII alone.
        if text::key(&name).contains(value) || text::key(&email).contains(value) {
            owners.push(row.get(0)?);
        }
    }
    owners.truncate(VALUES_MAX);
    Ok(owners)
}
