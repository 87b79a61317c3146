//! Places of a period and who moves between them, as the map shows them.

use super::charts::MapChart;
use super::charts::map::{AccessPointPlace, SiteMove, SitePlace};
use super::grammar::{
    by_count, capital_or_name, counted, listed, lower_first, short, stay_unserved,
};
use super::headroom::{Standing, State, tightest_resources};
use super::numbers;
use super::period::headroom_rows;
use super::span::span;
use super::steering::steering;
use super::targets::{missed_targets, overloaded};
use super::words::ACTUAL;
use crate::ids::ElementId;
use crate::model::{Element, Inventory, LinkEnd, Scenario};
use crate::plan::{Flow, PeriodPlan, affected_users};
use crate::units::NOBODY;
use std::collections::{BTreeMap, BTreeSet};

/// The map of a period, and of users who entered elsewhere in the one before, whose steering is `previous`; `None` if fewer than two places have coordinates, so that there is nothing to show.
pub fn map_chart(
    inventory: &Inventory,
    scenario: &Scenario,
    previous: &[Flow],
    period: &PeriodPlan,
) -> Option<MapChart> {
    let sites = site_places(inventory, period);
    let moves = site_moves(inventory, period);
    let name = |id: &str| {
        let site = sites.iter().find(|site| site.id == id);
        site.map_or(id, |site| site.name.as_str()).to_owned()
    };
    let title = moves_title(name, &moves);
    // The worst comes first.
    let rows = headroom_rows(inventory, period);
    let affected = || {
        let users = affected_users(inventory, period);
        let some = counted(&numbers::users_up(users), "user");
        (users > NOBODY).then(|| format!("undetected faults affect {some}"))
    };
    let alarm = if period.totals.unserved > NOBODY {
        Some(stay_unserved(period.totals.unserved))
    } else {
        let worst = overloaded(&rows).or_else(affected);
        worst.or_else(|| missed_targets(&rows))
    };
    let title = match alarm {
        Some(alarm) => {
            let title = format!("{alarm}; {}", lower_first(&title));
            capital_or_name(inventory, &title)
        }
        None => title,
    };
    let chart = MapChart {
        title,
        scenario: scenario.name.clone(),
        period: span(scenario, period.period.start, period.period.end),
        access_points: access_point_places(inventory, previous, period),
        sites,
        moves,
    };
    chart.has_places().then_some(chart)
}

/// Every site of a period, in the order of the inventory.
pub fn site_places(inventory: &Inventory, period: &PeriodPlan) -> Vec<SitePlace> {
    let mut rows = headroom_rows(inventory, period);
    // The actual state of a component is its own.
    for row in &mut rows {
        if let Some(id) = row.component.strip_suffix(ACTUAL) {
            row.component = id.to_owned();
        }
    }
    let tightest: BTreeMap<&str, _> = tightest_resources(&rows)
        .into_iter()
        .map(|row| (row.component.as_str(), row))
        .collect();
    let networks = site_networks(inventory);
    let mut users = vec![0.0; inventory.sites.len()];
    for part in &period.parts {
        if let Some(site) = part.site {
            users[site.index()] += part.users;
        }
    }
    inventory
        .sites
        .iter()
        .zip(users)
        .zip(networks)
        .map(|((site, users), network)| {
            let network = network.iter().filter_map(|id| tightest.get(id.as_str()));
            let network = network.map(|row| row.state());
            let is_short = |state: &State| matches!(state, State::Full | State::BelowTarget);
            let row = tightest.get(site.id.as_str());
            let is_in_service = row.is_none_or(|row| row.state() != State::Gone);
            SitePlace {
                id: site.id.clone(),
                name: site.name.clone(),
                coordinates: site.coordinates,
                standing: row.map_or(Standing::InService, |row| row.standing),
                state: row.map_or(State::Fine, |row| row.state()),
                headroom: row.and_then(|row| row.headroom_during()),
                target: row.and_then(|row| row.target),
                // What is out of service needs no network.
                network: network.filter(is_short).max().filter(|_| is_in_service),
                users,
            }
        })
        .collect()
}

