//! An app that asks for too much: its calls are counted, and its scopes are cut down to what they
//! need, with everything still working.

use devconsole::{
    domain::{app::scope::ScopeSet, oauth::trial::USER_AGENT},
    screens::jwt::form::LABEL,
};

use crate::harness::{
    driver::Driver,
    form::app,
    platform::{Platform, registered, set_clock, text},
};

const NINE: [&str; 9] = [
    "ReadAccounts",
    "ReadCallLog",
    "EditExtensions",
    "EditMessages",
    "EditPresence",
    "RingOut",
    "SMS",
    "Contacts",
    "TeamMessaging",
];

/// What the sample calls, each with the narrowest scope for it.
const SAMPLE: [(&str, &str); 4] = [
    ("/restapi/v1.0/account/~/extension/~", "ReadAccounts"),
    (
        "/restapi/v1.0/account/~/extension/~/call-log",
        "ReadCallLog",
    ),
    (
        "/restapi/v1.0/account/~/extension/~/message-store",
        "ReadMessages",
    ),
    ("/restapi/v1.0/account/~/extension", "ReadAccounts"),
];

/// The sample logs in and makes its calls; returns what each was answered with.
fn run_sample(driver: &Driver, (id, secret, jwt): (&str, &str, &str)) -> Vec<u16> {
    let mut server = Platform::start(driver);
    let login = server.log_in((id, secret), jwt);
    assert_eq!(login.status, 200, "{login:?}");
    let bearer = format!("Authorization: Bearer {}\r\n", text(&login, "access_token"));
    let answers = SAMPLE.map(|(path, _)| server.get(path, &bearer).status);
    // What was counted is written before it ends.
    server.stop();
    answers.to_vec()
}

#[test]
fn nine_scopes_are_cut_to_three_and_the_sample_still_runs() {
    let mut driver = Driver::signed_up();
    set_clock(&mut driver);
    let robot = NINE
        .iter()
        .fold(app("Robot").jwt(), |app, scope| app.scope(scope));
    driver.register(robot);
    driver.press("c");
    let id = driver.clipboard().unwrap();
    driver.press("s");
    let secret = driver.clipboard().unwrap();
    driver.press("J");
    driver.answer(LABEL, "ci");
    driver.press("<ctrl-s>s");
    let jwt = driver.clipboard().unwrap();
    let key = (id.as_str(), secret.as_str(), jwt.as_str());
    driver.press("<esc><esc>");
    assert_eq!(run_sample(&driver, key), [200, 200, 200, 200]);

    driver.press("<enter>5");
    assert!(driver.shows("Requested, never used"), "{}", driver.text());
    driver.press("P<ctrl-s><ctrl-s>");
    let wanted: ScopeSet = SAMPLE
        .iter()
        .map(|(_, scope)| devconsole::domain::app::scope::ScopeId::find(scope).unwrap())
        .collect();
    assert_eq!(driver.app().spec.scopes, wanted, "{}", driver.text());
    assert_eq!(driver.app().spec.scopes.len(), 3);
    driver.press("<esc>");
    assert_eq!(run_sample(&driver, key), [200, 200, 200, 200]);

    driver.press("<enter>5");
    let fits = "The app requests exactly what its calls need.";
    assert!(driver.shows(fits), "{}", driver.text());
    driver.press("P");
    assert_eq!(driver.notice(), fits);
}

#[test]
fn the_test_calls_of_the_console_are_no_calls_of_the_app() {
    let (mut driver, id, secret, jwt) = registered();
    let mut server = Platform::start(&driver);
    let login = server.log_in((&id, &secret), &jwt);
    let bearer = format!("Authorization: Bearer {}\r\n", text(&login, "access_token"));
    let ours = format!("{bearer}User-Agent: {USER_AGENT}\r\n");
    assert_eq!(server.get(SAMPLE[0].0, &ours).status, 200);
    server.stop();
    driver.press("5");
    assert!(driver.shows("No calls yet"), "{}", driver.text());
}
