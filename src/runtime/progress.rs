//! Tells the loop how far a long request is: not at once, and not too often.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::local_server::Notify;
use crate::{domain::progress::Progress, request::News};

/// A request that is faster shows no progress.
const EVERY: Duration = Duration::from_millis(150);

pub struct Reporter {
    notify: Notify,
    request: AtomicU64,
    last: Mutex<Instant>,
}

impl Reporter {
    pub fn new(notify: Notify) -> Self {
        Self {
            notify,
            request: AtomicU64::new(0),
            last: Mutex::new(Instant::now()),
        }
    }

    /// The next reports are about this request.
    pub fn begin(&self, request: u64) {
        self.request.store(request, Ordering::Relaxed);
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    pub fn report(&self, progress: Progress) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() < EVERY {
            return;
        }
        *last = Instant::now();
        let request = self.request.load(Ordering::Relaxed);
        // A loop that is busy gets the next one.
        (self.notify)(News::Progress { request, progress });
    }
}

impl std::fmt::Debug for Reporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reporter")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::progress::Work;

    #[test]
    fn a_quick_request_reports_nothing_and_a_long_one_not_too_often() {
        let heard: Arc<Mutex<Vec<u64>>> = Arc::default();
        let told = Arc::clone(&heard);
        let reporter = Reporter::new(Arc::new(move |news| {
            if let News::Progress { request, .. } = news {
                told.lock().unwrap().push(request);
            }
            true
        }));
        let report = |done| {
            reporter.report(Progress {
                work: Work::Sealing,
                done,
                total: 9,
            });
        };
        reporter.begin(7);
        report(1);
        assert!(heard.lock().unwrap().is_empty());
        std::thread::sleep(EVERY);
        report(2);
        report(3);
        assert_eq!(*heard.lock().unwrap(), [7]);
    }
}
