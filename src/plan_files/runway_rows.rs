//! The rows of a runway's CSV files; `docs/output.md` says what each column means. Dates are days that begin at midnight UTC.

use super::cell::Text;
use super::table::rows;
use crate::model::{Adjustment, Band, Condition, Recovery};

/// What to do where rows are not those that were asked for.
const ASKED: &str =
    "write one row for every condition, moves, recovery and band that runway.json asks for";

/// What to do about dates.
const DATES: &str = "write the last day that holds, the day after it as the first that fails, and the days up to it";

rows! {
    /// `runway.csv`: until when a condition holds.
    RunwayRow = "runway.csv" {
        /// What is asked to hold.
        condition: Condition = Exact, "P7871", ASKED,
        /// Which events of the scenario are in force on every day, joined by `+`; blank for none.
        events: Option<Text> = Exact, "P7871", ASKED,
        /// How failures are answered; blank where none are asked about.
        recovery: Option<Recovery> = Exact, "P7871", ASKED,
        /// Who may move before anything fails.
        moves: Adjustment = Exact, "P7871", ASKED,
        /// For which end of the forecast.
        band: Band = Exact, "P7871", ASKED,
        /// The last day up to which it holds; blank where it fails on the first.
        holds_through: Option<String>,
        /// The first day on which it fails; blank where it holds up to the horizon.
        fails_from: Option<String>,
        /// How many days it holds.
        days: u32 = Exact, "P7872", DATES,
        /// `true` if it is proven that it holds on the last of them, and fails on the next.
        proven: bool,
        /// Which case fails first, from 0, the case without a failure; blank where nothing fails.
        case: Option<u32>,
        /// What fails in that case, joined by `+`; blank where nothing does.
        failing: Option<Text>,
        /// Where more capacity would help first on that day.
        component: Option<String>,
        /// Of what.
        resource: Option<String>,
        /// How much is missing there, in the resource's unit.
        short: Option<f64>,
        /// Users unserved on that day in that case, trapped ones apart; blank where users are not counted, as is.
        users_unserved: Option<f64>,
        /// Users who have no site in that case, even with unlimited capacity.
        trapped_users: Option<f64>,
        /// The first day on which no placement of whole shards that holds was found, where that is earlier.
        whole_shards_fail_from: Option<String>,
        /// `true` if placements of whole shards were looked for.
        whole_shards_checked: bool,
    }

    /// gaps.csv: days in a row on which a condition fails.
    GapRow = "gaps.csv" {
        condition: Condition,
        events: Option<Text>,
        recovery: Option<Recovery>,
        moves: Adjustment,
        band: Band,
        /// The first day on which it fails.
        fails_from: String,
        /// The first day after it on which it holds; blank where it fails up to the horizon.
        holds_again_from: Option<String>,
    }

    /// placed.csv: the home that a shard without one gets on the first day on which it has users.
    PlacedRow = "placed.csv" {
        band: Band,
        shard: Text,
        site: String,
    }

    /// components.csv: when a component runs out of a resource, as expected. Dates are blank where that is after the horizon.
    ComponentRunwayRow = "components.csv" {
        component: String,
        /// `site`, `access_point`, `element` or `link`.
        kind: String,
        resource: String,
        unit: String,
        /// The first day on which its load as is exceeds what the headroom target leaves.
        target_as_is: Option<String>,
        /// The first day on which its load as is exceeds its capacity.
        capacity_as_is: Option<String>,
        /// The same in the plan that may move everybody, on sampled days.
        target_rebalanced: Option<String>,
        /// The first sampled day on which that plan fills it.
        capacity_rebalanced: Option<String>,
        /// The same in the worst case of failures, on sampled days.
        target_worst_case: Option<String>,
        /// The first sampled day on which a case fills it.
        capacity_worst_case: Option<String>,
        /// Days to the earliest of these dates.
        days: Option<u32>,
        /// The latest day to order more; blank until purchases are known.
        order_by: Option<String>,
    }

    /// utilization.csv: what a component carries of a resource on a sampled day.
    DayUseRow = "utilization.csv" {
        date: String,
        component: String,
        resource: String,
        unit: String,
        /// In normal operation.
        capacity: f64,
        /// Headroom target, a share of the capacity.
        headroom_target: f64,
        /// Load as is, at the low end of the forecast.
        load_low: f64,
        /// Load as is, as expected.
        load: f64,
        /// Load as is, at the high end.
        load_high: f64,
        /// Load of the plan that may move everybody, as expected.
        load_rebalanced: f64,
        /// The largest share of its capacity that a case of failures uses, as expected.
        worst_utilization: f64,
        /// What fails in that case, joined by `+`; blank where that is normal operation.
        failing: Option<Text>,
    }
}
