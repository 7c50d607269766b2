//! Plain mode: it creates the same apps as the full screen, drafts go from one to the other, and
//! only plain lines are written.

mod lines;
mod transcripts;

use crate::harness::driver::{Driver, PASSWORD};
use crate::harness::form::app;
use devconsole::screens::create_app::sections::properties;
use lines::{play, play_form};
use tempfile::TempDir;

const SIGN_UP: &[&str] = &[
    "Acme Corp",
    "Ada Lovelace",
    "ada@example.com",
    PASSWORD,
    PASSWORD,
    "{key}",
];

const CREATE: &[&str] = &["new", "{form}", "create"];

fn in_full_screen(dir: TempDir) -> Driver {
    let mut driver = Driver::on(dir);
    driver.sign_in();
    driver
}

/// A folder with a workspace and its first developer.
fn signed_up() -> TempDir {
    let dir = TempDir::new().unwrap();
    let done = play(&dir, SIGN_UP);
    assert_eq!(done.result, Ok(0), "{}", done.text());
    dir
}

/// The same with an app of each form.
fn with_app() -> TempDir {
    let dir = signed_up();
    let done = play(&dir, &with_sign_in(CREATE));
    assert!(done.has("App: Night export"), "{}", done.text());
    dir
}

fn with_sign_in(answers: &[&'static str]) -> Vec<&'static str> {
    [&[PASSWORD], answers].concat()
}

#[test]
fn signs_up_creates_an_app_and_copies_its_secret() {
    let dir = TempDir::new().unwrap();
    let answers = [SIGN_UP, CREATE, &["copy secret", "reveal", "spell"]].concat();
    let done = play(&dir, &answers);
    assert_eq!(done.result, Ok(0), "{}", done.text());
    assert_eq!(done.script.hidden.len(), 2, "{:?}", done.script.hidden);
    assert!(
        done.has("App: Night export, REST API App, active."),
        "{}",
        done.text()
    );
    let mut lines = done.script.output.iter();
    let revealed = lines.rfind(|line| line.starts_with("Client Secret: "));
    assert!(revealed.is_some_and(|line| line.contains(", ")), "spelled");
    let revealed = lines
        .rfind(|line| line.starts_with("Client Secret: "))
        .unwrap();
    let secret = revealed.trim_start_matches("Client Secret: ");
    assert_eq!(secret.len(), 44, "{revealed}");
    assert_eq!(done.memory.held(), None, "leaving clears what was copied");
    assert!(done.has(" in 45 seconds."), "{}", done.text());
}

#[test]
fn the_same_answers_make_the_same_app_in_the_full_screen() {
    let dir = with_app();
    let mut driver = in_full_screen(dir);
    driver.press("<enter>");
    let by_line = driver.app().spec.clone();
    driver.press("<esc>");
    driver.register(app("Night export").jwt());
    let by_screen = driver.app().spec.clone();
    assert_eq!(
        serde_json::to_string_pretty(&by_line).unwrap(),
        serde_json::to_string_pretty(&by_screen).unwrap()
    );
}

#[test]
fn a_wrong_answer_is_asked_again_until_it_is_right_or_skipped() {
    let dir = signed_up();
    let done = play_form(
        &dir,
        &with_sign_in(&["new", "{form}"]),
        &[
            ("What type of app", &["9", "x", "REST API App"]),
            ("App Name", &["", "Sync"]),
            ("App Description", &["Too short", "Too short", ""]),
            ("Do you intend", &["maybe", "no"]),
        ],
    );
    let asked = |question: &str| {
        let all = done.script.output.iter();
        all.filter(|line| line.starts_with(question) && line.contains("uestion "))
            .count()
    };
    let text = done.text();
    assert_eq!(asked("What type of app"), 3, "{text}");
    assert_eq!(asked("App Name"), 2, "{text}");
    assert_eq!(asked("App Description"), 4, "{text}");
    assert_eq!(asked("Do you intend"), 2, "{text}");
    assert!(text.contains("App Name: Sync"), "{text}");
    assert!(text.contains("Skipped. "), "{text}");
    assert!(!text.contains("Error: App Name: Too"), "{text}");
}

#[test]
fn going_back_is_never_refused_and_errors_stop_only_create() {
    let dir = signed_up();
    let done = play(
        &dir,
        &with_sign_in(&["new", "1", "Kept", "short", "<", "<", "<", "list"]),
    );
    assert!(done.has("1. Draft: Kept"), "{}", done.text());
}

#[test]
fn a_draft_goes_from_lines_to_the_full_screen_and_back() {
    let dir = signed_up();
    let half_done = &[("App Name", &["Half done"] as &[_])];
    play_form(&dir, &with_sign_in(&["new", "{form}"]), half_done);
    let mut driver = in_full_screen(dir);
    driver.press("<enter>");
    driver.answer(
        properties::DESCRIPTION,
        "Made in two ways, one after the other.",
    );
    driver.advance_ms(500);
    let Driver { dir, .. } = driver;
    let done = play(&dir, &with_sign_in(&["1"]));
    let text = done.text();
    assert!(text.contains("1. Draft: Half done"), "{text}");
    assert!(
        text.contains("Enter keeps Made in two ways, one after the other"),
        "{text}"
    );
}

#[test]
fn rows_scopes_and_reasons_are_asked_one_by_one() {
    let dir = signed_up();
    let done = play_form(
        &dir,
        &with_sign_in(CREATE),
        &[
            ("What type of app", &["REST API App"]),
            ("App Name", &["Web sync"]),
            ("App Description", &["Copies orders to the call log."]),
            ("Do you intend to promote", &["Yes"]),
            ("From what type of app", &["server"]),
            (
                "OAuth Redirect URI",
                &[
                    "http://example.com/cb",
                    "https://example.com/two",
                    "1 = https://example.com/cb",
                    "https://example.com/three",
                    "- 3",
                    "- 9",
                    "",
                ],
            ),
            (
                "Application Scopes",
                &[
                    "sms",
                    "zzzz",
                    "EditAccounts",
                    "edit accounts",
                    "EditAccounts",
                    "",
                ],
            ),
            (
                "Justification",
                &["?", "short", "Provisions the export accounts each night."],
            ),
            ("Who will be authorized", &["Private"]),
        ],
    );
    let text = done.text();
    for line in [
        "Added row 1, http://example.com/cb.",
        "Error: OAuth Redirect URI, row 1, \"http://example.com/cb\": ",
        "Replaced http://example.com/cb by https://example.com/cb.",
        "Removed https://example.com/three.",
        "Error: There is no row 9. The rows are 1 to 2.",
        "Error: Nothing matches.",
        "Added Edit Accounts (requires approval).",
        "Removed Edit Accounts (requires approval).",
        "Error: Edit Accounts: ",
        "App: Web sync, REST API App, active.",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn text_from_the_database_is_never_written_raw() {
    let dir = with_app();
    let db = rusqlite::Connection::open(dir.path().join("workspace.db")).unwrap();
    db.execute(
        "UPDATE apps SET name = ?1",
        ["\u{1b}]0;evil\u{7}\u{9b}31m\u{202e}name"],
    )
    .unwrap();
    drop(db);
    // `play` checks every line.
    let done = play(&dir, &with_sign_in(&["1", "<", "1"]));
    assert!(done.has("name, REST API"), "{}", done.text());
}

#[test]
fn a_wrong_password_is_reported_and_the_lock_asks_again() {
    let dir = signed_up();
    let done = play(
        &dir,
        &[
            "not the password",
            PASSWORD,
            "lock",
            "wrong",
            PASSWORD,
            "where",
            "quit",
        ],
    );
    let text = done.text();
    assert!(
        text.contains("Error: E-mail and password do not match."),
        "{text}"
    );
    assert!(
        text.contains("Locked. Password for ada@example.com"),
        "{text}"
    );
    assert!(text.contains("Unlocked."), "{text}");
    assert_eq!(done.result, Ok(0));
    assert_eq!(done.script.hidden.len(), 4, "{text}");
}

#[test]
fn a_typed_link_of_ringcentral_opens_the_form_with_its_answers() {
    let dir = signed_up();
    let link = "https://developers.ringcentral.com/new-app?name=Order+bell&desc=Rings+a+bell+for+every+new+order.&public=false&permissions=ReadAccounts";
    let done = play(&dir, &with_sign_in(&[link]));
    assert!(done.has("Order bell"), "{}", done.text());
    let form = in_full_screen(dir);
    assert!(form.shows("Order bell"), "{}", form.text());
}
