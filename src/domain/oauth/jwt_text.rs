//! The kind of a JWT, according to its own claims. Nothing here is verified.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// A JWT that was used in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JwtKind {
    /// Identifies the user who signed in.
    IdToken,
    /// Probably a JWT credential.
    Other,
}

/// `None` if the text is not a JWT.
pub fn kind_of(text: &str) -> Option<JwtKind> {
    let mut parts = text.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    let is_part = |part: &str| {
        let is_url_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        part.len() > 1 && part.bytes().all(is_url_safe)
    };
    let is_one = header.starts_with("eyJ")
        && [header, claims, signature].into_iter().all(is_part)
        && parts.next().is_none();
    is_one.then(|| {
        let claims = object(claims).unwrap_or_default();
        // OpenID Connect Core §2: only ID tokens have these. A login has a time and usually a
        // nonce.
        let is_of_login = ["auth_time", "nonce", "at_hash"]
            .iter()
            .any(|name| claims.contains_key(*name));
        if is_of_login {
            JwtKind::IdToken
        } else {
            JwtKind::Other
        }
    })
}

/// The algorithm that the header of a JWT names.
pub fn algorithm(text: &str) -> Option<String> {
    let header = object(text.split('.').next()?)?;
    header.get("alg")?.as_str().map(ToOwned::to_owned)
}

/// The key that the header of a JWT names.
pub fn key_id(text: &str) -> Option<String> {
    let header = object(text.split('.').next()?)?;
    header.get("kid")?.as_str().map(ToOwned::to_owned)
}

/// A claim that is text.
pub fn claim(text: &str, name: &str) -> Option<String> {
    let claims = object(text.split('.').nth(1)?)?;
    claims.get(name)?.as_str().map(ToOwned::to_owned)
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use crate::domain::oauth::jwt_text::*;

    fn jwt(header: &str, claims: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.c2ln", encode(header), encode(claims))
    }

    #[test]
    fn an_id_token_is_told_from_other_jwts() {
        let header = r#"{"alg":"RS256"}"#;
        for (claims, kind) in [
            (r#"{"sub":"1","auth_time":1}"#, JwtKind::IdToken),
            (r#"{"sub":"1","nonce":"n"}"#, JwtKind::IdToken),
            (
                r#"{"sub":"1","aud":"/restapi/oauth/token"}"#,
                JwtKind::Other,
            ),
            ("not JSON", JwtKind::Other),
        ] {
            let text = jwt(header, claims);
            assert_eq!(kind_of(&text), Some(kind), "{claims}");
            assert_eq!(algorithm(&text).as_deref(), Some("RS256"));
        }
        let text = jwt(header, r#"{"sub":"app","n":1}"#);
        assert_eq!(claim(&text, "sub").as_deref(), Some("app"));
        assert_eq!(claim(&text, "n"), None);
        for text in [
            "",
            "a.b.c",
            "eyJhbGciOi",
            "eyJh.eyJz.c2ln.x",
            "eyJh.ey z.c2ln",
        ] {
            assert_eq!(kind_of(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "(eyJ)?\\PC{0,40}(\\.\\PC{0,40}){0,3}") {
            let _ = (kind_of(&text), algorithm(&text), claim(&text, "sub"));
        }
    }
}
