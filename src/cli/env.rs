//! `devconsole env`: what an app logs in with, as variables. Never printed unasked, and on disk only
//! in a file that was named.

use std::{ffi::OsString, os::unix::process::CommandExt as _, process::Command};

use clap::{Args, ValueEnum, builder::PossibleValue};
use serde_json::{Map, Value, json};

use super::{
    apps::find,
    global::Global,
    output::{Exit, Format, Output, Refusal, Text},
    sign_in::{SignedIn, sign_in},
    written::write_result,
};
use crate::{
    domain::{
        app::{App, Environment, Issuer},
        export::{Credentials, Style, env_file, variables},
        history::Reading,
        oauth::setup::PORT,
    },
    environment::{PASSWORD_COMMAND, PASSWORD_FILE},
    files::output,
    runtime::credentials::{credentials, jwt_for},
};

/// Failures of a program that starts another one, as env(1) has them.
const OWN_FAILURE: u8 = 125;
const CANNOT_RUN: u8 = 126;
const NOT_FOUND: u8 = 127;

/// Hand the credentials of an app to a program, as variables: in a file, or by running the program
#[derive(Clone, Debug, PartialEq, Eq, Args)]
#[group(skip)]
pub struct Env {
    /// Its Client ID, or its exact name
    #[arg(value_name = "APP")]
    app: String,

    /// Whose credentials: those made here, or those that RingCentral issued
    #[arg(long = "for", value_name = "WHERE", value_enum, default_value_t)]
    issuer: For,

    /// Names of the variables; may be repeated [default: all three conventions]
    #[arg(long, value_name = "STYLE", value_enum)]
    style: Vec<Style>,

    /// Address of the local server [default: http://127.0.0.1:8228]
    #[arg(long, value_name = "URL")]
    server: Option<String>,

    /// JWT credential to log in with: its label or id [default: your newest one for the app]
    #[arg(long, value_name = "JWT")]
    jwt: Option<String>,

    /// Write a .env file, readable by you only
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["reveal", "command"])]
    output: Option<String>,

    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    yes: bool,

    /// Print the .env file
    #[arg(long, conflicts_with = "command")]
    reveal: bool,

    /// Program to run with the variables; nothing is left on disk
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,

    #[command(flatten)]
    pub format: Format,
}

/// Whose credentials, and hence the only server that accepts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum For {
    /// Made here, for the local server
    #[default]
    Local,
    /// Issued by RingCentral
    Production,
    /// Issued by RingCentral's retired sandbox
    Sandbox,
}

impl From<For> for Issuer {
    fn from(given: For) -> Self {
        match given {
            For::Local => Self::LocalServer,
            For::Production => Self::RingCentral(Environment::Production),
            For::Sandbox => Self::RingCentral(Environment::Sandbox),
        }
    }
}

impl ValueEnum for Style {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Samples => ("samples", "RC_APP_CLIENT_ID, as in RingCentral's samples"),
            Self::Sdks => ("sdks", "RINGCENTRAL_CLIENT_ID, as in its SDK repositories"),
            Self::Readme => (
                "readme",
                "RC_CLIENT_ID, as in the README of its JavaScript SDK",
            ),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

impl Env {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let is_wrapper = !self.command.is_empty();
        self.hand_over(global)
            .map_err(|refusal| match refusal.exit {
                Exit::Other(_) => refusal,
                _ if is_wrapper => Refusal {
                    exit: Exit::Other(OWN_FAILURE),
                    ..refusal
                },
                _ => refusal,
            })
    }

