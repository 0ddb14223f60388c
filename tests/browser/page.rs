//! A page of the sandbox in a headless Chromium, with a bot behind it.

use std::{path::PathBuf, process::Stdio, time::Duration};

use fantoccini::{Client, ClientBuilder, Locator, key::Key, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use shipmate_tests::binary;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// After this long without what a test waits for, it fails.
const HANG: Duration = Duration::from_mins(1);

/// A page in a browser, and the bot and the driver behind it.
pub(crate) struct Page {
    pub(crate) browser: Client,
    /// Where the sandbox is.
    pub(crate) address: String,
    _bot: Child,
    _driver: Child,
    _profile: tempfile::TempDir,
}

impl Page {
    /// With the intake bot.
    pub(crate) async fn open() -> Self {
        Self::open_with("intake").await
    }

    pub(crate) async fn open_with(bot: &str) -> Self {
        Self::open_on(bot, &json!({})).await
    }

    /// As on a phone: 360 pixels wide.
    pub(crate) async fn open_on_a_phone() -> Self {
        let metrics = json!({"width": 360, "height": 740, "pixelRatio": 1, "touch": false});
        Self::open_on(
            "intake",
            &json!({"mobileEmulation": {"deviceMetrics": metrics}}),
        )
        .await
    }

    async fn open_on(bot: &str, device: &Value) -> Self {
        let mut bot = Command::new(binary::build(bot, bot).unwrap());
        bot.args(["sandbox", "--listen", "127.0.0.1:0"])
            .env("SHIPMATE_LOG", "warn");
        let (bot, address) = start(bot, "Chat with it:").await;
        let mut driver = Command::new("chromedriver");
        driver.arg("--port=0");
        let (driver, port) = start(driver, "started successfully on port").await;
        let profile = tempfile::tempdir().unwrap();
        let browser = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(profile.path(), device))
            .connect(&format!("http://127.0.0.1:{}", port.trim_end_matches('.')))
            .await
            .unwrap();
        browser.goto(&address).await.unwrap();
        Self {
            browser,
            address,
            _bot: bot,
            _driver: driver,
            _profile: profile,
        }
    }

    pub(crate) async fn click(&self, test_id: &str) {
        let selector = format!("[data-testid={test_id}]");
        let element = self
            .browser
            .wait()
            .at_most(HANG)
            .for_element(Locator::Css(&selector))
            .await;
        element.unwrap().click().await.unwrap();
    }

    /// Types into the field with this id, in the place of what is there.
    pub(crate) async fn fill(&self, test_id: &str, text: &str) {
        let selector = format!("[data-testid={test_id}]");
        let field = self.browser.wait().at_most(HANG);
        let field = field.for_element(Locator::Css(&selector)).await.unwrap();
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Presses keys wherever the focus is.
    pub(crate) async fn keys(&self, keys: &str) {
        let focused = self.browser.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Waits until the script says so. It is asked again and again, and returns a truth value.
    pub(crate) async fn until(&self, script: &str) {
        let asked = async {
            while !self.ask(script).await.as_bool().unwrap_or_default() {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(HANG, asked).await.is_err() {
            let page = self.browser.source().await.unwrap_or_default();
            panic!("it did not become true: {script}\n{page}");
        }
    }

    /// What a script returns.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.browser.execute(script, Vec::new()).await.unwrap()
    }

    /// Waits until the page is another one.
    pub(crate) async fn goes_to(&self, path: &str) {
        self.until(&format!(
            "return location.pathname === '{path}' && document.readyState === 'complete'"
        ))
        .await;
    }

    /// The path of the page.
    pub(crate) async fn path(&self) -> String {
        self.browser.current_url().await.unwrap().path().to_owned()
    }

    /// Presses the quick reply with this label.
    pub(crate) async fn press(&self, label: &str) {
        let path = format!("//*[@data-testid='quick-reply'][normalize-space()='{label}']");
        let button = self
            .browser
            .wait()
            .at_most(HANG)
            .for_element(Locator::XPath(&path))
            .await;
        button
            .unwrap_or_else(|error| panic!("no quick reply {label}: {error}"))
            .click()
            .await
            .unwrap();
    }

    pub(crate) async fn says(&self, text: &str) {
        let composer = Locator::Css("[data-testid=composer]");
        let composer = self
            .browser
            .wait()
            .at_most(HANG)
            .for_element(composer)
            .await
            .unwrap();
        composer.send_keys(text).await.unwrap();
        composer
            .send_keys(&char::from(Key::Enter).to_string())
            .await
            .unwrap();
    }

    /// Waits until the part of the page with this id shows `text`.
    pub(crate) async fn shows(&self, test_id: &str, text: &str) {
        let path = format!("//*[@data-testid='{test_id}'][contains(., '{text}')]");
        let found = self
            .browser
            .wait()
            .at_most(HANG)
            .for_element(Locator::XPath(&path))
            .await;
        if let Err(error) = found {
            let page = self.browser.source().await.unwrap_or_default();
            panic!("{test_id} does not show {text:?}: {error}\n{page}");
        }
    }

    /// Keeps what can be seen, for a person to look at, if `SCREENSHOTS` names a folder.
    pub(crate) async fn keep_picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("SCREENSHOTS") {
            let picture = self.browser.screenshot().await.unwrap();
            std::fs::write(PathBuf::from(folder).join(name), picture).unwrap();
        }
    }
}

/// Starts a program that is killed when the test ends, and returns what it prints after `mark`.
async fn start(mut program: Command, mark: &str) -> (Child, String) {
    let mut child = program
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {program:?}: {error}; is it installed?"));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = async {
        loop {
            let line = lines.next_line().await.unwrap().expect("the program ended");
            if let Some((_, rest)) = line.split_once(mark) {
                return rest.trim().to_owned();
            }
        }
    };
    let told = tokio::time::timeout(HANG, told)
        .await
        .expect("the program did not say where it is");
    // Keeps the pipe open, so that the program can go on printing.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (child, told)
}

fn capabilities(profile: &std::path::Path, device: &Value) -> Capabilities {
    let profile = format!("--user-data-dir={}", profile.display());
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1360,900",
        &profile,
    ];
    let mut options = json!({"args": arguments});
    for (option, value) in device.as_object().into_iter().flatten() {
        options[option] = value.clone();
    }
    let capabilities = json!({"goog:chromeOptions": options});
    capabilities.as_object().cloned().unwrap_or_default()
}
