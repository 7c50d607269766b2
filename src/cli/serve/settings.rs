//! How the server runs, by the flags and the file.

use super::{LogFormat, Serve, limits};
use crate::{
    domain::oauth::setup::{PORT, Profile, Setup},
    manifest::{Finding, ForServe},
};

/// Flags win over the file.
pub(super) fn settings(
    flags: &Serve,
    wanted: &ForServe,
    found: &mut Vec<Finding>,
) -> (Setup, Option<LogFormat>) {
    let serve = &wanted.serve;
    let port = serve.port.map(u16::try_from).transpose();
    let port = port.unwrap_or_else(|_| {
        found.push(Finding::error("serve.port", "Enter a number up to 65535."));
        None
    });
    let profile = serve.profile.as_deref().and_then(|word| {
        let profile = Profile::ALL.iter().find(|one| one.label() == word);
        if profile.is_none() {
            found.push(Finding::error(
                "serve.profile",
                "Use ringcentral or strict.",
            ));
        }
        profile.copied()
    });
    let log = serve.log.as_deref().and_then(|word| match word {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => {
            found.push(Finding::error("serve.log", "Use text or json."));
            None
        }
    });
    let setup = Setup {
        port: flags.port.or(port).unwrap_or(PORT),
        profile: flags.profile.or(profile).unwrap_or_default(),
        limits: flags
            .limits()
            .max(limits(serve.limit_logins, serve.limit_rates)),
    };
    (setup, flags.log.or(log))
}
