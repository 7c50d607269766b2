//! What a manifest would change, and changing it.

use std::process::ExitCode;

use clap::Args as Arguments;
use serde_json::json;

use super::read::{finding, read, refused, warnings};
use crate::{
    cli::{
        ask::confirm,
        colored::{reporter, show},
        done::{Changing, DRY_RUN},
        global::Global,
        output::{Exit, Finding, Format, Output, Refusal, Text},
        sign_in::{SignedIn, can_ask, open, sign_in},
    },
    domain::app::{
        list::count_of_apps,
        plan::{Plan, PlannedAction},
        plan_lines::{done, lines},
    },
    manifest::{Facts, Planned, Terms, plan},
    runtime::manifest::{Icons, ManifestFile, facts},
    store::{Applied, RegisteredApps, StoreError},
};

/// The manifest, and how it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Arguments)]
pub struct Which {
    /// Manifest in TOML or JSON; - reads standard input
    #[arg(value_name = "FILE")]
    file: String,

    /// List all settings of new apps
    #[arg(long)]
    full: bool,

    /// Give new apps the Client IDs of the manifest
    #[arg(long)]
    keep_ids: bool,

    /// Move apps to the trash that --filter finds and the manifest lacks
    #[arg(long, requires = "filter")]
    prune: bool,

    /// Apps that --prune may move to the trash
    #[arg(long, value_name = "QUERY", requires = "prune")]
    filter: Option<String>,
}

/// Show what a manifest would change: 0 = nothing, 1 = something, 2 or more = not compared
#[derive(Clone, Debug, PartialEq, Eq, Arguments)]
pub struct Diff {
    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    pub format: Format,
}

/// Create and change apps as a manifest has them, all or none
#[derive(Clone, Debug, PartialEq, Eq, Arguments)]
pub struct Apply {
    #[command(flatten)]
    which: Which,

    /// Only if nothing has changed since a diff with this plan
    #[arg(long, value_name = "DIGEST")]
    plan: Option<String>,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    pub changing: Changing,
}

impl Diff {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let compared = self.compare(global).map_err(|mut refusal| {
            // 1 means that something differs.
            if refusal.exit == Exit::Failed {
                refusal.exit = Exit::Usage;
            }
            refusal
        })?;
        let mut output = shown(&compared, &self.which, "diff/1");
        if !compared.plan.is_empty() {
            output.exit = ExitCode::from(Exit::Failed.code());
        }
        Ok(output)
    }

    fn compare(&self, global: &Global) -> Result<Planned, Refusal> {
        let manifest = read(&self.which.file)?;
        let workspace = open(global)?;
        let facts = facts(&workspace, None)?;
        let mut icons = manifest.icons();
        let planned =
            workspace.read_apps(|apps| self.which.plan(&manifest, &facts, apps, &mut icons))?;
        without_errors(planned)
    }
}

impl Apply {
    pub fn run(&self, global: &Global) -> Result<Output, Refusal> {
        let which = &self.which;
        let manifest = read(&which.file)?;
        let is_rehearsal = self.changing.dry_run;
        let SignedIn {
            mut workspace,
            session,
            now,
            warnings,
        } = sign_in(global, is_rehearsal)?;
        let facts = facts(&workspace, Some(&session.developer.id))?;
        let mut icons = manifest.icons();
        let compared =
            workspace.read_apps(|apps| which.plan(&manifest, &facts, apps, &mut icons))?;
        let compared = without_errors(compared)?;
        let digest = self
            .plan
            .clone()
            .unwrap_or_else(|| compared.plan.digest.clone());
        must_be_same(&compared.plan, &digest)?;
        if compared.plan.is_empty() {
            return Ok(shown(&compared, which, "apply/1").warning(warnings));
        }
        let is_asked = !self.yes && !is_rehearsal;
        if is_asked && can_ask() {
            let (lines, counts) = lines(&compared.plan, which.full);
            show(&lines, &counts, global.color());
        }
        confirm(self.yes || is_rehearsal, &question(&compared.plan))?;
        workspace = workspace.reporting(reporter(global.is_quiet()));
        let mut stale = None;
        let result = workspace.apply(now, |apps| {
            let again = which.plan(&manifest, &facts, apps, &mut icons)?;
            if again.plan.digest != digest {
                stale = Some(again.plan);
                return Err(StoreError::Conflict(String::new()));
            }
            Ok((again.steps, icons.into_read()))
        });
        if let Some(plan) = stale {
            must_be_same(&plan, &digest)?;
        }
        if let Applied::Refused(apps) = result? {
            return Err(not_allowed(apps));
        }
        let mut output = shown(&compared, which, "apply/1").warning(warnings);
        if is_asked {
            output.text = Text::Lines(vec![done(&compared.plan)]);
        }
        if is_rehearsal {
            output.notes.push(DRY_RUN.to_owned());
        }
        Ok(output)
    }
}

impl Which {
    fn plan(
        &self,
        manifest: &ManifestFile,
        facts: &Facts,
        apps: &RegisteredApps<'_>,
        icons: &mut Icons,
    ) -> Result<Planned, StoreError> {
        let terms = Terms {
            facts,
            keep_ids: self.keep_ids,
            prune: self.filter.as_deref(),
        };
        plan(&manifest.file, &terms, apps, &mut |name| icons.find(name))
    }
}

/// What is wrong with the manifest comes before what the workspace does not allow.
fn without_errors(planned: Planned) -> Result<Planned, Refusal> {
    if planned.has_errors() {
        return Err(refused(&planned.findings));
    }
    if planned.conflicts.is_empty() {
        return Ok(planned);
    }
    Err(Refusal {
        exit: Exit::Conflict,
        findings: planned.conflicts.iter().map(finding).collect(),
        retry_after_s: None,
    })
}

fn must_be_same(plan: &Plan, digest: &str) -> Result<(), Refusal> {
    if plan.digest == digest {
        return Ok(());
    }
    let message = "The manifest or an app in it has changed since. Compare again.";
    Err(Refusal::new(Exit::Conflict, Some("--plan"), message))
}

fn not_allowed(apps: Vec<(String, StoreError)>) -> Refusal {
    let is_forbidden = apps
        .iter()
        .any(|(_, error)| matches!(error, StoreError::NotAllowed(_)));
    Refusal {
        exit: if is_forbidden {
            Exit::NotAllowed
        } else {
            Exit::Conflict
        },
        findings: apps
            .into_iter()
            .map(|(name, error)| Finding::new(Some(&name), error.to_string()))
            .collect(),
        retry_after_s: None,
    }
}

fn question(plan: &Plan) -> String {
    let parts = [
        (PlannedAction::Create, "creates", ""),
        (PlannedAction::Change, "changes", ""),
        (PlannedAction::Trash, "moves", " to the trash"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .map(|(action, verb, end)| (plan.count(action), verb, end))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, verb, end)| format!("{verb} {}{end}", count_of_apps(count)))
        .collect();
    format!("This {}.", parts.join(", "))
}

fn shown(compared: &Planned, which: &Which, schema: &'static str) -> Output {
    let (shown, counts) = lines(&compared.plan, which.full);
    let is_diff = schema == "diff/1";
    let last = if is_diff {
        format!("{counts} Plan {}", compared.plan.digest)
    } else {
        done(&compared.plan)
    };
    let members = json!(compared.plan);
    let mut output = Output::new(schema, members, Text::Plan(shown, last));
    output.notes.clone_from(&compared.notes);
    output.warning(warnings(&compared.findings))
}
