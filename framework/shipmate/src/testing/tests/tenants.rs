//! Organizations with settings of their own, which come, change and go.

use std::sync::Mutex;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;
use shipmate_sandbox::{Demo, Fault, Seed};
use web1on1::{Client, InstanceId, Meta, OrganizationId, Token};

use crate::{
    Bot, BotSetup, Message, Outcome, Result, Turn,
    form::Locale,
    tenant::{Inherit, Problems},
    testing::{World, containing},
};

#[derive(Deserialize)]
struct Config {
    company: String,
    #[serde(default = "three")]
    attempts: u32,
}

fn three() -> u32 {
    3
}

/// Tells who it speaks for.
struct Greeter;

impl Bot for Greeter {
    type State = u32;
    type Config = Config;

    fn check_config(config: &Config, problems: &mut Problems) {
        if config.attempts == 0 {
            problems.add("attempts", "a whole number from 1, for example 3");
        }
    }

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.state += 1;
        if message.text == "accept" {
            turn.accept();
        }
        turn.say(format!("This is {}.", turn.config().company));
        turn.done()
    }

    fn summary(&self, state: &u32, _: Locale) -> Option<String> {
        Some(format!("{state} messages"))
    }
}

/// A group with two dealers, one of which has a branch.
struct Scene {
    world: World,
    group: OrganizationId,
    dealer: OrganizationId,
    branch: OrganizationId,
    other: OrganizationId,
    calls: Mutex<usize>,
}

impl Scene {
    async fn new() -> Self {
        Self::with(|setup| setup, true).await
    }

    async fn with(adjust: impl FnOnce(BotSetup) -> BotSetup, in_branch: bool) -> Self {
        let (mut seed, demo) = Seed::demo();
        let Demo {
            group, dealer, bot, ..
        } = demo;
        let other = seed.organization_below(&group, "Hill Motors");
        let branch = seed.organization_below(&dealer, "Harbour Branch");
        let company = |name: &str| Meta::from_iter([("company".to_owned(), json!(name))]);
        seed.instance(&bot, &other, company("Hill Motors"));
        if in_branch {
            seed.instance(&bot, &branch, Meta::new());
        }
        let setup = adjust(BotSetup::new("bot", Greeter));
        let world = World::builder()
            .setup(setup)
            .seed(seed)
            .organization(dealer.as_str())
            .await;
        Self {
            world,
            group,
            dealer,
            branch,
            other,
            calls: Mutex::default(),
        }
    }

    fn instance_of(&self, organization: &OrganizationId) -> InstanceId {
        let bot = self.world.bots().first().unwrap();
        let installed = self.world.sandbox().installations(bot).into_iter();
        let mut here = installed.filter(|it| it.organization == *organization);
        here.next().unwrap().instance
    }

    /// Changes the bot's instance at `organization`.
    async fn change(&self, organization: &OrganizationId, change: serde_json::Value) {
        self.world.advance("1s").await;
        let instance = self.instance_of(organization);
        let changed = self
            .world
            .sandbox()
            .update("botinstances", instance.as_str(), change);
        changed.unwrap();
        self.world.settle().await;
    }

    /// What a new consumer of `organization` hears after a word.
    async fn hears(&self, organization: &OrganizationId) -> Vec<String> {
        let sandbox = self.world.sandbox();
        let conversation = sandbox.open_conversation_with(organization, "Somebody");
        let somebody = self.world.contact_of(&conversation.unwrap(), "Somebody");
        somebody.says("hi").await;
        // Nothing waits for the pace then.
        self.world.advance("1s").await;
        somebody.hears().await
    }

    /// For which organizations settings were read since the last time.
    fn readings(&self) -> Vec<OrganizationId> {
        let calls = self.world.sandbox().calls();
        let mut seen = self.calls.lock().unwrap();
        let new = calls.iter().skip(*seen);
        *seen = calls.len();
        let of_instances = new.filter(|call| call.route.as_deref() == Some("/botinstances"));
        let queries = of_instances.filter_map(|call| call.query.as_deref());
        queries.filter_map(last_of_path).collect()
    }
}

