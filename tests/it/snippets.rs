//! The snippets of a first call for an app, run unchanged, with a stub for each program that they
//! start.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    process::{Command, Stdio},
};

use devconsole::domain::{
    app::AuthMethod,
    export::snippet::{Language, snippet},
};
use tempfile::TempDir;

use crate::harness::local_server::{Office, Registered};

const SECRET: &str = r#"s3cret"\of-the-app"#;
const JWT: &str = "s3cret.jwt.of-a-developer";
const CODE: &str = "s3cret-code";
const TOKEN: &str = "s3cret-token";

/// Notes the arguments and the input, then does what the program does.
fn stub(folder: &TempDir, name: &str, does: &str) {
    let path = folder.path().join(name);
    let text = format!(
        "#!/bin/sh\nfor one in \"$0\" \"$@\"; do printf '%s\\n' \"$one\" >> argv; done\n{does}\n"
    );
    fs::write(&path, text).expect("a stub");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
}

#[test]
fn without_an_answer_it_says_what_starts_the_local_server() {
    let app = Office::new().app(AuthMethod::Jwt, &["ReadAccounts"]);
    let folder = TempDir::new().expect("a folder");
    stub(
        &folder,
        "curl",
        "echo 'curl: (7) Failed to connect'; exit 7",
    );
    let script = snippet(&app.app, Language::Curl).expect("a snippet");
    fs::write(folder.path().join("first_call.sh"), script).expect("a file");
    let start = " In devconsole press b, then s. Or run: devconsole serve --port 8228";
    for (server, start) in [
        ("http://127.0.0.1:8228", start),
        ("https://platform.ringcentral.com", ""),
    ] {
        let env = format!("RC_SERVER_URL={server}\nRC_APP_CLIENT_ID=x\nRC_USER_JWT={JWT}\n");
        fs::write(folder.path().join(".env"), env).expect("a file");
        let path = std::env::var("PATH").unwrap_or_default();
        let done = Command::new("sh")
            .arg("first_call.sh")
            .env("PATH", format!("{}:{path}", folder.path().display()))
            .current_dir(folder.path())
            .output()
            .expect("a shell");
        assert!(!done.status.success());
        assert_eq!(
            String::from_utf8_lossy(&done.stderr),
            format!("No answer from {server}.{start}\ncurl: (7) Failed to connect\n")
        );
    }
}

/// All arguments, and what curl read.
fn run(app: &Registered, has_secret: bool) -> (String, String) {
    let folder = TempDir::new().expect("a folder");
    let answer = format!("cat >> input; printf '%s\\n200' '{{\"access_token\": \"{TOKEN}\"}}'");
    stub(&folder, "curl", &answer);
    stub(
        &folder,
        "openssl",
        "cat > /dev/null < /dev/null; echo s3cret-verifier",
    );
    for name in ["sed", "tr"] {
        let real = ["/bin", "/usr/bin"].map(|at| format!("{at}/{name}"));
        let real = real.iter().find(|path| fs::exists(path).is_ok_and(|is| is));
        stub(
            &folder,
            name,
            &format!("exec {} \"$@\"", real.expect("a tool")),
        );
    }
    let secret = if has_secret {
        format!("RC_APP_CLIENT_SECRET='{SECRET}'\n")
    } else {
        String::new()
    };
    let env = format!(
        "RC_SERVER_URL=http://127.0.0.1:9\nRC_APP_CLIENT_ID={}\n{secret}RC_USER_JWT={JWT}\nRC_REDIRECT_URL=http://127.0.0.1:7777/cb\n",
        app.id()
    );
    fs::write(folder.path().join(".env"), env).expect("a file");
    let script = snippet(&app.app, Language::Curl).expect("a snippet");
    fs::write(folder.path().join("first_call.sh"), script).expect("a file");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut child = Command::new("sh")
        .arg("first_call.sh")
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut input = child.stdin.take().expect("its input");
    let _ = writeln!(input, "{CODE}");
    drop(input);
    let done = child.wait_with_output().expect("its end");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success() && said.contains(TOKEN), "{said}");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    (read("argv"), read("input"))
}

#[test]
fn no_program_gets_a_secret_as_an_argument() {
    let mut office = Office::new();
    let robot = office.app(AuthMethod::Jwt, &["ReadAccounts"]);
    let (shop, page) = (office.shop(), office.page());
    let user = format!(r#"user = "{}:s3cret\"\\of-the-app""#, robot.id());
    for (app, has_secret, sent) in [
        (&robot, true, vec![user.as_str(), JWT]),
        (
            &shop,
            true,
            vec![r#":s3cret\"\\of-the-app""#, CODE, "s3cret-verifier"],
        ),
        (&page, false, vec![CODE, "s3cret-verifier"]),
    ] {
        let (arguments, input) = run(app, has_secret);
        assert!(!arguments.contains("s3cret"), "{arguments}");
        assert!(arguments.contains("/restapi/oauth/token"), "{arguments}");
        for secret in sent.into_iter().chain([TOKEN]) {
            assert!(input.contains(secret), "{secret} in {input}");
        }
        assert_eq!(input.contains("user = "), has_secret, "{input}");
    }
}
