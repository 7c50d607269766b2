//! The local server inside the console: its thread, its log, and tests of an app against it. It has
//! its own connection to the workspace, so that it keeps running while the console is locked.

mod http;
mod login;
mod webhook;

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

use super::{
    manage::not_written,
    worker::{Outcome, Worker, said},
};
use crate::{
    domain::{
        app::AppStatus,
        handoff,
        id::AppId,
        oauth::{
            exchange::Exchange,
            jwt::{AuthorizedApps, JwtCredential},
            setup::{PORT, Profile, Setup},
            trial::{Step, TrialKind},
        },
        secret::Secret,
        time::UnixMs,
    },
    local_server::{Faults, Journal, Listening, runtime},
    message::{Answer, SandboxSaid, SandboxWork},
    store::Workspace,
};

/// Log entries that wait to be shown. If there are more, the oldest are dropped: nobody could read
/// them.
const WAITING_MAX: usize = 500;

/// Sends an answer to the loop, from any thread. Returns whether it was accepted.
pub type Tell = Arc<dyn Fn(Answer) -> bool + Send + Sync>;

/// Log entries that wait to be shown, and whether the loop was notified.
#[derive(Default)]
struct Waiting {
    exchanges: Mutex<VecDeque<Exchange>>,
    is_notified: AtomicBool,
    /// Counts across all starts of the server.
    numbers: Arc<AtomicU64>,
}

impl Waiting {
    fn push(&self, exchange: Exchange, tell: &Tell) {
        let mut exchanges = self
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if exchanges.len() >= WAITING_MAX {
            exchanges.pop_front();
        }
        exchanges.push_back(exchange);
        drop(exchanges);
        if !self.is_notified.swap(true, Ordering::AcqRel) && !tell(of(SandboxSaid::News)) {
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

fn of(said: SandboxSaid) -> Answer {
    Answer::Sandbox(said)
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

pub(super) struct Sandbox {
    tell: Tell,
    faults: Arc<Faults>,
    waiting: Arc<Waiting>,
    running: Option<Running>,
    /// The current, last or next port.
    port: u16,
    /// The number of the current test; an older one ends.
    trial: Arc<AtomicU64>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let port = self.running.as_ref().map(|running| running.port);
        write!(f, "Sandbox({port:?})")
    }
}

impl Sandbox {
    pub fn new(tell: Tell) -> Self {
        Self {
            tell,
            faults: Arc::default(),
            waiting: Arc::default(),
            running: None,
            port: PORT,
            trial: Arc::default(),
        }
    }

    /// Binds the new port before it stops the server on the old one.
    fn start(&mut self, workspace: &Workspace, setup: Setup) -> SandboxSaid {
        let is_elsewhere = |running: &Running| setup.port != 0 && running.port != setup.port;
        let before = self.running.take().filter(is_elsewhere);
        match self.begin(workspace, setup) {
            Ok(port) => SandboxSaid::Started(port),
            Err(problem) => {
                self.running = before;
                SandboxSaid::NotStarted {
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
        let (faults, waiting, tell) = (
            Arc::clone(&self.faults),
            Arc::clone(&self.waiting),
            Arc::clone(&self.tell),
        );
        let thread = Builder::new()
            .name("local-server".to_owned())
            .spawn(move || {
                let told = Arc::clone(&tell);
                let numbers = Arc::clone(&waiting.numbers);
                let push = move |exchange| waiting.push(exchange, &told);
                let journal = Journal::counting(numbers, Box::new(push));
                let served = serve(workspace, setup, faults, journal, &started, stopped);
                if let Err(problem) = served {
                    tell(of(SandboxSaid::Stopped(Some(problem))));
                }
            });
        let thread = thread.map_err(|error| error.to_string())?;
        let port = start
            .recv()
            .unwrap_or_else(|_| Err("It ended at once.".to_owned()))?;
        self.port = port;
        self.running = Some(Running {
            port,
            profile: setup.profile,
            stop: Some(stop),
            thread: Some(thread),
        });
        Ok(port)
    }

    /// The address and profile of the running server.
    fn base(&self) -> Option<(String, Profile)> {
        let running = self.running.as_ref()?;
        let base = format!("http://127.0.0.1:{}", running.port);
        Some((base, running.profile))
    }
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
                    "is taken, perhaps by another console".to_owned()
                } else {
                    format!("cannot be used: {error}")
                };
                let port = setup.port;
                tell_starter(Err(format!(
                    "Port {port} of this machine {why}. p in the Sandbox chooses another one."
                )));
                return Ok(());
            }
        };
        tell_starter(Ok(listening.port));
        let stopped = async {
            // Also ends if the starter is gone.
            let _ = stopped.await;
        };
        let journal = Some(Arc::new(journal));
        listening
            .answer(workspace, setup, faults, journal, stopped)
            .await
    })
}

impl Worker {
    pub(super) fn sandbox_work(&mut self, work: SandboxWork, now: UnixMs) -> Vec<Outcome> {
        let said = match work {
            SandboxWork::Start(setup) => self.sandbox.start(&self.workspace, setup),
            SandboxWork::Stop => {
                self.sandbox.running = None;
                SandboxSaid::Stopped(None)
            }
            SandboxWork::Read => SandboxSaid::Log(self.sandbox.waiting.take()),
            SandboxWork::Arm { fault, armed } => {
                self.sandbox.faults.arm(fault, armed);
                SandboxSaid::Faults(self.sandbox.faults.armed())
            }
            SandboxWork::ReadFaults => SandboxSaid::Faults(self.sandbox.faults.armed()),
            SandboxWork::Expect(port) => {
                self.sandbox.port = port;
                return Vec::new();
            }
            SandboxWork::EndTrial => {
                self.sandbox.trial.fetch_add(1, Ordering::AcqRel);
                return Vec::new();
            }
            SandboxWork::Try {
                app,
                kind,
                trial,
                setup,
            } => return self.try_out(&app, kind, trial, setup, now),
        };
        vec![Outcome::Answer(of(said))]
    }

