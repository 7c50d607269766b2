//! The words that find a command besides its own name: those of the RingCentral console and of
//! other programs with a command palette.

use super::{Action, Binding, Mode};

/// A command of the program that no key reaches, with what to type in a shell.
#[derive(Debug)]
pub struct ShellCommand {
    pub name: &'static str,
    pub synonyms: &'static str,
    pub line: &'static str,
}

pub const SHELL_COMMANDS: &[ShellCommand] = &[
    ShellCommand {
        name: "Back up the workspace",
        synonyms: "backup copy save archive snapshot",
        line: "devconsole backup FILE",
    },
    ShellCommand {
        name: "Restore a backup",
        synonyms: "restore import recover replace workspace",
        line: "devconsole restore FILE",
    },
    ShellCommand {
        name: "Check the installation",
        synonyms: "doctor diagnose health check problem version",
        line: "devconsole doctor",
    },
    ShellCommand {
        name: "Plain mode",
        synonyms: "plain screen reader accessibility lines script",
        line: "devconsole --plain",
    },
    ShellCommand {
        name: "Local server without the console",
        synonyms: "serve headless ci daemon background",
        line: "devconsole serve",
    },
];

/// The name of a command: a verb and a thing. The help of its key explains it.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn name_of(one: &Binding) -> &'static str {
    match (one.mode, one.action) {
        (Mode::List | Mode::App, Action::New) => "Create app",
        (Mode::Organization, Action::New) => "Add developer",
        (Mode::Jwt, Action::New) => "Create JWT credential",
        (Mode::List, Action::Confirm) => "Open app",
        (Mode::Organization, Action::Confirm) => "Show developer details",
        (Mode::LocalServer, Action::Confirm) => "Open request",
        (Mode::App, Action::Confirm) => "Copy selected credential",
        (Mode::List, Action::Filter) => "Filter apps",
        (Mode::History, Action::Filter) => "Filter history",
        (_, Action::Rotate) if one.mode != Mode::Readable => "Rotate Client Secret",
        (Mode::Readable, Action::Rotate) => "Rotate marked secrets",
        (_, Action::Restore) => "Restore app",
        (Mode::List, Action::Mark) => "Mark app",
        (Mode::Readable, Action::Mark) => "Mark secret",
        (Mode::List, Action::MarkAll) => "Mark all apps",
        (Mode::Readable, Action::MarkAll) => "Mark all secrets",
        (Mode::List | Mode::App, Action::ToggleStatus) => "Suspend or resume app",
        (Mode::List | Mode::App, Action::Tag) => "Tag app",
        (_, Action::Export) => "Export settings",
        (Mode::List, Action::Discard) => "Delete app or discard draft",
        (Mode::App, Action::Discard) => "Delete app",
        (Mode::Organization, Action::Discard) => "Remove developer",
        (Mode::Jwt, Action::Discard) => "Revoke JWT credential",
        (Mode::Sessions, Action::Discard) => "End session",
        (Mode::Sessions, Action::Purge) => "End all sessions",
        (_, Action::Purge) => "Delete app permanently",
        (_, Action::Favourite) => "Add or remove favorite",
        (_, Action::OpenApprovals) => "Show approvals",
        (_, Action::OpenOrganization) => "Show people",
        (Mode::Organization, Action::OpenJwt) => "Create JWT for developer",
        (Mode::App, Action::OpenJwt) => "Create JWT for app",
        (_, Action::OpenJwt) => "Show JWT credentials",
        (_, Action::OpenHistory) => "Show history",
        (_, Action::OpenTrash) => "Show trash",
        (_, Action::OpenLocalServer) => "Show local server",
        (_, Action::OpenSessions) => "Show sessions",
        (_, Action::OpenFaults) => "Show faults",
        (_, Action::OpenReadable) => "Show secrets of a former developer",
        (_, Action::ShowFormer) => "Show removed developers",
        (_, Action::EditApp) => "Edit app",
        (_, Action::CloneApp) => "Clone app",
        (_, Action::WriteFile) => "Write credentials to a file",
        (_, Action::FinishRotation) => "Finish rotation",
        (_, Action::CancelRotation) => "Cancel rotation",
        (_, Action::TryIt) => "Test login",
        (_, Action::SendEvent) => "Send test event",
        (_, Action::ListenEvents) => "Listen for events",
        (_, Action::KeepProduction) => "Store production credentials",
        (_, Action::KeepSandbox) => "Store retired sandbox credentials",
        (_, Action::RemoveIssued) => "Remove stored RingCentral credentials",
        (_, Action::ProposeScopes) => "Propose the scopes that calls need",
        (_, Action::Unbox) => "Show credentials without frames",
        (_, Action::CopySharedSecret) => "Copy Shared Secret",
        (_, Action::NewRecoveryKey) => "Create recovery key",
        (_, Action::ResetPassword) => "Reset password of a developer",
        (_, Action::ToggleStatus) => "Disable or enable developer",
        (_, Action::JwtApps) => "Change apps of JWT credential",
        (_, Action::Approve) => "Approve request",
        (_, Action::Reject) => "Reject request",
        (_, Action::CheckHistory) => "Verify history",
        (_, Action::StartStop) => "Start or stop local server",
        (_, Action::NextProfile) => "Switch profile",
        (_, Action::LimitLogins) => "Limit logins and calls",
        (_, Action::ChoosePort) => "Change port",
        (_, Action::ClearLog) => "Clear log",
        (_, Action::Explain) => "Explain an error",
        (_, Action::GoToSetting) => "Go to the setting to fix",
        (_, Action::Toggle) if one.mode == Mode::Faults => "Switch fault",
        (_, Action::AllOff) => "Turn all faults off",
        (_, Action::Quit) => "Quit",
        (_, Action::Help) => "Show help",
        (_, Action::Submit) if one.mode == Mode::CreateApp => "Create app now",
        (_, Action::Submit) => "Save changes",
        (_, Action::Back) => "Go back",
        // Up to what explains it.
        _ => {
            let name = one.help.split([':', ';', ',', '(', '.']).next();
            name.unwrap_or(one.help).trim_end()
        }
    }
}

