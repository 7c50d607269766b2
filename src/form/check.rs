//! What a validator says: errors and warnings, each at the slot it is about.

use super::field::{FieldId, RowKey, Slot};

/// An error gates Create; a warning is allowed but likely a mistake, and gates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Error,
    Warning,
}

/// An instruction to the person, at the place where it can be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub slot: Slot,
    pub severity: Severity,
    pub message: String,
}

/// Collects findings while a section is parsed into its spec.
#[derive(Debug, Default)]
pub struct Report {
    findings: Vec<FieldError>,
}

impl Report {
    pub fn error(&mut self, slot: impl Into<Slot>, message: impl Into<String>) {
        self.push(slot.into(), Severity::Error, message.into());
    }

    pub fn warning(&mut self, slot: impl Into<Slot>, message: impl Into<String>) {
        self.push(slot.into(), Severity::Warning, message.into());
    }

    /// Keeps the value, or notes why there is none.
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

    /// Where the cursor goes when a form cannot be sent.
    pub fn first_error(&self) -> Option<Slot> {
        let mut findings = self.findings.iter();
        findings
            .find(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.slot)
    }

    fn push(&mut self, slot: Slot, severity: Severity, message: String) {
        self.findings.push(FieldError {
            slot,
            severity,
            message,
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
