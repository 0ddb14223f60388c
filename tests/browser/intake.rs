//! A whole intake held by a consumer on the sandbox's chat page.

use std::{path::PathBuf, process::Stdio, time::Duration};

use fantoccini::{Client, ClientBuilder, Locator, key::Key, wd::Capabilities};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use shipmate_tests::binary;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// After this long without what a test waits for, it fails.
const HANG: Duration = Duration::from_mins(1);

/// A page in a browser, and the bot and the driver behind it.
struct Page {
    browser: Client,
    _bot: Child,
    _driver: Child,
    _profile: tempfile::TempDir,
}

impl Page {
    async fn open() -> Self {
        let intake = binary::build("intake", "intake").unwrap();
        let mut bot = Command::new(intake);
        bot.args(["sandbox", "--listen", "127.0.0.1:0"])
            .env("SHIPMATE_LOG", "warn");
        let (bot, address) = start(bot, "Chat with it:").await;
        let mut driver = Command::new("chromedriver");
        driver.arg("--port=0");
        let (driver, port) = start(driver, "started successfully on port").await;
        let profile = tempfile::tempdir().unwrap();
        let browser = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(profile.path()))
            .connect(&format!("http://127.0.0.1:{}", port.trim_end_matches('.')))
            .await
            .unwrap();
        browser.goto(&address).await.unwrap();
        Self {
            browser,
            _bot: bot,
            _driver: driver,
            _profile: profile,
        }
    }

    async fn click(&self, test_id: &str) {
        let selector = format!("[data-testid={test_id}]");
        let element = self
            .browser
            .wait()
            .at_most(HANG)
            .for_element(Locator::Css(&selector))
            .await;
        element.unwrap().click().await.unwrap();
    }

    /// Presses the quick reply with this label.
    async fn press(&self, label: &str) {
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

    async fn says(&self, text: &str) {
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
    async fn shows(&self, test_id: &str, text: &str) {
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
    async fn keep_picture(&self, name: &str) {
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

fn capabilities(profile: &std::path::Path) -> Capabilities {
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
    let options = json!({"goog:chromeOptions": {"args": arguments}});
    options.as_object().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_consumer_holds_a_whole_intake_on_the_chat_page() {
    let page = Page::open().await;
    page.click("new-conversation").await;
    page.says("Hello there").await;
    page.shows("transcript", "What is it about?").await;
    page.press("Test drive").await;
    page.shows("transcript", "What is your name?").await;
    page.says("Ann <b>Example</b>").await;
    page.shows("transcript", "What is your e-mail address?")
        .await;
    page.says("not an address").await;
    page.says("ann@example.com").await;
    page.shows("transcript", "On which number can we reach you?")
        .await;
    page.keep_picture("sandbox.png").await;
    page.says("+31 20 123 4567").await;
    page.shows("transcript", "How old are you?").await;
    page.says("34").await;
    page.shows("transcript", "On which day").await;
    page.says("12 March 2030").await;
    page.shows("transcript", "Which model").await;
    page.press("SUV").await;
    page.shows("transcript", "Which engine?").await;
    page.press("Electric").await;
    page.shows("transcript", "driving licence").await;
    page.says("2001-02-28").await;
    page.shows("transcript", "trade in").await;
    page.press("Yes").await;
    page.shows("transcript", "Anything else").await;
    page.says("See you then").await;

    page.shows("transcript", "This is what I noted down").await;
    page.shows("transcript", "12 March 2030").await;
    page.shows("fields", "ann@example.com").await;
    page.shows("results", "suv").await;
    page.shows("status", "closed").await;
    page.keep_picture("closed.png").await;
    page.browser.clone().close().await.unwrap();
}
