//! Explanations: what binds, what more of it would change, and why shards are where they are.
//!
//! `binding.rs` says what binds, `promise.rs` what more of it changed in a second plan. `reasons.rs` says why a shard is
//! where it is, from `room.rs` and `by_spare.rs` (whether one more fits), `out.rs` and `trapped.rs` (why not). `elsewhere.rs`
//! says what every other site would mean for a shard, `filling.rs` who fills a component.

mod because;
mod binding;
mod by_spare;
mod elsewhere;
mod filling;
mod open;
mod out;
mod promise;
mod reasons;
mod rules;
mod spare;
mod trapped;
mod written;

pub use because::{
    Choice, ChoiceKind, Explanation, LatencyLimits, Out, ReasonKind, Scarce, ShardFate, ShardRule,
    SiteObstacle, Squeeze, Useless, Why,
};
pub use binding::{PlanExplanations, PricedBinding, bindings};
pub use elsewhere::{ElsewhereAnswer, SiteStand, elsewhere};
pub use filling::{Filling, filling};
pub(crate) use promise::with_more;
pub use promise::{Lever, Outlook, OutlookChange, TriedPromise, sayable};
pub use reasons::{reasons, reasons_of};
pub use rules::{BindingRule, binding_rules};
pub use written::Written;
