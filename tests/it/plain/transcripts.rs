//! Whole dialogs: questions, answers and output.

use super::{
    CREATE, SIGN_UP,
    lines::{Done, play, play_as, play_form},
    signed_up, with_app, with_sign_in,
};
use crate::harness::driver::PASSWORD;
use devconsole::desk::Settings;
use tempfile::TempDir;

macro_rules! transcript {
    ($name:ident, $done:expr) => {
        #[test]
        fn $name() {
            let done: Done = $done;
            insta::with_settings!({ snapshot_path => "../../snapshots/plain", prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(stringify!($name), done.transcript());
            });
        }
    };
}

const NEW_PASSWORD: &str = "seven purple lanterns drift";

transcript!(sign_up, {
    let dir = TempDir::new().unwrap();
    play(
        &dir,
        &[
            "",
            "Acme Corp",
            "?",
            "Ada Lovelace",
            "ada@",
            "where",
            "ada@example.com",
            "password1234",
            PASSWORD,
            "another",
            PASSWORD,
            "",
            "?",
            "again",
            "AAAAA",
            "{key}",
            "where",
            "quit",
        ],
    )
});

transcript!(create_app_with_errors, {
    let dir = signed_up();
    play_form(
        &dir,
        &with_sign_in(&[
            "new",
            "{form}",
            "create",
            "where",
            "A web app that syncs.",
            "",
            "https://portal.example.com/cb",
            "",
            "private",
            "?",
            "create",
            "quit",
        ]),
        &[
            ("What type of app", &["?", "rest"]),
            ("App Name", &["Portal"]),
            ("App Description", &["Short", ">"]),
            ("Primary Contact", &["gra", ""]),
            ("Do you intend", &["no"]),
            ("From what type", &["server"]),
            ("OAuth Redirect URI", &["portal"]),
            (
                "Application Scopes",
                &["read", "2", "more", "1", "again", ""],
            ),
        ],
    )
});

transcript!(list_with_filter_and_pages, {
    let dir = signed_up();
    let names: Vec<String> = (1..=17).map(|nth| format!("Desk {nth:02}")).collect();
    let mut answers = vec![PASSWORD];
    for name in &names {
        answers.extend([
            "new",
            "1",
            name,
            "Syncs the desks every night.",
            "",
            "no",
            "",
            "",
            "",
            "2",
            "",
            "",
            "private",
            "",
            "create",
            "<",
        ]);
    }
    play(&dir, &answers);
    play(
        &dir,
        &with_sign_in(&[
            "?",
            "more",
            "more",
            "previous",
            "17",
            "<",
            "where",
            "/desk 03",
            "/reykjavik",
            "<",
            "tag 2",
            "billing",
            "/tag:billing",
            "details 1",
            "mark 1",
            "suspend",
            "yes",
            "/",
            "delete 1",
            "maybe",
            "yes",
            "undo",
            "rotat",
            "open 99",
            "open",
            "xyz",
            "list",
        ]),
    )
});

transcript!(app_page, {
    let dir = with_app();
    play(
        &dir,
        &with_sign_in(&[
            "1",
            "?",
            "settings",
            "credentials",
            "copy id",
            "copy 3",
            "history",
            "overview",
            "tag",
            "night sync",
            "suspend",
            "yes",
            "suspend",
            "no",
            "resume",
            "yes",
            "delete",
            "yes",
            "/is:deleted",
            "1",
            "restore",
            "where",
            "delete",
            "yes",
            "1",
            "purge",
            "night",
            "night export",
        ]),
    )
});

transcript!(edit, {
    let dir = with_app();
    play(
        &dir,
        &with_sign_in(&[
            "1",
            "edit",
            "?",
            "save",
            "to app name",
            "Day export",
            "to type",
            "2",
            ">",
            "changes",
            "save",
            "where",
        ]),
    )
});

transcript!(rotate, {
    let dir = with_app();
    play(
        &dir,
        &with_sign_in(&[
            "1", "rotate", "many", "24", "rotate", "finish", "no", "cancel", "yes", "R", "",
            "finish", "yes", "quit",
        ]),
    )
});

