//! The margin: how far the inputs may be off with the same verdict, rounded towards caution.

use super::Briefing;
use crate::ids::ComponentId;
use crate::model::Holds;
use crate::plan::{ErrorMargin, Limit};
use crate::report::grammar::short;
use crate::report::numbers;
use crate::units::NOBODY;

/// What was found and what no plan goes beyond are both told where they differ by more: a hundredth of all demand or capacity.
const POINT: f64 = 0.01;

/// Growth or error below this is none to speak of.
const NOTHING_TO_SPARE: f64 = 0.0005;

impl Briefing<'_> {
    /// One sentence; `None` if there is no margin, or nothing limits it.
    pub(in crate::report) fn margin(&self) -> Option<String> {
        let mut margin = self.least_margin()?;
        if self.may_connect_at_a_gate() {
            margin.push_str(" Who connects anew is not counted in that.");
        }
        Some(margin)
    }

    /// Whether events may have users connect anew to what accepts so many new sessions a second and no more: no margin asks how long
    /// they wait.
    fn may_connect_at_a_gate(&self) -> bool {
        let inventory = self.inventory;
        let mut components = (0..inventory.component_count()).map(ComponentId::new);
        let mut profiles = inventory.profiles.iter();
        !self.scenario.events.is_empty()
            && profiles.any(|own| own.sessions_per_hour > 0.0)
            && components.any(|own| inventory.accepts_per_second(own).is_some())
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
                    return " It is not proven that less is not enough: no plan was found with less.".to_owned();
                }
                let least = numbers::short_headroom(1.0 - bound);
                format!(" Less than {least} lower is not enough; in between no plan was found.")
            });
            return Some(format!(
                "{who} if all demand were {fewer} lower{more}{first}.{least}"
            ));
        }
        let is_all = self.margins().all(|margin| margin.holds == Holds::Targets);
        let is_anybody_left_out = self.margins().any(|margin| margin.left_out > NOBODY);
        if demand.verified < 1.0 + NOTHING_TO_SPARE {
            let beyond = self.beyond(demand, capacity.map(|own| own.1));
            // What is full first may have no target.
            let margins = self
                .plan
                .periods
                .get(period)
                .map_or(&[][..], |own| &own.margins);
            let has_target = demand.first.is_none_or(|at| {
                let its = margins
                    .iter()
                    .filter(|own| (own.component, own.resource) == at);
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
                (false, false) => ("somebody stays unserved", "serves everyone"),
                (false, true) => ("more users stay unserved", "serves everyone else"),
            };
            let nothing = if beyond.is_empty() {
                format!("With any growth of all demand {lost}")
            } else {
                format!("No plan was found that {keeps} with any growth of all demand")
            };
            return Some(format!("{nothing}{first}.{beyond}"));
        }
        let more = numbers::short_headroom(demand.verified - 1.0);
        let fewer = capacity.filter(|(_, limit)| limit.verified >= NOTHING_TO_SPARE);
        let what_holds = match fewer {
            None => format!("up to {more} higher{first}"),
            Some((then, limit)) => {
                let fewer = numbers::short_headroom(limit.verified);
                let or = format!("or all capacities are up to {fewer} lower");
                if (then, limit.first) == (period, demand.first) {
                    format!("up to {more} higher, {or}{first}")
                } else {
                    // Another component binds: each half of the sentence has its own.
                    let first = first.trim_start_matches("; ");
                    let other = self.first(then, limit, is);
                    let other = other.trim_start_matches("; ");
                    format!("up to {more} higher, where {first}, {or}, where {other}")
                }
            }
        };
        // Planned anew the homes may be rounded otherwise: the sentence says what can be, not what will be.
        let same = match (is_all, is_anybody_left_out) {
            (true, false) => "The same can be met",
            (true, true) => "The same can be met for all others",
            (false, false) => "Everyone can still be served",
            (false, true) => "Everyone else can still be served",
        };
        let beyond = self.beyond(demand, capacity.map(|own| own.1));
        Some(format!("{same} if all demand is {what_holds}.{beyond}"))
    }

    /// What no plan goes beyond, where that is more than a point more than was found.
    fn beyond(&self, demand: Limit, capacity: Option<Limit>) -> String {
        let growth = self.plan.least_bound(|margin| margin.demand);
        let growth = growth.filter(|bound| bound - demand.verified > POINT);
        let error = self.plan.least_bound(|margin| margin.capacity);
        let found = capacity.map_or(0.0, |own| own.verified);
        let error = error.filter(|bound| bound - found > POINT);
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

    /// `; first San Antonio would be short of cpu in period 4 (10:42 to 14:10)`.
    fn first(&self, period: usize, limit: Limit, is: &str) -> String {
        let period = self.plan.periods.get(period);
        let when = period.map_or_else(String::new, |own| self.place(&[own]));
        match limit.first {
            Some((component, resource)) => {
                let component = short(self.inventory.component_title(component));
                let resource = short(self.inventory.resource_name(resource));
                format!("; first {component} {is} short of {resource}{when}")
            }
            None => format!("; first the limit of moved users {is} reached{when}"),
        }
    }

    fn margins(&self) -> impl Iterator<Item = &ErrorMargin> {
        let periods = self.plan.periods.iter();
        periods.filter_map(|period| period.error_margin.as_ref())
    }

    fn is_any_missed_before(&self) -> bool {
        let mut periods = self.plan.periods.iter();
        periods.any(|own| own.missed_before().next().is_some())
    }

    fn who_would_be_served(&self) -> &'static str {
        if self.margins().any(|margin| margin.left_out > NOBODY) {
            "Everyone who has an open site would be served"
        } else {
            "Everyone would be served"
        }
    }
}
