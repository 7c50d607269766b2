//! Something happened (`Msg`), something is wanted from outside (`Effect`), and what came of it
//! (`Answer`). All of them are data.

use crate::{
    domain::{
        app::{
            App, AppWindow, Environment, Issued, Registration,
            icon::{IconRef, Preview},
            list::{Bulk, BulkDone, ListView, Sort},
        },
        draft::StoredDraft,
        handoff::{EnvStyle, Output, snippet::Language},
        history::{Broken, Entry, HistoryWindow},
        id::{AppId, DeveloperId, DraftId, JwtId, TicketId},
        oauth::{
            credential::{ClientId, RecoveryKey},
            exchange::Exchange,
            fault::{Armed, Fault},
            jwt::{AuthorizedApps, FoundApps, JwtCredential, NewJwt},
            setup::Setup,
            trial::{Step, TrialKind},
        },
        people::{
            developer::{Role, Session, Team},
            email::EmailAddress,
            ticket::{Decision, Request},
        },
        secret::Secret,
        time::UnixMs,
    },
    keymap::Key,
};

/// Now, twice: for measuring (never jumps) and for writing down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds since the program started.
    pub mono_ms: u64,
    pub unix: UnixMs,
}

/// Something happened.
#[derive(Debug)]
pub enum Msg {
    Clock(Clock),
    Key(Key),
    /// One of several keys that came in one go: perhaps a paste, from a terminal that cannot tell.
    KeyInBurst(Key),
    Paste(String),
    Resize(u16, u16),
    /// Ctrl-Z and its signal: the terminal is handed back for a while.
    Suspend,
    /// SIGTERM, SIGHUP, a lost terminal.
    HangUp,
    Answer(Answer),
}

/// Something is wanted from outside.
#[derive(Clone, Debug)]
pub enum Effect {
    SignUp {
        organization: String,
        full_name: String,
        email: EmailAddress,
        password: Secret,
    },
    /// Signing in and unlocking are the same work.
    SignIn {
        email: String,
        password: Secret,
    },
    Recover {
        email: String,
        key: RecoveryKey,
        password: Secret,
    },
    /// The recovery key was written down.
    ConfirmRecoveryKey,
    /// Forget the workspace key.
    Lock,
    LoadApps {
        generation: u64,
        words: String,
        sort: Sort,
        offset: u64,
        limit: u64,
        /// An app to put the window and the cursor on, if the filter leaves it.
        wanted: Option<AppId>,
    },
    LoadApp {
        id: AppId,
        purpose: Purpose,
    },
    LoadDrafts,
    StartDraft,
    MintSharedSecret,
    SaveDraft {
        id: DraftId,
        body: Secret,
    },
    DiscardDraft {
        id: DraftId,
    },
    CheckName {
        name: String,
    },
    ReadIcon {
        path: String,
    },
    LoadPreview {
        icon: IconRef,
    },
    CompletePath {
        typed: String,
    },
    CreateApp {
        registration: Box<Registration>,
        draft: Option<DraftId>,
    },
    Manage(Manage),
    List(ListWork),
    WriteFile(FileWork),
    History(HistoryWork),
    Team(TeamWork),
    Approvals(ApprovalWork),
    Jwt(JwtWork),
    Sandbox(SandboxWork),
    RevealSecrets {
        app: AppId,
    },
    /// The secret goes from the vault to the clipboard without passing the screen.
    CopyAppSecret {
        app: AppId,
        what: Copyable,
    },
    Copy {
        what: Copyable,
        text: Secret,
    },
    ClearClipboard,
    Suspend,
    Quit,
}

/// What the list asks for, beside its rows.
#[derive(Clone, Debug)]
pub enum ListWork {
    LoadView,
    SaveView(ListView),
    LoadTags,
    SetFavourite { app: AppId, on: bool },
    Bulk { apps: Vec<AppId>, bulk: Bulk },
}

