//! Keys and replies of the page of approvals.

use std::borrow::Cow;

use ratatui::Frame;

use super::{Approvals, view};
use crate::{
    desk::{Answer, Ask, Cx, Desk, Question, Typed},
    domain::{
        id::TicketId,
        people::{
            developer::Session,
            ticket::{Decision, REASON_MAX, Request},
        },
        text,
    },
    keymap::{Action, Can, Mode},
    request::{Decide, LoadApprovals, Reply},
    screens::page::{Look, Next, Page, Place},
    ui::{layout::Areas, scroll::moved},
};

impl Page for Approvals {
    fn name(&self) -> Cow<'_, str> {
        "Approvals".into()
    }

    fn modes(&self) -> Vec<Mode> {
        vec![Mode::Approvals, Mode::Anywhere]
    }

    fn can(&self, action: Action, desk: &Desk) -> Can {
        Can::of(self.why_off(action, desk.session()), true)
    }

    fn shown(&mut self, cx: &mut Cx<'_>) {
        cx.load_names();
        cx.load(LoadApprovals {});
    }

    fn act(&mut self, action: Action, cx: &mut Cx<'_>) -> Next {
        match (action, self.under_cursor()) {
            (Action::Approve, Some(request)) => cx.confirm(approval(request)),
            (Action::Reject, Some(request)) => {
                let ask = Rejection {
                    ticket: request.ticket.id.clone(),
                    what: request.ticket.scope.scope().label.to_owned(),
                };
                cx.ask(ask, "");
            }
            (Action::Confirm, Some(request)) => {
                return Next::Go(Place::App(request.ticket.app.clone()));
            }
            (Action::Back, _) => return Next::Back,
            _ => {
                let count = self.requests.as_ref().map_or(0, Vec::len);
                self.cursor = moved(self.cursor, count, action);
            }
        }
        Next::Stay
    }

    fn reply(&mut self, _: u64, reply: Reply, cx: &mut Cx<'_>) -> Next {
        match reply {
            Reply::LoadApprovals(_, result) => {
                if let Some(requests) = cx.or_warn(result) {
                    self.cursor = self.cursor.min(requests.len().saturating_sub(1));
                    self.requests = Some(requests);
                }
            }
            Reply::Decide(request, result) => {
                if let Some(session) = cx.or_warn(result) {
                    cx.renew(*session);
                    cx.notify(match request.decision {
                        Decision::Approve => "Approved. The app has the scope now.",
                        Decision::Reject { .. } => "Rejected. The requester sees this reason.",
                    });
                }
                // Another reviewer may have decided first.
                cx.load(LoadApprovals {});
            }
            _ => {}
        }
        Next::Stay
    }

    fn draw(&self, look: &Look<'_>, frame: &mut Frame<'_>, areas: &Areas) {
        view::draw(self, look, frame, areas);
    }
}

impl Approvals {
    fn why_off(&self, action: Action, session: Option<&Session>) -> Option<String> {
        if !matches!(action, Action::Approve | Action::Reject | Action::Confirm) {
            return None;
        }
        let Some(request) = self.under_cursor() else {
            return Some("No request is waiting.".to_owned());
        };
        if action == Action::Confirm {
            return None;
        }
        session?.why_not_decide(request)
    }
}

fn approval(request: &Request) -> Question {
    let decide = Decide {
        ticket: request.ticket.id.clone(),
        decision: Decision::Approve,
    };
    Question {
        title: "Approve",
        text: format!(
            "Approve {} for \"{}\"? The app gets the scope now.",
            request.ticket.scope.scope().label,
            request.app_name
        ),
        yes: "approve",
        then: decide.into(),
        other: None,
    }
}

#[derive(Debug)]
struct Rejection {
    ticket: TicketId,
    /// The name of the scope.
    what: String,
}

impl Ask for Rejection {
    fn title(&self) -> &'static str {
        "Reject"
    }

    fn question(&self) -> String {
        let what = &self.what;
        format!("Reason for rejecting {what}. The requester sees this reason.")
    }

    fn verb(&self) -> &'static str {
        "reject"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        if typed.text.is_empty() {
            return Err("Enter a reason.".to_owned());
        }
        if text::char_count(typed.text) > REASON_MAX {
            return Err(format!("Shorten the reason to {REASON_MAX} characters."));
        }
        let decide = Decide {
            ticket: self.ticket.clone(),
            decision: Decision::Reject {
                reason: typed.text.to_owned(),
            },
        };
        Ok(Answer::Request(decide.into(), "Rejecting"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Prompt;

    #[test]
    fn a_reason_that_is_too_long_is_told_while_it_can_be_shortened() {
        let answer = |count| {
            let ask = Rejection {
                ticket: TicketId::from_stored("t"),
                what: String::new(),
            };
            Prompt::new(Box::new(ask), &"é".repeat(count)).answer()
        };
        assert!(answer(REASON_MAX).is_ok());
        assert!(answer(REASON_MAX + 1).is_err());
        assert!(answer(0).is_err());
    }
}
