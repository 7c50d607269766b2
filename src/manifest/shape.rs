//! The members that a manifest may have, and what kind of value each of them has. What does not fit
//! is named, all of it at once; its value is never repeated, because it may be a secret.

use serde_json::{Map, Value};

use super::{Finding, nearest};

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A list of texts.
    Texts,
    /// A text for each name.
    Named,
    /// A word, or a list of texts.
    Partners,
    Table(&'static [Member]),
    /// A list of tables.
    Tables(&'static [Member]),
    /// A number without a sign.
    Number,
    /// True or false.
    Flag,
    /// Left as it is for the commands that use it.
    Raw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub name: &'static str,
    pub kind: Kind,
}

const fn member(name: &'static str, kind: Kind) -> Member {
    Member { name, kind }
}

/// The keys of a file besides `$schema`, `manifest` and `apps`: those of `serve --from`.
pub(super) const FOR_SERVE: &[&str] = &["serve", "people", "jwts", "data"];

pub(super) const APP: &[Member] = &[
    member("name", Kind::Text),
    member("type", Kind::Text),
    member("platform", Kind::Text),
    member("description", Kind::Text),
    member("access", Kind::Text),
    member("partners", Kind::Partners),
    member("promote", Kind::Text),
    member("summary", Kind::Text),
    member("icon", Kind::Text),
    member("tags", Kind::Texts),
    member("status", Kind::Text),
    member("justifications", Kind::Named),
    member("interactive_messages", Kind::Table(INTERACTIVE)),
    member("manual_instructions", Kind::Text),
    member("web_install_url", Kind::Text),
    member("client", Kind::Table(CLIENT)),
    member("serve", Kind::Raw),
];

/// How the server runs.
pub(super) const SERVE: &[Member] = &[
    member("port", Kind::Number),
    member("profile", Kind::Text),
    member("limit_logins", Kind::Flag),
    member("limit_rates", Kind::Flag),
    member("consent", Kind::Text),
    member("log", Kind::Text),
];

pub(super) const PERSON: &[Member] = &[
    member("name", Kind::Text),
    member("email", Kind::Text),
    member("role", Kind::Text),
];

pub(super) const JWT_CREDENTIAL: &[Member] = &[
    member("label", Kind::Text),
    member("person", Kind::Text),
    member("apps", Kind::Texts),
    member("expires", Kind::Text),
];

pub(super) const DATA: &[Member] = &[
    member("calls", Kind::Raw),
    member("phone_numbers", Kind::Raw),
    member("messages", Kind::Raw),
    member("chats", Kind::Raw),
];

/// `serve` of an app.
pub(super) const APP_SERVE: &[Member] = &[
    member("client_secret_env", Kind::Text),
    member("approved", Kind::Texts),
];

const INTERACTIVE: &[Member] = &[
    member("outbound_webhook_url", Kind::Text),
    member("dialog_urls", Kind::Texts),
];

pub(super) const CLIENT: &[Member] = &[
    member("client_id", Kind::Text),
    member("client_name", Kind::Text),
    member("redirect_uris", Kind::Texts),
    member("grant_types", Kind::Texts),
    member("response_types", Kind::Texts),
    member("token_endpoint_auth_method", Kind::Text),
    member("scope", Kind::Text),
    member("contacts", Kind::Texts),
    member("application_type", Kind::Text),
    member("logo_uri", Kind::Text),
];

/// Metadata that is registered and has no counterpart here.
/// Source: IANA, "OAuth Dynamic Client Registration Metadata".
const ELSEWHERE: &[&str] = &[
    "authorization_signed_response_alg",
    "backchannel_logout_session_required",
    "backchannel_logout_uri",
    "client_id_issued_at",
    "client_secret_expires_at",
    "client_uri",
    "default_acr_values",
    "default_max_age",
    "dpop_bound_access_tokens",
    "frontchannel_logout_session_required",
    "frontchannel_logout_uri",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "id_token_signed_response_alg",
    "initiate_login_uri",
    "jwks",
    "jwks_uri",
    "policy_uri",
    "post_logout_redirect_uris",
    "registration_client_uri",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "request_object_signing_alg",
    "request_uris",
    "require_auth_time",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "sector_identifier_uri",
    "software_id",
    "software_statement",
    "software_version",
    "subject_type",
    "tls_client_certificate_bound_access_tokens",
    "token_endpoint_auth_signing_alg",
    "tos_uri",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "userinfo_signed_response_alg",
];

const SECRETS: &[&str] = &[
    "client_secret",
    "shared_secret",
    "registration_access_token",
];

/// The members that fit. `at` is the name of the table; empty for an app.
pub(super) fn fitting(
    table: Map<String, Value>,
    members: &[Member],
    at: &str,
    findings: &mut Vec<Finding>,
) -> Map<String, Value> {
    let mut kept = Map::new();
    for (name, value) in table {
        let field = joined(at, &name);
        match members.iter().find(|member| member.name == name) {
            None => findings.push(unknown(&name, members, at)),
            Some(member) => {
                if let Some(value) = fitted(value, member.kind, &field, findings) {
                    kept.insert(name, value);
                }
            }
        }
    }
    kept
}

pub(super) fn fitted(
    value: Value,
    kind: Kind,
    field: &str,
    findings: &mut Vec<Finding>,
) -> Option<Value> {
    match (kind, value) {
        (Kind::Table(members), Value::Object(table)) => {
            Some(fitting(table, members, field, findings).into())
        }
        (Kind::Texts | Kind::Partners | Kind::Tables(_), Value::Array(all)) => {
            let kind = match kind {
                Kind::Tables(members) => Kind::Table(members),
                _ => Kind::Text,
            };
            let mut kept = Vec::new();
            for (nth, value) in all.into_iter().enumerate() {
                let field = format!("{field}[{nth}]");
                kept.extend(fitted(value, kind, &field, findings));
            }
            Some(kept.into())
        }
        (Kind::Number, value) if value.is_u64() => Some(value),
        (Kind::Flag, value) if value.is_boolean() => Some(value),
        (Kind::Named, Value::Object(table)) => {
            let mut kept = Map::new();
            for (name, value) in table {
                let field = joined(field, &name);
                if let Some(value) = fitted(value, Kind::Text, &field, findings) {
                    kept.insert(name, value);
                }
            }
            Some(kept.into())
        }
        (Kind::Text | Kind::Partners, value @ Value::String(_)) | (Kind::Raw, value) => Some(value),
        (kind, _) => {
            findings.push(Finding::error(field, wanted(kind)));
            None
        }
    }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Raw => "Enter a text in quotes.",
        Kind::Texts => "Enter a list of texts in brackets.",
        Kind::Named | Kind::Table(_) => "Enter a table of names and values.",
        Kind::Tables(_) => "Enter a list of tables.",
        Kind::Number => "Enter a number.",
        Kind::Flag => "Enter true or false.",
        Kind::Partners => "Enter \"all\", or a list of partners in brackets.",
    }
}

