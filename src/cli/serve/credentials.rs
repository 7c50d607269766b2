//! The credentials file: all that a test needs to log in.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use crate::domain::{app::redirect_uri::RedirectUri, secret::Secret};

/// Apps by name, JWT credentials by label, people by e-mail address.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    pub apps: BTreeMap<String, AppCredentials>,
    pub jwts: BTreeMap<String, JwtCredentials>,
    pub people: BTreeMap<String, PersonCredentials>,
}

#[derive(Debug, Serialize)]
pub(super) struct AppCredentials {
    pub client_id: String,
    /// Absent for a public client.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_if_any"
    )]
    pub client_secret: Option<Secret>,
    /// Absent for an app without Interactive Messages.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "exposed_if_any"
    )]
    pub shared_secret: Option<Secret>,
    pub redirect_uris: Vec<RedirectUri>,
}

#[derive(Debug, Serialize)]
pub(super) struct JwtCredentials {
    pub person: String,
    #[serde(serialize_with = "exposed")]
    pub token: Secret,
}

#[derive(Debug, Serialize)]
pub(super) struct PersonCredentials {
    #[serde(serialize_with = "exposed")]
    pub password: Secret,
}

/// `schema` comes first: a later run recognizes the file by it.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    server_url: &'a str,
    control_token: &'a str,
    apps: &'a BTreeMap<String, AppCredentials>,
    jwts: &'a BTreeMap<String, JwtCredentials>,
    people: &'a BTreeMap<String, PersonCredentials>,
}

impl Credentials {
    pub(super) fn document(
        &self,
        server_url: &str,
        control_token: &Secret,
    ) -> serde_json::Result<Zeroizing<Vec<u8>>> {
        let document = Document {
            schema: "serve.credentials/1",
            server_url,
            control_token: control_token.expose(),
            apps: &self.apps,
            jwts: &self.jwts,
            people: &self.people,
        };
        serde_json::to_vec(&document).map(Zeroizing::new)
    }
}

fn exposed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn exposed_if_any<S: Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => exposed(secret, serializer),
        None => serializer.serialize_none(),
    }
}
