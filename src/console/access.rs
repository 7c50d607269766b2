//! The lock, and the end of a developer's access. While locked, only a password field is shown; the
//! page behind it waits unchanged.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
    widgets::Paragraph,
};

use super::{Console, Screen};
use crate::{
    desk::{Access, Desk, Lock},
    domain::{people::password::PASSWORD_MAX, problem::Problem},
    form::TextEdit as _,
    keymap::{Action, Mode},
    request::{ClearClipboard, Lock as LockVault, SignIn, SignedIn},
    screens::{
        page::{Look, Place},
        refusal::{Refusal, refusal_lines},
    },
    ui::{
        layout::{self, Areas},
        line, title,
    },
};

pub(super) fn modes() -> Vec<Mode> {
    vec![Mode::Locked, Mode::Password, Mode::Anywhere]
}

/// After a lock, no key is in memory and no secret is on the screen or the clipboard.
pub(super) fn lock(console: &mut Console) {
    console.with_page(|page, cx| {
        page.keep(cx);
        page.lock();
    });
    for behind in &mut console.behind {
        behind.screen.page_mut().lock();
    }
    console.desk.overlays.clear();
    console.desk.notice = None;
    // Always requested: a copy may be in progress, or an earlier clearing may have failed.
    console.desk.clipboard = None;
    console.root().request(ClearClipboard {});
    console.root().request(LockVault {});
    let access = std::mem::replace(&mut console.desk.access, Access::SignedOut);
    console.desk.access = match access {
        Access::Open(session) => Access::Locked(session, Lock::default()),
        other => other,
    };
}

pub(super) fn act(console: &mut Console, action: Action) {
    let now = console.desk.clock.mono_ms;
    let Access::Locked(session, lock) = &mut console.desk.access else {
        return;
    };
    let email = session.developer.email.as_str().to_owned();
    match action {
        Action::Edit(edit) => {
            lock.password.edit(edit);
            lock.refusal = None;
        }
        Action::ShowPassword => lock.password.visible = !lock.password.visible,
        Action::Submit => {
            if lock.wait_until_ms.is_some_and(|until| until > now) {
                return;
            }
            if lock.password.is_empty() {
                lock.refusal = Some("Enter your password.".to_owned());
                return;
            }
            let password = lock.password.secret();
            console
                .root()
                .await_reply(SignIn { email, password }, "Unlocking");
        }
        Action::SignOut => sign_out(console),
        _ => {}
    }
}

/// Returns whether text was cut off.
pub(super) fn paste(desk: &mut Desk, text: &str) -> bool {
    let Access::Locked(_, lock) = &mut desk.access else {
        return false;
    };
    let password = text.trim_end_matches(['\r', '\n']);
    lock.password.paste(password, PASSWORD_MAX)
}

pub(super) fn unlocked(console: &mut Console, result: Result<SignedIn, Problem>) {
    match result {
        Ok(signed_in) => {
            console.desk.access = Access::Open(*signed_in.session);
            if console.must_change_password() {
                return console.go_alone(Place::FirstPassword { known: None });
            }
            // Over a form, the key's page would discard what was typed. A key that was not shown is
            // replaced at the next sign-in.
            let is_free = matches!(
                console.screen(),
                Screen::Apps(_) | Screen::ShowRecoveryKey(_)
            );
            if let Some(key) = signed_in.recovery_key.filter(|_| is_free) {
                return console.go(Place::RecoveryKey {
                    key,
                    is_another: false,
                });
            }
            console.with_page(|page, cx| page.unlocked(cx));
        }
        Err(problem) => {
            let refusal = Refusal::of(&problem, "Wrong password.", console.desk.clock);
            if let Access::Locked(_, lock) = &mut console.desk.access {
                lock.password.clear();
                lock.wait_until_ms = Some(refusal.until_ms);
                lock.refusal = Some(refusal.text);
            }
        }
    }
}

fn sign_out(console: &mut Console) {
    let Some(session) = console.desk.session() else {
        return;
    };
    let place = Place::SignIn {
        organization: session.organization.clone(),
        email: Some(session.developer.email.as_str().to_owned()),
    };
    console.desk.access = Access::SignedOut;
    console.go_alone(place);
}

/// A Developer Admin disabled or removed the signed-in developer.
pub(super) fn ended(console: &mut Console, why: String) {
    console.desk.overlays.clear();
    console.desk.clipboard = None;
    console.root().request(ClearClipboard {});
    console.root().request(LockVault {});
    sign_out(console);
    console.desk.warn(why);
}

impl Console {
    pub(super) fn must_change_password(&self) -> bool {
        let session = self.desk.session();
        session.is_some_and(|session| session.must_change_password)
    }
}

pub(super) fn draw(look: &Look<'_>, lock: &Lock, frame: &mut Frame<'_>, areas: &Areas) {
    let theme = look.theme;
    let about = Line::styled("your work is as you left it", theme.dim);
    title::draw(
        frame,
        areas.title,
        theme,
        &["Locked"],
        Line::default(),
        about,
    );
    let area = layout::text(areas.body);
    let mut lines = refusal_lines(look, lock.refusal.as_deref(), lock.wait_until_ms);
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    let email = look
        .session()
        .map_or("", |session| session.developer.email.as_str());
    lines.push(Line::from(vec![
        Span::styled("Password", theme.accent),
        Span::raw("  "),
        line::foreign(
            email,
            area.width.saturating_sub(12),
            theme.glyphs.ellipsis,
            theme.dim,
        ),
    ]));
    let mask = lock.password.masked().then_some(theme.glyphs.mask);
    let y = u16::try_from(lines.len()).unwrap_or(0);
    let (shown, x) = line::window(
        lock.password.text(),
        lock.password.cursor(),
        area.width.saturating_sub(2),
        mask,
    );
    lines.push(Line::from(vec![
        Span::styled(format!("{} ", theme.glyphs.bar_focus), theme.accent),
        Span::raw(shown),
    ]));
    frame.render_widget(Paragraph::new(lines), area);
    let at = Rect::new(area.x + 2 + x, area.y + y, 1, 1).intersection(area);
    if !at.is_empty() && !look.is_covered() {
        frame.set_cursor_position(Position { x: at.x, y: at.y });
    }
}
