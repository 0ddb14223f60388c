//! A day of a bot's author on the sandbox's pages.

use fantoccini::{Locator, key::Key};
use serde_json::{Value, json};

use crate::page::Page;

impl Page {
    /// Presses one key that is no letter.
    async fn key(&self, key: Key) {
        self.keys(&char::from(key).to_string()).await;
    }

    /// Starts a conversation from any page, by keyboard.
    async fn start_by_keys(&self, name: &str) -> String {
        let before = self.path().await;
        self.key(Key::Escape).await;
        self.keys("n").await;
        self.keys(name).await;
        self.key(Key::Enter).await;
        self.until(&format!(
            "return location.pathname.startsWith('/chat/') && location.pathname !== '{before}' \
             && document.readyState === 'complete'"
        ))
        .await;
        self.path().await
    }

    /// Adds a bot on the overview and returns its token.
    async fn add_bot(&self, name: &str) -> String {
        self.browser.goto(&self.address).await.unwrap();
        self.click("new-bot").await;
        self.fill("bot-name", name).await;
        self.click("add-bot").await;
        self.until("return location.pathname.startsWith('/bots/')")
            .await;
        let token = self.ask("return document.querySelector('.token').textContent");
        token.await.as_str().unwrap().to_owned()
    }

    /// Posts a message through the API, from the page.
    async fn post(&self, chat: &str, token: &str, message: Value) {
        let conversation = chat.trim_start_matches("/chat/");
        let script = "const [address, token, message] = arguments;\
            return fetch(address, {method: 'POST', body: JSON.stringify(message), headers: \
            {authorization: 'Bearer ' + token, 'content-type': 'application/json'}}).then((it) => it.status)";
        let address = format!("/v2/conversations/{conversation}/messages");
        let status = self
            .browser
            .execute(script, vec![json!(address), json!(token), message])
            .await
            .unwrap();
        assert_eq!(status, 201);
    }

    /// Chooses the option with this text.
    async fn choose(&self, test_id: &str, label: &str) {
        let path = format!("//*[@data-testid='{test_id}']//option[normalize-space()='{label}']");
        let option = self.browser.find(Locator::XPath(&path)).await.unwrap();
        option.click().await.unwrap();
    }

    /// Nothing was asked of another origin, nothing was refused by the policy, nothing is wider than
    /// the screen or makes the page as a whole higher than it, and no card is covered by anything.
    async fn is_sound(&self) {
        let foreign = self
            .ask(
                "return performance.getEntriesByType('resource').map((it) => it.name)\
                 .filter((it) => !it.startsWith(location.origin + '/'))",
            )
            .await;
        assert_eq!(foreign, json!([]));
        let width = self
            .ask("return [document.documentElement.scrollWidth, innerWidth]")
            .await;
        assert!(width[0].as_u64() <= width[1].as_u64(), "{width}");
        let height = self
            .ask("return [document.documentElement.scrollHeight, innerHeight]")
            .await;
        assert!(height[0].as_u64() <= height[1].as_u64(), "{height}");
        let covered = self
            .ask(
                "return [...document.querySelectorAll('.card')].filter((it) => {\
                 const {left, top} = it.getBoundingClientRect();\
                 const there = document.elementFromPoint(left + 9, top + 9);\
                 return there && !it.contains(there);\
                 }).map((it) => it.getAttribute('aria-labelledby'))",
            )
            .await;
        assert_eq!(covered, json!([]), "covered by something else");
        let wide = self
            .ask(
                "return [...document.querySelectorAll('main, .bar, .switcher, .phone, .desk, .side, .card')]\
                 .filter((it) => it.offsetParent && it.getBoundingClientRect().right > innerWidth + 1)\
                 .concat([...document.querySelectorAll('[data-scroll], .side, .threads')]\
                 .filter((it) => it.scrollWidth > it.clientWidth + 1)).map((it) => it.className)",
            )
            .await;
        assert_eq!(wide, json!([]), "wider than the screen");
    }
}

fn proposal() -> Value {
    json!({
        "type": "card", "role": "agent", "text": "Three cars that fit", "meta": {"title": "Our proposal"},
        "items": [{
            "title": "Harbour Mini", "description": "Small and quick",
            "mediaUrl": "https://cdn.example.com/mini.jpg",
            "actions": [{"type": "postback", "text": "Take it", "payload": "MINI"}],
        }],
    })
}

