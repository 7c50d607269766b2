//! Drives the real `update` with the real worker: a workspace in a temporary folder, a memory
//! clipboard, a clock that only moves when told. Keys in, screen out.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use devconsole::{
    clipboard::{Clipboard, Memory},
    console::{self, Console, Msg, Screen},
    desk::Settings,
    domain::{
        app::App,
        time::{Clock, UnixMs},
    },
    keymap::Key,
    request::{Effect, News, PageId, Reply, Request, ServerStart, Ticket},
    runtime::worker::{Outcome, Worker},
    screens::{app::AppPage, apps::Apps, create_app::CreateApp},
    store::{Stage, Workspace},
    ui::{
        half_blocks::Depth,
        theme::{Theme, ThemeName},
    },
    vault::KdfCost,
};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer, layout::Position};
use tempfile::TempDir;

pub const PASSWORD: &str = "purple gondola vermouth 42";
pub const EMAIL: &str = "ada@example.com";

/// 2026-11-23 09:00 UTC.
const START: i64 = 1_795_424_400_000;

pub struct Driver {
    pub console: Console,
    worker: Worker,
    memory: Memory,
    pub dir: TempDir,
    /// Answers wait here until `deliver`, instead of being fed at once.
    pub holds_answers: bool,
    pub held: VecDeque<Msg>,
    /// Every requested effect, in order.
    pub effects: Vec<Effect>,
    pub theme: Theme,
    pub quit: bool,
    /// Every key, in the notation of `press`.
    pub pressed: String,
    /// Whether the local server may listen and send. Tests that press random keys leave it off.
    pub may_listen: bool,
    /// News from the threads of the local server.
    news: Arc<Mutex<Vec<News>>>,
}

impl Default for Driver {
    fn default() -> Self {
        Self::new()
    }
}

impl Driver {
    pub fn new() -> Self {
        Self::on(TempDir::new().unwrap())
    }

    pub fn on(dir: TempDir) -> Self {
        let workspace = Workspace::open(dir.path(), KdfCost::TRIVIAL)
            .unwrap()
            .workspace;
        let organization = match workspace.stage().unwrap() {
            Stage::Empty => None,
            Stage::Ready {
                organization,
                last_email,
            } => Some((organization, last_email)),
        };
        let (clipboard, memory) = Clipboard::memory();
        let news: Arc<Mutex<Vec<News>>> = Arc::default();
        let told = Arc::clone(&news);
        let tell = move |news| {
            told.lock().unwrap().push(news);
            true
        };
        let mut driver = Self {
            console: Console::new(
                organization,
                (80, 24),
                Settings {
                    folder: "/home/ada/shop".to_owned(),
                    way_in: "log in to build1 as ada and run: devconsole".to_owned(),
                    ..Settings::default()
                },
            ),
            worker: Worker::new(workspace, clipboard).notifying(Arc::new(tell)),
            may_listen: false,
            news,
            memory,
            dir,
            holds_answers: false,
            held: VecDeque::new(),
            effects: Vec::new(),
            theme: Theme::new(ThemeName::default(), true, Depth::None, true),
            quit: false,
            pressed: String::new(),
        };
        driver.resize(80, 24);
        driver.feed(Msg::Clock(Clock {
            mono_ms: 0,
            unix: UnixMs(START),
        }));
        driver
    }

    /// Ends the program as `kill -9` does, and starts it again on the same folder.
    pub fn restart(self) -> Self {
        let later = self.console.desk.clock.unix.0 - START;
        let Self { dir, worker, .. } = self;
        drop(worker);
        let mut driver = Self::on(dir);
        driver.feed(Msg::Clock(Clock {
            mono_ms: 0,
            unix: UnixMs(START + later + 1000),
        }));
        driver
    }

    /// Signed up, the recovery key confirmed, on the empty list.
    pub fn signed_up() -> Self {
        let mut driver = Self::new();
        driver.sign_up();
        driver.confirm_recovery_key();
        driver
    }

    pub fn recovery_key(&self) -> String {
        match self.console.screen() {
            Screen::ShowRecoveryKey(screen) => screen.key.expose().to_owned(),
            other => panic!("no recovery key on {other:?}"),
        }
    }

    pub fn notice(&self) -> &str {
        let notice = self.console.desk.notice.as_ref();
        notice.map_or("", |notice| notice.text.as_str())
    }

    pub fn is_on_list(&self) -> bool {
        matches!(self.console.screen(), Screen::Apps(_))
    }

    /// The create-app form, which must be on the screen.
    pub fn form(&self) -> &CreateApp {
        match self.console.screen() {
            Screen::CreateApp(screen) => screen,
            _ => panic!("not the form:\n{}", self.text()),
        }
    }

    /// The page of an app, which must be on the screen.
    pub fn page(&self) -> &AppPage {
        match self.console.screen() {
            Screen::App(page) => page,
            _ => panic!("not an app:\n{}", self.text()),
        }
    }

    pub fn app(&self) -> &App {
        &self.page().app
    }

    pub fn sign_in(&mut self) {
        self.press(PASSWORD);
        self.press("<enter>");
    }

