//! Flags go through the forms of the screens, so that no rule exists twice.

use super::{
    output::{Exit, Finding, Refusal},
    sign_in::now,
};
use crate::{
    domain::time::Clock,
    form::{FieldError, FieldId, Report, Severity},
    request::Request,
    screens::form_page::{Form, FormPage},
};

/// What a form sends, and its warnings.
pub struct Checked {
    pub request: Request,
    pub warnings: Vec<String>,
}

/// Checks a form that was filled in from flags. `flags` names the flag of each field.
pub fn check<F: Form>(
    page: &FormPage<F>,
    flags: &[(FieldId, &'static str)],
) -> Result<Checked, Refusal> {
    let clock = Clock {
        mono_ms: 0,
        unix: now(),
    };
    let mut report = Report::default();
    let request = F::check(page, clock, &mut report);
    let has_errors = report.has_errors();
    let (errors, warnings): (Vec<_>, Vec<_>) = report
        .into_findings()
        .into_iter()
        .partition(|one| one.severity == Severity::Error);
    let flag = |field: FieldId| {
        let named = flags.iter().find(|(of, _)| *of == field);
        named.map_or(field.0, |(_, flag)| flag)
    };
    let finding = |one: FieldError| Finding {
        field: Some(flag(one.slot.field).to_owned()),
        message: one.message,
        rule: one.rule,
    };
    match request {
        Some(request) if !has_errors => Ok(Checked {
            request,
            warnings: warnings
                .into_iter()
                .map(|one| finding(one).line())
                .collect(),
        }),
        _ => Err(Refusal {
            exit: Exit::Failed,
            findings: errors.into_iter().map(finding).collect(),
            retry_after_s: None,
        }),
    }
}
