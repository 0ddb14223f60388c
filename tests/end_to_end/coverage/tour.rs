//! Calls of client methods, with a note of the endpoints they reached.

use std::sync::Arc;

use serde::Serialize;
use shipmate_sandbox::{ApiCall, CallOutcome, Demo, Limits, OffsetClock, Sandbox, Seed};
use web1on1::{Client, Error};

use super::reference::shape;
use crate::unpaced::client;

/// The whole life of a resource: create, list, update, get, whatever `$more` does with it, delete.
macro_rules! lives {
    ($tour:ident, $collection:ident, $name:literal, $new:expr, |$created:ident| $more:block) => {{
        let new = $new;
        let $created = $tour
            .step(concat!($name, "().create"), $collection.create(&new))
            .await;
        let id = crate::coverage::tour::id_of(&$created);
        let listed = $tour
            .step(
                concat!($name, "().list"),
                $collection.list(&Query::new().limit(100)),
            )
            .await;
        assert!(
            listed
                .iter()
                .any(|it| serde_json::to_value(it).unwrap()["id"] == serde_json::json!(id)),
            $name
        );
        let patch = Patch::new().set("meta", serde_json::json!({"seen": "yes"}));
        $tour
            .step(
                concat!($name, "().update"),
                $collection.update(&id, &patch),
            )
            .await;
        let read = $tour
            .step(concat!($name, "().get"), $collection.get(&id))
            .await;
        assert_eq!(serde_json::to_value(&read).unwrap()["meta"]["seen"], "yes", $name);
        $more
        $tour
            .step(concat!($name, "().delete"), $collection.delete(&id))
            .await;
    }};
}
pub(super) use lives;

/// The id of any resource.
pub(super) fn id_of<I: for<'a> From<&'a str>>(resource: &impl Serialize) -> I {
    let resource = serde_json::to_value(resource).unwrap();
    resource["id"].as_str().unwrap().into()
}

/// One endpoint, reached by one method.
#[derive(Debug)]
pub(super) struct Row {
    /// Method and path template without names.
    pub(super) shape: String,
    pub(super) status: u16,
    /// The client's method.
    pub(super) method: &'static str,
    /// The route by which the sandbox served it.
    pub(super) route: String,
    /// The part of the tour.
    pub(super) test: &'static str,
}

/// A sandbox, a client with an administrator's token, and what was reached so far.
pub(super) struct Tour {
    pub(super) sandbox: Sandbox,
    pub(super) client: Client,
    pub(super) demo: Demo,
    test: &'static str,
    rows: Vec<Row>,
}

impl Tour {
    pub(super) async fn start() -> Self {
        let (mut seed, demo) = Seed::demo();
        // Somebody who works for two organizations.
        seed.membership(&demo.agent, &demo.group, "agent");
        let sandbox = Sandbox::builder()
            .movable_clock(Arc::new(OffsetClock::new()))
            .limits(Limits::none())
            .seed(seed)
            .start()
            .await
            .unwrap();
        let client = client(&sandbox, &sandbox.user_token(&demo.admin));
        Self {
            sandbox,
            client,
            demo,
            test: "",
            rows: Vec::new(),
        }
    }

    /// What follows belongs to this part of the tour.
    pub(super) fn part(&mut self, test: &'static str) {
        self.test = test;
    }

    /// A client with another token.
    pub(super) fn client_with(&self, token: &str) -> Client {
        client(&self.sandbox, token)
    }

    /// Makes a call that must succeed.
    pub(super) async fn step<T>(
        &mut self,
        method: &'static str,
        call: impl Future<Output = Result<T, Error>>,
    ) -> T {
        let before = self.sandbox.calls().last().map_or(0, |call| call.number);
        let answer = call.await;
        let calls = self.sandbox.calls();
        let made = calls.iter().filter(|call| call.number > before);
        let test = self.test;
        self.rows
            .extend(made.map(|call| Row::new(call, method, test)));
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The status by which a call is refused.
    pub(super) async fn refused<T>(call: impl Future<Output = Result<T, Error>>) -> Option<u16> {
        call.await.err().and_then(|error| error.status())
    }

    pub(super) async fn end(self) -> Vec<Row> {
        self.sandbox.stop().await;
        self.rows
    }
}

impl Row {
    fn new(call: &ApiCall, method: &'static str, test: &'static str) -> Self {
        let route = call.route.clone().unwrap_or_default();
        let CallOutcome::Answered { status } = call.outcome else {
            panic!("{method} was not answered: {call:?}");
        };
        Self {
            shape: shape(&format!(
                "{} {}",
                call.method,
                documented(&route, &call.path)
            )),
            status,
            method,
            route,
            test,
        }
    }
}

/// A route as the documents write it: they name each resource.
fn documented(route: &str, path: &str) -> String {
    let resource = path.split('/').nth(1).unwrap_or_default();
    route.replace("{resource}", resource)
}
