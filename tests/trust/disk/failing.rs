//! How a disk fails, and the library that makes it fail within a service.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use shipmate_tests::service::Settings;

const EIO: u8 = 5;
const ENOSPC: u8 = 28;

/// What happens at one operation of the store on its files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    /// Which operation, counted from 1.
    pub(super) at: u64,
    pub(super) how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// One operation fails.
    ErrorOnce,
    /// Everything fails until the disk is repaired.
    Error,
    /// Nothing can be written until there is room again.
    Full,
    /// The same, after half of a write.
    FullInTheMiddle,
}

impl How {
    pub(super) const ALL: [Self; 4] = [
        Self::ErrorOnce,
        Self::Error,
        Self::Full,
        Self::FullInTheMiddle,
    ];
}

/// The disk under the store in a folder.
#[derive(Debug)]
pub(super) struct Disk<'a> {
    folder: &'a Path,
}

impl<'a> Disk<'a> {
    pub(super) fn under(folder: &'a Path) -> Self {
        Self { folder }
    }

    /// The service with this disk, which works unless there is a `failure`.
    pub(super) fn put_into(&self, settings: Settings, failure: Option<Failure>) -> Settings {
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        let settings = settings
            .with("LD_PRELOAD", &path(library()))
            .with("FAILING_DISK_FILES", "store.db")
            .with("FAILING_DISK_COUNT", &path(self.count()));
        let Some(Failure { at, how }) = failure else {
            return settings;
        };
        let error = match how {
            How::ErrorOnce | How::Error => EIO,
            How::Full | How::FullInTheMiddle => ENOSPC,
        };
        let settings = settings
            .with("FAILING_DISK_AT", &at.to_string())
            .with("FAILING_DISK_ERROR", &error.to_string());
        match how {
            How::ErrorOnce => return settings,
            How::Error | How::Full => fs::write(self.broken(), "").unwrap(),
            How::FullInTheMiddle => {
                fs::write(self.broken(), "").unwrap();
                return settings
                    .with("FAILING_DISK_SHORT", "1")
                    .with("FAILING_DISK_BROKEN", &path(self.broken()));
            }
        }
        settings.with("FAILING_DISK_BROKEN", &path(self.broken()))
    }

    /// From here on everything works.
    pub(super) fn repair(&self) {
        let broken = self.broken();
        if broken.exists() {
            fs::remove_file(broken).unwrap();
        }
    }

    /// How many operations there were.
    pub(super) fn operations(&self) -> u64 {
        let count = fs::read_to_string(self.count()).unwrap();
        count.trim().parse().unwrap()
    }

    fn broken(&self) -> PathBuf {
        self.folder.join("broken")
    }

    fn count(&self) -> PathBuf {
        self.folder.join("operations")
    }
}

/// The shared library, made by the C compiler that SQLite needs as well.
fn library() -> PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY
        .get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
            let library = folder.join("failing_disk.so");
            // Another run of the tests may be using the one that is there.
            let fresh = folder.join(format!("failing_disk-{}.so", std::process::id()));
            let compiled = Command::new("cc")
                .args(["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o"])
                .args([&fresh, &source()])
                .status();
            assert!(
                compiled.is_ok_and(|status| status.success()),
                "`cc` cannot compile failing_disk.c; install a C compiler"
            );
            fs::rename(fresh, &library).unwrap();
            library
        })
        .clone()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("trust/disk/failing_disk.c")
}
