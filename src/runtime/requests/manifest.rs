//! A manifest, compared and applied.

use crate::{
    domain::{app::plan::Plan, problem::Problem},
    manifest::{Facts, Finding, Planned, Terms, plan},
    request::{ApplyManifest, CompareManifest, Perform},
    runtime::{
        manifest::{Icons, ManifestFile, Unfit, facts},
        worker::Worker,
    },
    store::{Applied, RegisteredApps, StoreError},
};

impl Perform<CompareManifest> for Worker {
    fn perform(&mut self, request: &CompareManifest) -> Result<Plan, Problem> {
        let manifest = ManifestFile::read(&request.path).map_err(unfit)?;
        let who = self.owner()?;
        let facts = facts(&self.workspace, Some(&who))?;
        let mut icons = manifest.icons();
        let planned = self
            .workspace
            .read_apps(|apps| compared(&manifest, &facts, apps, &mut icons))?;
        Ok(fit(planned)?.plan)
    }
}

impl Perform<ApplyManifest> for Worker {
    fn perform(&mut self, request: &ApplyManifest) -> Result<Plan, Problem> {
        let manifest = ManifestFile::read(&request.path).map_err(unfit)?;
        let who = self.owner()?;
        let facts = facts(&self.workspace, Some(&who))?;
        let mut icons = manifest.icons();
        let mut plan = Plan::default();
        let applied = self.workspace.apply(self.now, |apps| {
            let planned = compared(&manifest, &facts, apps, &mut icons)?;
            if planned.plan.digest != request.digest {
                return Err(StoreError::Conflict(
                    "The manifest or an app in it has changed since. Import it again.".to_owned(),
                ));
            }
            plan = planned.plan;
            Ok((planned.steps, icons.into_read()))
        })?;
        match applied {
            Applied::Done => Ok(plan),
            Applied::Refused(apps) => {
                let reasons = apps.iter().map(|(name, error)| format!("{name}: {error}"));
                Err(first_of(reasons.collect()))
            }
        }
    }
}

fn compared(
    manifest: &ManifestFile,
    facts: &Facts,
    apps: &RegisteredApps<'_>,
    icons: &mut Icons,
) -> Result<Planned, StoreError> {
    let terms = Terms {
        facts,
        keep_ids: false,
        prune: None,
    };
    plan(&manifest.file, &terms, apps, &mut |name| icons.find(name))
}

fn fit(planned: Planned) -> Result<Planned, Problem> {
    let errors: Vec<&Finding> = planned
        .findings
        .iter()
        .filter(|finding| !finding.is_warning)
        .chain(&planned.conflicts)
        .collect();
    if errors.is_empty() {
        return Ok(planned);
    }
    Err(first_of(errors.into_iter().map(line).collect()))
}

fn line(finding: &Finding) -> String {
    let rule = finding.rule.map(|rule| format!(" [{rule}]"));
    let rule = rule.unwrap_or_default();
    if finding.field.is_empty() {
        format!("{}{rule}", finding.message)
    } else {
        format!("{}: {}{rule}", finding.field, finding.message)
    }
}

fn unfit(unfit: Unfit) -> Problem {
    match unfit {
        Unfit::Unreadable(error) => format!("The file cannot be read: {error}.").into(),
        Unfit::Refused(found) => first_of(found.iter().map(line).collect()),
    }
}

/// A notice has room for one.
fn first_of(problems: Vec<String>) -> Problem {
    let more = problems.len().saturating_sub(1);
    let first = problems.into_iter().next().unwrap_or_default();
    match more {
        0 => first.into(),
        more => format!("{first} And {more} more: devconsole app diff lists all.").into(),
    }
}
