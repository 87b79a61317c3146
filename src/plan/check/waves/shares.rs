//! Shares: of the users of a group at a site, how many pass each component, by the steering of before and of the period.

use super::super::path::Steered;
use super::super::period::PeriodState;
use crate::ids::{ComponentId, LinkId, SiteId};
use crate::units::ROUNDING;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// By component: the share of users who pass it, the site included. They are so few that an ascending list is fastest.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ComponentShares(Vec<(ComponentId, f64)>);

impl ComponentShares {
    /// In ascending order of the components.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ComponentId, f64)> {
        self.0.iter().copied()
    }

    /// The share at a component; 0 if nobody passes it.
    pub(super) fn at(&self, component: ComponentId) -> f64 {
        self.known(component).unwrap_or_default()
    }

    fn known(&self, component: ComponentId) -> Option<f64> {
        let at = self.0.binary_search_by_key(&component, |pair| pair.0);
        at.ok().map(|at| self.0[at].1)
    }

    fn add(&mut self, component: ComponentId, share: f64) {
        match self.0.binary_search_by_key(&component, |pair| pair.0) {
            Ok(at) => self.0[at].1 += share,
            Err(at) => self.0.insert(at, (component, share)),
        }
    }
}

/// One steering of one group at one site under one case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct OpenShares {
    /// Over the paths that are open: their shares sum to 1.
    pub(super) open: ComponentShares,
    /// What of the shares of all users there are left where they were: none of those whose path is gone, nor of those
    /// whose member of a pool carries nothing any more.
    pub(super) left: ComponentShares,
}

/// A steering, and by pool the members that carry its load in its own state.
#[derive(Clone, Copy)]
pub(super) struct SteeringState<'a> {
    pub(super) rows: &'a [Steered],
    pub(super) members: &'a [Vec<ComponentId>],
}

/// Where users of a group at a site pass, from the steering of before to that of the period.
#[derive(Debug, Clone, Default)]
pub(super) struct TurningShares {
    /// Under both of before, and both of the period: weights and members of pools.
    pub(super) ends: [OpenShares; 2],
    /// Under the weights of one and the members of the other, both such added up; `None` where the members are the same.
    crossed: Option<ComponentShares>,
}

impl TurningShares {
    /// By component: the share of users who pass it at a share of the turn. Weights go from one end to the other, and so
    /// does the share that each member of a pool gets of its users.
    pub(super) fn open(&self, share: f64) -> Cow<'_, ComponentShares> {
        let Some(crossed) = &self.crossed else {
            return mix(&self.ends, share, |open_shares| &open_shares.open);
        };
        let rest = 1.0 - share;
        let [first, last] = [&self.ends[0].open, &self.ends[1].open];
        let mut all = ComponentShares::default();
        for (passing, times) in [
            (first, rest * rest),
            (crossed, rest * share),
            (last, share * share),
        ] {
            for (component, value) in passing.iter() {
                all.add(component, value * times);
            }
        }
        Cow::Owned(all)
    }

    /// The same of those who were there, without those that a loss has cut off.
    pub(super) fn left(&self, share: f64) -> Cow<'_, ComponentShares> {
        mix(&self.ends, share, |open_shares| &open_shares.left)
    }

    /// Components that users pass at one share of the turn and did not at another, or that a loss has cut off from them:
    /// the share of users who come.
    pub(super) fn entered(
        &self,
        [from, to]: [f64; 2],
        is_after_loss: bool,
    ) -> Vec<(ComponentId, f64)> {
        if !is_after_loss && (to - from).abs() <= 0.0 {
            return Vec::new();
        }
        let was = if is_after_loss {
            self.left(from)
        } else {
            self.open(from)
        };
        let now = self.open(to);
        let more = now
            .iter()
            .map(|(component, share)| (component, share - was.at(component)));
        more.filter(|(_, more)| *more > ROUNDING).collect()
    }

    /// By component: the least share of users who pass it at any share of the turn.
    pub(super) fn fewest(&self) -> ComponentShares {
        let middle = self.crossed.as_ref().map(|_| self.open(0.5));
        let both = self.ends[0].open.iter().filter_map(|(component, first)| {
            let last = self.ends[1].open.known(component)?;
            let least = first.min(last);
            // Without other members shares go straight from one end to the other.
            let middle = middle
                .as_ref()
                .map(|component_shares| component_shares.at(component));
            let turns = middle.and_then(|middle| turning([first, middle, last]));
            Some((component, turns.map_or(least, |value| value.min(least))))
        });
        ComponentShares(both.collect())
    }
}

/// Where a parabola through three points at the beginning, the middle and the end of a stretch turns within it, its value.
pub(super) fn turning([first, middle, last]: [f64; 3]) -> Option<f64> {
    let curve = 2.0 * (first + last - 2.0 * middle);
    let slope = 4.0 * middle - 3.0 * first - last;
    let at = -slope / (2.0 * curve);
    (0.0 < at && at < 1.0).then_some(first + at * (slope + at * curve))
}

