//! The state before: whether before.csv can be it, and how full everything was.
//!
//! Nobody says which shards were unserved then, so a site's load is known within two ends where some of the
//! users of a group were; mostly they are the same.

use super::affected::{Marked, SitePaths};
use super::context::RefereeContext;
use super::load::{Loads, excess, fits, share_of_served};
use super::path::{Leg, Steered};
use super::period::PeriodState;
use super::report::{At, Report, Rule, is_same};
use super::slices::BySlice;
use super::steering::{self, Entries, Standby, entries};
use crate::diagnostic::amounts::rounded;
use crate::ids::{LinkId, SiteId};
use crate::plan::ByGroupAndSite;
use crate::plan_files::{BeforeRow, Lined, Row, joined};
use crate::units::{AGREEMENT, FEASIBILITY, NOBODY};
use ndarray::Array2;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How full everything was.
pub(super) struct Before {
    /// Its steering.
    pub(super) steered: BySlice,
    /// Components × resources: least and greatest utilization; `None` at capacity 0 or without a limit.
    pub(super) utilization: Array2<Option<(f64, f64)>>,
}

/// Users of a group homed at a site.
#[derive(Debug, Clone, Copy, Default)]
struct HomedUsers {
    /// Of shards that have a copy there, as their home is one when they have replicas.
    with_copy: f64,
    without: f64,
}

/// Checks before.csv. Gives back how full everything was, and through which access points users reached their sites.
pub(super) fn check(
    situation: &PeriodState,
    rows: &[Lined<BeforeRow>],
    report: &mut Report,
) -> (Before, Entries) {
    let context = situation.context;
    let (steered, homed) = rayon::join(
        || {
            let legs = rows.iter().map(Leg::from);
            steering::check(situation, Standby::AsBefore, legs, report)
        },
        || homed(situation),
    );
    users_are_at_home(context, &homed, &steered, report);
    the_same_are_served_at_all_hours(situation, &steered, report);
    let slices = situation.in_slices();
    let at_start = situation.case.hours.slice_at(context.scenario.start);
    let mut slices = slices.iter().map(|in_slice| {
        let judged = BeforeInSlice {
            situation: in_slice,
            homed: &homed,
        };
        judged.full(&steered, report)
    });
    let UtilizationBefore {
        mut utilization,
        has_spare: mut has_room,
    } = slices.next().unwrap_or_default();
    for (slice, in_slice) in (1..).zip(slices) {
        // How full it was is how full it was when the scenario starts.
        if slice == at_start {
            utilization = in_slice.utilization;
        }
        has_room.retain(|unserved| in_slice.has_spare.contains(unserved));
    }
    nobody_is_unserved_while_there_is_spare(context, &has_room, report);
    weights_are_kept(context, (&steered, at_start), report);
    for reference_utilization in &context.inventory.resumed.reference {
        let at = [
            reference_utilization.component.index(),
            reference_utilization.resource.index(),
        ];
        let pair = Some((
            reference_utilization.utilization,
            reference_utilization.utilization,
        ));
        utilization[at] = utilization[at].and(pair);
    }
    let entries = entries(context, &steered, at_start);
    let before = Before {
        steered: BySlice::new(steered),
        utilization,
    };
    (before, entries)
}

/// How full it was in a slice of the hours.
#[derive(Default)]
struct UtilizationBefore {
    /// Components × resources: least and greatest utilization; `None` at capacity 0 or without a limit.
    utilization: Array2<Option<(f64, f64)>>,
    /// Groups and sites of which somebody is unserved, although an open path has spare capacity for them in the slice.
    has_spare: BTreeSet<(usize, SiteId)>,
}

/// The state before in one slice of the hours.
struct BeforeInSlice<'a> {
    situation: &'a PeriodState<'a>,
    homed: &'a ByGroupAndSite<HomedUsers>,
}

