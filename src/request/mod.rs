//! Requests to the outside, and the replies. All of it is data: the screens make requests, the
//! worker performs them (`runtime/requests`), and the reply returns to the page that asked,
//! together with its request.
//!
//! A new operation needs a line in `requests!` and an `impl Perform`.

mod app;
mod clipboard;
mod list;
mod local_server;
mod people;

pub use self::{
    app::{AppSecrets, Deed, FormOf, OpenedForm, PathCompletion, SavedBy, Updated},
    clipboard::{Claim, Copyable},
    list::{FileContent, FoundApps},
    local_server::{News, ServerStart},
    people::{SignedIn, SignedUp, TeamChange, TeamDeed},
};

use crate::{
    domain::{
        app::{
            App, Issued, Registration,
            icon::{IconRef, Preview},
            list::{Bulk, BulkDone, ListView, Sort},
            plan::Plan,
            usage::OperationUsage,
        },
        draft::StoredDraft,
        export::Output,
        history::{Broken, Entry, HistoryWindow},
        id::{AppId, DeveloperId, DraftId, JwtId, TicketId},
        oauth::{
            app_session::AppSession,
            credential::{ClientId, RecoveryKey},
            exchange::Exchange,
            fault::{Armed, Fault},
            jwt::{AuthorizedApps, FoundApps as FoundJwtApps, JwtCredential, NewJwt},
            setup::Setup,
            trial::TrialKind,
        },
        people::{
            developer::{MemberDetails, Session, Team},
            email::EmailAddress,
            readable::{Marks, ReadableWindow, Replaced},
            ticket::{Decision, Request as ApprovalRequest},
        },
        problem::Problem,
        secret::Secret,
    },
    form::Slot,
};

/// A page of the console, for as long as it is open. Numbers are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageId(pub u64);

impl PageId {
    /// The console itself, open for the whole run.
    pub const ROOT: Self = Self(0);
    /// The list of apps, which stays open behind another page.
    pub const LIST: Self = Self(1);
}

/// The page that waits for a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The number of the request. The newest request has the highest number.
    pub number: u64,
    pub page: PageId,
}

/// Work that the console wants done outside.
#[derive(Clone, Debug)]
pub enum Effect {
    Request(Ticket, Request),
    Suspend,
    Quit,
}

/// A kind of request, and the type of its result.
pub trait Operation {
    type Out;
}

/// Implemented by the worker for each request.
pub trait Perform<R: Operation> {
    fn perform(&mut self, request: &R) -> Result<R::Out, Problem>;
}

macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $of:ty),* } => $out:ty;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug)]
            pub struct $name { $(pub $field: $of),* }

            impl Operation for $name {
                type Out = $out;
            }

            impl From<$name> for Request {
                fn from(request: $name) -> Self {
                    Self::$name(request)
                }
            }
        )*

        #[derive(Clone, Debug)]
        pub enum Request { $($name($name)),* }

        /// A request together with its result.
        #[derive(Debug)]
        pub enum Reply { $($name($name, Result<$out, Problem>)),* }

        impl Request {
            pub fn perform<P>(self, by: &mut P) -> Reply
            where $(P: Perform<$name>),*
            {
                match self {
                    $(Self::$name(request) => {
                        let result = by.perform(&request);
                        Reply::$name(request, result)
                    })*
                }
            }
        }

        impl Reply {
            /// The same reply, as if the request had failed.
            #[must_use]
            pub fn failed(self, problem: Problem) -> Self {
                match self {
                    $(Self::$name(request, _) => Self::$name(request, Err(problem)),)*
                }
            }

            pub fn problem(&self) -> Option<&Problem> {
                match self {
                    $(Self::$name(_, result) => result.as_ref().err(),)*
                }
            }
        }
    };
}

