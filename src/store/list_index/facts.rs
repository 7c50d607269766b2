//! What a facet asks of a row, and what the list is sorted by, in few bytes.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, Row};

use super::{row_set::RowSet, words::SCOPE_LINES};
use crate::{
    domain::{
        list::{Column, Sort},
        text,
    },
    store::search::{Condition, WordColumn},
};

/// What `Facts::add` wants of an app, in this order behind two other columns.
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
    words: [Texts; WORD_COLUMNS.len()],
    created: Vec<i64>,
    creators: Texts,
    contacts: Texts,
    /// Ascending rows, by tag.
    tags: BTreeMap<Box<str>, Vec<u32>>,
}

/// A column of few different texts: each row has the number of its own.
#[derive(Debug, Default)]
struct Texts {
    all: Vec<Box<str>>,
    by_text: HashMap<Box<str>, u16>,
    rows: Vec<u16>,
}

impl Texts {
    /// `false` when there are more than can be numbered.
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

    /// A number a row, in the order of the texts.
    fn rank(&self) -> impl Fn(usize) -> i64 {
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        order.sort_unstable_by_key(|number| self.all.get(*number));
        let mut ranks = vec![0; order.len()];
        for (rank, number) in (0_i64..).zip(order) {
            if let Some(place) = ranks.get_mut(number) {
                *place = rank;
            }
        }
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
    /// `false` when it holds more than it can.
    pub(super) fn add(&mut self, row: &Row<'_>, first: usize) -> rusqlite::Result<bool> {
        let number = self.created.len() as u32;
        let mut fits = true;
        for (nth, texts) in self.words.iter_mut().enumerate() {
            fits &= texts.add(row.get_ref(first + nth)?.as_str()?);
        }
        self.created.push(row.get(first + 4)?);
        fits &= self.creators.add(row.get_ref(first + 5)?.as_str()?);
        let contact: Option<&str> = row.get_ref(first + 6)?.as_str_or_null()?;
        fits &= self.contacts.add(contact.unwrap_or_default());
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

    fn column(&self, column: WordColumn) -> Option<&Texts> {
        let at = WORD_COLUMNS.iter().position(|one| *one == column)?;
        self.words.get(at)
    }

    /// Leaves the rows for which all of it holds.
    pub(super) fn narrow(
        &self,
        has: &mut RowSet,
        condition: &Condition,
        scopes: &[u64],
        rowids: &[i64],
        db: &Connection,
    ) -> rusqlite::Result<()> {
        match condition {
            Condition::Has(column, value) => {
                if let Some(texts) = self.column(*column) {
                    has.retain(texts.rows_that(|text| text.to_lowercase().contains(value)));
                }
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
                let is_one = |text: &str| owners.iter().any(|owner| owner == text);
                let made = self.creators.rows_that(is_one);
                let contact = self.contacts.rows_that(is_one);
                has.retain(|row| made(row) || contact(row));
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

    /// From the order of the names to another one, in which names break ties.
    pub(super) fn sort(&self, by_name: &[u32], sort: Sort) -> Vec<u32> {
        let mut order = by_name.to_vec();
        let ranked = |texts: Option<&Texts>, order: &mut Vec<u32>| {
            if let Some(texts) = texts {
                let rank = texts.rank();
                by_number(order, sort.reversed, rank);
            }
        };
        match sort.column {
            Column::Name if sort.reversed => order.reverse(),
            Column::Name => {}
            Column::Type => ranked(self.column(WordColumn::Type), &mut order),
            Column::Auth => ranked(self.column(WordColumn::Auth), &mut order),
            Column::Access => ranked(self.column(WordColumn::Access), &mut order),
            Column::Status => ranked(self.column(WordColumn::Status), &mut order),
            Column::Created => by_number(&mut order, sort.reversed, |row| {
                self.created.get(row).copied().unwrap_or_default()
            }),
        }
        order
    }
}

/// Stable, so that what is equal stays by name, whichever way round.
fn by_number(order: &mut [u32], reversed: bool, number: impl Fn(usize) -> i64) {
    if reversed {
        order.sort_by_key(|row| std::cmp::Reverse(number(*row as usize)));
    } else {
        order.sort_by_key(|row| number(*row as usize));
    }
}
