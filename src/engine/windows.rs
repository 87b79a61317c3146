//! Windows: what a maintenance would cost at every time at which it might begin.

mod alike;
mod any_hour;
mod asked;
mod drain;
mod movers;
mod once_moved;
mod one_more;
mod quiet;
mod window;

pub use asked::WindowsAsked;
pub use drain::{DrainPlan, drain_by_peak, drains};
pub use movers::MoversDecide;
pub use once_moved::OnceMoved;
pub use quiet::{Without, without};
pub use window::{OneMore, Ranking, Window, ranking};

use crate::error::Result;
use crate::model::{Case, Hours, Inventory, Scenario};
use crate::scenario::hours_between;
use crate::solve::Stop;
use any_hour::{AnyHour, states_before};
use asked::{after_a_second, at_time, busiest_users, cases_of, frozen, is_same, window};
use movers::other_answer;
use one_more::BusyHours;
use rayon::prelude::*;
use std::sync::Arc;

/// How far [`windows`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowsStep {
    /// This many steps will be done in all.
    All(usize),
    /// One more is done.
    Done,
}

/// Looks at every time at which a maintenance might begin, in their order, beside what else happens in a scenario; `watch`
/// hears how far that is. Times at which the same is available and demanded are looked at once.
///
/// # Errors
/// [`Error::StoppedEarly`](crate::error::Error::StoppedEarly) if the stop was raised before all were looked at;
/// `Error::Solver` if every attempt of the solver failed.
pub fn windows(
    inventory: &Arc<Inventory>,
    scenario: &Scenario,
    asked: &WindowsAsked,
    stop: &Stop,
    watch: &(dyn Fn(WindowsStep) + Sync),
) -> Result<Vec<Window>> {
    let (inventory, scenario) = frozen(inventory, scenario);
    let (inventory, scenario) = (&*inventory, &*scenario);
    let scenarios: Vec<Scenario> = asked
        .starts
        .iter()
        .map(|start| at_time(scenario, asked, *start))
        .collect();
    let cases: Vec<Vec<Case>> = scenarios
        .par_iter()
        .map(|scenario| cases_of(inventory, scenario))
        .collect();
    // What was missing before is that of the hour with which they start.
    let begun: Vec<Hours> = scenarios
        .par_iter()
        .map(|scenario| hours_between(inventory, scenario.start, after_a_second(scenario.start)))
        .collect();
    // By start, the first one at which everything is the same.
    let like: Vec<usize> = (0..cases.len())
        .map(|index| {
            let is_like = |other: &usize| {
                let is_begun_so = begun[index].factors() == begun[*other].factors();
                is_begun_so && is_same(&cases[index], &cases[*other])
            };
            (0..index).find(is_like).unwrap_or(index)
        })
        .collect();
    let alone: Vec<usize> = (0..cases.len())
        .filter(|index| like[*index] == *index)
        .collect();
    let alone: Vec<(&Scenario, &[Case])> = alone
        .iter()
        .map(|index| (&scenarios[*index], &*cases[*index]))
        .collect();
    let hours = asked
        .over
        .map(|over| BusyHours::new(inventory, over, &alone));
    let of_failures = hours.as_ref().map_or(0, BusyHours::count);
    watch(WindowsStep::All(alone.len() + of_failures));
    let Some((first, _)) = alone.first() else {
        return Ok(Vec::new());
    };
    let any_hour = AnyHour::new(inventory, first);
    let of_alone: Vec<&Scenario> = alone.iter().map(|pair| pair.0).collect();
    let before = states_before(&any_hour, &of_alone, stop)?;
    let found: Result<Vec<Window>> = alone
        .par_iter()
        .zip(&before)
        .map(|((scenario, cases), before)| {
            let found = window(&any_hour, scenario, before, stop).map(|window| Window {
                busiest_users: busiest_users(inventory, cases),
                ..window
            });
            watch(WindowsStep::Done);
            found
        })
        .collect();
    let mut found = found?;
    if let Some(hours) = hours {
        let failures = hours.one_more(&any_hour, stop, &|| watch(WindowsStep::Done))?;
        for (window, failures) in found.iter_mut().zip(failures) {
            window.failures = Some(failures);
        }
    }
    let mut found = found.into_iter();
    let mut all: Vec<Window> = Vec::with_capacity(like.len());
    for (scenario, like) in scenarios.iter().zip(&like) {
        let known = all.get(*like).cloned().or_else(|| found.next());
        all.extend(known.map(|known| Window {
            start: scenario.start,
            end: scenario.end,
            ..known
        }));
    }
    Ok(all)
}

/// Whether the policy of movers decides that for a window, and for its hours without the maintenance.
///
/// # Errors
/// Those of [`windows`].
pub fn movers_decide(
    inventory: &Arc<Inventory>,
    scenario: &Scenario,
    asked: &WindowsAsked,
    (window, quiet): (&Window, &Without),
    stop: &Stop,
) -> Result<MoversDecide> {
    let mut decide = MoversDecide::default();
    if let Some((other, is_broken)) = other_answer(scenario, window.failures.as_ref()) {
        let asked = WindowsAsked {
            starts: vec![window.start],
            ..asked.clone()
        };
        let found = windows(inventory, &other, &asked, stop, &|_| {})?;
        decide.window = found
            .iter()
            .any(|window| window.is_broken_by_one_more() != is_broken);
    }
    if let Some((other, is_broken)) = other_answer(scenario, quiet.failures.as_ref()) {
        let found = without(inventory, &other, asked, window.start, stop)?;
        let broken = found.failures.map_or(0, |one_more| one_more.broken);
        decide.without = (broken > 0) != is_broken;
    }
    Ok(decide)
}
