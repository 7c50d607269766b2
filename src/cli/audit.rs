//! `devconsole scopes audit`: whether an app requests the scopes that its recorded calls need, and no
//! others.

use std::{collections::BTreeMap, fs, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    apps::find,
    global::Global,
    output::{Exit, Format, Output, Refusal, Text},
    sign_in::{now, open},
};
use crate::{
    domain::{
        app::{
            scope::{ScopeId, ScopeSet},
            scope_fit::{Narrower, Need, ScopeFit, fit, waiting},
            usage::OperationUsage,
        },
        oauth::scope_search::brief,
        progress::grouped,
        secret::Secret,
        text, this_machine,
        time::since,
    },
    local_server::UsageDocument,
};

const SERVE: &str = "--serve";
/// The server is on this machine.
const PATIENCE: Duration = Duration::from_secs(10);
const ANSWER_MAX: u64 = 16 << 20;
const CREDENTIALS_MAX: u64 = 16 << 20;

/// Compare the requested scopes of an app with the calls that it made to the local server. Ends with
/// 1 if they do not fit
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Audit {
    /// A Client ID, or an exact name
    #[arg(value_name = "APP")]
    app: String,

    /// The findings that end with 1 [default: all]
    #[arg(long, value_name = "FINDINGS", value_enum, value_delimiter = ',')]
    fail_on: Vec<FailOn>,

    /// Ask a running `serve --from`: the file that its --credentials wrote
    #[arg(long, value_name = "CREDENTIALS")]
    serve: Option<PathBuf>,

    /// Only operations that were called since then: a date, or 7d, 12w, 6m, 1y before now
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,

    #[command(flatten)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// A requested scope that no call needs
    Unused,
    /// A scope that a call needs, and that is not requested or not granted
    Missing,
    /// A requested scope of which a narrower one would do
    Narrower,
}

/// What is compared.
struct Audited {
    name: String,
    client_id: String,
    requested: ScopeSet,
    waiting: ScopeSet,
    usage: Vec<OperationUsage>,
}

impl Audit {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        self.audit(global).map_err(|mut refusal| {
            // 1 means that something was found.
            if refusal.exit == Exit::Failed {
                refusal.exit = Exit::Usage;
            }
            refusal
        })
    }

    fn audit(&self, global: &Global) -> Result<Output, Refusal> {
        let since = self.since.as_deref().map(|typed| since(typed, now()));
        let since = since
            .transpose()
            .map_err(|error| Refusal::failed(error).about("--since"))?;
        let mut audited = match &self.serve {
            Some(path) => of_server(path, &self.app)?,
            None => self.of_workspace(global)?,
        };
        audited
            .usage
            .retain(|one| since.is_none_or(|since| one.last_at >= since));
        if audited.usage.is_empty() {
            let when = if since.is_some() { " since then" } else { "" };
            let message = format!(
                "No call of {} was recorded{when}. Run it against the local server first.",
                audited.name
            );
            return Err(Refusal::new(Exit::Conflict, Some("APP"), message));
        }
        let fit = fit(&audited.requested, &audited.waiting, &audited.usage);
        let mut output = Output::new(
            "audit/1",
            members(&audited, &fit),
            Text::Lines(lines(&audited, &fit)),
        );
        if self.fails(&fit) {
            output.exit = ExitCode::from(Exit::Failed.code());
        }
        Ok(output)
    }

    fn of_workspace(&self, global: &Global) -> Result<Audited, Refusal> {
        let mut workspace = open(global)?;
        let app = find(&mut workspace, &self.app)?;
        Ok(Audited {
            usage: workspace.usage_of(&app.id)?,
            waiting: waiting(&app),
            client_id: app.client_id.as_str().to_owned(),
            name: app.spec.properties.name,
            requested: app.spec.scopes,
        })
    }

    fn fails(&self, fit: &ScopeFit<'_>) -> bool {
        let counts = |finding| self.fail_on.is_empty() || self.fail_on.contains(&finding);
        counts(FailOn::Unused) && !fit.unused.is_empty()
            || counts(FailOn::Missing) && !(fit.missing.is_empty() && fit.waiting.is_empty())
            || counts(FailOn::Narrower) && !fit.narrower.is_empty()
    }
}

/// The parts of the credentials file that are needed here.
#[derive(Deserialize)]
struct Credentials {
    schema: String,
    server_url: String,
    control_token: String,
    apps: BTreeMap<String, Named>,
}

#[derive(Deserialize)]
struct Named {
    client_id: String,
}

fn of_server(path: &std::path::Path, given: &str) -> Result<Audited, Refusal> {
    let credentials = read(path)?;
    let key = text::key(given);
    let is_meant =
        |(name, app): &(&String, &Named)| app.client_id == given || text::key(name) == key;
    let found = credentials.apps.iter().find(is_meant);
    let (name, _) = found.ok_or_else(|| {
        let message = format!("The server has no app with the Client ID or the name \"{given}\".");
        Refusal::new(Exit::NotFound, Some("APP"), message)
    })?;
    let document = ask(&credentials, name).map_err(|why| Refusal::failed(why).about(SERVE))?;
    let app = document.apps.into_iter().next();
    let app = app.ok_or_else(|| Refusal::failed("The server does not know this app."))?;
    Ok(Audited {
        usage: app.usage(),
        name: app.name,
        client_id: app.client_id,
        requested: app.scopes,
        waiting: app.waiting,
    })
}