/// The organization whose settings a query is for: the last of the path.
fn last_of_path(query: &str) -> Option<OrganizationId> {
    let query = query
        .replace("%2C", ",")
        .replace("%5B", "")
        .replace("%5D", "");
    let mut parts = query.split('&');
    let ids = parts.find_map(|part| part.strip_prefix("organization="))?;
    ids.rsplit(',').next().map(Into::into)
}

#[tokio::test]
async fn exactly_the_organizations_below_a_changed_instance_are_read_again() {
    let scene = Scene::new().await;
    let (group, dealer) = (scene.group.clone(), scene.dealer.clone());
    let (branch, other) = (scene.branch.clone(), scene.other.clone());
    let everywhere = [&dealer, &branch, &other];
    for organization in everywhere {
        scene.hears(organization).await;
    }
    scene.readings();
    // The event of a change may itself be the first to need what it made out of date.
    let check = async |changed: &str, read: &[&OrganizationId]| {
        for organization in everywhere {
            scene.hears(organization).await;
        }
        let readings = scene.readings();
        for organization in everywhere {
            let times = readings.iter().filter(|it| *it == organization).count();
            let expected = usize::from(read.contains(&organization));
            assert_eq!(times, expected, "{organization} after {changed}");
        }
    };
    check("nothing", &[]).await;
    let name = || json!({"description": "changed"});
    scene.change(&branch, name()).await;
    check("the branch", &[&branch]).await;
    scene.change(&dealer, name()).await;
    check("the dealer", &[&dealer, &branch]).await;
    scene.change(&other, name()).await;
    check("the other dealer", &[&other]).await;
    let sandbox = scene.world.sandbox();
    let bot = scene.world.bots().first().unwrap().clone();
    let root = sandbox.installations(&bot);
    assert!(root.iter().any(|it| it.organization == group));
    scene.change(&group, name()).await;
    check("the group", &everywhere).await;
    sandbox.update("bots", bot.as_str(), name()).unwrap();
    scene.world.settle().await;
    check("the bot", &everywhere).await;
}

#[tokio::test]
async fn other_bots_and_their_instances_change_nothing() {
    let scene = Scene::new().await;
    let (dealer, group) = (scene.dealer.clone(), scene.group.clone());
    scene.hears(&dealer).await;
    scene.readings();
    let sandbox = scene.world.sandbox();
    let bot = json!({"name": "Other", "organization": group});
    let bot = sandbox.create("bots", bot).unwrap();
    let instance = json!({"name": "Other", "bot": bot["id"], "organization": dealer});
    let instance = sandbox.create("botinstances", instance).unwrap();
    let id = instance["id"].as_str().unwrap();
    sandbox
        .update("botinstances", id, json!({"enabled": false}))
        .unwrap();
    sandbox.delete("botinstances", id).unwrap();
    scene.world.settle().await;
    scene.hears(&dealer).await;
    assert!(!scene.readings().contains(&dealer));
}

#[tokio::test]
async fn an_organization_switches_the_bot_on_and_off_and_removes_it() {
    let scene = Scene::new().await;
    let dealer = scene.dealer.clone();
    let greeting = ["This is Harbour Motors."];
    assert_eq!(scene.hears(&dealer).await, greeting);
    for enabled in [false, true, false, true] {
        scene.change(&dealer, json!({ "enabled": enabled })).await;
        let expected: &[&str] = if enabled { &greeting } else { &[] };
        assert_eq!(scene.hears(&dealer).await, expected);
    }
    let instance = scene.instance_of(&dealer);
    let sandbox = scene.world.sandbox();
    sandbox.delete("botinstances", instance.as_str()).unwrap();
    scene.world.settle().await;
    assert!(scene.hears(&dealer).await.is_empty());
    let bot = scene.world.bots().first().unwrap();
    let anew = json!({
        "name": "Again", "bot": bot, "organization": dealer, "meta": {"company": "Harbour again"}
    });
    sandbox.create("botinstances", anew).unwrap();
    scene.world.settle().await;
    assert_eq!(scene.hears(&dealer).await, ["This is Harbour again."]);
}

