//! Proofs: whether the plan of a case has the levels that its line of proofs.jsonl says, and whether they are proven.

use super::super::affected::Affected;
use super::super::certificate::{Claims, Classes, Terrain, name, prove};
use super::super::report::{At, Report, Rule};
use super::super::stages::expected;
use super::defaults::Ways;
use super::outcome::Outcome;
use crate::model::Goal;
use crate::plan_files::{CaseProof, LevelCertificate, Lined, Measure, PROOFS_FILE, decimal};
use crate::units::{AGREEMENT, PROVEN};

/// What is proven of a case.
pub(super) struct Proven {
    /// The largest recomputed gap of a level.
    pub(super) worst_gap: f64,
    /// The line claims no larger gap than that of a proven level.
    pub(super) claims_all: bool,
}

/// Checks the levels of a line against the plan that it tells.
pub(super) fn levels(
    ways: &Ways<'_, '_>,
    outcome: &Outcome,
    line: &Lined<CaseProof>,
    report: &mut Report,
) -> bool {
    const RULE: Rule = Rule {
        code: "P7854",
        hint: "write the levels of the scenario's goals in their order, as far as the sweep settles them",
    };
    let ground = ways.basis.ground;
    let all = expected(ground, Some(&outcome.levels)).into_iter();
    let mut all: Vec<_> = all.filter(|level| level.is_needed).collect();
    if !ways.basis.asked.is_full {
        let is_told = |goal, measure| {
            goal == Goal::Unserved || (goal, measure) == (Goal::Headroom, Some(Measure::Worst))
        };
        let last = all
            .iter()
            .rposition(|level| is_told(level.goal, level.measure));
        all.truncate(last.map_or(0, |last| last + 1));
    }
    let levels = &line.row.levels;
    let is_same = levels.len() == all.len()
        && levels.iter().zip(&all).all(|(level, expected)| {
            (level.goal, &level.tier, level.measure)
                == (expected.goal, &expected.tier, expected.measure)
        });
    if !is_same {
        let words: Vec<String> = levels.iter().map(name).collect();
        let found = format!("the levels {}", words.join(", "));
        let expected = format!("the {} levels that the sweep settles", all.len());
        let at = At::cell(PROOFS_FILE, line.line, "levels");
        report.add(RULE, at, found, expected);
        return false;
    }
    for (position, (level, expected)) in levels.iter().zip(&all).enumerate() {
        if let Some(plan) = expected.plan {
            plan_has_the_value(ways, (line.line, position), level, plan, report);
        }
    }
    true
}

/// P7853: the plan that a line tells has the values of its levels.
fn plan_has_the_value(
    ways: &Ways<'_, '_>,
    (line, position): (u64, usize),
    level: &LevelCertificate,
    plan: f64,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7853",
        hint: "write what the plan comes to: everybody on the default path but the displaced",
    };
    if (plan - level.value).abs() > slack(ways, level) {
        let key = format!("levels[{position}].value");
        let at = At::cell(PROOFS_FILE, line, &key);
        report.add(RULE, at, decimal(level.value), decimal(plan));
    }
}

/// By how much two numbers of a level may differ.
fn slack(ways: &Ways<'_, '_>, level: &LevelCertificate) -> f64 {
    let is_in_users = match level.goal {
        Goal::Unserved | Goal::Relief | Goal::Moves => true,
        Goal::Headroom => level.measure == Some(Measure::Total),
        Goal::AccessPoints | Goal::Latency => false,
    };
    let dust = if is_in_users {
        ways.basis.crowds.nobody()
    } else {
        0.0
    };
    AGREEMENT * level.value.abs().max(1.0) + dust
}

/// Recomputes what the prices of a line prove; `None` if nobody can tell what was missing before.
pub(super) fn proven(
    ways: &Ways<'_, '_>,
    affected: &mut Affected<'_>,
    rows: &[super::super::certificate::Row],
    line: &Lined<CaseProof>,
    report: &mut Report,
) -> Option<Proven> {
    let basis = ways.basis;
    if !basis.before.is_known {
        return None;
    }
    let (ground, situation) = (basis.ground, ways.situation);
    let classes = Classes::new(
        ground,
        situation,
        &basis.alike,
        &basis.crowds,
        affected,
        ways.roads,
    );
    let terrain = Terrain {
        ground,
        situation,
        slices: ways.slices,
        roads: ways.roads,
        classes: &classes,
        rows,
    };
    let claims = Claims {
        levels: &line.row.levels,
        key: "line",
        of_values: (PROOFS_FILE, "levels"),
    };
    let mut own = Report::default();
    let bounds = prove(&terrain, &claims, &mut own);
    for mut finding in own.broken {
        PROOFS_FILE.clone_into(&mut finding.place.file);
        finding.place.line = Some(line.line);
        if let Some(column) = &mut finding.place.column {
            *column = column.trim_start_matches("line.").to_owned();
        }
        report.broken.push(finding);
    }
    let levels = &line.row.levels;
    let gap = |level: &LevelCertificate, bound: f64| {
        ((level.value - bound) / level.value.abs().max(1.0)).max(0.0)
    };
    let gaps = levels.iter().zip(bounds);
    Some(Proven {
        worst_gap: gaps
            .map(|(level, bound)| gap(level, bound))
            .fold(0.0, f64::max),
        claims_all: levels.iter().all(|level| gap(level, level.bound) <= PROVEN),
    })
}
