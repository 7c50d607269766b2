//! A manifest against the registered apps: what would be created, changed and moved to the trash.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::{
    AppEntry, File, FileApp, FindIcon, Finding,
    compare::{After, changes},
    shape::FOR_SERVE,
};
use crate::{
    domain::{
        app::{
            App, AppSpec, AppStatus,
            plan::{Plan, PlannedAction, PlannedApp, Registered, Step, StepKind},
        },
        id::AppId,
        oauth::credential::ClientId,
        secret::Secret,
        text,
    },
    screens::create_app::draft::{Draft, Facts},
};

/// Stands for the secret that the store makes or keeps.
const SHARED_SECRET: &str = "kept by the workspace";

/// How a manifest is applied.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    pub facts: &'a Facts,
    /// A new app gets the Client ID of the manifest.
    pub keep_ids: bool,
    /// Apps that this filter finds and the manifest lacks move to the trash.
    pub prune: Option<&'a str>,
}

/// What a manifest comes to.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    pub plan: Plan,
    pub steps: Vec<Step>,
    /// What is wrong with the manifest, and warnings.
    pub findings: Vec<Finding>,
    /// What the workspace does not allow as it is now.
    pub conflicts: Vec<Finding>,
    pub notes: Vec<String>,
}

impl Planned {
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| !finding.is_warning)
    }
}

/// Compares. `icons` finds the icons that are not named by a hash.
pub fn plan<R: Registered>(
    file: &File,
    terms: &Terms<'_>,
    registered: &R,
    icons: &mut FindIcon<'_>,
) -> Result<Planned, R::Error> {
    let mut planner = Planner {
        terms,
        planned: Planned::default(),
        seen: HashSet::new(),
        new_names: HashSet::new(),
        digest: Sha256::new(),
        ignored_ids: 0,
    };
    planner
        .planned
        .findings
        .extend(file.warnings.iter().cloned());
    for (nth, app) in file.apps.iter().enumerate() {
        planner.add(app, &app.title(nth), registered, icons)?;
    }
    planner.prune(registered)?;
    planner.finish(file, registered)
}

struct Planner<'a> {
    terms: &'a Terms<'a>,
    planned: Planned,
    /// The registered apps that the manifest has.
    seen: HashSet<AppId>,
    /// The names of its new apps.
    new_names: HashSet<String>,
    digest: Sha256,
    ignored_ids: usize,
}

