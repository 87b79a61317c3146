//! Rules: what every written wave keeps at components and sites, one function and one code each.

use super::super::before::Before;
use super::super::ground::Ground;
use super::super::margin::margin;
use super::super::period::Situation;
use super::super::report::{At, Report, Rule, cell_text, is_same, is_same_count};
use super::pieces::{Crowd, Fate};
use super::shares::Under;
use super::state::Loaded;
use super::written::WrittenWave;
use crate::ids::{ComponentId, SiteId};
use crate::model::Component;
use crate::plan_files::{Row, WaveRow, decimal};
use crate::units::{FEASIBILITY, NOBODY};
use ndarray::Array2;
use std::collections::BTreeMap;

/// What several sums of the same numbers may differ by, relative.
const SAME: f64 = 2.0 * FEASIBILITY;

/// Of what accepts new sessions, a share that is no spare capacity: arithmetic leaves as much.
pub(super) const NO_SPARE: f64 = 1e-6;

/// New sessions a second that are accepted beside so many of normal operation.
pub(super) fn spare(accepts: f64, background: f64) -> f64 {
    let left = accepts - background;
    if left > NO_SPARE * accepts { left } else { 0.0 }
}

/// Where limits stand, by case: components × resources, and components with what they accept.
pub(super) struct Limits {
    /// What is left; `None` where nothing limits, or nobody may pass.
    left: Vec<Array2<Option<f64>>>,
    /// Relative to what a load is judged where nothing is left.
    nominal: Vec<Array2<f64>>,
    /// Components: new sessions per second that they accept under some case.
    pub(super) accepts: BTreeMap<usize, f64>,
}

impl Limits {
    /// Those of the cases that a way touches.
    pub(super) fn new(ground: &Ground<'_>, unders: &[Under<'_>]) -> Self {
        let inventory = ground.inventory;
        let mut all = Self {
            left: Vec::new(),
            nominal: Vec::new(),
            accepts: BTreeMap::new(),
        };
        for under in unders {
            let case = &under.situation.case;
            let mut left = Array2::from_elem(case.nominal.dim(), None);
            let mut nominal = Array2::zeros(case.nominal.dim());
            for component in 0..inventory.component_count() {
                if case.gone[component] || !carries(ground, &under.situation, component) {
                    continue;
                }
                for resource in 0..inventory.resources.len() {
                    let is_site = component < inventory.sites.len();
                    if is_site || ground.is_network(resource) {
                        left[[component, resource]] = case.capacity(component, resource);
                        let of_files = case.nominal[[component, resource]];
                        nominal[[component, resource]] = of_files.unwrap_or_default();
                    }
                }
                if let Some(accepts) = ground
                    .inventory
                    .accepts_per_second(ComponentId::new(component))
                {
                    all.accepts.insert(component, accepts);
                }
            }
            all.left.push(left);
            all.nominal.push(nominal);
        }
        all
    }
}

impl Limits {
    /// Of one case: component and resource, what is left, and what there is without events.
    pub(super) fn left(&self, case: usize) -> impl Iterator<Item = ([usize; 2], f64, f64)> + '_ {
        let left = self.left[case].indexed_iter();
        left.filter_map(move |((component, resource), left)| {
            let at = [component, resource];
            Some((at, (*left)?, self.nominal[case][at]))
        })
    }

    /// Of one case: component and resource, what is left, and the most that counts as no more than that.
    pub(super) fn most(&self, case: usize) -> impl Iterator<Item = ([usize; 2], f64, f64)> + '_ {
        let left = self.left[case].indexed_iter();
        left.filter_map(move |((component, resource), left)| {
            let (at, left) = ([component, resource], (*left)?);
            Some((
                at,
                left,
                left * (1.0 + SAME) + 2e-9 * self.nominal[case][at],
            ))
        })
    }
}

/// The most that may be carried: what is left, or where a fault has left less than is carried already, no more than that.
pub(super) fn at_most(most: f64, begun: f64) -> f64 {
    if begun > most {
        begun * (1.0 + SAME)
    } else {
        most
    }
}

/// `true` unless a component is a member of a pool that carries nothing of it.
fn carries(ground: &Ground<'_>, situation: &Situation, component: usize) -> bool {
    let id = ComponentId::new(component);
    let Component::Element(element) = ground.inventory.component(id) else {
        return true;
    };
    let pool = ground.inventory.elements[element.index()].pool;
    pool.is_none_or(|pool| situation.members[pool.index()].contains(&id))
}

