//! A manifest: its version, its apps, and the keys of `serve --from`.

use serde_json::{Map, Value};

use super::{
    AppEntry, Finding, nearest,
    shape::{APP, FOR_SERVE, fitting},
};

/// How a manifest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Toml,
    Json,
}

impl Format {
    /// By the name of a file, or else by how its text begins.
    pub fn of(file_name: &str, text: &str) -> Self {
        let ends_with = |end: &str| file_name.to_ascii_lowercase().ends_with(end);
        if ends_with(".json") {
            Self::Json
        } else if ends_with(".toml") {
            Self::Toml
        } else if text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with('{')
        {
            Self::Json
        } else {
            Self::Toml
        }
    }
}

/// A manifest as it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    pub apps: Vec<FileApp>,
    /// For `serve --from` only, not checked.
    pub serve: Option<Value>,
    pub people: Option<Value>,
    pub jwts: Option<Value>,
    pub data: Option<Value>,
    /// Members that are ignored.
    pub warnings: Vec<Finding>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileApp {
    pub entry: AppEntry,
    /// For `serve --from` only, not checked.
    pub serve: Option<Value>,
}

impl FileApp {
    /// The app in a message: its name, or else its place in the file.
    pub fn title(&self, nth: usize) -> String {
        let entry = &self.entry;
        let name = entry.name.as_ref().or(entry.client.client_name.as_ref());
        name.filter(|name| !name.trim().is_empty())
            .map_or_else(|| format!("apps[{nth}]"), |name| name.trim().to_owned())
    }
}

impl File {
    /// Most apps of a file.
    pub const APPS_MAX: usize = 100_000;
    /// Longest file, in bytes.
    pub const BYTES_MAX: u64 = 256 * 1024 * 1024;
    /// The version that is written and read.
    pub const VERSION: i64 = 1;

    /// The manifest, or all that is wrong with it.
    pub fn read(text: &str, format: Format) -> Result<Self, Vec<Finding>> {
        if text.len() as u64 > Self::BYTES_MAX {
            let message = format!("The file is longer than {} MiB.", Self::BYTES_MAX >> 20);
            return Err(vec![Finding::error("", message)]);
        }
        let text = text.trim_start_matches('\u{feff}');
        let value = match format {
            Format::Toml => of_toml(text),
            Format::Json => of_json(text),
        };
        let Value::Object(top) = value.map_err(|finding| vec![finding])? else {
            let message = "A manifest is an object with the members manifest and apps.";
            return Err(vec![Finding::error("", message)]);
        };
        let mut findings = Vec::new();
        let mut file = of_top(top, &mut findings);
        if findings.iter().any(|finding| !finding.is_warning) {
            return Err(findings);
        }
        file.warnings = findings;
        Ok(file)
    }
}

fn of_top(mut top: Map<String, Value>, findings: &mut Vec<Finding>) -> File {
    top.remove("$schema");
    match top.remove("manifest") {
        None => findings.push(Finding::error(
            "manifest",
            format!(
                "Add manifest = {}: the version of the format.",
                File::VERSION
            ),
        )),
        Some(version) if version.as_i64() == Some(File::VERSION) => {}
        Some(_) => findings.push(Finding::error(
            "manifest",
            format!("This devconsole reads version {}.", File::VERSION),
        )),
    }
    let apps = match top.remove("apps") {
        None => Vec::new(),
        Some(Value::Array(apps)) if apps.len() > File::APPS_MAX => {
            let message = format!("A manifest has at most {} apps.", File::APPS_MAX);
            findings.push(Finding::error("apps", message));
            Vec::new()
        }
        Some(Value::Array(apps)) => of_apps(apps, findings),
        Some(_) => {
            findings.push(Finding::error("apps", "Enter a list of apps."));
            Vec::new()
        }
    };
    let mut raw = |name| top.remove(name);
    let file = File {
        apps,
        serve: raw("serve"),
        people: raw("people"),
        jwts: raw("jwts"),
        data: raw("data"),
        warnings: Vec::new(),
    };
    let known = ["manifest", "apps", "$schema"]
        .iter()
        .chain(FOR_SERVE)
        .copied();
    for name in top.keys() {
        let message = if APP.iter().any(|member| member.name == name) {
            "Unknown member here. Put the settings of an app below [[apps]].".to_owned()
        } else if let Some(near) = nearest(name, known.clone()) {
            format!("Unknown member. Did you mean {near}?")
        } else {
            "Unknown member. Remove it.".to_owned()
        };
        findings.push(Finding::error(name.clone(), message));
    }
    file
}

fn of_apps(apps: Vec<Value>, findings: &mut Vec<Finding>) -> Vec<FileApp> {
    let mut read = Vec::with_capacity(apps.len());
    for (nth, app) in apps.into_iter().enumerate() {
        let Value::Object(table) = app else {
            let message = "Enter a table of names and values.";
            findings.push(Finding::error(format!("apps[{nth}]"), message));
            continue;
        };
        let mut own = Vec::new();
        let mut kept = fitting(table, APP, "", &mut own);
        let serve = kept.remove("serve");
        match serde_json::from_value(kept.into()) {
            Ok(entry) => {
                let app = FileApp { entry, serve };
                let title = app.title(nth);
                findings.extend(own.into_iter().map(|finding| finding.of_app(&title)));
                read.push(app);
            }
            // All members have the kind of value that the struct expects; a test holds this.
            Err(_) => findings.push(Finding::error(format!("apps[{nth}]"), "Cannot be read.")),
        }
    }
    read
}

