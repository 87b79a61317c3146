//! Stages: what the plan has at every level, and whether the levels of summary.json stand in their order and say so.

use super::affected::Affected;
use super::assignment::Assignment;
use super::context::RefereeContext;
use super::headroom;
use super::headroom::Shortfalls;
use super::judge::Keys;
use super::path::Steered;
use super::period::PeriodState;
use super::report::Rule;
use super::steering::Entries;
use crate::diagnostic::amounts::rounded;
use crate::ids::TierId;
use crate::model::{self, Goal, Level, Measure};
use crate::plan::{Move, reconnecting_users};
use crate::plan_files::{By, Reason, Stage, Status};
use crate::units::{AGREEMENT, NUMERICAL_NOISE};
use std::collections::BTreeMap;

/// What a period has at every level, moves apart.
pub(super) fn levels(
    context: &RefereeContext,
    situation: &PeriodState,
    of_shards: &BTreeMap<usize, f64>,
    steered: &[Steered],
    shortfalls: headroom::Shortfalls,
) -> Levels {
    let inventory = context.inventory;
    let rank = |tier: TierId| inventory.tiers[tier.index()].rank;
    let mut has_users = vec![false; inventory.tiers.len()];
    for (shard, row) in inventory.shards.iter().enumerate() {
        has_users[row.tier.index()] |= situation.case.users(shard) > 0.0;
    }
    let tiers = (0..inventory.tiers.len()).map(TierId::new);
    let mut unserved: BTreeMap<u32, f64> = tiers
        .filter(|tier| has_users[tier.index()])
        .map(|tier| (rank(tier), 0.0))
        .collect();
    for (&shard, users) in of_shards {
        if situation.case.users(shard) > 0.0 {
            *unserved
                .entry(rank(inventory.shards[shard].tier))
                .or_default() += users;
        }
    }
    Levels {
        unserved,
        relief: 0.0,
        shortfalls,
        opened: 0.0,
        copied: 0.0,
        moved: 0.0,
        latency: steered
            .iter()
            .map(|row| row.users * row.route.latency * situation.case.hours.weight(row.slice))
            .sum(),
    }
}

/// Users served at another site than their current one: all of them, those without a copy there, and those
/// those that nothing touches.
pub(super) fn count_moves(
    context: &RefereeContext,
    assignment: &Assignment,
    affected: &mut Affected<'_>,
    levels: &mut Levels,
) {
    for (shard, part) in assignment.all() {
        if let (Some(from), Some(to)) = (part.from, part.to)
            && from != to
            && part.users > 0.0
        {
            levels.moved += part.users;
            if !context.has_copy(shard, to) {
                levels.copied += part.users;
            }
            if !affected.is_affected(shard, from) {
                levels.relief += part.users;
            }
        }
    }
}

/// Users who go back to their site of shards.csv.
pub(super) fn returned(moves: &[Move]) -> f64 {
    let returning = moves
        .iter()
        .filter(|of_shard| of_shard.reason == Reason::Returned);
    returning.map(|of_shard| of_shard.users).sum()
}

/// Users whose site changes, and of those who stay as many as must change access point.
pub(super) fn reconnecting(
    context: &RefereeContext,
    assignment: &Assignment,
    moves: &[Move],
    entries: [&Entries; 2],
) -> f64 {
    let parts = assignment.all();
    let parts = parts.map(|(shard, part)| part.of_shard(shard));
    reconnecting_users(
        &context.steering_groups,
        entries.map(|entry| &entry.points),
        parts,
        moves,
    )
}

/// What the plan has at every level of one period.
pub(super) struct Levels {
    /// Ranks that have users: how many are unserved.
    pub(super) unserved: BTreeMap<u32, f64>,
    pub(super) relief: f64,
    pub(super) shortfalls: Shortfalls,
    pub(super) opened: f64,
    pub(super) copied: f64,
    pub(super) moved: f64,
    /// User-milliseconds.
    pub(super) latency: f64,
}

