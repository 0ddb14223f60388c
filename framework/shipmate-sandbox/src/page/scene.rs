use jiff::Timestamp;
use web1on1::ConversationId;

use super::{Page, filter::Filter, memory::Memory};
use crate::state::State;

/// What is to be shown: the platform at one moment, and what of it the browser asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) state: &'a State,
    pub(super) now: Timestamp,
    /// Whether the platform's clock can be moved.
    pub(super) can_move: bool,
    pub(super) memory: &'a Memory,
    pub(super) filter: &'a Filter,
    /// The conversation that is open.
    pub(super) open: Option<&'a ConversationId>,
}

impl Page {
    /// Looks at the platform to show something of it.
    pub(super) fn scene<R>(
        &self,
        filter: &Filter,
        open: Option<&ConversationId>,
        show: impl FnOnce(Scene<'_>) -> R,
    ) -> R {
        let can_move = self.platform.clock().can_move();
        self.platform.look(|state, now| {
            show(Scene {
                state,
                now,
                can_move,
                memory: &self.memory,
                filter,
                open,
            })
        })
    }
}
