//! The rows of the plan's CSV files; `docs/output.md` says what each column means. Periods and cases count from 0.

use super::cell::{CalendarMonth, CellValue, Misread, Signed, Text};
use super::table::{CellsOf, ColumnRule, DeclaredColumn, Row, RowCells, rows};
use super::words::{
    AccessPointUse, Action, BlindPhase, Cause, Counted, EventWord, How, Reason, StepSetting,
};

/// What to do about the words that repeat what a component and a resource are.
pub(super) const KIND_AND_UNIT: &str =
    "write the word for the kind of component, and the unit of resources.csv";

const BLIND_AMOUNTS: &str =
    "write the load of the plan, the capacity it counts on and the actual capacity";
const BLIND_USERS: &str = "affected: all users who cross the component if it is overloaded or gone, else those × loss; \
                           in excess: those × overload ÷ load; minutes: affected × minutes of the period";
pub(super) const LOSSES: &str = "lost: severity × the users who cross the members that most users cross, at most all; \
                                 share: of all; minutes: × detect_minutes; max_loss: that of the scenario";

const ACTION: &str = "`takeover` if the new site holds a copy, else `copy`; `place` without a site before. `return` to \
                      the primary site, and in a rollback to the site before. `shed` and `let_in` for users no longer \
                      served, or served again";
const AMOUNTS: &str = "share: of the shard, 1 unless it is split; before and after: the state of the access point, or \
                       its share of the client region's users";

const USERS: &str = "users and unserved users: the largest number of any period; moved: the sum over shards of the \
                     largest number of any period";
const MINUTES: &str = "sum users × minutes over the periods. A user who crosses several affected components counts \
                       once, and tenants of a group at a site count in proportion to their users";
const AVAILABILITY: &str = "availability: 1 − (unserved + affected) ÷ all; minutes lost: the rest × minutes of the \
                            scenario; days: those ÷ (1 − promised) ÷ 1440; blank without users, days also where the \
                            promise allows none";

