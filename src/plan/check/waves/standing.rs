//! Standing: whether `wave_weights.csv` and `wave_loads.csv` say what holds at the end of every wave.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule, is_same};
use super::super::route::place_name;
use super::judge::{OfWay, Way};
use super::rules::Limits;
use super::shares::{Under, is_open};
use super::state::Loaded;
use super::touched::slices_in;
use super::written::WrittenWave;
use crate::ids::{ComponentId, LinkId, SiteId};
use crate::plan_files::{Lined, Row, Timing, WaveLoadRow, WaveWeightRow, decimal, joined};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// P7978: `wave_weights.csv` has the weights of every wave from its turn on, in every slice of the time to the end of its
/// gate.
const WEIGHTS: Rule = Rule {
    code: "P7978",
    hint: "for every wave and group and site one row for each path that is open: (1 − share)·before + share·after, of \
           those alone; they sum to 1",
};

/// P7979: `wave_loads.csv` has what everything carries at the end of every wave.
const LOADS: Rule = Rule {
    code: "P7979",
    hint: "for every wave one row for each component and resource that it limits, in every slice of the time to the end \
           of its gate",
};

/// Wave, period whose hours they are, slice.
type Stop = (u32, Option<u32>, u32);

/// Client region, profile, latency limit, links.
type PathKey = (String, String, Option<u64>, String);

/// Rows of weights and loads, by what they are of.
type WeightRows<'a> = BTreeMap<(Stop, PathKey), &'a Lined<WaveWeightRow>>;
type LoadRows<'a> = BTreeMap<(Stop, String, String), &'a Lined<WaveLoadRow>>;

/// Component and resource, what is left, and what there is without events.
type Left = ([usize; 2], f64, f64);

/// The rows of a period that no rule has met yet.
pub(super) struct Rest<'a> {
    weights: Option<WeightRows<'a>>,
    loads: Option<LoadRows<'a>>,
}

impl<'a> Rest<'a> {
    pub(super) fn new(way: &Way<'a>, report: &mut Report) -> Self {
        let mut weights = way.weight_rows.map(|_| BTreeMap::new());
        for row in way.weight_rows.unwrap_or_default() {
            let own = &row.row;
            let key = (
                own.client_region.clone(),
                own.profile.clone(),
                own.max_latency_ms.map(f64::to_bits),
                own.links.clone(),
            );
            let stop = (own.wave, own.during, own.slice);
            let known = weights
                .as_mut()
                .and_then(|all| all.insert((stop, key), *row));
            if known.is_some() {
                let at = At::cell(WaveWeightRow::FILE, row.line, "links");
                report.add(WEIGHTS, at, "a path a second time", "one row for it");
            }
        }
        let mut loads = way.load_rows.map(|_| BTreeMap::new());
        for row in way.load_rows.unwrap_or_default() {
            let own = &row.row;
            let stop = (own.wave, own.during, own.slice);
            let key = (stop, own.component.clone(), own.resource.clone());
            let known = loads.as_mut().and_then(|all| all.insert(key, *row));
            if known.is_some() {
                let at = At::cell(WaveLoadRow::FILE, row.line, "component");
                report.add(LOADS, at, "a component a second time", "one row for it");
            }
        }
        Self { weights, loads }
    }

    /// Reports what no wave has.
    pub(super) fn report(self, report: &mut Report) {
        let (found, expected) = ("a row that no wave has", "rows of the waves of waves.csv");
        if let Some(row) = self.weights.iter().flatten().map(|(_, row)| row).next() {
            let at = At::cell(WaveWeightRow::FILE, row.line, "links");
            report.add(WEIGHTS, at, found, expected);
        }
        if let Some(row) = self.loads.iter().flatten().map(|(_, row)| row).next() {
            let at = At::cell(WaveLoadRow::FILE, row.line, "component");
            report.add(LOADS, at, found, expected);
        }
    }
}

/// `true` if a slice of a period has any of the time from a wave's turn to the end of its gate; ahead of a period also the
/// slice that ends then, after its start also the one that begins with the turn, and the one that ends with it if no gate follows.
fn is_met(of_way: &OfWay<'_>, wave: &WrittenWave<'_>, touched: &Under<'_>) -> bool {
    let (during, slice) = touched.key;
    let way = of_way.way;
    let until = wave.gate_end();
    let has = |from: Timestamp, to: Timestamp| match wave.timing {
        Timing::Ahead => from < until && (to > wave.turned || to == until),
        Timing::Behind => {
            let is_last = to == until && until == wave.turned;
            (to > wave.turned || is_last) && (from < until || from == wave.turned)
        }
    };
    match during {
        None => {
            let begins = way.periods.first().map(|own| own.start);
            begins.is_some_and(|begins| has(Timestamp::MIN, begins))
        }
        Some(during) => {
            let spans = slices_in(&touched.situation.case.hours, &way.periods[during]);
            let mut own = spans.into_iter().filter(|(own, ..)| *own == slice);
            // The scenario's last hour goes on.
            let end = way.periods.last().map(|own| own.end);
            own.any(|(_, from, to)| has(from, if Some(to) == end { Timestamp::MAX } else { to }))
        }
    }
}

