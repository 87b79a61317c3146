//! Rules that may give: what keeps users from sites though there is capacity.

use crate::model::{Drain, Failover, Inventory, MoveRule, Movers, Scenario};

/// A rule that may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relaxed {
    /// `failover = "anywhere"`, and for planned moves `drain = "anywhere"`.
    Copies,
    /// No shard asks for a jurisdiction.
    Jurisdiction,
    /// No path has a latency limit.
    Latency,
    /// Users that no event touches move: `movers = "all"`.
    Movers,
    /// Every shard may move wherever it may run.
    MoveRules,
}

impl Relaxed {
    /// Takes the rule out of an inventory and a scenario.
    pub fn lift(self, inventory: &mut Inventory, scenario: &mut Scenario) {
        match self {
            Self::Copies => {
                scenario.policy.failover = Failover::Anywhere;
                scenario.policy.drain = Drain::Anywhere;
            }
            Self::Jurisdiction => {
                for shard in &mut inventory.shards {
                    shard.jurisdiction = None;
                }
            }
            Self::Latency => {
                scenario.policy.max_latency = None;
                for shard in &mut inventory.shards {
                    shard.max_latency = None;
                }
            }
            Self::Movers => scenario.policy.movers = Movers::All,
            Self::MoveRules => {
                for shard in &mut inventory.shards {
                    shard.move_rule = MoveRule::Free;
                }
            }
        }
    }

    /// As files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Copies => "copies",
            Self::Jurisdiction => "jurisdiction",
            Self::Latency => "latency",
            Self::Movers => "movers",
            Self::MoveRules => "move_rules",
        }
    }
}
