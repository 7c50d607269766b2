//! Files that SQLite keeps next to a workspace, read without SQLite: the write-ahead log
//! (sqlite.org/fileformat2.html §4) and the rollback journal (§3). Only content that SQLite would
//! replay counts; what a crash cut off is skipped, as SQLite does.

use std::{
    fs::File,
    io::{self, BufReader, ErrorKind, Read, Seek as _, SeekFrom},
    path::Path,
};

use crate::store::file::{header::Header, mark::Mark};

const WAL_MAGIC: u32 = 0x377f_0682;
const WAL_VERSION: u32 = 3_007_000;
const JOURNAL_MAGIC: [u8; 8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
const JOURNAL_HEADER: usize = 28;
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 512..=65_536;

/// The commits of a write-ahead log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Wal {
    pub(in crate::store) commits: u64,
    /// How many of the commits have the first page, and with it a mark.
    pub(in crate::store) commits_with_header: u64,
    /// The first page after the last commit.
    pub(in crate::store) last: Option<Header>,
    /// The first mark in the log.
    pub(in crate::store) first_mark: Option<Mark>,
    /// Whether a commit has the mark that was searched for.
    pub(in crate::store) has_mark: bool,
}

impl Wal {
    /// `None` without a log, and for a log without a commit. `mark` is the mark to search for.
    pub(in crate::store) fn read(path: &Path, mark: Option<Mark>) -> io::Result<Option<Self>> {
        let Some(file) = open(path)? else {
            return Ok(None);
        };
        let mut file = BufReader::with_capacity(1 << 16, file);
        let Some(mut sums) = Frames::begin(&mut file)? else {
            return Ok(None);
        };
        let mut wal = Self::default();
        let mut pending = None;
        while let Some(frame) = sums.next(&mut file)? {
            if let Some(header) = frame.header {
                pending = Some(header);
            }
            if frame.is_commit {
                wal.take(pending.take(), mark);
            }
        }
        Ok((wal.commits > 0).then_some(wal))
    }

    fn take(&mut self, header: Option<Header>, wanted: Option<Mark>) {
        self.commits += 1;
        let Some(header) = header else {
            return;
        };
        self.commits_with_header += 1;
        self.first_mark = self.first_mark.or(header.mark());
        self.has_mark |= wanted.is_some() && header.mark() == wanted;
        self.last = Some(header);
    }
}

struct Frame {
    is_commit: bool,
    header: Option<Header>,
}

/// The frames of the log that are whole and of one generation.
struct Frames {
    is_big_endian: bool,
    salt: [u8; 8],
    sums: (u32, u32),
    frame: Vec<u8>,
}

impl Frames {
    const FRAME_HEADER: usize = 24;

    fn begin(file: &mut impl Read) -> io::Result<Option<Self>> {
        let mut head = [0; 32];
        if !fill(file, &mut head)? {
            return Ok(None);
        }
        let magic = number(&head, 0);
        let page_size = number(&head, 8);
        if magic & !1 != WAL_MAGIC
            || number(&head, 4) != WAL_VERSION
            || !page_size.is_power_of_two()
            || !PAGE_SIZES.contains(&page_size)
        {
            return Ok(None);
        }
        let is_big_endian = magic & 1 == 1;
        let sums = checksum(is_big_endian, (0, 0), head.get(..24).unwrap_or_default());
        if sums != (number(&head, 24), number(&head, 28)) {
            return Ok(None);
        }
        let salt = head.get(16..).and_then(|rest| rest.first_chunk());
        Ok(Some(Self {
            is_big_endian,
            salt: salt.copied().unwrap_or_default(),
            sums,
            frame: vec![0; Self::FRAME_HEADER + page_size as usize],
        }))
    }

    fn next(&mut self, file: &mut impl Read) -> io::Result<Option<Frame>> {
        if !fill(file, &mut self.frame)? {
            return Ok(None);
        }
        let (head, page) = self
            .frame
            .split_at_checked(Self::FRAME_HEADER)
            .unwrap_or_default();
        let sums = checksum(
            self.is_big_endian,
            self.sums,
            head.get(..8).unwrap_or_default(),
        );
        let sums = checksum(self.is_big_endian, sums, page);
        let is_next = head.get(8..16) == Some(&self.salt)
            && sums == (number(head, 16), number(head, 20))
            && number(head, 0) != 0;
        if !is_next {
            return Ok(None);
        }
        self.sums = sums;
        Ok(Some(Frame {
            is_commit: number(head, 4) != 0,
            header: (number(head, 0) == 1)
                .then(|| Header::of_page(page))
                .flatten(),
        }))
    }
}

