//! Shares: of the users of a group at a site, how many pass each component, by the steering of before and of the period.

use super::super::ground::Ground;
use super::super::leg::Steered;
use super::super::period::Situation;
use crate::ids::{ComponentId, LinkId, SiteId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// By component: the share of users who pass it, the site included. They are so few that an ascending list is fastest.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Passing(Vec<(ComponentId, f64)>);

impl Passing {
    /// In ascending order of the components.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ComponentId, f64)> {
        self.0.iter().copied()
    }

    /// The share at a component; 0 if nobody passes it.
    pub(super) fn at(&self, component: ComponentId) -> f64 {
        self.known(component).unwrap_or_default()
    }

    fn known(&self, component: ComponentId) -> Option<f64> {
        let at = self.0.binary_search_by_key(&component, |own| own.0);
        at.ok().map(|at| self.0[at].1)
    }

    fn add(&mut self, component: ComponentId, share: f64) {
        match self.0.binary_search_by_key(&component, |own| own.0) {
            Ok(at) => self.0[at].1 += share,
            Err(at) => self.0.insert(at, (component, share)),
        }
    }
}

/// One steering of one group at one site under one case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Along {
    /// Over the paths that are open: their shares sum to 1.
    pub(super) open: Passing,
    /// What of the shares of all users there are left where they were: none of those whose path is gone, nor of those
    /// whose member of a pool carries nothing any more.
    pub(super) left: Passing,
}

/// A steering, and by pool the members that carry its load in its own state.
#[derive(Clone, Copy)]
pub(super) struct Steering<'a> {
    pub(super) rows: &'a [Steered],
    pub(super) members: &'a [Vec<ComponentId>],
}

/// Where users of a group at a site pass, from the steering of before to that of the period.
#[derive(Debug, Clone, Default)]
pub(super) struct Between {
    /// Under both of before, and both of the period: weights and members of pools.
    pub(super) ends: [Along; 2],
    /// Under the weights of one and the members of the other, both such added up; `None` where the members are the same.
    crossed: Option<Passing>,
}

impl Between {
    /// By component: the share of users who pass it at a share of the way. Weights go from one end to the other, and so
    /// does the share that each member of a pool gets of its users.
    pub(super) fn open(&self, share: f64) -> Cow<'_, Passing> {
        let Some(crossed) = &self.crossed else {
            return mix(&self.ends, share, |own| &own.open);
        };
        let rest = 1.0 - share;
        let [first, last] = [&self.ends[0].open, &self.ends[1].open];
        let mut all = Passing::default();
        for (passing, times) in [
            (first, rest * rest),
            (crossed, rest * share),
            (last, share * share),
        ] {
            for (component, own) in passing.iter() {
                all.add(component, own * times);
            }
        }
        Cow::Owned(all)
    }

    /// The same of those who were there, without those whom a loss has cut off.
    pub(super) fn left(&self, share: f64) -> Cow<'_, Passing> {
        mix(&self.ends, share, |own| &own.left)
    }

    /// Components that users pass at one share of the way and did not at another, or that a loss has cut off from them:
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
        let more = now.iter().map(|(own, share)| (own, share - was.at(own)));
        more.filter(|(_, more)| *more > 1e-12).collect()
    }

    /// By component: the least share of users who pass it at any share of the way.
    pub(super) fn fewest(&self) -> Passing {
        let middle = self.crossed.as_ref().map(|_| self.open(0.5));
        let both = self.ends[0].open.iter().filter_map(|(component, first)| {
            let last = self.ends[1].open.known(component)?;
            let least = first.min(last);
            // Without other members shares go straight from one end to the other.
            let middle = middle.as_ref().map(|own| own.at(component));
            let turns = middle.and_then(|middle| turning([first, middle, last]));
            Some((component, turns.map_or(least, |own| own.min(least))))
        });
        Passing(both.collect())
    }
}

/// Where a parabola through three points at the beginning, the middle and the end of a stretch turns within it, its value.
pub(super) fn turning([first, middle, last]: [f64; 3]) -> Option<f64> {
    let curve = 2.0 * (first + last - 2.0 * middle);
    let slope = 4.0 * middle - 3.0 * first - last;
    let at = -slope / (2.0 * curve);
    (0.0 < at && at < 1.0).then_some(first + at * (slope + at * curve))
}

/// A slice of the hours of a case that a way touches, with who passes where in it.
pub(super) struct Under<'a> {
    /// Of which period, by position, and which slice; without one it is what holds ahead of the scenario.
    pub(super) key: (Option<usize>, usize),
    pub(super) situation: Situation<'a>,
    pub(super) steered: [&'a [Steered]; 2],
    pub(super) ends: Ends,
}

