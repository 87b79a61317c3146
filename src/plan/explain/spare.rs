//! Spare capacity: whether one shard more fits at a site, and on some open path there, with all else as written.

use super::because::{Scarce, SiteObstacle, Squeeze};
use super::by_spare::{BySpare, FullRows, HeldAgainst, Mean, target};
use super::open::open_paths;
use super::written::Written;
use crate::formulation::rows::{LoadRow, RowId};
use crate::formulation::{ClassId, Problem};
use crate::graph::{Path, PlaceId, PricedPaths, Usable, least_latencies};
use crate::ids::{ClientRegionId, ComponentId, ProfileId, ResourceId, SiteId};
use crate::model::{LinkEnd, Retries};
use crate::plan::by_group_and_site::ByGroupAndSite;
use crate::plan::extract::MeanDemands;
use crate::plan::stability::Loaded;
use crate::plan::state::{Flow, GroupKey};
use crate::units::{FEASIBILITY, LATENCY_SLACK_MS};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Users of a class who would come to a site, and those of the same shard who would leave another for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ShardShift {
    pub(super) class: ClassId,
    /// How many come.
    pub(super) users: f64,
    /// From where, and how many of them are served there as written.
    pub(super) leaving: Option<(SiteId, f64)>,
}

/// What one user loads, by row.
type RowLoads = Arc<[(RowId, f64)]>;

/// What users go around in a slice: profile, client region, demand, what loads are held against, the rows without spare capacity,
/// and the slice.
type Around = (
    ProfileId,
    ClientRegionId,
    usize,
    HeldAgainst,
    FullRows,
    usize,
);

/// The spare capacity that a written period leaves.
pub(super) struct WrittenSpare<'a> {
    problem: &'a Problem<'a>,
    load: Loaded<'a>,
    flows: &'a [Flow],
    /// By group and site, the positions of its flows.
    flows_of: ByGroupAndSite<Vec<usize>>,
    /// Classes' groups: the number of the steering group that they are in.
    steering_group: Vec<usize>,
    /// Classes' groups: which of the demands is what one of their users demands along the path, on average over the
    /// steering group.
    mean: Vec<usize>,
    demands: Vec<Arc<Mean>>,
    /// By demand and what loads are held against, load rows by the users who still fit.
    orders: BTreeMap<(usize, HeldAgainst), Arc<BySpare>>,
    /// By profile, what is open as written, and the paths over it.
    usable: Vec<Arc<Usable>>,
    paths: Vec<Arc<PricedPaths<'a>>>,
    /// By group and site, the rows that one of its users there loads along the path, on average.
    along_path: BTreeMap<(usize, SiteId), RowLoads>,
    /// By class and site: why it cannot be there, and the least latency.
    known: BTreeMap<(ClassId, SiteId), (Option<SiteObstacle>, Option<f64>)>,
    /// By class and site, where nobody would leave: the fewest users who are known not to fit, and the row.
    too_many: BTreeMap<(ClassId, SiteId, HeldAgainst), (f64, RowId)>,
    /// By class: how often that became known.
    learned: Vec<usize>,
    /// Who left last, and the loads of the rows that change by that.
    without: Option<(ShardShift, Arc<BTreeMap<RowId, f64>>)>,
    /// By client region and rows without spare capacity: least latency by site over the rest.
    around: BTreeMap<Around, Vec<Option<f64>>>,
}

impl<'a> WrittenSpare<'a> {
    /// The spare capacity that a period leaves.
    pub(super) fn new(written: &Written<'a>) -> Self {
        let Written {
            problem,
            groups,
            load,
            flows,
            access_points,
            ..
        } = *written;
        let mut flows_of: ByGroupAndSite<Vec<usize>> = ByGroupAndSite::new(groups.len());
        for (index, flow) in flows.iter().enumerate() {
            if let Some(group) = groups.of(&flow.group) {
                flows_of.entry(group, flow.path.site).push(index);
            }
        }
        let means = MeanDemands::new(&problem.setting, groups);
        let keys = problem.classes.groups.iter().map(|group| GroupKey {
            client_region: group.client_region,
            profile: problem.classes.demands[group.demand].profile,
            max_latency: group.max_latency,
        });
        let mut demands: Vec<Arc<Mean>> = Vec::new();
        let mut demand_of: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
        let (steering_group, mean) = keys
            .map(|key| {
                let group = groups.of(&key).expect("invariant: every class has shards");
                let of_user = means.by_slice(&key);
                let profile = &problem.setting.inventory.profiles[key.profile.index()];
                let retries = Retries::of(profile);
                let bits = of_user.iter().chain([&retries.count, &retries.patience]);
                let bits = bits.map(|amount| amount.to_bits()).collect();
                let mean = *demand_of.entry(bits).or_insert_with(|| {
                    demands.push(Arc::new(Mean { of_user, retries }));
                    demands.len() - 1
                });
                (group, mean)
            })
            .unzip();
        let (usable, paths) = open_paths(problem, access_points);
        Self {
            problem,
            load,
            flows,
            flows_of,
            steering_group,
            mean,
            demands,
            orders: BTreeMap::new(),
            usable,
            paths,
            along_path: BTreeMap::new(),
            known: BTreeMap::new(),
            too_many: BTreeMap::new(),
            learned: vec![0; problem.classes.classes.len()],
            without: None,
            around: BTreeMap::new(),
        }
    }

