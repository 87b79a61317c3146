//! The rows of the plan's CSV files; `docs/output.md` says what each column means.

use super::cell::{AccessPointUse, BlindPhase, Cause, How, Reason, Signed, Text};
use super::table::rows;

rows! {
    /// assignment.csv: where one part of a shard is homed in a period.
    AssignmentRow = "assignment.csv" {
        /// Counts from 0.
        period: u32,
        /// Shard id.
        shard: Text,
        /// Its tenant.
        tenant: Text,
        /// Users of this part, in the period.
        users: f64,
        /// The current site (`model.md` §4); `None` has no home yet.
        from_site: Option<Text>,
        /// Where they are served; `None` is unserved.
        to_site: Option<Text>,
        /// Of the shard's users in the period; 1 for a shard in one part.
        share: f64,
        /// Why.
        reason: Reason,
    }

    /// moves.csv: a shard, or a part of one, that changes site.
    MoveRow = "moves.csv" {
        /// Counts from 0.
        period: u32,
        /// Counts from 1 in a period; blank where no safe wave was found.
        wave: Option<u32>,
        /// Shard id.
        shard: Text,
        /// Users served at the new site.
        users: f64,
        /// Where it was in the period before, whatever its current site; `None` was nowhere.
        from_site: Option<Text>,
        /// Where it goes.
        to_site: Text,
        /// By a copy there, or by copying.
        how: How,
        /// As in assignment.csv.
        reason: Reason,
    }

    /// steering.csv: users of one client region, profile and latency limit on one path.
    SteeringRow = "steering.csv" {
        /// Counts from 0.
        period: u32,
        /// Where the path starts.
        client_region: String,
        /// What its users demand.
        profile: String,
        /// Their latency limit; `None` is no limit.
        max_latency_ms: Option<f64>,
        /// The one that the path passes.
        access_point: String,
        /// Where the path ends.
        site: String,
        /// All ids from client region to site, [`joined`](super::joined).
        path: String,
        /// Link ids, [`joined`](super::joined).
        links: String,
        /// Users on it.
        users: f64,
        /// Of the served users of this client region, profile and limit in the period and slice.
        share: f64,
        /// Round trip, the sum of its links', not rounded.
        latency_ms: f64,
        /// In which slice of the period's hours; `None` is the only one.
        slice: Option<u32>,
    }

    /// before.csv: steering of the state before.
    BeforeRow = "before.csv" {
        /// Where the path starts.
        client_region: String,
        /// What its users demand.
        profile: String,
        /// Their latency limit; `None` is no limit.
        max_latency_ms: Option<f64>,
        /// The one that the path passes.
        access_point: String,
        /// Where the path ends.
        site: String,
        /// All ids from client region to site, [`joined`](super::joined).
        path: String,
        /// Link ids, [`joined`](super::joined).
        links: String,
        /// Users on it.
        users: f64,
        /// Of the served users of this client region, profile and limit in the slice.
        share: f64,
        /// Round trip, the sum of its links', not rounded.
        latency_ms: f64,
        /// In which slice of the scenario's hours; `None` is the only one.
        slice: Option<u32>,
    }

    /// hours.csv: which slice of the hours holds when.
    HoursRow = "hours.csv" {
        /// Counts from 0; `None` is the state before.
        period: Option<u32>,
        /// First instant.
        start: String,
        /// First instant that is not in it.
        end: String,
        /// Counts from 0; its steering holds.
        slice: u32,
    }

    /// headroom.csv: what one component has left of one resource that it limits.
    HeadroomRow = "headroom.csv" {
        /// Counts from 0.
        period: u32,
        /// Component id.
        component: String,
        /// `site`, `access_point`, `element` or `link`.
        kind: String,
        /// Resource id.
        resource: String,
        /// The resource's unit.
        unit: String,
        /// In that unit.
        load: f64,
        /// What is left in the period.
        capacity: f64,
        /// What it is without events.
        nominal_capacity: f64,
        /// load ÷ capacity; `None` at capacity 0.
        utilization: Option<f64>,
        /// 1 − utilization; `None` at capacity 0.
        headroom: Option<Signed>,
        /// In force: h·(1 − s⁰), a share.
        target: f64,
        /// Share of h that is missing beyond s⁰.
        shortfall: f64,
        /// How many more average users fit within the target; `None` if an average user demands nothing.
        room_users: Option<f64>,
        /// Change of the value of `price_stage` per unit of capacity; `None` if no stage has a price here.
        shadow_price: Option<f64>,
        /// The first stage, in goal order, with a price here.
        price_stage: Option<String>,
        /// Of the state before; `None` where capacity was 0 or not limited.
        before_utilization: Option<f64>,
        /// As resources.csv, the component or the scenario has it: h, a share; `None` in files that lack the column.
        written_target: Option<f64>,
    }

    /// blind.csv: what the truth does to a component before the plan answers it.
    BlindRow = "blind.csv" {
        /// Counts from 0.
        period: u32,
        /// Blind or reacting.
        phase: BlindPhase,
        /// Component id.
        component: String,
        /// Resource id; `None` is the component itself.
        resource: Option<String>,
        /// With the plan in force and true demand; `None` without a resource.
        load: Option<f64>,
        /// What the plan counts on; `None` without a resource.
        believed_capacity: Option<f64>,
        /// What is there; `None` without a resource.
        true_capacity: Option<f64>,
        /// Load beyond the true capacity; `None` without a resource.
        overload: Option<f64>,
        /// All who cross it where it is overloaded, else those who cross it × loss.
        users_affected: f64,
        /// Users who cross it beyond what it can carry.
        users_excess: f64,
        /// Users affected × minutes of the period.
        user_minutes: f64,
    }

    /// `access_points.csv`: what one access point does in a period.
    AccessPointRow = "access_points.csv" {
        /// Counts from 0.
        period: u32,
        /// Access point id.
        access_point: String,
        /// In the period before; first what the inventory says.
        state_before: AccessPointUse,
        /// In this period.
        state_after: AccessPointUse,
        /// Users who enter through it.
        users: f64,
        /// In words; `None` if nothing changes.
        reason: Option<String>,
    }

    /// unserved.csv: a shard with unserved users.
    UnservedRow = "unserved.csv" {
        /// Counts from 0.
        period: u32,
        /// Shard id.
        shard: Text,
        /// Its tenant.
        tenant: Text,
        /// Its tier.
        tier: Text,
        /// Unserved users.
        users: f64,
        /// In words.
        reason: String,
        /// What keeps most of them from being served; blank in files written before it was there.
        cause: Option<Cause>,
    }

    /// protection.csv: failures that a plan does not survive.
    ProtectionRow = "protection.csv" {
        /// Counts from 0.
        period: u32,
        /// Ids of what fails, joined by ` + `; with a `~` before those of what is gray, and known to be.
        failing: Text,
        /// Users who are unserved then and would not be without the failures.
        unserved_users: f64,
    }

    /// `protection_gray.csv`: what a tenant's users of one tier lose at worst before silent faults are detected.
    ProtectionGrayRow = "protection_gray.csv" {
        /// Counts from 0.
        period: u32,
        /// Whose users.
        tenant: Text,
        /// Of which tier.
        tier: Text,
        /// All of them.
        users: f64,
        /// The gray members that hurt them most, joined by ` + `; blank where none hurts them.
        gray: Option<Text>,
        /// Users who lose their work, at most.
        lost_users: f64,
        /// Of all of them, 0 to 1.
        lost_share: f64,
        /// What it may be at most; blank where that is not bounded.
        max_loss: Option<f64>,
        /// Lost users × minutes until the faults are detected.
        lost_user_minutes: f64,
    }
}
