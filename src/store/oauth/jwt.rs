//! JWT credentials: created, listed, read, restricted and revoked by their owner or by a Developer
//! Admin. Tokens are sealed; verifying one needs only the public key.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::json;

use crate::store::{
    StoreError, Workspace, acting_role,
    history::{Record, record},
    list::window::AppQuery,
    must_change_one, none_left,
    oauth::{sessions::end_sessions_by, signing_keys::signer},
    people::developers::{read_member, subject_of},
    unlocked::Actor,
};
use crate::{
    domain::{
        history::{Change, Reading, What},
        id::{DeveloperId, JwtId},
        oauth::{
            credential::ClientId,
            jwt::{
                APPS_MAX, AUDIENCE, AuthorizedApps, FOR_EVER_S, FoundApps, ISSUER, JwtCredential,
                LABEL_MAX, NamedApp, NewJwt,
            },
        },
        people::{developer::Role, permission},
        secret::Secret,
        text,
        time::UnixMs,
    },
    vault::{self, Place},
};

/// Most results of a search for apps: a longer list is narrowed by typing, not read.
const APPS_FOUND: u64 = 50;

/// With the owner, whom the token signs in, and the key that signed it.
fn token_at<'a>(of: &'a [&'a str; 3]) -> Place<'a> {
    Place {
        table: "jwt_credentials",
        column: "sealed",
        of,
    }
}

const COLUMNS: &str = "id, owner, label, every_app, created_at, expires_at, last_used_at";

impl Workspace {
    /// Creates a credential of the signed-in developer or, for a Developer Admin, of any developer
    /// who has signed in before.
    /// Source: RingCentral's documentation, "Create a credential".
    pub fn create_jwt(
        &mut self,
        owner: &DeveloperId,
        new: &NewJwt,
        now: UnixMs,
    ) -> Result<JwtCredential, StoreError> {
        self.change(now, |step, actor, rng| {
            require_holder(step, actor, owner, permission::CREATE_JWT)?;
            must_have_signed_in(step, owner)?;
            if new.expires_at.is_some_and(|at| at <= now) {
                return Err(StoreError::Conflict(
                    "The expiration date is in the past.".to_owned(),
                ));
            }
            let label = proper_label(&new.label)?;
            must_be_apps(step, &new.apps)?;
            let id = JwtId::mint(rng);
            let (kid, signer) = signer(step, actor, rng)?;
            let issued_at = now.0.div_euclid(1000);
            let expires_at = new
                .expires_at
                .map_or(issued_at + FOR_EVER_S, |at| at.0.div_euclid(1000));
            let claims = json!({
                "iss": ISSUER,
                "sub": owner.as_str(),
                "aud": AUDIENCE,
                "jti": id.as_str(),
                "iat": issued_at,
                "exp": expires_at,
            });
            let token = signer.sign(&kid, &claims);
            let of = [id.as_str(), owner.as_str(), kid.as_str()];
            let text = token.expose().as_bytes();
            let sealed = vault::seal(actor.secrets()?, rng, text, &token_at(&of))?;
            let fingerprint = actor.secrets()?.fingerprint(&token);
            let changed = step.execute(
                "INSERT INTO jwt_credentials (id, owner, label, every_app, created_at, expires_at,
                     sealed, kid)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    id.as_str(),
                    owner.as_str(),
                    label,
                    new.apps == AuthorizedApps::Organization,
                    now.0,
                    new.expires_at.map(|at| at.0),
                    sealed,
                    kid,
                ],
            )?;
            must_change_one(changed)?;
            write_apps(step, &id, &new.apps)?;
            let made = read(step, &id)?;
            let changes = vec![
                Change::new("Apps", None::<String>, Some(new.apps.describe())),
                Change::new("Expires", None::<String>, new.expires_at.map(UnixMs::date)),
                Change::new("Token", None::<String>, Some(fingerprint)),
            ];
            write_down(step, actor, &made, What::JwtCreated, changes)?;
            Ok(made)
        })
    }

    /// Apps that match all words, by name or Client ID, those with the JWT flow first; and the names
    /// of `others`.
    pub fn apps_for_jwt(
        &mut self,
        words: &str,
        others: &[ClientId],
    ) -> Result<FoundApps, StoreError> {
        let who = self.unlocked()?.who.clone();
        acting_role(&self.db, &who)?;
        let mut found: Vec<NamedApp> = Vec::new();
        for (auth, uses_jwt) in [(" auth:jwt", true), ("", false)] {
            let window = self.apps(&AppQuery {
                words: format!("{words}{auth}"),
                limit: APPS_FOUND,
                ..AppQuery::default()
            })?;
            for row in window.rows {
                if found.iter().all(|known| known.client_id != row.client_id) {
                    found.push(NamedApp {
                        client_id: row.client_id,
                        name: row.name,
                        uses_jwt,
                    });
                }
            }
        }
        let mut query = self
            .db
            .prepare_cached("SELECT name FROM apps WHERE client_id = ?1")?;
        let mut named = Vec::new();
        for client_id in others {
            let name = query.query_row([client_id.as_str()], |row| row.get(0));
            if let Some(name) = name.optional()? {
                let client_id = client_id.clone();
                // The flow is not checked: the app is chosen already.
                named.push(NamedApp {
                    client_id,
                    name,
                    uses_jwt: true,
                });
            }
        }
        Ok(FoundApps { found, named })
    }

    /// Newest first, without revoked ones. A Developer Admin gets those of all developers.
    pub fn jwt_credentials(&self) -> Result<Vec<JwtCredential>, StoreError> {
        let who = &self.unlocked()?.who;
        let everybody = acting_role(&self.db, who)? == Role::DeveloperAdmin;
        let step = self.db.unchecked_transaction()?;
        let mut query = step.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM jwt_credentials
             WHERE revoked_at IS NULL AND (?1 OR owner = ?2)
             ORDER BY created_at DESC, id"
        ))?;
        let mut rows = query.query(params![everybody, who.as_str()])?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(credential(&step, row)?);
        }
        Ok(all)
    }

    /// The token can be read until it is revoked.
    pub fn jwt_token(&mut self, id: &JwtId) -> Result<Secret, StoreError> {
        self.follow()?;
        let actor = self.unlocked()?.actor(UnixMs(0));
        let owner = managed(&self.db, actor, id)?.owner;
        let (sealed, kid): (Vec<u8>, String) = self.db.query_row(
            "SELECT sealed, coalesce(kid, '') FROM jwt_credentials WHERE id = ?1",
            [id.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let of = [id.as_str(), owner.as_str(), kid.as_str()];
        Ok(vault::open_text(actor.secrets()?, &sealed, &token_at(&of))?)
    }

    /// Writes to the history that a developer got to see a token. Called before they do.
    pub fn record_jwt_reading(
        &mut self,
        id: &JwtId,
        reading: Reading,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.change(now, |step, actor, _| {
            let found = managed(step, actor, id)?;
            let change = Change::new("Token", None::<String>, Some(reading.as_str()));
            write_down(step, actor, &found, What::SecretRead, vec![change])
        })
    }

    /// The token does not change.
    pub fn set_jwt_apps(
        &mut self,
        id: &JwtId,
        apps: &AuthorizedApps,
        now: UnixMs,
    ) -> Result<JwtCredential, StoreError> {
        self.change(now, |step, actor, _| {
            let before = managed(step, actor, id)?;
            if before.apps == *apps {
                return Ok(before);
            }
            must_be_apps(step, apps)?;
            let changed = step.execute(
                "UPDATE jwt_credentials SET every_app = ?2 WHERE id = ?1",
                params![id.as_str(), *apps == AuthorizedApps::Organization],
            )?;
            must_change_one(changed)?;
            write_apps(step, id, apps)?;
            if let AuthorizedApps::Specific(_) = apps {
                end_sessions_by(step, id, false, now)?;
            }
            let change = Change::new("Apps", Some(listed(&before.apps)), Some(listed(apps)));
            write_down(step, actor, &before, What::JwtAppsChanged, vec![change])?;
            read(step, id)
        })
    }

    /// Permanent: the token is removed from the file, and the local server refuses it.
    pub fn revoke_jwt(&mut self, id: &JwtId, now: UnixMs) -> Result<(), StoreError> {
        self.change(now, |step, actor, _| revoke(step, actor, id))?;
        self.fold_log_away();
        Ok(())
    }
}

pub(in crate::store) fn revoke(
    step: &Connection,
    actor: Actor<'_>,
    id: &JwtId,
) -> Result<(), StoreError> {
    let before = managed(step, actor, id)?;
    let changed = step.execute(
        "UPDATE jwt_credentials SET revoked_at = ?2, sealed = NULL WHERE id = ?1",
        params![id.as_str(), actor.now.0],
    )?;
    must_change_one(changed)?;
    end_sessions_by(step, id, true, actor.now)?;
    write_down(step, actor, &before, What::JwtRevoked, Vec::new())
}

fn proper_label(label: &str) -> Result<String, StoreError> {
    let label = text::one_line(label).trim().to_owned();
    if label.is_empty() {
        return Err(StoreError::Conflict("Enter a label.".to_owned()));
    }
    if text::char_count(&label) > LABEL_MAX {
        return Err(StoreError::Conflict(format!(
            "Shorten the label to {LABEL_MAX} characters."
        )));
    }
    Ok(label)
}

/// An app of this workspace must have the JWT flow. An unknown Client ID may be of another
/// organization.
fn must_be_apps(step: &Connection, apps: &AuthorizedApps) -> Result<(), StoreError> {
    let AuthorizedApps::Specific(apps) = apps else {
        return Ok(());
    };
    if apps.is_empty() {
        return Err(StoreError::Conflict("Choose at least one app.".to_owned()));
    }
    if apps.len() > APPS_MAX {
        return Err(StoreError::Conflict(format!(
            "A credential can have at most {APPS_MAX} apps."
        )));
    }
    for app in apps {
        let other: Option<String> = step
            .query_row(
                "SELECT name FROM apps WHERE client_id = ?1 AND auth <> 'JWT'",
                [app.as_str()],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(name) = other {
            return Err(StoreError::Conflict(format!(
                "{name} does not use the JWT auth flow."
            )));
        }
    }
    Ok(())
}

fn write_apps(step: &Connection, id: &JwtId, apps: &AuthorizedApps) -> Result<(), StoreError> {
    step.execute(
        "DELETE FROM jwt_credential_apps WHERE credential = ?1",
        [id.as_str()],
    )?;
    none_left(
        step,
        "jwt_credential_apps WHERE credential = ?1",
        [id.as_str()],
    )?;
    if let AuthorizedApps::Specific(apps) = apps {
        for app in apps.iter().collect::<BTreeSet<_>>() {
            let changed = step.execute(
                "INSERT INTO jwt_credential_apps (credential, client_id) VALUES (?1, ?2)",
                [id.as_str(), app.as_str()],
            )?;
            must_change_one(changed)?;
        }
    }
    Ok(())
}

fn listed(apps: &AuthorizedApps) -> String {
    match apps {
        AuthorizedApps::Organization => apps.describe(),
        AuthorizedApps::Specific(apps) => {
            let ids: Vec<&str> = apps.iter().map(ClientId::as_str).collect();
            ids.join(" ")
        }
    }
}

fn must_have_signed_in(step: &Connection, owner: &DeveloperId) -> Result<(), StoreError> {
    let owner = read_member(step, owner)?;
    if owner.last_sign_in_at.is_some() && !owner.must_change_password {
        return Ok(());
    }
    Err(StoreError::Conflict(
        "The developer must sign in once before they can have a JWT credential.".to_owned(),
    ))
}

/// The credential, if the signed-in developer may use it.
fn managed(step: &Connection, actor: Actor<'_>, id: &JwtId) -> Result<JwtCredential, StoreError> {
    // Removing a developer revokes their credentials: without this, they would be told that the
    // credential does not exist.
    acting_role(step, actor.who)?;
    let found = read(step, id)?;
    require_holder(step, actor, &found.owner, permission::CHANGE_JWT)?;
    Ok(found)
}

fn require_holder(
    step: &Connection,
    actor: Actor<'_>,
    owner: &DeveloperId,
    what: &str,
) -> Result<(), StoreError> {
    let role = acting_role(step, actor.who)?;
    let is_own = actor.who == owner;
    Ok(permission::may_manage_credential(role, is_own, what)?)
}

fn read(step: &Connection, id: &JwtId) -> Result<JwtCredential, StoreError> {
    let mut query = step.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM jwt_credentials WHERE id = ?1 AND revoked_at IS NULL"
    ))?;
    let mut rows = query.query([id.as_str()])?;
    let row = rows
        .next()?
        .ok_or(StoreError::NotFound("This JWT credential"))?;
    credential(step, row)
}