/// A slice of the hours of a case that a transition touches, with who passes where in it.
pub(super) struct WaveCase<'a> {
    /// Of which period, by position, and which slice; without one it is what holds before the scenario.
    pub(super) key: (Option<usize>, usize),
    pub(super) situation: PeriodState<'a>,
    pub(super) steered: [&'a [Steered]; 2],
    pub(super) shares: PathShares,
}

/// Both steerings under one case; where one leads nobody to a site, the other's holds, over its own members of pools.
#[derive(Debug, Clone, Default)]
pub(super) struct PathShares {
    all: FxHashMap<(usize, SiteId), TurningShares>,
    /// Components on the paths of either, open or not.
    planned: BTreeSet<ComponentId>,
    /// Some pool has other members at one end than at the other.
    pub(super) is_bent: bool,
}

impl PathShares {
    /// Those of before and of the period under a case.
    pub(super) fn new(situation: &PeriodState, steered: [SteeringState<'_>; 2]) -> Self {
        let context = situation.context;
        let is_bent = steered[0].members != steered[1].members;
        let with_users = |end: usize| {
            steered[end]
                .rows
                .iter()
                .filter(|steered| steered.users > 0.0)
        };
        let led: FxHashSet<(usize, SiteId)> = with_users(0).map(Steered::cell).collect();
        let planned = [0, 1].into_iter().flat_map(with_users);
        let planned = planned.flat_map(|steered| steered.route.components(context));
        // Where one steering leads nobody on an open path, the other's holds. The members of pools are those of the end,
        // no matter whose paths lead through them.
        let at_end = |rows: usize, members: usize| {
            let of = |rows: usize| SteeringState {
                rows: steered[rows].rows,
                members: steered[members].members,
            };
            let mut all = along(situation, of(rows), |_| true);
            let borrowed = along(situation, of(1 - rows), |cell| !all.contains_key(cell));
            all.extend(borrowed.into_iter().map(|(cell, open_shares)| {
                if rows == 0 && led.contains(&cell) {
                    // All who were there were on paths that are gone.
                    let left = ComponentShares::default();
                    (
                        cell,
                        OpenShares {
                            left,
                            ..open_shares
                        },
                    )
                } else {
                    (cell, open_shares)
                }
            }));
            all
        };
        let (before, mut after) = rayon::join(|| at_end(0, 0), || at_end(1, 1));
        let crossed = is_bent.then(|| [at_end(0, 1), at_end(1, 0)]);
        let all = before.into_iter().map(|(cell, first)| {
            let crossed = crossed.as_ref().map(|both| {
                let mut all = ComponentShares::default();
                for open_shares in both.iter().filter_map(|open_shares| open_shares.get(&cell)) {
                    for (component, share) in open_shares.open.iter() {
                        all.add(component, share);
                    }
                }
                all
            });
            let ends = [first, after.remove(&cell).unwrap_or_default()];
            (cell, TurningShares { ends, crossed })
        });
        Self {
            all: all.collect(),
            planned: planned.collect(),
            is_bent,
        }
    }

    /// Where users of a group at a site pass; `None` if no path is open to them.
    pub(super) fn of(&self, group: usize, site: SiteId) -> Option<&TurningShares> {
        self.all.get(&(group, site))
    }

    /// Of all groups and sites to which a path is open, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&(usize, SiteId), &TurningShares)> {
        self.all.iter()
    }

    /// `true` if either steering leads somebody over a component, whether that path is open or not.
    pub(super) fn lead_over(&self, component: ComponentId) -> bool {
        self.planned.contains(&component)
    }
}

/// The steering of a state under a case, by group and site, of the rows that are asked for.
fn along(
    situation: &PeriodState,
    steered: SteeringState<'_>,
    is_asked: impl Fn(&(usize, SiteId)) -> bool,
) -> FxHashMap<(usize, SiteId), OpenShares> {
    let context = situation.context;
    let mut users: FxHashMap<(usize, SiteId), [f64; 2]> = FxHashMap::default();
    let mut open = Vec::new();
    for row in steered
        .rows
        .iter()
        .filter(|steered| is_asked(&steered.cell()))
    {
        let values = users.entry(row.cell()).or_default();
        values[0] += row.users;
        if is_open(situation, row) {
            values[1] += row.users;
            open.push(row);
        }
    }
    let mut all: FxHashMap<(usize, SiteId), OpenShares> = FxHashMap::default();
    for row in open.into_iter().filter(|row| row.users > 0.0) {
        let key = row.cell();
        let [of_all, of_open] = users[&key];
        let open_shares = all.entry(key).or_default();
        let here = |pool: usize| situation.members[pool].as_slice();
        let left = kept(row, steered.members, |pool, component| {
            here(pool).contains(&component)
        });
        let mut pass = |component: ComponentId, part: f64| {
            open_shares.open.add(component, row.users / of_open * part);
            open_shares
                .left
                .add(component, row.users / of_all * left * part);
        };
        for component in row.route.components(context) {
            pass(component, 1.0);
        }
        for pool in row.route.pools() {
            // Those that carry in the steering's own state and here; where there are none, those here.
            let (its, here) = (&steered.members[pool.index()], here(pool.index()));
            let both: Vec<ComponentId> = here
                .iter()
                .copied()
                .filter(|component| its.contains(component))
                .collect();
            let members = if both.is_empty() { here } else { &both };
            for member in members {
                pass(*member, 1.0 / members.len() as f64);
            }
        }
        pass(context.inventory.site_component(row.route.site), 1.0);
    }
    all
}

