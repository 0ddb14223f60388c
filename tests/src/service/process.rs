//! A child process with its log and its end.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tokio::sync::watch;

use super::Log;

/// A child process. It is killed when it is dropped.
#[derive(Debug)]
pub struct Process {
    child: Arc<Mutex<Child>>,
    pid: u32,
    log: Log,
    end: watch::Receiver<Option<ExitStatus>>,
}

impl Process {
    pub(super) fn spawn(command: &mut Command) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = Log::new();
        let readers = [
            child.stdout.take().map(|stream| read_into(&log, stream)),
            child.stderr.take().map(|stream| read_into(&log, stream)),
        ];
        let pid = child.id();
        let child = Arc::new(Mutex::new(child));
        let (told, end) = watch::channel(None);
        thread::spawn({
            let child = Arc::clone(&child);
            move || {
                for reader in readers.into_iter().flatten() {
                    // A reader that panicked has nothing more to tell.
                    let _ = reader.join();
                }
                // Both streams are closed, so this does not hold the lock for long.
                if let Ok(status) = lock(&child).wait() {
                    told.send_replace(Some(status));
                }
            }
        });
        Ok(Self {
            child,
            pid,
            log,
            end,
        })
    }

    /// Kills the process at once (SIGKILL) and waits for its end.
    pub async fn kill(&self) {
        // It fails only when the process has ended already.
        let _ = lock(&self.child).kill();
        self.ended().await;
    }

    /// Asks the process to end (SIGTERM).
    ///
    /// # Errors
    ///
    /// When the signal cannot be sent.
    pub fn terminate(&self) -> io::Result<()> {
        let mut child = lock(&self.child);
        // Under the lock and not yet waited for: the id cannot have gone to another process.
        if child.try_wait()?.is_some() {
            return Ok(());
        }
        let status = Command::new("kill")
            .args(["-TERM", &self.pid.to_string()])
            .status()?;
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("`kill` failed with {status}")))
    }

    /// Returns once the process has ended and its log is complete.
    pub async fn ended(&self) -> ExitStatus {
        let mut end = self.end.clone();
        match end.wait_for(Option::is_some).await {
            Ok(status) => status.unwrap_or_default(),
            // Only when the end could not be observed, which counts as an end.
            Err(_) => ExitStatus::default(),
        }
    }

    /// Whether the process still runs.
    pub fn is_running(&self) -> bool {
        self.end.borrow().is_none()
    }

    /// What it has written so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Its resident memory in bytes.
    ///
    /// # Errors
    ///
    /// When it has ended, or the system has no `/proc`.
    pub fn resident_bytes(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid))?;
        status
            .lines()
            .find_map(|line| {
                line.strip_prefix("VmRSS:")?
                    .trim()
                    .strip_suffix(" kB")?
                    .parse()
                    .ok()
            })
            .map(|kilobytes: u64| kilobytes * 1024)
            .ok_or_else(|| self.failure("has no resident memory; it has ended"))
    }

    pub(super) fn failure(&self, what: &str) -> io::Error {
        io::Error::other(format!("the service {what}; its log:\n{}", self.log.text()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It fails only when the process has ended already.
        let _ = lock(&self.child).kill();
    }
}

fn lock(child: &Mutex<Child>) -> std::sync::MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read_into(log: &Log, stream: impl Read + Send + 'static) -> thread::JoinHandle<()> {
    let log = log.clone();
    thread::spawn(move || {
        let mut lines = BufReader::new(stream);
        let mut line = Vec::new();
        while matches!(lines.read_until(b'\n', &mut line), Ok(1..)) {
            log.push(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    })
}