    pub fn feed(&mut self, msg: Msg) {
        for effect in console::update(&mut self.console, msg) {
            self.effects.push(effect.clone());
            if matches!(effect, Effect::Quit) {
                self.quit = true;
                continue;
            }
            if let Some(reply) = self.refused(&effect) {
                self.held.push_back(reply);
                continue;
            }
            let now = self.console.desk.clock.unix;
            for outcome in self.worker.perform(effect, now) {
                match outcome {
                    Outcome::Reply(ticket, reply) => {
                        self.held.push_back(Msg::Reply(ticket, reply));
                    }
                    Outcome::News(news) => self.held.push_back(Msg::News(news)),
                    Outcome::ToTerminal(_) | Outcome::MaySuspend => {}
                }
            }
        }
        if !self.holds_answers {
            self.deliver();
        }
    }

    /// Feeds the answers that wait, and what the local server said meanwhile.
    pub fn deliver(&mut self) {
        let news: Vec<News> = self.news.lock().unwrap().drain(..).collect();
        self.held.extend(news.into_iter().map(Msg::News));
        while let Some(msg) = self.held.pop_front() {
            self.feed(msg);
        }
    }

    /// A reply that no request awaits.
    pub fn reply(&mut self, reply: Reply) {
        let ticket = Ticket {
            number: 0,
            page: PageId::ROOT,
        };
        self.feed(Msg::Reply(ticket, reply));
    }

    /// The reply to an effect that must not reach the machine that runs the tests.
    fn refused(&self, effect: &Effect) -> Option<Msg> {
        let Effect::Request(ticket, request) = effect else {
            return None;
        };
        let reply = match request.clone() {
            // Keys are pressed at random: only files in the folder of the test are written.
            Request::WriteFile(request)
                if !std::path::Path::new(&request.path).starts_with(self.dir.path()) =>
            {
                Reply::WriteFile(request, Err("outside of the test's folder".into()))
            }
            Request::StartLocalServer(request) if !self.may_listen => {
                let failed = ServerStart::Failed {
                    problem: "not here".to_owned(),
                    running: None,
                };
                Reply::StartLocalServer(request, Ok(failed))
            }
            Request::StartTrial(request) if !self.may_listen => Reply::StartTrial(request, Ok(())),
            _ => return None,
        };
        Some(Msg::Reply(*ticket, reply))
    }

    /// The list, whether it is in front or waits.
    pub fn apps(&self) -> &Apps {
        match self.console.apps() {
            Some(apps) => apps,
            None => panic!("no list:\n{}", self.text()),
        }
    }

    /// `my app<tab><ctrl-s>`: text as it is, keys in the keymap's notation, `<lt>` for `<`.
    pub fn press(&mut self, keys: &str) {
        self.pressed.push_str(keys);
        for name in key_names(keys) {
            let key = Key::parse(name).unwrap_or_else(|| panic!("no such key: {name}"));
            self.feed(Msg::Key(key));
        }
    }

    pub fn paste(&mut self, text: &str) {
        self.feed(Msg::Paste(text.to_owned()));
    }

    pub fn resize(&mut self, width: u16, height: u16) {
        self.feed(Msg::Resize(width, height));
    }

    /// Moves the clock, with a stop at each time the console wants to wake.
    pub fn advance_ms(&mut self, ms: u64) {
        let end = self.console.desk.clock.mono_ms + ms;
        loop {
            let now = self.console.desk.clock;
            let next = self
                .console
                .next_wake_ms()
                .map_or(end, |wake| wake.max(now.mono_ms + 1))
                .min(end);
            let passed = next - now.mono_ms;
            self.feed(Msg::Clock(Clock {
                mono_ms: next,
                unix: UnixMs(now.unix.0 + i64::try_from(passed).unwrap()),
            }));
            if next == end {
                return;
            }
        }
    }

    pub fn clipboard(&self) -> Option<String> {
        self.memory.held()
    }

    /// The picture at the console's size, and where the cursor is, if it is shown.
    pub fn picture(&self) -> (Buffer, Option<Position>) {
        let (width, height) = self.console.desk.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut cursor = None;
        terminal
            .draw(|frame| {
                console::draw(&self.console, &self.theme, frame);
            })
            .unwrap();
        if terminal.backend().cursor_visible() {
            cursor = Some(terminal.backend().cursor_position());
        }
        (terminal.backend().buffer().clone(), cursor)
    }

    /// The picture as text, one line a row, without the spaces at the end of a row.
    pub fn text(&self) -> String {
        let (buffer, _) = self.picture();
        rows(&buffer).join("\n")
    }

    pub fn shows(&self, text: &str) -> bool {
        self.text().contains(text)
    }
}

/// The keys of a script: a character for itself, the name of a key without its brackets.
pub fn key_names(script: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        let (name, after) = named.unwrap_or_else(|| rest.split_at(c.len_utf8()));
        names.push(if name == "lt" { "<" } else { name });
        rest = after;
    }
    names
}

/// The rows of a picture, wide characters once.
pub fn rows(buffer: &Buffer) -> Vec<String> {
    (buffer.area.top()..buffer.area.bottom())
        .map(|y| {
            let mut row = String::new();
            let mut skip = 0;
            for x in buffer.area.left()..buffer.area.right() {
                let symbol = buffer[(x, y)].symbol();
                if skip == 0 {
                    row.push_str(symbol);
                    skip = devconsole::domain::text::width(symbol).saturating_sub(1);
                } else {
                    skip -= 1;
                }
            }
            row.trim_end().to_owned()
        })
        .collect()
}
