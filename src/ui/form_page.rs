//! A page that is one form: its title, its fields, and help for the field with the focus.

use ratatui::{Frame, text::Line};

use super::{
    chrome, form,
    layout::{self, Areas},
};
use crate::form::{Field, state::field_of};

pub fn draw<D, C>(
    frame: &mut Frame<'_>,
    areas: &Areas,
    title: &str,
    about: &str,
    view: form::View<'_, D, C>,
) {
    let theme = view.theme;
    chrome::ends(
        frame,
        areas.title,
        Line::styled(title, theme.strong),
        Line::styled(about, theme.dim),
    );
    let (fields, help) = layout::form(areas.body);
    let focused = field_of(view.fields, view.form.focus.field).map(Field::whole_help);
    form::draw(frame, fields, view);
    if let Some(text) = focused {
        form::help(frame, help, theme, &text);
    }
}
