//! What a page is. The console draws the frame around it, hands it keys and replies, and opens the
//! place that it leads to; a page knows no other page.

use std::fmt::Debug;
use std::ops::Deref;

use ratatui::Frame;

use crate::{
    desk::{Cx, Desk},
    domain::{
        app::App,
        id::{AppId, DeveloperId, DraftId, JwtId},
        oauth::{
            credential::{ClientId, RecoveryKey},
            trial::TrialKind,
        },
        secret::Secret,
        time::Clock,
    },
    form::{FieldError, Slot},
    keymap::{Action, Can, Context},
    request::{FormOf, News, Reply, TeamChange, TeamDeed},
    ui::{layout::Areas, theme::Theme},
};

/// Where a page leads.
#[derive(Debug)]
pub enum Next {
    Stay,
    Go(Place),
}

/// What can be in front. How each is opened: `console/places.rs`.
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
        /// It takes the place of one that was in use.
        is_another: bool,
    },
    /// The list as it was left the last time, for somebody who has just come in.
    Entrance,
    Apps,
    /// The list with the cursor on top, where the drafts are.
    TopOfApps {
        unfiltered: bool,
    },
    App(AppId),
    /// The page of an app that is at hand.
    LoadedApp {
        app: Box<App>,
        is_new: bool,
    },
    Form {
        of: FormOf,
        /// The field that has the focus.
        at: Option<Slot>,
    },
    Draft {
        id: DraftId,
        body: Secret,
    },
    History,
    Organization,
    /// The same, once something was done for it on another page.
    ChangedOrganization {
        deed: TeamDeed,
        change: TeamChange,
    },
    AddDeveloper,
    Password {
        /// Somebody else chose the one there is.
        is_first: bool,
    },
    Approvals,
    Jwts {
        /// Where the cursor goes.
        wanted: Option<JwtId>,
    },
    JwtForm(JwtFormOf),
    Sandbox {
        /// The app whose page leads there, and where it leads back to.
        from: Option<AppId>,
        /// At the switchboard.
        at_faults: bool,
    },
    Trial {
        app: Box<App>,
        kind: TrialKind,
    },
}

/// What the form of a JWT credential is for.
#[derive(Debug)]
pub enum JwtFormOf {
    /// Of one's own, with these apps chosen; none for all of the organization.
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

/// What a page may look at while it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    pub desk: &'a Desk,
    pub theme: &'a Theme,
}

impl Deref for Look<'_> {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        self.desk
    }
}

/// A form of text fields, whichever it is: for the console without a full screen.
pub trait AnyForm {
    /// The fields that are shown, as far as text is typed into them.
    fn texts(&self) -> Vec<AnyText>;

    fn focus(&mut self, slot: Slot);

    fn findings(&self, now: Clock) -> Vec<FieldError>;

    /// Why the last try was refused, and when the next one is looked at.
    fn refusal(&self) -> (Option<&str>, Option<u64>);

    fn title(&self) -> &'static str;
}

#[derive(Debug)]
pub struct AnyText {
    pub slot: Slot,
    pub label: &'static str,
    pub help: &'static str,
    pub is_secret: bool,
    /// Empty for a secret.
    pub text: String,
}

pub trait Page: Debug {
    /// Where the focus is, from the inside out.
    fn modes(&self) -> Vec<Context>;

    fn can(&self, action: Action, desk: &Desk) -> Can {
        let _ = (action, desk);
        Can::Yes
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next;

    /// The page came to the front.
    fn shown(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// A reply to a request of this page, by the number that `Cx::request` gave. It may come late, and
    /// behind a lock.
    fn reply(&mut self, number: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        let _ = number;
        if let Some(problem) = reply.problem() {
            cx.warn(problem.text.clone());
        }
        Next::Stay
    }

    /// Said by the local platform, while the page is in front.
    fn news(&mut self, news: &News, cx: &mut Cx<'_>) {
        let _ = (news, cx);
    }

    /// An answer to a question of this page that nothing from outside is needed for.
    fn answered(&mut self, text: &Secret, cx: &mut Cx<'_>) {
        let _ = (text, cx);
    }

    /// A paste is text: it never triggers a key. Says whether something was cut off.
    fn paste(&mut self, text: &str, cx: &mut Cx<'_>) -> bool {
        let _ = (text, cx);
        false
    }

    /// The clock of the desk has moved.
    fn tick(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// When `tick` is needed next, in milliseconds since the start.
    fn wakes_at(&self) -> Option<u64> {
        None
    }

    /// Until when a countdown runs on it.
    fn counts_down_to(&self) -> Option<u64> {
        None
    }

    /// Whether keys wait for a reply that the next one may depend on.
    fn holds_input(&self) -> bool {
        false
    }

    fn resized(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// What was typed goes to disk now: the program may end.
    fn keep(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// No secret stays readable.
    fn lock(&mut self) {}

    fn unlocked(&mut self, cx: &mut Cx<'_>) {
        let _ = cx;
    }

    /// The page as a form, if it is one.
    fn form(&mut self) -> Option<&mut dyn AnyForm> {
        None
    }

    /// Whose workspace it is, as long as nobody is signed in.
    fn organization(&self) -> &str {
        ""
    }

    /// Whether it has the whole screen, without a header.
    fn is_bare(&self) -> bool {
        false
    }

    /// Whether a long notice may cover its last row.
    fn gives_last_row(&self) -> bool {
        false
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas);
}
