//! Error margin: whether what summary.json claims of it can be, as far as that shows without planning.
//!
//! The written steering is a plan of its own at any factor that its loads have capacity for, so nothing more modest
//! than that may be claimed; and nothing beyond what is said to be impossible.

use super::before::Before;
use super::headroom::spare;
use super::judge::Keys;
use super::load::Loads;
use super::period::PeriodState;
use super::report::{Report, Rule};
use super::stability::keeps_itself_up;
use crate::diagnostic::amounts::rounded;
use crate::model::most_with_retries;
use crate::plan_files::{By, ErrorMargin, Holds, Limit, SUMMARY_FILE, Summary};
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY, WRITTEN};
use ndarray::Array2;

/// What the tables say of a period.
pub(super) struct PlanAtMargin<'a> {
    pub(super) situation: &'a PeriodState<'a>,
    /// By slice of the hours.
    pub(super) by_slice: &'a [Loads],
    pub(super) before: Option<&'a Before>,
    pub(super) unserved: f64,
    pub(super) moved: f64,
    /// Worst missing share; `None` if nobody can tell.
    pub(super) worst: Option<f64>,
}

/// Checks the margin of one period.
pub(super) fn check(key: &str, found: &ErrorMargin, stood: &PlanAtMargin<'_>, report: &mut Report) {
    let mut keys = Keys::new(SUMMARY_FILE, format!("{key}.margin"), report);
    bound_is_no_less(found, &mut keys);
    what_holds_is_true(found, stood, &mut keys);
    steering_stands_no_more(found, stood, &mut keys);
}

