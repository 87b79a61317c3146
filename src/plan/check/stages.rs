//! Stages: whether the levels of summary.json stand in their order and say what the plan has.

use super::ground::Ground;
use super::headroom::Shortfalls;
use super::report::{At, Report, Rule, is_same_difference};
use crate::model::Goal;
use crate::plan_files::{Measure, SUMMARY_FILE, Stage, Status, decimal};
use crate::units::{AGREEMENT, NUMERICAL_NOISE};
use std::collections::BTreeMap;

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

/// A level that summary.json should have.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expected {
    pub(super) goal: Goal,
    pub(super) tier: Option<String>,
    pub(super) measure: Option<Measure>,
    /// Ranks without users need no stage.
    pub(super) is_needed: bool,
    /// `None` if nobody can tell.
    pub(super) plan: Option<f64>,
}

/// The levels in the order of the scenario's goals; without `levels` what the plan has is not asked.
pub(super) fn expected(ground: &Ground<'_>, levels: Option<&Levels>) -> Vec<Expected> {
    let mut all = Vec::new();
    let mut add = |goal, tier, measure, is_needed, plan| {
        all.push(Expected {
            goal,
            tier,
            measure,
            is_needed,
            plan,
        });
    };
    let missing = |of: fn(&Shortfalls) -> f64| {
        let shortfalls = levels.map(|levels| levels.shortfalls);
        shortfalls
            .filter(|shortfalls| shortfalls.is_known)
            .map(|shortfalls| of(&shortfalls))
    };
    let of = |of: fn(&Levels) -> f64| levels.map(of);
    for &goal in &ground.scenario.policy.goals {
        match goal {
            Goal::Unserved => {
                for (rank, names) in ranks(ground) {
                    let unserved = levels.and_then(|levels| levels.unserved.get(&rank).copied());
                    let plan = levels.map(|_| unserved.unwrap_or_default());
                    add(goal, Some(names.join("+")), None, unserved.is_some(), plan);
                }
            }
            Goal::Relief => add(goal, None, None, true, of(|levels| levels.relief)),
            Goal::Headroom => {
                add(
                    goal,
                    None,
                    Some(Measure::Worst),
                    true,
                    missing(|all| all.worst),
                );
                add(
                    goal,
                    None,
                    Some(Measure::Total),
                    true,
                    missing(|all| all.total),
                );
            }
            Goal::AccessPoints => add(goal, None, None, true, of(|levels| levels.opened)),
            Goal::Moves => {
                if ground.inventory.has_replicas {
                    add(
                        goal,
                        None,
                        Some(Measure::Copied),
                        true,
                        of(|levels| levels.copied),
                    );
                }
                add(
                    goal,
                    None,
                    Some(Measure::Moved),
                    true,
                    of(|levels| levels.moved),
                );
            }
            Goal::Latency => add(goal, None, None, true, of(|levels| levels.latency)),
        }
    }
    all
}

/// The tiers of every rank, in order.
pub(super) fn ranks<'a>(ground: &Ground<'a>) -> BTreeMap<u32, Vec<&'a str>> {
    let mut all: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for tier in &ground.inventory.tiers {
        all.entry(tier.rank).or_default().push(&tier.id);
    }
    all
}

/// Whether steering tells all that loads depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It does.
    All,
    /// Users of one group under different surges take paths that nobody can tell apart: what the plan has is
    /// counted by their mean, while the bound counts each.
    MeansOnly,
}

impl Told {
    /// All users, if plan and bound can be compared.
    pub(super) fn comparable(self, users: f64) -> Option<f64> {
        (self == Self::All).then_some(users)
    }
}

/// Checks the stages at `key` of summary.json, such as `periods[0]`.
pub(super) fn check(
    ground: &Ground<'_>,
    key: &str,
    status: Status,
    stages: &[Stage],
    levels: Option<&Levels>,
    users: Option<f64>,
    report: &mut Report,
) {
    let matched = stages_stand_in_order(ground, key, status, stages, levels, report);
    for (index, stage) in stages.iter().enumerate() {
        let key = format!("{key}.stages[{index}]");
        bound_is_below_the_value(&key, stage, report);
        gap_is_their_difference(&key, stage, report);
    }
    bounds_of_whole_shards_are_in_order(key, stages, users.is_some(), report);
    for (index, plan) in matched {
        plan_is_true(
            &format!("{key}.stages[{index}]"),
            &stages[index],
            plan,
            report,
        );
    }
    if let Some(users) = users {
        plan_is_not_better_than_the_bound(key, stages, users, report);
    }
}

/// P7910: the stages are the levels of the goals, in their order; a plan that was stopped has the first of them.
/// Gives back what the plan has at each.
fn stages_stand_in_order(
    ground: &Ground<'_>,
    key: &str,
    status: Status,
    stages: &[Stage],
    levels: Option<&Levels>,
    report: &mut Report,
) -> Vec<(usize, f64)> {
    const RULE: Rule = Rule {
        code: "P7910",
        hint: "write one stage for every level, in the order of the scenario's goals",
    };
    let place = format!("{key}.stages");
    let mut matched = Vec::new();
    let mut next = 0;
    for level in expected(ground, levels) {
        let is_it = stages.get(next).is_some_and(|stage| {
            (stage.goal, &stage.tier, stage.measure) == (level.goal, &level.tier, level.measure)
        });
        if is_it {
            matched.extend(level.plan.map(|plan| (next, plan)));
            next += 1;
        } else if level.is_needed && (status != Status::Stopped || next < stages.len()) {
            let found = stages.get(next).map_or_else(
                || "no further stage".to_owned(),
                |stage| words(stage.goal, stage.tier.as_deref(), stage.measure),
            );
            let expected = words(level.goal, level.tier.as_deref(), level.measure);
            report.add(RULE, At::cell(SUMMARY_FILE, 0, &place), found, expected);
        }
    }
    if let Some(stage) = stages.get(next) {
        let found = words(stage.goal, stage.tier.as_deref(), stage.measure);
        report.add(
            RULE,
            At::cell(SUMMARY_FILE, 0, &place),
            found,
            "no stage there",
        );
    }
    matched
}

