//! A bot, made ready to be given events without knowing its types.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use web1on1::Client;

use crate::{
    bot::{Bot, BotError, IgnoreReason, Outcome},
    event::Event,
    form::Locale,
    handover::{AfterTakeover, FailOpen},
    overflow::HandedOver,
    plan::Command,
    route::{Hook, Ignoring, route},
    store::OptChange,
    tenant::{Installation, Tenants},
    turn::{Context, Turn},
};

/// A bot of any type.
#[async_trait]
pub(crate) trait Host: std::fmt::Debug + Send + Sync + 'static {
    fn client(&self) -> &Client;

    fn conduct(&self) -> &Conduct;

    /// Learns of changes that concern what is cached.
    fn observe(&self, event: &Event);

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
    pub(crate) bot: Arc<B>,
    pub(crate) client: Client,
    pub(crate) conduct: Conduct,
    pub(crate) tenants: Tenants<B::Config>,
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

    fn observe(&self, event: &Event) {
        self.tenants.observe(event);
    }

    async fn take_turn(&self, kept: Option<Bytes>, context: Context) -> Result<Turned, BotError> {
        let installation = self
            .tenants
            .of(
                &self.client,
                &context.event,
                context.own_user.as_ref(),
                context.now,
            )
            .await?;
        let config = match installation {
            Installation::Enabled(config) => config,
            Installation::Off => {
                return Ok(Turned::ignored(IgnoreReason::InstanceOff, kept));
            }
        };
        let before = read_kept::<B::State>(kept.as_deref())?;
        let event = Arc::clone(&context.event);
        let (own, standing) = (context.own_user.clone(), context.standing);
        let mut turn = Turn::<B>::new(before.state, before.asked, config, context);
        let taken = async {
            let hook = route(&event, own.as_ref(), &standing);
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
        };
        Ok(Turned {
            outcome,
            kept: Some(serde_json::to_vec(&after)?.into()),
            commands: finished.fitted.commands,
            withheld: finished.fitted.withheld,
            opt: None,
            settles: !matches!(
                route(&event, own.as_ref(), &standing),
                Hook::Event | Hook::Resumed
            ),
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

fn read_kept<S: Default + serde::de::DeserializeOwned>(
    kept: Option<&[u8]>,
) -> Result<Kept<S>, HostError> {
    match kept {
        None => Ok(Kept {
            state: S::default(),
            asked: None,
            handed_over: None,
        }),
        Some(kept) => serde_json::from_slice(kept).map_err(HostError::State),
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
        Hook::Assigned(message) => bot.on_assigned(turn, message).await,
        Hook::Mentioned(message) => bot.on_mentioned(turn, message).await,
        Hook::Command(name, arguments, message) => {
            bot.on_command(turn, name, arguments, message).await
        }
        Hook::Takeover(message) => bot.on_takeover(turn, message).await,
        Hook::AgentMessage(message) => bot.on_agent_message(turn, message).await,
        Hook::Resumed => bot.on_resumed(turn).await,
        Hook::Closed => bot.on_closed(turn).await,
        Hook::Event => bot.on_event(turn, event).await,
    }
}
