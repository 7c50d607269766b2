//! Events of Interactive Messages: a sample event, its signature, and mistakes in the answer to
//! one.
//! Source: RingCentral's documentation, "Interactive messages", and its samples.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use crate::domain::{secret::Secret, time::UnixMs};

pub const SIGNATURE_HEADER: &str = "X-Glip-Signature";

/// A pressed button. The JSON is compact, so that signing the bytes and signing `JSON.stringify` of
/// them give the same result.
pub fn sample(id: &str, app: &str, now: UnixMs) -> String {
    json!({
        "uuid": id,
        "timestamp": now.rfc3339(),
        "type": "button_submit",
        "appId": app,
        "user": { "id": "1", "firstName": "Ada", "lastName": "Lovelace", "accountId": "1", "extId": "1" },
        "conversation": { "id": "1", "type": "group", "public": false, "name": "Sample" },
        "post": { "id": "1", "creationTime": now.rfc3339(), "lastModifiedTime": now.rfc3339() },
        "data": { "action": "approve", "comment": "Sent by devconsole" },
        "card": { "id": "1" },
    })
    .to_string()
}

/// HMAC-SHA1 in hex, as all published samples compare it.
pub fn signature(body: &[u8], shared_secret: &Secret) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(shared_secret.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(body);
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// How well a presented signature matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Plain hex, over the received bytes.
    Fits,
    /// With the prefix `sha1=` from the text of the documentation.
    Prefixed,
    /// Over re-serialized JSON instead of the received bytes.
    Rewritten,
    Missing,
    Wrong,
}

impl Fit {
    pub fn is_right(self) -> bool {
        matches!(self, Self::Fits | Self::Prefixed | Self::Rewritten)
    }

    pub fn about(self) -> &'static str {
        match self {
            Self::Fits => "The signature is correct: bare hex, over the raw body.",
            Self::Prefixed => {
                "The signature is correct, but starts with sha1=. The published samples compare bare hex."
            }
            Self::Rewritten => {
                "The signature matches the re-serialized JSON, not the raw body. Compare as the published samples do, or sign the raw body."
            }
            Self::Missing => "The X-Glip-Signature header is missing.",
            Self::Wrong => {
                "The signature is wrong: it uses another shared secret, or the body was changed in transit."
            }
        }
    }
}

pub fn verify(body: &[u8], presented: Option<&str>, shared_secret: &Secret) -> Fit {
    let Some(presented) = presented.map(str::trim) else {
        return Fit::Missing;
    };
    let same = |body: &[u8], presented: &str| -> bool {
        let presented = presented.to_ascii_lowercase();
        let ours = signature(body, shared_secret);
        ours.as_bytes().ct_eq(presented.as_bytes()).into()
    };
    let bare = presented.strip_prefix("sha1=");
    if bare.is_none() && same(body, presented) {
        return Fit::Fits;
    }
    if bare.is_some_and(|bare| same(body, bare)) {
        return Fit::Prefixed;
    }
    let is_json = serde_json::from_slice::<IgnoredAny>(body).is_ok();
    if is_json && same(&compact(body), bare.unwrap_or(presented)) {
        return Fit::Rewritten;
    }
    Fit::Wrong
}

/// As a program re-serializes it: in the same order, without whitespace.
fn compact(json: &[u8]) -> Vec<u8> {
    let (mut in_string, mut is_escaped) = (false, false);
    let is_kept = |byte: &u8| {
        let was_in_string = in_string;
        match (*byte, is_escaped) {
            (b'"', false) => in_string = !in_string,
            (b'\\', false) if in_string => {
                is_escaped = true;
                return true;
            }
            _ => {}
        }
        is_escaped = false;
        was_in_string || !byte.is_ascii_whitespace()
    };
    json.iter().copied().filter(is_kept).collect()
}

/// Mistakes in an answer to an event, in words. Empty if there are none.
pub fn faults_of_answer(status: u16, body: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    if status != 200 {
        faults.push("The status must be 200, even if your app failed.");
    }
    let Ok(json) = serde_json::from_str::<Value>(body) else {
        return faults;
    };
    let dialog = json.get("dialog");
    match json.get("type").and_then(Value::as_str) {
        Some("dialog") => {
            let has = |name: &str| dialog.is_some_and(|dialog| dialog.get(name).is_some());
            if !has("title") {
                faults.push("A dialog needs a title.");
            }
            if !has("iconURL") {
                faults.push("A dialog needs an iconURL.");
            }
            if !has("card") && !has("iframeURL") {
                faults.push("A dialog needs a card or an iframeURL (spelled like this).");
            }
        }
        Some("message") | None => {}
        Some(_) => faults.push("The type must be dialog or message. This answer is ignored."),
    }
    faults
}

#[cfg(test)]
mod tests {
    use crate::domain::oauth::webhook_event::*;

    #[test]
    fn a_signature_fits_its_bytes_in_either_spelling() {
        let secret = Secret::new("s3cret");
        let body = sample("u", "a", UnixMs(0));
        let ours = signature(body.as_bytes(), &secret);
        // RFC 2202, test case 2.
        let known = signature(b"what do ya want for nothing?", &Secret::new("Jefe"));
        assert_eq!(known, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        let prefixed = format!("sha1={ours}");
        // As RingCentral writes it: not in alphabetical order.
        let spaced = r#"{ "uuid": "a b", "timestamp": 5, "data": { "x": "\" {" } }"#;
        let written = r#"{"uuid":"a b","timestamp":5,"data":{"x":"\" {"}}"#;
        let rewritten = signature(written.as_bytes(), &secret);
        for (bytes, presented, fit) in [
            (body.as_str(), Some(ours.as_str()), Fit::Fits),
            (&body, Some(&prefixed), Fit::Prefixed),
            (spaced, Some(&rewritten), Fit::Rewritten),
            (
                "{ uuid: 1 }",
                Some(&signature(b"{uuid:1}", &secret)),
                Fit::Wrong,
            ),
            (&body, None, Fit::Missing),
            ("{}", Some(&ours), Fit::Wrong),
            (&body, Some(""), Fit::Wrong),
        ] {
            assert_eq!(verify(bytes.as_bytes(), presented, &secret), fit);
        }
        assert_eq!(
            verify(body.as_bytes(), Some(&ours), &Secret::new("other")),
            Fit::Wrong
        );
    }

    #[test]
    fn an_answer_is_judged() {
        for (status, body, count) in [
            (200, "", 0),
            (200, "ok", 0),
            (500, "", 1),
            (
                200,
                r#"{"type":"dialog","dialog":{"title":"T","iconURL":"i","card":{}}}"#,
                0,
            ),
            (200, r#"{"type":"dialog","dialog":{"iFrameURL":"x"}}"#, 3),
            (200, r#"{"type":"banner"}"#, 1),
        ] {
            assert_eq!(faults_of_answer(status, body).len(), count, "{body}");
        }
    }
}