/// P7987: whatever part of a wave has moved, no load exceeds what is left, or what it was where a fault left less.
pub(super) fn loads_fit(
    ground: &Ground<'_>,
    limits: &Limits,
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7987",
        hint: "move fewer in this wave, or in another order: every part of a wave has to fit",
    };
    for (case, own) in loaded.iter().enumerate() {
        for (at, left, most) in limits.most(case) {
            let worst = own.worst.load[at].max(own.turning.load[at]);
            if worst > at_most(most, own.begun.load[at]) {
                let of = &ground.inventory.resources[at[1]];
                let name = ground.inventory.component_name(ComponentId::new(at[0]));
                let found = format!(
                    "{} {} of {} on `{name}` while part of the wave has moved",
                    decimal(worst),
                    of.unit,
                    of.id
                );
                let expected = format!("at most the {} {} that are left", decimal(left), of.unit);
                report.add(RULE, wave.at("wave"), found, expected);
                return;
            }
        }
    }
}

/// P7988: the fullest component is told, and how full it gets.
pub(super) fn fullest_is_true(
    ground: &Ground<'_>,
    limits: &Limits,
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7988",
        hint: "name the component that is fullest whatever part of the wave has moved",
    };
    let mut most: Option<f64> = None;
    let mut of_named: Option<f64> = None;
    let row = &wave.first.row;
    let named = row
        .fullest_component
        .as_deref()
        .and_then(|own| ground.components.get(own));
    let named_resource = row
        .fullest_resource
        .as_deref()
        .and_then(|own| ground.resources.get(own));
    for (case, own) in loaded.iter().enumerate() {
        for ((component, resource), left) in limits.left[case].indexed_iter() {
            let Some(left) = left.filter(|left| *left > 0.0) else {
                continue;
            };
            let at = [component, resource];
            // On the way of weights and of members that turn together there may be more than before and after.
            let turning = own.turning.load[at];
            let is_peak = turning > own.begun.load[at];
            let worst = own.worst.load[at].max(if is_peak { turning } else { 0.0 });
            let share = worst / left;
            most = Some(most.map_or(share, |most| most.max(share)));
            let is_named = named.is_some_and(|own| own.index() == component)
                && named_resource.is_some_and(|own| own.index() == resource);
            if is_named {
                of_named = Some(of_named.map_or(share, |most| most.max(share)));
            }
        }
    }
    let is_right = match (most, of_named, row.fullest_utilization) {
        (Some(most), Some(own), Some(told)) => is_same(most, own, 1.0) && is_same(most, told, 1.0),
        (None, None, None) => named.is_none(),
        _ => false,
    };
    if !is_right {
        let found = row
            .fullest_utilization
            .map_or_else(|| "nothing".to_owned(), decimal);
        let expected = most.map_or_else(|| "a blank cell".to_owned(), decimal);
        report.add(RULE, wave.at("fullest_utilization"), found, expected);
    }
}

/// P7989: the headroom that is missing at a wave's end, where one may stop, is told.
pub(super) fn shortfall_is_true(
    ground: &Ground<'_>,
    unders: &[Under<'_>],
    (before, told_before): (&Before, &BTreeMap<[usize; 2], f64>),
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7989",
        hint: "write the worst missing share of a headroom target once the wave has moved",
    };
    // Where the load before has two ends, it is what headroom.csv says it is, or somewhere between them: so is what was
    // missing already.
    let mut worst = [0.0_f64; 2];
    for (under, own) in unders.iter().zip(loaded) {
        let situation = &under.situation;
        for ((component, resource), nominal) in situation.case.nominal.indexed_iter() {
            let at = [component, resource];
            let is_limit = component < ground.inventory.sites.len() || ground.is_network(resource);
            let is_there = !situation.case.gone[component] && carries(ground, situation, component);
            if let Some(nominal) = nominal.filter(|_| is_limit && is_there) {
                let load = own.stop.load[at];
                let most = before.utilization[at].map(|(_, high)| high);
                let told = told_before.get(&at).copied();
                for (worst, known) in worst.iter_mut().zip([told.or(most), told]) {
                    let margin = margin(ground, situation, at, nominal, load, Some(before), known);
                    *worst = worst.max(margin.shortfall);
                }
            }
        }
    }
    let told = wave.first.row.stop_shortfall;
    let [least, most] = worst;
    if told < least - 1e-5 || told > most + 1e-5 {
        report.add(
            RULE,
            wave.at("stop_shortfall"),
            decimal(told),
            decimal(most),
        );
    }
}

/// What [`sites_are_true`] asks.
const OF_SITES: Rule = Rule {
    code: "P7990",
    hint: "count who leaves and enters each site in the wave, and let the wave last long enough",
};