    /// Least latency from a class's client region to a site over what is open as written, within its limit.
    pub(super) fn latency(&mut self, class: ClassId, site: SiteId) -> Option<f64> {
        self.standing(class, site).1
    }

    /// Why a class cannot be at a site, whatever the loads are.
    pub(super) fn closed(&mut self, class: ClassId, site: SiteId) -> Option<SiteObstacle> {
        self.standing(class, site).0
    }

    /// Why a site is of no use to users who would come, and what would be squeezed; `None` if nothing blocks them.
    pub(super) fn obstacle(
        &mut self,
        shift: &ShardShift,
        site: SiteId,
        against: HeldAgainst,
    ) -> Option<(SiteObstacle, Option<Squeeze>)> {
        if let Some(obstacle) = self.closed(shift.class, site) {
            return Some((obstacle, None));
        }
        let (row, squeeze) = self.squeezed(shift, site, against)?;
        Some((SiteObstacle::NoSpare(self.scarce(row)), Some(squeeze)))
    }

    /// What would be left where least of the target is left: at a site that can be reached, or on the shortest path.
    pub(super) fn tightest(
        &mut self,
        shift: &ShardShift,
        site: SiteId,
    ) -> Option<(ComponentId, ResourceId, Squeeze)> {
        let loads = self.loads_without(shift);
        let (profile, region, limit) = self.group(shift.class);
        let path = self.paths[profile.index()].path(region, site, limit)?;
        let on_way = self.loads_on(shift.class, &path);
        let rows = &self.problem.rows.rows;
        let at_site = self.problem.loads_at_site(shift.class, site);
        let without_retries = |(row, _): &(RowId, f64)| !rows[*row].with_retries;
        let squeezes = at_site.chain(on_way).filter(without_retries);
        let squeezes = squeezes.map(|(row, per_user)| {
            let load = loads.get(&row).copied().unwrap_or(self.load_of(row));
            let squeeze = Squeeze {
                load: load + per_user * shift.users,
                capacity: rows[row].capacity,
                target: target(&rows[row], HeldAgainst::Target),
                written_target: rows[row].target,
                with_retries: false,
            };
            (row, squeeze)
        });
        let (row, squeeze) = worst(squeezes)?;
        Some((rows[row].component, rows[row].resource, squeeze))
    }

    /// The component without spare capacity, if something blocks users who leave no other site; where fewer of the
    /// class had none, nothing is looked at again.
    pub(super) fn obstacle_to_more(
        &mut self,
        shift: &ShardShift,
        site: SiteId,
        against: HeldAgainst,
    ) -> Option<SiteObstacle> {
        if shift.leaving.is_some() {
            return self
                .obstacle(shift, site, against)
                .map(|(obstacle, _)| obstacle);
        }
        if let Some(obstacle) = self.closed(shift.class, site) {
            return Some(obstacle);
        }
        let key = (shift.class, site, against);
        let known = self.too_many.get(&key).copied();
        let row = if let Some((_, row)) = known.filter(|(users, _)| *users <= shift.users) {
            row
        } else {
            let (row, _) = self.squeezed(shift, site, against)?;
            self.too_many.insert(key, (shift.users, row));
            self.learned[shift.class] += 1;
            row
        };
        Some(SiteObstacle::NoSpare(self.scarce(row)))
    }

    /// How often [`WrittenSpare::obstacle_to_more`] has found out more about a class: as long as it has not, it answers the same.
    pub(super) fn learned(&self, class: ClassId) -> usize {
        self.learned[class]
    }

    /// Why a class cannot be at a site, and the least latency there.
    fn standing(&mut self, class: ClassId, site: SiteId) -> (Option<SiteObstacle>, Option<f64>) {
        if let Some(known) = self.known.get(&(class, site)) {
            return *known;
        }
        let (profile, region, limit) = self.group(class);
        let cost = self.paths[profile.index()].cost(region, site, limit);
        let latency = cost.map(|cost| cost.latency);
        let standing = (self.look_closed(class, site, latency), latency);
        self.known.insert((class, site), standing);
        standing
    }

