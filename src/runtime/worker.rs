//! The worker thread: it owns the connection and the clipboard, and does the slow work.
//! One effect after the other; answers go back through the one channel.

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
    sandbox::{Sandbox, Tell},
};
use crate::{
    clipboard::{Cleared, Clipboard, Copied},
    domain::{
        app::{AppWindow, Environment},
        draft::StoredDraft,
        id::{AppId, DeveloperId, DraftId},
        oauth::credential::{RecoveryKey, mint_shared_secret},
        people::developer::Session,
        secret::Secret,
        text,
        time::UnixMs,
    },
    files,
    message::{Answer, AppSecrets, Claim, Copyable, Effect, HistoryWork, SignInRefusal},
    store::{AppQuery, SignInError, SignUp, Stage, StoreError, Workspace},
    vault,
};

/// An effect, and when it was wanted.
#[derive(Debug)]
pub struct Job {
    pub effect: Effect,
    pub now: UnixMs,
}

/// What an effect led to, as far as the loop is concerned.
#[derive(Debug)]
pub enum Outcome {
    Answer(Answer),
    /// Bytes that only the thread of the terminal may write.
    ToTerminal(Vec<u8>),
    /// Everything that was asked for before a suspension is done.
    MaySuspend,
}

/// Everything outside of the terminal that the console can reach.
#[derive(Debug)]
pub struct Worker {
    pub(super) workspace: Workspace,
    clipboard: Clipboard,
    /// Who is signed in: the owner of the drafts.
    who: Option<DeveloperId>,
    pub(super) sandbox: Sandbox,
}

/// Runs until `Effect::Quit`, then says that it ended.
pub fn spawn(
    workspace: Workspace,
    clipboard: Clipboard,
    jobs: Receiver<Job>,
    events: SyncSender<Event>,
) -> std::io::Result<JoinHandle<()>> {
    Builder::new().name("worker".to_owned()).spawn(move || {
        let answers = events.clone();
        // Never waits: the loop may be waiting for the worker to end.
        let tell: Tell = Arc::new(move |answer| {
            answers
                .try_send(Event::Outcome(Outcome::Answer(answer)))
                .is_ok()
        });
        let mut worker = Worker::new(workspace, clipboard).telling(tell);
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
        // The loop may be gone already; then nobody is left to be told.
        let _ = events.send(Event::WorkerEnded(ended));
    })
}

/// The next job that is still wanted: a newer question for the list, or about a name, makes older
/// ones idle.
/// While there is none, the worker reads ahead.
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
        let is_question = matches!(
            job.effect,
            Effect::LoadApps { .. }
                | Effect::CheckName { .. }
                | Effect::History(HistoryWork::Load { .. })
        );
        let superseded = is_question
            && queue
                .iter()
                .any(|later| discriminant(&later.effect) == discriminant(&job.effect));
        if !superseded {
            return Some(job);
        }
    }
}

impl Worker {
    pub fn new(workspace: Workspace, clipboard: Clipboard) -> Self {
        Self {
            workspace,
            clipboard,
            who: None,
            sandbox: Sandbox::new(Arc::new(|_| true)),
        }
    }

    /// Whom the local platform and what is tried against it tell what happens.
    #[must_use]
    pub fn telling(mut self, tell: Tell) -> Self {
        self.sandbox = Sandbox::new(tell);
        self
    }

    pub(super) fn is_mine(&self, who: &DeveloperId) -> bool {
        self.who.as_ref() == Some(who)
    }

    /// Folds the log into the file.
    pub fn end(self) -> Result<(), String> {
        let Self {
            workspace, sandbox, ..
        } = self;
        // Its connection first: the last one folds the log away.
        drop(sandbox);
        workspace.close().map_err(|error| error.to_string())
    }