/// P7990: users who leave and enter a site are those of the wave, no faster than the site lets them.
pub(super) fn sites_are_true(
    ground: &Ground<'_>,
    wave: &WrittenWave<'_>,
    crowds: &[Crowd],
    restored: [f64; 2],
    report: &mut Report,
) {
    let mut users: BTreeMap<SiteId, [f64; 2]> = BTreeMap::new();
    for crowd in crowds.iter().filter(|own| own.is_moving()) {
        let share = match crowd.fate {
            Fate::Moves(_) if crowd.wave == Some(wave.number) => 1.0,
            Fate::Restored => restored[1] - restored[0],
            _ => 0.0,
        };
        if share <= 0.0 {
            continue;
        }
        if let Some(to) = crowd.new {
            users.entry(to).or_default()[1] += share * crowd.counted;
        }
        if let Some(from) = crowd.old.filter(|_| crowd.leaving > 0.0) {
            users.entry(from).or_default()[0] += share * crowd.leaving;
        }
    }
    for (site, [out, into]) in &users {
        let Some(row) = wave.sites.get(site) else {
            let found = format!("no row of `{}`", ground.site_name(Some(*site)));
            report.add(
                OF_SITES,
                wave.at("site"),
                found,
                "a row for every site that changes",
            );
            continue;
        };
        let at = |column| At::cell(WaveRow::FILE, row.line, column);
        let inventory = &ground.inventory.sites[site.index()];
        let [_, seconds] = wave.phases();
        let sides = [
            ("users_out", row.row.users_out, *out),
            ("users_in", row.row.users_in, *into),
        ];
        for (column, told, expected) in sides {
            if !is_same_count(told, expected) && !is_same(told, expected, 1.0) {
                report.add(OF_SITES, at(column), decimal(told), decimal(expected));
            }
        }
        let rates = [
            ("users_out_per_hour", row.row.users_out_per_hour, *out),
            ("users_in_per_hour", row.row.users_in_per_hour, *into),
        ];
        for (column, told, users) in rates {
            let expected = (seconds > 0.0).then(|| users * 3600.0 / seconds);
            optional_is_same(told, expected, at(column), report);
        }
        let limits = [
            (
                "move_out_per_hour",
                row.row.move_out_per_hour,
                inventory.move_out_per_hour,
                *out,
            ),
            (
                "move_in_per_hour",
                row.row.move_in_per_hour,
                inventory.move_in_per_hour,
                *into,
            ),
        ];
        for (column, told, limit, users) in limits {
            optional_is_same(told, limit, at(column), report);
            let most = limit.map(|limit| limit * (seconds + slack(seconds)) / 3600.0);
            if let Some(most) = most.filter(|most| users > most + NOBODY) {
                let found = format!("{} users in {} s", decimal(users), decimal(seconds));
                report.add(
                    OF_SITES,
                    at(column),
                    found,
                    format!("at most {}", decimal(most)),
                );
            }
        }
    }
    for (site, row) in &wave.sites {
        if !users.contains_key(site) {
            let at = At::cell(WaveRow::FILE, row.line, "site");
            let found = format!(
                "`{}`, which nobody enters or leaves",
                ground.site_name(Some(*site))
            );
            report.add(OF_SITES, at, found, "sites that somebody enters or leaves");
        }
    }
    let first = &wave.first.row;
    if wave.sites.is_empty() {
        let counts = [("users_out", first.users_out), ("users_in", first.users_in)];
        for (column, told) in counts.into_iter().filter(|own| own.1 != 0.0) {
            report.add(OF_SITES, wave.at(column), decimal(told), "0 without a site");
        }
        let rates = [
            ("users_out_per_hour", first.users_out_per_hour),
            ("users_in_per_hour", first.users_in_per_hour),
            ("move_out_per_hour", first.move_out_per_hour),
            ("move_in_per_hour", first.move_in_per_hour),
        ];
        for (column, told) in rates {
            optional_is_same(told, None, wave.at(column), report);
        }
    }
}

/// Finds fault with a cell that should say something else.
fn optional_is_same(told: Option<f64>, expected: Option<f64>, at: At<'_>, report: &mut Report) {
    let is_right = match (told, expected) {
        (Some(a), Some(b)) => is_same(a, b, 1.0),
        (None, None) => true,
        _ => false,
    };
    if !is_right {
        let text = cell_text;
        report.add(OF_SITES, at, text(told), text(expected));
    }
}

/// What whole seconds leave of a length.
pub(super) fn slack(seconds: f64) -> f64 {
    1e-5 * seconds.max(1.0)
}
