//! Credentials that RingCentral issued for an app.

use std::{io::Read as _, path::Path};

use clap::{Args, ValueEnum, builder::PossibleValue};
use zeroize::Zeroizing;

use super::find::find;
use crate::{
    cli::{
        ask::confirm,
        checked::check,
        done::{Changing, Done, Subject},
        folders::path_of,
        output::{Output, Refusal},
        sign_in::SignedIn,
        texts::unreadable,
    },
    domain::app::{App, Environment},
    form::TextEdit,
    request::Request,
    screens::app::issued::{CLIENT_ID, CLIENT_SECRET, IssuedCredentials, SERVER},
};

/// More than any secret has.
const SECRET_BYTES_MAX: u64 = 64 * 1024;

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Keep {
    /// Its Client ID here, or its exact name
    #[arg(value_name = "APP")]
    pub app: String,

    /// Which environment issued them
    #[arg(long = "for", value_name = "ENVIRONMENT", value_enum)]
    environment: Environment,

    /// Client ID that RingCentral issued
    #[arg(long, value_name = "ID")]
    client_id: String,

    /// Server that accepts it [default: that of the environment]
    #[arg(long, value_name = "URL")]
    server: Option<String>,

    /// File with the Client Secret, or - for standard input; without it the app has none
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,

    #[command(flatten)]
    pub changing: Changing,
}

#[derive(Clone, Debug, PartialEq, Eq, Args)]
pub struct Forget {
    /// Its Client ID here, or its exact name
    #[arg(value_name = "APP")]
    app: String,

    /// Which environment issued them
    #[arg(long = "for", value_name = "ENVIRONMENT", value_enum)]
    environment: Environment,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    pub changing: Changing,
}

impl ValueEnum for Environment {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(self.label()))
    }
}

impl Keep {
    pub fn run(&self, mut signed_in: SignedIn) -> Result<Output, Refusal> {
        let app = find(&mut signed_in.workspace, &self.app)?;
        let mut page = IssuedCredentials::page(&app, self.environment);
        let data = &mut page.data;
        set(&mut data.client_id, &self.client_id);
        if let Some(server) = &self.server {
            set(&mut data.server, server);
        }
        if let Some(file) = &self.secret_file {
            set(&mut data.secret, &secret(file)?);
        }
        let flags = &[
            (SERVER, "--server"),
            (CLIENT_ID, "--client-id"),
            (CLIENT_SECRET, "--secret-file"),
        ];
        let checked = check(&page, flags)?;
        if let Request::KeepEnvironment(request) = &checked.request {
            let (workspace, now) = (&mut signed_in.workspace, signed_in.now);
            workspace.keep_environment(&request.app, &request.issued, now)?;
        }
        let participle = format!("{} credentials saved", self.environment.label());
        let output = done(&app, participle).output(self.changing.dry_run);
        Ok(output.warning(checked.warnings).warning(signed_in.warnings))
    }
}

impl Forget {
    pub fn run(&self, mut signed_in: SignedIn) -> Result<Output, Refusal> {
        let app = find(&mut signed_in.workspace, &self.app)?;
        let label = self.environment.label();
        let name = &app.spec.properties.name;
        let is_agreed = self.yes || self.changing.dry_run;
        let question = format!("This removes the {label} credentials of {name}.");
        confirm(is_agreed, &question)?;
        let (workspace, now) = (&mut signed_in.workspace, signed_in.now);
        workspace.forget_environment(&app.id, self.environment, now)?;
        let output =
            done(&app, format!("{label} credentials removed")).output(self.changing.dry_run);
        Ok(output.warning(signed_in.warnings))
    }
}

fn done(app: &App, participle: String) -> Done {
    Done {
        participle,
        id: "client_id",
        done: vec![Subject {
            name: app.spec.properties.name.clone(),
            id: app.client_id.as_str().to_owned(),
        }],
        skipped: Vec::new(),
    }
}

fn set(entry: &mut impl TextEdit, text: &str) {
    entry.set_text(text, text.len());
}

/// The last line break of a file is no part of the secret.
fn secret(file: &str) -> Result<Zeroizing<String>, Refusal> {
    let mut text = Zeroizing::new(String::with_capacity(SECRET_BYTES_MAX as usize));
    let read = if file == "-" {
        std::io::stdin()
            .lock()
            .take(SECRET_BYTES_MAX)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(path_of(Path::new(file)))
            .and_then(|file| file.take(SECRET_BYTES_MAX).read_to_string(&mut text))
    };
    read.map_err(|error| unreadable(file, &error).about("--secret-file"))?;
    Ok(text)
}
