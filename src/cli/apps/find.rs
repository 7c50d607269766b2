//! Which apps a command means.

use clap::Args;

use super::list::refuse_unknown_values;
use crate::{
    cli::output::{Exit, Refusal},
    domain::{app::App, id::AppId},
    store::{AppQuery, Workspace},
};

/// The apps of a command that changes several.
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// Client IDs, or exact names
    #[arg(value_name = "APP")]
    apps: Vec<String>,

    /// All apps that match, as in the list of the console
    #[arg(long, value_name = "QUERY")]
    filter: Option<String>,
}

impl Which {
    pub fn find(&self, workspace: &mut Workspace) -> Result<Vec<AppId>, Refusal> {
        let Some(words) = &self.filter else {
            let mut found: Vec<AppId> = Vec::new();
            for given in &self.apps {
                let id = find_id(workspace, given)?;
                if !found.contains(&id) {
                    found.push(id);
                }
            }
            return Ok(found);
        };
        refuse_unknown_values(words)?;
        let window = workspace.apps(&AppQuery {
            words: words.clone(),
            limit: u64::from(u32::MAX),
            ..AppQuery::default()
        })?;
        Ok(window.rows.into_iter().map(|row| row.id).collect())
    }
}

pub fn find(workspace: &mut Workspace, given: &str) -> Result<App, Refusal> {
    let id = find_id(workspace, given)?;
    Ok(workspace.app(&id)?)
}

pub fn find_id(workspace: &mut Workspace, given: &str) -> Result<AppId, Refusal> {
    let found = workspace.apps_called(given)?;
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(unknown(workspace, given)),
        several => {
            let apps = several.iter().map(|id| workspace.app(id));
            let apps: Vec<App> = apps.collect::<Result<_, _>>()?;
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