impl Levels {
    /// What the plan has at a level that is one number; `None` if nobody can tell.
    fn at(&self, level: Level) -> Option<f64> {
        let missing = |amount: f64| self.shortfalls.is_known.then_some(amount);
        match level {
            Level::Relief => Some(self.relief),
            Level::Worst => missing(self.shortfalls.worst),
            Level::Total => missing(self.shortfalls.total),
            Level::AccessPoints => Some(self.opened),
            Level::Copied => Some(self.copied),
            Level::Moved => Some(self.moved),
            Level::Latency => Some(self.latency),
            Level::Unserved(_) | Level::Lost => None,
        }
    }
}

/// A level that summary.json should have.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ExpectedStage {
    pub(super) goal: Goal,
    pub(super) tier: Option<String>,
    pub(super) measure: Option<Measure>,
    /// Ranks without users need no stage.
    pub(super) is_needed: bool,
    /// `None` if nobody can tell.
    pub(super) plan: Option<f64>,
}

/// The levels in the order of the scenario's goals; without `levels` what the plan has is not asked.
pub(super) fn expected(context: &RefereeContext, levels: Option<&Levels>) -> Vec<ExpectedStage> {
    let ranks: Vec<(u32, Vec<&str>)> = ranks(context).into_iter().collect();
    let goals = &context.scenario.policy.goals;
    let all = model::levels(goals, ranks.len(), context.inventory.has_replicas, false);
    let stage = |level: Level| {
        let terms = level.terms();
        let (tier, plan, is_needed) = match level {
            Level::Unserved(position) => {
                let (rank, names) = &ranks[position];
                let unserved = levels.and_then(|levels| levels.unserved.get(rank).copied());
                let plan = levels.map(|_| unserved.unwrap_or_default());
                (Some(names.join("+")), plan, unserved.is_some())
            }
            _ => (None, levels.and_then(|levels| levels.at(level)), true),
        };
        ExpectedStage {
            goal: terms.goal,
            tier,
            measure: terms.measure,
            is_needed,
            plan,
        }
    };
    all.into_iter().map(stage).collect()
}

/// The tiers of every rank, in order.
pub(super) fn ranks<'a>(context: &RefereeContext<'a>) -> BTreeMap<u32, Vec<&'a str>> {
    let mut all: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for tier in &context.inventory.tiers {
        all.entry(tier.rank).or_default().push(&tier.id);
    }
    all
}

/// Whether steering tells all that loads depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SteeringDetail {
    /// It does.
    All,
    /// Users of one group under different surges take paths that nobody can tell apart: what the plan has is
    /// counted by their mean, while the bound counts each.
    MeansOnly,
}

impl SteeringDetail {
    /// All users, if plan and bound can be compared.
    pub(super) fn comparable(self, users: f64) -> Option<f64> {
        (self == Self::All).then_some(users)
    }
}

/// Checks the stages of a part of summary.json; what the plan has at every level and how many users there are counts where it is
/// known.
pub(super) fn check(
    (context, status): (&RefereeContext, Status),
    stages: &[Stage],
    (levels, users): (Option<&Levels>, Option<f64>),
    keys: &mut Keys<'_>,
) {
    let matched = stages_stand_in_order(expected(context, levels), status, stages, keys);
    for (index, stage) in stages.iter().enumerate() {
        bound_and_gap_are_true(stage, &mut keys.of(&format!("stages[{index}]")));
    }
    bounds_of_whole_shards_are_in_order(stages, users.is_some(), keys);
    for (index, plan) in matched {
        let mut keys = keys.of(&format!("stages[{index}]"));
        keys.compare(
            PLAN,
            By::Difference(1.0),
            "plan",
            [stages[index].plan, plan],
        );
    }
    if let Some(users) = users {
        plan_is_not_better_than_the_bound(stages, users, keys);
    }
}

