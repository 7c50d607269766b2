//! The members of a manifest for `devconsole serve --from`, as they are written: values are not
//! checked. `apply` ignores them.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    File, Finding,
    shape::{APP_SERVE, DATA, JWT_CREDENTIAL, Kind, PERSON, SERVE, fitted},
};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForServe {
    pub serve: ServeEntry,
    /// `None` if the file does not say.
    pub people: Option<Vec<PersonEntry>>,
    pub jwts: Vec<JwtEntry>,
    /// The names of the lists in `data`.
    pub data: Vec<String>,
    /// One for each app of the file.
    pub apps: Vec<AppServeEntry>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ServeEntry {
    pub port: Option<u64>,
    pub profile: Option<String>,
    pub limit_logins: bool,
    pub limit_rates: bool,
    pub consent: Option<String>,
    pub log: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PersonEntry {
    pub name: String,
    pub email: String,
    pub role: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct JwtEntry {
    pub label: String,
    /// An e-mail address. `None` means the first Developer Admin.
    pub person: Option<String>,
    /// Names. `None` means all apps of the organization.
    pub apps: Option<Vec<String>>,
    pub expires: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AppServeEntry {
    /// The environment variable with the Client Secret.
    pub client_secret_env: Option<String>,
    /// Scopes that are approved at the start.
    pub approved: Vec<String>,
}

impl File {
    /// What fits, and all that does not.
    pub fn for_serve(&self) -> (ForServe, Vec<Finding>) {
        let mut found = Vec::new();
        let mut read = |value: &Option<Value>, kind, at: &str| {
            let value = value.clone()?;
            fitted(value, kind, at, &mut found)
        };
        let serve = read(&self.serve, Kind::Table(SERVE), "serve");
        let people = read(&self.people, Kind::Tables(PERSON), "people");
        let jwts = read(&self.jwts, Kind::Tables(JWT_CREDENTIAL), "jwts");
        let data = read(&self.data, Kind::Table(DATA), "data");
        let mut apps = Vec::with_capacity(self.apps.len());
        for (nth, app) in self.apps.iter().enumerate() {
            let mut own = Vec::new();
            let value = app.serve.clone();
            let value =
                value.and_then(|value| fitted(value, Kind::Table(APP_SERVE), "serve", &mut own));
            apps.push(typed(value).unwrap_or_default());
            let title = app.title(nth);
            found.extend(own.into_iter().map(|finding| finding.of_app(&title)));
        }
        let data = data.as_ref().and_then(Value::as_object).map(Map::keys);
        let read = ForServe {
            serve: typed(serve).unwrap_or_default(),
            people: typed(people),
            jwts: typed(jwts).unwrap_or_default(),
            data: data.into_iter().flatten().cloned().collect(),
            apps,
        };
        (read, found)
    }
}

/// All members have the kind of value that the struct expects: `fitted` has left out the others.
fn typed<T: DeserializeOwned>(value: Option<Value>) -> Option<T> {
    serde_json::from_value(value?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::manifest::Format;

    fn read(value: &Value) -> (ForServe, Vec<String>) {
        let file = File::read(&value.to_string(), Format::Json).unwrap();
        let (read, found) = file.for_serve();
        let lines = found
            .iter()
            .map(|one| format!("{}: {}", one.field, one.message));
        (read, lines.collect())
    }

    #[test]
    fn every_member_arrives() {
        let (read, found) = read(&json!({
            "manifest": 1,
            "serve": {"port": 0, "profile": "strict", "limit_logins": true, "limit_rates": true, "consent": "a@b.example", "log": "json"},
            "people": [{"name": "Ada", "email": "a@b.example", "role": "developer_admin"}],
            "jwts": [{"label": "ci", "person": "a@b.example", "apps": ["One"], "expires": "90d"}],
            "data": {"calls": []},
            "apps": [
                {"name": "One", "serve": {"client_secret_env": "ONE", "approved": ["EditCallLog"]}},
                {"name": "Two"},
            ],
        }));
        assert_eq!(found, [""; 0]);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            read.serve,
            ServeEntry {
                port: Some(0),
                profile: text("strict"),
                limit_logins: true,
                limit_rates: true,
                consent: text("a@b.example"),
                log: text("json"),
            }
        );
        let people = read.people.unwrap();
        assert_eq!(
            (people.len(), people[0].role.as_str()),
            (1, "developer_admin")
        );
        assert_eq!(read.jwts[0].apps, Some(vec!["One".to_owned()]));
        assert_eq!(
            (read.jwts[0].person.clone(), read.jwts[0].expires.as_str()),
            (text("a@b.example"), "90d")
        );
        assert_eq!(read.data, ["calls"]);
        assert_eq!(read.apps[0].client_secret_env, text("ONE"));
        assert_eq!(read.apps[0].approved, ["EditCallLog"]);
        assert_eq!(read.apps[1], AppServeEntry::default());
    }

    #[test]
    fn what_does_not_fit_is_named_all_at_once_and_without_its_value() {
        let (read, found) = read(&json!({
            "manifest": 1,
            "serve": {"port": "hush", "limit_logins": 1, "profil": "hush"},
            "people": [{"name": 1}, "hush"],
            "jwts": {"label": "hush"},
            "data": {"faxes": []},
            "apps": [{"name": "One", "serve": {"client_secret": "hush"}}],
        }));
        assert_eq!(
            found,
            [
                "serve.limit_logins: Enter true or false.",
                "serve.port: Enter a number.",
                "serve.profil: Unknown member. Did you mean profile?",
                "people[0].name: Enter a text in quotes.",
                "people[1]: Enter a table of names and values.",
                "jwts: Enter a list of tables.",
                "data.faxes: Unknown member. Remove it.",
                "One: serve.client_secret: A manifest never holds a secret. Remove this member.",
            ]
        );
        assert_eq!(read.people.unwrap().len(), 1);
        assert_eq!(read.data, [""; 0]);
    }
}
