//! Creating and reading an app. A registration is one transaction.

use rand::rngs::StdRng;
use rusqlite::{Connection, params};

use crate::domain::{
    app::{App, AppSpec, ClientType, Registration},
    history::What,
    id::{AppId, DeveloperId, DraftId},
    oauth::credential::{ClientId, mint_client_secret},
    secret::Secret,
    time::UnixMs,
};
use crate::store::{
    StoreError, Workspace,
    apps::{change::name_key, drafts, environments, secrets, tickets},
    history::{Record, record},
    list::{search::search_text, window::status_of},
    must_change_one, require_writer,
    unlocked::Actor,
};

impl Workspace {
    /// Stores the app, its secrets and its requests for approval, and ends its draft: all or
    /// nothing.
    pub fn create_app(
        &mut self,
        registration: Registration,
        actor: &DeveloperId,
        draft: Option<&DraftId>,
        now: UnixMs,
    ) -> Result<App, StoreError> {
        must_be(&self.unlocked()?.who, actor)?;
        self.change(now, |step, actor, rng| {
            require_writer(step, actor.who, "create apps")?;
            let issued = Issued::mint(rng);
            let id = register(step, actor, rng, registration, &issued)?;
            if let Some(draft) = draft {
                drafts::remove(step, draft, actor.who)?;
            }
            // Before the commit: an app that was committed must not be reported as refused.
            read(step, &id)
        })
    }

    /// Creates many apps in one transaction, each with its creation time: all or none. Returns
    /// their IDs in order.
    pub fn create_apps(
        &mut self,
        registrations: impl IntoIterator<Item = (Registration, UnixMs)>,
        actor: &DeveloperId,
    ) -> Result<Vec<AppId>, StoreError> {
        must_be(&self.unlocked()?.who, actor)?;
        self.change(UnixMs(0), |step, actor, rng| {
            require_writer(step, actor.who, "create apps")?;
            registrations
                .into_iter()
                .map(|(registration, now)| {
                    let issued = Issued::mint(rng);
                    register(step, Actor { now, ..actor }, rng, registration, &issued)
                })
                .collect()
        })
    }

    pub fn app(&self, id: &AppId) -> Result<App, StoreError> {
        read(&self.db, id)
    }
}

pub(in crate::store) fn read(db: &Connection, id: &AppId) -> Result<App, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT version, client_id, status, created_by, created_at, spec, deleted_at
         FROM apps WHERE id = ?1",
    )?;
    let mut rows = query.query([id.as_str()])?;
    let row = rows.next()?.ok_or(StoreError::NotFound("This app"))?;
    let spec: String = row.get(5)?;
    Ok(App {
        id: id.clone(),
        version: row.get(0)?,
        client_id: ClientId::from_stored(row.get::<_, String>(1)?),
        status: status_of(&row.get::<_, String>(2)?)?,
        spec: spec_of(&spec)?,
        tickets: tickets::of(db, id)?,
        secrets: secrets::infos(db, id)?,
        environments: environments::of(db, id)?,
        tags: tags_of(db, id)?,
        created_by: DeveloperId::from_stored(row.get::<_, String>(3)?),
        created_at: UnixMs(row.get(4)?),
        deleted_at: row.get::<_, Option<i64>>(6)?.map(UnixMs),
    })
}

fn spec_of(stored: &str) -> Result<AppSpec, StoreError> {
    serde_json::from_str(stored)
        .map_err(|_| StoreError::Corrupt("an app's settings cannot be read".to_owned()))
}

fn json_of(spec: &AppSpec) -> Result<String, StoreError> {
    serde_json::to_string(spec)
        .map_err(|_| StoreError::Other("the settings cannot be written".to_owned()))
}

fn tags_of(db: &Connection, id: &AppId) -> Result<Vec<String>, StoreError> {
    let mut query = db.prepare_cached("SELECT tag FROM app_tags WHERE app_id = ?1 ORDER BY tag")?;
    let tags = query.query_map([id.as_str()], |row| row.get(0))?;
    Ok(tags.collect::<Result<_, _>>()?)
}

pub(in crate::store) fn must_be(who: &DeveloperId, named: &DeveloperId) -> Result<(), StoreError> {
    if who == named {
        return Ok(());
    }
    Err(StoreError::NotAllowed(
        "Another developer is signed in now.".to_owned(),
    ))
}

