//! The problem of one setting: classes, default paths, rows, and what a column costs and loads.

use super::class::{Class, ClassId, Classes, Detail};
use super::column::{ColumnKey, PathTable};
use super::default::DefaultPath;
use super::fixed::FixedLoads;
use super::goals::{
    Level, Objective, copied_per_user, latency_per_user, levels, moved_per_user, relief_per_user,
    users_missing,
};
use super::rows::{LoadRows, RowId};
use super::setting::{Narrowing, Setting};
use super::spared::{Begun, Spared};
use super::ways::{FoundWays, Ways};
use crate::graph::{Path, PlaceId};
use crate::ids::SiteId;
use crate::model::LinkEnd;
use std::sync::Arc;

/// Loads of one user by row, in the row's resource, ascending by row.
pub type LoadsOfUser = Arc<Vec<(RowId, f64)>>;

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
    pub ways: Arc<Ways<'a>>,
    /// The paths of the defaults; a solver adds those that it finds to a copy.
    pub paths: PathTable,
    /// By class; `None` if it is trapped.
    pub defaults: Vec<Option<DefaultPath>>,
    /// By class, the loads of one user on the default path; none if it is trapped.
    pub loads_by_default: Vec<LoadsOfUser>,
    /// By row, the load if everybody stays on the default path, in the row's resource.
    pub default_loads: Vec<f64>,
    /// The levels in the order of the policy's goals.
    pub levels: Vec<Level>,
    /// Users in one unit of the program's columns.
    pub unit: f64,
}

impl<'a> Problem<'a> {
    /// The problem of a setting.
    pub fn new(setting: Setting<'a>) -> Self {
        Self::beside(setting, None, Detail::Plan)
    }

    /// The same where paths of an earlier setting are known, made for a plan or for values alone.
    pub fn beside(setting: Setting<'a>, found: Option<&FoundWays>, detail: Detail) -> Self {
        let folded = setting.folded;
        let fixed = FixedLoads::new(setting.inventory, setting.case, folded);
        let mean_demand = Arc::clone(&folded.mean_demand);
        let rows = LoadRows::new(&setting, &fixed, &mean_demand);
        let ways = Ways::new(&setting, &fixed, found);
        let classes = Classes::new(&setting, &folded.kinds, &ways.with_standby, detail);
        Self::over(
            setting,
            classes,
            Arc::new(fixed),
            mean_demand,
            Arc::new(rows),
            Arc::new(ways),
            Begun::default(),
        )
    }

