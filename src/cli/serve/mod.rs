//! `devconsole serve`: the local server alone, for scripts and CI. With `--from`, its apps are those
//! of a manifest, and nothing is on disk.

mod credentials;
mod files;
mod memory;
mod people;
mod seed;
mod settings;

use std::{
    future::Future,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use clap::ValueEnum;
use serde_json::Map;
use tokio::signal::unix::{SignalKind, signal};

use super::{
    global::Global,
    no_organization,
    output::{self, Exit, Format, Refusal},
};
use crate::{
    domain::{
        oauth::{
            exchange::Exchange,
            setup::{PORT, Profile, RateLimits, Setup},
        },
        text,
    },
    local_server::{self, Control, Journal, Listening, LogEntry, Options},
    store::{Serving, Workspace},
    vault::KdfCost,
};

/// Run the local server, which accepts the credentials of the workspace, on this machine only
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub struct Serve {
    /// Serve the apps of a manifest from memory, for CI: no workspace, no sign-up, no password
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,

    /// Port to listen on; 0 for any free port [default: 8228, the port of the console and its .env]
    #[arg(long)]
    port: Option<u16>,

    /// Rules to follow where RingCentral and the standards differ [default: ringcentral]
    #[arg(long, value_enum)]
    profile: Option<Profile>,

    /// Limit each app to five logins a minute, as RingCentral does
    #[arg(long)]
    limit_logins: bool,

    /// Limit logins, and the calls of each app and person to RingCentral's rate groups: light 50,
    /// medium 40, heavy 10 a minute
    #[arg(long)]
    limit_rates: bool,

    /// With --from: this person signs in and allows every app, without a page
    #[arg(long, value_name = "EMAIL", requires = "from")]
    consent: Option<String>,

    /// With --from: write Client Secrets, tokens and passwords to this file, as JSON
    #[arg(long, value_name = "FILE", requires = "from")]
    credentials: Option<PathBuf>,

    /// Create this file once the server is ready
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,

    /// Print a line for each request to standard error
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "text"
    )]
    log: Option<LogFormat>,

    #[command(flatten)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A sentence
    Text,
    /// A JSON object, with the members of /__devconsole/log
    Json,
}

impl Serve {
    /// Serves until a signal ends it.
    pub fn run(&self, global: &Global) -> ExitCode {
        match self.served(global) {
            Ok(()) => ExitCode::SUCCESS,
            Err(refusal) => output::print(self.format, global, Err(refusal)),
        }
    }

    fn served(&self, global: &Global) -> Result<(), Refusal> {
        // First: a program that waits for it must not take an old one for this start.
        if let Some(path) = &self.ready_file {
            files::remove_stale(path)
                .map_err(|error| Refusal::failed(error).about("--ready-file"))?;
        }
        let runtime = local_server::runtime().map_err(Refusal::failed)?;
        let served = runtime.block_on(async {
            // Before anything is made that a signal would leave behind.
            let stopped = stopped().map_err(Refusal::failed)?;
            match &self.from {
                Some(file) => memory::serve(self, global, file, stopped).await,
                None => self.serve_workspace(global, stopped).await,
            }
        });
        // A password that is being checked is not waited for.
        runtime.shutdown_background();
        served
    }

    fn limits(&self) -> RateLimits {
        limits(self.limit_logins, self.limit_rates)
    }

    async fn serve_workspace(
        &self,
        global: &Global,
        stopped: impl Future<Output = ()>,
    ) -> Result<(), Refusal> {
        let folder = global.data_dir().map_err(Refusal::failed)?;
        let setup = Setup {
            port: self.port.unwrap_or(PORT),
            profile: self.profile.unwrap_or_default(),
            limits: self.limits(),
        };
        // Before the workspace is opened, because opening may change it.
        let listening = listening(setup.port).await?;
        let opened = Workspace::open_signed_up(&folder, KdfCost::default());
        let opened = opened.map_err(Refusal::failed)?;
        // A mistyped folder would be served as an empty workspace, in which every client is unknown.
        let opened = opened.ok_or_else(|| Refusal::failed(no_organization(&folder)))?;
        let _serving = Serving::announce(&opened.workspace, listening.port, setup.profile);
        let organization = opened.workspace.organization_name().ok().flatten();
        let about = [
            format!("organization {}", organization.unwrap_or_default()),
            format!("data folder {}", folder.display()),
        ];
        let options = Options {
            setup,
            journal: self.log.map(|log| journal(Some(log), None)),
            ..Options::default()
        };
        let _ready = self.announce(listening.port, &about)?;
        let answered = listening.answer(opened.workspace, options, stopped).await;
        answered.map_err(Refusal::failed)
    }

    /// Says that the server listens. The ready file is removed when the result is dropped.
    fn announce(&self, port: u16, about: &[String]) -> Result<Option<files::Made>, Refusal> {
        let url = url(port);
        let lines = if self.format.is_json() {
            let members = Map::from_iter([("url".to_owned(), url.clone().into())]);
            // Texts always serialize.
            vec![output::object("serve.ready/1", &members).unwrap_or_default()]
        } else {
            let listening = format!("listening on {url}");
            let lines = [&listening].into_iter().chain(about);
            lines
                .map(|line| text::displayable(line).into_owned())
                .collect()
        };
        for line in lines {
            // If standard output is closed, nothing waits for the address.
            let _ = writeln!(io::stdout(), "{line}");
        }
        let ready = self.ready_file.as_deref();
        ready
            .map(|path| files::make(path, format!("{url}\n").as_bytes()))
            .transpose()
            .map_err(|error| Refusal::failed(error).about("--ready-file"))
    }
}

fn limits(logins: bool, all: bool) -> RateLimits {
    match (logins, all) {
        (_, true) => RateLimits::All,
        (true, false) => RateLimits::Logins,
        (false, false) => RateLimits::Off,
    }
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

async fn listening(port: u16) -> Result<Listening, Refusal> {
    Listening::at(port).await.map_err(|error| {
        let problem = if error.kind() == io::ErrorKind::AddrInUse {
            format!("Port {port} is in use. Choose another one with --port.")
        } else {
            format!("Port {port} of localhost cannot be used: {error}.")
        };
        Refusal::new(Exit::Failed, None, problem)
    })
}

/// Ends at SIGTERM and SIGINT, also if they were ignored at the start, as they are in the background
/// of a shell.
fn stopped() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn journal(log: Option<LogFormat>, control: Option<Arc<Control>>) -> Arc<Journal> {
    Arc::new(Journal::new(Box::new(move |exchange: Exchange| {
        if let Some(control) = &control {
            control.keep(&exchange);
        }
        let line = match log {
            None => return,
            Some(LogFormat::Text) => local_server::log_line(exchange),
            // Texts and numbers always serialize.
            Some(LogFormat::Json) => {
                serde_json::to_string(&LogEntry::from(&exchange)).unwrap_or_default()
            }
        };
        // A closed standard error cannot be reported anywhere.
        let _ = writeln!(io::stderr(), "{line}");
    })))
}
