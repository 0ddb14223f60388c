//! A client that does not wait, for sandboxes without limits.

use std::{num::NonZeroU32, sync::Arc};

use shipmate_sandbox::Sandbox;
use web1on1::{Client, Pacer, SystemClock, Token};

/// More requests a second than a test can make.
const RATE: NonZeroU32 = NonZeroU32::new(100_000).unwrap();

pub(crate) fn client(sandbox: &Sandbox, token: &str) -> Client {
    Client::builder(sandbox.url())
        .token(Token::new(token).unwrap())
        .pacer(Arc::new(Pacer::new(RATE, Arc::new(SystemClock))))
        .build()
        .unwrap()
}
