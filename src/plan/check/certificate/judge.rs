//! What the certificate proves of a plan: whether it is of this plan, and its levels, period by period.

use super::super::affected::Affected;
use super::super::before::Before;
use super::super::context::RefereeContext;
use super::super::judge::Keys;
use super::super::period::PeriodState;
use super::super::report::{At, Report, Rule};
use super::alike::AllAlike;
use super::classes::AlikeClasses;
use super::prices::{ClaimedLevel, SHAPE, Scene, aim_of};
use super::roads::Roads;
use super::rows::rows;
use super::sets::{OpeningPrices, Openings};
use crate::diagnostic::amounts::rounded;
use crate::model::{ExistingShortfall, Homes};
use crate::plan_files::{
    CERTIFICATE_FILE, LevelCertificate, Measure, PeriodCertificate, PeriodSummary, SUMMARY_FILE,
    Status, WrittenPlan,
};

/// What is proven before any period is looked at: nothing yet, or nothing at all, and why.
pub(in crate::plan::check) fn of_plan(
    context: &RefereeContext,
    written: &WrittenPlan,
    periods: usize,
    report: &mut Report,
) -> Proven {
    let is_kept = context.scenario.policy.existing_shortfall == ExistingShortfall::Keep;
    let why_not = match &written.certificate {
        None => Some("there is no certificate.json"),
        Some(_) if is_kept && written.before.is_none() => {
            Some("without before.csv the headroom deficit of the base state is unknown")
        }
        Some(_) => None,
    };
    if let Some(certificate) = &written.certificate {
        let keys = &mut Keys::new(CERTIFICATE_FILE, "", report);
        let found = certificate.periods.len();
        let numbers = certificate.periods.iter().map(|period| period.period);
        let is_in_order = numbers.eq((0..).take(found));
        let status = written.summary.as_ref().map(|summary| summary.status);
        let may_be_short = status == Some(Status::Stopped);
        if found > periods || !is_in_order || found < periods && !may_be_short {
            let expected = format!("periods 0 to {}", periods.saturating_sub(1));
            keys.note(SHAPE, "periods", format!("{found} periods"), expected);
        }
        let [found, expected] = [&certificate.scenario, &context.scenario.name];
        if found != expected {
            let [found, expected] = [found, expected].map(|name| format!("`{name}`"));
            keys.note(SHAPE, "scenario", found, expected);
        }
    }
    Proven {
        levels: Vec::new(),
        why_not,
    }
}

/// What the referee could prove from certificate.json.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proven {
    /// Every level of every period, in order.
    pub levels: Vec<ProvenLevel>,
    /// Why nothing is proven, where nothing could be.
    pub why_not: Option<&'static str>,
}

/// What is proven of one level, for the expected demand.
#[derive(Debug, Clone, PartialEq)]
pub struct ProvenLevel {
    /// From 0.
    pub period: usize,
    /// Its position among the levels of the period.
    pub position: usize,
    /// Its goal, then tier or measure, such as `headroom worst`.
    pub name: String,
    /// The optimum over fractional homes that the plan claims.
    pub value: f64,
    /// What the written plan has, where summary.json says it.
    pub plan: Option<f64>,
    /// No plan that has the levels before at their values has less: recomputed, rounding taken off.
    pub bound: f64,
}

impl ProvenLevel {
    /// `value − bound`, relative to the larger of 1 and the value.
    pub fn gap(&self) -> f64 {
        ((self.value - self.bound) / self.value.abs().max(1.0)).max(0.0)
    }
}

impl Proven {
    /// The largest gap of all levels; `None` if nothing is proven.
    pub fn worst_gap(&self) -> Option<f64> {
        if self.levels.is_empty() {
            return None;
        }
        Some(self.levels.iter().map(ProvenLevel::gap).fold(0.0, f64::max))
    }
}

/// One period, and what was written about it.
pub(in crate::plan::check) struct Subject<'a> {
    pub(in crate::plan::check) context: &'a RefereeContext<'a>,
    pub(in crate::plan::check) situation: &'a PeriodState<'a>,
    pub(in crate::plan::check) current: &'a Homes,
    pub(in crate::plan::check) before: Option<&'a Before>,
    pub(in crate::plan::check) period: usize,
    pub(in crate::plan::check) certificate: &'a PeriodCertificate,
    pub(in crate::plan::check) summary: Option<&'a PeriodSummary>,
}

