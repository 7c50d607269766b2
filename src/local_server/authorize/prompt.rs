//! The parameters `prompt` and `max_age`: whether a page is shown, and how recent a sign-in must
//! be.

use crate::{
    domain::oauth::{diagnosis::Cause, setup::Profile},
    local_server::{Shared, answer::Refusal, form::Form},
};

const PROMPT: &str = "prompt";
const LOGIN: &str = "login";
const MAX_AGE: &str = "max_age";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    /// Show the page if something is missing.
    Needed,
    Consent,
    /// Show no page.
    None,
}

/// OpenID Connect Core §3.1.2.1. RingCentral takes `login` for the default, and does not ask for
/// the password again, as the standard requires.
pub(super) fn sign_in_age_ms(shared: &Shared, form: &Form) -> Result<Option<i64>, Refusal> {
    let asks_again = shared.profile == Profile::Strict
        && form
            .get(PROMPT)
            .is_some_and(|words| words.split(' ').any(|word| word == LOGIN));
    if asks_again {
        return Ok(Some(0));
    }
    let Some(text) = form.get(MAX_AGE) else {
        return Ok(None);
    };
    let seconds: Option<u32> = text.parse().ok();
    match seconds {
        Some(seconds) => Ok(Some(i64::from(seconds) * 1000)),
        None => Err(Refusal::bad(
            "invalid_request",
            "CMN-101",
            "max_age must be a number of seconds",
        )
        .because(Cause::ParameterWrong)),
    }
}

/// The request after a sign-in, changed so that it does not ask for another one.
pub(super) fn signed_in_for(query: &str) -> String {
    let mut same = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            MAX_AGE => {}
            PROMPT => {
                let words: Vec<&str> = value.split(' ').filter(|word| *word != LOGIN).collect();
                same.append_pair(PROMPT, &words.join(" "));
            }
            name => {
                same.append_pair(name, &value);
            }
        }
    }
    same.finish()
}

/// `login` and `sso` name ways to sign in, and there is one here. Another account is chosen on the
/// consent page (OpenID Connect Core §3.1.2.1).
pub(super) fn prompt(form: &Form) -> Result<Prompt, Refusal> {
    const CONSENT: &str = "consent";
    const SELECT_ACCOUNT: &str = "select_account";
    const NONE: &str = "none";
    let refused = |why: &str| {
        Refusal::bad("invalid_request", "CMN-101", why)
            .because(Cause::ParameterWrong)
            .naming_parameter(PROMPT, form.get(PROMPT))
    };
    let words: Vec<&str> = form
        .get(PROMPT)
        .unwrap_or("login sso")
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect();
    let known = [LOGIN, "sso", CONSENT, SELECT_ACCOUNT, NONE];
    if words.iter().any(|word| !known.contains(word)) {
        return Err(refused(
            "prompt is not supported: use login, sso, consent, select_account or none",
        ));
    }
    let shows_page = [CONSENT, SELECT_ACCOUNT]
        .iter()
        .any(|word| words.contains(word));
    match (words.contains(&NONE), shows_page) {
        (true, _) if words.len() > 1 => Err(refused("prompt=none cannot be combined")),
        (true, _) => Ok(Prompt::None),
        (false, true) => Ok(Prompt::Consent),
        (false, false) => Ok(Prompt::Needed),
    }
}
