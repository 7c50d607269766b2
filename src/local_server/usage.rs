//! Counts the calls of each app, in memory. They are written to the workspace between requests and
//! at the end: no request waits for it.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use super::{Server, Shared, now};
use crate::{
    domain::{
        app::{
            scope::ScopeId,
            usage::{OperationUsage, Outcome},
        },
        id::AppId,
        oauth::operation::Operation,
    },
    store::StoreError,
};

/// How long counts stay in memory alone.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long the end waits for another program that writes.
const LAST_WAIT: Duration = Duration::from_millis(300);

/// A call with a valid token.
#[derive(Debug)]
pub(super) struct Called {
    pub app: AppId,
    pub operation: &'static Operation,
    /// The scope of the token that allowed it.
    pub allowed_by: Option<ScopeId>,
}

type Counts = HashMap<(AppId, &'static str), OperationUsage>;

/// What was counted since it was last written.
#[derive(Debug, Default)]
pub(super) struct UsageLog {
    counts: Mutex<Counts>,
    is_new: Notify,
}

impl UsageLog {
    pub(super) fn count(&self, called: Called, outcome: Outcome) {
        let Called {
            app,
            operation,
            allowed_by,
        } = called;
        let at = now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = counts.is_empty();
        counts
            .entry((app, operation.id))
            .or_insert_with(|| OperationUsage::none_at(operation, at))
            .count(outcome, allowed_by, at);
        drop(counts);
        if is_first {
            self.is_new.notify_one();
        }
    }

    fn take(&self) -> Counts {
        mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What could not be written is counted again.
    fn put_back(&self, taken: Counts) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, usage) in taken {
            match counts.get_mut(&key) {
                Some(newer) => newer.add(&usage),
                None => {
                    counts.insert(key, usage);
                }
            }
        }
    }
}

/// Writes what was counted until now, for a reader of the workspace.
pub(super) fn write_now(shared: &Shared) -> Result<(), StoreError> {
    write(shared, LAST_WAIT)
}

/// Writes the counts soon after the first new one. Ends when it is dropped.
pub(super) async fn write_now_and_then(server: Server) {
    loop {
        server.usage.is_new.notified().await;
        tokio::time::sleep(INTERVAL).await;
        // A busy workspace or a full disk stops nothing: the next interval writes more.
        let _ = write(&server, Duration::ZERO);
    }
}

pub(super) fn write_last(shared: &Shared) {
    // Nothing could be done about an error any more.
    let _ = write(shared, LAST_WAIT);
}

fn write(shared: &Shared, wait: Duration) -> Result<(), StoreError> {
    let counts = shared.usage.take();
    if counts.is_empty() {
        return Ok(());
    }
    let counted: Vec<(AppId, OperationUsage)> = counts
        .iter()
        .map(|((app, _), usage)| (app.clone(), usage.clone()))
        .collect();
    let written = shared.cache().workspace.add_usage(&counted, wait);
    if written.is_err() {
        shared.usage.put_back(counts);
        shared.usage.is_new.notify_one();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::oauth::operation::by_id;

    #[test]
    fn what_could_not_be_written_is_added_to_what_came_later() {
        let log = UsageLog::default();
        let count = |id: &str| {
            let called = Called {
                app: AppId::from_stored("shop"),
                operation: by_id(id).unwrap(),
                allowed_by: None,
            };
            log.count(called, Outcome::Answered);
        };
        count("readExtension");
        count("listExtensions");
        let taken = log.take();
        assert_eq!((taken.len(), log.take().len()), (2, 0));
        count("readExtension");
        log.put_back(taken);
        let all = log.take();
        let calls = |id| all[&(AppId::from_stored("shop"), id)].calls();
        assert_eq!((calls("readExtension"), calls("listExtensions")), (2, 1));
    }
}