fn read(path: &std::path::Path) -> Result<Credentials, Refusal> {
    let shown = path.display();
    let failed = |exit, message| Refusal::new(exit, Some(SERVE), message);
    let cannot = |error: std::io::Error| {
        let exit = match error.kind() {
            std::io::ErrorKind::NotFound => Exit::NotFound,
            _ => Exit::Failed,
        };
        failed(exit, format!("{shown} cannot be read: {error}."))
    };
    let other = || {
        let message = format!("{shown} is not a file that serve --credentials wrote.");
        failed(Exit::Failed, message)
    };
    // A pipe would be waited for, and a device has no end.
    let about = fs::metadata(path).map_err(cannot)?;
    if !about.is_file() || about.len() > CREDENTIALS_MAX {
        return Err(other());
    }
    let bytes = zeroize::Zeroizing::new(fs::read(path).map_err(cannot)?);
    let read: Credentials = serde_json::from_slice(&bytes).map_err(|_| other())?;
    // The token must not leave this machine, whatever the file says.
    let is_here = Url::parse(&read.server_url).is_ok_and(|url| this_machine::is_url(&url));
    if read.schema == "serve.credentials/1" && is_here {
        Ok(read)
    } else {
        Err(other())
    }
}

fn ask(credentials: &Credentials, app: &str) -> Result<UsageDocument, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .proxy(None)
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .into();
    let token = Secret::new(format!("Bearer {}", credentials.control_token));
    let server = credentials.server_url.as_str();
    let asked = agent
        .get(format!("{server}/__devconsole/usage"))
        .query("app", app)
        .header("Authorization", token.expose())
        .call();
    let mut answer = asked.map_err(|_| format!("No server answers at {server}."))?;
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(format!("The server at {server} answers {status}, not 200."));
    }
    let body = answer.body_mut().with_config().limit(ANSWER_MAX);
    let text = body.read_to_string().unwrap_or_default();
    UsageDocument::read(&text)
        .ok_or_else(|| format!("The server at {server} is another version of devconsole."))
}

fn members(audited: &Audited, fit: &ScopeFit<'_>) -> Value {
    let need = |one: &Need<'_>| json!({ "scope": one.scope, "operations": operations(&one.calls) });
    let narrower = |one: &Narrower<'_>| {
        json!({
            "scope": one.scope,
            "instead": one.instead,
            "operations": operations(&one.calls),
        })
    };
    json!({
        "app": audited.name,
        "client_id": audited.client_id,
        "requested": audited.requested,
        "used": fit.used.iter().map(need).collect::<Vec<_>>(),
        "unused": fit.unused,
        "missing": fit.missing.iter().map(need).collect::<Vec<_>>(),
        "narrower": fit.narrower.iter().map(narrower).collect::<Vec<_>>(),
        "unmeasured": fit.unmeasured,
        "waiting": fit.waiting,
        "redundant": fit.redundant,
        "proposed": fit.proposed(),
    })
}

fn operations(calls: &[&OperationUsage]) -> Vec<Value> {
    let each = calls.iter().map(|one| {
        json!({
            "id": one.operation.id,
            "method": one.operation.method,
            "path": one.operation.path,
            "calls": one.calls(),
            "refused": one.scope_missing,
            "last_at": one.last_at.rfc3339(),
        })
    });
    each.collect()
}

/// A line for each scope, with its calls below it, and what the app should request.
fn lines(audited: &Audited, fit: &ScopeFit<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for one in &fit.used {
        let narrower = fit.narrower.iter().find(|other| other.scope == one.scope);
        lines.push(match narrower {
            Some(narrower) => {
                let instead = names(narrower.instead.iter().copied());
                format!("narrower  {}: {instead} is enough", one.scope)
            }
            None if fit.waiting.contains(&one.scope) => {
                format!("waiting   {}: requested, and not granted", one.scope)
            }
            None if fit.redundant.contains(&one.scope) => {
                format!("used      {}: included in another one", one.scope)
            }
            None => format!("used      {}", one.scope),
        });
        lines.extend(one.calls.iter().map(|call| line(call)));
    }
    for scope in &fit.unused {
        lines.push(format!("unused    {scope}: no call needs it"));
    }
    for one in &fit.missing {
        lines.push(format!("missing   {}", one.scope));
        lines.extend(one.calls.iter().map(|call| line(call)));
    }
    for scope in &fit.unmeasured {
        lines.push(format!(
            "unknown   {scope}: calls cannot show whether it is used"
        ));
    }
    let proposed = fit.proposed();
    let fits = fit.unused.is_empty() && fit.missing.is_empty() && fit.narrower.is_empty();
    lines.push(
        if proposed == audited.requested && !fit.waiting.is_empty() {
            let waiting = names(fit.waiting.iter().copied());
            format!("The requested scopes fit once these are granted: {waiting}")
        } else if proposed == audited.requested {
            "The requested scopes fit.".to_owned()
        } else if fits {
            // Some are included in others that are needed too.
            let fewer = names(proposed.iter());
            format!("The requested scopes fit. Fewer are enough: {fewer}")
        } else if proposed.is_empty() {
            "The app needs no scope.".to_owned()
        } else {
            format!("Request: {}", names(proposed.iter()))
        },
    );
    lines
}

fn line(call: &OperationUsage) -> String {
    let refused = match call.scope_missing {
        0 => String::new(),
        count => format!(", {} refused", grouped(count)),
    };
    let plural = if call.calls() == 1 { "" } else { "s" };
    format!(
        "          {}: {} call{plural}{refused}, last {}",
        brief(call.operation),
        grouped(call.calls()),
        call.last_at.date_time(),
    )
}

fn names(scopes: impl Iterator<Item = ScopeId>) -> String {
    let names: Vec<&str> = scopes.map(ScopeId::as_str).collect();
    names.join(" ")
}
