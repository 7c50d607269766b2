//! The form for one's own password.

use ratatui::Frame;

use super::{ChangePassword, FIELDS};
use crate::{
    console::Console,
    screens::sign_in::view::refusal_lines,
    ui::{form, form_page, layout::Areas, theme::Theme},
};

pub fn draw(
    console: &Console,
    screen: &ChangePassword,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    let why = if screen.is_first {
        "the one you have was given to you: choose your own"
    } else {
        "of your own"
    };
    let findings = screen.findings();
    form_page::draw(
        frame,
        areas,
        "Change password",
        why,
        form::View {
            theme,
            fields: FIELDS,
            data: &screen.data,
            context: &(),
            form: &screen.form,
            findings: &findings,
            is_told: &|finding| screen.tried || screen.form.touched.contains(&finding.slot),
            about: refusal_lines(
                console,
                theme,
                screen.refusal.as_deref(),
                screen.wait_until_ms,
            ),
            extra: &|_| Vec::new(),
            active: !console.is_covered(),
        },
    );
}
