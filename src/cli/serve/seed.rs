//! From a manifest to a workspace in memory. All that is wrong with it is found before the server
//! starts.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    path::Path,
};

use rand::rngs::StdRng;

use super::{
    LogFormat, Serve,
    credentials::{AppCredentials, Credentials, JwtCredentials, PersonCredentials},
    people::{founded, people},
    settings::settings,
};
use crate::{
    domain::{
        app::{AppStatus, ClientType, icon::IconRef, scope::ScopeId},
        id::DeveloperId,
        oauth::{
            credential::{ClientId, mint_client_secret, mint_shared_secret},
            jwt::{AuthorizedApps, NewJwt, parse_expiry},
            setup::Setup,
        },
        people::{developer::Developer, email::EmailAddress},
        secret::Secret,
        text,
        time::UnixMs,
    },
    files::icon,
    manifest::{AppServeEntry, File, FileApp, Finding, ForServe, JwtEntry},
    screens::create_app::draft::Facts,
    store::{SeededApp, Seeding, StoreError, Workspace},
    vault,
};

/// Fewest characters of a Client Secret from the environment. It is compared by its SHA-256, which
/// a short one would be guessed from.
const SECRET_MIN: usize = 20;
const SECRET_ENV: &str = "serve.client_secret_env";
const UNKNOWN_PERSON: &str = "No person of the file has this e-mail address.";

/// Reads an environment variable.
type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Ready to be served.
#[derive(Debug)]
pub(super) struct Seed {
    pub workspace: Workspace,
    pub credentials: Credentials,
    pub setup: Setup,
    pub log: Option<LogFormat>,
    pub consent: Option<DeveloperId>,
}

/// The seed, or all that is wrong.
pub(super) fn seed(
    flags: &Serve,
    file: &File,
    folder: &Path,
    variable: Variable<'_>,
    now: UnixMs,
) -> Result<Seed, Vec<Finding>> {
    let (wanted, mut found) = file.for_serve();
    found.extend(wanted.data.iter().map(|list| {
        let message = "The local server has no such data yet. Remove this list.";
        Finding::error(format!("data.{list}"), message)
    }));
    let (setup, log) = settings(flags, &wanted, &mut found);
    let people = people(wanted.people.as_deref(), &mut found);
    let mut sower = Sower {
        seeding: founded(people, now, &mut found)?,
        rng: vault::os_random().map_err(|error| of_store("", &error.into()))?,
        found,
        now,
        icons: BTreeMap::new(),
        client_ids: BTreeMap::new(),
        credentials: Credentials::default(),
    };
    let consent = sower.consent(flags, &wanted);
    let apps = sower.apps(file, &wanted, folder, variable);
    let jwts = sower.jwts(&wanted);
    sower.must_be_right()?;
    sower.plant(apps, jwts)?;
    for (developer, password) in sower.seeding.people() {
        let email = developer.email.as_str().to_owned();
        let password = PersonCredentials {
            password: password.clone(),
        };
        sower.credentials.people.insert(email, password);
    }
    Ok(Seed {
        workspace: sower.seeding.finish(),
        credentials: sower.credentials,
        setup,
        log,
        consent,
    })
}

pub(super) fn of_store(field: &str, error: &StoreError) -> Vec<Finding> {
    vec![Finding::error(field, error.to_string())]
}

struct Sower {
    seeding: Seeding,
    rng: StdRng,
    found: Vec<Finding>,
    now: UnixMs,
    /// By the name in the file: several apps may have one icon.
    icons: BTreeMap<String, IconRef>,
    /// By the name of the app, also of one that is refused.
    client_ids: BTreeMap<String, ClientId>,
    credentials: Credentials,
}

/// An app of the file.
struct Entry<'a> {
    app: &'a FileApp,
    serve: &'a AppServeEntry,
    client_id: ClientId,
}

/// A JWT credential, with its place in the file and the address of its person.
struct PlannedJwt {
    at: String,
    owner: DeveloperId,
    person: String,
    new: NewJwt,
}

impl Sower {
    fn refuse(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.found.push(Finding::error(field, message));
    }

    fn must_be_right(&mut self) -> Result<(), Vec<Finding>> {
        if self.found.is_empty() {
            return Ok(());
        }
        Err(std::mem::take(&mut self.found))
    }

