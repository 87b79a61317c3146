//! Samples of one period: the headroom chart and the map.

use super::sample::{
    ALL_PLACES, HOSTILE, PERIOD, SCENARIO, Sample, metro, place, scatter, sorted_samples, with,
};
use crate::model::{ComponentKind, Coordinates};
use crate::plan_files::AccessPointUse;
use crate::report::charts::headroom::{HeadroomAgainst, HeadroomChart, TIGHTEST_OTHERS};
use crate::report::charts::map::{AccessPointPlace, MapChart, SiteMove, SitePlace};
use crate::report::headroom::{HeadroomRow, Standing, State};
use std::collections::BTreeMap;

/// Every sample.
pub(in crate::report::charts) fn all() -> Vec<Sample> {
    let headroom = vec![
        ("3-sites", drain(3)),
        ("12-sites", drain(12)),
        ("43-sites", drain(43)),
        ("overload", overload()),
        ("calm", calm()),
        ("compared", compared()),
        ("hostile", hostile()),
        ("empty", empty()),
    ];
    let headroom = sorted_samples("headroom", false, headroom, |chart| chart.rows.reverse());
    let maps = sorted_samples("map", true, maps(), |map| {
        map.sites.reverse();
        map.access_points.reverse();
        map.moves.reverse();
    });
    headroom.into_iter().chain(maps).collect()
}

/// A row in service; half was free before, and a fifth is to be.
pub(in crate::report::charts) fn row(
    component: &str,
    kind: ComponentKind,
    resource: &str,
    during: f64,
) -> HeadroomRow {
    let of = (resource, "vCPU", 1000.0);
    in_service(
        component,
        &component.to_uppercase(),
        kind,
        of,
        [0.5, during, 0.2],
    )
}

/// A row in service: what is free before and during, and what is to be.
fn in_service(
    component: &str,
    name: &str,
    kind: ComponentKind,
    (resource, unit, capacity): (&str, &str, f64),
    [before, during, target]: [f64; 3],
) -> HeadroomRow {
    HeadroomRow {
        component: component.to_owned(),
        name: name.to_owned(),
        kind,
        resource: resource.to_owned(),
        unit: unit.to_owned(),
        standing: Standing::InService,
        before: Some(before),
        during: Some(during),
        target: Some(target),
        in_force: Some(target),
        load: capacity * (1.0 - during),
        capacity,
    }
}

/// Takes a component out of service.
pub(in crate::report::charts) fn out(row: &mut HeadroomRow, standing: Standing) {
    (row.standing, row.during, row.load, row.capacity) = (standing, None, 0.0, 0.0);
}

/// A chart without rows.
pub(in crate::report::charts) fn empty() -> HeadroomChart {
    with(drain(1), |chart| chart.rows.clear())
}

/// Two plans, of which the first misses a target at a site and at a link.
fn compared() -> HeadroomChart {
    let mut chart = drain(12);
    let mut targets = BTreeMap::new();
    for row in &chart.rows {
        let key = (row.component.clone(), row.resource.clone());
        targets.insert(key, 0.2);
    }
    for row in chart.rows.iter_mut().step_by(7) {
        row.before = Some(0.05);
    }
    let names = ["chicago-drained".to_owned(), "chicago-kept".to_owned()];
    chart.against = HeadroomAgainst::PlanA { names, targets };
    chart
}

