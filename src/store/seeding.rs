//! A workspace in memory, filled without a person at the screen. `Seeding` is a separate type, so that
//! no workspace in a file can be filled past its approvals.

use std::path::Path;

use rand::rngs::StdRng;
use rusqlite::{OpenFlags, Transaction};

use crate::store::{
    StoreError, Workspace,
    apps::{
        bulk,
        register::{self, Issued},
    },
    error::OpenError,
    file::{
        locks::Presence,
        migrate::{self, MIGRATIONS},
        open::connect,
    },
    oauth::clients::mint_developer,
    people::{
        approvals::write_decision,
        identity::Prepared,
        team::{Admitted, proper_name},
    },
    unlocked::Actor,
};
use crate::{
    domain::{
        app::{
            Registration,
            icon::{Icon, IconRef},
            list::Bulk,
            scope::ScopeId,
        },
        id::DeveloperId,
        oauth::{
            credential::{ClientId, RecoveryKey},
            jwt::NewJwt,
        },
        people::{
            developer::{Developer, MemberState, Role},
            email::EmailAddress,
            password::mint_first,
            ticket::Decision,
        },
        secret::Secret,
        time::UnixMs,
    },
    vault::{self, KdfCost},
};

/// SQLite's name for a database without a file.
const MEMORY: &str = ":memory:";

#[derive(Clone, Debug)]
pub struct NewPerson {
    pub full_name: String,
    pub email: EmailAddress,
    pub role: Role,
}

/// An app, with what the console would have issued and decided.
#[derive(Debug)]
pub struct SeededApp {
    pub registration: Registration,
    pub client_id: ClientId,
    /// Not stored for a public client.
    pub client_secret: Secret,
    /// Requested scopes that require approval, and have it.
    pub approved: Vec<ScopeId>,
    pub is_suspended: bool,
    pub tags: Vec<String>,
}

/// The workspace, while it is filled by its first Developer Admin.
#[derive(Debug)]
pub struct Seeding {
    workspace: Workspace,
    people: Vec<(Developer, Secret)>,
    now: UnixMs,
}

impl Seeding {
    /// Founds an organization. Each person gets a generated password.
    pub fn begin(organization: &str, founder: NewPerson, now: UnixMs) -> Result<Self, StoreError> {
        let mut seeding = Self {
            workspace: in_memory()?,
            people: Vec::new(),
            now,
        };
        let (developer, password, prepared) = seeding.prepare(founder)?;
        let recovery = RecoveryKey::mint(&mut vault::os_random()?);
        let workspace = &mut seeding.workspace;
        workspace.establish(organization, &developer, &prepared, &recovery)?;
        seeding.people.push((developer, password));
        Ok(seeding)
    }

    pub fn add(&mut self, person: NewPerson) -> Result<(), StoreError> {
        let (developer, password, prepared) = self.prepare(person)?;
        self.workspace
            .admit(&developer, &prepared, Admitted::HasSignedIn)?;
        self.people.push((developer, password));
        Ok(())
    }

    fn prepare(&self, person: NewPerson) -> Result<(Developer, Secret, Prepared), StoreError> {
        let mut rng = vault::os_random()?;
        let password = mint_first(&mut rng);
        let prepared = Prepared::make(&password, self.workspace.cost, &mut rng)?;
        let developer = Developer {
            id: mint_developer(&self.workspace.db, &mut rng)?,
            full_name: proper_name(&person.full_name)?,
            email: person.email,
            role: person.role,
            state: MemberState::Active,
            created_at: self.now,
        };
        Ok((developer, password, prepared))
    }

    /// The founder first.
    pub fn people(&self) -> &[(Developer, Secret)] {
        &self.people
    }

    pub fn keep_icon(&mut self, icon: &Icon) -> Result<IconRef, StoreError> {
        self.workspace.keep_icon(icon, self.now)
    }

    /// All or none.
    pub fn create_apps(&mut self, apps: Vec<SeededApp>) -> Result<(), StoreError> {
        self.workspace.change(self.now, |step, actor, rng| {
            apps.into_iter()
                .try_for_each(|app| create(step, actor, rng, app))
        })
    }

    pub fn create_jwt(&mut self, owner: &DeveloperId, new: &NewJwt) -> Result<Secret, StoreError> {
        let created = self.workspace.create_jwt(owner, new, self.now)?;
        self.workspace.jwt_token(&created.id)
    }

    /// The workspace, locked: the local server opens nothing.
    pub fn finish(mut self) -> Workspace {
        self.workspace.lock();
        self.workspace
    }
}

fn in_memory() -> Result<Workspace, StoreError> {
    let failed = |error: OpenError| StoreError::Other(error.to_string());
    let access = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let path = Path::new(MEMORY);
    let mut db = connect(path, access).map_err(failed)?;
    migrate::migrate(&mut db, path, MIGRATIONS).map_err(failed)?;
    // Cheap, because a generated password cannot be guessed.
    Ok(Workspace::of(db, KdfCost::TRIVIAL, Presence::unknown()))
}

fn create(
    step: &Transaction<'_>,
    actor: Actor<'_>,
    rng: &mut StdRng,
    app: SeededApp,
) -> Result<(), StoreError> {
    let issued = Issued {
        client_id: app.client_id,
        secret: app.client_secret,
    };
    let id = register::register(step, actor, rng, app.registration, &issued)?;
    if !app.approved.is_empty() {
        let made = register::read(step, &id)?;
        let is_approved = |scope| app.approved.contains(scope);
        for ticket in made.tickets.iter().filter(|one| is_approved(&one.scope)) {
            write_decision(step, actor, &made, ticket, &Decision::Approve)?;
        }
    }
    if !app.tags.is_empty() {
        bulk::one(step, actor, &id, &Bulk::SetTags(app.tags))?;
    }
    if app.is_suspended {
        bulk::one(step, actor, &id, &Bulk::Suspend)?;
    }
    Ok(())
}
