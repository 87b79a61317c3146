//! The error margin in a sentence: what any plan could meet, and what the plan that is written meets as it stands.

use super::Briefing;
use super::placed::Placed;
use crate::ids::ComponentId;
use crate::model::{Holds, Movers};
use crate::plan::{ErrorMargin, Limit};
use crate::report::grammar::short;
use crate::report::numbers;
use crate::units::NOBODY;

/// The found limit and its bound are both shown where they differ by more: a hundredth of all demand or capacity.
const POINT: f64 = 0.01;

/// Growth or error below this counts as none.
pub(super) const NOTHING_TO_SPARE: f64 = 0.0005;

impl Briefing<'_> {
    /// One sentence; `None` if there is no margin, or nothing limits it.
    pub(in crate::report) fn margin(&self) -> Option<String> {
        let mut margin = self.least_margin()?;
        if self.may_connect_at_a_gate() {
            margin.push_str(" Reconnecting users are not counted in this margin.");
        }
        Some(margin)
    }

    /// Whether events may have users reconnect to a component with a connection-rate limit: no margin asks how long they wait.
    fn may_connect_at_a_gate(&self) -> bool {
        let inventory = self.inventory;
        let mut components = (0..inventory.component_count()).map(ComponentId::new);
        let mut profiles = inventory.profiles.iter();
        !self.scenario.events.is_empty()
            && profiles.any(|profile| profile.sessions_per_hour > 0.0)
            && components.any(|component| inventory.accepts_per_second(component).is_some())
    }

    fn least_margin(&self) -> Option<String> {
        let (period, demand) = self
            .plan
            .least_limit(|margin: &ErrorMargin| margin.demand)?;
        let capacity = self.plan.least_limit(|margin| margin.capacity);
        let is = if demand.verified < 1.0 {
            "is"
        } else {
            "would be"
        };
        let first = self.first(period, demand, is);
        if demand.verified < 1.0 {
            let fewer = numbers::short_percent_up(1.0 - demand.verified);
            let more = capacity
                .filter(|(_, limit)| limit.verified < 0.0)
                .map_or_else(String::new, |(_, limit)| {
                    let more = numbers::short_percent_up(-limit.verified);
                    format!(", or all capacities {more} higher")
                });
            let who = self.who_would_be_served();
            let bound = self.plan.least_bound(|margin| margin.demand);
            let bound = bound.filter(|bound| bound - demand.verified > POINT);
            let least = bound.map_or_else(String::new, |bound| {
                if bound >= 1.0 {
                    return " It is not proven that less is not enough; no plan was found with less.".to_owned();
                }
                let least = numbers::short_headroom(1.0 - bound);
                format!(" Less than {least} lower is not enough; in between no plan was found.")
            });
            return Some(format!(
                "{who} if all demand were {fewer} lower{more}.{first}{least}"
            ));
        }
        let is_all = self.margins().all(|margin| margin.holds == Holds::Targets);
        let is_anybody_left_out = self.margins().any(|margin| margin.left_out > NOBODY);
        if demand.verified < 1.0 + NOTHING_TO_SPARE {
            let beyond = self.beyond(demand, capacity.map(|pair| pair.1), NOTHING_TO_SPARE);
            // The first full component may have no target.
            let margins = self
                .plan
                .periods
                .get(period)
                .map_or(&[][..], |period_plan| &period_plan.margins);
            let has_target = demand.first.is_none_or(|at| {
                let its = margins
                    .iter()
                    .filter(|margin| (margin.component, margin.resource) == at);
                its.map(crate::plan::Margin::written_target)
                    .fold(0.0, f64::max)
                    > 0.0
            });
            let (lost, keeps) = match (is_all && has_target, is_anybody_left_out) {
                (true, _) if self.is_any_missed_before() => (
                    "a headroom target is missed by more than before",
                    "misses no headroom target by more than before",
                ),
                (true, _) => ("a headroom target is missed", "meets every headroom target"),
                (false, false) => ("users stay unserved", "serves everyone"),
                (false, true) => ("more users stay unserved", "serves everyone else"),
            };
            let nothing = if beyond.is_empty() {
                format!(
                    "With any growth of all demand {lost}{}",
                    self.if_movers_stay()
                )
            } else {
                format!("No plan was found that {keeps} with any growth of all demand")
            };
            return Some(format!("{nothing}.{first}{beyond}"));
        }
        let more = numbers::short_headroom(demand.verified - 1.0);
        let fewer = capacity.filter(|(_, limit)| limit.verified >= NOTHING_TO_SPARE);
        // A new plan may round homes differently: the sentence says what is possible, not what will happen.
        let placed = self.placed(is_all);
        let placed = placed.filter(|placed| placed.growth < demand.verified - NOTHING_TO_SPARE);
        let same = match (is_all, is_anybody_left_out, placed.is_some()) {
            (true, false, false) => "The same can be met",
            (true, true, false) => "The same can be met for all others",
            (false, false, false) => "Everyone can still be served",
            (false, true, false) => "Everyone else can still be served",
            (true, false, true) => "Another plan can meet the same",
            (true, true, true) => "Another plan can meet the same for all others",
            (false, false, true) => "Another plan can still serve everyone",
            (false, true, true) => "Another plan can still serve everyone else",
        };
        let what_holds = match fewer {
            None => format!("up to {more} higher.{first}"),
            Some((then, limit)) => {
                let fewer = numbers::short_headroom(limit.verified);
                let lower = format!("all capacities are up to {fewer} lower");
                if (then, limit.first) == (period, demand.first) {
                    format!("up to {more} higher, or {lower}.{first}")
                } else {
                    // Another component binds, so each has a sentence of its own.
                    let other = self.first(then, limit, is);
                    format!("up to {more} higher.{first} {same} if {lower}.{other}")
                }
            }
        };
        let beyond = self.beyond(demand, capacity.map(|pair| pair.1), POINT);
        let as_written = placed.map_or_else(String::new, |placed| self.as_written(&placed));
        Some(format!(
            "{same} if all demand is {what_holds}{as_written}{beyond}"
        ))
    }

    /// The condition of a limit that no plan goes beyond: more demand also makes more users affected, which then may move.
    fn if_movers_stay(&self) -> &'static str {
        match self.scenario.policy.movers {
            Movers::Affected => " if no others may move than now",
            Movers::All => "",
        }
    }

    /// ` In this plan Dublin is short of cpu at any growth of all demand.`
    fn as_written(&self, placed: &Placed) -> String {
        let growth = placed.growth - 1.0;
        let beyond = if growth < NOTHING_TO_SPARE {
            "at any growth of all demand".to_owned()
        } else {
            let growth = numbers::short_headroom(growth);
            format!("beyond {growth} growth of all demand")
        };
        let period = self.plan.periods.get(placed.period);
        let when = period.map_or_else(String::new, |period_plan| self.place(&[period_plan]));
        match placed.first {
            Some((component, resource)) => {
                let component = short(self.inventory.component_title(component));
                let resource = short(self.inventory.resource_name(resource));
                if placed.is_target {
                    format!(
                        " In this plan {component} misses its target of {resource} {beyond}{when}."
                    )
                } else {
                    format!(" In this plan {component} is short of {resource} {beyond}{when}.")
                }
            }
            None => {
                format!(" In this plan the limit of moved users is reached {beyond}{when}.")
            }
        }
    }

    /// The limit beyond which no plan exists, where it is more than `least` above the found one.
    fn beyond(&self, demand: Limit, capacity: Option<Limit>, least: f64) -> String {
        let growth = self.plan.least_bound(|margin| margin.demand);
        let growth = growth.filter(|bound| bound - demand.verified > least);
        let error = self.plan.least_bound(|margin| margin.capacity);
        let found = capacity.map_or(0.0, |limit| limit.verified);
        let error = error.filter(|bound| bound - found > least);
        let percent = numbers::short_percent_up;
        let higher = growth.map(|bound| format!("{} higher demand", percent(bound - 1.0)));
        let lower = error.map(|bound| format!("{} lower capacities", percent(bound)));
        let limits: Vec<String> = [higher, lower].into_iter().flatten().collect();
        if limits.is_empty() {
            return String::new();
        }
        format!(
            " No plan holds beyond {}; in between none was found.",
            limits.join(" or ")
        )
    }

    /// ` First San Antonio would be short of cpu in period 4 (10:42 to 14:10).`
    fn first(&self, period: usize, limit: Limit, is: &str) -> String {
        let period = self.plan.periods.get(period);
        let when = period.map_or_else(String::new, |period_plan| self.place(&[period_plan]));
        match limit.first {
            Some((component, resource)) => {
                let component = short(self.inventory.component_title(component));
                let resource = short(self.inventory.resource_name(resource));
                format!(" First {component} {is} short of {resource}{when}.")
            }
            None => format!(" First the limit of moved users {is} reached{when}."),
        }
    }

    fn margins(&self) -> impl Iterator<Item = &ErrorMargin> {
        let periods = self.plan.periods.iter();
        periods.filter_map(|period| period.error_margin.as_ref())
    }

    fn is_any_missed_before(&self) -> bool {
        let mut periods = self.plan.periods.iter();
        periods.any(|period| period.missed_before().next().is_some())
    }

    fn who_would_be_served(&self) -> &'static str {
        if self.margins().any(|margin| margin.left_out > NOBODY) {
            "Everyone with an open site would be served"
        } else {
            "Everyone would be served"
        }
    }
}