    /// The developer with this address.
    fn person(&self, email: &str) -> Option<&Developer> {
        let key = EmailAddress::from_stored(email.trim()).key();
        let mut people = self.seeding.people().iter();
        people
            .find(|(one, _)| one.email.key() == key)
            .map(|(one, _)| one)
    }

    fn consent(&mut self, flags: &Serve, wanted: &ForServe) -> Option<DeveloperId> {
        let of_file = wanted.serve.consent.as_deref();
        let of_file = of_file.map(|email| ("serve.consent", email));
        let of_flag = flags.consent.as_deref().map(|email| ("--consent", email));
        let (field, email) = of_flag.or(of_file)?;
        let found = self.person(email).map(|person| person.id.clone());
        if found.is_none() {
            self.refuse(field, UNKNOWN_PERSON);
        }
        found
    }

    fn apps(
        &mut self,
        file: &File,
        wanted: &ForServe,
        folder: &Path,
        variable: Variable<'_>,
    ) -> Vec<SeededApp> {
        let people = self.seeding.people().iter();
        let developers: Vec<Developer> = people.map(|(one, _)| one.clone()).collect();
        let Some(founder) = developers.first() else {
            return Vec::new();
        };
        let facts = Facts {
            me: founder.id.clone(),
            developers,
            name_answer: None,
            saved: None,
        };
        let mut apps = Vec::with_capacity(file.apps.len());
        let mut names = BTreeSet::new();
        for (nth, (app, serve)) in file.apps.iter().zip(&wanted.apps).enumerate() {
            let mut found = Vec::new();
            let title = app.title(nth);
            let client_id = self.client_id(app.entry.client.client_id.as_deref(), &mut found);
            self.client_ids.insert(title.clone(), client_id.clone());
            let entry = Entry {
                app,
                serve,
                client_id,
            };
            apps.extend(self.app(entry, &facts, folder, variable, &mut found));
            if !names.insert(text::key(&title)) {
                found.push(Finding::error(
                    "name",
                    "Another app of the file has this name.",
                ));
            }
            let found = found.into_iter().map(|finding| finding.of_app(&title));
            self.found.extend(found);
        }
        apps
    }

    fn app(
        &mut self,
        Entry {
            app,
            serve,
            client_id,
        }: Entry<'_>,
        facts: &Facts,
        folder: &Path,
        variable: Variable<'_>,
        found: &mut Vec<Finding>,
    ) -> Option<SeededApp> {
        let entry = &app.entry;
        let (seeding, icons) = (&mut self.seeding, &mut self.icons);
        let mut icon = |named: &str| {
            if let Some(known) = icons.get(named) {
                return Ok(known.clone());
            }
            let icon = icon::named(named, folder)?;
            let kept = seeding
                .keep_icon(&icon)
                .map_err(|error| error.to_string())?;
            icons.insert(named.to_owned(), kept.clone());
            Ok(kept)
        };
        let shared_secret = mint_shared_secret(&mut self.rng);
        let (registration, findings) = entry.judge(None, facts, &mut icon, shared_secret);
        // Warnings are about users and colleagues, whom a test has not.
        found.extend(findings.into_iter().filter(|finding| !finding.is_warning));
        let named = serve.client_secret_env.as_deref();
        let read = named.map(|name| secret_of(name, variable)).transpose();
        let client_secret = read
            .map_err(|message| found.push(Finding::error(SECRET_ENV, message)))
            .ok()?;
        let registration = registration?;
        let spec = &registration.spec;
        let is_public = spec.client_type() == ClientType::Public;
        if is_public && client_secret.is_some() {
            let message = "A public client has no Client Secret. Remove this member.";
            found.push(Finding::error(SECRET_ENV, message));
        }
        let client_secret = client_secret.unwrap_or_else(|| mint_client_secret(&mut self.rng));
        let requested: Vec<ScopeId> = spec.scopes.requiring_approval().collect();
        let approved = approved(&serve.approved, &requested, found);
        let credentials = AppCredentials {
            client_id: client_id.as_str().to_owned(),
            client_secret: (!is_public).then(|| client_secret.clone()),
            shared_secret: registration.shared_secret.clone(),
            redirect_uris: spec.redirect_uris().to_vec(),
        };
        self.credentials
            .apps
            .insert(spec.properties.name.clone(), credentials);
        Some(SeededApp {
            client_id,
            client_secret,
            approved,
            // What is wrong with them is among the findings.
            is_suspended: entry.read_status() == Ok(Some(AppStatus::Suspended)),
            tags: entry.read_tags().ok().flatten().unwrap_or_default(),
            registration,
        })
    }

