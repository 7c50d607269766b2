//! What an app logs in with, for the screens and for commands.

use crate::{
    domain::{
        app::{App, Issuer},
        export::Credentials,
        id::DeveloperId,
        oauth::{
            credential::ClientId,
            jwt::{AuthorizedApps, JwtCredential},
        },
        secret::Secret,
        time::UnixMs,
    },
    store::{StoreError, Workspace},
};

/// `None` if nothing of RingCentral is kept for the app. `server_url` and `jwt` are the local
/// server's.
pub fn credentials(
    workspace: &mut Workspace,
    app: &App,
    issuer: Issuer,
    server_url: String,
    jwt: Option<Secret>,
) -> Result<Option<Credentials>, StoreError> {
    Ok(match issuer {
        Issuer::LocalServer => Some(Credentials {
            issuer,
            server_url,
            client_id: app.client_id.as_str().to_owned(),
            secret: workspace.client_secret(&app.id)?,
            jwt,
        }),
        Issuer::RingCentral(environment) => {
            let mut kept = app.environments.iter();
            let Some(kept) = kept.find(|kept| kept.environment == environment) else {
                return Ok(None);
            };
            Some(Credentials {
                issuer,
                server_url: kept.server_url.clone(),
                client_id: kept.client_id.clone(),
                secret: workspace.environment_secret(&app.id, environment)?,
                jwt: None,
            })
        }
    })
}

/// The newest token of this developer that works for an app, with its label.
pub fn jwt_for(
    workspace: &mut Workspace,
    who: &DeveloperId,
    client: &ClientId,
    now: UnixMs,
) -> Result<Option<(String, Secret)>, StoreError> {
    let all = workspace.jwt_credentials()?;
    let fits = |one: &&JwtCredential| {
        let is_for_app = match &one.apps {
            AuthorizedApps::Organization => true,
            AuthorizedApps::Specific(apps) => apps.contains(client),
        };
        is_for_app && !one.has_expired(now) && *who == one.owner
    };
    let Some(found) = all.iter().find(fits) else {
        return Ok(None);
    };
    let token = workspace.jwt_token(&found.id)?;
    Ok(Some((found.label.clone(), token)))
}
