//! JWT credentials: tokens of a developer, for apps that sign in without a browser.
//! Facts: RingCentral's JWT flow and its credentials page. Limits and claims are ours: no source
//! states them.

use std::collections::BTreeMap;

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

use crate::domain::{
    id::{DeveloperId, JwtId},
    oauth::credential::ClientId,
    time::{UnixMs, span_of},
};

/// Longest label, in characters.
pub const LABEL_MAX: usize = 100;
/// Most apps that one credential can list.
pub const APPS_MAX: usize = 50;
/// Lifetime of a credential without an expiration date, in seconds: about 68 years, as in
/// RingCentral's permanent tokens.
pub const FOR_EVER_S: i64 = 2_147_483_647;

/// The claims `iss` and `aud`. Ours: no source states RingCentral's values.
pub const ISSUER: &str = "devconsole";
pub const AUDIENCE: &str = "/restapi/oauth/token";

/// The apps that may use the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthorizedApps {
    /// All apps of the organization.
    Organization,
    /// Only these, whatever their organization.
    Specific(Vec<ClientId>),
}

impl AuthorizedApps {
    /// The label in RingCentral's list.
    pub fn describe(&self) -> String {
        match self {
            Self::Organization => "All apps of the organization".to_owned(),
            Self::Specific(apps) if apps.len() == 1 => "1 specific app".to_owned(),
            Self::Specific(apps) => format!("{} specific apps", apps.len()),
        }
    }
}

/// An app of the organization, by its name and Client ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedApp {
    pub client_id: ClientId,
    pub name: String,
    /// Whether it has the JWT auth flow. Apps without it are listed too: leaving one out would look
    /// as if it did not exist.
    pub uses_jwt: bool,
}

/// Apps that match a search, and the names of apps that were requested by Client ID.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundApps {
    pub found: Vec<NamedApp>,
    pub named: Vec<NamedApp>,
}

/// A credential to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJwt {
    pub label: String,
    pub apps: AuthorizedApps,
    pub expires_at: Option<UnixMs>,
}

/// An existing credential. Its token is read on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtCredential {
    pub id: JwtId,
    pub owner: DeveloperId,
    pub label: String,
    pub apps: AuthorizedApps,
    /// Names of the listed apps that belong to this organization.
    pub names: BTreeMap<ClientId, String>,
    pub created_at: UnixMs,
    pub expires_at: Option<UnixMs>,
    pub last_used_at: Option<UnixMs>,
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// A developer is reminded this many days before a credential expires.
const REMIND_DAYS: i64 = 30;

impl JwtCredential {
    pub fn has_expired(&self, now: UnixMs) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// `ends in 7 days`, from 30 days before the end.
    pub fn reminder(&self, now: UnixMs) -> Option<String> {
        let left = self.expires_at?.0.saturating_sub(now.0);
        match left.div_euclid(DAY_MS) {
            ..0 => None,
            0 => Some("expires within a day".to_owned()),
            1 => Some("expires in a day".to_owned()),
            days @ 2..=REMIND_DAYS => Some(format!("expires in {days} days")),
            _ => None,
        }
    }
}

/// Whether less than 30 days are left, or none.
pub fn ends_soon(at: UnixMs, now: UnixMs) -> bool {
    at.0.saturating_sub(now.0).div_euclid(DAY_MS) <= REMIND_DAYS
}

/// Parses an expiration date in UTC: empty, `90d`, `12w`, `6m`, `1y`, or a date. The credential
/// expires at the end of that day.
pub fn parse_expiry(typed: &str, now: UnixMs) -> Result<Option<UnixMs>, String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = || "Enter a date (2027-03-01) or 90d, 12w, 6m, 1y. Empty means never.".to_owned();
    let at = Timestamp::from_millisecond(now.0).map_err(|_| wrong())?;
    let today = TimeZone::UTC.to_datetime(at).date();
    let date: Date = match span_of(typed) {
        Some(span) => span
            .and_then(|span| today.checked_add(span))
            .map_err(|_| wrong())?,
        None => typed.parse().map_err(|_| {
            if is_like_a_date(typed) {
                "This date does not exist.".to_owned()
            } else {
                wrong()
            }
        })?,
    };
    if date <= today {
        return Err("Choose a date after today.".to_owned());
    }
    let end = TimeZone::UTC
        .to_timestamp(date.at(23, 59, 59, 0))
        .map_err(|_| "This date is too far away. Leave it empty to never expire.".to_owned())?;
    Ok(Some(UnixMs(end.as_millisecond())))
}