/// Its two limits, with their names and whether a larger claim is one of more demand.
fn limits(found: &ErrorMargin) -> [(&'static str, Option<&Limit>); 2] {
    [
        ("demand_factor", found.demand_factor.as_ref()),
        ("capacity_error", found.capacity_error.as_ref()),
    ]
}

/// P7917: what is verified is not beyond the bound.
fn bound_is_no_less(found: &ErrorMargin, keys: &mut Keys<'_>) {
    const RULE: Rule = Rule::new(
        "P7917",
        "no plan withstands more than the bound: correct the margin or the bound",
    );
    for (name, limit) in limits(found) {
        if let Some(limit) = limit
            && let Some(bound) = limit.bound
            && limit.verified > bound + AGREEMENT * bound.abs().max(1.0)
        {
            let expected = format!("{} or more", rounded(limit.verified));
            keys.of(name).note(RULE, "bound", rounded(bound), expected);
        }
    }
}

/// P7918: what is to hold at the margin holds as it stands where the margin is not below that.
fn what_holds_is_true(found: &ErrorMargin, stood: &PlanAtMargin<'_>, keys: &mut Keys<'_>) {
    const RULE: Rule = Rule::new(
        "P7918",
        "write at least the margin of the plan as written; only a plan with unserved users can have less",
    );
    let is_served = stood.unserved <= found.left_out_users + 2.0 * NOBODY;
    if found.left_out_users > stood.unserved + NOBODY + AGREEMENT * stood.unserved {
        let expected = format!("{} or less, which are unserved", rounded(stood.unserved));
        keys.note(
            RULE,
            "left_out_users",
            rounded(found.left_out_users),
            expected,
        );
    }
    let is_missed = stood.worst.is_some_and(|worst| worst > 2.0 * FEASIBILITY);
    if found.holds == Holds::Targets && (is_missed || !is_served) {
        keys.note(RULE, "holds", "\"targets\"", "\"service\"");
    }
    let as_it_stands = [1.0, 0.0];
    for ((name, limit), today) in limits(found).into_iter().zip(as_it_stands) {
        let Some(limit) = limit else { continue };
        let is_less = limit.verified < today - AGREEMENT;
        let is_more = limit.verified > today + AGREEMENT;
        if is_served && is_less || !is_served && is_more {
            let side = if is_served { "more" } else { "less" };
            let expected = format!("{} or {side}", rounded(today));
            keys.of(name)
                .note(RULE, "verified", rounded(limit.verified), expected);
        }
    }
}

/// P7919: the written homes and steering stand no more than is claimed.
fn steering_stands_no_more(found: &ErrorMargin, stood: &PlanAtMargin<'_>, keys: &mut Keys<'_>) {
    const RULE: Rule = Rule::new(
        "P7919",
        "write a larger margin: the homes and the steering as written withstand more",
    );
    if stood.unserved > found.left_out_users + 2.0 * NOBODY {
        return;
    }
    let Some([demand, capacity]) = scales(found.holds, stood) else {
        return;
    };
    let stands = [(demand > 0.0).then(|| 1.0 / demand), Some(1.0 - capacity)];
    for ((name, limit), stands) in limits(found).into_iter().zip(stands) {
        if let (Some(limit), Some(stands)) = (limit, stands)
            && limit.verified < stands - WRITTEN * stands.max(1.0)
        {
            let expected = format!("{} or more", rounded(stands));
            keys.of(name)
                .note(RULE, "verified", rounded(limit.verified), expected);
        }
    }
}

/// The least scale of all spare capacity, for demand and for capacities, at which the written steering fits; `None` where the
/// files do not tell every load or target.
fn scales(holds: Holds, stood: &PlanAtMargin<'_>) -> Option<[f64; 2]> {
    let context = stood.situation.context;
    let mut background = Array2::<f64>::zeros(stood.situation.case.nominal.dim());
    for row in &context.inventory.background {
        background[[row.component.index(), row.resource.index()]] += row.load;
    }
    let [mut demand, mut capacity] = [0.0_f64; 2];
    let slices = stood.situation.in_slices();
    for (in_slice, loads) in slices.iter().zip(stood.by_slice) {
        let values = in_one_slice(holds, stood, (in_slice, loads), &background)?;
        demand = demand.max(values[0]);
        capacity = capacity.max(values[1]);
    }
    if let Some(limit) = context.scenario.policy.max_moved_users
        && stood.moved > 0.0
    {
        demand = demand.max(stood.moved / limit);
    }
    Some([demand, capacity])
}

/// The same of one slice of the hours, by loads alone.
fn in_one_slice(
    holds: Holds,
    stood: &PlanAtMargin<'_>,
    (situation, loads): (&PeriodState, &Loads),
    background: &Array2<f64>,
) -> Option<[f64; 2]> {
    let (context, case) = (situation.context, &situation.case);
    let [mut demand, mut capacity] = [0.0_f64; 2];
    for ((component, resource), nominal) in case.nominal.indexed_iter() {
        let at = [component, resource];
        let load = loads.load[at];
        let is_cut = situation.fixed.is_cut[at];
        let Some(nominal) = nominal.filter(|_| load > 0.0 && !is_cut && !case.gone[component])
        else {
            continue;
        };
        if loads.undetermined[at] > 0.0 {
            return None;
        }
        let target = match holds {
            Holds::Service => 0.0,
            Holds::Targets => {
                stood.worst?;
                spare(situation, at, nominal, load, stood.before, None).target()
            }
        };
        let left = nominal * case.available[at];
        let spare = left * (1.0 - target);
        let still = background[at];
        if spare <= still {
            return None;
        }
        if context.is_standby(component) && still > 0.0 {
            // Whether it would be open is not said.
            return None;
        }
        demand = demand.max((load - still).max(0.0) / (spare - still));
        capacity = capacity.max(load / spare);
        if context.scenario.policy.require_stable && keeps_itself_up(context, (component, resource))
        {
            // Background tries nothing again.
            let (offered, most) = (loads.offered[at], most_with_retries(left, nominal));
            if most <= still {
                return None;
            }
            demand = demand.max((offered - still).max(0.0) / (most - still));
            capacity = capacity.max(offered / most);
        }
    }
    Some([demand, capacity])
}

/// P7920: the margin of the whole is the least of all periods.
pub(super) fn least_of_all_periods(summary: &Summary, report: &mut Report) {
    const RULE: Rule = Rule::new(
        "P7920",
        "write the least margin of all periods, or none if a period has none",
    );
    let mut keys = Keys::new(SUMMARY_FILE, "", report);
    let periods = summary.periods.iter().map(|period| period.margin.as_ref());
    let periods: Option<Vec<&ErrorMargin>> = periods.collect();
    let (found, periods) = match (&summary.margin, periods.filter(|all| !all.is_empty())) {
        (None, None) => return,
        (Some(found), Some(periods)) => (found, periods),
        (Some(_), None) => {
            return keys.note(RULE, "margin", "a margin", "none, as a period has none");
        }
        (None, Some(_)) => {
            return keys.note(RULE, "margin", "no margin", "the least of all periods");
        }
    };
    let mut keys = keys.of("margin");
    if let Some(holds) = periods.iter().map(|period| period.holds).max()
        && found.holds != holds
    {
        keys.note(
            RULE,
            "holds",
            format!("{:?}", found.holds),
            format!("{holds:?}"),
        );
    }
    let left_out = periods.iter().map(|period| period.left_out_users);
    let both = [found.left_out_users, left_out.fold(0.0, f64::max)];
    keys.compare(RULE, By::Difference(1.0), "left_out_users", both);
    for (index, (name, limit)) in limits(found).into_iter().enumerate() {
        let mut least: Option<(usize, &Limit)> = None;
        for (period, of_period) in periods.iter().enumerate() {
            if let Some(limit) = limits(of_period)[index].1
                && least.is_none_or(|(_, other)| limit.verified < other.verified)
            {
                least = Some((period, limit));
            }
        }
        let expected = least.map(|(period, limit)| Limit {
            period: u32::try_from(period).ok(),
            ..limit.clone()
        });
        if limit != expected.as_ref() {
            keys.note(RULE, name, words(limit), words(expected.as_ref()));
        }
    }
}

/// A limit, and the period that has it.
fn words(limit: Option<&Limit>) -> String {
    let Some(limit) = limit else {
        return "no limit".to_owned();
    };
    let period = limit.period;
    let period = period.map_or_else(String::new, |period| format!(" in period {period}"));
    format!("{}{period}", rounded(limit.verified))
}