/// A drain of Chicago with a number of sites, each with two resources, and their load balancers, access points
/// and links.
pub(in crate::report::charts) fn drain(sites: usize) -> HeadroomChart {
    use ComponentKind::{AccessPoint, Element, Link, Site};
    let mut rows = Vec::new();
    for index in 0..sites - 1 {
        let (name, random) = (&place(index), |salt| scatter(index, salt));
        let before = 0.25 + 0.6 * random(1);
        let during = match index {
            0 => 0.127,
            _ => before - (before - 0.1) * random(2),
        };
        let id = &format!("site-{index}");
        let cpu = ("cpu", "vCPU", 4000.0 + 100.0 * index as f64);
        rows.push(in_service(id, name, Site, cpu, [before, during, 0.2]));
        let (before, during) = (0.2 + 0.7 * random(3), 0.15 + 0.7 * random(4));
        let storage = ("storage", "TiB", 12_000.0);
        let free = [before, during.min(before), 0.1];
        rows.push(in_service(id, name, Site, storage, free));
        for member in 1..=2 {
            let before = 0.3 + 0.6 * random(5 + member);
            let id = &format!("lb-{index}-{member}");
            let name = &format!("{name} load balancer {member}");
            let bandwidth = ("bandwidth", "Gbit/s", 40.0);
            let free = [before, before - 0.3 * random(8), 0.3];
            rows.push(in_service(id, name, Element, bandwidth, free));
        }
        let id = &format!("l{index}");
        let free = [0.9, 0.45 + 0.4 * random(9), 0.3];
        rows.push(in_service(
            id,
            id,
            Link,
            ("bandwidth", "Gbit/s", 100.0),
            free,
        ));
    }
    let cpu = ("cpu", "vCPU", 4000.0);
    let chicago = in_service("chi", "Chicago", Site, cpu, [0.412, 0.0, 0.2]);
    rows.push(with(chicago, |headroom_row| {
        out(headroom_row, Standing::Drained);
    }));
    let bandwidth = ("bandwidth", "Gbit/s", 30.0);
    let dallas = in_service(
        "ap-dfw",
        "Dallas",
        AccessPoint,
        bandwidth,
        [0.0, 0.305, 0.3],
    );
    rows.push(with(dallas, |headroom_row| {
        (headroom_row.standing, headroom_row.before) = (Standing::Opened, None);
    }));
    HeadroomChart {
        title: "Chicago is drained: San Antonio has 12 % headroom (target 20 %)".to_owned(),
        events: String::new(),
        scenario: SCENARIO.to_owned(),
        period: PERIOD.to_owned(),
        rows,
        most_others: TIGHTEST_OTHERS,
        against: HeadroomAgainst::Before,
    }
}

/// A blind window: one component far over its limit, one full, one without capacity, one failed.
pub(in crate::report::charts) fn overload() -> HeadroomChart {
    let mut chart = drain(7);
    chart.title = "San Antonio is degraded, Chicago is drained: San Antonio load balancer 2 is at 270 % of capacity".into();
    for row in &mut chart.rows {
        let during = match (row.component.as_str(), row.resource.as_str()) {
            ("lb-0-1", _) => -0.34,
            ("lb-0-2", _) => -1.7,
            ("site-1", "cpu") => 0.0,
            ("site-2", "cpu") => -0.034,
            ("site-3", "storage") => 0.004,
            ("lb-3-1" | "site-4", _) => {
                out(row, Standing::Failed);
                row.load = if row.component == "site-4" {
                    120.0
                } else {
                    0.0
                };
                continue;
            }
            _ => continue,
        };
        row.during = Some(during);
        row.load = row.capacity * (1.0 - during);
    }
    chart
}

/// Everything comfortable, nothing before, no target; and less demand than before.
pub(in crate::report::charts) fn calm() -> HeadroomChart {
    let mut chart = drain(4);
    chart.title = "All in service: San Antonio has 62 % headroom (target 20 %)".into();
    chart.rows.retain(|row| row.standing == Standing::InService);
    for (index, row) in chart.rows.iter_mut().enumerate() {
        let during = 0.62 + 0.05 * index as f64 % 0.38;
        row.before = (!index.is_multiple_of(3)).then_some(0.5);
        (row.during, row.target, row.load) = (Some(during), None, row.capacity * (1.0 - during));
    }
    chart
}

