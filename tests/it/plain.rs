//! Plain mode: it creates the same apps as the full screen, drafts go from one
//! to the other, and only plain lines are written.

mod lines {
    use std::{collections::VecDeque, time::Duration};

    use devconsole::{
        cli::plain::{
            Plain,
            dialog::{Dialog, LineEvent, shown},
        },
        clipboard::{Clipboard, Memory},
        console::Console,
        desk::Settings,
        runtime::worker::Worker,
        store::{Stage, Workspace},
        vault::KdfCost,
    };
    use tempfile::TempDir;
    use zeroize::Zeroizing;

    /// Answers from a script. `{key}` is the last group of the recovery key; `{form}` answers the
    /// create-app form by the labels of its fields, and Enter where a field has no answer there.
    #[derive(Default)]
    pub struct Script {
        answers: VecDeque<String>,
        form: Vec<(&'static str, VecDeque<&'static str>)>,
        pub output: Vec<String>,
        /// The questions asked without echo.
        pub hidden: Vec<String>,
        asked: bool,
    }

    impl Dialog for Script {
        fn say(&mut self, line: &str) {
            self.output.push(shown(line, false));
        }

        fn ask(&mut self, question: &str, is_secret: bool) {
            self.output.push(shown(question, false));
            if is_secret {
                self.hidden.push(question.to_owned());
            }
            self.asked = true;
        }

        fn wait(&mut self, _: Option<Duration>) -> LineEvent {
            assert!(std::mem::take(&mut self.asked), "waits without a question");
            if self
                .answers
                .front()
                .is_some_and(|answer| answer == "{form}")
            {
                if let Some(answer) = self.form_answer() {
                    return LineEvent::Line(Zeroizing::new(answer));
                }
                self.answers.pop_front();
            }
            let Some(answer) = self.answers.pop_front() else {
                return LineEvent::End;
            };
            let answer = if answer == "{key}" {
                let groups = self.output.iter().rev().find(|line| line.contains(" - "));
                let groups = groups.expect("a recovery key");
                groups.rsplit(" - ").next().expect("a group").to_owned()
            } else {
                answer
            };
            LineEvent::Line(Zeroizing::new(answer))
        }

        fn send(&mut self, _: &[u8]) {}
    }

    impl Script {
        /// The answer to what was just asked; `None` at the end of the form.
        fn form_answer(&mut self) -> Option<String> {
            let question = self.output.last()?;
            if question.starts_with("create, ") {
                return None;
            }
            let mut lines = self.output.iter().rev().skip(1);
            // A choice is a label, its numbered options, and the question for a number.
            let numbered = |line: &&String| line.starts_with(|c: char| c.is_ascii_digit());
            let options: Vec<&String> = lines.by_ref().take_while(numbered).collect();
            let asked = if question == "Number:" {
                self.output.iter().rev().nth(options.len() + 1)?
            } else {
                question
            };
            let known = self
                .form
                .iter_mut()
                .find(|(label, _)| asked.starts_with(label));
            let answer = known.and_then(|(_, answers)| answers.pop_front());
            let answer = answer.unwrap_or_default();
            let number = options
                .iter()
                .filter_map(|line| line.split_once(". "))
                .find(|(_, label)| !answer.is_empty() && label.starts_with(answer))
                .map(|(number, _)| number);
            Some(number.unwrap_or(answer).to_owned())
        }
    }

    pub struct Done {
        pub script: Script,
        pub memory: Memory,
        pub result: Result<u8, String>,
    }

    impl Done {
        pub fn text(&self) -> String {
            self.script.output.join("\n")
        }
    }

    /// What a field is called in a question, and its answers one after the other.
    pub type Form = &'static [(&'static str, &'static [&'static str])];

    /// A private REST API app with JWT and no scopes.
    pub const EXPORT: Form = &[
        ("What type of app", &["REST API App"]),
        ("App Name", &["Night export"]),
        ("App Description", &["Exports the call log at night."]),
        ("Do you intend to promote", &["Yes"]),
        ("Authentication method", &["JWT auth flow"]),
        ("Who will be authorized", &["Private"]),
    ];

    /// Plays the answers, a line each, until they end.
    pub fn play(dir: &TempDir, answers: &[&str]) -> Done {
        play_form(dir, answers, EXPORT)
    }

    /// The same with another form than [`EXPORT`].
    pub fn play_form(dir: &TempDir, answers: &[&str], form: Form) -> Done {
        let workspace = Workspace::open(dir.path(), KdfCost::TRIVIAL)
            .unwrap()
            .workspace;
        let organization = match workspace.stage().unwrap() {
            Stage::Empty => None,
            Stage::Ready {
                organization,
                last_email,
            } => Some((organization, last_email)),
        };
        let (clipboard, memory) = Clipboard::memory();
        let console = Console::new(organization, (80, 24), Settings::default());
        let mut script = Script {
            answers: answers.iter().map(|line| (*line).to_owned()).collect(),
            form: form
                .iter()
                .map(|(label, answers)| (*label, answers.iter().copied().collect()))
                .collect(),
            ..Script::default()
        };
        let result = Plain::new(console, Worker::new(workspace, clipboard), &mut script).run();
        for line in &script.output {
            assert!(
                line.chars().all(|c| (' '..='~').contains(&c)),
                "only plain text: {line:?}"
            );
        }
        Done {
            script,
            memory,
            result,
        }
    }
}

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

