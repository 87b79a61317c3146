//! The problem of one setting: classes, default paths, rows, and what a column costs and loads.

use super::class::{Class, Classes, Detail};
use super::column::{ColumnKey, LoadsTable, PathTable};
use super::default::DefaultPath;
use super::demand::Demand;
use super::fixed::FixedLoads;
use super::goals::{Level, Objective, latency_per_user, levels, per_user, users_missing};
use super::ids::{ClassId, DemandId, LoadsId, PathId, RowId, WhoId};
use super::kinds::KindId;
use super::per_class::PerClass;
use super::profile_paths::{FoundProfilePaths, ProfilePaths};
use super::reused_classes::{Begun, Known, ReusedClasses, add_unserved};
use super::route::Route;
use super::rows::{LoadRows, Survival};
use super::setting::Setting;
use crate::ids::SiteId;
use crate::model::LinkEnd;
use crate::sums;
use ndarray::Array2;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Everything that is known before anything is solved.
pub struct Problem<'a> {
    /// What it was made from.
    pub setting: Setting<'a>,
    /// Classes, groups, demands, ranks.
    pub classes: Classes,
    /// Copies and background.
    pub fixed: Arc<FixedLoads>,
    /// By resource: mean demand per user, `q̄` (`model.md` §4).
    pub mean_demand: Arc<Vec<f64>>,
    /// Load rows.
    pub rows: Arc<LoadRows>,
    /// What may be used, and least-latency paths.
    pub profile_paths: Arc<ProfilePaths<'a>>,
    /// The paths of the defaults; a solver adds those that it finds to a copy.
    pub paths: Arc<PathTable>,
    /// By class; `None` if it is trapped.
    pub defaults: PerClass<Option<DefaultPath>>,
    /// What one user loads on their default path.
    pub loads: Arc<LoadsTable>,
    /// By class, where it stands there; `None` if it is trapped.
    pub loads_by_default: PerClass<Option<LoadsId>>,
    /// By row, the load if everybody stays on the default path, in the row's resource.
    pub default_loads: Vec<f64>,
    /// What all do together: everybody on the default path, the trapped unserved. Users, user-milliseconds.
    by_default: Objective,
    /// Which classes are those of a day without events, if any.
    pub(super) taken_over: Option<ReusedClasses>,
    /// All users.
    pub users: f64,
    /// The levels in the order of the policy's goals.
    pub levels: Vec<Level>,
    /// Users in one unit of the program's columns.
    pub unit: f64,
}

impl<'a> Problem<'a> {
    /// The problem of a setting.
    pub fn new(setting: Setting<'a>) -> Self {
        Self::made(setting, None, Detail::Plan, Survival::default())
    }

    /// The same where paths of an earlier setting are known, made for a plan or for values alone.
    pub fn beside(setting: Setting<'a>, found: Option<&FoundProfilePaths>, detail: Detail) -> Self {
        Self::made(setting, found, detail, Survival::default())
    }

    /// The problem of a setting whose classes are distinguished, in which these cases are to be survived.
    pub fn surviving(setting: Setting<'a>, survival: Survival) -> Self {
        Self::made(setting, None, Detail::Plan, survival)
    }

    fn made(
        setting: Setting<'a>,
        found: Option<&FoundProfilePaths>,
        detail: Detail,
        survival: Survival,
    ) -> Self {
        let folded = setting.folded;
        let fixed = FixedLoads::new(setting.inventory, setting.case, folded);
        let mean_demand = Arc::clone(&folded.mean_demand);
        let mut rows = LoadRows::new(&setting, &fixed, &mean_demand);
        let first_exposure = rows.rows.len() + survival.rows.len();
        if survival.case_count > 0 {
            let users = folded.kinds.kinds.iter().map(|kind| kind.users).sum();
            rows = rows.surviving(survival, users);
        }
        let paths = if detail == Detail::Loads {
            ProfilePaths::default()
        } else {
            ProfilePaths::new(&setting, &fixed, found)
        };
        let classes = Classes::new(&setting, &folded.kinds, &paths.with_standby, detail);
        let classes = classes.exposed(first_exposure, &rows.survival.exposures);
        let mut begun = Begun::default();
        if detail == Detail::Loads {
            begun.known = vec![Some((None, None)); classes.classes.changed().len()];
        }
        Self::over(
            setting,
            classes,
            Arc::new(fixed),
            mean_demand,
            Arc::new(rows),
            Arc::new(paths),
            begun,
        )
    }

