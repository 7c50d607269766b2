//! Any bytes from a terminal, cut anywhere, at any pace: no later key is lost, no text appears that
//! was not sent, and the position of the cuts makes no difference.

use devconsole::runtime::input::{Decoded, Decoder, ESC_MS, GIVEN_UP_MS};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

const ESC: u8 = 0x1b;

/// The first byte says how many bytes after it are cuts; a cut is a length and a pause.
pub fn terminal_bytes(input: &[u8]) {
    let Some((count, rest)) = input.split_first() else {
        return;
    };
    let (cuts, bytes) = rest.split_at((usize::from(*count) % 32).min(rest.len()));
    for term in ["xterm-256color", "st-256color", "xterm-kitty"] {
        let whole = decode(term, &[(bytes, 0)]);
        let (pieces, is_slow) = pieces(bytes, cuts);
        let cut = decode(term, &pieces);
        // Ctrl-C alone ends a paste: there the cut matters.
        let gets_out = pieces.iter().any(|(piece, _)| *piece == [3]);
        if !is_slow && !gets_out {
            assert!(whole == cut, "{term}: cut into {pieces:?}");
        }
        typed_is_there(bytes, &whole);
    }
}

fn pieces<'b>(mut bytes: &'b [u8], cuts: &[u8]) -> (Vec<(&'b [u8], u64)>, bool) {
    let (mut pieces, mut is_slow) = (Vec::new(), false);
    for cut in cuts {
        let (piece, rest) = bytes.split_at((1 + usize::from(cut % 16)).min(bytes.len()));
        let pause = match cut / 16 {
            0..=9 => 0,
            10..=12 => ESC_MS - 1,
            13 => ESC_MS * 4,
            14 => GIVEN_UP_MS - 1,
            _ => GIVEN_UP_MS,
        };
        is_slow |= pause >= ESC_MS;
        pieces.push((piece, pause));
        bytes = rest;
    }
    pieces.push((bytes, 0));
    (pieces, is_slow)
}

/// The decoded pieces after the input is quiet again. The next key must be decoded as itself.
fn decode(term: &str, pieces: &[(&[u8], u64)]) -> Vec<Decoded> {
    let mut decoder = Decoder::new(term);
    let (mut now, mut decoded) = (5000, Vec::new());
    for (piece, pause) in pieces {
        decoder.feed(piece, now, &mut decoded);
        now += pause;
    }
    now += GIVEN_UP_MS;
    decoder.expire(now, &mut decoded);
    assert_eq!(decoder.due_ms(), None, "something is never given up");
    let mut after = Vec::new();
    decoder.feed(b"q\x03", now, &mut after);
    let wanted = [('q', KeyModifiers::NONE), ('c', KeyModifiers::CONTROL)];
    let wanted =
        wanted.map(|(c, modifiers)| Decoded::Key(KeyEvent::new(KeyCode::Char(c), modifiers)));
    assert!(after == wanted, "a later key is lost");
    decoded
}

/// The typed characters are, in their order, among those outside of sequences.
fn typed_is_there(bytes: &[u8], decoded: &[Decoded]) {
    let outside = outside_of_sequences(bytes);
    let mut there = outside.chars();
    for one in decoded {
        if let Decoded::Key(key) = one
            && let KeyCode::Char(c) = key.code
            && key.kind != KeyEventKind::Release
            && key.modifiers.difference(KeyModifiers::SHIFT).is_empty()
        {
            assert!(
                there.any(|found| found == c),
                "{c:?} was not typed: {bytes:?}"
            );
        }
    }
}

/// Written independently of the decoder, after ECMA-48 §5.4 and §5.6, without time. Keys that a
/// sequence spells out stand as their characters.
fn outside_of_sequences(bytes: &[u8]) -> String {
    let mut outside = Vec::new();
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        if *first != ESC {
            outside.push(*first);
            rest = after;
            continue;
        }
        rest = match after.first() {
            Some(b'[') => control_sequence(&after[1..], &mut outside),
            Some(b']' | b'P' | b'X' | b'^' | b'_') => control_string(&after[1..]),
            // A key of the keypad.
            Some(b'O') => keypad(&after[1..], &mut outside),
            _ => after,
        };
    }
    outside.utf8_chunks().map(|chunk| chunk.valid()).collect()
}

fn control_sequence<'b>(bytes: &'b [u8], outside: &mut Vec<u8>) -> &'b [u8] {
    let parameters = bytes
        .iter()
        .take_while(|byte| matches!(byte, 0x20..=0x3f))
        .count();
    let (parameters, rest) = bytes.split_at(parameters);
    let shift = parameters.iter().position(|byte| *byte == b'$');
    if let Some(at) = shift
        && at > 0
        && parameters[..at].iter().all(u8::is_ascii_digit)
    {
        return &bytes[at + 1..];
    }
    match rest.split_first() {
        Some((b'~', rest)) if parameters == b"200" => {
            let end = b"\x1b[201~";
            let at = rest.windows(end.len()).position(|window| window == end);
            at.map_or(&[], |at| &rest[at + end.len()..])
        }
        Some((b'[', rest)) if parameters.is_empty() => match rest {
            [0x20..=0x7e, rest @ ..] | rest => rest,
        },
        Some((last @ (b'u' | b'~'), rest)) => {
            spelt(parameters, *last, outside);
            rest
        }
        Some((0x40..=0x7e, rest)) => rest,
        _ => rest,
    }
}

/// The characters whose codes are in it, in any form.
fn spelt(parameters: &[u8], last: u8, outside: &mut Vec<u8>) {
    let keypad = |code: u32| match code {
        57399..=57408 => char::from_digit(code - 57399, 10),
        57409..=57416 => "./*-+\r=,".chars().nth(usize::try_from(code - 57409).ok()?),
        _ => char::from_u32(code),
    };
    let text = String::from_utf8_lossy(parameters);
    let is_other = text.starts_with("27;");
    if last == b'~' && !is_other {
        return;
    }
    for number in text
        .split([';', ':'])
        .filter_map(|number| number.parse().ok())
    {
        for c in keypad(number)
            .into_iter()
            .flat_map(|c| [Some(c), c.to_uppercase().next()])
        {
            outside.extend(c.into_iter().collect::<String>().bytes());
        }
    }
}

fn keypad<'b>(bytes: &'b [u8], outside: &mut Vec<u8>) -> &'b [u8] {
    let bytes = match bytes.split_first() {
        Some((b'1'..=b'9', rest)) => rest,
        _ => bytes,
    };
    match bytes.split_first() {
        Some((b' ', rest)) => {
            outside.push(b' ');
            rest
        }
        Some((b'X', rest)) => {
            outside.push(b'=');
            rest
        }
        Some((letter @ b'j'..=b'y', rest)) => {
            outside.push(letter - 0x40);
            rest
        }
        Some((0x40..=0x7e, rest)) => rest,
        _ => bytes,
    }
}

fn control_string(bytes: &[u8]) -> &[u8] {
    // No string begins with one of these: it was a key with Alt.
    if matches!(bytes.first(), Some(0x08..=0x0d)) {
        return bytes;
    }
    let payload = bytes
        .iter()
        .take_while(|byte| matches!(byte, 0x08..=0x0d | 0x20..=0x7e | 0x80..))
        .count();
    match &bytes[payload..] {
        [ESC, b'\\', rest @ ..] | [0x07 | 0x18 | 0x1a, rest @ ..] => rest,
        rest => rest,
    }
}
