//! The sign-in form, and the form for a forgotten password.

use ratatui::{Frame, text::Line};

use super::{FIELDS, RECOVER_FIELDS, Recover, SignIn};
use crate::{
    console::Console,
    ui::{form, form_page, layout::Areas, theme::Theme},
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
    form_page::draw(
        frame,
        areas,
        "Sign in",
        "",
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
}

pub fn draw_recover(
    console: &Console,
    screen: &Recover,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    let findings = screen.findings();
    form_page::draw(
        frame,
        areas,
        "Forgot password",
        "set a new one with your recovery key",
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
}
