//! Which bounds are proven for the plan, and the cost of whole shards.

use crate::formulation::goals::Level;
use crate::model::{Goal, LevelUnit};
use crate::plan::check::Proven;
use crate::plan::{PeriodPlan, Stage, Status};
use crate::report::briefing::Briefing;
use crate::report::grammar::{at_most, only_if};
use crate::report::numbers;
use crate::report::proven::within;
use crate::report::text::visible;
use crate::solve::Proof;
use crate::units::{FEASIBILITY, NOBODY, PROVEN};

const MOST: usize = 4;

impl Briefing<'_> {
    pub(in crate::report) fn proof(&self) -> Vec<String> {
        let price = self.price_of_whole_shards();
        let mut sentences = match (self.plan.status, self.proven) {
            (Status::Complete, Some(proven)) => vec![self.recomputed(proven)],
            (Status::Complete, None) if price.is_none() && self.is_joint() => {
                vec!["Proven: no plan does better before moves, goal by goal.".to_owned()]
            }
            (Status::Complete, None) if price.is_none() => {
                vec!["Proven: no plan does better, goal by goal.".to_owned()]
            }
            (Status::Complete, None) => Vec::new(),
            (Status::Unproven, _) => self.gaps(),
            (Status::Stopped, _) => {
                let proven = self.proven.filter(|proven| self.is_service_proven(proven));
                let service = proven.map(|proven| {
                    let service = self.proven_service(proven);
                    format!(
                        "Proven for these inputs, although the planning was stopped: {service}."
                    )
                });
                Vec::from_iter(service)
            }
        };
        if self.plan.status == Status::Complete {
            let rest = if self.proven.is_some() {
                "The rest is proven"
            } else {
                "Proven"
            };
            let open = self.periods_with_open_homes();
            sentences.extend(price.map(|price| {
                if open.is_empty() && !self.is_joint() {
                    return format!(
                        "{rest} for whole shards: no plan does better, goal by goal. Compared with split shards they cost: {price}."
                    );
                }
                let is_protected = (self.plan.periods.iter()).any(|period_plan| period_plan.protection.is_some());
                let [premise, cost] = if is_protected {
                    ["without [protect] and with split shards", "Whole shards and protection"]
                } else if self.is_joint() {
                    ["for split shards and independent periods", "Whole shards and joint planning"]
                } else {
                    ["for split shards", "Whole shards"]
                };
                let not_proven = only_if(!self.is_joint(), || format!(
                        " Not proven in {}: that no other choice of whole shards does better.",
                        self.stretch(&open)
                    ));
                format!("{rest} {premise}. {cost} cost: {price}.{not_proven}")
            }));
        }
        sentences
    }

    /// The periods in which other plans of whole shards may do better at some level, as far as is proven.
    fn periods_with_open_homes(&self) -> Vec<&PeriodPlan> {
        let is_open = |stage: &Stage| {
            let scale = stage.value.abs().max(1.0);
            let bound = stage.whole_bound;
            bound.is_none_or(|bound| stage.plan - bound > FEASIBILITY * scale)
        };
        let periods = self.plan.periods.iter();
        periods
            .filter(|period| period.stages.iter().any(is_open))
            .collect()
    }

    fn is_joint(&self) -> bool {
        self.plan.joint.is_some_and(|joint| joint.is_joint())
    }

    fn recomputed(&self, proven: &Proven) -> String {
        let has_band = self.plan.periods.iter().any(|period| period.band.is_some());
        // Both ends of the forecast have bounds of the planner's own, and no certificate.
        let demand = if has_band { " at expected demand" } else { "" };
        let mut said = vec![self.proven_service(proven)];
        said.extend(self.proven_headroom(proven));
        format!("Proven for these inputs{demand}: {}.", said.join("; "))
    }

    /// `true` if the levels of unserved users were settled in every period, and are proven.
    fn is_service_proven(&self, proven: &Proven) -> bool {
        let is_unserved = |stage: &Stage| matches!(stage.level, Level::Unserved(_));
        let periods = self.plan.periods.iter();
        let mut all = periods.map(|period| {
            let of_period = above_bounds(period, proven).filter(|(stage, _)| is_unserved(stage));
            let count = of_period.filter(|(stage, _)| stage.gap <= PROVEN).count();
            let settled = period
                .stages
                .iter()
                .filter(|stage| is_unserved(stage))
                .count();
            // A later level shows that all of them were settled.
            count == settled && settled < period.stages.len()
        });
        all.all(|is_proven| is_proven)
    }

    fn proven_service(&self, proven: &Proven) -> String {
        let periods = self.plan.periods.iter();
        let more = |period: &PeriodPlan| -> f64 {
            let of_period = above_bounds(period, proven);
            let unserved = of_period.filter(|(stage, _)| matches!(stage.level, Level::Unserved(_)));
            unserved.map(|(_, above)| above.max(0.0)).sum()
        };
        let most = periods.map(more).fold(0.0, f64::max);
        if self
            .plan
            .periods
            .iter()
            .all(|period| period.totals.unserved <= NOBODY)
        {
            return "nobody could be served better".to_owned();
        }
        let users: f64 = self
            .plan
            .periods
            .iter()
            .map(|period| period.totals.users)
            .fold(0.0, f64::max);
        if most <= FEASIBILITY * users.clamp(1.0, 1e3) {
            "no plan serves more users, tier by tier".to_owned()
        } else {
            let more = numbers::users_up(most);
            format!("at most {more} users more could be served in any period")
        }
    }

    /// The distance of the worst headroom from the best possible; `None` where the plan exceeds the bound of an earlier level
    /// in some period, since nothing is proven about it then, and where no goal asks for headroom.
    fn proven_headroom(&self, proven: &Proven) -> Option<String> {
        let mut furthest = 0.0_f64;
        for period in &self.plan.periods {
            for (stage, above) in above_bounds(period, proven) {
                if stage.level == Level::Worst {
                    furthest = furthest.max(above);
                    break;
                }
                if above > FEASIBILITY * stage.value.abs().max(1.0) {
                    return None;
                }
            }
        }
        let is_asked = |period_plan: &PeriodPlan| {
            period_plan
                .stages
                .iter()
                .any(|stage| stage.level == Level::Worst)
        };
        // The cost of whole shards has a sentence of its own.
        let is_near = furthest <= FEASIBILITY;
        let near = within(furthest);
        (is_near && self.plan.periods.iter().all(is_asked)).then(|| {
            format!("none as good misses less of its worst headroom target (within {near})")
        })
    }

    fn gaps(&self) -> Vec<String> {
        let gaps: Vec<String> = self
            .stages()
            .filter(|(_, stage)| stage.gap > FEASIBILITY)
            .map(|(period, stage)| {
                format!(
                    "Not proven: period {}, {}: value {}, proven {}.",
                    period.period.index,
                    name(stage),
                    amount(stage, stage.value),
                    amount(stage, stage.bound)
                )
            })
            .collect();
        let gaps = at_most(gaps, MOST, |more| {
            format!("{more} more levels with a gap are in summary.json.")
        });
        let is_before_open = self.plan.before.proof == Proof::Gap;
        let before = "Not proven: the state before, from which missing headroom is counted.";
        let before = is_before_open.then(|| before.to_owned());
        let mut sentences: Vec<String> = before.into_iter().chain(gaps).collect();
        if sentences.is_empty() {
            sentences.push("Not proven: some level may have a better value.".to_owned());
        }
        sentences
    }

    /// The first level, in the order of goals, at which split shards would reach more than the plan: in the period with the
    /// largest difference.
    fn price_of_whole_shards(&self) -> Option<String> {
        let excess = |stage: &Stage| (stage.plan - stage.value) / stage.value.abs().max(1.0);
        // A joint plan moves users in one period to avoid more moves in another: only levels before moves are comparable.
        let is_comparable = |stage: &Stage| {
            let is_before = !matches!(stage.level.goal(), Goal::Moves | Goal::Latency);
            is_before || !self.is_joint()
        };
        let is_worse = |stage: &Stage| excess(stage) > FEASIBILITY && is_comparable(stage);
        let firsts = self.plan.periods.iter().filter_map(|period| {
            let position = period.stages.iter().position(is_worse)?;
            Some((period, position, &period.stages[position]))
        });
        let (period, _, stage) = firsts.min_by(|a, b| {
            a.1.cmp(&b.1)
                .then(excess(b.2).total_cmp(&excess(a.2)))
                .then(a.0.period.index.cmp(&b.0.period.index))
        })?;
        Some(format!(
            "{} in period {}, {} instead of {}",
            name(stage),
            period.period.index,
            amount(stage, stage.plan),
            amount(stage, stage.value)
        ))
    }

    fn stages(&self) -> impl Iterator<Item = (&PeriodPlan, &Stage)> {
        let periods = self.plan.periods.iter();
        periods.flat_map(|period| period.stages.iter().map(move |stage| (period, stage)))
    }
}

/// The levels of a period, each with the difference between the plan and its proven bound.
fn above_bounds<'p>(
    period: &'p PeriodPlan,
    proven: &'p Proven,
) -> impl Iterator<Item = (&'p Stage, f64)> + 'p {
    let levels = proven.levels.iter();
    let of_period = levels.filter(|level| level.period == period.period.index);
    of_period.filter_map(|level| {
        let stage = period.stages.get(level.position)?;
        Some((stage, stage.plan - level.bound))
    })
}

fn name(stage: &Stage) -> String {
    let noun = stage.level.terms().noun;
    match &stage.tier {
        Some(tier) => format!("{noun} of {}", visible(tier)),
        None => noun.to_owned(),
    }
}

fn amount(stage: &Stage, value: f64) -> String {
    match stage.level.terms().unit {
        LevelUnit::Share => numbers::percent(value),
        _ => numbers::amount(value),
    }
}
