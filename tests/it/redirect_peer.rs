//! Our parser of redirect URIs against the `url` crate, which follows the rules of
//! browsers: it accepts each URI that we accept, with the same scheme, host, port, path and query.
//! `PROPTEST_CASES` sets the number of cases.

use crate::corpora::checks::redirect_uri as check;
use proptest::prelude::*;

/// Pieces of addresses and of tricks.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "https", "http", "HTTP", "com.example.app", "javascript", "data", "ftp", ":", "://", "//",
            "/", "\\", "@", "?", "#", "%2e", "%00", "%", "..", ".", "localhost", "127.0.0.1",
            "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "example.com",
            "EXAMPLE.com", "example.com.", "xn--bcher-kva.example", "bücher.example", ":443",
            ":80", ":8080", ":", ":65536", "user:pw@", "a=b&c=d", "+", " ", "\t", "\n", "\u{200b}",
            "*", "cb", "callback", ";", ",", "'", "\"", "<", "^", "`", "{", "|",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,3}",
    ]
}

fn address() -> impl Strategy<Value = String> {
    let start = prop::sample::select(vec![
        "",
        "https://",
        "http://",
        "com.example.app:/",
        "https:",
    ]);
    (start, prop::collection::vec(piece(), 0..8))
        .prop_map(|(start, pieces)| format!("{start}{}", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_we_accept_the_url_crate_reads_alike(text in address()) {
        check::redirect_uri(&text);
    }
}
