//! Remedies and outlook: cuts, verified what-ifs, both ends of the forecast, metastable risk, and the transitions to each state.

use super::Briefing;
use crate::model::PlannedPeriods;
use crate::plan::explain::BindingRule;
use crate::plan::{
    AccessPointChange, JointSummary, PeriodPlan, Refusal, RetryMargin, Stability, Totals,
    Transition,
};
use crate::plan_files::AccessPointUse;
use crate::report::downtime::locks_in;
use crate::report::explained::{helping, rule_sentence, sentence};
use crate::report::grammar::{by_count, counted, counted_with, only_if, stay_unserved};
use crate::report::text::visible;
use crate::report::waves::TransitionWriter;
use crate::report::words::{is_any_target_set, targets_met};
use crate::report::{cut_sentence, numbers};
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeSet;

const MOST_CUTS: usize = 3;
const MOST_PROMISES: usize = 2;
const MOST_TRANSITIONS: usize = 6;

impl Briefing<'_> {
    /// A sentence for every cut of any period, those of the period with most unserved users first.
    pub(in crate::report) fn cuts(&self) -> Vec<String> {
        let mut periods: Vec<&PeriodPlan> = self.plan.periods.iter().collect();
        periods.sort_by(|a, b| b.totals.unserved.total_cmp(&a.totals.unserved));
        let mut said: Vec<(String, Vec<&PeriodPlan>)> = Vec::new();
        for period in periods {
            for cut in &period.cuts {
                let sentence = cut_sentence(self.inventory, cut);
                match said.iter_mut().find(|(known, _)| *known == sentence) {
                    Some((_, known)) => known.push(period),
                    None => said.push((sentence, vec![period])),
                }
            }
        }
        said.truncate(MOST_CUTS);
        said.into_iter()
            .map(|(sentence, mut periods)| {
                if self.plan.periods.len() == 1 {
                    return sentence;
                }
                periods.sort_by_key(|period| period.period.index);
                format!("In {}: {sentence}", self.stretch(&periods))
            })
            .collect()
    }

    /// Remedies where users are unserved or a headroom target is missed: a sentence for a rule without which more users would
    /// be served, and for the most effective capacity, two in all.
    pub(in crate::report) fn help(&self) -> Vec<String> {
        let Some(explanations) = self.explanations.filter(|_| !self.plan.is_good()) else {
            return Vec::new();
        };
        let plan = (self.plan, explanations.is_quick);
        let is_helping = |binding_rule: &&BindingRule| {
            let change = binding_rule.promised.get(binding_rule.period);
            change.is_some_and(|outlook_change| {
                outlook_change.after.unserved < outlook_change.before.unserved - NOBODY
            })
        };
        let rules = explanations.rules.iter().filter(is_helping);
        let rules = rules.filter_map(|rule| rule_sentence(plan, rule));
        let bindings = helping(&explanations.bindings).into_iter();
        let bindings = bindings.map(|binding| sentence(self.inventory, plan, binding));
        let (rules, bindings): (Vec<String>, Vec<String>) = (rules.collect(), bindings.collect());
        // The strongest of both kinds, where there are both.
        let of_rules = MOST_PROMISES - usize::from(!bindings.is_empty());
        let of_rules = of_rules.min(rules.len());
        let rules = rules.into_iter().take(of_rules);
        let all = rules.chain(bindings.into_iter().take(MOST_PROMISES - of_rules));
        all.map(|words| format!("What would help: {words}"))
            .collect()
    }

    /// How many users move in all periods, and how many fewer than period after period. Where they move in two periods or
    /// more that were not planned together because of another setting of the scenario, the reason.
    pub(in crate::report) fn joint(&self) -> Vec<String> {
        let joint = self.plan.joint.filter(JointSummary::is_joint);
        let together = joint.map(|joint| {
            if joint.moved_users > joint.sequential_users {
                return format!(
                    "Planned over all periods together, with the knowledge of each time: {} users move. \
                     These are {} more than period after period, because of faults detected later.",
                    numbers::users(joint.moved_users),
                    numbers::users(joint.moved_users - joint.sequential_users)
                );
            }
            format!(
                "Planned over all periods together: {} users move, {} fewer than period after period.",
                numbers::users(joint.moved_users),
                numbers::users(joint.sequential_users - joint.moved_users)
            )
        });
        together.or_else(|| self.not_joint()).into_iter().collect()
    }

    fn not_joint(&self) -> Option<String> {
        let scenario = self.scenario;
        let periods = self.plan.periods.iter();
        let moving = periods
            .filter(|period| period.totals.moved > NOBODY)
            .count();
        if scenario.policy.periods != PlannedPeriods::Joint || moving < 2 {
            return None;
        }
        let why = if scenario.protect.is_some() {
            "homes that survive the failures of [protect] are sought for each period alone"
        } else if scenario.policy.split_shards {
            "split shards have no home to keep"
        } else {
            return None;
        };
        Some(format!("Planned period after period, not together: {why}."))
    }

    pub(in crate::report) fn band(&self) -> Vec<String> {
        let (Some(low), Some(high)) = (self.end(0), self.end(1)) else {
            return Vec::new();
        };
        // Each end has a plan of its own: its homes are not those that are written.
        let mut words =
            vec!["Not checked: this plan at the low and at the high forecast.".to_owned()];
        if low == high {
            words.push(format!("Planned again for each of them, {low}."));
        } else {
            words.push(format!("Planned again for the low forecast, {low}."));
            words.push(format!("Planned again for the high forecast, {high}."));
        }
        vec![words.join(" ")]
    }

    /// `, and 25,000 users move (5,000 in this plan)`: the sum over all periods, where it differs from that of the plan.
    fn moved_at(&self, end: usize) -> String {
        let periods = || self.plan.periods.iter();
        let here: f64 = periods().map(|period| period.totals.moved).sum();
        let there = periods().filter_map(|period| period.band.as_ref());
        let there: f64 = there
            .map(|forecast_ends| forecast_ends[end].totals.moved)
            .sum();
        let [here, there] = [here, there].map(numbers::users_up);
        only_if(here != there, || {
            format!(
                "{} {} (in this plan {here})",
                counted(&there, "user"),
                by_count(&there, ["moves", "move"])
            )
        })
    }

    /// `everyone is served and every headroom target is met`, and which access points open in addition.
    fn end(&self, end: usize) -> Option<String> {
        let of_periods: Option<Vec<(usize, &Totals, &[AccessPointChange])>> = self
            .plan
            .periods
            .iter()
            .map(|period| {
                let end = &period.band.as_ref()?[end];
                Some((
                    period.period.index,
                    &end.totals,
                    end.access_points.as_slice(),
                ))
            })
            .collect();
        let of_periods = of_periods?;
        let most = |value: fn(&Totals) -> f64| {
            let values = of_periods
                .iter()
                .map(|(period, totals, _)| (*period, value(totals)));
            values.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        };
        let place =
            |period: usize| only_if(of_periods.len() > 1, || format!(" in period {period}"));
        let (period, unserved) = most(|totals| totals.unserved)?;
        let served = if unserved > NOBODY {
            format!("{}{}", stay_unserved(unserved), place(period))
        } else {
            "everyone is served".to_owned()
        };
        let (period, short) = most(|totals| totals.worst_shortfall)?;
        let targets = if short > FEASIBILITY {
            let share = numbers::short_percent(short);
            format!("{share} of a headroom target is missing{}", place(period))
        } else {
            let policy = &self.scenario.policy;
            let is_any_missed = self.plan.before.misses_a_target(policy.existing_shortfall);
            targets_met(is_any_target_set(self.inventory, policy), is_any_missed).to_owned()
        };
        let changes = of_periods.iter().flat_map(|(_, _, changes)| *changes);
        let here = self.opened(changes);
        let expected = self.opened(
            self.plan
                .periods
                .iter()
                .flat_map(|period| &period.access_points),
        );
        let more: Vec<&str> = here.difference(&expected).map(String::as_str).collect();
        let fewer: Vec<&str> = expected.difference(&here).map(String::as_str).collect();
        let is_only_missed = unserved <= NOBODY && short > FEASIBILITY;
        let outcome = if is_only_missed {
            format!("{targets} and {served}")
        } else {
            format!("{served} and {targets}")
        };
        let mut words = vec![outcome];
        let moved = self.moved_at(end);
        if !moved.is_empty() {
            words.push(moved);
        }
        if !more.is_empty() {
            words.push(format!("with {} opened too", more.join(", ")));
        }
        if !fewer.is_empty() {
            words.push(format!("without opening {}", fewer.join(", ")));
        }
        Some(words.join(", "))
    }

    /// Ids of the access points that are opened in any of these changes.
    fn opened<'c>(&self, changes: impl Iterator<Item = &'c AccessPointChange>) -> BTreeSet<String> {
        changes
            .filter(|change| change.after == AccessPointUse::Opened)
            .map(|change| {
                let access_point = &self.inventory.access_points[change.access_point.index()];
                visible(&access_point.id).into_owned()
            })
            .collect()
    }

    /// That a plan that has to recover does; where no trigger was played, the component furthest above the utilization at which
    /// retries keep an overload up.
    pub(in crate::report) fn stability(&self) -> Vec<String> {
        let plan = self.plan;
        let said = match &plan.recovery {
            Some(recovery) if recovery.is_required => self.writer().recovers(),
            // The verdict has the risk.
            Some(_) => None,
            None => self.may_lock_in(),
        };
        said.into_iter().collect()
    }

    /// The component furthest above the utilization at which retries keep an overload up, if recovery was not played.
    fn may_lock_in(&self) -> Option<String> {
        let periods = self.plan.periods.iter();
        let all = periods.flat_map(|period| {
            period
                .stability
                .iter()
                .map(move |retry_margin| (period, retry_margin))
        });
        let vulnerable: Vec<(&PeriodPlan, &RetryMargin)> = all
            .filter(|(_, retry_margin)| retry_margin.stability == Stability::Vulnerable)
            .collect();
        let mut worst: Option<(&PeriodPlan, &RetryMargin)> = None;
        for (period, retry_margin) in &vulnerable {
            if worst.is_none_or(|(_, known)| retry_margin.is_tighter(known)) {
                worst = Some((period, retry_margin));
            }
        }
        let (period, retry_margin) = worst?;
        let sentence = locks_in(self.inventory, retry_margin)?;
        let when = only_if(self.plan.periods.len() > 1, || {
            format!("In {}, ", self.named(period))
        });
        let keys = vulnerable
            .iter()
            .map(|(_, retry_margin)| (retry_margin.component, retry_margin.resource));
        let others = keys.collect::<BTreeSet<_>>().len() - 1;
        let others = match numbers::whole(others).as_str() {
            "0" => String::new(),
            others => format!(" The same risk exists at {others} more (stability.csv)."),
        };
        Some(format!("{when}{sentence}.{others}"))
    }

    pub(in crate::report) fn writer(&self) -> TransitionWriter<'_> {
        TransitionWriter {
            inventory: self.inventory,
            scenario: self.scenario,
            plan: self.plan,
        }
    }

    pub(in crate::report) fn refused(&self) -> Vec<String> {
        let writer = self.writer();
        let mut sentences = Vec::new();
        // Where nothing has a fix, the first action says so.
        let is_any_fixed = !self.remedies().is_empty();
        for transition in self.all_refused() {
            if let Some(words) = writer.refusal(transition) {
                sentences.push(format!("Refused: {words}."));
            }
            if matches!(transition.refusal, Some(Refusal::TooLong)) {
                sentences.push(self.fits_after().to_owned());
            }
            sentences.extend(writer.remedies(transition));
            if is_any_fixed {
                sentences.extend(writer.without_fix(transition));
            }
        }
        let turns = || self.plan.hour_turns.iter();
        let refused = writer.refused_turns(turns());
        if !refused.is_empty() {
            sentences.push(format!("Refused: {}.", refused.join("; ")));
        }
        sentences.extend(writer.remedies_of_turns(turns()));
        sentences
    }

    /// That only the transition is not safe: of all users, or of those that are served.
    fn fits_after(&self) -> &'static str {
        let mut periods = self.plan.periods.iter();
        if periods.any(|period| period.totals.unserved > NOBODY) {
            "The users that stay served fit after all moves; only the transition is not safe."
        } else {
            "Everything fits after all moves; only the transition is not safe."
        }
    }

    /// What was tried for the first refusal of all without a fix, and what to do; nothing where every refusal has one.
    pub(in crate::report) fn without_fix(&self) -> Vec<String> {
        let writer = self.writer();
        let mut all = self
            .all_refused()
            .map(|transition| writer.without_fix(transition));
        all.find(|sentences| !sentences.is_empty())
            .unwrap_or_default()
    }

    pub(in crate::report) fn remedies(&self) -> Vec<String> {
        let writer = self.writer();
        let transitions = self
            .all_refused()
            .flat_map(|transition| writer.remedies(transition));
        let turns = writer.remedies_of_turns(self.plan.hour_turns.iter());
        transitions.chain(turns).collect()
    }

    fn all_refused(&self) -> impl Iterator<Item = &Transition> {
        let transitions = self.plan.transitions.iter();
        transitions.filter(|transition| transition.refusal.is_some())
    }

    pub(in crate::report) fn transitions(&self) -> Vec<String> {
        let writer = self.writer();
        let all: Vec<&Transition> = self
            .plan
            .transitions
            .iter()
            .filter(|transition| transition.refusal.is_none())
            .collect();
        let mut sentences: Vec<String> = all
            .iter()
            .take(MOST_TRANSITIONS)
            .map(|transition| writer.sentence(transition))
            .collect();
        let stops = all.iter().flat_map(|transition| writer.stops(transition));
        sentences.extend(stops.take(MOST_TRANSITIONS));
        if all.len() > MOST_TRANSITIONS {
            let more = (all.len() - MOST_TRANSITIONS).to_string();
            let more = counted_with(&more, "more transition", ["is", "are"]);
            sentences.push(format!("{more} in waves.csv."));
        }
        if !sentences.is_empty() && self.not_to_be_begun().is_none() {
            sentences.push("The steps wave by wave are in runbook.md.".to_owned());
        }
        sentences.extend(writer.hours());
        sentences
    }
}
