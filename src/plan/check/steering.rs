//! Steering: whether users are steered over open paths to where they are homed.

use super::assignment::Assignment;
use super::context::RefereeContext;
use super::path::{Leg, Steered};
use super::path::{place_name, resolve};
use super::period::PeriodState;
use super::report::{At, Report, Rule, is_same};
use crate::diagnostic::amounts::rounded;
use crate::ids::{AccessPointId, LinkId, SiteId};
use crate::model::{AccessPointState, LinkEnd, Policy};
use crate::plan::ByGroupAndSite;
use crate::plan::reconnect::Entries as EntriesByPoint;
use crate::plan_files::{Row, SteeringRow};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// Which standby access points may carry users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standby {
    MayOpen,
    Closed,
    /// Those that an earlier plan has opened.
    AsBefore,
}

impl Standby {
    /// What a policy lets be done with them.
    pub(super) fn of(policy: &Policy) -> Self {
        if policy.open_standby {
            Self::MayOpen
        } else {
            Self::Closed
        }
    }
}

/// Checks the rows of one period, or of the state before, and gives back those that name a path.
pub(super) fn check<'a>(
    situation: &PeriodState,
    standby: Standby,
    legs: impl ExactSizeIterator<Item = Leg<'a>>,
    report: &mut Report,
) -> Vec<Steered> {
    let context = situation.context;
    let mut all = Vec::with_capacity(legs.len());
    for leg in legs {
        let Some(steered) = resolve(context, &leg, report) else {
            continue;
        };
        if leg_is_open((situation, standby), (&leg, &steered), report) {
            all.push((leg, steered));
        }
    }
    no_path_stands_twice(&all, report);
    shares_are_of_the_group(&all, report);
    let mut steered: Vec<Steered> = all.into_iter().map(|(_, steered)| steered).collect();
    // They stand in the memory of the pairs.
    steered.shrink_to_fit();
    steered
}

/// P7311: nobody passes what has nothing left; a pool is gone when no member carries.
const LEFT: Rule = Rule::new("P7311", "steer users around it");
/// P7312: an access point on standby carries users only where it may be opened.
const STANDBY: Rule = Rule::new("P7312", "enter through an active access point");
/// P7316: a row is of a slice that the hours have.
const SLICE: Rule = Rule::new("P7316", "use the slices of hours.csv");

