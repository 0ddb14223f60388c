//! Worlds from files.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use shipmate_sandbox::{Sandbox, Seed};
use web1on1::{ConversationId, ManualClock, Message};

const BOOK: &str = include_str!("../../../../docs/src/sandbox.md");
const CONVERSATION: &str = "64ac00000000000000000003";

fn example() -> &'static str {
    let start = BOOK.split_once("```toml\n").unwrap().1;
    start.split_once("```").unwrap().0
}

async fn start(seed: Seed) -> Sandbox {
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    Sandbox::builder()
        .movable_clock(Arc::new(clock))
        .public_url("http://sandbox.test")
        .seed(seed)
        .start()
        .await
        .unwrap()
}

struct Talk {
    sandbox: Sandbox,
    http: Client,
}

impl Talk {
    async fn of(seed: Seed) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        Self {
            sandbox: start(seed).await,
            http,
        }
    }

    /// The status and the bytes of an answer to the bot.
    async fn call(&self, method: Method, path: &str, body: &Value) -> (u16, String) {
        let url = format!("http://{}/v2{path}", self.sandbox.address());
        let request = self.http.request(method.clone(), url);
        let request = request.bearer_auth("desk-bot-token");
        let request = match method {
            Method::GET => request,
            _ => request.json(body),
        };
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, &Value::Null).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }
}

#[tokio::test]
async fn the_example_of_the_book_is_a_world() {
    let talk = Talk::of(Seed::from_toml(example()).unwrap()).await;
    assert_eq!(talk.sandbox.now().to_string(), "2024-05-01T10:00:00Z");
    let me = talk.get("/users/me").await;
    assert_eq!(me["id"], "64aa00000000000000000002");
    let dealer = &talk
        .get("/organizations?name=Harbour%20Motors&populate=categories.forms")
        .await[0];
    assert_eq!(dealer["categories"][0]["forms"][0]["name"], "Test drive");
    let instance = &talk.get("/botinstances").await[0];
    assert_eq!(
        instance["meta"]["form"],
        dealer["categories"][0]["forms"][0]["id"]
    );
    let conversation = talk
        .get(&format!(
            "/conversations/{CONVERSATION}?populate=messages,channels"
        ))
        .await;
    assert_eq!(conversation["meta"], json!({"intent": "test-drive"}));
    assert_eq!(conversation["createdAt"], "2024-05-01T09:58:00.000Z");
    let said: Vec<(&str, &str)> = conversation["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            let field = |field: &str| message[field].as_str().unwrap_or("-");
            (field("role"), field("text"))
        })
        .collect();
    assert_eq!(
        said,
        [
            ("contact", "Can I try the estate?"),
            ("agent", "Of course. When?"),
            ("-", "/assign"),
            ("contact", "Tomorrow"),
        ]
    );
    let participants = conversation["participants"].as_array().unwrap();
    let inbox: Vec<_> = participants
        .iter()
        .filter(|one| one["inbox"] == true)
        .collect();
    assert_eq!(inbox[0]["user"], me["id"]);
    assert_eq!(talk.sandbox.deliveries(), []);
}

#[tokio::test]
async fn rules_and_memberships_of_a_file_work() {
    let talk = Talk::of(Seed::from_toml(example()).unwrap()).await;
    let notify = json!({"type": "command", "text": "/notify"});
    let path = format!("/conversations/{CONVERSATION}/messages");
    assert_eq!(talk.call(Method::POST, &path, &notify).await.0, 201);
    let path = format!("/conversations/{CONVERSATION}?populate=channels");
    assert_eq!(
        talk.get(&path).await["channels"][0]["name"],
        "Showroom desk"
    );
    let login = json!({"email": "ada@example.com", "password": "sandbox"});
    let (_, login) = talk.call(Method::POST, "/auth/token", &login).await;
    let login: Value = serde_json::from_str(&login).unwrap();
    let url = format!(
        "http://{}/v2/users/me/organizations",
        talk.sandbox.address()
    );
    let request = talk
        .http
        .get(url)
        .bearer_auth(login["token"].as_str().unwrap());
    let own: Value = request.send().await.unwrap().json().await.unwrap();
    let own = own["organizations"].as_array().unwrap();
    assert_eq!((own.len(), &own[1]["role"]), (2, &json!("agent")));
}

