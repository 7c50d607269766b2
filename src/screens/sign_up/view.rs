//! The sign-up form, and the recovery key that is shown once.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{FIELDS, PASSWORD, ShowRecoveryKey, SignUp};
use crate::{
    domain::people::password::Strength,
    form::{TextEdit, wrap},
    ui::{
        chrome, form, form_page,
        layout::{self, Areas},
        line,
        theme::Theme,
    },
};

pub fn draw(screen: &SignUp, theme: &Theme, frame: &mut Frame<'_>, areas: &Areas) {
    let findings = screen.findings();
    let strength = |field| match (field == PASSWORD, &screen.strength) {
        (true, Some(strength)) => vec![strength_line(strength, theme)],
        _ => Vec::new(),
    };
    form_page::draw(
        frame,
        areas,
        "Sign up",
        "a workspace of your own, on this machine",
        form::View {
            theme,
            fields: FIELDS,
            data: &screen.data,
            context: &(),
            form: &screen.form,
            findings: &findings,
            is_told: &|finding| screen.tried || screen.form.touched.contains(&finding.slot),
            about: Vec::new(),
            extra: &strength,
            active: true,
        },
    );
}

/// Five steps and a word: `■■■□□ fair`.
fn strength_line(strength: &Strength, theme: &Theme) -> Line<'static> {
    let (full, empty) = if theme.glyphs.unicode {
        ("■", "□")
    } else {
        ("#", ".")
    };
    let steps = usize::from(strength.score.min(4)) + 1;
    let style = match strength.score {
        0 | 1 => theme.error,
        2 => theme.warning,
        _ => theme.good,
    };
    Line::from(vec![
        Span::raw("  "),
        Span::styled(full.repeat(steps), style),
        Span::styled(empty.repeat(5 - steps), theme.dim),
        Span::styled(format!(" {}", strength.label()), style),
        Span::styled(
            strength
                .advice
                .as_ref()
                .map(|advice| format!("  {advice}"))
                .unwrap_or_default(),
            theme.dim,
        ),
    ])
}

pub fn draw_key(screen: &ShowRecoveryKey, theme: &Theme, frame: &mut Frame<'_>, areas: &Areas) {
    chrome::ends(
        frame,
        areas.title,
        Line::styled("Your recovery key", theme.strong),
        Line::styled("shown once", theme.warning),
    );
    let area = layout::margin(areas.body);
    let text = "Write it down and keep it away from this machine. If you forget your password, it is the only way back to your secrets: nobody else can open them.";
    let why = wrap::paragraph(text, area.width);
    let groups: Vec<&str> = screen.key.groups().collect();
    let key = groups
        .chunks(4)
        .map(|four| Line::styled(format!("    {}", four.join(" - ")), theme.accent));
    let ask = wrap::paragraph(
        "To confirm that you have it, type its last group",
        area.width,
    );
    // The lines around them: two blank, the field, what is wrong with it.
    let wanted = why.len() + key.len() + ask.len() + 4;
    let mut lines: Vec<Line<'_>> = Vec::new();
    if wanted <= usize::from(area.height) {
        lines.extend(why.into_iter().map(Line::from));
        lines.push(Line::default());
        lines.extend(key);
        lines.push(Line::default());
        lines.extend(ask.into_iter().map(|line| Line::styled(line, theme.strong)));
    } else {
        // The key and the field are what nobody can do without.
        lines.extend(key);
        lines.push(Line::styled("Write it down. Its last group:", theme.strong));
    }
    let y = u16::try_from(lines.len()).unwrap_or(0);
    let (typed, x) = line::window(screen.typed.text(), screen.typed.cursor(), 16, None);
    lines.push(Line::from(vec![
        Span::styled(format!("{} ", theme.glyphs.bar_focus), theme.accent),
        Span::raw(typed),
    ]));
    if screen.wrong {
        lines.push(Line::styled(
            format!("  {} That is not its last group.", theme.glyphs.error),
            theme.error,
        ));
    }
    frame.render_widget(Paragraph::new(lines), area);
    let at = Rect::new(area.x + 2 + x, area.y + y, 1, 1).intersection(area);
    if !at.is_empty() {
        frame.set_cursor_position(Position { x: at.x, y: at.y });
    }
}