/// Words that a person may type for this action, in small letters. Empty for keys that only move.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn synonyms(action: Action) -> &'static str {
    match action {
        Action::New => "new create add register",
        Action::Confirm => "open select enter",
        Action::Submit => "save create submit apply",
        Action::Back => "back close return previous",
        Action::Quit => "quit exit leave close",
        Action::Help => "help keys shortcuts bindings",
        Action::Lock => "lock screen leave",
        Action::SignOut => "sign out log logout leave switch user",
        Action::Filter => "filter search find grep",
        Action::Mark => "mark select choose check",
        Action::MarkAll => "mark all select everything",
        Action::NextSort => "sort order column by",
        Action::ReverseSort => "reverse sort order descending ascending",
        Action::Favourite => "favourite favorite star pin",
        Action::Tag => "tag label tags labels group",
        Action::Export => "export manifest toml json save download settings",
        Action::Import => "import manifest apply toml json load settings open file",
        Action::WriteFile => "write file save env dotenv snippet json",
        Action::OpenHistory => "history audit log activity changes events",
        Action::OpenTrash => "trash deleted bin recycle removed apps show",
        Action::OpenOrganization => {
            "people organization team users members developers admin roles invite"
        }
        Action::OpenApprovals => "approvals requests pending review scopes permissions",
        Action::OpenSessions => "sessions logins tokens active revoke",
        Action::OpenJwt => "jwt credentials token assertion personal",
        Action::JwtApps => "apps authorized allowed jwt edit",
        Action::Rename => "rename organization name company",
        Action::ChangeRole => "role permission admin promote demote",
        Action::ResetPassword => "reset password forgot first temporary new",
        Action::ChangePassword => "password change own my",
        Action::NewRecoveryKey => "recovery key new backup code",
        Action::OpenReadable => "rotate read secrets leave offboard",
        Action::ShowFormer => "former removed show deleted past",
        Action::Approve => "approve accept grant allow yes",
        Action::Reject => "reject deny decline refuse no",
        Action::CheckHistory => "verify check integrity history tamper",
        Action::CopyClientId => "copy client id clipboard yank",
        Action::CopySecret => "copy secret client token clipboard yank",
        Action::CopySharedSecret => "copy shared secret interactive messages webhook",
        Action::Reveal => "reveal show secret unmask view hide",
        Action::Unbox => "plain mouse select unboxed raw",
        Action::EditApp => "edit change settings update modify redirect uri scopes",
        Action::CloneApp => "clone copy app duplicate template",
        Action::ToggleStatus => "suspend resume disable enable pause activate deactivate block",
        Action::Rotate => "rotate secret regenerate reset renew roll",
        Action::FinishRotation => "finish rotation end old secret revoke",
        Action::CancelRotation => "cancel rotation undo old secret revert",
        Action::Restore => "undo restore undelete trash recover",
        Action::Purge => "delete forever purge erase permanently destroy",
        Action::KeepProduction => "production credentials issued graduate live store",
        Action::KeepSandbox => "sandbox credentials issued retired old store",
        Action::ProposeScopes => "propose scopes narrow reduce least privilege audit permissions",
        Action::RemoveIssued => "remove forget delete issued production sandbox credentials",
        Action::Renew => "renew new secret generate regenerate",
        Action::Discard => "delete remove trash discard revoke",
        Action::OpenLocalServer => "local server sandbox oauth requests log port",
        Action::StartStop => "start stop run server launch",
        Action::ChoosePort => "port listen address number",
        Action::NextProfile => "mode profile strict rules ringcentral",
        Action::LimitLogins => "limit rate throttle logins calls",
        Action::OpenFaults => "faults errors fail chaos inject simulate",
        Action::Explain => "explain error why decode paste",
        Action::ClearLog => "clear log empty wipe",
        Action::AllOff => "faults off reset clear none",
        Action::CopyUrl => "copy url address link",
        Action::GoToSetting => "fix setting go jump repair",
        Action::TryIt => "try test login authorize oauth flow run",
        Action::SendEvent => "send test event webhook message post",
        Action::ListenEvents => "listen receive events webhook signature verify",
        Action::Again => "again retry repeat restart rerun",
        Action::GoToTab(_) => "tab go open page section",
        _ => "",
    }
}

/// How well a command fits the words of a search, best first. `None`: it does not.
pub fn rank(name: &str, label: &str, synonyms: &str, about: &str, words: &str) -> Option<u8> {
    let (name, label) = (name.to_lowercase(), label.to_lowercase());
    let about = about.to_lowercase();
    let begins = |text: &str, word: &str| {
        let mut parts = text.split(|c: char| !c.is_alphanumeric());
        parts.any(|part| part.starts_with(word))
    };
    words.split_whitespace().try_fold(0, |worst: u8, word| {
        let rank = if label.starts_with(word) || name.starts_with(word) {
            0
        } else if synonyms.starts_with(word) {
            1
        } else if begins(synonyms, word) || begins(&name, word) {
            2
        } else if name.contains(word) {
            3
        } else if about.contains(word) {
            4
        } else {
            return None;
        };
        Some(worst.max(rank))
    })
}
