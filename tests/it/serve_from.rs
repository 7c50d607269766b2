//! `devconsole serve --from FILE`, the real program: what a test job sees of it, and that nothing of
//! it stays.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{
    driver::Driver,
    platform::{Answer, Platform, code, text},
    schema::{self, LOG_ENTRY, OUTPUT, misfit, must_fit},
};

const MANIFEST: &str = include_str!("../../examples/ci/apps.toml");
const SECRET: &str = "a-secret-of-the-test-environment";
const REPORT: &str = "p2Na8KdGRx-Yq5Ls_1oTvQ";
const BACK: &str = "http%3A%2F%2F127.0.0.1%3A7777%2Fcallback";

/// A folder that is home, data folder, temporary folder and current folder of the program.
struct Job {
    folder: TempDir,
}

/// A running server; dropping kills it.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    platform: Platform,
    credentials: Value,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Job {
    fn new(manifest: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("apps.toml"), manifest).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self, more: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_devconsole"));
        program
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("DEVCONSOLE_DATA_DIR", self.path("data"))
            .env("REPORT_SECRET", SECRET)
            .args(["serve", "--from", "apps.toml", "--port", "0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        program
    }

    fn start(&self, more: &[&str]) -> Running {
        let all = [
            &["--credentials", "creds.json", "--ready-file", "ready"],
            more,
        ]
        .concat();
        let mut child = self.program(&all).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        // Everything is there before a person or a program knows the address.
        let credentials = fs::read_to_string(self.path("creds.json")).unwrap();
        let credentials: Value = serde_json::from_str(&credentials).unwrap();
        must_fit(OUTPUT, &credentials);
        let url = credentials["server_url"].as_str().unwrap();
        assert!(line.contains(url), "{line}");
        let port = url.rsplit(':').next().unwrap().parse().unwrap();
        Running {
            child,
            out,
            platform: Platform::at(port),
            credentials,
        }
    }

    fn failure(&self, more: &[&str]) -> (i32, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.program(more).output().unwrap();
        assert!(stdout.is_empty(), "{stdout:?}");
        (status.code().unwrap(), String::from_utf8(stderr).unwrap())
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Running {
    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Ends it, and returns what it wrote to standard error.
    fn end(mut self, signal: Signal) -> String {
        let since = Instant::now();
        self.signal(signal);
        let status = self.child.wait().unwrap();
        assert!(
            since.elapsed() < Duration::from_secs(1),
            "{:?}",
            since.elapsed()
        );
        assert_eq!(status.code(), Some(0), "{status:?}");
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        said
    }

    fn secret(&self, path: &str) -> &str {
        self.credentials.pointer(path).unwrap().as_str().unwrap()
    }

    fn log_in(&self) -> Answer {
        let jwt = self.secret("/jwts/ci/token");
        self.platform.log_in((REPORT, SECRET), jwt)
    }

    fn control(&self, method: &str, path: &str, body: &str) -> Answer {
        let token = self.secret("/control_token");
        let header = format!("Authorization: Bearer {token}\r\n");
        let path = format!("/__devconsole/{path}");
        let answer = self.platform.ask(method, &path, &header, body);
        if answer.body.get("schema").is_some() {
            must_fit(OUTPUT, &answer.body);
        }
        answer
    }

    fn log(&self, query: &str) -> Vec<Value> {
        let answer = self.control("GET", &format!("log{query}"), "");
        assert_eq!(
            (answer.status, &answer.body["schema"]),
            (200, &json!("serve.log/1"))
        );
        answer.body["entries"].as_array().unwrap().clone()
    }

    fn authorize(&self, more: &str) -> Answer {
        let shop = self.secret("/apps/Shop/client_id");
        let query = format!("response_type=code&client_id={shop}&redirect_uri={BACK}&state=s");
        self.platform
            .get(&format!("/restapi/oauth/authorize?{query}{more}"), "")
    }
}

fn location(answer: &Answer) -> &str {
    let line = answer
        .head
        .lines()
        .find(|line| line.starts_with("location: "));
    line.unwrap_or_else(|| panic!("{answer:?}"))
}

#[test]
fn an_app_of_the_file_logs_in_and_nothing_stays_on_disk() {
    let job = Job::new(MANIFEST);
    fs::write(job.path("ready"), "http://127.0.0.1:1\n").unwrap();
    let mut running = job.start(&["--log=json"]);
    let mode = |name| fs::metadata(job.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("creds.json"), 0o600);
    let mut line = String::new();
    running.out.read_line(&mut line).unwrap();
    assert_eq!(line, "apps 2\n");
    let deadline = Instant::now() + Duration::from_secs(10);
    while fs::read_to_string(job.path("ready")).ok()
        != Some(format!("{}\n", running.secret("/server_url")))
    {
        assert!(Instant::now() < deadline, "never ready");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(job.files(), ["apps.toml", "creds.json", "ready"]);
    assert_eq!(running.secret("/apps/Nightly report/client_id"), REPORT);
    assert_eq!(running.secret("/apps/Nightly report/client_secret"), SECRET);

    let tokens = running.log_in();
    assert_eq!(tokens.status, 200, "{tokens:?}");
    assert_eq!(
        text(&tokens, "scope"),
        "EditCallLog ReadAccounts ReadCallLog"
    );
    let me = running.platform.me(text(&tokens, "access_token"));
    assert_eq!(text(&me, "name"), "Ada Lovelace");
    let wrong = running
        .platform
        .log_in((REPORT, "wrong"), running.secret("/jwts/ci/token"));
    assert_eq!(wrong.status, 401, "{wrong:?}");

    let whole = running.credentials.to_string();
    let said = running.end(Signal::TERM);
    assert_eq!(job.files(), ["apps.toml"]);
    // A line for each request, without a secret.
    let entries: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for entry in &entries {
        must_fit(LOG_ENTRY, entry);
    }
    let numbers: Vec<_> = entries.iter().map(|entry| &entry["number"]).collect();
    assert_eq!(numbers, [&json!(1), &json!(2), &json!(3)]);
    assert!(whole.contains(SECRET) && !said.contains(SECRET), "{said}");
    for secret in ["access_token", "control_token"] {
        assert!(!said.contains(text(&tokens, secret)) || text(&tokens, secret).is_empty());
    }
}

#[test]
fn a_person_consents_without_a_page() {
    let job = Job::new(MANIFEST);
    let running = job.start(&[]);
    for more in ["", "&prompt=none", "&prompt=consent"] {
        let sent = running.authorize(more);
        assert_eq!(sent.status, 302, "{sent:?}");
        let to = location(&sent);
        assert!(
            to.contains("callback?code=") && to.contains("state=s"),
            "{to}"
        );
    }
    let sent = running.authorize("");
    let code = location(&sent)
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let key = (
        running.secret("/apps/Shop/client_id"),
        running.secret("/apps/Shop/client_secret"),
    );
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={BACK}");
    let tokens = running
        .platform
        .post("/restapi/oauth/token", Some(key), &form);
    let me = running.platform.me(text(&tokens, "access_token"));
    assert_eq!(me.body["contact"]["email"], "ada@example.com");

    // What is wrong with the request is refused as ever.
    assert_eq!(running.authorize("&response_type=x").status, 400);
    let denied = running.control("PUT", "faults", r#"{"consent_denied":"once"}"#);
    assert_eq!(denied.status, 200, "{denied:?}");
    assert!(location(&running.authorize("")).contains("error=access_denied"));
    assert!(location(&running.authorize("")).contains("code="));
}

#[test]
fn without_consent_the_page_is_shown_and_a_flag_names_another_person() {
    let more =
        "[[people]]\nname = \"Grace\"\nemail = \"grace@example.com\"\nrole = \"audit_user\"\n";
    let job = Job::new(&format!("{MANIFEST}{more}"));
    let running = job.start(&["--consent", " Grace@Example.com"]);
    let sent = running.authorize("");
    let code = location(&sent)
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let key = (
        running.secret("/apps/Shop/client_id"),
        running.secret("/apps/Shop/client_secret"),
    );
    let form = format!("grant_type=authorization_code&code={code}&redirect_uri={BACK}");
    let tokens = running
        .platform
        .post("/restapi/oauth/token", Some(key), &form);
    let me = running.platform.me(text(&tokens, "access_token"));
    assert_eq!(text(&me, "name"), "Grace");

    let silent = Job::new(&MANIFEST.replace("serve = { consent", "# "));
    let running = silent.start(&[]);
    let page = running.authorize("");
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.text.contains("Acme Shop"), "{}", page.text);
}

#[test]
fn the_log_can_be_asserted_on() {
    let job = Job::new(MANIFEST);
    let running = job.start(&[]);
    let tokens = running.log_in();
    let bearer = format!(
        "Authorization: Bearer {}\r\n",
        text(&tokens, "access_token")
    );
    let refused = running.platform.get("/restapi/v1.0/client-info", &bearer);
    assert_eq!((refused.status, code(&refused)), (403, "CMN-401"));
    running.authorize("");

    let all = running.log("");
    let told: Vec<_> = all
        .iter()
        .map(|entry| {
            (
                entry["number"].as_u64().unwrap(),
                entry["what"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "JWT"),
            (2, "GET /restapi/v1.0/client-info"),
            (3, "code")
        ]
    );
    let second = &all[1];
    assert_eq!(second["app"], "Nightly report");
    assert_eq!(
        (&second["status"], &second["result"]),
        (&json!(403), &json!("CMN-401"))
    );
    assert_eq!(second["cause"], "scope_missing");
    assert!(second["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(running.log("?after=1").len(), 2);
    assert_eq!(running.log("?after=1&app=Nightly%20report").len(), 1);
    assert_eq!(running.log("?app=Shop").len(), 1);
    for (query, status) in [("?app=Shp", 404), ("?after=x", 400), ("?since=1", 400)] {
        assert_eq!(
            running.control("GET", &format!("log{query}"), "").status,
            status
        );
    }
    assert_eq!(running.control("DELETE", "log", "").status, 204);
    assert!(running.log("").is_empty());
    running.log_in();
    assert_eq!(running.log("")[0]["number"], 4);
}

#[test]
fn a_fault_is_switched_on_by_its_name() {
    let job = Job::new(MANIFEST);
    let running = job.start(&[]);
    let arm = |body: &str| running.control("PUT", "faults", body);
    let armed = arm(r#"{"too_many_requests":"once","unavailable":"off"}"#);
    assert_eq!(armed.body["schema"], "serve.faults/1");
    assert_eq!(armed.body["faults"]["too_many_requests"], "once");
    assert_eq!(armed.body["faults"]["slow"], "off");
    let limited = running.log_in();
    assert_eq!(limited.status, 429, "{limited:?}");
    assert!(limited.head.contains("x-devconsole-fault"), "{limited:?}");
    assert_eq!(running.log_in().status, 200);

    for (body, says) in [
        ("", "JSON object"),
        ("[]", "JSON object"),
        (r#"{"slow":true}"#, "JSON object"),
        (
            r#"{"slow":"always","too_many":"once"}"#,
            "too_many_requests",
        ),
        (r#"{"slow":"twice"}"#, "slow: Use off, once or always."),
    ] {
        let refused = arm(body);
        assert_eq!(refused.status, 400, "{body}");
        assert!(text(&refused, "message").contains(says), "{refused:?}");
    }
    // The control itself never fails, and nothing of a refused request was armed.
    arm(r#"{"unavailable":"always"}"#);
    assert_eq!(running.log_in().status, 503);
    let listed = running.control("GET", "faults", "");
    assert_eq!(listed.body["faults"]["unavailable"], "always");
    assert_eq!(listed.body["faults"]["slow"], "off");
    assert_eq!(running.control("DELETE", "faults", "").status, 204);
    assert_eq!(running.log_in().status, 200);
}

#[test]
fn the_control_is_closed_to_pages_and_to_programs_without_the_token() {
    let job = Job::new(MANIFEST);
    let running = job.start(&[]);
    let token = running.secret("/control_token").to_owned();
    let ask = |path: &str, headers: &str| running.platform.get(path, headers).status;
    for path in ["/__devconsole/log", "/__devconsole/faults"] {
        let right = format!("Authorization: Bearer {token}\r\n");
        assert_eq!(ask(path, &right), 200);
        assert_eq!(ask(path, &right.replace("Bearer", "bearer")), 200);
        for wrong in [
            String::new(),
            format!("Authorization: Bearer {token}x\r\n"),
            format!("Authorization: Bearer {}\r\n", &token[1..]),
            format!("Authorization: Basic {token}\r\n"),
            format!("{right}{right}"),
            format!("Cookie: token={token}\r\n"),
        ] {
            assert_eq!(ask(path, &wrong), 401, "{wrong}");
        }
        for origin in ["http://127.0.0.1:7777", "https://evil.example", "null"] {
            let page = format!("Origin: {origin}\r\n");
            assert_eq!(ask(path, &format!("{right}{page}")), 403, "{origin}");
            let preflight = running.platform.ask("OPTIONS", path, &page, "");
            assert_eq!(preflight.status, 403);
            assert!(!preflight.head.contains("access-control"), "{preflight:?}");
        }
        assert_eq!(
            running
                .control("POST", path.rsplit('/').next().unwrap(), "")
                .status,
            405
        );
    }
    assert!(running.log("").is_empty(), "the control is not logged");
    // A name that resolves to this machine.
    let rebound = format!(
        "GET /__devconsole/log HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    assert_eq!(running.platform.raw(&rebound).status, 421);
    // A server of a workspace has none.
    let driver = Driver::signed_up();
    assert_eq!(
        Platform::start(&driver).get("/__devconsole/log", "").status,
        404
    );
}

#[test]
fn all_that_is_wrong_with_the_file_is_said_at_once() {
    let wrong = r#"
        manifest = 1
        serve = { port = 70000, profile = "strickt", consent = "who@example.com" }
        people = [{ name = "Ada", email = "ada", role = "boss" }]
        jwts = [{ label = "ci", apps = ["Report", "Nothing"], expires = "soon" }]
        data.calls = []
        [[apps]]
        name = "Report"
        description = "Reads the call log every night and mails a report."
        access = "private"
        client = { client_id = "short", redirect_uris = ["https://ok.example.com/cb", "http://report.example.com/cb#x"] }
        serve = { client_secret_env = "NO_SUCH_VARIABLE", approved = ["EditCallLog"] }
        [[apps]]
        name = " report"
        description = "Reads the call log every night and mails a report."
        access = "private"
        client = { grant_types = ["urn:ietf:params:oauth:grant-type:jwt-bearer"], response_types = [] }
        serve = { client_secret_env = "REPORT_SECRET", approved = ["EditCallLog"] }
    "#;
    let job = Job::new(wrong);
    fs::write(job.path("ready"), "http://127.0.0.1:1\n").unwrap();
    let (code, said) = job.failure(&["--ready-file", "ready", "--credentials", "creds.json"]);
    assert_eq!(code, 1);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines,
        [
            "devconsole: data.calls: The local server has no such data yet. Remove this list.",
            "devconsole: serve.port: Enter a number up to 65535.",
            "devconsole: serve.profile: Use ringcentral or strict.",
            "devconsole: people[0].email: Enter it as name@example.com.",
            "devconsole: people[0].role: Use one of developer_admin, developer, audit_user.",
            "devconsole: people: At least one person must have the role developer_admin.",
            "devconsole: serve.consent: No person of the file has this e-mail address.",
            "devconsole: Report: client.client_id: Enter 20 to 64 letters, digits, - or _.",
            "devconsole: Report: client.redirect_uris[1]: Remove the # and everything after it. [RFC 6749 §3.1.2]",
            "devconsole: Report: serve.client_secret_env: The environment variable NO_SUCH_VARIABLE is not set.",
            "devconsole: report: serve.approved[0]: The app requests no scope of this name that requires approval.",
            "devconsole: report: name: Another app of the file has this name.",
            "devconsole: jwts[0].expires: Enter a date (2027-03-01) or 90d, 12w, 6m, 1y. Empty means never.",
            "devconsole: jwts[0].apps[1]: No app of the file has this name.",
        ]
    );
    assert_eq!(
        job.files(),
        ["apps.toml"],
        "an old ready file is removed first"
    );
    let (code, object) = job.failure(&["--json"]);
    assert_eq!(code, 1);
    let object: Value = serde_json::from_str(&object).unwrap();
    must_fit(OUTPUT, &object);
    assert_eq!(object["schema"], "error/1");
    let errors = object["errors"].as_array().unwrap();
    assert_eq!(errors.len(), said.lines().count());
    assert_eq!(
        errors[8],
        json!({
            "field": "Report: client.redirect_uris[1]",
            "message": "Remove the # and everything after it.",
            "rule": "RFC 6749 §3.1.2",
        })
    );
    assert_eq!(errors[0]["rule"], Value::Null);
}

/// An editor marks the same mistakes before the server starts.
#[test]
fn the_schema_of_the_manifest_knows_the_keys_for_the_server() {
    let read = |text: &str| {
        let table: toml::Value = toml::from_str(text).unwrap();
        serde_json::to_value(table).unwrap()
    };
    must_fit(schema::MANIFEST, &read(MANIFEST));
    let most = MANIFEST.replace(
        "serve = { consent",
        r#"serve = { port = 0, profile = "strict", limit_logins = true, log = "json", consent"#,
    );
    assert_ne!(most, MANIFEST);
    must_fit(schema::MANIFEST, &read(&most));
    for (right, wrong) in [
        ("serve = { consent", "serve = { port = 65536, consent"),
        ("serve = { consent", "serve = { port = \"80\", consent"),
        (
            "serve = { consent",
            "serve = { profile = \"strickt\", consent",
        ),
        ("serve = { consent", "serve = { log = true, consent"),
        ("serve = { consent", "serve = { consents"),
        ("role = \"developer_admin\"", "role = \"admin\""),
        ("role = \"developer_admin\"", ""),
        ("email = \"ada@example.com\"\nrole", "role"),
        ("label = \"ci\"", ""),
        ("apps = [\"Nightly report\"]", "apps = \"Nightly report\""),
        ("client_secret_env", "client_secret"),
        ("approved = [", "approve = ["),
    ] {
        let changed = MANIFEST.replacen(right, wrong, 1);
        assert_ne!(changed, MANIFEST, "{right}");
        assert!(
            misfit(schema::MANIFEST, &read(&changed)).is_some(),
            "{wrong}"
        );
    }
}

#[test]
fn a_secret_comes_from_a_variable_that_is_long_enough_or_is_made_up() {
    let job = Job::new(MANIFEST);
    for (value, says) in [
        ("", "REPORT_SECRET is not set."),
        ("nineteen-characters", "shorter than 20 characters"),
        (
            "a-secret-of-the-test-environment\n",
            "ends with a line break",
        ),
    ] {
        let output = job
            .program(&[])
            .env("REPORT_SECRET", value)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains(says), "{said}");
        assert!(value.is_empty() || !said.contains(value.trim()), "{said}");
    }
    let made_up = MANIFEST.replace("client_secret_env = \"REPORT_SECRET\", ", "");
    let secrets = [Job::new(&made_up), Job::new(&made_up)].map(|job| {
        let running = job.start(&[]);
        let secret = running
            .secret("/apps/Nightly report/client_secret")
            .to_owned();
        let jwt = running.secret("/jwts/ci/token");
        assert_eq!(running.platform.log_in((REPORT, &secret), jwt).status, 200);
        secret
    });
    assert_ne!(secrets[0], secrets[1]);
    let public = r#"
        manifest = 1
        [[apps]]
        name = "Kiosk"
        description = "Shows the waiting times in the entrance hall."
        access = "private"
        platform = "client_side_web"
        client = { redirect_uris = ["https://kiosk.example.com/cb"], token_endpoint_auth_method = "none" }
    "#;
    let running = Job::new(public).start(&[]);
    let kiosk = &running.credentials["apps"]["Kiosk"];
    assert!(kiosk.get("client_secret").is_none(), "{kiosk}");
    let people = running.credentials["people"].as_object().unwrap();
    assert_eq!(people.keys().collect::<Vec<_>>(), ["admin@example.com"]);
}

#[test]
fn what_is_not_approved_is_not_granted() {
    let pending = MANIFEST.replace(", approved = [\"EditCallLog\"]", "");
    let tokens = Job::new(&pending).start(&[]).log_in();
    assert_eq!(text(&tokens, "scope"), "ReadAccounts");
}

#[test]
fn a_file_that_is_in_the_way_stays() {
    let job = Job::new(MANIFEST);
    fs::write(job.path("notes"), "mine").unwrap();
    for flag in ["--credentials", "--ready-file"] {
        let (code, said) = job.failure(&[flag, "notes"]);
        assert_eq!(code, 1);
        assert!(
            said.starts_with(&format!("devconsole: {flag}: notes exists already")),
            "{said}"
        );
    }
    assert_eq!(fs::read(job.path("notes")).unwrap(), b"mine");
    // A file of an earlier run is replaced.
    fs::write(
        job.path("creds.json"),
        "{\"schema\":\"serve.credentials/1\"}",
    )
    .unwrap();
    job.start(&[]).end(Signal::INT);
    for more in [
        &["--consent", "ada@example.com"],
        &["--credentials", "creds.json"],
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_devconsole"));
        let output = program.arg("serve").args(more).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "only with --from");
    }
    let (code, said) = Job {
        folder: TempDir::new().unwrap(),
    }
    .failure(&[]);
    assert_eq!(code, 4, "{said}");
}

#[test]
fn a_server_of_a_workspace_ends_at_a_signal_too() {
    let driver = Driver::signed_up();
    let folder: &Path = driver.dir.path();
    for signal in [Signal::TERM, Signal::INT] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_devconsole"))
            .arg("--data-dir")
            .arg(folder)
            .args(["serve", "--port", "0", "--json", "--ready-file"])
            .arg(folder.join("ready"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        must_fit(OUTPUT, &ready);
        assert_eq!(ready["schema"], "serve.ready/1");
        assert!(
            ready["url"]
                .as_str()
                .unwrap()
                .starts_with("http://127.0.0.1:")
        );
        let since = Instant::now();
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(since.elapsed() < Duration::from_secs(1));
        assert!(!folder.join("ready").exists());
    }
}
