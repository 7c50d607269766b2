//! Plays a dialog in plain mode from a script, and keeps the transcript.

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

/// Answers from a script. `{key}` is the last group of the recovery key, `{password}` the first
/// password that was read out; `{form}` answers the create-app form by the labels of its fields,
/// and skips a field without an answer there.
#[derive(Default)]
pub struct Script {
    answers: VecDeque<String>,
    form: Vec<(&'static str, VecDeque<&'static str>)>,
    /// The printed lines; an answer stands behind its prompt.
    pub output: Vec<String>,
    /// The questions asked without echo.
    pub hidden: Vec<String>,
    asked: bool,
}

impl Dialog for Script {
    fn say(&mut self, line: &str) {
        is_heard(line);
        self.output.push(shown(line, false));
    }

    fn ask(&mut self, question: &str, is_secret: bool) {
        is_heard(question);
        self.output.push(shown(question, false));
        if is_secret {
            self.hidden.push(question.to_owned());
        }
        self.asked = true;
    }

    fn wait(&mut self, _: Option<Duration>) -> LineEvent {
        assert!(std::mem::take(&mut self.asked), "waits without a question");
        let Some(answer) = self.answer() else {
            return LineEvent::End;
        };
        if let Some(prompt) = self.output.last_mut() {
            let is_hidden = self.hidden.last().is_some_and(|hidden| hidden == prompt);
            prompt.push(' ');
            prompt.push_str(if is_hidden { "***" } else { &answer });
        }
        LineEvent::Line(Zeroizing::new(answer))
    }

    fn pause(&mut self, time: Duration) -> LineEvent {
        std::thread::sleep(time.min(Duration::from_millis(5)));
        LineEvent::Woke
    }

    fn interrupt(&mut self) {}

    fn send(&mut self, _: &[u8]) {}
}

impl Script {
    fn answer(&mut self) -> Option<String> {
        let form = self.answers.front().is_some_and(|one| one == "{form}");
        if form {
            if let Some(answer) = self.form_answer() {
                return Some(answer);
            }
            self.answers.pop_front();
        }
        let answer = self.answers.pop_front()?;
        Some(match answer.as_str() {
            "{key}" => {
                let mut lines = self.output.iter().rev();
                let group = lines
                    .find(|line| line.starts_with("Group "))
                    .expect("a key");
                let (_, group) = group.split_once(": ").expect("a group");
                group.replace(' ', "")
            }
            "{password}" => {
                let mut lines = self.output.iter().rev();
                lines
                    .find(|line| line.starts_with("Spelled: "))
                    .expect("a password");
                lines.next().expect("a password").clone()
            }
            _ => answer,
        })
    }

