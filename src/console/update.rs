//! The pure step: a message in, a changed console and a list of wishes out. Routes keys to the
//! screen that has them, and owns what concerns all screens: time, lock, quitting, drafts.

use zeroize::Zeroize as _;

use super::{CUT_PASTE, Console, Screen};
use crate::{
    keymap::{self, Action, Context, Key},
    message::{Clock, Effect, Msg},
    palette::Palette,
    screens::{locked::Locked, password::PasswordForm},
};

pub fn update(console: &mut Console, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    step(console, msg, &mut effects);
    // An answer may have ended the wait: what was typed meanwhile is worked off in order.
    while !console.holds_input() && !console.quitting {
        let Some(held) = console.held.pop_front() else {
            break;
        };
        step(console, held, &mut effects);
    }
    effects
}

fn step(console: &mut Console, msg: Msg, effects: &mut Vec<Effect>) {
    match msg {
        Msg::Clock(clock) => tick(console, clock, effects),
        Msg::Resize(width, height) => {
            console.size = (width, height);
            console.apps.resized(console.size);
            crate::screens::apps::update::look(console, effects);
        }
        Msg::HangUp => quit_in_turn(console, Msg::HangUp, effects),
        Msg::Suspend => {
            if console.session.is_some() && console.locked.is_none() {
                lock(console, effects);
            }
            effects.push(Effect::Suspend);
        }
        Msg::Answer(answer) => crate::answers::answer(console, answer, effects),
        Msg::Key(key) | Msg::KeyInBurst(key) => {
            console.last_input_ms = console.clock.mono_ms;
            let is_alone = matches!(msg, Msg::Key(_));
            let quits = key
                == Key {
                    code: crossterm::event::KeyCode::Char('c'),
                    ctrl: true,
                    alt: false,
                };
            if quits {
                quit_in_turn(console, Msg::Key(key), effects);
            } else if console.holds_input() {
                console.held.push_back(msg);
            } else {
                press(console, key, is_alone, effects);
            }
        }
        Msg::Paste(mut text) => {
            console.last_input_ms = console.clock.mono_ms;
            if console.holds_input() {
                console.held.push_back(Msg::Paste(text));
            } else {
                paste(console, &text, effects);
                // It may have been a password.
                text.zeroize();
            }
        }
    }
}

impl Console {
    /// While an answer is awaited that the next key may depend on, keys are held.
    fn holds_input(&self) -> bool {
        let list_is_on_its_way = matches!(self.screen, Screen::Apps)
            && self.apps.asked
            && !self.apps.filtering
            && self.locked.is_none()
            && self.help.is_none();
        self.waiting.is_some() || list_is_on_its_way
    }
}

fn tick(console: &mut Console, clock: Clock, effects: &mut Vec<Effect>) {
    console.clock = clock;
    let now = clock.mono_ms;
    if console
        .notice
        .as_ref()
        .is_some_and(|notice| notice.until_ms <= now)
    {
        console.notice = None;
    }
    if console
        .clipboard
        .is_some_and(|copied| copied.until_ms <= now)
    {
        console.clipboard = None;
        effects.push(Effect::ClearClipboard);
    }
    if console.locked.is_some() {
        // The vault is closed; what is unsaved is written after unlocking.
        console.draft_due_ms = None;
    }
    if console.draft_due_ms.is_some_and(|due| due <= now) {
        save_draft(console, effects);
    }
    if console.detail_due_ms.is_some_and(|due| due <= now) {
        console.detail_due_ms = None;
        crate::screens::apps::update::load_detail(console, effects);
    }
    let idle_ms = now.saturating_sub(console.last_input_ms);
    if console.session.is_some()
        && console.locked.is_none()
        && idle_ms >= console.settings.lock_after_ms
    {
        lock(console, effects);
    }
}

/// What a key that is not alone must not do: a terminal without bracketed paste replays a
/// pasted text as keys, and a `q` in it is not the wish to quit.
fn must_be_alone(console: &Console, action: Action, key: Key) -> bool {
    let is_letter = matches!(key.code, crossterm::event::KeyCode::Char(_)) && !key.ctrl;
    let asks = console.question.is_some() || console.prompt.is_some() || console.palette.is_some();
    let answers_question = asks && action == Action::Confirm;
    (action == Action::Quit && is_letter) || answers_question
}

/// A notch of a mouse wheel comes as several arrows where the terminal translates it: they move,
/// and change no answer on the way.
fn unless_it_changes(stack: &[Context], action: Action) -> Action {
    let changes = matches!(stack.first(), Some(Context::Choice | Context::Date));
    match action {
        Action::Up | Action::Left if changes => Action::PrevField,
        Action::Down | Action::Right if changes => Action::NextField,
        _ => action,
    }
}