impl Planner<'_> {
    fn add<R: Registered>(
        &mut self,
        app: &FileApp,
        title: &str,
        registered: &R,
        icons: &mut FindIcon<'_>,
    ) -> Result<(), R::Error> {
        let entry = &app.entry;
        // Serializing text, lists and tables never fails.
        self.digest
            .update(serde_json::to_vec(entry).unwrap_or_default());
        let existing = match self.find(entry, title, registered)? {
            Ok(existing) => existing,
            Err(conflict) => {
                self.planned.conflicts.push(conflict.of_app(title));
                return Ok(());
            }
        };
        if let Some(existing) = &existing {
            let state = (
                existing.client_id.as_str(),
                existing.version,
                &existing.tags,
            );
            self.digest.update(format!("{state:?}"));
            if !self.seen.insert(existing.id.clone()) {
                let message = "Another app of the manifest is the same app. Add client_id to both.";
                self.planned
                    .findings
                    .push(Finding::error("name", message).of_app(title));
                return Ok(());
            }
        } else if !self.new_names.insert(text::key(title)) {
            let message = "Two new apps of the manifest have this name. Change one of them.";
            self.planned
                .findings
                .push(Finding::error("name", message).of_app(title));
            return Ok(());
        }
        let mut failed = None;
        let mut read = String::new();
        let mut find = |name: &str| match name.strip_prefix("sha256:") {
            None => icons(name).inspect(|icon| read.push_str(&icon.sha256)),
            Some(sha256) => match registered.icon(sha256) {
                Ok(Some(icon)) => Ok(icon),
                Ok(None) => Err("This icon is not in the workspace. Enter a path.".to_owned()),
                Err(error) => {
                    failed = Some(error);
                    Err(String::new())
                }
            },
        };
        match existing {
            Some(existing) => self.change(entry, title, &existing, &mut find),
            None => self.create(entry, title, &mut find),
        }
        self.digest.update(read);
        failed.map_or(Ok(()), Err)
    }

    /// The registered app that an entry means: by its Client ID, or else by its name.
    fn find<R: Registered>(
        &mut self,
        entry: &AppEntry,
        title: &str,
        registered: &R,
    ) -> Result<Result<Option<App>, Finding>, R::Error> {
        if let Some(id) = &entry.client.client_id {
            match registered.of_client_id(id)? {
                Some(app) if app.deleted_at.is_some() => {
                    let message = "This app is in the trash. Restore it first.";
                    return Ok(Err(Finding::error("client.client_id", message)));
                }
                Some(app) => return Ok(Ok(Some(app))),
                None if self.terms.keep_ids => return Ok(Ok(None)),
                None => self.ignored_ids += 1,
            }
        }
        let mut named = registered.named(title)?;
        Ok(match (named.pop(), named.is_empty()) {
            (None, _) => Ok(None),
            (Some(one), true) => Ok(Some(one)),
            (Some(one), false) => {
                let ids: Vec<&str> = named
                    .iter()
                    .chain([&one])
                    .map(|app| app.client_id.as_str())
                    .collect();
                let message = format!(
                    "{} apps have this name. Add client_id: {}.",
                    ids.len(),
                    ids.join(" or ")
                );
                Err(Finding::error("name", message))
            }
        })
    }

    fn create(&mut self, entry: &AppEntry, title: &str, icons: &mut FindIcon<'_>) {
        let client_id = entry
            .client
            .client_id
            .as_ref()
            .filter(|_| self.terms.keep_ids);
        if client_id.is_some_and(|id| !ClientId::may_be(id)) {
            let message = "A Client ID has 20 to 64 letters, digits, - and _.";
            let finding = Finding::error("client.client_id", message).of_app(title);
            self.planned.findings.push(finding);
        }
        let Some(spec) = self.judged(entry, title, None, icons) else {
            return;
        };
        let tags = entry.read_tags().ok().flatten().unwrap_or_default();
        let status = entry
            .read_status()
            .ok()
            .flatten()
            .unwrap_or(AppStatus::Active);
        let after = After {
            spec: &spec,
            tags: &tags,
            status,
        };
        let fields = changes(None, &after, |spec| self.email(spec));
        self.planned.plan.apps.push(PlannedApp {
            action: PlannedAction::Create,
            name: spec.properties.name.clone(),
            former_name: None,
            client_id: client_id.cloned(),
            version: None,
            summary: format!("{}, {}", spec.app_type().label(), spec.access.label()),
            fields,
        });
        self.planned.steps.push(Step {
            name: spec.properties.name.clone(),
            what: StepKind::Create {
                spec: Box::new(spec),
                client_id: client_id.map(ClientId::from_stored),
                tags,
                status,
            },
        });
    }

    fn change(&mut self, entry: &AppEntry, title: &str, existing: &App, icons: &mut FindIcon<'_>) {
        let tags = entry.read_tags().ok().flatten();
        let tags = tags.filter(|tags| *tags != existing.tags);
        let status = entry.read_status().ok().flatten();
        let status = status.filter(|status| *status != existing.status);
        // Newer rules are not applied to an app that stays as it is.
        let secret = Secret::new(SHARED_SECRET);
        let (draft, found) = entry.draft(Some(existing), self.terms.facts, icons, secret.clone());
        let is_read = !found.iter().any(|finding| !finding.is_warning);
        let spec = if is_read && draft == Draft::of(&existing.spec, secret) {
            existing.spec.clone()
        } else {
            match self.judged(entry, title, Some(existing), icons) {
                Some(spec) => spec,
                None => return,
            }
        };
        let is_same = spec == existing.spec;
        if is_same && tags.is_none() && status.is_none() {
            self.planned.plan.unchanged += 1;
            return;
        }
        if let Some((member, why)) = existing.spec.why_not_replaced_by(&spec) {
            let finding = Finding::error(member, why).of_app(title);
            self.planned.conflicts.push(finding);
            return;
        }
        let after = After {
            spec: &spec,
            tags: tags.as_deref().unwrap_or(&existing.tags),
            status: status.unwrap_or(existing.status),
        };
        let fields = changes(Some(existing), &after, |spec| self.email(spec));
        let before = &existing.spec.properties.name;
        self.planned.plan.apps.push(PlannedApp {
            action: PlannedAction::Change,
            name: spec.properties.name.clone(),
            former_name: (*before != spec.properties.name).then(|| before.clone()),
            client_id: Some(existing.client_id.as_str().to_owned()),
            version: Some(existing.version),
            summary: String::new(),
            fields,
        });
        self.planned.steps.push(Step {
            name: before.clone(),
            what: StepKind::Change {
                app: existing.id.clone(),
                spec: (!is_same).then(|| Box::new(spec)),
                tags,
                status,
            },
        });
    }

    fn judged(
        &mut self,
        entry: &AppEntry,
        title: &str,
        existing: Option<&App>,
        icons: &mut FindIcon<'_>,
    ) -> Option<AppSpec> {
        let secret = Secret::new(SHARED_SECRET);
        let (registration, found) = entry.judge(existing, self.terms.facts, icons, secret);
        let found = found.into_iter().map(|finding| finding.of_app(title));
        self.planned.findings.extend(found);
        registration.map(|registration| registration.spec)
    }

    fn email(&self, spec: &AppSpec) -> Option<String> {
        let contact = &spec.properties.primary_contact;
        let mut developers = self.terms.facts.developers.iter();
        let contact = developers.find(|one| one.id == *contact)?;
        Some(contact.email.as_str().to_owned())
    }

    fn prune<R: Registered>(&mut self, registered: &R) -> Result<(), R::Error> {
        let Some(filter) = self.terms.prune else {
            return Ok(());
        };
        self.digest.update(filter);
        for app in registered.matching(filter)? {
            if self.seen.contains(&app.id) {
                continue;
            }
            let name = app.spec.properties.name.clone();
            self.digest.update(app.client_id.as_str());
            self.planned.plan.apps.push(PlannedApp {
                action: PlannedAction::Trash,
                name: name.clone(),
                former_name: None,
                client_id: Some(app.client_id.as_str().to_owned()),
                version: Some(app.version),
                summary: format!("{filter}, not in the file"),
                fields: Vec::new(),
            });
            self.seen.insert(app.id.clone());
            self.planned.steps.push(Step {
                name,
                what: StepKind::Trash(app.id),
            });
        }
        Ok(())
    }

    fn finish<R: Registered>(mut self, file: &File, registered: &R) -> Result<Planned, R::Error> {
        let count = registered.count()?;
        self.planned.plan.untouched = count.saturating_sub(self.seen.len() as u64);
        self.digest.update([u8::from(self.terms.keep_ids)]);
        let digest = self.digest.finalize();
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.planned.plan.digest = format!("sha256:{digest}");
        if self.ignored_ids > 0 {
            self.planned.notes.push(format!(
                "{} of the Client IDs are not in this workspace and are ignored. --keep-ids keeps them.",
                self.ignored_ids
            ));
        }
        let is_served = [&file.serve, &file.people, &file.jwts, &file.data];
        let of_apps = file.apps.iter().any(|app| app.serve.is_some());
        if of_apps || is_served.iter().any(|key| key.is_some()) {
            self.planned.notes.push(format!(
                "Skipped: {}. They are for devconsole serve --from.",
                FOR_SERVE.join(", ")
            ));
        }
        Ok(self.planned)
    }
}
