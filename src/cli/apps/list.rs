//! The list of apps.

use clap::{ValueEnum, builder::PossibleValue};
use serde_json::{Value, json};

use crate::{
    cli::{
        output::{Exit, Output, Refusal, Text},
        table::{Cell, Table},
    },
    domain::{
        app::{
            AppRow,
            list::{Column, Facet, Is, ME, Sort},
        },
        text,
    },
    screens::apps::problem_of_filter,
    store::{AppQuery, Workspace},
};

impl ValueEnum for Column {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::Auth => "auth",
            Self::Access => "access",
            Self::Status => "status",
            Self::Created => "created",
        }))
    }
}

/// A condition that finds nothing for a typing error looks like an answer. A tag that no app has is
/// one.
pub(super) fn refuse_unknown_values(filter: &str) -> Result<(), Refusal> {
    let is_tag = |word: &&str| matches!(Facet::of(word), Some((Facet::Tag, _)));
    let words: Vec<&str> = filter
        .split_whitespace()
        .filter(|word| !is_tag(word))
        .collect();
    match problem_of_filter(&words.join(" "), &[], &[]) {
        None => Ok(()),
        Some(problem) => Err(Refusal::new(Exit::Failed, Some("--filter"), problem)),
    }
}

pub(super) fn list(
    workspace: &mut Workspace,
    filter: &str,
    sort: Sort,
    limit: u64,
) -> Result<Output, Refusal> {
    refuse_personal(filter)?;
    refuse_unknown_values(filter)?;
    let words = filter.to_owned();
    let window = workspace.apps(&AppQuery {
        words,
        sort,
        offset: 0,
        limit,
    })?;
    let rows = window.rows.iter().map(|row| {
        vec![
            row.name.as_str().into(),
            row.client_id.as_str().into(),
            status(row).into(),
            row.app_type.label().into(),
            row.auth.as_str().into(),
            row.access.as_str().into(),
            Cell::day(row.created_at),
        ]
    });
    let heads = vec![
        "NAME",
        "CLIENT ID",
        "STATUS",
        "TYPE",
        "AUTHENTICATION",
        "ACCESS",
        "CREATED",
    ];
    let text = Text::Table(Table {
        heads,
        rows: rows.collect(),
        none: "No app matches.",
        flexible: 0,
    });
    let apps: Vec<Value> = window.rows.iter().map(row_as_json).collect();
    let members = json!({ "total": window.total, "matched": window.matched, "apps": apps });
    Ok(Output::new("app.list/1", members, text))
}

/// Facets about the signed-in developer would match nothing, and look like an answer.
fn refuse_personal(filter: &str) -> Result<(), Refusal> {
    // As the filter compares: whatever the case.
    let personal = filter
        .split_whitespace()
        .find(|word| match Facet::of(&text::key(word)) {
            Some((Facet::Owner, value)) => value == ME,
            Some((Facet::Is, value)) => Is::from_stored(value) == Some(Is::Favourite),
            _ => false,
        });
    match personal {
        None => Ok(()),
        Some(word) => {
            let message =
                format!("{word} depends on who is signed in, and this command needs no sign-in.");
            Err(Refusal::new(Exit::Failed, Some("--filter"), message))
        }
    }
}

fn status(row: &AppRow) -> &'static str {
    if row.is_deleted {
        "in trash"
    } else {
        row.status.label()
    }
}

fn row_as_json(row: &AppRow) -> Value {
    json!({
        "client_id": row.client_id.as_str(),
        "name": row.name,
        "type": row.app_type.as_str(),
        "auth": row.auth,
        "access": row.access,
        "status": row.status.as_str(),
        "tags": row.tags,
        "created_at": row.created_at.rfc3339(),
        "in_trash": row.is_deleted,
    })
}
