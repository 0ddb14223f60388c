//! The bugs.

/// A way in which a runtime could break its promises. None of them is in the product: they are made
/// of what the store is told and what it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bug {
    /// 200 before the event is stored.
    AcknowledgedUnstored,
    /// The key of an event goes with its outcome, so that a redelivery is handled again.
    KeyForgotten,
    /// Duplicates are known in memory only.
    KeysInMemory,
    /// What a turn does is stored, and that it was done is not.
    HandledAgain,
    /// The state is stored, and what was to be sent is not.
    RowsDropped,
    /// The outcome is stored, and the state is not.
    StateLost,
    /// The messages of a turn change places.
    RowsReversed,
    /// A start takes up no events of the run before.
    PendingForgotten,
    /// A start takes up no messages of the run before.
    LanesForgotten,
    /// A start knows nothing of what was sent before.
    LedgerForgotten,
    /// A start believes that somebody else has written since.
    ResetInvented,
    /// Times in the ledger are cut to the minute, so that the window does not roll.
    MinutesOnly,
    /// Messages are sent before it is stored that they are.
    ClaimUnstored,
    /// It is not stored what became of a message.
    MarkLost,
    /// It is stored that a message is to be sent again although it was sent.
    SentAsRetry,
    /// A message that was refused for now is given up.
    RetryAsDead,
    /// What was being sent is sent again after a crash, without looking.
    ResentUnseen,
    /// Keys are kept for a day.
    SweptEarly,
}

impl Bug {
    pub(super) const ALL: [Self; 18] = [
        Self::AcknowledgedUnstored,
        Self::KeyForgotten,
        Self::KeysInMemory,
        Self::HandledAgain,
        Self::RowsDropped,
        Self::StateLost,
        Self::RowsReversed,
        Self::PendingForgotten,
        Self::LanesForgotten,
        Self::LedgerForgotten,
        Self::ResetInvented,
        Self::MinutesOnly,
        Self::ClaimUnstored,
        Self::MarkLost,
        Self::SentAsRetry,
        Self::RetryAsDead,
        Self::ResentUnseen,
        Self::SweptEarly,
    ];
}