    /// The answer to the last question; `None` at the end of the form.
    fn form_answer(&mut self) -> Option<String> {
        let question = self.output.last()?.clone();
        if question.starts_with("Review") {
            return None;
        }
        let asked =
            |label: &str| question.starts_with(label) || question.contains(&format!(", {label},"));
        let known = self.form.iter_mut().find(|(label, _)| asked(label));
        let answer = known.and_then(|(_, answers)| answers.pop_front());
        Some(answer.unwrap_or(">").to_owned())
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

    pub fn has(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The transcript without dates, identifiers and secrets, which differ each time.
    pub fn transcript(&self) -> String {
        let lines = self.script.output.iter().map(|line| {
            let words = line.split(' ').map(settled);
            words.collect::<Vec<_>>().join(" ")
        });
        let lines: Vec<String> = lines
            .map(|line| match line.split_once(": ") {
                Some((group, _)) if group.starts_with("Group ") => format!("{group}: KEY"),
                Some(("Spelled", _)) => "Spelled: KEY".to_owned(),
                _ if line.starts_with("Type group ") => {
                    format!(
                        "{} KEY",
                        line.rsplit_once(' ').map_or("", |(prompt, _)| prompt)
                    )
                }
                _ => line,
            })
            .collect();
        lines.join("\n")
    }
}

fn settled(word: &str) -> String {
    let inner = word.trim_matches(|c: char| matches!(c, '.' | ',' | ':' | '"' | ';'));
    let parts: Vec<&str> = inner.split('-').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_date = parts.len() == 3 && parts.iter().all(is_number);
    let is_time = inner.len() >= 5
        && inner
            .split(':')
            .all(|part| is_number(&part) && part.len() == 2);
    let is_mixed = inner.chars().any(|c| c.is_ascii_lowercase())
        && inner.chars().filter(char::is_ascii_uppercase).count() > 1;
    let parts_of_five = inner.split('-').filter(|part| part.len() == 5).count();
    let is_id = inner.len() >= 20
        && is_mixed
        && inner
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.+/=".contains(c));
    if is_date {
        word.replace(inner, "DATE")
    } else if is_time {
        word.replace(inner, "TIME")
    } else if is_id || parts_of_five == 4 {
        word.replace(inner, "ID")
    } else {
        word.to_owned()
    }
}

/// The name of a field in a question, and its answers one after the other.
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
    play_as(dir, answers, form, Settings::default(), false)
}

pub fn play_as(
    dir: &TempDir,
    answers: &[&str],
    form: Form,
    settings: Settings,
    is_brief: bool,
) -> Done {
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
    let console = Console::new(organization, (80, 24), settings);
    let mut script = Script {
        answers: answers.iter().map(|line| (*line).to_owned()).collect(),
        form: form
            .iter()
            .map(|(label, answers)| (*label, answers.iter().copied().collect()))
            .collect(),
        ..Script::default()
    };
    let worker = Worker::new(workspace, clipboard);
    let result = Plain::new(console, worker, &mut script, is_brief).run();
    for line in &script.output {
        assert!(
            line.chars().all(|c| (' '..='~').contains(&c)),
            "only plain text: {line:?}"
        );
        let settled: Vec<String> = line.split(' ').map(settled).collect();
        names_no_key(&settled.join(" "));
        names_what_is_taken(line);
    }
    Done {
        script,
        memory,
        result,
    }
}

/// `rotate makes a new secret`, `a shows them`: the word before such a verb is a command.
fn names_what_is_taken(line: &str) {
    const VERBS: &[&str] = &[
        "copies", "shows", "starts", "creates", "lists", "repeats", "finishes", "cancels", "quits",
        "resumes", "restores", "hides",
    ];
    let sentences = line.split(['.', ',', ':', ';']);
    for sentence in sentences {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let Some(at) = words.iter().position(|word| VERBS.contains(word)) else {
            continue;
        };
        let name = words[..at].join(" ");
        let is_sentence = name.is_empty() || words[..at].len() > 2 || words[0] == "or";
        // A capital letter sounds like a small one.
        let is_word = name.chars().count() > 1;
        let is_known = matches!(name.as_str(), "A number" | "number")
            || is_word && devconsole::cli::plain::words::is_taken(&name);
        assert!(
            is_sentence || is_known,
            "no prompt takes {name:?}: {line:?}"
        );
    }
}

/// Speech leaves signs out: a command that is a sign is not heard.
fn is_heard(line: &str) {
    let mut words = line.split_whitespace();
    let sign = words.find(|word| word.chars().all(|c| "<>?/=-~|*".contains(c)));
    assert_eq!(sign, None, "{line:?}");
    assert!(!line.contains("<") || !line.contains("@"), "{line:?}");
    assert!(!line.contains("****"), "{line:?}");
}

/// Keys that only the full screen has.
fn names_no_key(line: &str) {
    for key in [
        "Press ",
        "press ",
        "Esc ",
        "Tab ",
        "Space ",
        "Ctrl",
        "PgDn",
        "PgUp",
        "^",
        "RFC",
        "[x]",
        "Enter adds",
        "Enter opens",
        "Enter resumes",
        "Enter saves",
        "Enter copies",
        "Right completes",
    ] {
        assert!(!line.contains(key), "{key:?} in {line:?}");
    }
}
