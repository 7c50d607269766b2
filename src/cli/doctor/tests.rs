//! Reports of fixed facts and of real folders. Looking at a folder changes nothing.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, path::Path};

use rusqlite::Connection;

use crate::cli::doctor::{Disk, Entry, Facts, Kind, Program, Report, Settings, Variable};
use crate::{
    cli::config::Config,
    domain::{history::Broken, people::email::EmailAddress, secret::Secret, time::UnixMs},
    store::{Inspected, SignUp, SignedHistory, Workspace},
    ui::theme::ThemeName,
    vault::KdfCost,
};

const FOLDER: &str = "/home/ada/.local/share/devconsole";

fn there(kind: Kind, mode: u32) -> Entry {
    Entry::There {
        kind,
        mode,
        owner: 1000,
    }
}

fn variables(set: &[(&'static str, &str)]) -> Vec<Variable> {
    set.iter()
        .map(|(name, value)| Variable {
            name,
            value: (*value).to_owned(),
            is_utf8: true,
        })
        .collect()
}

fn facts(set: &[(&'static str, &str)]) -> Facts {
    Facts {
        program: Program {
            version: "1.2.3",
            os: "linux",
            arch: "x86_64",
            kernel: "Linux 6.1.0".to_owned(),
            sqlite: "3.50.0",
            format: 1,
        },
        variables: variables(set),
        stdin_is_terminal: true,
        stdout_is_terminal: true,
        size: Some((80, 24)),
        homes: vec!["/home/ada".to_owned()],
        me: 1000,
        lock_after_minutes: 10,
        settings: Settings {
            file: Some("/home/ada/.config/devconsole/config.toml".into()),
            read: Ok(None),
        },
        disk: Ok(Disk {
            folder: FOLDER.into(),
            folder_entry: there(Kind::Folder, 0o700),
            is_shared_folder: false,
            files: vec![
                ("workspace.db", there(Kind::File, 0o600)),
                ("workspace.db-wal", there(Kind::File, 0o600)),
                ("workspace.db-shm", Entry::Absent),
            ],
            old_copies: Vec::new(),
            free_bytes: Some(13_207_024_435),
            inspected: Ok(Some(Inspected {
                format: 1,
                damage: Vec::new(),
                altered: None,
                history: Some(SignedHistory {
                    rows: 1248,
                    head: "3f9a01bc".to_owned(),
                    broken: None,
                    is_blocked: false,
                }),
                was_written: false,
            })),
        }),
    }
}

macro_rules! snapshot {
    ($name:literal, $facts:expr) => {
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!($name, Report::of(&$facts).text);
        });
    };
}

#[test]
fn all_is_well_over_ssh() {
    let facts = facts(&[
        ("TERM", "xterm-256color"),
        ("COLORTERM", "truecolor"),
        ("LANG", "de_DE.UTF-8"),
        ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22"),
        ("SSH_TTY", "/dev/pts/3"),
    ]);
    assert!(Report::of(&facts).is_well);
    snapshot!("well_over_ssh", facts);
}

#[test]
fn everything_is_wrong() {
    let mut facts = facts(&[
        ("TERM", "dumb"),
        ("NO_COLOR", "1"),
        ("LC_ALL", "C"),
        ("TERM_PROGRAM", "tmux"),
        ("TERM_PROGRAM_VERSION", "3.4"),
        ("TMUX", "/tmp/tmux-1000/default,1,0"),
        ("DEVCONSOLE_DATA_DIR", "/home/ada/data"),
    ]);
    facts.size = Some((30, 10));
    facts.stdin_is_terminal = false;
    let disk = facts.disk.as_mut().unwrap();
    disk.folder_entry = there(Kind::Folder, 0o755);
    disk.files = vec![
        ("workspace.db", there(Kind::File, 0o644)),
        ("workspace.db-wal", there(Kind::Link, 0o777)),
        (
            "workspace.db-shm",
            Entry::There {
                kind: Kind::File,
                mode: 0o600,
                owner: 0,
            },
        ),
    ];
    disk.old_copies = vec!["workspace.db.v8.backup".to_owned()];
    disk.free_bytes = Some(4096);
    disk.inspected = Ok(Some(Inspected {
        format: 0,
        damage: vec!["row 3 missing from index apps_name".to_owned()],
        altered: None,
        history: Some(SignedHistory {
            rows: 1248,
            head: "3f9a01bc".to_owned(),
            broken: Some(Broken::Refused(17, "its signature is not valid")),
            is_blocked: false,
        }),
        was_written: false,
    }));
    let report = Report::of(&facts);
    assert!(!report.is_well);
    snapshot!("everything_wrong", facts);
    // The same problems as JSON, in the same order and words.
    let checks = report.document["checks"].as_array().unwrap().iter();
    let wrong = checks.filter(|check| check["state"] == "problem");
    let fixes = wrong.map(|check| check["fix"].as_str().unwrap());
    let told: Vec<String> = fixes
        .enumerate()
        .map(|(nth, fix)| format!("  {}. {fix}", nth + 1))
        .collect();
    let to_fix: Vec<&str> = report
        .text
        .lines()
        .skip_while(|line| *line != "To fix")
        .skip(1)
        .collect();
    assert_eq!(told, to_fix);
    let warned = |name: &str| {
        let mut checks = report.document["checks"].as_array().unwrap().iter();
        checks.any(|check| check["name"] == name && check["state"] == "warning")
    };
    assert!(warned("size") && warned("workspace.db.v8.backup"));
}

#[test]
fn without_a_home_folder_it_says_what_to_do() {
    let mut facts = facts(&[("TERM", "xterm")]);
    facts.disk = Err("No home folder found.".to_owned());
    let report = Report::of(&facts);
    assert!(!report.is_well);
    assert!(report.text.ends_with("1. No home folder found.\n"));
}

#[test]
fn a_shared_folder_and_damage_seen_through_a_write_are_told_but_no_fault() {
    let mut facts = facts(&[("TERM", "xterm")]);
    let disk = facts.disk.as_mut().unwrap();
    disk.folder_entry = there(Kind::Folder, 0o755);
    disk.is_shared_folder = true;
    disk.inspected = Ok(Some(Inspected {
        format: 1,
        damage: vec!["torn".to_owned()],
        altered: None,
        history: None,
        was_written: true,
    }));
    let report = Report::of(&facts);
    assert!(report.is_well, "{}", report.text);
    assert!(report.text.contains("other accounts can read it"));
    assert!(report.text.contains("a console was writing"));
}

#[test]
fn hostile_text_is_harmless_and_never_endless() {
    let nasty = "\x1b]0;x\x07\u{9b}31m\u{202e}ü\r\nTo fix";
    let long = "x".repeat(100_000);
    let mut facts = facts(&[
        ("TERM", nasty),
        ("COLORTERM", &long),
        ("TERM_PROGRAM", nasty),
        ("LANG", nasty),
        ("NO_COLOR", nasty),
        ("XDG_DATA_HOME", nasty),
    ]);
    facts.disk.as_mut().unwrap().folder = format!("/home/ada/{nasty}").into();
    facts.disk.as_mut().unwrap().files[0].1 = there(Kind::File, 0o604);
    let report = Report::of(&facts);
    let text = report.text;
    let document = report.document.to_string();
    assert!(
        !document.contains(|c: char| c.is_control() || c == '\u{202e}'),
        "{document}"
    );
    assert!(
        document.len() < 6000 && !document.contains("\\u"),
        "{document}"
    );
    assert!(text.is_ascii(), "{text:?}");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    assert_eq!(text.lines().filter(|line| *line == "To fix").count(), 1);
    assert!(text.len() < 6000);
    assert!(
        text.contains("Run: chmod 600, followed by the path"),
        "{text}"
    );
}

#[test]
fn only_the_home_folder_itself_is_shortened() {
    let mut facts = facts(&[("TERM", "xterm"), ("XDG_DATA_HOME", "/home/adam/x")]);
    facts.disk.as_mut().unwrap().inspected =
        Err("No permission to use /home/ada/d/workspace.db.".to_owned());
    let text = Report::of(&facts).text;
    assert!(text.contains("/home/adam/x"));
    assert!(text.contains("use ~/d/workspace.db."));
    assert!(!text.contains("/home/ada/"));
}

fn files(folder: &Path) -> BTreeMap<String, (Vec<u8>, u32, std::time::SystemTime)> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let about = fs::metadata(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let mode = about.permissions().mode();
            (
                name,
                (fs::read(path).unwrap(), mode, about.modified().unwrap()),
            )
        })
        .collect()
}

