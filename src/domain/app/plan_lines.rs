//! A plan in lines, for the command line and for the page.

use super::plan::{Plan, PlannedAction, PlannedApp, PlannedField};
use crate::domain::{progress::grouped, text};

/// How a line is colored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineRole {
    Plain,
    Added,
    Removed,
    Changed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    pub role: LineRole,
    pub text: String,
    /// What else the change does.
    pub consequence: Option<&'static str>,
}

/// The column in which values begin, unless a name is longer.
const VALUES: usize = 32;
const INDENT: &str = "    ";

/// The changes, each app with its members, and the counts. `full` lists the members of new apps.
pub fn lines(plan: &Plan, full: bool) -> (Vec<PlanLine>, String) {
    let mut shown = Vec::new();
    for app in &plan.apps {
        shown.push(head(app));
        if app.action == PlannedAction::Change || full {
            let widths = app.fields.iter().map(|field| text::width(&field.field));
            let widest = widths.max().unwrap_or_default() + INDENT.len() + 2;
            for field in &app.fields {
                add_field(field, widest.max(VALUES), &mut shown);
            }
        }
    }
    (shown, counts(plan))
}

fn head(app: &PlannedApp) -> PlanLine {
    let (role, mark) = match app.action {
        PlannedAction::Create => (LineRole::Added, '+'),
        PlannedAction::Change => (LineRole::Changed, '~'),
        PlannedAction::Trash => (LineRole::Removed, '-'),
    };
    let name = match &app.former_name {
        Some(before) => format!("{before} → {}", app.name),
        None => app.name.clone(),
    };
    let about = match (app.action, &app.client_id) {
        (PlannedAction::Change, Some(id)) => id,
        _ => &app.summary,
    };
    PlanLine {
        role,
        text: text::displayable(&format!("{mark} {name}  {about}")).into_owned(),
        consequence: (app.action == PlannedAction::Trash).then_some("to the trash"),
    }
}

fn add_field(field: &PlannedField, column: usize, shown: &mut Vec<PlanLine>) {
    let mut name = field.field.as_str();
    let mut consequence = field.consequence;
    let mut push = |role, mark: &str, value: &str| {
        for part in value.lines() {
            let indent = format!("{INDENT}{name}");
            let blank = " ".repeat(column.saturating_sub(text::width(&indent)));
            let line = format!("{indent}{blank}{mark}{part}");
            shown.push(PlanLine {
                role,
                text: text::displayable(&line).into_owned(),
                consequence: consequence.take(),
            });
            name = "";
        }
    };
    for one in &field.remove {
        push(LineRole::Removed, "- ", one);
    }
    for one in &field.add {
        push(LineRole::Added, "+ ", one);
    }
    match (&field.before, &field.after) {
        // Words of a choice fit in one line.
        (Some(before), Some(after)) if !before.contains(' ') && !after.contains(' ') => {
            push(LineRole::Changed, "", &format!("{before} → {after}"));
        }
        (before, after) => {
            if let Some(before) = before {
                push(LineRole::Removed, "- ", before);
            }
            if let Some(after) = after {
                push(LineRole::Added, "+ ", after);
            }
        }
    }
}

/// `1 new, 3 changed, 12 unchanged. 3 other apps are not in the manifest and stay.`
fn counts(plan: &Plan) -> String {
    let mut parts: Vec<String> = [
        (plan.count(PlannedAction::Create), "new"),
        (plan.count(PlannedAction::Change), "changed"),
        (plan.count(PlannedAction::Trash), "to the trash"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", grouped(count as u64)))
    .collect();
    parts.push(format!("{} unchanged", grouped(plan.unchanged)));
    let others = match plan.untouched {
        0 => String::new(),
        1 => " 1 other app is not in the manifest and stays.".to_owned(),
        more => format!(
            " {} other apps are not in the manifest and stay.",
            grouped(more)
        ),
    };
    format!("{}.{others}", parts.join(", "))
}

/// `1 created, 3 changed, 12 unchanged.`
pub fn done(plan: &Plan) -> String {
    counts(plan)
        .replace(" new", " created")
        .split_inclusive('.')
        .next()
        .unwrap_or_default()
        .replace("to the trash", "moved to the trash")
}
