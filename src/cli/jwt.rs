//! `devconsole jwt`: credentials of the JWT auth flow.

use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::{
    apps::find_id,
    ask::confirm,
    checked::check,
    done::{Changing, DRY_RUN, Done, Subject},
    global::Global,
    output::{Exit, Format, Output, Refusal, Text},
    sign_in::{SignedIn, sign_in},
    table::{Cell, Table},
};
use crate::{
    domain::{
        history::Reading,
        id::DeveloperId,
        oauth::{
            credential::ClientId,
            jwt::{AuthorizedApps, JwtCredential},
        },
        secret::Secret,
        text,
        time::UnixMs,
    },
    form::{FieldId, TextEdit as _},
    request::Request,
    screens::{
        jwt::form::{APPS, EXPIRES, JwtForm, LABEL, SPECIFIC},
        page::JwtFormOf,
    },
    store::Workspace,
};

/// JWT credentials: your own, and as a Developer Admin those of all developers.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Jwts {
    /// List credentials
    List {
        #[command(flatten)]
        format: Format,
    },
    /// Show a credential
    Show {
        /// Its label, or its id
        #[arg(value_name = "JWT")]
        jwt: String,

        /// Print this value alone, e.g. token
        #[arg(long, value_name = "FIELD", conflicts_with = "json")]
        get: Option<String>,

        /// Print the token too; this is written to the history
        #[arg(long)]
        reveal: bool,

        #[command(flatten)]
        format: Format,
    },
    /// Create a credential
    Create {
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        label: String,

        #[command(flatten)]
        apps: ForApps,

        /// Last day: a date, or 90d, 12w, 6m, 1y from today [default: never]
        #[arg(long, value_name = "WHEN")]
        expires: Option<String>,

        /// Developer to create it for, as a Developer Admin [default: yourself]
        #[arg(long, value_name = "EMAIL")]
        person: Option<String>,

        /// Print the token; this is written to the history
        #[arg(long, conflicts_with = "dry_run")]
        reveal: bool,

        #[command(flatten)]
        changing: Changing,
    },
    /// Change which apps a credential works for; its token stays
    Edit {
        /// Its label, or its id
        #[arg(value_name = "JWT")]
        jwt: String,

        #[command(flatten)]
        apps: ForApps,

        #[command(flatten)]
        changing: Changing,
    },
    /// Revoke credentials permanently
    Revoke {
        /// Labels, or ids
        #[arg(value_name = "JWT", required = true)]
        jwts: Vec<String>,

        /// Do not ask
        #[arg(long)]
        yes: bool,

        #[command(flatten)]
        changing: Changing,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
#[group(required = true, multiple = false)]
pub struct ForApps {
    /// App that may use it: a Client ID, or an exact name; may be repeated
    #[arg(long = "app", value_name = "APP")]
    only: Vec<String>,

    /// All apps of the organization may use it
    #[arg(long)]
    all_apps: bool,
}

impl ForApps {
    /// `None` for all apps. An app of another organization is named by its Client ID.
    fn find(&self, workspace: &mut Workspace) -> Result<Option<Vec<ClientId>>, Refusal> {
        if self.all_apps {
            return Ok(None);
        }
        let ids = self
            .only
            .iter()
            .map(|given| match find_id(workspace, given) {
                Ok(id) => Ok(workspace.app(&id)?.client_id),
                Err(refusal) if refusal.exit == Exit::NotFound && ClientId::may_be(given) => {
                    Ok(ClientId::from_stored(given.as_str()))
                }
                Err(refusal) => Err(refusal.about("--app")),
            });
        ids.collect::<Result<_, Refusal>>().map(Some)
    }
}

impl Jwts {
    pub fn format(&self) -> Format {
        match self {
            Self::List { format } | Self::Show { format, .. } => *format,
            Self::Create { changing, .. }
            | Self::Edit { changing, .. }
            | Self::Revoke { changing, .. } => changing.format,
        }
    }

    fn is_rehearsal(&self) -> bool {
        match self {
            Self::List { .. } | Self::Show { .. } => false,
            Self::Create { changing, .. }
            | Self::Edit { changing, .. }
            | Self::Revoke { changing, .. } => changing.dry_run,
        }
    }

    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let is_rehearsal = self.is_rehearsal();
        let mut signed_in = sign_in(global, is_rehearsal)?;
        let mut output = match self {
            Self::List { .. } => list(&signed_in)?,
            Self::Show {
                jwt, get, reveal, ..
            } => {
                let found = find(&signed_in.workspace, jwt)?;
                let shown = show(&mut signed_in, &found, *reveal)?;
                match get {
                    Some(field) => shown.value_of("jwt", field)?,
                    None => shown,
                }
            }
            Self::Create {
                label,
                apps,
                expires,
                person,
                reveal,
                ..
            } => {
                let new = New {
                    label,
                    apps,
                    expires: expires.as_deref(),
                    person: person.as_deref(),
                };
                new.create(&mut signed_in, *reveal)?
            }
            Self::Edit { jwt, apps, .. } => edit(&mut signed_in, jwt, apps)?,
            Self::Revoke { jwts, yes, .. } => {
                return revoke(signed_in, jwts, *yes, is_rehearsal);
            }
        };
        if is_rehearsal {
            output.notes.push(DRY_RUN.to_owned());
        }
        Ok(output.warning(signed_in.warnings))
    }
}

