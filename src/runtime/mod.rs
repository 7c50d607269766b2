//! The imperative shell: opens the workspace, takes over the terminal, runs the loop. One channel,
//! one consumer: the loop handles all waiting events, then draws once. While idle, it draws nothing
//! and sends nothing.

pub mod capabilities;
pub mod credentials;
pub mod hardening;
pub mod input;
pub mod local_server;
pub mod manifest;
pub mod panics;
mod progress;
mod quiet_backend;
mod requests;
pub mod signals;
pub mod sixteen;
pub mod terminal;
pub mod worker;

use std::{
    io::IsTerminal as _,
    process::ExitCode,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use self::{
    capabilities::{Capabilities, Colors},
    input::Input,
    panics::PanicReport,
    signals::Signal,
    terminal::TerminalGuard,
    worker::{Job, Outcome},
};
use crate::{
    clipboard::{Clipboard, Environment},
    console::{self, Console, Msg},
    desk::Settings,
    domain::time::{Clock, UnixMs},
    files::picture::SVG_THREAD,
    keymap::Key,
    request::{Effect, Reply},
    store::Opened,
    ui::{
        half_blocks::Depth,
        palette,
        theme::{Theme, ThemeName},
    },
};

/// Everything that can wake the loop.
#[derive(Debug)]
pub enum Event {
    Input(Input),
    Signal(Signal),
    Outcome(Outcome),
    WorkerEnded(Result<(), String>),
    Panicked(PanicReport),
}

/// The most events that may wait for the loop, and that it handles between two frames. A paste of
/// megabytes that arrives as keys then waits in the terminal instead of our memory, and frames are
/// still drawn.
const INBOX: usize = 1024;
/// The time that the worker has to write the last draft and to end.
const END_AFTER_QUIT: Duration = Duration::from_secs(5);
/// The exit code after a hang-up: 128 plus the number of the signal.
const HUNG_UP: u8 = 129;
/// The time that a hang-up waits for replies that held keys depend on.
const HELD_KEYS: Duration = Duration::from_millis(400);
/// The same limit after a hang-up: a lost terminal must not leave a process behind.
const END_AFTER_HANG_UP: Duration = Duration::from_millis(800);

/// The message and the exit code.
pub type Failure = (String, u8);

/// The state that a console starts with.
#[derive(Debug)]
pub struct Start {
    /// With the last e-mail address. `None` before the first sign-up in the workspace.
    pub organization: Option<(String, Option<String>)>,
    pub settings: Settings,
}

impl Start {
    pub fn console(self, size: (u16, u16)) -> Console {
        Console::new(self.organization, size, self.settings)
    }
}

fn failure(error: impl std::fmt::Display) -> Failure {
    (error.to_string(), 1)
}

/// Runs the console in full screen until it ends.
pub fn run(opened: Opened, start: Start, theme_name: ThemeName) -> Result<ExitCode, Failure> {
    let (sender, events) = mpsc::sync_channel(INBOX);
    let panicked = sender.clone();
    panics::install_hook(move |report| {
        // A picture that crashes the renderer is not a defect of the program; it is reported as a
        // bad picture.
        if std::thread::current().name() != Some(SVG_THREAD) {
            let _ = panicked.send(Event::Panicked(report));
        }
    });
    let _signals = {
        let sender = sender.clone();
        signals::spawn(move |signal| sender.send(Event::Signal(signal)).is_ok()).map_err(failure)?
    };
    let capabilities = Capabilities::of_process();
    let guard = TerminalGuard::enter(capabilities)
        .map_err(|error| (error.to_string(), error.exit_code()))?;
    {
        let sender = sender.clone();
        input::spawn(move |input| sender.send(Event::Input(input)).is_ok()).map_err(failure)?;
    }
    let (jobs, queue) = mpsc::channel();
    let clipboard = Clipboard::new(&Environment::of_process());
    worker::spawn(opened.workspace, clipboard, queue, sender).map_err(failure)?;

    let size = terminal::size();
    let mut console = start.console(size);
    if !opened.notices.is_empty() {
        console.desk.notify(opened.notices.join(" "));
    }
    let run = Loop {
        console,
        theme: theme(theme_name, capabilities),
        guard,
        jobs,
        started: Instant::now(),
        exit: 0,
        hung_up: None,
    };
    run.until_the_end(&events)
}

fn theme(name: ThemeName, capabilities: Capabilities) -> Theme {
    let pictures = match capabilities.colors {
        // Sixteen colors cannot show a picture, because the terminal defines their shades.
        Colors::None | Colors::Ansi16 => Depth::None,
        Colors::Ansi256 => Depth::Ansi256,
        Colors::True => Depth::True,
    };
    let theme = Theme::new(
        name,
        capabilities.colors != Colors::None,
        pictures,
        capabilities.unicode,
    );
    let background = name.background(capabilities.background);
    match background.filter(|_| pictures != Depth::None) {
        Some(background) => palette::applied(theme, background),
        None => theme,
    }
}

struct Loop {
    console: Console,
    theme: Theme,
    guard: TerminalGuard,
    jobs: Sender<Job>,
    started: Instant,
    exit: u8,
    /// When a signal asked for the end while keys were still held.
    hung_up: Option<Instant>,
}

/// The result of one event.
enum Step {
    Go,
    End,
    Defect(PanicReport),
}

impl Loop {
    fn until_the_end(mut self, events: &Receiver<Event>) -> Result<ExitCode, Failure> {
        self.tick();
        self.draw()?;
        loop {
            let first = match self.wait(events) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return self.end(events, END_AFTER_HANG_UP),
            };
            self.tick();
            if self
                .hung_up
                .is_some_and(|since| since.elapsed() >= HELD_KEYS)
            {
                self.feed(Msg::HangUp);
            }
            for event in first.into_iter().chain(events.try_iter()).take(INBOX) {
                match self.step(event) {
                    Step::Go => {}
                    Step::End => {
                        let patience = if self.exit == 0 {
                            END_AFTER_QUIT
                        } else {
                            END_AFTER_HANG_UP
                        };
                        return self.end(events, patience);
                    }
                    Step::Defect(report) => {
                        // The last input is still worth saving, if the worker is alive.
                        self.feed(Msg::HangUp);
                        // The defect is reported, so a failure to save is not.
                        let _ = self.end(events, END_AFTER_HANG_UP);
                        report.print();
                        return Ok(ExitCode::from(101));
                    }
                }
            }
            if self.console.quitting {
                return self.end(events, END_AFTER_QUIT);
            }
            if let Err(failure) = self.draw() {
                return self.lose_terminal(events, failure);
            }
        }
    }

    /// A frame that cannot be drawn may be the first sign of a hang-up: the draft must still reach
    /// the disk.
    fn lose_terminal(
        mut self,
        events: &Receiver<Event>,
        failure: Failure,
    ) -> Result<ExitCode, Failure> {
        let is_gone = !std::io::stdin().is_terminal();
        self.hang_up(if is_gone { HUNG_UP } else { failure.1 });
        let ended = self.end(events, END_AFTER_HANG_UP)?;
        if is_gone { Ok(ended) } else { Err(failure) }
    }

    fn wait(&self, events: &Receiver<Event>) -> Result<Event, RecvTimeoutError> {
        if let Some(since) = self.hung_up {
            return events.recv_timeout(HELD_KEYS.saturating_sub(since.elapsed()));
        }
        match self.console.next_wake_ms() {
            None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at_ms) => {
                let left = Duration::from_millis(at_ms).saturating_sub(self.started.elapsed());
                events.recv_timeout(left)
            }
        }
    }

    fn step(&mut self, event: Event) -> Step {
        match event {
            Event::Input(input) => self.input(input),
            Event::Signal(Signal::Suspend) => self.feed(Msg::Suspend),
            Event::Signal(Signal::Resize) => self.resize(),
            Event::Signal(Signal::Continue) => {
                // A hang-up continues the process too: then there is no terminal to return to.
                if self.guard.resume().is_err() {
                    self.hang_up(HUNG_UP);
                } else {
                    self.resize();
                }
            }
            Event::Signal(signal) => {
                self.hang_up(signal.exit_code().unwrap_or(1));
            }
            Event::Outcome(Outcome::Reply(ticket, reply)) => self.feed(Msg::Reply(ticket, reply)),
            Event::Outcome(Outcome::News(news)) => self.feed(Msg::News(news)),
            // The draft is on disk and the clipboard is cleared: it is safe to stop the program.
            Event::Outcome(Outcome::MaySuspend) => self.suspend(),
            Event::Outcome(Outcome::ToTerminal(bytes)) => {
                if self.guard.write_bytes(&bytes).is_err() {
                    self.hang_up(HUNG_UP);
                }
            }
            Event::WorkerEnded(_) => {
                self.exit = 1;
                self.feed(Msg::Broken("A part of the program stopped.".to_owned()));
            }
            Event::Panicked(report) => return Step::Defect(report),
        }
        if self.console.quitting {
            Step::End
        } else {
            if self.exit != 0 && self.hung_up.is_none() {
                self.hung_up = Some(Instant::now());
            }
            Step::Go
        }
    }

    fn input(&mut self, input: Input) {
        match input {
            Input::Key { key, in_burst } => {
                if let Some(key) = Key::from_event(&key) {
                    self.feed(if is_suspend(key) {
                        Msg::Suspend
                    } else if in_burst {
                        Msg::KeyInBurst(key)
                    } else {
                        Msg::Key(key)
                    });
                }
            }
            Input::Paste { text, truncated } => {
                self.feed(Msg::Paste(text));
                if truncated {
                    self.console
                        .desk
                        .warn("The pasted text was too long and was cut off.");
                }
            }
            Input::Hangup => self.hang_up(HUNG_UP),
        }
    }

    fn hang_up(&mut self, exit: u8) {
        self.exit = exit;
        self.feed(Msg::HangUp);
    }

    fn tick(&mut self) {
        let clock = self.clock();
        self.feed(Msg::Clock(clock));
    }

    fn clock(&self) -> Clock {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_millis());
        Clock {
            mono_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            unix: UnixMs(i64::try_from(unix).unwrap_or(i64::MAX)),
        }
    }

    fn feed(&mut self, msg: Msg) {
        for effect in console::update(&mut self.console, msg) {
            match effect {
                Effect::Quit => {}
                effect => {
                    let now = self.console.desk.clock.unix;
                    // If the worker is gone, it reports that itself.
                    let _ = self.jobs.send(Job { effect, now });
                }
            }
        }
    }

    /// The window may also have changed while the program was stopped.
    fn resize(&mut self) {
        let (width, height) = terminal::size();
        self.feed(Msg::Resize(width, height));
    }

    fn suspend(&mut self) {
        match self.guard.suspend() {
            Ok(true) => self.resize(),
            Ok(false) => self
                .console
                .desk
                .warn("This terminal cannot resume a stopped program."),
            Err(_) => {
                self.hang_up(HUNG_UP);
            }
        }
    }

    fn draw(&mut self) -> Result<(), Failure> {
        #[cfg(debug_assertions)]
        panics::fail_on_purpose("screen");
        let Self {
            console,
            theme,
            guard,
            ..
        } = self;
        guard
            .draw(|frame| console::draw(console, theme, frame))
            .map_err(failure)
    }

    /// Waits until the last draft is on disk and the clipboard is cleared.
    fn end(mut self, events: &Receiver<Event>, patience: Duration) -> Result<ExitCode, Failure> {
        let now = self.console.desk.clock.unix;
        let _ = self.jobs.send(Job {
            effect: Effect::Quit,
            now,
        });
        let deadline = Instant::now() + patience;
        let mut problem = None;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match events.recv_timeout(left) {
                Ok(Event::Outcome(Outcome::ToTerminal(bytes))) => {
                    // The terminal may be gone; then nothing more can be done.
                    let _ = self.guard.write_bytes(&bytes);
                }
                Ok(Event::Outcome(Outcome::Reply(_, Reply::SaveDraft(_, Err(why))))) => {
                    problem = Some(format!("The draft is not saved: {}", why.text));
                }
                Ok(Event::WorkerEnded(result)) => {
                    problem = problem.or(result.err());
                    break;
                }
                Ok(Event::Panicked(report)) => {
                    self.guard.leave();
                    report.print();
                    return Ok(ExitCode::from(101));
                }
                Ok(_) => {}
                Err(_) => {
                    problem = Some("The last changes may not be saved.".to_owned());
                    break;
                }
            }
        }
        self.guard.leave();
        match problem {
            Some(problem) => Err((problem, self.exit.max(1))),
            None => Ok(ExitCode::from(self.exit)),
        }
    }
}

fn is_suspend(key: Key) -> bool {
    key.ctrl && !key.alt && key.code == crossterm::event::KeyCode::Char('z')
}
