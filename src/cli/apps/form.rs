//! Creating, changing and cloning an app: flags, a file, or RingCentral's prefilled link.

use clap::Args;
use serde_json::{Value, json};

use super::{
    fields::{Fields, Lists, at_flags},
    find::find,
    manifest::read,
    show,
};
use crate::{
    cli::{
        done::{Changing, DRY_RUN},
        output::{Exit, Output, Refusal, Text},
        sign_in::SignedIn,
    },
    domain::{
        app::{App, Registration, changes::spec_changes, icon::IconRef, plan::Registered as _},
        history::{Reading, What},
        oauth::credential::mint_shared_secret,
        secret::Secret,
        text,
    },
    manifest::{AppEntry, Finding},
    runtime::manifest::Icons,
    screens::create_app::draft::{Facts, SavedFacts},
    store::{Saved, StoreError, Workspace},
    vault,
};

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Create {
    /// Name that the team sees
    #[arg(long, value_name = "TEXT", help_heading = "Settings")]
    name: Option<String>,

    #[command(flatten)]
    fields: Fields,

    /// Manifest with the app, or - for standard input; flags win over it
    #[arg(long, value_name = "FILE")]
    from: Option<String>,

    /// RingCentral's prefilled link, as install buttons have it; flags win over it
    #[arg(long, value_name = "URL", conflicts_with = "from")]
    from_link: Option<String>,

    /// Print the Client Secret; this is written to the history
    #[arg(long, conflicts_with = "dry_run")]
    reveal: bool,

    #[command(flatten)]
    pub changing: Changing,
}

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Edit {
    /// Its Client ID, or its exact name
    #[arg(value_name = "APP")]
    app: String,

    /// New name
    #[arg(long, value_name = "TEXT", help_heading = "Settings")]
    name: Option<String>,

    #[command(flatten)]
    fields: Fields,

    #[command(flatten)]
    lists: Lists,

    /// Manifest with the app, or - for standard input; what it does not name gets its default
    #[arg(long, value_name = "FILE")]
    from: Option<String>,

    /// Only if the app still has this version, as app show prints it
    #[arg(long, value_name = "N")]
    if_version: Option<i64>,

    #[command(flatten)]
    pub changing: Changing,
}

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct CloneApp {
    /// Its Client ID, or its exact name
    #[arg(value_name = "APP")]
    app: String,

    /// Name of the new app
    #[arg(long, value_name = "TEXT")]
    name: String,

    #[command(flatten)]
    fields: Fields,

    #[command(flatten)]
    pub changing: Changing,
}

impl Create {
    pub fn run(&self, mut signed_in: SignedIn) -> Result<Output, Refusal> {
        let given = match (&self.from, &self.from_link) {
            (Some(file), _) => Given::of_file(file)?,
            (None, Some(link)) => Given::of_link(link)?,
            (None, None) => Given::default(),
        };
        let mut flags = self.fields.entry(&given.entry)?;
        flags.name.clone_from(&self.name);
        let given = given.overlay(flags);
        let made = given.create(&mut signed_in)?;
        report_new(signed_in, made, self.reveal, self.changing.dry_run)
    }
}

impl CloneApp {
    pub fn run(&self, mut signed_in: SignedIn) -> Result<Output, Refusal> {
        let app = find(&mut signed_in.workspace, &self.app)?;
        let contact = signed_in
            .workspace
            .email_of(&app.spec.properties.primary_contact)?;
        let entry = AppEntry::of_spec(&app.spec, Some(&contact));
        let mut flags = self.fields.entry(&entry)?;
        flags.name = Some(self.name.clone());
        let given = Given {
            entry,
            ..Given::default()
        };
        let made = given.overlay(flags).create(&mut signed_in)?;
        report_new(signed_in, made, false, self.changing.dry_run)
    }
}

