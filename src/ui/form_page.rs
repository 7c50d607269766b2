//! A page that is one form: its title, its fields, and help for the field with the focus.

use ratatui::{Frame, text::Line};

use super::{
    form,
    layout::{self, Areas},
    title,
};
use crate::form::{Field, state::field_of};

pub fn draw<D, C>(
    frame: &mut Frame<'_>,
    areas: &Areas,
    trail: &[&str],
    about: &str,
    view: form::View<'_, D, C>,
) {
    let theme = view.theme;
    let about = Line::styled(about, theme.dim);
    title::draw(frame, areas.title, theme, trail, Line::default(), about);
    let (fields, help) = layout::form(areas.body);
    let focused = field_of(view.fields, view.form.focus.field).map(Field::whole_help);
    form::draw(frame, fields, view);
    if let Some(text) = focused {
        form::help(frame, help, theme, &text);
    }
}
