//! Whether a password is strong enough to protect a workspace.
//!
//! Deliberately absent: rules about kinds of characters (OWASP ASVS 5.0 §6.2.5 and NIST SP
//! 800-63B-4 §3.1.1.2 forbid them), and hashing, which `vault` does. The estimator treats years
//! near the present as likely; nothing else here depends on the date.

use rand::CryptoRng;
use thiserror::Error;
use zeroize::Zeroizing;
use zxcvbn::feedback::Suggestion;

use crate::domain::{secret::Secret, text};

/// Fewest characters. OWASP ASVS 5.0 §6.2.1 requires 8 and recommends 15; ours is between, because
/// the score counts as well.
pub const MIN_CHARS: usize = 12;
/// Longest password, in bytes. Limits the work of the hash, and is far above the 64 characters that
/// OWASP ASVS 5.0 §6.2.9 requires to allow.
pub const MAX_BYTES: usize = 1024;
/// Lowest accepted score, from 0 to 4.
pub const MIN_SCORE: u8 = 3;

/// Longest password that is typed, in characters: far above the 64 that must be allowed.
pub const PASSWORD_MAX: usize = 256;

/// Crockford's base 32 in small letters: no i, l, o, u.
const FIRST_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The estimator's time grows steeply with the length, and 100 characters are enough to decide.
const ESTIMATED_CHARS: usize = 100;
/// Shorter words of a name occur by accident.
const OWN_WORD_MIN_CHARS: usize = 3;

/// How hard a password is to guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strength {
    /// 0 to 4: below 10³, 10⁶, 10⁸, 10¹⁰ guesses, or more.
    pub score: u8,
    /// How to improve the score, if it is too low.
    pub advice: Option<String>,
}

impl Strength {
    pub fn label(&self) -> &'static str {
        match self.score {
            0 => "very weak",
            1 => "weak",
            2 => "fair",
            3 => "strong",
            _ => "very strong",
        }
    }
}

/// Each displays as an instruction. None carries the password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PasswordError {
    #[error("Use at least {MIN_CHARS} characters: {missing} more")]
    TooShort { missing: usize },
    #[error("Shorten it to {MAX_BYTES} bytes")]
    TooLong,
    #[error("{advice}")]
    TooWeak { advice: String },
}

/// A first password for another developer: four groups of five, 100 bits, without characters that
/// are easily confused when read aloud.
pub fn mint_first(rng: &mut impl CryptoRng) -> Secret {
    let mut random = Zeroizing::new([0_u8; 20]);
    rng.fill_bytes(random.as_mut_slice());
    let mut text = String::with_capacity(23);
    for (nth, byte) in random.iter().enumerate() {
        if nth > 0 && nth % 5 == 0 {
            text.push('-');
        }
        // 32 divides 256: the low five bits of a byte are unbiased.
        let letter = FIRST_ALPHABET.get(usize::from(byte & 31)).copied();
        text.push(char::from(letter.unwrap_or(b'x')));
    }
    Secret::new(text)
}

/// The owner of a password. Words of their name, address and organization do not make it stronger.
/// A part that is not known yet is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Owner<'a> {
    pub organization: &'a str,
    pub full_name: &'a str,
    pub email: &'a str,
}

impl Owner<'_> {
    /// The rule for every new password. Forms check it while it is typed; the store checks again,
    /// knows all parts, and has the last word.
    ///
    /// # Errors
    /// What to change: the length, or the part that is easy to guess.
    pub fn check(&self, password: &Secret) -> Result<(), PasswordError> {
        check(password, &self.words())
    }

    pub fn assess(&self, password: &Secret) -> Strength {
        assess(password, &self.words())
    }

    fn words(&self) -> [&str; 3] {
        [self.organization, self.full_name, self.email]
    }
}

/// Words of `own_words` (name, e-mail address, organization) do not make the password stronger.
fn assess(password: &Secret, own_words: &[&str]) -> Strength {
    let clear = password.expose();
    let end = clear
        .char_indices()
        .nth(ESTIMATED_CHARS)
        .map_or(clear.len(), |(at, _)| at);
    let judged = clear.get(..end).unwrap_or_default();
    let own = split_words(own_words);
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let mut estimate = zxcvbn::zxcvbn(judged, &own);
    // The estimator still rewards joined own words, so the rest without them must be strong by
    // itself.
    let rest = without(judged, &own);
    if let Some(rest) = &rest {
        let of_rest = zxcvbn::zxcvbn(rest, &own);
        if of_rest.score() < estimate.score() {
            estimate = of_rest;
        }
    }
    let score = u8::from(estimate.score()).min(4);
    let advice = (score < MIN_SCORE).then(|| {
        if rest.is_some() {
            return "Do not use your name, e-mail address or organization".to_owned();
        }
        let suggestions = estimate.feedback().map_or(&[][..], |f| f.suggestions());
        suggestions
            .iter()
            .find_map(|&suggestion| instruction(suggestion))
            .unwrap_or("Add another uncommon word or two")
            .to_owned()
    });
    Strength { score, advice }
}

fn check(password: &Secret, own_words: &[&str]) -> Result<(), PasswordError> {
    let clear = password.expose();
    if clear.len() > MAX_BYTES {
        return Err(PasswordError::TooLong);
    }
    let missing = MIN_CHARS.saturating_sub(clear.chars().count());
    if missing > 0 {
        return Err(PasswordError::TooShort { missing });
    }
    match assess(password, own_words).advice {
        Some(advice) => Err(PasswordError::TooWeak { advice }),
        None => Ok(()),
    }
}

