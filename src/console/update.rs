//! The pure step: a message in, a changed console and a list of effects out. Passes keys to the
//! focus and replies to the page that asked; handles time and quitting, which concern all pages.

use crossterm::event::KeyCode;
use zeroize::Zeroize as _;

use super::{CLIPBOARD_MS, Console, Msg, access, overlays};
use crate::{
    desk::{Cx, OnClipboard, Overlay},
    domain::{
        problem::{Problem, ProblemKind},
        time::Clock,
    },
    keymap::{self, Action, Key, Mode},
    request::{
        Claim, ClearClipboard, Copyable, Effect, LoadFaults, News, PageId, ReadExchanges, Reply,
        Ticket,
    },
    screens::page::Place,
};

const CUT_PASTE: &str = "The pasted text was too long for the field and was cut off.";

pub fn update(console: &mut Console, msg: Msg) -> Vec<Effect> {
    step(console, msg);
    // A reply may have ended the wait: the held messages are handled in order.
    while !console.holds_input() && !console.quitting {
        let Some(held) = console.held.pop_front() else {
            break;
        };
        step(console, held);
    }
    console.desk.take_effects()
}

fn step(console: &mut Console, msg: Msg) {
    match msg {
        Msg::Clock(clock) => tick(console, clock),
        Msg::Resize(width, height) => {
            console.desk.size = (width, height);
            console.with_page(|page, cx| page.resized(cx));
        }
        Msg::HangUp => quit_in_turn(console, Msg::HangUp),
        Msg::Suspend => {
            if console.desk.session().is_some() && !console.desk.is_locked() {
                access::lock(console);
            }
            console.desk.suspend();
        }
        Msg::Reply(ticket, reply) => {
            leaving_notices(console, |console| replied(console, ticket, reply));
        }
        Msg::News(news) => heard(console, &news),
        Msg::Broken(problem) => {
            console.desk.warn(problem);
            console.quitting = true;
            console.desk.quit();
        }
        Msg::Key(key) | Msg::KeyInBurst(key) => {
            console.last_input_ms = console.desk.clock.mono_ms;
            let is_alone = matches!(msg, Msg::Key(_));
            let quits = key
                == Key {
                    code: KeyCode::Char('c'),
                    ctrl: true,
                    alt: false,
                };
            if quits {
                quit_in_turn(console, Msg::Key(key));
            } else if console.holds_input() {
                console.held.push_back(msg);
            } else {
                press(console, key, is_alone);
            }
        }
        Msg::Paste(mut text) => {
            console.last_input_ms = console.desk.clock.mono_ms;
            if console.holds_input() {
                console.held.push_back(Msg::Paste(text));
            } else {
                paste(console, &text);
                // The text may be a password.
                text.zeroize();
            }
        }
    }
}

fn tick(console: &mut Console, clock: Clock) {
    let desk = &mut console.desk;
    desk.clock = clock;
    let now = clock.mono_ms;
    desk.notice.take_if(|notice| notice.until_ms <= now);
    let is_over = |copied: &mut OnClipboard| copied.until_ms <= now;
    if desk.clipboard.take_if(is_over).is_some() {
        console.root().request(ClearClipboard {});
    }
    // While the console is locked, the vault is closed.
    if !console.desk.is_locked() {
        console.with_page(|page, cx| page.tick(cx));
    }
    let desk = &console.desk;
    let idle_ms = now.saturating_sub(console.last_input_ms);
    if desk.session().is_some() && !desk.is_locked() && idle_ms >= desk.settings.lock_after_ms {
        access::lock(console);
    }
}

/// Actions that are refused unless the key arrived alone: a terminal without bracketed paste sends
/// a pasted text as keys, and a `q` in it must not quit.
fn must_be_alone(console: &Console, action: Action, key: Key) -> bool {
    let is_letter = matches!(key.code, KeyCode::Char(_)) && !key.ctrl;
    let is_asked = |overlay: &Overlay| !matches!(overlay, Overlay::Help(_));
    let answers = matches!(action, Action::Confirm | Action::Otherwise);
    let answers_question = answers && console.desk.overlays.iter().any(is_asked);
    (action == Action::Quit && is_letter) || answers_question
}

/// Some terminals send several arrow keys for one notch of the mouse wheel. Such arrows move the
/// focus; they must not change an answer on the way.
fn unless_it_changes(stack: &[Mode], action: Action) -> Action {
    let changes = matches!(stack.first(), Some(Mode::Choice | Mode::Date));
    match action {
        Action::Up | Action::Left if changes => Action::PrevField,
        Action::Down | Action::Right if changes => Action::NextField,
        _ => action,
    }
}