    fn look_closed(
        &self,
        class: ClassId,
        site: SiteId,
        latency: Option<f64>,
    ) -> Option<SiteObstacle> {
        let setting = &self.problem.setting;
        let (profile, region, limit) = self.group(class);
        if setting.case.failed[site.index()] {
            return Some(SiteObstacle::Failed);
        }
        if setting.case.gone[site.index()] {
            return Some(SiteObstacle::Drained);
        }
        let paths = &self.problem.profile_paths;
        let place = setting.network.place(LinkEnd::Site(site));
        if !paths.usable[profile.index()].places[place.index()] {
            return Some(SiteObstacle::NothingLeft);
        }
        let with_standby = &paths.with_standby[profile.index()];
        if with_standby.cost(region, site, limit).is_none() {
            return Some(SiteObstacle::NoPath);
        }
        latency.is_none().then_some(SiteObstacle::StandbyClosed)
    }

    /// The row at a site, or on every open path there, that lacks most with the shift; `None` if it fits.
    fn squeezed(
        &mut self,
        shift: &ShardShift,
        site: SiteId,
        against: HeldAgainst,
    ) -> Option<(RowId, Squeeze)> {
        let loads = self.loads_without(shift);
        let (problem, as_written) = (self.problem, self.load);
        let squeeze = |(row, per_user): (RowId, f64)| -> Option<(RowId, Squeeze)> {
            let load_row = &problem.rows.rows[row];
            let value = loads.get(&row).copied();
            let value = value.unwrap_or_else(|| as_written.of(load_row));
            let load = value + per_user * shift.users;
            squeeze(load_row, load, against).map(|squeeze| (row, squeeze))
        };
        let at_site = self.problem.loads_at_site(shift.class, site);
        if let Some(worst) = worst(at_site.filter_map(squeeze)) {
            return Some(worst);
        }
        let (profile, region, limit) = self.group(shift.class);
        let path = self.paths[profile.index()].path(region, site, limit)?;
        let on_way = self.loads_on(shift.class, &path).into_iter();
        let squeezes: Vec<(RowId, Squeeze)> = on_way.filter_map(squeeze).collect();
        if squeezes.is_empty() {
            return None;
        }
        let demand = self.mean[problem.class(shift.class).group];
        let by_room = self.by_spare(demand, against);
        let mean = Arc::clone(&self.demands[demand]);
        let full = by_room.full(shift.users, loads.keys().copied(), |row| {
            let load_row = &problem.rows.rows[row];
            squeeze((row, mean.brought(load_row))).is_none()
        });
        let longest = limit.map_or(f64::INFINITY, |limit| limit + LATENCY_SLACK_MS);
        // Steering follows the hours, so that another path may have spare capacity in each of them.
        let slices = 0..problem.setting.case.hours.slice_count();
        for slice in slices {
            let around = (profile, region, demand, against, full.clone(), slice);
            let around = self.around(around, &by_room)[site.index()];
            if around.is_none_or(|latency| latency > longest) {
                let of_slice = squeezes.into_iter();
                let of_slice = of_slice.filter(|(row, _)| problem.rows.rows[*row].slice == slice);
                return self::worst(of_slice);
            }
        }
        None
    }

    /// The rows that users of a demand load along the path, by the spare capacity that they leave.
    fn by_spare(&mut self, demand: usize, against: HeldAgainst) -> Arc<BySpare> {
        let (rows, load) = (&self.problem.rows.rows, self.load);
        let (orders, demands) = (&mut self.orders, &self.demands);
        let by_spare = orders
            .entry((demand, against))
            .or_insert_with(|| Arc::new(BySpare::new(rows, load, &demands[demand], against)));
        Arc::clone(by_spare)
    }

    /// The loads of the rows that change when who leaves has left; the same shift is mostly asked about several sites.
    fn loads_without(&mut self, shift: &ShardShift) -> Arc<BTreeMap<RowId, f64>> {
        if let Some((known, loads)) = &self.without
            && known == shift
        {
            return Arc::clone(loads);
        }
        let mut loads = BTreeMap::new();
        if let Some((site, users)) = shift.leaving {
            let on_way = self.loads_along_path(shift.class, site);
            let at_site = self.problem.loads_at_site(shift.class, site);
            for (row, per_user) in at_site.chain(on_way.iter().copied()) {
                let value = self.load_of(row);
                *loads.entry(row).or_insert(value) -= per_user * users;
            }
        }
        let loads = Arc::new(loads);
        self.without = Some((*shift, Arc::clone(&loads)));
        loads
    }

