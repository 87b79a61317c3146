//! Relief without a solver: users leave what is too full for where capacity is spare, the nearest first.

use super::settled::Displaced;
use crate::formulation::rows::{RowId, target_limit};
use crate::formulation::{ClassId, PathId, Problem, Route};
use crate::ids::SiteId;
use crate::solve::Served;
use crate::units::{NOBODY, SOLVER_NOISE};
use std::collections::BTreeMap;

/// How many paths are looked at before a search is given up: it is to cost less than solving the case.
const MOST_LOOKS: usize = 20_000;

/// Lets affected users, and those who are not on their default paths anyway, go elsewhere until no row is loaded beyond
/// what is left of it while a share `missing` of every target may be missing; `false` if some users fit nowhere.
///
/// Users of large classes go first, each to the nearest of their sites where they fit, on its least-latency path. What comes
/// out is a plan like any other: whether it is the best one is for others to prove.
pub(super) fn relieve(problem: &Problem<'_>, displaced: &mut Displaced, missing: f64) -> bool {
    let mut relief = CaseRelief::new(problem, displaced, missing);
    let full = relief.full();
    if full.is_empty() {
        return true;
    }
    let by_row = relief.sources_on(&full);
    for row in full {
        let sources = by_row.get(&row).map_or(&[][..], Vec::as_slice);
        for source in sources {
            if relief.holds(row) || relief.looks > MOST_LOOKS {
                break;
            }
            let beyond = relief.loads[row] - relief.limits[row];
            relief.shift(source, row, beyond);
        }
        if !relief.holds(row) {
            return false;
        }
    }
    let holds = relief.full().is_empty();
    let served = std::mem::take(&mut relief.served).into_iter();
    let served = served.filter(|(_, users)| *users > NOBODY);
    let served = served.map(|((class, path), users)| Served { class, path, users });
    displaced.served = served.collect();
    holds
}

struct CaseRelief<'p, 'a> {
    problem: &'p Problem<'a>,
    displaced: &'p mut Displaced,
    loads: Vec<f64>,
    /// By row, what it may be loaded to.
    limits: Vec<f64>,
    /// By class that somebody has left: who is still on the default path.
    stay: BTreeMap<ClassId, f64>,
    /// By class and path, who is there instead.
    served: BTreeMap<(ClassId, PathId), f64>,
    looks: usize,
}

/// Users of a class who may leave a row.
struct ReliefSource {
    class: ClassId,
    /// Where they are; `None` is the default path.
    on: Option<PathId>,
    users: f64,
    /// What one of them loads on the row, the default path of the displaced left out.
    of_user: f64,
}