impl BeforeInSlice<'_> {
    /// How full it was.
    fn full(&self, steered: &[Steered], report: &mut Report) -> UtilizationBefore {
        let (situation, homed) = (self.situation, self.homed);
        let context = situation.context;
        let mut carried: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
        for row in steered.iter().filter(|row| row.slice == situation.slice) {
            *carried.entry((row.group, row.route.site)).or_default() += row.users;
        }
        let mut low = Loads::of_steering(situation, steered);
        let mut high = low.load.clone();
        for (&(group, site), users) in &carried {
            let of_group = homed.get(group, site).copied().unwrap_or_default();
            for resource in 0..context.inventory.resources.len() {
                let demand = situation.group_demand(group, resource);
                let share = |has_copy| share_of_served(situation, site.index(), resource, has_copy);
                let first = |first: f64| first.min(*users);
                let without_first = first(of_group.without);
                let with_first = first(of_group.with_copy);
                let add = |without: f64| {
                    demand * (without * share(false) + (users - without) * share(true))
                };
                high[[site.index(), resource]] += add(without_first);
                low.load[[site.index(), resource]] += add(users - with_first);
            }
        }
        loads_fit(situation, &low.load, report);
        let unserved: BTreeMap<(usize, SiteId), f64> = homed
            .iter()
            .filter_map(|(group, site, homed)| {
                let users = homed.with_copy + homed.without;
                let carried = carried.get(&(group, site)).copied().unwrap_or_default();
                let is_short = users > carried + NOBODY && !is_same(users, carried, 1.0);
                is_short.then_some(((group, site), users - carried))
            })
            .collect();
        let has_room = with_spare(situation, &high, &unserved);
        let mut utilization = Array2::from_elem(low.load.dim(), None);
        for ((component, resource), utilization) in utilization.indexed_iter_mut() {
            if let Some(left) = situation.case.capacity(component, resource)
                && left > 0.0
            {
                let at = [component, resource];
                *utilization = Some((low.load[at] / left, high[at] / left));
            }
        }
        UtilizationBefore {
            utilization,
            has_spare: has_room,
        }
    }
}

/// The users of every group at every site where they are homed.
fn homed(situation: &PeriodState) -> ByGroupAndSite<HomedUsers> {
    let context = situation.context;
    let mut homed: ByGroupAndSite<HomedUsers> = ByGroupAndSite::new(context.groups.len());
    for (shard, of_shard) in context.inventory.shards.iter().enumerate() {
        if let Some(site) = of_shard.site {
            let users = situation.case.users(shard);
            let of_group = homed.entry(context.group_of(shard), site);
            if context.has_copy(shard, site) {
                of_group.with_copy += users;
            } else {
                of_group.without += users;
            }
        }
    }
    homed
}

/// P7601: "every shard is at its home": no more users at a site than are homed there.
fn users_are_at_home(
    context: &RefereeContext,
    homed: &ByGroupAndSite<HomedUsers>,
    steered: &[Steered],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7601",
        "in the state before, every shard is at its site of shards.csv, with the users of the scenario's start",
    );
    let mut carried: BTreeMap<(usize, usize, SiteId), f64> = BTreeMap::new();
    for row in steered {
        let users = (carried.entry((row.slice, row.group, row.route.site))).or_default();
        *users += row.users;
        let of_group = homed.get(row.group, row.route.site);
        let at_home = of_group.map_or(0.0, |homed_users| {
            homed_users.with_copy + homed_users.without
        });
        if *users > at_home + NOBODY && !is_same(*users, at_home, 1.0) {
            let site = context.site_name(Some(row.route.site));
            let found = format!("{} users of the group at `{site}`", rounded(*users));
            let expected = format!("at most the {} homed there", rounded(at_home));
            let at = At::cell(BeforeRow::FILE, row.line, "users");
            report.add(RULE, at, found, expected);
        }
    }
}

/// P7602: no load exceeded the capacity.
fn loads_fit(situation: &PeriodState, loads: &Array2<f64>, report: &mut Report) {
    const RULE: Rule = Rule::new(
        "P7602",
        "count users beyond capacity as unserved in the state before",
    );
    for ((component, resource), load) in loads.indexed_iter() {
        if !fits(situation, component, resource, *load) {
            let (found, expected) = excess(situation, component, resource, *load);
            report.add(RULE, At::file(BeforeRow::FILE), found, expected);
        }
    }
}

/// P7603: "unserved minimal": nobody is unserved that open paths with spare capacity, one per slice, would have
/// served.
fn nobody_is_unserved_while_there_is_spare(
    context: &RefereeContext,
    has_room: &BTreeSet<(usize, SiteId)>,
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7603",
        "serve them at their primary site: in the state before, users within capacity are served",
    );
    for &(group, site) in has_room {
        let region = context.groups[group].client_region.index();
        let found = format!(
            "unserved users of `{}` homed at `{}`",
            context.inventory.client_regions[region].id,
            context.site_name(Some(site)),
        );
        let expected = "service for all users who fit the spare capacity";
        report.add(RULE, At::file(BeforeRow::FILE), found, expected);
    }
}

