// SPDX-License-Identifier: EUPL-1.2
//! The folder of one run: nobody else can look into it, and it goes when the run ends.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::vault::fresh_id;

/// Map van de demo: removed with everything in it when it is dropped.
#[doc(alias = "map")]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// A fresh folder with the given rooms in it, for its owner only.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn fresh(rooms: &[&str]) -> io::Result<Self> {
        let id = fresh_id().map_err(io::Error::other)?;
        let name: String = hex::encode(id).chars().take(8).collect();
        let folder = Self(std::env::temp_dir().join(format!("sluis-demo-{name}")));
        make(&folder.0)?;
        for room in rooms {
            make(&folder.0.join(room))?;
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// A place in it.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is synthetic, and lies where the system clears up.
        let _removed = fs::remove_dir_all(&self.0);
    }
}

/// Makes a folder that is not there yet, for its owner only.
///
/// # Errors
/// When it exists or cannot be made.
pub(super) fn make(path: &Path) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_is_its_owners_and_goes_away() {
        let folder = Folder::fresh(&["sleutels"]).unwrap();
        let path = folder.path().to_owned();
        for place in [path.clone(), folder.join("sleutels")] {
            assert_eq!(fs::metadata(place).unwrap().permissions().mode() & 0o777, 0o700);
        }
        drop(folder);
        assert!(!path.exists());
    }
}