/// Both steerings under one case; where one leads nobody to a site, the other's holds, over its own members of pools.
#[derive(Debug, Clone, Default)]
pub(super) struct Ends {
    all: FxHashMap<(usize, SiteId), Between>,
    /// Components on the paths of either, open or not.
    planned: BTreeSet<ComponentId>,
    /// Some pool has other members at one end than at the other.
    pub(super) is_bent: bool,
}

impl Ends {
    /// Those of before and of the period under a case.
    pub(super) fn new(
        ground: &Ground<'_>,
        situation: &Situation,
        steered: [Steering<'_>; 2],
    ) -> Self {
        let is_bent = steered[0].members != steered[1].members;
        let own_and_borrowed = |rows: usize, members: usize| {
            let of = |rows: usize| Steering {
                rows: steered[rows].rows,
                members: steered[members].members,
            };
            let own = along(ground, situation, of(rows), |_| true);
            // The members of pools are those of the end, whoever's paths lead through them.
            let borrowed = along(ground, situation, of(1 - rows), |row| {
                !own.contains_key(&(row.group, row.route.site))
            });
            (own, borrowed)
        };
        let ((mut before, late), (mut after, lasting)) =
            rayon::join(|| own_and_borrowed(0, 0), || own_and_borrowed(1, 1));
        let crossed = is_bent.then(|| [own_and_borrowed(0, 1), own_and_borrowed(1, 0)]);
        let led = |own: &Steered| (own.users > 0.0).then_some((own.group, own.route.site));
        let led: FxHashSet<(usize, SiteId)> = steered[0].rows.iter().filter_map(led).collect();
        let rows = steered.iter().flat_map(|own| own.rows);
        let with_users = rows.filter(|own| own.users > 0.0);
        let planned = with_users.flat_map(|own| own.route.components(ground));
        let late_alone = after.keys().filter(|key| !before.contains_key(key));
        let keys: Vec<(usize, SiteId)> = before.keys().chain(late_alone).copied().collect();
        let all = keys.into_iter().map(|key| {
            let [one, other] = [before.remove(&key), after.remove(&key)];
            let is_new = one.is_none();
            let mut first = one.or_else(|| late.get(&key).cloned()).unwrap_or_default();
            if is_new && led.contains(&key) {
                // All who were there were on paths that are gone.
                first.left = Passing::default();
            }
            let last = other.or_else(|| lasting.get(&key).cloned());
            let last = last.unwrap_or_default();
            let crossed = crossed.as_ref().map(|both| {
                let mut all = Passing::default();
                for (own, borrowed) in both {
                    let open = own.get(&key).or(borrowed.get(&key));
                    for (component, share) in open.iter().flat_map(|own| own.open.iter()) {
                        all.add(component, share);
                    }
                }
                all
            });
            let ends = [first, last];
            (key, Between { ends, crossed })
        });
        Self {
            all: all.collect(),
            planned: planned.collect(),
            is_bent,
        }
    }

    /// Where users of a group at a site pass; `None` if no path is open to them.
    pub(super) fn of(&self, group: usize, site: SiteId) -> Option<&Between> {
        self.all.get(&(group, site))
    }

    /// Of all groups and sites to which a path is open, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = (&(usize, SiteId), &Between)> {
        self.all.iter()
    }

    /// `true` if either steering leads somebody over a component, whether that path is open or not.
    pub(super) fn lead_over(&self, component: ComponentId) -> bool {
        self.planned.contains(&component)
    }
}

