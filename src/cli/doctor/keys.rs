//! `devconsole doctor --keys`: shows live how each key arrives, for a bug report about a key.

use std::{
    io::{self, IsTerminal as _, Write as _},
    os::fd::AsFd as _,
    process::ExitCode,
};

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::{
    domain::text,
    keymap::Key,
    runtime::{
        input::{Decoded, Tty},
        signals::{self, Signal},
        terminal::{self, TerminalError},
    },
};

/// The name as a person writes it: `Ctrl-Shift-Up`, `F5`, `a`, `Shift-Space`.
pub fn name(key: &KeyEvent) -> String {
    let code = match key.code {
        KeyCode::Char(' ') => "Space".to_owned(),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(number) => format!("F{number}"),
        KeyCode::BackTab => "Tab".to_owned(),
        KeyCode::KeypadBegin => "Keypad-5".to_owned(),
        code => format!("{code:?}"),
    };
    // A capital letter already tells that Shift is pressed.
    let is_letter = matches!(key.code, KeyCode::Char(c) if c != ' ');
    let mut name = String::new();
    for (modifier, word) in [
        (KeyModifiers::SUPER, "Super-"),
        (KeyModifiers::HYPER, "Hyper-"),
        (KeyModifiers::META, "Meta-"),
        (KeyModifiers::CONTROL, "Ctrl-"),
        (KeyModifiers::ALT, "Alt-"),
        (KeyModifiers::SHIFT, "Shift-"),
    ] {
        if key.modifiers.contains(modifier) && !(is_letter && modifier == KeyModifiers::SHIFT) {
            name.push_str(word);
        }
    }
    name + &code
}

/// One decoded key or paste, in a line.
pub fn describe(decoded: &Decoded) -> String {
    match decoded {
        Decoded::Key(key) => {
            let happened = match key.kind {
                KeyEventKind::Press => "",
                KeyEventKind::Repeat => " (repeated)",
                KeyEventKind::Release => " (released: ignored)",
            };
            let ignored = if Key::from_event(key).is_none() {
                " (ignored: no command uses Super, Hyper or Meta)"
            } else {
                ""
            };
            format!("{}{happened}{ignored}", name(key))
        }
        Decoded::Paste { text, truncated } => format!(
            "a paste of {} characters{}",
            text.chars().count(),
            if *truncated { ", cut off" } else { "" }
        ),
        Decoded::Dropped(what) => format!("ignored: {what}"),
    }
}

/// Escapes bytes as in C.
fn escaped(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\x1b' => shown.push_str("\\e"),
                '\\' => shown.push_str("\\\\"),
                c if c.is_control() => shown.push_str(&format!("\\x{:02x}", u32::from(c))),
                c => shown.push_str(&text::displayable(c.encode_utf8(&mut [0; 4]))),
            }
        }
        for byte in chunk.invalid() {
            shown.push_str(&format!("\\x{byte:02x}"));
        }
    }
    shown
}

fn is_ctrl_c(decoded: &Decoded) -> bool {
    matches!(
        decoded,
        Decoded::Key(KeyEvent {
            code: KeyCode::Char('c'),
            modifiers: KeyModifiers::CONTROL,
            ..
        })
    )
}

/// Shows keys until Ctrl-C is pressed twice in a row, or the terminal is gone.
pub fn run() -> ExitCode {
    let (stdin, mut stdout) = (io::stdin(), io::stdout());
    if !stdin.is_terminal() || !stdout.is_terminal() {
        let error = TerminalError::NotATerminal;
        let _ = writeln!(io::stderr(), "devconsole: {error}");
        return ExitCode::from(error.exit_code());
    }
    let term = std::env::var("TERM").unwrap_or_default();
    let Ok(_raw) = terminal::Raw::enter() else {
        let _ = writeln!(
            io::stderr(),
            "devconsole: the terminal cannot be read key by key."
        );
        return ExitCode::FAILURE;
    };
    let ends = |signal: Signal| {
        if let Some(code) = signal.exit_code() {
            terminal::Raw::leave();
            std::process::exit(code.into());
        }
        true
    };
    let Ok(_signals) = signals::spawn(ends) else {
        let _ = writeln!(io::stderr(), "devconsole: signals cannot be received.");
        return ExitCode::FAILURE;
    };
    let mut tty = Tty::new(stdin.as_fd(), &term);
    let message = writeln!(
        stdout,
        "Press a key or paste text to see what arrives. Do not type passwords.\r\n\
         Press Ctrl-C twice to finish. TERM={}\r",
        text::displayable(&term)
    );
    let mut shown = message;
    let mut was_ctrl_c = false;
    while shown.is_ok() {
        let mut bytes = Vec::new();
        let Ok(decoded) = tty.wait_showing(&mut |read| bytes.extend_from_slice(read)) else {
            break;
        };
        if !bytes.is_empty() {
            shown = write!(stdout, "{}\r\n", escaped(&bytes));
        }
        for one in decoded {
            shown = shown.and_then(|()| write!(stdout, "    {}\r\n", describe(&one)));
            if is_ctrl_c(&one) && was_ctrl_c {
                return ExitCode::SUCCESS;
            }
            was_ctrl_c = is_ctrl_c(&one);
        }
        shown = shown.and_then(|()| stdout.flush());
    }
    ExitCode::SUCCESS
}
