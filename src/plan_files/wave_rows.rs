//! The rows of waves.csv, ramp.csv, `wave_weights.csv`, `wave_loads.csv` and stability.csv; `docs/output.md` says what each
//! column means. Periods count from 0, and paths are written as in `SteeringRow`.

use super::cell::Signed;
use super::rows::KIND_AND_UNIT;
use super::table::rows;
use super::words::{Stability, Timing};

/// What to do about who leaves and enters a site.
pub(crate) const OF_SITES: &str =
    "count the users who leave and enter each site in the wave, and let the wave last long enough";

/// What to do about who reconnects in a wave.
pub(crate) const RAMP: &str = "count the users who move to a site past the component, and those who stay and are newly \
                               steered through it";

/// Waves of a transition at most after which one is asked what is survived: nobody stops after hundreds.
pub const MOST_STOPS: usize = 60;

/// What to do about a weight.
pub(crate) const WEIGHTS: &str = "write one row for every wave, group, site and open path: (1 − share)·before + \
                                  share·after over the open paths, which sum to 1";

/// What to do about a load.
pub(crate) const LOADS: &str = "write one row for every wave, component, resource that it limits, and slice up to the \
                                end of the wave's hold";

const TIGHTEST: &str = "sum the demand, without retries and with those of its profile. Add copies and background once. \
                        Take the tightest hour, and of a wave the largest load of any part under the tightest case";
const WHAT_FOLLOWS: &str = "write load ÷ retry_load − load ÷ capacity, and the class: overloaded where load exceeds \
                            capacity, vulnerable where retry_load does, else stable";

