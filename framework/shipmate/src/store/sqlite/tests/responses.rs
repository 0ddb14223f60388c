use super::*;
use crate::{
    form::Locale,
    results::{End, Response},
    store::{QuotaKey, ResponseRecord, WhichResponses},
};

fn response(survey: &str, second: i64) -> Response {
    Response {
        organization: Some("o1".into()),
        contact: Some("p1".into()),
        ..Response::begin(survey, 1, Locale::En, at(second))
    }
}

fn completed(quotas: &[&str]) -> Response {
    Response {
        quotas: quotas.iter().map(|quota| (*quota).to_owned()).collect(),
        end: Some(End::Completed),
        ..response("visit", 10)
    }
}

/// Keeps responses in a turn of its own.
async fn keep(store: &SqliteStore, event: u8, responses: Vec<Response>) -> Vec<(QuotaKey, i64)> {
    let seq = stored(store, event).await;
    let turn = Commit {
        responses,
        ..Commit::new(seq, key(), at(100), decided("handled"))
    };
    store.commit(turn).await.unwrap().quotas
}

async fn all(store: &SqliteStore, which: WhichResponses) -> Vec<ResponseRecord> {
    store.responses(&which, 0, 100).await.unwrap()
}

async fn count(store: &SqliteStore, quota: &str) -> u64 {
    let counts = store.quota_counts().await.unwrap().into_iter();
    let counts = counts.filter(|count| count.key.quota == quota);
    counts.map(|count| count.completed).sum()
}

#[tokio::test]
async fn a_response_is_kept_once_however_often_it_changes() {
    let store = SqliteStore::in_memory().unwrap();
    let mut response = response("visit", 10);
    keep(&store, 1, vec![response.clone()]).await;
    response.answers.insert("score".into(), 9.into());
    keep(&store, 2, vec![response.clone()]).await;
    let kept = all(&store, WhichResponses::default()).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].response, response);
    assert_eq!(&*kept[0].bot, "desk");
}

#[tokio::test]
async fn a_turn_that_does_not_take_effect_keeps_no_response() {
    let store = SqliteStore::in_memory().unwrap();
    let seq = stored(&store, 1).await;
    let turn = Commit {
        responses: vec![completed(&["women"])],
        ..Commit::new(seq, key(), at(100), decided("handled"))
    };
    store.commit(turn.clone()).await.unwrap();
    let mut again = turn;
    again.responses.push(response("other", 20));
    let refused = store.commit(again).await.unwrap_err();
    assert!(matches!(refused, StoreError::Decided));
    assert_eq!(all(&store, WhichResponses::default()).await.len(), 1);
    assert_eq!(count(&store, "women").await, 1);
}

#[tokio::test]
async fn responses_are_found_by_survey_time_organization_and_bot_page_by_page() {
    let store = SqliteStore::in_memory().unwrap();
    let elsewhere = Response {
        organization: Some("o2".into()),
        ..response("visit", 40)
    };
    let several = [
        response("visit", 10),
        response("visit", 20),
        response("other", 30),
        elsewhere,
    ];
    keep(&store, 1, several.to_vec()).await;
    let visit = WhichResponses {
        survey: Some("visit".into()),
        ..WhichResponses::default()
    };
    let started = |records: Vec<ResponseRecord>| {
        let times = records.into_iter();
        let times = times.map(|it| it.response.started_at.as_second());
        times.collect::<Vec<_>>()
    };
    assert_eq!(started(all(&store, visit.clone()).await), [10, 20, 40]);
    let between = WhichResponses {
        from: Some(at(20)),
        until: Some(at(40)),
        ..visit.clone()
    };
    assert_eq!(started(all(&store, between).await), [20]);
    let of_o2 = WhichResponses {
        organization: Some("o2".into()),
        ..WhichResponses::default()
    };
    assert_eq!(started(all(&store, of_o2).await), [40]);
    let of_nobody = WhichResponses {
        bot: Some("nobody".into()),
        ..WhichResponses::default()
    };
    assert!(all(&store, of_nobody).await.is_empty());
    let first = store.responses(&visit, 0, 2).await.unwrap();
    let rest = store.responses(&visit, first[1].place, 2).await.unwrap();
    assert_eq!((first.len(), started(rest)), (2, vec![40]));
}

#[tokio::test]
async fn quotas_count_completed_responses_once_and_follow_corrections() {
    let store = SqliteStore::in_memory().unwrap();
    let under_way = Response {
        end: None,
        ..completed(&["women"])
    };
    assert!(keep(&store, 1, vec![under_way]).await.is_empty());
    let changes = keep(&store, 2, vec![completed(&["women", "young"])]).await;
    assert_eq!(changes.len(), 2);
    assert_eq!(changes[0].0.organization, "o1");
    assert!(
        keep(&store, 3, vec![completed(&["women", "young"])])
            .await
            .is_empty()
    );
    keep(&store, 4, vec![completed(&["men", "young"])]).await;
    for (quota, number) in [("women", 0), ("young", 1), ("men", 1)] {
        assert_eq!(count(&store, quota).await, number, "{quota}");
    }
}

#[tokio::test]
async fn what_is_deleted_for_its_age_leaves_the_counts_alone() {
    let store = SqliteStore::in_memory().unwrap();
    keep(
        &store,
        1,
        vec![completed(&["women"]), response("visit", 500)],
    )
    .await;
    let kept = Sweep {
        now: at(1_000),
        before: at(0),
        letters_before: at(0),
        responses_before: None,
        limit: 100,
    };
    store.sweep(kept).await.unwrap();
    assert_eq!(all(&store, WhichResponses::default()).await.len(), 2);
    let old = Sweep {
        responses_before: Some(at(400)),
        ..kept
    };
    assert_eq!(store.sweep(old).await.unwrap().deleted, 1);
    assert_eq!(all(&store, WhichResponses::default()).await.len(), 1);
    assert_eq!(count(&store, "women").await, 1);
}
