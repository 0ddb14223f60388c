//! Campaigns in the store that the service is given: no bug is planted here.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use shipmate::{
    campaign::Standing,
    store::{
        Appended, Begun, CampaignStore, Claimed, ContactKey, Cursor, Key, MemberId, MemberMark,
        NewMember, NewRun, NextMember, Progress, RunChange, RunId, RunRecord, StoreError,
    },
};

use super::store::Planted;

type Result<T> = std::result::Result<T, StoreError>;

/// Passes an operation on, unless the life ends here.
macro_rules! pass {
    ($self:ident, $operation:expr) => {
        $self.life.pass(&$self.history, $operation).await
    };
}

#[async_trait]
impl CampaignStore for Planted {
    async fn begin_run(&self, run: NewRun, now: Timestamp) -> Result<Begun> {
        pass!(self, self.inner.begin_run(run, now))
    }

    async fn runs(&self) -> Result<Vec<RunRecord>> {
        pass!(self, self.inner.runs())
    }

    async fn plan_members(
        &self,
        run: RunId,
        members: Vec<NewMember>,
        cursor: Cursor,
        is_read: bool,
        now: Timestamp,
    ) -> Result<()> {
        pass!(
            self,
            self.inner.plan_members(run, members, cursor, is_read, now)
        )
    }

    async fn next_member(&self, run: RunId, now: Timestamp) -> Result<NextMember> {
        pass!(self, self.inner.next_member(run, now))
    }

    async fn last_written(&self, run: RunId) -> Result<Option<Timestamp>> {
        pass!(self, self.inner.last_written(run))
    }

    async fn claim_member(
        &self,
        member: MemberId,
        cap: Option<SignedDuration>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Claimed> {
        pass!(self, self.inner.claim_member(member, cap, at, now))
    }

    async fn mark_member(
        &self,
        member: MemberId,
        mark: MemberMark,
        now: Timestamp,
    ) -> Result<Option<Appended>> {
        pass!(self, self.inner.mark_member(member, mark, now))
    }

    async fn doubt_members(&self, at: Timestamp, now: Timestamp) -> Result<u64> {
        pass!(self, self.inner.doubt_members(at, now))
    }

    async fn change_run(&self, run: RunId, change: RunChange, now: Timestamp) -> Result<bool> {
        pass!(self, self.inner.change_run(run, change, now))
    }

    async fn progress(&self, run: RunId) -> Result<Progress> {
        pass!(self, self.inner.progress(run))
    }

    async fn standings(&self, contacts: Vec<ContactKey>) -> Result<Vec<Standing>> {
        pass!(self, self.inner.standings(contacts))
    }

    async fn written_in(&self, mailbox: &Key) -> Result<Option<ContactKey>> {
        pass!(self, self.inner.written_in(mailbox))
    }
}