#[tokio::test]
async fn a_change_during_a_reading_is_seen_by_the_next_event() {
    let scene = Scene::new().await;
    let dealer = scene.dealer.clone();
    let slow = Fault::hold_answer(SignedDuration::from_secs(5)).on("GET", "/botinstances");
    scene.world.sandbox().inject(slow);
    let conversation = scene
        .world
        .sandbox()
        .open_conversation_with(&dealer, "Slow");
    let slow = scene.world.contact_of(&conversation.unwrap(), "Slow");
    slow.says("hi").await;
    // The reading is under way, and shows what was before.
    let meta = json!({"meta": {"company": "Harbour Boats"}});
    scene.change(&dealer, meta).await;
    scene.world.advance("10s").await;
    assert_eq!(scene.hears(&dealer).await, ["This is Harbour Boats."]);
}

#[tokio::test]
async fn bad_settings_silence_one_organization_until_they_are_corrected() {
    let scene = Scene::new().await;
    let (dealer, other) = (scene.dealer.clone(), scene.other.clone());
    let bad = json!({"meta": {"company": "Harbour Motors", "attempts": "many"}});
    scene.change(&dealer, bad).await;
    assert!(scene.hears(&dealer).await.is_empty());
    assert!(scene.hears(&dealer).await.is_empty());
    assert_eq!(scene.hears(&other).await, ["This is Hill Motors."]);
    let events = scene
        .world
        .store()
        .events(&crate::store::Subject::All, crate::store::Page::latest(100));
    let events = events.await.unwrap();
    let of_bad =
        |it: &&crate::store::EventRecord| it.outcome.as_deref() == Some("ignored-bad-settings");
    let silenced: Vec<_> = events.iter().filter(of_bad).collect();
    assert!(silenced.len() >= 2);
    for event in silenced {
        let reason = event.reason.as_deref().unwrap();
        for part in [
            "\"Harbour Motors\"",
            dealer.as_str(),
            "`attempts` is \"many\"; it should be a whole number from 0, for example 3",
            "in bot instance",
        ] {
            assert!(reason.contains(part), "{part}: {reason}");
        }
    }
    // What can be read may still be wrong.
    let zero = json!({"meta": {"company": "Harbour Motors", "attempts": "0"}});
    scene.change(&dealer, zero).await;
    assert!(scene.hears(&dealer).await.is_empty());
    let good = json!({"meta": {"company": "Harbour Motors", "attempts": "2"}});
    scene.change(&dealer, good).await;
    assert_eq!(scene.hears(&dealer).await, ["This is Harbour Motors."]);
}

#[tokio::test]
async fn people_are_called_once_where_bad_settings_leave_a_consumer_alone() {
    let scene = Scene::new().await;
    let ann = scene.world.contact("Ann");
    ann.says("accept").await;
    ann.expects("This is Harbour Motors.").await;
    let dealer = scene.dealer.clone();
    let bad = json!({"meta": {"company": "Harbour Motors", "attempts": "many"}});
    scene.change(&dealer, bad).await;
    ann.says("are you there?").await;
    ann.expects_note(containing("1 messages")).await;
    ann.expects_command("/notify").await;
    ann.says("hello?").await;
    ann.expects_silence().await;
    let notes = |text: &str| text.matches("(note)").count();
    assert_eq!(notes(&scene.world.transcript()), 1);
    let good = json!({"meta": {"company": "Harbour Motors"}});
    scene.change(&dealer, good).await;
    ann.says("hi").await;
    ann.expects("This is Harbour Motors.").await;
}

#[tokio::test]
async fn an_organization_on_the_third_level_may_use_the_instance_above() {
    let never = Scene::with(|setup| setup, false).await;
    assert!(never.hears(&never.branch).await.is_empty());
    let inherits = |setup: BotSetup| setup.inherit(Inherit::ThirdLevel);
    let third = Scene::with(inherits, false).await;
    assert_eq!(
        third.hears(&third.branch).await,
        ["This is Harbour Motors."]
    );
    let dealer = third.dealer.clone();
    third.change(&dealer, json!({"enabled": false})).await;
    assert!(third.hears(&third.branch).await.is_empty());
}