const CREATE: &[&str] = &["n", "{form}", "create"];

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

fn with_sign_in(answers: &[&'static str]) -> Vec<&'static str> {
    [&[PASSWORD], answers].concat()
}

#[test]
fn signs_up_creates_an_app_and_copies_its_secret() {
    let dir = TempDir::new().unwrap();
    let answers = [SIGN_UP, CREATE, &["s", "r"]].concat();
    let done = play(&dir, &answers);
    assert_eq!(done.result, Ok(0), "{}", done.text());
    assert_eq!(done.script.hidden, ["Password:", "Password again:"]);
    assert!(done.text().contains("App: Night export, active"));
    let shown = done
        .script
        .output
        .iter()
        .rfind(|line| line.contains("Client Secret  "))
        .unwrap();
    let secret = shown.split_whitespace().last().unwrap();
    assert_eq!(secret.len(), 44, "{shown}");
    assert_eq!(done.memory.held(), None, "leaving clears what was copied");
    assert!(done.text().contains("Client Secret: "), "{}", done.text());
}

#[test]
fn the_same_answers_make_the_same_app_in_the_full_screen() {
    let dir = signed_up();
    let done = play(&dir, &with_sign_in(CREATE));
    assert!(done.text().contains("App: Night export"), "{}", done.text());
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
fn an_error_is_shown_at_once_and_the_question_repeated() {
    let dir = TempDir::new().unwrap();
    let done = play_form(
        &dir,
        &[
            "Acme Corp",
            "Ada Lovelace",
            "ada@",
            "ada@example.com",
            "password1234",
            PASSWORD,
            "another",
            PASSWORD,
            "{key}",
            "n",
            "{form}",
        ],
        &[
            ("What type of app", &["9", "x", "REST API App"]),
            ("App Name", &["Sync"]),
            (
                "App Description",
                &["Too short", "Copies orders to the call log."],
            ),
        ],
    );
    let text = done.text();
    let asked = |question: &str| {
        let is_it = |line: &&String| line.starts_with(question) && line.ends_with(':');
        done.script.output.iter().filter(is_it).count()
    };
    assert_eq!(asked("E-mail"), 2, "{text}");
    assert_eq!(asked("Password:"), 2, "{text}");
    assert_eq!(asked("Password again:"), 2, "{text}");
    assert!(
        text.contains("Error: Type the same password again."),
        "{text}"
    );
    assert!(text.contains("Type a number from 1 to 3."), "{text}");
    assert_eq!(asked("App Description"), 2, "{text}");
    assert!(text.contains("Error: Type at least"), "{text}");
}

#[test]
fn going_back_is_never_refused_and_errors_stop_only_create() {
    let dir = signed_up();
    let done = play(
        &dir,
        &with_sign_in(&[
            "n", "1", "", "<", "<", "1", "Kept", "short", "", "", "", "<", "<", "<", "<", "<", "<",
        ]),
    );
    assert!(done.text().contains("1. Draft: Kept"), "{}", done.text());
}

#[test]
fn a_draft_goes_from_lines_to_the_full_screen_and_back() {
    let dir = signed_up();
    let half_done = &[("App Name", &["Half done"] as &[_])];
    play_form(&dir, &with_sign_in(&["n", "{form}"]), half_done);
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
        text.contains("App Description [Made in two ways, one after the other.]:"),
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
            ("From what type of app", &["Server-side web app"]),
            (
                "OAuth Redirect URI",
                &[
                    "http://example.com/cb",
                    "-",
                    "https://example.com/cb",
                    "https://example.com/two",
                ],
            ),
            ("Application Scopes", &["sms", "zzzz", "EditAccounts"]),
            (
                "Justification",
                &["?", "Provisions the export accounts each night."],
            ),
            ("Who will be authorized", &["Private"]),
        ],
    );
    let text = done.text();
    assert!(text.contains("Nothing matches."), "{text}");
    assert!(text.contains("App: Web sync, active"), "{text}");
    assert!(text.contains("https://example.com/two"), "{text}");
    assert!(!text.contains("http://example.com/cb;"), "{text}");
}

#[test]
fn text_from_the_database_is_never_written_raw() {
    let dir = signed_up();
    play(&dir, &with_sign_in(CREATE));
    let db = rusqlite::Connection::open(dir.path().join("workspace.db")).unwrap();
    db.execute(
        "UPDATE apps SET name = ?1",
        ["\u{1b}]0;evil\u{7}\u{9b}31m\u{202e}name"],
    )
    .unwrap();
    drop(db);
    // `play` checks every line.
    let done = play(&dir, &with_sign_in(&["1"]));
    assert!(done.text().contains("name, REST API"), "{}", done.text());
}

#[test]
fn a_wrong_password_is_reported_and_the_lock_asks_again() {
    let dir = signed_up();
    let done = play(
        &dir,
        &["not the password", PASSWORD, "l", "wrong", PASSWORD, "q"],
    );
    let text = done.text();
    assert!(
        text.contains("Error: E-mail and password do not match."),
        "{text}"
    );
    assert!(text.contains("Locked. Ada Lovelace"), "{text}");
    assert_eq!(done.result, Ok(0));
    assert_eq!(done.script.hidden.len(), 4, "{text}");
}
