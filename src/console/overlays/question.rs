//! A question that blocks everything else.

use super::super::Console;
use crate::{
    desk::{Cx, Overlay},
    keymap::Action,
};

pub(in crate::console) fn act(console: &mut Console, action: Action) {
    if !matches!(action, Action::Confirm | Action::Back) {
        return;
    }
    let Some(Overlay::Question(page, question)) = console.desk.overlays.pop() else {
        return;
    };
    if action == Action::Confirm {
        Cx::new(&mut console.desk, page).await_reply(question.then, "Working");
    }
}
