//! `devconsole scopes`: the catalog, which needs no workspace.

use clap::Subcommand;
use serde_json::{Value, json};

use super::output::{Exit, Format, Output, Refusal, Table, Text};
use crate::domain::app::scope::{self, Scope, ScopeId};

/// The permissions that an app can request.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Scopes {
    /// List all scopes, or those that some words find
    List {
        /// Words in the name or the description
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
}

impl Scopes {
    pub fn format(&self) -> Format {
        match self {
            Self::List { format, .. } | Self::Show { format, .. } => *format,
        }
    }

    pub fn run(&self) -> Result<Output, Refusal> {
        match self {
            Self::List { words, .. } => Ok(list(&words.join(" "))),
            Self::Show { scope, .. } => show(scope),
        }
    }
}

fn list(words: &str) -> Output {
    let found: Vec<&Scope> = match words {
        "" => scope::catalogue().iter().collect(),
        words => scope::search(words),
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
        .map(str::to_owned)
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
