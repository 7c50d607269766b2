//! The local server inside the console: its thread, its log, and tests of an app against it. It has
//! its own connection to the workspace, so that it keeps running while the console is locked.

mod http;
pub(super) mod install;
pub(super) mod login;
pub(super) mod webhook;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    thread::{Builder, JoinHandle},
};

use tokio::sync::oneshot;

use crate::{
    domain::oauth::{
        exchange::Exchange,
        setup::{PORT, Profile, Setup},
        trial::Step,
    },
    local_server::{Faults, Journal, Listening, Options, runtime},
    request::{News, ServerStart},
    store::{Serving, Workspace},
};

/// Log entries that wait to be shown. If there are more, the oldest are dropped: a person could not
/// read them.
const WAITING_MAX: usize = 500;

/// Sends news to the loop, from any thread. Returns whether the loop took it.
pub type Notify = Arc<dyn Fn(News) -> bool + Send + Sync>;

/// Log entries that wait to be shown, and whether the loop was notified.
#[derive(Default)]
struct Waiting {
    exchanges: Mutex<VecDeque<Exchange>>,
    is_notified: AtomicBool,
    /// Counts across all starts of the server.
    numbers: Arc<AtomicU64>,
}

impl Waiting {
    fn push(&self, exchange: Exchange, notify: &Notify) {
        let mut exchanges = self
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if exchanges.len() >= WAITING_MAX {
            exchanges.pop_front();
        }
        exchanges.push_back(exchange);
        drop(exchanges);
        if !self.is_notified.swap(true, Ordering::AcqRel) && !notify(News::Exchanges) {
            // The loop is busy: the next entry notifies it.
            self.is_notified.store(false, Ordering::Release);
        }
    }

    fn take(&self) -> Vec<Exchange> {
        self.is_notified.store(false, Ordering::Release);
        let mut exchanges = self
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        exchanges.drain(..).collect()
    }
}

struct Running {
    port: u16,
    profile: Profile,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // A thread that has ended by itself does not receive this.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // The hook has already reported its panic.
            let _ = thread.join();
        }
    }
}

pub(super) struct LocalServer {
    notify: Notify,
    faults: Arc<Faults>,
    waiting: Arc<Waiting>,
    running: Option<Running>,
    port: u16,
    /// The number of the current test; an older one ends.
    trial: Arc<AtomicU64>,
}

impl std::fmt::Debug for LocalServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let port = self.running.as_ref().map(|running| running.port);
        write!(f, "LocalServer({port:?})")
    }
}

impl LocalServer {
    pub fn new(notify: Notify) -> Self {
        Self {
            notify,
            faults: Arc::default(),
            waiting: Arc::default(),
            running: None,
            port: PORT,
            trial: Arc::default(),
        }
    }

    /// A new port is opened before the old one is closed: if it fails, the server keeps running.
    pub(super) fn start(&mut self, workspace: &Workspace, setup: Setup) -> ServerStart {
        let is_elsewhere = |running: &Running| setup.port != 0 && running.port != setup.port;
        let before = self.running.take().filter(is_elsewhere);
        match self.begin(workspace, setup) {
            Ok(port) => ServerStart::Started(port),
            Err(mut problem) => {
                self.running = before;
                if Serving::elsewhere(workspace, setup.port).is_some() {
                    problem = format!(
                        "Another devconsole runs the local server of this workspace on port {}. Requests are in its log.",
                        setup.port
                    );
                }
                ServerStart::Failed {
                    problem,
                    running: self.running.as_ref().map(|running| running.port),
                }
            }
        }
    }

    fn begin(&mut self, workspace: &Workspace, setup: Setup) -> Result<u16, String> {
        let workspace = workspace.beside().map_err(|error| error.to_string())?;
        let (stop, stopped) = oneshot::channel();
        let (started, start) = mpsc::channel();
        let (faults, waiting, notify) = (
            Arc::clone(&self.faults),
            Arc::clone(&self.waiting),
            Arc::clone(&self.notify),
        );
        let thread = Builder::new()
            .name("local-server".to_owned())
            .spawn(move || {
                let notifier = Arc::clone(&notify);
                let numbers = Arc::clone(&waiting.numbers);
                let push = move |exchange| waiting.push(exchange, &notifier);
                let journal = Journal::counting(numbers, Box::new(push));
                let served = serve(workspace, setup, faults, journal, &started, stopped);
                if let Err(problem) = served {
                    notify(News::Stopped(problem));
                }
            });
        let thread = thread.map_err(|error| error.to_string())?;
        let port = start
            .recv()
            .unwrap_or_else(|_| Err("It stopped immediately.".to_owned()))?;
        self.port = port;
        self.running = Some(Running {
            port,
            profile: setup.profile,
            stop: Some(stop),
            thread: Some(thread),
        });
        Ok(port)
    }

