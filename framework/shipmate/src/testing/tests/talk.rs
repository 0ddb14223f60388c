//! Saying, expecting, and time.

use super::Echo;
use crate::testing::World;

#[tokio::test]
async fn a_bot_answers() {
    let world = World::of(Echo).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    ann.expects("Echo: hi").await;
    ann.expects_silence().await;
    println!("{}", world.transcript());
}