/// Names as bad as they get.
pub(super) fn hostile() -> HeadroomChart {
    let mut chart = drain(8);
    for (index, name) in HOSTILE.iter().take(7).enumerate() {
        for row in &mut chart.rows {
            if row.component == format!("site-{index}") {
                (*name).clone_into(&mut row.name);
                row.unit = "units of a resource with a name that is far too long".into();
                row.resource = "bandwidth-of-the-eastern-interconnect".into();
            } else if row.component.starts_with(&format!("lb-{index}-")) {
                row.name = "same name".into();
            }
        }
    }
    chart.title = format!(
        "{} is drained: {} has 12 % headroom (target 20 %)",
        HOSTILE[1], HOSTILE[0]
    );
    chart.scenario = HOSTILE[2].into();
    chart
}

/// Every map.
pub(in crate::report::charts) fn maps() -> Vec<(&'static str, MapChart)> {
    vec![
        ("3-sites", drain_map(3)),
        ("12-sites", drain_map(12)),
        ("43-sites", drain_map(43)),
        ("12-churn", churn(12)),
        ("43-churn", churn(43)),
        ("3-calm", calm_map(3)),
        ("43-calm", calm_map(43)),
        ("pacific", pacific()),
        ("poles", poles()),
        ("one-place-3", one_place(3)),
        ("one-place-43", one_place(43)),
        ("unplaced", unplaced()),
        ("hostile", hostile_map()),
    ]
}

fn site(index: usize, name: &str, (latitude, longitude): (f64, f64), headroom: f64) -> SitePlace {
    SitePlace {
        id: format!("site-{index:02}"),
        name: name.to_owned(),
        coordinates: Some(Coordinates {
            latitude,
            longitude,
        }),
        standing: Standing::InService,
        state: match headroom {
            full if full <= 0.0 => State::Full,
            tight if tight < 0.2 => State::BelowTarget,
            _ => State::Fine,
        },
        headroom: Some(headroom),
        target: Some(0.2),
        network: (index % 5 == 3).then_some(State::BelowTarget),
        users: 10_000.0 * (1 + index) as f64,
    }
}

fn drained(site: &mut SitePlace) {
    (site.standing, site.state) = (Standing::Drained, State::Gone);
    (site.headroom, site.network, site.users) = (None, None, 0.0);
}

fn moved(from: usize, to: usize, users: f64) -> SiteMove {
    let [from, to] = [from, to].map(|index| format!("site-{index:02}"));
    SiteMove { from, to, users }
}

fn map(title: &str, sites: Vec<SitePlace>, moves: Vec<SiteMove>) -> MapChart {
    MapChart {
        title: title.to_owned(),
        scenario: SCENARIO.to_owned(),
        period: PERIOD.to_owned(),
        sites,
        access_points: Vec::new(),
        moves,
    }
}

/// An access point by its id, at the place of a number.
pub(in crate::report::charts) fn access_point(
    id: &str,
    index: usize,
    usage: AccessPointUse,
) -> AccessPointPlace {
    let (name, coordinates) = metro(index);
    AccessPointPlace {
        id: id.to_owned(),
        name,
        coordinates: Some(coordinates),
        usage,
        users: 1000.0 * index as f64,
        gained: 500.0 * (index as f64 - 9.0),
    }
}

/// No users move.
pub(in crate::report::charts) fn calm_map(count: usize) -> MapChart {
    let sites = (0..count.min(ALL_PLACES)).map(|index| {
        let (name, at) = metro(index);
        let headroom = 0.05 + 0.7 * scatter(index, 3);
        site(index, &name, (at.latitude, at.longitude), headroom)
    });
    map("No users change site", sites.collect(), Vec::new())
}

