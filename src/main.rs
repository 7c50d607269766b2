//! Arguments to runtime; everything else is in the library.

fn main() -> std::process::ExitCode {
    devconsole::cli::run()
}
