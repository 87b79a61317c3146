//! Roads: of the users of a group at a site, how many pass each component, from before.csv and steering.csv.

use super::conditions::Conditions;
use plimsoll::ids::{ComponentId, PoolId, SiteId};
use plimsoll::model::{Inventory, LinkEnd, Scenario};
use plimsoll::plan_files::WrittenPlan;
use std::collections::{BTreeMap, BTreeSet};

/// Client region, profile, latency limit: users of these are steered together.
pub(crate) type Group = (usize, usize, Option<u64>);

/// A path and who is on it.
pub(crate) struct Row {
    pub(crate) group: Group,
    pub(crate) site: SiteId,
    pub(crate) users: f64,
    /// Its links, access points, elements that stand alone, and the site.
    pub(crate) components: Vec<ComponentId>,
    pub(crate) pools: Vec<PoolId>,
}

/// The group of a shard.
pub(crate) fn group_of(inventory: &Inventory, scenario: &Scenario, shard: usize) -> Group {
    let row = &inventory.shards[shard];
    let limit = row.max_latency.or(scenario.policy.max_latency);
    (
        row.client_region.index(),
        row.profile.index(),
        limit.map(|milliseconds| milliseconds.0.to_bits()),
    )
}

/// The steering of a period in a slice of its hours; of the state before if there is no period.
pub(crate) fn rows(
    inventory: &Inventory,
    plan: &WrittenPlan,
    (period, slice): (Option<u32>, u32),
) -> Vec<Row> {
    let row = |region: &str, profile: &str, limit: Option<f64>, links: &str, users: f64| {
        row_of(inventory, (region, profile), limit, (links, users))
    };
    let before = plan
        .before
        .iter()
        .flatten()
        .map(|before_row| &before_row.row);
    let of_periods = plan.steering.iter().map(|steering_row| &steering_row.row);
    match period {
        None => before
            .filter(|before_row| before_row.slice.unwrap_or(0) == slice)
            .map(|before_row| {
                let of = (
                    &before_row.client_region,
                    &before_row.profile,
                    &before_row.links,
                );
                row(
                    of.0,
                    of.1,
                    before_row.max_latency_ms,
                    of.2,
                    before_row.users,
                )
            })
            .collect(),
        Some(period) => of_periods
            .filter(|steering_row| {
                steering_row.period == period && steering_row.slice.unwrap_or(0) == slice
            })
            .map(|steering_row| {
                let of = (
                    &steering_row.client_region,
                    &steering_row.profile,
                    &steering_row.links,
                );
                row(
                    of.0,
                    of.1,
                    steering_row.max_latency_ms,
                    of.2,
                    steering_row.users,
                )
            })
            .collect(),
    }
}

/// The row of a client region and profile, on some links.
pub(crate) fn row_of(
    inventory: &Inventory,
    (region, profile): (&str, &str),
    limit: Option<f64>,
    (links, users): (&str, f64),
) -> Row {
    let regions = &inventory.client_regions;
    let region = regions
        .iter()
        .position(|client_region| client_region.id == region);
    let profiles = &inventory.profiles;
    let profile = profiles
        .iter()
        .position(|candidate| candidate.id == profile);
    let group = (
        region.expect("a region of the inventory"),
        profile.expect("a profile of the inventory"),
        limit.map(f64::to_bits),
    );
    along(inventory, group, links, users)
}

/// What the links of a path pass.
fn along(inventory: &Inventory, group: Group, links: &str, users: f64) -> Row {
    let mut components = Vec::new();
    let mut pools = Vec::new();
    let mut end = None;
    for name in links.split('>') {
        let component = inventory.component_named(name).expect("a link");
        let first = inventory.component_count() - inventory.links.len();
        let link = &inventory.links[component.index() - first];
        components.push(component);
        match link.to {
            LinkEnd::ClientRegion(_) => panic!("{name} leads to a client region"),
            LinkEnd::AccessPoint(access_point) => {
                components.push(inventory.access_point_component(access_point));
            }
            LinkEnd::Element(element) => components.push(inventory.element_component(element)),
            LinkEnd::Pool(pool) => pools.push(pool),
            LinkEnd::Site(site) => {
                components.push(inventory.site_component(site));
                end = Some(site);
            }
        }
    }
    Row {
        group,
        site: end.expect("paths end at sites"),
        users,
        components,
        pools,
    }
}

