//! Field: everything that work passes and that may hold it up, and the streams that pass it.

use crate::graph::{Network, Path};
use crate::ids::{ClientRegionId, ComponentId, PoolId, ProfileId, SiteId};
use crate::model::{Inventory, LinkEnd, Overload, Scenario};
use crate::plan::GroupKey;
use std::collections::{BTreeMap, BTreeSet};

/// What may hold work up at one component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Obstacle {
    /// It may be out, or fail a share of what passes.
    Itself,
    /// Its limit on new sessions a second.
    Gate,
    /// A resource, by its number, of which it has only so much.
    Resource(usize),
}

/// Where a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Where {
    /// A client region from which nobody may get on.
    Region(ClientRegionId),
    Component(ComponentId),
}

/// One thing that may hold work up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ReplayStage {
    pub(super) place: Where,
    pub(super) obstacle: Obstacle,
    /// Lets work that exceeds its capacity wait rather than losing it.
    pub(super) queues: bool,
    /// Throws away what nobody waits for any more.
    pub(super) sheds: bool,
    /// Longest wait in seconds of its capacity; infinite without a limit.
    pub(super) longest: f64,
}

/// A point of a stream's path.
#[derive(Debug, Clone)]
pub(super) enum PathPoint {
    /// A stage, and where it goes on.
    Stage { stage: usize, next: usize },
    /// A pool: by member, where it goes on.
    Pool { pool: PoolId, members: Vec<usize> },
    /// It is served.
    End,
}

/// Users of a steering group on one path.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) group: GroupKey,
    /// The number of its group at its site.
    pub(super) cell: usize,
    pub(super) profile: ProfileId,
    /// The points of its path, which begins with the last of them.
    pub(super) points: Vec<PathPoint>,
    /// The components of its path, hop by hop; those of a pool together, with the pool.
    pub(super) hops: Vec<(Option<PoolId>, Vec<ComponentId>)>,
    /// Where it takes anything that there may be too little of.
    pub(super) takes: Vec<Take>,
}

/// A stream, or its part on a member of a pool, takes something at a stage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Take {
    pub(super) stage: usize,
    pub(super) component: ComponentId,
    /// The pool and the number of the member there.
    pub(super) member: Option<(PoolId, usize)>,
    /// What a user takes per second; `None` of a gate.
    pub(super) demand: Option<f64>,
}

/// Steering groups at sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SteeredGroup {
    pub(super) group: usize,
    pub(super) site: SiteId,
}

/// All of it.
pub(super) struct ResourceNetwork {
    pub(super) stages: Vec<ReplayStage>,
    pub(super) streams: Vec<Stream>,
    /// The stages in the order in which they are worked.
    pub(super) order: Vec<usize>,
    /// By stage: the streams that may pass it.
    pub(super) passing: Vec<Vec<usize>>,
    /// By component, which is no member of a pool there, and by pool: the streams that pass it.
    pub(super) crossing: [Vec<Vec<usize>>; 2],
    of_component: Vec<Vec<usize>>,
}

impl ResourceNetwork {
    pub(super) fn new(
        inventory: &Inventory,
        scenario: &Scenario,
        network: &Network,
        paths: &[(GroupKey, usize, Path)],
    ) -> Self {
        let mut field = Self {
            stages: Vec::new(),
            streams: Vec::with_capacity(paths.len()),
            order: Vec::new(),
            passing: Vec::new(),
            crossing: [inventory.component_count(), inventory.pools.len()]
                .map(|count| vec![Vec::new(); count]),
            of_component: vec![Vec::new(); inventory.component_count()],
        };
        let regions = field.stages_of(inventory, scenario);
        for (group, cell, path) in paths {
            let hops = hops(inventory, network, path);
            let region = regions.get(&group.client_region).copied();
            let points = field.points(region, &hops);
            let demand = &inventory.profiles[group.profile.index()].work;
            let takes = field.takes(&hops, demand.as_slice());
            field.streams.push(Stream {
                group: *group,
                cell: *cell,
                profile: group.profile,
                points,
                hops,
                takes,
            });
        }
        field.order_stages();
        for (stream, passing) in field.streams.iter().enumerate() {
            let [of_components, of_pools] = &mut field.crossing;
            for (pool, components) in &passing.hops {
                if let Some(pool) = pool {
                    of_pools[pool.index()].push(stream);
                    continue;
                }
                for component in components {
                    of_components[component.index()].push(stream);
                }
            }
        }
        field.passing = vec![Vec::new(); field.stages.len()];
        for (stream, one_stream) in field.streams.iter().enumerate() {
            for point in &one_stream.points {
                if let PathPoint::Stage { stage, .. } = point {
                    let passing = &mut field.passing[*stage];
                    if passing.last() != Some(&stream) {
                        passing.push(stream);
                    }
                }
            }
        }
        field
    }

