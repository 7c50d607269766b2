//! Token requests at the same time share one commit, which is on disk before the first answer.

use axum::{body::Bytes, http::HeaderMap, response::Response};
use tokio::sync::oneshot::{self, Sender};

use crate::{
    local_server::{Server, Shared, answer::Refusal, cache::Cache, now},
    store::StoreError,
};

/// Requests that wait for the next commit.
#[derive(Debug, Default)]
pub struct CommitGroup(Vec<Waiting>);

struct Waiting {
    headers: HeaderMap,
    body: Bytes,
    sender: Sender<Response>,
}

/// Headers and body hold secrets.
impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting(..)")
    }
}

pub(super) async fn answered(server: Server, headers: HeaderMap, body: Bytes) -> Response {
    let (sender, receiver) = oneshot::channel();
    let is_first = {
        let waiting = &mut server.group().0;
        waiting.push(Waiting {
            headers,
            body,
            sender,
        });
        waiting.len() == 1
    };
    if is_first {
        // In its own task, because the first client may disconnect.
        tokio::spawn(async move {
            // Lets requests that have already arrived join.
            tokio::task::yield_now().await;
            answer_all(&server);
        });
    }
    receiver.await.unwrap_or_else(|_| {
        let error = StoreError::Other("another request failed".to_owned());
        Refusal::from(error).of_oauth()
    })
}

/// Rolls back on drop what was not committed, also after a panic.
struct Uncommitted<'a>(&'a mut Cache);

impl Drop for Uncommitted<'_> {
    fn drop(&mut self) {
        self.0.workspace.forget_grants();
    }
}

fn answer_all(shared: &Shared) {
    let waiting = std::mem::take(&mut shared.group().0);
    let work = || -> Result<Vec<Response>, StoreError> {
        let cache = &mut *shared.cache();
        let uncommitted = Uncommitted(cache);
        uncommitted.0.workspace.begin_grants()?;
        let answers = waiting
            .iter()
            .map(|one| super::grant(shared, uncommitted.0, &one.headers, &one.body))
            .collect();
        uncommitted.0.workspace.commit_grants(now())?;
        Ok(answers)
    };
    match work() {
        Ok(answers) => {
            for (one, answer) in waiting.into_iter().zip(answers) {
                // A client that has disconnected gets no answer.
                let _ = one.sender.send(answer);
            }
        }
        Err(error) => {
            let refusal = Refusal::from(error);
            for one in waiting {
                let _ = one.sender.send(refusal.of_oauth());
            }
        }
    }
}
