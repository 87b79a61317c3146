//! As is: loads on a day if nobody plans again, recomputed from before.csv: homes stay, and so do the shares of paths.

use super::super::assignment::Served;
use super::super::context::RefereeContext;
use super::super::load::Loads;
use super::super::path::{Leg, Steered};
use super::super::period::PeriodState;
use super::super::report::{At, Report, Rule};
use super::super::steering::{self, Standby};
use super::asked::AskedRunway;
use super::days::{MOST_DAYS, holding, is_recomputed};
use super::referee::RunwayVerdict;
use super::rows::date;
use crate::ids::SiteId;
use crate::model::{Condition, Inventory};
use crate::plan_files::{BeforeRow, Lined, Row as _, RunwayRow, WrittenRunway};
use crate::units::{FEASIBILITY, NOBODY};
use jiff::civil::Date;
use std::collections::BTreeMap;

const LOADS: Rule = Rule::new(
    "P7874",
    "write as fails_from the first day on which the load of a component as is exceeds its capacity, or what its target leaves",
);

/// P7874: as is, every component carries its load on every day before it fails, and one does not on the first that fails.
pub(super) fn check(
    asked: &AskedRunway<'_>,
    written: &WrittenRunway,
    verdict: &mut RunwayVerdict,
    report: &mut Report,
) {
    let Some(before) = &written.before else {
        verdict.not_checked.push(format!(
            "dates as is, as without {} the paths of the first day are unknown",
            BeforeRow::FILE
        ));
        return;
    };
    for lined in &written.rows {
        let row = &lined.row;
        if !is_recomputed(row) {
            continue;
        }
        verdict.dates[1] += 1;
        let mut holds = holding(asked, row);
        let are_few = holds.len() <= MOST_DAYS;
        if !are_few {
            verdict.not_checked.push(format!(
                "line {} of {}: whether it holds on each of {} days",
                lined.line,
                RunwayRow::FILE,
                holds.len()
            ));
            holds.clear();
        }
        holds.extend(date(row.holds_through.as_ref()));
        holds.sort_unstable();
        holds.dedup();
        let sides = holds.into_iter().map(|day| (day, false));
        let sides = sides.chain(date(row.fails_from.as_ref()).map(|day| (day, true)));
        let mut is_known = true;
        let of_band = asked.of_band(row.band);
        for (day, fails) in sides {
            match is_overloaded(asked, (&of_band, before), row.condition, day) {
                Some(found) if found == fails => {}
                Some(_) => {
                    let column = if fails { "fails_from" } else { "holds_through" };
                    let at = At::cell(RunwayRow::FILE, lined.line, column);
                    let words = |fails| if fails { "an overload" } else { "no overload" };
                    let found = format!("{day}, with {} as is", words(!fails));
                    report.add(LOADS, at, found, format!("a day with {}", words(fails)));
                }
                None => is_known = false,
            }
        }
        if is_known {
            verdict.dates[0] += usize::from(are_few);
        } else {
            verdict.not_checked.push(format!(
                "line {} of {}: users whose paths are not in {}",
                lined.line,
                RunwayRow::FILE,
                BeforeRow::FILE
            ));
        }
    }
}

/// Whether a component carries more than it may on a day; `None` where users have no path in the state before.
fn is_overloaded(
    asked: &AskedRunway<'_>,
    (inventory, rows): (&Inventory, &[Lined<BeforeRow>]),
    condition: Condition,
    day: Date,
) -> Option<bool> {
    let scenario = asked.scenario(condition, day, &[]);
    let context = RefereeContext::new(inventory, &scenario);
    let situation = PeriodState::new(&context, context.before.clone());
    let mut ignored = Report::default();
    let legs = rows.iter().map(Leg::from);
    let before = steering::check(&situation, Standby::Closed, legs, &mut ignored);
    let steered = scaled(&situation, before)?;
    let slices = situation.in_slices();
    let loads: Vec<Loads> = slices
        .iter()
        .map(|slice| {
            let mut loads = Loads::of_steering(slice, &steered);
            let shards = inventory.shards.iter().enumerate();
            let served = shards.filter_map(|(shard, row)| {
                let users = slice.case.users(shard);
                Some((
                    shard,
                    Served {
                        site: row.site?,
                        users,
                    },
                ))
            });
            loads.add_served(slice, served);
            loads
        })
        .collect();
    let most = Loads::most(&loads.iter().collect::<Vec<_>>());
    let is_over = |((component, resource), load): ((usize, usize), &f64)| {
        let Some(capacity) = situation.case.capacity(component, resource) else {
            return false;
        };
        let target = match condition {
            Condition::Target => situation.case.target[[component, resource]],
            _ => 0.0,
        };
        let over = load - capacity * (1.0 - target);
        over > FEASIBILITY * if capacity > 0.0 { capacity } else { 1.0 }
    };
    Some(most.load.indexed_iter().any(is_over))
}

/// The rows of the state before with as many users as are at home on the day, in the same shares.
fn scaled(situation: &PeriodState<'_>, before: Vec<Steered>) -> Option<Vec<Steered>> {
    let context = situation.context;
    let mut at_home: BTreeMap<(usize, SiteId), f64> = BTreeMap::new();
    for (shard, row) in context.inventory.shards.iter().enumerate() {
        let users = situation.case.users(shard);
        if users > 0.0 {
            // Where those who come have their home is not known.
            let site = row.site?;
            *at_home.entry((context.group_of(shard), site)).or_default() += users;
        }
    }
    let mut all: BTreeMap<(usize, (usize, SiteId)), f64> = BTreeMap::new();
    for row in &before {
        *all.entry((row.slice, row.cell())).or_default() += row.users;
    }
    let slices = situation.case.hours.slice_count();
    let is_known = |cell: &(usize, SiteId)| {
        (0..slices).all(|slice| {
            all.get(&(slice, *cell))
                .is_some_and(|users| *users > NOBODY)
        })
    };
    if !at_home.keys().all(is_known) {
        return None;
    }
    let scaled = before.into_iter().map(|row| {
        let users = at_home.get(&row.cell()).copied().unwrap_or(0.0);
        let of = all.get(&(row.slice, row.cell())).copied().unwrap_or(1.0);
        let users = if of > NOBODY {
            users * row.users / of
        } else {
            0.0
        };
        Steered { users, ..row }
    });
    Some(scaled.collect())
}
