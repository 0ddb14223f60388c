//! One process per store: two would both handle what waits in it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::store::StoreError;

/// The right to use a store; the system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the store at `path`, and creates the store's file for its owner only: it
    /// will hold what people said.
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let shown = path.display().to_string();
        let prepare = |source| StoreError::Prepare {
            path: shown.clone(),
            source,
        };
        let file = private(&lock_path(path)).map_err(prepare)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { path: shown }),
            Err(TryLockError::Error(source)) => return Err(prepare(source)),
        }
        private(path).map_err(prepare)?;
        Ok(Self { _file: file })
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// Opens or creates a file that only its owner may read.
fn private(path: &Path) -> io::Result<File> {
    const OWNER_ONLY: u32 = 0o600;
    OpenOptions::new()
        .create(true)
        .append(true)
        .mode(OWNER_ONLY)
        .open(path)
}