impl<'p, 'a> CaseRelief<'p, 'a> {
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
            let entry = stay.entry(class);
            *entry.or_insert_with(|| problem.class(class).users) -= users;
        };
        let mut served = BTreeMap::new();
        for one_served in &displaced.served {
            leave(one_served.class, one_served.users);
            *served
                .entry((one_served.class, one_served.path))
                .or_insert(0.0) += one_served.users;
        }
        for (class, unserved) in &displaced.unserved {
            leave(*class, unserved.iter().sum());
        }
        Self {
            loads: displaced.loads(problem),
            limits: limits.collect(),
            stay,
            served,
            looks: 0,
            problem,
            displaced,
        }
    }

    fn holds(&self, row: RowId) -> bool {
        let dust = SOLVER_NOISE * self.problem.rows.rows[row].capacity;
        self.loads[row] <= self.limits[row] + dust
    }

    fn full(&self) -> Vec<RowId> {
        (0..self.loads.len())
            .filter(|row| !self.holds(*row))
            .collect()
    }

    /// By row, who may leave it, most users first.
    fn sources_on(&self, rows: &[RowId]) -> BTreeMap<RowId, Vec<ReliefSource>> {
        let problem = self.problem;
        let mut by_row: BTreeMap<RowId, Vec<ReliefSource>> = BTreeMap::new();
        let mut add = |row: RowId, source: ReliefSource| {
            if source.of_user > 0.0 && rows.binary_search(&row).is_ok() {
                by_row.entry(row).or_default().push(source);
            }
        };
        for (class, one_class) in problem.classes.classes.iter().enumerate() {
            if !one_class.is_affected && one_class.current.is_some() || one_class.sites.len() < 2 {
                continue;
            }
            let users = self.stay.get(&class).copied().unwrap_or(one_class.users);
            for &(row, of_user) in problem.on_default(class) {
                let on = None;
                add(
                    row,
                    ReliefSource {
                        class,
                        on,
                        users,
                        of_user,
                    },
                );
            }
        }
        for (&(class, path), &users) in &self.served {
            let on = Some(path);
            let path = self.displaced.paths.get(path);
            for (row, of_user) in problem.displaced_loads(class, path) {
                add(
                    row,
                    ReliefSource {
                        class,
                        on,
                        users,
                        of_user,
                    },
                );
            }
        }
        for sources in by_row.values_mut() {
            let key = |relief_source: &ReliefSource| (relief_source.class, relief_source.on);
            sources.sort_by(|a, b| b.users.total_cmp(&a.users).then(key(a).cmp(&key(b))));
        }
        by_row
    }

    /// How many users of a source are still there.
    fn left(&self, source: &ReliefSource) -> f64 {
        let class = source.class;
        match source.on {
            None => {
                let all = self.problem.class(class).users;
                self.stay.get(&class).copied().unwrap_or(all)
            }
            Some(path) => self.served.get(&(class, path)).copied().unwrap_or(0.0),
        }
    }

    /// Lets users leave a row that is loaded `beyond` its limit, as far as they fit elsewhere.
    fn shift(&mut self, source: &ReliefSource, row: RowId, beyond: f64) {
        let problem = self.problem;
        let class = source.class;
        let one_class = problem.class(class);
        let Some(default) = problem.defaults[class] else {
            return;
        };
        let mut users = self.left(source).min(beyond / source.of_user);
        let from = match source.on {
            None => default.site,
            Some(path) => self.displaced.paths.get(path).site,
        };
        let group = &problem.classes.groups[one_class.group];
        let profile = problem.classes.demands[group.demand].profile;
        let paths = &problem.profile_paths.with_standby[profile.index()];
        let mut sites: Vec<(f64, SiteId)> = one_class
            .sites
            .iter()
            .filter(|site| **site != default.site && **site != from)
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
            if !self.fits_at(class, site) {
                continue;
            }
            let Some(path) = paths.path(group.client_region, site, group.max_latency) else {
                continue;
            };
            users -= self.go(source, Route::steady(path), users, row);
        }
    }

    /// `true` if some more of a class fit at a site.
    fn fits_at(&self, class: ClassId, site: SiteId) -> bool {
        let mut rows = self.problem.loads_at_site(class, site);
        rows.all(|(row, _)| self.loads[row] < self.limits[row])
    }

    /// Sends `users` of a class there, or as many as fit; how many that are.
    fn go(&mut self, source: &ReliefSource, route: Route, users: f64, leaving: RowId) -> f64 {
        let class = source.class;
        let mut changes: BTreeMap<RowId, f64> = BTreeMap::new();
        for (row, load) in self.problem.displaced_loads(class, &route) {
            *changes.entry(row).or_insert(0.0) += load;
        }
        if let Some(on) = source.on {
            let on = self.displaced.paths.get(on);
            for (row, load) in self.problem.displaced_loads(class, on) {
                *changes.entry(row).or_insert(0.0) -= load;
            }
        }
        if changes.get(&leaving).is_none_or(|load| *load >= 0.0) {
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
        match source.on {
            None => *self.stay.entry(class).or_insert(class_users) -= fit,
            Some(on) => *self.served.entry((class, on)).or_insert(0.0) -= fit,
        }
        let path = self.displaced.paths.intern(route);
        *self.served.entry((class, path)).or_insert(0.0) += fit;
        fit
    }
}