/// P7605: where `current_weights.csv` has the weights of users at a site, they are steered by these when the scenario starts.
fn weights_are_kept(
    context: &RefereeContext,
    (steered, at_start): (&[Steered], usize),
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7605",
        "steer users at the start of the scenario by the weights of current_weights.csv",
    );
    let weights = &context.inventory.resumed.weights;
    if weights.is_empty() {
        return;
    }
    let mut users: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
    let mut on_path: BTreeMap<(usize, &[LinkId]), (f64, u64)> = BTreeMap::new();
    for row in steered.iter().filter(|row| row.slice == at_start) {
        *users.entry(row.cell()).or_default() += row.users;
        let path = on_path.entry((row.group, &row.route.links)).or_default();
        *path = (path.0 + row.users, row.line);
    }
    for current_weight in weights {
        let group = context.groups.iter().position(|group| {
            let is_of = group.client_region == current_weight.client_region
                && group.profile == current_weight.profile;
            is_of && group.limit == current_weight.max_latency.map(|limit| limit.0)
        });
        let Some((group, all)) = group.and_then(|group| {
            let all = users.get(&(group, current_weight.site))?;
            Some((group, *all))
        }) else {
            continue;
        };
        let key = (group, current_weight.links.as_slice());
        let (found, line) = on_path.get(&key).copied().unwrap_or_default();
        let expected = current_weight.weight * all;
        if (found - expected).abs() > NOBODY && !is_same(found, expected, all) {
            let at = match line {
                0 => At::file(BeforeRow::FILE),
                line => At::cell(BeforeRow::FILE, line, "users"),
            };
            let links = current_weight.links.iter();
            let links = links.map(|link| context.inventory.links[link.index()].id.as_str());
            let found = format!("{} users over `{}`", rounded(found), joined(links));
            let expected = format!(
                "{}, by the weight {}",
                rounded(expected),
                rounded(current_weight.weight)
            );
            report.add(RULE, at, found, expected);
        }
    }
}

/// P7604: who is served at home is served there in every slice of the hours.
fn the_same_are_served_at_all_hours(
    situation: &PeriodState,
    steered: &[Steered],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7604",
        "homes do not change between hours: give a group as many users at a site in every slice",
    );
    let context = situation.context;
    let slices = situation.case.hours.slice_count();
    let mut carried: BTreeMap<(usize, SiteId), Vec<f64>> = BTreeMap::new();
    for row in steered {
        let of_group = carried.entry((row.group, row.route.site));
        of_group.or_insert_with(|| vec![0.0; slices])[row.slice] += row.users;
    }
    for ((group, site), by_slice) in carried {
        for (slice, users) in by_slice.iter().enumerate().skip(1) {
            let first = by_slice[0];
            if (users - first).abs() > NOBODY && !is_same(*users, first, 1.0) {
                let region = context.groups[group].client_region.index();
                let found = format!(
                    "{} users of `{}` at `{}` in slice {slice}",
                    rounded(*users),
                    context.inventory.client_regions[region].id,
                    context.site_name(Some(site)),
                );
                let expected = format!("the {} of slice 0", rounded(first));
                report.add(RULE, At::file(BeforeRow::FILE), found, expected);
            }
        }
    }
}

/// Groups and sites with unserved users, although an open path has capacity for them. Capacity for fewer users than two
/// minimal numbers of unserved users may differ by is none.
fn with_spare(
    situation: &PeriodState,
    loads: &Array2<f64>,
    unserved: &BTreeMap<(usize, SiteId), f64>,
) -> BTreeSet<(usize, SiteId)> {
    let context = situation.context;
    let inventory = context.inventory;
    let components = inventory.component_count();
    let all = Arc::new(Marked::new(context, &vec![true; components]));
    let too_few = AGREEMENT * unserved.values().sum::<f64>();
    let has_room = |&&(group, site): &&(usize, SiteId)| {
        let is_full = |component: usize| {
            (0..inventory.resources.len()).any(|resource| {
                let left = situation.case.capacity(component, resource);
                let demand = situation.group_demand(group, resource);
                // What has nothing of it serves nobody, also at an hour at which nobody asks for any.
                let profile = &inventory.profiles[context.groups[group].profile.index()];
                let has_none = left.is_some_and(|left| left <= 0.0);
                has_none && profile.demand[resource] > 0.0
                    || demand > 0.0
                        && left.is_some_and(|left| {
                            let spare = left - loads[[component, resource]];
                            spare <= FEASIBILITY * left + too_few * demand
                        })
            })
        };
        if is_full(site.index()) {
            // Every path ends there.
            return false;
        }
        let closed: Vec<bool> = (0..components)
            .map(|component| context.is_closed_at_start(component) || is_full(component))
            .collect();
        let of_group = &context.groups[group];
        let paths = SitePaths::new(context, of_group.profile, site, Arc::clone(&all), &closed);
        paths.is_on_some_path(of_group.client_region, of_group.limit)
    };
    unserved.keys().filter(has_room).copied().collect()
}
