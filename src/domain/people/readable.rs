//! The secrets that a developer could read until they lost access to secrets, and which of them are
//! marked to be replaced.

use std::collections::BTreeMap;

use crate::domain::{
    history::What,
    id::{AppId, JwtId},
    progress::grouped,
    time::UnixMs,
};

/// A secret that can be replaced: a client secret is rotated, a JWT credential revoked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReadableId {
    ClientSecret(AppId),
    Jwt(JwtId),
}

/// Why a secret is marked beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The developer made the app or is its contact.
    Own,
    /// The history says that they revealed, copied or exported it.
    Read,
}

impl Known {
    pub fn label(self) -> &'static str {
        match self {
            Self::Own => "own app",
            Self::Read => "read",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable {
    pub id: ReadableId,
    /// The name of the app, or the label of the JWT credential.
    pub name: String,
    /// The Client ID of the app, or the owner of the JWT credential.
    pub of: String,
    pub last_used_at: Option<UnixMs>,
    pub created_at: UnixMs,
    pub known: Option<Known>,
}

/// The row of the history that took the access away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    pub at: UnixMs,
    pub what: What,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub client_secrets: u64,
    pub jwts: u64,
}

impl Count {
    pub fn total(self) -> u64 {
        self.client_secrets + self.jwts
    }

    pub fn of(&mut self, id: &ReadableId) -> &mut u64 {
        match id {
            ReadableId::ClientSecret(_) => &mut self.client_secrets,
            ReadableId::Jwt(_) => &mut self.jwts,
        }
    }

    /// Each kind that occurs, after its verb, as a sentence begins: `Rotate 12 client secrets and
    /// revoke 1 JWT credential`.
    pub fn with_verbs(self, rotate: &str, revoke: &str) -> String {
        let part = |verb: &str, count: u64, one: &str| {
            let ending = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{verb} {} {one}{ending}", grouped(count)))
        };
        let parts = [
            part(rotate, self.client_secrets, "client secret"),
            part(revoke, self.jwts, "JWT credential"),
        ];
        let mut text = parts
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" and ");
        if let Some(first) = text.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        text
    }
}

/// Some of the secrets, most recently used first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadableWindow {
    /// `None`: the developer did not lose access to secrets.
    pub lost: Option<Lost>,
    pub all: Count,
    /// The secrets of the whole list that are marked beforehand.
    pub known: Count,
    /// Shared secrets, and client secrets that RingCentral issued: they are not replaced here.
    pub beside: u64,
    pub offset: u64,
    pub rows: Vec<Readable>,
}

/// The secrets that are marked, before the exceptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Marked {
    Nothing,
    /// Secrets that the developer is known to have read, and those of their own apps.
    #[default]
    Known,
    Everything,
}

impl Marked {
    fn includes(self, is_known: bool) -> bool {
        match self {
            Self::Nothing => false,
            Self::Known => is_known,
            Self::Everything => true,
        }
    }
}

/// The marked secrets. Not a list of them: there may be 100,000.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    base: Marked,
    /// Secrets that were marked or unmarked one by one, and whether each is known.
    except: BTreeMap<ReadableId, bool>,
}

impl Marks {
    pub fn all_of(base: Marked) -> Self {
        Self {
            base,
            except: BTreeMap::new(),
        }
    }

    pub fn contains(&self, id: &ReadableId, is_known: bool) -> bool {
        self.base.includes(is_known) != self.except.contains_key(id)
    }

    pub fn toggle(&mut self, row: &Readable) {
        if self.except.remove(&row.id).is_none() {
            let is_known = row.known.is_some();
            self.except.insert(row.id.clone(), is_known);
        }
    }

    pub fn count(&self, window: &ReadableWindow) -> Count {
        let mut count = match self.base {
            Marked::Nothing => Count::default(),
            Marked::Known => window.known,
            Marked::Everything => window.all,
        };
        for (id, is_known) in &self.except {
            let of = count.of(id);
            // Another developer may have replaced one meanwhile.
            *of = if self.base.includes(*is_known) {
                of.saturating_sub(1)
            } else {
                *of + 1
            };
        }
        count
    }
}

/// The result of replacing the marked secrets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced {
    pub done: Count,
    /// Secrets that were left as they are.
    pub left: u64,
    /// The name of the first of them, and why.
    pub first_left: Option<(String, String)>,
    /// Why the rest was not tried.
    pub stopped: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, known: Option<Known>) -> Readable {
        Readable {
            id: ReadableId::ClientSecret(AppId::from_stored(name)),
            name: name.to_owned(),
            of: String::new(),
            last_used_at: None,
            created_at: UnixMs(0),
            known,
        }
    }

    #[test]
    fn marks_are_counted_without_a_list_of_them() {
        let (own, other) = (row("own", Some(Known::Own)), row("other", None));
        let count = |client_secrets| Count {
            client_secrets,
            jwts: 0,
        };
        let window = ReadableWindow {
            all: count(100_000),
            known: count(3),
            ..ReadableWindow::default()
        };
        let mut marks = Marks::default();
        assert!(marks.contains(&own.id, true) && !marks.contains(&other.id, false));
        assert_eq!(marks.count(&window), count(3));
        marks.toggle(&own);
        marks.toggle(&other);
        assert!(!marks.contains(&own.id, true) && marks.contains(&other.id, false));
        assert_eq!(marks.count(&window), count(3));
        marks.toggle(&own);
        assert_eq!(marks.count(&window), count(4));
        let mut marks = Marks::all_of(Marked::Everything);
        marks.toggle(&other);
        assert_eq!(marks.count(&window), count(99_999));
        let mut marks = Marks::all_of(Marked::Nothing);
        marks.toggle(&own);
        assert_eq!(marks.count(&window), count(1));
    }

    #[test]
    fn a_count_names_only_what_there_is() {
        let count = |client_secrets, jwts| {
            let count = Count {
                client_secrets,
                jwts,
            };
            count.with_verbs("rotate", "revoke")
        };
        assert_eq!(count(1, 0), "Rotate 1 client secret");
        assert_eq!(count(0, 2), "Revoke 2 JWT credentials");
        assert_eq!(
            count(1_200, 1),
            "Rotate 1,200 client secrets and revoke 1 JWT credential"
        );
    }
}
