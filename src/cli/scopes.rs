//! `devconsole scopes`: the catalog, which needs no workspace, and the audit of an app.

use clap::Subcommand;
use serde_json::{Value, json};

use super::{
    audit::Audit,
    global::Global,
    output::{Exit, Format, Output, Refusal, Text},
    table::{Cell, Table},
};
use crate::domain::{
    app::scope::{self, Scope, ScopeId},
    oauth::{
        operation::{self, Found, Operation},
        scope_search::search,
    },
};

/// The permissions that an app can request.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Scopes {
    /// List all scopes, or those that some words find
    List {
        /// Words of its name, of what it allows or of a call, or a whole call
        #[arg(value_name = "WORD")]
        words: Vec<String>,

        #[command(flatten)]
        format: Format,
    },
    /// Show one scope: what it allows, what it includes, and whether it requires approval
    Show {
        /// Any usual spelling, e.g. ReadAccounts or "read accounts"
        #[arg(value_name = "SCOPE")]
        scope: String,

        #[command(flatten)]
        format: Format,
    },
    /// Say which scope a call needs
    For {
        /// GET, POST and so on; may be left out if the path has one method
        #[arg(value_name = "METHOD PATH", required = true, num_args = 1..=2)]
        call: Vec<String>,

        #[command(flatten)]
        format: Format,
    },
    Audit(Audit),
}

impl Scopes {
    pub fn format(&self) -> Format {
        match self {
            Self::List { format, .. } | Self::Show { format, .. } | Self::For { format, .. } => {
                *format
            }
            Self::Audit(audit) => audit.format,
        }
    }

    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        match self {
            Self::List { words, .. } => Ok(list(&words.join(" "))),
            Self::Show { scope, .. } => show(scope),
            Self::For { call, .. } => operation_of(&call.join(" ")),
            Self::Audit(audit) => audit.run(global),
        }
    }
}

fn list(words: &str) -> Output {
    let found: Vec<&Scope> = match words {
        "" => scope::catalogue().iter().collect(),
        words => search(words).into_iter().map(|one| one.scope).collect(),
    };
    let row = |scope: &&Scope| {
        let approval = if scope.requires_approval {
            "approval"
        } else {
            ""
        };
        [
            scope.id.as_str(),
            approval,
            scope.status.label(),
            scope.description,
        ]
        .map(Cell::from)
        .to_vec()
    };
    let rows = found.iter().map(row).collect();
    let scopes: Vec<Value> = found.iter().map(|scope| as_json(scope)).collect();
    let heads = vec!["SCOPE", "REQUIRES", "STATUS", "ALLOWS"];
    Output::new(
        "scopes/1",
        json!({ "scopes": scopes }),
        Text::Table(Table {
            heads,
            rows,
            flexible: 3,
            none: "No scope matches.",
        }),
    )
}

fn show(name: &str) -> Result<Output, Refusal> {
    let Some(found) = ScopeId::find(name) else {
        let near = scope::search(name);
        let near: Vec<&str> = near.iter().take(3).map(|scope| scope.id.as_str()).collect();
        let similar = match near.as_slice() {
            [] => String::new(),
            near => format!(" Similar: {}.", near.join(", ")),
        };
        let message = format!("No scope is named \"{name}\".{similar}");
        return Err(Refusal::new(Exit::NotFound, Some("SCOPE"), message));
    };
    let scope = found.scope();
    let mut lines = vec![
        format!("{} ({}, {})", scope.id, scope.access, scope.status.label()),
        scope.description.to_owned(),
    ];
    if !scope.includes.is_empty() {
        lines.push(format!("Includes: {}", names(&scope.includes)));
    }
    if scope.requires_approval {
        lines.push("Requires approval, with a justification.".to_owned());
    }
    Ok(Output::new(
        "scope/1",
        json!({ "scope": as_json(scope) }),
        Text::Lines(lines),
    ))
}

/// `POST /restapi/v1.0/account/~/extension/~/sms`, or the path alone.
fn operation_of(call: &str) -> Result<Output, Refusal> {
    const FIELD: Option<&str> = Some("METHOD PATH");
    let (method, path) = call.split_once(' ').unwrap_or(("", call));
    let method = method.to_ascii_uppercase();
    // A whole URL is copied from a log or a sample.
    let path = url::Url::parse(path.trim()).map_or_else(
        |_| {
            path.trim()
                .split(['?', '#'])
                .next()
                .unwrap_or_default()
                .to_owned()
        },
        |url| url.path().to_owned(),
    );
    let one = match operation::find(&method, &path) {
        Found::OtherMethods(methods) if method.is_empty() && methods.len() == 1 => {
            operation::find(methods.first().copied().unwrap_or_default(), &path)
        }
        found => found,
    };
    match one {
        Found::Operation(found, _) => Ok(operation(found)),
        Found::OtherMethods(methods) => {
            let message = format!("Name the method of this path: {}.", methods.join(", "));
            Err(Refusal::new(Exit::NotFound, FIELD, message))
        }
        Found::Nothing => {
            let message = "RingCentral has no operation at this path.";
            Err(Refusal::new(Exit::NotFound, FIELD, message))
        }
    }
}

fn operation(found: &Operation) -> Output {
    let including = found.scope.map_or_else(Vec::new, ScopeId::included_in);
    let mut lines = vec![format!("{} {}", found.method, found.path)];
    match found.scope {
        Some(scope) => {
            let approval = if scope.scope().requires_approval {
                ", which requires approval"
            } else {
                ""
            };
            lines.push(format!("Needs {scope}{approval}."));
        }
        None => lines.push("Needs no scope.".to_owned()),
    }
    if !including.is_empty() {
        lines.push(format!("Included in: {}", names(&including)));
    }
    if let Some(permission) = found.user_permission {
        lines.push(format!("The user needs the permission {permission}."));
    }
    let ids: Vec<&str> = including.iter().map(|scope| scope.as_str()).collect();
    let members = json!({ "operation": {
        "id": found.id,
        "method": found.method,
        "path": found.path,
        "scope": found.scope.map(|scope| scope.as_str()),
        "included_in": ids,
        "user_permission": found.user_permission,
    } });
    Output::new("operation/1", members, Text::Lines(lines))
}

fn names(scopes: &[ScopeId]) -> String {
    let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    names.join(", ")
}

fn as_json(scope: &Scope) -> Value {
    let includes: Vec<&str> = scope.includes.iter().map(|scope| scope.as_str()).collect();
    json!({
        "id": scope.id.as_str(),
        "label": scope.label,
        "description": scope.description,
        "access": scope.access,
        "includes": includes,
        "requires_approval": scope.requires_approval,
        "status": scope.status.label(),
    })
}
