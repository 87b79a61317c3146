//! The verdict: what is refused, unserved or undetected; then who is served and which targets hold, and why. What is not checked
//! comes after damage, and before an all clear.

use super::Briefing;
use crate::plan::{PeriodPlan, Status};
use crate::report::grammar::{capital, lower_first, stay_unserved};
use crate::report::period::finding;
use crate::report::words::{
    THERE_IS_CAPACITY, everyone, in_all, is_any_target_set, missed_already, premise, targets_met,
};
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeMap;

/// A verdict in the order in which it is read.
pub(in crate::report) struct BriefingVerdict {
    /// What is refused, undetected, lost or not survived, worst first.
    pub(in crate::report) wrong: Vec<String>,
    /// What is at risk, not checked or not proven.
    pub(in crate::report) unknown: Vec<String>,
    /// Who is served and which targets are met, for which inputs.
    pub(in crate::report) answer: String,
    /// `true` if the answer says that users are unserved or targets missed.
    pub(in crate::report) is_damage: bool,
    /// The tightest period, how far the inputs may be off, what protection does, and the risk that was there before.
    pub(in crate::report) reasons: Vec<String>,
}

impl BriefingVerdict {
    /// Its paragraphs: the first ends with the reasons and the first action, the second has what is not checked after damage, and
    /// what was assumed. An all clear comes after what is not checked.
    pub(in crate::report) fn paragraphs(
        self,
        action: Option<String>,
        assumed: Option<String>,
    ) -> [Vec<String>; 2] {
        let answer = vec![self.answer];
        let [before, after] = if self.is_damage || !self.wrong.is_empty() {
            [Vec::new(), self.unknown]
        } else {
            [self.unknown, Vec::new()]
        };
        let first = [
            self.wrong,
            before,
            answer,
            self.reasons,
            Vec::from_iter(action),
        ];
        [first.concat(), [after, Vec::from_iter(assumed)].concat()]
    }
}