    /// In its own thread, because it may wait for a browser.
    fn try_out(
        &mut self,
        app: &AppId,
        kind: TrialKind,
        trial: u64,
        setup: Setup,
        now: UnixMs,
    ) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let wanted = Arc::clone(&self.sandbox.trial);
        wanted.store(trial, Ordering::Release);
        let tell = Arc::clone(&self.sandbox.tell);
        let trial = Trial {
            number: trial,
            wanted,
            tell,
        };
        match self.work_of(app, kind, setup, now, &mut outcomes) {
            Ok(work) => {
                let number = trial.number;
                let spawned = Builder::new().name("trial".to_owned()).spawn(move || {
                    work(&trial);
                    trial.tell(SandboxSaid::TrialEnded { trial: number });
                });
                if let Err(error) = spawned {
                    outcomes.push(failed_step(number, "Start", error.to_string()));
                }
            }
            Err(problem) => {
                outcomes.push(failed_step(trial.number, kind.title(), problem));
                outcomes.push(Outcome::Answer(of(SandboxSaid::TrialEnded {
                    trial: trial.number,
                })));
            }
        }
        outcomes
    }

    /// Collects what the test needs from the workspace, and starts the local server for a login.
    fn work_of(
        &mut self,
        app: &AppId,
        kind: TrialKind,
        setup: Setup,
        now: UnixMs,
        outcomes: &mut Vec<Outcome>,
    ) -> Result<Work, String> {
        let found = self.workspace.app(app).map_err(said)?;
        if kind != TrialKind::Login {
            let shared = self.workspace.shared_secret(app).map_err(said)?;
            let shared = shared.ok_or("This app has no Interactive Messages.")?;
            return Ok(Box::new(move |trial| match kind {
                TrialKind::TestEvent => webhook::send(trial, &found, &shared, now),
                _ => webhook::listen(trial, &found, &shared),
            }));
        }
        if found.status == AppStatus::Suspended {
            return Err("The app is suspended. z on its page resumes it.".to_owned());
        }
        if self.sandbox.running.is_none() {
            let said = self.sandbox.start(&self.workspace, setup);
            let problem = match &said {
                SandboxSaid::NotStarted { problem, .. } => Some(problem.clone()),
                _ => None,
            };
            outcomes.push(Outcome::Answer(of(said)));
            if let Some(problem) = problem {
                return Err(problem);
            }
        }
        let (base, profile) = self.sandbox.base().unwrap_or_default();
        let secret = self.workspace.client_secret(app).map_err(said)?;
        let jwt = if found.spec.uses_jwt() {
            self.jwt_for(&found.client_id, now)?
        } else {
            None
        };
        let job = login::Job {
            base,
            loopback_port: profile.loopback_port(),
            app: found,
            secret,
            jwt,
        };
        Ok(Box::new(move |trial| login::run(trial, &job)))
    }

    /// A JWT of the signed-in developer that the app may use.
    fn jwt_for(
        &self,
        client: &crate::domain::oauth::credential::ClientId,
        now: UnixMs,
    ) -> Result<Option<(String, Secret)>, String> {
        let all = self.workspace.jwt_credentials().map_err(said)?;
        let fits = |one: &&JwtCredential| {
            let is_for_app = match &one.apps {
                AuthorizedApps::Organization => true,
                AuthorizedApps::Specific(apps) => apps.contains(client),
            };
            is_for_app && !one.has_expired(now) && self.is_mine(&one.owner)
        };
        let Some(found) = all.iter().find(fits) else {
            return Ok(None);
        };
        let token = self.workspace.jwt_token(&found.id).map_err(said)?;
        Ok(Some((found.label.clone(), token)))
    }

    /// An `.env` for a program that logs in here, with a JWT if there is one.
    pub(super) fn sandbox_env(
        &self,
        id: &AppId,
        now: UnixMs,
    ) -> Result<Secret, crate::store::StoreError> {
        let app = self.workspace.app(id)?;
        let secret = self.workspace.client_secret(id)?;
        let jwt = if app.spec.uses_jwt() {
            self.jwt_for(&app.client_id, now).ok().flatten()
        } else {
            None
        };
        let server = format!("http://127.0.0.1:{}", self.sandbox.port);
        let jwt = jwt.as_ref().map(|(_, token)| token);
        handoff::sandbox_env(&app, secret.as_ref(), jwt, &server).map_err(not_written)
    }
}

type Work = Box<dyn FnOnce(&Trial) + Send>;

fn failed_step(trial: u64, what: &'static str, problem: String) -> Outcome {
    let step = Step::failed(what, problem);
    Outcome::Answer(of(SandboxSaid::Step { trial, step }))
}

/// The controls of a test: report a step, and check whether it was canceled.
struct Trial {
    number: u64,
    wanted: Arc<AtomicU64>,
    tell: Tell,
}

impl Trial {
    fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire) == self.number
    }

    fn tell(&self, said: SandboxSaid) {
        // If the loop is gone, nothing has to be sent; if its channel is full, it will read soon.
        for _ in 0..50 {
            if (self.tell)(of(said.clone())) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    fn say(&self, step: Step) {
        self.tell(SandboxSaid::Step {
            trial: self.number,
            step,
        });
    }

    /// Shows a URL for the user to open.
    fn show(&self, url: &str) {
        self.tell(SandboxSaid::Url {
            trial: self.number,
            url: url.to_owned(),
        });
    }
}