rows! {
    /// waves.csv: users of one wave who leave and enter one site; a wave in which nobody moves has one row without a site.
    WaveRow = "waves.csv" {
        /// The period to which it leads; counts from 0.
        period: u32,
        /// Before the period or after its start.
        timing: Timing,
        /// Counts from 1 in a period.
        wave: u32,
        /// First instant, ISO 8601 with an offset.
        start: String,
        /// When steering has turned, evenly since the start, and users begin to move.
        turned: String,
        /// First instant after it: the gate begins.
        end: String,
        /// Minutes for which it is watched before anything else is done.
        gate_minutes: f64 = Amount(1.0), "P7985",
            "let waves and holds follow each other without a break, up to the period's start or from it on",
        /// Share of the turn from the steering of before to that of the period, once it has turned.
        steering_share: f64,
        /// Of those who come back to where they are homed, the share that has by its end.
        restored_share: f64,
        /// Site id; `None` if nobody moves.
        site: Option<String>,
        /// Users who leave it.
        users_out: f64 = Amount(1e3), "P7990", OF_SITES,
        /// Users who enter it.
        users_in: f64 = Amount(1e3), "P7990", OF_SITES,
        /// The same per hour of the time in which users move; `None` where that is none.
        users_out_per_hour: Option<f64> = Amount(1.0), "P7990", OF_SITES,
        /// The same per hour of the time in which users move; `None` where that is none.
        users_in_per_hour: Option<f64> = Amount(1.0), "P7990", OF_SITES,
        /// What the inventory allows; `None` is unlimited.
        move_out_per_hour: Option<f64> = Amount(1.0), "P7990", OF_SITES,
        /// What the inventory allows; `None` is unlimited.
        move_in_per_hour: Option<f64> = Amount(1.0), "P7990", OF_SITES,
        /// The component that is fullest, whatever part of the wave has moved; `None` if nothing is limited.
        fullest_component: Option<String>,
        /// Of what.
        fullest_resource: Option<String>,
        /// How full it may get: load ÷ capacity.
        fullest_utilization: Option<f64>,
        /// Worst missing share of a headroom target at the wave's end.
        stop_shortfall: f64,
        /// Failures that `[protect]` asks and that are not survived by who stops at its end; `None` if not checked, and
        /// at the end of the last wave, where the period's own state is.
        stop_failures: Option<u32> [added],
        /// Users who are unserved in them, all together, and would not be without them.
        stop_unserved_users: Option<f64> [added],
    }

    /// ramp.csv: users of one wave, or of all that lead to a period, who newly connect through one component.
    RampRow = "ramp.csv" {
        /// The period to which it leads; counts from 0.
        period: u32,
        /// Before the period or after its start.
        timing: Timing,
        /// Counts from 1 in a period; `None` is all of them together.
        wave: Option<u32>,
        component: String,
        /// Users who newly connect through it.
        arrivals: f64 = Rate, "P7991", RAMP,
        /// Per second of the wave, or of all waves; `None` where they take no time.
        arrivals_per_second: Option<f64> = Rate, "P7991", RAMP,
        /// New sessions per second of normal operation, at worst.
        background_per_second: f64 = Rate, "P7991", RAMP,
        /// New sessions per second that it accepts.
        accepts_per_second: f64 = Rate, "P7991", RAMP,
        /// Seconds in which that many users can be accepted at least, and in which the queue of a wave is gone if all of it
        /// come at once; of all waves the sum of theirs; `None` is never.
        smallest_window_seconds: Option<f64> = Rate, "P7991", RAMP,
        /// Users who wait if all come at once.
        queue_at_once: f64 = Rate, "P7991", RAMP,
    }

    /// `wave_weights.csv`: the weight of a path from the turn of a wave on.
    WaveWeightRow = "wave_weights.csv" {
        /// The period to which the wave leads; counts from 0.
        period: u32,
        wave: u32,
        /// In which slice of the hours of `during`.
        slice: u32,
        client_region: String,
        profile: String,
        max_latency_ms: Option<f64>,
        access_point: String = Exact, "P7978", WEIGHTS,
        site: String = Exact, "P7978", WEIGHTS,
        path: String = Exact, "P7978", WEIGHTS,
        links: String,
        /// Of the users of this client region, profile and limit at the site.
        weight: f64 = Amount(1.0), "P7978", WEIGHTS,
        /// The period in which it holds; `None` is before the scenario.
        during: Option<u32>,
    }

    /// `wave_loads.csv`: what one component carries of one resource at the end of a wave.
    WaveLoadRow = "wave_loads.csv" {
        /// The period to which the wave leads; counts from 0.
        period: u32,
        wave: u32,
        /// In which slice of the hours of `during`.
        slice: u32,
        component: String,
        /// `site`, `access_point`, `element` or `link`.
        kind: String = Exact, "P7979", LOADS,
        resource: String,
        unit: String = Exact, "P7979", LOADS,
        load: f64 = Amount(1.0), "P7979", LOADS,
        /// What is left.
        capacity: f64 = Amount(1.0), "P7979", LOADS,
        /// The period whose demand and capacities hold; `None` is before the scenario.
        during: Option<u32>,
    }

    /// stability.csv: whether one component recovers by itself once a trigger has gone.
    StabilityRow = "stability.csv" {
        period: u32,
        /// The wave that leads to the period; `None` is the period itself.
        wave: Option<u32>,
        component: String,
        /// `site`, `access_point`, `element` or `link`.
        kind: String = Exact, "P7525", KIND_AND_UNIT,
        resource: String,
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

    /// runbook.csv: one step of the runbook.
    RunbookRow = "runbook.csv" {
        /// Counts from 1, in order of time.
        step: u32,
        /// When it begins, ISO 8601 with an offset.
        start: String,
        /// When it is over.
        end: String,
        /// The period to which it leads; counts from 0.
        period: u32,
        /// The wave of that period; `None` without one.
        wave: Option<u32>,
        /// What is done.
        action: String,
        /// At what; `None` if nothing is named.
        component: Option<String>,
        /// How many or how much.
        amount: Option<String>,
        /// What has to be seen once it is done.
        expected: Option<String>,
        /// The file and the rows that it takes.
        rows: Option<String>,
        /// The instruction.
        instruction: String,
    }
}