/// The identity of a new app towards the local server.
#[derive(Debug)]
pub(in crate::store) struct Issued {
    pub(in crate::store) client_id: ClientId,
    /// Not stored for a public client.
    pub(in crate::store) secret: Secret,
}

impl Issued {
    pub(in crate::store) fn mint(rng: &mut StdRng) -> Self {
        Self {
            client_id: ClientId::mint(rng),
            secret: mint_client_secret(rng),
        }
    }
}

/// Stores the app with everything that belongs to it.
pub(in crate::store) fn register(
    step: &Connection,
    actor: Actor<'_>,
    rng: &mut StdRng,
    registration: Registration,
    issued: &Issued,
) -> Result<AppId, StoreError> {
    let Registration {
        spec,
        shared_secret,
    } = registration;
    let id = AppId::mint(rng, actor.now);
    insert(step, actor, &id, &issued.client_id, &spec)?;
    if spec.client_type() == ClientType::Confidential {
        secrets::keep_client_secret(step, actor, rng, &id, &issued.secret)?;
    }
    if let Some(secret) = &shared_secret {
        secrets::keep_shared_secret(step, actor, rng, &id, secret)?;
    }
    for scope in spec.scopes.requiring_approval() {
        let justification = spec.justifications.get(&scope).map_or("", String::as_str);
        tickets::file(step, rng, actor, &id, scope, justification)?;
    }
    let written = Record {
        app: Some(&id),
        subject: &spec.properties.name,
        what: What::AppCreated,
        changes: Vec::new(),
    };
    record(step, actor, &written)?;
    Ok(id)
}

fn insert(
    step: &Connection,
    actor: Actor<'_>,
    id: &AppId,
    client_id: &ClientId,
    spec: &AppSpec,
) -> Result<(), StoreError> {
    must_keep_icon(step, spec)?;
    let changed = step
        .prepare_cached(
            "INSERT INTO apps (id, client_id, name, name_key, display_name, app_type, auth, access,
             status, created_at, created_by, version, icon, search, spec, contact)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'active', ?9, ?10, 1, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            id.as_str(),
            client_id.as_str(),
            spec.properties.name,
            name_key(spec),
            spec.card.display_name,
            spec.app_type().as_str(),
            spec.auth_label(),
            spec.access.label(),
            actor.now.0,
            actor.who.as_str(),
            icon_of(spec),
            search_text(spec, client_id),
            json_of(spec)?,
            contact_of(spec),
        ])?;
    must_change_one(changed)
}

/// Replaces the settings of an app.
pub(in crate::store) fn write_spec(
    step: &Connection,
    id: &AppId,
    spec: &AppSpec,
) -> Result<(), StoreError> {
    must_keep_icon(step, spec)?;
    let changed = step.execute(
        "UPDATE apps SET name = ?2, name_key = ?3, display_name = ?4, auth = ?5, access = ?6,
             icon = ?7, spec = ?8, contact = ?9, version = version + 1
         WHERE id = ?1",
        params![
            id.as_str(),
            spec.properties.name,
            name_key(spec),
            spec.card.display_name,
            spec.auth_label(),
            spec.access.label(),
            icon_of(spec),
            json_of(spec)?,
            contact_of(spec),
        ],
    )?;
    must_change_one(changed)?;
    write_search(step, id)
}

/// Updates the text that the filter searches. Always written: this tells every console that its
/// copy of the list is outdated.
pub(in crate::store) fn write_search(step: &Connection, id: &AppId) -> Result<(), StoreError> {
    let app = read(step, id)?;
    let changed = step.execute(
        "UPDATE apps SET search = ?2 WHERE id = ?1",
        params![id.as_str(), search_text(&app.spec, &app.client_id)],
    )?;
    must_change_one(changed)
}

fn icon_of(spec: &AppSpec) -> Option<&str> {
    spec.card.icon.as_ref().map(|icon| icon.sha256.as_str())
}

fn contact_of(spec: &AppSpec) -> &str {
    spec.properties.primary_contact.as_str()
}

fn must_keep_icon(step: &Connection, spec: &AppSpec) -> Result<(), StoreError> {
    if let Some(sha256) = icon_of(spec)
        && !super::icons::is_kept(step, sha256)?
    {
        return Err(StoreError::Conflict(
            "The icon is no longer in the workspace. Choose its file again.".to_owned(),
        ));
    }
    Ok(())
}
