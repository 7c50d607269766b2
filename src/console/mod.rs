//! The root of the program's state, and the questions that can be asked about it. How it changes:
//! `update`.

mod access;
mod overlays;
mod places;
mod update;
mod view;

use std::collections::VecDeque;

pub use self::{update::update, view::draw};
use crate::{
    desk::{Cx, Desk, Overlay, Settings},
    domain::time::Clock,
    keymap::{Action, Can, Key, Mode},
    request::{News, PageId, Reply, Ticket},
    screens::{
        app::{AppPage, issued::IssuedCredentials},
        approvals::Approvals,
        apps::Apps,
        create_app::CreateApp,
        form_page::FormPage,
        history::HistoryPage,
        import::ImportPage,
        jwt::{JwtPage, form::JwtForm},
        local_server::LocalServerPage,
        organization::{Organization, add::AddDeveloper, role::ChangeRole},
        page::Page,
        password::ChangePassword,
        readable::ReadablePage,
        recovery_key::ShowRecoveryKey,
        sessions::Sessions,
        sign_in::{Recover, SignIn},
        sign_up::SignUp,
        trial::TrialPage,
    },
};

/// A copied secret is cleared from the clipboard after this time.
pub const CLIPBOARD_MS: u64 = 45_000;

/// An event that `update` handles.
#[derive(Debug)]
pub enum Msg {
    Clock(Clock),
    Key(Key),
    /// One of several keys that arrived together. It may be part of a paste, because some terminals
    /// do not mark pastes.
    KeyInBurst(Key),
    Paste(String),
    Resize(u16, u16),
    /// Ctrl-Z or its signal: the shell gets the terminal until the program continues.
    Suspend,
    /// SIGTERM, SIGHUP or a lost terminal.
    HangUp,
    Reply(Ticket, Reply),
    News(News),
    /// A thread of the program ended because of a defect.
    Broken(String),
}

macro_rules! screens {
    ($($name:ident: $page:ty,)*) => {
        /// A page with its ID.
        #[derive(Debug)]
        pub enum Screen { $($name(Box<$page>)),* }

        impl Screen {
            pub fn page(&self) -> &dyn Page {
                match self { $(Self::$name(page) => &**page),* }
            }

            pub fn page_mut(&mut self) -> &mut dyn Page {
                match self { $(Self::$name(page) => &mut **page),* }
            }
        }

        $(impl From<$page> for Screen {
            fn from(page: $page) -> Self {
                Self::$name(Box::new(page))
            }
        })*
    };
}

screens! {
    SignUp: FormPage<SignUp>,
    ShowRecoveryKey: ShowRecoveryKey,
    SignIn: FormPage<SignIn>,
    Recover: FormPage<Recover>,
    Apps: Apps,
    CreateApp: CreateApp,
    App: AppPage,
    Sessions: Sessions,
    Issued: FormPage<IssuedCredentials>,
    History: HistoryPage,
    Organization: Organization,
    AddDeveloper: FormPage<AddDeveloper>,
    ChangeRole: FormPage<ChangeRole>,
    Password: FormPage<ChangePassword>,
    Readable: ReadablePage,
    Approvals: Approvals,
    Import: ImportPage,
    Jwt: JwtPage,
    JwtForm: FormPage<JwtForm>,
    LocalServer: LocalServerPage,
    Trial: TrialPage,
}

#[derive(Debug)]
struct Open {
    id: PageId,
    screen: Screen,
}

#[derive(Debug)]
pub struct Console {
    pub desk: Desk,
    /// The pages that led to the one in front, the list first.
    behind: Vec<Open>,
    front: Open,
    last_page: u64,
    /// Keys and pastes that arrived while a reply was awaited.
    held: VecDeque<Msg>,
    last_input_ms: u64,
    pub quitting: bool,
    /// Quitting waits until the held keys are handled.
    quit_wanted: bool,
}

impl Console {
    /// `organization` and the last e-mail address are set if the workspace has an organization;
    /// without one, sign-up is shown.
    pub fn new(
        organization: Option<(String, Option<String>)>,
        size: (u16, u16),
        settings: Settings,
    ) -> Self {
        let screen = match organization {
            None => SignUp::page().into(),
            Some((organization, last_email)) => {
                SignIn::page(organization, last_email.as_deref()).into()
            }
        };
        let first = PageId::LIST.0 + 1;
        Self {
            desk: Desk::new(size, settings),
            behind: Vec::new(),
            front: Open {
                id: PageId(first),
                screen,
            },
            last_page: first,
            held: VecDeque::new(),
            last_input_ms: 0,
            quitting: false,
            quit_wanted: false,
        }
    }