fn press(console: &mut Console, key: Key, is_alone: bool) {
    leaving_notices(console, |console| do_key(console, key, is_alone));
}

/// A notice about one place is wrong at the next: it is removed when a key or a reply leads
/// elsewhere, unless that caused it.
fn leaving_notices(console: &mut Console, step: impl FnOnce(&mut Console)) {
    let place = |console: &Console| {
        (
            std::mem::discriminant(console.screen()),
            console.modes(),
            console.desk.prompt().is_some(),
        )
    };
    let (before, message) = (place(console), console.desk.notice.clone());
    step(console);
    if message.is_some() && console.desk.notice == message && place(console) != before {
        console.desk.notice = None;
    }
}

fn do_key(console: &mut Console, key: Key, is_alone: bool) {
    let stack = console.modes();
    let Some(action) = keymap::action(&stack, key) else {
        if keymap::is_foreign_letter(key) {
            console
                .desk
                .warn("Commands use Latin letters. Switch the keyboard layout.");
        } else if is_alone && let Some(c) = key.typed() {
            console.desk.warn(means_nothing(&stack, c));
        }
        return;
    };
    let action = if is_alone {
        action
    } else {
        unless_it_changes(&stack, action)
    };
    if !is_alone && must_be_alone(console, action, key) {
        console
            .desk
            .warn("Several keys arrived at once, like a paste. Press the key again.");
        return;
    }
    perform(console, action);
}

fn means_nothing(stack: &[Mode], c: char) -> String {
    let c = if c == ' ' {
        "Space".to_owned()
    } else {
        c.to_string()
    };
    if stack.contains(&Mode::Form) {
        return format!("{c} does nothing in this field. Tab goes to the next one, Esc back.");
    }
    format!("{c} does nothing here. ? lists the keys that do.")
}

/// Performs the action of a key, or the one chosen in the palette.
pub(super) fn perform(console: &mut Console, action: Action) {
    match action {
        Action::Quit => return quit(console),
        Action::Help if !matches!(console.desk.overlays.last(), Some(Overlay::Help(_))) => {
            return console.desk.overlays.push(Overlay::Help(0));
        }
        _ => {}
    }
    match console.desk.overlays.last() {
        Some(Overlay::Help(_)) => return overlays::help::act(console, action),
        Some(Overlay::Palette(_)) => {
            if let Some((chosen, then)) = overlays::palette::act(console, action) {
                perform(console, chosen);
                if let Some(hint) = then {
                    console.desk.hint(hint);
                }
            }
            return;
        }
        _ => {}
    }
    if action == Action::Palette {
        return overlays::palette::open(console);
    }
    if console.desk.is_locked() {
        return access::act(console, action);
    }
    if let Some(Overlay::Question(..)) = console.desk.overlays.last() {
        return overlays::question::act(console, action);
    }
    if let Some(reason) = console.can(action).why_off() {
        return console.desk.warn(reason);
    }
    match action {
        Action::Lock => return access::lock(console),
        Action::SignOut => {
            access::lock(console);
            return access::act(console, action);
        }
        _ => {}
    }
    if let Some(Overlay::Prompt(..)) = console.desk.overlays.last() {
        return overlays::prompt::act(console, action);
    }
    let next = console.with_page(|page, cx| page.act(action, cx));
    console.follow(next);
}

/// A paste is always text: it never triggers a key.
fn paste(console: &mut Console, text: &str) {
    let is_locked = console.desk.is_locked();
    let cut = match console.desk.overlays.last_mut() {
        Some(Overlay::Help(_) | Overlay::Question(..)) => false,
        Some(Overlay::Palette(palette)) => {
            palette.paste(text);
            false
        }
        Some(Overlay::Prompt(_, prompt)) => prompt.paste(text),
        None if is_locked => access::paste(&mut console.desk, text),
        None => {
            if let Some(place) = console.front.screen.page().opens(text, &console.desk) {
                return console.go(place);
            }
            console.with_page(|page, cx| page.paste(text, cx))
        }
    };
    if cut {
        console.desk.warn(CUT_PASTE);
    }
}

