//! `devconsole serve --from` with a manifest of the test, called over HTTP.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use devconsole::domain::app::scope::ScopeId;
use serde_json::Value;
use tempfile::TempDir;

use super::platform::{Answer, Platform, text};

/// The head of a manifest: Ada, and a JWT credential for all apps.
const HEAD: &str = r#"
manifest = 1
[[people]]
name = "Ada Lovelace"
email = "ada@example.com"
role = "developer_admin"
[[people]]
name = "Grace Hopper"
email = "grace@example.com"
role = "developer"
[[jwts]]
label = "ci"
person = "ada@example.com"
expires = "90d"
[[jwts]]
label = "of grace"
person = "grace@example.com"
expires = "90d"
"#;

/// A manifest of apps that log in with a JWT: names, requested scopes, and those that are approved.
pub fn manifest(apps: &[(&str, &[&str], &[&str])]) -> String {
    let mut text = HEAD.to_owned();
    for (name, scopes, approved) in apps {
        let restricted = scopes.iter().filter(|scope| {
            let scope = ScopeId::find(scope).unwrap();
            scope.scope().requires_approval
        });
        let justified: Vec<String> = restricted
            .map(|scope| format!("{scope} = \"Needed by the test of this scope.\""))
            .collect();
        let justifications = if justified.is_empty() {
            String::new()
        } else {
            format!("justifications = {{ {} }}", justified.join(", "))
        };
        writeln!(
            text,
            r#"
[[apps]]
name = "{name}"
description = "An app of a test, which calls the API."
access = "private"
{justifications}
serve = {{ approved = {approved:?} }}
[apps.client]
grant_types = ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
response_types = []
scope = "{}""#,
            scopes.join(" ")
        )
        .unwrap();
    }
    text
}

/// A running server; dropping kills it.
pub struct Served {
    folder: TempDir,
    child: Child,
    pub platform: Platform,
    credentials: Value,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    pub fn start(manifest: &str, more: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("apps.toml"), manifest).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_devconsole"))
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .args(["serve", "--from", "apps.toml", "--port", "0"])
            .args(["--credentials", "creds.json"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let credentials = fs::read_to_string(folder.path().join("creds.json")).unwrap();
        let credentials: Value = serde_json::from_str(&credentials).unwrap();
        let url = credentials["server_url"].as_str().unwrap();
        let port = url.rsplit(':').next().unwrap().parse().unwrap();
        Self {
            child,
            platform: Platform::at(port),
            credentials,
            folder,
        }
    }

    pub fn credentials_file(&self) -> PathBuf {
        self.folder.path().join("creds.json")
    }

    /// An access token of the app for Ada.
    pub fn token(&self, app: &str) -> String {
        self.token_by(app, "ci")
    }

    pub fn token_by(&self, app: &str, jwt: &str) -> String {
        let app = &self.credentials["apps"][app];
        let part = |name: &str| app[name].as_str().unwrap();
        let jwt = self.credentials["jwts"][jwt]["token"].as_str().unwrap();
        let key = (part("client_id"), part("client_secret"));
        let answer = self.platform.log_in(key, jwt);
        assert_eq!(answer.status, 200, "{answer:?}");
        text(&answer, "access_token").to_owned()
    }

    pub fn call(&self, token: &str, method: &str, path: &str) -> Answer {
        let bearer = format!("Authorization: Bearer {token}\r\n");
        self.platform.ask(method, path, &bearer, "")
    }

    /// What a control endpoint answers.
    pub fn control(&self, path: &str) -> Answer {
        let token = self.credentials["control_token"].as_str().unwrap();
        self.call(token, "GET", &format!("/__devconsole/{path}"))
    }
}
