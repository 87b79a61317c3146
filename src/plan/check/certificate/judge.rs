//! What the certificate proves of one period, level by level.

use super::super::affected::Affected;
use super::super::before::Before;
use super::super::ground::Ground;
use super::super::homes::Homes;
use super::super::period::Situation;
use super::super::report::{At, Report, Rule};
use super::bound::{Bound, Scene};
use super::classes::Classes;
use super::proof::ProvenLevel;
use super::roads::Roads;
use super::rows::rows;
use super::sets::{Left, left};
use super::stage::{Aim, Stage, Vector, aim_of, resolve};
use super::view::View;
use crate::ids::AccessPointId;
use crate::model::AccessPointState;
use crate::plan_files::{
    CERTIFICATE_FILE, KeptBy, LevelCertificate, PeriodCertificate, PeriodSummary, PriceVector,
    SUMMARY_FILE, SetVector, decimal,
};
use rayon::prelude::*;

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

/// Prices of one set of openings, by position.
struct OfSet {
    /// Ascending, among the candidates.
    open: Vec<usize>,
    vector: Vector,
}

/// The vectors of one level.
#[derive(Default)]
struct Vectors {
    own: Option<Vector>,
    is_sound: bool,
    refuted: Vec<OfSet>,
    others: Vec<OfSet>,
}

/// A bound that is to be computed.
#[derive(Clone, Copy)]
enum Job {
    Own(usize),
    Refuted(usize, usize),
    Other(usize, usize),
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
    let part = level
        .tier
        .as_deref()
        .or(level.measure.map(|own| own.word()));
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

/// The standby access points that may be open, and which are.
struct Openings {
    /// Access points.
    candidates: Vec<usize>,
    /// Position of the level that counts them, if there is one.
    level: Option<usize>,
    /// Positions among the candidates; `None` if the certificate's set cannot be the one.
    open: Option<Vec<usize>>,
}

impl Openings {
    fn new(
        scene: &Scene<'_>,
        certificate: &PeriodCertificate,
        key: &str,
        report: &mut Report,
    ) -> Self {
        let access_points = &scene.ground.inventory.access_points;
        let candidates: Vec<usize> = (0..access_points.len())
            .filter(|&index| {
                access_points[index].state == AccessPointState::Standby
                    && scene.roads.may_open[index]
            })
            .collect();
        let is_it = |stage: &Stage| stage.aim == Aim::AccessPoints;
        let level = scene.stages.iter().position(is_it);
        let mut openings = Self {
            candidates,
            level,
            open: None,
        };
        if let Some(level) = level {
            let key = format!("{key}.levels[{level}]");
            let named = certificate.levels[level]
                .open
                .as_deref()
                .unwrap_or_default();
            openings.open = openings.positions(scene.ground, &key, named, report);
            let count = openings.open.as_ref().map_or(0, Vec::len) as f64;
            if openings.open.is_some() && (count - scene.stages[level].value).abs() > 0.5 {
                let found = format!("{} access points", decimal(count));
                let expected = format!(
                    "as many as its value {}",
                    decimal(scene.stages[level].value)
                );
                report.add(SHAPE, At::cell(CERTIFICATE_FILE, 0, &key), found, expected);
                openings.open = None;
            }
        }
        openings
    }

