//! A link that opens RingCentral's Create App form, filled in, as an entry of a manifest.
//! Source: `docs/basics/install-app-button.md` of RingCentral's documentation, and the links in it.

use super::{
    AppEntry, ClientEntry, Finding, PartnersEntry,
    entry::{CODE, JWT, REFRESH},
    nearest,
};
use crate::domain::{
    app::{AppType, Platform, partner, scope::ScopeId},
    oauth::new_app_link,
};

const KNOWN: &[&str] = &[
    "name",
    "desc",
    "public",
    "type",
    "carriers",
    "permission",
    "permissions",
    "redirectUri",
    "grantType",
    "grant-type",
];

impl AppEntry {
    /// What the link fills in, and what of it is not understood. `None` for any other text.
    pub fn from_link(text: &str) -> Option<(Self, Vec<Finding>)> {
        let link = new_app_link::parse(text)?;
        let mut entry = Self::default();
        let mut found = Vec::new();
        let mut carriers = Vec::new();
        let mut scopes: Vec<&str> = Vec::new();
        let mut grant = None;
        let mut kind = None;
        for (name, value) in link.query_pairs() {
            let value = value.trim();
            match &*name {
                // Links of the documentation have empty parameters.
                _ if value.is_empty() => {}
                "name" => entry.name = Some(value.to_owned()),
                "desc" => entry.description = Some(value.to_owned()),
                "public" => entry.access = access(value, &mut found),
                "type" => kind = Some(value.to_owned()),
                "grantType" | "grant-type" => grant = Some(value.to_owned()),
                "carriers" => carriers.extend(partners(value, &mut found)),
                "permission" | "permissions" => add_scopes(value, &mut scopes, &mut found),
                "redirectUri" => add_uris(value, &mut entry.client),
                name if name.starts_with("utm_") => {}
                name => found.push(unknown(name)),
            }
        }
        entry.client.scope = (!scopes.is_empty()).then(|| scopes.join(" "));
        // RingCentral ignores the partners of a private app, and most links of its documentation have some.
        if entry.access.as_deref() == Some("public") && !carriers.is_empty() {
            carriers.dedup();
            entry.partners = Some(PartnersEntry::Only(carriers));
        }
        set_type(&mut entry, kind.as_deref(), grant.as_deref(), &mut found);
        Some((entry, found))
    }
}

fn access(value: &str, found: &mut Vec<Finding>) -> Option<String> {
    let access = match value {
        "true" => "public",
        "false" => "private",
        _ => {
            found.push(Finding::warning("public", "Use true or false."));
            return None;
        }
    };
    Some(access.to_owned())
}

fn partners(value: &str, found: &mut Vec<Finding>) -> Vec<String> {
    let mut slugs = Vec::new();
    for number in parts(value) {
        let known = number.parse().ok().and_then(|brand| {
            let mut all = partner::catalogue().iter();
            all.find(|one| one.brand_ids.contains(&brand))
        });
        match known {
            Some(partner) => slugs.push(partner.id.as_str().to_owned()),
            None => found.push(Finding::warning("carriers", "Unknown brand number.")),
        }
    }
    slugs
}

fn add_scopes(value: &str, scopes: &mut Vec<&'static str>, found: &mut Vec<Finding>) {
    for name in parts(value) {
        match ScopeId::find(name) {
            Some(scope) if scopes.contains(&scope.as_str()) => {}
            Some(scope) => scopes.push(scope.as_str()),
            // Text other than words may be a secret that was pasted with the link.
            None if name.chars().all(|c| c.is_ascii_alphabetic() || c == ' ') => {
                let message = format!("Unknown scope {name}. It is ignored.");
                found.push(Finding::warning("permissions", message));
            }
            None => found.push(Finding::warning(
                "permissions",
                "Unknown scope. It is ignored.",
            )),
        }
    }
}

fn add_uris(value: &str, client: &mut ClientEntry) {
    let uris = client.redirect_uris.get_or_insert_default();
    for uri in parts(value) {
        // RingCentral drops duplicates.
        if !uris.iter().any(|known| known == uri) {
            uris.push(uri.to_owned());
        }
    }
}

fn unknown(name: &str) -> Finding {
    let message = match nearest(name, KNOWN.iter().copied()) {
        Some(near) => format!("Unknown parameter, ignored. Did you mean {near}?"),
        None => "Unknown parameter. It is ignored.".to_owned(),
    };
    Finding::warning(name, message)
}