/// The same file gives the same world, down to the bytes of every answer.
#[tokio::test]
async fn two_worlds_of_one_file_answer_alike() {
    let mut transcripts = Vec::new();
    for _ in 0..2 {
        let talk = Talk::of(Seed::from_toml(example()).unwrap()).await;
        let messages = format!("/conversations/{CONVERSATION}/messages");
        let outbound = json!({
            "organization": talk.get("/users/me").await["organization"], "type": "contact",
            "contact": {"profile": {"telephone": "+31600000000"}},
            "messages": [{"role": "agent", "text": "x", "touchpoint": "whatsapp",
                          "meta": {"template": "pickup_ready"}}],
        });
        let mut transcript = Vec::new();
        for (method, path, body) in [
            (Method::GET, "/users?sort=email", Value::Null),
            (Method::GET, "/organizations", Value::Null),
            (
                Method::POST,
                &messages,
                json!({"text": "Hello", "role": "agent"}),
            ),
            (
                Method::POST,
                &messages,
                json!([{"text": "a"}, {"text": "b", "delay": 500}]),
            ),
            (Method::POST, "/conversations", outbound),
            (
                Method::POST,
                "/forms",
                json!({"name": "New", "fields": [{"name": "a"}]}),
            ),
            (Method::GET, "/conversations?populate=messages", Value::Null),
            (Method::GET, "/contacts", Value::Null),
            (Method::POST, &messages, json!({"text": 1})),
        ] {
            transcript.push(talk.call(method, path, &body).await);
        }
        transcript.push((
            0,
            talk.sandbox.bot_token(&"64aa00000000000000000002".into()),
        ));
        transcripts.push(transcript);
    }
    assert_eq!(transcripts[0], transcripts[1]);
    let created: Value = serde_json::from_str(&transcripts[0][2].1).unwrap();
    let created: Message = serde_json::from_value(created).unwrap();
    assert_eq!(
        created.conversation,
        Some(ConversationId::from(CONVERSATION))
    );
}

#[tokio::test]
async fn json_has_the_same_keys() {
    let json = r#"{
        "clock": "2024-05-01T10:00:00Z",
        "organizations": [{"name": "Below", "organization": "Top"}, {"name": "Top"}],
        "bots": [{"name": "Bot", "organization": "Top", "token": "desk-bot-token"}],
        "conversations": [{"organization": "Below", "contact": {"profile": {"name": "Carl"}},
                           "messages": [{"text": "hi"}]}]
    }"#;
    let talk = Talk::of(Seed::from_json(json).unwrap()).await;
    let conversations = talk.get("/conversations").await;
    assert_eq!(conversations[0]["name"], "Carl");
    assert_eq!(conversations[0]["status"], "queued");
}

