//! Commands that change several things: what was done, and what was left as it is and why.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::output::{Exit, Format, Output, Text};

/// Flags of every command that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Args)]
pub struct Changing {
    /// Check everything, roles too, and change nothing
    #[arg(long)]
    pub dry_run: bool,

    #[command(flatten)]
    pub format: Format,
}

/// Something that a command changed or left.
#[derive(Clone, Debug)]
pub struct Subject {
    pub name: String,
    /// The Client ID of an app, the id of a request.
    pub id: String,
}

#[derive(Debug)]
pub struct Skipped {
    pub subject: Subject,
    pub reason: String,
    pub exit: Exit,
}

/// The result of such a command. `participle` is what happened, e.g. "suspended".
#[derive(Debug)]
pub struct Done {
    pub participle: String,
    /// The member that holds an id in JSON.
    pub id: &'static str,
    pub done: Vec<Subject>,
    pub skipped: Vec<Skipped>,
}

pub const DRY_RUN: &str = "This was a dry run: nothing was changed.";

impl Done {
    pub fn output(self, is_rehearsal: bool) -> Output {
        let object = |one: &Subject| json!({ "name": one.name, self.id: one.id });
        let done: Vec<Value> = self.done.iter().map(object).collect();
        let skipped: Vec<Value> = self
            .skipped
            .iter()
            .map(|one| {
                let mut it = object(&one.subject);
                if let Some(members) = it.as_object_mut() {
                    members.insert("reason".to_owned(), one.reason.as_str().into());
                }
                it
            })
            .collect();
        let lines = self.done.iter();
        let lines = lines.map(|one| format!("{}: {}", one.name, self.participle));
        let members = json!({ "done": done, "skipped": skipped, "dry_run": is_rehearsal });
        let mut output = Output::new("done/1", members, Text::Lines(lines.collect()));
        output.problems = self
            .skipped
            .iter()
            .map(|one| format!("{}: {}", one.subject.name, one.reason))
            .collect();
        output.notes = is_rehearsal
            .then(|| DRY_RUN.to_owned())
            .into_iter()
            .collect();
        // A refusal for the role is the more serious one.
        let worst = self
            .skipped
            .iter()
            .map(|one| one.exit)
            .reduce(|one, other| {
                if other == Exit::NotAllowed {
                    other
                } else {
                    one
                }
            });
        output.exit = worst.map_or(ExitCode::SUCCESS, |exit| ExitCode::from(exit.code()));
        output
    }
}
