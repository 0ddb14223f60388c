//! Conversations and what is said in them.

use web1on1::{ConversationType, NewConversation, NewMessage, Patch, Query, Role};

use super::tour::Tour;

pub(super) async fn conversations(tour: &mut Tour) {
    tour.part("coverage::conversations::conversations");
    let client = tour.client.clone();
    let conversations = client.conversations();
    let new = NewConversation {
        kind: Some(ConversationType::Agent),
        ..NewConversation::default()
    };
    let created = tour
        .step("conversations().create", conversations.create(&new))
        .await;
    let listed = tour
        .step(
            "conversations().list",
            conversations.list(&Query::new().equals("type", "agent")),
        )
        .await;
    assert!(listed.iter().any(|it| it.id == created.id));
    let patch = Patch::new().set("name", "Team");
    tour.step(
        "conversations().update",
        conversations.update(&created.id, &patch),
    )
    .await;
    let read = tour
        .step("conversations().get", conversations.get(&created.id))
        .await;
    assert_eq!(read.name.as_deref(), Some("Team"));
    tour.step("conversations().delete", conversations.delete(&created.id))
        .await;
    let gone = conversations.get(&created.id);
    assert_eq!(Tour::refused(gone).await, Some(404));
}

pub(super) async fn messages(tour: &mut Tour) {
    tour.part("coverage::conversations::messages");
    let conversation = tour
        .sandbox
        .open_conversation_with(&tour.demo.dealer, "Carl Consumer")
        .unwrap();
    let client = tour.client.clone();
    let messages = client.messages();
    let hello = || NewMessage::chat("hello").with_role(Role::Agent);
    let posted = tour
        .step("messages().post", messages.post(&conversation, hello()))
        .await;
    let more = [hello(), NewMessage::command("/set a b")];
    let both = tour
        .step(
            "messages().post_all",
            messages.post_all(&conversation, &more),
        )
        .await;
    assert_eq!(both.len(), 2);
    tour.step(
        "messages().create",
        messages.create(&hello().within(conversation.clone())),
    )
    .await;
    let listed = tour
        .step(
            "messages().in_conversation",
            messages.in_conversation(&conversation, Query::new()),
        )
        .await;
    assert_eq!(listed.len(), 4);
    let patch = Patch::new().set("text", "hello again");
    tour.step("messages().update", messages.update(&posted.id, &patch))
        .await;
    let read = tour.step("messages().get", messages.get(&posted.id)).await;
    assert_eq!(read.text, "hello again");
    let replaced = tour
        .step(
            "messages().replace",
            messages.replace(&posted.id, &NewMessage::chat("bye").with_role(Role::Agent)),
        )
        .await;
    assert_eq!(replaced.text, "bye");
    tour.step("messages().delete", messages.delete(&posted.id))
        .await;
    assert_eq!(Tour::refused(messages.get(&posted.id)).await, Some(404));
}
