//! A whole intake held by a consumer on the sandbox's chat page.

use crate::page::Page;

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
