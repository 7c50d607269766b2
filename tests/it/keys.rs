//! The sequences that terminals send, decoded: a table (`tests/data/keys.tsv`), whole and cut at
//! any place, and the key after each of them.

use std::collections::BTreeSet;

use devconsole::{
    cli::doctor::keys::describe,
    runtime::input::{Decoded, Decoder, ESC_MS, GIVEN_UP_MS},
};

const TABLE: &str = include_str!("../data/keys.tsv");

struct Row {
    terminal: &'static str,
    shown: &'static str,
    bytes: Vec<u8>,
    wanted: String,
}

impl Row {
    /// The `TERM` of the terminal, where the meaning depends on it.
    fn term(&self) -> &'static str {
        match self.terminal {
            "st" => "st-256color",
            "kitty" | "kitty, protocol on" => "xterm-kitty",
            _ => "xterm-256color",
        }
    }

    fn decode(&self, pieces: &[&[u8]], pause_ms: u64) -> String {
        said(&decode(self.term(), pieces, pause_ms))
    }
}

fn rows() -> Vec<Row> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or_else(|| panic!("{line}"));
            let (terminal, shown, wanted) = (cell(), cell(), cell().replace("\\\\", "\\"));
            Row {
                terminal,
                shown,
                bytes: unescaped(shown),
                wanted,
            }
        })
        .collect()
}

fn unescaped(shown: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chars = shown.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            bytes.extend(c.to_string().bytes());
            continue;
        }
        bytes.push(match chars.next().unwrap() {
            'e' => 0x1b,
            't' => b'\t',
            'n' => b'\n',
            'r' => b'\r',
            '\\' => b'\\',
            'x' => {
                let digits: String = chars.by_ref().take(2).collect();
                u8::from_str_radix(&digits, 16).unwrap()
            }
            other => panic!("\\{other} in {shown}"),
        });
    }
    bytes
}

/// Decodes the pieces with a pause after each, and a long one at the end.
fn decode(term: &str, pieces: &[&[u8]], pause_ms: u64) -> Vec<Decoded> {
    let mut decoder = Decoder::new(term);
    let (mut now, mut out) = (10_000, Vec::new());
    for piece in pieces {
        decoder.feed(piece, now, &mut out);
        now += pause_ms;
    }
    decoder.expire(now + GIVEN_UP_MS, &mut out);
    assert_eq!(decoder.due_ms(), None);
    out
}

fn said(decoded: &[Decoded]) -> String {
    let message: Vec<String> = decoded.iter().map(describe).collect();
    message.join(" ")
}

#[test]
fn every_sequence_of_the_table_is_decoded() {
    let rows = rows();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let found = row.decode(&[&row.bytes], 0);
            let is_right = found == row.wanted;
            (!is_right).then(|| {
                format!(
                    "{} {}: {found}, not {}",
                    row.terminal, row.shown, row.wanted
                )
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let terminals: BTreeSet<&str> = rows.iter().map(|row| row.terminal).collect();
    assert!(rows.len() >= 300 && terminals.len() >= 14, "{}", rows.len());
}

#[test]
fn a_sequence_cut_anywhere_is_the_same_key() {
    for row in rows() {
        for at in 1..row.bytes.len() {
            let (head, tail) = row.bytes.split_at(at);
            for pause in [0, ESC_MS - 1] {
                let found = row.decode(&[head, tail], pause);
                assert_eq!(
                    found, row.wanted,
                    "{} {} cut at {at}",
                    row.terminal, row.shown
                );
            }
        }
        let single: Vec<&[u8]> = row.bytes.chunks(1).collect();
        assert_eq!(row.decode(&single, ESC_MS - 1), row.wanted, "{}", row.shown);
    }
}

#[test]
fn the_key_after_a_sequence_is_never_lost() {
    // The bytes right after a lone beginning count as its continuation. No terminal sends that.
    let begins =
        |bytes: &[u8]| matches!(bytes, [0x1b, ..] if bytes.len() <= 2 || bytes == b"\x1b\x1b\x1b");
    for row in rows() {
        if begins(&row.bytes) || row.shown == "\\e[M" {
            continue;
        }
        let mut bytes = row.bytes.clone();
        bytes.extend(b"q\x03");
        let found = row.decode(&[&bytes], 0);
        assert_eq!(
            found,
            format!("{} q Ctrl-c", row.wanted),
            "{} {}",
            row.terminal,
            row.shown
        );
    }
}

mod any {
    use super::rows;
    use crate::corpora::checks::terminal_bytes::terminal_bytes;
    use proptest::prelude::*;

    /// Sequences, their pieces, and bytes that begin or end one.
    fn fragment() -> impl Strategy<Value = Vec<u8>> {
        let rows: Vec<Vec<u8>> = rows().into_iter().map(|row| row.bytes).collect();
        let whole = prop::sample::select(rows);
        let piece = (whole.clone(), any::<prop::sample::Index>())
            .prop_map(|(bytes, at)| bytes[..at.index(bytes.len() + 1)].to_vec());
        let byte = prop::sample::select(
            b"\x00\x03\x07\x08\t\r\x18\x1a\x1b\x1b[O]PX^_\\M$;:?<u~0279AR \x7f\x80\xc3\xa9\xe9\xff"
                .to_vec(),
        );
        prop_oneof![
            2 => whole,
            2 => piece,
            4 => byte.prop_map(|byte| vec![byte]),
            1 => any::<u8>().prop_map(|byte| vec![byte]),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        #[test]
        fn bytes_lose_no_key_and_type_nothing(
            cuts in prop::collection::vec(any::<u8>(), 0..32),
            fragments in prop::collection::vec(fragment(), 0..12),
        ) {
            let mut input = vec![u8::try_from(cuts.len()).unwrap()];
            input.extend(cuts);
            input.extend(fragments.concat());
            terminal_bytes(&input);
        }
    }
}