/// P7910: the stages are the levels of the goals, in their order; a plan that was stopped has the first of them.
/// Gives back what the plan has at each.
fn stages_stand_in_order(
    levels: Vec<ExpectedStage>,
    status: Status,
    stages: &[Stage],
    keys: &mut Keys<'_>,
) -> Vec<(usize, f64)> {
    const RULE: Rule = Rule::new(
        "P7910",
        "write one stage for every level, in the order of the scenario's goals",
    );
    let name = |stage: &Stage| words(stage.goal, stage.tier.as_deref(), stage.measure);
    let mut matched = Vec::new();
    let mut next = 0;
    for level in levels {
        let stage = stages.get(next);
        let is_it = stage.is_some_and(|stage| {
            (stage.goal, &stage.tier, stage.measure) == (level.goal, &level.tier, level.measure)
        });
        if is_it {
            matched.extend(level.plan.map(|plan| (next, plan)));
            next += 1;
        } else if level.is_needed && (status != Status::Stopped || next < stages.len()) {
            let found = stage.map_or_else(|| "no further stage".to_owned(), name);
            let expected = words(level.goal, level.tier.as_deref(), level.measure);
            keys.note(RULE, "stages", found, expected);
        }
    }
    if let Some(stage) = stages.get(next) {
        keys.note(RULE, "stages", name(stage), "no stage there");
    }
    matched
}

/// A level in words.
fn words(goal: Goal, tier: Option<&str>, measure: Option<Measure>) -> String {
    let of = tier.or(measure.map(Measure::word));
    let of = of.map_or_else(String::new, |of| format!(" `{of}`"));
    format!("stage `{}`{of}", goal.word())
}

/// How far a proven bound may be above what it bounds.
fn slack(value: f64) -> f64 {
    AGREEMENT * value.abs().max(1.0)
}

/// P7911: `plan` is what the written plan has.
const PLAN: Rule = Rule::new(
    "P7911",
    "write the value of this level that assignment.csv and steering.csv give",
);

/// P7912: no proven bound lies above the value. P7913: "`gap` is relative to max(1, |value|)".
fn bound_and_gap_are_true(stage: &Stage, keys: &mut Keys<'_>) {
    const BOUND: Rule = Rule::new(
        "P7912",
        "a bound cannot exceed its value: correct the value or the bound",
    );
    const GAP: Rule = Rule::new("P7913", "write (value − bound) ÷ max(1, |value|)");
    if stage.bound > stage.value + slack(stage.value) {
        let expected = format!("at most the value {}", rounded(stage.value));
        keys.note(BOUND, "bound", rounded(stage.bound), expected);
    }
    let gap = (stage.value - stage.bound) / stage.value.abs().max(1.0);
    if (stage.gap - gap).abs() > 1e-9 {
        keys.note(GAP, "gap", rounded(stage.gap), rounded(gap));
    }
}

/// P7924: what bounds whole shards is no more than what the plan has, and no less than what bounds split ones as long as these do
/// no better before; and it is there only as long as the plan reaches it at all stages before.
fn bounds_of_whole_shards_are_in_order(stages: &[Stage], is_comparable: bool, keys: &mut Keys<'_>) {
    const RULE: Rule = Rule::new(
        "P7924",
        "leave this bound out unless the plan reaches the bounds of all earlier stages",
    );
    let (mut is_reached, mut is_level) = (true, is_comparable);
    for (index, stage) in stages.iter().enumerate() {
        let Some(bound) = stage.whole_bound else {
            is_reached = false;
            continue;
        };
        let slack = slack(stage.value);
        let expected = if !is_reached {
            Some("no bound: the plan does not reach an earlier one".to_owned())
        } else if bound > stage.plan + slack {
            Some(format!("at most the plan's {}", rounded(stage.plan)))
        } else if is_level && bound < stage.bound - slack {
            Some(format!("at least the bound {}", rounded(stage.bound)))
        } else {
            None
        };
        if let Some(expected) = expected {
            let key = format!("stages[{index}].whole_bound");
            keys.note(RULE, &key, rounded(bound), expected);
        }
        is_reached &= stage.plan - bound <= slack;
        is_level &= is_level_with(stage);
    }
}