/// What was said of one place is not true of the next: it goes when a key leads elsewhere, unless
/// that key said it.
fn press(console: &mut Console, key: Key, is_alone: bool, effects: &mut Vec<Effect>) {
    let place = |console: &Console| {
        (
            std::mem::discriminant(&console.screen),
            console.context(),
            console.prompt.is_some(),
        )
    };
    let (before, said) = (place(console), console.notice.clone());
    do_key(console, key, is_alone, effects);
    if said.is_some() && console.notice == said && place(console) != before {
        console.notice = None;
    }
}

fn do_key(console: &mut Console, key: Key, is_alone: bool, effects: &mut Vec<Effect>) {
    let stack = console.context();
    let Some(action) = keymap::action(&stack, key) else {
        if keymap::is_foreign_letter(key) {
            console.complain("Commands are Latin letters: switch the keyboard layout.");
        }
        return;
    };
    let action = if is_alone {
        action
    } else {
        unless_it_changes(&stack, action)
    };
    if !is_alone && must_be_alone(console, action, key) {
        console.complain("That key came together with others, like a paste. Press it alone.");
        return;
    }
    match action {
        Action::Quit => return quit(console, effects),
        Action::Help => {
            console.help = Some(0);
            return;
        }
        _ => {}
    }
    if console.help.is_some() {
        return crate::help::act(console, action);
    }
    if console.palette.is_some() {
        let Some(chosen) = crate::palette::act(console, action) else {
            return;
        };
        return perform(console, chosen, effects);
    }
    perform(console, action, effects);
}

/// Does what a key means, or what was chosen from the palette.
fn perform(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Quit => return quit(console, effects),
        Action::Help => {
            console.help = Some(0);
            return;
        }
        // What is typed next may be a password, which a search would show.
        Action::Palette if console.session.is_none() || console.locked.is_some() => {
            console.complain("The commands are there once you are signed in.");
            return;
        }
        Action::Palette => {
            console.palette = Some(Palette::default());
            return;
        }
        _ => {}
    }
    if console.locked.is_some() {
        return crate::screens::locked::update::act(console, action, effects);
    }
    if console.question.is_some() {
        return act_on_question(console, action, effects);
    }
    if action == Action::Lock {
        match console.why_off(action) {
            Some(reason) => console.complain(reason),
            None => lock(console, effects),
        }
        return;
    }
    if let Some(reason) = console.why_off(action) {
        console.complain(reason);
        return;
    }
    if console.prompt.is_some() {
        return crate::screens::prompt::act(console, action, effects);
    }
    match &console.screen {
        Screen::SignUp(_) => crate::screens::sign_up::update::act(console, action, effects),
        Screen::ShowRecoveryKey(_) => {
            crate::screens::sign_up::update::act_on_key(console, action, effects);
        }
        Screen::SignIn(_) => crate::screens::sign_in::update::act(console, action, effects),
        Screen::Recover(_) => {
            crate::screens::sign_in::update::act_on_recover(console, action, effects);
        }
        Screen::Apps => crate::screens::apps::update::act(console, action, effects),
        Screen::CreateApp(_) => crate::screens::create_app::update::act(console, action, effects),
        Screen::App(_) => crate::screens::app::update::act(console, action, effects),
        Screen::History(_) => crate::screens::history::update::act(console, action, effects),
        Screen::Organization(_) => {
            crate::screens::organization::update::act(console, action, effects);
        }
        Screen::AddDeveloper(_) => {
            crate::screens::organization::add::act(console, action, effects);
        }
        Screen::Password(_) => crate::screens::password::update::act(console, action, effects),
        Screen::Approvals(_) => crate::screens::approvals::update::act(console, action, effects),
        Screen::Jwt(_) => crate::screens::jwt::update::act(console, action, effects),
        Screen::JwtForm(_) => crate::screens::jwt::form::act(console, action, effects),
        Screen::Sandbox(_) => crate::screens::sandbox::update::act(console, action, effects),
        Screen::Trial(_) => crate::screens::trial::update::act(console, action, effects),
    }
}

fn act_on_question(console: &mut Console, action: Action, effects: &mut Vec<Effect>) {
    let Some(question) = console.question.take() else {
        return;
    };
    match action {
        Action::Confirm => {
            effects.push(question.then);
            console.wait_for("Working");
        }
        Action::Back => {}
        _ => console.question = Some(question),
    }
}

