//! Sample charts: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at.

pub(super) mod flows;
pub(super) mod network;
pub(super) mod periods;
pub(super) mod plays;
pub(super) mod runway;
pub(super) mod sample;
pub(super) mod starts;
pub(super) mod sweep;
