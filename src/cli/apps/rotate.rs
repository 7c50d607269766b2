//! Rotating a Client Secret: begin, finish, or cancel.

use clap::Args;
use serde_json::{Map, Value};

use super::find::find;
use crate::{
    cli::{
        ask::confirm,
        done::{Changing, DRY_RUN},
        output::{Output, Refusal, Text},
        sign_in::SignedIn,
    },
    domain::{app::App, history::Reading, oauth::credential::OVERLAP_HOURS_MAX, time::UnixMs},
};

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Rotate {
    /// Its Client ID, or its exact name
    #[arg(value_name = "APP")]
    pub app: String,

    /// How long the old secret still works; 0 ends it at once
    #[arg(
        long,
        value_name = "HOURS",
        default_value_t = 24,
        value_parser = clap::value_parser!(u32).range(0..=i64::from(OVERLAP_HOURS_MAX)),
        conflicts_with_all = ["finish", "cancel"]
    )]
    overlap: u32,

    /// End the old secret of a rotation now
    #[arg(long, conflicts_with = "cancel")]
    finish: bool,

    /// Discard the new secret of a rotation; the old one stays
    #[arg(long)]
    cancel: bool,

    /// Print the new secret; this is written to the history
    #[arg(long, conflicts_with_all = ["finish", "cancel", "dry_run"])]
    reveal: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    pub changing: Changing,
}

impl Rotate {
    pub fn run(&self, mut signed_in: SignedIn) -> Result<Output, Refusal> {
        let now = signed_in.now;
        let workspace = &mut signed_in.workspace;
        let before = find(workspace, &self.app)?;
        let is_rehearsal = self.changing.dry_run;
        let name = &before.spec.properties.name;
        if let Some(what) = self.question(name) {
            confirm(self.yes || is_rehearsal, &what)?;
        }
        let app = if self.finish {
            workspace.finish_rotation(&before.id, now)?
        } else if self.cancel {
            workspace.cancel_rotation(&before.id, now)?
        } else {
            workspace.rotate_secret(&before.id, self.overlap, now)?
        };
        let secret = if self.reveal {
            let reading = Reading::Revealed;
            workspace.record_reading(&app.id, &["Client Secret"], reading, now)?;
            workspace.client_secret(&app.id)?
        } else {
            None
        };
        let ends = old_ends_at(&app);
        let mut lines = vec![self.told(&app, ends)];
        let mut members = Map::new();
        members.insert("client_id".to_owned(), app.client_id.as_str().into());
        members.insert("name".to_owned(), app.spec.properties.name.as_str().into());
        let ends = ends.map_or(Value::Null, |at| at.rfc3339().into());
        members.insert("old_secret_ends_at".to_owned(), ends);
        members.insert("dry_run".to_owned(), is_rehearsal.into());
        if let Some(secret) = secret {
            members.insert("client_secret".to_owned(), secret.expose().into());
            lines.push(secret.expose().to_owned());
        }
        let mut output = Output::new("app.rotate/1", members, Text::Lines(lines));
        output.notes = is_rehearsal
            .then(|| DRY_RUN.to_owned())
            .into_iter()
            .collect();
        Ok(output.warning(signed_in.warnings))
    }

    fn question(&self, name: &str) -> Option<String> {
        if self.finish {
            Some(format!("This ends the old Client Secret of {name} now."))
        } else if self.cancel {
            Some(format!("This discards the new Client Secret of {name}."))
        } else {
            let what = format!("This ends the Client Secret of {name} at once.");
            (self.overlap == 0).then_some(what)
        }
    }

    fn told(&self, app: &App, ends: Option<UnixMs>) -> String {
        let name = &app.spec.properties.name;
        let next = format!("To use the new one: devconsole env \"{name}\" -o .env");
        match ends {
            _ if self.finish => "The old Client Secret no longer works.".to_owned(),
            _ if self.cancel => {
                "The new Client Secret was discarded. The old one stays.".to_owned()
            }
            Some(at) => format!(
                "Rotated. The old Client Secret works until {}. {next}",
                at.date_time()
            ),
            None => format!("Rotated. The old Client Secret no longer works. {next}"),
        }
    }
}

fn old_ends_at(app: &App) -> Option<UnixMs> {
    app.secrets.iter().find_map(|secret| secret.ends_at)
}