pub(super) fn joined(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}

/// A name that is not a member.
fn unknown(name: &str, members: &[Member], at: &str) -> Finding {
    let field = joined(at, name);
    if SECRETS.contains(&name) {
        return Finding::error(
            field,
            "A manifest never holds a secret. Remove this member.",
        );
    }
    // RFC 7591 §2.2: a name with a language tag.
    let base = name.split('#').next().unwrap_or(name);
    let is_localized = base != name && CLIENT.iter().any(|member| member.name == base);
    if members == CLIENT && (ELSEWHERE.contains(&base) || is_localized) {
        return Finding::warning(
            field,
            "RingCentral apps have no such setting. It is ignored.",
        );
    }
    if let Some(right) = place_of(name, members) {
        return Finding::error(field, format!("Unknown member here. Did you mean {right}?"));
    }
    let here = members.iter().map(|member| member.name);
    if let Some(near) = nearest(name, here) {
        return Finding::error(field, format!("Unknown member. Did you mean {near}?"));
    }
    Finding::error(field, "Unknown member. Remove it.")
}

/// Where a member of another table belongs.
fn place_of(name: &str, not: &[Member]) -> Option<String> {
    let tables = [
        ("", APP),
        ("client", CLIENT),
        ("interactive_messages", INTERACTIVE),
    ];
    let mut tables = tables.iter().filter(|(_, members)| *members != not);
    tables.find_map(|(at, members)| {
        let known = members.iter().find(|member| member.name == name)?;
        Some(joined(at, known.name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        app::{
            AppStatus, AppType, DESCRIPTION_MAX, DESCRIPTION_MIN, DIALOG_URLS_MAX,
            DISPLAY_NAME_MAX, INSTRUCTIONS_MAX, JUSTIFICATION_MAX, JUSTIFICATION_MIN, NAME_MAX,
            Platform, Promotion, REDIRECT_URIS_MAX, SUMMARY_MAX, partner, tag,
        },
        oauth::setup::Profile,
        people::developer::Role,
    };

    const SCHEMA: &str = include_str!("../../docs/schema/devconsole-manifest-1.schema.json");

    fn names_below(schema: &Value, members: &[Member]) {
        let mut known: Vec<&str> = members.iter().map(|member| member.name).collect();
        known.sort_unstable();
        let properties = schema["properties"].as_object().unwrap();
        let mut named: Vec<&String> = properties.keys().collect();
        named.sort();
        assert_eq!(named, known);
        for member in members {
            let property = &properties[member.name];
            match member.kind {
                Kind::Table(members) => names_below(property, members),
                Kind::Texts => assert_eq!(property["type"], "array", "{}", member.name),
                Kind::Named => assert_eq!(property["type"], "object", "{}", member.name),
                Kind::Text => {
                    let is_text = property["type"] == "string" || property["enum"].is_array();
                    assert!(is_text, "{}", member.name);
                }
                Kind::Number => assert_eq!(property["type"], "integer", "{}", member.name),
                Kind::Flag => assert_eq!(property["type"], "boolean", "{}", member.name),
                // Named by itself.
                _ => {}
            }
        }
    }

    #[test]
    fn the_schema_for_editors_has_the_members_the_words_and_the_limits() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let app = &schema["properties"]["apps"]["items"];
        names_below(app, APP);
        names_below(&app["properties"]["serve"], APP_SERVE);
        let file = &schema["properties"];
        names_below(&file["serve"], SERVE);
        names_below(&file["people"]["items"], PERSON);
        names_below(&file["jwts"]["items"], JWT_CREDENTIAL);
        let words = |words: Vec<&str>| -> Value { words.into_iter().collect() };
        let all = &app["properties"];
        let profiles = Profile::ALL.iter().map(|one| one.label());
        assert_eq!(
            file["serve"]["properties"]["profile"]["enum"],
            words(profiles.collect())
        );
        let roles = Role::ALL.iter().map(|one| one.as_str());
        assert_eq!(
            file["people"]["items"]["properties"]["role"]["enum"],
            words(roles.collect())
        );
        let types = AppType::ALL.iter().map(|one| one.as_str());
        assert_eq!(all["type"]["enum"], words(types.collect()));
        let platforms = Platform::ALL.iter().map(|one| one.as_str());
        assert_eq!(all["platform"]["enum"], words(platforms.collect()));
        let answers = Promotion::ALL.iter().map(|one| one.as_str());
        assert_eq!(all["promote"]["enum"], words(answers.collect()));
        let states = AppStatus::ALL.iter().map(|one| one.as_str());
        assert_eq!(all["status"]["enum"], words(states.collect()));
        let slugs = partner::catalogue().iter().map(|one| one.id.as_str());
        let slugs: Value = slugs.collect();
        assert_eq!(all["partners"]["anyOf"][1]["items"]["enum"], slugs);
        for (path, limit) in [
            ("/name/maxLength", NAME_MAX),
            ("/description/minLength", DESCRIPTION_MIN),
            ("/description/maxLength", DESCRIPTION_MAX),
            ("/summary/maxLength", SUMMARY_MAX),
            ("/tags/maxItems", tag::TAGS_MAX),
            ("/tags/items/maxLength", tag::TAG_MAX),
            (
                "/justifications/additionalProperties/minLength",
                JUSTIFICATION_MIN,
            ),
            (
                "/justifications/additionalProperties/maxLength",
                JUSTIFICATION_MAX,
            ),
            (
                "/interactive_messages/properties/dialog_urls/maxItems",
                DIALOG_URLS_MAX,
            ),
            ("/manual_instructions/maxLength", INSTRUCTIONS_MAX),
            ("/client/properties/client_name/maxLength", DISPLAY_NAME_MAX),
            (
                "/client/properties/redirect_uris/maxItems",
                REDIRECT_URIS_MAX,
            ),
        ] {
            assert_eq!(all.pointer(path), Some(&limit.into()), "{path}");
        }
    }
}
