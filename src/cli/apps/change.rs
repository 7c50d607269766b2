//! Status, trash and tags, for one app or many. An app that cannot be changed is named and skipped.

use super::find::Which;
use crate::{
    cli::{
        ask::confirm,
        done::{Done, Skipped, Subject},
        output::{Exit, Output, Refusal},
        sign_in::SignedIn,
    },
    domain::{
        app::list::{Bulk, count_of_apps},
        id::AppId,
    },
    store::{StoreError, Workspace},
};

pub fn change(
    mut signed_in: SignedIn,
    which: &Which,
    bulk: &Bulk,
    is_agreed: bool,
    is_rehearsal: bool,
) -> Result<Output, Refusal> {
    let ids = which.find(&mut signed_in.workspace)?;
    if *bulk == Bulk::Delete && !ids.is_empty() {
        let what = format!("This moves {} to the trash.", count_of_apps(ids.len()));
        confirm(is_agreed || is_rehearsal, &what)?;
    }
    let workspace = &mut signed_in.workspace;
    let result = workspace.bulk(&ids, bulk, signed_in.now)?;
    let done = result.done.iter().map(|id| subject(workspace, id));
    let skipped = result.left.iter().map(|left| {
        Ok(Skipped {
            subject: subject(workspace, &left.app)?,
            reason: left.reason.clone(),
            exit: if left.is_forbidden {
                Exit::NotAllowed
            } else {
                Exit::Conflict
            },
        })
    });
    let done = Done {
        participle: bulk.done().to_owned(),
        id: "client_id",
        done: done.collect::<Result<_, Refusal>>()?,
        skipped: skipped.collect::<Result<_, Refusal>>()?,
    };
    Ok(done.output(is_rehearsal).warning(signed_in.warnings))
}

/// Each in a separate transaction: what is gone is gone, whatever becomes of the next.
pub fn purge(
    mut signed_in: SignedIn,
    which: &Which,
    is_agreed: bool,
    is_rehearsal: bool,
) -> Result<Output, Refusal> {
    let workspace = &mut signed_in.workspace;
    let ids = which.find(workspace)?;
    if !ids.is_empty() {
        let count = count_of_apps(ids.len());
        let whose = if ids.len() == 1 { "its" } else { "their" };
        let what = format!("This deletes {count} permanently, with {whose} credentials.");
        confirm(is_agreed || is_rehearsal, &what)?;
    }
    let mut done = Done {
        participle: "deleted permanently".to_owned(),
        id: "client_id",
        done: Vec::new(),
        skipped: Vec::new(),
    };
    for id in &ids {
        let subject = subject(workspace, id)?;
        let (reason, exit) = match workspace.purge_app(id, signed_in.now) {
            Ok(()) => {
                done.done.push(subject);
                continue;
            }
            Err(error @ StoreError::NotAllowed(_)) => (error.to_string(), Exit::NotAllowed),
            Err(error @ (StoreError::Conflict(_) | StoreError::NotFound(_))) => {
                (error.to_string(), Exit::Conflict)
            }
            Err(error) => return Err(error.into()),
        };
        done.skipped.push(Skipped {
            subject,
            reason,
            exit,
        });
    }
    Ok(done.output(is_rehearsal).warning(signed_in.warnings))
}

fn subject(workspace: &Workspace, id: &AppId) -> Result<Subject, Refusal> {
    let app = workspace.app(id)?;
    Ok(Subject {
        name: app.spec.properties.name,
        id: app.client_id.as_str().to_owned(),
    })
}
