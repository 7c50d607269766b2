//! Points in time. The caller hands them in; nothing here reads a clock.

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};
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

/// The beginning of a day in UTC: a date, or `7d`, `12w`, `6m`, `1y` before today.
pub fn since(typed: &str, now: UnixMs) -> Result<UnixMs, String> {
    let typed = typed.trim();
    let wrong = || "Enter a date (2026-11-01) or 7d, 12w, 6m, 1y.".to_owned();
    let at = Timestamp::from_millisecond(now.0).map_err(|_| wrong())?;
    let today = TimeZone::UTC.to_datetime(at).date();
    let date: Date = match span_of(typed) {
        Some(span) => span
            .and_then(|span| today.checked_sub(span))
            .map_err(|_| wrong())?,
        None => typed.parse().map_err(|_| wrong())?,
    };
    let start = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0));
    Ok(UnixMs(start.map_err(|_| wrong())?.as_millisecond()))
}

/// `None` if it is not a span; an error if the span is too long.
pub fn span_of(typed: &str) -> Option<Result<Span, jiff::Error>> {
    let split = typed.len().checked_sub(1)?;
    let (number, unit) = typed.split_at_checked(split)?;
    let number: i64 = number.trim().parse().ok()?;
    let span = Span::new();
    match unit.to_ascii_lowercase().as_str() {
        "d" => Some(span.try_days(number)),
        "w" => Some(span.try_weeks(number)),
        "m" => Some(span.try_months(number)),
        "y" => Some(span.try_years(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{UnixMs, since};

    #[test]
    fn a_time_in_the_past_is_a_date_or_an_age() {
        // 2026-11-23 09:00 UTC.
        let now = UnixMs(1_795_424_400_000);
        let date = |typed: &str| since(typed, now).map(UnixMs::rfc3339);
        assert_eq!(date("2026-11-01").as_deref(), Ok("2026-11-01T00:00:00Z"));
        assert_eq!(date("7d").as_deref(), Ok("2026-11-16T00:00:00Z"));
        assert_eq!(date(" 6M ").as_deref(), Ok("2026-05-23T00:00:00Z"));
        for wrong in ["", "soon", "2026-02-30", "7", "999999999y"] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
    }

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
