//! How the form of a JWT credential looks.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use super::{EXPIRES, FIELDS, JwtFormScreen, Purpose};
use crate::{
    console::Console,
    domain::{oauth::jwt::parse_expiry, text},
    form::{TextEdit, state::field_of},
    screens::jwt::apps,
    ui::{form, form_page, layout::Areas, picker, theme::Theme},
};

pub fn draw(
    console: &Console,
    screen: &JwtFormScreen,
    theme: &Theme,
    frame: &mut Frame<'_>,
    areas: &Areas,
) {
    let (title, about) = match &screen.purpose {
        Purpose::Create { owner_name, .. } => (
            "Create JWT",
            owner_name.as_ref().map_or_else(
                || "it acts with your permissions".to_owned(),
                |name| format!("for {}", text::displayable(name)),
            ),
        ),
        Purpose::SetApps { label, .. } => (
            "Apps of the JWT credential",
            text::displayable(label).into_owned(),
        ),
    };
    let now = console.clock.unix;
    let findings = screen.findings(now);
    let ends = parse_expiry(screen.data.expires.text(), now).ok().flatten();
    let extra = |field| match (field == EXPIRES, ends) {
        (true, Some(at)) => vec![Line::from(vec![
            Span::raw("  "),
            Span::styled(format!("ends {}", at.date_time()), theme.dim),
        ])],
        _ => Vec::new(),
    };
    form_page::draw(
        frame,
        areas,
        title,
        &about,
        form::View {
            theme,
            fields: FIELDS,
            data: &screen.data,
            context: &screen.known,
            form: &screen.form,
            findings: &findings,
            is_told: &|finding| screen.tried || screen.form.touched.contains(&finding.slot),
            about: Vec::new(),
            extra: &extra,
            active: !console.is_covered() && screen.form.picker.is_none(),
        },
    );
    let field = field_of(FIELDS, screen.form.focus.field);
    if let (Some(field), Some(open)) = (field, &screen.form.picker) {
        let view = picker::View {
            title: field.label,
            picker: open,
            options: &screen
                .form
                .picker_options(FIELDS, &screen.data, &screen.known),
            chosen: &apps::chosen(&screen.data, &screen.known),
            many: true,
        };
        picker::draw(frame, areas.body, theme, &view);
    }
}
