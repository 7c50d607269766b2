//! `devconsole app`: what needs no sign-in, because it reads no secret and changes nothing.

use std::process::ExitCode;

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
            App, AppRow, AppStatus,
            effective_scopes::{Standing, effective_scopes},
            list::{Column, Facet, Is, ME, Sort},
        },
        id::DeveloperId,
        manifest::Manifest,
        people::ticket::TicketState,
        text,
        time::UnixMs,
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
                let shown = show(&workspace, &app)?;
                match get {
                    Some(field) => value_of(shown, field),
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
            let apps: Vec<App> = several
                .iter()
                .filter_map(|id| workspace.app(id).ok())
                .collect();
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

fn show(workspace: &Workspace, app: &App) -> Result<Output, Refusal> {
    let email = |id: &DeveloperId| workspace.email_of(id).map_err(Refusal::failed);
    let contact = email(&app.spec.properties.primary_contact)?;
    let created_by = email(&app.created_by)?;
    let manifest = Manifest::of(app, Some(&contact));
    let scopes: Vec<Value> = effective_scopes(app)
        .into_iter()
        .map(|(scope, standing)| json!({ "id": scope.as_str(), "state": state(&standing) }))
        .collect();
    let requests = app
        .tickets
        .iter()
        .filter(|ticket| ticket.state == TicketState::Pending);
    let requests: Vec<Value> = requests
        .map(|ticket| json!({ "id": ticket.id.as_str(), "scope": ticket.scope.as_str(), "created_at": ticket.created_at.rfc3339() }))
        .collect();
    let date = |at: Option<UnixMs>| at.map(UnixMs::rfc3339);
    let secrets: Vec<Value> = app
        .secrets
        .iter()
        .map(|one| json!({ "created_at": one.created_at.rfc3339(), "last_used_at": date(one.last_used_at), "ends_at": date(one.ends_at) }))
        .collect();
    let issued: Vec<Value> = app
        .environments
        .iter()
        .map(|one| json!({ "environment": one.environment.as_str(), "server_url": one.server_url, "client_id": one.client_id, "has_secret": one.has_secret }))
        .collect();
    let text = lines(app, &created_by, &contact);
    let members = json!({ "app": {
        "client_id": app.client_id.as_str(),
        "version": app.version,
        "status": app.status.as_str(),
        "in_trash": app.deleted_at.is_some(),
        "created_by": created_by,
        "created_at": app.created_at.rfc3339(),
        "deleted_at": date(app.deleted_at),
        "manifest": manifest,
        "scopes": scopes,
        "requests": requests,
        "secrets": secrets,
        "issued": issued,
    } });
    Ok(Output::new("app/1", members, Text::Lines(text)))
}

fn state(standing: &Standing) -> &'static str {
    match standing {
        Standing::Granted => "granted",
        Standing::Pending => "pending",
        Standing::Rejected(_) => "rejected",
        Standing::Included { .. } => "included",
    }
}

fn lines(app: &App, created_by: &str, contact: &str) -> Vec<String> {
    let spec = &app.spec;
    let status = match (app.deleted_at, app.status) {
        (Some(at), _) => format!("in the trash since {}", at.date_time()),
        (None, AppStatus::Active) => "active".to_owned(),
        (None, AppStatus::Suspended) => "suspended".to_owned(),
    };
    let scopes: Vec<String> = effective_scopes(app)
        .into_iter()
        .filter(|(_, standing)| !matches!(standing, Standing::Included { .. }))
        .map(|(scope, standing)| match standing {
            Standing::Granted => scope.as_str().to_owned(),
            other => format!("{scope} ({})", state(&other)),
        })
        .collect();
    let mut lines = vec![
        ("Name", spec.properties.name.clone()),
        ("Type", spec.app_type().label().to_owned()),
        ("Client ID", app.client_id.as_str().to_owned()),
        ("Status", status),
        ("Authentication", spec.auth_label().to_owned()),
        ("Access", spec.access.summary()),
        ("Description", spec.properties.description.clone()),
        ("Primary Contact", contact.to_owned()),
    ];
    lines.extend(
        spec.redirect_uris()
            .iter()
            .map(|uri| ("Redirect URI", uri.as_str().to_owned())),
    );
    lines.push((
        "Scopes",
        if scopes.is_empty() {
            "none".to_owned()
        } else {
            scopes.join(", ")
        },
    ));
    if !app.tags.is_empty() {
        lines.push(("Tags", app.tags.join(" ")));
    }
    lines.extend(app.secrets.iter().map(|secret| {
        let used = secret.last_used_at.map_or_else(
            || "not used yet".to_owned(),
            |at| format!("last used {}", at.date_time()),
        );
        let ends = secret
            .ends_at
            .map_or_else(String::new, |at| format!(", ends {}", at.date_time()));
        let label = match secret.ends_at {
            Some(_) => "Old secret",
            None => "Client Secret",
        };
        (
            label,
            format!("created {}, {used}{ends}", secret.created_at.date_time()),
        )
    }));
    lines.push((
        "Created",
        format!("{} by {created_by}", app.created_at.date_time()),
    ));
    lines
        .into_iter()
        .map(|(label, value)| format!("{:<17}{value}", format!("{label}:")))
        .collect()
}

/// The value of a dotted JSON name: text as it is, a list a line each, all else as JSON.
fn value_of(shown: Output, field: &str) -> Result<Output, Refusal> {
    let app = shown.members.get("app").cloned().unwrap_or_default();
    let found = field.split('.').try_fold(&app, |value, name| match value {
        Value::Array(all) => name.parse().ok().and_then(|at: usize| all.get(at)),
        other => other.get(name),
    });
    let plain = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    match found {
        None => {
            let message = format!(
                "An app has no \"{field}\". devconsole app show APP --json shows all names."
            );
            Err(Refusal::new(Exit::NotFound, Some("--get"), message))
        }
        Some(Value::Array(all)) => Ok(Output {
            text: Text::Lines(all.iter().map(plain).collect()),
            ..shown
        }),
        Some(Value::Null) => Ok(Output {
            text: Text::Lines(Vec::new()),
            exit: ExitCode::SUCCESS,
            ..shown
        }),
        Some(value) => Ok(Output {
            text: Text::Lines(vec![plain(value)]),
            ..shown
        }),
    }
}