impl Edit {
    pub fn run(&self, mut signed_in: SignedIn) -> Result<Output, Refusal> {
        let id = find(&mut signed_in.workspace, &self.app)?.id;
        let (before, secret) = signed_in.workspace.app_to_edit(&id)?;
        if let Some(version) = self.if_version
            && version != before.version
        {
            return Err(stale(&before));
        }
        let contact = signed_in
            .workspace
            .email_of(&before.spec.properties.primary_contact)?;
        let given = match &self.from {
            Some(file) => Given::of_file(file)?,
            None => Given {
                entry: AppEntry::of(&before, Some(&contact)),
                ..Given::default()
            },
        };
        let mut flags = self.fields.entry(&given.entry)?;
        flags.name.clone_from(&self.name);
        let mut given = given.overlay(flags);
        self.lists.change(&mut given.entry)?;
        let secret = match secret {
            Some(secret) => secret,
            None => new_shared_secret()?,
        };
        let (registration, warnings) = given.judge(Some(&before), &mut signed_in, secret)?;
        let changes = spec_changes(&before.spec, &registration.spec);
        let after = if changes.is_empty() {
            before.clone()
        } else {
            let (workspace, now) = (&mut signed_in.workspace, signed_in.now);
            match workspace.update_app(&id, before.version, registration, None, now)? {
                Saved::Done(app) => *app,
                Saved::Stale(newer) => return Err(stale(&newer)),
            }
        };
        let mut lines: Vec<String> = changes
            .iter()
            .map(|change| change.told(What::AppChanged))
            .collect();
        if lines.is_empty() {
            lines.push("No changes to save.".to_owned());
        }
        let is_rehearsal = self.changing.dry_run;
        let members = json!({
            "client_id": after.client_id.as_str(),
            "name": after.spec.properties.name,
            "version": after.version,
            "changes": changes,
            "dry_run": is_rehearsal,
        });
        let mut output = Output::new("app.edit/1", members, Text::Lines(lines));
        output.notes = is_rehearsal
            .then(|| DRY_RUN.to_owned())
            .into_iter()
            .collect();
        Ok(output.warning(warnings).warning(signed_in.warnings))
    }
}

fn stale(newer: &App) -> Refusal {
    let message = format!(
        "Another developer saved version {} of this app. Nothing was changed.",
        newer.version
    );
    Refusal::new(Exit::Conflict, Some("APP"), message)
}

/// An app as it was given, and where from.
#[derive(Default)]
struct Given {
    entry: AppEntry,
    is_of_file: bool,
    icons: Icons,
    warnings: Vec<Finding>,
}

impl Given {
    fn of_file(file: &str) -> Result<Self, Refusal> {
        let read = read(file).map_err(|refusal| refusal.about("--from"))?;
        let icons = read.icons();
        let mut apps = read.file.apps.into_iter();
        let (Some(app), None) = (apps.next(), apps.next()) else {
            let message = "The file must have one app. For several: devconsole app apply FILE.";
            return Err(Refusal::new(Exit::Failed, Some("--from"), message));
        };
        Ok(Self {
            entry: app.entry,
            is_of_file: true,
            icons,
            warnings: read.file.warnings,
        })
    }

    /// What a link does not say is given by flags, or is missing.
    fn of_link(link: &str) -> Result<Self, Refusal> {
        let Some((entry, found)) = AppEntry::from_link(link) else {
            let message =
                "This is not RingCentral's link: https://developers.ringcentral.com/new-app?…";
            return Err(Refusal::new(Exit::Failed, Some("--from-link"), message));
        };
        if found.iter().any(|one| !one.is_warning) {
            return Err(refused(&found, false));
        }
        Ok(Self {
            entry,
            warnings: found,
            ..Self::default()
        })
    }

    fn overlay(self, flags: AppEntry) -> Self {
        Self {
            entry: self.entry.overlay(flags),
            ..self
        }
    }

