//! The meanings of keys, and the places where they have them.

use crate::keymap::Edit;

/// The meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Edit(Edit),
    NextField,
    PrevField,
    NextTab,
    PrevTab,
    Confirm,
    Toggle,
    Submit,
    Back,
    Quit,
    Help,
    Lock,
    Up,
    Down,
    Left,
    Right,
    First,
    Last,
    PageUp,
    PageDown,
    New,
    Filter,
    Complete,
    Mark,
    MarkAll,
    NextSort,
    ReverseSort,
    Favourite,
    Tag,
    Export,
    WriteFile,
    Palette,
    OpenHistory,
    OpenOrganization,
    OpenApprovals,
    OpenJwt,
    JwtApps,
    Rename,
    ChangeRole,
    ResetPassword,
    ChangePassword,
    NewRecoveryKey,
    Approve,
    Reject,
    CheckHistory,
    CopyClientId,
    CopySecret,
    CopySharedSecret,
    Reveal,
    Unbox,
    EditApp,
    CloneApp,
    ToggleStatus,
    Rotate,
    FinishRotation,
    CancelRotation,
    Restore,
    Purge,
    KeepProduction,
    KeepSandbox,
    Renew,
    RemoveRow,
    Discard,
    ShowPassword,
    Forgot,
    SignOut,
    OpenLocalServer,
    StartStop,
    ChoosePort,
    NextProfile,
    LimitLogins,
    OpenFaults,
    Explain,
    ClearLog,
    CopyUrl,
    GoToSetting,
    TryIt,
    SendEvent,
    ListenEvents,
    Again,
}

/// Whether an action works now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Can {
    Yes,
    /// It works, and the footer need not name it.
    Unnamed,
    /// The footer dims it; its key says why.
    Off(String),
    /// There is nothing to work on: the footer leaves it out; its key says why.
    Absent(String),
}

impl Can {
    pub fn of(why_off: Option<String>, is_named: bool) -> Self {
        match (why_off, is_named) {
            (None, true) => Self::Yes,
            (None, false) => Self::Unnamed,
            (Some(why), true) => Self::Off(why),
            (Some(why), false) => Self::Absent(why),
        }
    }

    pub fn is_named(&self) -> bool {
        matches!(self, Self::Yes | Self::Off(_))
    }

    pub fn why_off(self) -> Option<String> {
        match self {
            Self::Off(why) | Self::Absent(why) => Some(why),
            Self::Yes | Self::Unnamed => None,
        }
    }
}

/// The place of the focus, computed from the state. A key is looked up in a stack of contexts,
/// innermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A one-line text field.
    Text,
    /// A text field of several lines.
    Lines,
    /// A row of a repeatable field.
    Rows,
    /// A field for a date.
    Date,
    /// A field for a password.
    Password,
    Choice,
    Toggle,
    /// A field that opens a searchable list.
    Pick,
    /// A generated secret.
    Generated,
    /// The searchable list, for any number of options.
    Picker,
    /// The searchable list, for one option.
    PickOne,
    Form,
    CreateApp,
    /// The form of an existing app.
    EditApp,
    Review,
    SignIn,
    List,
    /// The filter of the apps list, while it is typed.
    Filter,
    App,
    /// The organization and its people.
    Organization,
    /// A password to hand over to another developer.
    Handed,
    /// Pending requests.
    Approvals,
    /// JWT credentials.
    Jwt,
    /// The local server and its log.
    LocalServer,
    /// A request and its answer.
    Exchange,
    /// Faults of the local server.
    Faults,
    /// The explanation of a pasted text.
    Explained,
    /// A test of an app's login or webhook.
    Trial,
    /// The history of the workspace.
    History,
    /// The filter of the history, while it is typed.
    HistoryFilter,
    /// The command palette.
    Palette,
    /// Another developer saved the app that is being changed.
    Conflict,
    /// A question on the app page that needs a typed answer.
    Prompt,
    /// The credentials of an app alone, for selecting them with the mouse.
    Unboxed,
    Confirm,
    Help,
    Locked,
    Anywhere,
}

impl Mode {
    /// Whether letters are text.
    pub fn takes_text(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::Lines
                | Self::Rows
                | Self::Password
                | Self::Picker
                | Self::PickOne
                | Self::Filter
                | Self::HistoryFilter
                | Self::Palette
        )
    }

    /// Whether it is a page, or part of one, whose commands are worth finding from elsewhere: no
    /// field, no overlay, nothing that is open only for a moment.
    pub fn is_page(self) -> bool {
        !matches!(
            self,
            Self::Text
                | Self::Lines
                | Self::Rows
                | Self::Date
                | Self::Password
                | Self::Choice
                | Self::Toggle
                | Self::Pick
                | Self::Generated
                | Self::Picker
                | Self::PickOne
                | Self::Form
                | Self::Review
                | Self::SignIn
                | Self::Filter
                | Self::Handed
                | Self::Explained
                | Self::HistoryFilter
                | Self::Palette
                | Self::Conflict
                | Self::Prompt
                | Self::Unboxed
                | Self::Confirm
                | Self::Help
                | Self::Locked
        )
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Text => "Text field",
            Self::Lines => "Text field of several lines",
            Self::Rows => "Repeatable field",
            Self::Date => "Field for a date",
            Self::Password => "Password field",
            Self::Choice => "Choice",
            Self::Toggle => "Check box",
            Self::Pick => "Field with a list",
            Self::Generated => "Generated secret",
            Self::Picker => "Search list",
            Self::PickOne => "Search list for one answer",
            Self::Form => "Any form",
            Self::CreateApp => "Create App",
            Self::EditApp => "Edit App",
            Self::Review => "Review",
            Self::SignIn => "Sign in",
            Self::List => "Apps",
            Self::Filter => "Filter",
            Self::App => "App page",
            Self::Organization => "Organization",
            Self::Handed => "First password",
            Self::Approvals => "Approvals",
            Self::Jwt => "JWT credentials",
            Self::LocalServer => "Sandbox",
            Self::Exchange => "A request and its answer",
            Self::Faults => "Switchboard of faults",
            Self::Explained => "Explain",
            Self::Trial => "Try it",
            Self::History => "History",
            Self::HistoryFilter => "Filter of the history",
            Self::Palette => "Commands",
            Self::Conflict => "Two versions of an app",
            Self::Prompt => "Typed answer",
            Self::Unboxed => "Plain view of the credentials",
            Self::Confirm => "Question",
            Self::Help => "Help",
            Self::Locked => "Locked",
            Self::Anywhere => "Anywhere",
        }
    }
}
