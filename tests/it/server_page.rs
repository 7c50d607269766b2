//! The page of the local server: start it, watch requests, explain errors, arm faults, try an app,
//! send events.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
};

use crate::harness::driver::Driver;
use crate::harness::form::app;
use crate::harness::platform::{Platform, registered};
use devconsole::{
    console::Screen,
    domain::{
        app::Issuer,
        oauth::{
            diagnosis::Setting,
            fault::Fault,
            webhook_event::{self, Fit},
        },
    },
    request::Copyable,
    screens::{create_app::sections::auth, jwt::form as jwt, trial::TrialPage},
};
use url::Url;

/// A registered JWT app on its page, and a free port for the local server.
fn ready() -> (Driver, String, String, String) {
    let (mut driver, id, secret, jwt) = registered();
    driver.may_listen = true;
    driver.console.desk.local_server.setup.port = 0;
    (driver, id, secret, jwt)
}

fn port(driver: &Driver) -> u16 {
    driver.console.desk.local_server.running.expect("it runs")
}

fn trial(driver: &Driver) -> &TrialPage {
    match driver.console.screen() {
        Screen::Trial(page) => page,
        other => panic!("no trial on {other:?}"),
    }
}

fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    text
}

fn get(port: u16, path: &str, headers: &str) -> String {
    ask(
        port,
        &format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}\r\n"
        ),
    )
}

fn post(port: u16, path: &str, headers: &str, body: &str) -> String {
    ask(
        port,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

fn log_in(port: u16, id: &str, secret: &str, jwt: &str) -> String {
    let body = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={jwt}&client_id={id}&client_secret={secret}"
    );
    post(port, "/restapi/oauth/token", FORM, &body)
}

#[test]
fn an_app_is_tried_from_its_credentials_to_its_first_call() {
    let (mut driver, ..) = ready();
    driver.press("T");
    driver.wait_until(|driver| trial(driver).is_over);
    let text = driver.text();
    assert!(text.contains("✓ works"), "{text}");
    assert!(text.contains("Ada Lovelace"), "{text}");
    assert_eq!(trial(&driver).steps.len(), 6, "{text}");
    // The log shows the trial, and the server keeps running.
    driver.press("b");
    driver.wait_until(|driver| driver.console.desk.local_server.log.len() >= 4);
    assert!(
        driver.shows("JWT") && driver.shows("Robot"),
        "{}",
        driver.text()
    );
    let port = port(&driver);
    driver.press("s");
    assert!(driver.console.desk.local_server.running.is_none());
    TcpStream::connect(("127.0.0.1", port)).unwrap_err();
}

#[test]
fn a_trial_blames_the_request_that_waits_and_would_bring_the_scope() {
    let mut driver = Driver::signed_up();
    driver.may_listen = true;
    driver.console.desk.local_server.setup.port = 0;
    driver.register(
        app("Robot")
            .jwt()
            .scope("editaccounts")
            .reason("Creates an extension for each shop."),
    );
    driver.press("J");
    driver.answer(jwt::LABEL, "Nightly");
    driver.press("<ctrl-s><esc><enter>T");
    driver.wait_until(|driver| trial(driver).is_over);
    let text = driver.text();
    assert!(text.contains("waiting for approval"), "{text}");
    assert!(
        text.contains("Edit Accounts includes Read Accounts"),
        "{text}"
    );
}

#[test]
fn a_trial_asks_the_local_server_that_another_program_runs_for_the_workspace() {
    let (mut driver, ..) = ready();
    // Another program on the port gets no secret.
    let stranger = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = stranger.local_addr().expect("an address").port();
    driver.console.desk.local_server.setup.port = port;
    driver.press("T");
    driver.wait_until(|driver| trial(driver).is_over);
    let text = driver.text();
    assert!(text.contains("in use by another program"), "{text}");
    let platform = Platform::start(&driver);
    driver.console.desk.local_server.setup.port = platform.port;
    driver.press("<esc>T");
    driver.wait_until(|driver| trial(driver).is_over);
    let text = driver.text();
    assert!(text.contains("started by another devconsole"), "{text}");
    assert!(text.contains("✓ works"), "{text}");
    assert!(driver.console.desk.local_server.running.is_none());
    driver.press("bs");
    assert!(
        driver.notice().contains("Another devconsole runs"),
        "{}",
        driver.notice()
    );
}

#[test]
fn a_bot_gets_its_token_at_its_redirect_uri_when_it_is_installed() {
    let mut driver = Driver::signed_up();
    driver.may_listen = true;
    driver.console.desk.local_server.setup.port = 0;
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let uri = format!("http://{}/oauth", listener.local_addr().expect("one"));
    let bot = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a request");
        let mut text = String::new();
        let mut part = [0; 4096];
        while !text.ends_with('}') {
            let read = stream.read(&mut part).expect("the request");
            text.push_str(std::str::from_utf8(&part[..read]).expect("text"));
        }
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        stream.write_all(answer).expect("an answer");
        text
    });
    driver.register(
        app("Shift bot")
            .bot("Shifts", "tests/data/icons/square.png")
            .with(auth::REDIRECT_URIS, uri.as_str())
            .scope("readaccounts"),
    );
    driver.press("T");
    driver.wait_until(|driver| trial(driver).is_over);
    assert!(driver.shows("The bot has its token"), "{}", driver.text());
    let request = bot.join().expect("its end");
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    let body: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let token = body["access_token"].as_str().expect("a token");
    for part in ["client_id", "creator_extension_id", "creator_account_id"] {
        assert!(body[part].is_string(), "{part} in {body}");
    }
    let header = format!("Authorization: Bearer {token}\r\n");
    let answer = get(
        port(&driver),
        "/restapi/v1.0/account/~/extension/~",
        &header,
    );
    assert!(answer.contains("Ada Lovelace"), "{answer}");
}

