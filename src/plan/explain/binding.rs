//! What binds: the components and resources with a price, the first level and the strongest first.

use super::promise::{Lever, Outlook, TriedPromise, sayable};
use super::rules::BindingRule;
use crate::formulation::goals::Level;
use crate::ids::ComponentId;
use crate::model::Inventory;
use crate::plan::headroom::Margin;
use crate::plan::plan::{PeriodPlan, Plan};
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY, is_close};

/// Most bindings of one period.
const MOST: usize = 5;

/// A component and resource that bind in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedBinding {
    /// Position of the period.
    pub period: usize,
    /// Later periods in which the same binds with the same numbers.
    pub also_in: Vec<usize>,
    /// The component with the price.
    pub component: ComponentId,
    /// What would be raised.
    pub lever: Lever,
    /// The first level that has a price there.
    pub level: Level,
    /// Gain of that level by the first unit of nominal capacity.
    pub price: f64,
    /// Nominal capacity that would cure as much of the level as this alone can, to two digits.
    pub wanted: f64,
    /// What that would change, if it was tried.
    pub promise: Option<TriedPromise>,
}

/// Everything that is said about why a plan is as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlanExplanations {
    /// What binds, by period, the strongest first.
    pub bindings: Vec<PricedBinding>,
    /// Rules that keep users from being served, those that keep most of them first.
    pub rules: Vec<BindingRule>,
    /// `true` if planning again spared work that the plan was worth: what it did not find may still be there.
    pub is_quick: bool,
    /// `true` if a stop left promises untried.
    pub is_cut_short: bool,
}

/// What binds in the periods of a plan, without promises: by period, the first level and the strongest first.
///
/// Latency is left out, and so are periods in which nobody is unserved or moves, no target is missed and no standby
/// access point is open. A period with the same bindings and totals as an earlier one is named there.
pub fn bindings(inventory: &Inventory, plan: &Plan) -> Vec<PricedBinding> {
    let mut all: Vec<PricedBinding> = Vec::new();
    let mut entries: Vec<(usize, Outlook, Vec<PricedBinding>)> = Vec::new();
    for (position, period) in plan.periods.iter().enumerate() {
        let outlook = Outlook::of(period);
        if outlook.is_calm() {
            continue;
        }
        let of_period = of_period(inventory, position, period, &outlook);
        let same = entries.iter().find(|(_, other, bindings)| {
            is_same_outlook(&outlook, other) && are_same(&of_period, bindings)
        });
        if let Some((first, _, _)) = same {
            let named = all.iter_mut().filter(|binding| binding.period == *first);
            named.for_each(|binding| binding.also_in.push(position));
        } else {
            all.extend(of_period.iter().cloned());
            entries.push((position, outlook, of_period));
        }
    }
    all
}

fn is_same_outlook(a: &Outlook, b: &Outlook) -> bool {
    let same = |a, b| is_close(a, b, AGREEMENT);
    same(a.unserved, b.unserved)
        && same(a.moved, b.moved)
        && same(a.copied, b.copied)
        && same(a.opened, b.opened)
        && same(a.worst_shortfall, b.worst_shortfall)
        && same(a.shortfall_users, b.shortfall_users)
}

fn are_same(a: &[PricedBinding], b: &[PricedBinding]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            (a.component, a.lever, a.level) == (b.component, b.lever, b.level)
                && (a.price - b.price).abs() <= AGREEMENT * a.price.abs()
        })
}

/// What binds in one period.
fn of_period(
    inventory: &Inventory,
    position: usize,
    period: &PeriodPlan,
    outlook: &Outlook,
) -> Vec<PricedBinding> {
    let place_of = |level: Level| period.stages.iter().position(|stage| stage.level == level);
    let mut priced: Vec<(usize, f64, PricedBinding)> = Vec::new();
    for margin in &period.margins {
        let Some((price, level)) = margin.price() else {
            continue;
        };
        let Some(place) = place_of(level).filter(|place| {
            let stage = &period.stages[*place];
            // What is 0 already gets no better, whatever the price of a degenerate optimum says.
            let least = if level == Level::Worst {
                FEASIBILITY
            } else {
                NOBODY
            };
            level != Level::Latency && stage.value > least
        }) else {
            continue;
        };
        let wanted = wanted(period, margin, level, price, outlook);
        if wanted <= 0.0 {
            continue;
        }
        let binding = PricedBinding {
            period: position,
            also_in: Vec::new(),
            component: margin.component,
            lever: Lever::of(inventory, margin.component, margin.resource),
            level,
            price,
            wanted,
            promise: None,
        };
        priced.push((place, price * margin.row.nominal_capacity, binding));
    }
    priced.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let mut bindings: Vec<PricedBinding> = Vec::new();
    for (_, _, binding) in priced {
        let is_known = bindings.iter().any(|known| known.lever == binding.lever);
        if !is_known && bindings.len() < MOST {
            bindings.push(binding);
        }
    }
    bindings
}

/// The nominal capacity that cures as much as this component alone can: all of the level at the rate of its price,
/// or what brings it to its own headroom target; at most as much as stands there, rounded up.
///
/// With more capacity less of the target was missing before (`s⁰`), so that who is to stay or to come has to fit
/// within the full target; the unserved need not.
fn wanted(
    period: &PeriodPlan,
    margin: &Margin,
    level: Level,
    price: f64,
    outlook: &Outlook,
) -> f64 {
    let by_price = outlook.at(level) / price;
    let at = [margin.component.index(), margin.resource.index()];
    let extra = match level {
        Level::Unserved(_) => None,
        Level::Worst | Level::Total => Some(0.0),
        _ => Some(by_price * period.case.available[at] * (1.0 - margin.row.target)),
    };
    let wanted = extra
        .and_then(|extra| to_target(period, margin, margin.row.load + extra))
        .filter(|amount| *amount > 0.0)
        .unwrap_or(by_price);
    sayable(wanted.min(margin.row.nominal_capacity))
}

/// What brings a component to its full headroom target under a load; `None` if nothing of it is left.
fn to_target(period: &PeriodPlan, margin: &Margin, load: f64) -> Option<f64> {
    let at = [margin.component.index(), margin.resource.index()];
    let left = period.case.available[at] * (1.0 - period.case.target[at]);
    (left > 0.0).then(|| load / left - margin.row.nominal_capacity)
}
