//! The columns that facets and sorting need, in few bytes.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, Row};

use crate::store::list::index::{row_set::RowSet, scopes::SCOPE_LINES};
use crate::{
    domain::{
        app::list::{Column, Sort},
        text,
    },
    store::list::search::{Condition, WordColumn},
};

/// The columns that `Facts::add` reads, in this order, after two others.
pub(super) const COLUMNS: &str = "app_type, auth, access, status, created_at, created_by, contact,
    (SELECT group_concat(tag, ' ') FROM app_tags WHERE app_id = apps.id)";

const WORD_COLUMNS: [WordColumn; 4] = [
    WordColumn::Type,
    WordColumn::Auth,
    WordColumn::Access,
    WordColumn::Status,
];

#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The word columns of an app in one line. There are few combinations.
    kinds: Texts,
    /// Creator and contact of an app in one line.
    people: Texts,
    created: Vec<i64>,
    /// The rows with each tag, ascending.
    tags: BTreeMap<Box<str>, Vec<u32>>,
}

/// Few different texts: each row holds the number of its text.
#[derive(Debug, Default)]
struct Texts {
    all: Vec<Box<str>>,
    by_text: HashMap<Box<str>, u16>,
    rows: Vec<u16>,
}

impl Texts {
    /// `false` if there are more texts than numbers.
    fn add(&mut self, text: &str) -> bool {
        let number = match self.by_text.get(text) {
            Some(number) => *number,
            None => {
                let Ok(number) = u16::try_from(self.all.len()) else {
                    return false;
                };
                self.all.push(text.into());
                self.by_text.insert(text.into(), number);
                number
            }
        };
        self.rows.push(number);
        true
    }

    fn rows_that(&self, is: impl Fn(&str) -> bool) -> impl Fn(usize) -> bool {
        let are: Vec<bool> = self.all.iter().map(|text| is(text)).collect();
        move |row| {
            let number = self.rows.get(row).copied().map(usize::from);
            number
                .and_then(|number| are.get(number))
                .is_some_and(|is| *is)
        }
    }

    /// Numbers the rows by a line of their texts, in order. Equal lines have equal numbers.
    fn rank(&self, nth: usize) -> impl Fn(usize) -> i64 {
        let mut lines: Vec<&str> = self.all.iter().map(|text| line(text, nth)).collect();
        lines.sort_unstable();
        lines.dedup();
        let rank = |text: &str| lines.binary_search(&line(text, nth)).unwrap_or_default() as i64;
        let ranks: Vec<i64> = self.all.iter().map(|text| rank(text)).collect();
        move |row| {
            let number = self.rows.get(row).copied().map(usize::from);
            number
                .and_then(|number| ranks.get(number))
                .copied()
                .unwrap_or_default()
        }
    }
}

impl Facts {
    pub(super) fn make_room(&mut self, more: usize) {
        self.kinds.rows.reserve_exact(more);
        self.people.rows.reserve_exact(more);
        self.created.reserve_exact(more);
    }

    pub(super) fn shrink(&mut self) {
        for rows in self.tags.values_mut() {
            rows.shrink_to_fit();
        }
    }

    /// `false` if the app does not fit.
    pub(super) fn add(&mut self, row: &Row<'_>, first: usize) -> rusqlite::Result<bool> {
        let number = self.created.len() as u32;
        let mut fits = true;
        let mut kind = String::new();
        for nth in 0..WORD_COLUMNS.len() {
            kind.push_str(row.get_ref(first + nth)?.as_str()?);
            kind.push('\n');
        }
        fits &= self.kinds.add(&kind);
        self.created.push(row.get(first + 4)?);
        let creator = row.get_ref(first + 5)?.as_str()?;
        let contact = row.get_ref(first + 6)?.as_str_or_null()?;
        let people = format!("{creator}\n{}", contact.unwrap_or_default());
        fits &= self.people.add(&people);
        let tags: Option<&str> = row.get_ref(first + 7)?.as_str_or_null()?;
        for tag in tags.unwrap_or_default().split_whitespace() {
            match self.tags.get_mut(tag) {
                Some(rows) => rows.push(number),
                None => {
                    self.tags.insert(tag.into(), vec![number]);
                }
            }
        }
        Ok(fits)
    }