#[test]
fn a_trial_names_the_fault_that_made_it_fail() {
    let (mut driver, ..) = ready();
    for (fault, sign) in [
        (Fault::RevokedJwt, "DEV-102"),
        (Fault::MissingRefreshToken, "refresh"),
        (Fault::TruncatedJson, "access_token"),
    ] {
        let nth = Fault::ALL.iter().position(|one| *one == fault);
        let down = "<down>".repeat(nth.expect("a row for it"));
        driver.press(&format!("bf{down}<space><esc><esc><enter>T"));
        driver.wait_until(|driver| trial(driver).is_over);
        let text = driver.text();
        assert!(text.contains("You switched on a fault"), "{sign}: {text}");
        assert_eq!(trial(&driver).setting(), Some(Setting::Faults), "{text}");
        driver.press("g");
        assert!(driver.shows("Faults"), "{}", driver.text());
        driver.press("<esc><esc>");
    }
}

#[test]
fn a_trial_without_a_jwt_credential_leads_to_its_form() {
    let (mut driver, ..) = ready();
    driver.press("<esc>Jd<enter><esc><enter>T");
    driver.wait_until(|driver| trial(driver).is_over);
    assert!(
        driver.shows("None of your JWT credentials allows this app"),
        "{}",
        driver.text()
    );
    driver.press("g");
    assert!(matches!(driver.console.screen(), Screen::JwtForm(_)));
    assert!(
        driver.shows("Robot"),
        "the app is chosen: {}",
        driver.text()
    );
}

#[test]
fn the_env_file_for_the_local_server_names_the_chosen_port() {
    let (mut driver, ..) = ready();
    driver.press("b#<ctrl-u>8444<enter><esc><enter><tab><tab>");
    let app = match driver.console.screen() {
        Screen::App(page) => page.copyables(),
        other => panic!("no app page but {other:?}"),
    };
    let at = app
        .iter()
        .position(|one| *one == Copyable::EnvFile(Issuer::LocalServer));
    driver.press(&"<down>".repeat(at.expect("a row for it")));
    driver.press("<enter>");
    let copied = driver.clipboard().expect("an .env");
    assert!(
        copied.contains("RC_SERVER_URL=http://127.0.0.1:8444"),
        "{copied}"
    );
}