/// Chicago is drained to a handful of sites; access points in every state.
pub(in crate::report::charts) fn drain_map(count: usize) -> MapChart {
    let mut chart = calm_map(count);
    chart.title = "134,700 users leave Chicago: most go to San Antonio and Boydton".into();
    drained(&mut chart.sites[0]);
    let moves = (1..count.min(7)).map(|to| moved(0, to, 90_300.0 / (to * to) as f64));
    chart.moves = moves.collect();
    let access_points = (0..ALL_PLACES.min(count + 2)).map(|index| {
        let usage = match index {
            0 => AccessPointUse::Closed,
            1 => AccessPointUse::Opened,
            index if index % 5 == 4 => AccessPointUse::Standby,
            _ => AccessPointUse::Active,
        };
        access_point(&format!("ap-{index:02}"), index, usage)
    });
    chart.access_points = access_points.collect();
    chart
}

/// Much moves at once, some of it there and back.
pub(in crate::report::charts) fn churn(count: usize) -> MapChart {
    let mut chart = drain_map(count);
    let is_much = |from: usize, to: usize| from != to && (from * 5 + to * 3) % 11 < 2;
    for from in 1..count {
        for to in (1..count).filter(|to| is_much(from, *to)) {
            let users = 40_000.0 * scatter(from * count + to, 5);
            chart.moves.push(moved(from, to, 50.0 + users));
        }
    }
    chart.title = "2,041,300 users change site: from 43 sites to 42".into();
    chart
}

/// The Pacific, across the date line.
pub(in crate::report::charts) fn pacific() -> MapChart {
    let mut sites = vec![
        site(0, "Tokyo", (35.69, 139.69), 0.3),
        site(1, "Auckland", (-36.85, 174.76), 0.0),
        site(2, "San Francisco", (37.77, -122.42), 0.12),
        site(3, "Honolulu", (21.31, -157.86), 0.5),
    ];
    drained(&mut sites[3]);
    let moves = vec![
        moved(3, 0, 80_000.0),
        moved(3, 1, 20_000.0),
        moved(3, 2, 120_000.0),
        moved(2, 0, 9000.0),
    ];
    let title =
        "229,000 users change site: most leave Honolulu, most go to San Francisco and Tokyo";
    map(title, sites, moves)
}

/// As far apart as places can be.
fn poles() -> MapChart {
    let sites = vec![
        site(0, "North Pole", (90.0, 0.0), 0.4),
        site(1, "South Pole", (-90.0, 180.0), 0.1),
        site(2, "Null Island", (0.0, 0.0), 0.6),
        site(3, "Date line", (0.0, -180.0), 0.0),
    ];
    let title = "500 users leave North Pole for South Pole";
    map(title, sites, vec![moved(0, 1, 500.0)])
}

/// Many sites in one place.
pub(in crate::report::charts) fn one_place(count: usize) -> MapChart {
    let mut chart = churn(count);
    let frankfurt = Some(metro(24).1);
    chart
        .sites
        .iter_mut()
        .for_each(|site| site.coordinates = frankfurt);
    let access_points = chart.access_points.iter_mut();
    access_points.for_each(|access_point_place| access_point_place.coordinates = frankfurt);
    chart
}

/// Some places have no coordinates.
pub(in crate::report::charts) fn unplaced() -> MapChart {
    let mut chart = drain_map(12);
    chart.sites[3..]
        .iter_mut()
        .for_each(|site_place| site_place.coordinates = None);
    chart.access_points[1].coordinates = None;
    chart
}

/// Names as bad as they get.
fn hostile_map() -> MapChart {
    let mut chart = drain_map(8);
    for (site, name) in chart.sites.iter_mut().zip(HOSTILE) {
        name.clone_into(&mut site.name);
    }
    for (place, name) in chart.access_points.iter_mut().zip(&HOSTILE[..7]) {
        (*name).clone_into(&mut place.name);
        place.usage = AccessPointUse::Opened;
    }
    chart.sites[1].coordinates = None;
    chart.title = format!(
        "134,700 users leave {}: most go to {}",
        HOSTILE[0], HOSTILE[1]
    );
    chart.scenario = HOSTILE[2].into();
    chart
}
