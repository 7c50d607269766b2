#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| devconsole_fuzz::checks::records::records(bytes));
