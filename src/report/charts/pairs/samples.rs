//! Sample charts of pairs: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at
//! (`tests/it/look.rs`).

use super::{Named, PairCell, PairsChart};

/// Names of very different lengths.
const METROS: [&str; 10] = [
    "San Antonio",
    "Boydton",
    "Dallas–Fort Worth metropolitan area, hall 3",
    "Quincy",
    "São Paulo",
    "Oslo",
    "東京データセンター第三棟",
    "<b>Zürich</b>",
    "Kuala Lumpur",
    "Johannesburg",
];

/// A fraction of 1 that looks random and is always the same.
fn scatter(index: usize, salt: usize) -> f64 {
    ((index * 7919 + salt * 104_729 + index * index * 31) % 1000) as f64 / 1000.0
}

/// Pairs of so many members, of which the first are the worst; `users` are unserved at most.
pub(crate) fn chart(members: usize, users: f64) -> PairsChart {
    let name = |index: usize| {
        let name = METROS[index % METROS.len()];
        match index / METROS.len() {
            0 => name.to_owned(),
            more => format!("{name} {}", more + 1),
        }
    };
    let bad = |index: usize| {
        (1.0 - index as f64 / members as f64).powi(3) * (0.5 + 0.5 * scatter(index, 5))
    };
    let cells = (0..members).map(|first| {
        (0..=first)
            .map(|second| {
                let lost = if first == second {
                    bad(first) * 0.6
                } else {
                    bad(first) + bad(second)
                };
                Some(PairCell {
                    unserved: ((lost - 0.5) * users).max(0.0),
                    no_site: Some(0.0),
                    missing: if lost > 0.2 { lost.min(1.0) } else { 0.0 },
                })
            })
            .collect()
    });
    PairsChart {
        title: "Without San Antonio and Boydton, 812,000 users stay unserved; 23 of 1,711 pairs leave somebody unserved".to_owned(),
        about: vec!["drain-chicago".to_owned(), "13 Nov 2012, 09:08 to 14:10 (UTC-08:00)".to_owned()],
        noun: "site".to_owned(),
        members: (0..members).map(|index| Named::new(&format!("s{index}"), &name(index))).collect(),
        members_in_all: members,
        cells: cells.collect(),
    }
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, PairsChart)> {
    let mut stopped = chart(20, 2e6);
    for cells in stopped.cells.iter_mut().skip(6) {
        for cell in cells.iter_mut().skip(3) {
            *cell = None;
        }
    }
    let mut overloaded = chart(12, 0.0);
    for cell in overloaded.cells.iter_mut().flatten().flatten() {
        cell.missing *= 1.5;
    }
    let mut no_site = chart(12, 2e6);
    for cell in no_site.cells.iter_mut().flatten().flatten() {
        cell.no_site = Some((cell.unserved / 3.0).floor());
    }
    let mut many = chart(60, 2e6);
    many.members_in_all = 200;
    vec![
        ("1-member", chart(1, 2e6)),
        ("2-members", chart(2, 2e6)),
        ("12-members", chart(12, 2e6)),
        ("60-members", chart(60, 3e4)),
        ("60-of-200", many),
        ("stopped", stopped),
        ("overloaded", overloaded),
        ("no-site", no_site),
    ]
}
