//! Surveys held by consumers on the sandbox's chat page, and begun by moving its clock.

use fantoccini::Locator;

use crate::page::Page;

impl Page {
    /// Starts a conversation with a consumer who speaks Dutch.
    async fn start_in_dutch(&self, name: &str) {
        self.ask("document.querySelector('#new .more-fields').open = true")
            .await;
        for (field, value) in [("name", name), ("locale", "nl")] {
            let selector = format!("#new [name={field}]");
            let field = self.browser.find(Locator::Css(&selector)).await.unwrap();
            field.send_keys(value).await.unwrap();
        }
        self.click("new-conversation").await;
        self.until("return location.pathname.startsWith('/chat/')")
            .await;
    }

    /// Waits until the consumer's phone shows `text` so many times.
    async fn shows_times(&self, text: &str, times: usize) {
        self.until(&format!(
            "const phone = document.querySelector('[data-testid=transcript]');\
             return phone && phone.textContent.split('{text}').length - 1 === {times}"
        ))
        .await;
    }
}

#[tokio::test]
async fn two_hours_after_the_closing_a_survey_is_held_in_dutch() {
    let page = Page::open_with("survey").await;
    page.start_in_dutch("Bram de Vries").await;
    page.says("Mijn auto is nog niet klaar.").await;
    page.shows("timeline", "Mijn auto is nog niet klaar.").await;
    page.fill("desk-composer", "Vervelend! Morgen is hij klaar.")
        .await;
    page.click("desk-say").await;
    page.shows("transcript", "Morgen is hij klaar.").await;
    page.click("leave").await;
    page.shows("status", "closed").await;

    page.click("clock-1-hour").await;
    page.shows("ahead", "1 h ahead").await;
    page.click("clock-1-hour").await;
    page.shows("transcript", "Mogen we u een of twee korte vragen stellen?")
        .await;
    let question = "Hoe waarschijnlijk is het";
    page.shows_times(question, 1).await;
    page.keep_picture("survey-begun.png").await;
    page.says("elf").await;
    page.shows_times(question, 2).await;
    page.says("4").await;
    page.shows("transcript", "Wat is de belangrijkste reden")
        .await;
    page.says("Het duurde te lang").await;
    page.shows(
        "transcript",
        "Dat spijt ons. Mag een collega u daarover bellen?",
    )
    .await;
    page.press("Nee").await;

    page.shows("transcript", "Hartelijk dank, dat was alles!")
        .await;
    page.shows("status", "closed").await;
    for result in ["score", "4", "reason", "Het duurde te lang", "callback"] {
        page.shows("results", result).await;
    }
    page.shows_times(question, 2).await;
    page.keep_picture("survey-held.png").await;
    page.browser.clone().close().await.unwrap();
}

#[tokio::test]
async fn a_campaign_is_watched_by_moving_the_clock_a_week() {
    let page = Page::open_with("survey").await;
    page.shows("threads", "No conversations yet.").await;
    page.click("clock-7-days").await;
    for name in ["Bram de Vries", "Sanne Jansen", "Tim Smith"] {
        page.shows("threads", name).await;
    }
    page.keep_picture("campaign-begun.png").await;
    let bram = "//*[@data-testid='threads']//a[contains(., 'Bram de Vries')]";
    let bram = page.browser.find(Locator::XPath(bram)).await.unwrap();
    bram.click().await.unwrap();
    page.shows("transcript", "Dag Bram, u was onlangs in onze werkplaats.")
        .await;
    page.shows("transcript", "Hoe waarschijnlijk is het").await;
    page.says("9").await;
    page.shows("transcript", "Wat is de belangrijkste reden")
        .await;
    page.browser.clone().close().await.unwrap();
}
