//! Rules that block: which rules leave users no site, or keep them from others than those that are full, and how many.

use super::because::{Explanation, LatencyLimits, ReasonKind, ShardFate, ShardRule, SiteObstacle};
use super::promise::OutlookChange;
use crate::plan::Relaxed;
use crate::plan::plan::Plan;
use std::collections::BTreeMap;

/// A rule that keeps users from being served.
#[derive(Debug, Clone, PartialEq)]
pub struct BindingRule {
    /// Which.
    pub rule: Relaxed,
    /// Position of the period in which it keeps most users from being served.
    pub period: usize,
    /// The number of users there.
    pub users: f64,
    /// What the plan comes to without the rule, by period from 0 on, found by planning again; empty where that was not tried.
    pub promised: Vec<OutlookChange>,
}

/// The rules of a plan that keep users from being served, those that keep most of them in any period first.
pub fn binding_rules(plan: &Plan) -> Vec<BindingRule> {
    let mut most: BTreeMap<Relaxed, (usize, f64)> = BTreeMap::new();
    for (position, period) in plan.periods.iter().enumerate() {
        let mut users: BTreeMap<Relaxed, f64> = BTreeMap::new();
        let unserved = period.reasons.iter();
        for because in unserved.filter(|explanation| explanation.fate == ShardFate::Unserved) {
            for rule in relaxed(because) {
                *users.entry(rule).or_default() += because.users();
            }
            for (rule, kept_away) in &because.kept_away {
                *users.entry(relaxed_of(*rule)).or_default() += kept_away;
            }
        }
        for (rule, users) in users {
            let known = most.entry(rule).or_insert((position, users));
            if users > known.1 {
                *known = (position, users);
            }
        }
    }
    let rules = most.into_iter();
    let mut rules: Vec<BindingRule> = rules
        .map(|(rule, (period, users))| BindingRule {
            rule,
            period,
            users,
            promised: Vec::new(),
        })
        .collect();
    rules.sort_by(|a, b| b.users.total_cmp(&a.users).then(a.rule.cmp(&b.rule)));
    rules
}

/// The rules that leave users no open site that a path reaches, or keep them from others than those that are full: what may give.
/// How many the rules of a shard keep from others is stated separately.
fn relaxed(because: &Explanation) -> Vec<Relaxed> {
    let why = &because.why;
    if why.cause().is_none() || why.kind == ReasonKind::MoveLimit {
        return Vec::new();
    }
    let of_rule = why.rule.map(relaxed_of);
    let is_far = |pair: &(_, SiteObstacle)| pair.1 == SiteObstacle::NoPath;
    let is_limited = because.limit != LatencyLimits::Without && why.sites.iter().any(is_far);
    let far = is_limited.then_some(Relaxed::Latency);
    of_rule.into_iter().chain(far).collect()
}

/// What gives where a rule does.
fn relaxed_of(rule: ShardRule) -> Relaxed {
    match rule {
        ShardRule::Pinned | ShardRule::ReplicaOnly => Relaxed::MoveRules,
        ShardRule::Movers => Relaxed::Movers,
        ShardRule::Failover | ShardRule::Drain => Relaxed::Copies,
        ShardRule::Jurisdiction(_) => Relaxed::Jurisdiction,
    }
}
