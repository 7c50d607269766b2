//! Logs in against the local server with the crates oauth2 and openidconnect; `NAME` chooses one.
//! Panics if something is wrong.

mod oauth2_crate;
mod openidconnect_crate;

use std::env;

fn of(name: &str) -> String {
    env::var(format!("RC_{name}")).expect("a variable of run.py")
}

/// As both crates require it: a redirect is not followed.
fn http() -> reqwest::blocking::Client {
    reqwest::blocking::ClientBuilder::new()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

/// Signs in and allows; the parameters with which the browser is sent to the app.
fn visit(url: &str) -> Vec<(String, String)> {
    let asked = http().get(of("WALK")).query(&[("url", url)]);
    let back = asked.send().and_then(reqwest::blocking::Response::text);
    let back = oauth2::url::Url::parse(&back.expect("a walk")).expect("an address");
    back.query_pairs().into_owned().collect()
}

fn value(pairs: &[(String, String)], name: &str) -> String {
    let found = pairs.iter().find(|(found, _)| found == name);
    found.expect("a parameter").1.clone()
}

fn main() {
    match env::args().nth(1).as_deref() {
        Some("oauth2") => oauth2_crate::run(),
        Some("openidconnect") => openidconnect_crate::run(),
        other => panic!("which crate: {other:?}"),
    }
}
