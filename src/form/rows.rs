//! A repeatable one-line field, whose rows keep their identity when others come and go.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    entry::{Entry, TextEdit},
    field::RowKey,
};
use crate::domain::app::scope::ScopeId;

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub key: RowKey,
    pub entry: Entry,
}

/// The rows of a repeatable field. At least one, unless other fields determine them.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    rows: Vec<Row>,
    next: u32,
}

impl Rows {
    /// One empty row.
    pub fn one() -> Self {
        let mut rows = Self::default();
        rows.add_after(None);
        rows
    }

    /// A row for each text, or one empty row.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut rows = Self::default();
        for text in texts {
            let key = rows.add_after(None);
            if let Some(row) = rows.get_mut(key) {
                row.entry = Entry::new(text);
            }
        }
        if rows.is_empty() { Self::one() } else { rows }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// The rows that are not empty.
    pub fn filled(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.entry.is_blank())
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn get(&self, key: RowKey) -> Option<&Row> {
        self.rows.iter().find(|row| row.key == key)
    }

    pub fn get_mut(&mut self, key: RowKey) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.key == key)
    }

    /// Adds an empty row after `key`, or at the end.
    pub fn add_after(&mut self, key: Option<RowKey>) -> RowKey {
        // Rows from a file may have used these numbers.
        while self.get(RowKey::Nth(self.next)).is_some() {
            self.next = self.next.wrapping_add(1);
        }
        let added = RowKey::Nth(self.next);
        self.next = self.next.wrapping_add(1);
        let at = key
            .and_then(|key| self.rows.iter().position(|row| row.key == key))
            .map_or(self.rows.len(), |at| at + 1);
        self.rows.insert(
            at,
            Row {
                key: added,
                entry: Entry::default(),
            },
        );
        added
    }

    /// Removes a row and returns the row to focus next. The last row is emptied instead, so that
    /// one is always left.
    pub fn remove(&mut self, key: RowKey) -> Option<RowKey> {
        let at = self.rows.iter().position(|row| row.key == key)?;
        if self.rows.len() == 1 {
            self.rows.get_mut(at)?.entry = Entry::default();
            return Some(key);
        }
        self.rows.remove(at);
        self.rows
            .get(at.saturating_sub(1))
            .or(self.rows.first())
            .map(|row| row.key)
    }

    /// Adds the row of a given key, if it is missing.
    pub fn ensure(&mut self, key: RowKey) {
        if self.get(key).is_none() {
            self.rows.push(Row {
                key,
                entry: Entry::default(),
            });
        }
    }

    /// Keeps the rows with these keys, in their order; `kept_aside` gets the others.
    pub fn retain_in_order(&mut self, keys: &[RowKey], kept_aside: &mut Vec<Row>) {
        let mut all: Vec<Row> = self.rows.drain(..).chain(kept_aside.drain(..)).collect();
        for key in keys {
            match all.iter().position(|row| row.key == *key) {
                Some(at) => self.rows.push(all.remove(at)),
                None => self.ensure(*key),
            }
        }
        *kept_aside = all;
    }
}

#[derive(Serialize, Deserialize)]
enum StoredKey {
    Nth(u32),
    Scope(ScopeId),
}

#[derive(Serialize, Deserialize)]
struct StoredRow {
    key: StoredKey,
    entry: Entry,
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        StoredRow {
            key: match self.key {
                RowKey::Nth(n) => StoredKey::Nth(n),
                RowKey::Scope(scope) => StoredKey::Scope(scope),
            },
            entry: self.entry.clone(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = StoredRow::deserialize(deserializer)?;
        Ok(Self {
            key: match stored.key {
                StoredKey::Nth(n) => RowKey::Nth(n),
                StoredKey::Scope(scope) => RowKey::Scope(scope),
            },
            entry: stored.entry,
        })
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rows = Vec::<Row>::deserialize(deserializer)?;
        let next = rows
            .iter()
            .map(|row| match row.key {
                RowKey::Nth(n) => n.wrapping_add(1),
                RowKey::Scope(_) => 0,
            })
            .max()
            .unwrap_or(0);
        Ok(Self { rows, next })
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        self.rows.len() == other.rows.len()
            && self
                .rows
                .iter()
                .zip(&other.rows)
                .all(|(mine, theirs)| mine.entry.text() == theirs.entry.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_added_to_stored_rows_whatever_their_numbers() {
        for numbers in [
            vec![0],
            vec![u32::MAX],
            vec![0, u32::MAX],
            vec![u32::MAX - 1, 0],
        ] {
            let stored: Vec<_> = numbers
                .iter()
                .map(|n| serde_json::json!({"key": {"Nth": n}, "entry": {}}))
                .collect();
            let mut rows: Rows = serde_json::from_value(stored.into()).unwrap();
            for _ in 0..3 {
                let before: Vec<RowKey> = rows.iter().map(|row| row.key).collect();
                let added = rows.add_after(before.first().copied());
                assert!(!before.contains(&added), "{added:?} in {before:?}");
            }
        }
    }
}
