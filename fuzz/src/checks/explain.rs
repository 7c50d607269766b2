//! Explaining any pasted text: nothing panics, and the explanation repeats only a scope's label and
//! a count.

use devconsole::domain::{
    app::scope,
    oauth::explain::{Explained, explain},
};

pub fn explained(text: &str) {
    match explain(text) {
        Explained::Unknown => {}
        Explained::Fine(said) => {
            let is_number = |c: char| c.is_ascii_digit() || c == '-';
            let words: String = said.chars().filter(|&c| !is_number(c)).collect();
            let known = [
                "This token response is correct: an access token for  s,  scopes, and a refresh token.",
                "This token response is correct: an access token for  s,  scope, and a refresh token.",
                "This is an ID token: it says who signed in. Call the API with the access_token of the same response.",
                "This is a JWT, not an access token. Exchange it for one: send it as assertion with grant_type=urn:ietf:params:oauth:granttype:jwtbearer.",
                "The browser returned with an authorization code. Exchange it once, within  s, with the same redirect_uri and, if you sent a code_challenge, with the code_verifier.",
            ];
            assert!(known.contains(&words.as_str()), "{said}");
        }
        Explained::Causes(all) => {
            assert!(!all.is_empty());
            for (at, why) in all.iter().enumerate() {
                let is_said_before = all.iter().take(at).any(|one| one.cause == why.cause);
                assert!(!is_said_before, "{why:?}");
                if let Some(detail) = &why.detail {
                    let is_scope = scope::catalogue().iter().any(|scope| {
                        *detail == format!("The scope is {} ({}).", scope.label, scope.id)
                    });
                    assert!(is_scope, "{detail}");
                }
            }
        }
    }
}
