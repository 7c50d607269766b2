//! The tests of the whole program, in one binary: linking SQLite and the local server takes
//! long, and once is enough.

#![cfg(test)]
#![cfg(unix)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod harness;

mod any_input;
mod api_scopes;
mod backup;
mod canary;
mod cli;
mod cli_changes;
mod cli_manifest;
mod client_authentication;
mod client_requests;
mod client_transport;
mod clients;
mod clock_jumps;
mod code_flow;
mod consent;
mod contributing;
mod corpora;
mod docs;
mod doctor;
mod ends;
mod far_links;
mod guide;
mod import;
mod jwt;
mod keys;
mod layers;
mod leaving;
mod list_at_work;
mod log_canaries;
mod managing;
mod many_clients;
mod nothing_is_lost;
mod odd_terminals;
mod operations;
mod pictures;
mod plain;
mod platform;
mod pty_harness;
mod purity;
mod redirect_cases;
mod redirect_peer;
mod refusals;
mod roles;
mod scopes_audit;
mod scopes_of_an_app;
mod screens;
mod sections;
mod serve_from;
mod server_page;
mod sizes;
mod snippets;
mod stories;
mod surroundings;
mod taken_away;
mod team;
mod terminal;
mod terminals;
mod themes;
mod ways;
mod words;
