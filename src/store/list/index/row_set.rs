//! The rows that match a filter.

/// One bit for each row.
#[derive(Debug)]
pub(super) struct RowSet {
    bits: Vec<u64>,
}

impl RowSet {
    pub(super) fn none(rows: usize) -> Self {
        Self {
            bits: vec![0; rows.div_ceil(64)],
        }
    }

    pub(super) fn all(rows: usize) -> Self {
        Self {
            bits: vec![u64::MAX; rows.div_ceil(64)],
        }
    }

    pub(super) fn insert(&mut self, row: usize) {
        if let Some(bits) = self.bits.get_mut(row / 64) {
            *bits |= 1 << (row % 64);
        }
    }

    /// The rows from 64 × `nth` on.
    pub(super) fn insert_64(&mut self, nth: usize, rows: u64) {
        if let Some(bits) = self.bits.get_mut(nth) {
            *bits |= rows;
        }
    }

    pub(super) fn contains(&self, row: usize) -> bool {
        self.bits
            .get(row / 64)
            .is_some_and(|bits| bits & 1 << (row % 64) != 0)
    }

    pub(super) fn intersect(&mut self, other: &Self) {
        for (bits, others) in self.bits.iter_mut().zip(&other.bits) {
            *bits &= others;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bits.iter().all(|bits| *bits == 0)
    }

    pub(super) fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        for (at, bits) in self.bits.iter_mut().enumerate() {
            let mut left = *bits;
            while left != 0 {
                let bit = left.trailing_zeros() as usize;
                left &= left - 1;
                if !keep(at * 64 + bit) {
                    *bits &= !(1 << bit);
                }
            }
        }
    }
}
