//! Operations on several apps at once, from any page.

use crate::{
    desk::{Answer, Ask, Cx, Typed},
    domain::{
        app::{
            list::{Bulk, BulkDone, Left, count_of_apps},
            tag,
        },
        id::AppId,
        problem::Problem,
        text,
    },
    request::ChangeApps,
};

/// The answer replaces all tags of one app.
#[derive(Debug)]
pub struct Tags {
    pub app: AppId,
    pub name: String,
}

impl Ask for Tags {
    fn title(&self) -> &'static str {
        "Tags"
    }

    fn question(&self) -> String {
        format!(
            "Tags of \"{}\", separated by spaces. Filter by them with tag:word.",
            text::displayable(&self.name)
        )
    }

    fn verb(&self) -> &'static str {
        "set tags"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        let bulk = Bulk::SetTags(tag::parse(typed.text)?);
        let apps = vec![self.app.clone()];
        Ok(Answer::working(ChangeApps { apps, bulk }))
    }
}

/// The answer adds tags to several apps and removes others.
#[derive(Debug)]
pub struct ChangeTags {
    pub apps: Vec<AppId>,
}

impl Ask for ChangeTags {
    fn title(&self) -> &'static str {
        "Tags"
    }

    fn question(&self) -> String {
        format!(
            "Tags to add to {}; put a minus before those to remove, e.g. billing -old",
            count_of_apps(self.apps.len())
        )
    }

    fn verb(&self) -> &'static str {
        "change tags"
    }

    fn answer(&self, typed: &Typed<'_>) -> Result<Answer, String> {
        let (add, remove) = tag::parse_change(typed.text)?;
        if add.is_empty() && remove.is_empty() {
            return Err("Enter at least one tag.".to_owned());
        }
        let apps = self.apps.clone();
        let bulk = Bulk::ChangeTags { add, remove };
        Ok(Answer::working(ChangeApps { apps, bulk }))
    }
}

/// Reports the result. `None`: nothing was changed.
pub fn done(bulk: &Bulk, result: Result<BulkDone, Problem>, cx: &mut Cx<'_>) -> Option<BulkDone> {
    let done = cx.or_warn(result)?;
    match bulk {
        Bulk::Delete if !done.done.is_empty() => cx.undo.clone_from(&done.done),
        _ => cx.undo.retain(|undo| !done.done.contains(undo)),
    }
    let what = match &done.only {
        Some(name) => format!("\"{name}\""),
        None => count_of_apps(done.done.len()),
    };
    let message = format!("{what} {}.", bulk.done());
    match done.left.first() {
        None if *bulk == Bulk::Delete => {
            let them = if done.done.len() == 1 { "it" } else { "them" };
            cx.notify(format!("{message} u restores {them}."));
        }
        None => cx.notify(message),
        Some(Left { name, reason, .. }) if done.left.len() == 1 => {
            cx.warn(format!("{message} Skipped \"{name}\": {reason}"));
        }
        Some(Left { name, reason, .. }) => cx.warn(format!(
            "{message} {} skipped, e.g. \"{name}\": {reason}",
            count_of_apps(done.left.len())
        )),
    }
    Some(done)
}
