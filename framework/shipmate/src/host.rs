//! A bot, made ready to be given events without knowing its types.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use web1on1::{Client, UserId};

use crate::{
    activity::Activity,
    bot::{Bot, BotError, IgnoreReason, Outcome},
    event::Event,
    form::Locale,
    handover::{AfterTakeover, Call, FailOpen, Standing},
    overflow::HandedOver,
    plan::Command,
    results::Response,
    route::{Hook, Ignoring, route},
    store::{Class, OptChange, TimerChange},
    tenant::{Inherit, Installation, Profiles, Quarantine, Tenants},
    turn::{Context, Left, Turn},
};

/// A bot of any type.
#[async_trait]
pub(crate) trait Host: std::fmt::Debug + Send + Sync + 'static {
    fn client(&self) -> &Client;

    fn conduct(&self) -> &Conduct;

    /// Learns of changes that concern what is cached, for the bot of user `own`.
    fn observe(&self, event: &Event, own: Option<&UserId>);

    /// The organizations' profiles, as the bot asks for them.
    fn profiles(&self) -> &Arc<Profiles>;

    /// The organizations for which the bot is silent, because of their settings.
    fn quarantined(&self) -> Vec<Arc<Quarantine>>;

    /// What is kept once `event` has come, before the bot takes its turn, or if it takes none: people
    /// who are called may have come and gone.
    fn follow(
        &self,
        kept: Option<Bytes>,
        event: &Event,
        own: Option<&UserId>,
        standing: &Standing,
        now: Timestamp,
    ) -> Option<Bytes>;

    /// Lets the bot take its turn. `kept` is what [`Turned::kept`] was the last time.
    async fn take_turn(&self, kept: Option<Bytes>, context: Context) -> Result<Turned, BotError>;

    /// What the bot tells people of what it kept, if it does. A panic and a state that cannot be
    /// read are nothing.
    fn summary(&self, kept: Option<&[u8]>, locale: Locale) -> Option<String>;
}

/// What is decided for a bot and not by it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conduct {
    pub(crate) ignoring: Ignoring,
    pub(crate) after_takeover: AfterTakeover,
    pub(crate) fail_open: FailOpen,
    pub(crate) inherit: Inherit,
}

/// What a turn came to.
#[derive(Debug)]
pub(crate) struct Turned {
    pub(crate) outcome: Outcome,
    /// State and open question, as JSON.
    pub(crate) kept: Option<Bytes>,
    pub(crate) commands: Vec<Command>,
    /// What is not sent, because people were called instead.
    pub(crate) withheld: Vec<Command>,
    /// What the contact wants of campaigns, if it said so.
    pub(crate) opt: Option<OptChange>,
    /// What is to be put on record about the outcome.
    pub(crate) reason: Option<String>,
    /// What becomes of the conversation's timers.
    pub(crate) timers: Vec<TimerChange>,
    /// Responses to surveys that are to be kept.
    pub(crate) responses: Vec<Response>,
    /// Whether it shows that the bot works: a hook for something in particular did not fail.
    pub(crate) settles: bool,
}

impl Turned {
    /// Nothing came of it, and the state stays.
    pub(crate) fn ignored(reason: IgnoreReason, kept: Option<Bytes>) -> Self {
        Self {
            outcome: Outcome::Ignored(reason),
            kept,
            commands: Vec::new(),
            withheld: Vec::new(),
            opt: None,
            reason: None,
            timers: Vec::new(),
            responses: Vec::new(),
            settles: false,
        }
    }
}

/// What is stored per conversation.
#[derive(Serialize, Deserialize)]
struct Kept<S> {
    state: S,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    handed_over: Option<HandedOver>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    called: Option<Call>,
}

#[derive(Debug, thiserror::Error)]
enum HostError {
    #[error(
        "the stored state cannot be read as this bot's `State`; give new fields `#[serde(default)]`, or undo the change"
    )]
    State(#[source] serde_json::Error),
    #[error("the handler panicked; its message is in the log")]
    Panic,
}

/// A bot of type `B` with what it needs.
pub(crate) struct BotHost<B: Bot> {
    bot: Arc<B>,
    client: Client,
    conduct: Conduct,
    tenants: Tenants<B::Config>,
}

impl<B: Bot> BotHost<B> {
    pub(crate) fn new(bot: Arc<B>, client: Client, conduct: Conduct, activity: &Activity) -> Self {
        let tenants = Tenants::new(client.clone(), activity, conduct.inherit, B::check_config);
        Self {
            bot,
            client,
            conduct,
            tenants,
        }
    }
}

impl<B: Bot> std::fmt::Debug for BotHost<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BotHost").finish_non_exhaustive()
    }
}

#[async_trait]
impl<B: Bot> Host for BotHost<B> {
    fn client(&self) -> &Client {
        &self.client
    }

    fn conduct(&self) -> &Conduct {
        &self.conduct
    }

    fn observe(&self, event: &Event, own: Option<&UserId>) {
        self.tenants.observe(event, own);
    }

    fn profiles(&self) -> &Arc<Profiles> {
        self.tenants.profiles()
    }

    fn quarantined(&self) -> Vec<Arc<Quarantine>> {
        self.tenants.quarantined()
    }

