//! A program on a real pseudo-terminal, read through a terminal emulator. Every wait is for a
//! condition, with a deadline; no wait is a guessed time.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{self, LocalModes, OptionalActions, SpecialCodeIndex};

const DEADLINE: Duration = Duration::from_secs(10);

/// The program to start, and its environment.
#[derive(Clone, Debug)]
pub struct Launch {
    program: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    columns: u16,
    rows: u16,
    tells_size: bool,
}

impl Launch {
    /// 80×24, an xterm in a UTF-8 locale, nothing else of this process's environment but `PATH`.
    pub fn program(program: impl Into<PathBuf>) -> Self {
        let known = [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
        ];
        Self {
            program: program.into(),
            arguments: Vec::new(),
            variables: known
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            columns: 80,
            rows: 24,
            tells_size: true,
        }
    }

    pub fn devconsole() -> Self {
        Self::program(env!("CARGO_BIN_EXE_devconsole"))
    }

    pub fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Sets a variable; a later one of the same name wins.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    pub fn size(mut self, columns: u16, rows: u16) -> Self {
        (self.columns, self.rows) = (columns, rows);
        self
    }

    /// The terminal says 0 × 0, as some serial lines and containers do.
    pub fn without_a_size(mut self) -> Self {
        self.tells_size = false;
        self
    }
}

/// How the program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    Code(u32),
    /// By a signal, with its name in the C library.
    Signal(String),
}

/// A running program and the screen it draws on. Dropping kills it.
pub struct Session {
    master: Box<dyn MasterPty + Send>,
    writer: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    exit: Receiver<Exit>,
    exited: Option<Exit>,
    pid: Pid,
    parser: vt100::Parser,
    raw: Vec<u8>,
    /// Tells the reading thread to close the terminal.
    is_let_go: Arc<AtomicBool>,
    _home: tempfile::TempDir,
}

impl Session {
    /// Starts the program, with a fresh and empty `HOME`.
    pub fn start(launch: Launch) -> Self {
        let told = if launch.tells_size {
            size(launch.columns, launch.rows)
        } else {
            size(0, 0)
        };
        let pair = native_pty_system()
            .openpty(told)
            .expect("a pseudo-terminal");
        let home = tempfile::tempdir().expect("a temporary home");
        let mut command = CommandBuilder::new(&launch.program);
        command.env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", home.path());
        command.cwd(home.path());
        for (name, value) in &launch.variables {
            command.env(name, value);
        }
        command.args(&launch.arguments);
        let mut child = pair.slave.spawn_command(command).expect("a child");
        let pid = child.process_id().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(Pid::from_raw).expect("the child's number");
        // Our handle would keep the terminal open after the child's end.
        drop(pair.slave);

        let (exit_sender, exit) = mpsc::channel();
        std::thread::spawn(move || {
            let status = child.wait().expect("the child's status");
            let exit = match status.signal() {
                Some(signal) => Exit::Signal(signal.to_owned()),
                None => Exit::Code(status.exit_code()),
            };
            // Nothing waits for a dropped session.
            let _ = exit_sender.send(exit);
        });

        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let is_let_go = Arc::new(AtomicBool::new(false));
        let (output_sender, output) = mpsc::channel();
        std::thread::spawn({
            let is_let_go = Arc::clone(&is_let_go);
            move || {
                let mut buffer = [0; 16 * 1024];
                // On Linux, reading a terminal that no process has open is an error.
                while let Ok(count @ 1..) = reader.read(&mut buffer) {
                    let sent = output_sender.send(buffer[..count].to_vec());
                    if sent.is_err() || is_let_go.load(Ordering::SeqCst) {
                        break;
                    }
                }
            }
        });

        Self {
            writer: Some(pair.master.take_writer().expect("a writer")),
            master: pair.master,
            output,
            exit,
            exited: None,
            pid,
            parser: vt100::Parser::new(cells(launch.rows), cells(launch.columns), 0),
            raw: Vec::new(),
            is_let_go,
            _home: home,
        }
    }

    /// Types bytes: `"\t"`, `"\x1b[A"`, `"\x13"`.
    pub fn send(&mut self, keys: impl AsRef<[u8]>) {
        let writer = self.writer.as_mut().expect("the terminal is open");
        writer.write_all(keys.as_ref()).expect("typing");
        writer.flush().expect("typing");
    }

    /// Pastes like a terminal with bracketed paste.
    pub fn paste(&mut self, text: &str) {
        self.send(format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Waits for a condition of the screen; `what` names it in a failure.
    pub fn wait_for(&mut self, mut is_so: impl FnMut(&vt100::Screen) -> bool, what: &str) {
        self.wait_until(|session| is_so(session.parser.screen()), what);
    }

    pub fn wait_for_text(&mut self, text: &str) {
        self.wait_for(|screen| screen.contents().contains(text), text);
    }

    /// Waits until the program has written these bytes, drawn or not.
    pub fn wait_for_bytes(&mut self, bytes: &[u8]) {
        let what = format!("the bytes {:?}", String::from_utf8_lossy(bytes));
        self.wait_until(
            |session| session.raw.windows(bytes.len()).any(|seen| seen == bytes),
            &what,
        );
    }

    /// Waits for a condition of all the output so far.
    pub fn wait_until(&mut self, mut is_so: impl FnMut(&Self) -> bool, what: &str) {
        let deadline = Instant::now() + DEADLINE;
        while !is_so(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Timeout) => self.fail(what, "in time"),
                Err(RecvTimeoutError::Disconnected) => self.fail(what, "before the output ended"),
            }
        }
    }