#[test]
fn a_failure_is_explained_and_a_key_goes_to_the_field() {
    let (mut driver, id, secret, jwt) = ready();
    driver.press("bs");
    let port = port(&driver);
    let answer = log_in(port, &id, "s3cretThatIsWr0ng", &jwt);
    assert!(answer.contains("OAU-146"), "{answer}");
    driver.wait_until(|driver| driver.console.desk.local_server.log.len() == 1);
    driver.press("<enter>");
    let text = driver.text();
    assert!(
        text.contains("The Client Secret does not belong to this app."),
        "{text}"
    );
    assert!(
        !text.contains("s3cretThat") && !text.contains(&jwt[..20]),
        "{text}"
    );
    driver.press("g");
    assert!(
        matches!(driver.console.screen(), Screen::App(_)),
        "{}",
        driver.text()
    );
    // A grant type that the app does not have leads to its authentication method.
    let body =
        format!("grant_type=authorization_code&code=x&client_id={id}&client_secret={secret}");
    let answer = post(port, "/restapi/oauth/token", FORM, &body);
    assert!(answer.contains("OAU-251"), "{answer}");
    driver.wait_until(|driver| driver.console.desk.local_server.log.len() == 2);
    driver.press("b<enter>g");
    match driver.console.screen() {
        Screen::CreateApp(screen) => assert_eq!(screen.form.focus.field, auth::METHOD),
        other => panic!("no form but {other:?}"),
    }
    let all = format!("{:?}", driver.console.desk.local_server.log);
    for planted in [&secret, &jwt, "s3cretThat"] {
        assert!(!all.contains(planted), "a secret is in the log");
    }
}

#[test]
fn a_pasted_error_is_explained() {
    let (mut driver, ..) = ready();
    driver.press("b");
    driver.paste("{\"error\":\"invalid_grant\",\n \"errors\":[{\"errorCode\":\"OAU-213\"}]}");
    assert!(driver.shows("replaced by a newer one"), "{}", driver.text());
    driver.press("xOAU-109 Redirect URIs do not match<enter>");
    assert!(driver.shows("OAuth Redirect URIs"), "{}", driver.text());
    // Four causes in a small window: the last one is reached by scrolling.
    driver.resize(60, 14);
    driver.press("x{\"error\":\"invalid_grant\"}<enter>");
    assert!(driver.shows("Possible causes"), "{}", driver.text());
    assert!(driver.shows("↓"), "{}", driver.text());
    assert!(!driver.shows("code_verifier"), "{}", driver.text());
    driver.press("<pgdn><pgdn>");
    assert!(driver.shows("code_verifier"), "{}", driver.text());
    driver.resize(80, 24);
    driver.press("xhello<enter>");
    assert!(driver.shows("No error code"), "{}", driver.text());
    driver.press("<esc><esc>");
    let is_back = matches!(driver.console.screen(), Screen::App(_));
    assert!(is_back, "where it was opened: {}", driver.text());
}

#[test]
fn faults_are_armed_once_or_until_disarmed() {
    let (mut driver, id, secret, jwt) = ready();
    driver.press("bsf");
    let port = port(&driver);
    // The second and the third of the list: once, and always.
    driver.press("<down><space><down><space><space>");
    assert_eq!(
        driver.console.desk.local_server.armed(),
        2,
        "{}",
        driver.text()
    );
    driver.press("<up><up><esc>");
    let limited = log_in(port, &id, &secret, &jwt);
    assert!(
        limited.contains("429") && limited.to_lowercase().contains("retry-after: 5"),
        "{limited}"
    );
    driver.press("f<down><down><space>");
    let refused = log_in(port, &id, &secret, &jwt);
    assert!(refused.contains("invalid_grant"), "{refused}");
    let fine = log_in(port, &id, &secret, &jwt);
    assert!(fine.contains("access_token"), "{fine}");
    driver.wait_until(|driver| {
        driver.console.desk.local_server.log.len() == 3
            && driver.console.desk.local_server.armed() == 0
    });
    // Another fault of the list cuts the response.
    driver.press("<home><esc>f<down><down><down><down><down><down><space>");
    let cut = log_in(port, &id, &secret, &jwt);
    let (_, body) = cut.split_once("\r\n\r\n").unwrap();
    assert!(body.starts_with('{') && !body.ends_with('}'), "{body}");
}