fn workspace(folder: &Path) -> Workspace {
    Workspace::open(folder, KdfCost::TRIVIAL).unwrap().workspace
}

fn inspected(folder: &Path) -> Result<Option<Inspected>, String> {
    let before = files(folder);
    let disk = Disk::look_at(folder);
    // `assert_eq!` would print every byte.
    assert!(files(folder) == before, "looking left a trace");
    disk.inspected
}

const SOUND: Inspected = Inspected {
    format: 10,
    damage: Vec::new(),
    altered: None,
    history: None,
    was_written: false,
};

#[test]
fn the_history_is_verified_without_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let mut workspace = workspace(folder.path());
    let sign_up = SignUp {
        organization: "Analytical Engines".to_owned(),
        full_name: "Ada Lovelace".to_owned(),
        email: EmailAddress::parse("ada@example.com").unwrap(),
        password: Secret::new("correct horse battery staple"),
    };
    workspace.sign_up(sign_up, UnixMs(1)).unwrap();
    workspace.close().unwrap();
    let history = || inspected(folder.path()).unwrap().unwrap().history.unwrap();
    let whole = history();
    assert_eq!((whole.rows, &whole.broken), (1, &None));
    assert_eq!(whole.head.len(), 8);

    let tampered = |sql: &str| {
        let db = Connection::open(folder.path().join("workspace.db")).unwrap();
        db.execute_batch(sql).unwrap();
        db.close().unwrap();
        history().broken
    };
    let broken = tampered("UPDATE developers SET role = 'developer'");
    assert_eq!(broken, Some(Broken::Developer("Ada Lovelace".to_owned())));
    let broken = tampered("UPDATE history SET subject = 'Other'");
    assert_eq!(broken, Some(Broken::At(1)));
    let broken = tampered("DELETE FROM history; DELETE FROM history_end");
    assert_eq!(broken, Some(Broken::EndsBefore(1)));
}

