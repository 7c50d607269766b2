//! For tests: what is left on the stack of a thread.

#![cfg(target_os = "linux")]

use std::{
    fs::{self, File},
    os::unix::fs::FileExt as _,
};

/// Whether the stack of this thread has these bytes, also where no function uses it any more.
/// `sought` must not be on the stack itself.
pub(crate) fn has(sought: &[u8]) -> bool {
    let marker = 0_u8;
    let at = std::ptr::from_ref(&marker).addr() as u64;
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let bound = |text: &str| u64::from_str_radix(text, 16).unwrap();
    let (start, end) = maps
        .lines()
        .filter_map(|line| line.split(' ').next()?.split_once('-'))
        .map(|(start, end)| (bound(start), bound(end)))
        .find(|(start, end)| (*start..*end).contains(&at))
        .unwrap();
    let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
    let memory = File::open("/proc/self/mem").unwrap();
    memory.read_exact_at(&mut bytes, start).unwrap();
    bytes.windows(sought.len()).any(|window| window == sought)
}