    /// The same problem with other classes.
    pub(super) fn with_classes(&self, classes: Classes, begun: Begun) -> Self {
        let problem = Problem::over(
            self.setting,
            classes,
            Arc::clone(&self.fixed),
            Arc::clone(&self.mean_demand),
            Arc::clone(&self.rows),
            Arc::clone(&self.profile_paths),
            begun,
        );
        Self {
            levels: self.levels.clone(),
            ..problem
        }
    }

    /// `begun` has what is known of the classes already.
    pub(super) fn over(
        setting: Setting<'a>,
        classes: Classes,
        fixed: Arc<FixedLoads>,
        mean_demand: Arc<Vec<f64>>,
        rows: Arc<LoadRows>,
        routes: Arc<ProfilePaths<'a>>,
        begun: Begun,
    ) -> Self {
        let Begun {
            mut paths,
            loads,
            mut defaults,
            loads_by_default,
            mut known,
            taken_over,
        } = begun;
        let one_class = classes.classes.changed();
        known.resize(one_class.len(), None);
        let mut by_site = FxHashMap::default();
        for (class, known) in one_class.iter().zip(&known) {
            let default = known.as_ref().map_or_else(
                || {
                    let group = &classes.groups[class.group];
                    let profile = classes.demands[group.demand].profile.index();
                    let (without, with) = (
                        &routes.without_standby[profile],
                        &routes.with_standby[profile],
                    );
                    DefaultPath::of(class, group, without, with, &mut by_site, &mut paths)
                },
                |(default, _)| *default,
            );
            defaults.push(default);
        }
        let levels = levels(
            &setting.policy.goals,
            classes.ranks.len(),
            setting.inventory.has_replicas,
            rows.survival.case_count > 0,
        );
        let earlier = taken_over.iter().flat_map(ReusedClasses::users);
        let users = earlier
            .chain(one_class.iter().map(|class| class.users))
            .sum();
        let mut problem = Self {
            loads: Arc::default(),
            loads_by_default,
            default_loads: rows.rows.iter().map(|row| row.fixed).collect(),
            by_default: by_default(
                &classes,
                &defaults,
                taken_over.as_ref(),
                setting.inventory.access_points.len(),
            ),
            unit: mean_users(users, &classes),
            users,
            taken_over,
            setting,
            classes,
            fixed,
            mean_demand,
            rows,
            profile_paths: routes,
            paths: Arc::new(paths),
            defaults,
            levels,
        };
        problem.load_defaults(loads, &known);
        problem
    }

    /// Works out what all users load on their default paths, where that is not known.
    fn load_defaults(&mut self, mut loads: LoadsTable, known: &[Option<Known>]) {
        let mut by_path: FxHashMap<(PathId, DemandId, bool, WhoId), LoadsId> = FxHashMap::default();
        let mut of_class = std::mem::take(&mut self.loads_by_default);
        let first = of_class.len();
        for (id, known) in (first..).zip(known) {
            let loads_of_class = match known {
                Some((_, loads)) => *loads,
                None => self.defaults[id].map(|default| {
                    let class = self.class(id);
                    let demand = self.classes.groups[class.group].demand;
                    let has_copy = class.copies.binary_search(&default.site).is_ok();
                    *by_path
                        .entry((default.path, demand, has_copy, class.who))
                        .or_insert_with(|| loads.add(self.loads(id, self.paths.get(default.path))))
                }),
            };
            of_class.push(loads_of_class);
        }
        let mut users = vec![0.0; loads.len()];
        let earlier = self.taken_over.iter().flat_map(ReusedClasses::users);
        let map = self
            .classes
            .classes
            .changed()
            .iter()
            .map(|class| class.users);
        for (of_class, loads) in earlier.chain(map).zip(&of_class) {
            if let Some(loads) = loads {
                users[*loads as usize] += of_class;
            }
        }
        loads.add_up(&users, &mut self.default_loads);
        (self.loads, self.loads_by_default) = (Arc::new(loads), of_class);
    }

    /// The class at a position.
    pub fn class(&self, class: ClassId) -> &Class {
        &self.classes.classes[class]
    }

