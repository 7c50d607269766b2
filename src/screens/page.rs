//! The interface of a page. The console draws the frame around it, passes it keys and replies, and
//! opens the place that it leads to; a page knows no other page.

use std::{borrow::Cow, fmt::Debug, ops::Deref};

use ratatui::Frame;

use crate::{
    desk::{Cx, Desk},
    domain::{
        app::{App, Environment, plan::Plan},
        id::{AppId, DeveloperId, DraftId, JwtId},
        oauth::{
            credential::{ClientId, RecoveryKey},
            trial::TrialKind,
        },
        people::developer::Developer,
        secret::Secret,
        time::Clock,
    },
    form::{Answer, Asked, FieldError, FieldId, PickOption, Slot},
    keymap::{Action, Can, Mode},
    request::{FormOf, News, Reply, TeamChange, TeamDeed},
    ui::{layout::Areas, theme::Theme},
};

/// The place that a page leads to.
#[derive(Debug)]
pub enum Next {
    Stay,
    /// In front of this page, which stays open behind it.
    Go(Place),
    /// In place of this page: it is done.
    Instead(Place),
    /// To the page that led here.
    Back,
}

/// Places that can be in front. How each is opened: `console/places.rs`.
#[derive(Debug)]
pub enum Place {
    SignIn {
        organization: String,
        email: Option<String>,
    },
    Recover {
        organization: String,
        email: String,
    },
    RecoveryKey {
        key: RecoveryKey,
        /// The key replaces one that was in use.
        is_another: bool,
    },
    /// The list as it was left, after a sign-in.
    Entrance,
    App(AppId),
    /// The page of an app that is already loaded.
    LoadedApp(Box<App>),
    Sessions(Box<App>),
    /// The form for credentials that RingCentral issued.
    IssuedCredentials {
        app: Box<App>,
        environment: Environment,
    },
    /// The page of the app after that.
    KeptCredentials {
        app: Box<App>,
        environment: Environment,
    },
    Form {
        of: FormOf,
        /// The field that gets the focus.
        at: Option<Slot>,
    },
    Draft {
        id: DraftId,
        body: Secret,
    },
    History,
    Organization,
    /// The organization, after a change that was made on another page.
    ChangedOrganization {
        deed: TeamDeed,
        change: TeamChange,
    },
    AddDeveloper,
    ChangeRole(Box<Developer>),
    /// The secrets that a developer could read until they lost access to secrets.
    Readable {
        developer: DeveloperId,
        name: String,
    },
    Password,
    /// An administrator chose the current password.
    FirstPassword {
        /// As it was entered at the sign-in.
        known: Option<Secret>,
    },
    Approvals,
    /// A manifest that was compared.
    Import {
        path: String,
        plan: Box<Plan>,
    },
    Jwts {
        /// The credential that gets the cursor.
        wanted: Option<JwtId>,
    },
    /// The credential of the signed-in developer for this app or, without one, the form for it.
    JwtOf(ClientId),
    JwtForm(JwtFormOf),
    LocalServer {
        /// Opens the faults.
        at_faults: bool,
    },
    Trial {
        app: Box<App>,
        kind: TrialKind,
    },
}

/// The purpose of the form of a JWT credential.
#[derive(Debug)]
pub enum JwtFormOf {
    /// A new credential of the signed-in developer, for these apps; an empty list means all apps of
    /// the organization.
    Mine(Vec<ClientId>),
    Of {
        owner: DeveloperId,
        name: String,
    },
    /// `None`: all apps of the organization.
    Apps {
        jwt: JwtId,
        label: String,
        apps: Option<Vec<ClientId>>,
    },
}

/// The state that a page may read while it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    pub desk: &'a Desk,
    pub theme: &'a Theme,
    /// The names of the pages that Back returns to.
    pub behind: &'a [String],
}

impl Look<'_> {
    /// The way to a page and, last, the page itself.
    pub fn trail<'t>(&'t self, page: &'t str) -> Vec<&'t str> {
        let behind = self.behind.iter().map(String::as_str);
        behind.chain([page]).collect()
    }

    /// The same for a page about something that may be the page before.
    pub fn trail_of<'t>(&'t self, thing: &'t str, page: &'t str) -> Vec<&'t str> {
        let mut trail = self.trail(page);
        if self.behind.last().is_none_or(|last| last != thing) {
            trail.insert(trail.len() - 1, thing);
        }
        trail
    }
}

impl Deref for Look<'_> {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        self.desk
    }
}

