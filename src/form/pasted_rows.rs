//! Splits a paste for a field of several rows into its entries. The paste may be a list from a
//! document, JSON, YAML, code or a command line.

use crate::domain::text;

/// Bullets of lists in text and in YAML.
const BULLETS: [&str; 4] = ["-", "*", "\u{2022}", "+"];
/// Characters around an entry.
const AROUND: &[char] = &[
    '"', '\'', '`', '[', ']', '<', '>', '\u{201C}', '\u{201D}', '\u{2018}', '\u{2019}',
];

/// The entries in order. A comma or a semicolon belongs to an address, unless another address, a
/// quote, a space or the end follows.
pub(super) fn pasted_rows(pasted: &str) -> Vec<String> {
    let text = text::many_lines(pasted);
    text.lines()
        .flat_map(|line| {
            let is_bullet = |(nth, word): &(usize, &str)| *nth == 0 && BULLETS.contains(word);
            line.split_whitespace()
                .enumerate()
                .filter(move |word| !is_bullet(word))
                .flat_map(|(_, word)| entries(word))
        })
        .collect()
}

/// The entries of one word.
fn entries(word: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut from = 0;
    for (at, separator) in word.match_indices([',', ';']) {
        let after = word.get(at + separator.len()..).unwrap_or_default();
        if ends_an_entry(word.get(from..at).unwrap_or_default(), after) {
            found.extend(cleaned(word.get(from..at)));
            from = at + separator.len();
        }
    }
    found.extend(cleaned(word.get(from..)));
    found
}

fn ends_an_entry(before: &str, after: &str) -> bool {
    let is_quoted = before.ends_with(['"', '\'', '`']);
    let rest = after.trim_start_matches([',', ';']);
    // A host alone, as in a list of approved hosts.
    let is_host = !before.is_empty() && !before.contains([':', '/', '?']);
    let is_end = rest.is_empty() || rest.starts_with(AROUND);
    is_quoted || is_host || is_end || begins_with_a_scheme(rest)
}

/// `https://`, `http://` and private-use schemes, which contain a period (RFC 8252 §7.1). Other
/// words with a colon may be part of a query.
fn begins_with_a_scheme(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme && (rest.starts_with("//") || (scheme.contains('.') && rest.starts_with('/')))
}

/// Removes what a list puts around its entries. An IPv6 address keeps its brackets.
fn cleaned(entry: Option<&str>) -> Option<String> {
    let mut entry = entry?.trim_matches([',', ';']);
    loop {
        let shorter = entry
            .strip_prefix(AROUND)
            .or_else(|| {
                let is_closed = entry.matches('[').count() == entry.matches(']').count();
                let keeps_its_end = is_closed && entry.ends_with(']');
                (!keeps_its_end)
                    .then(|| entry.strip_suffix(AROUND))
                    .flatten()
            })
            .map(|rest| rest.trim_matches([',', ';']));
        match shorter {
            Some(shorter) => entry = shorter,
            None => return (!entry.is_empty()).then(|| entry.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::pasted_rows;

    const A: &str = "https://a.example/cb";
    const B: &str = "https://b.example/cb";

    #[test]
    fn one_address_stays_one_whatever_is_in_it() {
        for address in [
            "https://app.example.com/cb?regions=eu,us",
            "https://app.example.com/cb?a=1;b=2",
            "https://app.example.com/cb?times=12:30,13:45",
            "https://app.example.com/cb?scope=a:b,c:d",
            "https://app.example.com/a,b;c",
            "http://[::1]:8228/cb",
            "http://[::1]",
            "com.example.app:/cb",
            "*.example.com",
            "it's/x",
        ] {
            assert_eq!(pasted_rows(address), [address]);
            assert_eq!(pasted_rows(&format!(" {address}\n")), [address]);
            assert_eq!(pasted_rows(&format!("\"{address}\",")), [address]);
        }
    }

    #[test]
    fn a_list_becomes_its_entries() {
        for list in [
            "A\nB",
            "A\r\nB\r\n",
            "A B",
            "A\tB",
            "A,B",
            "A, B",
            "A,B,",
            "A,\nB,\n",
            "A;B",
            "A; B;",
            "A ,B",
            "A,,B",
            "[\"A\", \"B\"]",
            "[\"A\",\"B\"]",
            "['A', 'B']",
            "[\n  \"A\",\n  \"B\"\n]\n",
            "\"A\",\"B\"",
            "`A`, `B`",
            "\u{201C}A\u{201D}, \u{201C}B\u{201D}",
            "- A\n- B\n",
            "  - \"A\"\n  - \"B\"\n",
            "* A\n* B",
            "\u{2022} A\n\u{2022} B",
            "<A> <B>",
            "\u{FEFF}A\nB",
        ] {
            let pasted = list.replace('A', A).replace('B', B);
            assert_eq!(pasted_rows(&pasted), [A, B], "{list:?}");
        }
    }

    #[test]
    fn other_kinds_of_entries_are_lists_too() {
        assert_eq!(
            pasted_rows("com.example.app:/cb,com.example.app:/cb2"),
            ["com.example.app:/cb", "com.example.app:/cb2"]
        );
        assert_eq!(
            pasted_rows("https://a.example/cb?x=1,2,http://localhost:3000/cb"),
            ["https://a.example/cb?x=1,2", "http://localhost:3000/cb"]
        );
        assert_eq!(
            pasted_rows("http://[::1]:1/a,http://[::1]:2/b"),
            ["http://[::1]:1/a", "http://[::1]:2/b"]
        );
        assert_eq!(pasted_rows("[\"http://[::1]\"]"), ["http://[::1]"]);
        assert_eq!(
            pasted_rows("a.example,*.b.example"),
            ["a.example", "*.b.example"]
        );
        assert_eq!(
            pasted_rows("*.a.example, b.example"),
            ["*.a.example", "b.example"]
        );
        for nothing in ["", " \n", ",", "[]", "- \n", "\"\""] {
            assert!(pasted_rows(nothing).is_empty(), "{nothing:?}");
        }
    }
}
