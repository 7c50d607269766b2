#![no_main]

use std::panic;

/// A panic in the SVG thread is caught there and becomes a refusal. The fuzzer's hook ends the
/// process, so it must not run for that thread.
fn leave_the_svg_thread_alone() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |about| {
        if std::thread::current().name() != Some(devconsole::files::picture::SVG_THREAD) {
            hook(about);
        }
    }));
}

libfuzzer_sys::fuzz_target!(
    init: leave_the_svg_thread_alone(),
    |bytes: &[u8]| devconsole_fuzz::checks::icon::icon(bytes)
);
