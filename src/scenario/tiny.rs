//! The inventory that the tests of this floor share: two sites downstream of one pool of two load balancers.

use crate::ids::{
    AccessPointId, ClientRegionId, ComponentId, ElementId, PoolId, ProfileId, ResourceId, SiteId,
    TenantId, TierId,
};
use crate::model::{
    AccessPoint, AccessPointState, ClientRegion, Credit, Element, Event, EventKind, Failover,
    Inventory, Link, LinkEnd, MoveRule, Overload, Policy, Pool, Profile, Reduction, ReplayPolicy,
    Resource, Resumed, RiskGroup, Rows, Scenario, Scope, Shard, Site, Surge, Tier, WavePolicy,
};
use crate::units::Milliseconds;
use jiff::{Timestamp, tz::Offset};
use ndarray::Array2;

pub(super) const BW: ResourceId = ResourceId(0);
pub(super) const CPU: ResourceId = ResourceId(1);
pub(super) const A: ComponentId = ComponentId(0);
pub(super) const B: ComponentId = ComponentId(1);
pub(super) const LB1: ComponentId = ComponentId(3);

/// Resources bw (network, target 0.1) and cpu (site, target 0.2, 0.05 in events, copies half);
/// sites a and b (cpu 100; b has its own target 0.3), access point p1, pool lb of lb1 and lb2 (bw 60);
/// shards s1 (40 users of t1 at a, client region r1, profile chat) and s2 (30 of t2 at b, r2, mail).
/// One user demands 1 of each, of mail 2 cpu.
pub(super) fn inventory() -> Inventory {
    let mut inventory = Inventory {
        resources: vec![resource("bw", Scope::Network), resource("cpu", Scope::Site)],
        profiles: vec![profile("chat", [1.0, 1.0]), profile("mail", [1.0, 2.0])],
        sites: vec![site("a", None), site("b", Some(0.3))],
        access_points: vec![AccessPoint {
            id: "p1".to_owned(),
            name: "p1".to_owned(),
            coordinates: None,
            state: AccessPointState::Active,
            headroom: None,
            accepts_per_second: None,
        }],
        elements: vec![element("lb1"), element("lb2")],
        pools: vec![Pool {
            id: "lb".to_owned(),
            members: vec![ElementId(0), ElementId(1)],
        }],
        links: Vec::new(),
        client_regions: vec![client_region("r1"), client_region("r2")],
        tiers: vec![Tier {
            id: "gold".to_owned(),
            rank: 1,
            availability: 0.999,
        }],
        tenants: vec!["t1".to_owned(), "t2".to_owned()],
        jurisdictions: Vec::new(),
        shard_ids: ["s1", "s2"].into_iter().collect(),
        shards: vec![shard(0, 40), shard(1, 30)].into(),
        replicas: Rows::default(),
        has_replicas: false,
        capacity: Array2::from_elem((0, 0), None),
        onboarding: Vec::new(),
        growth: Vec::new(),
        capacity_changes: Vec::new(),
        background: Vec::new(),
        risk_groups: vec![RiskGroup {
            id: "conduit".to_owned(),
            components: vec![B, LB1],
        }],
        load_curves: Vec::new(),
        credits: Credit::STANDARD.to_vec(),
        contacts: Vec::new(),
        resumed: Resumed::default(),
    };
    let places = [
        LinkEnd::AccessPoint(AccessPointId(0)),
        LinkEnd::Pool(PoolId(0)),
    ];
    inventory.links = vec![
        link("k1", LinkEnd::ClientRegion(ClientRegionId(0)), places[0]),
        link("k2", LinkEnd::ClientRegion(ClientRegionId(1)), places[0]),
        link("k3", places[0], places[1]),
        link("k4", places[1], LinkEnd::Site(SiteId(0))),
        link("k5", places[1], LinkEnd::Site(SiteId(1))),
    ];
    inventory.capacity = Array2::from_elem((inventory.component_count(), 2), None);
    for (component, resource, capacity) in
        [(0, 1, 100.0), (1, 1, 100.0), (3, 0, 60.0), (4, 0, 60.0)]
    {
        inventory.capacity[[component, resource]] = Some(capacity);
    }
    inventory
}

