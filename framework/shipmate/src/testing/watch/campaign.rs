//! Campaigns in the store, watched.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::LifeStore;
use crate::{
    campaign::Standing,
    store::{
        Appended, Begun, CampaignStore, Claimed, ContactKey, Cursor, Key, MemberId, MemberMark,
        NewMember, NewRun, NextMember, Progress, RunChange, RunId, RunRecord, StoreError,
    },
    testing::{step::Write, watch::Observed, watch::ObservedEvent},
};

#[async_trait]
impl CampaignStore for LifeStore {
    async fn begin_run(&self, run: NewRun, now: Timestamp) -> Result<Begun, StoreError> {
        let work = self.watch.store.begin_run(run, now);
        self.write(Write::BeginRun, work, |_, _| {}).await
    }

    async fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        self.read(self.watch.store.runs()).await
    }

    async fn plan_members(
        &self,
        run: RunId,
        members: Vec<NewMember>,
        cursor: Cursor,
        is_read: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let store = &self.watch.store;
        let work = store.plan_members(run, members, cursor, is_read, now);
        self.write(Write::PlanMembers, work, |_, ()| {}).await
    }

    async fn next_member(&self, run: RunId, now: Timestamp) -> Result<NextMember, StoreError> {
        self.read(self.watch.store.next_member(run, now)).await
    }

    async fn last_written(&self, run: RunId) -> Result<Option<Timestamp>, StoreError> {
        self.read(self.watch.store.last_written(run)).await
    }

    async fn claim_member(
        &self,
        member: MemberId,
        cap: Option<SignedDuration>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Claimed, StoreError> {
        let work = self.watch.store.claim_member(member, cap, at, now);
        self.write(Write::ClaimMember, work, |_, _| {}).await
    }

    async fn mark_member(
        &self,
        member: MemberId,
        mark: MemberMark,
        now: Timestamp,
    ) -> Result<Option<Appended>, StoreError> {
        let seen = match &mark {
            MemberMark::Sent(sent) => {
                let markers = sent.messages.iter().map(|(marker, _)| marker.clone());
                Some((ObservedEvent::of(&sent.event), markers.collect::<Vec<_>>()))
            }
            _ => None,
        };
        let work = self.watch.store.mark_member(member, mark, now);
        let see = |observed: &mut Observed, appended: &Option<Appended>| {
            if let (Some((event, markers)), Some(appended)) = (seen, appended) {
                if let Appended::Stored(_) = appended {
                    observed.campaigns.extend(markers);
                }
                observed.appended(event, *appended);
            }
        };
        self.write(Write::MarkMember, work, see).await
    }

    async fn doubt_members(&self, at: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
        let work = self.watch.store.doubt_members(at, now);
        self.write(Write::Doubt, work, |_, _| {}).await
    }

    async fn change_run(
        &self,
        run: RunId,
        change: RunChange,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.read(self.watch.store.change_run(run, change, now))
            .await
    }

    async fn progress(&self, run: RunId) -> Result<Progress, StoreError> {
        self.read(self.watch.store.progress(run)).await
    }

    async fn standings(&self, contacts: Vec<ContactKey>) -> Result<Vec<Standing>, StoreError> {
        self.read(self.watch.store.standings(contacts)).await
    }

    async fn written_in(&self, mailbox: &Key) -> Result<Option<ContactKey>, StoreError> {
        self.read(self.watch.store.written_in(mailbox)).await
    }
}
