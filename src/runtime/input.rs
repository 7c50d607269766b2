//! The input thread: keys, pastes and sizes as messages. It ends when the terminal hangs up and
//! never spins; what the keys mean is none of its business.

use std::fmt;
use std::io::{self, IsTerminal as _};
use std::thread::JoinHandle;
use std::time::Duration;

use crossterm::event::{self, Event, KeyEvent, KeyEventKind};

/// A terminal that has hung up reads as readable and empty for ever, and crossterm's `poll` goes
/// round in circles until its time is up: that is how long it may burn, and the process has to be
/// gone within a second. Waking more often costs CPU time while nobody types.
const POLL: Duration = Duration::from_millis(750);

/// What came in the same read is there already; but crossterm does not look for it at all when
/// it is given no time.
const SAME_READ: Duration = Duration::from_micros(20);

/// In characters. More than any field holds; a file pasted by mistake must not fill the memory.
pub const PASTE_LIMIT: usize = 1 << 20;

/// What the person did.
#[derive(Clone, PartialEq, Eq)]
pub enum Input {
    /// Pressed or repeated, never released.
    Key {
        key: KeyEvent,
        /// More input came with it in one go, as with a paste that is replayed as keys.
        in_burst: bool,
    },
    /// Text, whatever it contains; `truncated` when it was longer than [`PASTE_LIMIT`].
    Paste { text: String, truncated: bool },
    /// The new size in columns and rows.
    Resize(u16, u16),
    /// The terminal is gone. Nothing follows.
    Hangup,
}

/// Keys and pastes may be parts of a secret: only their kind is shown.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { in_burst, .. } => write!(f, "Key(…, in_burst: {in_burst})"),
            Self::Paste { truncated, .. } => write!(f, "Paste(…, truncated: {truncated})"),
            Self::Resize(columns, rows) => write!(f, "Resize({columns}, {rows})"),
            Self::Hangup => f.write_str("Hangup"),
        }
    }
}

/// Calls `deliver` for each input, in a thread that ends after [`Input::Hangup`], or when
/// `deliver` says `false` (nobody listens any more). Nothing can wake the thread before its next
/// input or `POLL`: do not join it, let the process's end take it.
///
/// Spawn it before the first frame: from then on no change of size is missed.
pub fn spawn(deliver: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<JoinHandle<()>> {
    // Makes crossterm set its handler for SIGWINCH now; in the thread it would be too late for a
    // resize right after the first frame.
    event::poll(Duration::ZERO)?;
    std::thread::Builder::new()
        .name("input".to_owned())
        .spawn(move || {
            let mut deliver = deliver;
            forward(next_event, &mut deliver);
        })
}

/// An event, and whether another one came with it.
struct Arrived {
    event: Event,
    more: bool,
}

/// `Ok(None)`: nothing yet. `Err`: the terminal is gone.
fn next_event() -> io::Result<Option<Arrived>> {
    let is_ready = match event::poll(POLL) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => false,
        other => other?,
    };
    if is_ready {
        let event = event::read()?;
        let more = matches!(event::poll(SAME_READ), Ok(true));
        return Ok(Some(Arrived { event, more }));
    }
    // crossterm tells a hung-up terminal from a quiet one no more than this: ask the kernel.
    if io::stdin().is_terminal() {
        Ok(None)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

fn forward(
    mut next: impl FnMut() -> io::Result<Option<Arrived>>,
    deliver: &mut impl FnMut(Input) -> bool,
) {
    let mut after_another = false;
    loop {
        let input = match next() {
            Ok(Some(Arrived { event, more })) => {
                let in_burst = after_another || more;
                after_another = more;
                translate(event, in_burst)
            }
            Ok(None) => {
                after_another = false;
                None
            }
            Err(_) => {
                deliver(Input::Hangup);
                return;
            }
        };
        if let Some(input) = input
            && !deliver(input)
        {
            return;
        }
    }
}

fn translate(event: Event, in_burst: bool) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key { key, in_burst }),
        Event::Paste(text) => Some(cap(text)),
        Event::Resize(columns, rows) => Some(Input::Resize(columns, rows)),
        Event::Key(_) | Event::FocusGained | Event::FocusLost | Event::Mouse(_) => None,
    }
}