    /// Waits for something that is not on the screen, such as a file; takes in what is drawn.
    pub fn wait_outside(&mut self, mut is_so: impl FnMut() -> bool, what: &str) {
        let deadline = Instant::now() + DEADLINE;
        while !is_so() {
            if Instant::now() >= deadline {
                self.fail(what, "in time");
            }
            self.listen(Duration::from_millis(5));
        }
    }

    /// Takes in what is drawn for this long, and returns how many bytes that were.
    pub fn listen(&mut self, time: Duration) -> usize {
        let until = Instant::now() + time;
        let before = self.raw.len();
        while let Ok(bytes) = self
            .output
            .recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            self.take(&bytes);
        }
        self.raw.len().saturating_sub(before)
    }

    fn fail(&mut self, what: &str, when: &str) -> ! {
        while let Ok(bytes) = self.output.try_recv() {
            self.take(&bytes);
        }
        panic!(
            "{what:?} did not come {when}; the screen is:\n{}\n--- {} bytes, the last: {:?}",
            self.screen_text(),
            self.raw.len(),
            String::from_utf8_lossy(&self.raw[self.raw.len().saturating_sub(200)..]),
        );
    }

    fn take(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
        self.parser.process(bytes);
    }

    /// The last screen, one line a row, without trailing blanks.
    pub fn screen_text(&self) -> String {
        self.parser.screen().contents()
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// Every byte so far.
    pub fn raw_output(&self) -> &[u8] {
        &self.raw
    }

    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.set_size(cells(rows), cells(columns));
        self.master.resize(size(columns, rows)).expect("resizing");
    }

    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Sends a signal to the program alone.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).expect("signalling");
    }

    /// Kills the program (SIGKILL).
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Closes the terminal under the program, as a dropped link does. The program must draw after a
    /// resize, because that wakes the reading thread so that it lets go.
    pub fn hang_up(&mut self) {
        // Otherwise the writer types Enter and Ctrl-D while it closes.
        if let Some(tty) = self.tty()
            && let Ok(mut modes) = termios::tcgetattr(&tty)
        {
            modes.special_codes[SpecialCodeIndex::VEOF] = 0;
            termios::tcsetattr(&tty, OptionalActions::Now, &modes).expect("no end-of-file key");
        }
        self.writer = None;
        self.is_let_go.store(true, Ordering::SeqCst);
        let now = self.master.get_size().expect("the size");
        self.resize(now.cols.saturating_add(1), now.rows);
        let deadline = Instant::now() + DEADLINE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.take(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => self.fail("a frame after a resize", "in time"),
            }
        }
        // The last of our three handles, replaced by a new terminal.
        self.master = native_pty_system()
            .openpty(now)
            .expect("a pseudo-terminal")
            .master;
    }

    /// Whether the terminal echoes and edits lines, as a shell expects to find it.
    pub fn is_cooked(&self) -> bool {
        let modes = self.tty().and_then(|tty| termios::tcgetattr(tty).ok());
        modes.is_some_and(|modes| {
            modes
                .local_modes
                .contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
        })
    }

    /// Waits until the terminal hides, or shows, what is typed.
    pub fn wait_outside_echo(&mut self, hidden: bool) {
        let tty = self.tty().expect("the terminal");
        self.wait_outside(
            || {
                termios::tcgetattr(&tty)
                    .is_ok_and(|modes| modes.local_modes.contains(LocalModes::ECHO) != hidden)
            },
            "the echo as wanted",
        );
    }

    /// The program's end of the terminal, opened for a moment.
    fn tty(&self) -> Option<File> {
        let not_ours = rustix::fs::OFlags::NOCTTY.bits();
        OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(i32::try_from(not_ours).ok()?)
            .open(self.master.tty_name()?)
            .ok()
    }

    /// Waits for the end and takes in all output up to it.
    pub fn wait_exit(&mut self, deadline: Duration) -> Exit {
        let until = Instant::now() + deadline;
        let left = |until: Instant| until.saturating_duration_since(Instant::now());
        if self.exited.is_none() {
            match self.exit.recv_timeout(left(until)) {
                Ok(exit) => self.exited = Some(exit),
                Err(_) => self.fail("the end of the program", "in time"),
            }
        }
        // The output ends with the last process that has the terminal open. If a grandchild keeps
        // it open, the output so far is all there is.
        while let Ok(bytes) = self.output.recv_timeout(left(until)) {
            self.take(&bytes);
        }
        self.exited.clone().expect("it has ended")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The process is not reaped yet, so its number is not reused.
        if self.exited.is_none() && self.exit.try_recv().is_err() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        ..PtySize::default()
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).unwrap_or(NonZeroU16::MIN)
}
