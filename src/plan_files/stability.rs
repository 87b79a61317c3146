//! stability.csv and what summary.json says of it; `docs/output.md` says what each column means.

use super::cell::Signed;
use super::document::shortest;
use super::rows::KIND_AND_UNIT;
use super::table::rows;
use super::words::Stability;
use serde::{Deserialize, Serialize};

const TIGHTEST: &str = "add up what is brought there, once and with the retries of its profile, copies and background once; tell of \
                        the hour that is tightest, and of a wave of the most that any part of it brings under the tightest case";
const WHAT_FOLLOWS: &str = "write load ÷ retry_load − load ÷ capacity, and the class: overloaded where load exceeds capacity, \
                            vulnerable where retry_load does, else stable";

rows! {
    /// stability.csv: whether one component recovers by itself once a trigger has gone.
    StabilityRow = "stability.csv" {
        /// Counts from 0.
        period: u32,
        /// The wave that leads to the period; `None` is the period itself.
        wave: Option<u32>,
        /// Component id.
        component: String,
        /// `site`, `access_point`, `element` or `link`.
        kind: String = Exact, "P7525", KIND_AND_UNIT,
        /// Resource id.
        resource: String,
        /// The resource's unit.
        unit: String = Exact, "P7525", KIND_AND_UNIT,
        /// In that unit; of a wave the most, whatever part of it has moved.
        load: f64 = Amount(0.0), "P7523", TIGHTEST,
        /// The same with all retries running; `None` where no overload keeps itself up.
        retry_load: Option<f64> = Amount(0.0), "P7523", TIGHTEST,
        /// What is left.
        capacity: f64 = Difference(0.0), "P7523", TIGHTEST,
        /// load ÷ `retry_load` − load ÷ capacity; `None` where no overload keeps itself up, and at capacity 0.
        margin: Option<Signed> = Difference(1.0), "P7524", WHAT_FOLLOWS,
        /// What follows.
        stability: Stability = Exact, "P7524", WHAT_FOLLOWS,
    }
}

/// How components and resources stand with all retries running, in the period itself; each is in stability.csv.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StabilitySummary {
    /// How many recover by themselves.
    pub stable: u64,
    /// How many a trigger can lock in.
    pub vulnerable: u64,
    /// How many carry more than they have.
    pub overloaded: u64,
    /// The least margin; absent where nothing has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least_margin: Option<LeastMargin>,
}

/// The component and resource with the least margin to an overload that keeps itself up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeastMargin {
    /// Component id.
    pub component: String,
    /// Resource id.
    pub resource: String,
    /// A share of the capacity; below 0 a trigger can lock it in.
    #[serde(serialize_with = "shortest")]
    pub margin: f64,
}
