//! Samples of the charts of who moves and who enters where.

use super::sample::{
    EVIL, HOSTILE, PERIOD, SCENARIO, Sample, named, scatter, sorted_samples, with,
};
use crate::plan_files::AccessPointUse::{self, Active, Closed, Opened, Standby};
use crate::plan_files::{Cause, How, Reason};
use crate::report::charts::moves::{MOST_SITES, MovesChart};
use crate::report::charts::steering::{MOST_ACCESS_POINTS, SteeringBefore, SteeringChart};
use crate::report::{AccessPointRow, EntryRow, MoveRow, Named, Steering};

/// Every sample.
pub(in crate::report::charts) fn all() -> Vec<Sample> {
    let moves = sorted_samples("moves", false, move_charts(), |moves_chart| {
        moves_chart.rows.reverse();
    });
    let steering = sorted_samples("steering", true, steering_charts(), |steering_chart| {
        steering_chart.steering.entries.reverse();
        steering_chart.steering.access_points.reverse();
    });
    moves.into_iter().chain(steering).collect()
}

/// Gives a thing a hostile name, and one of them a hostile id.
fn hostile_name(named: &mut Named) {
    let number = named
        .id
        .rsplit('-')
        .next()
        .and_then(|text| text.parse().ok());
    let number: usize = number.unwrap_or(0);
    HOSTILE[number % HOSTILE.len()].clone_into(&mut named.name);
    if number == 6 {
        named.id = format!("={}", named.id);
    }
}

/// Every chart of moves.
pub(in crate::report::charts) fn move_charts() -> Vec<(&'static str, MovesChart)> {
    let one = row(
        (Some(0), Some(1)),
        Reason::Relief,
        Some(How::Copy),
        41_000.0,
    );
    let dust = row((Some(0), Some(6)), Reason::Relief, Some(How::Copy), 1e-9);
    let causes = [Cause::NoSite, Cause::NoCapacity, Cause::MoveLimit];
    let lost = causes.map(|cause| lost(Some(3), Some(cause), 30_000.0));
    vec![
        ("3-sites", drain(3)),
        ("12-sites", drain(12)),
        ("43-sites", drain(43)),
        ("much-3-sites", much(3)),
        ("much-12-sites", much(12)),
        ("much-43-sites", much(43)),
        ("20-pairs", pairs(20)),
        ("100-pairs", pairs(100)),
        ("one-pair", moves(vec![one.clone()])),
        ("dust", moves(vec![one, dust])),
        ("unserved", moves(lost.to_vec())),
        ("nobody", moves(Vec::new())),
        ("returns", returns()),
        ("hostile", hostile_moves()),
    ]
}

/// Every chart of steering.
pub(in crate::report::charts) fn steering_charts() -> Vec<(&'static str, SteeringChart)> {
    let dust = with(small().steering, |steering| {
        steering.entries.push(entry((0, 7), 0.0, 1e-9));
    });
    vec![
        ("3-by-3", small()),
        ("12-by-14", large(12, 14)),
        ("50-by-40", large(50, 40)),
        ("1200-by-100", large(1200, 100)),
        ("growth", growth()),
        ("dust", steering_chart(dust)),
        ("nobody", steering_chart(Steering::default())),
        ("hostile", hostile_steering()),
    ]
}

/// Users who go from a site to a site.
pub(in crate::report::charts) fn row(
    (from, to): (Option<usize>, Option<usize>),
    reason: Reason,
    how: Option<How>,
    users: f64,
) -> MoveRow {
    let [from, to] = [from, to].map(|item| item.map(|index| named("site-", index)));
    MoveRow {
        from,
        to,
        reason,
        how,
        cause: None,
        users,
        shards: 1,
    }
}

/// Unserved users, and why.
pub(in crate::report::charts) fn lost(
    from: Option<usize>,
    cause: Option<Cause>,
    users: f64,
) -> MoveRow {
    with(
        row((from, None), Reason::Unserved, None, users),
        |move_row| {
            move_row.cause = cause;
        },
    )
}

/// A chart with its finding as its title.
pub(in crate::report::charts) fn moves(rows: Vec<MoveRow>) -> MovesChart {
    MovesChart::new(SCENARIO, PERIOD, rows, MOST_SITES)
}

/// A drain of the last of this many sites to all others, the first ones taking most.
fn drain(sites: usize) -> MovesChart {
    let rows = (0..sites - 1).flat_map(|to| {
        let users = 400_000.0 / (to + 1) as f64 + 1000.0 * scatter(to, 0);
        let of = |how, users| {
            row(
                (Some(sites - 1), Some(to)),
                Reason::Drained,
                Some(how),
                users,
            )
        };
        let copied = (to % 2 == 0).then(|| of(How::Copy, users * 0.8));
        std::iter::once(of(How::Takeover, users)).chain(copied)
    });
    moves(rows.collect())
}