    pub fn perform(&mut self, effect: Effect, now: UnixMs) -> Vec<Outcome> {
        let answer = match effect {
            Effect::SignUp {
                organization,
                full_name,
                email,
                password,
            } => {
                let people = SignUp {
                    organization,
                    full_name,
                    email,
                    password,
                };
                self.sign_up(people, now)
            }
            Effect::SignIn { email, password } => {
                let result = self.workspace.sign_in(&email, &password, now);
                return self.signed_in(result.map_err(refusal), now);
            }
            Effect::Recover {
                email,
                key,
                password,
            } => {
                let result = self.workspace.recover(&email, &key, password, now);
                if let Ok((session, _)) = &result {
                    self.who = Some(session.developer.id.clone());
                }
                Answer::Recovered(result.map(boxed).map_err(refusal))
            }
            Effect::ConfirmRecoveryKey => {
                Answer::RecoveryKeyConfirmed(self.workspace.confirm_recovery_key().map_err(said))
            }
            Effect::Lock => {
                self.workspace.lock();
                return Vec::new();
            }
            Effect::LoadApps {
                generation,
                words,
                sort,
                offset,
                limit,
                wanted,
            } => {
                // Where it is decides which rows are read; not finding it is no failure.
                let position = wanted.and_then(|app| {
                    let position = self.workspace.position_of(&app, &words, sort);
                    position.ok().flatten()
                });
                let offset = position.map_or(offset, |at| at.saturating_sub(limit / 2));
                Answer::Apps {
                    generation,
                    result: self.load_apps(AppQuery {
                        words,
                        sort,
                        offset,
                        limit,
                    }),
                    position,
                }
            }
            Effect::LoadApp { id, purpose } => Answer::App {
                purpose,
                result: self.workspace.app(&id).map(Box::new).map_err(said),
            },
            Effect::LoadDrafts => Answer::Drafts(self.load_drafts()),
            Effect::StartDraft => Answer::DraftStarted(start_draft()),
            Effect::MintSharedSecret => Answer::SharedSecret(shared_secret()),
            Effect::SaveDraft { id, body } => {
                let result = self
                    .owner()
                    .and_then(|who| self.workspace.save_draft(&id, &who, &body, now))
                    .map_err(said);
                Answer::DraftSaved { id, result }
            }
            Effect::DiscardDraft { id } => {
                Answer::DraftDiscarded(self.workspace.discard_draft(&id).map_err(said))
            }
            Effect::CheckName { name } => match self.workspace.name_taken(&name) {
                Ok(taken) => Answer::NameChecked {
                    key: text::key(&name),
                    taken,
                },
                // Only a warning depends on it.
                Err(_) => return Vec::new(),
            },
            Effect::ReadIcon { path } => {
                let result = self.read_icon(&path, now);
                Answer::IconRead { path, result }
            }
            Effect::LoadPreview { icon } => {
                let preview = self.workspace.icon_preview(&icon.sha256).ok().flatten();
                Answer::Preview { icon, preview }
            }
            Effect::CompletePath { typed } => {
                let completion = files::completion::complete(&typed);
                Answer::PathCompleted {
                    typed,
                    common: completion.common,
                    candidates: completion.candidates,
                }
            }
            Effect::CreateApp {
                registration,
                draft,
            } => Answer::AppCreated(
                self.owner()
                    .and_then(|who| {
                        self.workspace
                            .create_app(*registration, &who, draft.as_ref(), now)
                    })
                    .map(Box::new)
                    .map_err(said),
            ),
            Effect::Manage(manage) => return self.manage(manage, now),
            Effect::List(work) => return self.list_work(work, now),
            Effect::Team(work) => return self.team_work(work, now),
            Effect::Jwt(work) => return self.jwt_work(work, now),
            Effect::Sandbox(work) => return self.sandbox_work(work, now),
            Effect::Approvals(work) => return self.approval_work(work, now),
            Effect::History(work) => return self.history_work(work),
            Effect::WriteFile(work) => return self.write_file(work, now),
            Effect::RevealSecrets { app } => {
                let result = self.secrets(&app);
                Answer::Secrets { app, result }
            }
            Effect::CopyAppSecret { app, what } => {
                return match self.secret(&app, what, now) {
                    Ok(secret) => self.copy(what, &secret),
                    Err(problem) => vec![Outcome::Answer(Answer::Copied {
                        what,
                        result: Err(problem),
                    })],
                };
            }
            Effect::Copy { what, text } => return self.copy(what, &text),
            Effect::ClearClipboard => return self.clear_clipboard(),
            Effect::Suspend => return vec![Outcome::MaySuspend],
            // The loop's own.
            Effect::Quit => return Vec::new(),
        };
        vec![Outcome::Answer(answer)]
    }

    fn sign_up(&mut self, people: SignUp, now: UnixMs) -> Answer {
        let result = self.workspace.sign_up(people, now);
        if let Ok((session, _)) = &result {
            self.who = Some(session.developer.id.clone());
        }
        if matches!(result, Err(StoreError::Conflict(_)))
            && let Ok(Stage::Ready {
                organization,
                last_email,
            }) = self.workspace.stage()
        {
            return Answer::AlreadySignedUp {
                organization,
                last_email,
            };
        }
        Answer::SignedUp(result.map(boxed).map_err(said))
    }

    fn signed_in(&mut self, result: Result<Session, SignInRefusal>, now: UnixMs) -> Vec<Outcome> {
        let mut answers = Vec::new();
        if let Ok(session) = &result {
            self.who = Some(session.developer.id.clone());
            // A full disk must not shut anybody out: both are tried again at the next sign-in.
            let _ = self.workspace.empty_trash(now);
            // Whoever has to choose a password first gets it after that.
            if !session.must_change_password
                && let Ok(Some(key)) = self.workspace.replace_unconfirmed_recovery_key()
            {
                answers.push(Answer::RecoveryKey(key));
            }
        }
        answers.insert(0, Answer::SignedIn(result.map(Box::new)));
        answers.into_iter().map(Outcome::Answer).collect()
    }

    fn owner(&self) -> Result<DeveloperId, StoreError> {
        self.who.clone().ok_or(StoreError::VaultLocked)
    }

