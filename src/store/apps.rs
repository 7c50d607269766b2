//! Registering an app, and reading one. All that a registration makes is one transaction.

use rand::rngs::StdRng;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{
    StoreError, Unlocked, Workspace, app_list::status_of, drafts, must_not_audit,
    search::search_text, secrets, tickets,
};
use crate::{
    domain::{
        app::{App, AppSpec, ClientType, Registration},
        credential::{ClientId, mint_client_secret},
        id::{AppId, DeveloperId, DraftId},
        text,
        time::UnixMs,
    },
    vault::{self, WorkspaceKey},
};

impl Workspace {
    /// The app, its secrets, its requests for approval and the end of its draft: all or nothing.
    pub fn create_app(
        &mut self,
        registration: Registration,
        by: &DeveloperId,
        draft: Option<&DraftId>,
        now: UnixMs,
    ) -> Result<App, StoreError> {
        // Taken apart: the transaction borrows the connection, the key stays readable.
        let Unlocked { key, who } = self.unlocked.as_ref().ok_or(StoreError::VaultLocked)?;
        must_be(who, by)?;
        let mut rng = vault::os_random()?;
        let step = self
            .db
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        must_not_audit(&step, by, "create apps")?;
        let id = register(&step, key, &mut rng, registration, by, now)?;
        if let Some(draft) = draft {
            drafts::remove(&step, draft, by)?;
        }
        // Before the commit: what was committed must not be reported as refused.
        let app = read(&step, &id)?;
        step.commit()?;
        Ok(app)
    }

    /// Many apps in one transaction, each with when it was made: all or none. Their ids, in order.
    pub fn create_apps(
        &mut self,
        registrations: impl IntoIterator<Item = (Registration, UnixMs)>,
        by: &DeveloperId,
    ) -> Result<Vec<AppId>, StoreError> {
        let Unlocked { key, who } = self.unlocked.as_ref().ok_or(StoreError::VaultLocked)?;
        must_be(who, by)?;
        let mut rng = vault::os_random()?;
        let step = self
            .db
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        must_not_audit(&step, by, "create apps")?;
        let ids = registrations
            .into_iter()
            .map(|(registration, now)| register(&step, key, &mut rng, registration, by, now))
            .collect::<Result<Vec<_>, _>>()?;
        step.commit()?;
        Ok(ids)
    }

    pub fn app(&self, id: &AppId) -> Result<App, StoreError> {
        read(&self.db, id)
    }
}

fn read(db: &Connection, id: &AppId) -> Result<App, StoreError> {
    type Stored = (i64, String, String, String, i64, String);
    let stored: Option<Stored> = db
        .prepare_cached(
            "SELECT version, client_id, status, created_by, created_at, spec
                 FROM apps WHERE id = ?1",
        )?
        .query_row([id.as_str()], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        })
        .optional()?;
    let (version, client_id, status, created_by, created_at, spec) =
        stored.ok_or(StoreError::NotFound("This app"))?;
    Ok(App {
        id: id.clone(),
        version,
        client_id: ClientId::from_stored(client_id),
        status: status_of(&status)?,
        spec: serde_json::from_str(&spec)
            .map_err(|_| StoreError::Corrupt("an app's settings cannot be read".to_owned()))?,
        tickets: tickets::of(db, id)?,
        created_by: DeveloperId::from_stored(created_by),
        created_at: UnixMs(created_at),
    })
}

pub(super) fn must_be(who: &DeveloperId, named: &DeveloperId) -> Result<(), StoreError> {
    if who == named {
        return Ok(());
    }
    Err(StoreError::NotAllowed(
        "Somebody else is signed in by now.".to_owned(),
    ))
}

/// The app with all that belongs to it.
fn register(
    step: &Transaction<'_>,
    key: &WorkspaceKey,
    rng: &mut StdRng,
    registration: Registration,
    by: &DeveloperId,
    now: UnixMs,
) -> Result<AppId, StoreError> {
    let Registration {
        spec,
        shared_secret,
    } = registration;
    let id = AppId::mint(rng);
    let client_id = ClientId::mint(rng);
    insert(step, &id, &client_id, &spec, by, now)?;
    if spec.client_type() == ClientType::Confidential {
        let secret = mint_client_secret(rng);
        secrets::keep_client_secret(step, key, rng, &id, &secret, now)?;
    }
    if let Some(secret) = &shared_secret {
        secrets::keep_shared_secret(step, key, rng, &id, secret, now)?;
    }
    file_tickets(step, rng, &id, &spec, by, now)?;
    Ok(id)
}

fn insert(
    step: &Transaction<'_>,
    id: &AppId,
    client_id: &ClientId,
    spec: &AppSpec,
    by: &DeveloperId,
    now: UnixMs,
) -> Result<(), StoreError> {
    let icon = spec.card.icon.as_ref().map(|icon| icon.sha256.as_str());
    if let Some(sha256) = icon
        && !super::icons::is_kept(step, sha256)?
    {
        return Err(StoreError::Conflict(
            "The icon is no longer in the workspace. Choose its file again.".to_owned(),
        ));
    }
    let json = serde_json::to_string(spec)
        .map_err(|_| StoreError::Other("the settings cannot be written".to_owned()))?;
    step.execute(
        "INSERT INTO apps (id, client_id, name, name_key, display_name, app_type, auth, access,
             status, created_at, created_by, version, icon, search, spec)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'active', ?9, ?10, 1, ?11, ?12, ?13)",
        params![
            id.as_str(),
            client_id.as_str(),
            spec.properties.name,
            text::key(&spec.properties.name),
            spec.card.display_name,
            spec.app_type().as_str(),
            spec.auth_label(),
            spec.access.label(),
            now.0,
            by.as_str(),
            icon,
            search_text(spec, client_id),
            json,
        ],
    )?;
    Ok(())
}

fn file_tickets(
    step: &Transaction<'_>,
    rng: &mut StdRng,
    app: &AppId,
    spec: &AppSpec,
    by: &DeveloperId,
    now: UnixMs,
) -> Result<(), StoreError> {
    for scope in spec.scopes.requiring_approval() {
        let justification = spec.justifications.get(&scope).map_or("", String::as_str);
        tickets::file(step, rng, app, scope, justification, by, now)?;
    }
    Ok(())
}
