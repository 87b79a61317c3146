//! Sample charts of steering: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at
//! (`tests/it/look.rs`).

use super::{
    AccessPointRow, AccessPointUse, EntryRow, MOST_ACCESS_POINTS, Named, Steering, SteeringChart,
};
use AccessPointUse::{Active, Closed, Opened, Standby};

/// Names of very different lengths.
const METROS: [&str; 14] = [
    "Dallas",
    "Houston",
    "New York City",
    "San José",
    "Ashburn",
    "Oslo",
    "Dallas–Fort Worth metropolitan area, hall 3",
    "São Paulo",
    "Santiago de Querétaro",
    "Frankfurt am Main",
    "Kuala Lumpur",
    "Johannesburg",
    "Tokyo",
    "Zürich",
];

/// A place by its number.
pub(crate) fn place(kind: &str, index: usize) -> Named {
    let name = METROS[index % METROS.len()];
    let name = match index / METROS.len() {
        0 => name.to_owned(),
        more => format!("{name} {}", more + 1),
    };
    Named::new(&format!("{kind}-{index}"), &name)
}

/// An access point by its number.
pub(crate) fn access_point(
    index: usize,
    before: AccessPointUse,
    now: AccessPointUse,
) -> AccessPointRow {
    AccessPointRow {
        access_point: place("ap", index),
        before,
        now,
    }
}

/// Users of a client region at an access point, both by number, who all change where their number does.
pub(crate) fn entry(
    (access_point, client_region): (usize, usize),
    before: f64,
    now: f64,
) -> EntryRow {
    EntryRow {
        access_point: place("ap", access_point),
        client_region: place("region", client_region),
        before,
        now,
        arriving: (now - before).max(0.0),
        leaving: (before - now).max(0.0),
    }
}

/// A chart with its finding as its title.
pub(crate) fn chart(steering: Steering) -> SteeringChart {
    SteeringChart::new(
        "chicago-maintenance",
        "13 Nov 2012 09:08 to 14:10 (UTC-08:00)",
        steering,
        MOST_ACCESS_POINTS,
    )
}

/// Three client regions, three access points, one of which opens.
pub(crate) fn small() -> SteeringChart {
    chart(Steering {
        access_points: vec![
            access_point(0, Standby, Opened),
            access_point(1, Active, Active),
            access_point(2, Active, Active),
        ],
        entries: vec![
            entry((0, 0), 0.0, 9_000.0),
            entry((0, 1), 0.0, 6_000.0),
            entry((1, 0), 20_000.0, 11_000.0),
            entry((1, 1), 12_000.0, 4_000.0),
            entry((2, 1), 1_000.0, 3_000.0),
            entry((2, 2), 30_000.0, 30_000.0),
        ],
    })
}

/// So many client regions, each at a few of so many access points; some open, close, come back.
pub(crate) fn large(regions: usize, access_points: usize) -> SteeringChart {
    let states = [
        (Standby, Opened),
        (Active, Closed),
        (Opened, Opened),
        (Opened, Standby),
        (Closed, Active),
        (Standby, Standby),
        (Closed, Closed),
    ];
    let rows = (0..access_points).map(|index| {
        let (before, now) = states.get(index).copied().unwrap_or((Active, Active));
        access_point(index, before, now)
    });
    let first = states.len().min(access_points - 1);
    let usual = |index: usize| first + index % (access_points - first);
    let mut entries = Vec::new();
    for region in 0..regions {
        let users = 900_000.0 / (region + 1) as f64 + (region * 7919 % 1000) as f64;
        let at = usual(region * 13);
        // Two parts in five stay; one each goes to what opens, leaves what closes, and leaves what is on standby.
        entries.push(entry((at, region), users, users * 0.4));
        entries.push(entry((0, region), 0.0, users * 0.6));
        if region % 3 == 0 {
            entries.push(entry((1, region), users * 0.2, 0.0));
            entries.push(entry((2, region), users * 0.1, users * 0.3));
        }
        if region % 5 == 0 {
            entries.push(entry((3, region), users * 0.1, 0.0));
            entries.push(entry((4, region), 0.0, users * 0.1));
        }
    }
    let known = |row: &EntryRow| (0..access_points).any(|i| place("ap", i) == row.access_point);
    entries.retain(known);
    chart(Steering {
        access_points: rows.collect(),
        entries,
    })
}

/// Nobody enters elsewhere, and there are more users than before.
pub(crate) fn growth() -> SteeringChart {
    let mut chart = small();
    chart.steering.access_points[0].before = Opened;
    for row in &mut chart.steering.entries {
        row.now = row.before * 1.02 + 0.2;
        (row.arriving, row.leaving) = (0.0, 0.0);
    }
    self::chart(chart.steering)
}

/// Names as bad as they get, and numbers too.
pub(crate) fn hostile() -> SteeringChart {
    let names = [
        "<script>alert(\"1\")</script>&amp;'quotes'",
        "an id of one hundred and twenty-eight characters that goes on and on and on until it ends in rack-17-of-hall-B-in-building-4",
        "\u{202e}txet lortnoc\u{1b}[31m\u{0}\n\t",
        "מרכז הנתונים של תל אביב",
        "東京データセンター第三棟",
        "=HYPERLINK(\"http://example.com\")",
        "one-word-of-one-hundred-and-twenty-eight-characters-without-any-space-that-goes-on-and-on-until-it-ends-in-rack-17-of-hall-B-no-4",
        "same name",
    ];
    let mut chart = large(24, 12);
    let rename = |named: &mut Named| {
        let number = named
            .id
            .rsplit('-')
            .next()
            .and_then(|number| number.parse::<usize>().ok());
        names[number.unwrap_or(0) % names.len()].clone_into(&mut named.name);
        if number == Some(1) {
            named.id = format!("={}", named.id);
        }
    };
    for row in &mut chart.steering.access_points {
        rename(&mut row.access_point);
    }
    for row in &mut chart.steering.entries {
        rename(&mut row.access_point);
        rename(&mut row.client_region);
        row.now *= 1e5;
        row.arriving *= 1e5;
    }
    names[2].clone_into(&mut chart.scenario);
    chart.title = chart.steering.clone().sorted().title();
    chart
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, SteeringChart)> {
    let mut dust = small().steering;
    dust.entries.push(entry((0, 7), 0.0, 1e-9));
    vec![
        ("steering-3-by-3", small()),
        ("steering-12-by-14", large(12, 14)),
        ("steering-50-by-40", large(50, 40)),
        ("steering-1200-by-100", large(1200, 100)),
        ("steering-growth", growth()),
        ("steering-dust", chart(dust)),
        ("steering-nobody", chart(Steering::default())),
        ("steering-hostile", hostile()),
    ]
}
