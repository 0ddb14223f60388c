use super::*;
use crate::{
    campaign::{MemberState, Skip},
    store::{
        Claimed, ContactKey, Doubt, Member, MemberMark, MemberSent, NewMember, NextMember,
        OptChange, Planned, Whose,
    },
};

const CONTACT: &str = "64af000000000000000000cc";

fn planned(contact: &str, address: u8) -> NewMember {
    NewMember {
        contact: contact.to_owned(),
        key: ContactKey::of("desk", contact),
        plan: Ok(Planned {
            address: [address; 32],
            conversation: Some("c1".to_owned()),
            locale: None,
            marker: Marker::from_text(format!("marker-{contact}")),
            text: TextHash::of("hello"),
            body: format!("{{\"to\": \"{contact}\"}}").into(),
        }),
    }
}

async fn run(store: &SqliteStore, members: Vec<NewMember>) -> RunId {
    let run = NewRun {
        bot: "desk".into(),
        campaign: "spring".into(),
        due_at: None,
    };
    let Begun::Started(run) = store.begin_run(run, at(1)).await.unwrap() else {
        panic!("not begun");
    };
    let plan = store.plan_members(run, members, Cursor::default(), true, at(2));
    plan.await.unwrap();
    run
}

async fn next(store: &SqliteStore, run: RunId, now: Timestamp) -> Option<Member> {
    match store.next_member(run, now).await.unwrap() {
        NextMember::Due(member) => Some(*member),
        _ => None,
    }
}

fn arrived() -> MemberMark {
    MemberMark::Sent(Box::new(MemberSent {
        mailbox: key(),
        at: at(20),
        organization: "o".into(),
        messages: vec![(Marker::from_text("m"), TextHash::of("hello"))],
        event: event(7, 20),
    }))
}

#[tokio::test]
async fn a_member_is_taken_once_and_what_was_sent_counts() {
    let store = SqliteStore::in_memory().unwrap();
    let run = run(&store, vec![planned(CONTACT, 1)]).await;
    let member = next(&store, run, at(3)).await.unwrap();
    let claim = || store.claim_member(member.id, None, at(10), at(10));
    assert_eq!(claim().await.unwrap(), Claimed::Taken);
    assert_eq!(claim().await.unwrap(), Claimed::Gone);
    // While it is sent it counts, also after a restart.
    assert_eq!(store.record(&key(), at(0)).await.unwrap().sent.len(), 1);
    assert_eq!(store.doubt_members(at(11), at(11)).await.unwrap(), 1);
    let member = next(&store, run, at(11)).await.unwrap();
    let doubt = Doubt {
        claimed_at: at(10),
        at: at(11),
    };
    assert_eq!(member.doubt, Some(doubt));
    let appended = store.mark_member(member.id, arrived(), at(21)).await;
    assert!(matches!(appended.unwrap(), Some(Appended::Stored(_))));
    let again = store.mark_member(member.id, arrived(), at(22)).await;
    assert_eq!(again.unwrap(), None);
    let sent = store.record(&key(), at(0)).await.unwrap().sent;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].at, at(20));
    assert!(next(&store, run, at(30)).await.is_none());
}

#[tokio::test]
async fn a_refusal_gives_the_cap_back_and_a_message_in_doubt_does_not() {
    let store = SqliteStore::in_memory().unwrap();
    let run = run(&store, vec![planned(CONTACT, 1)]).await;
    let member = next(&store, run, at(3)).await.unwrap();
    let standing = || async {
        let contact = ContactKey::of("desk", CONTACT);
        store.standings(vec![contact]).await.unwrap()[0]
    };
    store
        .claim_member(member.id, None, at(10), at(10))
        .await
        .unwrap();
    assert_eq!(standing().await.written_at, Some(at(10)));
    let retry = MemberMark::Retry {
        at: at(12),
        error: "503".into(),
    };
    store.mark_member(member.id, retry, at(11)).await.unwrap();
    assert_eq!(standing().await.written_at, None);
    assert!(
        next(&store, run, at(11)).await.is_none(),
        "not before its time"
    );
    store
        .claim_member(member.id, None, at(12), at(12))
        .await
        .unwrap();
    let unresolved = MemberMark::Ended {
        state: MemberState::Unresolved,
        reason: "unseen".into(),
    };
    store
        .mark_member(member.id, unresolved, at(13))
        .await
        .unwrap();
    assert_eq!(standing().await.written_at, Some(at(12)));
}

#[tokio::test]
async fn nobody_is_a_member_twice_and_an_address_is_written_to_once() {
    let store = SqliteStore::in_memory().unwrap();
    let members = vec![planned("a", 1), planned("b", 1)];
    let run = run(&store, members.clone()).await;
    let again = store.plan_members(run, members, Cursor::default(), true, at(3));
    again.await.unwrap();
    let progress = store.progress(run).await.unwrap();
    assert_eq!(progress.of(MemberState::Planned), 1, "{progress:?}");
    assert_eq!(progress.skipped(Skip::Duplicate), 1, "{progress:?}");
    assert_eq!(progress.all(), 2);
}

#[tokio::test]
async fn of_who_is_forgotten_only_the_wish_not_to_be_written_to_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    let run = run(&store, vec![planned(CONTACT, 1)]).await;
    let contact = ContactKey::of("desk", CONTACT);
    let opt = OptChange {
        contact,
        is_out: true,
    };
    let Appended::Stored(seq) = store.append(event(1, 5)).await.unwrap() else {
        panic!("not stored");
    };
    let commit = Commit {
        opt: Some(opt),
        ..Commit::new(seq, key(), at(6), decided("ignored-opt-out"))
    };
    store.commit(commit).await.unwrap();
    let whose = Whose::Contact(CONTACT.to_owned());
    let mailboxes = store.mailboxes(&whose).await.unwrap();
    assert!(!mailboxes.is_empty());
    for mailbox in mailboxes {
        store.forget(&mailbox, at(0), at(7)).await.unwrap();
    }
    store.scrub().await.unwrap();
    let progress = store.progress(run).await.unwrap();
    assert_eq!(progress.of(MemberState::Forgotten), 1, "{progress:?}");
    assert!(next(&store, run, at(9)).await.is_none());
    let standings = store.standings(vec![contact]).await.unwrap();
    assert_eq!(standings[0].opted_out_at, Some(at(6)));
    drop(store);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = bytes
            .windows(CONTACT.len())
            .any(|it| it == CONTACT.as_bytes());
        assert!(!found, "the contact's id is still there");
    }
}