fn cap(mut text: String) -> Input {
    let cut = text.char_indices().nth(PASTE_LIMIT).map(|(at, _)| at);
    if let Some(at) = cut {
        text.truncate(at);
    }
    Input::Paste {
        text,
        truncated: cut.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

    use super::{Arrived, Input, PASTE_LIMIT, cap, forward};

    fn forwarded(events: Vec<Option<Event>>, listen_for: usize) -> Vec<Input> {
        let alone = |event| Arrived { event, more: false };
        forwarded_as(
            events.into_iter().map(|event| event.map(alone)).collect(),
            listen_for,
        )
    }

    fn forwarded_as(events: Vec<Option<Arrived>>, listen_for: usize) -> Vec<Input> {
        let mut events = events.into_iter();
        let mut seen = Vec::new();
        forward(
            || events.next().ok_or(io::ErrorKind::UnexpectedEof.into()),
            &mut |input| {
                seen.push(input);
                seen.len() < listen_for
            },
        );
        seen
    }

    fn pressed(kind: KeyEventKind, in_burst: bool) -> Input {
        Input::Key {
            key: key(kind),
            in_burst,
        }
    }

    fn key(kind: KeyEventKind) -> KeyEvent {
        KeyEvent::new_with_kind(KeyCode::Char('a'), KeyModifiers::NONE, kind)
    }

    #[test]
    fn presses_and_repeats_pass_releases_and_focus_do_not() {
        let seen = forwarded(
            vec![
                Some(Event::Key(key(KeyEventKind::Press))),
                None,
                Some(Event::Key(key(KeyEventKind::Repeat))),
                Some(Event::Key(key(KeyEventKind::Release))),
                Some(Event::FocusLost),
                Some(Event::Resize(80, 24)),
            ],
            usize::MAX,
        );
        assert_eq!(
            seen,
            [
                pressed(KeyEventKind::Press, false),
                pressed(KeyEventKind::Repeat, false),
                Input::Resize(80, 24),
                Input::Hangup,
            ]
        );
    }

    #[test]
    fn keys_of_one_read_are_told_from_a_key_alone() {
        let arrived = |more| {
            Some(Arrived {
                event: Event::Key(key(KeyEventKind::Press)),
                more,
            })
        };
        let seen = forwarded_as(
            vec![
                arrived(false),
                arrived(true),
                arrived(true),
                arrived(false),
                arrived(false),
            ],
            usize::MAX,
        );
        let bursts = [false, true, true, true, false];
        let wanted: Vec<Input> = bursts
            .map(|in_burst| pressed(KeyEventKind::Press, in_burst))
            .into_iter()
            .chain([Input::Hangup])
            .collect();
        assert_eq!(seen, wanted);
    }

    #[test]
    fn it_ends_when_nobody_listens() {
        let resize = Some(Event::Resize(1, 1));
        assert_eq!(
            forwarded(vec![resize.clone(), resize], 1),
            [Input::Resize(1, 1)]
        );
    }

    #[test]
    fn a_huge_paste_is_cut_between_characters_and_says_so() {
        let Input::Paste { text, truncated } = cap("é".repeat(PASTE_LIMIT + 1)) else {
            panic!("not a paste");
        };
        assert!(truncated);
        assert_eq!(text.chars().count(), PASTE_LIMIT);
        assert_eq!(
            cap("fits".to_owned()),
            Input::Paste {
                text: "fits".to_owned(),
                truncated: false
            }
        );
    }

    #[test]
    fn debug_shows_neither_keys_nor_pastes() {
        let shown = format!(
            "{:?} {:?}",
            pressed(KeyEventKind::Press, false),
            cap("hunter2".to_owned())
        );
        assert_eq!(shown, "Key(…, in_burst: false) Paste(…, truncated: false)");
    }
}
