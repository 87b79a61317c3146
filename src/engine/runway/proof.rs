//! Proof: the sweeps of single days that show that dates are right: that a condition holds on the last day of every stretch
//! before it fails, and that it fails on the day after.

use super::super::plan::Options;
use super::super::sweep::{SweepRequest, Sweeper};
use super::dated::Dated;
use super::occasion::{Occasion, may_close};
use super::search::{RunwayRequest, by_band, trends};
use super::stretches::Trend;
use crate::error::Result;
use crate::ids::{ShardId, SiteId};
use crate::model::{Adjustment, Band, Condition, Inventory, Recovery, Scenario};
use crate::plan::Before;
use crate::plan::runway::{Day, Runway, RunwayRow};
use crate::solve::{Proof, Stop};
use std::collections::BTreeMap;
use std::ops::Range;

/// Days within a stretch in which users both join and leave that are proven one by one, at most.
const MOST_DAYS: usize = 32;

/// One side of a date: a day on which a row holds, or fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayProof {
    /// Position of the row.
    pub row: usize,
    /// The day.
    pub day: Day,
    /// Whether the condition holds on it.
    pub holds: bool,
}

/// What proves the dates of a runway.
pub struct RunwayProver<'a> {
    inventory: &'a Inventory,
    scenario: &'a Scenario,
    asked: &'a RunwayRequest,
    bands: BTreeMap<Band, Dated<'a>>,
}

impl<'a> RunwayProver<'a> {
    /// Loads what was asked.
    ///
    /// # Errors
    /// Those of [`runway`](super::runway).
    pub fn new(
        inventory: &'a Inventory,
        scenario: &'a Scenario,
        asked: &'a RunwayRequest,
        stop: &Stop,
    ) -> Result<Self> {
        Ok(Self {
            inventory,
            scenario,
            asked,
            bands: by_band(inventory, scenario, asked, stop)?,
        })
    }

    /// The state before the first day, as expected: the paths that stay as is.
    pub fn before(&self) -> &Before {
        self.expected().steering()
    }

    /// The homes that shards without one get, by end of the forecast.
    pub fn placed(&self) -> Vec<(Band, ShardId, SiteId)> {
        let bands = self.asked.bands.iter().map(|band| (*band, self.of(*band)));
        let all = bands.flat_map(|(band, dated)| {
            let pairs = self
                .inventory
                .shards
                .iter()
                .zip(dated.inventory().shards.iter());
            let placed = pairs
                .enumerate()
                .filter(|(_, (today, _))| today.site.is_none());
            placed
                .filter_map(move |(index, (_, then))| Some((band, ShardId::new(index), then.site?)))
        });
        all.collect()
    }

    /// The days that prove the dates of a runway, row by row. Rows that compare loads as is need none; what is not proven,
    /// and what a capacity of 0 may close, has none.
    pub fn days(&self, runway: &Runway) -> Vec<DayProof> {
        let mut by_band = BTreeMap::new();
        let mut proofs = Vec::new();
        for (position, row) in runway.rows.iter().enumerate() {
            // Where a capacity of 0 closes a site, a sweep counts more users as without a site than are trapped.
            if !is_shown(row) || may_close(self.inventory, &self.on(runway, row, 0)) {
                continue;
            }
            let span = (runway.from, runway.days);
            let stretches = by_band
                .entry(row.band)
                .or_insert_with(|| trends(self.inventory, self.scenario, span, row.band));
            let until = row.fails_from().unwrap_or(runway.days);
            let days = stretches.iter().flat_map(|stretch| {
                let within = stretch.days.start..stretch.days.end.min(until);
                holding(within, stretch.trend)
            });
            let days: Vec<Day> = days.collect();
            if days.len() > MOST_DAYS {
                continue;
            }
            let proof = |day, holds| DayProof {
                row: position,
                day,
                holds,
            };
            proofs.extend(days.into_iter().map(|day| proof(day, true)));
            proofs.extend(row.fails_from().map(|day| proof(day, false)));
        }
        proofs
    }

    /// What is asked on the day of a proof: all cases, or the one without a failure.
    ///
    /// # Errors
    /// Those of [`Sweeper::new`].
    pub fn sweeper(
        &self,
        runway: &Runway,
        proof: &DayProof,
        options: &Options<'_>,
    ) -> Result<Sweeper> {
        let row = &runway.rows[proof.row];
        let dated = self.of(row.band);
        let mut scenario = self.on(runway, row, proof.day);
        scenario.policy.require_stable = row.condition == Condition::StableUnder;
        let is_under = row.condition.is_under_failures();
        let failures = if is_under { self.asked.failures } else { 0 };
        let inventory = dated.variant(row.condition, row.adjustment).clone();
        let request = SweepRequest::new(self.asked.over, failures);
        Sweeper::new(inventory, scenario, request, options)
    }

    /// The scenario of a row on a day.
    fn on(&self, runway: &Runway, row: &RunwayRow, day: Day) -> Scenario {
        let events = runway.events.get(row.events);
        self.of(row.band).on(Occasion {
            day,
            events: events.map_or(&[][..], Vec::as_slice),
        })
    }

    /// An end of the forecast; what is expected where it is no other.
    fn of(&self, band: Band) -> &Dated<'a> {
        self.bands.get(&band).unwrap_or_else(|| self.expected())
    }

    fn expected(&self) -> &Dated<'a> {
        &self.bands[&Band::Expected]
    }
}

/// Whether sweeps show what a row says.
fn is_shown(row: &RunwayRow) -> bool {
    let is_under = row.condition.is_under_failures();
    let moves = row.adjustment;
    // With events, homes that they take away have to be left by shards that stay otherwise.
    let is_planned = if is_under {
        moves == Adjustment::AsIs
    } else if row.events > 0 {
        moves == Adjustment::Rebalanced
    } else {
        moves != Adjustment::AsIs
    };
    let is_again = row
        .recovery
        .is_none_or(|recovery| recovery == Recovery::Replan);
    row.proof == Proof::Proven && is_planned && is_again
}

/// The days of a stretch on which a condition has to hold for it to hold on all of them.
fn holding(days: Range<Day>, trend: Trend) -> Vec<Day> {
    if days.is_empty() {
        return Vec::new();
    }
    match trend {
        Trend::Rising => vec![days.end - 1],
        Trend::Falling => vec![days.start],
        Trend::Mixed => days.collect(),
    }
}
