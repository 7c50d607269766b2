//! With a real tmux server on a private socket. Passes without a check where tmux is missing.

use std::time::{Duration, Instant};

use super::{Loaded, Tmux};
use crate::clipboard::Fingerprint;

struct Server {
    tmux: Tmux,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let tmux = Tmux {
            program: "tmux".into(),
            arguments: vec![
                "-S".into(),
                folder.path().join("socket").into(),
                "-f".into(),
                "/dev/null".into(),
            ],
        };
        let server = Self {
            tmux,
            _folder: folder,
        };
        // `cat` waits for input that never comes: the session lives until it is killed.
        server
            .tmux
            .run(&["new-session", "-d", "cat"], b"")
            .ok()
            .map(|_| server)
    }

    fn buffers(&self) -> Vec<String> {
        let names = self
            .tmux
            .run(&["list-buffers", "-F", "#{buffer_name}"], b"")
            .unwrap();
        String::from_utf8_lossy(&names)
            .lines()
            .map(|name| {
                let held = self.tmux.run(&["show-buffer", "-b", name], b"").unwrap();
                String::from_utf8_lossy(&held).into_owned()
            })
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.tmux.run(&["kill-server"], b"");
    }
}

#[test]
fn what_was_loaded_is_what_the_paste_key_gives() {
    let Some(server) = Server::start() else {
        return;
    };
    assert_eq!(server.tmux.load("s3cret").unwrap(), Loaded::AndSent);
    let top = server.tmux.run(&["show-buffer"], b"").unwrap();
    assert_eq!(top.as_slice(), b"s3cret");
}

#[test]
fn forgetting_deletes_every_buffer_that_holds_ours_and_no_other() {
    let Some(server) = Server::start() else {
        return;
    };
    for text in ["before", "s3cret", "s3cret", "sixsix", "newest"] {
        server.tmux.load(text).unwrap();
    }
    assert!(server.tmux.forget(&[Fingerprint::of("s3cret")]).unwrap());
    let left = server.buffers();
    assert_eq!(left.len(), 3, "{left:?}");
    for text in ["before", "sixsix", "newest"] {
        assert!(left.iter().any(|held| held == text), "{text} is gone");
    }
}

#[test]
fn forgetting_the_newest_leaves_no_blank_behind() {
    let Some(server) = Server::start() else {
        return;
    };
    server.tmux.load("s3cret").unwrap();
    assert!(server.tmux.forget(&[Fingerprint::of("s3cret")]).unwrap());
    assert!(server.buffers().is_empty());
    assert!(!server.tmux.forget(&[Fingerprint::of("s3cret")]).unwrap());
}

#[test]
fn a_program_that_hangs_is_given_up() {
    let hung = Tmux {
        program: "sh".into(),
        arguments: vec!["-c".into(), "exec sleep 60".into()],
    };
    let start = Instant::now();
    assert!(hung.run(&[], b"s3cret").is_err());
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_missing_program_is_an_error_not_a_panic() {
    let missing = Tmux {
        program: "devconsole-no-such-program".into(),
        arguments: Vec::new(),
    };
    assert!(missing.load("s3cret").is_err());
}