/// A drain with unserved users, rebalancing elsewhere, returning users and new ones.
pub(in crate::report::charts) fn much(sites: usize) -> MovesChart {
    let (takeover, copy) = (Some(How::Takeover), Some(How::Copy));
    let mut rows = drain(sites).rows;
    rows.extend([
        lost(Some(sites - 1), Some(Cause::NoCapacity), 268_500.0),
        lost(Some(0), None, 0.3),
        lost(None, Some(Cause::NoSite), 7_000.0),
        row((Some(0), Some(1)), Reason::Relief, takeover, 90_100.0),
        row((Some(2), Some(0)), Reason::Returned, copy, 123_456.0),
        row((None, Some(2)), Reason::Placed, copy, 36_000.0),
        row((Some(1), Some(2)), Reason::Failed, takeover, 1.0),
    ]);
    moves(rows)
}

/// A number of pairs among 43 sites, of very different size.
fn pairs(count: usize) -> MovesChart {
    let rows = (0..count).map(|index| {
        let ends = (Some(index * 7 % 19), Some(19 + index * 11 % 24));
        let how = [How::Takeover, How::Copy][index % 2];
        let users = 150_000.0 / (index + 1) as f64 + 1000.0 * scatter(index, 0);
        row(ends, Reason::Relief, Some(how), users)
    });
    moves(rows.collect())
}

/// Everybody goes home.
fn returns() -> MovesChart {
    let rows = (1..9).map(|from| {
        let to = if from % 3 == 0 { 10 } else { 0 };
        let how = [How::Takeover, How::Copy][from % 2];
        row(
            (Some(from), Some(to)),
            Reason::Returned,
            Some(how),
            500_000.0 / from as f64,
        )
    });
    moves(rows.collect())
}

/// Names as bad as they get.
pub(in crate::report::charts) fn hostile_moves() -> MovesChart {
    let mut rows = drain(HOSTILE.len() + 1).rows;
    let sites = rows.iter_mut().flat_map(|row| [&mut row.from, &mut row.to]);
    sites.flatten().for_each(hostile_name);
    rows.push(lost(Some(4), None, 9e9));
    with(moves(rows), |moves_chart| {
        EVIL.clone_into(&mut moves_chart.scenario);
    })
}

/// An access point or a client region by its number.
fn entrance(kind: &str, index: usize) -> Named {
    let mut named = named(kind, index);
    if let Some(name) = ["Dallas", "Houston", "New York City"].get(index) {
        (*name).clone_into(&mut named.name);
    }
    named
}

/// An access point by its number.
pub(in crate::report::charts) fn access_point(
    index: usize,
    before: AccessPointUse,
    now: AccessPointUse,
) -> AccessPointRow {
    AccessPointRow {
        access_point: entrance("ap-", index),
        before,
        now,
    }
}

/// Users of a client region at an access point, both by number, who all change where their number does.
pub(in crate::report::charts) fn entry(
    (access_point, client_region): (usize, usize),
    before: f64,
    now: f64,
) -> EntryRow {
    EntryRow {
        access_point: entrance("ap-", access_point),
        client_region: entrance("region-", client_region),
        before,
        now,
        arriving: (now - before).max(0.0),
        leaving: (before - now).max(0.0),
    }
}

/// A chart with its finding as its title.
pub(in crate::report::charts) fn steering_chart(steering: Steering) -> SteeringChart {
    let about = (PERIOD, SteeringBefore::Period);
    SteeringChart::new(SCENARIO, about, steering, MOST_ACCESS_POINTS)
}

/// Three client regions, three access points, one of which opens.
pub(in crate::report::charts) fn small() -> SteeringChart {
    steering_chart(Steering {
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

/// A number of client regions, each at a few of the access points; some open, close, come back.
pub(in crate::report::charts) fn large(regions: usize, access_points: usize) -> SteeringChart {
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
    let mut entries = Vec::new();
    for region in 0..regions {
        let users = 900_000.0 / (region + 1) as f64 + (region * 7919 % 1000) as f64;
        let usual = first + region * 13 % (access_points - first);
        // Two parts in five stay; one each goes to what opens, leaves what closes, and leaves what is on standby.
        entries.push(entry((usual, region), users, users * 0.4));
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
    steering_chart(Steering {
        access_points: rows.collect(),
        entries,
    })
}

/// Nobody enters elsewhere, and there are more users than before.
pub(in crate::report::charts) fn growth() -> SteeringChart {
    let mut steering = small().steering;
    steering.access_points[0].before = Opened;
    for row in &mut steering.entries {
        row.now = row.before * 1.02 + 0.2;
        (row.arriving, row.leaving) = (0.0, 0.0);
    }
    steering_chart(steering)
}

/// Names as bad as they get, and numbers too.
fn hostile_steering() -> SteeringChart {
    let mut steering = large(24, 12).steering;
    let access_points = steering.access_points.iter_mut();
    access_points.for_each(|row| hostile_name(&mut row.access_point));
    for row in &mut steering.entries {
        hostile_name(&mut row.access_point);
        hostile_name(&mut row.client_region);
        row.now *= 1e5;
        row.arriving *= 1e5;
    }
    with(steering_chart(steering), |steering_chart| {
        EVIL.clone_into(&mut steering_chart.scenario);
    })
}