pub fn find(workspace: &Workspace, given: &str) -> Result<JwtCredential, Refusal> {
    let all = workspace.jwt_credentials()?;
    let by_id = all.iter().find(|one| one.id.as_str() == given);
    if let Some(found) = by_id {
        return Ok(found.clone());
    }
    let is_called = |one: &&JwtCredential| text::key(&one.label) == text::key(given);
    let called: Vec<&JwtCredential> = all.iter().filter(is_called).collect();
    match called.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let message =
                format!("No JWT credential of yours has the label or the id \"{given}\".");
            Err(Refusal::new(Exit::NotFound, Some("JWT"), message))
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|one| one.id.as_str()).collect();
            let message = format!(
                "{} JWT credentials have the label \"{given}\". Use an id: {}.",
                several.len(),
                ids.join(", ")
            );
            Err(Refusal::new(Exit::Conflict, Some("JWT"), message))
        }
    }
}

fn as_json(workspace: &Workspace, jwt: &JwtCredential) -> Result<Map<String, Value>, Refusal> {
    let apps: Vec<&str> = match &jwt.apps {
        AuthorizedApps::Organization => Vec::new(),
        AuthorizedApps::Specific(apps) => apps.iter().map(ClientId::as_str).collect(),
    };
    let date = |at: Option<UnixMs>| at.map(UnixMs::rfc3339);
    let members = json!({
        "id": jwt.id.as_str(),
        "label": jwt.label,
        "person": workspace.email_of(&jwt.owner)?,
        "all_apps": jwt.apps == AuthorizedApps::Organization,
        "apps": apps,
        "created_at": jwt.created_at.rfc3339(),
        "expires_at": date(jwt.expires_at),
        "last_used_at": date(jwt.last_used_at),
    });
    Ok(members.as_object().cloned().unwrap_or_default())
}

/// Names where they are known, or "all".
fn apps_of(jwt: &JwtCredential) -> String {
    match &jwt.apps {
        AuthorizedApps::Organization => "all".to_owned(),
        AuthorizedApps::Specific(apps) => {
            let name = |id: &ClientId| {
                let known = jwt.names.get(id).map(String::as_str);
                known.unwrap_or(id.as_str()).to_owned()
            };
            apps.iter().map(name).collect::<Vec<_>>().join(", ")
        }
    }
}

fn expires(jwt: &JwtCredential) -> String {
    jwt.expires_at
        .map_or_else(|| "never".to_owned(), UnixMs::date)
}

fn list(signed_in: &SignedIn) -> Result<Output, Refusal> {
    let workspace = &signed_in.workspace;
    let all = workspace.jwt_credentials()?;
    let mut rows = Vec::new();
    let mut jwts = Vec::new();
    for jwt in &all {
        rows.push(vec![
            jwt.label.as_str().into(),
            jwt.id.as_str().into(),
            apps_of(jwt).into(),
            jwt.expires_at.map_or_else(|| "never".into(), Cell::day),
            workspace.email_of(&jwt.owner)?.into(),
        ]);
        jwts.push(Value::Object(as_json(workspace, jwt)?));
    }
    let table = Table {
        heads: vec!["LABEL", "ID", "APPS", "EXPIRES", "PERSON"],
        rows,
        flexible: 0,
        none: "There is no JWT credential.",
    };
    let members = json!({ "jwts": jwts });
    Ok(Output::new("jwt.list/1", members, Text::Table(table)))
}

fn show(signed_in: &mut SignedIn, jwt: &JwtCredential, reveal: bool) -> Result<Output, Refusal> {
    let token = if reveal {
        let workspace = &mut signed_in.workspace;
        workspace.record_jwt_reading(&jwt.id, Reading::Revealed, signed_in.now)?;
        Some(workspace.jwt_token(&jwt.id)?)
    } else {
        None
    };
    shown(&signed_in.workspace, jwt, token.as_ref())
}

