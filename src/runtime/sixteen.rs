//! Writes the first sixteen colors with the codes that every color terminal knows. The library
//! writes `38;5;n`, which older terminals read as three attributes, one of them blinking.

/// In place: a frame may show a secret, and a second buffer would keep a copy. The result is never
/// longer than the input.
pub fn shorten(frame: &mut Vec<u8>) {
    let (mut from, mut to) = (0, 0);
    while let Some(rest) = frame.get(from..).filter(|rest| !rest.is_empty()) {
        let (used, codes) = match attributes(rest) {
            Some(codes) => (codes.len() + 3, Some(shorter(codes))),
            None => (1, None),
        };
        match codes {
            Some(codes) if codes.len() + 3 <= used => {
                for byte in b"\x1b[".iter().chain(codes.as_bytes()).chain(b"m") {
                    put(frame, &mut to, *byte);
                }
            }
            _ => {
                for at in from..from + used {
                    let byte = frame.get(at).copied().unwrap_or_default();
                    put(frame, &mut to, byte);
                }
            }
        }
        from += used;
    }
    frame.truncate(to);
}

fn put(frame: &mut [u8], at: &mut usize, byte: u8) {
    if let Some(place) = frame.get_mut(*at) {
        *place = byte;
        *at += 1;
    }
}

/// The attributes between `ESC [` and `m`, if the bytes start with such a sequence.
fn attributes(bytes: &[u8]) -> Option<&str> {
    let inside = bytes.strip_prefix(b"\x1b[")?;
    let end = inside
        .iter()
        .position(|byte| !byte.is_ascii_digit() && *byte != b';')?;
    let codes = inside.get(..end)?;
    (inside.get(end) == Some(&b'm')).then(|| std::str::from_utf8(codes).ok())?
}

fn shorter(codes: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut rest = codes.split(';');
    while let Some(code) = rest.next() {
        if !matches!(code, "38" | "48") {
            out.push(code.to_owned());
            continue;
        }
        let kind = rest.next().unwrap_or_default();
        let take = if kind == "2" { 3 } else { 1 };
        let values: Vec<&str> = rest.by_ref().take(take).collect();
        match (
            kind,
            values.first().and_then(|value| value.parse::<u8>().ok()),
        ) {
            ("5", Some(nth @ 0..=15)) => {
                let base = if code == "38" { 30 } else { 40 };
                let bright = if nth < 8 { 0 } else { 60 - 8 };
                out.push((base + bright + nth).to_string());
            }
            _ => {
                out.push(code.to_owned());
                out.push(kind.to_owned());
                out.extend(values.into_iter().map(str::to_owned));
            }
        }
    }
    out.join(";")
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn only_the_first_sixteen_colors_change_and_no_text_does() {
        for (before, after) in [
            ("\x1b[38;5;6mx\x1b[0m", "\x1b[36mx\x1b[0m"),
            ("\x1b[38;5;9;48;5;0m", "\x1b[91;40m"),
            ("\x1b[48;5;15m", "\x1b[107m"),
            ("\x1b[1;38;5;1;49m", "\x1b[1;31;49m"),
            ("\x1b[38;5;16m\x1b[38;5;255m", "\x1b[38;5;16m\x1b[38;5;255m"),
            ("\x1b[38;2;38;5;6m", "\x1b[38;2;38;5;6m"),
            ("\x1b[48;2;5;5;5;38;5;2m", "\x1b[48;2;5;5;5;32m"),
            ("38;5;6m and [38;5;6m", "38;5;6m and [38;5;6m"),
            ("\x1b[12;38H\x1b[?25l日本", "\x1b[12;38H\x1b[?25l日本"),
            ("\x1b[m\x1b[38;5m\x1b[38;5", "\x1b[m\x1b[38;5m\x1b[38;5"),
        ] {
            let mut frame = before.as_bytes().to_vec();
            shorten(&mut frame);
            assert_eq!(String::from_utf8(frame).unwrap(), after, "{before:?}");
        }
    }
}
