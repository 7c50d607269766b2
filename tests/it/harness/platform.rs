//! The real binary as a local server, called over HTTP.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::{Duration, Instant, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use devconsole::{
    console::Msg,
    domain::time::{Clock, UnixMs},
    screens::jwt::form::LABEL,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{driver::Driver, form::app};

const PROGRAM: &str = env!("CARGO_BIN_EXE_devconsole");

/// A running local server; dropping kills it.
pub struct Platform {
    /// `None` if a console runs it.
    child: Option<Child>,
    pub port: u16,
}

impl Drop for Platform {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Value,
    /// As received.
    pub text: String,
}

impl Platform {
    pub fn start(driver: &Driver) -> Self {
        Self::start_with(driver, &[])
    }

    pub fn start_with(driver: &Driver, more: &[&str]) -> Self {
        Self::run(Command::new(PROGRAM), driver, more)
    }

    /// With the number of file descriptors that most systems give to a program.
    pub fn start_with_few_descriptors(driver: &Driver) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n 1024 && exec \"$0\" \"$@\"", PROGRAM]);
        Self::run(shell, driver, &[])
    }

    fn run(mut program: Command, driver: &Driver, more: &[&str]) -> Self {
        let mut child = program
            .arg("--data-dir")
            .arg(driver.dir.path())
            .args(["serve", "--port", "0"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("a line");
        let port = line
            .trim()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        Self {
            child: Some(child),
            port: port.expect("a port"),
        }
    }

    /// The local server of a console.
    pub fn at(port: u16) -> Self {
        Self { child: None, port }
    }

    /// As SIGTERM stops it.
    pub fn stop(&mut self) {
        let child = self.child.as_mut().expect("a process");
        kill_process(Pid::from_child(child), Signal::TERM).expect("a signal");
        assert!(child.wait().expect("its end").success());
    }

    /// File descriptors that it has open.
    #[cfg(target_os = "linux")]
    pub fn open_files(&self) -> usize {
        let child = self.child.as_ref().expect("a process");
        let folder = format!("/proc/{}/fd", child.id());
        std::fs::read_dir(folder).expect("a list").count()
    }

    pub fn raw(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Answer {
            status: status.expect("a status"),
            head: head.to_owned(),
            body: serde_json::from_str(body).unwrap_or(Value::Null),
            text: body.to_owned(),
        }
    }

    pub fn get(&self, path: &str, more: &str) -> Answer {
        self.ask("GET", path, more, "")
    }

    /// `more` are headers, each with its line break.
    pub fn ask(&self, method: &str, path: &str, more: &str, body: &str) -> Answer {
        let host = format!("127.0.0.1:{}", self.port);
        let length = match body.len() {
            0 => String::new(),
            length => format!("Content-Length: {length}\r\n"),
        };
        self.raw(&format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}{length}\r\n{body}"
        ))
    }

    pub fn post(&self, path: &str, basic: Option<(&str, &str)>, body: &str) -> Answer {
        let basic = basic.map_or_else(String::new, |(id, secret)| {
            let encoded = STANDARD.encode(format!("{id}:{secret}"));
            format!("Authorization: Basic {encoded}\r\n")
        });
        self.raw(&format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{basic}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        ))
    }

    pub fn log_in(&self, key: (&str, &str), jwt: &str) -> Answer {
        self.log_in_with(key, jwt, "")
    }

    /// `more` begins with an ampersand.
    pub fn log_in_with(&self, key: (&str, &str), jwt: &str, more: &str) -> Answer {
        let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
        let body = format!("grant_type={grant}&assertion={jwt}{more}");
        self.post("/restapi/oauth/token", Some(key), &body)
    }

    pub fn me(&self, token: &str) -> Answer {
        self.get(
            "/restapi/v1.0/account/~/extension/~",
            &format!("Authorization: bearer {token}\r\n"),
        )
    }
}

impl Driver {
    /// Feeds the messages of the local server until a condition holds.
    pub fn wait_until(&mut self, is_seen: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_seen(self) {
            std::thread::sleep(Duration::from_millis(5));
            self.deliver();
            assert!(Instant::now() < deadline, "never seen:\n{}", self.text());
        }
    }
}

/// The local server has the machine's clock: the console must have the same.
pub fn set_clock(driver: &mut Driver) {
    let since = UNIX_EPOCH.elapsed().expect("a clock after 1970");
    let unix = UnixMs(i64::try_from(since.as_millis()).expect("a date"));
    let mono_ms = driver.console.desk.clock.mono_ms;
    driver.feed(Msg::Clock(Clock { mono_ms, unix }));
}

/// Client ID, client secret and JWT of an app with ReadAccounts, on its page.
pub fn registered() -> (Driver, String, String, String) {
    let mut driver = Driver::signed_up();
    set_clock(&mut driver);
    driver.register(app("Robot").jwt().scope("readaccounts"));
    driver.press("c");
    let id = driver.clipboard().expect("an id");
    driver.press("s");
    let secret = driver.clipboard().expect("a secret");
    driver.press("J");
    driver.answer(LABEL, "Server 3");
    driver.press("<ctrl-s>s");
    let jwt = driver.clipboard().expect("a token");
    driver.press("<esc><enter>");
    (driver, id, secret, jwt)
}

pub fn text<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .body
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

pub fn code(answer: &Answer) -> &str {
    answer
        .body
        .pointer("/errors/0/errorCode")
        .and_then(Value::as_str)
        .unwrap_or_default()
}