    pub(super) fn stop(&mut self) {
        self.running = None;
    }

    pub(super) fn take_exchanges(&self) -> Vec<Exchange> {
        self.waiting.take()
    }

    pub(super) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The port in use, otherwise the last one or the default.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn expect_port(&mut self, port: u16) {
        self.port = port;
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// A trial with another number ends.
    pub(super) fn want_trial(&self, number: u64) {
        self.trial.store(number, Ordering::Release);
    }

    pub(super) fn end_trial(&self) {
        self.trial.fetch_add(1, Ordering::AcqRel);
    }

    /// Runs in a separate thread, because a trial may wait for a browser.
    pub(super) fn spawn_trial(&self, number: u64, work: TrialWork) -> Result<(), String> {
        let trial = Trial {
            number,
            wanted: Arc::clone(&self.trial),
            notify: Arc::clone(&self.notify),
        };
        let spawned = Builder::new().name("trial".to_owned()).spawn(move || {
            work(&trial);
            trial.notify(News::TrialEnded { trial: number });
        });
        spawned.map(drop).map_err(|error| error.to_string())
    }

    /// The base URL and the profile, while the server is running.
    pub(super) fn base(&self) -> Option<(String, Profile)> {
        let running = self.running.as_ref()?;
        Some((base_at(running.port), running.profile))
    }
}

pub(super) fn base_at(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// Runs until it is stopped. The starter reports errors from before it listens.
fn serve(
    workspace: Workspace,
    setup: Setup,
    faults: Arc<Faults>,
    journal: Journal,
    started: &mpsc::Sender<Result<u16, String>>,
    stopped: oneshot::Receiver<()>,
) -> Result<(), String> {
    let tell_starter = |result| {
        // The starter is waiting for this.
        let _ = started.send(result);
    };
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            tell_starter(Err(error.to_string()));
            return Ok(());
        }
    };
    runtime.block_on(async {
        let listening = match Listening::at(setup.port).await {
            Ok(listening) => listening,
            Err(error) => {
                let why = if error.kind() == std::io::ErrorKind::AddrInUse {
                    "is in use by another program".to_owned()
                } else {
                    format!("cannot be used: {error}")
                };
                let port = setup.port;
                tell_starter(Err(format!(
                    "Port {port} {why}. To choose another one, press b, then p."
                )));
                return Ok(());
            }
        };
        // First, so that other consoles find a server that says it has started.
        let _serving = Serving::announce(&workspace, listening.port, setup.profile);
        tell_starter(Ok(listening.port));
        let stopped = async {
            // Also ends if the starter is gone.
            let _ = stopped.await;
        };
        let options = Options {
            setup,
            faults,
            journal: Some(Arc::new(journal)),
            ..Options::default()
        };
        listening.answer(workspace, options, stopped).await
    })
}

pub(super) type TrialWork = Box<dyn FnOnce(&Trial) + Send>;

/// A running trial: reports its steps and checks whether it was canceled.
pub(super) struct Trial {
    number: u64,
    wanted: Arc<AtomicU64>,
    notify: Notify,
}

impl Trial {
    fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire) == self.number
    }

    fn notify(&self, news: News) {
        // The channel may be full for a moment. If the loop has ended, nothing needs the news.
        for _ in 0..50 {
            if (self.notify)(news.clone()) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    fn say(&self, step: Step) {
        self.notify(News::Step {
            trial: self.number,
            step,
        });
    }

    /// Shows a URL for the user to open.
    fn show(&self, url: &str) {
        self.notify(News::Url {
            trial: self.number,
            url: url.to_owned(),
        });
    }
}
