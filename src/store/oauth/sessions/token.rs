//! The text of a token: 264 random bits, then the number of its session. The number, which is no
//! secret, finds the session; the whole token is compared.

use rand::CryptoRng;

use crate::domain::{
    oauth::credential::{CLIENT_SECRET_LEN, mint_client_secret},
    secret::Secret,
};

/// Digits of the largest number.
const NUMBER_LEN_MAX: usize = 19;

pub(super) fn mint(rng: &mut impl CryptoRng, session: i64) -> Secret {
    numbered(&mint_client_secret(rng), session)
}

pub(super) fn numbered(random: &Secret, session: i64) -> Secret {
    // The exact capacity: a string that grows would leave a copy behind, which is not wiped.
    let mut text = String::with_capacity(CLIENT_SECRET_LEN + NUMBER_LEN_MAX);
    text.push_str(random.expose());
    text.push_str(&session.to_string());
    Secret::new(text)
}

/// The session number in a text. `None` if the text cannot be a token.
pub(super) fn session_of(token: &str) -> Option<i64> {
    let number = token.get(CLIENT_SECRET_LEN..)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    use crate::store::oauth::sessions::token::*;

    proptest! {
        #[test]
        fn a_token_tells_its_session(seed: u64, number in 1..=i64::MAX) {
            let token = mint(&mut StdRng::seed_from_u64(seed), number);
            prop_assert_eq!(session_of(token.expose()), Some(number));
            let is_url_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            prop_assert!(token.expose().bytes().all(is_url_safe));
        }
    }

    #[test]
    fn a_text_without_a_number_is_of_none() {
        let random = "x".repeat(CLIENT_SECRET_LEN);
        for end in ["", "-1", "+1", " 1", "1a", "99999999999999999999"] {
            assert_eq!(session_of(&format!("{random}{end}")), None, "{end}");
        }
    }
}
