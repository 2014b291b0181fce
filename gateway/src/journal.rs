// SPDX-License-Identifier: EUPL-1.2
//! Vernietigingsjournaal: which erasures were carried out, kept outside the database and its copies, so that a copy that was
//! made before is not the way back to what was erased.
//!
//! One line an erasure. Whom it was about stands in it as a keyed hash of a random id: without the keys of the gateway and a
//! copy of its database it says nothing. Each line is sealed to the one before, so that only lines at the end can go missing
//! unseen; a restore compares with what the logs in the copy say.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::keys::{KeyFault, out_of_reach};
use crate::vault::{Id, RetentionClass, Vault};

/// Regel of the journal: one erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    /// The record of the erasure in the log.
    #[serde(rename = "kenmerk", with = "hex::serde")]
    pub(crate) record: Id,
    /// The classes, by their codes.
    #[serde(rename = "klassen")]
    pub(crate) classes: Vec<String>,
    /// When, in microseconds.
    #[serde(rename = "tijd")]
    pub(crate) at: i64,
    /// Of whom, as [`of_whom`] has it.
    #[serde(rename = "wie", with = "hex::serde")]
    pub(crate) whom: Id,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(rename = "regel")]
    line: Line,
    #[serde(rename = "zegel", with = "hex::serde")]
    seal: [u8; 32],
}

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalFault {
    #[error("the erasure journal `{path}` cannot be used: {trouble}")]
    File { path: String, trouble: io::Error },
    #[error("the erasure journal `{path}` was changed: line {line} is not as it was written")]
    Altered { path: String, line: usize },
    #[error(transparent)]
    Place(#[from] KeyFault),
}

/// A journal, open for one more line. Nobody else opens it meanwhile.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    lines: Vec<Line>,
    seal: [u8; 32],
}

/// How the journal names a youth.
pub(crate) fn of_whom(vault: &Vault, youth: Id) -> Id {
    vault.lookup_id("vernietigd", &[&youth])
}

/// Reads a journal that is there.
pub(crate) fn read(path: &Path, vault: &Vault) -> Result<Vec<Line>, JournalFault> {
    let mut text = String::new();
    let unusable = unusable(path);
    let mut file = File::open(path).map_err(&unusable)?;
    file.lock_shared().map_err(&unusable)?;
    file.read_to_string(&mut text).map_err(&unusable)?;
    Ok(lines(path, vault, whole(&text))?.0)
}

impl Journal {
    /// Opens the journal, and makes an empty one where there is none. It may not lie in `data`, which is copied.
    pub(crate) fn open(path: &Path, vault: &Vault, data: Option<&Path>) -> Result<Self, JournalFault> {
        let unusable = unusable(path);
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map_err(&unusable)?;
        out_of_reach(path, data)?;
        file.lock().map_err(&unusable)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(&unusable)?;
        let kept = whole(&text);
        let (lines, seal) = lines(path, vault, kept)?;
        // A line that was being written when the machine stopped was never acknowledged.
        file.set_len(kept.len() as u64).and_then(|()| file.seek(SeekFrom::End(0))).map_err(&unusable)?;
        // The name of a new file is flushed with its folder.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(&unusable)?;
        Ok(Self { path: path.to_owned(), file, lines, seal })
    }

    /// The lines so far.
    pub(crate) fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Adds a line. When this returns it is on disk.
    pub(crate) fn append(&mut self, vault: &Vault, line: Line) -> Result<(), JournalFault> {
        let unusable = unusable(&self.path);
        let seal = sealed(vault, &self.seal, &line);
        let mut text =
            serde_json::to_vec(&Sealed { line: line.clone(), seal }).map_err(|error| unusable(error.into()))?;
        text.push(b'\n');
        self.file.write_all(&text).and_then(|()| self.file.sync_all()).map_err(&unusable)?;
        self.seal = seal;
        self.lines.push(line);
        Ok(())
    }
}