transcript!(jwt, {
    let dir = with_app();
    play(
        &dir,
        &with_sign_in(&[
            "1",
            "jwt",
            "",
            "Night export, server 3",
            "",
            "",
            "yesterday",
            "90d",
            "list",
            "copy 1",
            "details 1",
            "apps 1",
            "1",
            "",
            "revoke 1",
            "yes",
            "<",
            "quit",
        ]),
    )
});

transcript!(approvals, {
    let dir = signed_up();
    play_form(
        &dir,
        &with_sign_in(&[
            "new",
            "{form}",
            "create",
            "<",
            "approvals",
            "?",
            "approve 1",
            "approve",
            "yes",
            "list",
            "<",
        ]),
        &[
            ("What type of app", &["rest"]),
            ("App Name", &["Provisioner"]),
            ("App Description", &["Provisions accounts at night."]),
            ("Do you intend", &["no"]),
            ("Authentication method", &["jwt"]),
            ("Application Scopes", &["EditAccounts", ""]),
            (
                "Justification",
                &["Provisions the export accounts each night."],
            ),
            ("Who will be authorized", &["private"]),
        ],
    )
});

transcript!(people, {
    let dir = signed_up();
    play(
        &dir,
        &with_sign_in(&[
            "people",
            "?",
            "add",
            "Grace Hopper",
            "grace@example.com",
            "dev",
            "2",
            "copy",
            "done",
            "list",
            "role 2",
            "boss",
            "1",
            "disable 2",
            "yes",
            "enable 2",
            "yes",
            "reset 2",
            "yes",
            "done",
            "secrets 2",
            "<",
            "details 2",
            "jwt 2",
            "<",
            "remove 2",
            "no",
            "password",
            PASSWORD,
            "no",
            NEW_PASSWORD,
            NEW_PASSWORD,
            "quit",
        ]),
    )
});

transcript!(history, {
    let dir = with_app();
    play(
        &dir,
        &with_sign_in(&[
            "history",
            "?",
            "verify",
            "/created",
            "details 1",
            "open 1",
            "<",
            "history",
            "<",
        ]),
    )
});

transcript!(recovery_key, {
    let dir = signed_up();
    play(
        &dir,
        &with_sign_in(&[
            "people",
            "recovery key",
            "",
            "wrong",
            "recovery key",
            PASSWORD,
            "?",
            "<",
            "again",
            "{key}",
            "where",
        ]),
    )
});

transcript!(first_sign_in, {
    let dir = signed_up();
    let added = play(
        &dir,
        &with_sign_in(&[
            "people",
            "add",
            "Grace Hopper",
            "grace@example.com",
            "audit",
            "quit",
        ]),
    );
    let mut lines = added.script.output.iter().rev();
    lines.find(|line| line.starts_with("Spelled: "));
    let first = lines.next().unwrap().clone();
    play(
        &dir,
        &[
            "<",
            "grace@example.com",
            &first,
            "?",
            "<",
            "no",
            NEW_PASSWORD,
            NEW_PASSWORD,
            "{key}",
            "new",
            "?",
            "people",
            "add",
            "quit",
        ],
    )
});

transcript!(local_server, {
    let dir = with_app();
    play(
        &dir,
        &with_sign_in(&[
            "server", "?", "faults", "switch 2", "switch 2", "switch 2", "<", "explain", "OAU-109",
            "<", "port", "80", "18080", "<",
        ]),
    )
});

transcript!(brief, {
    let dir = with_app();
    let answers = with_sign_in(&["1", "<", "new", "1", "Short", ">", "review", "<", "list"]);
    play_as(&dir, &answers, &[], Settings::default(), true)
});

