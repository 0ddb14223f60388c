//! A scenario: a Node script that uses the SDK, run as a child process.

use std::{path::Path, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    task::JoinHandle,
};

/// After this long without what a test waits for, it fails.
pub(crate) const HANG: Duration = Duration::from_mins(1);

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sdk");

/// A running scenario. It is killed when it is dropped.
pub(crate) struct Script {
    name: &'static str,
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    complaints: JoinHandle<String>,
    /// Told, and not asked for yet: what belongs to different events may come in any order.
    told: Vec<Value>,
}

impl Script {
    /// Runs `tests/sdk/<name>.js`.
    pub(crate) fn start(name: &'static str, given: &Value) -> Self {
        Self::start_with(name, given, &[])
    }

    /// Runs it with nothing in the environment but these variables.
    pub(crate) fn start_with(
        name: &'static str,
        given: &Value,
        variables: &[(&str, &str)],
    ) -> Self {
        assert!(
            Path::new(FOLDER).join("node_modules/chipchat").is_dir(),
            "the SDK is not installed; run `npm ci --ignore-scripts` in tests/sdk"
        );
        let mut node = Command::new("node");
        node.current_dir(FOLDER)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .envs(variables.iter().copied())
            .args([format!("{name}.js"), given.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = node
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start node: {error}; is it installed?"));
        let mut stderr = child.stderr.take().unwrap();
        Self {
            name,
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()).lines(),
            complaints: tokio::spawn(async move {
                let mut text = String::new();
                // What cannot be read is missing from a failure message, no more.
                let _ = stderr.read_to_string(&mut text).await;
                text
            }),
            child,
            told: Vec::new(),
        }
    }

    /// What the script tells of `step`, now or when it comes to it.
    pub(crate) async fn tells(&mut self, step: &str) -> Value {
        if let Some(index) = self.told.iter().position(|told| told["step"] == step) {
            return self.told.remove(index);
        }
        loop {
            match tokio::time::timeout(HANG, self.read()).await {
                Ok(Some(told)) if told["step"] == step => return told,
                Ok(Some(other)) => self.told.push(other),
                Ok(None) => self.fail(&format!("ended before {step:?}")).await,
                Err(_) => self.fail(&format!("does not come to {step:?}")).await,
            }
        }
    }

    /// Says to the script that it may go on.
    pub(crate) async fn go_on(&mut self) {
        self.says(&json!("go on")).await;
    }

    /// Says something to the script.
    pub(crate) async fn says(&mut self, what: &Value) {
        let line = format!("{what}\n");
        if self.input.write_all(line.as_bytes()).await.is_err() {
            self.fail("ended too early").await;
        }
    }

    /// Returns once the script has ended well, with what it told and nobody asked for.
    pub(crate) async fn ends(mut self) -> Vec<Value> {
        while let Some(told) = tokio::time::timeout(HANG, self.read())
            .await
            .unwrap_or_else(|_| panic!("{}.js does not end", self.name))
        {
            self.told.push(told);
        }
        if !self.child.wait().await.unwrap().success() {
            self.fail("failed").await;
        }
        self.told
    }

    /// Returns once the script has ended badly, with what it complained of.
    pub(crate) async fn breaks(mut self) -> String {
        let ended = tokio::time::timeout(HANG, self.child.wait()).await;
        let status = ended.unwrap_or_else(|_| panic!("{}.js does not end", self.name));
        assert!(!status.unwrap().success(), "{}.js ended well", self.name);
        self.complaints.await.unwrap_or_default()
    }

    /// The next line that is a step; the SDK writes lines of its own.
    async fn read(&mut self) -> Option<Value> {
        while let Some(line) = self.output.next_line().await.unwrap() {
            if let Ok(told) = serde_json::from_str::<Value>(&line)
                && told.get("step").is_some()
            {
                return Some(told);
            }
        }
        None
    }

    async fn fail(&mut self, what: &str) -> ! {
        // It fails only when the process has ended already.
        let _ = self.child.start_kill();
        let complaints = (&mut self.complaints).await.unwrap_or_default();
        let told = &self.told;
        panic!(
            "{}.js {what}; it told {told:?} and wrote\n{complaints}",
            self.name
        );
    }
}