impl Briefing<'_> {
    /// What is wrong or unknown, then the answer for the whole plan, then the reasons.
    pub(in crate::report) fn verdict(&self) -> BriefingVerdict {
        let writer = self.writer();
        let [not_survived, survival] = self.protection();
        let (truth, harmless): (Vec<String>, Vec<String>) = self
            .truth()
            .into_iter()
            .partition(|text| text.starts_with("WARNING"));
        let mut wrong = [
            self.refused(),
            writer.warnings(),
            truth,
            Vec::from_iter(writer.lost_to_named()),
            Vec::from_iter(writer.waiting()),
            Vec::from_iter(writer.unplaced()),
            not_survived,
        ]
        .concat();
        let is_damage = self.is_damage();
        let mut retries = writer.retries_not_checked();
        if !is_damage && !wrong.is_empty() {
            // Whether everyone is served depends on it.
            wrong.extend(retries.take());
        }
        let [at_risk, at_risk_before] = writer.at_risk();
        let unknown = [
            writer.remains_of_first(),
            self.failure_as_a_surprise(),
            self.restored(),
            harmless.into_iter().next(),
            retries,
            (!at_risk.is_empty()).then(|| at_risk.join(" ")),
            writer.not_played(),
            writer.triggers_not_played(),
            self.protection_not_checked(),
            self.protection_not_whole(),
            self.not_proven(),
            writer.checked_roughly(),
            self.further_failure(),
        ];
        let answer = self.answer(!wrong.is_empty());
        let reasons = [
            Vec::from_iter(self.missed_before()),
            Vec::from_iter(
                self.tightest_period()
                    .map(|period_plan| self.tightest_sentence(period_plan)),
            ),
            Vec::from_iter(self.margin()),
            survival,
            at_risk_before,
        ];
        BriefingVerdict {
            wrong,
            unknown: unknown.into_iter().flatten().collect(),
            answer,
            is_damage,
            reasons: reasons.concat(),
        }
    }

    /// `true` if users are unserved in any period, or targets missed in it or while weights turn between hours.
    fn is_damage(&self) -> bool {
        let is_missed = |period_plan: &PeriodPlan| {
            let mut margins = period_plan.margins.iter();
            margins.any(|margin| margin.row.shortfall > FEASIBILITY)
        };
        let mut periods = self.plan.periods.iter();
        let mut turns = self.plan.hour_turns.iter();
        periods.any(|period| period.totals.unserved > NOBODY || is_missed(period))
            || turns.any(|turn| turn.missed_targets > 0)
    }

    /// `Everyone is served and every headroom target is met, for these inputs, at peak demand.`; with `Apart from that,` after
    /// an alarm. What is missed comes first: `2 headroom targets are missed. Everyone is served, for these inputs, ….`
    fn answer(&self, is_after_alarm: bool) -> String {
        let periods: Vec<&PeriodPlan> = self.plan.periods.iter().collect();
        let is_whole = periods
            .iter()
            .all(|period| period.totals.unserved <= NOBODY);
        let served = self.served(&periods);
        let served = if is_after_alarm && is_whole {
            format!("Apart from that, {}", lower_first(&served))
        } else {
            served
        };
        let said = match (self.missed(&periods), self.missed_in_turns()) {
            (Some(missed), _) if is_whole => format!("{}. {served}", capital(&missed)),
            (Some(missed), _) => format!("{served} and {missed}"),
            (None, Some(missed)) => format!(
                "{}. {served} and {} at every hour",
                capital(&missed),
                self.met(&periods)
            ),
            (None, None) => format!("{served} and {}", self.met(&periods)),
        };
        format!(
            "{said}, {}{}.",
            premise(self.scenario.policy.demand),
            self.writer().not_counted()
        )
    }

    /// That the values of some levels may not be the best; `None` of a proven plan.
    fn not_proven(&self) -> Option<String> {
        Some(match self.plan.status {
            Status::Complete => return None,
            Status::Unproven => "Not proven: some level may have a better value.".to_owned(),
            Status::Stopped => {
                "Not proven: the planning was stopped before every level was settled.".to_owned()
            }
        })
    }

    fn served(&self, periods: &[&PeriodPlan]) -> String {
        let short: Vec<&PeriodPlan> = periods
            .iter()
            .copied()
            .filter(|period| period.totals.unserved > NOBODY)
            .collect();
        let worst = short
            .iter()
            .max_by(|a, b| a.totals.unserved.total_cmp(&b.totals.unserved));
        let everyone = match self.writer().stays_down() {
            Some(_) => THERE_IS_CAPACITY,
            None => everyone(self.plan),
        };
        match worst {
            None => format!("{everyone}{}", in_all(periods.len())),
            Some(worst) => {
                let stay = stay_unserved(worst.totals.unserved);
                let up_to = if short.len() > 1 { "Up to " } else { "" };
                let place = self.place_of(periods, &short);
                format!("{up_to}{stay}{place}")
            }
        }
    }

    /// `2 headroom targets are missed in period 0`; `None` if none is.
    fn missed(&self, periods: &[&PeriodPlan]) -> Option<String> {
        let missed = |period: &PeriodPlan| {
            let margins = period.margins.iter();
            margins
                .filter(|margin| margin.row.shortfall > FEASIBILITY)
                .count()
        };
        let short: Vec<&PeriodPlan> = periods
            .iter()
            .copied()
            .filter(|period| missed(period) > 0)
            .collect();
        let most = short.iter().map(|period| missed(period)).max().unwrap_or(0);
        let place = self.place_of(periods, &short);
        match (short.len(), most) {
            (0, _) => None,
            (1, 1) => Some(format!("1 headroom target is missed{place}")),
            (1, _) => Some(format!("{most} headroom targets are missed{place}")),
            (_, 1) => Some(format!("a headroom target is missed{place}")),
            (_, _) => Some(format!("up to {most} headroom targets are missed{place}")),
        }
    }

    /// `every headroom target is met`; weaker where one is missed before, or none is set.
    fn met(&self, periods: &[&PeriodPlan]) -> &'static str {
        let mut periods = periods.iter();
        let is_any_missed = periods.any(|period| period.missed_before().next().is_some());
        let is_any_set = is_any_target_set(self.inventory, &self.scenario.policy);
        targets_met(is_any_set, is_any_missed)
    }

    /// That targets are missed only while weights turn between hours.
    fn missed_in_turns(&self) -> Option<String> {
        let turns = self.plan.hour_turns.iter();
        let missed = match turns.map(|turn| turn.missed_targets).max().unwrap_or(0) {
            0 => return None,
            1 => "1 headroom target is".to_owned(),
            most => format!("up to {most} headroom targets are"),
        };
        Some(format!("{missed} missed while weights turn between hours"))
    }

    /// `Missed already before: Chicago cpu, 1 % (target 20 %).`; the ones that miss most of their target, each where it is
    /// tightest. `None` if every target is met, or missed by more than before.
    fn missed_before(&self) -> Option<String> {
        let mut least: BTreeMap<_, [f64; 2]> = BTreeMap::new();
        for margin in self.plan.periods.iter().flat_map(PeriodPlan::missed_before) {
            let of_row = [margin.headroom().unwrap_or(0.0), margin.written_target()];
            let known = least.entry((margin.component, margin.resource));
            let known = known.or_insert(of_row);
            if of_row[0] / of_row[1] < known[0] / known[1] {
                *known = of_row;
            }
        }
        let named = missed_already(self.inventory, least.into_iter().collect());
        named.map(|named| format!("Missed already before: {named}."))
    }

    fn tightest_sentence(&self, period: &PeriodPlan) -> String {
        let finding = finding(self.inventory, self.scenario, (&self.plan.before, period));
        if self.plan.periods.len() > 1 {
            format!("Tightest is {}. {finding}.", self.named(period))
        } else {
            format!("{finding}.")
        }
    }
}