/// Checks the rows of a wave.
pub(super) fn check(
    of_way: &OfWay<'_>,
    wave: &WrittenWave<'_>,
    (touched, limits, loaded): (&[Under<'_>], &Limits, &[Loaded]),
    rest: &mut Rest<'_>,
    report: &mut Report,
) {
    for (case, own) in touched.iter().enumerate() {
        if !is_met(of_way, wave, own) {
            continue;
        }
        let number = |own: usize| u32::try_from(own).unwrap_or(u32::MAX);
        let stop = (wave.number, own.key.0.map(number), number(own.key.1));
        if let Some(rows) = &mut rest.weights {
            weights_are_true(of_way.ground, (stop, wave), own, rows, report);
        }
        if let Some(rows) = &mut rest.loads {
            let left: Vec<_> = limits.left(case).collect();
            loads_are_true(of_way.ground, stop, (&left, &loaded[case]), rows, report);
        }
    }
}

/// A path with the users on it before and in the period.
struct Path<'a> {
    row: &'a super::super::leg::Steered,
    users: [f64; 2],
}

fn weights_are_true(
    ground: &Ground<'_>,
    (stop, wave): (Stop, &WrittenWave<'_>),
    touched: &Under<'_>,
    rows: &mut WeightRows<'_>,
    report: &mut Report,
) {
    let mut paths: BTreeMap<(usize, SiteId, &[LinkId]), Path<'_>> = BTreeMap::new();
    let mut sums: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
    for (end, steered) in touched.steered.into_iter().enumerate() {
        let open = steered.iter().filter(|row| row.users > 0.0);
        for row in open.filter(|row| is_open(ground, &touched.situation, row)) {
            let site = row.route.site;
            sums.entry((row.group, site)).or_default()[end] += row.users;
            let key = (row.group, site, row.route.links.as_slice());
            let users = [0.0; 2];
            paths.entry(key).or_insert(Path { row, users }).users[end] += row.users;
        }
    }
    let share = wave.first.row.steering_share;
    for ((group, site, links), path) in paths {
        let sum = sums[&(group, site)];
        let of_end = |end: usize| path.users[end] / sum[end];
        let weight = match sum.map(|own| own > 0.0) {
            [true, true] => (1.0 - share) * of_end(0) + share * of_end(1),
            [true, false] => of_end(0),
            _ => of_end(1),
        };
        let inventory = ground.inventory;
        let own = &ground.groups[group];
        let names = links
            .iter()
            .map(|link| inventory.links[link.index()].id.as_str());
        let key = (
            inventory.client_regions[own.client_region.index()]
                .id
                .clone(),
            inventory.profiles[own.profile.index()].id.clone(),
            own.limit.map(f64::to_bits),
            joined(names),
        );
        let found = rows.remove(&(stop, key));
        let Some(row) = found else {
            if weight > 1e-9 {
                let at = At::file(WaveWeightRow::FILE);
                let links = links
                    .iter()
                    .map(|link| inventory.links[link.index()].id.as_str());
                let found = format!(
                    "no weight of `{}` to `{}` over `{}` in wave {}",
                    inventory.client_regions[own.client_region.index()].id,
                    ground.site_name(Some(site)),
                    joined(links),
                    wave.number
                );
                report.add(WEIGHTS, at, found, decimal(weight));
            }
            continue;
        };
        let route = &path.row.route;
        let places = route.places.iter().map(|place| place_name(ground, *place));
        let access_point = &inventory.access_points[route.access_point.index()].id;
        for (column, found, expected) in [
            ("access_point", &row.row.access_point, access_point.clone()),
            (
                "site",
                &row.row.site,
                ground.site_name(Some(site)).to_owned(),
            ),
            ("path", &row.row.path, joined(places)),
        ] {
            if *found != expected {
                let at = At::cell(WaveWeightRow::FILE, row.line, column);
                report.add(WEIGHTS, at, format!("`{found}`"), format!("`{expected}`"));
            }
        }
        if !is_same(row.row.weight, weight, 1.0) {
            let at = At::cell(WaveWeightRow::FILE, row.line, "weight");
            report.add(WEIGHTS, at, decimal(row.row.weight), decimal(weight));
        }
    }
}

fn loads_are_true(
    ground: &Ground<'_>,
    stop: Stop,
    (left, loaded): (&[Left], &Loaded),
    rows: &mut LoadRows<'_>,
    report: &mut Report,
) {
    let inventory = ground.inventory;
    for &([component, resource], left, nominal) in left {
        let id = ComponentId::new(component);
        let name = inventory.component_name(id);
        let of = &inventory.resources[resource];
        let load = loaded.stop.load[[component, resource]];
        let key = (stop, name.to_owned(), of.id.clone());
        let Some(row) = rows.remove(&key) else {
            let found = format!("no load of {} on `{name}` after wave {}", of.id, stop.0);
            report.add(LOADS, At::file(WaveLoadRow::FILE), found, decimal(load));
            continue;
        };
        for (column, found, expected) in [
            ("load", row.row.load, load),
            ("capacity", row.row.capacity, left),
        ] {
            if !is_same(found, expected, nominal.max(1.0)) {
                let at = At::cell(WaveLoadRow::FILE, row.line, column);
                report.add(LOADS, at, decimal(found), decimal(expected));
            }
        }
        let kind = inventory.component_kind(id).word();
        for (column, found, expected) in [
            ("kind", &row.row.kind, kind),
            ("unit", &row.row.unit, of.unit.as_str()),
        ] {
            if found != expected {
                let at = At::cell(WaveLoadRow::FILE, row.line, column);
                report.add(LOADS, at, format!("`{found}`"), format!("`{expected}`"));
            }
        }
    }
}