    /// Kinds with users of which [`Classes::class_of`] does not tell, as their classes are those of a day without
    /// events, and these classes.
    pub fn spared_kinds(&self) -> impl Iterator<Item = (KindId, ClassId)> + '_ {
        self.taken_over.iter().flat_map(ReusedClasses::kinds)
    }

    /// What one user of a class demands.
    pub fn demand(&self, class: ClassId) -> &Demand {
        let group = &self.classes.groups[self.class(class).group];
        &self.classes.demands[group.demand]
    }

    /// Demand of one user of a class: slices × resources.
    pub fn demand_of(&self, class: ClassId) -> &Array2<f64> {
        &self.demand(class).of_user
    }

    /// Load of one user of a class at the site where they are homed, by row, in the row's resource.
    pub fn loads_at_site(
        &self,
        class: ClassId,
        site: SiteId,
    ) -> impl Iterator<Item = (RowId, f64)> + '_ {
        let has_copy = self.class(class).copies.binary_search(&site).is_ok();
        self.loads_of_demand(self.demand(class), site, has_copy)
    }

    /// The same for one user of a demand, with or without a copy at the site.
    pub fn loads_of_demand<'s>(
        &'s self,
        demand: &'s Demand,
        site: SiteId,
        has_copy: bool,
    ) -> impl Iterator<Item = (RowId, f64)> + 's {
        let place = self.setting.network.place(LinkEnd::Site(site));
        self.rows.at_place[place.index()]
            .iter()
            .filter_map(move |&index| {
                let row = &self.rows.rows[index];
                let copied = row.copied(self.setting.inventory, has_copy);
                let of_user = demand.of_user[[row.slice, row.resource.index()]];
                let load = row.brought(of_user, demand.retries, copied);
                (load > 0.0).then_some((index, load))
            })
    }

    /// Load of one user of a demand on a route by row, in the row's resource; the load at its site is left out.
    pub fn loads_on_route(&self, demand: &Demand, route: &Route) -> Vec<(RowId, f64)> {
        let mut loads: Vec<(RowId, f64)> = Vec::new();
        for (slice, leg) in route.legs().iter().enumerate() {
            let on_leg = self.rows.passed(self.setting.network, leg);
            let in_slice = on_leg.filter(|(_, row)| route.is_steady() || row.slice == slice);
            let of_leg = in_slice
                .map(|(index, row)| (index, row.passed_by(&demand.of_user, demand.retries)));
            loads.extend(of_leg.filter(|(_, load)| *load > 0.0));
        }
        loads
    }

    /// Load of one user of a class on a route by row, in the row's resource, ascending by row.
    pub fn loads(&self, class: ClassId, route: &Route) -> Vec<(RowId, f64)> {
        let mut loads = self.loads_on_route(self.demand(class), route);
        loads.extend(self.loads_at_site(class, route.site));
        loads.extend(self.survival_costs(class, route.site));
        loads.extend(self.exposures(class, route));
        loads.sort_unstable_by_key(|(row, _)| *row);
        loads
    }

    /// What one user of a class adds to the survival rows where they are homed at a site.
    pub fn survival_costs(
        &self,
        class: ClassId,
        site: SiteId,
    ) -> impl Iterator<Item = (RowId, f64)> + '_ {
        self.rows.survival_costs(self.class(class).who, site)
    }

    /// Entries of a displaced user: their loads on a route less those on their default path.
    pub fn displaced_loads(&self, class: ClassId, route: &Route) -> Vec<(RowId, f64)> {
        let mut entries = self.loads(class, route);
        entries.extend(self.unserved_loads(class));
        summed(entries)
    }

    /// Entries of an unserved user: what they take off their default path.
    pub fn unserved_loads(&self, class: ClassId) -> Vec<(RowId, f64)> {
        let on_default = self.on_default(class).iter();
        on_default.map(|(row, load)| (*row, -load)).collect()
    }

    /// Loads of one user of a class on their default path; none if it is trapped.
    pub fn on_default(&self, class: ClassId) -> &[(RowId, f64)] {
        self.loads_by_default[class].map_or(&[], |loads| self.loads.get(loads))
    }

    /// What one user of a class served at a site costs for being there, under an objective.
    pub fn cost_at_site(&self, class: ClassId, site: SiteId, objective: &Objective) -> f64 {
        let class = self.class(class);
        let mut cost = 0.0;
        for level in Level::OF_MOVERS {
            let weight = objective.levels[level];
            if weight != 0.0 {
                cost += weight * per_user(level, class, site);
            }
        }
        cost
    }

    /// Users of classes that no open site can serve.
    pub fn trapped_users(&self) -> f64 {
        let classes = self.classes.classes.iter().zip(&self.defaults);
        let trapped = classes.filter(|(_, default)| default.is_none());
        trapped.fold(0.0, |users, (class, _)| users + class.users)
    }

    /// What one user of a class costs on a route, under an objective.
    pub fn cost_on_route(&self, class: ClassId, route: &Route, objective: &Objective) -> f64 {
        self.cost_at_site(class, route.site, objective)
            + objective.levels[Level::Latency] * latency_per_user(route)
            + route.mean_over(&self.setting.case.hours, |leg| {
                objective.entry[leg.access_point.index()]
            })
    }

    /// What one user of a class costs on their default path, under an objective.
    pub fn cost_by_default(&self, class: ClassId, objective: &Objective) -> f64 {
        self.defaults[class].map_or(0.0, |default| {
            self.cost_at_site(class, default.site, objective)
                + objective.levels[Level::Latency] * default.latency
                + objective.entry[default.access_point.index()]
        })
    }

    /// What one unit of a column adds to an objective (a user, or a whole share of a row).
    pub fn cost(&self, key: ColumnKey, paths: &PathTable, objective: &Objective) -> f64 {
        match key {
            ColumnKey::Displaced(class, path) => {
                self.cost_on_route(class, paths.get(path), objective)
                    - self.cost_by_default(class, objective)
            }
            ColumnKey::Unserved(class, rank) => {
                objective.levels.unserved[rank] - self.cost_by_default(class, objective)
            }
            ColumnKey::Missing(row) => {
                objective.levels[Level::Total] * users_missing(&self.rows.rows[row])
            }
            ColumnKey::Worst => objective.levels[Level::Worst],
            ColumnKey::Overload(row) => {
                let row = &self.rows.rows[row];
                let users = if row.mean_demand > 0.0 {
                    row.capacity / row.mean_demand
                } else {
                    1.0
                };
                objective.overload * users
            }
            ColumnKey::MovedTooMany => objective.overload,
            ColumnKey::Lost(_) => objective.levels[Level::Lost],
            ColumnKey::Scale => objective.scale,
        }
    }

    /// The objective of a level.
    pub fn objective(&self, level: Level) -> Objective {
        let access_points = self.setting.inventory.access_points.len();
        Objective::of(level, self.classes.ranks.len(), access_points)
    }

    /// What the program cannot change: everybody on the default path, the trapped unserved.
    pub fn constant(&self, objective: &Objective) -> f64 {
        objective.of_amounts(&self.by_default)
    }

    /// What everybody on the default path and the trapped unserved come to: users by rank, users who are elsewhere, users
    /// by access point, user-milliseconds.
    pub fn amounts_by_default(&self) -> &Objective {
        &self.by_default
    }

    /// The part of the trapped.
    pub fn trapped(&self, objective: &Objective) -> f64 {
        let ranks = objective
            .levels
            .unserved
            .iter()
            .zip(&self.by_default.levels.unserved);
        ranks.map(|(weight, users)| weight * users).sum()
    }

    /// `true` if no default path adds to an objective.
    pub fn is_free_by_default(&self, objective: &Objective) -> bool {
        let trapped = self.trapped(objective);
        self.constant(objective) <= trapped
    }
}