requests! {
    SignUp { organization: String, full_name: String, email: EmailAddress, password: Secret } => SignedUp;
    /// Signing in and unlocking are the same work.
    SignIn { email: String, password: Secret } => SignedIn;
    Recover { email: String, key: RecoveryKey, password: Secret } => SignedIn;
    ConfirmRecoveryKey {} => ();
    /// Forgets the workspace key.
    Lock {} => ();
    ChangePassword { old: Secret, new: Secret, replace_keys: bool } => SignedIn;
    NewRecoveryKey { password: Secret } => RecoveryKey;

    /// The session as it is now: another console may have added developers or changed their names.
    LoadSession {} => Box<Session>;
    LoadTeam {} => Team;
    LoadMember { developer: DeveloperId } => MemberDetails;
    ChangeTeam { deed: TeamDeed } => TeamChange;
    /// Secrets that a developer could read until they lost access to secrets.
    FindReadable { developer: DeveloperId, offset: u64, limit: u64 } => ReadableWindow;
    /// Rotates and revokes the marked ones.
    ReplaceReadable { developer: DeveloperId, marks: Marks, overlap_hours: u32 } => Replaced;
    LoadApprovals {} => Vec<ApprovalRequest>;
    /// The session after the decision.
    Decide { ticket: TicketId, decision: Decision } => Box<Session>;

    /// `wanted` puts the window around an app, if the app matches the filter. `mark_all` says what
    /// the rows are for.
    FindApps {
        words: String, sort: Sort, offset: u64, limit: u64, wanted: Option<AppId>, mark_all: bool
    } => FoundApps;
    LoadView {} => ListView;
    SaveView { view: ListView } => ();
    LoadTags {} => Vec<String>;
    SetFavourite { app: AppId, on: bool } => ();
    ChangeApps { apps: Vec<AppId>, bulk: Bulk } => BulkDone;
    /// The settings of apps or a copyable value, as a file. `replace` is set once the person has
    /// agreed.
    WriteFile { content: FileContent, path: String, replace: bool } => Output;

    /// What a manifest would change.
    CompareManifest { path: String } => Plan;
    /// Only if nothing has changed since it was compared.
    ApplyManifest { path: String, digest: String } => Plan;

    LoadApp { app: AppId } => Box<App>;
    /// `None`: the app is permanently deleted.
    ChangeApp { app: AppId, deed: Deed } => Option<Box<App>>;
    KeepEnvironment { app: AppId, issued: Issued } => Box<App>;
    LoadHistory { app: AppId } => Vec<Entry>;
    /// The operations that an app called.
    LoadUsage { app: AppId } => Vec<OperationUsage>;
    LoadSessions { app: AppId } => Vec<AppSession>;
    /// Without a number all sessions of the app. Returns how many were live.
    EndSessions { app: AppId, session: Option<i64> } => u64;
    RevealSecrets { app: AppId } => AppSecrets;

    /// The form for a new app or an existing one, with the focus on a field.
    OpenForm { of: FormOf, at: Option<Slot> } => OpenedForm;
    CreateApp { registration: Box<Registration>, draft: Option<DraftId> } => Box<App>;
    UpdateApp {
        app: AppId, version: i64, registration: Box<Registration>, draft: Option<DraftId>
    } => Updated;
    LoadDrafts {} => Vec<StoredDraft>;
    SaveDraft { draft: DraftId, body: Secret } => ();
    DiscardDraft { draft: DraftId } => ();
    MintSharedSecret {} => Secret;
    /// Whether another app has the name.
    CheckName { name: String } => bool;
    ReadIcon { path: String } => (IconRef, Preview);
    LoadPreview { icon: IconRef } => Option<Preview>;
    CompletePath { typed: String } => PathCompletion;

    FindHistory { words: String, limit: u64 } => HistoryWindow;
    /// The first row that was changed or removed, if any.
    CheckHistory {} => Option<Broken>;

    LoadJwts {} => Vec<JwtCredential>;
    /// Apps of the organization that can use a JWT, and the names of the apps in `unnamed`.
    FindJwtApps { query: String, unnamed: Vec<ClientId> } => FoundJwtApps;
    CreateJwt { owner: DeveloperId, new: Box<NewJwt> } => JwtId;
    SetJwtApps { jwt: JwtId, apps: AuthorizedApps } => ();
    RevokeJwt { jwt: JwtId } => ();
    RevealJwt { jwt: JwtId } => Secret;

    Copy { what: Copyable, text: Secret } => Claim;
    /// Copies from the vault to the clipboard; the secret is never on the screen.
    CopyAppSecret { app: AppId, what: Copyable } => Claim;
    /// Copies from the vault to the clipboard; the token is never on the screen.
    CopyJwt { jwt: JwtId } => Claim;
    /// `None`: the clipboard held nothing of ours.
    ClearClipboard {} => Option<String>;

    /// Restarts the local server if it is running.
    StartLocalServer { setup: Setup } => ServerStart;
    StopLocalServer {} => ();
    /// The exchanges with the local server since the last call.
    ReadExchanges {} => Vec<Exchange>;
    LoadFaults {} => Vec<(Fault, Armed)>;
    ArmFault { fault: Fault, armed: Armed } => Vec<(Fault, Armed)>;
    /// Starts the local server with `setup` if it is not running. The steps of the trial arrive as
    /// news.
    StartTrial { app: AppId, kind: TrialKind, trial: u64, setup: Setup } => ();
    EndTrial {} => ();
    /// The port that the local server will use.
    ExpectPort { port: u16 } => ();
}
