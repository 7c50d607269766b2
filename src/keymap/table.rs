//! The table of all keys.

use super::{Action, Context, Edit};

/// A row of the table.
#[derive(Debug)]
pub struct Binding {
    pub context: Context,
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
    context: Context,
    keys: &'static [&'static str],
    action: Action,
    label: &'static str,
    help: &'static str,
) -> Binding {
    Binding {
        context,
        keys,
        action,
        label,
        help,
        footer: true,
    }
}

/// A key that the help lists, but not the footer.
const fn quiet(
    context: Context,
    keys: &'static [&'static str],
    action: Action,
    help: &'static str,
) -> Binding {
    Binding {
        context,
        keys,
        action,
        label: "",
        help,
        footer: false,
    }
}

use Context as In;

#[rustfmt::skip] // one key, one row
pub const BINDINGS: &[Binding] = &[
    // Question
    key(In::Confirm, &["enter", "y"], Action::Confirm, "yes", "Yes, do it"),
    key(In::Confirm, &["esc", "n", "q"], Action::Back, "no", "No, go back"),
    // Help
    key(In::Help, &["esc", "?", "f1", "ctrl-g", "q", "enter"], Action::Back, "close", "Close the help"),
    quiet(In::Help, &["down", "j"], Action::Down, "Scroll down"),
    quiet(In::Help, &["up", "k"], Action::Up, "Scroll up"),
    quiet(In::Help, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::Help, &["pgup"], Action::PageUp, "A page up"),
    // Search list
    key(In::Picker, &["space"], Action::Toggle, "choose", "Choose or drop the marked line (in the middle of a search it is a space)"),
    key(In::Picker, &["enter"], Action::Confirm, "add / done", "Add what the search found; with an empty search: done"),
    key(In::Picker, &["esc"], Action::Back, "close", "Close the list and keep what was chosen"),
    quiet(In::Picker, &["down", "tab"], Action::Down, "Next line"),
    quiet(In::Picker, &["up", "s-tab"], Action::Up, "Line before"),
    quiet(In::Picker, &["pgdn"], Action::PageDown, "A page down"),
    quiet(In::Picker, &["pgup"], Action::PageUp, "A page up"),
    // Search list for one answer
    key(In::PickOne, &["enter"], Action::Confirm, "choose", "Choose the marked line"),
    key(In::PickOne, &["esc"], Action::Back, "close", "Close the list and leave the answer as it was"),
    quiet(In::PickOne, &["down", "tab"], Action::Down, "Next line"),
    quiet(In::PickOne, &["up", "s-tab"], Action::Up, "Line before"),
    quiet(In::PickOne, &["pgdn"], Action::PageDown, "A page down"),
    quiet(In::PickOne, &["pgup"], Action::PageUp, "A page up"),
    // Filter
    key(In::Filter, &["enter", "down"], Action::Confirm, "to the list", "Keep the filter and go to the list"),
    key(In::Filter, &["tab"], Action::Complete, "complete", "Complete a facet or its value"),
    key(In::Filter, &["esc"], Action::Back, "clear", "Clear the filter"),
    // Choice
    key(In::Choice, &["space"], Action::Toggle, "choose", "Choose the next answer"),
    quiet(In::Choice, &["down"], Action::Down, "Answer below; after the last one, the next field"),
    quiet(In::Choice, &["up"], Action::Up, "Answer above; before the first one, the field before"),
    quiet(In::Choice, &["left"], Action::Left, "Answer before"),
    quiet(In::Choice, &["right"], Action::Right, "Next answer"),
    // Check box
    key(In::Toggle, &["space"], Action::Toggle, "switch", "Switch on or off"),
    // Field with a list
    key(In::Pick, &["enter", "space"], Action::Confirm, "open list", "Open the list; typing searches it at once"),
    // Generated secret
    key(In::Generated, &["r"], Action::Reveal, "reveal", "Show or hide the secret"),
    key(In::Generated, &["s", "c"], Action::CopySecret, "copy", "Copy the secret without showing it"),
    key(In::Generated, &["n"], Action::Renew, "new value", "Make a new secret"),
    // Repeatable field
    key(In::Rows, &["enter"], Action::Confirm, "add another", "Next row; on an empty row, the next field"),
    key(In::Rows, &["ctrl-x"], Action::RemoveRow, "remove", "Remove this row (Backspace on an empty row does too)"),
    // Text field of several lines
    quiet(In::Lines, &["enter"], Action::Confirm, "Next field, or a new line where lines count"),
    // Password field
    key(In::Password, &["ctrl-r"], Action::ShowPassword, "show", "Show or hide what is typed"),
    // Sign in
    key(In::SignIn, &["ctrl-f"], Action::Forgot, "forgot password", "Use the recovery key instead"),
    // Locked
    key(In::Locked, &["enter", "ctrl-s"], Action::Submit, "unlock", "Unlock with the password"),
    key(In::Locked, &["ctrl-o"], Action::SignOut, "sign out", "Sign out; drafts are kept"),
    // Review
    key(In::Review, &["enter", "space"], Action::Confirm, "go there / finish", "Jump to the section, or create or save the app"),
    quiet(In::Review, &["down", "j", "tab"], Action::Down, "Next section"),
    quiet(In::Review, &["up", "k", "s-tab"], Action::Up, "Section before"),
    // Edit App
    key(In::EditApp, &["ctrl-s"], Action::Submit, "save", "Show what changes; the second time, save it"),
    // Create App
    key(In::CreateApp, &["ctrl-s"], Action::Submit, "create", "Create the app; with errors, go to the first one"),
    key(In::CreateApp, &["pgdn", "ctrl-pgdn", "]"], Action::NextTab, "next tab", "Next tab (] outside of text)"),
    quiet(In::CreateApp, &["pgup", "ctrl-pgup", "["], Action::PrevTab, "Tab before ([ outside of text)"),
    key(In::CreateApp, &["esc"], Action::Back, "to the list", "Back to the apps; the draft is kept"),
    // Field for a date
    key(In::Date, &["down"], Action::Down, "day later", "A day later; from nothing, 90 days from today"),
    quiet(In::Date, &["up"], Action::Up, "A day earlier; then the field before"),
    key(In::Date, &["pgdn"], Action::PageDown, "month later", "A month later"),
    quiet(In::Date, &["pgup"], Action::PageUp, "A month earlier"),
    // Any form
    key(In::Form, &["tab"], Action::NextField, "next field", "Next field"),
    quiet(In::Form, &["s-tab"], Action::PrevField, "Field before"),
    quiet(In::Form, &["enter"], Action::Confirm, "Next field; on a button, press it"),
    quiet(In::Form, &["down"], Action::Down, "Next field (in a text of several lines: the line below)"),
    quiet(In::Form, &["up"], Action::Up, "Field before (in a text of several lines: the line above)"),
    key(In::Form, &["ctrl-s"], Action::Submit, "send", "Send the form"),
    key(In::Form, &["esc"], Action::Back, "back", "Back; nothing typed is lost"),
    // Apps
    key(In::List, &["n"], Action::New, "create app", "Create App"),
    key(In::List, &["enter", "right", "l"], Action::Confirm, "open", "Open the app, or resume the draft"),
    key(In::List, &["/"], Action::Filter, "filter", "Filter by name, Client ID, redirect URI or scope, and by type: auth: is: status: scope: owner: tag:"),
    key(In::List, &["c"], Action::CopyClientId, "copy ID", "Copy the Client ID"),
    key(In::List, &["s"], Action::CopySecret, "copy secret", "Copy the Client Secret without showing it"),
    key(In::List, &["u"], Action::Restore, "undo", "Take what was deleted last out of the trash; in the trash, the app under the cursor or all marked ones"),
    key(In::List, &["space"], Action::Mark, "mark", "Mark the app, for what is done to several"),
    key(In::List, &["z"], Action::ToggleStatus, "suspend", "Suspend the app or all marked ones; resume them if all are suspended"),
    key(In::List, &["t"], Action::Tag, "tag", "Tags of the app, or of all marked ones"),
    key(In::List, &["x"], Action::Export, "export", "Write the settings of the app, or of all marked ones, to a file"),
    key(In::List, &["d"], Action::Discard, "delete", "Discard the draft, or move the app or all marked ones to the trash (asks once)"),
    quiet(In::List, &["f"], Action::Favourite, "Make the app a favourite, or no longer; is:favourite shows them"),
    quiet(In::List, &["A"], Action::MarkAll, "Mark all that the filter leaves, up to 1,000; again: none"),
    key(In::List, &["a"], Action::OpenApprovals, "approvals", "Requests for scopes that require approval"),
    quiet(In::List, &["p"], Action::OpenOrganization, "Organization: its developers, your password and recovery key"),
    quiet(In::List, &["J"], Action::OpenJwt, "JWT credentials; with marked apps, a new one for these"),
    quiet(In::List, &["h"], Action::OpenHistory, "History of the workspace"),
    quiet(In::List, &["b"], Action::OpenSandbox, "Sandbox: the local platform, its log and its faults"),
    quiet(In::List, &["o"], Action::NextSort, "Sort by the next column"),
    quiet(In::List, &["O"], Action::ReverseSort, "Sort the other way round"),
    quiet(In::List, &["down", "j"], Action::Down, "Next line"),
    quiet(In::List, &["up", "k"], Action::Up, "Line before"),
    quiet(In::List, &["pgdn"], Action::PageDown, "A page down"),
    quiet(In::List, &["pgup"], Action::PageUp, "A page up"),
    quiet(In::List, &["home", "g"], Action::First, "First line"),
    quiet(In::List, &["end", "G"], Action::Last, "Last line"),
    quiet(In::List, &["esc"], Action::Back, "Drop the marks, then clear the filter"),
    key(In::List, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    // Organization
    key(In::Organization, &["n"], Action::New, "add", "Add a developer"),
    key(In::Organization, &["r"], Action::ChangeRole, "role", "Change the role"),
    key(In::Organization, &["P"], Action::ResetPassword, "reset password", "Give them a new first password"),
    key(In::Organization, &["z"], Action::ToggleStatus, "disable", "Disable the developer, or enable them again"),
    key(In::Organization, &["d"], Action::Discard, "remove", "Remove the developer for good; their apps stay"),
    key(In::Organization, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the apps"),
    quiet(In::Organization, &["J"], Action::OpenJwt, "A JWT credential for this developer"),
    quiet(In::Organization, &["N"], Action::Rename, "Rename the organization"),
    quiet(In::Organization, &["w"], Action::ChangePassword, "Change your own password"),
    quiet(In::Organization, &["K"], Action::NewRecoveryKey, "A new recovery key for yourself; the old one ends"),
    key(In::Organization, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::Organization, &["down", "j"], Action::Down, "Next line"),
    quiet(In::Organization, &["up", "k"], Action::Up, "Line before"),
    quiet(In::Organization, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::Organization, &["pgup"], Action::PageUp, "A page up"),
    quiet(In::Organization, &["home", "g"], Action::First, "First line"),
    quiet(In::Organization, &["end", "G"], Action::Last, "Last line"),
    // First password
    key(In::Handed, &["c", "s"], Action::CopySecret, "copy", "Copy the password"),
    key(In::Handed, &["enter", "esc"], Action::Back, "done", "It was handed over: hide it for good"),
    // Approvals
    key(In::Approvals, &["y"], Action::Approve, "approve", "Approve the scope for the app"),
    key(In::Approvals, &["x"], Action::Reject, "reject", "Reject it, with a reason"),
    key(In::Approvals, &["enter", "right", "l"], Action::Confirm, "open app", "Open the app that asks"),
    key(In::Approvals, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the apps"),
    key(In::Approvals, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::Approvals, &["down", "j"], Action::Down, "Next request"),
    quiet(In::Approvals, &["up", "k"], Action::Up, "Request before"),
    quiet(In::Approvals, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::Approvals, &["pgup"], Action::PageUp, "A page up"),
    quiet(In::Approvals, &["home", "g"], Action::First, "First request"),
    quiet(In::Approvals, &["end", "G"], Action::Last, "Last request"),
    // Sandbox
    key(In::Sandbox, &["s"], Action::StartStop, "start/stop", "Start the local platform, or stop it"),
    key(In::Sandbox, &["enter", "right", "l"], Action::Confirm, "open", "The request, its answer, and what is wrong"),
    key(In::Sandbox, &["g"], Action::GoToSetting, "setting", "Go to the setting that mends it"),
    key(In::Sandbox, &["f"], Action::Switchboard, "faults", "Faults that the local platform can be told to have"),
    key(In::Sandbox, &["x"], Action::Explain, "explain", "Explain an error or a token response; a paste does it too"),
    key(In::Sandbox, &["c"], Action::CopyUrl, "copy address", "Copy the address of the local platform"),
    key(In::Sandbox, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to where it was opened; it goes on running"),
    quiet(In::Sandbox, &["p"], Action::ChoosePort, "Another port"),
    quiet(In::Sandbox, &["P"], Action::NextProfile, "Profile: as the platform, or strict by the standards"),
    quiet(In::Sandbox, &["a"], Action::LimitLogins, "Limit logins to 5 a minute, or no longer"),
    quiet(In::Sandbox, &["d"], Action::ClearLog, "Clear the log"),
    key(In::Sandbox, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::Sandbox, &["down", "j"], Action::Down, "Next line"),
    quiet(In::Sandbox, &["up", "k"], Action::Up, "Line before"),
    quiet(In::Sandbox, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::Sandbox, &["pgup"], Action::PageUp, "A page up"),
    quiet(In::Sandbox, &["home"], Action::First, "Newest line"),
    quiet(In::Sandbox, &["end", "G"], Action::Last, "Oldest line"),
    // A request and its answer
    key(In::Exchange, &["g"], Action::GoToSetting, "setting", "Go to the setting that mends it"),
    key(In::Exchange, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the log"),
    quiet(In::Exchange, &["x"], Action::Explain, "Explain an error or a token response"),
    quiet(In::Exchange, &["down", "j"], Action::Down, "Scroll down"),
    quiet(In::Exchange, &["up", "k"], Action::Up, "Scroll up"),
    quiet(In::Exchange, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::Exchange, &["pgup"], Action::PageUp, "A page up"),
    key(In::Exchange, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    // Switchboard of faults
    key(In::Faults, &["space", "enter"], Action::Toggle, "off/once/always", "Off, once, always"),
    key(In::Faults, &["d"], Action::ClearLog, "all off", "Switch all of them off"),
    key(In::Faults, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the log"),
    key(In::Faults, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::Faults, &["down", "j"], Action::Down, "Next fault"),
    quiet(In::Faults, &["up", "k"], Action::Up, "Fault before"),
    // Explain
    key(In::Explained, &["x"], Action::Explain, "another", "Explain another one; a paste does it too"),
    key(In::Explained, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the log"),
    key(In::Explained, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::Explained, &["down", "j"], Action::Down, "Scroll down"),
    quiet(In::Explained, &["up", "k"], Action::Up, "Scroll up"),
    quiet(In::Explained, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::Explained, &["pgup"], Action::PageUp, "A page up"),
    // Try it
    key(In::Trial, &["g"], Action::GoToSetting, "setting", "Go to the setting that mends it"),
    key(In::Trial, &["c"], Action::CopyUrl, "copy address", "Copy the address that is to be opened"),
    key(In::Trial, &["r"], Action::Again, "again", "From the beginning"),
    key(In::Trial, &["b"], Action::OpenSandbox, "sandbox", "The log of the local platform"),
    key(In::Trial, &["esc", "left", "h", "backspace"], Action::Back, "back", "End it, and back to the app"),
    key(In::Trial, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::Trial, &["down", "j"], Action::Down, "Scroll down"),
    quiet(In::Trial, &["up", "k"], Action::Up, "Scroll up"),
    quiet(In::Trial, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::Trial, &["pgup"], Action::PageUp, "A page up"),
    // JWT credentials
    key(In::Jwt, &["n"], Action::New, "create", "Create JWT"),
    key(In::Jwt, &["s", "c"], Action::CopySecret, "copy", "Copy the token without showing it"),
    key(In::Jwt, &["r"], Action::Reveal, "reveal", "Show or hide the token"),
    key(In::Jwt, &["e"], Action::JwtApps, "apps", "Change which apps may use it; the token stays"),
    key(In::Jwt, &["d"], Action::Discard, "revoke", "Revoke it for good (asks once)"),
    key(In::Jwt, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the apps"),
    key(In::Jwt, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::Jwt, &["down", "j"], Action::Down, "Next credential"),
    quiet(In::Jwt, &["up", "k"], Action::Up, "Credential before"),
    quiet(In::Jwt, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::Jwt, &["pgup"], Action::PageUp, "A page up"),
    quiet(In::Jwt, &["home", "g"], Action::First, "First credential"),
    quiet(In::Jwt, &["end", "G"], Action::Last, "Last credential"),
    // Filter of the history
    key(In::HistoryFilter, &["enter", "down", "tab"], Action::Confirm, "to the list", "Keep the filter and go to the rows"),
    key(In::HistoryFilter, &["esc"], Action::Back, "clear", "Clear the filter"),
    // History
    key(In::History, &["/"], Action::Filter, "filter", "Filter by app, person, what was done or what changed"),
    key(In::History, &["enter", "right", "l"], Action::Confirm, "open app", "Open the app of this row"),
    key(In::History, &["v"], Action::CheckHistory, "verify", "Check that no row was edited, removed or moved"),
    key(In::History, &["esc", "left", "h", "backspace"], Action::Back, "back", "Clear the filter, then back to the apps"),
    key(In::History, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::History, &["down", "j"], Action::Down, "Next row"),
    quiet(In::History, &["up", "k"], Action::Up, "Row before"),
    quiet(In::History, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::History, &["pgup"], Action::PageUp, "A page up"),
    quiet(In::History, &["home", "g"], Action::First, "Newest row"),
    quiet(In::History, &["end", "G"], Action::Last, "Oldest row that is shown"),
    // Commands
    key(In::Palette, &["enter"], Action::Confirm, "do it", "Do what is marked, or say why it is off"),
    key(In::Palette, &["esc"], Action::Back, "close", "Close the commands; nothing is done"),
    quiet(In::Palette, &["down", "tab"], Action::Down, "Next command"),
    quiet(In::Palette, &["up", "s-tab"], Action::Up, "Command before"),
    quiet(In::Palette, &["pgdn"], Action::PageDown, "A page down"),
    quiet(In::Palette, &["pgup"], Action::PageUp, "A page up"),
    // Two versions of an app
    key(In::Conflict, &["space"], Action::Toggle, "mine or theirs", "Take the other answer"),
    key(In::Conflict, &["enter"], Action::Confirm, "go on", "Go on with what is chosen; nothing is saved yet"),
    key(In::Conflict, &["esc"], Action::Back, "back", "Back to the form; nothing is saved"),
    quiet(In::Conflict, &["down", "j", "tab"], Action::Down, "Field after"),
    quiet(In::Conflict, &["up", "k", "s-tab"], Action::Up, "Field before"),
    // Typed answer
    key(In::Prompt, &["enter"], Action::Confirm, "go on", "Take the answer"),
    key(In::Prompt, &["esc"], Action::Back, "cancel", "Nothing is done"),
    // App page
    key(In::App, &["enter"], Action::Confirm, "copy", "Copy what the cursor is on, in the tab Credentials"),
    key(In::App, &["w"], Action::WriteFile, "write file", "Write the .env, the JSON or the snippet under the cursor to a file, in the tab Credentials"),
    key(In::App, &["c"], Action::CopyClientId, "copy ID", "Copy the Client ID"),
    key(In::App, &["s"], Action::CopySecret, "copy secret", "Copy the Client Secret without showing it"),
    key(In::App, &["S"], Action::CopySharedSecret, "copy shared", "Copy the Shared Secret of Interactive Messages"),
    key(In::App, &["e"], Action::EditApp, "edit", "Change the settings; shows what changes before it is saved"),
    key(In::App, &["r"], Action::Reveal, "reveal", "Show or hide the secrets"),
    key(In::App, &["tab", "right", "l", "]"], Action::NextTab, "next tab", "Overview, Settings, Credentials, History"),
    key(In::App, &["esc", "left", "h", "backspace"], Action::Back, "back", "Back to the apps"),
    quiet(In::App, &["s-tab", "["], Action::PrevTab, "Tab before"),
    key(In::App, &["R"], Action::Rotate, "rotate", "A new Client Secret; the old one works for some hours more"),
    key(In::App, &["F"], Action::FinishRotation, "finish", "End the old Client Secret now"),
    key(In::App, &["X"], Action::CancelRotation, "cancel", "Throw the new Client Secret away and keep the old one"),
    key(In::App, &["u"], Action::Restore, "take out", "Take the app out of the trash"),
    key(In::App, &["D"], Action::Purge, "delete", "Delete an app of the trash for good"),
    key(In::App, &["J"], Action::OpenJwt, "JWT", "A JWT credential for this app"),
    key(In::App, &["T"], Action::TryIt, "try it", "Try it: log in against the local platform and make a first call, step by step"),
    quiet(In::App, &["b"], Action::OpenSandbox, "Sandbox: the local platform, its log and its faults"),
    quiet(In::App, &["M"], Action::SendEvent, "Send a test event to the Outbound Webhook URL"),
    quiet(In::App, &["K"], Action::ListenEvents, "Listen for events and check their signatures"),
    quiet(In::App, &["t"], Action::Tag, "Tags of the app"),
    quiet(In::App, &["z"], Action::ToggleStatus, "Suspend the app, or resume it"),
    quiet(In::App, &["C"], Action::CloneApp, "Another app with the same settings"),
    quiet(In::App, &["d"], Action::Discard, "Move the app to the trash"),
    quiet(In::App, &["E"], Action::KeepProduction, "Keep what the platform issued for this app, in production"),
    quiet(In::App, &["L"], Action::KeepSandbox, "Keep what the platform issued for this app, in the legacy sandbox"),
    key(In::App, &["p"], Action::Unbox, "plain", "The credentials alone, unboxed, to select them with the mouse"),
    key(In::App, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    quiet(In::App, &["n"], Action::New, "Create another app"),
    quiet(In::App, &["down", "j"], Action::Down, "Scroll down"),
    quiet(In::App, &["up", "k"], Action::Up, "Scroll up"),
    quiet(In::App, &["pgdn", "space"], Action::PageDown, "A page down"),
    quiet(In::App, &["pgup"], Action::PageUp, "A page up"),
    // Plain view of the credentials
    key(In::Unboxed, &["esc", "p", "left", "h", "backspace", "enter", "up", "k", "down", "j", "pgup", "pgdn", "space", "tab"], Action::Back, "back", "Back to the app's page"),
    key(In::Unboxed, &["r"], Action::Reveal, "reveal", "Show or hide the secrets"),
    key(In::Unboxed, &["c"], Action::CopyClientId, "copy ID", "Copy the Client ID"),
    key(In::Unboxed, &["s"], Action::CopySecret, "copy secret", "Copy the Client Secret without showing it"),
    key(In::Unboxed, &["S"], Action::CopySharedSecret, "copy shared", "Copy the Shared Secret of Interactive Messages"),
    key(In::Unboxed, &["q"], Action::Quit, "quit", "Quit; drafts are kept"),
    // Anywhere
    quiet(In::Anywhere, &[":", "ctrl-p"], Action::Palette, "Every command by its name (^P while typing)"),
    quiet(In::Anywhere, &["ctrl-l"], Action::Lock, "Lock the console; drafts are kept"),
    quiet(In::Anywhere, &["ctrl-c"], Action::Quit, "Quit from anywhere; drafts are kept"),
    quiet(In::Anywhere, &["?", "f1", "ctrl-g"], Action::Help, "The keys that work here (^G or F1 while typing)"),
];

/// Keys that edit text, in all contexts where letters are text.
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
