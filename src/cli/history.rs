//! `devconsole history`: who did what, when.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::{
    apps::find_id,
    global::Global,
    output::{Exit, Format, Output, Refusal, Text},
    sign_in::{now, open, sign_in},
    table::{Cell, Table},
};
use crate::{
    domain::{
        history::Entry,
        progress::grouped,
        time::{UnixMs, since},
    },
    store::{HistoryQuery, Workspace},
};

/// How many entries are read at once while older ones are looked for.
const PAGE: u64 = 1_000;

/// Who did what, when; the newest first
#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct History {
    /// Only of this app: its Client ID, or its exact name
    #[arg(long, value_name = "APP")]
    app: Option<String>,

    /// Words that must all occur in an entry
    #[arg(
        long,
        value_name = "QUERY",
        default_value = "",
        hide_default_value = true
    )]
    filter: String,

    /// Only since then: a date, or 7d, 12w, 6m, 1y before now
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,

    /// Most entries to list; 0 for all
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,

    /// Verify every entry; asks for the password. Ends with 1 if one was changed or removed
    #[arg(long, conflicts_with_all = ["app", "filter", "since", "limit"])]
    check: bool,

    #[command(flatten)]
    pub format: Format,
}

impl History {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        if self.check {
            return check(global);
        }
        let mut workspace = open(global)?;
        let app = self
            .app
            .as_deref()
            .map(|given| find_id(&mut workspace, given).map_err(|it| it.about("--app")))
            .transpose()?;
        let since = self
            .since
            .as_deref()
            .map(|typed| since(typed, now()).map_err(|it| Refusal::failed(it).about("--since")))
            .transpose()?;
        let query = HistoryQuery {
            app,
            words: self.filter.clone(),
            offset: 0,
            limit: PAGE,
        };
        let limit = match self.limit {
            0 => usize::MAX,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        };
        let (entries, matched) = entries(&workspace, query, since, limit)?;
        list(&workspace, &entries, matched)
    }
}

/// The newest entries, and how many match. With `since`, only those that are listed are counted.
fn entries(
    workspace: &Workspace,
    mut query: HistoryQuery,
    since: Option<UnixMs>,
    limit: usize,
) -> Result<(Vec<Entry>, u64), Refusal> {
    let mut found: Vec<Entry> = Vec::new();
    loop {
        let window = workspace.history(&query)?;
        let read = window.entries.len();
        let recent = window
            .entries
            .into_iter()
            .take_while(|entry| since.is_none_or(|since| entry.at >= since));
        let before = found.len();
        found.extend(recent);
        let is_over = found.len() - before < read || (read as u64) < PAGE;
        if is_over || (found.len() >= limit && since.is_none()) {
            let matched = match since {
                Some(_) => found.len() as u64,
                None => window.matched,
            };
            found.truncate(limit);
            return Ok((found, matched));
        }
        query.offset += PAGE;
    }
}

fn list(workspace: &Workspace, entries: &[Entry], matched: u64) -> Result<Output, Refusal> {
    let mut rows = Vec::new();
    let mut objects: Vec<Value> = Vec::new();
    for entry in entries {
        let who = workspace.email_of(&entry.who)?;
        let client_id = match &entry.app {
            // An app that was deleted permanently has none.
            Some(id) => workspace.app(id).ok().map(|app| app.client_id),
            None => None,
        };
        let changes: Vec<String> = entry
            .changes
            .iter()
            .map(|change| change.told(entry.what))
            .collect();
        rows.push(vec![
            Cell::minute(entry.at),
            who.as_str().into(),
            entry.what.label().into(),
            entry.subject.as_str().into(),
            changes.join("; ").into(),
        ]);
        objects.push(json!({
            "seq": entry.seq,
            "at": entry.at.rfc3339(),
            "who": who,
            "app": client_id.as_ref().map(|id| id.as_str()),
            "subject": entry.subject,
            "what": entry.what.as_str(),
            "changes": entry.changes,
        }));
    }
    let count = entries.len() as u64;
    let table = Table {
        heads: vec!["WHEN", "WHO", "WHAT", "SUBJECT", "CHANGES"],
        rows,
        flexible: 4,
        none: "No entry matches.",
    };
    let members = json!({ "matched": matched, "entries": objects });
    let mut output = Output::new("history/1", members, Text::Table(table));
    if count < matched {
        output.notes = vec![format!("{} of {}", grouped(count), grouped(matched))];
    }
    Ok(output)
}

fn check(global: &Global) -> Result<Output, Refusal> {
    let signed_in = sign_in(global, false)?;
    let broken = signed_in.workspace.check_history()?;
    let told = broken.as_ref().map_or_else(
        || "The history is unchanged: every entry is signed, and none is missing.".to_owned(),
        |broken| format!("{} {}", broken.describe(), broken.way_on()),
    );
    let members = json!({ "intact": broken.is_none(), "message": told });
    let mut output = Output::new("history.check/1", members, Text::Lines(vec![told]));
    if broken.is_some() {
        output.exit = ExitCode::from(Exit::Failed.code());
    }
    Ok(output.warning(signed_in.warnings))
}
