//! Explanations: what binds, what more of it would change, and why shards are where they are.

mod because;
mod binding;
mod by_room;
mod elsewhere;
mod filling;
mod open;
mod out;
mod promise;
mod reasons;
mod room;
mod rules;
mod trapped;
mod written;

pub use because::{
    Because, Choice, ChoiceKind, Fate, Limit, Obstacle, Out, ReasonKind, Rule, Scarce, Squeeze,
    Useless, Why,
};
pub use binding::{Binding, Explanations, bindings};
pub use elsewhere::{Elsewhere, Stand, elsewhere};
pub use filling::{Filling, filling};
pub(crate) use promise::with_more;
pub use promise::{Change, Lever, Outlook, Promise, sayable};
pub use reasons::{reasons, reasons_of};
pub use rules::{RuleInTheWay, rules_in_the_way};
pub use written::Written;
