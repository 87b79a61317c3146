//! The drain before a window: what its plan takes and loses, as values and words.

use crate::engine::{DrainPlan, OnceMoved, OneMore};
use crate::model::{Inventory, Scenario};
use crate::plan::sweep::Missing;
use crate::plan::{Outage, Plan, Transition};
use crate::report::briefing::Briefing;
use crate::report::span::Clock;
use crate::report::text::visible;
use crate::report::waves::TransitionWriter;
use crate::units::{FEASIBILITY, NOBODY};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The drain before a window, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct DrainReport {
    /// When the maintenance begins.
    pub start: Timestamp,
    /// When a scenario has to begin that has the same plan.
    pub planned_from: Timestamp,
    /// When the maintenance ends.
    pub end: Timestamp,
    /// Why there is no safe transition, a sentence for each refused one; empty if none is.
    pub refused: Vec<String>,
    /// `true` if a change of weights between hours has no safe transition.
    pub has_refused_hours: bool,
    /// The remedies that were found, a sentence each.
    pub remedies: Vec<String>,
    /// The durations of the transitions that are not refused, a sentence each.
    pub transitions: Vec<String>,
    /// How many waves there are.
    pub waves: usize,
    /// Users who move in them.
    pub users: f64,
    /// How long they take with their gates, in minutes; `None` where there is no safe transition.
    pub minutes: Option<f64>,
    /// When the first wave begins at the latest; `None` if no users have to move before the maintenance, or it is refused.
    pub latest_start: Option<Timestamp>,
    /// Users who are placed, or move for other events, in the plan before that, and when the first of them do; `None` if none do,
    /// or it is refused.
    pub earlier: Option<(f64, Timestamp)>,
    /// `true` if its plan is one with which `plan` ends with exit code 0, as far as it is planned here.
    pub is_good: bool,
    /// The period of its plan that leaves most users unserved; `None` if none does, or it is refused.
    pub unserved: Option<PeriodLoss<f64>>,
    /// The period that misses most of a target; `None` if none does, or it is refused.
    pub missing: Option<PeriodLoss<Missing>>,
    /// Users down when it is played forward, and not named by it, in order of time.
    pub outages: Vec<Outage>,
    /// The same with what is short, and remedies, a sentence each.
    pub warnings: Vec<String>,
    /// `true` if the scenario of the ranking asks for `[protect]`, which is not planned for.
    pub protection_not_planned: bool,
    /// What was not checked by playing it forward, a sentence each.
    pub not_played: Vec<String>,
    /// What further failures do once users have moved; `None` where that was not asked, or it is refused.
    pub once_moved: Option<OnceMoved>,
}

impl DrainReport {
    /// The report of a drain, in the scenario of the ranking.
    pub fn of(inventory: &Inventory, scenario: &Scenario, drain: &DrainPlan) -> Self {
        // Times have their date and year where those of the ranking do.
        let clock = Clock::of(scenario).dated();
        let mut dated = Scenario {
            start: clock.start,
            end: clock.end,
            ..drain.scenario.clone()
        };
        // The requested maintenance is the last event, and is named before others that drain the same.
        if let Some(asked) = dated.events.pop() {
            dated.events.insert(0, asked);
        }
        let writer = TransitionWriter {
            inventory,
            scenario: &dated,
            plan: &drain.plan,
        };
        let shown = |words: String| visible(&words).into_owned();
        let item = || drain.transitions();
        let plan = (!drain.is_refused()).then_some(&drain.plan);
        let safe = item().filter(|transition| transition.refusal.is_none());
        let [at_risk, _] = writer.at_risk();
        let (unchecked, risks): (Vec<String>, Vec<String>) = at_risk
            .into_iter()
            .partition(|text| text.starts_with("Not checked"));
        Self {
            start: drain.start,
            planned_from: drain.scenario.start,
            end: drain.scenario.end,
            refused: drain
                .refused()
                .filter_map(|transition| writer.refusal(transition))
                .chain(writer.refused_turns(drain.hour_turns()))
                .map(shown)
                .collect(),
            has_refused_hours: drain
                .hour_turns()
                .any(|hour_turn| hour_turn.refusal.is_some()),
            remedies: drain
                .refused()
                .flat_map(|transition| writer.remedies(transition))
                .chain(writer.remedies_of_turns(drain.hour_turns()))
                .map(shown)
                .collect(),
            transitions: safe
                .map(|transition| shown(writer.sentence(transition)))
                .collect(),
            waves: item().map(|transition| transition.waves.len()).sum(),
            // The sum of none is below 0 by its sign.
            users: item().map(|transition| transition.users).sum::<f64>() + 0.0,
            minutes: (item().map(Transition::minutes).sum::<Option<f64>>())
                .map(|value| value + 0.0),
            latest_start: drain.latest_start(),
            earlier: plan.and_then(|plan| earlier(plan, drain.start)),
            is_good: drain.plan.is_good(),
            unserved: plan.and_then(most_unserved),
            missing: plan.and_then(most_missing),
            outages: drain.plan.outages().to_vec(),
            warnings: writer
                .warnings()
                .into_iter()
                .chain(risks)
                .map(shown)
                .collect(),
            protection_not_planned: scenario.protect.is_some(),
            not_played: writer
                .missing()
                .into_iter()
                .chain(unchecked)
                .chain(writer.triggers_not_played())
                .chain(restored(&writer))
                .map(shown)
                .collect(),
            once_moved: drain.once_moved.clone(),
        }
    }