#[tokio::test]
async fn all_settings_can_be_checked_before_anybody_writes() {
    let scene = Scene::new().await;
    let dealer = scene.dealer.clone();
    let bad = json!({"meta": {"attempts": "many"}});
    scene.change(&dealer, bad).await;
    let sandbox = scene.world.sandbox();
    let bot = scene.world.bots().first().unwrap();
    let token = Token::new(sandbox.bot_token(bot)).unwrap();
    let client = Client::builder(sandbox.url()).token(token).build().unwrap();
    let setup = BotSetup::new("bot", Greeter);
    let audit = setup.audit(&client, bot).await.unwrap();
    let told: Vec<_> = audit.quarantined.iter().map(ToString::to_string).collect();
    // The group has no company, the dealer and its branch not even attempts.
    assert_eq!((audit.sound, told.len()), (1, 3), "{told:?}");
    for organization in [&scene.group, &dealer, &scene.branch] {
        let names = told.iter().filter(|it| it.contains(organization.as_str()));
        assert_eq!(names.count(), 1, "{told:?}");
    }
    assert!(told.iter().all(|it| it.contains("`company` is missing")));
}

/// Tells what it knows of the organization.
struct Local;

impl Bot for Local {
    type State = ();
    type Config = crate::NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        if message.text == "hi" {
            let here = turn.organization_profile().await?;
            let conversation = turn.conversation().cloned();
            let forms = conversation.map(|it| here.forms_of(&it).len());
            let said = format!(
                "{} {} {} {} {}",
                here.name,
                here.locale.tag(),
                here.time_zone.iana_name().unwrap_or("?"),
                here.country.as_deref().unwrap_or("?"),
                forms.unwrap_or(0),
            );
            turn.say(said);
        }
        turn.done()
    }
}

fn organizations_read(world: &World) -> usize {
    let calls = world.sandbox().calls();
    let routes = calls.iter().filter_map(|call| call.route.as_deref());
    routes.filter(|route| *route == "/organizations").count()
}

#[tokio::test]
async fn an_organization_is_read_once_when_it_is_asked_for_and_again_when_it_changes() {
    let world = World::of(Local).await;
    let ann = world.contact("Ann");
    ann.says("nothing to know").await;
    assert_eq!(organizations_read(&world), 0);
    for _ in 0..2 {
        ann.says("hi").await;
        ann.expects("Harbour Motors en Europe/Amsterdam ? 0").await;
    }
    assert_eq!(organizations_read(&world), 1);
    let changes = json!({"locale": "de", "timezone": "Europe/Berlin", "country": "DE"});
    let (sandbox, dealer) = (world.sandbox(), world.organization());
    sandbox
        .update("organizations", dealer.as_str(), changes)
        .unwrap();
    let set = web1on1::NewMessage::command("/set @category Sales");
    let bot = web1on1::UserId::from(world.bots().first().unwrap().clone());
    sandbox.post_as(&bot, ann.id(), set).unwrap();
    ann.says("hi").await;
    ann.expects("Harbour Motors de Europe/Berlin DE 2").await;
    assert_eq!(organizations_read(&world), 2);
}

#[tokio::test]
async fn where_the_organization_is_not_shown_its_events_tell_and_where_nobody_answers_they_wait() {
    let world = World::of(Local).await;
    let ann = world.contact("Ann");
    let refused = Fault::answer(403).on("GET", "/organizations").always();
    world.sandbox().inject(refused);
    ann.says("hi").await;
    ann.expects("Harbour Motors en Europe/Amsterdam ? 0").await;
    world.sandbox().clear_faults();
    world.advance("11m").await;
    let down = Fault::answer(503).on("GET", "/organizations").always();
    world.sandbox().inject(down);
    ann.says("hi").await;
    ann.expects("Harbour Motors en Europe/Amsterdam ? 0").await;

    let world = World::of(Local).await;
    let ann = world.contact("Ann");
    let down = Fault::answer(503).on("GET", "/organizations").times(2);
    world.sandbox().inject(down);
    ann.says("hi").await;
    assert!(ann.hears().await.is_empty());
    world.advance("1m").await;
    assert_eq!(ann.hears().await.len(), 1);
}
