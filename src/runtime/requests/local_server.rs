//! The local server, and the trials that run against it.

use crate::{
    domain::{
        app::{App, AppKind, AppStatus, effective_scopes::effective_scopes},
        number::NumericId,
        oauth::{
            exchange::Exchange,
            fault::{Armed, Fault},
            setup::{Profile, Setup},
            trial::{Step, TrialKind},
        },
        problem::Problem,
    },
    request::{
        ArmFault, EndTrial, ExpectPort, LoadFaults, News, Perform, ReadExchanges, ServerStart,
        StartLocalServer, StartTrial, StopLocalServer,
    },
    runtime::{
        credentials::jwt_for,
        local_server::{
            TrialWork, base_at,
            install::{self, Bot},
            login, webhook,
        },
        worker::{Outcome, Worker},
    },
    store::{Lifetimes, NewSession, Serving, Terms},
};

impl Perform<StartLocalServer> for Worker {
    fn perform(&mut self, request: &StartLocalServer) -> Result<ServerStart, Problem> {
        Ok(self.local_server.start(&self.workspace, request.setup))
    }
}

impl Perform<StopLocalServer> for Worker {
    fn perform(&mut self, _: &StopLocalServer) -> Result<(), Problem> {
        self.local_server.stop();
        Ok(())
    }
}

impl Perform<ReadExchanges> for Worker {
    fn perform(&mut self, _: &ReadExchanges) -> Result<Vec<Exchange>, Problem> {
        Ok(self.local_server.take_exchanges())
    }
}

impl Perform<LoadFaults> for Worker {
    fn perform(&mut self, _: &LoadFaults) -> Result<Vec<(Fault, Armed)>, Problem> {
        Ok(self.local_server.faults().armed())
    }
}

impl Perform<ArmFault> for Worker {
    fn perform(&mut self, request: &ArmFault) -> Result<Vec<(Fault, Armed)>, Problem> {
        let faults = self.local_server.faults();
        faults.arm(request.fault, request.armed);
        Ok(faults.armed())
    }
}

impl Perform<ExpectPort> for Worker {
    fn perform(&mut self, request: &ExpectPort) -> Result<(), Problem> {
        self.local_server.expect_port(request.port);
        Ok(())
    }
}

impl Perform<EndTrial> for Worker {
    fn perform(&mut self, _: &EndTrial) -> Result<(), Problem> {
        self.local_server.end_trial();
        Ok(())
    }
}

impl Perform<StartTrial> for Worker {
    /// An error that prevents the start is reported as a failed first step of the trial.
    fn perform(&mut self, request: &StartTrial) -> Result<(), Problem> {
        let number = request.trial;
        self.local_server.want_trial(number);
        let started = self
            .trial_work(request)
            .and_then(|work| Ok(self.local_server.spawn_trial(number, work)?));
        if let Err(problem) = started {
            let step = Step::failed(request.kind.title(), problem.text);
            self.notify(News::Step {
                trial: number,
                step,
            });
            self.notify(News::TrialEnded { trial: number });
        }
        Ok(())
    }
}

impl Worker {
    fn notify(&mut self, news: News) {
        self.outbox.push(Outcome::News(news));
    }

    fn trial_work(&mut self, request: &StartTrial) -> Result<TrialWork, Problem> {
        let (kind, now) = (request.kind, self.now);
        let app = self.workspace.app(&request.app)?;
        if kind != TrialKind::Login {
            let shared = self.workspace.shared_secret(&request.app)?;
            let shared = shared.ok_or("Interactive Messages are off for this app.")?;
            return Ok(Box::new(move |trial| match kind {
                TrialKind::TestEvent => webhook::send(trial, &app, &shared, now),
                _ => webhook::listen(trial, &app, &shared),
            }));
        }
        if app.status == AppStatus::Suspended {
            return Err("The app is suspended. Press z on its page to resume it.".into());
        }
        let (base, profile, is_here) = self.running(request.setup)?;
        let secret = self.workspace.client_secret(&request.app)?;
        let jwt = match &self.who {
            Some(who) if app.spec.uses_jwt() => {
                jwt_for(&mut self.workspace, who, &app.client_id, self.now)?
            }
            _ => None,
        };
        let bot = self.bot(&app)?;
        let job = login::Job {
            bot,
            base,
            is_here,
            loopback_port: profile.loopback_port(),
            app,
            secret,
            jwt,
        };
        Ok(Box::new(move |trial| login::run(trial, &job)))
    }

    /// The token of a bot that is being installed; `None` for another type of app.
    fn bot(&mut self, app: &App) -> Result<Option<Bot>, Problem> {
        let AppKind::Bot { .. } = app.spec.kind else {
            return Ok(None);
        };
        if let Some(why) = app.spec.why_not_installed() {
            return Err(why.into());
        }
        let owner = self.owner()?;
        let granted = effective_scopes(app).into_iter();
        let granted = granted.filter(|(_, standing)| standing.is_effective());
        let scope: Vec<&str> = granted.map(|(scope, _)| scope.as_str()).collect();
        let new = NewSession {
            client: &app.client_id,
            owner: &owner,
            credential: None,
            scope: &scope.join(" "),
        };
        let lifetimes = Lifetimes {
            access_s: install::LIFE_S,
            refresh_s: None,
        };
        let terms = Terms {
            lifetimes,
            endpoint: None,
        };
        let (workspace, now) = (&mut self.workspace, self.now);
        workspace.begin_grants()?;
        let opened = workspace.open_session(&new, terms, now);
        let opened = opened.and_then(|tokens| workspace.commit_grants(now).map(|()| tokens));
        workspace.forget_grants();
        Ok(Some(Bot {
            token: opened?.access,
            creator_extension_id: NumericId::of_developer(&owner).to_string(),
            creator_account_id: workspace.account_id()?.to_string(),
        }))
    }

    /// The local server's address and profile, and whether it is this console's. Starts it, unless
    /// another program has the port for the same workspace: then that one answers.
    fn running(&mut self, setup: Setup) -> Result<(String, Profile, bool), Problem> {
        if !self.local_server.is_running() {
            match self.local_server.start(&self.workspace, setup) {
                ServerStart::Started(port) => self.notify(News::Started(port)),
                ServerStart::Failed { problem, .. } => {
                    let profile = Serving::elsewhere(&self.workspace, setup.port);
                    let profile = profile.ok_or(problem)?;
                    return Ok((base_at(setup.port), profile, false));
                }
            }
        }
        let (base, profile) = self.local_server.base().unwrap_or_default();
        Ok((base, profile, true))
    }
}