/// What is asked of the history of the whole workspace.
#[derive(Clone, Debug)]
pub enum HistoryWork {
    Load {
        generation: u64,
        words: String,
        limit: u64,
    },
    /// Whether every row is as it was written.
    Check,
}

/// What concerns people and one's own keys.
#[derive(Clone, Debug)]
pub enum TeamWork {
    Load,
    Do(TeamDeed),
    ChangePassword { old: Secret, new: Secret },
    NewRecoveryKey { password: Secret },
}

/// What a Developer Admin does with the people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TeamDeed {
    Rename {
        name: String,
    },
    /// The console makes the first password.
    Add {
        full_name: String,
        email: EmailAddress,
        role: Role,
    },
    SetRole {
        id: DeveloperId,
        role: Role,
    },
    ResetPassword {
        id: DeveloperId,
    },
    SetEnabled {
        id: DeveloperId,
        on: bool,
    },
    Remove {
        id: DeveloperId,
    },
}

#[derive(Clone, Debug)]
pub enum ApprovalWork {
    Load,
    Decide {
        ticket: TicketId,
        decision: Decision,
    },
}

/// What concerns JWT credentials.
#[derive(Clone, Debug)]
pub enum JwtWork {
    Load,
    /// Apps of the organization that can use one.
    FindApps {
        query: String,
        /// Apps whose names are wanted as well.
        unnamed: Vec<ClientId>,
    },
    Create {
        owner: DeveloperId,
        new: Box<NewJwt>,
    },
    SetApps {
        id: JwtId,
        apps: AuthorizedApps,
    },
    Revoke {
        id: JwtId,
    },
    Reveal {
        id: JwtId,
    },
    /// From the vault to the clipboard without passing the screen.
    Copy {
        id: JwtId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JwtDone {
    Created(JwtId),
    NotCreated,
    AppsChanged(JwtId),
    Revoked,
}

/// What is done with the local platform.
#[derive(Clone, Debug)]
pub enum SandboxWork {
    /// Anew, if it runs.
    Start(Setup),
    Stop,
    /// What was asked of it since the last time.
    Read,
    ReadFaults,
    Arm {
        fault: Fault,
        armed: Armed,
    },
    Try {
        app: AppId,
        kind: TrialKind,
        /// Names the trial in what comes of it.
        trial: u64,
        /// How the platform is started, if it is not up.
        setup: Setup,
    },
    EndTrial,
    /// The port that it will have.
    Expect(u16),
}

/// What comes of it; also unasked, from its threads.
#[derive(Clone, Debug)]
pub enum SandboxSaid {
    /// With the port.
    Started(u16),
    /// The one that ran before may still run.
    NotStarted {
        problem: String,
        running: Option<u16>,
    },
    /// With what it ended of, unless it was asked to.
    Stopped(Option<String>),
    /// Something was asked of it.
    News,
    Log(Vec<Exchange>),
    Faults(Vec<(Fault, Armed)>),
    Step {
        trial: u64,
        step: Step,
    },
    /// An address for somebody to open.
    Url {
        trial: u64,
        url: String,
    },
    TrialEnded {
        trial: u64,
    },
}

/// A file that a person asked for.
#[derive(Clone, Debug)]
pub struct FileWork {
    pub what: FileContent,
    /// As it was typed.
    pub path: String,
    /// What has the name already is replaced: somebody was asked.
    pub replace: bool,
}

#[derive(Clone, Debug)]
pub enum FileContent {
    /// The settings of apps.
    Export(Vec<AppId>),
    /// What can be copied, as a file.
    Handoff { app: AppId, what: Copyable },
}

/// What is done to an app that exists.
#[derive(Clone, Debug)]
pub enum Manage {
    /// Its settings as a form: to change them, or for another app like it.
    Open {
        app: AppId,
        how: Opening,
    },
    Update {
        app: AppId,
        version: i64,
        registration: Box<Registration>,
        draft: Option<DraftId>,
    },
    Do {
        app: AppId,
        deed: Deed,
    },
    KeepEnvironment {
        app: AppId,
        issued: Issued,
    },
    ForgetEnvironment {
        app: AppId,
        environment: Environment,
    },
    LoadHistory {
        app: AppId,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Edit,
    Clone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Suspend,
    Resume,
    /// Into the trash.
    Delete,
    Restore,
    /// For good.
    Purge,
    Rotate {
        overlap_hours: u32,
    },
    FinishRotation,
    CancelRotation,
}

/// What came of saving an app that exists.
#[derive(Debug)]
pub enum Updated {
    Done(Box<App>),
    /// Somebody saved meanwhile: this is theirs, with its shared secret.
    Stale {
        app: Box<App>,
        shared: Secret,
    },
}

/// The secrets of an app in clear, while they are revealed.
#[derive(Clone, Debug, Default)]
pub struct AppSecrets {
    pub client: Option<Secret>,
    pub retiring: Option<Secret>,
    pub environments: Vec<(Environment, Secret)>,
    pub shared: Option<Secret>,
}

/// What a loaded app is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The pane beside the list.
    Detail,
    /// The app's own page.
    Page,
    /// The same page, which is open: something in the app changed.
    Again,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copyable {
    ClientId,
    ClientSecret,
    /// The old one, while a rotation lasts.
    RetiringSecret,
    SharedSecret,
    EnvironmentId(Environment),
    EnvironmentSecret(Environment),
    EnvFile(EnvStyle),
    BasicHeader,
    CredentialsJson,
    /// Opens the real console's form, filled in.
    NewAppLink,
    /// Of a developer who has not signed in yet.
    FirstPassword,
    JwtToken,
    /// A `.env` for the local platform.
    SandboxEnv,
    Snippet(Language),
    SandboxUrl,
    /// With a state and a challenge, which are of no use to others.
    LoginUrl,
}

impl Copyable {
    pub fn label(self) -> &'static str {
        match self {
            Self::ClientId => "Client ID",
            Self::ClientSecret => "Client Secret",
            Self::RetiringSecret => "retiring Client Secret",
            Self::SharedSecret => "Shared Secret",
            Self::EnvironmentId(_) => "platform's Client ID",
            Self::EnvironmentSecret(_) => "platform's Client Secret",
            Self::EnvFile(EnvStyle::Samples) => ".env (RC_APP_CLIENT_ID)",
            Self::EnvFile(EnvStyle::Sdks) => ".env (RINGCENTRAL_CLIENT_ID)",
            Self::EnvFile(EnvStyle::Readme) => ".env (RC_CLIENT_ID)",
            Self::BasicHeader => "Authorization: Basic header",
            Self::CredentialsJson => "credentials as JSON",
            Self::NewAppLink => "link to the platform's own form",
            Self::FirstPassword => "first password",
            Self::JwtToken => "JWT",
            Self::SandboxEnv => ".env for the sandbox",
            Self::Snippet(language) => language.label(),
            Self::SandboxUrl => "address of the local platform",
            Self::LoginUrl => "address to open",
        }
    }

    pub fn is_secret(self) -> bool {
        !matches!(
            self,
            Self::ClientId
                | Self::EnvironmentId(_)
                | Self::NewAppLink
                | Self::Snippet(_)
                | Self::SandboxUrl
                | Self::LoginUrl
        )
    }
}

/// Why a sign-in was not let through. Never says which half was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInRefusal {
    Wrong { wait_ms: u64 },
    Wait { wait_ms: u64 },
    Failed(String),
}

/// What is known of a copy, in words that may be claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub notice: String,
    /// Where it is: `on the clipboard`.
    pub place: &'static str,
    /// What happens to it in some seconds: `clears`.
    pub clears: &'static str,
}

