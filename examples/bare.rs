//! The baseline for `benches/outside`: the smallest full-screen ratatui program that does the same
//! kind of work. A list, a text field, tabs; each key redraws; `q` quits.

use std::io::{self, BufWriter, Stdout, Write as _};

use crossterm::{
    event::{self, Event, KeyCode},
    execute, queue, terminal,
};
use ratatui::{
    Frame, Terminal,
    backend::CrosstermBackend,
    layout::{Constraint, Layout, Position},
    style::{Modifier, Style},
    text::{Line, Span},
};

const ROWS: usize = 100;
const TABS: [&str; 7] = ["One", "Two", "Three", "Four", "Five", "Six", "Seven"];

#[derive(Default)]
struct State {
    cursor: usize,
    top: usize,
    tab: usize,
    typed: String,
}

fn main() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    execute!(
        io::stdout(),
        terminal::EnterAlternateScreen,
        terminal::Clear(terminal::ClearType::All),
        event::EnableBracketedPaste,
    )?;
    let outcome = run();
    execute!(
        io::stdout(),
        event::DisableBracketedPaste,
        terminal::LeaveAlternateScreen,
    )?;
    terminal::disable_raw_mode()?;
    outcome
}

fn run() -> io::Result<()> {
    let buffer = BufWriter::with_capacity(64 * 1024, io::stdout());
    let mut terminal = Terminal::new(CrosstermBackend::new(buffer))?;
    let mut state = State::default();
    loop {
        draw(&mut terminal, &mut state)?;
        let Event::Key(key) = event::read()? else {
            continue;
        };
        match key.code {
            KeyCode::Char('q') => return Ok(()),
            KeyCode::Char(c) => state.typed.push(c),
            KeyCode::Backspace => state.typed.clear(),
            KeyCode::Down => state.cursor = (state.cursor + 1).min(ROWS - 1),
            KeyCode::Up => state.cursor = state.cursor.saturating_sub(1),
            KeyCode::Home => state.cursor = 0,
            KeyCode::PageDown => state.tab = (state.tab + 1).min(TABS.len() - 1),
            KeyCode::PageUp => state.tab = state.tab.saturating_sub(1),
            _ => {}
        }
    }
}

fn draw(
    terminal: &mut Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    state: &mut State,
) -> io::Result<()> {
    queue!(terminal.backend_mut(), terminal::BeginSynchronizedUpdate)?;
    terminal.draw(|frame| view(state, frame))?;
    queue!(terminal.backend_mut(), terminal::EndSynchronizedUpdate)?;
    terminal.backend_mut().flush()
}

fn view(state: &mut State, frame: &mut Frame<'_>) {
    let [tabs, field, page, list] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(10),
        Constraint::Fill(1),
    ])
    .areas(frame.area());
    let marked = |is_marked: bool| {
        if is_marked {
            Style::new().add_modifier(Modifier::REVERSED)
        } else {
            Style::new()
        }
    };
    let names = TABS
        .iter()
        .enumerate()
        .map(|(nth, name)| Span::styled(format!(" {name} "), marked(nth == state.tab)));
    frame.render_widget(Line::from_iter(names), tabs);
    frame.render_widget(format!("Text: {}", state.typed), field);
    let x = u16::try_from(6 + state.typed.len()).unwrap_or(u16::MAX);
    frame.set_cursor_position(Position { x, y: field.y });
    for (nth, row) in page.rows().enumerate() {
        let text = format!("{nth} of what is on tab {} of this program", state.tab + 1);
        frame.render_widget(text, row);
    }
    let height = usize::from(list.height).max(1);
    state.top = state
        .top
        .clamp((state.cursor + 1).saturating_sub(height), state.cursor);
    for (nth, row) in (state.top..ROWS).zip(list.rows()) {
        let text = format!("Row {nth:>3}  a name and some more words beside it");
        frame.render_widget(Line::styled(text, marked(nth == state.cursor)), row);
    }
}
