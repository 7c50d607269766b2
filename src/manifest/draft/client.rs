//! The members of RFC 7591 that say how an app signs in, against each other and against `platform`.

use crate::{
    domain::app::{AppType, ClientType, Platform},
    manifest::{
        AppEntry, Finding,
        draft::texts::{of_words, rows, take},
        entry::{CODE, JWT, PUBLIC, REFRESH},
    },
    screens::create_app::{draft::Draft, sections::auth::Method},
};

const GRANTS: &str = "client.grant_types";
const METHOD: &str = "client.token_endpoint_auth_method";
const CONFIDENTIAL: [&str; 2] = ["client_secret_basic", "client_secret_post"];

pub(super) fn read_auth(entry: &AppEntry, draft: &mut Draft, found: &mut Vec<Finding>) {
    let app_type = draft.app_type();
    let client = &entry.client;
    match app_type {
        AppType::RestApi => {
            draft.auth.issue_refresh_tokens = Some(false);
            read_grants(entry, draft, found);
        }
        AppType::Bot => must_be(client.grant_types.as_deref(), &[CODE], GRANTS, found),
        AppType::Notification => must_be(client.grant_types.as_deref(), &[], GRANTS, found),
    }
    let is_code = match app_type {
        AppType::RestApi => draft.auth.method == Some(Method::AuthorizationCode),
        AppType::Bot => true,
        AppType::Notification => false,
    };
    let responses: &[&str] = if is_code { &["code"] } else { &[] };
    let written = client.response_types.as_deref();
    must_be(written, responses, "client.response_types", found);
    read_platform(entry, draft, found);
    let uris = client.redirect_uris.as_deref().unwrap_or_default();
    draft.auth.redirect_uris = rows(uris, "client.redirect_uris", found);
}

/// A member that other members determine.
fn must_be(written: Option<&[String]>, fixed: &[&str], member: &str, found: &mut Vec<Finding>) {
    if written.is_some_and(|written| written != fixed) {
        let message = match fixed {
            [] => "Enter [], or remove it: this app has none.".to_owned(),
            [only, ..] => format!("Enter [\"{only}\"], or remove it: this app has no other."),
        };
        found.push(Finding::error(member, message));
    }
}

fn read_grants(entry: &AppEntry, draft: &mut Draft, found: &mut Vec<Finding>) {
    let Some(grants) = &entry.client.grant_types else {
        // The default of RFC 7591.
        draft.auth.method = Some(Method::AuthorizationCode);
        return;
    };
    let has = |wanted: &str| grants.iter().any(|grant| grant == wanted);
    for (nth, grant) in grants.iter().enumerate() {
        if ![CODE, JWT, REFRESH].contains(&grant.as_str()) {
            found.push(Finding::error(
                format!("{GRANTS}[{nth}]"),
                format!("Use {CODE}, {JWT} or {REFRESH}."),
            ));
        }
    }
    draft.auth.method = match (has(CODE), has(JWT)) {
        (true, false) => Some(Method::AuthorizationCode),
        (false, true) => Some(Method::Jwt),
        (false, false) => None,
        (true, true) => {
            let message = format!("An app uses {CODE} or {JWT}, not both.");
            found.push(Finding::error(GRANTS, message));
            None
        }
    };
    draft.auth.issue_refresh_tokens = Some(has(REFRESH));
}

fn read_platform(entry: &AppEntry, draft: &mut Draft, found: &mut Vec<Finding>) {
    let written = entry.platform.as_ref().map(|word| {
        let read = of_words("platform", word, Platform::ALL, Platform::as_str);
        take(read, found)
    });
    let method = entry.client.token_endpoint_auth_method.as_deref();
    let has_platform = draft.app_type() == AppType::RestApi
        && draft.auth.method == Some(Method::AuthorizationCode);
    draft.auth.platform = match written {
        Some(read) => read,
        None if method == Some(PUBLIC) && has_platform => {
            found.push(Finding::error(
                "platform",
                "A client without a secret runs in a browser or on a device. Say which.",
            ));
            None
        }
        None => has_platform.then_some(Platform::ServerSideWeb),
    };
    if has_platform && draft.auth.platform.is_none() {
        // An unknown platform decides nothing.
        return;
    }
    let platform = draft.auth.platform.unwrap_or(Platform::ServerSideWeb);
    let is_public = has_platform && platform.client_type() == ClientType::Public;
    match method {
        Some(PUBLIC) if !is_public => found.push(Finding::error(
            METHOD,
            "This app has a Client Secret. Use client_secret_basic, or remove it.",
        )),
        Some(secret) if CONFIDENTIAL.contains(&secret) && is_public => found.push(Finding::error(
            METHOD,
            "This app has no Client Secret. Use none, or remove it.",
        )),
        Some(method) if method != PUBLIC && !CONFIDENTIAL.contains(&method) => {
            let message = "Use client_secret_basic, client_secret_post or none.";
            found.push(Finding::error(METHOD, message));
        }
        Some(_) | None => {}
    }
    check_application_type(entry, platform, has_platform, found);
}

/// OpenID Connect Registration §2.
fn check_application_type(
    entry: &AppEntry,
    platform: Platform,
    has_platform: bool,
    found: &mut Vec<Finding>,
) {
    let Some(written) = entry.client.application_type.as_deref() else {
        return;
    };
    let is_web = matches!(platform, Platform::ServerSideWeb | Platform::ClientSideWeb);
    let fits = match written {
        "web" => !has_platform || is_web,
        "native" => has_platform && !is_web,
        _ => false,
    };
    if !fits {
        found.push(Finding::error(
            "client.application_type",
            "Does not fit platform. Remove it.",
        ));
    }
}
