//! The words for the actions of the full screen in plain mode. Keys come from the keymap, and work
//! here too; permissions come from the pages.

use crate::keymap::{Action, Mode};

/// Whether a command is about one of the numbered rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Row,
    /// Without a number, it is about all marked rows, or about the page.
    MaybeRow,
}

/// The words for an action on a page. The first one is shown.
#[derive(Debug)]
pub(super) struct Word {
    pub mode: Mode,
    pub action: Action,
    pub words: &'static [&'static str],
    pub takes: Takes,
    pub help: &'static str,
}

const fn word(
    mode: Mode,
    action: Action,
    words: &'static [&'static str],
    takes: Takes,
    help: &'static str,
) -> Word {
    Word {
        mode,
        action,
        words,
        takes,
        help,
    }
}

use Takes::{MaybeRow, Nothing, Row};

#[rustfmt::skip] // one command, one row
pub(super) const WORDS: &[Word] = &[
    // Apps
    word(Mode::List, Action::Confirm, &["open"], Row, "opens an app, or resumes a draft; the number alone does too"),
    word(Mode::List, Action::New, &["new", "create"], Nothing, "creates an app"),
    word(Mode::List, Action::CopyClientId, &["copy id"], Row, "copies the Client ID"),
    word(Mode::List, Action::CopySecret, &["copy secret"], Row, "copies the Client Secret without reading it out"),
    word(Mode::List, Action::EditApp, &["edit"], Row, "changes the settings of an app"),
    word(Mode::List, Action::Rotate, &["rotate"], Row, "makes a new Client Secret"),
    word(Mode::List, Action::ToggleStatus, &["suspend", "resume"], MaybeRow, "suspends an app, or resumes it"),
    word(Mode::List, Action::Tag, &["tag", "tags"], MaybeRow, "changes the tags"),
    word(Mode::List, Action::Favourite, &["favorite"], Row, "adds the app to your favorites, or removes it"),
    word(Mode::List, Action::Discard, &["delete", "discard"], MaybeRow, "moves an app to the trash, or discards a draft"),
    word(Mode::List, Action::Restore, &["restore", "undo"], MaybeRow, "restores from the trash: the app of a number after /is:deleted, or what was deleted last"),
    word(Mode::List, Action::Export, &["export"], MaybeRow, "writes the settings to a file, without secrets"),
    word(Mode::List, Action::Import, &["import"], Nothing, "compares a manifest with the apps before it is applied"),
    word(Mode::List, Action::Mark, &["mark", "unmark"], Row, "marks an app; commands without a number are then about all marked apps"),
    word(Mode::List, Action::MarkAll, &["mark all"], Nothing, "marks all apps that match, or none"),
    word(Mode::List, Action::NextSort, &["sort"], Nothing, "sorts by the next column"),
    word(Mode::List, Action::ReverseSort, &["reverse"], Nothing, "reverses the order"),
    word(Mode::List, Action::OpenApprovals, &["approvals"], Nothing, "opens the requests that wait for approval"),
    word(Mode::List, Action::OpenOrganization, &["people", "password", "recovery key"], Nothing, "opens the developers, your password and your recovery key"),
    word(Mode::List, Action::OpenJwt, &["jwt"], Nothing, "opens the JWT credentials"),
    word(Mode::List, Action::OpenTrash, &["trash"], Nothing, "lists the trash, or the apps again"),
    word(Mode::List, Action::OpenHistory, &["history"], Nothing, "opens the history of the workspace"),
    word(Mode::List, Action::OpenLocalServer, &["server"], Nothing, "opens the local server"),
    // App page
    word(Mode::App, Action::CopyClientId, &["copy id"], Nothing, "copies the Client ID"),
    word(Mode::App, Action::CopySecret, &["copy secret"], Nothing, "copies the Client Secret without reading it out"),
    word(Mode::App, Action::CopySharedSecret, &["copy shared secret"], Nothing, "copies the Shared Secret"),
    word(Mode::App, Action::Confirm, &["copy"], Row, "copies a line of credentials, e.g. a .env file or a snippet"),
    word(Mode::App, Action::WriteFile, &["write"], Row, "writes a line of credentials to a file"),
    word(Mode::App, Action::Reveal, &["reveal"], Nothing, "reads the secrets out; spell spells them"),
    word(Mode::App, Action::EditApp, &["edit"], Nothing, "changes the settings"),
    word(Mode::App, Action::OpenJwt, &["jwt"], Nothing, "creates a JWT credential for this app"),
    word(Mode::App, Action::TryIt, &["try"], Nothing, "signs in at the local server and makes a first call"),
    word(Mode::App, Action::Rotate, &["rotate"], Nothing, "makes a new Client Secret; the old one keeps working for some hours"),
    word(Mode::App, Action::FinishRotation, &["finish"], Nothing, "ends the old Client Secret now"),
    word(Mode::App, Action::CancelRotation, &["cancel"], Nothing, "goes back to the old Client Secret"),
    word(Mode::App, Action::ProposeScopes, &["propose"], Nothing, "proposes the scopes that its calls need, as a change; scopes reads them"),
    word(Mode::App, Action::ToggleStatus, &["suspend", "resume"], Nothing, "suspends the app, or resumes it"),
    word(Mode::App, Action::Tag, &["tag", "tags"], Nothing, "changes the tags"),
    word(Mode::App, Action::CloneApp, &["clone"], Nothing, "creates another app with the same settings"),
    word(Mode::App, Action::New, &["new", "create"], Nothing, "creates another app"),
    word(Mode::App, Action::Discard, &["delete"], Nothing, "moves the app to the trash"),
    word(Mode::App, Action::Restore, &["restore"], Nothing, "restores the app from the trash"),
    word(Mode::App, Action::Purge, &["purge"], Nothing, "deletes an app of the trash permanently"),
    word(Mode::App, Action::KeepProduction, &["keep production"], Nothing, "keeps the credentials that RingCentral issued for production"),
    word(Mode::App, Action::KeepSandbox, &["keep sandbox"], Nothing, "keeps the credentials that RingCentral issued for its retired sandbox"),
    word(Mode::App, Action::RemoveIssued, &["forget"], MaybeRow, "removes credentials that RingCentral issued; the number of their line chooses which"),
    word(Mode::App, Action::SendEvent, &["send event"], Nothing, "posts a signed test event to the Outbound Webhook URL"),
    word(Mode::App, Action::ListenEvents, &["listen"], Nothing, "waits for events and checks their signatures"),
    word(Mode::App, Action::OpenLocalServer, &["server"], Nothing, "opens the local server"),
    word(Mode::App, Action::OpenSessions, &["sessions"], Nothing, "lists who is signed in to the app, and which sessions ended"),
    word(Mode::Sessions, Action::Discard, &["end"], Row, "ends a session: its tokens stop working"),
    word(Mode::Sessions, Action::Purge, &["end all"], Nothing, "ends all sessions of the app"),
    word(Mode::Sessions, Action::Again, &["refresh"], Nothing, "reads the sessions again"),
    // People
    word(Mode::Organization, Action::New, &["add", "new"], Nothing, "adds a developer"),
    word(Mode::Organization, Action::ChangeRole, &["role"], Row, "changes the role"),
    word(Mode::Organization, Action::ResetPassword, &["reset"], Row, "makes a new first password"),
    word(Mode::Organization, Action::ToggleStatus, &["disable", "enable"], Row, "disables a developer, or enables them again"),
    word(Mode::Organization, Action::Discard, &["remove"], Row, "removes a developer permanently"),
    word(Mode::Organization, Action::OpenReadable, &["secrets"], Row, "lists the secrets that a developer could read, to replace them"),
    word(Mode::Organization, Action::OpenJwt, &["jwt"], Row, "creates a JWT credential for a developer"),
    word(Mode::Organization, Action::ShowFormer, &["removed"], Nothing, "shows or hides the developers who were removed"),
    word(Mode::Organization, Action::Rename, &["rename"], Nothing, "renames the organization"),
    word(Mode::Organization, Action::ChangePassword, &["password"], Nothing, "changes your password"),
    word(Mode::Organization, Action::NewRecoveryKey, &["recovery key"], Nothing, "makes a new recovery key for you; the old one ends"),
    word(Mode::Handed, Action::CopySecret, &["copy"], Nothing, "copies the first password"),
    word(Mode::Readable, Action::Mark, &["mark", "unmark"], Row, "marks a secret, or removes its mark"),
    word(Mode::Readable, Action::MarkAll, &["mark all"], Nothing, "marks all, or none"),
    word(Mode::Readable, Action::Rotate, &["rotate"], Nothing, "rotates the marked client secrets and revokes the marked JWT credentials"),
    // Import
    word(Mode::Import, Action::Confirm, &["apply"], Nothing, "creates and changes the apps as the manifest has them"),
    // Approvals
    word(Mode::Approvals, Action::Approve, &["approve"], Row, "approves a request"),
    word(Mode::Approvals, Action::Reject, &["reject"], Row, "rejects a request, with a reason"),
    word(Mode::Approvals, Action::Confirm, &["open"], Row, "opens the app; the number alone does too"),
    // JWT credentials
    word(Mode::Jwt, Action::New, &["new", "create"], Nothing, "creates a JWT credential"),
    word(Mode::Jwt, Action::CopySecret, &["copy"], Row, "copies the token without reading it out"),
    word(Mode::Jwt, Action::Reveal, &["reveal"], Row, "reads the token out"),
    word(Mode::Jwt, Action::JwtApps, &["apps"], Row, "changes the apps that may use it"),
    word(Mode::Jwt, Action::Discard, &["revoke"], Row, "revokes it permanently"),
    // Local server
    word(Mode::LocalServer, Action::StartStop, &["start", "stop"], Nothing, "starts the local server, or stops it"),
    word(Mode::LocalServer, Action::Confirm, &["open"], Row, "reads a request and its answer; the number alone does too"),
    word(Mode::LocalServer, Action::GoToSetting, &["fix"], Row, "goes to the setting that fixes a failure"),
    word(Mode::LocalServer, Action::Explain, &["explain"], Nothing, "explains an error or a token response"),
    word(Mode::LocalServer, Action::OpenFaults, &["faults"], Nothing, "opens the faults"),
    word(Mode::LocalServer, Action::CopyUrl, &["copy address"], Nothing, "copies the address"),
    word(Mode::LocalServer, Action::ChoosePort, &["port"], Nothing, "chooses another port"),
    word(Mode::LocalServer, Action::NextProfile, &["profile"], Nothing, "switches between the profiles ringcentral and strict"),
    word(Mode::LocalServer, Action::LimitLogins, &["limit"], Nothing, "limits logins to 5 a minute, calls too, or nothing"),
    word(Mode::LocalServer, Action::ClearLog, &["clear"], Nothing, "clears the log"),
    word(Mode::Exchange, Action::GoToSetting, &["fix"], Nothing, "goes to the setting that fixes the failure"),
    word(Mode::Exchange, Action::Explain, &["explain"], Nothing, "explains an error or a token response"),
    word(Mode::Explained, Action::Explain, &["explain"], Nothing, "explains another one"),
    word(Mode::Faults, Action::Toggle, &["switch"], Row, "switches a fault: off, once, always"),
    word(Mode::Faults, Action::AllOff, &["all off"], Nothing, "switches all faults off"),
    // Try it
    word(Mode::Trial, Action::GoToSetting, &["fix"], Nothing, "goes to the setting that fixes the failure"),
    word(Mode::Trial, Action::CopyUrl, &["copy address"], Nothing, "copies the address to open"),
    word(Mode::Trial, Action::Again, &["repeat"], Nothing, "starts from the beginning"),
    word(Mode::Trial, Action::OpenLocalServer, &["server"], Nothing, "opens the log of the local server"),
    // History
    word(Mode::History, Action::Confirm, &["open"], Row, "opens the app of a row; the number alone does too"),
    word(Mode::History, Action::CheckHistory, &["verify"], Nothing, "checks that no row was changed or removed"),
    // Two versions of an app
    word(Mode::Conflict, Action::Toggle, &["switch"], Row, "takes the other version"),
    word(Mode::Conflict, Action::Confirm, &["save", "continue"], Nothing, "continues with the chosen versions; nothing is saved yet"),
];