rows! {
    /// assignment.csv: where one part of a shard is homed in a period.
    AssignmentRow = "assignment.csv" {
        period: u32,
        shard: Text,
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
        period: u32,
        /// Counts from 1 in a period; blank where no safe wave was found.
        wave: Option<u32> [added],
        shard: Text,
        /// Users served at the new site.
        users: f64 = Users, "P7705", "write the shard's users at the new site",
        /// Where it was in the period before, whatever its current site; `None` was nowhere.
        from_site: Option<Text>,
        /// Where it goes.
        to_site: Text,
        /// By a copy there, or by copying.
        how: How = Exact, "P7706", "`takeover` if the new site holds a copy of the shard, else `copy`",
        reason: Reason = Exact, "P7707", "write the reason that assignment.csv should give",
    }

    /// steering.csv: users of one client region, profile and latency limit on one path.
    SteeringRow = "steering.csv" {
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
        slice: Option<u32> [added],
    }

    /// before.csv: steering of the state before; columns mean what they do in [`SteeringRow`].
    BeforeRow = "before.csv" {
        client_region: String,
        profile: String,
        max_latency_ms: Option<f64>,
        access_point: String,
        site: String,
        path: String,
        links: String,
        users: f64,
        /// Of the served users of this client region, profile and limit in the slice.
        share: f64,
        latency_ms: f64,
        /// In which slice of the scenario's hours; `None` is the only one.
        slice: Option<u32> [added],
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
        period: u32,
        component: String,
        /// `site`, `access_point`, `element` or `link`.
        kind: String = Exact, "P7512", KIND_AND_UNIT,
        resource: String,
        unit: String = Exact, "P7512", KIND_AND_UNIT,
        load: f64 = Amount(0.0), "P7503",
            "sum the load that assignment.csv and steering.csv bring to it, with copies and background",
        /// What is left in the period.
        capacity: f64 = Difference(0.0), "P7504",
            "write the nominal capacity less the share that known events in force remove",
        /// What it is without events.
        nominal_capacity: f64 = Difference(0.0), "P7505",
            "write the capacity with the changes dated up to the period, without events",
        /// load ÷ capacity; `None` at capacity 0.
        utilization: Option<f64> = Difference(1e-3), "P7506", "divide load by capacity; leave it blank at capacity 0",
        /// 1 − utilization; `None` at capacity 0.
        headroom: Option<Signed> = Difference(1.0), "P7507", "write 1 − utilization; leave it blank at capacity 0",
        /// In force: h·(1 − s⁰), a share.
        target: f64 = Difference(1.0), "P7508",
            "write the target in force, less the deficit of the base state where the scenario lets it stay",
        /// Share of h that is missing beyond s⁰.
        shortfall: f64 = Difference(1.0), "P7509",
            "write the share of the target that is missing, less the share missing in the base state",
        /// How many more average users fit within the target; `None` if an average user demands nothing.
        room_users: Option<f64> = Difference(0.0), "P7510",
            "divide the spare capacity within the target by the mean demand of a user; blank if that is 0",
        /// Change of the value of `price_stage` per unit of capacity; `None` if no stage has a price here.
        shadow_price: Option<f64>,
        /// The first stage, in goal order, with a price here.
        price_stage: Option<String>,
        /// Of the state before; `None` where capacity was 0 or not limited.
        before_utilization: Option<f64> [added] = Difference(1.0), "P7511",
            "divide the load of the state before by the capacity of the scenario's start",
        /// As resources.csv, the component or the scenario has it: h, a share; `None` in files that lack the column.
        written_target: Option<f64> [added] = Difference(1.0), "P7532",
            "write the headroom of the component, or else of the scenario or the resource; no more than event_headroom \
               while an event is known",
    }

    /// blind.csv: what the truth does to a component before the plan answers it.
    BlindRow = "blind.csv" {
        period: u32,
        /// Blind or reacting.
        phase: BlindPhase = Exact, "P7823",
            "`blind` until the event is detected, then `reacting` until the plan answers it",
        component: String,
        /// Resource id; `None` is the component itself.
        resource: Option<String>,
        /// With the plan in force and true demand; `None` without a resource.
        load: Option<f64> = Difference(1.0), "P7824", BLIND_AMOUNTS,
        /// What the plan counts on; `None` without a resource.
        believed_capacity: Option<f64> = Difference(1.0), "P7824", BLIND_AMOUNTS,
        /// What is there; `None` without a resource.
        true_capacity: Option<f64> = Difference(1.0), "P7824", BLIND_AMOUNTS,
        /// Load beyond the true capacity; `None` without a resource.
        overload: Option<f64> = Difference(1.0), "P7824", BLIND_AMOUNTS,
        /// All who cross it where it is overloaded, else those who cross it × loss.
        users_affected: f64 = Difference(0.0), "P7825", BLIND_USERS,
        /// Users who cross it beyond what it can carry.
        users_excess: f64 = Difference(0.0), "P7825", BLIND_USERS,
        /// Users affected × minutes of the period.
        user_minutes: f64 = Difference(0.0), "P7825", BLIND_USERS,
    }

    /// `access_points.csv`: what one access point does in a period.
    AccessPointRow = "access_points.csv" {
        period: u32,
        access_point: String,
        /// In the period before; first what the inventory says.
        state_before: AccessPointUse = Exact, "P7803",
            "write the state_after of the period before; in the first period the state in access_points.csv of the \
             inventory",
        /// In this period.
        state_after: AccessPointUse = Exact, "P7804",
            "`closed` if it has no capacity left; `opened` for a standby access point with users",
        /// Users who enter through it.
        users: f64 = Amount(1.0), "P7805", "sum the users of steering.csv that pass it",
        /// In words; `None` if nothing changes.
        reason: Option<String>,
    }

    /// unserved.csv: a shard with unserved users.
    UnservedRow = "unserved.csv" {
        period: u32,
        shard: Text,
        tenant: Text = Exact, "P7814", "write the value of shards.csv",
        tier: Text = Exact, "P7814", "write the value of shards.csv",
        /// Unserved users.
        users: f64 = Users, "P7813", "write the users of the shard whose to_site is blank in assignment.csv",
        /// In words.
        reason: String,
        /// What keeps most of them from being served; blank in files written before it was there.
        cause: Option<Cause> [added] = Exact, "P7815",
            "write `no_site` if no permitted site is open and reached by a path, `move_limit` if `max_moved_users` \
             keeps the users from one, else `no_capacity`",
    }

    /// protection.csv: failures that a plan does not survive.
    ProtectionRow = "protection.csv" {
        period: u32,
        /// Ids of what fails, joined by ` + `; with a `~` before those of what is gray, and known to be.
        failing: Text,
        /// Users who are unserved then and would not be without the failures.
        unserved_users: f64,
    }

    /// `protection_gray.csv`: what a tenant's users of one tier lose at worst before silent faults are detected.
    ProtectionGrayRow = "protection_gray.csv" {
        period: u32,
        /// Whose users.
        tenant: Text,
        /// Of which tier.
        tier: Text,
        /// All of them.
        users: f64 = Amount(0.0), "P7933", LOSSES,
        /// The gray members that affect them most, joined by ` + `; blank where none affects them.
        gray: Option<Text>,
        /// Users who lose their work, at most.
        lost_users: f64 = Amount(0.0), "P7933", LOSSES,
        /// Of all of them, 0 to 1.
        lost_share: f64 = Amount(1.0), "P7933", LOSSES,
        /// What it may be at most; blank where that is not bounded.
        max_loss: Option<f64> = Exact, "P7933", LOSSES,
        /// Lost users × minutes until the faults are detected.
        lost_user_minutes: f64 = Amount(0.0), "P7933", LOSSES,
    }

    /// changes.csv: one thing to do, or to type into another system, or a mark between.
    ChangeRow = "changes.csv" {
        period: u32,
        /// Counts from 1 in the period; what has one number is done at once. 0 is a mark, which is no step.
        step: u32,
        /// What is done.
        action: Action = Exact, "P7963", ACTION,
        /// The shard that changes site.
        shard: Option<Text>,
        /// The client region whose users enter elsewhere.
        client_region: Option<Text>,
        /// The access point that is opened or closed, or at which they enter.
        access_point: Option<Text>,
        /// Where the shard is; `None` is nowhere yet.
        from_site: Option<Text>,
        /// Where it will be; `None` is nowhere any more.
        to_site: Option<Text>,
        /// Of the shard: 1 unless it is split; of users who are shed or let in, of all its users.
        share: Option<f64> = Difference(1.0), "P7964", AMOUNTS,
        /// What the access point did, the share of the client region's users who entered there, or of the pool's users that the
        /// member got.
        before: Option<StepSetting> = Difference(1.0), "P7964", AMOUNTS,
        /// What it does, or the share who enter there or pass it.
        after: Option<StepSetting> = Difference(1.0), "P7964", AMOUNTS,
        /// Users of the shard at the new site, users who enter there, users who pass the member.
        users: f64 = Amount(1001.0), "P7965",
            "access points: users who enter while it is open; shards: served users × share, without those let in by \
             the same step; weights: users who enter afterwards",
        /// When it begins, ISO 8601 with an offset; `None` in the rollback.
        at: Option<String> [added],
        /// The wave of waves.csv that does it; `None` is none.
        wave: Option<u32> [added],
        /// The pool whose member is taken out or put back.
        pool: Option<Text> [added],
        /// The member.
        member: Option<Text> [added],
        /// Of a mark: at which component.
        component: Option<Text> [added],
        /// Of a mark: what begins, becomes known or ends.
        event: Option<EventWord> [added],
    }

    /// tenants.csv: what a tenant's users of one tier have of the scenario.
    TenantRow = "tenants.csv" {
        /// Whose.
        tenant: String,
        /// Of which tier.
        tier: String,
        /// In the period with most of them.
        users: f64 = Users, "P7953", USERS,
        /// In the period with most of them.
        unserved_users: f64 = Users, "P7953", USERS,
        /// Of each shard those who change site in the period in which most do.
        moved_users: f64 = Users, "P7953", USERS,
        /// Unserved users × minutes.
        unserved_user_minutes: f64 = Amount(0.0), "P7954", MINUTES,
        /// Users × minutes in which what they cross is overloaded or loses their work, and nobody acts yet.
        hurt_user_minutes: f64 = Amount(0.0), "P7954", MINUTES,
        /// All users × minutes.
        user_minutes: f64 = Amount(0.0), "P7954", MINUTES,
        /// 1 − (unserved + affected) ÷ all; `None` without users.
        availability: Option<Signed> = Nines, "P7955", AVAILABILITY,
        /// By the tier.
        promised: f64 = Nines, "P7955", AVAILABILITY,
        /// `true` if the availability is what was promised; `None` without users.
        kept: Option<bool> = Exact, "P7956",
            "`yes` if the availability is at least the promised one, else `no`; blank without users",
        /// (unserved + affected) ÷ users, in minutes of the scenario; `None` without users.
        lost_minutes: Option<f64> = Nines, "P7955", AVAILABILITY,
        /// Days in which the promise allows this many lost minutes; `None` without users or if it allows none.
        allowance_days: Option<f64> = Nines, "P7955", AVAILABILITY,
        /// Of the calendar months that the scenario touches the one in which they have least, as `2012-11`; `None` without
        /// users, and in files that were written before there was this column.
        month: Option<CalendarMonth> [added],
        /// Users × minutes of that month, of the users of the scenario on average.
        month_user_minutes: Option<f64> [added],
        /// Of these, those in which they are down.
        month_down_user_minutes: Option<f64> [added],
        /// 1 − down ÷ all.
        month_uptime: Option<Signed> [added],
        /// `true` if that is what was promised.
        month_kept: Option<bool> [added],
        /// From what it follows.
        month_counted: Option<Counted> [added],
    }
}

/// `changes_back.csv`: the row that undoes one of changes.csv, with its period and step.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeBackRow(pub ChangeRow);

impl Row for ChangeBackRow {
    const FILE: &'static str = "changes_back.csv";
    const COLUMNS: &'static [&'static str] = ChangeRow::COLUMNS;
    const DECLARED: &'static [DeclaredColumn] = ChangeRow::DECLARED;

    fn write_cells(&self, cells: &mut RowCells) -> Result<(), &'static str> {
        self.0.write_cells(cells)
    }

    fn read_cells(cells: CellsOf<'_>, misread: &mut dyn FnMut(usize, Misread)) -> Option<Self> {
        ChangeRow::read_cells(cells, misread).map(Self)
    }

    fn each_ruled<'a>(
        &'a self,
        other: &'a Self,
        judge: &mut dyn FnMut(&'static str, &'static ColumnRule, CellValue<'a>, CellValue<'a>),
    ) {
        self.0.each_ruled(&other.0, judge);
    }
}
