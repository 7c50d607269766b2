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
    line.replace(": - to ", ": ").replace("?: ", "? ")
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

pub fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
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
            ("Name [mine]", "Name [mine]"),
            ("a [RFC 1", "a [RFC 1"),
        ] {
            assert_eq!(spoken(line), wanted);
        }
    }

    #[test]
    fn a_secret_is_spelled_with_the_names_of_its_signs() {
        assert_eq!(spelled("aB-3"), "a, capital B, dash, 3");
    }
}