/// `true` if the plan has the value of the level, except for rounding.
fn is_level_with(stage: &Stage) -> bool {
    (stage.plan - stage.value).abs() <= NUMERICAL_NOISE * stage.value.abs().max(1.0)
}

/// P7914: the plan has at least what is proven for the level, as long as it has the values of all levels before;
/// a plan that is worse at one level, however little, may be better at a later one.
fn plan_is_not_better_than_the_bound(stages: &[Stage], users: f64, keys: &mut Keys<'_>) {
    const RULE: Rule = Rule::new(
        "P7914",
        "no plan can be better than its bound: correct the bound or the plan",
    );
    for (index, stage) in stages.iter().enumerate() {
        let counted = if Level::is_in_users(stage.goal, stage.measure) {
            users
        } else {
            0.0
        };
        if stage.plan < stage.bound - slack(stage.value) - NUMERICAL_NOISE * counted {
            let expected = format!("at least the bound {}", rounded(stage.bound));
            let key = format!("stages[{index}].plan");
            keys.note(RULE, &key, rounded(stage.plan), expected);
        }
        if !is_level_with(stage) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Report;
    use super::*;
    use crate::plan_files::SUMMARY_FILE;

    fn better_than_proven(goal: Goal, measure: Option<Measure>) -> bool {
        let stage = Stage {
            goal,
            tier: None,
            measure,
            value: 0.5,
            bound: 0.5,
            gap: 0.0,
            plan: 0.4,
            whole_bound: None,
            skipped: false,
        };
        let mut report = Report::default();
        let mut keys = Keys::new(SUMMARY_FILE, "periods[0]", &mut report);
        plan_is_not_better_than_the_bound(&[stage], 1e9, &mut keys);
        !report.broken.is_empty()
    }

    fn contradicts(whole_bounds: [Option<f64>; 2]) -> bool {
        let stage = |plan: f64, whole_bound| Stage {
            goal: Goal::Moves,
            tier: None,
            measure: Some(Measure::Moved),
            value: 10.0,
            bound: 10.0,
            gap: 0.0,
            plan,
            whole_bound,
            skipped: false,
        };
        let stages = [stage(12.0, whole_bounds[0]), stage(8.0, whole_bounds[1])];
        let mut report = Report::default();
        let mut keys = Keys::new(SUMMARY_FILE, "periods[0]", &mut report);
        bounds_of_whole_shards_are_in_order(&stages, true, &mut keys);
        !report.broken.is_empty()
    }

    #[test]
    fn whole_shards_are_bounded_between_split_ones_and_the_plan() {
        assert!(!contradicts([None, None]));
        assert!(!contradicts([Some(10.0), None]));
        // Split shards that do better before say nothing of the second.
        assert!(!contradicts([Some(12.0), Some(8.0)]));
        assert!(!contradicts([Some(12.0), Some(5.0)]));
        assert!(contradicts([Some(13.0), None]));
        assert!(contradicts([Some(9.0), None]));
        assert!(contradicts([Some(12.0), Some(9.0)]));
        assert!(contradicts([Some(11.0), Some(8.0)]));
        assert!(contradicts([None, Some(8.0)]));
    }

    #[test]
    fn only_levels_that_count_users_are_granted_a_billionth_of_them() {
        assert!(better_than_proven(Goal::Headroom, Some(Measure::Worst)));
        assert!(better_than_proven(Goal::AccessPoints, None));
        assert!(better_than_proven(Goal::Latency, None));
        assert!(!better_than_proven(Goal::Headroom, Some(Measure::Total)));
        assert!(!better_than_proven(Goal::Moves, Some(Measure::Moved)));
    }
}
