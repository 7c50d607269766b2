//! Keys of the requests for approval.

use crate::{
    console::{Console, Question, Screen},
    domain::people::{
        developer::Session,
        ticket::{Decision, Request},
    },
    keymap::Action,
    message::{ApprovalWork, Effect, Purpose},
    screens::prompt::{Ask, Prompt},
};

const PAGE: usize = 10;

pub fn open(console: &mut Console, effects: &mut Vec<Effect>) {
    console.screen = Screen::Approvals(Box::default());
    console.notice = None;
    effects.push(Effect::Approvals(ApprovalWork::Load));
}

pub fn act(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Screen::Approvals(page) = &mut console.screen else {
        return;
    };
    let last = page.requests.as_ref().map_or(0, Vec::len).saturating_sub(1);
    match action {
        Action::Up => page.cursor = page.cursor.saturating_sub(1),
        Action::Down => page.cursor = (page.cursor + 1).min(last),
        Action::PageUp => page.cursor = page.cursor.saturating_sub(PAGE),
        Action::PageDown => page.cursor = (page.cursor + PAGE).min(last),
        Action::First => page.cursor = 0,
        Action::Last => page.cursor = last,
        Action::Approve => {
            let question = page.under_cursor().map(|request| Question {
                title: "Approve",
                text: format!(
                    "Approve {} for \"{}\"? The scope is the app's from then on.",
                    request.ticket.scope.scope().label,
                    request.app_name
                ),
                yes: "approve",
                then: Effect::Approvals(ApprovalWork::Decide {
                    ticket: request.ticket.id.clone(),
                    decision: Decision::Approve,
                }),
            });
            console.question = question;
        }
        Action::Reject => {
            if let Some(request) = page.under_cursor() {
                let ask = Ask::RejectReason {
                    ticket: request.ticket.id.clone(),
                    what: request.ticket.scope.scope().label.to_owned(),
                };
                console.prompt = Some(Prompt::new(ask, ""));
            }
        }
        Action::Confirm => {
            if let Some(request) = page.under_cursor() {
                effects.push(Effect::LoadApp {
                    id: request.ticket.app.clone(),
                    purpose: Purpose::Page,
                });
                console.wait_for("Opening the app");
            }
        }
        Action::Back => {
            console.screen = Screen::Apps;
            crate::screens::apps::update::enter(console, effects);
        }
        _ => {}
    }
}

pub fn loaded(console: &mut Console, result: Result<Vec<Request>, String>) {
    match (result, &mut console.screen) {
        (Ok(requests), Screen::Approvals(page)) => {
            page.cursor = page.cursor.min(requests.len().saturating_sub(1));
            page.requests = Some(requests);
        }
        (Err(problem), _) => console.complain(problem),
        (Ok(_), _) => {}
    }
}

/// What came of a decision. Somebody else's came first, perhaps: they are read again either way.
pub fn decided(
    console: &mut Console,
    decision: &Decision,
    result: Result<Box<Session>, String>,
    effects: &mut Vec<Effect>,
) {
    console.waiting = None;
    match result {
        Ok(session) => {
            console.session = Some(*session);
            console.tell(match decision {
                Decision::Approve => "Approved: the scope is the app's.",
                Decision::Reject { .. } => "Rejected. Whoever asked sees why at the app.",
            });
        }
        Err(problem) => console.complain(problem),
    }
    if matches!(console.screen, Screen::Approvals(_)) {
        effects.push(Effect::Approvals(ApprovalWork::Load));
    }
}