    /// Keeps the rows for which all conditions hold.
    pub(super) fn narrow(
        &self,
        has: &mut RowSet,
        condition: &Condition,
        scopes: &[u64],
        rowids: &[u32],
        db: &Connection,
    ) -> rusqlite::Result<()> {
        match condition {
            Condition::Has(column, value) => {
                let nth = nth_of(*column);
                let is = |text: &str| line(text, nth).to_lowercase().contains(value);
                has.retain(self.kinds.rows_that(is));
            }
            Condition::AnyScope(wanted) => {
                let wanted = wanted
                    .iter()
                    .filter_map(|id| {
                        let id = text::key(id.as_str());
                        SCOPE_LINES.iter().position(|(line, _)| *line == id)
                    })
                    .fold(0_u64, |bits, bit| bits | 1 << bit);
                has.retain(|row| scopes.get(row).is_some_and(|bits| bits & wanted != 0));
            }
            Condition::AnyOwner(owners) => {
                let is_one = |text: &str| {
                    text.split('\n')
                        .any(|who| owners.iter().any(|owner| owner == who))
                };
                has.retain(self.people.rows_that(is_one));
            }
            Condition::AnyTag(tags) => {
                let mut tagged = RowSet::none(rowids.len());
                for row in tags
                    .iter()
                    .filter_map(|tag| self.tags.get(tag.as_str()))
                    .flatten()
                {
                    tagged.insert(*row as usize);
                }
                has.retain(|row| tagged.contains(row));
            }
            Condition::FavouriteOf(who) => {
                let mut favourites = RowSet::none(rowids.len());
                let mut query = db.prepare_cached(
                    "SELECT apps.rowid FROM favourites JOIN apps ON apps.id = app_id
                     WHERE developer_id = ?1",
                )?;
                let mut rows = query.query([who])?;
                while let Some(row) = rows.next()? {
                    if let Ok(at) = rowids.binary_search(&row.get(0)?) {
                        favourites.insert(at);
                    }
                }
                has.retain(|row| favourites.contains(row));
            }
            Condition::Never => has.retain(|_| false),
        }
        Ok(())
    }

    /// Sorts rows that are in order of their names. Names break ties.
    pub(super) fn sort(&self, by_name: &[u32], sort: Sort) -> Vec<u32> {
        let mut order = by_name.to_vec();
        let by_word = |column: WordColumn, order: &mut Vec<u32>| {
            by_number(order, sort.reversed, self.kinds.rank(nth_of(column)));
        };
        match sort.column {
            Column::Name if sort.reversed => order.reverse(),
            Column::Name => {}
            Column::Type => by_word(WordColumn::Type, &mut order),
            Column::Auth => by_word(WordColumn::Auth, &mut order),
            Column::Access => by_word(WordColumn::Access, &mut order),
            Column::Status => by_word(WordColumn::Status, &mut order),
            Column::Created => by_number(&mut order, sort.reversed, |row| {
                self.created.get(row).copied().unwrap_or_default()
            }),
        }
        order
    }
}

fn nth_of(column: WordColumn) -> usize {
    let at = WORD_COLUMNS.iter().position(|one| *one == column);
    at.unwrap_or_default()
}

fn line(text: &str, nth: usize) -> &str {
    text.split('\n').nth(nth).unwrap_or_default()
}

/// Stable, so that equal rows stay in order of their names, in both directions.
fn by_number(order: &mut [u32], reversed: bool, number: impl Fn(usize) -> i64) {
    if reversed {
        order.sort_by_key(|row| std::cmp::Reverse(number(*row as usize)));
    } else {
        order.sort_by_key(|row| number(*row as usize));
    }
}