fn shown(
    workspace: &Workspace,
    jwt: &JwtCredential,
    token: Option<&Secret>,
) -> Result<Output, Refusal> {
    let mut members = as_json(workspace, jwt)?;
    let used = jwt
        .last_used_at
        .map_or_else(|| "not yet".to_owned(), UnixMs::date_time);
    let mut rows = vec![
        ("Label", jwt.label.clone()),
        ("Id", jwt.id.as_str().to_owned()),
        ("Person", workspace.email_of(&jwt.owner)?),
        ("Apps", apps_of(jwt)),
        ("Created", jwt.created_at.date_time()),
        ("Expires", expires(jwt)),
        ("Last used", used),
    ];
    if let Some(token) = token {
        members.insert("token".to_owned(), token.expose().into());
        rows.push(("Token", token.expose().to_owned()));
    }
    let lines = rows
        .into_iter()
        .map(|(label, value)| format!("{:<12}{value}", format!("{label}:")));
    let text = Text::Lines(lines.collect());
    Ok(Output::new("jwt/1", json!({ "jwt": members }), text))
}

struct New<'a> {
    label: &'a str,
    apps: &'a ForApps,
    expires: Option<&'a str>,
    person: Option<&'a str>,
}

impl New<'_> {
    fn create(&self, signed_in: &mut SignedIn, reveal: bool) -> Result<Output, Refusal> {
        let me = signed_in.session.developer.id.clone();
        let of = match self.person {
            None => JwtFormOf::Mine(Vec::new()),
            Some(email) => {
                let (owner, name) = person(signed_in, email)?;
                JwtFormOf::Of { owner, name }
            }
        };
        let apps = self.apps.find(&mut signed_in.workspace)?;
        let mut page = JwtForm::page(of, &me);
        page.data.is_specific = apps.is_some();
        page.data.apps = apps.unwrap_or_default();
        page.data.label.set_text(self.label, 0);
        page.data
            .expires
            .set_text(self.expires.unwrap_or_default(), 0);
        let checked = check(&page, FLAGS)?;
        let Request::CreateJwt(request) = checked.request else {
            return Err(Refusal::failed("The form sent something else."));
        };
        let workspace = &mut signed_in.workspace;
        let made = workspace.create_jwt(&request.owner, &request.new, signed_in.now)?;
        let output = show(signed_in, &made, reveal)?;
        Ok(output.warning(checked.warnings))
    }
}

const FLAGS: &[(FieldId, &str)] = &[
    (LABEL, "--label"),
    (APPS, "--all-apps"),
    (SPECIFIC, "--app"),
    (EXPIRES, "--expires"),
];

fn person(signed_in: &SignedIn, email: &str) -> Result<(DeveloperId, String), Refusal> {
    let key = text::key(email);
    let mut all = signed_in.session.developers.iter();
    all.find(|one| text::key(one.email.as_str()) == key)
        .map(|one| (one.id.clone(), one.full_name.clone()))
        .ok_or_else(|| {
            let message = format!("No developer has the e-mail {email}.");
            Refusal::new(Exit::NotFound, Some("--person"), message)
        })
}

fn edit(signed_in: &mut SignedIn, given: &str, apps: &ForApps) -> Result<Output, Refusal> {
    let before = find(&signed_in.workspace, given)?;
    let apps = apps.find(&mut signed_in.workspace)?;
    let apps = apps.map_or(AuthorizedApps::Organization, AuthorizedApps::Specific);
    let workspace = &mut signed_in.workspace;
    let after = workspace.set_jwt_apps(&before.id, &apps, signed_in.now)?;
    shown(workspace, &after, None)
}

fn revoke(
    mut signed_in: SignedIn,
    given: &[String],
    is_agreed: bool,
    is_rehearsal: bool,
) -> Result<Output, Refusal> {
    let workspace = &mut signed_in.workspace;
    let found = given.iter().map(|given| find(workspace, given));
    let found: Vec<JwtCredential> = found.collect::<Result<_, _>>()?;
    let what = match found.as_slice() {
        [one] => format!("This revokes {} permanently.", one.label),
        several => format!(
            "This revokes {} JWT credentials permanently.",
            several.len()
        ),
    };
    confirm(is_agreed || is_rehearsal, &what)?;
    let mut done = Vec::new();
    for jwt in found {
        workspace.revoke_jwt(&jwt.id, signed_in.now)?;
        done.push(Subject {
            name: jwt.label,
            id: jwt.id.as_str().to_owned(),
        });
    }
    let done = Done {
        participle: "revoked".to_owned(),
        id: "id",
        done,
        skipped: Vec::new(),
    };
    Ok(done.output(is_rehearsal).warning(signed_in.warnings))
}