fn of_json(text: &str) -> Result<Value, Finding> {
    serde_json::from_str(text).map_err(|error| {
        // The error of the parser names no value: nothing has been interpreted yet.
        Finding::error("", format!("This is not valid JSON: {error}."))
    })
}

fn of_toml(text: &str) -> Result<Value, Finding> {
    match toml::from_str::<toml::Table>(text) {
        Ok(table) => Ok(json_of(toml::Value::Table(table))),
        Err(error) => {
            // The whole error would show the line, in which a secret may be.
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            let message = error.message().trim_end_matches('.');
            Err(Finding::error(
                "",
                format!("This is not valid TOML, line {line}: {message}."),
            ))
        }
    }
}

fn json_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(at) => at.to_string().into(),
        toml::Value::Array(all) => all.into_iter().map(json_of).collect(),
        toml::Value::Table(table) => {
            let members = table
                .into_iter()
                .map(|(name, value)| (name, json_of(value)));
            Value::Object(members.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The members with a finding.
    fn fields(text: &str) -> Vec<String> {
        let found = match File::read(text, Format::of("", text)) {
            Ok(file) => file.warnings,
            Err(found) => found,
        };
        found.into_iter().map(|finding| finding.field).collect()
    }

    #[test]
    fn keys_that_do_not_exist_are_refused_with_the_nearest_one() {
        for (text, field, near) in [
            ("manifest = 1\napp = []", "app", "apps"),
            (
                "manifest = 1\n[[apps]]\nnmae = \"x\"",
                "apps[0]: nmae",
                "name",
            ),
            (
                "manifest = 1\n[[apps]]\nname = \"A\"\nredirect_uris = []",
                "A: redirect_uris",
                "client.redirect_uris",
            ),
            (
                "manifest = 1\n[[apps]]\nname = \"A\"\nclient.scopes = \"SMS\"",
                "A: client.scopes",
                "scope",
            ),
            ("manifest = 1\nname = \"A\"", "name", "[[apps]]"),
        ] {
            let found = File::read(text, Format::Toml).unwrap_err();
            assert_eq!(found[0].field, field);
            assert!(found[0].message.contains(near), "{found:?}");
        }
    }

    #[test]
    fn a_secret_is_refused_and_not_repeated() {
        for text in [
            "manifest = 1\n[[apps]]\nclient.client_secret = \"s3cr3t\"",
            "manifest = 1\n[[apps]]\nclient.client_secret = \"s3cr3t\n",
            "manifest = 1\n[[apps]]\nclient.client_secret = s3cr3t",
            "{\"manifest\": 1, \"apps\": [{\"client\": {\"client_secret\": \"s3cr3t\"}}]}",
            "{\"manifest\": 1, \"apps\": [{\"client\": {\"client_secret\": s3cr3t}}]}",
            "{\"manifest\": 1, \"apps\": [{\"client\": {\"scope\": [\"s3cr3t\"]}}]}",
        ] {
            let found = File::read(text, Format::of("", text)).unwrap_err();
            assert!(!format!("{found:?}").contains("s3cr3t"), "{found:?}");
        }
    }

    #[test]
    fn a_value_of_another_kind_is_named() {
        let text = "manifest = 1\n[[apps]]\nname = 1\ntags = \"a\"\npartners = 1\njustifications = []\nclient = { redirect_uris = [1, \"https://a.example\"] }";
        assert_eq!(
            fields(text),
            [
                "client.redirect_uris[0]",
                "justifications",
                "name",
                "partners",
                "tags"
            ]
            .map(|name| format!("apps[0]: {name}"))
        );
        assert_eq!(fields("manifest = 2"), ["manifest"]);
        assert_eq!(fields("apps = []"), ["manifest"]);
        assert_eq!(fields("[]"), [""]);
        assert_eq!(fields("manifest = "), [""]);
    }

    #[test]
    fn registered_metadata_without_a_counterpart_is_a_warning() {
        let text = "manifest = 1\n[[apps]]\nname = \"A\"\nclient = { client_uri = \"x\", \"client_name#de\" = \"B\" }";
        let file = File::read(text, Format::Toml).unwrap();
        assert_eq!(file.warnings.len(), 2);
        assert!(file.warnings.iter().all(|one| one.is_warning));
    }

    #[test]
    fn keys_of_serve_are_left_as_they_are() {
        let text = include_str!("../../tests/data/manifests/serve.toml");
        let file = File::read(text, Format::Toml).unwrap();
        assert!(file.serve.is_some() && file.people.is_some());
        assert!(file.jwts.is_some() && file.data.is_some());
        let approved = file.apps[0].serve.as_ref().unwrap();
        assert_eq!(approved["approved"][0], "EditCallLog");
    }
}
