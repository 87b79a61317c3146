//! The rows of `wave_weights.csv` and `wave_loads.csv`; `docs/output.md` says what each column means.

use super::table::rows;

/// What to do about a weight.
pub(crate) const WEIGHTS: &str = "for every wave and group and site one row for each path that is open: \
    (1 − share)·before + share·after, of those alone; they sum to 1";

/// What to do about a load.
pub(crate) const LOADS: &str = "for every wave one row for each component and resource that it limits, in every slice \
    of the time to the end of its gate";

rows! {
    /// `wave_weights.csv`: the weight of a path from the turn of a wave on.
    WaveWeightRow = "wave_weights.csv" {
        /// The period to which the wave leads; counts from 0.
        period: u32,
        /// As in waves.csv.
        wave: u32,
        /// In which slice of the hours of `during`.
        slice: u32,
        /// Where the path starts.
        client_region: String,
        /// What its users demand.
        profile: String,
        /// Their latency limit; `None` is no limit.
        max_latency_ms: Option<f64>,
        /// The one that the path passes.
        access_point: String = Exact, "P7978", WEIGHTS,
        /// Where the path ends.
        site: String = Exact, "P7978", WEIGHTS,
        /// All ids from client region to site, [`joined`](super::joined).
        path: String = Exact, "P7978", WEIGHTS,
        /// Link ids, [`joined`](super::joined).
        links: String,
        /// Of the users of this client region, profile and limit at the site.
        weight: f64 = Amount(1.0), "P7978", WEIGHTS,
        /// The period in which it holds; `None` is ahead of the scenario.
        during: Option<u32>,
    }

    /// `wave_loads.csv`: what one component carries of one resource at the end of a wave.
    WaveLoadRow = "wave_loads.csv" {
        /// The period to which the wave leads; counts from 0.
        period: u32,
        /// As in waves.csv.
        wave: u32,
        /// In which slice of the hours of `during`.
        slice: u32,
        /// Component id.
        component: String,
        /// `site`, `access_point`, `element` or `link`.
        kind: String = Exact, "P7979", LOADS,
        /// Resource id.
        resource: String,
        /// The resource's unit.
        unit: String = Exact, "P7979", LOADS,
        /// In that unit.
        load: f64 = Amount(1.0), "P7979", LOADS,
        /// What is left.
        capacity: f64 = Amount(1.0), "P7979", LOADS,
        /// The period whose demand and capacities hold; `None` is ahead of the scenario.
        during: Option<u32>,
    }
}
