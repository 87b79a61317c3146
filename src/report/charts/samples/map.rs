//! Samples of the map.

use super::sample::{EVIL, LONG, Sample, scatter, sorted_samples};
use crate::model::Coordinates;
use crate::plan_files::AccessPointUse;
use crate::report::charts::MapChart;
use crate::report::charts::map::{AccessPointPlace, SiteMove, SitePlace};
use crate::report::headroom::{Standing, State};

/// Sites of the world.
const METROS: [(&str, f64, f64); 43] = [
    ("Chicago", 41.85, -87.65),
    ("San Antonio", 29.42, -98.49),
    ("Boydton", 36.67, -78.39),
    ("Des Moines", 41.6, -93.61),
    ("Quincy", 47.23, -119.85),
    ("Cheyenne", 41.14, -104.82),
    ("Toronto", 43.7, -79.42),
    ("Quebec City", 46.81, -71.21),
    ("Dallas–Fort Worth metropolitan area, hall 3", 32.78, -96.81),
    ("Phoenix", 33.45, -112.07),
    ("Atlanta", 33.75, -84.39),
    ("New York", 40.71, -74.01),
    ("Los Angeles", 34.05, -118.24),
    ("San José", 37.34, -121.89),
    ("Seattle", 47.61, -122.33),
    ("Denver", 39.74, -104.98),
    ("Miami", 25.77, -80.19),
    ("Boston", 42.36, -71.06),
    ("São Paulo", -23.55, -46.64),
    ("Santiago de Querétaro", 20.59, -100.39),
    ("Dublin", 53.33, -6.25),
    ("Amsterdam", 52.37, 4.89),
    ("London", 51.51, -0.13),
    ("Paris", 48.85, 2.35),
    ("Frankfurt am Main", 50.12, 8.68),
    ("Zürich", 47.37, 8.55),
    ("Milano", 45.46, 9.19),
    ("Madrid", 40.42, -3.7),
    ("Stockholm", 59.33, 18.06),
    ("Oslo", 59.91, 10.75),
    ("Warszawa", 52.23, 21.01),
    ("Johannesburg", -26.2, 28.04),
    ("Dubai", 25.07, 55.17),
    ("Mumbai", 19.07, 72.88),
    ("Chennai", 13.09, 80.28),
    ("Singapore", 1.29, 103.85),
    ("Kuala Lumpur", 3.15, 101.69),
    ("Hong Kong", 22.28, 114.17),
    ("Seoul", 37.57, 126.98),
    ("Tokyo", 35.69, 139.69),
    ("Osaka", 34.69, 135.5),
    ("Sydney", -33.87, 151.21),
    ("Auckland", -36.85, 174.76),
];

/// Every sample.
pub(in crate::report::charts) fn all() -> Vec<Sample> {
    sorted_samples("map", true, maps(), |map| {
        map.sites.reverse();
        map.access_points.reverse();
        map.moves.reverse();
    })
}

/// Every map.
pub(in crate::report::charts) fn maps() -> Vec<(&'static str, MapChart)> {
    vec![
        ("3-sites", drain(3)),
        ("12-sites", drain(12)),
        ("43-sites", drain(43)),
        ("12-churn", churn(12)),
        ("43-churn", churn(43)),
        ("3-calm", calm(3)),
        ("43-calm", calm(43)),
        ("pacific", pacific()),
        ("poles", poles()),
        ("one-place-3", one_place(3)),
        ("one-place-43", one_place(43)),
        ("unplaced", unplaced()),
        ("hostile", hostile()),
    ]
}

fn at(latitude: f64, longitude: f64) -> Coordinates {
    Coordinates {
        latitude,
        longitude,
    }
}

fn site(index: usize, name: &str, coordinates: Coordinates, headroom: f64) -> SitePlace {
    SitePlace {
        id: format!("site-{index:02}"),
        name: name.to_owned(),
        coordinates: Some(coordinates),
        standing: Standing::InService,
        state: if headroom <= 0.0 {
            State::Full
        } else if headroom < 0.2 {
            State::BelowTarget
        } else {
            State::Fine
        },
        headroom: Some(headroom),
        users: 10_000.0 * (1 + index) as f64,
    }
}

fn drained(site: &mut SitePlace) {
    site.standing = Standing::Drained;
    site.state = State::Gone;
    site.headroom = None;
    site.users = 0.0;
}

fn moved(from: usize, to: usize, users: f64) -> SiteMove {
    SiteMove {
        from: format!("site-{from:02}"),
        to: format!("site-{to:02}"),
        users,
    }
}

fn chart(title: &str, sites: Vec<SitePlace>, moves: Vec<SiteMove>) -> MapChart {
    MapChart {
        title: title.to_owned(),
        scenario: "chicago-maintenance".to_owned(),
        period: "13 Nov 2012 09:08 to 14:10 (UTC-08:00)".to_owned(),
        sites,
        access_points: Vec::new(),
        moves,
    }
}