/// The commands of a page.
pub(super) fn of(mode: Mode) -> impl Iterator<Item = &'static Word> {
    WORDS.iter().filter(move |word| word.mode == mode)
}

/// Whether some page has a word for this action.
pub fn has(action: Action) -> bool {
    WORDS.iter().any(|word| word.action == action)
}

/// Whether a prompt of some page takes this word or letter.
pub fn is_taken(name: &str) -> bool {
    const ANYWHERE: &[&str] = &[
        "help",
        "back",
        "filter WORDS",
        "filter alone",
        "remove N",
        "again",
        "where",
        "quit",
        "lock",
        "list",
        "more",
        "previous",
        "skip",
        "review",
        "changes",
        "next error",
        "to FIELD",
        "FIELD",
        "create",
        "save",
        "copy",
        "new",
        "details N",
        "spell",
        "done",
        "no",
        "yes",
        "ACCESSIBLE",
    ];
    let is_key = |one: &crate::keymap::Binding| one.mode.is_page() && one.keys.contains(&name);
    ANYWHERE.contains(&name)
        || WORDS.iter().any(|word| word.words.contains(&name))
        || crate::keymap::BINDINGS.iter().any(is_key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keymap::BINDINGS;

    /// Moving, drawing, and what has words at every prompt.
    fn has_no_word(mode: Mode, action: Action) -> bool {
        // The word "details" does it.
        let is_of_details = (mode, action) == (Mode::Organization, Action::Confirm);
        is_of_details
            || matches!(
                action,
                Action::Up
                    | Action::Down
                    | Action::First
                    | Action::Last
                    | Action::PageUp
                    | Action::PageDown
                    | Action::NextTab
                    | Action::PrevTab
                    | Action::GoToTab(_)
                    | Action::Back
                    | Action::Quit
                    | Action::Filter
                    | Action::Unbox
            )
    }

    #[test]
    fn every_command_of_a_page_has_a_word_here() {
        let pages: Vec<Mode> = WORDS.iter().map(|word| word.mode).collect();
        for binding in BINDINGS.iter().filter(|one| pages.contains(&one.mode)) {
            let has_word = of(binding.mode).any(|word| word.action == binding.action);
            assert!(
                has_word || has_no_word(binding.mode, binding.action),
                "{:?} {:?}: {}",
                binding.mode,
                binding.action,
                binding.help
            );
        }
    }

    #[test]
    fn every_word_has_a_key_and_one_meaning() {
        for word in WORDS {
            let is_bound =
                |one: &&crate::keymap::Binding| one.mode == word.mode && one.action == word.action;
            assert!(BINDINGS.iter().any(|one| is_bound(&one)), "{word:?}");
            for name in word.words {
                let same = of(word.mode).filter(|other| other.words.contains(name));
                assert_eq!(same.count(), 1, "{name}");
                assert!(name.len() > 1, "{name} looks like a key");
            }
        }
    }

    #[test]
    fn every_page_without_a_form_has_words() {
        for binding in BINDINGS.iter().filter(|one| one.mode.is_page()) {
            let is_form = matches!(
                binding.mode,
                Mode::CreateApp | Mode::EditApp | Mode::Anywhere
            );
            assert!(
                is_form || of(binding.mode).next().is_some(),
                "{:?}",
                binding.mode
            );
        }
    }
}