/// Of the users on a path, the share whose member of every pool stays, of those members that there were.
pub(super) fn kept(
    row: &Steered,
    members: &[Vec<ComponentId>],
    stays: impl Fn(usize, ComponentId) -> bool,
) -> f64 {
    let of_pool = row.route.pools().map(|pool| {
        let its = &members[pool.index()];
        let left = its
            .iter()
            .filter(|component| stays(pool.index(), **component));
        if its.is_empty() {
            1.0
        } else {
            left.count() as f64 / its.len() as f64
        }
    });
    of_pool.product()
}

/// Users of a group at a site: all, and those that something cuts off.
pub(super) struct CutOffUsers(BTreeMap<(usize, SiteId), [f64; 2]>);

impl CutOffUsers {
    /// Those of a steering; `left` is the share of the users on a path who are not cut off.
    pub(super) fn new(rows: &[Steered], left: impl Fn(&Steered) -> f64) -> Self {
        let mut all: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
        for row in rows {
            let values = all.entry(row.cell()).or_default();
            values[0] += row.users;
            values[1] += row.users * (1.0 - left(row));
        }
        Self(all)
    }

    /// The share of the users of a group at a site; `None` if nobody is led there.
    pub(super) fn share(&self, cell: (usize, SiteId)) -> Option<f64> {
        let [all, lost] = self.0.get(&cell).copied()?;
        (all > 0.0).then(|| lost / all)
    }
}

/// A path, with its share of the users of a group at a site.
type Weight<'a> = (&'a Steered, f64);

/// By group and site: the paths that are open between two steerings, a share of the turn from one to the other; where one of
/// them leads nobody to a site, the other's alone.
pub(super) fn weights<'a>(
    situation: &PeriodState,
    steered: [&'a [Steered]; 2],
    share: f64,
) -> BTreeMap<(usize, SiteId), Vec<Weight<'a>>> {
    type Paths<'a> = BTreeMap<&'a [LinkId], (&'a Steered, [f64; 2])>;
    let mut cells: BTreeMap<(usize, SiteId), (Paths<'a>, [f64; 2])> = BTreeMap::new();
    for (end, rows) in steered.into_iter().enumerate() {
        let rows = rows.iter().filter(|row| row.users > 0.0);
        for row in rows.filter(|row| is_open(situation, row)) {
            let (paths, sums) = cells.entry(row.cell()).or_default();
            sums[end] += row.users;
            let path = paths.entry(row.route.links.as_slice());
            path.or_insert((row, [0.0; 2])).1[end] += row.users;
        }
    }
    let weighed = cells.into_iter().map(|(cell, (paths, sums))| {
        let weight = |users: [f64; 2]| {
            let of_end = |end: usize| users[end] / sums[end];
            match sums.map(|value| value > 0.0) {
                [true, true] => (1.0 - share) * of_end(0) + share * of_end(1),
                [true, false] => of_end(0),
                _ => of_end(1),
            }
        };
        let paths = paths.into_values();
        (
            cell,
            paths.map(|(row, users)| (row, weight(users))).collect(),
        )
    });
    weighed.collect()
}

/// `true` if nothing on a path is gone under a case.
pub(super) fn is_open(situation: &PeriodState, row: &Steered) -> bool {
    let context = situation.context;
    let is_gone = |component: ComponentId| situation.case.gone[component.index()];
    let mut components = row.route.components(context).into_iter();
    let mut pools = row.route.pools();
    !components.any(is_gone)
        && !pools.any(|pool| situation.members[pool.index()].is_empty())
        && !is_gone(context.inventory.site_component(row.route.site))
}

/// By component: the share of users who pass it under a mix of both ends; `pick` says which shares.
fn mix(
    ends: &[OpenShares; 2],
    share: f64,
    pick: fn(&OpenShares) -> &ComponentShares,
) -> Cow<'_, ComponentShares> {
    // Users who are all at one end are not at the other.
    if share <= 0.0 || share >= 1.0 {
        return Cow::Borrowed(pick(&ends[usize::from(share >= 1.0)]));
    }
    let mut all = pick(&ends[0]).clone();
    for pair in &mut all.0 {
        pair.1 *= 1.0 - share;
    }
    for (component, value) in pick(&ends[1]).iter() {
        all.add(component, value * share);
    }
    Cow::Owned(all)
}