    fn hand_over(&self, global: &Global) -> Result<Output, Refusal> {
        if self.output.is_none() && !self.reveal && self.command.is_empty() {
            let message =
                "Choose where the secret goes: -o FILE, -- COMMAND, or --reveal to print it.";
            return Err(Refusal::new(Exit::Usage, None, message));
        }
        // Before anything is read, so that nothing is recorded for a file that is kept.
        if let Some(file) = &self.output
            && !self.yes
            && let Some(path) = output::existing(file)
        {
            let message = format!(
                "{} exists already and is left as it is. Choose another name, or add --yes.",
                path.display()
            );
            return Err(Refusal::new(Exit::Conflict, None, message));
        }
        let mut signed_in = sign_in(global, false)?;
        let app = find(&mut signed_in.workspace, &self.app)?;
        let known = self.credentials(&mut signed_in, &app)?;
        self.record(&mut signed_in, &app)?;
        let styles = if self.style.is_empty() {
            Style::ALL
        } else {
            &self.style
        };
        if !self.command.is_empty() {
            // The workspace is closed before another program takes over.
            drop(signed_in);
            return Err(self.execute(&app, &known, styles));
        }
        let file = env_file(&app, &known, styles).map_err(Refusal::failed)?;
        let output = match &self.output {
            Some(path) => write_result(path, file.expose().as_bytes(), self.yes)?,
            None => {
                let all: Map<String, Value> = variables(&app, &known, styles)
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value.expose().into()))
                    .collect();
                let lines = file.expose().lines().map(str::to_owned).collect();
                Output::new("env/1", json!({ "variables": all }), Text::Lines(lines))
            }
        };
        Ok(output.warning(signed_in.warnings))
    }

    fn credentials(&self, signed_in: &mut SignedIn, app: &App) -> Result<Credentials, Refusal> {
        let issuer = Issuer::from(self.issuer);
        let (workspace, now) = (&mut signed_in.workspace, signed_in.now);
        let jwt = match (&self.jwt, issuer) {
            (Some(given), _) => {
                let found = super::jwt::find(workspace, given).map_err(|it| it.about("--jwt"))?;
                Some(workspace.jwt_token(&found.id)?)
            }
            (None, Issuer::LocalServer) if app.spec.uses_jwt() => {
                let me = &signed_in.session.developer.id;
                jwt_for(workspace, me, &app.client_id, now)?.map(|(_, token)| token)
            }
            (None, _) => None,
        };
        let server = self
            .server
            .clone()
            .unwrap_or_else(|| format!("http://127.0.0.1:{PORT}"));
        credentials(workspace, app, issuer, server, jwt)?.ok_or_else(|| {
            let name = &app.spec.properties.name;
            let message = format!(
                "Nothing that RingCentral issued is saved for {name}. Save it: devconsole app keep."
            );
            Refusal::new(Exit::NotFound, Some("--for"), message)
        })
    }

    /// Before the secret is handed over.
    fn record(&self, signed_in: &mut SignedIn, app: &App) -> Result<(), Refusal> {
        let reading = if self.output.is_some() {
            Reading::Written
        } else if self.reveal {
            Reading::Revealed
        } else {
            Reading::Passed
        };
        let now = signed_in.now;
        let workspace = &mut signed_in.workspace;
        Ok(workspace.record_reading(&app.id, &["Credentials (.env)"], reading, now)?)
    }

    /// Becomes the command. Returns only if that fails.
    fn execute(&self, app: &App, known: &Credentials, styles: &[Style]) -> Refusal {
        let Some((program, rest)) = self.command.split_first() else {
            return Refusal::new(Exit::Usage, Some("COMMAND"), "It names no program.");
        };
        let mut command = Command::new(program);
        command.args(rest);
        // A program with the credentials of an app needs none of the workspace.
        command
            .env_remove(PASSWORD_FILE)
            .env_remove(PASSWORD_COMMAND);
        for (name, value) in variables(app, known, styles) {
            command.env(name, value.expose());
        }
        let error = command.exec();
        let code = match error.kind() {
            std::io::ErrorKind::NotFound => NOT_FOUND,
            _ => CANNOT_RUN,
        };
        let program = program.display();
        Refusal::new(
            Exit::Other(code),
            None,
            format!("{program} cannot be run: {error}."),
        )
    }
}