/// Levels, and under which key they stand.
pub(in crate::plan::check) struct Claims<'a> {
    pub(in crate::plan::check) levels: &'a [LevelCertificate],
    /// Such as `periods[0]`.
    pub(in crate::plan::check) key: &'a str,
    /// The file that claims values and bounds, and the key of its levels there.
    pub(in crate::plan::check) of_values: (&'static str, &'a str),
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
    let (context, situation) = (subject.context, subject.situation);
    let key = format!("periods[{}]", subject.period);
    if !levels_are_the_summarys(subject, &key, report) {
        return Vec::new();
    }
    let roads = Roads::new(context, situation);
    let alike = AllAlike::new(situation, subject.current, |_, _| {});
    let classes = AlikeClasses::new(situation, &alike, affected, &roads);
    let slices = situation.in_slices();
    let scene = Scene {
        situation,
        roads: &roads,
        classes: &classes,
        rows: &rows(situation, &slices, subject.before, written),
        slices: &slices,
        stages: &[],
    };
    let in_summary = format!("{key}.stages");
    let in_certificate = format!("{key}.levels");
    let claims = Claims {
        levels: &subject.certificate.levels,
        key: &key,
        of_values: if subject.summary.is_some() {
            (SUMMARY_FILE, &in_summary)
        } else {
            (CERTIFICATE_FILE, &in_certificate)
        },
    };
    let levels = subject.certificate.levels.iter().enumerate();
    let proven = levels.zip(prove(&scene, &claims, report));
    let plan_of = |position: usize| {
        let stages = subject.summary.map(|summary| &summary.totals.stages);
        stages
            .and_then(|stages| stages.get(position))
            .map(|stage| stage.plan)
    };
    proven
        .map(|((position, level), bound)| ProvenLevel {
            period: subject.period,
            position,
            name: name(level),
            value: level.value,
            plan: plan_of(position),
            bound,
        })
        .collect()
}

/// What is proven of every level, recomputed; nothing if one of them is none.
pub(in crate::plan::check) fn prove(
    scene: &Scene<'_>,
    claims: &Claims<'_>,
    report: &mut Report,
) -> Vec<f64> {
    let Some(stages) = stages(scene, claims, report) else {
        return Vec::new();
    };
    let scene = Scene {
        stages: &stages,
        ..*scene
    };
    let keys = &mut Keys::new(CERTIFICATE_FILE, claims.key, report);
    let openings = Openings::new(&scene, claims.levels, keys);
    let levels = claims.levels.iter().enumerate();
    let prices: Vec<OpeningPrices> = levels
        .flat_map(|level| {
            let keys = &mut keys.of(&format!("levels[{}]", level.0));
            openings.prices(&scene, level, keys)
        })
        .collect();
    let mut above = Vec::new();
    let proven = openings.proven(&scene, &prices, &mut above);
    let (file, key) = claims.of_values;
    let keys = &mut Keys::new(file, "", report);
    for (position, (stage, bound)) in stages.iter().zip(&proven).enumerate() {
        let slack = stage.slack(scene.classes.nobody());
        let keys = &mut keys.of(&format!("{key}[{position}]"));
        if stage.bound > bound + slack {
            let expected = format!("at most {}, which is proven", rounded(*bound));
            keys.note(BEYOND, "bound", rounded(stage.bound), expected);
        }
        if stage.value < bound - slack {
            let expected = format!("at least {}, which is proven", rounded(*bound));
            keys.note(BELOW, "value", rounded(stage.value), expected);
        }
    }
    let keys = &mut Keys::new(CERTIFICATE_FILE, claims.key, report);
    for (position, kept) in above {
        let found = format!("level {kept} kept at its least value");
        let expected = "the least value that is possible";
        keys.note(
            NOT_AT_FLOOR,
            &format!("levels[{position}]"),
            found,
            expected,
        );
    }
    proven
}

/// How a level is called: its goal, then tier or measure.
pub(in crate::plan::check) fn name(level: &LevelCertificate) -> String {
    let part = level.tier.as_deref().or(level.measure.map(Measure::word));
    match part {
        Some(part) => format!("{} {part}", level.goal.word()),
        None => level.goal.word().to_owned(),
    }
}

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
        let found = format!("{} levels, or wrong levels, or wrong numbers", levels.len());
        let expected = format!("the {} stages of summary.json", stages.len());
        report.add(SHAPE, At::cell(CERTIFICATE_FILE, 0, &key), found, expected);
    }
    is_same
}

/// The levels; `None` if one of them is none, which is noted.
fn stages(
    scene: &Scene<'_>,
    claims: &Claims<'_>,
    report: &mut Report,
) -> Option<Vec<ClaimedLevel>> {
    let keys = &mut Keys::new(CERTIFICATE_FILE, claims.key, report);
    let levels = claims.levels.iter().enumerate();
    levels
        .map(|(position, level)| {
            let context = scene.situation.context;
            let aim = aim_of(context, &scene.classes.alike.ranks, level);
            let is_number = level.value.is_finite() && level.bound.is_finite();
            if aim.is_none() || !is_number {
                let expected = "a level of the scenario's goals";
                keys.note(SHAPE, &format!("levels[{position}]"), name(level), expected);
            }
            Some(ClaimedLevel {
                aim: aim.filter(|_| is_number)?,
                value: level.value,
                bound: level.bound,
            })
        })
        .collect()
}

/// P7975: no bound is claimed beyond what the prices prove.
const BEYOND: Rule = Rule::new(
    "P7975",
    "claim no more than the prices prove, or write better prices",
);

/// P7976: no value is below what the prices prove to be the least.
const BELOW: Rule = Rule::new(
    "P7976",
    "no plan can have a value this low: check the value and the files of the inventory",
);

/// P7977: a level that is kept at its floor is there.
const NOT_AT_FLOOR: Rule = Rule::new(
    "P7977",
    "keep a level above its least value by a row with a price",
);