fn resource(id: &str, scope: Scope) -> Resource {
    let is_site = scope == Scope::Site;
    Resource {
        id: id.to_owned(),
        unit: "unit".to_owned(),
        scope,
        headroom: if is_site { 0.2 } else { 0.1 },
        event_headroom: is_site.then_some(0.05),
        varies: true,
        replica_share: if is_site { 0.5 } else { 0.0 },
        moving_share: 0.0,
        overload: if is_site {
            Overload::Queue
        } else {
            Overload::Lose
        },
        queue_seconds: None,
        is_sessions: false,
    }
}

fn profile(id: &str, demand: [f64; 2]) -> Profile {
    Profile {
        id: id.to_owned(),
        work: demand.to_vec(),
        demand: demand.to_vec(),
        retries: 0.0,
        sessions_per_hour: 0.0,
        timeout_seconds: None,
        late_seconds: None,
        service_seconds: None,
        session_cost: 0.0,
    }
}

fn site(id: &str, headroom: Option<f64>) -> Site {
    Site {
        id: id.to_owned(),
        name: id.to_owned(),
        region: String::new(),
        jurisdictions: Vec::new(),
        coordinates: None,
        headroom,
        move_in_per_hour: None,
        move_out_per_hour: None,
        accepts_per_second: None,
    }
}

fn element(id: &str) -> Element {
    Element {
        id: id.to_owned(),
        name: id.to_owned(),
        kind: String::new(),
        coordinates: None,
        headroom: None,
        accepts_per_second: None,
        sheds_stale_work: false,
        pool: Some(PoolId(0)),
    }
}

fn link(id: &str, from: LinkEnd, to: LinkEnd) -> Link {
    Link {
        id: id.to_owned(),
        from,
        to,
        profiles: None,
        latency: Milliseconds(1.0),
    }
}

fn client_region(id: &str) -> ClientRegion {
    ClientRegion {
        id: id.to_owned(),
        name: id.to_owned(),
        coordinates: None,
        time_zone: "UTC".to_owned(),
        load_curve: None,
    }
}

fn shard(index: u32, users: u64) -> Shard {
    Shard {
        tenant: TenantId(index),
        users,
        site: Some(SiteId(index)),
        profile: ProfileId(index),
        client_region: ClientRegionId(index),
        tier: TierId(0),
        jurisdiction: None,
        max_latency: None,
        move_rule: MoveRule::Free,
    }
}

/// `hour` o'clock UTC on 1 March 2030.
pub(super) fn hour(hour: i64) -> Timestamp {
    let midnight: Timestamp = "2030-03-01T00:00:00Z".parse().expect("a date");
    Timestamp::from_second(midnight.as_second() + hour * 3600).expect("within the calendar")
}

/// 02:00 to 08:00 with these events, without `[policy]`.
pub(super) fn scenario(events: Vec<Event>) -> Scenario {
    Scenario {
        name: "tiny".to_owned(),
        start: hour(2),
        end: hour(8),
        offset: Offset::UTC,
        policy: Policy::standard(2, Failover::Anywhere),
        events,
        protect: None,
        waves: WavePolicy::default(),
        replay: ReplayPolicy::default(),
        queued: Vec::new(),
        commands: crate::model::Commands::default(),
    }
}

/// The capacity of one component cut to a share, of all resources.
pub(super) fn cut(component: ComponentId, capacity: f64) -> Reduction {
    Reduction {
        components: vec![component],
        resources: None,
        capacity,
        loss: 0.0,
    }
}

/// An event known from its start.
pub(super) fn event(kind: EventKind, start: i64, end: i64) -> Event {
    Event {
        kind,
        start: hour(start),
        end: hour(end),
        detected: hour(start),
        drain_minutes: None,
        is_end_assumed: false,
    }
}

/// A surge on everyone.
pub(super) fn surge(factor: f64) -> Surge {
    Surge {
        client_region: None,
        profile: None,
        tenant: None,
        factor,
        arrive_minutes: Surge::ARRIVE_MINUTES,
    }
}