/// By component: the share of users who pass.
pub(crate) type Passing = BTreeMap<usize, f64>;

/// Where the users of a group at a site pass under one steering.
#[derive(Clone, Default)]
struct Under {
    /// Over the paths that are open.
    open: Passing,
    /// Who is left of all: not those whose path is gone, nor those whose member of a pool carries nothing now.
    left: Passing,
}

/// Where users pass by the weights of each end.
type Ends = BTreeMap<(Group, SiteId), [Option<Under>; 2]>;

/// Both steerings of a transition under one case.
pub(crate) struct Roads {
    ends: Ends,
    /// The same with the members of pools of the other end.
    crossed: Ends,
    /// Where users were before, by whatever paths.
    led: BTreeSet<(Group, SiteId)>,
    /// Where some path of before is open.
    was_open: BTreeSet<(Group, SiteId)>,
    /// Components on some path of either steering, open or not.
    planned: BTreeSet<usize>,
}

/// The paths of a state, and by pool the members that carry its load there.
#[derive(Clone, Copy)]
pub(crate) struct Steered<'a> {
    pub(crate) rows: &'a [Row],
    pub(crate) members: &'a [Vec<ComponentId>],
}

impl Roads {
    pub(crate) fn new(
        inventory: &Inventory,
        conditions: &Conditions,
        steering: [Steered<'_>; 2],
    ) -> Self {
        Self::along(inventory, conditions, steering, |_| true)
    }

    /// The same of those paths alone that are open under an earlier case.
    pub(crate) fn of_those_open(
        inventory: &Inventory,
        conditions: &Conditions,
        earlier: &Conditions,
        steering: [Steered<'_>; 2],
    ) -> Self {
        Self::along(inventory, conditions, steering, |row| earlier.is_open(row))
    }

    fn along(
        inventory: &Inventory,
        conditions: &Conditions,
        steering: [Steered<'_>; 2],
        is_asked: impl Fn(&Row) -> bool,
    ) -> Self {
        let before = steering[0].rows.iter();
        let before = before.filter(|row| row.users > 0.0 && is_asked(row));
        let led = before.map(|row| (row.group, row.site)).collect();
        let mut was_open = BTreeSet::new();
        let is_open = |row: &Row| is_asked(row) && conditions.is_open(row);
        let open = steering[0].rows.iter().filter(|row| row.users > 0.0);
        was_open.extend(
            open.filter(|row| is_open(row))
                .map(|row| (row.group, row.site)),
        );
        let members = steering.map(|steered| steered.members);
        let [components, other] = [[members[0], members[1]], [members[1], members[0]]];
        let rows = steering.map(|steered| steered.rows);
        let with_users = rows.iter().copied().flatten().filter(|row| row.users > 0.0);
        let planned =
            with_users.flat_map(|row| row.components.iter().map(|component| component.index()));
        let planned = planned.collect();
        Self {
            ends: Self::ends(inventory, conditions, (rows, components), &is_asked),
            crossed: Self::ends(inventory, conditions, (rows, other), &is_asked),
            led,
            was_open,
            planned,
        }
    }

    /// Where users pass by the weights of each end, over these members of pools.
    fn ends(
        inventory: &Inventory,
        conditions: &Conditions,
        (rows, members): ([&[Row]; 2], [&[Vec<ComponentId>]; 2]),
        is_asked: &impl Fn(&Row) -> bool,
    ) -> Ends {
        let mut ends = Ends::new();
        // Where one steering leads nobody, the other's holds, over the members of pools of the end.
        for (end, rows, is_borrowed) in [
            (0, rows[0], false),
            (1, rows[1], false),
            (0, rows[1], true),
            (1, rows[0], true),
        ] {
            let members = members[end];
            let known: BTreeSet<(Group, SiteId)> = (ends.iter())
                .filter(|(_, unders)| is_borrowed && unders[end].is_some())
                .map(|(key, _)| *key)
                .collect();
            let mut users: BTreeMap<(Group, SiteId), [f64; 2]> = BTreeMap::new();
            for row in rows.iter().filter(|row| is_asked(row)) {
                let values = users.entry((row.group, row.site)).or_default();
                values[0] += row.users;
                if conditions.is_open(row) {
                    values[1] += row.users;
                }
            }
            for row in rows.iter().filter(|row| row.users > 0.0) {
                if !is_asked(row)
                    || !conditions.is_open(row)
                    || known.contains(&(row.group, row.site))
                {
                    continue;
                }
                let [all, open] = users[&(row.group, row.site)];
                let of_key = ends.entry((row.group, row.site)).or_default();
                let under = of_key[end].get_or_insert_with(Under::default);
                let mut kept = 1.0;
                for pool in &row.pools {
                    let its = &members[pool.index()];
                    let lost = its
                        .iter()
                        .filter(|component| !conditions.members[pool.index()].contains(component));
                    kept *= 1.0 - lost.count() as f64 / its.len().max(1) as f64;
                }
                let mut pass = |component: usize, part: f64| {
                    *under.open.entry(component).or_default() += row.users / open * part;
                    *under.left.entry(component).or_default() += row.users / all * kept * part;
                };
                for component in &row.components {
                    pass(component.index(), 1.0);
                }
                for pool in &row.pools {
                    let here = &conditions.members[pool.index()];
                    let its = &members[pool.index()];
                    let mut carrying: Vec<_> = here
                        .iter()
                        .filter(|component| its.contains(component))
                        .collect();
                    if carrying.is_empty() {
                        carrying = here.iter().collect();
                    }
                    for member in &carrying {
                        pass(member.index(), 1.0 / carrying.len() as f64);
                    }
                }
            }
        }
        assert!(ends.keys().all(|key| key.1.index() < inventory.sites.len()));
        ends
    }

    fn mixed(&self, key: (Group, SiteId), share: f64, pick: fn(&Under) -> &Passing) -> Passing {
        let mut all = Passing::new();
        let Some([before, after]) = self.ends.get(&key) else {
            return all;
        };
        // Where one steering leads nobody, the other's holds.
        let weights = match (before, after) {
            (Some(_), Some(_)) => [1.0 - share, share],
            (Some(_), None) => [1.0, 0.0],
            _ => [0.0, 1.0],
        };
        for (end, weight) in [before, after].into_iter().zip(weights) {
            for (component, passing) in end.iter().flat_map(&pick) {
                *all.entry(*component).or_default() += weight * passing;
            }
        }
        all
    }

    /// Where users pass at a share of the way between both steerings; nowhere if nothing is open to them.
    ///
    /// Decision: the weights of paths and the shares that members get of a pool's users go that share of the way, each by
    /// itself.
    pub(crate) fn open(&self, key: (Group, SiteId), share: f64) -> Passing {
        let mut all = Passing::new();
        let rest = 1.0 - share;
        for (of, by_weights) in [
            (&self.ends, [rest * rest, share * share]),
            (&self.crossed, [rest * share; 2]),
        ] {
            let both = of.get(&key).into_iter().flatten().zip(by_weights);
            for (end, weight) in both {
                for (component, passing) in end.iter().flat_map(|under| &under.open) {
                    *all.entry(*component).or_default() += weight * passing;
                }
            }
        }
        all
    }

    /// The same as shares of all, those included whose path is gone.
    pub(crate) fn left(&self, key: (Group, SiteId), share: f64) -> Passing {
        let is_cut_off = self.led.contains(&key)
            && self.ends.contains_key(&key)
            && !self.was_open.contains(&key);
        if is_cut_off {
            // All were on paths that are gone.
            let after = self.mixed(key, 1.0, |under| &under.left).into_iter();
            return after.map(|(index, part)| (index, share * part)).collect();
        }
        self.mixed(key, share, |under| &under.left)
    }

    pub(crate) fn leads(&self, key: (Group, SiteId)) -> bool {
        self.ends.contains_key(&key)
    }

    /// `true` if some path of either steering passes a component, whether it is open or not.
    pub(crate) fn pass(&self, component: usize) -> bool {
        self.planned.contains(&component)
    }
}
