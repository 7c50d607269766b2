//! Maps the letters of other keyboards to a Latin one, so that a command works by the place of its
//! key. Only layouts in which each letter has one place: standard Russian, Ukrainian, Greek, Hebrew
//! and Arabic.

/// Rows of the keyboard: the characters of a layout, and those of the same keys in Latin.
const ROWS: &[(&str, &str)] = &[
    ("йцукенгшщзхъ", "qwertyuiop[]"),
    ("фывапролджэ", "asdfghjkl;'"),
    ("ячсмитьбю", "zxcvbnm,."),
    ("ЙЦУКЕНГШЩЗХЪ", "QWERTYUIOP{}"),
    ("ФЫВАПРОЛДЖЭ", "ASDFGHJKL:\""),
    ("ЯЧСМИТЬБЮ", "ZXCVBNM<>"),
    ("ёіїєґ", "`s]'\\"),
    ("ЁІЇЄҐ", "~S}\"|"),
    ("ςερτυθιοπ", "wertyuiop"),
    ("ασδφγηξκλ", "asdfghjkl"),
    ("ζχψωβνμ", "zxcvbnm"),
    ("ΕΡΤΥΘΙΟΠ", "ERTYUIOP"),
    ("ΑΣΔΦΓΗΞΚΛ", "ASDFGHJKL"),
    ("ΖΧΨΩΒΝΜ", "ZXCVBNM"),
    ("קראטוןםפ", "ertyuiop"),
    ("שדגכעיחלך", "asdfghjkl"),
    ("זסבהנמצ", "zxcvbnm"),
    ("ضصثقفغعهخح", "qwertyuiop"),
    ("شسيبلاتنم", "asdfghjkl"),
    ("ئءؤرىة", "zxcvnm"),
];

/// The Latin character of the key that types `c`, if it is known.
pub fn latin(c: char) -> Option<char> {
    ROWS.iter().find_map(|(theirs, latin)| {
        let at = theirs.chars().position(|letter| letter == c)?;
        latin.chars().nth(at)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ROWS, latin};

    #[test]
    fn every_letter_has_one_place() {
        let mut seen = BTreeSet::new();
        for (theirs, ours) in ROWS {
            assert_eq!(theirs.chars().count(), ours.chars().count(), "{theirs}");
            assert!(ours.is_ascii());
            for c in theirs.chars() {
                assert!(seen.insert(c), "{c} twice");
            }
        }
    }

    #[test]
    fn letters_are_found_by_their_place() {
        for (theirs, ours) in [
            ('т', 'n'),
            ('Т', 'N'),
            ('ν', 'n'),
            ('מ', 'n'),
            ('ى', 'n'),
            ('о', 'j'),
        ] {
            assert_eq!(latin(theirs), Some(ours));
        }
        assert_eq!(latin('é'), None);
        assert_eq!(latin('あ'), None);
    }
}
