//! Keys and replies of a trial.

use std::borrow::Cow;

use ratatui::Frame;

use super::{TrialPage, view};
use crate::{
    desk::{Cx, Desk, Question},
    domain::{
        oauth::{diagnosis::Setting, trial::Step},
        secret::Secret,
        text::displayable,
    },
    keymap::{Action, Can, Mode},
    request::{Copy, Copyable, EndTrial, News, StartTrial},
    screens::{
        fix,
        page::{JwtFormOf, Look, Next, Page, Place},
    },
    ui::{layout::Areas, scroll::scrolled},
};

const EVENTS_MAX: usize = 200;

impl Page for TrialPage {
    fn name(&self) -> Cow<'_, str> {
        self.kind.title().into()
    }

    fn modes(&self) -> Vec<Mode> {
        vec![Mode::Trial, Mode::Anywhere]
    }

    fn can(&self, action: Action, _: &Desk) -> Can {
        match self.why_off(action) {
            Some(why) => Can::Off(why),
            None => Can::Yes,
        }
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        self.begin(cx);
    }

    /// The trial continued meanwhile.
    fn returned(&mut self, _: &mut Cx<'_>) {}

    fn closed(&mut self, cx: &mut Cx<'_>) {
        cx.request(EndTrial {});
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        let app = self.app.clone();
        match action {
            Action::Back => return Next::Back,
            Action::GoToSetting => {
                if let Some(setting) = self.setting() {
                    if setting == Setting::NewJwt {
                        let apps = vec![self.client_id.clone()];
                        return Next::Go(Place::JwtForm(JwtFormOf::Mine(apps)));
                    }
                    return fix::go_to(setting, Some(app), cx);
                }
            }
            Action::CopyUrl => {
                if let Some(url) = self.url.clone() {
                    cx.copy(Copy {
                        what: Copyable::LoginUrl,
                        text: Secret::new(url),
                    });
                }
            }
            Action::Again => self.begin(cx),
            Action::OpenLocalServer => {
                return Next::Go(Place::LocalServer { at_faults: false });
            }
            action => {
                let last = view::last_scroll(self, cx);
                self.scroll = scrolled(self.scroll, last, action);
            }
        }
        Next::Stay
    }

    fn news(&mut self, news: &News, _: &mut Cx<'_>) {
        match news {
            News::Step { trial, step } if *trial == self.trial => {
                self.is_over = false;
                self.add(step.clone());
            }
            News::Url { trial, url } if *trial == self.trial => self.url = Some(url.clone()),
            News::TrialEnded { trial } if *trial == self.trial => {
                self.is_over = true;
                self.url = None;
            }
            _ => {}
        }
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl TrialPage {
    /// Any program on this machine can send events: of many, the last ones are kept, and the step
    /// that says where the listener is.
    fn add(&mut self, step: Step) {
        if self.steps.len() > EVENTS_MAX {
            self.steps.remove(1);
        }
        self.steps.push(step);
    }

    /// Starts at once, or after a question: only a person may decide that data leaves this machine.
    fn begin(&mut self, cx: &mut Cx<'_>) {
        cx.local_server.trials += 1;
        self.trial = cx.local_server.trials;
        let request = StartTrial {
            app: self.app.clone(),
            kind: self.kind,
            trial: self.trial,
            setup: cx.local_server.setup,
        };
        self.steps.clear();
        self.scroll = 0;
        match &self.far {
            None => {
                self.is_over = false;
                cx.request(request);
            }
            Some(url) => cx.confirm(Question {
                title: "Send a test event",
                text: format!(
                    "Send a signed test event to {}? It is not on this machine.",
                    displayable(url)
                ),
                yes: "send",
                then: request.into(),
                other: None,
            }),
        }
    }
}