    fn create(self, signed_in: &mut SignedIn) -> Result<(App, Vec<String>), Refusal> {
        let shared = new_shared_secret()?;
        let (registration, warnings) = self.judge(None, signed_in, shared)?;
        let me = signed_in.session.developer.id.clone();
        let (workspace, now) = (&mut signed_in.workspace, signed_in.now);
        Ok((
            workspace.create_app(registration, &me, None, now)?,
            warnings,
        ))
    }

    /// The settings and the warnings about them.
    fn judge(
        self,
        existing: Option<&App>,
        signed_in: &mut SignedIn,
        shared_secret: Secret,
    ) -> Result<(Registration, Vec<String>), Refusal> {
        let mut facts = Facts::of(&signed_in.session);
        if let Some(name) = &self.entry.name {
            let is_taken = signed_in.workspace.name_taken(name)?;
            facts.name_answer = Some((text::key(name), is_taken));
        }
        facts.saved = existing.map(SavedFacts::of);
        let mut icons = self.icons;
        let workspace = &signed_in.workspace;
        let mut find = |name: &str| match name.strip_prefix("sha256:") {
            Some(sha256) => kept(workspace, sha256),
            None => icons.find(name),
        };
        let (registration, found) = self.entry.judge(existing, &facts, &mut find, shared_secret);
        let mut all = self.warnings;
        all.extend(found);
        let registration = registration.ok_or_else(|| refused(&all, self.is_of_file))?;
        for icon in icons.into_read() {
            signed_in.workspace.keep_icon(&icon, signed_in.now)?;
        }
        let warnings = all.iter().filter(|one| one.is_warning);
        let warnings = warnings.map(|one| at_flags(one, self.is_of_file).line());
        Ok((registration, warnings.collect()))
    }
}

fn kept(workspace: &Workspace, sha256: &str) -> Result<IconRef, String> {
    let found = workspace.read_apps(|apps| apps.icon(sha256));
    let found = found.map_err(|error: StoreError| error.to_string())?;
    found.ok_or_else(|| "The workspace has no such icon.".to_owned())
}

fn refused(found: &[Finding], is_of_file: bool) -> Refusal {
    let errors = found.iter().filter(|one| !one.is_warning);
    Refusal {
        exit: Exit::Failed,
        findings: errors.map(|one| at_flags(one, is_of_file)).collect(),
        retry_after_s: None,
    }
}

fn new_shared_secret() -> Result<Secret, Refusal> {
    let mut rng = vault::os_random().map_err(Refusal::failed)?;
    Ok(mint_shared_secret(&mut rng))
}

fn report_new(
    mut signed_in: SignedIn,
    (app, warnings): (App, Vec<String>),
    reveal: bool,
    is_rehearsal: bool,
) -> Result<Output, Refusal> {
    let workspace = &mut signed_in.workspace;
    let name = &app.spec.properties.name;
    let mut lines = vec![
        format!("Created {name}."),
        format!("Client ID: {}", app.client_id.as_str()),
    ];
    lines.extend(
        app.tickets
            .iter()
            .map(|ticket| format!("Approval requested: {}", ticket.scope)),
    );
    let mut output = show::show(workspace, &app)?;
    if reveal {
        if let Some(secret) = workspace.client_secret(&app.id)? {
            let reading = Reading::Revealed;
            workspace.record_reading(&app.id, &["Client Secret"], reading, signed_in.now)?;
            lines.push(format!("Client Secret: {}", secret.expose()));
            if let Some(Value::Object(members)) = output.members.get_mut("app") {
                members.insert("client_secret".to_owned(), secret.expose().into());
            }
        }
    } else if !app.secrets.is_empty() {
        lines.push(format!(
            "To use its credentials: devconsole env \"{name}\" -o .env"
        ));
    }
    output.text = Text::Lines(lines);
    output.notes = is_rehearsal
        .then(|| DRY_RUN.to_owned())
        .into_iter()
        .collect();
    Ok(output.warning(warnings).warning(signed_in.warnings))
}
