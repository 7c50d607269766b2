//! Where each operation of the store is reached: on the screens, in the palette, in plain mode, and
//! from the command line. Neither can get something that the others lack without a reason here.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use clap::CommandFactory as _;
use devconsole::{
    cli::{args::Args, plain::words},
    keymap::{Action, BINDINGS, synonyms},
};

/// How the screens reach operations. Plain mode and the palette have the same actions.
enum Screen {
    At(&'static [Action]),
    /// Without a key for it, and why.
    Not(&'static str),
}

enum Command {
    At(&'static [&'static str]),
    /// Only on the screens, and why.
    Not(&'static str),
}

use Action as A;
use Command::At as Runs;
use Screen::At as Keys;

const INTERNAL: &str = "part of every program, no wish of a person";
const ROWS: &[(&[&str], Screen, Command)] = &[
    (
        &["create_app"],
        Keys(&[A::New, A::CloneApp]),
        Runs(&["app create", "app clone"]),
    ),
    (
        &["apply", "read_apps", "developers"],
        Keys(&[A::Import]),
        Runs(&["app apply", "app diff"]),
    ),
    (
        &["create_apps"],
        Screen::Not("fills workspaces for measurements"),
        Command::Not("the same"),
    ),
    (
        &["apps"],
        Keys(&[A::Filter, A::NextSort, A::ReverseSort]),
        Runs(&["app list"]),
    ),
    (
        &["apps_called"],
        Screen::Not("a person chooses a row"),
        Runs(&["app show"]),
    ),
    (
        &["app", "icon_bytes"],
        Keys(&[A::Confirm, A::Export]),
        Runs(&["app show", "app export"]),
    ),
    (
        &[
            "tags",
            "name_taken",
            "position_of",
            "read_ahead",
            "icon_preview",
            "keep_icon",
        ],
        Screen::Not("done by the list and the form themselves"),
        Command::Not("the same"),
    ),
    (
        &["app_to_edit", "update_app"],
        Keys(&[A::EditApp]),
        Runs(&["app edit"]),
    ),
    (
        &["set_status"],
        Keys(&[A::ToggleStatus]),
        Runs(&["app suspend", "app resume"]),
    ),
    (&["delete_app"], Keys(&[A::Discard]), Runs(&["app delete"])),
    (
        &["restore_app"],
        Keys(&[A::Restore]),
        Runs(&["app restore"]),
    ),
    (&["purge_app"], Keys(&[A::Purge]), Runs(&["app purge"])),
    (
        &["bulk"],
        Keys(&[A::Mark, A::MarkAll, A::Tag]),
        Runs(&["app tag", "app delete"]),
    ),
    (
        &["empty_trash"],
        Screen::Not("at the sign-in, after 30 days"),
        Command::Not("the same"),
    ),
    (
        &["rotate_secret", "finish_rotation", "cancel_rotation"],
        Keys(&[A::Rotate, A::FinishRotation, A::CancelRotation]),
        Runs(&["app rotate"]),
    ),
    (
        &["keep_environment"],
        Keys(&[A::KeepProduction, A::KeepSandbox]),
        Runs(&["app keep"]),
    ),
    (
        &["forget_environment"],
        Keys(&[A::RemoveIssued]),
        Runs(&["app forget"]),
    ),
    (
        &[
            "environment_secret",
            "client_secret",
            "retiring_secret",
            "shared_secret",
            "record_reading",
        ],
        Keys(&[A::CopySecret, A::CopySharedSecret, A::Reveal, A::WriteFile]),
        Runs(&["app show", "env"]),
    ),
    (
        &["save_draft", "drafts", "discard_draft"],
        Keys(&[A::Discard]),
        Command::Not("half a form; the draft of a script is its manifest"),
    ),
    (
        &["set_favourite", "list_view", "keep_list_view"],
        Keys(&[A::Favourite]),
        Command::Not("how one person sees the list"),
    ),
    (
        &["create_jwt", "apps_for_jwt", "jwt_credentials"],
        Keys(&[A::OpenJwt, A::New]),
        Runs(&["jwt create", "jwt list"]),
    ),
    (
        &["jwt_token", "record_jwt_reading"],
        Keys(&[A::CopySecret, A::Reveal]),
        Runs(&["jwt show"]),
    ),
    (&["set_jwt_apps"], Keys(&[A::JwtApps]), Runs(&["jwt edit"])),
    (&["revoke_jwt"], Keys(&[A::Discard]), Runs(&["jwt revoke"])),
    (
        &["pending_requests"],
        Keys(&[A::OpenApprovals]),
        Runs(&["approvals list"]),
    ),
    (
        &["decide"],
        Keys(&[A::Approve, A::Reject]),
        Runs(&["approvals approve", "approvals reject"]),
    ),
    (
        &["decided_since"],
        Screen::Not("a notice at the sign-in"),
        Command::Not("app show has it"),
    ),
    (
        &["team", "member_details", "email_of"],
        Keys(&[A::OpenOrganization]),
        Runs(&["people list"]),
    ),
    (
        &["set_role"],
        Keys(&[A::ChangeRole]),
        Runs(&["people role"]),
    ),
    (
        &["set_enabled"],
        Keys(&[A::ToggleStatus]),
        Runs(&["people disable", "people enable"]),
    ),
    (
        &["remove_developer"],
        Keys(&[A::Discard]),
        Runs(&["people remove"]),
    ),
    (
        &["add_developer", "reset_password"],
        Keys(&[A::New, A::ResetPassword]),
        Command::Not("a first password is seen once and handed over"),
    ),
    (
        &["rename_organization"],
        Keys(&[A::Rename]),
        Command::Not("set once, by a person"),
    ),
    (
        &["readable_by", "replace_readable"],
        Keys(&[A::OpenReadable, A::Rotate]),
        Command::Not("a person judges which secrets to replace; app rotate does it"),
    ),
    (
        &[
            "change_password",
            "new_recovery_key",
            "confirm_recovery_key",
            "replace_unconfirmed_recovery_key",
        ],
        Keys(&[A::ChangePassword, A::NewRecoveryKey]),
        Command::Not("one's own keys are typed and written down"),
    ),
    (
        &["sign_in", "current_session"],
        Screen::Not("the first page"),
        Command::Not("--as, and a password"),
    ),
    (
        &["sign_up", "recover"],
        Screen::Not("the first pages"),
        Command::Not("keys are written down there"),
    ),
    (
        &["let_in"],
        Screen::Not("at the sign-in"),
        Command::Not("at the sign-in"),
    ),
    (&["history"], Keys(&[A::OpenHistory]), Runs(&["history"])),
    (
        &["check_history"],
        Keys(&[A::CheckHistory]),
        Runs(&["history"]),
    ),
    (
        &["app_sessions", "end_app_sessions"],
        Keys(&[A::OpenSessions, A::Discard]),
        Command::Not("tokens of the local server, live"),
    ),
    (
        &["usage_of"],
        Keys(&[A::ProposeScopes]),
        Runs(&["scopes audit"]),
    ),
    (
        &["back_up_to"],
        Screen::Not("a command, named in the palette"),
        Runs(&["backup"]),
    ),
    (
        &[
            "open",
            "open_signed_up",
            "close",
            "stage",
            "lock",
            "is_unlocked",
            "organization_name",
            "changes_of_others",
            "reporting",
            "beside",
            "rehearsing",
        ],
        Screen::Not(INTERNAL),
        Command::Not(INTERNAL),
    ),
    (
        &[
            "access",
            "account_id",
            "add_usage",
            "begin_grants",
            "begin_proof",
            "client",
            "code",
            "commit_grants",
            "developer_with",
            "end_proof",
            "end_session",
            "end_session_of_code",
            "forget_grants",
            "icon",
            "introspect",
            "issue_code",
            "jwks",
            "jwt_standing",
            "kept_secrets",
            "open_session",
            "person",
            "redeem_code",
            "refresh_session",
            "sign_in_mark",
            "verify_client_secret",
        ],
        Keys(&[A::OpenLocalServer, A::TryIt]),
        Runs(&["serve"]),
    ),
];

/// Commands that change and read no workspace, or a whole one.
const WITHOUT_OPERATIONS: &[&str] = &[
    "app link",
    "app snippet",
    "completions",
    "doctor",
    "explain",
    "man",
    "restore",
    "scopes for",
    "scopes list",
    "scopes show",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

fn operations_of_the_store() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store"),
        &mut files,
    );
    let mut found = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for block in text.split("\nimpl Workspace {\n").skip(1) {
            let methods = block.split("\n}").next().unwrap();
            found.extend(methods.lines().filter_map(|line| {
                let name = line.strip_prefix("    pub fn ")?;
                Some(name.split(['(', '<']).next()?.to_owned())
            }));
        }
    }
    found
}