#[test]
fn the_server_runs_while_locked_and_its_log_is_hidden() {
    let (mut driver, id, secret, jwt) = ready();
    driver.press("bs");
    let port = port(&driver);
    driver.press("<ctrl-l>");
    let fine = log_in(port, &id, &secret, &jwt);
    assert!(fine.contains("access_token"), "{fine}");
    driver.wait_until(|driver| driver.console.desk.local_server.log.len() == 1);
    assert!(!driver.shows("Robot"), "{}", driver.text());
    driver.sign_in();
    assert!(driver.shows("Robot"), "{}", driver.text());
}

/// An app with Interactive Messages, on its page.
fn with_events(url: &str) -> Driver {
    let mut driver = Driver::signed_up();
    driver.may_listen = true;
    driver.register(app("Buttons").jwt().webhook(url));
    driver
}

#[test]
fn a_test_event_is_signed_and_its_response_checked() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let url = format!(
        "http://127.0.0.1:{}/hook",
        listener.local_addr().unwrap().port()
    );
    let mut driver = with_events(&url);
    driver.press("r");
    let shared = match driver.console.screen() {
        Screen::App(page) => page.secrets.clone().unwrap().shared.unwrap(),
        _ => unreachable!(),
    };
    let app = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a request");
        let mut text = String::new();
        let mut part = [0; 4096];
        while !text.contains("\"uuid\"") || !text.ends_with('}') {
            let count = stream.read(&mut part).expect("a part");
            text.push_str(std::str::from_utf8(&part[..count]).expect("text"));
        }
        stream
            .write_all(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .expect("answered");
        text
    });
    driver.press("M");
    driver.wait_until(|driver| trial(driver).is_over);
    let request = app.join().expect("no panic");
    let (head, body) = request.split_once("\r\n\r\n").expect("a head");
    let signature = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("x-glip-signature"))
        .map(|(_, value)| value);
    assert_eq!(
        webhook_event::verify(body.as_bytes(), signature, &shared),
        Fit::Fits
    );
    assert!(driver.shows("must be 200"), "{}", driver.text());

    // The other way round: a listener that verifies the signature.
    driver.press("<esc>I");
    driver.wait_until(|driver| trial(driver).url.is_some());
    let at = trial(&driver).url.clone().unwrap();
    assert_eq!(at, url, "the app's own address is free by now");
    let port = Url::parse(&at).unwrap().port().unwrap();
    let signed = webhook_event::signature(b"{}", &shared);
    let header = format!("X-Glip-Signature: sha1={signed}\r\n");
    assert!(post(port, "/", &header, "{}").contains("200"));
    driver.wait_until(|driver| trial(driver).steps.len() == 2);
    assert!(driver.shows("starts with sha1="), "{}", driver.text());
    post(port, "/", &header, "{} ");
    driver.wait_until(|driver| trial(driver).steps.len() == 3);
    driver.press("<esc>");
    assert!(matches!(driver.console.screen(), Screen::App(_)));
}