/// By site, the ids of its network: the links to it, the elements that those come from, and every element at its place.
fn site_networks(inventory: &Inventory) -> Vec<Vec<String>> {
    let mut networks: Vec<BTreeSet<String>> = inventory
        .sites
        .iter()
        .map(|site| {
            let is_here = |element: &&Element| {
                element.coordinates.is_some() && element.coordinates == site.coordinates
            };
            let here = inventory.elements.iter().filter(is_here);
            here.map(|element| element.id.clone()).collect()
        })
        .collect();
    for link in &inventory.links {
        let LinkEnd::Site(site) = link.to else {
            continue;
        };
        let elements: &[ElementId] = match &link.from {
            LinkEnd::Element(element) => &[*element],
            LinkEnd::Pool(pool) => &inventory.pools[pool.index()].members,
            _ => &[],
        };
        let elements = elements.iter();
        let ids = elements.map(|element| inventory.elements[element.index()].id.clone());
        networks[site.index()].extend(ids.chain([link.id.clone()]));
    }
    networks
        .into_iter()
        .map(|texts| texts.into_iter().collect())
        .collect()
}

/// Every access point of a period, in the order of the inventory; `previous` is the steering of the period before.
pub fn access_point_places(
    inventory: &Inventory,
    previous: &[Flow],
    period: &PeriodPlan,
) -> Vec<AccessPointPlace> {
    let mut gained = BTreeMap::<String, f64>::new();
    for row in steering(inventory, previous, period).entries {
        *gained.entry(row.access_point.id).or_default() += row.arriving - row.leaving;
    }
    period
        .access_points
        .iter()
        .map(|change| {
            let row = &inventory.access_points[change.access_point.index()];
            AccessPointPlace {
                id: row.id.clone(),
                name: row.name.clone(),
                coordinates: row.coordinates,
                usage: change.after,
                users: change.users,
                gained: gained.get(&row.id).copied().unwrap_or(0.0),
            }
        })
        .collect()
}

/// Who moves from site to site in a period, ascending by site left, then by site reached.
///
/// Shards that had no home leave no site and are not among them.
pub fn site_moves(inventory: &Inventory, period: &PeriodPlan) -> Vec<SiteMove> {
    let mut users = BTreeMap::<_, f64>::new();
    for moved in &period.moves {
        if let Some(from) = moved.from {
            *users.entry((from, moved.to)).or_default() += moved.users;
        }
    }
    let id = |site: crate::ids::SiteId| inventory.sites[site.index()].id.clone();
    users
        .into_iter()
        .filter(|(_, users)| *users > NOBODY)
        .map(|((from, to), users)| SiteMove {
            from: id(from),
            to: id(to),
            users,
        })
        .collect()
}