    fn client_id(&mut self, named: Option<&str>, found: &mut Vec<Finding>) -> ClientId {
        let Some(named) = named else {
            return ClientId::mint(&mut self.rng);
        };
        let mut taken = self.client_ids.values();
        if !ClientId::may_be(named) {
            let message = "Enter 20 to 64 letters, digits, - or _.";
            found.push(Finding::error("client.client_id", message));
        } else if taken.any(|other| other.as_str() == named) {
            let message = "Another app of the file has this Client ID.";
            found.push(Finding::error("client.client_id", message));
        }
        ClientId::from_stored(named)
    }

    fn jwts(&mut self, wanted: &ForServe) -> Vec<PlannedJwt> {
        let mut labels = BTreeSet::new();
        let mut planned = Vec::new();
        for (nth, entry) in wanted.jwts.iter().enumerate() {
            let at = format!("jwts[{nth}]");
            if !labels.insert(entry.label.trim()) {
                self.refuse(format!("{at}.label"), "Another credential has this label.");
            }
            planned.extend(self.jwt(at, entry));
        }
        planned
    }

    fn jwt(&mut self, at: String, entry: &JwtEntry) -> Option<PlannedJwt> {
        let owner = match &entry.person {
            Some(email) => self.person(email),
            None => self.seeding.people().first().map(|(founder, _)| founder),
        };
        let owner = owner.map(|one| (one.id.clone(), one.email.as_str().to_owned()));
        if owner.is_none() {
            self.refuse(format!("{at}.person"), UNKNOWN_PERSON);
        }
        let expires_at = parse_expiry(&entry.expires, self.now);
        if let Err(message) = &expires_at {
            self.refuse(format!("{at}.expires"), message);
        }
        let apps = match &entry.apps {
            None => AuthorizedApps::Organization,
            Some(names) => {
                let mut apps = Vec::with_capacity(names.len());
                for (nth, name) in names.iter().enumerate() {
                    match self.client_ids.get(name) {
                        Some(id) => apps.push(id.clone()),
                        None => {
                            let message = "No app of the file has this name.";
                            self.refuse(format!("{at}.apps[{nth}]"), message);
                        }
                    }
                }
                AuthorizedApps::Specific(apps)
            }
        };
        let (owner, person) = owner?;
        let new = NewJwt {
            label: entry.label.trim().to_owned(),
            apps,
            expires_at: expires_at.ok()?,
        };
        Some(PlannedJwt {
            at,
            owner,
            person,
            new,
        })
    }

    fn plant(&mut self, apps: Vec<SeededApp>, jwts: Vec<PlannedJwt>) -> Result<(), Vec<Finding>> {
        let created = self.seeding.create_apps(apps);
        created.map_err(|error| of_store("apps", &error))?;
        for PlannedJwt {
            at,
            owner,
            person,
            new,
        } in jwts
        {
            match self.seeding.create_jwt(&owner, &new) {
                Ok(token) => {
                    let credentials = JwtCredentials { person, token };
                    self.credentials.jwts.insert(new.label, credentials);
                }
                Err(error) => self.found.extend(of_store(&at, &error)),
            }
        }
        self.must_be_right()
    }
}

fn secret_of(name: &str, variable: Variable<'_>) -> Result<Secret, String> {
    let name = text::displayable(name);
    let Some(value) = variable(&name) else {
        return Err(format!("The environment variable {name} is not set."));
    };
    let secret = value
        .into_string()
        .map(Secret::new)
        .map_err(|_| format!("{name} is not valid UTF-8."))?;
    if let Some(how) = text::stray(secret.expose()) {
        return Err(format!("{name} {how}."));
    }
    if secret.expose().chars().count() < SECRET_MIN {
        return Err(format!("{name} is shorter than {SECRET_MIN} characters."));
    }
    Ok(secret)
}

fn approved(names: &[String], requested: &[ScopeId], found: &mut Vec<Finding>) -> Vec<ScopeId> {
    let mut approved = Vec::with_capacity(names.len());
    for (nth, name) in names.iter().enumerate() {
        match ScopeId::find(name).filter(|scope| requested.contains(scope)) {
            Some(scope) => approved.push(scope),
            None => found.push(Finding::error(
                format!("serve.approved[{nth}]"),
                "The app requests no scope of this name that requires approval.",
            )),
        }
    }
    approved
}
