//! A planted secret is searched for wherever it could have leaked: every file of the
//! data folder, HOME and TMPDIR, the traces of a crash, and the scroll-back of a terminal.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use crate::harness::{
    Exit, Launch, Session,
    driver::Driver,
    form::{app, keys_in_form, keys_pressed},
    program::{ENTER, LOCK, PASSWORD, SUBMIT, typed, typed_sign_up},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use devconsole::screens::{create_app::sections::features, organization::add};
use rustix::process::Signal;

const SOON: Duration = Duration::from_secs(20);
const PLANTED: &str = "Planted Canary";
/// As if RingCentral had issued it.
const ISSUED: &str = "issued_elsewhere_KX81ptyQ";

/// A folder with everything that the program can write to: data, HOME, TMPDIR.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["home", "tmp"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        Self { folder }
    }

    fn at(&self, name: &str) -> String {
        let path = self.folder.path().join(name);
        path.to_str().expect("a plain path").to_owned()
    }

    /// The most careless shell: no umask, and core files of any size.
    fn launch(&self) -> Launch {
        Launch::program("sh")
            .arg("-c")
            .arg("umask 000; ulimit -c unlimited 2>/dev/null; cd \"$HOME\"; exec \"$0\" \"$@\"")
            .arg(env!("CARGO_BIN_EXE_devconsole"))
            .arg("--data-dir")
            .arg(self.at("data"))
            .env("HOME", self.at("home"))
            .env("TMPDIR", self.at("tmp"))
            .env("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
            .size(100, 40)
    }

    fn files(&self) -> Vec<PathBuf> {
        files_below(self.folder.path())
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// In clear text, and encoded as in a clipboard sequence.
fn needles(secrets: &[String]) -> Vec<Vec<u8>> {
    let both = |secret: &String| {
        [
            secret.clone().into_bytes(),
            STANDARD.encode(secret).into_bytes(),
        ]
    };
    secrets.iter().flat_map(both).collect()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|seen| seen == needle)
}

fn assert_nowhere(world: &World, secrets: &[String]) {
    for file in world.files() {
        // A file that was deleted meanwhile holds nothing.
        let bytes = fs::read(&file).unwrap_or_default();
        for needle in needles(secrets) {
            assert!(!holds(&bytes, &needle), "in {}", file.display());
        }
    }
}

fn assert_private(world: &World) {
    let data = PathBuf::from(world.at("data"));
    for path in files_below(&data).into_iter().chain([data]) {
        if let Ok(about) = fs::metadata(&path) {
            let mode = about.permissions().mode() & 0o777;
            assert_eq!(mode & 0o077, 0, "{} is {mode:o}", path.display());
        }
    }
}

fn groups(text: &str) -> Vec<String> {
    let rows = text
        .lines()
        .map(|line| line.trim_matches(['│', '|', ' ']).split(" - "));
    rows.flatten()
        .filter(|part| part.len() == 5 && part.chars().all(char::is_alphanumeric))
        .map(str::to_owned)
        .collect()
}

/// Signs up and returns the recovery key as a person would write it down.
fn sign_up(session: &mut Session) -> String {
    session.wait_for_text("Sign up");
    session.send(typed_sign_up() + SUBMIT);
    session.wait_for(
        |screen| groups(&screen.contents()).len() == 8,
        "the recovery key",
    );
    let key = groups(&session.screen_text());
    session.send(format!("{}{ENTER}", key.last().expect("a group")));
    session.wait_for_text("Press n");
    key.join("-")
}

/// Fills in a form with a shared secret and returns the secret. The focus stays on it.
fn fill_in(session: &mut Session, name: &str) -> String {
    session.send("n");
    session.wait_for_text("App Card");
    session.send(typed(&keys_in_form(|driver| {
        driver.fill_in(app(name).jwt().webhook("https://example.com/hook"));
        driver.go_to(features::SHARED_SECRET);
    })));
    session.send("r");
    let secret = revealed(session, 32);
    session.send("s");
    wait_copied(session, &secret);
    session.send("r");
    secret
}

/// The word of that length that is shown after `r`.
fn revealed(session: &mut Session, length: usize) -> String {
    let find = |text: &str| {
        text.split_whitespace()
            .find(|word| {
                word.len() == length
                    && word
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            })
            .map(str::to_owned)
    };
    session.wait_for(
        |screen| find(&screen.contents()).is_some(),
        "a secret in clear",
    );
    find(&session.screen_text()).expect("a secret")
}

fn wait_copied(session: &mut Session, secret: &str) {
    session.wait_for_bytes(STANDARD.encode(secret).as_bytes());
}

fn keep_issued_credentials(session: &mut Session) {
    session.send("E");
    session.wait_for_text("API Server URL");
    // One key at a time: several at once are taken for a paste.
    for keys in ["platform-id", ENTER, ISSUED] {
        session.send(keys);
        session.listen(Duration::from_millis(200));
    }
    session.wait_for_text("platform-id");
    session.send("\x13");
    session.wait_for_text("Saved.");
}

/// The new client secret.
fn rotate(session: &mut Session) -> String {
    session.send("R");
    session.wait_for_text("how many hours");
    session.send(ENTER);
    session.wait_for_text("New Client Secret");
    session.send("r");
    let secret = revealed(session, 44);
    session.send("r");
    session.wait_for(
        |screen| !screen.contents().contains(&secret),
        "the secret to be hidden",
    );
    session.send("\x1b");
    session.wait_for_text("Create App");
    secret
}

/// Adds a developer and returns their first password.
fn add_developer(session: &mut Session) -> String {
    session.send("p");
    session.wait_for_text("Last seen");
    session.send("n");
    session.wait_for_text("Full name");
    let mut driver = Driver::signed_up();
    driver.press("pn");
    session.send(typed(&keys_pressed(driver, |driver| {
        driver.answer(add::FULL_NAME, "Grace Hopper");
        driver.answer(add::EMAIL, "grace@example.com");
    })));
    session.send(SUBMIT);
    session.wait_for_text("Give this first password");
    let password = revealed(session, 23);
    session.send("c");
    wait_copied(session, &password);
    session.send(ENTER);
    session.wait_for(
        |screen| !screen.contents().contains(&password),
        "the password to be hidden",
    );
    session.send("\x1b");
    session.wait_for_text("Create App");
    password
}

/// Creates, drafts, copies, reveals and locks. Returns every secret that existed.
fn live_a_little(session: &mut Session) -> Vec<String> {
    let recovery = sign_up(session);
    let first_shared = fill_in(session, PLANTED);
    session.send(SUBMIT);
    session.wait_for_text("Client ID");
    session.send("r");
    let client = revealed(session, 44);
    session.send("s");
    wait_copied(session, &client);
    session.send("r");
    keep_issued_credentials(session);
    let rotated = rotate(session);
    let first_password = add_developer(session);
    let second_shared = fill_in(session, "Another Draft");
    // Longer than the delay before a draft is saved.
    session.listen(Duration::from_millis(600));
    session.send(LOCK);
    session.wait_for_text("Locked");
    vec![
        PASSWORD.to_owned(),
        recovery.replace('-', ""),
        recovery,
        first_shared,
        second_shared,
        client,
        ISSUED.to_owned(),
        rotated,
        first_password,
    ]
}

#[test]
fn a_planted_secret_is_in_no_file_while_running_locked_or_ended() {
    let world = World::new();
    let mut session = Session::start(world.launch());
    let secrets = live_a_little(&mut session);
    let names: Vec<_> = world.files();
    for end in ["workspace.db", "workspace.db-wal", "workspace.db-shm"] {
        assert!(names.iter().any(|name| name.ends_with(end)), "{names:?}");
    }
    assert_nowhere(&world, &secrets);
    assert_private(&world);
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));
    assert_nowhere(&world, &secrets);
    assert_private(&world);
    // The search finds text that is not secret.
    let found = world
        .files()
        .iter()
        .any(|file| holds(&fs::read(file).expect("a file"), PLANTED.as_bytes()));
    assert!(found, "an app's name is a setting, in clear");
}

