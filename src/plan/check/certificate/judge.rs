//! What the certificate proves of one period, level by level.

use super::super::affected::Affected;
use super::super::before::Before;
use super::super::ground::Ground;
use super::super::homes::Homes;
use super::super::period::Situation;
use super::super::report::{At, Report, Rule};
use super::bound::{Bound, Scene};
use super::classes::Classes;
use super::combine::combine;
use super::openings::Openings;
use super::proof::ProvenLevel;
use super::roads::Roads;
use super::rows::rows;
use super::stage::{Stage, aim_of};
use super::vectors::{Vectors, bounds, vectors};
use crate::plan_files::{
    CERTIFICATE_FILE, LevelCertificate, Measure, PeriodCertificate, PeriodSummary, SUMMARY_FILE,
    decimal,
};

/// One period, and what was written about it.
pub(in crate::plan::check) struct Subject<'a> {
    pub(in crate::plan::check) ground: &'a Ground<'a>,
    pub(in crate::plan::check) situation: &'a Situation,
    pub(in crate::plan::check) current: &'a Homes,
    pub(in crate::plan::check) before: Option<&'a Before>,
    pub(in crate::plan::check) period: usize,
    pub(in crate::plan::check) certificate: &'a PeriodCertificate,
    pub(in crate::plan::check) summary: Option<&'a PeriodSummary>,
}

/// Checks the certificate of a period and recomputes what it proves.
///
/// `written` gives the utilization before of a component and resource as headroom.csv says it.
pub(in crate::plan::check) fn check(
    subject: &Subject<'_>,
    affected: &mut Affected<'_>,
    written: &dyn Fn([usize; 2]) -> Option<f64>,
    report: &mut Report,
) -> Vec<ProvenLevel> {
    let (ground, situation) = (subject.ground, subject.situation);
    let key = format!("periods[{}]", subject.period);
    if !levels_are_the_summarys(subject, &key, report) {
        return Vec::new();
    }
    let roads = Roads::new(ground, situation);
    let classes = Classes::new(ground, situation, subject.current, affected, &roads);
    let rows = rows(ground, situation, subject.before, written);
    let Some(stages) = stages(ground, &classes, subject.certificate, &key, report) else {
        return Vec::new();
    };
    let scene = Scene {
        ground,
        situation,
        rows: &rows,
        classes: &classes,
        roads: &roads,
        stages: &stages,
    };
    let openings = Openings::new(&scene, subject.certificate, &key, report);
    let vectors: Vec<Vectors> = subject
        .certificate
        .levels
        .iter()
        .enumerate()
        .map(|(position, level)| {
            let key = format!("{key}.levels[{position}]");
            vectors(&scene, &openings, (&key, position), level, report)
        })
        .collect();
    let bounds = bounds(&scene, &openings, &vectors);
    let proven = combine(&scene, &openings, &vectors, &bounds);
    let levels = subject.certificate.levels.iter().enumerate();
    let proven: Vec<ProvenLevel> = levels
        .zip(proven)
        .map(|((position, level), bound)| ProvenLevel {
            period: subject.period,
            position,
            name: name(level),
            value: stages[position].value,
            plan: subject
                .summary
                .and_then(|summary| summary.totals.stages.get(position))
                .map(|stage| stage.plan),
            bound,
        })
        .collect();
    for (stage, level) in stages.iter().zip(&proven) {
        let slack = stage.slack(classes.nobody());
        bound_is_proven(subject, &key, stage, level, slack, report);
        value_is_possible(subject, &key, stage, level, slack, report);
    }
    for (position, of_level) in vectors.iter().enumerate() {
        for bound in of_level.own.iter().zip(&bounds.own[position]) {
            if let (_, Bound::NotAtFloor(kept)) = bound {
                level_is_at_its_floor(&format!("{key}.levels[{position}]"), *kept, report);
            }
        }
    }
    proven
}

/// How a level is called: its goal, then tier or measure.
fn name(level: &LevelCertificate) -> String {
    let part = level.tier.as_deref().or(level.measure.map(Measure::word));
    match part {
        Some(part) => format!("{} {part}", level.goal.word()),
        None => level.goal.word().to_owned(),
    }
}

