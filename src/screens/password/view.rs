//! The form for one's own password.

use ratatui::{Frame, text::Line};

use super::{ChangePassword, FIELDS};
use crate::{
    console::Console,
    form::state::field_of,
    screens::sign_in::view::refusal_lines,
    ui::{
        chrome, form,
        layout::{self, Areas},
        theme::Theme,
    },
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
    chrome::ends(
        frame,
        areas.title,
        Line::styled("Change password", theme.strong),
        Line::styled(why, theme.dim),
    );
    let (fields, help) = layout::form(areas.body);
    let findings = screen.findings();
    form::draw(
        frame,
        fields,
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
    if let Some(field) = field_of(FIELDS, screen.form.focus.field) {
        form::help(frame, help, theme, field.help);
    }
}