#[test]
fn looking_leaves_no_trace_whether_a_console_runs_crashed_or_ended() {
    let folder = tempfile::tempdir().unwrap();
    // Every character with a meaning in a URI or a shell.
    let folder = folder.path().join("a b?c=d&e#f%41'ü");
    fs::create_dir(&folder).unwrap();
    assert_eq!(inspected(&folder), Ok(None));
    let running = workspace(&folder);
    assert_eq!(inspected(&folder), Ok(Some(SOUND)));
    let other = Connection::open(folder.join("workspace.db")).unwrap();
    other
        .execute_batch("INSERT INTO sign_in_delays VALUES (x'00', 1, 1)")
        .unwrap();
    assert!(files(&folder)["workspace.db-wal"].0.len() > 4096);
    assert_eq!(inspected(&folder), Ok(Some(SOUND)));
    // The files after a crash, and a copy without the index.
    let crashed = tempfile::tempdir().unwrap();
    for name in ["workspace.db", "workspace.db-wal"] {
        fs::copy(folder.join(name), crashed.path().join(name)).unwrap();
    }
    assert_eq!(inspected(crashed.path()), Ok(Some(SOUND)));
    drop(other);
    running.close().unwrap();
    assert!(!folder.join("workspace.db-wal").exists());
    assert_eq!(inspected(&folder), Ok(Some(SOUND)));
}

#[test]
fn looking_waits_for_no_lock_and_holds_none() {
    let folder = tempfile::tempdir().unwrap();
    drop(workspace(folder.path()));
    let other = Connection::open(folder.path().join("workspace.db")).unwrap();
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;")
        .unwrap();
    assert_eq!(inspected(folder.path()), Ok(Some(SOUND)));
}

#[test]
fn what_is_in_the_log_alone_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    drop(workspace(folder.path()));
    let other = Connection::open(folder.path().join("workspace.db")).unwrap();
    other.execute_batch("PRAGMA user_version = 77").unwrap();
    let problem = inspected(folder.path()).unwrap_err();
    assert!(problem.contains("format 77"), "{problem}");
}

#[test]
fn damage_is_found_and_a_stranger_s_file_named() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path()).close().unwrap();
    let file = folder.path().join("workspace.db");
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.len() / 2;
    bytes[at..at + 4096].fill(0xff);
    fs::write(&file, &bytes).unwrap();
    match inspected(folder.path()) {
        Ok(Some(found)) => assert!(!found.damage.is_empty()),
        Err(problem) => assert!(problem.contains("damaged"), "{problem}"),
        Ok(None) => panic!("there is a file"),
    }
    fs::write(&file, "Dear diary, nothing here is a workspace. ".repeat(9)).unwrap();
    let problem = inspected(folder.path()).unwrap_err();
    assert!(problem.contains("not a devconsole workspace"), "{problem}");
}

#[test]
fn a_settings_file_is_told_and_what_is_wrong_with_it_is_to_be_mended() {
    let mut facts = facts(&[("TERM", "xterm"), ("LANG", "C.UTF-8")]);
    facts.settings.read = Ok(Some(Config {
        theme: ThemeName::Mono,
        ..Config::default()
    }));
    let report = Report::of(&facts);
    assert!(
        report.is_well && report.text.contains("mono"),
        "{}",
        report.text
    );
    facts.settings.read = Err("/home/ada/.config/x, line 2: what is this".to_owned());
    let report = Report::of(&facts);
    assert!(!report.is_well);
    assert!(
        report.text.contains("~/.config/x, line 2"),
        "{}",
        report.text
    );
}

#[test]
fn a_terminal_that_does_not_tell_its_size_is_named() {
    let mut facts = facts(&[("TERM", "xterm")]);
    facts.size = Some((0, 0));
    assert!(Report::of(&facts).text.contains("80 x 24 is assumed"));
}