#[test]
fn changes_that_were_left_are_resumed_or_discarded() {
    let dir = with_app();
    let edit = ["1", "edit", "to app name", "Day export", "quit"];
    play(&dir, &with_sign_in(&edit));
    let asked = play(
        &dir,
        &with_sign_in(&["2", "edit", "perhaps", "resume", "quit"]),
    );
    for line in [
        "last edited just now: App Name. Start anew to discard them. resume, anew or back: perhaps",
        "Error: Type resume, anew or back.",
        "App Name: was Night export, now Day export",
    ] {
        assert!(asked.text().contains(line), "{line}\n{}", asked.text());
    }
    let anew = play(
        &dir,
        &with_sign_in(&["2", "edit", "anew", "back", "back", "again", "quit"]),
    );
    assert!(
        anew.text().contains("\n1. Night export, REST API App\n"),
        "{}",
        anew.text()
    );
}

/// Another program saves the app while it is being edited.
#[test]
fn of_two_versions_one_is_chosen() {
    let dir = with_app();
    let edit = ["1", "edit", "to app name", "Day export", "quit"];
    play(&dir, &with_sign_in(&edit));
    let db = rusqlite::Connection::open(dir.path().join(devconsole::store::FILE_NAME)).unwrap();
    db.execute(
        "UPDATE apps SET version = version + 1,
         spec = json_set(spec, '$.properties.name', 'Noon export')",
        [],
    )
    .unwrap();
    let done = play(
        &dir,
        &with_sign_in(&[
            "1", "review", "save", "?", "switch 1", "switch 1", "save", "save", "quit",
        ]),
    );
    for line in [
        "1. App Name: yours Day export, theirs Noon export. Keeps yours.",
        "1. App Name: yours Day export, theirs Noon export. Keeps theirs.",
        "App Name: was Noon export, now Day export",
        "Review: save\nSaved.",
    ] {
        assert!(done.has(line), "{line}\n{}", done.text());
    }
}

/// From nothing to a token of the local server.
#[test]
fn a_trial_says_one_line_a_step() {
    let dir = TempDir::new().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let server = [
        "jwt", "Night", "", "", "", "<", "server", "port", &port, "<",
    ];
    let trial = ["try", "where", "<", "server", "stop", "quit"];
    let done = play(&dir, &[SIGN_UP, CREATE, &server, &trial].concat());
    for line in [
        "Try it: Night export.",
        "JWT credential: ok. \"Night\".",
        "Exchange the JWT for tokens: ok, ",
        "Try it, finished. ",
    ] {
        assert!(done.has(line), "{line}\n{}", done.text());
    }
}

#[test]
fn a_locked_console_says_so_and_takes_no_answer() {
    let dir = with_app();
    let settings = Settings {
        lock_after_ms: 0,
        ..Settings::default()
    };
    let done = play_as(&dir, &[PASSWORD, "1"], &[], settings, false);
    assert!(done.has("Locked after"), "{}", done.text());
    assert!(!done.has("App: Night export"), "{}", done.text());
}

/// `INSTA_UPDATE=always` writes it again, like the snapshots.
#[test]
fn the_document_shows_a_real_dialog() {
    let dir = TempDir::new().unwrap();
    let create = [
        "new",
        "rest",
        "Night export",
        "Too short",
        "Exports the call log at night.",
        "",
        "no",
        "",
        "",
        "",
        "jwt",
        "",
        "read accounts",
        "",
        "private",
        "",
        "create",
    ];
    let jwt = [
        "jwt",
        "Night export, server 3",
        "",
        "",
        "90d",
        "copy 1",
        "quit",
    ];
    let done = play(&dir, &[SIGN_UP, &create, &jwt].concat());
    let transcript = done.transcript();
    let lines: Vec<&str> = transcript.lines().map(str::trim_end).collect();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/PLAIN.md");
    let document = std::fs::read_to_string(file).unwrap();
    let (before, _) = document.split_once("```text\n").unwrap();
    let wanted = format!("{before}```text\n{}\n```\n", lines.join("\n"));
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(file, &wanted).unwrap();
    }
    assert!(
        document == wanted || std::fs::read_to_string(file).unwrap() == wanted,
        "{wanted}"
    );
}