/// Any form, for plain mode.
pub trait AnyForm {
    /// The shown fields, in order.
    fn asked(&self) -> Vec<Asked>;

    /// The title of the part that a field belongs to, and a sentence about it.
    fn section(&self, field: FieldId) -> Option<(&'static str, &'static str)> {
        let _ = field;
        None
    }

    /// Changes an answer, with the same consequences as the keys of the field.
    fn answer(&mut self, field: FieldId, answer: Answer<'_>, cx: &mut Cx<'_>)
    -> Result<(), String>;

    /// Opens the list of a field and searches it. The result may need a reply first.
    fn search(&mut self, field: FieldId, query: &str, cx: &mut Cx<'_>);

    /// Closes the list and returns what the search found.
    fn found(&mut self) -> Vec<PickOption>;

    fn focused(&self) -> Slot;

    fn focus(&mut self, slot: Slot);

    /// The label of each changed answer, before and after. `None` for a new thing.
    fn changes(&self) -> Option<Vec<Changed>> {
        None
    }

    fn findings(&self, now: Clock) -> Vec<FieldError>;

    /// Why the last attempt was refused, and when the next one is accepted.
    fn refusal(&self) -> (Option<&str>, Option<u64>);

    /// The title, and the text beside it.
    fn title(&self) -> (String, String);
}

/// An answer that differs from the saved one.
#[derive(Clone, Debug)]
pub struct Changed {
    pub label: &'static str,
    pub before: String,
    pub after: String,
}

pub trait Page: Debug {
    /// As it stands in the way to the page.
    fn name(&self) -> Cow<'_, str>;

    /// The contexts of the focus, innermost first.
    fn modes(&self) -> Vec<Mode>;

    fn can(&self, action: Action, desk: &Desk) -> Can {
        let _ = (action, desk);
        Can::Yes
    }

    /// What submitting the form does, for the footer. `None` where the table of keys says it.
    fn verb(&self) -> Option<&'static str> {
        None
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next;

    /// The answer to a question of this page was yes, and it needs no request.
    fn agreed(&mut self, cx: &mut Cx<'_>) -> Next {
        let _ = cx;
        Next::Stay
    }

    /// Runs when the page comes to the front.
    fn shown(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// Runs instead of `shown` when the page in front of it was left.
    fn returned(&mut self, cx: &mut Cx<'_>) {
        self.shown(cx);
    }

    /// Runs when the page is closed.
    fn closed(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// A reply to a request of this page, with the number that `Cx::request` returned. It may
    /// arrive late, and while the console is locked.
    fn reply(&mut self, number: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let _ = number;
        if let Some(problem) = reply.problem() {
            cx.warn(problem.text.clone());
        }
        Next::Stay
    }

    /// News from the local server or a trial, also while another page is in front.
    fn news(&mut self, news: &News, cx: &mut Cx<'_>) {
        let _ = (news, cx);
    }

    /// The answer to a question of this page, if the answer needs no request.
    fn answered(&mut self, text: &Secret, cx: &mut Cx<'_>) {
        let _ = (text, cx);
    }

    /// A paste is always text: it never triggers a key. Returns whether text was cut off.
    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) -> bool {
        let _ = (text, cx);
        false
    }

    /// The place that a pasted text leads to, instead of being typed.
    fn opens(&self, pasted: &str, desk: &Desk) -> Option<Place> {
        let _ = (pasted, desk);
        None
    }

    /// Runs after the desk's clock has moved.
    fn tick(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// When `tick` is needed next, in milliseconds since the start.
    fn wakes_at(&self) -> Option<u64> {
        None
    }

    /// The end of the countdown that the page shows.
    fn counts_down_to(&self) -> Option<u64> {
        None
    }

    /// Whether keys wait for a reply that the next key may depend on.
    fn holds_input(&self) -> bool {
        false
    }

    fn resized(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// Saves typed text to disk now, because the program may end.
    fn keep(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// Hides or forgets every secret of the page.
    fn lock(&mut self) {}

    /// Runs when another page comes in front of it.
    fn covered(&mut self) {
        self.lock();
    }

    fn unlocked(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// The page as a form, if it is one.
    fn form(&mut self) -> Option<&mut dyn AnyForm> {
        None
    }

    /// The organization that the workspace belongs to, while no developer is signed in.
    fn organization(&self) -> &str {
        ""
    }

    /// Whether the page takes the whole screen, without a header.
    fn is_bare(&self) -> bool {
        false
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas);
}
