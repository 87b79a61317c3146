//! What is proven of the plan, and what it costs to keep shards whole.

use super::Briefing;
use crate::formulation::goals::Level;
use crate::plan::{PeriodPlan, Stage, Status};
use crate::report::numbers;
use crate::report::text::visible;
use crate::units::FEASIBILITY;

/// Most gaps that are told.
const MOST: usize = 4;

impl Briefing<'_> {
    /// Whether every level is proven, which are not, and which level whole shards cost most.
    pub(in crate::report) fn proof(&self) -> Vec<String> {
        match (self.plan.status, self.price_of_whole_shards()) {
            (Status::Complete, None) => {
                vec!["Proven: no plan does better, goal by goal.".to_owned()]
            }
            (Status::Complete, Some(price)) => {
                vec![format!("Proven if shards could be split; kept whole, this plan has {price}.")]
            }
            (Status::Unproven, _) => self.gaps(),
            (Status::Stopped, _) => vec![
                "Stopped before every level was settled: this is the best plan so far, not a proven one."
                    .to_owned(),
            ],
        }
    }

    /// Which levels keep a gap.
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
        let more = gaps.len().saturating_sub(MOST);
        let mut sentences: Vec<String> = gaps.into_iter().take(MOST).collect();
        if more > 0 {
            sentences.push(format!(
                "{more} more levels with a gap are in summary.json."
            ));
        }
        sentences
    }

    /// The first level, in the order of goals, at which the plan falls behind what split shards would reach: in the
    /// period where it falls behind most.
    fn price_of_whole_shards(&self) -> Option<String> {
        let behind = |stage: &Stage| (stage.plan - stage.value) / stage.value.abs().max(1.0);
        let is_behind = |stage: &Stage| behind(stage) > FEASIBILITY;
        let firsts = self.plan.periods.iter().filter_map(|period| {
            let position = period.stages.iter().position(is_behind)?;
            Some((period, position, &period.stages[position]))
        });
        let (period, _, stage) = firsts.min_by(|a, b| {
            a.1.cmp(&b.1)
                .then(behind(b.2).total_cmp(&behind(a.2)))
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

/// What a level counts, in words.
fn name(stage: &Stage) -> String {
    match stage.level {
        Level::Unserved(_) => {
            let tier = stage.tier.as_deref().unwrap_or_default();
            format!("unserved users of {}", visible(tier))
        }
        Level::Relief => "users moved though no event touches them".to_owned(),
        Level::Worst => "the worst missing share of a headroom target".to_owned(),
        Level::Total => "missing headroom, in users,".to_owned(),
        Level::AccessPoints => "standby access points opened".to_owned(),
        Level::Copied => "users moved by copying".to_owned(),
        Level::Moved => "users moved".to_owned(),
        Level::Latency => "latency, in user-milliseconds,".to_owned(),
    }
}

/// A level's number.
fn amount(stage: &Stage, value: f64) -> String {
    match stage.level {
        Level::Worst => numbers::percent(value),
        _ => numbers::amount(value),
    }
}
