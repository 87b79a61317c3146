//! Sample charts of moves: what the tests measure, and what `PLIMSOLL_LOOK` writes for people to look at
//! (`tests/it/look.rs`).

use super::{Cause, How, MOST_SITES, MoveRow, MovesChart, Named, Reason};

/// Names of sites, of very different lengths.
const METROS: [&str; 16] = [
    "San Antonio",
    "Boydton",
    "Des Moines",
    "Quincy",
    "Cheyenne",
    "Toronto",
    "Dallas–Fort Worth metropolitan area, hall 3",
    "São Paulo",
    "Santiago de Querétaro",
    "Frankfurt am Main",
    "Kuala Lumpur",
    "Oslo",
    "Johannesburg",
    "Tokyo",
    "Zürich",
    "Milano",
];

/// A site by its number.
pub(crate) fn site(index: usize) -> Named {
    let name = METROS[index % METROS.len()];
    let name = match index / METROS.len() {
        0 => name.to_owned(),
        hall => format!("{name} {}", hall + 1),
    };
    Named::new(&format!("site-{index}"), &name)
}

/// Users who go from a site to a site.
pub(crate) fn row(
    (from, to): (Option<usize>, Option<usize>),
    reason: Reason,
    how: Option<How>,
    users: f64,
) -> MoveRow {
    MoveRow {
        from: from.map(site),
        to: to.map(site),
        reason,
        how,
        cause: None,
        users,
        shards: 1,
    }
}

/// A chart with its finding as its title.
pub(crate) fn chart(rows: Vec<MoveRow>) -> MovesChart {
    MovesChart::new(
        "chicago-maintenance",
        "13 Nov 2012 09:08 to 14:10 (UTC-08:00)",
        rows,
        MOST_SITES,
    )
}

/// A number that looks random and is always the same, 0 to 999.
fn scatter(index: usize) -> f64 {
    ((index * 7919 + index * index * 31) % 1000) as f64
}

/// A drain of the last of so many sites to all others, the first ones taking most.
pub(crate) fn drain(sites: usize) -> MovesChart {
    let from = Some(sites - 1);
    let mut rows = Vec::new();
    for to in 0..sites - 1 {
        let users = 400_000.0 / (to + 1) as f64 + scatter(to);
        let reason = Reason::Drained;
        rows.push(row((from, Some(to)), reason, Some(How::Takeover), users));
        if to % 2 == 0 {
            rows.push(row((from, Some(to)), reason, Some(How::Copy), users * 0.8));
        }
    }
    chart(rows)
}

/// A drain with users left without a place, relief elsewhere, users who go home and new ones.
pub(crate) fn much(sites: usize) -> MovesChart {
    let mut rows = drain(sites).rows;
    let mut lost = row((Some(sites - 1), None), Reason::Unserved, None, 268_500.0);
    lost.cause = Some(Cause::NoCapacity);
    rows.push(lost);
    rows.push(row((Some(0), None), Reason::Unserved, None, 0.3));
    let mut nowhere = row((None, None), Reason::Unserved, None, 7_000.0);
    nowhere.cause = Some(Cause::NoSite);
    rows.push(nowhere);
    let (takeover, copy) = (Some(How::Takeover), Some(How::Copy));
    rows.push(row((Some(0), Some(1)), Reason::Relief, takeover, 90_100.0));
    rows.push(row((Some(2), Some(0)), Reason::Returned, copy, 123_456.0));
    rows.push(row((None, Some(2)), Reason::Placed, copy, 36_000.0));
    rows.push(row((Some(1), Some(2)), Reason::Failed, takeover, 1.0));
    chart(rows)
}

/// So many pairs among 43 sites, of very different size.
pub(crate) fn pairs(count: usize) -> MovesChart {
    let rows = (0..count).map(|index| {
        let from = index * 7 % 19;
        let to = 19 + index * 11 % 24;
        let how = [How::Takeover, How::Copy][index % 2];
        let users = 150_000.0 / (index + 1) as f64 + scatter(index);
        row((Some(from), Some(to)), Reason::Relief, Some(how), users)
    });
    chart(rows.collect())
}

/// Everybody goes home.
pub(crate) fn returns() -> MovesChart {
    let rows = (1..9).map(|from| {
        let to = if from % 3 == 0 { 10 } else { 0 };
        let how = [How::Takeover, How::Copy][from % 2];
        let users = 500_000.0 / from as f64;
        row((Some(from), Some(to)), Reason::Returned, Some(how), users)
    });
    chart(rows.collect())
}

/// Names as bad as they get.
pub(crate) fn hostile() -> MovesChart {
    let names = [
        "<script>alert(\"1\")</script>&amp;'quotes'",
        "an id of one hundred and twenty-eight characters that goes on and on and on until it ends in rack-17-of-hall-B-in-building-4",
        "\u{202e}txet lortnoc\u{1b}[31m\u{0}\n\t",
        "מרכז הנתונים של תל אביב",
        "مركز بيانات دبي",
        "東京データセンター第三棟",
        "=HYPERLINK(\"http://example.com\")",
        "same name",
        "same name",
        "one-word-of-one-hundred-and-twenty-eight-characters-without-any-space-that-goes-on-and-on-until-it-ends-in-rack-17-of-hall-B-no-4",
    ];
    let mut rows = drain(names.len() + 1).rows;
    for row in &mut rows {
        for site in [&mut row.from, &mut row.to].into_iter().flatten() {
            let index = names.len() - 1 - site.id.len() % 2;
            let number = site.id.trim_start_matches("site-").parse::<usize>();
            let number = number.unwrap_or(index);
            names[number % names.len()].clone_into(&mut site.name);
            if number == 6 {
                "=1+1".clone_into(&mut site.id);
            }
        }
    }
    rows.push(row((Some(4), None), Reason::Unserved, None, 9e9));
    let mut chart = chart(rows);
    names[2].clone_into(&mut chart.scenario);
    chart
}

/// Every sample and its name.
pub(crate) fn all() -> Vec<(&'static str, MovesChart)> {
    let one = row(
        (Some(0), Some(1)),
        Reason::Relief,
        Some(How::Copy),
        41_000.0,
    );
    let mut dust = one.clone();
    dust.to = Some(site(6));
    dust.users = 1e-9;
    let lost = [Cause::NoSite, Cause::NoCapacity, Cause::MoveLimit].map(|cause| {
        let mut lost = row((Some(3), None), Reason::Unserved, None, 30_000.0);
        lost.cause = Some(cause);
        lost
    });
    vec![
        ("moves-3-sites", drain(3)),
        ("moves-12-sites", drain(12)),
        ("moves-43-sites", drain(43)),
        ("moves-much-3-sites", much(3)),
        ("moves-much-12-sites", much(12)),
        ("moves-much-43-sites", much(43)),
        ("moves-20-pairs", pairs(20)),
        ("moves-100-pairs", pairs(100)),
        ("moves-one-pair", chart(vec![one.clone()])),
        ("moves-dust", chart(vec![one, dust])),
        ("moves-unserved", chart(lost.to_vec())),
        ("moves-nobody", chart(Vec::new())),
        ("moves-returns", returns()),
        ("moves-hostile", hostile()),
    ]
}
