//! The sign-in form, and the form for a forgotten password.

use ratatui::{Frame, text::Line};

use super::{FIELDS, RECOVER_FIELDS, Recover, SignIn};
use crate::{
    console::Console,
    form::state::field_of,
    ui::{
        chrome, form,
        layout::{self, Areas},
        theme::Theme,
    },
};

/// Why the last try failed, and how long the next one has to wait.
pub fn refusal_lines(
    console: &Console,
    theme: &Theme,
    refusal: Option<&str>,
    wait_until_ms: Option<u64>,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(refusal) = refusal {
        lines.push(Line::styled(
            format!("{} {refusal}", theme.glyphs.error),
            theme.error,
        ));
    }
    let left_ms = wait_until_ms.map_or(0, |until| until.saturating_sub(console.clock.mono_ms));
    if left_ms > 0 {
        lines.push(Line::styled(
            format!("  Try again in {} s.", left_ms.div_ceil(1000)),
            theme.warning,
        ));
    }
    lines
}

pub fn draw(
    console: &Console,
    screen: &SignIn,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    chrome::ends(
        frame,
        areas.title,
        Line::styled("Sign in", theme.strong),
        Line::default(),
    );
    let (fields, help) = layout::form(areas.body);
    form::draw(
        frame,
        fields,
        form::View {
            theme,
            fields: FIELDS,
            data: &screen.data,
            context: &(),
            form: &screen.form,
            findings: &[],
            is_told: &|_| false,
            about: refusal_lines(
                console,
                theme,
                screen.refusal.as_deref(),
                screen.wait_until_ms,
            ),
            extra: &|_| Vec::new(),
            active: true,
        },
    );
    if let Some(field) = field_of(FIELDS, screen.form.focus.field) {
        form::help(frame, help, theme, field.help);
    }
}

pub fn draw_recover(
    console: &Console,
    screen: &Recover,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    chrome::ends(
        frame,
        areas.title,
        Line::styled("Forgot password", theme.strong),
        Line::styled("set a new one with your recovery key", theme.dim),
    );
    let (fields, help) = layout::form(areas.body);
    let findings = screen.findings();
    form::draw(
        frame,
        fields,
        form::View {
            theme,
            fields: RECOVER_FIELDS,
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
            active: true,
        },
    );
    if let Some(field) = field_of(RECOVER_FIELDS, screen.form.focus.field) {
        form::help(frame, help, theme, field.help);
    }
}
