//! One app: its settings, the state of its scopes and the dates of its secrets.

use clap::Args;
use serde_json::{Value, json};

use super::find::find;
use crate::{
    cli::{
        global::Global,
        output::{Format, Output, Refusal, Text},
        sign_in::{SignedIn, open, sign_in},
    },
    domain::{
        app::{
            App, AppStatus,
            effective_scopes::{Standing, effective_scopes},
        },
        history::Reading,
        id::DeveloperId,
        oauth::credential::SecretInfo,
        people::ticket::TicketState,
        time::UnixMs,
    },
    manifest::AppEntry,
    store::Workspace,
};

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Show {
    /// Its Client ID, or its exact name
    #[arg(value_name = "APP")]
    app: String,

    /// Print this value alone, e.g. client_id or manifest.client.redirect_uris
    #[arg(long, value_name = "FIELD", conflicts_with = "json")]
    get: Option<String>,

    /// Print its secrets too; this asks for the password and is written to the history
    #[arg(long)]
    reveal: bool,

    #[command(flatten)]
    pub format: Format,
}

impl Show {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let shown = if self.reveal {
            let mut signed_in = sign_in(global, false)?;
            let app = find(&mut signed_in.workspace, &self.app)?;
            let shown = show(&signed_in.workspace, &app)?;
            reveal(shown, &mut signed_in, &app)?.warning(signed_in.warnings)
        } else {
            let mut workspace = open(global)?;
            let app = find(&mut workspace, &self.app)?;
            show(&workspace, &app)?
        };
        match &self.get {
            Some(field) => shown.value_of("app", field),
            None => Ok(shown),
        }
    }
}

/// A secret that the app does not have is absent.
fn reveal(mut shown: Output, signed_in: &mut SignedIn, app: &App) -> Result<Output, Refusal> {
    let workspace = &mut signed_in.workspace;
    let all = [
        (
            "Client Secret",
            "client_secret",
            workspace.client_secret(&app.id)?,
        ),
        (
            "Old secret",
            "old_client_secret",
            workspace.retiring_secret(&app.id)?,
        ),
        (
            "Shared Secret",
            "shared_secret",
            workspace.shared_secret(&app.id)?,
        ),
    ];
    let known: Vec<_> = all
        .iter()
        .filter_map(|(label, member, secret)| Some((*label, *member, secret.as_ref()?)))
        .collect();
    let labels: Vec<&str> = known.iter().map(|(label, ..)| *label).collect();
    workspace.record_reading(&app.id, &labels, Reading::Revealed, signed_in.now)?;
    for (label, member, secret) in known {
        if let Some(Value::Object(members)) = shown.members.get_mut("app") {
            members.insert(member.to_owned(), secret.expose().into());
        }
        if let Text::Lines(lines) = &mut shown.text {
            lines.push(row(label, secret.expose()));
        }
    }
    Ok(shown)
}

fn row(label: &str, value: &str) -> String {
    format!("{:<17}{value}", format!("{label}:"))
}

pub(super) fn show(workspace: &Workspace, app: &App) -> Result<Output, Refusal> {
    let email = |id: &DeveloperId| workspace.email_of(id).map_err(Refusal::failed);
    let contact = email(&app.spec.properties.primary_contact)?;
    let created_by = email(&app.created_by)?;
    let manifest = AppEntry::of(app, Some(&contact));
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
    lines.push(("Scopes", scopes(app)));
    if !app.tags.is_empty() {
        lines.push(("Tags", app.tags.join(" ")));
    }
    lines.extend(app.secrets.iter().map(secret));
    lines.push((
        "Created",
        format!("{} by {created_by}", app.created_at.date_time()),
    ));
    lines
        .into_iter()
        .map(|(label, value)| row(label, &value))
        .collect()
}

fn scopes(app: &App) -> String {
    let all: Vec<String> = effective_scopes(app)
        .into_iter()
        .filter(|(_, standing)| !matches!(standing, Standing::Included { .. }))
        .map(|(scope, standing)| match standing {
            Standing::Granted => scope.as_str().to_owned(),
            other => format!("{scope} ({})", state(&other)),
        })
        .collect();
    match all.as_slice() {
        [] => "none".to_owned(),
        all => all.join(", "),
    }
}

fn secret(secret: &SecretInfo) -> (&'static str, String) {
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
    let created = secret.created_at.date_time();
    (label, format!("created {created}, {used}{ends}"))
}
