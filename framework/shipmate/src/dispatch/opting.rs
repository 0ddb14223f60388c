//! A contact who does not want to be written to by campaigns: kept with the event, answered once,
//! and no business of the bot.

use bytes::Bytes;
use web1on1::{Conversation, MessageType, NewMessage};

use super::{Dispatcher, Failure};
use crate::{
    bot::IgnoreReason,
    campaign::{Standing, Wish},
    event::Event,
    host::Turned,
    plan::{Command, Manner, Said},
    route::is_from_consumer,
    store::{ContactKey, Key, OptChange, StoreError},
};

impl Dispatcher {
    /// What comes of an event by which a contact whom a campaign has written to opts out, or in
    /// again; none if it does neither.
    pub(super) async fn opting(
        &self,
        mailbox: &Key,
        event: &Event,
        kept: Option<Bytes>,
    ) -> Result<Option<Turned>, Failure> {
        let Some(wish) = self.wish(event) else {
            return Ok(None);
        };
        let Some((contact, standing)) = self.written_to(mailbox, event).await? else {
            return Ok(None);
        };
        let is_out = standing.opted_out_at.is_some();
        let changes = match wish {
            Wish::Stop => !is_out,
            // One of these words is no wish of somebody who is not out.
            Wish::Start if !is_out => return Ok(None),
            Wish::Start => true,
        };
        let mut turned = Turned::ignored(IgnoreReason::OptOut, kept);
        if changes {
            turned.opt = Some(OptChange {
                contact,
                is_out: wish == Wish::Stop,
            });
            let words = self
                .opt_out
                .answer(wish, standing.locale.unwrap_or_default());
            let said = Said::new(NewMessage::from(words), Manner::default());
            turned.commands.push(Command::Say(Box::new(said)));
        }
        Ok(Some(turned))
    }

    fn wish(&self, event: &Event) -> Option<Wish> {
        if !is_from_consumer(event) {
            return None;
        }
        let message = &event.as_message()?.message;
        let is_words = matches!(message.kind, MessageType::Chat | MessageType::Postback);
        self.opt_out.wish(&message.text).filter(|_| is_words)
    }

    /// The contact, if a campaign has written to it.
    async fn written_to(
        &self,
        mailbox: &Key,
        event: &Event,
    ) -> Result<Option<(ContactKey, Standing)>, StoreError> {
        let contact = event.conversation().and_then(Conversation::contact_id);
        if let Some(contact) = contact {
            let key = ContactKey::of(&mailbox.bot, contact.as_str());
            let standing = self.standing_of(key).await?;
            if standing.is_known() {
                return Ok(Some((key, standing)));
            }
        }
        // Events may come without the contact, or with another one than was written to.
        let Some(key) = self.store.written_in(mailbox).await? else {
            return Ok(None);
        };
        Ok(Some((key, self.standing_of(key).await?)))
    }

    async fn standing_of(&self, contact: ContactKey) -> Result<Standing, StoreError> {
        let standings = self.store.standings(vec![contact]).await?;
        Ok(standings.into_iter().next().unwrap_or_default())
    }
}
