// SPDX-License-Identifier: EUPL-1.2
//! P10: a panic tells where it happened, and never what was being worked on.

use std::process::Command;

const CHILD: &str = "SLUIS_TEST_PANICS";

#[test]
fn p10_a_panic_does_not_repeat_what_it_was_about() {
    if std::env::var_os(CHILD).is_some() {
        sluis::log::install(sluis::log::Level::Info);
        panic!("burgerservicenummer 999990019");
    }
    let own = std::env::current_exe().expect("a test knows its own file");
    let output = Command::new(own)
        .args(["--exact", "p10_a_panic_does_not_repeat_what_it_was_about", "--nocapture"])
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "1")
        .output()
        .expect("the test can start itself");
    let said = [output.stderr, output.stdout].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("gateway/tests/panic.rs:"), "{said}");
    assert!(!said.contains("999990019"), "{said}");
}
