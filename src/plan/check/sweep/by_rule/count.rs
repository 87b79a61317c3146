//! Count: what a case comes to under a recovery that follows a rule.

use super::super::super::affected::Affected;
use super::super::super::certificate::Row;
use super::super::super::headroom::Shortfalls;
use super::super::super::stages::Levels;
use super::super::defaults::Ways;
use super::super::outcome::{Outcome, standby};
use super::asking::Sent;
use super::cells::{Cells, Folk};
use super::left::{Fate, Left};
use super::shares::{Shares, is_overloaded};
use crate::model::Recovery;
use crate::units::NOBODY;

/// What a case comes to.
pub(in super::super) struct Counted {
    pub(in super::super) outcome: Outcome,
    /// Positions of rows of which more is asked for than there is.
    pub(in super::super) overloaded: Vec<usize>,
    /// Positions of folks with somebody unserved, and how many.
    pub(in super::super) hit: Vec<(usize, f64)>,
}

/// What the case of some ways comes to under a rule.
pub(in super::super) fn counted(
    cells: &Cells,
    ways: &Ways<'_, '_>,
    affected: &mut Affected<'_>,
    rows: &[Row],
    recovery: Recovery,
) -> Counted {
    let basis = ways.basis;
    let left = Left::new(cells, ways);
    let sent = Sent::by(&left, recovery, affected);
    let loads = sent.loads(&left, rows);
    let shares = Shares::of(&left, &sent, rows, &loads.of_rows);
    let mut levels = nothing(ways);
    let mut hit = Vec::new();
    let mut count = |folk: usize, site: Option<usize>, users: f64, served: f64| {
        let own: &Folk = &cells.folks[folk];
        let rank = basis.ground.inventory.tiers[own.tier.index()].rank;
        *levels.unserved.entry(rank).or_default() += users * (1.0 - served);
        let current = basis.alike.all[own.alike].current;
        if let (Some(site), Some(current)) = (site, current)
            && current.index() != site
        {
            levels.moved += users * served;
        }
        users * (1.0 - served)
    };
    for (position, (cell, fate)) in cells.all.iter().zip(&left.fates).enumerate() {
        for folk in cell.folks.clone() {
            let users = cells.folks[folk].users;
            let site = Some(cell.site);
            let unserved = match fate {
                Fate::Stay => count(folk, site, users, shares.of_cells[position]),
                Fate::Detour => count(
                    folk,
                    site,
                    users,
                    shares.of_detours[&(cell.group, cell.site)],
                ),
                Fate::Displaced if sent.to[&folk].is_empty() => count(folk, None, users, 0.0),
                Fate::Displaced => {
                    let parts = sent.to[&folk].iter().map(|&(site, share)| {
                        let served = shares.at(&left, cell.group, site);
                        count(folk, Some(site), users * share, served)
                    });
                    parts.sum()
                }
            };
            if unserved > 0.0 {
                hit.push((folk, unserved));
            }
        }
    }
    for folk in cells.unserved.clone() {
        hit.push((folk, count(folk, None, cells.folks[folk].users, 0.0)));
    }
    let missing: Vec<f64> = rows
        .iter()
        .zip(&loads.of_rows)
        .map(|(row, load)| asked_beyond(row, *load))
        .collect();
    levels.shortfalls.worst = missing.iter().copied().fold(0.0, f64::max);
    let candidates = standby(basis.ground.inventory);
    levels.opened = candidates
        .filter(|own| loads.entering[*own] > NOBODY)
        .count() as f64;
    let overloaded = rows.iter().zip(&loads.of_rows).enumerate();
    let overloaded = overloaded.filter(|(_, (row, load))| is_overloaded(row, **load));
    Counted {
        overloaded: overloaded.map(|(position, _)| position).collect(),
        hit,
        outcome: Outcome {
            levels,
            loads,
            missing,
            unserved: Vec::new(),
            no_site: None,
        },
    }
}

/// Nobody is unserved, and nothing missing.
fn nothing(ways: &Ways<'_, '_>) -> Levels {
    let ranks = ways.basis.crowds.ranks.iter();
    Levels {
        unserved: ranks.map(|rank| (*rank, 0.0)).collect(),
        relief: 0.0,
        shortfalls: Shortfalls {
            worst: 0.0,
            total: 0.0,
            missed_before: [0; 2],
            is_known: ways.basis.before.is_known,
        },
        opened: 0.0,
        copied: 0.0,
        moved: 0.0,
        latency: 0.0,
    }
}

/// The share of a target that is missing beyond what was missing before, of what is asked for: `1 − s⁰ − (1 − L/A)/h`.
fn asked_beyond(row: &Row, load: f64) -> f64 {
    if row.target <= 0.0 {
        return 0.0;
    }
    1.0 - row.kept - (1.0 - load / row.capacity) / row.target
}