fn credential(step: &Connection, row: &Row<'_>) -> Result<JwtCredential, StoreError> {
    let id = JwtId::from_stored(row.get::<_, String>(0)?);
    let mut names = BTreeMap::new();
    let apps = if row.get(3)? {
        AuthorizedApps::Organization
    } else {
        let mut query = step.prepare_cached(
            "SELECT jwt_credential_apps.client_id, apps.name FROM jwt_credential_apps
             LEFT JOIN apps ON apps.client_id = jwt_credential_apps.client_id
             WHERE credential = ?1 ORDER BY jwt_credential_apps.client_id",
        )?;
        let mut rows = query.query([id.as_str()])?;
        let mut apps = Vec::new();
        while let Some(row) = rows.next()? {
            let app = ClientId::from_stored(row.get::<_, String>(0)?);
            if let Some(name) = row.get(1)? {
                names.insert(app.clone(), name);
            }
            apps.push(app);
        }
        AuthorizedApps::Specific(apps)
    };
    Ok(JwtCredential {
        owner: DeveloperId::from_stored(row.get::<_, String>(1)?),
        label: row.get(2)?,
        apps,
        names,
        created_at: UnixMs(row.get(4)?),
        expires_at: row.get::<_, Option<i64>>(5)?.map(UnixMs),
        last_used_at: row.get::<_, Option<i64>>(6)?.map(UnixMs),
        id,
    })
}

/// The name of a credential in the history.
pub(in crate::store) fn subject_of_credential(
    db: &Connection,
    label: &str,
    owner: &DeveloperId,
) -> String {
    let owner = read_member(db, owner).map(|one| subject_of(&one.developer));
    format!("{label}, of {}", owner.unwrap_or_default())
}

fn write_down(
    step: &Connection,
    actor: Actor<'_>,
    about: &JwtCredential,
    what: What,
    changes: Vec<Change>,
) -> Result<(), StoreError> {
    let subject = subject_of_credential(step, &about.label, &about.owner);
    record(
        step,
        actor,
        &Record {
            app: None,
            subject: &subject,
            what,
            changes,
        },
    )
}
