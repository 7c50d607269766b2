//! What is asked of the outside, and what comes back. All of it is data: the screens make requests,
//! the worker performs them (`runtime/requests`), and the reply returns to the page that asked, with the
//! request beside it.
//!
//! A new operation is a line in `requests!` and its `impl Perform`.

mod app;
mod clipboard;
mod list;
mod people;
mod sandbox;

pub use self::{
    app::{AppSecrets, Deed, FormOf, OpenedForm, PathCompletion, Updated},
    clipboard::{Claim, Copyable},
    list::{FileContent, FoundApps},
    people::{SignedIn, SignedUp, TeamChange, TeamDeed},
    sandbox::{News, PlatformStart},
};

use crate::{
    domain::{
        app::{
            App, Issued, Registration,
            icon::{IconRef, Preview},
            list::{Bulk, BulkDone, ListView, Sort},
        },
        draft::StoredDraft,
        handoff::Output,
        history::{Broken, Entry, HistoryWindow},
        id::{AppId, DeveloperId, DraftId, JwtId, TicketId},
        oauth::{
            credential::{ClientId, RecoveryKey},
            exchange::Exchange,
            fault::{Armed, Fault},
            jwt::{AuthorizedApps, FoundApps as FoundJwtApps, JwtCredential, NewJwt},
            setup::Setup,
            trial::TrialKind,
        },
        people::{
            developer::{Session, Team},
            email::EmailAddress,
            ticket::{Decision, Request as ApprovalRequest},
        },
        problem::Problem,
        secret::Secret,
    },
    form::Slot,
};

/// A page of the console, for as long as it is open. Numbers are not used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PageId(pub u64);

impl PageId {
    /// The console itself: it outlives every page.
    pub const ROOT: Self = Self(0);
    /// The list of apps, which stays while another page is in front of it.
    pub const LIST: Self = Self(1);
}

/// Who waits for a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Of the request: the newest question is the one with the highest number.
    pub number: u64,
    pub page: PageId,
}

/// Something is wanted from outside.
#[derive(Clone, Debug)]
pub enum Effect {
    Request(Ticket, Request),
    Suspend,
    Quit,
}

/// A kind of request, and what it leads to.
pub trait Operation {
    type Out;
}

/// Whoever can do it.
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

        /// The request, and what came of it.
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
            /// The same, as if the outside had failed.
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
    ChangePassword { old: Secret, new: Secret } => SignedIn;
    NewRecoveryKey { password: Secret } => RecoveryKey;

    LoadTeam {} => Team;
    ChangeTeam { deed: TeamDeed } => TeamChange;
    LoadApprovals {} => Vec<ApprovalRequest>;
    /// The session as it is after the decision.
    Decide { ticket: TicketId, decision: Decision } => Box<Session>;

    /// `wanted` puts the window around an app, if the filter leaves it. `mark_all` says what the
    /// rows are for.
    FindApps {
        words: String, sort: Sort, offset: u64, limit: u64, wanted: Option<AppId>, mark_all: bool
    } => FoundApps;
    LoadView {} => ListView;
    SaveView { view: ListView } => ();
    LoadTags {} => Vec<String>;
    SetFavourite { app: AppId, on: bool } => ();
    ChangeApps { apps: Vec<AppId>, bulk: Bulk } => BulkDone;
    /// The settings of apps, or what can be copied, as a file. `replace` is set once somebody was asked.
    WriteFile { content: FileContent, path: String, replace: bool } => Output;

    LoadApp { app: AppId } => Box<App>;
    /// `None`: it is gone for good.
    ChangeApp { app: AppId, deed: Deed } => Option<Box<App>>;
    KeepEnvironment { app: AppId, issued: Issued } => Box<App>;
    LoadHistory { app: AppId } => Vec<Entry>;
    RevealSecrets { app: AppId } => AppSecrets;

    /// The form for a new app or for one that exists, with the focus on a field.
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
    /// Whether every row is as it was written.
    CheckHistory {} => Option<Broken>;

    LoadJwts {} => Vec<JwtCredential>;
    /// Apps of the organization that can use a JWT; the names of `unnamed` are wanted as well.
    FindJwtApps { query: String, unnamed: Vec<ClientId> } => FoundJwtApps;
    CreateJwt { owner: DeveloperId, new: Box<NewJwt> } => JwtId;
    SetJwtApps { jwt: JwtId, apps: AuthorizedApps } => ();
    RevokeJwt { jwt: JwtId } => ();
    RevealJwt { jwt: JwtId } => Secret;

    Copy { what: Copyable, text: Secret } => Claim;
    /// From the vault to the clipboard, without passing the screen.
    CopyAppSecret { app: AppId, what: Copyable } => Claim;
    /// From the vault to the clipboard, without passing the screen.
    CopyJwt { jwt: JwtId } => Claim;
    /// `None`: the clipboard held nothing of ours.
    ClearClipboard {} => Option<String>;

    /// Anew, if it runs.
    StartPlatform { setup: Setup } => PlatformStart;
    StopPlatform {} => ();
    /// What was asked of the local platform since the last time.
    ReadExchanges {} => Vec<Exchange>;
    LoadFaults {} => Vec<(Fault, Armed)>;
    ArmFault { fault: Fault, armed: Armed } => Vec<(Fault, Armed)>;
    /// The local platform is started as `setup` says if it is not up. What comes of the trial is news.
    StartTrial { app: AppId, kind: TrialKind, trial: u64, setup: Setup } => ();
    EndTrial {} => ();
    /// The port that the local platform will have.
    ExpectPort { port: u16 } => ();
}