/// A level in words.
fn words(goal: Goal, tier: Option<&str>, measure: Option<Measure>) -> String {
    let measure = measure.map(|measure| match measure {
        Measure::Worst => "worst",
        Measure::Total => "total",
        Measure::Copied => "copied",
        Measure::Moved => "moved",
    });
    let of = tier
        .or(measure)
        .map_or_else(String::new, |of| format!(" `{of}`"));
    format!("stage `{}`{of}", goal.word())
}

/// How far a proven bound may be above what it bounds.
fn slack(value: f64) -> f64 {
    AGREEMENT * value.abs().max(1.0)
}

/// P7911: `plan` is what the written plan has.
fn plan_is_true(key: &str, stage: &Stage, plan: f64, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7911",
        hint: "write what assignment.csv and steering.csv come to at this level",
    };
    if !is_same_difference(stage.plan, plan, 1.0) {
        let key = format!("{key}.plan");
        let at = At::cell(SUMMARY_FILE, 0, &key);
        report.add(RULE, at, decimal(stage.plan), decimal(plan));
    }
}

/// P7912: no proven bound lies above the value.
fn bound_is_below_the_value(key: &str, stage: &Stage, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7912",
        hint: "a bound proves how good a value can be: look for the mistake in either",
    };
    if stage.bound > stage.value + slack(stage.value) {
        let key = format!("{key}.bound");
        let expected = format!("at most the value {}", decimal(stage.value));
        let at = At::cell(SUMMARY_FILE, 0, &key);
        report.add(RULE, at, decimal(stage.bound), expected);
    }
}

/// P7913: "`gap` is relative to max(1, |value|)".
fn gap_is_their_difference(key: &str, stage: &Stage, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7913",
        hint: "write (value − bound) ÷ max(1, |value|)",
    };
    let expected = (stage.value - stage.bound) / stage.value.abs().max(1.0);
    if (stage.gap - expected).abs() > 1e-9 {
        let key = format!("{key}.gap");
        let at = At::cell(SUMMARY_FILE, 0, &key);
        report.add(RULE, at, decimal(stage.gap), decimal(expected));
    }
}

/// P7924: what bounds whole shards is no more than what the plan has, and no less than what bounds split ones as long as these do
/// no better before; and it is there only as long as the plan reaches it at all stages before.
fn bounds_of_whole_shards_are_in_order(
    key: &str,
    stages: &[Stage],
    is_comparable: bool,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7924",
        hint: "a bound of whole shards holds for plans that reach the bounds of all stages before: leave it out otherwise",
    };
    let (mut is_reached, mut is_level) = (true, is_comparable);
    for (index, stage) in stages.iter().enumerate() {
        let Some(bound) = stage.whole_bound else {
            is_reached = false;
            continue;
        };
        let most = stage.plan + slack(stage.value);
        let expected = if !is_reached {
            Some("no bound: the plan does not reach one before".to_owned())
        } else if bound > most {
            Some(format!("at most the plan's {}", decimal(stage.plan)))
        } else if is_level && bound < stage.bound - slack(stage.value) {
            Some(format!("at least the bound {}", decimal(stage.bound)))
        } else {
            None
        };
        if let Some(expected) = expected {
            let key = format!("{key}.stages[{index}].whole_bound");
            let at = At::cell(SUMMARY_FILE, 0, &key);
            report.add(RULE, at, decimal(bound), expected);
        }
        is_reached &= stage.plan - bound <= slack(stage.value);
        is_level &=
            (stage.plan - stage.value).abs() <= NUMERICAL_NOISE * stage.value.abs().max(1.0);
    }
}

/// `true` if the level counts users: of those, fewer than a billionth of all are what tolerances leave of nobody.
fn is_counted_in_users(stage: &Stage) -> bool {
    match stage.goal {
        Goal::Unserved | Goal::Relief | Goal::Moves => true,
        Goal::Headroom => stage.measure == Some(Measure::Total),
        Goal::AccessPoints | Goal::Latency => false,
    }
}

/// P7914: the plan has at least what is proven for the level, as long as it has the values of all levels before;
/// a plan that is worse at one level, however little, may be better at a later one.
fn plan_is_not_better_than_the_bound(key: &str, stages: &[Stage], users: f64, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7914",
        hint: "nothing can be better than what is proven: look for the mistake in bound or plan",
    };
    for (index, stage) in stages.iter().enumerate() {
        let dust = if is_counted_in_users(stage) {
            NUMERICAL_NOISE * users
        } else {
            0.0
        };
        if stage.plan < stage.bound - slack(stage.value) - dust {
            let key = format!("{key}.stages[{index}].plan");
            let expected = format!("at least the bound {}", decimal(stage.bound));
            report.add(
                RULE,
                At::cell(SUMMARY_FILE, 0, &key),
                decimal(stage.plan),
                expected,
            );
        }
        let worse = stage.plan - stage.value;
        if worse > NUMERICAL_NOISE * stage.value.abs().max(1.0)
            || -worse > NUMERICAL_NOISE * stage.value.abs().max(1.0)
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        plan_is_not_better_than_the_bound("periods[0]", &[stage], 1e9, &mut report);
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
        bounds_of_whole_shards_are_in_order("periods[0]", &stages, true, &mut report);
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
