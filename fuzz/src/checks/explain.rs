//! What is pasted to be explained: any text is survived, and nothing of it is told again but the
//! label of a scope and a count.

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
                "A token response as it should be: an access token for  s,  scopes, with a refresh token.",
                "A token response as it should be: an access token for  s,  scope, with a refresh token.",
                "An ID token: it says who signed in. Call the API with the access_token of the same token response.",
                "A JWT. A JWT credential is not an access token: exchange it for one, as the assertion of grant_type=urn:ietf:params:oauth:granttype:jwtbearer.",
                "The browser came back with an authorization code. Exchange it within  s, once, with the same redirect_uri and, where there was a code_challenge, the code_verifier.",
            ];
            assert!(known.contains(&words.as_str()), "{said}");
        }
        Explained::Causes(all) => {
            assert!(!all.is_empty());
            for (at, why) in all.iter().enumerate() {
                let is_said_before = all.iter().take(at).any(|one| one.cause == why.cause);
                assert!(!is_said_before, "{why:?}");
                if let Some(detail) = &why.detail {
                    let is_scope = scope::catalogue()
                        .iter()
                        .any(|scope| *detail == format!("It is {} ({}).", scope.label, scope.id));
                    assert!(is_scope, "{detail}");
                }
            }
        }
    }
}