impl Line {
    /// The classes that this program knows.
    pub(crate) fn classes(&self) -> impl Iterator<Item = RetentionClass> {
        self.classes.iter().filter_map(|code| RetentionClass::from_code(code))
    }
}

/// Everything up to the last end of a line.
fn whole(text: &str) -> &str {
    text.rfind('\n').and_then(|end| text.get(..=end)).unwrap_or_default()
}

fn lines(path: &Path, vault: &Vault, text: &str) -> Result<(Vec<Line>, [u8; 32]), JournalFault> {
    let (mut lines, mut seal) = (Vec::new(), [0; 32]);
    for (number, text) in text.lines().enumerate() {
        let altered = || JournalFault::Altered { path: path.display().to_string(), line: number + 1 };
        let read: Sealed = serde_json::from_str(text).map_err(|_| altered())?;
        seal = sealed(vault, &seal, &read.line);
        if seal != read.seal {
            return Err(altered());
        }
        lines.push(read.line);
    }
    Ok((lines, seal))
}

fn sealed(vault: &Vault, before: &[u8; 32], line: &Line) -> [u8; 32] {
    let classes = line.classes.join(",");
    vault.lookup("journaal", &[before, &line.record, classes.as_bytes(), &line.at.to_be_bytes(), &line.whom])
}

fn unusable(path: &Path) -> impl Fn(io::Error) -> JournalFault + use<> {
    let path = path.display().to_string();
    move |trouble| JournalFault::File { path: path.clone(), trouble }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::Arc;

    use super::*;
    use crate::keys::Keys;

    fn line(number: u8) -> Line {
        Line { record: [number; 16], classes: vec!["levering".into()], at: 7, whom: [number + 100; 16] }
    }

    #[test]
    fn what_was_added_is_there_and_what_was_changed_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (path, vault) = (folder.path().join("journaal"), Vault::new(Arc::new(Keys::fresh().unwrap())));
        assert!(read(&path, &vault).is_err(), "no journal is not an empty one");
        let mut journal = Journal::open(&path, &vault, None).unwrap();
        assert_eq!(journal.lines(), []);
        journal.append(&vault, line(1)).unwrap();
        journal.append(&vault, line(2)).unwrap();
        drop(journal);
        let text = fs::read_to_string(&path).unwrap();

        // Cut off while a third was being written: the two stand, and the third goes in whole.
        fs::write(&path, format!("{text}{{\"regel\":{{\"ken")).unwrap();
        assert_eq!(read(&path, &vault).unwrap(), [line(1), line(2)]);
        let mut journal = Journal::open(&path, &vault, None).unwrap();
        journal.append(&vault, line(3)).unwrap();
        drop(journal);
        assert_eq!(read(&path, &vault).unwrap(), [line(1), line(2), line(3)]);

        let last = text.lines().last().unwrap().to_owned() + "\n";
        let other = Vault::new(Arc::new(Keys::fresh().unwrap()));
        for (changed, at) in [
            (text.replacen("levering", "toegang", 1), 1),
            (text.replacen("\"tijd\":7", "\"tijd\":8", 1), 1),
            (last, 1),
            (text.replace("\n{", "\nx{"), 2),
        ] {
            fs::write(&path, &changed).unwrap();
            let fault = read(&path, &vault).unwrap_err();
            assert!(matches!(fault, JournalFault::Altered { line, .. } if line == at), "{changed} {fault}");
            assert!(Journal::open(&path, &vault, None).is_err());
        }
        fs::write(&path, &text).unwrap();
        assert!(read(&path, &other).is_err(), "of a gateway with other keys");
    }

    #[test]
    fn a_journal_is_not_copied_with_the_data_and_nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, vault) = (folder.path().join("journaal"), Vault::new(Arc::new(Keys::fresh().unwrap())));
        assert!(Journal::open(&path, &vault, Some(folder.path())).is_err());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Journal::open(&path, &vault, None).is_err());
    }
}