#[tokio::test]
async fn a_day_at_the_sandbox() {
    let page = Page::open().await;
    page.click("new-conversation").await;
    page.says("Hello there").await;
    page.shows("transcript", "What is it about?").await;
    let first = page.path().await;
    let second = page.start_by_keys("Carl Second").await;
    page.shows("threads", "Carl Second").await;

    // The one that was opened first is below the newer one.
    page.key(Key::Escape).await;
    page.keys("j").await;
    page.goes_to(&first).await;
    page.keys("k").await;
    page.goes_to(&second).await;

    let token = page.add_bot("Second bot").await;
    page.browser
        .goto(&format!("{}{second}", page.address.trim_end_matches('/')))
        .await
        .unwrap();
    page.choose("agent", "Second bot").await;
    page.fill("desk-composer", "Only for agents").await;
    page.click("desk-to-agents").await;
    page.shows("timeline", "Only for agents").await;
    for _ in 0..9 {
        page.fill("desk-composer", "The same again").await;
        page.click("desk-say").await;
        page.until("return document.querySelector('[data-testid=desk-composer]').value === '' || !document.getElementById('problem').hidden").await;
    }
    page.until(
        "return document.getElementById('problem').textContent.includes('identical messages')",
    )
    .await;
    page.shows("limits", "Full: one more of identical messages")
        .await;

    page.post(&second, &token, proposal()).await;
    page.shows("transcript", "Harbour Mini").await;
    page.click("button").await;
    page.shows("timeline", "MINI").await;

    page.fill("variable-key", "intent").await;
    page.fill("variable-value", "service").await;
    page.click("variable-add").await;
    page.until("return document.querySelector('[data-variable=intent]')?.value === 'service'")
        .await;
    let value = Locator::Css("[data-variable=intent]");
    let value = page.browser.find(value).await.unwrap();
    value.clear().await.unwrap();
    value.send_keys("testdrive").await.unwrap();
    value
        .send_keys(&char::from(Key::Enter).to_string())
        .await
        .unwrap();
    page.until(
        "return document.querySelector('[data-variable=intent]').defaultValue === 'testdrive'",
    )
    .await;

    page.click("clock-7-days").await;
    page.shows("ahead", "7 d ahead").await;

    page.click("pane-journal").await;
    page.shows("journal", "/conversations/{id}/messages").await;
    page.shows("journal", "message.create.contact.card").await;
    page.until(
        "const delivered = [...document.querySelectorAll('[data-side=delivery]')]\
         .find((it) => it.textContent.includes('contact.card'));\
         delivered.querySelector('details').open = true;\
         return delivered.textContent.includes('Our proposal') \
         && delivered.closest('.cause').textContent.includes('POST')",
    )
    .await;

    page.click("copy").await;
    page.click("copy-test").await;
    page.until("return document.getElementById('told').textContent.startsWith('Rust test copied')")
        .await;
    page.is_sound().await;

    page.click("faults-link").await;
    page.click("on-answer").await;
    page.shows("fault-banner", "1 fault is on: answer").await;
    page.click("off-answer").await;
    page.until("return !document.querySelector('[data-testid=fault-banner]')")
        .await;
    page.is_sound().await;
    page.browser.clone().close().await.unwrap();
}

#[tokio::test]
async fn what_is_being_written_outlives_an_update() {
    let page = Page::open().await;
    page.click("new-conversation").await;
    let chat = page.path().await;
    let token = page.add_bot("Talker").await;
    page.browser
        .goto(&format!("{}{chat}", page.address.trim_end_matches('/')))
        .await
        .unwrap();
    page.fill("desk-composer", "half a sen").await;
    page.fill("composer", "half a wo").await;
    page.post(&chat, &token, json!({"text": "Meanwhile", "role": "agent"}))
        .await;
    page.shows("transcript", "Meanwhile").await;
    page.keys("rd").await;
    let written = page
        .ask("return ['composer', 'desk-composer'].map((it) => document.querySelector(`[data-testid=${it}]`).value)")
        .await;
    assert_eq!(written, json!(["half a word", "half a sen"]));
    page.browser.clone().close().await.unwrap();
}

#[tokio::test]
async fn the_overview_fits_on_screens_of_every_width() {
    let page = Page::open().await;
    for width in [740, 900, 1200, 1280, 1600] {
        page.browser.set_window_size(width, 900).await.unwrap();
        page.until(&format!(
            "return innerWidth > {width} - 40 && innerWidth <= {width}"
        ))
        .await;
        page.is_sound().await;
        page.keep_picture(&format!("overview-{width}.png")).await;
    }
    page.browser.clone().close().await.unwrap();
}

#[tokio::test]
async fn everything_fits_on_a_phone() {
    let page = Page::open_on_a_phone().await;
    page.is_sound().await;
    let name = Locator::Css("#new-name");
    let name = page.browser.find(name).await.unwrap();
    name.send_keys(&"مرحبا<script>x\"'".repeat(30))
        .await
        .unwrap();
    page.click("new-conversation").await;
    page.says(&"unbreakable".repeat(60)).await;
    page.shows("transcript", "What is it about?").await;
    page.is_sound().await;
    let chat = page.path().await;
    let token = page
        .add_bot("A bot with a name that is rather long for a phone")
        .await;
    page.is_sound().await;
    page.browser
        .goto(&format!("{}{chat}", page.address.trim_end_matches('/')))
        .await
        .unwrap();
    page.post(&chat, &token, proposal()).await;
    page.shows("transcript", "Harbour Mini").await;
    for pane in ["consumer", "timeline", "journal", "facts"] {
        page.click(&format!("pane-{pane}")).await;
        page.is_sound().await;
        page.keep_picture(&format!("phone-{pane}.png")).await;
    }
    for path in ["journal", "faults"] {
        let address = format!("{}/{path}", page.address.trim_end_matches('/'));
        page.browser.goto(&address).await.unwrap();
        page.is_sound().await;
    }
    page.browser.clone().close().await.unwrap();
}