/// What came of an effect. Problems are one line for a person.
#[derive(Debug)]
pub enum Answer {
    SignedUp(Result<(Box<Session>, RecoveryKey), String>),
    /// Another console signed up while this one was typing.
    AlreadySignedUp {
        organization: String,
        last_email: Option<String>,
    },
    SignedIn(Result<Box<Session>, SignInRefusal>),
    Recovered(Result<(Box<Session>, RecoveryKey), SignInRefusal>),
    /// The recovery key was never confirmed: here is another one.
    RecoveryKey(RecoveryKey),
    RecoveryKeyConfirmed(Result<(), String>),
    Apps {
        generation: u64,
        result: Result<AppWindow, String>,
        /// Where the wanted app is.
        position: Option<u64>,
    },
    App {
        purpose: Purpose,
        result: Result<Box<App>, String>,
    },
    Drafts(Result<Vec<StoredDraft>, String>),
    DraftStarted(Result<(DraftId, Secret), String>),
    SharedSecret(Result<Secret, String>),
    DraftSaved {
        id: DraftId,
        result: Result<(), String>,
    },
    DraftDiscarded(Result<(), String>),
    NameChecked {
        key: String,
        taken: bool,
    },
    IconRead {
        path: String,
        result: Result<(IconRef, Preview), String>,
    },
    Preview {
        icon: IconRef,
        preview: Option<Preview>,
    },
    PathCompleted {
        typed: String,
        common: String,
        candidates: Vec<String>,
    },
    AppCreated(Result<Box<App>, String>),
    AppOpened {
        how: Opening,
        /// With a new draft, and the shared secret: the app's own to edit it, a new one for
        /// another app.
        result: Result<(Box<App>, DraftId, Secret), String>,
    },
    AppUpdated(Result<Updated, String>),
    /// `Ok(None)`: it is gone for good.
    AppManaged {
        app: AppId,
        deed: Deed,
        result: Result<Option<Box<App>>, String>,
    },
    EnvironmentKept(Result<Box<App>, String>),
    Team(Result<Team, String>),
    TeamChanged {
        deed: TeamDeed,
        /// With the first password of somebody, if one was made.
        result: Result<(Team, Box<Session>, Option<Secret>), String>,
    },
    PasswordChanged(Result<Box<Session>, SignInRefusal>),
    NewRecoveryKey(Result<RecoveryKey, SignInRefusal>),
    Sandbox(SandboxSaid),
    Jwts(Result<Vec<JwtCredential>, String>),
    JwtDone {
        done: JwtDone,
        result: Result<(), String>,
    },
    JwtAppsFound {
        query: String,
        result: Result<FoundApps, String>,
    },
    JwtToken {
        id: JwtId,
        result: Result<Secret, String>,
    },
    Requests(Result<Vec<Request>, String>),
    Decided {
        decision: Decision,
        result: Result<Box<Session>, String>,
    },
    AllHistory {
        generation: u64,
        result: Result<HistoryWindow, String>,
    },
    HistoryChecked(Result<Option<Broken>, String>),
    View(Result<ListView, String>),
    ViewSaved(Result<(), String>),
    Tags(Result<Vec<String>, String>),
    FavouriteSet {
        app: AppId,
        on: bool,
        result: Result<(), String>,
    },
    Bulk {
        bulk: Bulk,
        result: Result<BulkDone, String>,
    },
    FileWritten {
        work: FileWork,
        result: Result<Output, String>,
    },
    History {
        app: AppId,
        result: Result<Vec<Entry>, String>,
    },
    Secrets {
        app: AppId,
        result: Result<AppSecrets, String>,
    },
    Copied {
        what: Copyable,
        result: Result<Claim, String>,
    },
    /// `Ok(None)`: there was nothing of ours to clear.
    ClipboardCleared(Result<Option<String>, String>),
    /// A thread of the program ended by a defect.
    Broken(String),
}
