//! The campaign of the sandbox, watched by moving the clock.

use std::collections::BTreeMap;

use shipmate::{
    testing::{Contact, World},
    web1on1::ConversationId,
};

use super::{hears, world};

/// From the start of the worlds, Monday 10:00 UTC, past the next Monday 9:00 in Berlin.
const PAST: &str = "166 h 10 min";

/// How the form begins, by SMS.
const FIRST: &str =
    "Hallo! Ich stelle Ihnen ein paar kurze Fragen, damit wir Ihnen gut helfen können.

Welches Modell möchten Sie fahren?
1. Kleinwagen
2. Kombi
3. SUV
Bitte antworten Sie mit einer Nummer aus der Liste.";

/// Who was invited, by name.
struct Invited {
    world: World,
    conversations: BTreeMap<String, ConversationId>,
}

impl Invited {
    async fn on_monday() -> Self {
        let world = world(&[]).await;
        world.advance(PAST).await;
        let ids = world.sandbox().conversations().into_iter();
        let conversations = ids.map(|id| {
            let found = world.sandbox().conversation(&id).unwrap().conversation;
            (found.name.unwrap_or_default(), id)
        });
        Self {
            conversations: conversations.collect(),
            world,
        }
    }

    fn contact(&self, name: &str) -> Contact<'_> {
        self.world.contact_of(&self.conversations[name], name)
    }

    async fn ends_well(self) {
        self.world.finish().await;
        self.world.assert_exactly_once();
        self.world.assert_no_limit_breach();
    }
}

#[tokio::test]
async fn who_answers_the_invitation_is_asked_the_form_in_german() {
    let invited = Invited::on_monday().await;
    let names: Vec<_> = invited.conversations.keys().map(String::as_str).collect();
    assert_eq!(names, ["Greta Muster", "Jonas Beispiel", "Tim Smith"]);
    let jonas = invited.contact("Jonas Beispiel");
    jonas
        .expects("Hallo Jonas, unsere neuen Modelle sind da.…")
        .await;
    jonas.expects_silence().await;
    jonas.says("Ja gern").await;
    jonas.expects(FIRST).await;
    hears(&jonas, "Traktor", "Welches Modell").await;
    hears(&jonas, "Kombi", "An welchem Tag").await;
    hears(&jonas, "20. März 2026", "E-Mail-Adresse").await;
    hears(&jonas, "jonas@example.com", "in Zahlung").await;
    hears(&jonas, "nein", "Das habe ich notiert").await;
    jonas.expects_closed().await;
    jonas.expects_field("model", "estate").await;
    jonas.expects_field("day", "2026-03-20").await;
    jonas.expects_variable("intake", "complete").await;
    invited.ends_well().await;
}

#[tokio::test]
async fn who_declines_the_invitation_is_asked_nothing() {
    let invited = Invited::on_monday().await;
    let greta = invited.contact("Greta Muster");
    greta.hears().await;
    hears(&greta, "Nein danke", "Das ist in Ordnung").await;
    greta.expects_variable("intake", "declined").await;
    greta.expects_closed().await;
    invited.ends_well().await;
}

#[tokio::test]
async fn what_is_said_long_after_the_invitation_is_no_answer_to_it() {
    let invited = Invited::on_monday().await;
    let tim = invited.contact("Tim Smith");
    tim.expects("Hello Tim, our new models are here.…").await;
    invited.world.advance("8 d").await;
    hears(&tim, "no", "What is it about?").await;
    tim.expects_buttons([]).await;
}