    fn load_apps(&mut self, query: AppQuery) -> Result<AppWindow, String> {
        self.workspace.apps(&query).map_err(said)
    }

    fn load_drafts(&self) -> Result<Vec<StoredDraft>, String> {
        self.owner()
            .and_then(|who| self.workspace.drafts(&who))
            .map_err(said)
    }

    fn read_icon(
        &mut self,
        path: &str,
        now: UnixMs,
    ) -> Result<
        (
            crate::domain::app::icon::IconRef,
            crate::domain::app::icon::Preview,
        ),
        String,
    > {
        let icon = files::icon::read(path).map_err(|error| error.to_string())?;
        let about = self.workspace.keep_icon(&icon, now).map_err(said)?;
        Ok((about, icon.preview))
    }

    fn secrets(&self, app: &AppId) -> Result<AppSecrets, String> {
        let mut environments = Vec::new();
        for &environment in Environment::ALL {
            let secret = self.workspace.environment_secret(app, environment);
            environments.extend(secret.map_err(said)?.map(|secret| (environment, secret)));
        }
        Ok(AppSecrets {
            client: self.workspace.client_secret(app).map_err(said)?,
            retiring: self.workspace.retiring_secret(app).map_err(said)?,
            shared: self.workspace.shared_secret(app).map_err(said)?,
            environments,
        })
    }

    fn secret(&self, app: &AppId, what: Copyable, now: UnixMs) -> Result<Secret, String> {
        let workspace = &self.workspace;
        let secret = match what {
            Copyable::ClientSecret => workspace.client_secret(app),
            Copyable::RetiringSecret => workspace.retiring_secret(app),
            Copyable::SharedSecret => workspace.shared_secret(app),
            Copyable::EnvironmentSecret(environment) => {
                workspace.environment_secret(app, environment)
            }
            Copyable::EnvFile(_)
            | Copyable::BasicHeader
            | Copyable::CredentialsJson
            | Copyable::NewAppLink
            | Copyable::SandboxEnv
            | Copyable::Snippet(_) => self.handoff(app, what, now),
            // No secrets: they are copied from the screen.
            Copyable::ClientId
            | Copyable::EnvironmentId(_)
            | Copyable::FirstPassword
            | Copyable::JwtToken
            | Copyable::SandboxUrl
            | Copyable::LoginUrl => Ok(None),
        };
        let secret = secret.map_err(said)?;
        secret.ok_or_else(|| format!("This app has no {}.", what.label()))
    }

    pub(super) fn copy(&mut self, what: Copyable, text: &Secret) -> Vec<Outcome> {
        let copied = if what.is_secret() {
            self.clipboard.copy(text)
        } else {
            self.clipboard.copy_text(text.expose())
        };
        let notice = copied.notice().to_owned();
        let result = if copied.is_out() {
            let (place, clears) = copied.countdown();
            Ok(Claim {
                notice,
                place,
                clears,
            })
        } else {
            Err(notice)
        };
        let mut outcomes = Vec::new();
        if let Copied::Terminal(sequence) = &copied {
            outcomes.push(Outcome::ToTerminal(sequence.as_bytes().to_vec()));
        }
        outcomes.push(Outcome::Answer(Answer::Copied { what, result }));
        outcomes
    }

    fn clear_clipboard(&mut self) -> Vec<Outcome> {
        let cleared = self.clipboard.clear();
        let mut outcomes = Vec::new();
        if let Cleared::Terminal(sequence) = &cleared {
            outcomes.push(Outcome::ToTerminal(sequence.as_bytes().to_vec()));
        }
        let notice = cleared.notice().to_owned();
        let result = match &cleared {
            Cleared::Failed => Err(notice),
            Cleared::Nothing => Ok(None),
            _ => Ok(Some(notice)),
        };
        outcomes.push(Outcome::Answer(Answer::ClipboardCleared(result)));
        outcomes
    }
}

fn boxed((session, key): (Session, RecoveryKey)) -> (Box<Session>, RecoveryKey) {
    (Box::new(session), key)
}

fn start_draft() -> Result<(DraftId, Secret), String> {
    let mut rng = vault::os_random().map_err(|error| error.to_string())?;
    Ok((DraftId::mint(&mut rng), mint_shared_secret(&mut rng)))
}

fn shared_secret() -> Result<Secret, String> {
    let mut rng = vault::os_random().map_err(|error| error.to_string())?;
    Ok(mint_shared_secret(&mut rng))
}

pub(super) fn said(error: StoreError) -> String {
    error.to_string()
}

fn refusal(error: SignInError) -> SignInRefusal {
    match error {
        SignInError::Refused { wait_ms } => SignInRefusal::Wrong { wait_ms },
        SignInError::Wait { wait_ms } => SignInRefusal::Wait { wait_ms },
        SignInError::Store(error) => SignInRefusal::Failed(error.to_string()),
    }
}
