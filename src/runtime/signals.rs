//! Turns signals into calls, in a separate thread. Handlers are set explicitly, so that they
//! also work in a process that was started with SIGHUP ignored (`nohup`).

use std::io;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::{Handle, Signals};

/// A second request to end is obeyed at once, after this time: the loop may be stuck writing to a
/// terminal that accepts nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// The request of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Save, lock, restore the terminal and exit with 128 + `number`.
    Terminate { number: i32 },
    /// The terminal is gone: end as for `Terminate`, without a screen.
    Hangup,
    /// Stop until continued (`TerminalGuard::suspend`).
    Suspend,
    /// Running again after a stop, with the terminal in an unknown state (`TerminalGuard::resume`).
    Continue,
    /// The window has a new size (`terminal::size`).
    Resize,
}

impl Signal {
    /// The exit code that a shell expects after this signal, if it ends the program.
    pub fn exit_code(self) -> Option<u8> {
        match self {
            Self::Terminate { number } => u8::try_from(number)
                .ok()
                .and_then(|number| number.checked_add(128)),
            Self::Hangup => Some(129),
            Self::Suspend | Self::Continue | Self::Resize => None,
        }
    }
}

/// Ends the thread on drop. The handlers stay, so that late signals are ignored instead of fatal.
#[derive(Debug)]
pub struct SignalThread {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Drop for SignalThread {
    fn drop(&mut self) {
        self.handle.close();
        if let Some(thread) = self.thread.take() {
            // The hook has already reported its panic.
            let _ = thread.join();
        }
    }
}

/// Calls `deliver` for each signal, in a thread, until it returns `false` (there is no receiver).
pub fn spawn(deliver: impl FnMut(Signal) -> bool + Send + 'static) -> io::Result<SignalThread> {
    let signals = Signals::new([SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH])?;
    let handle = signals.handle();
    let thread = std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || receive(signals, deliver))?;
    Ok(SignalThread {
        handle,
        thread: Some(thread),
    })
}

fn receive(mut signals: Signals, mut deliver: impl FnMut(Signal) -> bool) {
    let mut asked_at: Option<Instant> = None;
    for number in signals.forever() {
        let signal = match number {
            SIGTSTP => Signal::Suspend,
            SIGCONT => Signal::Continue,
            SIGWINCH => Signal::Resize,
            SIGHUP => Signal::Hangup,
            number => Signal::Terminate { number },
        };
        if signal.exit_code().is_some() {
            if asked_at.is_some_and(|at| at.elapsed() >= PATIENCE) {
                super::terminal::restore_modes();
                // Does not return on success.
                let _ = signal_hook::low_level::emulate_default_handler(number);
            }
            asked_at.get_or_insert_with(Instant::now);
        }
        if !deliver(signal) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::{Signal, spawn};

    #[test]
    fn exit_codes_are_what_a_shell_expects() {
        assert_eq!(Signal::Terminate { number: 15 }.exit_code(), Some(143));
        assert_eq!(Signal::Hangup.exit_code(), Some(129));
        assert_eq!(Signal::Suspend.exit_code(), None);
    }

    #[test]
    fn a_signal_arrives_as_a_message_and_dropping_ends_the_thread() {
        let (sender, receiver) = mpsc::channel();
        let thread = spawn(move |signal| sender.send(signal).is_ok()).unwrap();
        // SIGCONT is harmless to the other tests in this process.
        signal_hook::low_level::raise(signal_hook::consts::SIGCONT).unwrap();
        let signal = receiver.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(signal, Signal::Continue);
        drop(thread);
        assert!(receiver.recv().is_err());
    }
}
