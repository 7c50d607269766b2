//! RingCentral's rate groups: how many requests an app may make for a person in a minute. Each
//! request over the limit starts the wait again.
//! Source: RingCentral's documentation, "Rate limits".

use std::collections::{HashMap, hash_map::Entry};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::domain::{
    id::DeveloperId,
    oauth::{credential::ClientId, operation::RateLimitGroup},
    time::UnixMs,
};

pub const WINDOW_S: u32 = 60;
const WINDOW_MS: i64 = 60_000;

/// Requests in a minute. `None` for a group that is not limited.
pub fn limit(group: RateLimitGroup) -> Option<u32> {
    match group {
        RateLimitGroup::Light => Some(50),
        RateLimitGroup::Medium => Some(40),
        RateLimitGroup::Heavy => Some(10),
        RateLimitGroup::Auth => Some(5),
        RateLimitGroup::NoThrottling => None,
    }
}

/// Whose requests are counted together. For a login, the person is not known beforehand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caller {
    pub client: ClientId,
    pub person: Option<DeveloperId>,
}

/// The rest of a caller's requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quota {
    #[default]
    Unlimited,
    Left {
        group: RateLimitGroup,
        left: u32,
    },
    Exhausted {
        group: RateLimitGroup,
    },
}

impl Quota {
    pub fn is_exhausted(self) -> bool {
        matches!(self, Self::Exhausted { .. })
    }

    /// Says in an answer how many requests are left.
    pub fn onto(self, headers: &mut HeaderMap) {
        let (group, left) = match self {
            Self::Unlimited => return,
            Self::Left { group, left } => (group, left),
            Self::Exhausted { group } => (group, 0),
        };
        let name = match group {
            RateLimitGroup::Light => "light",
            RateLimitGroup::Medium => "medium",
            RateLimitGroup::Heavy => "heavy",
            RateLimitGroup::Auth => "auth",
            RateLimitGroup::NoThrottling => return,
        };
        headers.insert(
            HeaderName::from_static("x-rate-limit-group"),
            HeaderValue::from_static(name),
        );
        for (name, value) in [
            ("x-rate-limit-limit", limit(group).unwrap_or_default()),
            ("x-rate-limit-remaining", left),
            ("x-rate-limit-window", WINDOW_S),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
}

/// When the minute of a caller began, and the requests since.
#[derive(Debug, Default)]
pub struct RateGroups(HashMap<(Caller, RateLimitGroup), (UnixMs, u32)>);

impl RateGroups {
    /// Counts a request. A refused one starts the wait again.
    pub fn take(&mut self, caller: Caller, group: RateLimitGroup, now: UnixMs) -> Quota {
        let Some(limit) = limit(group) else {
            return Quota::Unlimited;
        };
        // A clock that was set back must not cause a longer wait.
        let is_over = |since: UnixMs| !(0..WINDOW_MS).contains(&(now.0 - since.0));
        if self.0.len() == self.0.capacity() {
            self.0.retain(|_, (since, _)| !is_over(*since));
        }
        let (since, count) = match self.0.entry((caller, group)) {
            Entry::Occupied(entry) if !is_over(entry.get().0) => entry.into_mut(),
            entry => entry.insert_entry((now, 0)).into_mut(),
        };
        *count += 1;
        if *count > limit {
            *since = now;
        }
        match limit.checked_sub(*count) {
            Some(left) => Quota::Left { group, left },
            None => Quota::Exhausted { group },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(client: &str, person: Option<&str>) -> Caller {
        Caller {
            client: ClientId::from_stored(client),
            person: person.map(DeveloperId::from_stored),
        }
    }

    fn left(group: RateLimitGroup, left: u32) -> Quota {
        Quota::Left { group, left }
    }

    #[test]
    fn the_sixth_login_waits_and_asking_meanwhile_makes_it_longer() {
        const AUTH: RateLimitGroup = RateLimitGroup::Auth;
        let mut groups = RateGroups::default();
        let mut take = |client, at| groups.take(caller(client, None), AUTH, UnixMs(at));
        for rest in (0..5).rev() {
            assert_eq!(take("a", 0), left(AUTH, rest));
        }
        assert!(take("a", 30_000).is_exhausted());
        assert_eq!(take("b", 30_000), left(AUTH, 4));
        assert!(take("a", 80_000).is_exhausted());
        assert_eq!(take("a", 140_000), left(AUTH, 4));
        // The clock was set back.
        assert_eq!(take("a", 100_000), left(AUTH, 4));
    }

    #[test]
    fn each_group_is_counted_for_itself_and_for_each_app_and_person() {
        let mut groups = RateGroups::default();
        for (group, most) in [
            (RateLimitGroup::Light, 50),
            (RateLimitGroup::Medium, 40),
            (RateLimitGroup::Heavy, 10),
        ] {
            let ada = || caller("a", Some("ada"));
            for nth in 1..=most {
                let quota = groups.take(ada(), group, UnixMs(0));
                assert_eq!(quota, left(group, most - nth));
            }
            assert!(groups.take(ada(), group, UnixMs(59_999)).is_exhausted());
            for other in [caller("a", Some("bob")), caller("b", Some("ada"))] {
                let quota = groups.take(other, group, UnixMs(59_999));
                assert_eq!(quota, left(group, most - 1));
            }
            // A minute after the last refused one.
            assert!(groups.take(ada(), group, UnixMs(119_998)).is_exhausted());
            let again = groups.take(ada(), group, UnixMs(179_998));
            assert_eq!(again, left(group, most - 1));
        }
        let open = groups.take(caller("a", None), RateLimitGroup::NoThrottling, UnixMs(0));
        assert_eq!(open, Quota::Unlimited);
    }

    #[test]
    fn callers_of_before_are_forgotten() {
        let mut groups = RateGroups::default();
        for nth in 0..10_000 {
            let one = caller(&nth.to_string(), None);
            groups.take(one, RateLimitGroup::Light, UnixMs(nth * 1_000));
        }
        assert!(groups.0.len() < 500, "{}", groups.0.len());
    }

    #[test]
    fn an_answer_names_the_group_and_what_is_left() {
        let headers_of = |quota: Quota| {
            let mut headers = HeaderMap::new();
            quota.onto(&mut headers);
            let get = |name: &str| headers.get(name).map(|it| it.to_str().unwrap().to_owned());
            ["group", "limit", "remaining", "window"]
                .map(|name| get(&format!("x-rate-limit-{name}")).unwrap_or_default())
        };
        let group = RateLimitGroup::Heavy;
        assert_eq!(headers_of(left(group, 3)), ["heavy", "10", "3", "60"]);
        assert_eq!(
            headers_of(Quota::Exhausted { group }),
            ["heavy", "10", "0", "60"]
        );
        assert_eq!(headers_of(Quota::Unlimited), [""; 4]);
    }
}