    fn stages_of(
        &mut self,
        inventory: &Inventory,
        scenario: &Scenario,
    ) -> BTreeMap<ClientRegionId, usize> {
        let mut may_be_out: BTreeSet<ComponentId> = BTreeSet::new();
        let mut regions = BTreeMap::new();
        for event in &scenario.events {
            let reduction = event.reduction();
            if reduction
                .is_none_or(|reduction| reduction.resources.is_none() || reduction.loss > 0.0)
            {
                may_be_out.extend(event.kind.components());
            }
            if let Some(region) = event
                .disconnect()
                .and_then(|disconnect| disconnect.client_region)
            {
                regions.entry(region).or_insert_with(|| {
                    self.stages.push(ReplayStage {
                        place: Where::Region(region),
                        obstacle: Obstacle::Itself,
                        queues: false,
                        sheds: false,
                        longest: 0.0,
                    });
                    self.stages.len() - 1
                });
            }
        }
        for component in (0..inventory.component_count()).map(ComponentId::new) {
            let mut indexes = Vec::new();
            let sheds = inventory.sheds_stale_work(component);
            let mut add = |obstacle, queues, longest| {
                indexes.push(self.stages.len());
                self.stages.push(ReplayStage {
                    place: Where::Component(component),
                    obstacle,
                    queues,
                    sheds,
                    longest,
                });
            };
            if may_be_out.contains(&component) {
                add(Obstacle::Itself, false, 0.0);
            }
            if inventory.accepts_per_second(component).is_some() {
                add(Obstacle::Gate, true, scenario.replay.accept_queue_seconds);
            }
            for (index, resource) in inventory.listed_resources().iter().enumerate() {
                let is_limited = inventory.capacity[[component.index(), index]].is_some()
                    || inventory.capacity_changes.iter().any(|change| {
                        change.component == component && change.resource.index() == index
                    });
                if is_limited && resource.varies {
                    let queues = resource.overload == Overload::Queue;
                    let longest = resource.queue_seconds.unwrap_or(f64::INFINITY);
                    add(Obstacle::Resource(index), queues, longest);
                }
            }
            self.of_component[component.index()] = indexes;
        }
        regions
    }

    pub(super) fn of_component(&self, component: ComponentId) -> &[usize] {
        &self.of_component[component.index()]
    }

    /// Where users of a path take anything, given their demand for every resource.
    fn takes(&self, hops: &[(Option<PoolId>, Vec<ComponentId>)], demand: &[f64]) -> Vec<Take> {
        let mut takes = Vec::new();
        for (pool, components) in hops {
            for (number, &component) in components.iter().enumerate() {
                for &stage in self.of_component(component) {
                    let demand = match self.stages[stage].obstacle {
                        Obstacle::Gate => None,
                        Obstacle::Resource(index) if demand[index] > 0.0 => Some(demand[index]),
                        Obstacle::Itself | Obstacle::Resource(_) => continue,
                    };
                    takes.push(Take {
                        stage,
                        component,
                        member: pool.map(|pool| (pool, number)),
                        demand,
                    });
                }
            }
        }
        takes
    }