fn metros(count: usize) -> Vec<SitePlace> {
    METROS
        .iter()
        .take(count)
        .enumerate()
        .map(|(index, &(name, latitude, longitude))| {
            let headroom = 0.05 + 0.7 * scatter(index, 3);
            site(index, name, at(latitude, longitude), headroom)
        })
        .collect()
}

/// Chicago is drained to a handful of sites; access points in every state.
pub(in crate::report::charts) fn drain(count: usize) -> MapChart {
    let mut sites = metros(count);
    drained(&mut sites[0]);
    let moves = (1..count.min(7))
        .map(|to| moved(0, to, 90_300.0 / (to * to) as f64))
        .collect();
    let mut chart = chart(
        "134,700 users leave Chicago: most go to San Antonio and Boydton",
        sites,
        moves,
    );
    for (index, &(name, latitude, longitude)) in METROS.iter().take(count + 2).enumerate() {
        let usage = match index {
            0 => AccessPointUse::Closed,
            1 => AccessPointUse::Opened,
            index if index % 5 == 4 => AccessPointUse::Standby,
            _ => AccessPointUse::Active,
        };
        chart.access_points.push(AccessPointPlace {
            id: format!("ap-{index:02}"),
            name: name.to_owned(),
            coordinates: Some(at(latitude, longitude)),
            usage,
            users: 1000.0 * index as f64,
        });
    }
    chart
}

/// Much moves at once, some of it there and back.
pub(in crate::report::charts) fn churn(count: usize) -> MapChart {
    let mut chart = drain(count);
    let is_much = |from: usize, to: usize| from != to && (from * 5 + to * 3) % 11 < 2;
    for from in 1..count {
        for to in (1..count).filter(|&to| is_much(from, to)) {
            let users = 40_000.0 * scatter(from * count + to, 5);
            chart.moves.push(moved(from, to, 50.0 + users));
        }
    }
    chart.title = "2,041,300 users change site: from 43 sites to 42".into();
    chart
}

/// Nobody moves.
pub(in crate::report::charts) fn calm(count: usize) -> MapChart {
    chart("Nobody changes site", metros(count), Vec::new())
}

/// The Pacific, across the date line.
pub(in crate::report::charts) fn pacific() -> MapChart {
    let places = [
        ("Tokyo", 35.69, 139.69, 0.3),
        ("Auckland", -36.85, 174.76, 0.0),
        ("San Francisco", 37.77, -122.42, 0.12),
        ("Honolulu", 21.31, -157.86, 0.5),
    ];
    let mut sites: Vec<SitePlace> = places
        .iter()
        .enumerate()
        .map(|(index, &(name, latitude, longitude, headroom))| {
            site(index, name, at(latitude, longitude), headroom)
        })
        .collect();
    drained(&mut sites[3]);
    let moves = vec![
        moved(3, 0, 80_000.0),
        moved(3, 1, 20_000.0),
        moved(3, 2, 120_000.0),
        moved(2, 0, 9000.0),
    ];
    chart(
        "229,000 users change site: most leave Honolulu, most go to San Francisco and Tokyo",
        sites,
        moves,
    )
}

/// As far apart as places can be.
pub(in crate::report::charts) fn poles() -> MapChart {
    let sites = vec![
        site(0, "North Pole", at(90.0, 0.0), 0.4),
        site(1, "South Pole", at(-90.0, 180.0), 0.1),
        site(2, "Null Island", at(0.0, 0.0), 0.6),
        site(3, "Date line", at(0.0, -180.0), 0.0),
    ];
    chart(
        "500 users leave North Pole for South Pole",
        sites,
        vec![moved(0, 1, 500.0)],
    )
}

/// Many sites in one place.
pub(in crate::report::charts) fn one_place(count: usize) -> MapChart {
    let mut chart = churn(count);
    for site in &mut chart.sites {
        site.coordinates = Some(at(50.12, 8.68));
    }
    for place in &mut chart.access_points {
        place.coordinates = Some(at(50.12, 8.68));
    }
    chart
}

/// Some places have no coordinates.
pub(in crate::report::charts) fn unplaced() -> MapChart {
    let mut chart = drain(12);
    for site in chart.sites.iter_mut().skip(3) {
        site.coordinates = None;
    }
    chart.access_points[1].coordinates = None;
    chart
}

/// Names as bad as they get.
pub(in crate::report::charts) fn hostile() -> MapChart {
    let mut chart = drain(8);
    let names = [
        "<script>alert(\"1\")</script>&amp;'quotes'",
        LONG,
        EVIL,
        "מרכז הנתונים של תל אביב",
        "東京データセンター第三棟",
        "=HYPERLINK(\"http://example.com\")",
        "",
    ];
    for (site, name) in chart.sites.iter_mut().zip(names) {
        name.clone_into(&mut site.name);
    }
    for (place, name) in chart.access_points.iter_mut().zip(names) {
        name.clone_into(&mut place.name);
        place.usage = AccessPointUse::Opened;
    }
    chart.sites[1].coordinates = None;
    chart.title = format!("134,700 users leave {}: most go to {}", names[0], names[1]);
    chart.scenario = names[2].into();
    chart
}
