//! The tabs of the create-app form, in order. Each tab is one file with its struct, its field
//! identifiers, its field table, and its checks, which parse the answers or report errors.
//! `Draft::judge` calls the checks.

pub mod app_card;
pub mod app_type;
pub mod auth;
pub mod features;
pub mod properties;
pub mod security;

use super::draft::{Draft, Facts};
use crate::form::{Field, FieldError, FieldId, Report};

pub type DraftField = Field<Draft, Facts>;

/// One tab.
#[derive(Debug)]
pub struct Section {
    /// Saved in drafts: do not rename.
    pub id: &'static str,
    pub title: &'static str,
    /// A sentence about the tab, given the answers so far.
    pub about: fn(&Draft) -> &'static str,
    pub fields: &'static [DraftField],
}

impl PartialEq for Section {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Section {}

pub static SECTIONS: &[&Section] = &[
    &app_type::SECTION,
    &properties::SECTION,
    &app_card::SECTION,
    &auth::SECTION,
    &security::SECTION,
    &features::SECTION,
];

/// The section that a field belongs to.
pub fn section_of(field: FieldId) -> Option<&'static Section> {
    SECTIONS
        .iter()
        .find(|section| section.fields.iter().any(|one| one.id == field))
        .copied()
}

/// The findings of each tab, in the order of the tabs, whatever the order of the checks.
pub fn by_section(report: Report) -> Vec<(&'static Section, Vec<FieldError>)> {
    let all = report.into_findings();
    let findings_of = |section| {
        all.iter()
            .filter(|finding| section_of(finding.slot.field) == Some(section))
            .cloned()
            .collect()
    };
    SECTIONS
        .iter()
        .map(|section| (*section, findings_of(section)))
        .collect()
}

/// Finds a field by its saved name.
pub fn field_named(name: &str) -> Option<FieldId> {
    SECTIONS
        .iter()
        .flat_map(|section| section.fields)
        .map(|field| field.id)
        .find(|id| id.0 == name)
}

/// The rule that most fields share: a text of limited length.
pub(super) fn sized(
    text: &str,
    what: &str,
    min: usize,
    max: usize,
) -> Result<Option<String>, String> {
    let text = text.trim();
    let count = crate::domain::text::char_count(text);
    if count == 0 {
        return Ok(None);
    }
    if count < min {
        return Err(format!(
            "Enter at least {min} characters: {} more.",
            min - count
        ));
    }
    if count > max {
        return Err(format!(
            "Shorten the {what} to {max} characters: it has {count}."
        ));
    }
    Ok(Some(crate::domain::text::normal(text).into_owned()))
}

/// The same for a text that the app cannot do without.
pub(super) fn required(
    text: Result<Option<String>, String>,
    missing: impl Into<String>,
) -> Result<String, String> {
    text?.ok_or_else(|| missing.into())
}

#[cfg(test)]
mod tests {
    use super::SECTIONS;
    use crate::{domain::text, form::wrap, ui::layout::HELP_LINES};

    #[test]
    fn a_short_label_fits_beside_its_answer() {
        for field in SECTIONS.iter().flat_map(|section| section.fields) {
            assert!(text::width(field.short) <= 20, "{}", field.short);
        }
    }
    /// 80 columns less the margins.
    #[test]
    fn no_help_is_cut_off() {
        for field in SECTIONS.iter().flat_map(|section| section.fields) {
            let lines = wrap::paragraph(&field.whole_help(), 78);
            assert!(lines.len() <= usize::from(HELP_LINES), "{lines:?}");
        }
    }
}
