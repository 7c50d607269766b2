//! The newest entries of the log, for programs: `/__devconsole/log` and `devconsole serve
//! --log=json`.

use std::collections::VecDeque;

use serde::Serialize;

use crate::domain::oauth::exchange::Exchange;

/// Entries that are kept. A test that asks for more has read the first ones long ago.
const KEPT_MAX: usize = 10_000;

/// A request and its answer, without their texts.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    pub number: u64,
    pub at: String,
    pub app: Option<String>,
    pub what: String,
    pub status: u16,
    pub result: String,
    pub cause: Option<&'static str>,
    pub took_us: u64,
}

impl From<&Exchange> for LogEntry {
    fn from(exchange: &Exchange) -> Self {
        let cause = exchange.diagnosis.as_ref();
        Self {
            number: exchange.number,
            at: exchange.at.rfc3339(),
            app: exchange.app.as_ref().map(|(_, name)| name.clone()),
            what: exchange.what.clone(),
            status: exchange.status,
            result: exchange.result.clone(),
            cause: cause.map(|why| why.cause.into()),
            took_us: exchange.took_us,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct KeptLog {
    entries: VecDeque<LogEntry>,
    last: u64,
    dropped: u64,
}

/// The answer to a request for the log.
#[derive(Debug, Serialize)]
pub(super) struct LogDocument {
    schema: &'static str,
    /// The newest entry, also if it is not listed.
    last: u64,
    /// Entries since the log was cleared that are no longer kept.
    dropped: u64,
    entries: Vec<LogEntry>,
}

impl KeptLog {
    pub(super) fn push(&mut self, entry: LogEntry) {
        self.last = self.last.max(entry.number);
        if self.entries.len() >= KEPT_MAX {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(entry);
    }

    /// Entries are numbered on.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.dropped = 0;
    }

    pub(super) fn document(&self, after: u64, app: Option<&str>) -> LogDocument {
        let is_asked = |entry: &&LogEntry| {
            entry.number > after && app.is_none_or(|app| entry.app.as_deref() == Some(app))
        };
        LogDocument {
            schema: "serve.log/1",
            last: self.last,
            dropped: self.dropped,
            entries: self.entries.iter().filter(is_asked).cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u64, app: &str) -> LogEntry {
        LogEntry {
            number,
            at: String::new(),
            app: Some(app.to_owned()),
            what: String::new(),
            status: 200,
            result: "ok".to_owned(),
            cause: None,
            took_us: 0,
        }
    }

    #[test]
    fn the_newest_entries_are_kept_and_the_others_are_counted() {
        let mut log = KeptLog::default();
        for number in 1..=KEPT_MAX as u64 + 2 {
            log.push(entry(number, if number % 2 == 0 { "Even" } else { "Odd" }));
        }
        let all = log.document(0, None);
        assert_eq!((all.last, all.dropped), (KEPT_MAX as u64 + 2, 2));
        assert_eq!((all.entries.len(), all.entries[0].number), (KEPT_MAX, 3));
        let some = log.document(all.last - 3, Some("Odd"));
        let numbers: Vec<u64> = some.entries.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [all.last - 1]);
        log.clear();
        let none = log.document(0, None);
        assert_eq!(
            (none.last, none.dropped, none.entries.len()),
            (all.last, 0, 0)
        );
    }
}