    fn follow(
        &self,
        kept: Option<Bytes>,
        event: &Event,
        own: Option<&UserId>,
        standing: &Standing,
        now: Timestamp,
    ) -> Option<Bytes> {
        let Some(mut known) = kept.as_deref().and_then(with_call) else {
            return kept;
        };
        let is_assignment = matches!(route(event, own, standing), Hook::Assigned(_));
        let before = known.called.clone();
        let called = known.called.take();
        known.called = called.and_then(|it| it.follow(standing, is_assignment, event.at, now));
        if known.called == before {
            return kept;
        }
        let written = serde_json::to_vec(&known).ok();
        written.map(Bytes::from).or(kept)
    }

    async fn take_turn(&self, kept: Option<Bytes>, context: Context) -> Result<Turned, BotError> {
        let own = context.own_user.as_ref();
        let installation = self.tenants.of(&context.event, own, context.now);
        let config = match installation.await? {
            Installation::Enabled(config) => config,
            Installation::Off => {
                return Ok(Turned::ignored(IgnoreReason::InstanceOff, kept));
            }
            Installation::Quarantined(quarantine) => {
                return Ok(Turned {
                    reason: Some(quarantine.to_string()),
                    ..Turned::ignored(IgnoreReason::BadSettings, kept)
                });
            }
        };
        let before = read_kept::<B::State>(kept.as_deref())?;
        let event = Arc::clone(&context.event);
        let (own, standing) = (context.own_user.clone(), context.standing);
        let hook = hook(&event, own.as_ref(), &standing, before.called.as_ref());
        let settles = !matches!(hook, Hook::Event | Hook::Resumed);
        let left = Left {
            state: before.state,
            asked: before.asked,
            called: before.called,
        };
        let mut turn = Turn::new(Arc::clone(&self.bot), config, left, context);
        let taken = async {
            let outcome = call(&*self.bot, &mut turn, &event, hook).await?;
            Ok::<_, BotError>((outcome, turn.finish(before.handed_over)?))
        };
        let (outcome, finished) = AssertUnwindSafe(taken)
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(HostError::Panic.into()))?;
        let after = Kept {
            state: finished.state,
            asked: finished.asked,
            handed_over: finished.fitted.handed_over,
            called: finished.called,
        };
        Ok(Turned {
            outcome,
            kept: Some(serde_json::to_vec(&after)?.into()),
            commands: finished.fitted.commands,
            withheld: finished.fitted.withheld,
            opt: None,
            reason: None,
            timers: finished.timers,
            responses: finished.responses,
            settles,
        })
    }

    fn summary(&self, kept: Option<&[u8]>, locale: Locale) -> Option<String> {
        let summary = || {
            let kept = read_kept::<B::State>(kept).ok()?;
            self.bot.summary(&kept.state, locale)
        };
        std::panic::catch_unwind(AssertUnwindSafe(summary)).unwrap_or_default()
    }
}

/// What is kept, if people are called; of the state no more than it takes to write it again.
fn with_call(kept: &[u8]) -> Option<Kept<Box<RawValue>>> {
    let known = serde_json::from_slice::<Kept<Box<RawValue>>>(kept).ok()?;
    known.called.is_some().then_some(known)
}

fn read_kept<S: Default + serde::de::DeserializeOwned>(
    kept: Option<&[u8]>,
) -> Result<Kept<S>, HostError> {
    match kept {
        None => Ok(Kept {
            state: S::default(),
            asked: None,
            handed_over: None,
            called: None,
        }),
        Some(kept) => serde_json::from_slice(kept).map_err(HostError::State),
    }
}

/// The hook that an event is for, also with regard to people who are called.
fn hook<'a>(
    event: &'a Event,
    own: Option<&UserId>,
    standing: &Standing,
    called: Option<&Call>,
) -> Hook<'a> {
    match (route(event, own, standing), called) {
        (Hook::Message(message) | Hook::Postback(message), Some(_)) => Hook::Waiting(message),
        // It has the conversation back, and is to stay out.
        (Hook::Resumed, Some(_)) => Hook::Event,
        (hook, _) => hook,
    }
}

async fn call<B: Bot>(
    bot: &B,
    turn: &mut Turn<B>,
    event: &Event,
    hook: Hook<'_>,
) -> Result<Outcome, BotError> {
    match hook {
        Hook::Message(message) => match turn.take_asked() {
            Some(question) => bot.on_answer(turn, &question, message).await,
            None => bot.on_message(turn, message).await,
        },
        Hook::Postback(message) => match turn.take_asked() {
            Some(question) => bot.on_answer(turn, &question, message).await,
            None => bot.on_postback(turn, message).await,
        },
        Hook::Waiting(message) => bot.on_waiting(turn, message).await,
        Hook::Assigned(message) => bot.on_assigned(turn, message).await,
        Hook::Mentioned(message) => bot.on_mentioned(turn, message).await,
        Hook::Command(name, arguments, message) => {
            bot.on_command(turn, name, arguments, message).await
        }
        Hook::Takeover(message) => bot.on_takeover(turn, message).await,
        Hook::AgentMessage(message) => bot.on_agent_message(turn, message).await,
        Hook::Resumed => bot.on_resumed(turn).await,
        Hook::Closed => bot.on_closed(turn).await,
        Hook::Campaign(name) => {
            turn.class(Class::Campaign);
            bot.on_campaign(turn, name).await
        }
        Hook::Timer(name) => {
            turn.class(Class::Nudge);
            bot.on_timer(turn, name).await
        }
        Hook::Job(name) => bot.on_job(turn, name).await,
        Hook::Event => bot.on_event(turn, event).await,
    }
}
