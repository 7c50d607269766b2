#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| devconsole_fuzz::checks::redirect_uri::redirect_uri(text));
