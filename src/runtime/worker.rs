//! The worker thread: it owns the connection and the clipboard, and does the slow work. It performs
//! one effect after another; replies go back through the one channel.

use std::{
    collections::VecDeque,
    mem::discriminant,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender},
    },
    thread::{Builder, JoinHandle},
};

use super::{
    Event,
    local_server::{LocalServer, Notify},
    progress::Reporter,
};
use crate::{
    clipboard::Clipboard,
    domain::{id::DeveloperId, time::UnixMs},
    request::{Effect, News, Reply, Request, Ticket},
    store::{StoreError, Workspace},
};

/// An effect, and the time of the request.
#[derive(Debug)]
pub struct Job {
    pub effect: Effect,
    pub now: UnixMs,
}

/// The part of an effect's result that concerns the loop.
#[derive(Debug)]
pub enum Outcome {
    Reply(Ticket, Reply),
    News(News),
    /// Bytes that only the terminal's thread may write.
    ToTerminal(Vec<u8>),
    /// Everything requested before a suspension is done.
    MaySuspend,
}

/// Everything outside the terminal that the console can reach.
#[derive(Debug)]
pub struct Worker {
    pub(super) workspace: Workspace,
    pub(super) clipboard: Clipboard,
    /// The signed-in developer, who owns the drafts.
    pub(super) who: Option<DeveloperId>,
    pub(super) local_server: LocalServer,
    /// The time of the request that is being performed.
    pub(super) now: UnixMs,
    /// Outcomes that are sent before the reply.
    pub(super) outbox: Vec<Outcome>,
    reporter: Arc<Reporter>,
}

/// Runs until `Effect::Quit`, then reports that it ended.
pub fn spawn(
    workspace: Workspace,
    clipboard: Clipboard,
    jobs: Receiver<Job>,
    events: SyncSender<Event>,
) -> std::io::Result<JoinHandle<()>> {
    Builder::new().name("worker".to_owned()).spawn(move || {
        let outcomes = events.clone();
        // Must not block: the loop may be waiting for the worker to end.
        let notify: Notify = Arc::new(move |news| {
            outcomes
                .try_send(Event::Outcome(Outcome::News(news)))
                .is_ok()
        });
        let mut worker = Worker::new(workspace, clipboard).notifying(notify);
        let mut queue = VecDeque::new();
        while let Some(job) = next(&jobs, &mut queue, &mut worker) {
            if matches!(job.effect, Effect::Quit) {
                break;
            }
            #[cfg(debug_assertions)]
            super::panics::fail_on_purpose("worker");
            for outcome in worker.perform(job.effect, job.now) {
                if events.send(Event::Outcome(outcome)).is_err() {
                    break;
                }
            }
        }
        let ended = worker.end();
        // The loop may have ended already; then nothing needs the report.
        let _ = events.send(Event::WorkerEnded(ended));
    })
}

/// The next job that is still wanted. A newer query for the list, the history or a name replaces an
/// older one. While no job waits, the worker reads ahead.
fn next(jobs: &Receiver<Job>, queue: &mut VecDeque<Job>, worker: &mut Worker) -> Option<Job> {
    loop {
        if queue.is_empty() {
            queue.extend(jobs.try_iter());
            if queue.is_empty() && worker.workspace.read_ahead() {
                continue;
            }
        }
        if queue.is_empty() {
            queue.push_back(jobs.recv().ok()?);
        }
        queue.extend(jobs.try_iter());
        let job = queue.pop_front()?;
        let superseded = question(&job).is_some_and(|asked| {
            let mut later = queue.iter().filter_map(question);
            later.any(|later| discriminant(later) == discriminant(asked))
        });
        if !superseded {
            return Some(job);
        }
    }
}

/// The request, if a newer one of its kind replaces it.
fn question(job: &Job) -> Option<&Request> {
    match &job.effect {
        Effect::Request(
            _,
            request @ (Request::FindApps(_) | Request::CheckName(_) | Request::FindHistory(_)),
        ) => Some(request),
        _ => None,
    }
}

impl Worker {
    pub fn new(workspace: Workspace, clipboard: Clipboard) -> Self {
        Self {
            workspace,
            clipboard,
            who: None,
            local_server: LocalServer::new(Arc::new(|_| true)),
            now: UnixMs::default(),
            outbox: Vec::new(),
            reporter: Arc::new(Reporter::new(Arc::new(|_| true))),
        }
    }

    /// Sets the receiver of news from the local server, the trials and long requests.
    #[must_use]
    pub fn notifying(mut self, notify: Notify) -> Self {
        self.reporter = Arc::new(Reporter::new(Arc::clone(&notify)));
        let reporter = Arc::clone(&self.reporter);
        let report = Arc::new(move |progress| reporter.report(progress));
        self.workspace = self.workspace.reporting(report);
        self.local_server = LocalServer::new(notify);
        self
    }

    /// Folds the log into the file.
    pub fn end(self) -> Result<(), String> {
        let Self {
            workspace,
            local_server,
            ..
        } = self;
        // This connection must close first: only the last one folds the log into the file.
        drop(local_server);
        workspace.close().map_err(|error| error.to_string())
    }

    pub fn perform(&mut self, effect: Effect, now: UnixMs) -> Vec<Outcome> {
        let last = match effect {
            Effect::Request(ticket, request) => {
                self.now = now;
                self.reporter.begin(ticket.number);
                Some(Outcome::Reply(ticket, request.perform(self)))
            }
            Effect::Suspend => Some(Outcome::MaySuspend),
            // The loop handles this one.
            Effect::Quit => None,
        };
        let mut outcomes = std::mem::take(&mut self.outbox);
        outcomes.extend(last);
        outcomes
    }

    pub(super) fn owner(&self) -> Result<DeveloperId, StoreError> {
        self.who.clone().ok_or(StoreError::VaultLocked)
    }
}
