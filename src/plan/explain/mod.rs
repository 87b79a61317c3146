//! Explanations: what binds, what more of it would change, and why shards are where they are.

mod binding;
mod explanations;
mod promise;

pub use binding::{Binding, Lever, bindings};
pub use explanations::Explanations;
pub(crate) use promise::with_more;
pub use promise::{Change, Outlook, Promise, sayable};
