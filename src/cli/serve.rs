//! `devconsole serve`: the local server alone, for scripts and CI.

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
};

use super::{args::Args, no_organization};
use crate::{
    domain::{oauth::setup::Setup, text},
    local_server::{self, Journal, Listening},
    store::{Serving, Workspace},
    vault::KdfCost,
};

/// Serves until it is killed. Prints its address to standard output once it listens and, with
/// `log`, a line for each request to standard error.
pub fn serve(args: &Args, setup: Setup, log: bool) -> Result<ExitCode, (String, u8)> {
    let failed = |error: &dyn std::fmt::Display| (error.to_string(), 1);
    let folder = args.data_dir().map_err(|error| failed(&error))?;
    // A mistyped folder would be served as an empty workspace, in which every client is unknown.
    let nobody = || (no_organization(&folder), 1);
    let runtime = local_server::runtime().map_err(|error| failed(&error))?;
    let journal = log.then(|| {
        Arc::new(Journal::new(Box::new(|exchange| {
            // A closed standard error cannot be reported anywhere.
            let _ = writeln!(io::stderr(), "{}", local_server::log_line(exchange));
        })))
    });
    runtime.block_on(async {
        let port = setup.port;
        // Before the workspace is opened, because opening may change it.
        let listening = Listening::at(port).await.map_err(|error| {
            let problem = if error.kind() == io::ErrorKind::AddrInUse {
                format!("Port {port} is in use. Choose another one with --port.")
            } else {
                format!("Port {port} of localhost cannot be used: {error}.")
            };
            (problem, 1)
        })?;
        let opened = Workspace::open_signed_up(&folder, KdfCost::default());
        let opened = opened.map_err(|error| failed(&error))?.ok_or_else(nobody)?;
        let _serving = Serving::announce(&opened.workspace, listening.port, setup.profile);
        // If standard output is closed, nothing waits for the address.
        let organization = opened.workspace.organization_name().ok().flatten();
        let lines = [
            format!("listening on http://127.0.0.1:{}", listening.port),
            format!("organization {}", organization.unwrap_or_default()),
            format!("data folder {}", folder.display()),
        ];
        for line in &lines {
            let _ = writeln!(io::stdout(), "{}", text::displayable(line));
        }
        let faults = Arc::default();
        let ended = listening
            .answer(
                opened.workspace,
                setup,
                faults,
                journal,
                std::future::pending(),
            )
            .await;
        ended.map_err(|problem| (problem, 1))?;
        Ok(ExitCode::SUCCESS)
    })
}
