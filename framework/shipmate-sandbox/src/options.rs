//! What a sandbox begins with and what is kept of it, as a command line says it.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::{Builder, Sandbox, Seed, SeedError, Snapshot, SnapshotError};

/// Options of a program that runs a sandbox: `--random-seed`, `--seed` and `--snapshot`, to be
/// flattened into its own (clap).
#[derive(Debug, Clone, Default, Args)]
pub struct WorldOptions {
    /// The seed of ids, secrets and tokens; the same number gives the same ones in every run. That
    /// of the seed file, or 1, by default.
    #[arg(long)]
    random_seed: Option<u64>,

    /// What exists from the start: a TOML or JSON file. A small world of the program's own by
    /// default.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,

    /// Goes on with the snapshot in this file, if there is one, and writes one there at the end.
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
}

impl WorldOptions {
    /// The seed file's world, if one is given.
    ///
    /// # Errors
    /// As [`Seed::from_file`].
    pub fn seed(&self) -> Result<Option<Seed>, SeedError> {
        self.seed.as_ref().map(Seed::from_file).transpose()
    }

    /// The snapshot to go on with, if there is one.
    ///
    /// # Errors
    /// As [`Snapshot::read`].
    pub fn snapshot(&self) -> Result<Option<Snapshot>, SnapshotError> {
        let existing = self.snapshot.as_ref().filter(|path| path.exists());
        existing.map(Snapshot::read).transpose()
    }

    /// A sandbox with the given random seed.
    #[must_use]
    pub fn configure(&self, builder: Builder) -> Builder {
        match self.random_seed {
            Some(random_seed) => builder.random_seed(random_seed),
            None => builder,
        }
    }

    /// Where a snapshot is written at the end.
    pub fn kept_in(&self) -> Option<&Path> {
        self.snapshot.as_deref()
    }

    /// Writes a snapshot, if one is wanted.
    ///
    /// # Errors
    /// As [`Snapshot::write`].
    pub fn keep(&self, sandbox: &Sandbox) -> Result<(), SnapshotError> {
        self.kept_in()
            .map_or(Ok(()), |path| sandbox.snapshot().write(path))
    }
}