    fn points(
        &self,
        region: Option<usize>,
        hops: &[(Option<PoolId>, Vec<ComponentId>)],
    ) -> Vec<PathPoint> {
        let mut points = vec![PathPoint::End];
        let mut next = 0;
        for (pool, components) in hops.iter().rev() {
            let mut members = Vec::with_capacity(components.len());
            for component in components {
                let mut first = next;
                for &stage in self.of_component(*component).iter().rev() {
                    points.push(PathPoint::Stage { stage, next: first });
                    first = points.len() - 1;
                }
                members.push(first);
            }
            let is_free = members.iter().all(|first| *first == next);
            next = match (pool, members.as_slice()) {
                (Some(pool), _) if !is_free => {
                    points.push(PathPoint::Pool {
                        pool: *pool,
                        members,
                    });
                    points.len() - 1
                }
                (_, members) => members.first().copied().unwrap_or(next),
            };
        }
        if let Some(stage) = region {
            points.push(PathPoint::Stage { stage, next });
            next = points.len() - 1;
        }
        // The path begins with the last point.
        let last = points.len() - 1;
        if next != last {
            let first = points[next].clone();
            points.push(first);
        }
        points
    }

    /// Orders the stages so that work meets them in it, as far as paths agree: where they go round in a circle, what is met
    /// earlier on average comes first.
    fn order_stages(&mut self) {
        let count = self.stages.len();
        let mut after: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
        let mut waits_for = vec![0_usize; count];
        let mut met: Vec<(f64, f64)> = vec![(0.0, 0.0); count];
        for stream in &self.streams {
            let mut earlier: Vec<usize> = Vec::new();
            for (position, (_, components)) in stream.hops.iter().enumerate() {
                let here = components
                    .iter()
                    .flat_map(|component| self.of_component(*component));
                let here: Vec<usize> = here.copied().collect();
                for component in components {
                    let indexes = self.of_component(*component);
                    for pair in indexes.windows(2) {
                        if after[pair[0]].insert(pair[1]) {
                            waits_for[pair[1]] += 1;
                        }
                    }
                    let first = indexes.first().into_iter();
                    for (&to, &from) in
                        first.flat_map(|to| earlier.iter().map(move |from| (to, from)))
                    {
                        if after[from].insert(to) {
                            waits_for[to] += 1;
                        }
                    }
                }
                for &stage in &here {
                    met[stage].0 += position as f64;
                    met[stage].1 += 1.0;
                }
                if !here.is_empty() {
                    earlier = components
                        .iter()
                        .filter_map(|component| self.of_component(*component).last())
                        .copied()
                        .collect();
                }
            }
        }
        let mean = |stage: usize| {
            let (sum, count) = met[stage];
            if count > 0.0 { sum / count } else { 0.0 }
        };
        let mut open: BTreeSet<usize> = (0..count).collect();
        let mut free: Vec<usize> = (0..count).filter(|index| waits_for[*index] == 0).collect();
        while !open.is_empty() {
            let first = |a: &usize, b: &usize| mean(*a).total_cmp(&mean(*b)).then(a.cmp(b));
            let next = match free.iter().copied().min_by(|a, b| first(a, b)) {
                Some(next) => next,
                None => open.iter().copied().min_by(|a, b| first(a, b)).unwrap_or(0),
            };
            free.retain(|index| *index != next);
            if !open.remove(&next) {
                continue;
            }
            self.order.push(next);
            for &index in &after[next] {
                waits_for[index] = waits_for[index].saturating_sub(1);
                if waits_for[index] == 0 && open.contains(&index) {
                    free.push(index);
                }
            }
        }
    }
}

pub(in crate::engine) fn hops(
    inventory: &Inventory,
    network: &Network,
    path: &Path,
) -> Vec<(Option<PoolId>, Vec<ComponentId>)> {
    let mut hops = Vec::new();
    let mut places = path.places(network).into_iter();
    // Nothing holds users up at their own place.
    places.next();
    for (place, link) in places.zip(&path.links) {
        hops.push((None, vec![inventory.link_component(*link)]));
        hops.push(match network.end(place) {
            LinkEnd::ClientRegion(_) => continue,
            LinkEnd::AccessPoint(id) => (None, vec![inventory.access_point_component(id)]),
            LinkEnd::Element(id) => (None, vec![inventory.element_component(id)]),
            LinkEnd::Site(id) => (None, vec![inventory.site_component(id)]),
            LinkEnd::Pool(id) => {
                let members = inventory.pools[id.index()].members.iter();
                let members = members.map(|element| inventory.element_component(*element));
                (Some(id), members.collect())
            }
        });
    }
    hops
}