/// The steering of a state under a case, by group and site, of the rows that are asked for.
fn along(
    ground: &Ground<'_>,
    situation: &Situation,
    steered: Steering<'_>,
    is_asked: impl Fn(&Steered) -> bool,
) -> FxHashMap<(usize, SiteId), Along> {
    let mut users: FxHashMap<(usize, SiteId), [f64; 2]> = FxHashMap::default();
    for row in steered.rows.iter().filter(|own| is_asked(own)) {
        let own = users.entry((row.group, row.route.site)).or_default();
        own[0] += row.users;
        if is_open(ground, situation, row) {
            own[1] += row.users;
        }
    }
    let mut all: FxHashMap<(usize, SiteId), Along> = FxHashMap::default();
    for row in steered.rows.iter().filter(|row| row.users > 0.0) {
        if !is_asked(row) || !is_open(ground, situation, row) {
            continue;
        }
        let key = (row.group, row.route.site);
        let [of_all, of_open] = users[&key];
        let own = all.entry(key).or_default();
        let left = kept(row, steered.members, &situation.members);
        let mut pass = |component: ComponentId, part: f64| {
            own.open.add(component, row.users / of_open * part);
            own.left.add(component, row.users / of_all * left * part);
        };
        for component in row.route.components(ground) {
            pass(component, 1.0);
        }
        for pool in row.route.pools() {
            // Those that carry in the steering's own state and here; where there are none, those here.
            let (its, here) = (
                &steered.members[pool.index()],
                &situation.members[pool.index()],
            );
            let both = here.iter().filter(|own| its.contains(own));
            let both: Vec<&ComponentId> = both.collect();
            let members = if both.is_empty() {
                here.iter().collect()
            } else {
                both
            };
            for member in &members {
                pass(**member, 1.0 / members.len() as f64);
            }
        }
        pass(ground.inventory.site_component(row.route.site), 1.0);
    }
    all
}

/// Of the users on a path, the share none of whose members of pools, which were these, carries nothing here.
pub(super) fn kept(row: &Steered, members: &[Vec<ComponentId>], here: &[Vec<ComponentId>]) -> f64 {
    let of_pool = row.route.pools().map(|pool| {
        let its = &members[pool.index()];
        let left = its.iter().filter(|own| here[pool.index()].contains(own));
        if its.is_empty() {
            1.0
        } else {
            left.count() as f64 / its.len() as f64
        }
    });
    of_pool.product()
}

/// Users of a group at a site: all, and those whom something cuts off.
pub(super) struct Lost(BTreeMap<(usize, SiteId), [f64; 2]>);

impl Lost {
    /// Those of a steering; `left` is the share of the users on a path who are not cut off.
    pub(super) fn new(rows: &[Steered], left: impl Fn(&Steered) -> f64) -> Self {
        let mut all: BTreeMap<(usize, SiteId), [f64; 2]> = BTreeMap::new();
        for row in rows {
            let own = all.entry(row.cell()).or_default();
            own[0] += row.users;
            own[1] += row.users * (1.0 - left(row));
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

/// By group and site: the paths that are open between two steerings, a share of the way from one to the other; where one of
/// them leads nobody to a site, the other's alone.
pub(super) fn weights<'a>(
    ground: &Ground<'_>,
    situation: &Situation,
    steered: [&'a [Steered]; 2],
    share: f64,
) -> BTreeMap<(usize, SiteId), Vec<Weight<'a>>> {
    type Paths<'a> = BTreeMap<&'a [LinkId], (&'a Steered, [f64; 2])>;
    let mut cells: BTreeMap<(usize, SiteId), (Paths<'a>, [f64; 2])> = BTreeMap::new();
    for (end, rows) in steered.into_iter().enumerate() {
        let rows = rows.iter().filter(|row| row.users > 0.0);
        for row in rows.filter(|row| is_open(ground, situation, row)) {
            let (paths, sums) = cells.entry(row.cell()).or_default();
            sums[end] += row.users;
            let path = paths.entry(row.route.links.as_slice());
            path.or_insert((row, [0.0; 2])).1[end] += row.users;
        }
    }
    let weighed = cells.into_iter().map(|(cell, (paths, sums))| {
        let weight = |users: [f64; 2]| {
            let of_end = |end: usize| users[end] / sums[end];
            match sums.map(|own| own > 0.0) {
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
pub(super) fn is_open(ground: &Ground<'_>, situation: &Situation, row: &Steered) -> bool {
    let is_gone = |component: ComponentId| situation.case.gone[component.index()];
    let mut components = row.route.components(ground).into_iter();
    let mut pools = row.route.pools();
    !components.any(is_gone)
        && !pools.any(|pool| situation.members[pool.index()].is_empty())
        && !is_gone(ground.inventory.site_component(row.route.site))
}

/// By component: the share of users who pass it under a mix of both ends; `pick` says which shares.
fn mix(ends: &[Along; 2], share: f64, pick: fn(&Along) -> &Passing) -> Cow<'_, Passing> {
    // Whoever is all at one end is not at the other.
    if share <= 0.0 || share >= 1.0 {
        return Cow::Borrowed(pick(&ends[usize::from(share >= 1.0)]));
    }
    let mut all = pick(&ends[0]).clone();
    for own in &mut all.0 {
        own.1 *= 1.0 - share;
    }
    for (component, own) in pick(&ends[1]).iter() {
        all.add(component, own * share);
    }
    Cow::Owned(all)
}
