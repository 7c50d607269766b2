//! The table of all keys.

use super::{Action, Edit, Mode};

/// A row of the table.
#[derive(Debug)]
pub struct Binding {
    pub mode: Mode,
    /// Keys in the notation of [`super::Key::parse`]. The first one is shown.
    pub keys: &'static [&'static str],
    pub action: Action,
    /// One or two words for the footer.
    pub label: &'static str,
    /// A line for the help.
    pub help: &'static str,
    /// Whether the footer shows it, if there is room (in the order of the table).
    pub footer: bool,
}

const fn key(
    mode: Mode,
    keys: &'static [&'static str],
    action: Action,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding {
        mode,
        keys,
        action,
        label,
        help,
        footer: true,
    }
}

/// A key that the help lists, but not the footer.
const fn quiet(
    mode: Mode,
    keys: &'static [&'static str],
    action: Action,
    help: &'static str,
) -> Binding {
    Binding {
        mode,
        keys,
        action,
        label: "",
        help,
        footer: false,
    }
}

#[rustfmt::skip] // one key, one row
pub const BINDINGS: &[Binding] = &[
    // Question
    key(Mode::Confirm, &["enter", "y"], Action::Confirm, "yes", "Yes, do it"),
    key(Mode::Confirm, &["esc", "n", "q"], Action::Back, "no", "No, go back"),
    // Help
    key(Mode::Help, &["esc", "?", "f1", "ctrl-g", "q", "enter"], Action::Back, "close", "Close the help"),
    quiet(Mode::Help, &["down", "j"], Action::Down, "Scroll down"),
    quiet(Mode::Help, &["up", "k"], Action::Up, "Scroll up"),
    quiet(Mode::Help, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::Help, &["pgup"], Action::PageUp, "A page up"),
    // Search list
    key(Mode::Picker, &["space"], Action::Toggle, "choose", "Choose or drop the marked line (in the middle of a search it is a space)"),
    key(Mode::Picker, &["enter"], Action::Confirm, "add / done", "Add what the search found; with an empty search: done"),
    key(Mode::Picker, &["esc"], Action::Back, "close", "Close the list and keep what was chosen"),
    quiet(Mode::Picker, &["down", "tab"], Action::Down, "Next line"),
    quiet(Mode::Picker, &["up", "s-tab"], Action::Up, "Line before"),
    quiet(Mode::Picker, &["pgdn"], Action::PageDown, "A page down"),
    quiet(Mode::Picker, &["pgup"], Action::PageUp, "A page up"),
    // Search list for one answer
    key(Mode::PickOne, &["enter"], Action::Confirm, "choose", "Choose the marked line"),
    key(Mode::PickOne, &["esc"], Action::Back, "close", "Close the list and leave the answer as it was"),
    quiet(Mode::PickOne, &["down", "tab"], Action::Down, "Next line"),
    quiet(Mode::PickOne, &["up", "s-tab"], Action::Up, "Line before"),
    quiet(Mode::PickOne, &["pgdn"], Action::PageDown, "A page down"),
    quiet(Mode::PickOne, &["pgup"], Action::PageUp, "A page up"),
    // Filter
    key(Mode::Filter, &["enter", "down"], Action::Confirm, "to the list", "Keep the filter and go to the list"),
    key(Mode::Filter, &["tab"], Action::Complete, "complete", "Complete a facet or its value"),
    key(Mode::Filter, &["esc"], Action::Back, "clear", "Clear the filter"),
    // Choice
    key(Mode::Choice, &["space"], Action::Toggle, "choose", "Choose the next answer"),
    quiet(Mode::Choice, &["down"], Action::Down, "Answer below; after the last one, the next field"),
    quiet(Mode::Choice, &["up"], Action::Up, "Answer above; before the first one, the field before"),
    quiet(Mode::Choice, &["left"], Action::Left, "Answer before"),
    quiet(Mode::Choice, &["right"], Action::Right, "Next answer"),
    // Check box
    key(Mode::Toggle, &["space"], Action::Toggle, "switch", "Switch on or off"),
    // Field with a list
    key(Mode::Pick, &["enter", "space"], Action::Confirm, "open list", "Open the list; typing searches it at once"),
    // Generated secret
    key(Mode::Generated, &["r"], Action::Reveal, "reveal", "Show or hide the secret"),
    key(Mode::Generated, &["s", "c"], Action::CopySecret, "copy", "Copy the secret without showing it"),
    key(Mode::Generated, &["n"], Action::Renew, "new value", "Make a new secret"),
    // Repeatable field
    key(Mode::Rows, &["enter"], Action::Confirm, "add another", "Next row; on an empty row, the next field"),
    key(Mode::Rows, &["ctrl-x"], Action::RemoveRow, "remove", "Remove this row (Backspace on an empty row does too)"),
    // Text field of several lines
    quiet(Mode::Lines, &["enter"], Action::Confirm, "Next field, or a new line where lines count"),
    // Password field
    key(Mode::Password, &["ctrl-r"], Action::ShowPassword, "show", "Show or hide what is typed"),
    // Sign in
    key(Mode::SignIn, &["ctrl-f"], Action::Forgot, "forgot password", "Use the recovery key instead"),
    // Locked
    key(Mode::Locked, &["enter", "ctrl-s"], Action::Submit, "unlock", "Unlock with the password"),
    key(Mode::Locked, &["ctrl-o"], Action::SignOut, "sign out", "Sign out; drafts are kept"),
    // Review
    key(Mode::Review, &["enter", "space"], Action::Confirm, "go there / finish", "Jump to the section, or create or save the app"),
    quiet(Mode::Review, &["down", "j", "tab"], Action::Down, "Next section"),
    quiet(Mode::Review, &["up", "k", "s-tab"], Action::Up, "Section before"),
    // Edit App
    key(Mode::EditApp, &["ctrl-s"], Action::Submit, "save", "Show what changes; the second time, save it"),
    // Create App
    key(Mode::CreateApp, &["ctrl-s"], Action::Submit, "create", "Create the app; with errors, go to the first one"),
    key(Mode::CreateApp, &["pgdn", "ctrl-pgdn", "]"], Action::NextTab, "next tab", "Next tab (] outside of text)"),
    quiet(Mode::CreateApp, &["pgup", "ctrl-pgup", "["], Action::PrevTab, "Tab before ([ outside of text)"),
    key(Mode::CreateApp, &["esc"], Action::Back, "to the list", "Back to the apps; the draft is kept"),
    // Field for a date
    key(Mode::Date, &["down"], Action::Down, "day later", "A day later; from nothing, 90 days from today"),
    quiet(Mode::Date, &["up"], Action::Up, "A day earlier; then the field before"),
    key(Mode::Date, &["pgdn"], Action::PageDown, "month later", "A month later"),
    quiet(Mode::Date, &["pgup"], Action::PageUp, "A month earlier"),
    // Any form
    key(Mode::Form, &["tab"], Action::NextField, "next field", "Next field"),
    quiet(Mode::Form, &["s-tab"], Action::PrevField, "Field before"),
    quiet(Mode::Form, &["enter"], Action::Confirm, "Next field; on a button, press it"),
    quiet(Mode::Form, &["down"], Action::Down, "Next field (in a text of several lines: the line below)"),
    quiet(Mode::Form, &["up"], Action::Up, "Field before (in a text of several lines: the line above)"),
    key(Mode::Form, &["ctrl-s"], Action::Submit, "send", "Send the form"),
    key(Mode::Form, &["esc"], Action::Back, "back", "Back; nothing typed is lost"),
    // Apps
    key(Mode::List, &["n"], Action::New, "create app", "Create App"),
    key(Mode::List, &["enter", "right", "l"], Action::Confirm, "open", "Open the app, or resume the draft"),
    key(Mode::List, &["/"], Action::Filter, "filter", "Filter by name, Client ID, redirect URI or scope, and by type: auth: is: status: scope: owner: tag:"),
    key(Mode::List, &["c"], Action::CopyClientId, "copy ID", "Copy the Client ID"),
    key(Mode::List, &["s"], Action::CopySecret, "copy secret", "Copy the Client Secret without showing it"),
    key(Mode::List, &["u"], Action::Restore, "undo", "Take what was deleted last out of the trash; in the trash, the app under the cursor or all marked ones"),
    key(Mode::List, &["space"], Action::Mark, "mark", "Mark the app, for what is done to several"),
    key(Mode::List, &["z"], Action::ToggleStatus, "suspend", "Suspend the app or all marked ones; resume them if all are suspended"),
    key(Mode::List, &["t"], Action::Tag, "tag", "Tags of the app, or of all marked ones"),
    key(Mode::List, &["x"], Action::Export, "export", "Write the settings of the app, or of all marked ones, to a file"),
    key(Mode::List, &["d"], Action::Discard, "delete", "Discard the draft, or move the app or all marked ones to the trash (asks once)"),
    quiet(Mode::List, &["f"], Action::Favourite, "Make the app a favourite, or no longer; is:favourite shows them"),
    quiet(Mode::List, &["A"], Action::MarkAll, "Mark all that the filter leaves, up to 1,000; again: none"),
    key(Mode::List, &["a"], Action::OpenApprovals, "approvals", "Requests for scopes that require approval"),
    quiet(Mode::List, &["p"], Action::OpenOrganization, "Organization: its developers, your password and recovery key"),
    quiet(Mode::List, &["J"], Action::OpenJwt, "JWT credentials; with marked apps, a new one for these"),
    quiet(Mode::List, &["h"], Action::OpenHistory, "History of the workspace"),
    quiet(Mode::List, &["b"], Action::OpenLocalServer, "Sandbox: the local platform, its log and its faults"),
    quiet(Mode::List, &["o"], Action::NextSort, "Sort by the next column"),
    quiet(Mode::List, &["O"], Action::ReverseSort, "Sort the other way round"),
    quiet(Mode::List, &["down", "j"], Action::Down, "Next line"),
    quiet(Mode::List, &["up", "k"], Action::Up, "Line before"),
    quiet(Mode::List, &["pgdn"], Action::PageDown, "A page down"),
    quiet(Mode::List, &["pgup"], Action::PageUp, "A page up"),
    quiet(Mode::List, &["home", "g"], Action::First, "First line"),
    quiet(Mode::List, &["end", "G"], Action::Last, "Last line"),
    quiet(Mode::List, &["esc"], Action::Back, "Drop the marks, then clear the filter"),
    key(Mode::List, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    // Organization
    key(Mode::Organization, &["n"], Action::New, "add", "Add a developer"),
    key(Mode::Organization, &["r"], Action::ChangeRole, "role", "Change the role"),
    key(Mode::Organization, &["P"], Action::ResetPassword, "reset password", "Give them a new first password"),
    key(Mode::Organization, &["z"], Action::ToggleStatus, "disable", "Disable the developer, or enable them again"),
    key(Mode::Organization, &["d"], Action::Discard, "remove", "Remove the developer for good; their apps stay"),
    key(Mode::Organization, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the apps"),
    quiet(Mode::Organization, &["J"], Action::OpenJwt, "A JWT credential for this developer"),
    quiet(Mode::Organization, &["N"], Action::Rename, "Rename the organization"),
    quiet(Mode::Organization, &["w"], Action::ChangePassword, "Change your own password"),
    quiet(Mode::Organization, &["K"], Action::NewRecoveryKey, "A new recovery key for yourself; the old one ends"),
    key(Mode::Organization, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::Organization, &["down", "j"], Action::Down, "Next line"),
    quiet(Mode::Organization, &["up", "k"], Action::Up, "Line before"),
    quiet(Mode::Organization, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::Organization, &["pgup"], Action::PageUp, "A page up"),
    quiet(Mode::Organization, &["home", "g"], Action::First, "First line"),
    quiet(Mode::Organization, &["end", "G"], Action::Last, "Last line"),
    // First password
    key(Mode::Handed, &["c", "s"], Action::CopySecret, "copy", "Copy the password"),
    key(Mode::Handed, &["enter", "esc"], Action::Back, "done", "It was handed over: hide it for good"),
    // Approvals
    key(Mode::Approvals, &["y"], Action::Approve, "approve", "Approve the scope for the app"),
    key(Mode::Approvals, &["x"], Action::Reject, "reject", "Reject it, with a reason"),
    key(Mode::Approvals, &["enter", "right", "l"], Action::Confirm, "open app", "Open the app that asks"),
    key(Mode::Approvals, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the apps"),
    key(Mode::Approvals, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::Approvals, &["down", "j"], Action::Down, "Next request"),
    quiet(Mode::Approvals, &["up", "k"], Action::Up, "Request before"),
    quiet(Mode::Approvals, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::Approvals, &["pgup"], Action::PageUp, "A page up"),
    quiet(Mode::Approvals, &["home", "g"], Action::First, "First request"),
    quiet(Mode::Approvals, &["end", "G"], Action::Last, "Last request"),
    // Sandbox
    key(Mode::LocalServer, &["s"], Action::StartStop, "start/stop", "Start the local platform, or stop it"),
    key(Mode::LocalServer, &["enter", "right", "l"], Action::Confirm, "open", "The request, its answer, and what is wrong"),
    key(Mode::LocalServer, &["g"], Action::GoToSetting, "setting", "Go to the setting that mends it"),
    key(Mode::LocalServer, &["f"], Action::OpenFaults, "faults", "Faults that the local platform can be told to have"),
    key(Mode::LocalServer, &["x"], Action::Explain, "explain", "Explain an error or a token response; a paste does it too"),
    key(Mode::LocalServer, &["c"], Action::CopyUrl, "copy address", "Copy the address of the local platform"),
    key(Mode::LocalServer, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to where it was opened; it goes on running"),
    quiet(Mode::LocalServer, &["p"], Action::ChoosePort, "Another port"),
    quiet(Mode::LocalServer, &["P"], Action::NextProfile, "Profile: as the platform, or strict by the standards"),
    quiet(Mode::LocalServer, &["a"], Action::LimitLogins, "Limit logins to 5 a minute, or no longer"),
    quiet(Mode::LocalServer, &["d"], Action::ClearLog, "Clear the log"),
    key(Mode::LocalServer, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::LocalServer, &["down", "j"], Action::Down, "Next line"),
    quiet(Mode::LocalServer, &["up", "k"], Action::Up, "Line before"),
    quiet(Mode::LocalServer, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::LocalServer, &["pgup"], Action::PageUp, "A page up"),
    quiet(Mode::LocalServer, &["home"], Action::First, "Newest line"),
    quiet(Mode::LocalServer, &["end", "G"], Action::Last, "Oldest line"),
    // A request and its answer
    key(Mode::Exchange, &["g"], Action::GoToSetting, "setting", "Go to the setting that mends it"),
    key(Mode::Exchange, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the log"),
    quiet(Mode::Exchange, &["x"], Action::Explain, "Explain an error or a token response"),
    quiet(Mode::Exchange, &["down", "j"], Action::Down, "Scroll down"),
    quiet(Mode::Exchange, &["up", "k"], Action::Up, "Scroll up"),
    quiet(Mode::Exchange, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::Exchange, &["pgup"], Action::PageUp, "A page up"),
    key(Mode::Exchange, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    // Switchboard of faults
    key(Mode::Faults, &["space", "enter"], Action::Toggle, "off/once/always", "Off, once, always"),
    key(Mode::Faults, &["d"], Action::ClearLog, "all off", "Switch all of them off"),
    key(Mode::Faults, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the log"),
    key(Mode::Faults, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::Faults, &["down", "j"], Action::Down, "Next fault"),
    quiet(Mode::Faults, &["up", "k"], Action::Up, "Fault before"),
    // Explain
    key(Mode::Explained, &["x"], Action::Explain, "another", "Explain another one; a paste does it too"),
    key(Mode::Explained, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the log"),
    key(Mode::Explained, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::Explained, &["down", "j"], Action::Down, "Scroll down"),
    quiet(Mode::Explained, &["up", "k"], Action::Up, "Scroll up"),
    quiet(Mode::Explained, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::Explained, &["pgup"], Action::PageUp, "A page up"),
    // Try it
    key(Mode::Trial, &["g"], Action::GoToSetting, "setting", "Go to the setting that mends it"),
    key(Mode::Trial, &["c"], Action::CopyUrl, "copy address", "Copy the address that is to be opened"),
    key(Mode::Trial, &["r"], Action::Again, "again", "From the beginning"),
    key(Mode::Trial, &["b"], Action::OpenLocalServer, "sandbox", "The log of the local platform"),
    key(Mode::Trial, &["esc", "left", "h", "backspace"], Action::Back, "back", "End it, and back to the app"),
    key(Mode::Trial, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::Trial, &["down", "j"], Action::Down, "Scroll down"),
    quiet(Mode::Trial, &["up", "k"], Action::Up, "Scroll up"),
    quiet(Mode::Trial, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::Trial, &["pgup"], Action::PageUp, "A page up"),
    // JWT credentials
    key(Mode::Jwt, &["n"], Action::New, "create", "Create JWT"),
    key(Mode::Jwt, &["s", "c"], Action::CopySecret, "copy", "Copy the token without showing it"),
    key(Mode::Jwt, &["r"], Action::Reveal, "reveal", "Show or hide the token"),
    key(Mode::Jwt, &["e"], Action::JwtApps, "apps", "Change which apps may use it; the token stays"),
    key(Mode::Jwt, &["d"], Action::Discard, "revoke", "Revoke it for good (asks once)"),
    key(Mode::Jwt, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the apps"),
    key(Mode::Jwt, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::Jwt, &["down", "j"], Action::Down, "Next credential"),
    quiet(Mode::Jwt, &["up", "k"], Action::Up, "Credential before"),
    quiet(Mode::Jwt, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::Jwt, &["pgup"], Action::PageUp, "A page up"),
    quiet(Mode::Jwt, &["home", "g"], Action::First, "First credential"),
    quiet(Mode::Jwt, &["end", "G"], Action::Last, "Last credential"),
    // Filter of the history
    key(Mode::HistoryFilter, &["enter", "down", "tab"], Action::Confirm, "to the list", "Keep the filter and go to the rows"),
    key(Mode::HistoryFilter, &["esc"], Action::Back, "clear", "Clear the filter"),
    // History
    key(Mode::History, &["/"], Action::Filter, "filter", "Filter by app, person, what was done or what changed"),
    key(Mode::History, &["enter", "right", "l"], Action::Confirm, "open app", "Open the app of this row"),
    key(Mode::History, &["v"], Action::CheckHistory, "verify", "Check that no row was edited, removed or moved"),
    key(Mode::History, &["esc", "left", "h", "backspace"], Action::Back, "back", "Clear the filter, then back to the apps"),
    key(Mode::History, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::History, &["down", "j"], Action::Down, "Next row"),
    quiet(Mode::History, &["up", "k"], Action::Up, "Row before"),
    quiet(Mode::History, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::History, &["pgup"], Action::PageUp, "A page up"),
    quiet(Mode::History, &["home", "g"], Action::First, "Newest row"),
    quiet(Mode::History, &["end", "G"], Action::Last, "Oldest row that is shown"),
    // Commands
    key(Mode::Palette, &["enter"], Action::Confirm, "do it", "Do what is marked, or say why it is off"),
    key(Mode::Palette, &["esc"], Action::Back, "close", "Close the commands; nothing is done"),
    quiet(Mode::Palette, &["down", "tab"], Action::Down, "Next command"),
    quiet(Mode::Palette, &["up", "s-tab"], Action::Up, "Command before"),
    quiet(Mode::Palette, &["pgdn"], Action::PageDown, "A page down"),
    quiet(Mode::Palette, &["pgup"], Action::PageUp, "A page up"),
    // Two versions of an app
    key(Mode::Conflict, &["space"], Action::Toggle, "mine or theirs", "Take the other answer"),
    key(Mode::Conflict, &["enter"], Action::Confirm, "go on", "Go on with what is chosen; nothing is saved yet"),
    key(Mode::Conflict, &["esc"], Action::Back, "back", "Back to the form; nothing is saved"),
    quiet(Mode::Conflict, &["down", "j", "tab"], Action::Down, "Field after"),
    quiet(Mode::Conflict, &["up", "k", "s-tab"], Action::Up, "Field before"),
    // Typed answer
    key(Mode::Prompt, &["enter"], Action::Confirm, "go on", "Take the answer"),
    key(Mode::Prompt, &["esc"], Action::Back, "cancel", "Nothing is done"),
    // App page
    key(Mode::App, &["enter"], Action::Confirm, "copy", "Copy what the cursor is on, in the tab Credentials"),
    key(Mode::App, &["w"], Action::WriteFile, "write file", "Write the .env, the JSON or the snippet under the cursor to a file, in the tab Credentials"),
    key(Mode::App, &["c"], Action::CopyClientId, "copy ID", "Copy the Client ID"),
    key(Mode::App, &["s"], Action::CopySecret, "copy secret", "Copy the Client Secret without showing it"),
    key(Mode::App, &["S"], Action::CopySharedSecret, "copy shared", "Copy the Shared Secret of Interactive Messages"),
    key(Mode::App, &["e"], Action::EditApp, "edit", "Change the settings; shows what changes before it is saved"),
    key(Mode::App, &["r"], Action::Reveal, "reveal", "Show or hide the secrets"),
    key(Mode::App, &["tab", "right", "l", "]"], Action::NextTab, "next tab", "Overview, Settings, Credentials, History"),
    key(Mode::App, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the apps"),
    quiet(Mode::App, &["s-tab", "["], Action::PrevTab, "Tab before"),
    key(Mode::App, &["R"], Action::Rotate, "rotate", "A new Client Secret; the old one works for some hours more"),
    key(Mode::App, &["F"], Action::FinishRotation, "finish", "End the old Client Secret now"),
    key(Mode::App, &["X"], Action::CancelRotation, "cancel", "Throw the new Client Secret away and keep the old one"),
    key(Mode::App, &["u"], Action::Restore, "take out", "Take the app out of the trash"),
    key(Mode::App, &["D"], Action::Purge, "delete", "Delete an app of the trash for good"),
    key(Mode::App, &["J"], Action::OpenJwt, "JWT", "A JWT credential for this app"),
    key(Mode::App, &["T"], Action::TryIt, "try it", "Try it: log in against the local platform and make a first call, step by step"),
    quiet(Mode::App, &["b"], Action::OpenLocalServer, "Sandbox: the local platform, its log and its faults"),
    quiet(Mode::App, &["M"], Action::SendEvent, "Send a test event to the Outbound Webhook URL"),
    quiet(Mode::App, &["K"], Action::ListenEvents, "Listen for events and check their signatures"),
    quiet(Mode::App, &["t"], Action::Tag, "Tags of the app"),
    quiet(Mode::App, &["z"], Action::ToggleStatus, "Suspend the app, or resume it"),
    quiet(Mode::App, &["C"], Action::CloneApp, "Another app with the same settings"),
    quiet(Mode::App, &["d"], Action::Discard, "Move the app to the trash"),
    quiet(Mode::App, &["E"], Action::KeepProduction, "Keep what the platform issued for this app, in production"),
    quiet(Mode::App, &["L"], Action::KeepSandbox, "Keep what the platform issued for this app, in the legacy sandbox"),
    key(Mode::App, &["p"], Action::Unbox, "plain", "The credentials alone, unboxed, to select them with the mouse"),
    key(Mode::App, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(Mode::App, &["n"], Action::New, "Create another app"),
    quiet(Mode::App, &["down", "j"], Action::Down, "Scroll down"),
    quiet(Mode::App, &["up", "k"], Action::Up, "Scroll up"),
    quiet(Mode::App, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(Mode::App, &["pgup"], Action::PageUp, "A page up"),
    // Plain view of the credentials
    key(Mode::Unboxed, &["esc", "p", "left", "h", "backspace", "enter", "up", "k", "down", "j", "pgup", "pgdn", "space", "tab"], Action::Back, "back", "Back to the app's page"),
    key(Mode::Unboxed, &["r"], Action::Reveal, "reveal", "Show or hide the secrets"),
    key(Mode::Unboxed, &["c"], Action::CopyClientId, "copy ID", "Copy the Client ID"),
    key(Mode::Unboxed, &["s"], Action::CopySecret, "copy secret", "Copy the Client Secret without showing it"),
    key(Mode::Unboxed, &["S"], Action::CopySharedSecret, "copy shared", "Copy the Shared Secret of Interactive Messages"),
    key(Mode::Unboxed, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    // Anywhere
    quiet(Mode::Anywhere, &[":", "ctrl-p"], Action::Palette, "Every command by its name (^P while typing)"),
    quiet(Mode::Anywhere, &["ctrl-l"], Action::Lock, "Lock the console; drafts are kept"),
    quiet(Mode::Anywhere, &["ctrl-c"], Action::Quit, "Quit from anywhere; drafts are kept"),
    quiet(Mode::Anywhere, &["?", "f1", "ctrl-g"], Action::Help, "The keys that work here (^G or F1 while typing)"),
];

/// Keys that edit text, in all modes where letters are text.
#[rustfmt::skip] // one key, one row
pub(super) const EDITING: &[(&[&str], Edit, &str)] = &[
    (&["left"], Edit::Left, "One character back"),
    (&["right"], Edit::Right, "One character on; at the end of a path: complete it"),
    (&["ctrl-left", "alt-b"], Edit::WordLeft, "One word back"),
    (&["ctrl-right", "alt-f"], Edit::WordRight, "One word on"),
    (&["home", "ctrl-a"], Edit::Start, "To the start"),
    (&["end", "ctrl-e"], Edit::End, "To the end"),
    (&["backspace"], Edit::Backspace, "Delete the character before"),
    (&["delete", "ctrl-d"], Edit::Delete, "Delete the character under the cursor"),
    (&["ctrl-w", "ctrl-backspace"], Edit::DeleteWord, "Delete the word before"),
    (&["ctrl-u"], Edit::DeleteToStart, "Delete to the start"),
    (&["ctrl-k"], Edit::DeleteToEnd, "Delete to the end"),
];