/// Entries summed by row, ascending; what cancels is left out.
pub fn summed(entries: Vec<(RowId, f64)>) -> Vec<(RowId, f64)> {
    let mut entries = sums::summed(entries);
    entries.retain(|(_, entry)| *entry != 0.0);
    entries
}

/// What all do together: everybody on the default path, the trapped unserved.
fn by_default(
    classes: &Classes,
    defaults: &PerClass<Option<DefaultPath>>,
    taken_over: Option<&ReusedClasses>,
    access_point_count: usize,
) -> Objective {
    let mut all = Objective::zero(classes.ranks.len(), access_point_count);
    if let Some(earlier) = taken_over {
        earlier.add_up(classes, defaults, &mut all);
    }
    for (class, default) in classes.classes.changed().iter().zip(defaults.changed()) {
        let Some(default) = default else {
            add_unserved(class, &mut all);
            continue;
        };
        for level in Level::OF_MOVERS {
            all.levels[level] += class.users * per_user(level, class, default.site);
        }
        all.levels[Level::Latency] += class.users * default.latency;
        all.entry[default.access_point.index()] += class.users;
    }
    all
}

/// Mean users of a class; 1 if nobody is there.
fn mean_users(users: f64, classes: &Classes) -> f64 {
    if users > 0.0 {
        users / classes.classes.len() as f64
    } else {
        1.0
    }
}