/// The password in lower case, without the given words. `None` if none of them occurs.
fn without(password: &str, words: &[&str]) -> Option<Zeroizing<String>> {
    let mut rest = Zeroizing::new(text::normal(password).to_lowercase());
    let mut found = false;
    for word in words {
        if rest.contains(word) {
            rest = Zeroizing::new(rest.replace(word, ""));
            found = true;
        }
    }
    found.then_some(rest)
}

/// Longest first, so that a short word does not split a longer one.
fn split_words(texts: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = texts
        .iter()
        .flat_map(|text| {
            let words = text::normal(text);
            let words = words.split(|c: char| !c.is_alphanumeric());
            words.map(str::to_lowercase).collect::<Vec<_>>()
        })
        .filter(|word| word.chars().count() >= OWN_WORD_MIN_CHARS)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// `None` for suggestions that ask for nothing.
fn instruction(suggestion: Suggestion) -> Option<&'static str> {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => {
            Some("Use a few unrelated words, not a known phrase")
        }
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => Some("Avoid rows of adjacent keys"),
        Suggestion::AvoidRepeatedWordsAndCharacters => Some("Avoid repetitions"),
        Suggestion::AvoidSequences => Some("Avoid sequences, e.g. abcd and 4321"),
        Suggestion::AvoidRecentYears
        | Suggestion::AvoidYearsThatAreAssociatedWithYou
        | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Some("Avoid dates and years"),
        Suggestion::AddAnotherWordOrTwo
        | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters
        | Suggestion::CapitalizationDoesntHelpVeryMuch
        | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase
        | Suggestion::ReversedWordsArentMuchHarderToGuess
        | Suggestion::PredictableSubstitutionsDontHelpVeryMuch => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::people::password::*;

    const OWN: [&str; 3] = [
        "Ada Lovelace",
        "ada.lovelace@analytical.example",
        "Analytical Engines",
    ];

    fn verdict(password: &str) -> Result<(), PasswordError> {
        check(&Secret::new(password), &OWN)
    }

    #[test]
    fn long_unlikely_passwords_are_enough_whatever_their_characters() {
        for good in [
            "correct horse battery staple",
            "vexing plover thimble ajar",
            "k7#qWz!9rTpL",
            "grünes Känguru im Nebel",
            "日本語の長い合言葉を使います",
            "the quick plover jumped over nineteen lazy walruses at the seaside yesterday",
        ] {
            assert_eq!(verdict(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn short_passwords_say_how_much_is_missing() {
        assert_eq!(verdict(""), Err(PasswordError::TooShort { missing: 12 }));
        let error = verdict("k7#qWz!9rTp").unwrap_err();
        assert_eq!(error.to_string(), "Use at least 12 characters: 1 more");
        assert_eq!(
            verdict("日本語の長い合言葉"),
            Err(PasswordError::TooShort { missing: 3 })
        );
    }

    #[test]
    fn guessable_passwords_say_what_to_change() {
        for (bad, advice) in [
            ("aaaaaaaaaaaaaaaa", "Avoid repetitions"),
            ("abcdefghijklmnop", "Avoid sequences, e.g. abcd and 4321"),
            ("qwertyuiop[]", "Avoid rows of adjacent keys"),
            ("password1234", "Add another uncommon word or two"),
            (
                "AdaLovelace1815",
                "Do not use your name, e-mail address or organization",
            ),
            (
                "analytical-engines",
                "Do not use your name, e-mail address or organization",
            ),
        ] {
            let error = verdict(bad).expect_err(bad);
            assert_eq!(error.to_string(), advice, "{bad}");
        }
    }

    #[test]
    fn own_words_count_for_nothing() {
        let password = Secret::new("lovelaceanalytical");
        let stranger = assess(&password, &[]).score;
        let own = assess(&password, &OWN).score;
        assert!(own < stranger && own < MIN_SCORE, "{own} and {stranger}");
    }

    #[test]
    fn own_words_count_for_nothing_in_either_form() {
        let own = ["Zo\u{eb} Br\u{fb}l\u{e9}e-Couturi\u{e8}re"];
        let composed = Secret::new("zo\u{eb}br\u{fb}l\u{e9}ecouturi\u{e8}re");
        let parted = Secret::new("zoe\u{308}bru\u{302}le\u{301}ecouturie\u{300}re");
        for password in [composed, parted] {
            let error = check(&password, &own).unwrap_err();
            assert!(
                error.to_string().starts_with("Do not use your name"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_longer_password_than_the_hash_should_meet_is_refused() {
        assert_eq!(verdict(&"kV".repeat(513)), Err(PasswordError::TooLong));
    }

    #[test]
    fn every_score_has_a_label() {
        let labels = [0, 1, 2, 3, 4].map(|score| {
            Strength {
                score,
                advice: None,
            }
            .label()
        });
        assert_eq!(
            labels,
            ["very weak", "weak", "fair", "strong", "very strong"]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_password_is_judged_without_a_panic(text in "\\PC{0,120}", own in "\\PC{0,20}") {
            let strength = assess(&Secret::new(text), &[&own]);
            prop_assert!(strength.score <= 4);
            prop_assert_eq!(strength.score >= MIN_SCORE, strength.advice.is_none());
        }
    }
}