#[test]
fn a_crash_leaves_no_core_file_and_no_other_process_may_read_the_memory() {
    let world = World::new();
    let mut session = Session::start(world.launch());
    let secrets = live_a_little(&mut session);
    let limits = fs::read_to_string(format!("/proc/{}/limits", session.pid().as_raw_nonzero()));
    if let Ok(limits) = limits {
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .expect("a limit");
        let columns: Vec<_> = core.split_whitespace().collect();
        assert_eq!(columns.get(4..6), Some(["0", "0"].as_slice()), "{core}");
    }
    session.signal(Signal::ABORT);
    assert!(matches!(session.wait_exit(SOON), Exit::Signal(_)));
    assert_nowhere(&world, &secrets);
    let cores: Vec<_> = world
        .files()
        .into_iter()
        .filter(|file| {
            let name = file.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("core"))
        })
        .collect();
    assert!(cores.is_empty(), "{cores:?}");
}

/// Root may read any memory. Another account may not even read its own program's memory.
#[cfg(target_os = "linux")]
#[test]
fn the_same_account_may_not_read_the_memory() {
    let world = World::new();
    let mut session = Session::start(world.launch());
    session.wait_for_text("Sign up");
    let of = |name: &str| format!("/proc/{}/{name}", session.pid().as_raw_nonzero());
    if rustix::process::geteuid().is_root() {
        // A process closed to readers shows root as its owner.
        let about = fs::metadata(of("mem")).expect("its memory");
        assert_eq!(std::os::unix::fs::MetadataExt::uid(&about), 0);
        eprintln!("skipped: root may read any memory");
        return;
    }
    assert!(fs::File::open(of("mem")).is_err());
    assert!(fs::read(of("environ")).is_err());
}

