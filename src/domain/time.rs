//! Points in time. The caller hands them in; nothing here reads a clock.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Now, twice: for measuring (never jumps) and for writing down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds since the program started.
    pub mono_ms: u64,
    pub unix: UnixMs,
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// `2026-11-23`, in UTC.
    pub fn date(self) -> String {
        self.format("%Y-%m-%d")
    }

    /// `2026-11-23 21:35 UTC`.
    pub fn date_time(self) -> String {
        self.format("%Y-%m-%d %H:%M UTC")
    }

    /// `21:35:07`, in UTC.
    pub fn time(self) -> String {
        self.format("%H:%M:%S")
    }

    /// `2026-11-23T21:35:00Z`, for other programs.
    pub fn rfc3339(self) -> String {
        self.format("%Y-%m-%dT%H:%M:%SZ")
    }

    /// `20261123T213500Z`: for the name of a file.
    pub fn stamp(self) -> String {
        self.format("%Y%m%dT%H%M%SZ").replace(' ', "-")
    }

    /// `3 min ago` within a week before `now`, otherwise the date. At most ten cells.
    pub fn ago(self, now: Self) -> String {
        let minutes = now.0.saturating_sub(self.0) / 60_000;
        match minutes {
            _ if now < self => self.date(),
            0 => "just now".to_owned(),
            1..60 => format!("{minutes} min ago"),
            60..1440 => format!("{} h ago", minutes / 60),
            1440..10_080 => format!("{} d ago", minutes / 1440),
            _ => self.date(),
        }
    }

    fn format(self, pattern: &str) -> String {
        Timestamp::from_millisecond(self.0).map_or_else(
            |_| "out of range".to_owned(),
            |at| at.strftime(pattern).to_string(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::UnixMs;

    #[test]
    fn recent_times_are_relative_and_older_ones_are_dates() {
        const MINUTE: i64 = 60_000;
        let at = UnixMs(1_795_469_700_000);
        let after = |minutes| at.ago(UnixMs(at.0 + minutes * MINUTE));
        assert_eq!(after(0), "just now");
        assert_eq!(after(1), "1 min ago");
        assert_eq!(after(59), "59 min ago");
        assert_eq!(after(60), "1 h ago");
        assert_eq!(after(24 * 60), "1 d ago");
        assert_eq!(after(7 * 24 * 60 - 1), "6 d ago");
        assert_eq!(after(7 * 24 * 60), "2026-11-23");
        // A clock that was set back.
        assert_eq!(after(-1), "2026-11-23");
        assert_eq!(UnixMs(i64::MIN).ago(UnixMs(i64::MAX)), "out of range");
    }

    #[test]
    fn formats_in_utc_and_survives_any_number() {
        assert_eq!(UnixMs(0).date(), "1970-01-01");
        assert_eq!(
            UnixMs(1_795_469_700_000).date_time(),
            "2026-11-23 21:35 UTC"
        );
        assert_eq!(UnixMs(1_795_469_700_000).stamp(), "20261123T213500Z");
        assert_eq!(UnixMs(i64::MAX).date(), "out of range");
        assert_eq!(UnixMs(i64::MAX).stamp(), "out-of-range");
    }
}
