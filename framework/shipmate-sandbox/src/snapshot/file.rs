//! Snapshots as files that only their owner reads.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use super::{Snapshot, SnapshotError};

impl Snapshot {
    /// Writes the snapshot to a file that only its owner may read. An older one is replaced at once
    /// or not at all.
    ///
    /// # Errors
    /// If the file or its neighbour, with `.new` at the end of the name, cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), SnapshotError> {
        let path = path.as_ref();
        let text = self.to_json()?;
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        write_privately(Path::new(&new), &text)
            .and_then(|()| fs::rename(&new, path))
            .map_err(|source| failed(path, source))
    }

    /// Reads a snapshot from a file.
    ///
    /// # Errors
    /// If it cannot be read or is not a snapshot of this version.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SnapshotError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|source| failed(path, source))?;
        Self::from_json(&text)
    }
}

fn write_privately(path: &Path, text: &str) -> io::Result<()> {
    // What was left by a crash may have other rights.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn failed(path: &Path, source: io::Error) -> SnapshotError {
    SnapshotError::File {
        path: path.display().to_string(),
        source,
    }
}