const SHAPE: Rule = Rule {
    code: "P7971",
    hint: "take certificate.json and summary.json of the same plan",
};

/// P7971: the levels are those of summary.json, with their values and bounds.
fn levels_are_the_summarys(subject: &Subject<'_>, key: &str, report: &mut Report) -> bool {
    let Some(summary) = subject.summary else {
        return true;
    };
    let (levels, stages) = (&subject.certificate.levels, &summary.totals.stages);
    let is_same = levels.len() == stages.len()
        && levels.iter().zip(stages).all(|(level, stage)| {
            let is_it = (level.goal, &level.tier, level.measure)
                == (stage.goal, &stage.tier, stage.measure);
            is_it
                && level.value.to_bits() == stage.value.to_bits()
                && level.bound.to_bits() == stage.bound.to_bits()
        });
    if !is_same {
        let key = format!("{key}.levels");
        let found = format!("{} levels, or others, or other numbers", levels.len());
        let expected = format!("the {} stages of summary.json", stages.len());
        report.add(SHAPE, At::cell(CERTIFICATE_FILE, 0, &key), found, expected);
    }
    is_same
}

/// The levels; `None` if one of them is none, which is noted.
fn stages(
    ground: &Ground<'_>,
    classes: &Classes,
    certificate: &PeriodCertificate,
    key: &str,
    report: &mut Report,
) -> Option<Vec<Stage>> {
    let levels = certificate.levels.iter().enumerate();
    levels
        .map(|(position, level)| {
            let aim = aim_of(ground, &classes.ranks, level);
            let is_number = level.value.is_finite() && level.bound.is_finite();
            if aim.is_none() || !is_number {
                let key = format!("{key}.levels[{position}]");
                let at = At::cell(CERTIFICATE_FILE, 0, &key);
                report.add(SHAPE, at, name(level), "a level of the scenario's goals");
            }
            Some(Stage {
                aim: aim.filter(|_| is_number)?,
                value: level.value,
                bound: level.bound,
            })
        })
        .collect()
}

/// The cell of a level: in summary.json, or, without one, in the certificate.
fn cell(subject: &Subject<'_>, key: &str, position: usize, column: &str) -> (&'static str, String) {
    if subject.summary.is_some() {
        (SUMMARY_FILE, format!("{key}.stages[{position}].{column}"))
    } else {
        (
            CERTIFICATE_FILE,
            format!("{key}.levels[{position}].{column}"),
        )
    }
}

/// P7975: no bound is claimed beyond what the prices prove.
fn bound_is_proven(
    subject: &Subject<'_>,
    key: &str,
    stage: &Stage,
    level: &ProvenLevel,
    slack: f64,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7975",
        hint: "claim no more than the prices of certificate.json prove, or give better prices",
    };
    if stage.bound > level.bound + slack {
        let (file, key) = cell(subject, key, level.position, "bound");
        let expected = format!("at most {}, which is proven", decimal(level.bound));
        report.add(
            RULE,
            At::cell(file, 0, &key),
            decimal(stage.bound),
            expected,
        );
    }
}

/// P7976: no value is below what the prices prove to be the least.
fn value_is_possible(
    subject: &Subject<'_>,
    key: &str,
    stage: &Stage,
    level: &ProvenLevel,
    slack: f64,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7976",
        hint: "no plan has so little: look for the mistake in the value, or in the files of the inventory",
    };
    if stage.value < level.bound - slack {
        let (file, key) = cell(subject, key, level.position, "value");
        let expected = format!("at least {}, which is proven", decimal(level.bound));
        report.add(
            RULE,
            At::cell(file, 0, &key),
            decimal(stage.value),
            expected,
        );
    }
}

/// P7977: a level that is kept at its floor is there.
fn level_is_at_its_floor(key: &str, kept: usize, report: &mut Report) {
    const RULE: Rule = Rule {
        code: "P7977",
        hint: "a level above what it can be at least is kept by a row, with a price",
    };
    let found = format!("level {kept} kept at its floor");
    let expected = "a value that is as low as it can be";
    report.add(RULE, At::cell(CERTIFICATE_FILE, 0, key), found, expected);
}
