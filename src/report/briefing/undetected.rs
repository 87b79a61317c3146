//! Faults that the plan does not count with yet: how many users they affect, for how many of these no capacity is left, when,
//! and where.

use super::Briefing;
use crate::model::{Event, Phase};
use crate::plan::{PeriodPlan, affected_users, crosses};
use crate::report::grammar::{capital, counted, joined, listed, spelled};
use crate::report::numbers;
use crate::report::span::Clock;
use crate::scenario::{Knowledge, in_force};
use crate::units::{FEASIBILITY, NOBODY};

/// Stretches of time that are listed one by one.
const MOST_STRETCHES: usize = 3;

/// The most users that undetected or unanswered faults leave without something in any period.
pub(in crate::report) struct MostAffected<'a> {
    pub(in crate::report) users: f64,
    /// The period in which they are that many, the first of several.
    pub(in crate::report) period: &'a PeriodPlan,
    /// All periods in which there are any.
    periods: Vec<&'a PeriodPlan>,
    /// Users are fewer in some of these periods.
    is_at_most: bool,
}

impl MostAffected<'_> {
    fn up_to(&self) -> &'static str {
        if self.is_at_most { "up to " } else { "" }
    }
}

impl Briefing<'_> {
    /// A warning of the excess users of undetected or unanswered faults, then where; without excess users, of those that
    /// they affect. `None` if every fault is known and answered.
    pub(in crate::report) fn truth(&self) -> Option<String> {
        let periods = self.plan.periods.iter();
        let blind: Vec<&PeriodPlan> = periods
            .filter(|period| period.period.phase != Phase::Known)
            .collect();
        if blind.is_empty() {
            return None;
        }
        let affected = self.most_affected(|period| affected_users(self.inventory, period));
        let excess = self.most_excess();
        let mut said = match (excess, affected) {
            (Some(excess), affected) => self.excess(&excess, affected.as_ref()),
            (None, Some(affected)) => {
                let (faults, affect) = self.faults(&affected.periods, ["affects", "affect"]);
                format!(
                    "WARNING {}: {faults} {affect} {}{}. Part of the work through {} fails.",
                    self.times(&affected.periods),
                    affected.up_to(),
                    numbers::lost_users(affected.users),
                    self.affected_places(&affected.periods)
                )
            }
            (None, None) => self.without_users(&blind),
        };
        let turned = self.turned_to_unknown();
        if !turned.is_empty() {
            let names = listed(&turned);
            said = format!("{said} Waves send more users to {names} meanwhile.");
        }
        Some(said)
    }

    /// The most excess users in any period: those that faults leave no capacity for before the plan answers them, retries
    /// not counted; `None` if there are none.
    pub(in crate::report) fn most_excess(&self) -> Option<MostAffected<'_>> {
        self.most_affected(|period| {
            let of_components = period.blind.chunk_by(|a, b| a.component == b.component);
            let most = of_components.map(|blind_impacts| {
                blind_impacts
                    .iter()
                    .map(|blind_impact| blind_impact.users_excess)
                    .fold(0.0, f64::max)
            });
            // No period has more of them than users.
            most.sum::<f64>().min(period.totals.users)
        })
    }

    /// `WARNING 09:30 to 10:42: two undetected faults leave 813,131 users unserved (excess users, before retries).` and where.
    fn excess(&self, excess: &MostAffected<'_>, affected: Option<&MostAffected<'_>>) -> String {
        let (faults, leave) = self.faults(&excess.periods, ["leaves", "leave"]);
        let places = self.affected_places(&excess.periods);
        // Work of others waits with that of the excess users, or is lost in their place, so more users can be affected.
        let others = affected.filter(|most_affected| most_affected.users >= excess.users + 1.0);
        let place = match others {
            Some(affected) => {
                let the = if affected.is_at_most { "up to" } else { "the" };
                let all = numbers::lost_users(affected.users);
                format!("They are among {the} {all} affected at {places}.")
            }
            None => format!("They pass {places}."),
        };
        format!(
            "WARNING {}: {faults} {leave} {}{} unserved (excess users, before retries). {place}",
            self.times(&excess.periods),
            excess.up_to(),
            counted(&numbers::users_up(excess.users), "user")
        )
    }

    /// The same of faults that affect nobody, or make work slow without an overload.
    fn without_users(&self, blind: &[&PeriodPlan]) -> String {
        let slow = blind.iter();
        let is_given_up = slow
            .filter_map(|period_plan| self.is_slow_work_given_up(period_plan))
            .max();
        let times = self.times(blind);
        match is_given_up {
            Some(true) => {
                let (faults, make) = self.faults(blind, ["makes", "make"]);
                format!(
                    "WARNING {times}: {faults} {make} part of the slow work fail. No component is overloaded."
                )
            }
            Some(false) => {
                let (faults, slow) = self.faults(blind, ["slows", "slow"]);
                format!(
                    "WARNING {times}: {faults} {slow} some work down. No component is overloaded."
                )
            }
            None => {
                let (faults, affect) = self.faults(blind, ["affects", "affect"]);
                format!("{} {affect} no users ({times}).", capital(&faults))
            }
        }
    }

    /// The period with most such users, and all periods with any.
    fn most_affected(&self, users: impl Fn(&PeriodPlan) -> f64) -> Option<MostAffected<'_>> {
        let sums = self
            .plan
            .periods
            .iter()
            .map(|period| (period, users(period)));
        let sums: Vec<(&PeriodPlan, f64)> = sums.filter(|(_, sum)| *sum > NOBODY).collect();
        let &(period, most) = numbers::first_most(&sums, |(_, sum)| *sum)?;
        let is_less =
            |pair: &(&PeriodPlan, f64)| numbers::users_up(pair.1) != numbers::users_up(most);
        Some(MostAffected {
            users: most,
            period,
            is_at_most: sums.iter().any(is_less),
            periods: sums
                .into_iter()
                .map(|(period_plan, _)| period_plan)
                .collect(),
        })
    }

    /// `two undetected faults` with the verb: the events that hold in these periods and that the plan does not count with.
    fn faults<'v>(&self, periods: &[&PeriodPlan], verb: [&'v str; 2]) -> (String, &'v str) {
        let scenario = self.scenario;
        let mut is_any = [false; 2];
        let mut count = 0;
        for event in &scenario.events {
            let holds = |period: &&&PeriodPlan| self.is_unanswered(event, period);
            let mut held = periods.iter().filter(holds).peekable();
            if held.peek().is_none() {
                continue;
            }
            count += 1;
            for period in held {
                is_any[usize::from(period.period.start >= event.detected)] = true;
            }
        }
        let state = match is_any {
            [true, true] => "undetected or unanswered",
            [false, true] => "unanswered",
            _ => "undetected",
        };
        match count {
            0 | 1 => (format!("an {state} fault"), verb[0]),
            several => (format!("{} {state} faults", spelled(several)), verb[1]),
        }
    }

    /// `true` if an event holds in a period, affects a component there if any is, and the plan does not count with it.
    fn is_unanswered(&self, event: &Event, period: &PeriodPlan) -> bool {
        let at = period.period.start;
        let holds = |view| in_force(event, self.scenario, at, view).is_some();
        let mut affected = (period.blind.iter())
            .filter(|blind_impact| {
                blind_impact.users_affected > NOBODY || blind_impact.users_excess > NOBODY
            })
            .map(|blind_impact| blind_impact.component)
            .peekable();
        let is_at_hurt = affected.peek().is_none()
            || affected.any(|component| event.kind.components().contains(&component));
        is_at_hurt && holds(Knowledge::True) && !holds(Knowledge::Believed)
    }

    /// `09:30 to 10:42`, `09:30 to 10:42 and 12:00 to 12:30`, or `02:30 to 05:05 (5 times)`.
    fn times(&self, periods: &[&PeriodPlan]) -> String {
        let clock = Clock::of(self.scenario);
        let stretches = periods.chunk_by(|a, b| a.period.end == b.period.start);
        let stretches: Vec<_> = stretches
            .filter_map(|period_plans| {
                Some((
                    period_plans.first()?.period.start,
                    period_plans.last()?.period.end,
                ))
            })
            .collect();
        if let ([first, .., last], true) = (&stretches[..], stretches.len() > MOST_STRETCHES) {
            let all = clock.stretch(first.0, last.1);
            return format!("{all} ({} times)", stretches.len());
        }
        let said = stretches
            .iter()
            .map(|stretch| clock.stretch(stretch.0, stretch.1));
        joined(&said.collect::<Vec<_>>())
    }

    /// The names of the components of these periods at which users are affected, worst first.
    fn affected_places(&self, periods: &[&PeriodPlan]) -> String {
        let is_here = |component| {
            let mut all = periods.iter().flat_map(|period| &period.blind);
            all.any(|blind_impact| {
                blind_impact.component == component && blind_impact.users_affected > NOBODY
            })
        };
        let wounds = self.wounds().into_iter();
        let here = wounds.filter(|wound| is_here(wound.component));
        listed(&here.map(|wound| wound.name).collect::<Vec<_>>())
    }

    /// The components that waves of other periods fill before all is known or answered: beyond both the load that the
    /// period has there and the actual capacity.
    pub(super) fn turned_to_unknown(&self) -> Vec<&str> {
        let waves = self
            .plan
            .transitions
            .iter()
            .flat_map(|transition| &transition.waves);
        let standing = waves.flat_map(|wave| &wave.standing);
        let mut names: Vec<&str> = Vec::new();
        for stand in standing {
            let Some(period) = stand.during.and_then(|index| self.plan.periods.get(index)) else {
                continue;
            };
            for affected in &period.blind {
                let (Some([load, believed, left, _]), Some(resource)) =
                    (affected.amounts, affected.resource)
                else {
                    continue;
                };
                let most = left.max(load) * (1.0 + FEASIBILITY) + 1e-9 * believed;
                let mut all = stand.loads.iter();
                let is_over = all.any(|carries| {
                    (carries.component, carries.resource) == (affected.component, resource)
                        && carries.load > most
                });
                let name = self.inventory.component_title(affected.component);
                if is_over && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Whether some of the work is given up that is slow at some time of a period; `None` if nobody's is.
    fn is_slow_work_given_up(&self, period: &PeriodPlan) -> Option<bool> {
        let span = period.period;
        let events = self.scenario.events.iter();
        let met = events.filter(|event| event.start < span.end && event.end > span.start);
        let slow = met.filter_map(Event::slow);
        let of_flows = slow.flat_map(|slow| {
            let flows = period.flows.iter().filter(|flow| flow.users > NOBODY);
            let touched = flows.filter(|flow| {
                let is_of = slow
                    .profile
                    .is_none_or(|profile| profile == flow.group.profile);
                let mut components = slow.components.iter();
                is_of
                    && components
                        .any(|component| crosses(self.inventory, &flow.path.links, *component))
            });
            touched.map(|flow| slow.gives_up(&self.inventory.profiles[flow.group.profile.index()]))
        });
        of_flows.max()
    }
}
