//! Who may do what (authentication).

use crate::{
    Refusal,
    directory::{Kind, Object, text},
};

/// What a token is good for; each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Guest,
    Agent,
    Bot,
    Admin,
}

impl Scope {
    /// The highest scope in a token's space-separated list.
    pub(crate) fn highest(words: &str) -> Self {
        let has = |word| words.split(' ').any(|known| known == word);
        match () {
            () if has("admin") => Self::Admin,
            () if has("bot") => Self::Bot,
            () if has("agent") => Self::Agent,
            () => Self::Guest,
        }
    }

    /// The scope words of a user's token.
    pub(crate) fn words_of(user: &Object) -> &'static str {
        match text(user, "role") {
            Some("bot") => "viewer guest agent bot",
            Some("admin" | "owner") => "viewer guest agent bot admin",
            Some("agent") => "viewer guest agent",
            _ => "viewer guest",
        }
    }

    /// # Errors
    /// 403 if this scope does not include `needed`.
    pub(crate) fn require(self, needed: Self) -> Result<(), Refusal> {
        if self >= needed {
            Ok(())
        } else {
            Err(Refusal::forbidden(format!(
                "not allowed; the token needs the scope {}",
                needed.as_str()
            )))
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Agent => "agent",
            Self::Bot => "bot",
            Self::Admin => "admin",
        }
    }
}

pub(crate) fn to_list(kind: Kind) -> Scope {
    match kind {
        Kind::Contact => Scope::Agent,
        Kind::Service => Scope::Admin,
        _ if kind.is_knowledge() => Scope::Agent,
        _ => Scope::Bot,
    }
}

/// The documented table says that forms are fetched by admins only, while bots may list them and
/// the SDK's example bot fetches one: bots are let through.
pub(crate) fn to_fetch(kind: Kind) -> Scope {
    match kind {
        Kind::Service => Scope::Admin,
        _ if kind.is_knowledge() => Scope::Agent,
        _ => Scope::Bot,
    }
}

/// The rows for updates and deletion are not known; they are taken to be like creation.
pub(crate) fn to_write(kind: Kind) -> Scope {
    match kind {
        Kind::Contact | Kind::Form => Scope::Bot,
        _ if kind.is_knowledge() => Scope::Agent,
        _ => Scope::Admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_include_those_before_them() {
        let bot = Scope::highest("viewer guest agent bot");
        assert_eq!(bot, Scope::Bot);
        assert!(bot.require(Scope::Agent).is_ok());
        assert_eq!(bot.require(Scope::Admin).unwrap_err().status(), 403);
        assert_eq!(Scope::highest("viewer"), Scope::Guest);
    }
}
