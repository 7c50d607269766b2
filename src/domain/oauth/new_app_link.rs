//! A link that opens RingCentral's Create App form, filled in: what it fills in, and what it loses.
//! Source: `docs/basics/install-app-button.md` of RingCentral's documentation. Its table names the
//! scopes `permission`, all of its links name them `permissions`.

use url::Url;

use crate::domain::app::scope::ScopeId;

const HOSTS: [&str; 2] = ["developers.ringcentral.com", "developer.ringcentral.com"];
const NAME_MAX: usize = 64;
const DESCRIPTION_MAX: usize = 256;

/// Longer than any link that a browser opens.
const BYTES_MAX: usize = 16 * 1024;

/// `None` for any other text.
pub fn parse(text: &str) -> Option<Url> {
    if text.len() > BYTES_MAX {
        return None;
    }
    let link = Url::parse(text.trim()).ok()?;
    let is_one =
        HOSTS.contains(&link.host_str()?) && link.path().trim_end_matches('/') == "/new-app";
    is_one.then_some(link)
}

/// `None` for any other text.
pub fn about(text: &str) -> Option<String> {
    let link = parse(text)?;
    let all = |wanted: &str| {
        let values = link.query_pairs().filter(|(name, _)| name == wanted);
        values
            .map(|(_, value)| value.into_owned())
            .collect::<Vec<_>>()
            .join(",")
    };
    let (one, many) = (all("permission"), all("permissions"));
    let (known, unknown) = scopes(&format!("{one},{many}"));
    let mut said = vec!["It opens RingCentral's Create App form, filled in.".to_owned()];
    said.push(match known.as_slice() {
        [] => "It has no scopes.".to_owned(),
        known => format!("Scopes: {}.", known.join(", ")),
    });
    if !unknown.is_empty() {
        said.push(format!("Unknown scopes: {}.", unknown.join(", ")));
    }
    if !one.is_empty() {
        said.push(
            "It names them permission: write permissions, as RingCentral's own links do."
                .to_owned(),
        );
    }
    for (name, max) in [("name", NAME_MAX), ("desc", DESCRIPTION_MAX)] {
        if all(name).chars().count() > max {
            said.push(format!("Shorten {name} to {max} characters."));
        }
    }
    Some(said.join(" "))
}

/// The labels of those that exist, and the others.
fn scopes(names: &str) -> (Vec<&'static str>, Vec<String>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for name in names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        match ScopeId::find(name) {
            Some(scope) if known.contains(&scope.scope().label) => {}
            Some(scope) => known.push(scope.scope().label),
            // Text other than words may be a secret that was pasted with the link.
            None if name.chars().all(|c| c.is_ascii_alphabetic() || c == ' ') => {
                unknown.push(name.to_owned());
            }
            None => unknown.push("(not a word)".to_owned()),
        }
    }
    (known, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_it_fills_in_and_what_gets_lost() {
        let base = "https://developers.ringcentral.com/new-app?name=Shop&&public=false";
        let both = "It opens RingCentral's Create App form, filled in. Scopes: Read Accounts, Team Messaging.";
        for (query, wanted) in [
            ("permissions=ReadAccounts,Team+Messaging", both.to_owned()),
            (
                "permission=ReadAccounts,TeamMessaging",
                format!(
                    "{both} It names them permission: write permissions, as RingCentral's own links do."
                ),
            ),
            (
                "permissions=ReadAccounts,TeamMessaging,Nonsense",
                format!("{both} Unknown scopes: Nonsense."),
            ),
            (
                "redirectUri=",
                "It opens RingCentral's Create App form, filled in. It has no scopes.".to_owned(),
            ),
        ] {
            let said = about(&format!("{base}&{query}"));
            assert_eq!(said.as_deref(), Some(wanted.as_str()), "{query}");
        }
        let long = about(&format!("{base}{}", "x".repeat(70))).unwrap();
        assert!(!long.contains("Shorten"), "{long}");
        let long = base.replace("Shop", &"x".repeat(65));
        assert!(
            about(&long)
                .unwrap()
                .ends_with("Shorten name to 64 characters.")
        );
        for other in ["ReadAccounts", "https://example.com/new-app?permission=SMS"] {
            assert_eq!(about(other), None);
        }
    }
}