    /// P7972: the positions of named access points among the candidates.
    fn positions(
        &self,
        ground: &Ground<'_>,
        key: &str,
        names: &[String],
        report: &mut Report,
    ) -> Option<Vec<usize>> {
        const RULE: Rule = Rule {
            code: "P7972",
            hint: "take certificate.json as it was written for this plan",
        };
        let mut all = Vec::with_capacity(names.len());
        for name in names {
            let id: Option<&AccessPointId> = ground.access_points.get(name.as_str());
            let position = id.and_then(|id| self.candidates.binary_search(&id.index()).ok());
            let Some(position) = position else {
                let at = At::cell(CERTIFICATE_FILE, 0, key);
                let expected = "standby access points that may be opened";
                report.add(RULE, at, format!("`{name}`"), expected);
                return None;
            };
            all.push(position);
        }
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    /// By access point, whether it is open when just these candidates are.
    fn mask(&self, scene: &Scene<'_>, open: &[usize]) -> Vec<bool> {
        let mut mask = scene.roads.may_open.clone();
        for (position, &candidate) in self.candidates.iter().enumerate() {
            mask[candidate] = open.binary_search(&position).is_ok();
        }
        mask
    }

    /// `true` if the level stands behind the choice of access points.
    fn is_after(&self, position: usize) -> bool {
        self.level.is_some_and(|level| position > level)
    }
}

/// All vectors of a level; those that cannot be ones are left out.
fn vectors(
    scene: &Scene<'_>,
    openings: &Openings,
    (key, position): (&str, usize),
    level: &LevelCertificate,
    report: &mut Report,
) -> Vectors {
    let own = |key: &str, prices: &PriceVector, report: &mut Report| {
        resolve(
            scene.ground,
            scene.rows,
            scene.stages,
            (key, position),
            prices,
            report,
        )
    };
    let mut all = Vectors {
        is_sound: true,
        ..Vectors::default()
    };
    if let Some(prices) = &level.prices {
        all.own = own(key, prices, report);
        all.is_sound = all.own.is_some();
    }
    let sets = |list: &[SetVector], word: &str, report: &mut Report| -> Vec<OfSet> {
        let list = list.iter().enumerate();
        list.filter_map(|(index, set)| {
            let key = format!("{key}.{word}[{index}]");
            let open = openings.positions(scene.ground, &key, &set.open, report)?;
            let vector = own(&key, &set.prices, report)?;
            Some(OfSet { open, vector })
        })
        .collect()
    };
    all.refuted = sets(&level.refuted, "refuted", report);
    all.others = sets(&level.other_sets, "other_sets", report);
    all
}

/// What every vector says.
struct Bounds {
    /// By level.
    own: Vec<Option<Bound>>,
    /// By level, then set.
    refuted: Vec<Vec<Bound>>,
    others: Vec<Vec<Bound>>,
}

/// Recomputes all bounds, side by side.
fn bounds(scene: &Scene<'_>, openings: &Openings, vectors: &[Vectors]) -> Bounds {
    let mut jobs: Vec<Job> = Vec::new();
    for (position, of_level) in vectors.iter().enumerate() {
        jobs.push(Job::Own(position));
        jobs.extend((0..of_level.refuted.len()).map(|set| Job::Refuted(position, set)));
        jobs.extend((0..of_level.others.len()).map(|set| Job::Other(position, set)));
    }
    let compute = |job: &Job| -> Option<Bound> {
        match *job {
            Job::Own(position) => {
                let aim = scene.stages[position].aim;
                let mask = if openings.is_after(position) {
                    openings.mask(scene, openings.open.as_deref()?)
                } else {
                    scene.roads.may_open.clone()
                };
                let of_level = &vectors[position];
                match &of_level.own {
                    Some(vector) => Some(scene.bound(aim, vector, &mask, None)),
                    None if of_level.is_sound => {
                        let view = View::new(scene.classes, scene.roads, mask);
                        Some(Bound::AtLeast(view.floor(aim)))
                    }
                    None => None,
                }
            }
            Job::Refuted(position, set) => {
                let OfSet { open, vector } = &vectors[position].refuted[set];
                let mut entry = vec![0.0; scene.roads.may_open.len()];
                for (position, &candidate) in openings.candidates.iter().enumerate() {
                    if open.binary_search(&position).is_err() {
                        entry[candidate] = 1.0;
                    }
                }
                let open = &scene.roads.may_open;
                Some(scene.bound(Aim::Entry, vector, open, Some(&entry)))
            }
            Job::Other(position, set) => {
                let OfSet { open, vector } = &vectors[position].others[set];
                let mask = openings.mask(scene, open);
                Some(scene.bound(scene.stages[position].aim, vector, &mask, None))
            }
        }
    };
    let done: Vec<Option<Bound>> = jobs.par_iter().map(compute).collect();
    let mut bounds = Bounds {
        own: vec![None; vectors.len()],
        refuted: vec![Vec::new(); vectors.len()],
        others: vec![Vec::new(); vectors.len()],
    };
    for (job, bound) in jobs.into_iter().zip(done) {
        match job {
            Job::Own(position) => bounds.own[position] = bound,
            Job::Refuted(position, _) => bounds.refuted[position].extend(bound),
            Job::Other(position, _) => bounds.others[position].extend(bound),
        }
    }
    bounds
}

/// By level, what is proven of it: 0 where nothing is, for no level can be less.
fn combine(
    scene: &Scene<'_>,
    openings: &Openings,
    vectors: &[Vectors],
    bounds: &Bounds,
) -> Vec<f64> {
    let own = |position: usize| match bounds.own[position] {
        Some(Bound::AtLeast(bound)) => bound,
        _ => 0.0,
    };
    let mut proven: Vec<f64> = (0..vectors.len()).map(own).collect();
    let Some(level) = openings.level else {
        return proven;
    };
    let refuted: Vec<Vec<usize>> = vectors[level]
        .refuted
        .iter()
        .zip(&bounds.refuted[level])
        .filter(|(_, bound)| match bound {
            Bound::AtLeast(users) => *users > 0.0,
            Bound::Impossible => true,
            Bound::NotAtFloor(_) => false,
        })
        .map(|(set, _)| set.open.clone())
        .collect();
    let count = openings.candidates.len();
    proven[level] = least_number(count, scene.stages[level].value, &refuted) as f64;
    let Some(open) = &openings.open else {
        return proven;
    };
    let mut alive = match left(count, open.len(), &refuted) {
        Left::Sets(sets) => {
            let others = sets.into_iter().filter(|set| set != open);
            others.collect::<Vec<_>>()
        }
        Left::Unknown => {
            proven[level + 1..].fill(0.0);
            return proven;
        }
    };
    for position in level + 1..vectors.len() {
        let of_set = |set: &Vec<usize>| -> Bound {
            let others = vectors[position].others.iter();
            let found = others.zip(&bounds.others[position]);
            let own = found.filter(|(other, _)| other.open == *set);
            own.map(|(_, bound)| *bound)
                .find(|bound| !matches!(bound, Bound::NotAtFloor(_)))
                .unwrap_or(Bound::AtLeast(0.0))
        };
        let most = held_at(scene, vectors, position);
        alive.retain(|set| match of_set(set) {
            Bound::Impossible => false,
            Bound::AtLeast(bound) => {
                let is_worse = bound > most;
                if !is_worse {
                    proven[position] = proven[position].min(bound);
                }
                !is_worse
            }
            Bound::NotAtFloor(_) => true,
        });
    }
    proven
}

/// The most that later levels let a level be: a set that cannot have so little is out of the question for them.
fn held_at(scene: &Scene<'_>, vectors: &[Vectors], position: usize) -> f64 {
    let stage = &scene.stages[position];
    let later = vectors[position + 1..].iter().flat_map(|of_level| {
        let others = of_level.others.iter().map(|set| &set.vector);
        of_level.own.iter().chain(others)
    });
    let at = later
        .flat_map(|vector| &vector.kept)
        .filter(|(level, _)| *level == position)
        .map(|(_, by)| match by {
            KeptBy::Floor => stage.value + scene.classes.nobody(),
            KeptBy::Limit { at } | KeptBy::Row { at, .. } => *at,
        });
    at.fold(stage.value, f64::max)
}

/// The least number of openings, as far as it is proven: every set of fewer is refuted.
fn least_number(count: usize, value: f64, refuted: &[Vec<usize>]) -> usize {
    let mut least = 0;
    while least < count && (least as f64) < value {
        match left(count, least, refuted) {
            Left::Sets(sets) if sets.is_empty() => least += 1,
            _ => return least,
        }
    }
    least
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
