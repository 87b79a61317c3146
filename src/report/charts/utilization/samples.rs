//! Sample charts of utilization: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at
//! (`tests/it/look.rs`).

use super::{FailureColumn, Named, SiteCell, SiteRow, State, UtilizationChart};

/// Names of very different lengths.
const METROS: [&str; 12] = [
    "San Antonio",
    "Boydton",
    "Dallas–Fort Worth metropolitan area, hall 3",
    "Quincy",
    "São Paulo",
    "Santiago de Querétaro",
    "Oslo",
    "Frankfurt am Main",
    "東京データセンター第三棟",
    "Kuala Lumpur",
    "<b>Zürich</b>",
    "Johannesburg",
];

/// A fraction of 1 that looks random and is always the same.
fn scatter(index: usize, salt: usize) -> f64 {
    ((index * 7919 + salt * 104_729 + index * index * 31) % 1000) as f64 / 1000.0
}

/// A site by its number.
fn site(index: usize) -> Named {
    let name = METROS[index % METROS.len()];
    let name = match index / METROS.len() {
        0 => name.to_owned(),
        more => format!("{name} {}", more + 1),
    };
    Named::new(&format!("s{index}"), &name)
}

/// A cell that is so full, of which a tenth is to be kept free.
pub(crate) fn cell(utilization: f64) -> SiteCell {
    SiteCell {
        resource: "cpu".to_owned(),
        utilization,
        target: 0.1,
        state: match utilization {
            full if full >= 1.0 => State::Full,
            tight if tight > 0.9 => State::BelowTarget,
            _ => State::Fine,
        },
    }
}

/// So many sites, of which each fails alone and together with so many others that are no sites.
pub(crate) fn chart(sites: usize, others: usize, most: f64) -> UtilizationChart {
    let first = FailureColumn {
        case: 0,
        failing: Named::new("", "no failure"),
        state: State::Fine,
        unserved: 0.0,
    };
    let failures = (0..sites + others).map(|index| FailureColumn {
        case: index + 1,
        failing: site(index),
        state: match index {
            0..3 => State::Full,
            3..6 => State::BelowTarget,
            _ => State::Fine,
        },
        unserved: if index < 2 { 41_000.0 } else { 0.0 },
    });
    let columns: Vec<FailureColumn> = std::iter::once(first).chain(failures).collect();
    let rows = (0..sites).map(|row| SiteRow {
        site: site(row),
        cells: (0..columns.len().min(61))
            .map(|column| {
                let near = scatter(row * 31 + column, 11).powi(2) / (1.0 + column as f64 / 4.0);
                (column != row + 1).then(|| cell((0.2 + 0.5 * scatter(row, 3) + near).min(most)))
            })
            .collect(),
    });
    UtilizationChart {
        title: "If Oslo fails, San Antonio is overloaded by 4 %; 3 of 59 single sites take a site below its target or full"
            .to_owned(),
        about: vec!["drain-chicago".to_owned(), "13 Nov 2012, 09:08 to 14:10 (UTC-08:00)".to_owned()],
        noun: "site".to_owned(),
        rows: rows.take(60).collect(),
        sites_in_all: sites,
        columns: columns.into_iter().take(61).collect(),
        failures_in_all: sites + others,
    }
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, UtilizationChart)> {
    let mut alone = chart(1, 3, 1.0);
    alone.columns.remove(0);
    alone.rows[0].cells.remove(0);
    vec![
        ("1-site", alone),
        ("3-sites", chart(3, 0, 1.0)),
        ("12-sites", chart(12, 0, 1.04)),
        ("60-sites", chart(60, 0, 1.37)),
        ("70-sites-200-links", chart(70, 200, 1.0)),
        ("calm", chart(20, 0, 0.74)),
    ]
}
