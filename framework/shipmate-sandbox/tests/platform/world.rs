use std::sync::Arc;

use jiff::Timestamp;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use shipmate_sandbox::{Builder, ConversationSnapshot, Demo, Sandbox, Seed};
use web1on1::{ConversationId, ManualClock, UserId};

/// A sandbox with the demo seed on a clock that stands still.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) demo: Demo,
    pub(crate) clock: ManualClock,
    pub(crate) http: Client,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|builder, _| builder).await
    }

    pub(crate) async fn with(configure: impl FnOnce(Builder, &Demo) -> Builder) -> Self {
        let clock = ManualClock::at("2024-05-01T10:00:00Z".parse::<Timestamp>().unwrap());
        let (seed, demo) = Seed::demo();
        let builder = Sandbox::builder()
            .movable_clock(Arc::new(clock.clone()))
            .seed(seed);
        let sandbox = configure(builder, &demo).start().await.unwrap();
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            sandbox,
            demo,
            clock,
            http,
        }
    }

    pub(crate) fn bot_user(&self) -> UserId {
        self.demo.bot.clone().into()
    }

    /// A conversation in which the consumer said "hi".
    pub(crate) fn greeted(&self) -> ConversationId {
        let id = self
            .sandbox
            .open_conversation_with(&self.demo.dealer, "Carl Consumer")
            .unwrap();
        self.sandbox.contact_says(&id, "hi").unwrap();
        id
    }

    pub(crate) fn snapshot(&self, id: &ConversationId) -> ConversationSnapshot {
        self.sandbox.conversation(id).unwrap()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/v2{path}", self.sandbox.url());
        self.http.request(method, url)
    }

    pub(crate) fn as_bot(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path)
            .bearer_auth(self.sandbox.bot_token(&self.demo.bot))
    }

    pub(crate) fn as_admin(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path)
            .bearer_auth(self.sandbox.user_token(&self.demo.admin))
    }

    /// `POST /conversations/{id}/messages` as the bot.
    pub(crate) async fn bot_posts(&self, id: &ConversationId, body: &Value) -> Reply {
        let path = format!("/conversations/{id}/messages");
        Reply::of(
            self.as_bot(Method::POST, &path)
                .json(body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// A request of the administrator, with a body.
    pub(crate) async fn admin(&self, method: Method, path: &str, body: &Value) -> Reply {
        let request = self.as_admin(method, path).json(body);
        Reply::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        Reply::of(self.as_bot(Method::GET, path).send().await.unwrap()).await
    }
}

/// An answer of the API, read.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) async fn of(response: Response) -> Self {
        let header = |name| {
            let value = response.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        let (location, link) = (header("location"), header("link"));
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
        };
        Self {
            status,
            location,
            link,
            body,
        }
    }

    /// The path below `/v2` of the page that the `Link` header names.
    pub(crate) fn linked(&self, rel: &str) -> Option<String> {
        let end = format!(">; rel=\"{rel}\"");
        let mut links = self.link.as_deref()?.split(", ");
        let address = links.find_map(|link| link.strip_prefix('<')?.strip_suffix(&end))?;
        Some(address.split_once("/v2").unwrap().1.to_owned())
    }

    /// The error message, which must be in both places.
    pub(crate) fn message(&self) -> &str {
        assert_eq!(self.body["message"], self.body["error"]["message"]);
        self.body["message"].as_str().unwrap()
    }

    /// The `field` of each item of a list.
    pub(crate) fn each(&self, field: &str) -> Vec<&str> {
        let items = self.body.as_array().unwrap();
        items
            .iter()
            .map(|item| item[field].as_str().unwrap())
            .collect()
    }
}