#[tokio::test]
async fn a_file_can_add_to_a_seed_and_refer_to_what_is_in_it() {
    let (seed, demo) = Seed::demo();
    let dealer = r#"
        [[organizations]]
        key = "dealer"
        name = "Haven Auto's"
        organization = "Harbour Group"
        [[botinstances]]
        name = "Bot"
        bot = "Sandbox bot"
        organization = "dealer"
    "#;
    let world = start(seed.clone().and_toml(dealer).unwrap()).await;
    let known = |name| world.organization_called(name).unwrap();
    let installed = world.installations(&demo.bot).into_iter();
    let installed: Vec<_> = installed.map(|it| (it.organization, it.depth)).collect();
    let added = [
        (demo.group, 0),
        (demo.dealer, 1),
        (known("Haven Auto's"), 1),
    ];
    assert_eq!(installed, added);

    let again = "[[organizations]]\nname = \"Harbour Motors\"";
    let twice = seed.clone().and_toml(again).unwrap();
    let below = "[[organizations]]\nname = \"Yard\"\norganization = \"Harbour Motors\"";
    let error = twice.and_toml(below).unwrap_err().to_string();
    assert!(
        error.contains("several organizations are called"),
        "{error}"
    );
    let error = seed.and_toml(&below.replace("Motors", "Motor"));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("did you mean `Harbour Motors`?"), "{error}");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (text, expected) in [
        ("x = ", "line 1, column 5: this is not TOML: "),
        (
            "\n[[organizatons]]\nname = \"A\"",
            "line 2, column 3: unknown key `organizatons`; did you mean `organizations`?",
        ),
        (
            "[[organizations]]\nname = \"A\"\ncategoris = []",
            "line 3, column 1: unknown key `categoris`; did you mean `categories`?",
        ),
        (
            "[[organizations]]\nname = \"A\"\norganization = \"Be\"\n[[organizations]]\nname = \"B\"",
            "line 3, column 16: no organization is called \"Be\"; did you mean `B`?",
        ),
        (
            "[[organizations]]\nkey = \"a\"\nname = \"A\"\norganization = \"a\"",
            "line 1, column 1: this organization is below itself",
        ),
        (
            "[[organizations]]\nname = \"A\"\n[[organizations]]\nname = \"A\"\n[[channels]]\nname = \"C\"\norganization = \"A\"",
            "line 7, column 16: several organizations are called \"A\"; use a key",
        ),
        (
            "[[organizations]]\nname = \"A\"\nlocale = \"xx\"",
            "line 1, column 1: organization locale \"xx\" is not one of en, nl, de, fr",
        ),
        (
            "[limits]\nidentical = false",
            "line 2, column 1: unknown key `identical`; did you mean `identical-messages`?",
        ),
        (
            "[limits]\nidentical-messages = 8",
            "line 2, column 22: `identical-messages` must be { count = 20, window = \"1s\" } or false",
        ),
        (
            "[quirks]\nline = \"each\"",
            "line 2, column 1: unknown key `line`; did you mean `lines`?",
        ),
        (
            "[quirks]\nlines = \"all\"",
            "line 2, column 9: `lines` must be one of each, first-only, rest-is-value, refused",
        ),
        (
            "[quirks]\nkeeps-unknown-meta = 1",
            "line 2, column 22: `keeps-unknown-meta` must be true or false",
        ),
        ("clock = 5", "line 1, column 9: `clock` must be text"),
        (
            "[[organizations]]\nname = \"A\"\n[[conversations]]\norganization = \"A\"\nmessages = [{ text = \"x\", form = \"ann\" }]",
            "line 5, column 27: unknown key `form`; did you mean `from`?",
        ),
        (
            "[[organizations]]\nname = \"A\"\n[[conversations]]\norganization = \"A\"\nmessages = [{ text = \"x\", from = \"ann\" }]",
            "line 5, column 34: no user is called \"ann\"",
        ),
    ] {
        let error = Seed::from_toml(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
    let error = Seed::from_json("{\n \"bots\": [\n  {\"name\": 5}]}").unwrap_err();
    assert_eq!(error.to_string(), "line 3, column 3: bot name must be text");
    let error = Seed::from_json("{\n \"bots\": [}").unwrap_err();
    assert!(error.to_string().starts_with("line 2, column"), "{error}");
}

#[tokio::test]
async fn a_file_names_itself_and_a_fixed_clock_cannot_be_set() {
    let directory = std::env::temp_dir().join(format!("seed-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("world.toml");
    std::fs::write(&path, "bots = 1").unwrap();
    let error = Seed::from_file(&path).unwrap_err().to_string();
    assert!(
        error.ends_with("world.toml, line 1, column 8: `bots` must be a list"),
        "{error}"
    );
    let missing = Seed::from_file(directory.join("none.json")).unwrap_err();
    assert!(missing.to_string().starts_with("cannot read the seed file"));
    assert!(
        Seed::from_file("world.yaml")
            .unwrap_err()
            .to_string()
            .contains("neither")
    );
    std::fs::remove_dir_all(&directory).unwrap();
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    clock.advance(SignedDuration::from_secs(1));
    let mut seed = Seed::new();
    seed.start_at(Timestamp::UNIX_EPOCH);
    let started = Sandbox::builder()
        .clock(Arc::new(clock))
        .seed(seed)
        .start()
        .await;
    assert!(started.unwrap_err().to_string().contains("movable_clock"));
}

#[test]
fn a_seed_keeps_its_secrets() {
    let shown = format!("{:?}", Seed::from_toml(example()).unwrap());
    for secret in ["desk-bot-token", "s3cr3t", "sandbox\""] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
