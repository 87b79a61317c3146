//! Every day: the days that a runway gives without asking them all are those that asking every day, case and end of the
//! forecast gives, on a loaded planner.

use super::{failing_days, growing};
use jiff::{SignedDuration, Timestamp};
use plimsoll::engine::{Planner, RunwayRequest, runway};
use plimsoll::model::{
    Band, Contingencies, ExistingShortfall, FailureSet, Inventory, MoveRule, Recovery, Scenario,
};
use plimsoll::plan::runway::{Adjustment, Condition, Day, Runway, RunwayRow, SampleStep};
use plimsoll::solve::Stop;
use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

/// So many days are asked about.
const DAYS: i64 = 12;

/// An inventory with and without its limits.
struct Places {
    limited: Arc<Inventory>,
    /// Nothing is limited: who is unserved in it is trapped.
    endless: Arc<Inventory>,
}

impl Places {
    fn new(limited: Inventory) -> Self {
        let mut endless = limited.clone();
        endless.capacity.fill(None);
        endless.capacity_changes.clear();
        Self {
            limited: Arc::new(limited),
            endless: Arc::new(endless),
        }
    }
}

/// An end of the forecast, as conditions are asked about it.
struct OfBand {
    free: Places,
    pinned: Places,
    strict: Places,
}

impl OfBand {
    fn new(inventory: &Inventory, band: Band) -> Self {
        let inventory = inventory.at_end_of_forecast(band);
        let mut pinned = inventory.clone();
        let shards: &mut [plimsoll::model::Shard] = &mut pinned.shards;
        for shard in shards {
            shard.move_rule = MoveRule::Pinned;
        }
        let mut strict = inventory.clone();
        let changes = strict.capacity_changes.iter_mut();
        let changed = changes.filter_map(|change| change.capacity.as_mut());
        for capacity in strict.capacity.iter_mut().flatten().chain(changed) {
            *capacity *= 1.0 - 1e-6;
        }
        Self {
            free: Places::new(inventory),
            pinned: Places::new(pinned),
            strict: Places::new(strict),
        }
    }
}

/// What some cases of a day leave unserved at most, trapped users apart, and whether a headroom target is missed in one.
fn at_worst(
    places: &Places,
    (scenario, at): (&Scenario, Timestamp),
    (contingencies, cases): (&Contingencies, Range<usize>),
) -> (f64, bool) {
    let scenario = Scenario {
        start: at,
        end: at + SignedDuration::from_hours(1),
        ..scenario.clone()
    };
    let load = |inventory: &Arc<Inventory>| {
        Planner::new(Arc::clone(inventory), scenario.clone()).expect("it is loaded")
    };
    let (limited, endless) = (load(&places.limited), OnceCell::new());
    let mut worst = (0.0_f64, false);
    for case in cases {
        let events = contingencies.events(&places.limited, case);
        let verdict = limited.verdict(&events).expect("it is settled");
        let unserved = verdict.unserved_users();
        if unserved > 1e-5 {
            let endless = endless.get_or_init(|| load(&places.endless));
            let trapped = endless.verdict(&events).expect("it is settled");
            worst.0 = worst.0.max(unserved - trapped.unserved_users());
        }
        worst.1 |= verdict.missing.is_some();
    }
    worst
}

/// The days on which a condition fails, each asked.
fn asked_each(
    found: &Runway,
    row: &RunwayRow,
    of: &OfBand,
    scenario: &Scenario,
) -> Option<Vec<Day>> {
    let count = found.contingencies.count();
    let (places, cases) = match (row.condition, row.adjustment) {
        (Condition::ServedUnder, Adjustment::AsIs) => (&of.free, 0..count),
        (Condition::StableUnder, Adjustment::AsIs) => (&of.strict, 0..count),
        (Condition::Target | Condition::Served, Adjustment::Steered) => (&of.pinned, 0..1),
        (Condition::Target | Condition::Served, Adjustment::Rebalanced) => (&of.free, 0..1),
        _ => return None,
    };
    let mut scenario = scenario.clone();
    scenario.policy.existing_shortfall = ExistingShortfall::Repair;
    scenario.policy.freeze_onboarding = false;
    scenario.policy.reaction_minutes = 0.0;
    scenario.policy.require_stable = row.condition == Condition::StableUnder;
    let fails = |day: &Day| {
        let asked = (&found.contingencies, cases.clone());
        let (unserved, is_missed) = at_worst(places, (&scenario, found.begins(*day)), asked);
        unserved > 1e-5 || (row.condition == Condition::Target && is_missed)
    };
    Some(
        (0..Day::try_from(DAYS).expect("few"))
            .filter(fails)
            .collect(),
    )
}

#[test]
fn days_are_those_of_asking_every_day_case_and_end_of_the_forecast() {
    let seeds = std::env::var("PLIMSOLL_SEEDS").ok();
    let seeds = seeds.and_then(|seeds| seeds.parse().ok()).unwrap_or(500);
    let (mut later, mut again) = (0, 0);
    for seed in 10_000..10_000 + seeds {
        let (inventory, mut scenario) = growing(seed);
        scenario.events.clear();
        let from = super::date("2030-02-27");
        let asked = RunwayRequest {
            from,
            until: from + SignedDuration::from_hours(24 * DAYS),
            over: FailureSet::Sites,
            failures: 1,
            bands: Band::ALL.to_vec(),
            recoveries: vec![Recovery::Replan],
            step: SampleStep::Month,
            with_components: false,
        };
        let found = runway(&inventory, &scenario, &asked, &Stop::default()).expect("it is settled");
        for band in Band::ALL {
            let of = OfBand::new(&inventory, band);
            for row in found.rows.iter().filter(|row| row.band == band) {
                let Some(expected) = asked_each(&found, row, &of, &scenario) else {
                    continue;
                };
                let days = failing_days(row);
                assert_eq!(days, expected, "seed {seed}: {row:?}");
                later += usize::from(days.first().is_some_and(|day| *day > 0));
                again += usize::from(row.failing.len() > 1);
            }
        }
    }
    assert!(
        later > 20 && again > 0,
        "{later} fail later, {again} hold again"
    );
}