    /// `true` if there is no safe transition.
    pub fn is_refused(&self) -> bool {
        !self.refused.is_empty()
    }

    pub(super) fn json(&self, inventory: &Inventory, clock: Clock) -> Value {
        json!({
            "start": clock.instant(self.start),
            "refused": self.refused,
            "remedies": self.remedies,
            "waves": self.waves,
            "users": self.users,
            "minutes": self.minutes,
            "latest_start": self.latest_start.map(|at| clock.instant(at)),
            "plan": (!self.is_refused()).then(|| self.plan_json(inventory, clock)),
            "once_moved": self.once_moved.as_ref().map(once_moved),
        })
    }

    /// What its plan loses, as windows.json has it.
    fn plan_json(&self, inventory: &Inventory, clock: Clock) -> Value {
        let at = |at: Timestamp| clock.instant(at);
        let unserved = self.unserved.as_ref();
        let missing = self.missing.as_ref();
        let outages: Vec<Value> = (self.outages.iter())
            .map(|outage| {
                json!({
                    "start": at(outage.start),
                    "end": outage.end.map(at),
                    "most_users": outage.most_users,
                })
            })
            .collect();
        json!({
            "good": self.is_good,
            "unserved_users": unserved.map_or(0.0, |period_loss| period_loss.value),
            "unserved_from": unserved.map(|period_loss| at(period_loss.start)),
            "worst_shortfall": missing.map_or(0.0, |period_loss| period_loss.value.share),
            "shortfall_component": missing.map(|period_loss| inventory.component_name(period_loss.value.component)),
            "shortfall_from": missing.map(|period_loss| at(period_loss.start)),
            "outages": outages,
        })
    }
}

/// That users wait for a backup, as the plan says it.
fn restored(writer: &TransitionWriter<'_>) -> Option<String> {
    let briefing = Briefing {
        inventory: writer.inventory,
        scenario: writer.scenario,
        plan: writer.plan,
        steps: &[],
        explanations: None,
        proven: None,
    };
    briefing.restored()
}

/// What a plan loses in one of its periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodLoss<T> {
    /// When the period begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// What it loses.
    pub value: T,
}

/// Users who are placed or move in transitions into periods before a maintenance, and when the first of them do.
fn earlier(plan: &Plan, start: Timestamp) -> Option<(f64, Timestamp)> {
    let before = |transition: &&Transition| plan.periods[transition.period].period.start < start;
    let all = || plan.transitions.iter().filter(before);
    let users: f64 = all().map(|transition| transition.users).sum();
    let first = all().map(|transition| transition.start).min()?;
    (users > NOBODY).then_some((users, first))
}

fn most_unserved(plan: &Plan) -> Option<PeriodLoss<f64>> {
    let mut worst: Option<PeriodLoss<f64>> = None;
    for period_plan in &plan.periods {
        if period_plan.totals.unserved > worst.map_or(NOBODY, |worst| worst.value) {
            worst = Some(PeriodLoss {
                start: period_plan.period.start,
                end: period_plan.period.end,
                value: period_plan.totals.unserved,
            });
        }
    }
    worst
}

fn most_missing(plan: &Plan) -> Option<PeriodLoss<Missing>> {
    let mut worst: Option<PeriodLoss<Missing>> = None;
    for period_plan in &plan.periods {
        for margin in &period_plan.margins {
            if margin.row.shortfall > worst.map_or(FEASIBILITY, |worst| worst.value.share) {
                worst = Some(PeriodLoss {
                    start: period_plan.period.start,
                    end: period_plan.period.end,
                    value: Missing {
                        share: margin.row.shortfall,
                        component: margin.component,
                        resource: margin.resource,
                    },
                });
            }
        }
    }
    worst
}

/// Further failures once users have moved, as windows.json has them.
fn once_moved(once_moved: &OnceMoved) -> Value {
    let worst = |one_more: &OneMore| one_more.worst.as_ref().map(|pair| pair.0.clone());
    json!({
        "further_failures": once_moved.failures.cases,
        "further_failures_broken": once_moved.failures.broken,
        "worst_further_failure": worst(&once_moved.failures),
        "unserved_after_it": once_moved.unserved_after_one_more(),
        "risk_groups": once_moved.groups.cases,
        "risk_groups_broken": once_moved.groups.broken,
        "worst_risk_group": worst(&once_moved.groups),
        "unserved_after_group": once_moved.groups.worst.as_ref().map(|pair| pair.1),
    })
}