    /// What one user of a class at a site loads along the path, on average over the steering of its group.
    fn loads_along_path(&mut self, class: ClassId, site: SiteId) -> RowLoads {
        let key = (self.steering_group[self.problem.class(class).group], site);
        if let Some(known) = self.along_path.get(&key) {
            return Arc::clone(known);
        }
        let mut sums: BTreeMap<RowId, f64> = BTreeMap::new();
        let of_group = self
            .flows_of
            .get(key.0, key.1)
            .map_or(&[][..], Vec::as_slice);
        // As many of the group are there in every slice.
        let first = |flow: &&usize| self.flows[**flow].slice == 0;
        let all: f64 = (of_group.iter().filter(first))
            .map(|&flow| self.flows[flow].users)
            .sum();
        for &index in of_group {
            let flow = &self.flows[index];
            for (row, per_user) in self.loads_on(class, &flow.path) {
                if self.problem.rows.rows[row].slice == flow.slice {
                    *sums.entry(row).or_default() += per_user * flow.users / all;
                }
            }
        }
        let loads: RowLoads = sums.into_iter().collect();
        self.along_path.insert(key, Arc::clone(&loads));
        loads
    }

    /// What one user of a class loads on a path, by row; the site itself is left out.
    fn loads_on(&self, class: ClassId, path: &Path) -> Vec<(RowId, f64)> {
        let mean = self.mean_of(class);
        let network = self.problem.setting.network;
        let passed = self.problem.rows.passed(network, path);
        let loads = passed.map(|(row, load_row)| (row, mean.brought(load_row)));
        loads.filter(|(_, per_user)| *per_user > 0.0).collect()
    }

    /// Least latency by site over what is open and has spare capacity.
    fn around(&mut self, around: Around, by_room: &BySpare) -> &[Option<f64>] {
        let problem = self.problem;
        let open = &self.usable[around.0.index()];
        self.around
            .entry(around)
            .or_insert_with_key(|(_, region, _, _, full, slice)| {
                let mut usable = Usable::clone(open);
                let are_full = by_room.are_full(full);
                let has_room = |rows: &[RowId]| {
                    let mut of_slice = problem.rows.in_slice(rows, *slice);
                    !of_slice.any(|row| are_full[row])
                };
                for (place, rows) in problem.rows.at_place.iter().enumerate() {
                    // A site's own rows were asked before, with its copies counted.
                    let end = problem.setting.network.end(PlaceId::new(place));
                    let is_site = matches!(end, LinkEnd::Site(_));
                    usable.places[place] &= is_site || has_room(rows);
                }
                for (link, rows) in problem.rows.at_link.iter().enumerate() {
                    usable.links[link] &= has_room(rows);
                }
                least_latencies(problem.setting.network, &usable, *region)
            })
    }

    fn scarce(&self, row: RowId) -> Scarce {
        let row = &self.problem.rows.rows[row];
        Scarce {
            component: row.component,
            resource: row.resource,
            with_retries: row.with_retries,
        }
    }

    fn load_of(&self, row: RowId) -> f64 {
        self.load.of(&self.problem.rows.rows[row])
    }

    /// Profile, client region and latency limit of a class.
    pub(super) fn group(&self, class: ClassId) -> (ProfileId, ClientRegionId, Option<f64>) {
        let classes = &self.problem.classes;
        let group = &classes.groups[self.problem.class(class).group];
        let profile = classes.demands[group.demand].profile;
        (profile, group.client_region, group.max_latency)
    }

    fn mean_of(&self, class: ClassId) -> &Mean {
        &self.demands[self.mean[self.problem.class(class).group]]
    }
}

/// A row that would be beyond what it is held against.
pub(super) fn squeeze(row: &LoadRow, load: f64, against: HeldAgainst) -> Option<Squeeze> {
    let squeeze = Squeeze {
        load,
        capacity: row.capacity,
        target: target(row, against),
        written_target: row.target,
        with_retries: row.with_retries,
    };
    (squeeze.short_by() > FEASIBILITY * row.capacity).then_some(squeeze)
}

/// The row that lacks the largest share of its capacity; the first of equals.
fn worst(rows: impl Iterator<Item = (RowId, Squeeze)>) -> Option<(RowId, Squeeze)> {
    let lacking = |squeeze: &Squeeze| squeeze.short_by() / squeeze.capacity;
    rows.reduce(|worst, row| {
        let order = lacking(&row.1).total_cmp(&lacking(&worst.1));
        if order.then(worst.0.cmp(&row.0)).is_gt() {
            row
        } else {
            worst
        }
    })
}