/// `app list`, `env`: the commands that do something.
fn commands() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for noun in Args::command().get_subcommands() {
        let verbs: Vec<String> = noun
            .get_subcommands()
            .map(|verb| format!("{} {}", noun.get_name(), verb.get_name()))
            .collect();
        if verbs.is_empty() {
            found.insert(noun.get_name().to_owned());
        }
        found.extend(verbs);
    }
    found
}

#[test]
fn every_operation_of_the_store_has_its_place_once() {
    let listed: Vec<&str> = ROWS
        .iter()
        .flat_map(|(names, ..)| names.iter().copied())
        .collect();
    let once: BTreeSet<String> = listed.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(once.len(), listed.len(), "an operation stands twice");
    assert_eq!(once, operations_of_the_store());
}

#[test]
fn what_a_key_reaches_is_in_the_palette_and_in_plain_mode_too() {
    for (names, screen, _) in ROWS {
        let actions = match screen {
            Keys(actions) => *actions,
            Screen::Not(reason) => {
                assert!(!reason.is_empty(), "{names:?}");
                continue;
            }
        };
        for action in actions {
            let is_bound = BINDINGS.iter().any(|row| row.action == *action);
            assert!(is_bound, "no key for {action:?}, which reaches {names:?}");
            let is_found = !synonyms(*action).is_empty();
            assert!(is_found, "the palette does not find {action:?}");
            // Words of the list that plain mode types as /WORDS.
            let is_typed = *action == A::Filter;
            assert!(
                words::has(*action) || is_typed,
                "plain mode lacks {action:?}"
            );
        }
    }
}

#[test]
fn every_command_reaches_an_operation_or_says_why_not() {
    let mut listed: BTreeSet<String> = WITHOUT_OPERATIONS
        .iter()
        .map(|&one| one.to_owned())
        .collect();
    for (names, _, command) in ROWS {
        match command {
            Runs(commands) => listed.extend(commands.iter().map(|&one| one.to_owned())),
            Command::Not(reason) => assert!(!reason.is_empty(), "{names:?}"),
        }
    }
    assert_eq!(listed, commands());
}