fn checksum(is_big_endian: bool, sums: (u32, u32), bytes: &[u8]) -> (u32, u32) {
    let word = |bytes: [u8; 4]| {
        if is_big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    };
    let (pairs, _) = bytes.as_chunks::<8>();
    pairs
        .iter()
        .fold(sums, |(first, second), &[a, b, c, d, e, f, g, h]| {
            let first = first.wrapping_add(word([a, b, c, d])).wrapping_add(second);
            let second = second.wrapping_add(word([e, f, g, h])).wrapping_add(first);
            (first, second)
        })
}

/// A rollback journal that SQLite would replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Journal {
    /// Pages of the file before the interrupted change.
    pub(in crate::store) pages_before: u32,
    /// The first page before the change.
    pub(in crate::store) header: Option<Header>,
}

impl Journal {
    /// `None` without a journal, and for one that is finished or was not begun.
    pub(in crate::store) fn read(path: &Path) -> io::Result<Option<Self>> {
        let Some(file) = open(path)? else {
            return Ok(None);
        };
        let length = file.metadata()?.len();
        let mut file = BufReader::with_capacity(1 << 16, file);
        let Some(first) = JournalHead::read(&mut file)? else {
            return Ok(None);
        };
        let mut journal = Self {
            pages_before: first.pages_before,
            header: None,
        };
        let mut head = first;
        // Each part begins with its own header, at the next multiple of a sector.
        let mut at = 0;
        while journal.header.is_none() {
            at += u64::from(head.sector_size);
            file.seek(SeekFrom::Start(at))?;
            let record = 8 + u64::from(head.page_size);
            let records = match head.records {
                u32::MAX => length.saturating_sub(at) / record,
                records => u64::from(records),
            };
            let mut bytes = vec![0; usize::try_from(record).unwrap_or_default()];
            for _ in 0..records {
                if !fill(&mut file, &mut bytes)? {
                    return Ok(Some(journal));
                }
                let page = bytes.get(4..bytes.len() - 4).unwrap_or_default();
                if number(&bytes, 0) == 1 && head.fits(page, &bytes) {
                    journal.header = Header::of_page(page);
                }
            }
            at = (at + records * record).next_multiple_of(u64::from(head.sector_size));
            file.seek(SeekFrom::Start(at))?;
            match JournalHead::read(&mut file)? {
                Some(next) => head = next,
                None => break,
            }
        }
        Ok(Some(journal))
    }
}

struct JournalHead {
    records: u32,
    nonce: u32,
    pages_before: u32,
    sector_size: u32,
    page_size: u32,
}

impl JournalHead {
    fn read(file: &mut impl Read) -> io::Result<Option<Self>> {
        let mut head = [0; JOURNAL_HEADER];
        if !fill(file, &mut head)? || !head.starts_with(&JOURNAL_MAGIC) {
            return Ok(None);
        }
        let head = Self {
            records: number(&head, 8),
            nonce: number(&head, 12),
            pages_before: number(&head, 16),
            sector_size: number(&head, 20),
            page_size: number(&head, 24),
        };
        let is_size = |size: u32| size.is_power_of_two() && (32..=65_536).contains(&size);
        let is_whole = is_size(head.sector_size)
            && head.page_size.is_power_of_two()
            && PAGE_SIZES.contains(&head.page_size);
        Ok(is_whole.then_some(head))
    }

    /// The checksum of a record covers every 200th byte from the end.
    fn fits(&self, page: &[u8], record: &[u8]) -> bool {
        let sum = page
            .iter()
            .rev()
            .skip(199)
            .step_by(200)
            .fold(self.nonce, |sum, byte| sum.wrapping_add(u32::from(*byte)));
        number(record, record.len() - 4) == sum
    }
}

fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether there were enough bytes to fill it.
fn fill(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let bytes = bytes.get(at..).and_then(|rest| rest.first_chunk());
    bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes))
}