/// P7311, P7312, P7316: whether a leg is of a slice of the hours, and open there; `false` if there is no such slice.
fn leg_is_open(
    (situation, standby): (&PeriodState, Standby),
    (leg, steered): (&Leg<'_>, &Steered),
    report: &mut Report,
) -> bool {
    let context = situation.context;
    let (inventory, case, route) = (context.inventory, &situation.case, &steered.route);
    let slices = case.hours.slice_count();
    if steered.slice >= slices {
        let found = format!("slice {}", steered.slice);
        let expected = format!("a slice from 0 to {}", slices - 1);
        report.add(SLICE, leg.at("slice"), found, expected);
        return false;
    }
    let site = inventory.site_component(route.site);
    let gone = route.components(context).into_iter().chain([site]);
    let gone = gone.filter(|component| case.gone[component.index()]);
    let mut gone: Vec<&str> = gone
        .map(|component| inventory.component_name(component))
        .collect();
    let empty = route.pools();
    let empty = empty.filter(|pool| situation.members[pool.index()].is_empty());
    gone.extend(empty.map(|pool| place_name(context, LinkEnd::Pool(pool))));
    for name in gone {
        let found = format!("`{name}`, which has no capacity left");
        let expected = "a path with capacity left on every component";
        report.add(LEFT, leg.at("links"), found, expected);
    }
    let access_point = &inventory.access_points[route.access_point.index()];
    let may_enter = match standby {
        Standby::MayOpen => true,
        Standby::Closed => access_point.state == AccessPointState::Active,
        Standby::AsBefore => access_point.state != AccessPointState::Standby,
    };
    if !may_enter {
        let found = format!("`{}`, which stays on standby", access_point.id);
        report.add(
            STANDBY,
            leg.at("access_point"),
            found,
            "an open access point",
        );
    }
    true
}

/// P7313: one row for every path of the same users.
fn no_path_stands_twice(all: &[(Leg<'_>, Steered)], report: &mut Report) {
    const RULE: Rule = Rule::new("P7313", "join the rows");
    let mut seen = BTreeMap::new();
    for (leg, steered) in all {
        let first = *seen
            .entry((steered.slice, steered.group, &steered.route.links))
            .or_insert(leg.line);
        if first != leg.line {
            let found = format!("the same path as on line {first}");
            report.add(RULE, leg.at("links"), found, "one row for the path");
        }
    }
}

/// P7314: "share (of the served users of that client region, profile and limit)".
fn shares_are_of_the_group(all: &[(Leg<'_>, Steered)], report: &mut Report) {
    const RULE: Rule = Rule::new(
        "P7314",
        "divide the users of the row by those of all rows of the group",
    );
    let mut totals: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (leg, steered) in all {
        *totals.entry((steered.slice, steered.group)).or_default() += leg.users;
    }
    for (leg, steered) in all {
        let total = totals[&(steered.slice, steered.group)];
        if total > NOBODY && !is_same(leg.share, leg.users / total, 1.0) {
            let expected = rounded(leg.users / total);
            report.add(RULE, leg.at("share"), rounded(leg.share), expected);
        }
    }
}

/// P7315: steering carries to each site those who are served there, in every slice of the hours.
pub(super) fn users_agree_with_the_assignment(
    context: &RefereeContext,
    (period, slices): (usize, usize),
    assignment: &Assignment,
    steered: &[Steered],
    report: &mut Report,
) {
    const RULE: Rule = Rule::new(
        "P7315",
        "steer as many users of the group to the site as assignment.csv serves at it",
    );
    let mut homed: ByGroupAndSite<f64> = ByGroupAndSite::new(context.groups.len());
    for (shard, part) in assignment.served() {
        *homed.entry(context.group_of(shard), part.site) += part.users;
    }
    let mut carried: BTreeMap<(usize, usize, SiteId), (f64, u64)> = BTreeMap::new();
    for row in steered {
        let (users, _) = carried
            .entry((row.slice, row.group, row.route.site))
            .or_insert((0.0, row.line));
        *users += row.users;
    }
    let homed_at = (0..slices).flat_map(|slice| {
        let of_slice = homed.iter();
        of_slice.map(move |(group, site, _)| (slice, group, site))
    });
    let keys: BTreeSet<_> = homed_at.chain(carried.keys().copied()).collect();
    for (slice, group, site) in keys {
        let served = homed.get(group, site).copied().unwrap_or_default();
        let (users, line) = (carried.get(&(slice, group, site)).copied()).unwrap_or((0.0, 0));
        if !is_same(users, served, 1.0) && (users - served).abs() > NOBODY {
            let of_group = &context.groups[group];
            let region = &context.inventory.client_regions[of_group.client_region.index()].id;
            let profile = &context.inventory.profiles[of_group.profile.index()].id;
            let limit = of_group.limit.map_or_else(String::new, |limit| {
                format!(" within {} ms", rounded(limit))
            });
            let in_slice = if slices > 1 {
                format!(", slice {slice}")
            } else {
                String::new()
            };
            let found = format!(
                "{} users of `{region}`, `{profile}`{limit} steered to `{}` in period {period}{in_slice}",
                rounded(users),
                context.site_name(Some(site)),
            );
            let expected = format!("the {} served there", rounded(served));
            report.add(
                RULE,
                At::cell(SteeringRow::FILE, line, "users"),
                found,
                expected,
            );
        }
    }
}

/// How the users of each group reach each site.
#[derive(Debug, Clone)]
pub(super) struct Entries {
    /// Users by group, site and access point.
    pub(super) points: EntriesByPoint,
    /// Users by group, site and path.
    pub(super) paths: BTreeMap<(usize, SiteId), OnPaths>,
}

/// Users by path, which begins with its access point.
pub(super) type OnPaths = BTreeMap<(AccessPointId, Vec<LinkId>), f64>;

/// Through which access points, and on which paths, the users of each group reach each site in a slice.
pub(super) fn entries(context: &RefereeContext, steered: &[Steered], slice: usize) -> Entries {
    let mut all = Entries {
        points: EntriesByPoint::new(context.groups.len()),
        paths: BTreeMap::new(),
    };
    for row in steered.iter().filter(|row| row.slice == slice) {
        let (key, point) = ((row.group, row.route.site), row.route.access_point);
        let users = all.points.entry(key.0, key.1);
        *users.entry(point).or_default() += row.users;
        let path = (point, row.route.links.clone());
        *all.paths.entry(key).or_default().entry(path).or_default() += row.users;
    }
    all
}