    /// The same problem with shards narrowed down to some sites; all that does not depend on that is shared.
    pub fn narrowed<'b>(&self, narrowed: &'b [Option<Vec<SiteId>>]) -> Problem<'b>
    where
        'a: 'b,
    {
        let ways: Arc<Ways<'b>> = self.ways.clone();
        let setting = Setting {
            narrowed: Narrowing::Shards(narrowed),
            ..self.setting
        };
        let all = &setting.folded.kinds;
        let kinds = all.narrowed(setting.case, setting.current, narrowed);
        let kinds = Arc::new(kinds);
        let classes = Classes::new(&setting, &kinds, &ways.with_standby, Detail::Plan);
        Problem::over(
            setting,
            classes,
            Arc::clone(&self.fixed),
            Arc::clone(&self.mean_demand),
            Arc::clone(&self.rows),
            ways,
            Begun::default(),
        )
    }

    /// The problem of a setting in which nobody but the affected moves, made for values alone, where everybody else
    /// is as in `spared`.
    pub fn beside_spared(setting: Setting<'a>, found: &FoundWays, spared: &Spared) -> Self {
        let folded = setting.folded;
        let fixed = FixedLoads::new(setting.inventory, setting.case, folded);
        let mean_demand = Arc::clone(&folded.mean_demand);
        let rows = LoadRows::new(&setting, &fixed, &mean_demand).in_order_of(spared.rows());
        let ways = Ways::new(&setting, &fixed, Some(found));
        let (classes, begun) = spared.beside(&setting, &ways.with_standby);
        Self::over(
            setting,
            classes,
            Arc::new(fixed),
            mean_demand,
            Arc::new(rows),
            Arc::new(ways),
            begun,
        )
    }

    /// `begun` has the first of the classes.
    fn over(
        setting: Setting<'a>,
        classes: Classes,
        fixed: Arc<FixedLoads>,
        mean_demand: Arc<Vec<f64>>,
        rows: Arc<LoadRows>,
        ways: Arc<Ways<'a>>,
        begun: Begun,
    ) -> Self {
        let Begun {
            mut paths,
            mut defaults,
            loads,
        } = begun;
        let others = classes.classes[defaults.len()..].iter().map(|class| {
            let group = &classes.groups[class.group];
            let profile = classes.demands[group.demand].profile.index();
            DefaultPath::of(
                class,
                group,
                &ways.without_standby[profile],
                &ways.with_standby[profile],
                &mut paths,
            )
        });
        defaults.extend(others);
        let levels = levels(
            &setting.policy.goals,
            classes.ranks.len(),
            setting.inventory.has_replicas,
        );
        let mut problem = Self {
            loads_by_default: loads,
            default_loads: rows.rows.iter().map(|row| row.fixed).collect(),
            unit: mean_users(&classes),
            setting,
            classes,
            fixed,
            mean_demand,
            rows,
            ways,
            paths,
            defaults,
            levels,
        };
        let known = problem.loads_by_default.len();
        let others: Vec<LoadsOfUser> = (known..problem.classes.classes.len())
            .map(|class| {
                let default = problem.defaults[class];
                Arc::new(default.map_or_else(Vec::new, |default| {
                    problem.loads(class, problem.paths.get(default.path))
                }))
            })
            .collect();
        problem.loads_by_default.extend(others);
        for (class, loads) in problem
            .classes
            .classes
            .iter()
            .zip(&problem.loads_by_default)
        {
            for (row, load) in loads.iter() {
                problem.default_loads[*row] += load * class.users;
            }
        }
        problem
    }

    /// The class at a position.
    pub fn class(&self, class: ClassId) -> &Class {
        &self.classes.classes[class]
    }

    /// Demand of one user of a class by resource.
    pub fn demand_of(&self, class: ClassId) -> &[f64] {
        let group = &self.classes.groups[self.class(class).group];
        &self.classes.demands[group.demand].of_user
    }

    /// Load of one user of a class at the site where he is homed, by row, in the row's resource.
    pub fn loads_at_site(
        &self,
        class: ClassId,
        site: SiteId,
    ) -> impl Iterator<Item = (RowId, f64)> + '_ {
        let has_copy = self.class(class).copies.binary_search(&site).is_ok();
        self.loads_of_demand(self.demand_of(class), site, has_copy)
    }

    /// The same for one user of a demand, with or without a copy at the site.
    pub fn loads_of_demand<'s>(
        &'s self,
        of_user: &'s [f64],
        site: SiteId,
        has_copy: bool,
    ) -> impl Iterator<Item = (RowId, f64)> + 's {
        let place = self.setting.network.place(LinkEnd::Site(site));
        self.rows.at_place[place.index()]
            .iter()
            .filter_map(move |&index| {
                let row = &self.rows.rows[index];
                let resource = &self.setting.inventory.resources[row.resource.index()];
                let share = if has_copy && !row.is_cut {
                    1.0 - resource.replica_share
                } else {
                    1.0
                };
                let load = of_user[row.resource.index()] * share;
                (load > 0.0).then_some((index, load))
            })
    }

    /// Load of one user of a class on a path by row, in the row's resource, ascending by row.
    pub fn loads(&self, class: ClassId, path: &Path) -> Vec<(RowId, f64)> {
        let demand = self.demand_of(class);
        let network = self.setting.network;
        let site = network.place(LinkEnd::Site(path.site));
        let on_places = path
            .places(network)
            .into_iter()
            .filter(|place| *place != site)
            .flat_map(|place: PlaceId| &self.rows.at_place[place.index()]);
        let on_links = path
            .links
            .iter()
            .flat_map(|link| &self.rows.at_link[link.index()]);
        let mut loads: Vec<(RowId, f64)> = on_places
            .chain(on_links)
            .filter_map(|&index| {
                let row = &self.rows.rows[index];
                let load = demand[row.resource.index()] / row.shares;
                (load > 0.0).then_some((index, load))
            })
            .chain(self.loads_at_site(class, path.site))
            .collect();
        loads.sort_unstable_by_key(|(row, _)| *row);
        loads
    }

    /// Entries of a displaced user: his loads on `path` less those on his default path.
    pub fn displaced_loads(&self, class: ClassId, path: &Path) -> Vec<(RowId, f64)> {
        let mut entries = self.loads(class, path);
        entries.extend(self.unserved_loads(class));
        entries.sort_by_key(|(row, _)| *row);
        entries.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            if is_same {
                kept.1 += next.1;
            }
            is_same
        });
        entries.retain(|(_, load)| *load != 0.0);
        entries
    }

    /// Entries of an unserved user: what he takes off his default path.
    pub fn unserved_loads(&self, class: ClassId) -> Vec<(RowId, f64)> {
        let on_default = self.loads_by_default[class].iter();
        on_default.map(|(row, load)| (*row, -load)).collect()
    }

    /// What one user of a class served at a site costs for being there, under an objective.
    pub fn cost_at_site(&self, class: ClassId, site: SiteId, objective: &Objective) -> f64 {
        let class = self.class(class);
        let mut cost = objective.relief * relief_per_user(class, site)
            + objective.moved * moved_per_user(class, site);
        if objective.copied > 0.0 {
            cost += objective.copied * copied_per_user(class, site);
        }
        cost
    }

    /// What one user of a class costs on a path, under an objective.
    pub fn cost_on_path(&self, class: ClassId, path: &Path, objective: &Objective) -> f64 {
        self.cost_at_site(class, path.site, objective)
            + objective.latency * latency_per_user(path)
            + objective.entry[path.access_point.index()]
    }

    /// What one user of a class costs on his default path, under an objective.
    pub fn cost_by_default(&self, class: ClassId, objective: &Objective) -> f64 {
        self.defaults[class].map_or(0.0, |default| {
            self.cost_on_path(class, self.paths.get(default.path), objective)
        })
    }

    /// What one unit of a column adds to an objective (a user, or a whole share of a row).
    pub fn cost(&self, key: ColumnKey, paths: &PathTable, objective: &Objective) -> f64 {
        match key {
            ColumnKey::Displaced(class, path) => {
                self.cost_on_path(class, paths.get(path), objective)
                    - self.cost_by_default(class, objective)
            }
            ColumnKey::Unserved(class, rank) => {
                objective.unserved[rank] - self.cost_by_default(class, objective)
            }
            ColumnKey::Missing(row) => objective.total * users_missing(&self.rows.rows[row]),
            ColumnKey::Worst => objective.worst,
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
            ColumnKey::Scale => objective.scale,
        }
    }

    /// What the program cannot change: everybody on the default path, the trapped unserved.
    pub fn constant(&self, objective: &Objective) -> f64 {
        self.classes
            .classes
            .iter()
            .enumerate()
            .map(|(index, class)| {
                if self.defaults[index].is_some() {
                    class.users * self.cost_by_default(index, objective)
                } else {
                    class
                        .users_of_rank
                        .iter()
                        .zip(&objective.unserved)
                        .map(|(users, weight)| users * weight)
                        .sum()
                }
            })
            .sum()
    }
}

/// Mean users of a class; 1 if nobody is there.
fn mean_users(classes: &Classes) -> f64 {
    let users: f64 = classes.classes.iter().map(|class| class.users).sum();
    if users > 0.0 {
        users / classes.classes.len() as f64
    } else {
        1.0
    }
}
