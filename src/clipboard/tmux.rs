//! tmux's paste buffers, through the `tmux` program. Text is passed on standard input, because
//! arguments are readable for all accounts. A server that hangs is abandoned after two seconds.

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::Fingerprint;

const LIMIT: Duration = Duration::from_secs(2);
/// Named, so that exactly this buffer can be deleted. Only ever holds a space.
const BLANK_BUFFER: &str = "devconsole-blank";

/// How to call tmux.
#[derive(Clone, Debug)]
pub(super) struct Tmux {
    program: OsString,
    arguments: Vec<OsString>,
}

impl Default for Tmux {
    fn default() -> Self {
        Self {
            program: "tmux".into(),
            arguments: Vec::new(),
        }
    }
}

/// How much tmux did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loaded {
    /// Set the buffer, and sent it to the terminal.
    AndSent,
    /// Only set the buffer: before 3.2, tmux has no `-w`.
    BufferOnly,
}

impl Tmux {
    #[cfg(test)]
    pub(super) fn called(program: OsString, arguments: Vec<OsString>) -> Self {
        Self { program, arguments }
    }

    /// Adds an automatic buffer with `text`: in newer versions, the paste key uses only automatic
    /// ones.
    pub(super) fn load(&self, text: &str) -> io::Result<Loaded> {
        match self.run(&["load-buffer", "-w", "-"], text.as_bytes()) {
            Ok(_) => Ok(Loaded::AndSent),
            // A server that hangs is not tried again.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Err(error),
            Err(_) => self
                .run(&["load-buffer", "-"], text.as_bytes())
                .map(|_| Loaded::BufferOnly),
        }
    }

    /// Deletes every buffer that holds one of `ours`. If the newest one does, the terminal's
    /// clipboard most likely holds it too, and is overwritten first with a space, because tmux
    /// ignores an empty text (tmux#3485).
    pub(super) fn forget(&self, ours: &[Fingerprint]) -> io::Result<bool> {
        let top_is_ours = match self.run(&["show-buffer"], b"") {
            Ok(top) => ours.iter().any(|print| print.matches(&top)),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => return Err(error),
            // There is no buffer.
            Err(_) => false,
        };
        if top_is_ours {
            // A tmux without -w never sent the secret to the terminal, so a failure here does no
            // harm.
            let _ = self.run(&["load-buffer", "-w", "-b", BLANK_BUFFER, "-"], b" ");
            let _ = self.run(&["delete-buffer", "-b", BLANK_BUFFER], b"");
        }
        let mut found = false;
        for name in self.names_of_size(ours)? {
            // A buffer that another program has deleted is not an error.
            let Ok(held) = self.run(&["show-buffer", "-b", &name], b"") else {
                continue;
            };
            if ours.iter().any(|print| print.matches(&held)) {
                self.run(&["delete-buffer", "-b", &name], b"")?;
                found = true;
            }
        }
        Ok(found)
    }

    /// Only buffers of the length of one of `ours` need to be read.
    fn names_of_size(&self, ours: &[Fingerprint]) -> io::Result<Vec<String>> {
        // Without buffers, the list is empty and the command succeeds; it fails only if tmux is
        // gone.
        let list = self.run(
            &["list-buffers", "-F", "#{buffer_size} #{buffer_name}"],
            b"",
        )?;
        Ok(String::from_utf8_lossy(&list)
            .lines()
            .filter_map(|line| line.split_once(' '))
            .filter(|(size, _)| {
                size.parse()
                    .is_ok_and(|size: usize| ours.iter().any(|print| print.len() == size))
            })
            .map(|(_, name)| name.to_owned())
            .collect())
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let outcome = talk(&mut child, input, Instant::now() + LIMIT);
        if outcome.is_err() {
            // It may have ended already. Without waiting for it, it would stay a zombie.
            let _ = child.kill();
            let _ = child.wait();
        }
        outcome
    }
}

fn talk(child: &mut Child, input: &[u8], deadline: Instant) -> io::Result<Zeroizing<Vec<u8>>> {
    let (input_pipe, output_pipe) = (child.stdin.take(), child.stdout.take());
    let input = Zeroizing::new(input.to_vec());
    let (sender, receiver) = mpsc::channel();
    // A thread has both pipes, so that a child that neither reads nor writes cannot block the
    // caller. Killing the child ends the thread.
    std::thread::spawn(move || {
        let mut output = Zeroizing::new(Vec::with_capacity(4096));
        let written = input_pipe.map_or(Ok(()), |mut pipe| pipe.write_all(&input));
        let read = output_pipe.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut output));
        // After a time-out, nothing waits for the answer.
        let _ = sender.send(written.and(read).map(|_| output));
    });
    let timed_out = || io::Error::from(io::ErrorKind::TimedOut);
    let left = deadline.saturating_duration_since(Instant::now());
    let output = receiver.recv_timeout(left).map_err(|_| timed_out())??;
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(output),
            Some(_) => return Err(io::Error::other("tmux refused")),
            None if Instant::now() >= deadline => return Err(timed_out()),
            // Its output has ended, so it ends within microseconds.
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

#[cfg(test)]
#[path = "tmux_tests.rs"]
mod tests;