/// A reply goes to the page that asked. If that page is closed, only a problem is reported.
fn replied(console: &mut Console, ticket: Ticket, reply: Reply) {
    console.desk.stop_waiting(ticket.number);
    if let Some(problem) = reply.problem()
        && problem.kind == ProblemKind::AccessEnded
    {
        return access::ended(console, problem.text.clone());
    }
    if let Some(problem) = reply.problem()
        && problem.kind == ProblemKind::MustChangePassword
    {
        console.desk.warn(problem.text.clone());
        return console.go_alone(Place::FirstPassword { known: None });
    }
    if ticket.page == PageId::ROOT {
        return own_reply(console, reply);
    }
    let is_front = ticket.page == console.front.id;
    let open = if is_front {
        Some(&mut console.front)
    } else {
        let mut behind = console.behind.iter_mut();
        behind.find(|behind| behind.id == ticket.page)
    };
    let Some(open) = open else {
        if let Some(problem) = reply.problem() {
            console.desk.warn(problem.text.clone());
        }
        return;
    };
    let mut cx = Cx::new(&mut console.desk, ticket.page);
    let next = open.screen.page_mut().reply(ticket.number, reply, &mut cx);
    if is_front {
        console.follow(next);
    }
}

fn own_reply(console: &mut Console, reply: Reply) {
    match reply {
        Reply::SignIn(_, result) => access::unlocked(console, result),
        // The page that shows the names reports the failure itself.
        Reply::LoadSession(_, result) => {
            if let Ok(session) = result {
                console.desk.renew_names(*session);
            }
        }
        Reply::Copy(request, result) => copied(console, request.what, result),
        Reply::CopyAppSecret(request, result) => copied(console, request.what, result),
        Reply::CopyJwt(_, result) => copied(console, Copyable::JwtToken, result),
        Reply::ClearClipboard(_, result) => {
            if let Some(Some(message)) = console.desk.or_warn(result) {
                console.desk.notify(message);
            }
        }
        Reply::ReadExchanges(_, result) => {
            let new = console.desk.or_warn(result).unwrap_or_default();
            console.desk.local_server.take(new);
            // A fault that was armed for one request may be off now.
            if console.desk.local_server.armed() > 0 {
                console.root().request(LoadFaults {});
            }
        }
        Reply::LoadFaults(_, result) => {
            if let Some(faults) = console.desk.or_warn(result) {
                console.desk.local_server.faults = faults;
            }
        }
        other => console.arrived(other),
    }
}

fn copied(console: &mut Console, what: Copyable, result: Result<Claim, Problem>) {
    let Some(claim) = console.desk.or_warn(result) else {
        return;
    };
    if what.is_secret() && console.desk.is_locked() {
        // The lock came before the copy: the secret must not outlast it.
        console.root().request(ClearClipboard {});
        return;
    }
    let desk = &mut console.desk;
    if what.is_secret() {
        desk.clipboard = Some(OnClipboard {
            what,
            until_ms: desk.clock.mono_ms + CLIPBOARD_MS,
            covered: false,
            place: claim.place,
            clears: claim.clears,
        });
        // The countdown says what was copied and where to: a notice would repeat it.
        desk.notice = None;
        return;
    }
    if let Some(copied) = &mut desk.clipboard {
        copied.covered = true;
    }
    desk.notify(format!("{} {}.", what.title(), claim.notice));
}

/// The local server keeps running, whichever page is open.
fn heard(console: &mut Console, news: &News) {
    let desk = &mut console.desk;
    match news {
        News::Started(port) => {
            desk.local_server.running = Some(*port);
            desk.notify(format!(
                "The local server is running at http://127.0.0.1:{port}."
            ));
        }
        News::Stopped(problem) => {
            desk.local_server.running = None;
            desk.warn(format!("The local server stopped: {problem}."));
        }
        News::Exchanges => {
            console.root().request(ReadExchanges {});
        }
        News::Progress { request, progress } => desk.progressed(*request, *progress),
        News::Step { .. } | News::Url { .. } | News::TrialEnded { .. } => {}
    }
    for open in console.behind.iter_mut().chain([&mut console.front]) {
        let mut cx = Cx::new(&mut console.desk, open.id);
        open.screen.page_mut().news(news, &mut cx);
    }
}

/// Keys typed earlier are handled first. A second request to quit does not wait for them.
fn quit_in_turn(console: &mut Console, msg: Msg) {
    if console.holds_input() && !console.quit_wanted {
        console.quit_wanted = true;
        console.held.push_back(msg);
    } else {
        quit(console);
    }
}

fn quit(console: &mut Console) {
    if console.quitting {
        return;
    }
    console.quitting = true;
    if !console.desk.is_locked() {
        console.with_page(|page, cx| page.keep(cx));
    }
    console.desk.clipboard = None;
    console.root().request(ClearClipboard {});
    console.desk.quit();
}
