//! Product binaries, built with the profile of whoever runs.

use std::{
    env, io,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The `echo` example: answers each chat message of a consumer with its text. It is built once
/// while the caller runs, if at all.
///
/// # Errors
///
/// When Cargo cannot build it; Cargo has then said why on the standard error.
pub fn echo() -> io::Result<PathBuf> {
    static ECHO: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    ECHO.get_or_init(|| build("examples", "echo").map_err(|error| error.to_string()))
        .clone()
        .map_err(io::Error::other)
}

/// The `test_drive` example: asks ten questions. It is built once while the caller runs, if at all.
///
/// # Errors
///
/// When Cargo cannot build it; Cargo has then said why on the standard error.
#[cfg(feature = "sdk")]
pub fn test_drive() -> io::Result<PathBuf> {
    static TEST_DRIVE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    TEST_DRIVE
        .get_or_init(|| build("examples", "test_drive").map_err(|error| error.to_string()))
        .clone()
        .map_err(io::Error::other)
}

/// Builds `binary` of `package` unless it is fresh, and tells where it is.
///
/// # Errors
///
/// When Cargo cannot build it; Cargo has then said why on the standard error.
pub fn build(package: &str, binary: &str) -> io::Result<PathBuf> {
    let profile_folder = profile_folder()?;
    let target_folder = parent(&profile_folder)?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--bin", binary, "--target-dir"])
        .arg(target_folder);
    if profile_folder.ends_with("release") {
        cargo.args(["--release", "--package", package]);
    } else {
        // With a test target beside it, libraries have the features that they have in
        // `cargo test --workspace`, so they are there already.
        cargo.args(["--workspace", "--test", "memory"]);
    }
    // Cargo tells these to whoever it runs. Handed on, they would make build scripts that watch them
    // (ring's) run again, and again when Cargo is next started from outside.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(name);
        }
    }
    let status = cargo.status()?;
    if !status.success() {
        let problem = format!("cannot build {binary} ({status}); run `cargo build -p {package}`");
        return Err(io::Error::other(problem));
    }
    Ok(profile_folder
        .join(binary)
        .with_extension(env::consts::EXE_EXTENSION))
}

/// `target/debug` or `target/release`: where this very program lies, or right above for tests and
/// benches.
fn profile_folder() -> io::Result<PathBuf> {
    let folder = parent(&env::current_exe()?)?;
    if folder.ends_with("deps") {
        return parent(&folder);
    }
    Ok(folder)
}

fn parent(path: &Path) -> io::Result<PathBuf> {
    path.parent()
        .map(Path::to_path_buf)
        .ok_or_else(|| io::Error::other(format!("{} lies in no folder", path.display())))
}
