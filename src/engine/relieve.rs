//! Relief without a solver: users leave what is too full for where there is room, the nearest first.

use super::settle::Displaced;
use crate::formulation::rows::{RowId, target_limit};
use crate::formulation::{ClassId, Problem};
use crate::graph::Path;
use crate::ids::SiteId;
use crate::solve::Served;
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// How many paths are looked at before a search is given up: it is to cost less than solving the case.
const MOST_LOOKS: usize = 20_000;

/// Share of a capacity that tolerances of a solver, and arithmetic, may leave beyond a limit.
pub(super) const DUST_OF_ROW: f64 = 1e-8;

/// Lets affected users who are on their default paths go elsewhere until no row is loaded beyond what is left of it while
/// a share `missing` of every target may be missing; `false` if somebody finds no room.
///
/// Users of large classes go first, each to the nearest of his sites with room, on its least-latency path. What comes
/// out is a plan like any other: whether it is the best one is for others to prove.
pub(super) fn relieve(problem: &Problem<'_>, displaced: &mut Displaced, missing: f64) -> bool {
    let mut relief = Relief::new(problem, displaced, missing);
    let full = relief.full();
    if full.is_empty() {
        return true;
    }
    let by_row = relief.classes_on(&full);
    for row in full {
        let classes = by_row.get(&row).map_or(&[][..], Vec::as_slice);
        for &class in classes {
            if relief.holds(row) {
                break;
            }
            let beyond = relief.loads[row] - relief.limits[row];
            relief.shift(class, row, beyond);
            if relief.looks > MOST_LOOKS {
                return false;
            }
        }
        if !relief.holds(row) {
            return false;
        }
    }
    let shifted = std::mem::take(&mut relief.shifted);
    let holds = relief.full().is_empty();
    drop(relief);
    for ((class, path), users) in shifted {
        displaced.served.push(Served { class, path, users });
    }
    displaced.served.sort_by_key(|own| (own.class, own.path));
    displaced.served.dedup_by(|next, kept| {
        let is_same = (next.class, next.path) == (kept.class, kept.path);
        if is_same {
            kept.users += next.users;
        }
        is_same
    });
    holds
}

struct Relief<'p, 'a> {
    problem: &'p Problem<'a>,
    displaced: &'p mut Displaced,
    loads: Vec<f64>,
    /// By row, what it may be loaded to.
    limits: Vec<f64>,
    /// By class that somebody has left: who is still on the default path.
    stay: BTreeMap<ClassId, f64>,
    /// By class and path, who goes there.
    shifted: BTreeMap<(ClassId, usize), f64>,
    looks: usize,
}

impl<'p, 'a> Relief<'p, 'a> {
    fn new(problem: &'p Problem<'a>, displaced: &'p mut Displaced, missing: f64) -> Self {
        let limits = problem.rows.rows.iter().map(|row| {
            let more = if row.has_shortfall() {
                row.target * missing.min(1.0 - row.kept)
            } else {
                0.0
            };
            (target_limit(row.target, row.kept) + more) * row.capacity
        });
        let mut stay: BTreeMap<ClassId, f64> = BTreeMap::new();
        let mut leave = |class: ClassId, users: f64| {
            let own = stay.entry(class);
            *own.or_insert_with(|| problem.class(class).users) -= users;
        };
        for own in &displaced.served {
            leave(own.class, own.users);
        }
        for (class, unserved) in &displaced.unserved {
            leave(*class, unserved.iter().sum());
        }
        Self {
            loads: displaced.loads(problem),
            limits: limits.collect(),
            stay,
            shifted: BTreeMap::new(),
            looks: 0,
            problem,
            displaced,
        }
    }

    fn holds(&self, row: RowId) -> bool {
        let dust = DUST_OF_ROW * self.problem.rows.rows[row].capacity;
        self.loads[row] <= self.limits[row] + dust
    }

    /// Rows that are loaded beyond their limits.
    fn full(&self) -> Vec<RowId> {
        (0..self.loads.len())
            .filter(|row| !self.holds(*row))
            .collect()
    }

    /// By row, the affected classes whose default paths load it, those with most users first.
    fn classes_on(&self, rows: &[RowId]) -> BTreeMap<RowId, Vec<ClassId>> {
        let problem = self.problem;
        let mut by_row: BTreeMap<RowId, Vec<ClassId>> = BTreeMap::new();
        for (class, own) in problem.classes.classes.iter().enumerate() {
            if !own.is_affected && own.current.is_some() || own.sites.len() < 2 {
                continue;
            }
            for (row, load) in problem.on_default(class) {
                if *load > 0.0 && rows.binary_search(row).is_ok() {
                    by_row.entry(*row).or_default().push(class);
                }
            }
        }
        for classes in by_row.values_mut() {
            let users = |class: ClassId| problem.class(class).users;
            classes.sort_by(|a, b| users(*b).total_cmp(&users(*a)).then(a.cmp(b)));
        }
        by_row
    }

    /// Lets users of a class leave a row by which so much is to go, as far as they find room.
    fn shift(&mut self, class: ClassId, row: RowId, beyond: f64) {
        let problem = self.problem;
        let own = problem.class(class);
        let on_default = problem.on_default(class).iter();
        let of_user = on_default
            .filter(|(own, _)| *own == row)
            .map(|(_, load)| load);
        let of_user: f64 = of_user.sum();
        let Some(default) = problem.defaults[class].filter(|_| of_user > 0.0) else {
            return;
        };
        let stay = self.stay.get(&class).copied().unwrap_or(own.users);
        let mut users = stay.min(beyond / of_user);
        let group = &problem.classes.groups[own.group];
        let profile = problem.classes.demands[group.demand].profile;
        let paths = &problem.ways.with_standby[profile.index()];
        let mut sites: Vec<(f64, SiteId)> = own
            .sites
            .iter()
            .filter(|site| **site != default.site)
            .filter_map(|&site| {
                let cost = paths.cost(group.client_region, site, group.max_latency)?;
                Some((cost.latency, site))
            })
            .collect();
        sites.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, site) in sites {
            if users <= NOBODY {
                return;
            }
            self.looks += 1;
            if !self.has_room_at(class, site) {
                continue;
            }
            let Some(path) = paths.path(group.client_region, site, group.max_latency) else {
                continue;
            };
            users -= self.go(class, path, users, row);
        }
    }

    /// `true` if some more of a class fit at a site.
    fn has_room_at(&self, class: ClassId, site: SiteId) -> bool {
        let mut rows = self.problem.loads_at_site(class, site);
        rows.all(|(row, _)| self.loads[row] < self.limits[row])
    }

    /// Sends so many of a class there, or as many as fit; how many that are.
    fn go(&mut self, class: ClassId, path: Path, users: f64, leaving: RowId) -> f64 {
        let changes = self.problem.displaced_loads(class, &path);
        let is_relieved = changes
            .iter()
            .any(|(row, load)| *row == leaving && *load < 0.0);
        if !is_relieved {
            return 0.0;
        }
        let mut fit = users;
        for (row, load) in &changes {
            if *load > 0.0 {
                fit = fit.min((self.limits[*row] - self.loads[*row]).max(0.0) / load);
            }
        }
        if fit <= NOBODY {
            return 0.0;
        }
        for (row, load) in changes {
            self.loads[row] += fit * load;
        }
        let class_users = self.problem.class(class).users;
        *self.stay.entry(class).or_insert(class_users) -= fit;
        let path = self.displaced.paths.intern(path);
        *self.shifted.entry((class, path)).or_insert(0.0) += fit;
        fit
    }
}
