//! Relief: what would end outages, each found by playing the scenario forward once more.

use crate::error::Result;
use crate::model::{Inventory, Scenario};
use crate::plan::explain::{Lever, sayable, with_more};
use crate::plan::replay::Short;
use crate::plan::{Raised, Relief, Shortage};

/// Components that are given more at once, at most.
const MOST_RAISED: usize = 3;

/// How often the least that is enough is halved towards.
const HALVINGS: usize = 4;

/// The largest multiple of what there is that is tried, where nothing is short any more.
const MOST_TIMES: f64 = 10.0;

/// So much more than what comes: as much as comes drains no queue.
const DRAINS: f64 = 1.01;

/// Minutes over which clients that have given up return evenly.
const SPREADS: [f64; 5] = [5.0, 10.0, 20.0, 40.0, 80.0];

/// What a play with something changed comes to.
pub(super) struct ReliefOutcome {
    /// Nobody is down beyond what the plan names.
    pub(super) is_over: bool,
    /// What is short in what is left.
    pub(super) shortage: Option<Shortage>,
}

/// What ends outages in which something is short. `play` plays with another inventory and scenario; `None` if the work for
/// that is spent.
///
/// # Errors
/// What `play` returns.
pub(super) fn relief(
    inventory: &Inventory,
    scenario: &Scenario,
    shortage: &Shortage,
    play: &mut impl FnMut(&Inventory, &Scenario) -> Result<Option<ReliefOutcome>>,
) -> Result<Vec<Relief>> {
    let mut found = Vec::new();
    found.extend(slower(inventory, scenario, shortage, play)?);
    found.extend(more(inventory, scenario, shortage, play)?);
    Ok(found)
}

/// The shortest time over which clients have to spread their returns.
fn slower(
    inventory: &Inventory,
    scenario: &Scenario,
    shortage: &Shortage,
    play: &mut impl FnMut(&Inventory, &Scenario) -> Result<Option<ReliefOutcome>>,
) -> Result<Option<Relief>> {
    if shortage.short != Short::Sessions {
        return Ok(None);
    }
    for minutes in SPREADS {
        let mut slower = scenario.clone();
        // Waits of half the time that are spread by all of it to both sides.
        slower.replay.return_seconds = minutes * 30.0;
        slower.replay.jitter = 1.0;
        match play(inventory, &slower)? {
            Some(relief_outcome) if relief_outcome.is_over => {
                return Ok(Some(Relief::Returns { minutes }));
            }
            Some(_) => {}
            None => return Ok(None),
        }
    }
    Ok(None)
}

/// Capacity that is enough, where more of it is short in turn of that too.
fn more(
    inventory: &Inventory,
    scenario: &Scenario,
    shortage: &Shortage,
    play: &mut impl FnMut(&Inventory, &Scenario) -> Result<Option<ReliefOutcome>>,
) -> Result<Option<Relief>> {
    let mut raised: Vec<Raised> = Vec::new();
    let mut next = enough(inventory, shortage);
    let mut given = inventory.clone();
    while let Some(one_raised) = next {
        let before = given.clone();
        given = with(&given, &one_raised);
        raised.push(one_raised);
        let Some(found) = play(&given, scenario)? else {
            return Ok(None);
        };
        if found.is_over {
            break;
        }
        next = match found.shortage {
            Some(short) => enough(&given, &short),
            // Nothing is short, and what waits has not gone in time: half as much more of the last one.
            None if one_raised.at_least < MOST_TIMES * one_raised.now => {
                raised.pop();
                given = before;
                Some(Raised {
                    at_least: sayable(one_raised.at_least * 1.5),
                    ..one_raised
                })
            }
            None => return Ok(None),
        };
        let is_known = next.is_none_or(|next| raised.iter().any(|raised| raised.is_of(&next)));
        if raised.len() == MOST_RAISED || is_known {
            return Ok(None);
        }
    }
    if raised.is_empty() {
        return Ok(None);
    }
    if let [only] = raised.as_mut_slice() {
        let mut least = only.now;
        for _ in 0..HALVINGS {
            let between = Raised {
                at_least: sayable(f64::midpoint(least, only.at_least)),
                ..*only
            };
            if between.at_least >= only.at_least {
                break;
            }
            match play(&with(inventory, &between), scenario)? {
                Some(relief_outcome) if relief_outcome.is_over => *only = between,
                Some(_) => least = between.at_least,
                None => break,
            }
        }
    }
    Ok(Some(Relief::More(raised)))
}

/// As much as comes when most is missing.
fn enough(inventory: &Inventory, short: &Shortage) -> Option<Raised> {
    let resource = match short.short {
        Short::Sessions => inventory.sessions()?,
        Short::Resource(resource) => resource,
    };
    let now = inventory.capacity[[short.component.index(), resource.index()]]?;
    let factor = short.offered / short.capacity;
    let at_least = sayable(now * factor * DRAINS);
    (factor.is_finite() && at_least > now).then_some(Raised {
        component: short.component,
        resource,
        now,
        at_least,
    })
}

fn with(inventory: &Inventory, raised: &Raised) -> Inventory {
    let lever = Lever::of(inventory, raised.component, raised.resource);
    with_more(inventory, lever, raised.at_least - raised.now)
}
