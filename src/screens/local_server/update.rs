//! Keys and replies of the local server page, and news from the local server.

use std::borrow::Cow;

use ratatui::Frame;

use super::{LocalServerPage, Pane, ask::Asked, view};
use crate::{
    desk::{Cx, Desk, Question, Then},
    domain::{
        oauth::{
            explain::explain,
            fault::{Armed, Fault},
            setup::RateLimits,
        },
        secret::Secret,
    },
    keymap::{Action, Can, Mode},
    request::{
        ArmFault, Copy, Copyable, ExpectPort, LoadFaults, Reply, ServerStart, StartLocalServer,
        StopLocalServer,
    },
    screens::{
        fix,
        page::{Look, Next, Page},
    },
    ui::{
        layout::Areas,
        scroll::{moved, scrolled},
    },
};

impl Page for LocalServerPage {
    fn name(&self) -> Cow<'_, str> {
        "Local server".into()
    }

    fn modes(&self) -> Vec<Mode> {
        let inner = match self.pane {
            Pane::Log => Mode::LocalServer,
            Pane::Exchange { .. } => Mode::Exchange,
            Pane::Faults { .. } => Mode::Faults,
            Pane::Explained { .. } => Mode::Explained,
        };
        vec![inner, Mode::Anywhere]
    }

    fn can(&self, action: Action, desk: &Desk) -> Can {
        match self.why_off(action, &desk.local_server) {
            Some(why) => Can::Off(why),
            None => Can::Yes,
        }
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        cx.load(LoadFaults {});
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match action {
            Action::GoToSetting => return self.go_to_setting(cx),
            Action::Explain => {
                self.asked = Asked::Text;
                cx.ask(self.asked, "");
                return Next::Stay;
            }
            Action::CopyUrl => {
                if let Some(url) = cx.local_server.url() {
                    cx.copy(Copy {
                        what: Copyable::LocalServerUrl,
                        text: Secret::new(url),
                    });
                }
                return Next::Stay;
            }
            _ => {}
        }
        let last = view::last_scroll(self, &cx.local_server, cx.size);
        match &mut self.pane {
            Pane::Log => return self.act_in_log(action, cx),
            Pane::Explained {
                over: Some(number), ..
            } if action == Action::Back => {
                let number = *number;
                self.pane = Pane::Exchange { number, scroll: 0 };
            }
            _ if action == Action::Back => self.pane = Pane::Log,
            Pane::Faults { cursor } => act_at_faults(cursor, action, cx),
            Pane::Exchange { scroll, .. } | Pane::Explained { scroll, .. } => {
                *scroll = scrolled(*scroll, last, action);
            }
        }
        Next::Stay
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::StartLocalServer(_, result) => {
                if let Some(start) = cx.or_warn(result) {
                    started(start, cx);
                }
            }
            Reply::StopLocalServer(_, result) => {
                if let Some(()) = cx.or_warn(result) {
                    cx.local_server.running = None;
                    cx.notify("The local server is stopped. Sessions are kept.");
                }
            }
            Reply::LoadFaults(_, result) | Reply::ArmFault(_, result) => {
                if let Some(faults) = cx.or_warn(result) {
                    cx.local_server.faults = faults;
                }
            }
            _ => {}
        }
        Next::Stay
    }

    fn answered(&mut self, text: &Secret, cx: &mut Cx<'_>) {
        match (self.asked, text.expose().parse()) {
            (Asked::Port, Ok(port)) => set_port(port, cx),
            (Asked::Port, Err(_)) => {}
            (Asked::Text, _) => self.explain(text.expose()),
        }
    }

    /// To clear the log.
    fn agreed(&mut self, cx: &mut Cx<'_>) -> Next {
        cx.local_server.log.clear();
        self.at = None;
        cx.notify("Log cleared.");
        Next::Stay
    }

    /// Text pasted on this page is explained.
    fn paste(&mut self, text: &str, _: &mut Cx<'_>) -> bool {
        self.explain(text);
        false
    }

    /// An explained text must not stay visible after the lock.
    fn lock(&mut self) {
        if matches!(self.pane, Pane::Explained { .. }) {
            self.pane = Pane::Log;
        }
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl LocalServerPage {
    fn act_in_log(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match action {
            Action::Back => return Next::Back,
            Action::Confirm => {
                if let Some(one) = self.exchange(&cx.local_server) {
                    self.pane = Pane::Exchange {
                        number: one.number,
                        scroll: 0,
                    };
                }
            }
            Action::StartStop if cx.local_server.running.is_some() => {
                cx.await_reply(StopLocalServer {}, "Stopping");
            }
            Action::StartStop => start(cx),
            Action::NextProfile => {
                cx.local_server.setup.profile = cx.local_server.setup.profile.other();
                restart(cx);
            }
            Action::LimitLogins => {
                let limits = cx.local_server.setup.limits.next();
                cx.local_server.setup.limits = limits;
                cx.notify(match limits {
                    RateLimits::Off => "Logins and calls are not limited.",
                    RateLimits::Logins => "Logins are limited to 5 a minute per app.",
                    RateLimits::All => "Logins and calls are limited, as RingCentral does.",
                });
                restart(cx);
            }
            Action::ChoosePort => {
                self.asked = Asked::Port;
                let port = cx.local_server.setup.port.to_string();
                cx.ask(self.asked, &port);
            }
            Action::OpenFaults => self.pane = Pane::Faults { cursor: 0 },
            Action::ClearLog => cx.confirm(Question {
                title: "Clear the log",
                text: "Clear the log of the local server? It cannot be restored.".to_owned(),
                yes: "clear",
                then: Then::ToPage,
                other: None,
            }),
            action => {
                let log = &cx.local_server.log;
                let row = moved(self.cursor(&cx.local_server), log.len(), action);
                // On the first row, the cursor follows new exchanges.
                self.at = log.get(row).filter(|_| row > 0).map(|one| one.number);
            }
        }
        Next::Stay
    }

    /// Leads to the setting that fixes the failure.
    fn go_to_setting(&self, cx: &mut Cx<'_>) -> Next {
        let found = self.exchange(&cx.local_server).and_then(|one| {
            let setting = one.diagnosis.as_ref()?.row().setting?;
            Some((setting, one.app.as_ref().map(|(id, _)| id.clone())))
        });
        match found {
            Some((setting, app)) => fix::go_to(setting, app, cx),
            None => Next::Stay,
        }
    }

    fn explain(&mut self, text: &str) {
        let over = match self.pane {
            Pane::Exchange { number, .. } => Some(number),
            Pane::Explained { over, .. } => over,
            Pane::Log | Pane::Faults { .. } => None,
        };
        self.pane = Pane::Explained {
            what: explain(text),
            scroll: 0,
            over,
        };
    }
}

fn act_at_faults(cursor: &mut usize, action: Action, cx: &mut Cx<'_>) {
    match action {
        Action::Toggle => {
            if let Some((fault, armed)) = cx.local_server.faults.get(*cursor).copied() {
                let armed = armed.next();
                cx.load(ArmFault { fault, armed });
            }
        }
        Action::AllOff => {
            let on: Vec<Fault> = cx
                .local_server
                .faults
                .iter()
                .filter(|(_, armed)| *armed != Armed::Off)
                .map(|(fault, _)| *fault)
                .collect();
            for fault in on {
                let armed = Armed::Off;
                cx.load(ArmFault { fault, armed });
            }
        }
        action => *cursor = moved(*cursor, cx.local_server.faults.len(), action),
    }
}

fn start(cx: &mut Cx<'_>) {
    let setup = cx.local_server.setup;
    cx.await_reply(StartLocalServer { setup }, "Starting the local server");
}

/// A changed setting takes effect at once.
fn restart(cx: &mut Cx<'_>) {
    if cx.local_server.running.is_some() {
        start(cx);
    }
}

fn set_port(port: u16, cx: &mut Cx<'_>) {
    cx.local_server.setup.port = port;
    if cx.local_server.running.is_none() {
        cx.request(ExpectPort { port });
        cx.notify(format!("Port {port}. s starts the local server."));
    }
    restart(cx);
}

fn started(start: ServerStart, cx: &mut Cx<'_>) {
    match start {
        ServerStart::Started(port) => {
            cx.local_server.running = Some(port);
            cx.notify(format!(
                "The local server is running at http://127.0.0.1:{port}."
            ));
        }
        ServerStart::Failed { problem, running } => {
            cx.local_server.running = running;
            if let Some(port) = running {
                cx.local_server.setup.port = port;
            }
            cx.warn(problem);
        }
    }
}