struct Tmux {
    socket: PathBuf,
}

impl Tmux {
    fn run(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("tmux")
            .args(["-f", "/dev/null", "-S"])
            .arg(&self.socket)
            .args(arguments)
            .env("LANG", "C.UTF-8")
            .output()
            .ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success().then_some(text)
    }

    /// Everything that a person could scroll back to.
    fn scroll_back(&self) -> String {
        self.run(&["capture-pane", "-p", "-J", "-S", "-", "-E", "-"])
            .expect("the pane")
    }

    fn type_in(&self, text: &str) {
        self.run(&["send-keys", "-l", text]).expect("typing");
    }

    fn wait(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + SOON;
        loop {
            let shown = self.run(&["capture-pane", "-p"]).unwrap_or_default();
            if is_so(&shown) {
                return;
            }
            assert!(Instant::now() < deadline, "{what}; shown:\n{shown}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.run(&["kill-server"]);
    }
}

#[test]
fn a_revealed_secret_is_not_in_the_scroll_back() {
    let world = World::new();
    let mut session = Session::start(world.launch());
    sign_up(&mut session);
    let shared = fill_in(&mut session, PLANTED);
    session.send(SUBMIT);
    session.wait_for_text("Client ID");
    session.send("\x03");
    assert_eq!(session.wait_exit(SOON), Exit::Code(0));

    let tmux = Tmux {
        socket: world.folder.path().join("tmux"),
    };
    // A shell that runs longer than the program, with a long scroll-back: it shows what a person
    // sees afterwards.
    let shell = ["new-session", "-d", "-x", "80", "-y", "24", "sh"];
    let with_history = ["set-option", "-g", "history-limit", "50000", ";"];
    if tmux
        .run(&[with_history.as_slice(), shell.as_slice()].concat())
        .is_none()
        && tmux.run(&shell).is_none()
    {
        eprintln!("skipped: there is no tmux");
        return;
    }
    tmux.type_in(&format!(
        "echo before; '{}' --data-dir '{}'; echo after $?\r",
        env!("CARGO_BIN_EXE_devconsole"),
        world.at("data")
    ));
    tmux.wait("the sign-in", |shown| shown.contains("Sign in"));
    tmux.type_in(PASSWORD);
    tmux.type_in(ENTER);
    tmux.wait("the list", |shown| shown.contains(PLANTED));
    tmux.type_in(ENTER);
    tmux.wait("the page", |shown| shown.contains("Client Secret"));
    tmux.type_in("r");
    tmux.wait("the secret", |shown| shown.contains(&shared));
    let secret = tmux
        .run(&["capture-pane", "-p"])
        .and_then(|shown| {
            shown
                .split_whitespace()
                .find(|word| word.len() == 44 && word.is_ascii())
                .map(str::to_owned)
        })
        .expect("the client secret in clear");
    // Frames of many sizes that show the secret, and every key that scrolls.
    for (columns, rows) in [("120", "10"), ("60", "30"), ("80", "24")] {
        let _ = tmux.run(&["resize-window", "-x", columns, "-y", rows]);
        tmux.type_in("jjkk");
        tmux.wait("a frame", |shown| shown.contains(PLANTED));
    }
    tmux.run(&["send-keys", "C-c"]).expect("typing");
    tmux.wait("the shell", |shown| shown.contains("after 0"));
    let left = tmux.scroll_back();
    assert!(left.contains("before"), "{left}");
    for one in [secret, shared] {
        assert!(!left.contains(&one), "a secret can be scrolled back to");
    }
}