/// A paste is text, wherever it lands: it never triggers a key.
fn paste(console: &mut Console, text: &str, effects: &mut Vec<Effect>) {
    if console.help.is_some() || (console.question.is_some() && console.locked.is_none()) {
        return;
    }
    if console.locked.is_some() {
        if crate::screens::locked::update::paste(console, text) {
            console.complain(CUT_PASTE);
        }
        return;
    }
    if let Some(palette) = &mut console.palette {
        palette.paste(text);
        return;
    }
    if let Some(prompt) = &mut console.prompt {
        if prompt.paste(text) {
            console.complain(CUT_PASTE);
        }
        return;
    }
    let cut = match &mut console.screen {
        Screen::SignUp(screen) => screen.paste(text),
        Screen::ShowRecoveryKey(screen) => screen.paste(text),
        Screen::SignIn(screen) => screen.paste(text),
        Screen::Recover(screen) => screen.paste(text),
        Screen::Apps => crate::screens::apps::update::paste(console, text, effects),
        Screen::CreateApp(_) => crate::screens::create_app::update::paste(console, text, effects),
        Screen::AddDeveloper(screen) => screen.paste(text),
        Screen::Password(screen) => screen.paste(text),
        Screen::JwtForm(_) => crate::screens::jwt::form::paste(console, text, effects),
        Screen::App(_)
        | Screen::Organization(_)
        | Screen::Approvals(_)
        | Screen::Jwt(_)
        | Screen::Trial(_) => false,
        // What is pasted here is there to be explained.
        Screen::Sandbox(_) => {
            crate::screens::sandbox::update::explained(console, text);
            false
        }
        Screen::History(_) => crate::screens::history::update::paste(console, text, effects),
    };
    if cut {
        console.complain(CUT_PASTE);
    }
}

/// Writes the open draft, if it has something to keep.
pub(crate) fn save_draft(console: &mut Console, effects: &mut Vec<Effect>) {
    console.draft_due_ms = None;
    if let Screen::CreateApp(screen) = &mut console.screen {
        match &screen.id {
            // While it is being created, a save would bring the draft of a finished app back.
            Some(id) if !screen.creating && (screen.kept || !screen.is_pristine()) => {
                if let Some(body) = screen.stored() {
                    let id = id.clone();
                    screen.kept = true;
                    screen.unanswered_saves += 1;
                    effects.push(Effect::SaveDraft { id, body });
                } else {
                    console.complain(
                        "The draft cannot be written. What is typed is only on this screen.",
                    );
                }
            }
            _ => {}
        }
    }
}

/// Locks: no key in memory, no secret on the screen or the clipboard. The screen waits behind.
fn lock(console: &mut Console, effects: &mut Vec<Effect>) {
    let Some(session) = &console.session else {
        return;
    };
    let locked = Locked::new(session);
    if console.draft_due_ms.is_some() {
        save_draft(console, effects);
    }
    match &mut console.screen {
        Screen::CreateApp(screen) => screen.form.revealed = None,
        Screen::App(page) => page.secrets = None,
        Screen::Organization(page) => page.handed = None,
        Screen::Jwt(page) => page.revealed = None,
        Screen::Sandbox(page) => crate::screens::sandbox::update::lock(page),
        Screen::Password(screen) => screen.data = PasswordForm::default(),
        _ => {}
    }
    // Bodies of drafts hold secrets; the list asks for them again.
    console.apps.drafts.clear();
    console.question = None;
    console.prompt = None;
    console.palette = None;
    console.help = None;
    console.notice = None;
    // Asked for in any case: a copy may be on its way, or an earlier clearing may have failed.
    console.clipboard = None;
    effects.push(Effect::ClearClipboard);
    console.locked = Some(locked);
    effects.push(Effect::Lock);
}

/// Keys that were typed before are worked off first; asked for twice, it does not wait for them.
fn quit_in_turn(console: &mut Console, msg: Msg, effects: &mut Vec<Effect>) {
    if console.holds_input() && !console.quit_wanted {
        console.quit_wanted = true;
        console.held.push_back(msg);
    } else {
        quit(console, effects);
    }
}

fn quit(console: &mut Console, effects: &mut Vec<Effect>) {
    if console.quitting {
        return;
    }
    console.quitting = true;
    if matches!(console.screen, Screen::CreateApp(_)) && console.locked.is_none() {
        save_draft(console, effects);
    }
    console.clipboard = None;
    effects.push(Effect::ClearClipboard);
    effects.push(Effect::Quit);
}