/// Four, two and two digits.
fn is_like_a_date(typed: &str) -> bool {
    let parts: Vec<&str> = typed.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [4, 2, 2]
        && parts
            .iter()
            .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// How far a key moves the date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStep {
    Days(i32),
    Months(i32),
}

/// The date key starts this many days from today if the field is empty.
const FIRST_DAYS: i64 = 90;

/// The typed date, moved by a step. `None` for a date in the past, or if there is no date to start
/// from.
pub fn stepped(typed: &str, step: DateStep, now: UnixMs) -> Option<String> {
    let at = Timestamp::from_millisecond(now.0).ok()?;
    let today = TimeZone::UTC.to_datetime(at).date();
    let date = match parse_expiry(typed, now).ok()? {
        None => today.checked_add(Span::new().days(FIRST_DAYS)).ok()?,
        Some(end) => {
            let end = Timestamp::from_millisecond(end.0).ok()?;
            let span = match step {
                DateStep::Days(days) => Span::new().days(days),
                DateStep::Months(months) => Span::new().months(months),
            };
            TimeZone::UTC
                .to_datetime(end)
                .date()
                .checked_add(span)
                .ok()?
        }
    };
    (date > today).then(|| date.to_string())
}

#[cfg(test)]
mod tests {
    use crate::domain::oauth::jwt::*;

    /// 2026-11-23 09:00 UTC.
    const NOW: UnixMs = UnixMs(1_795_424_400_000);

    #[test]
    fn keys_step_through_the_calendar() {
        use DateStep::{Days, Months};
        for (typed, step, to) in [
            ("", Days(1), Some("2027-02-21")),
            ("2027-02-28", Days(1), Some("2027-03-01")),
            ("2027-01-31", Months(1), Some("2027-02-28")),
            ("1w", Months(-1), None),
            ("2026-11-24", Days(-1), None),
            ("2026-12-25", Months(-1), Some("2026-11-25")),
            ("soon", Days(1), None),
            ("9999-12-31", Days(1), None),
        ] {
            assert_eq!(stepped(typed, step, NOW).as_deref(), to, "{typed}");
        }
    }

    fn expiry(typed: &str) -> Result<Option<String>, String> {
        parse_expiry(typed, NOW).map(|at| at.map(UnixMs::rfc3339))
    }

    #[test]
    fn an_expiry_is_a_date_or_a_span_and_ends_with_its_day() {
        for (typed, wanted) in [
            ("2027-03-01", "2027-03-01T23:59:59Z"),
            (" 90d ", "2027-02-21T23:59:59Z"),
            ("12W", "2027-02-15T23:59:59Z"),
            ("6m", "2027-05-23T23:59:59Z"),
            ("1y", "2027-11-23T23:59:59Z"),
        ] {
            assert_eq!(expiry(typed), Ok(Some(wanted.to_owned())), "{typed}");
        }
        assert_eq!(expiry("  "), Ok(None));
        for wrong in [
            "soon",
            "d",
            "90",
            "90x",
            "2027/03/01",
            "99999999999y",
            "é",
            "9é",
        ] {
            assert!(
                expiry(wrong).unwrap_err().starts_with("Enter a date"),
                "{wrong}"
            );
        }
        for (wrong, why) in [
            ("2027-02-30", "does not exist"),
            ("2027-13-01", "does not exist"),
            ("9999-12-31", "too far"),
        ] {
            assert!(expiry(wrong).unwrap_err().contains(why), "{wrong}");
        }
        for past in ["2026-11-23", "2020-01-01", "0d", "-3d"] {
            assert!(expiry(past).unwrap_err().contains("after today"), "{past}");
        }
    }

    #[test]
    fn a_reminder_begins_thirty_days_before_the_end() {
        let ends_in = |ms: i64| {
            JwtCredential {
                id: JwtId::from_stored("j"),
                owner: DeveloperId::from_stored("d"),
                label: String::new(),
                apps: AuthorizedApps::Organization,
                names: BTreeMap::new(),
                created_at: NOW,
                expires_at: Some(UnixMs(NOW.0 + ms)),
                last_used_at: None,
            }
            .reminder(NOW)
        };
        assert_eq!(ends_in(31 * DAY_MS), None);
        assert_eq!(ends_in(30 * DAY_MS).as_deref(), Some("expires in 30 days"));
        assert_eq!(ends_in(DAY_MS + 1).as_deref(), Some("expires in a day"));
        assert_eq!(ends_in(1).as_deref(), Some("expires within a day"));
        assert_eq!(ends_in(-1), None);
    }
}
