//! Makes a line of the full screen fit to be read aloud.

/// Without citations, marks and leading spaces: a screen reader would spell them.
pub fn spoken(line: &str) -> String {
    let mut line = line.trim().to_owned();
    for (open, close) in [(" [RFC", ']'), (" (RFC", ')'), (" [OAuth", ']')] {
        while let Some(start) = line.find(open) {
            let rest = line.get(start..).unwrap_or_default();
            let Some(end) = rest.find(close) else {
                break;
            };
            line.replace_range(start..start + end + close.len_utf8(), "");
        }
    }
    line = line.replace("://…", "://").replace('…', "...");
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    let line = line.replace(" -> ", " to ").replace(" → ", " to ");
    with_plain_addresses(line.replace(": - to ", ": ").replace("?: ", "? "))
}

/// `Ada <ada@example.com>` as `Ada, ada@example.com`.
fn with_plain_addresses(mut line: String) -> String {
    let address = |line: &str| {
        let start = line.find(" <")?;
        let rest = line.get(start + 2..)?;
        let inner = rest.get(..rest.find('>')?)?;
        let is_address = inner.contains('@') && !inner.contains(' ');
        is_address.then(|| (start..start + inner.len() + 3, format!(", {inner}")))
    };
    while let Some((range, plain)) = address(&line) {
        line.replace_range(range, &plain);
    }
    line
}

/// With a word for each key at the beginning of a sentence, e.g. `J creates …`. The key is one letter
/// before a verb.
pub fn with_words<'a>(line: &str, word_of: impl Fn(&str) -> Option<&'a str>) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut out: Vec<&str> = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        let begins = before.is_none_or(|before| before.ends_with(['.', ',', ':', ';']));
        // Not a noun after the article "a".
        let is_noun = |next: &str| ["ss", "us", "is"].iter().any(|end| next.ends_with(end));
        let is_verb = |next: &&str| next.ends_with('s') && !is_noun(next);
        let is_before_verb = words.get(at + 1).is_some_and(is_verb);
        let is_key = begins && is_before_verb && word.chars().count() == 1;
        let known = word_of(word).filter(|_| is_key);
        out.push(known.unwrap_or(word));
    }
    out.join(" ")
}

/// With the names of the units after numbers: `45 s` as `45 seconds`.
pub fn with_units(line: &str) -> String {
    let mut is_one = false;
    let mut is_number = false;
    let words = line.split(' ').map(|word| {
        let unit = word.trim_end_matches(['.', ',', ';', ':', ')']);
        let rest = word.get(unit.len()..).unwrap_or_default();
        let name = match unit {
            "ms" => "millisecond",
            "s" => "second",
            "min" => "minute",
            "h" => "hour",
            _ => "",
        };
        let said = match (is_number, name) {
            (false, _) | (_, "") => word.to_owned(),
            (true, name) if is_one => format!("{name}{rest}"),
            (true, name) => format!("{name}s{rest}"),
        };
        is_one = word == "1";
        is_number = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b',');
        said
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Character by character, e.g. `capital A, b, 3, underscore`.
pub fn spelled(text: &str) -> String {
    let characters = text.chars().map(|c| match c {
        '-' => "dash".to_owned(),
        '_' => "underscore".to_owned(),
        '.' => "dot".to_owned(),
        '+' => "plus".to_owned(),
        '/' => "slash".to_owned(),
        '=' => "equals".to_owned(),
        c if c.is_uppercase() => format!("capital {c}"),
        c => c.to_string(),
    });
    characters.collect::<Vec<_>>().join(", ")
}

/// `1 app`, `2 apps`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    let grouped = crate::domain::progress::grouped(number);
    format!("{grouped} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_and_marks_are_not_read_aloud() {
        for (line, wanted) in [
            (
                "Write the whole URI, from its scheme on: https://… [RFC 6749 §3.1.2]",
                "Write the whole URI, from its scheme on: https://",
            ),
            (
                "127.0.0.1 cannot be led elsewhere (RFC 8252).",
                "127.0.0.1 cannot be led elsewhere.",
            ),
            ("  Scopes: none -> Faxes", "Scopes: none to Faxes"),
            (
                "of Ada <ada@example.com>, by Bo <bo@example.com>",
                "of Ada, ada@example.com, by Bo, bo@example.com",
            ),
            ("Name [mine]", "Name [mine]"),
            ("a [RFC 1", "a [RFC 1"),
        ] {
            assert_eq!(spoken(line), wanted);
        }
    }

    #[test]
    fn a_key_is_a_word_where_a_sentence_begins_with_it() {
        let word_of = |key: &str| match key {
            "J" => Some("jwt"),
            "F" | "A" => Some("finish"),
            _ => None,
        };
        for (line, wanted) in [
            (
                "J creates a JWT credential.",
                "jwt creates a JWT credential.",
            ),
            (
                "It works: F ends it, J too.",
                "It works: finish ends it, J too.",
            ),
            ("2 waiting: A shows them.", "2 waiting: finish shows them."),
            ("A status of its own", "A status of its own"),
            ("Vitamin J helps", "Vitamin J helps"),
        ] {
            assert_eq!(with_words(line, word_of), wanted);
        }
    }

    #[test]
    fn units_have_names() {
        for (line, wanted) in [
            ("Clears in 45 s.", "Clears in 45 seconds."),
            ("1 min ago, 2,000 ms", "1 minute ago, 2,000 milliseconds"),
            ("s copies it", "s copies it"),
        ] {
            assert_eq!(with_units(line), wanted);
        }
    }

    #[test]
    fn a_secret_is_spelled_with_the_names_of_its_signs() {
        assert_eq!(spelled("aB-3"), "a, capital B, dash, 3");
    }
}