fn set_type(
    entry: &mut AppEntry,
    kind: Option<&str>,
    grant: Option<&str>,
    found: &mut Vec<Finding>,
) {
    let is_jwt = |word: &str| ["personaljwt", "jwt"].contains(&word.to_lowercase().as_str());
    if grant.is_some_and(|grant| !is_jwt(grant)) {
        found.push(Finding::warning("grantType", "Use PersonalJWT."));
    }
    let mut app_type = AppType::RestApi;
    let mut platform = None;
    let mut uses_jwt = grant.is_some_and(is_jwt);
    match kind {
        Some("ServerBot") => app_type = AppType::Bot,
        Some("ServerOther") => uses_jwt = true,
        Some(jwt) if is_jwt(jwt) => uses_jwt = true,
        Some("ServerWeb") => platform = Some(Platform::ServerSideWeb),
        Some("BrowserBased") => platform = Some(Platform::ClientSideWeb),
        Some("MobileIOS") => platform = Some(Platform::Ios),
        Some("MobileAndroid") => platform = Some(Platform::Android),
        Some("DesktopWindows") => platform = Some(Platform::Windows),
        Some("DesktopMac") => platform = Some(Platform::Mac),
        Some("MobileOther" | "DesktopOther") => found.push(Finding::warning(
            "type",
            "This type has no counterpart. Choose a platform.",
        )),
        Some(_) => found.push(Finding::warning("type", "Unknown type. It is ignored.")),
        None => {}
    }
    entry.app_type = Some(app_type.as_str().to_owned());
    if app_type == AppType::Bot {
        return;
    }
    // A link cannot say it. RingCentral's form opens with refresh tokens.
    let grant = if uses_jwt { JWT } else { CODE };
    entry.client.grant_types = Some(vec![grant.to_owned(), REFRESH.to_owned()]);
    if uses_jwt {
        if entry
            .client
            .redirect_uris
            .take()
            .is_some_and(|uris| !uris.is_empty())
        {
            found.push(Finding::warning(
                "redirectUri",
                "An app that uses JWT has no redirect URIs. They are ignored.",
            ));
        }
    } else {
        entry.platform = platform.map(|one| one.as_str().to_owned());
    }
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::app::Access;

    const BASE: &str = "https://developers.ringcentral.com/new-app?";

    fn read(query: &str) -> (AppEntry, Vec<String>) {
        let (entry, found) = AppEntry::from_link(&format!("{BASE}{query}")).unwrap();
        assert!(found.iter().all(|finding| finding.is_warning));
        (entry, found.into_iter().map(|one| one.field).collect())
    }

    #[test]
    fn a_link_of_the_documentation_fills_in_an_app() {
        let (entry, found) = read(
            "name=Shop&desc=Sends+orders&public=false&type=ServerOther&carriers=7710,7310,3420\
             &permissions=ReadAccounts,Team+Messaging&redirectUri=&&grantType=PersonalJWT&utm_source=x",
        );
        assert_eq!(found, [""; 0]);
        assert_eq!(entry.name.as_deref(), Some("Shop"));
        assert_eq!(entry.access.as_deref(), Some(Access::Private.label()));
        assert_eq!(entry.partners, None);
        assert_eq!(entry.client.grant_types.unwrap(), [JWT, REFRESH]);
        assert_eq!(entry.client.scope.unwrap(), "ReadAccounts TeamMessaging");
    }

    #[test]
    fn types_name_the_platform() {
        for (kind, app_type, platform) in [
            ("ServerWeb", "rest_api", Some("server_side_web")),
            ("BrowserBased", "rest_api", Some("client_side_web")),
            ("MobileIOS", "rest_api", Some("ios")),
            ("DesktopMac", "rest_api", Some("mac")),
            ("ServerBot", "bot", None),
            ("JWT", "rest_api", None),
        ] {
            let (entry, found) = read(&format!("type={kind}"));
            assert_eq!(found, [""; 0], "{kind}");
            assert_eq!(entry.app_type.as_deref(), Some(app_type), "{kind}");
            assert_eq!(entry.platform.as_deref(), platform, "{kind}");
        }
        let (entry, _) = read("public=true&carriers=7310");
        let telus = PartnersEntry::Only(vec!["telus-business-connect".to_owned()]);
        assert_eq!(entry.partners, Some(telus));
    }

    #[test]
    fn what_is_not_understood_is_a_warning_without_its_value() {
        for (query, field) in [
            ("nmae=x", "nmae"),
            ("public=maybe", "public"),
            ("type=Toaster", "type"),
            ("type=MobileOther", "type"),
            ("carriers=1", "carriers"),
            ("permissions=Nonsense", "permissions"),
            ("grantType=password", "grantType"),
            ("type=JWT&redirectUri=https://a.example/cb", "redirectUri"),
        ] {
            assert_eq!(read(query).1, [field], "{query}");
        }
        let (_, found) = AppEntry::from_link(&format!("{BASE}permission=s3cr3t-value")).unwrap();
        assert!(!found[0].message.contains("s3cr3t"), "{found:?}");
        assert_eq!(
            AppEntry::from_link("https://example.com/new-app?name=x"),
            None
        );
    }
}
