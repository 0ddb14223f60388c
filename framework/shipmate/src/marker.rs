//! The mark by which a message of ours is recognised on the platform.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use web1on1::Meta;

use crate::store::EventKey;

/// Bytes of the hash that are kept: enough that no two messages of a conversation ever share one.
const BYTES: usize = 9;

/// Twelve characters, different for each row of the outbox. The same event gives the same markers
/// again, even to a store that starts anew.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Marker(String);

impl Marker {
    /// Where a message's `meta` holds its marker. `meta` comes back in webhooks and in lists of
    /// messages (Metaproperties).
    pub const META_KEY: &str = "_shipmate";

    /// The marker of message number `index` that the event of `key` causes. `part` keeps apart what
    /// one event causes for different reasons.
    pub fn new(key: &EventKey, part: &str, index: usize) -> Self {
        let mut hash = Sha256::new();
        hash.update(key);
        hash.update((index as u64).to_be_bytes());
        hash.update(part.as_bytes());
        let hash = hash.finalize();
        Self(URL_SAFE_NO_PAD.encode(hash.get(..BYTES).unwrap_or(&hash)))
    }

    /// A marker as the store or the platform kept it.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The marker that a message carries.
    pub fn of(meta: &Meta) -> Option<Self> {
        Some(Self(meta.get(Self::META_KEY)?.as_str()?.to_owned()))
    }

    /// Puts the marker into a message's `meta`.
    pub fn put_into(&self, meta: &mut Meta) {
        meta.insert(Self::META_KEY.into(), self.0.clone().into());
    }

    /// As it is stored and sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_short_and_of_one_message_only() {
        let key = [7; 32];
        let marker = Marker::new(&key, "turn", 0);
        assert_eq!(marker.as_str().len(), 12);
        assert_eq!(marker, Marker::new(&key, "turn", 0));
        for other in [
            Marker::new(&key, "turn", 1),
            Marker::new(&key, "again", 0),
            Marker::new(&[8; 32], "turn", 0),
        ] {
            assert_ne!(marker, other);
        }
    }

    #[test]
    fn it_travels_in_a_messages_meta() {
        let marker = Marker::new(&[1; 32], "turn", 0);
        let mut meta = Meta::new();
        assert_eq!(Marker::of(&meta), None);
        marker.put_into(&mut meta);
        assert_eq!(Marker::of(&meta), Some(marker));
    }
}
