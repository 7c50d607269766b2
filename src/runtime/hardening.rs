//! Runs first in `main`: makes files private by default, and keeps memory out of core files and
//! away from other processes. No failure here is worth stopping for.

/// Makes new files private to their owner and disables core files; on Linux also debuggers of the
/// same user and `/proc/…/mem`.
pub fn harden() {
    #[cfg(unix)]
    {
        use rustix::fs::Mode;
        use rustix::process::{Resource, Rlimit, setrlimit, umask};

        umask(Mode::RWXG | Mode::RWXO);
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // Lowering a limit is always allowed. If it is not (in a sandbox), the next line helps.
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit, umask};

    /// Limits are per process, and other tests share this one, so the test runs in a child.
    #[test]
    fn memory_and_files_are_private_afterwards() {
        const CHILD: &str = "DEVCONSOLE_TEST_HARDENED";
        const NAME: &str = "runtime::hardening::tests::memory_and_files_are_private_afterwards";
        if std::env::var_os(CHILD).is_none() {
            let status = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", NAME])
                .env(CHILD, "1")
                .status()
                .unwrap();
            assert!(status.success());
            return;
        }
        super::harden();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        assert_eq!(getrlimit(Resource::Core).current, Some(0));
        assert_eq!(umask(rustix::fs::Mode::empty()).bits(), 0o077);
    }
}
