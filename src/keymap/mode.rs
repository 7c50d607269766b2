//! The meanings of keys, and the places where they have them.

use strum::IntoStaticStr;

use crate::keymap::Edit;

/// The meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Edit(Edit),
    NextField,
    PrevField,
    NextTab,
    PrevTab,
    /// By its number, from 1 on.
    GoToTab(u8),
    Confirm,
    /// The second of two ways on.
    Otherwise,
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
    Import,
    WriteFile,
    Palette,
    OpenHistory,
    OpenTrash,
    OpenOrganization,
    OpenApprovals,
    OpenSessions,
    OpenJwt,
    JwtApps,
    Rename,
    ChangeRole,
    ResetPassword,
    ChangePassword,
    NewRecoveryKey,
    OpenReadable,
    ShowFormer,
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
    RemoveIssued,
    ProposeScopes,
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
    AllOff,
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
    /// The footer offers only what works now; the key says why this does not.
    Off(String),
}

impl Can {
    pub fn of(why_off: Option<String>, is_named: bool) -> Self {
        match (why_off, is_named) {
            (None, true) => Self::Yes,
            (None, false) => Self::Unnamed,
            (Some(why), _) => Self::Off(why),
        }
    }

    pub fn is_named(&self) -> bool {
        matches!(self, Self::Yes)
    }

    pub fn why_off(self) -> Option<String> {
        match self {
            Self::Off(why) => Some(why),
            Self::Yes | Self::Unnamed => None,
        }
    }
}

/// The place of the focus, computed from the state. A key is looked up in a stack of contexts,
/// innermost first.
///
/// The text beside a mode is its heading in the help, in `docs/KEYS.md` and among the commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
pub enum Mode {
    /// A one-line text field.
    #[strum(serialize = "Text field")]
    Text,
    #[strum(serialize = "Text field of several lines")]
    Lines,
    /// A row of a repeatable field.
    #[strum(serialize = "Repeatable field")]
    Rows,
    #[strum(serialize = "Date field")]
    Date,
    #[strum(serialize = "Password field")]
    Password,
    Choice,
    #[strum(serialize = "Check box")]
    Toggle,
    /// A field that opens a searchable list.
    #[strum(serialize = "List field")]
    Pick,
    #[strum(serialize = "Generated secret")]
    Generated,
    /// The searchable list, for any number of options.
    #[strum(serialize = "Search list")]
    Picker,
    /// The searchable list, for one option.
    #[strum(serialize = "Search list for one answer")]
    PickOne,
    #[strum(serialize = "Any form")]
    Form,
    #[strum(serialize = "Create App")]
    CreateApp,
    /// The form of an existing app.
    #[strum(serialize = "Edit App")]
    EditApp,
    Review,
    #[strum(serialize = "Sign in")]
    SignIn,
    /// The recovery key, while it is shown. Letters are typed into its field.
    #[strum(serialize = "Recovery key")]
    RecoveryKey,
    #[strum(serialize = "Apps")]
    List,
    /// The filter of the apps list, while it is typed.
    Filter,
    #[strum(serialize = "App page")]
    App,
    /// The organization and its developers.
    #[strum(serialize = "People")]
    Organization,
    /// The secrets that a developer could read.
    #[strum(serialize = "Secrets to rotate")]
    Readable,
    /// A password to hand over to another developer.
    #[strum(serialize = "First password")]
    Handed,
    /// OAuth sessions of an app.
    #[strum(serialize = "Sessions")]
    Sessions,
    /// Pending requests.
    Approvals,
    /// What a manifest would change.
    #[strum(serialize = "Import")]
    Import,
    /// JWT credentials.
    #[strum(serialize = "JWT credentials")]
    Jwt,
    /// The local server and its log.
    #[strum(serialize = "Local server")]
    LocalServer,
    #[strum(serialize = "A request and its response")]
    Exchange,
    /// Faults of the local server.
    #[strum(serialize = "Faults")]
    Faults,
    /// The explanation of a pasted text.
    #[strum(serialize = "Explain")]
    Explained,
    /// A test of an app's login or webhook.
    #[strum(serialize = "Try it")]
    Trial,
    /// The history of the workspace.
    History,
    /// The filter of the history, while it is typed.
    #[strum(serialize = "Filter of the history")]
    HistoryFilter,
    /// The command palette.
    #[strum(serialize = "Commands")]
    Palette,
    /// Another developer saved the app that is being changed.
    #[strum(serialize = "Two versions of an app")]
    Conflict,
    /// A question on the app page that needs a typed answer.
    #[strum(serialize = "Prompt")]
    Prompt,
    /// The credentials of an app alone, for selecting them with the mouse.
    #[strum(serialize = "Credentials without frames")]
    Unboxed,
    #[strum(serialize = "Question")]
    Confirm,
    /// The question about a draft of changes.
    #[strum(serialize = "Unsaved changes")]
    Unsaved,
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
                | Self::RecoveryKey
                | Self::Filter
                | Self::Handed
                | Self::Explained
                | Self::HistoryFilter
                | Self::Palette
                | Self::Conflict
                | Self::Prompt
                | Self::Unboxed
                | Self::Confirm
                | Self::Unsaved
                | Self::Help
                | Self::Locked
        )
    }

    /// What the help says about the page, besides its keys.
    pub fn note(self) -> Option<&'static str> {
        match self {
            Self::History => Some(
                "A fingerprint stands for a secret: equal secrets have the same fingerprint, and the secret cannot be read from it.",
            ),
            _ => None,
        }
    }

    pub fn title(self) -> &'static str {
        self.into()
    }
}
