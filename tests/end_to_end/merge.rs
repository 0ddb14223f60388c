//! Whatever is created and patched reads back as the documents say: a PATCH merges at the top
//! level, nested objects and arrays are replaced, and what is missing in them falls back to
//! defaults (API Basics, PATCH behavior).
//!
//! Values are random, their shapes are the reference's own JSON schemas, and the client's types
//! write and read everything on the way to the sandbox and back.

mod model;

mod shelf;

mod values;

use std::sync::Arc;

use jiff::SignedDuration;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Map, Value};
use shipmate_sandbox::{Limits, OffsetClock, Sandbox, Seed};
use tokio::runtime::Runtime;
use web1on1::{
    Bot, BotInstance, Client, Form, Organization, Service, User,
    organization_group::OrganizationGroup,
};

use model::Schema;
use shelf::{Categories, Fields, Shelf, Top};

use crate::unpaced::client;

/// Random lives per kind of resource.
const CASES: u32 = 48;

/// A resource's life: how it is created, and what is changed after that.
#[derive(Debug, Clone)]
struct Life {
    create: Map<String, Value>,
    patches: Vec<Map<String, Value>>,
}

#[test]
fn users_keep_what_they_are_given() {
    check("users", async |client| Top::<User>::new(client));
}

#[test]
fn organizations_keep_what_they_are_given() {
    check("organizations", async |client| {
        Top::<Organization>::new(client)
    });
}

#[test]
fn categories_keep_what_they_are_given() {
    check("categories", async |client| Categories::new(client));
}

#[test]
fn organization_groups_keep_what_they_are_given() {
    check("orggroups", async |client| {
        Top::<OrganizationGroup>::new(client)
    });
}

#[test]
fn bots_keep_what_they_are_given() {
    check("bots", async |client| Top::<Bot>::new(client));
}

#[test]
fn bot_instances_keep_what_they_are_given() {
    check("botinstances", async |client| {
        Top::<BotInstance>::new(client)
    });
}

#[test]
fn services_keep_what_they_are_given() {
    check("services", async |client| Top::<Service>::new(client));
}

#[test]
fn forms_keep_what_they_are_given() {
    check("forms", async |client| Top::<Form>::new(client));
}

#[test]
fn fields_keep_what_they_are_given() {
    check("fields", Fields::new);
}

fn check<S: Shelf>(resource: &str, shelf: impl AsyncFnOnce(&Client) -> S) {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::start());
    let shelf = runtime.block_on(shelf(&world.client));
    let schema = Schema::of(resource);
    let lives = values::lives(resource, &schema, &world.references);
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&lives, |life| runtime.block_on(live(&shelf, &schema, life)))
        .unwrap();
    runtime.block_on(world.sandbox.stop());
}

async fn live(shelf: &impl Shelf, schema: &Schema, life: Life) -> Result<(), TestCaseError> {
    let created = shelf.create(life.create.clone()).await;
    let mut expected = schema.created(life.create);
    schema.compare(&expected, &created)?;
    for patch in life.patches {
        let answered = shelf.update(&created, patch.clone()).await;
        expected = schema.patched(expected, patch);
        schema.compare(&expected, &answered)?;
        schema.compare(&expected, &shelf.get(&created).await)?;
    }
    Ok(())
}

/// Existing things that random resources may refer to.
#[derive(Debug)]
struct References {
    bot: String,
    organizations: Vec<String>,
}

struct World {
    sandbox: Sandbox,
    client: Client,
    references: References,
}

impl World {
    async fn start() -> Self {
        let mut seed = Seed::new();
        let top = seed.organization("Top");
        let below = seed.organization_below(&top, "Below");
        let admin = seed.admin(&top, "Ada Admin");
        let bot = seed.bot(&top, "Bot");
        let sandbox = Sandbox::builder()
            .movable_clock(Arc::new(OffsetClock::new()))
            .limits(Limits::none())
            .seed(seed)
            .start()
            .await
            .unwrap();
        let token = sandbox.token_for(&admin, SignedDuration::from_hours(24));
        let client = client(&sandbox, &token);
        Self {
            sandbox,
            client,
            references: References {
                bot: bot.as_str().to_owned(),
                organizations: vec![top.as_str().to_owned(), below.as_str().to_owned()],
            },
        }
    }
}
