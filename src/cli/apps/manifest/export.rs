//! Writes apps as a manifest, with their icons beside it.

use std::collections::HashMap;

use clap::{Args as Arguments, ValueEnum};
use serde_json::json;

use super::read::{read, refused};
use crate::{
    cli::{
        global::Global,
        output::{self, Exit, Output, Refusal, Text},
        sign_in::open,
        written::write_result,
    },
    domain::{id::AppId, problem::Problem, text},
    files,
    manifest::{self, AppEntry, Exported, Format, update},
    runtime::manifest::{IconFiles, entries, with_icon_files},
    store::{AppQuery, Workspace},
};

/// Print apps as a manifest, without secrets
#[derive(Clone, Debug, PartialEq, Eq, Arguments)]
pub struct Export {
    /// Client IDs, or exact names [default: all apps]
    #[arg(value_name = "APP", conflicts_with = "filter")]
    apps: Vec<String>,

    /// All apps that match, as in the list of the console
    #[arg(long, value_name = "QUERY")]
    filter: Option<String>,

    /// How to write it [default: as FILE is named, or else toml]
    #[arg(long, value_enum)]
    format: Option<Language>,

    /// Write to this file, and the icons to the folder icons beside it
    #[arg(short, value_name = "FILE")]
    output: Option<String>,

    /// Update this manifest and keep its comments and its order
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "format"])]
    into: Option<String>,

    /// Replace the file without asking
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    pub json: output::Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    Toml,
    Json,
}

impl Export {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let mut workspace = open(global)?;
        let mut apps = Vec::new();
        for id in self.find(&mut workspace)? {
            apps.push(workspace.app(&id)?);
        }
        apps.sort_by_cached_key(|app| text::key(&app.spec.properties.name));
        let (entries, notes) = entries(&workspace, &apps).map_err(failed)?;
        let mut done = match (&self.into, &self.output) {
            (Some(file), _) => update_file(&workspace, file, &entries)?,
            (None, Some(file)) => self.write_file(&workspace, file, &entries)?,
            (None, None) => {
                let format = self.format(None);
                let text = manifest::write(&entries, format);
                let lines = text.lines().map(str::to_owned).collect();
                Output::new("manifest/1", json!({ "manifest": text }), Text::Raw(lines))
            }
        };
        done.notes.extend(notes);
        Ok(done)
    }

    fn find(&self, workspace: &mut Workspace) -> Result<Vec<AppId>, Refusal> {
        if !self.apps.is_empty() {
            let mut found = Vec::new();
            for given in &self.apps {
                let id = super::super::find_id(workspace, given)?;
                if !found.contains(&id) {
                    found.push(id);
                }
            }
            return Ok(found);
        }
        let words = self.filter.clone().unwrap_or_default();
        super::super::list::refuse_unknown_values(&words)?;
        let window = workspace.apps(&AppQuery {
            words,
            limit: u64::from(u32::MAX),
            ..AppQuery::default()
        })?;
        Ok(window.rows.into_iter().map(|row| row.id).collect())
    }

    fn format(&self, file: Option<&str>) -> Format {
        match (self.format, file) {
            (Some(Language::Toml), _) => Format::Toml,
            (Some(Language::Json), _) => Format::Json,
            (None, file) => Format::of(file.unwrap_or_default(), ""),
        }
    }

    fn write_file(
        &self,
        workspace: &Workspace,
        file: &str,
        entries: &[AppEntry],
    ) -> Result<Output, Refusal> {
        if !self.yes
            && let Some(path) = files::output::existing(file)
        {
            let message = format!(
                "{} exists already and is left as it is. Choose another name, add --yes, or use --into.",
                path.display()
            );
            return Err(Refusal::new(Exit::Conflict, None, message));
        }
        let written = with_icon_files(workspace, file, entries).map_err(failed)?;
        let text = manifest::write(&written, self.format(Some(file)));
        let mut done = write_result(file, text.as_bytes(), self.yes)?;
        // A manifest is meant to be committed.
        done.notes.clear();
        Ok(done)
    }
}

fn failed(problem: Problem) -> Refusal {
    Refusal::failed(problem.text)
}

fn update_file(workspace: &Workspace, file: &str, entries: &[AppEntry]) -> Result<Output, Refusal> {
    if file == "-" {
        let message = "Enter the name of a file.";
        return Err(Refusal::new(Exit::Usage, Some("--into"), message));
    }
    let before = read(file)?;
    let mut known: HashMap<String, String> = HashMap::new();
    let mut icons = before.icons();
    for icon in before
        .file
        .apps
        .iter()
        .filter_map(|app| app.entry.icon.as_ref())
    {
        if let Ok(about) = icons.find(icon) {
            known.insert(icon.clone(), format!("sha256:{}", about.sha256));
        }
    }
    let mut files = IconFiles::beside(file);
    let mut apps = Vec::with_capacity(entries.len());
    for entry in entries {
        let is_there = known.values().any(|hash| Some(hash) == entry.icon.as_ref());
        let icon = if is_there {
            None
        } else {
            files.path_of(workspace, entry).map_err(failed)?
        };
        apps.push(Exported {
            entry: entry.clone(),
            icon,
        });
    }
    let icon_of = |name: &str| known.get(name).cloned();
    let text =
        update(&before.text, before.format, &apps, &icon_of).map_err(|found| refused(&found))?;
    if text == before.text {
        let lines = vec![format!("Unchanged: {file}")];
        return Ok(Output::new(
            "written/1",
            json!({ "path": file }),
            Text::Lines(lines),
        ));
    }
    let mut done = write_result(file, text.as_bytes(), true)?;
    done.notes.clear();
    Ok(done)
}
