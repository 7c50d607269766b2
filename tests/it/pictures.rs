//! The pictures of the documentation: a drawn screen as SVG, on its grid.

#[path = "../../examples/support/svg.rs"]
mod svg;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

fn drawn(line: Line<'_>) -> String {
    let mut buffer = Buffer::empty(Rect::new(3, 5, 20, 2));
    line.render(Rect::new(3, 5, 20, 1), &mut buffer);
    svg::svg(&buffer, None)
}

#[test]
fn every_picture_is_a_drawable_svg() {
    let line = Line::from("a <b> & \"c\" 日本 ─┐▀█");
    assert!(resvg::usvg::Tree::from_str(&drawn(line), &resvg::usvg::Options::default()).is_ok());
}

#[test]
fn words_sit_on_the_grid_wherever_the_area_begins() {
    let picture = drawn(Line::from("one two   three"));
    assert!(
        picture.contains(r#"<text x="0" y="13.5" textLength="63""#),
        "{picture}"
    );
    assert!(picture.contains(">one two</text>"), "{picture}");
    assert!(
        picture.contains(r#"<text x="90" y="13.5" textLength="45""#),
        "{picture}"
    );
}

#[test]
fn a_wide_symbol_takes_two_cells_and_shifts_no_other() {
    let picture = drawn(Line::from("日x"));
    assert!(
        picture.contains(r#"<text x="0" y="13.5" textLength="18""#),
        "{picture}"
    );
    assert!(
        picture.contains(r#"<text x="18" y="13.5" textLength="9""#),
        "{picture}"
    );
}

#[test]
fn lines_and_blocks_are_shapes() {
    let picture = drawn(Line::from("╭─┬╮│┼▀▄█▌▐▎"));
    assert!(!picture.contains("<text"), "{picture}");
}

#[test]
fn reverse_swaps_and_a_background_is_one_rectangle() {
    let style = Style::new().fg(Color::Rgb(1, 2, 3)).reversed();
    let picture = drawn(Line::from(vec![
        Span::styled("ab", style),
        Span::styled("cd", style.bold()),
    ]));
    let fill = r##"<rect x="0" y="0" width="36" height="18" fill="#010203"/>"##;
    assert_eq!(picture.matches(fill).count(), 1, "{picture}");
    assert!(
        picture.contains(r##"fill="#1b1f27" font-weight="bold">cd</text>"##),
        "{picture}"
    );
}

#[test]
fn an_underline_also_runs_under_spaces() {
    let picture = drawn(Line::from("a    b".underlined()));
    assert!(picture.contains(r#"width="54" height="1""#), "{picture}");
}

#[test]
fn markup_and_control_characters_cannot_leave_their_text() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 1));
    buffer[(0, 0)].set_symbol("<");
    buffer[(1, 0)].set_symbol("\u{1b}");
    let picture = svg::svg(&buffer, None);
    assert!(picture.contains(">&lt;\u{fffd}</text>"), "{picture}");
}

#[test]
fn the_cursor_is_a_bar_before_its_cell() {
    let buffer = Buffer::empty(Rect::new(3, 5, 20, 2));
    let picture = svg::svg(&buffer, Some(Position::new(5, 6)));
    assert!(
        picture.contains(r#"<rect x="18" y="19" width="2" height="16""#),
        "{picture}"
    );
}
