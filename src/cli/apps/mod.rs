//! `devconsole app`: what needs no sign-in, because it reads no secret and changes nothing.

mod show;

use clap::{Subcommand, ValueEnum, builder::PossibleValue};
use serde_json::{Value, json};

use super::{
    args::Args,
    no_organization,
    output::{Exit, Format, Output, Refusal, Table, Text},
};
use crate::{
    domain::{
        app::{
            App, AppRow,
            list::{Column, Facet, Is, ME, Sort},
        },
        text,
    },
    screens::apps::problem_of_filter,
    store::{AppQuery, Workspace},
    vault::KdfCost,
};

/// The apps of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Apps {
    /// List apps; piped, a line for each with full values between tabs
    List {
        /// Words and facets, as in the list of the console, e.g. "type:bot is:active"
        #[arg(
            long,
            value_name = "QUERY",
            default_value = "",
            hide_default_value = true
        )]
        filter: String,

        /// Column to sort by
        #[arg(long, value_enum, default_value_t)]
        sort: Column,

        /// Sort from Z to A, or the newest first
        #[arg(long)]
        reverse: bool,

        /// Most apps to list [default: all]
        #[arg(long, value_name = "N")]
        limit: Option<u32>,

        #[command(flatten)]
        format: Format,
    },
    /// Show the settings of an app, the state of its scopes and the dates of its secrets
    Show {
        /// Its Client ID, or its exact name
        #[arg(value_name = "APP")]
        app: String,

        /// Print this value alone, e.g. client_id or manifest.client.redirect_uris
        #[arg(long, value_name = "FIELD", conflicts_with = "json")]
        get: Option<String>,

        #[command(flatten)]
        format: Format,
    },
}

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

impl Apps {
    pub fn format(&self) -> Format {
        match self {
            Self::List { format, .. } | Self::Show { format, .. } => *format,
        }
    }

    pub fn run(&self, args: &Args) -> Result<Output, Refusal> {
        let mut workspace = open(args)?;
        match self {
            Self::List {
                filter,
                sort,
                reverse,
                limit,
                ..
            } => {
                let sort = Sort {
                    column: *sort,
                    reversed: *reverse,
                };
                list(
                    &mut workspace,
                    filter,
                    sort,
                    limit.map_or(u64::from(u32::MAX), u64::from),
                )
            }
            Self::Show { app, get, .. } => {
                let app = find(&mut workspace, app)?;
                let shown = show::show(&workspace, &app)?;
                match get {
                    Some(field) => show::value_of(shown, field),
                    None => Ok(shown),
                }
            }
        }
    }
}

/// A mistyped folder would be an empty workspace, in which no app is found.
fn open(args: &Args) -> Result<Workspace, Refusal> {
    let folder = args.data_dir().map_err(Refusal::failed)?;
    let opened = Workspace::open_signed_up(&folder, KdfCost::default()).map_err(Refusal::failed)?;
    let none = || Refusal::failed(no_organization(&folder));
    Ok(opened.ok_or_else(none)?.workspace)
}

/// A condition that finds nothing for a typing error looks like an answer. A tag that no app has is
/// one.
fn refuse_unknown_values(filter: &str) -> Result<(), Refusal> {
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

fn list(
    workspace: &mut Workspace,
    filter: &str,
    sort: Sort,
    limit: u64,
) -> Result<Output, Refusal> {
    refuse_personal(filter)?;
    refuse_unknown_values(filter)?;
    let words = filter.to_owned();
    let window = workspace
        .apps(&AppQuery {
            words,
            sort,
            offset: 0,
            limit,
        })
        .map_err(Refusal::failed)?;
    let rows = window.rows.iter().map(|row| {
        [
            row.name.as_str(),
            row.client_id.as_str(),
            status(row),
            row.app_type.label(),
            &row.auth,
            &row.access,
            &row.created_at.date(),
        ]
        .map(str::to_owned)
        .to_vec()
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

fn find(workspace: &mut Workspace, given: &str) -> Result<App, Refusal> {
    let found = workspace.apps_called(given).map_err(Refusal::failed)?;
    match found.as_slice() {
        [one] => workspace.app(one).map_err(Refusal::failed),
        [] => Err(unknown(workspace, given)),
        several => {
            let apps = several.iter().map(|id| workspace.app(id));
            let apps: Vec<App> = apps.collect::<Result<_, _>>().map_err(Refusal::failed)?;
            let ids: Vec<&str> = apps.iter().map(|app| app.client_id.as_str()).collect();
            let message = format!(
                "{} apps are named \"{given}\". Use a Client ID: {}.",
                several.len(),
                ids.join(", ")
            );
            Err(Refusal::new(Exit::Conflict, Some("APP"), message))
        }
    }
}

fn unknown(workspace: &mut Workspace, given: &str) -> Refusal {
    const SIMILAR: u64 = 3;
    let query = AppQuery {
        words: given.to_owned(),
        limit: SIMILAR,
        ..AppQuery::default()
    };
    let near = workspace
        .apps(&query)
        .map(|window| window.rows)
        .unwrap_or_default();
    let near: Vec<String> = near
        .iter()
        .map(|row| format!("{} ({})", row.name, row.client_id.as_str()))
        .collect();
    let similar = match near.as_slice() {
        [] => String::new(),
        near => format!(" Similar: {}.", near.join(", ")),
    };
    let message = format!("No app has the Client ID or the name \"{given}\".{similar}");
    Refusal::new(Exit::NotFound, Some("APP"), message)
}