#[test]
fn a_listener_keeps_the_last_events_and_takes_none_for_another_host() {
    let mut driver = with_events("https://hooks.example.com/in");
    driver.press("I");
    driver.wait_until(|driver| trial(driver).url.is_some());
    let at = trial(&driver).url.clone().unwrap();
    let port = Url::parse(&at).unwrap().port().unwrap();
    for host in ["hooks.example.com", &format!("hooks.example.com:{port}")] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
        let request = format!("POST / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        assert!(text.starts_with("HTTP/1.1 421"), "{text}");
    }
    for nth in 0..230 {
        let path = format!("/{nth}/{}", "x".repeat(2000));
        assert!(post(port, &path, "", "{}").contains("200"));
        let what = format!("POST /{nth}/");
        driver.wait_until(|driver| {
            let last = trial(driver).steps.last();
            last.is_some_and(|step| step.what.starts_with(&what))
        });
    }
    let steps = &trial(&driver).steps;
    assert_eq!(steps.len(), 201);
    assert_eq!(steps[0].what, "Listening for 15 minutes");
    assert!(steps[1].what.starts_with("POST /30/"), "{:?}", steps[1]);
    assert!(steps.iter().all(|step| step.what.len() < 300));
    driver.press("<esc>");
}

#[test]
fn a_listener_whose_address_is_taken_listens_elsewhere_and_says_so() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let url = format!(
        "http://127.0.0.1:{}/hook",
        taken.local_addr().unwrap().port()
    );
    let mut driver = with_events(&url);
    driver.press("I");
    driver.wait_until(|driver| trial(driver).url.is_some());
    assert_ne!(trial(&driver).url.as_deref(), Some(url.as_str()));
    assert!(
        driver.shows("of the webhook URL is in use"),
        "{}",
        driver.text()
    );
    driver.press("<esc>");
}

#[test]
fn an_event_to_another_machine_is_asked_about() {
    let mut driver = with_events("https://hooks.example.com/in");
    driver.press("M");
    assert!(driver.shows("not on this machine"), "{}", driver.text());
    assert!(driver.console.desk.question().is_some());
    driver.press("<esc>");
    assert!(driver.shows("not started"), "{}", driver.text());
    driver.press("<esc>");
    assert!(
        matches!(driver.console.screen(), Screen::App(_)),
        "{}",
        driver.text()
    );
}

#[test]
fn a_taken_port_is_reported_and_another_chosen() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let (mut driver, ..) = ready();
    driver.console.desk.local_server.setup.port = taken.local_addr().unwrap().port();
    driver.press("bs");
    assert!(driver.console.desk.local_server.running.is_none());
    assert!(driver.shows("press b, then p"), "{}", driver.text());
    driver.press("#<ctrl-u>80<enter>");
    assert!(driver.shows("from 1024"), "{}", driver.text());
    driver.press("<esc>");
    // The running server is kept when the new port is taken.
    driver.console.desk.local_server.setup.port = 0;
    driver.press("s");
    let works = port(&driver);
    let other = taken.local_addr().unwrap().port();
    driver.press(&format!("#<ctrl-u>{other}<enter>"));
    assert!(driver.shows("press b, then p"), "{}", driver.text());
    assert_eq!(port(&driver), works);
    assert!(get(works, "/restapi", "").contains("200 OK"));
}

#[test]
fn calls_of_a_suspended_app_say_so_and_lead_to_the_app() {
    let (mut driver, id, secret, jwt) = ready();
    driver.press("bs");
    let port = port(&driver);
    let tokens = log_in(port, &id, &secret, &jwt);
    let (_, after) = tokens.split_once("\"access_token\":\"").expect("a token");
    let access = after.split('"').next().unwrap().to_owned();
    driver.press("<esc>z<enter>");
    assert!(driver.shows("suspended"), "{}", driver.text());
    let bearer = format!("Authorization: Bearer {access}\r\n");
    assert!(get(port, "/restapi/v1.0/account/~", &bearer).contains("OAU-213"));
    driver.press("<enter>T");
    assert!(driver.shows("The app is suspended."), "{}", driver.text());
    driver.press("<esc><esc>");
    driver.press("b");
    driver.wait_until(|driver| driver.console.desk.local_server.log.len() == 2);
    driver.press("<enter>");
    assert!(
        driver.shows("Robot") && driver.shows("suspended"),
        "{}",
        driver.text()
    );
}