    /// The page in front.
    pub fn screen(&self) -> &Screen {
        &self.front.screen
    }

    pub fn screen_mut(&mut self) -> &mut Screen {
        &mut self.front.screen
    }

    /// Changes whenever another page comes to the front.
    pub fn page_id(&self) -> PageId {
        self.front.id
    }

    /// The list, whether it is in front or behind.
    pub fn apps(&self) -> Option<&Apps> {
        let mut open = self.behind.iter().chain([&self.front]);
        open.find_map(|open| match &open.screen {
            Screen::Apps(apps) => Some(&**apps),
            _ => None,
        })
    }

    /// Calls `act` with the page in front.
    pub fn with_page<T>(&mut self, act: impl FnOnce(&mut dyn Page, &mut Cx<'_>) -> T) -> T {
        let mut cx = Cx::new(&mut self.desk, self.front.id);
        act(self.front.screen.page_mut(), &mut cx)
    }

    /// For requests whose replies may arrive after the page is closed: they go to the console.
    fn root(&mut self) -> Cx<'_> {
        Cx::new(&mut self.desk, PageId::ROOT)
    }

    /// The contexts of the focus, innermost first.
    pub fn modes(&self) -> Vec<Mode> {
        self.modes_below(|_| false)
    }

    /// The same, as if the overlays that `is_above` names were closed.
    fn modes_below(&self, is_above: impl Fn(&Overlay) -> bool) -> Vec<Mode> {
        let mut over = self.desk.overlays.iter().rev();
        match over.find(|overlay| !is_above(overlay)) {
            Some(overlay) => overlays::modes(overlay),
            None if self.desk.is_locked() => access::modes(),
            None => self.front.screen.page().modes(),
        }
    }

    /// Whether an action works. The footer dims an action that is off; its key shows the reason.
    pub fn can(&self, action: Action) -> Can {
        if action == Action::Lock && self.desk.session().is_none() {
            return Can::Off("You are not signed in.".to_owned());
        }
        let is_asked = matches!(self.desk.overlays.last(), Some(Overlay::Question(..)));
        if self.desk.is_locked() || self.desk.prompt().is_some() || is_asked {
            return Can::Yes;
        }
        let can = self.front.screen.page().can(action, &self.desk);
        // The help and the palette list the actions that the page's footer omits.
        match self.desk.overlays.last() {
            Some(Overlay::Help(_) | Overlay::Palette(_)) => Can::of(can.why_off(), true),
            _ => can,
        }
    }

    /// When `Msg::Clock` is needed next, in milliseconds since the start. `None`: no timer is
    /// running.
    pub fn next_wake_ms(&self) -> Option<u64> {
        let desk = &self.desk;
        let now = desk.clock.mono_ms;
        let next_second = |until: u64| {
            let left = until.saturating_sub(now);
            // A countdown changes only when a whole second has passed.
            now + if left.is_multiple_of(1000) {
                1000.min(left.max(1))
            } else {
                left % 1000
            }
        };
        let page = self.front.screen.page();
        let is_open = desk.session().is_some() && !desk.is_locked();
        let countdown = match desk.lock() {
            Some(lock) => lock.wait_until_ms,
            None => page.counts_down_to(),
        };
        [
            page.wakes_at().filter(|_| !desk.is_locked()),
            desk.notice.as_ref().map(|notice| notice.until_ms),
            desk.clipboard.map(|copied| next_second(copied.until_ms)),
            countdown.filter(|until| *until > now).map(next_second),
            is_open.then(|| self.last_input_ms + desk.settings.lock_after_ms),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Keys are held while a reply is awaited that the next key may depend on.
    fn holds_input(&self) -> bool {
        let over = self.desk.overlays.last();
        let in_help = matches!(over, Some(Overlay::Help(_)));
        let page = self.front.screen.page();
        self.desk.is_waiting() || (page.holds_input() && !self.desk.is_locked() && !in_help)
    }
}
