//! The result of validating a form: errors and warnings, each at a slot.

use super::field::{FieldId, RowKey, Slot};

/// An error prevents the creation; a warning is likely a mistake, and prevents nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}

/// An instruction, at the slot where it can be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub slot: Slot,
    pub severity: Severity,
    pub message: String,
    /// The rule that it cites, e.g. `RFC 6749 §3.1.2`.
    pub rule: Option<&'static str>,
}

impl FieldError {
    /// The message, and the rule in brackets.
    pub fn with_rule(&self) -> String {
        match self.rule {
            Some(rule) => format!("{} [{rule}]", self.message),
            None => self.message.clone(),
        }
    }
}

/// Collects findings while a section is parsed.
#[derive(Debug, Default)]
pub struct Report {
    findings: Vec<FieldError>,
}

impl Report {
    pub fn error(&mut self, slot: impl Into<Slot>, message: impl Into<String>) {
        self.push(slot.into(), Severity::Error, message.into(), None);
    }

    /// An error by a rule that can be looked up.
    pub fn error_by(
        &mut self,
        slot: impl Into<Slot>,
        message: impl Into<String>,
        rule: &'static str,
    ) {
        self.push(slot.into(), Severity::Error, message.into(), Some(rule));
    }

    pub fn warning(&mut self, slot: impl Into<Slot>, message: impl Into<String>) {
        self.push(slot.into(), Severity::Warning, message.into(), None);
    }

    /// Returns the value, or records the error.
    pub fn take<T>(
        &mut self,
        slot: impl Into<Slot>,
        result: Result<T, impl Into<String>>,
    ) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(message) => {
                self.error(slot, message);
                None
            }
        }
    }

    /// Where the cursor goes if the form cannot be submitted.
    pub fn first_error(&self) -> Option<Slot> {
        let mut findings = self.findings.iter();
        findings
            .find(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.slot)
    }

    fn push(
        &mut self,
        slot: Slot,
        severity: Severity,
        message: String,
        rule: Option<&'static str>,
    ) {
        self.findings.push(FieldError {
            slot,
            severity,
            message,
            rule,
        });
    }

    pub fn into_findings(self) -> Vec<FieldError> {
        self.findings
    }

    pub fn has_errors(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    }
}

impl From<FieldId> for Slot {
    fn from(field: FieldId) -> Self {
        Self { field, row: None }
    }
}

impl From<(FieldId, RowKey)> for Slot {
    fn from((field, row): (FieldId, RowKey)) -> Self {
        Self {
            field,
            row: Some(row),
        }
    }
}