/// What there is to say about moves: how many, whence, and where most of them go.
///
/// ```
/// use plimsoll::report::charts::map::SiteMove;
/// use plimsoll::report::places::moves_title;
/// let name = |id: &str| id.to_uppercase();
/// let moved = |to: &str, users| SiteMove { from: "chi".into(), to: to.into(), users };
/// assert_eq!(moves_title(name, &[moved("dsm", 900.0)]), "900 users leave CHI for DSM");
/// assert_eq!(
///     moves_title(name, &[moved("byd", 10.0), moved("dsm", 600.0), moved("sat", 490.0)]),
///     "1,100 users leave CHI: most go to DSM and SAT",
/// );
/// assert_eq!(moves_title(name, &[]), "No users change site");
/// ```
pub fn moves_title(name: impl Fn(&str) -> String, moves: &[SiteMove]) -> String {
    let total: f64 = moves.iter().map(|moved| moved.users).sum();
    if total <= NOBODY {
        return "No users change site".to_owned();
    }
    let left = ranked(moves, |moved| &moved.from);
    let reached = ranked(moves, |moved| &moved.to);
    let users = numbers::users(total);
    let who = counted(&users, "user");
    let leave = by_count(&users, ["leaves", "leave"]);
    let come = by_count(&users, ["comes", "come"]);
    // The one or two sites that more than half of the users leave, or come to.
    let most = |sites: &[(&str, f64)]| -> Option<String> {
        let few = &sites[..sites.len().min(2)];
        let enough = if few.first().is_some_and(|first| first.1 > 0.8 * total) {
            &few[..1]
        } else {
            few
        };
        let users: f64 = enough.iter().map(|site| site.1).sum();
        let names: Vec<String> = enough.iter().map(|site| name(site.0)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        (users > 0.5 * total).then(|| listed(&names))
    };
    let one = |id: &str| short(&name(id));
    match (left.as_slice(), reached.as_slice()) {
        ([(from, _)], [(to, _)]) => format!("{who} {leave} {} for {}", one(from), one(to)),
        ([(from, _)], [(a, _), (b, _)]) => {
            let (a, b) = (name(a), name(b));
            format!("{who} {leave} {} for {}", one(from), listed(&[&a, &b]))
        }
        ([(from, _)], many) => match most(many) {
            Some(to) => format!("{who} {leave} {}: most go to {to}", one(from)),
            None => format!("{who} {leave} {} for {} sites", one(from), many.len()),
        },
        (many, [(to, _)]) => match most(many) {
            Some(from) => format!("{who} {come} to {}: most leave {from}", one(to)),
            None => format!("{who} {come} to {} from {} sites", one(to), many.len()),
        },
        (many, _) => match (most(many), most(&reached)) {
            (Some(from), Some(to)) => {
                format!("{who} change site: most leave {from}, most go to {to}")
            }
            (Some(from), None) => format!("{who} change site: most leave {from}"),
            (None, Some(to)) => format!("{who} change site: most go to {to}"),
            (None, None) => format!(
                "{who} change site: from {} sites to {}",
                many.len(),
                reached.len()
            ),
        },
    }
}

fn ranked<'a>(
    moves: &'a [SiteMove],
    site: impl Fn(&'a SiteMove) -> &'a str,
) -> Vec<(&'a str, f64)> {
    let mut users = BTreeMap::<&str, f64>::new();
    for moved in moves {
        *users.entry(site(moved)).or_default() += moved.users;
    }
    let mut ranked: Vec<_> = users.into_iter().collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(right.0)));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From where to where, and how many users.
    type Moved<'m> = &'m [(&'m str, &'m str, f64)];

    #[test]
    fn most_is_more_than_half_and_reported_of_at_most_two_sites() {
        let even = [
            ("a", "b", 25.0),
            ("a", "c", 25.0),
            ("a", "d", 25.0),
            ("a", "e", 25.0),
        ];
        let uneven = [
            ("a", "b", 26.0),
            ("a", "c", 25.0),
            ("a", "d", 25.0),
            ("a", "e", 24.0),
        ];
        // One that has more than four fifths is named alone.
        let most = [("a", "b", 81.0), ("a", "c", 10.0), ("a", "d", 9.0)];
        // Returning users come to a site.
        let back = [("b", "a", 60.0), ("c", "a", 30.0), ("d", "a", 10.0)];
        // Of many sites on both sides, those with most users are named.
        let many = [("a", "b", 90.0), ("a", "c", 5.0), ("d", "b", 5.0)];
        let ring = [
            ("a", "b", 1.0),
            ("b", "c", 1.0),
            ("c", "d", 1.0),
            ("d", "a", 1.0),
        ];
        let titles: [(Moved<'_>, &str); 8] = [
            (&uneven, "100 users leave A: most go to B and C"),
            (&even, "100 users leave A for 4 sites"),
            (&most, "100 users leave A: most go to B"),
            (&back, "100 users come to A: most leave B and C"),
            (&many, "100 users change site: most leave A, most go to B"),
            (&ring, "4 users change site: from 4 sites to 4"),
            (&[("a", "b", 1.0)], "1 user leaves A for B"),
            // What arithmetic leaves of nobody.
            (&[("a", "b", 1e-9)], "No users change site"),
        ];
        for (moves, title) in titles {
            let moves = moves.iter().map(|&(from, to, users)| SiteMove {
                from: from.to_owned(),
                to: to.to_owned(),
                users,
            });
            let moves: Vec<SiteMove> = moves.collect();
            assert_eq!(moves_title(str::to_uppercase, &moves), title);
        }
    }
}
