// SPDX-License-Identifier: EUPL-1.2
//! Comparing a printed table with the one in git; `SLUIS_BLESS=1` writes it anew, for a person to read in the diff.

use std::fs;
use std::path::PathBuf;

pub(crate) fn compare(name: &str, printed: &str) {
    let path = table(name);
    if blessing() {
        fs::write(&path, printed).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == printed, "tables/{name} differs: run again with SLUIS_BLESS=1 and read the difference");
}

pub(crate) fn blessing() -> bool {
    std::env::var("SLUIS_BLESS").is_ok_and(|value| value == "1")
}

pub(crate) fn table(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tables").join(name)
}
