//! With whom an interview speaks in which language, and what the contact's profile learns.

use serde_json::{Value, json};

use super::{Edition, Play};
use crate::{form::Locale, testing::containing};

const SURVEY: &str = r#"
    id = "visit"
    locales = ["nl", "de"]

    [[questions]]
    name = "mail"
    type = "email"
    text = { nl = "Uw e-mailadres?", de = "Ihre E-Mail-Adresse?" }
    prefill = "profile.email"

    [[questions]]
    name = "phone"
    type = "tel"
    text = { nl = "Uw nummer?", de = "Ihre Nummer?" }
    prefill = "profile.telephone"

    [[questions]]
    name = "town"
    type = "text"
    text = { nl = "Uw plaats?", de = "Ihr Ort?" }
    prefill = "profile.address.addressLocality"
"#;

#[tokio::test]
async fn the_profile_learns_what_it_lacks_and_keeps_what_the_platform_finds_it_by() {
    let play = Play::of(SURVEY).await;
    let Value::Object(profile) = json!({
        "telephone": "+31612345678", "locale": "nl",
        "address": { "addressLocality": "Utrecht", "postalCode": "3511 AA" },
    }) else {
        unreachable!()
    };
    let ann = play.world.contact_with("Ann", profile);
    for says in ["hoi", "ann@example.com", "nee", "+31 20 123 4567", "nee"] {
        ann.says(says).await;
        ann.hears().await;
    }
    ann.expects_no_profile("email").await;
    ann.says("Den Haag").await;
    ann.expects_profile("email", "ann@example.com").await;
    ann.expects_profile("telephone", "+31612345678").await;
    ann.expects_profile("address.addressLocality", "Den Haag")
        .await;
    ann.expects_profile("address.postalCode", "3511 AA").await;
    ann.expects_report("phone", "+31201234567").await;
    play.finish().await;
}

#[tokio::test]
async fn who_cancels_leaves_nothing_in_the_profile() {
    let play = Play::of(SURVEY).await;
    let ann = play.world.contact("Ann");
    for says in ["hoi", "ann@example.com", "annuleren"] {
        ann.says(says).await;
        ann.hears().await;
    }
    ann.expects_no_profile("email").await;
    play.finish().await;
}

#[tokio::test]
async fn a_survey_speaks_one_of_its_languages() {
    let play = Play::of(SURVEY).await;
    let Value::Object(profile) = json!({ "locale": "fr" }) else {
        unreachable!()
    };
    let zoe = play.world.contact_with("Zoé", profile);
    zoe.says("bonjour").await;
    zoe.expects(containing("Uw e-mailadres?\nBijvoorbeeld"))
        .await;
    let none = SURVEY.replace("locales = [\"nl\", \"de\"]", "locales = [\"en\", \"nl\"]");
    for (survey, wanted, spoken) in [
        (SURVEY, Locale::De, Locale::De),
        (SURVEY, Locale::En, Locale::Nl),
        (&none, Locale::Fr, Locale::En),
        (
            "id = 'a'\n[[questions]]\nname = 'b'\ntype = 'text'\ntext = 'C?'",
            Locale::Fr,
            Locale::Fr,
        ),
    ] {
        let edition = Edition::from_toml(survey).unwrap();
        assert_eq!(edition.locale_for(wanted), spoken);
    }
    play.finish().await;
}
