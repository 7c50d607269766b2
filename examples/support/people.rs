//! The one developer of a workspace for measurements. Nothing in it is secret.

use anyhow::{Context as _, Result};
use devconsole::{
    domain::{
        people::{developer::Session, email::EmailAddress},
        secret::Secret,
        time::UnixMs,
    },
    store::{SignUp, Stage, Workspace},
};

pub const EMAIL: &str = "ada@example.com";
pub const PASSWORD: &str = "purple gondola vermouth 42";

/// Signs up in a new workspace, and signs in otherwise.
pub fn enter(workspace: &mut Workspace, now: UnixMs) -> Result<Session> {
    let password = Secret::new(PASSWORD);
    if workspace.stage()? != Stage::Empty {
        return workspace
            .sign_in(EMAIL, &password, now)
            .context("this workspace is not one that fill made");
    }
    let ada = SignUp {
        organization: "Acme Corp".to_owned(),
        full_name: "Ada Lovelace".to_owned(),
        email: EmailAddress::parse(EMAIL)?,
        password,
    };
    let (session, _) = workspace.sign_up(ada, now)?;
    // Otherwise the first sign-in would show a new recovery key instead of the list.
    workspace.confirm_recovery_key()?;
    Ok(session)
}
