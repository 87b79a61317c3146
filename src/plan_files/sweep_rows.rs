//! The rows of a sweep's CSV files; `docs/output.md` says what each column means. Periods and cases count from 0.

use super::cell::Text;
use super::rows::LOSSES;
use super::table::rows;
use super::words::{Role, SettledBy};
use crate::model::Recovery;

/// What to do where a case is not named by what fails in it.
const ORDER_OF_CASES: &str = "number cases from 0, the case without a failure: then singles, then pairs, in the order \
                              of the inventory's files";

/// What to do where the number of users that no site can serve is wrong.
const WITHOUT_A_SITE: &str = "count the unserved users without a permitted site that is open and reached by a path; \
                              leave the cell blank where a rule answers";

/// What to do where whole shards do better than split ones can.
const WITH_WHOLE_SHARDS: &str = "write the values of a placement of whole shards, no better than the plan with split \
                                 shards; leave both cells blank where none was found";

/// What to do where a rule answers.
const BY_A_RULE: &str =
    "write `rule` and `yes` for a recovery that follows a rule: its result needs no proof";

/// What to do about a load in a case.
const LOAD_OF_CASE: &str = "write the load of the case's plan and the capacity left in the case";

/// What to do about the order of the worst cases.
const WORST_FIRST: &str = "list the cases with the highest utilization, the worst first, and of equal ones the earlier \
                           first";

/// What to do about the first case that leaves somebody unserved.
const FIRST_CASE: &str = "write the first case that leaves some of these users unserved, and the number of failures \
                          survived before it";

rows! {
    /// `by_failure.csv`: what one case does under one recovery.
    FailureRow = "by_failure.csv" {
        /// Counts from 0, the case without a failure.
        case: u32,
        /// How many fail at once.
        failures: u32 = Exact, "P7835", ORDER_OF_CASES,
        /// What fails, joined by `+`; blank where nothing does.
        failing: Option<Text> = Exact, "P7835", ORDER_OF_CASES,
        /// How the failures are answered.
        recovery: Recovery,
        /// Of all tiers.
        unserved_users: f64 = Difference(1.0), "P7840",
            "write the unserved users of the case's plan, of all tiers",
        /// Worst missing share of a headroom target; 0 if none is missed.
        worst_shortfall: f64 = Difference(1.0), "P7842",
            "write the largest headroom deficit, less the deficit in the base state",
        /// Where it is missing.
        component: Option<String>,
        /// Of what.
        resource: Option<String>,
        /// Served at another site than their current one.
        moved_users: f64 = Difference(1.0), "P7844",
            "count the users served at a site other than their current one",
        /// How many standby access points carry users.
        opened_access_points: u32,
        /// What settled it.
        settled_by: SettledBy = Exact, "P7860", BY_A_RULE,
        /// `true` if value and bound of every level agree.
        proven: bool = Exact, "P7860", BY_A_RULE,
        /// Of those unserved, users that no site can serve where they may be; blank where a rule answers, and in files written
        /// before it was there.
        no_site_users: Option<f64> [added] = Difference(1.0), "P7866", WITHOUT_A_SITE,
        /// Unserved users of the best placement of whole shards that was found; blank where that was not checked, where the
        /// policy permits to split shards, where a rule answers, and in files written before it was there.
        whole_unserved_users: Option<f64> [added] = Difference(1.0), "P7867", WITH_WHOLE_SHARDS,
        /// Worst missing share of a headroom target in that placement; blank like the column before.
        whole_worst_shortfall: Option<f64> [added] = Difference(1.0), "P7867", WITH_WHOLE_SHARDS,
    }

    /// `unserved_by_tier.csv`: unserved users of one rank of tiers, where there are some.
    UnservedByTierRow = "unserved_by_tier.csv" {
        case: u32,
        failing: Option<Text> = Exact, "P7835", ORDER_OF_CASES,
        recovery: Recovery,
        /// Its tiers' names joined by `+`.
        tier: String,
        /// Unserved.
        users: f64 = Difference(1.0), "P7841",
            "write one row for every rank of tiers with unserved users",
        no_site_users: Option<f64> [added] = Difference(1.0), "P7866", WITHOUT_A_SITE,
    }

    /// `involved.csv`: a component that has to do with a case.
    InvolvedRow = "involved.csv" {
        case: u32,
        failing: Option<Text> = Exact, "P7835", ORDER_OF_CASES,
        recovery: Recovery,
        /// How it has to do with it.
        role: Role,
        component: String,
        /// Resource id; blank for an access point that is opened.
        resource: Option<String>,
    }

    /// `by_component.csv`: one of the ten cases that load a component's resource most.
    ComponentRow = "by_component.csv" {
        recovery: Recovery,
        component: String,
        /// `site`, `access_point`, `element` or `link`.
        kind: String = Exact, "P7855", LOAD_OF_CASE,
        resource: String,
        unit: String = Exact, "P7855", LOAD_OF_CASE,
        /// 1 is the worst case.
        place: u32 = Exact, "P7856", WORST_FIRST,
        /// load ÷ capacity.
        utilization: f64 = Amount(1.0), "P7855", LOAD_OF_CASE,
        /// In the resource's unit.
        load: f64 = Amount(0.0), "P7855", LOAD_OF_CASE,
        /// What is left in the case.
        capacity: f64 = Amount(0.0), "P7855", LOAD_OF_CASE,
        case: u32,
        failing: Option<Text> = Exact, "P7835", ORDER_OF_CASES,
    }

    /// `survivable.csv`: how many failures at once a tenant's users of one tier survive.
    SurvivableRow = "survivable.csv" {
        recovery: Recovery,
        /// Whose users.
        tenant: String,
        /// Of which tier.
        tier: String,
        /// This many failures leave none of them unserved, whichever they are; blank if some of them are unserved
        /// without any failure.
        failures_survived: Option<u32> = Exact, "P7857", FIRST_CASE,
        /// The smallest case that leaves some of them unserved; blank if none does.
        case: Option<u32> = Exact, "P7857", FIRST_CASE,
        /// What fails in it; blank where nothing does.
        failing: Option<Text> = Exact, "P7835", ORDER_OF_CASES,
    }

    /// `worst_by_kind.csv`: of the cases of one kind, that which loads a component's resource most.
    WorstRow = "worst_by_kind.csv" {
        recovery: Recovery,
        /// `failures-0`, `failures-1` and so on, `risk-group`, `gray`.
        kind_of_case: String,
        component: String,
        resource: String,
        /// load ÷ capacity.
        utilization: f64 = Amount(1.0), "P7855", LOAD_OF_CASE,
        /// In the resource's unit.
        load: f64 = Amount(0.0), "P7855", LOAD_OF_CASE,
        /// What is left in the case.
        capacity: f64 = Amount(0.0), "P7855", LOAD_OF_CASE,
        case: u32,
        failing: Option<Text> = Exact, "P7835", ORDER_OF_CASES,
    }

    /// gray.csv: what a tenant's users of one tier lose at worst while silent faults are not noticed.
    GrayRow = "gray.csv" {
        /// Whose users.
        tenant: String,
        /// Of which tier.
        tier: String,
        /// All of them.
        users: f64 = Amount(0.0), "P7864", LOSSES,
        /// The gray members that affect them most, joined by `+`; blank where none affects them.
        gray: Option<Text>,
        /// Users who lose their work, at most.
        lost_users: f64 = Amount(0.0), "P7864", LOSSES,
        /// Of all of them, 0 to 1.
        lost_share: f64 = Amount(1.0), "P7864", LOSSES,
        /// Lost users × minutes until the faults are detected.
        lost_user_minutes: f64 = Amount(0.0), "P7864", LOSSES,
    }

    /// `side_by_side.csv`: one cell of the sheet that sets the worst cases side by side; cells that nothing is known for
    /// are left out.
    SideBySideRow = "side_by_side.csv" {
        recovery: Recovery,
        /// `unserved`, `unserved <tier>`, `missing_headroom` or `utilization`.
        row: String,
        /// Whose utilization, or where headroom is missing.
        component: Option<String>,
        /// Of which resource.
        resource: Option<String>,
        /// `normal`, `scenario`, `worst_single`, `worst_pair`, `worst_of_3`, `worst_risk_group`, and so on.
        column: String,
        /// Users, or a share.
        value: f64,
        /// `users`, `share of target` or `share of capacity`.
        unit: String,
        /// The case that it is in, as in `by_failure.csv`; blank in the state before, and where no case causes it.
        case: Option<u32>,
        /// What fails in it; blank where nothing does.
        failing: Option<Text>,
    }

    /// `site_utilization.csv`: how full a site is in a case of at most one failure.
    SiteUtilizationRow = "site_utilization.csv" {
        case: u32,
        failing: Option<Text> = Exact, "P7835", ORDER_OF_CASES,
        recovery: Recovery,
        site: String,
        resource: String,
        /// Load ÷ what is left.
        utilization: f64,
    }

    /// homes.csv: where a shard is when the swept period begins, if it is not at its site of shards.csv.
    HomeRow = "homes.csv" {
        shard: Text,
        site: Text,
        /// Of the shard: 1 unless it is split.
        share: f64,
    }

    /// `utilization_before.csv`: how full a component was in the state before, which before.csv alone does not tell
    /// where somebody was unserved then.
    UtilizationBeforeRow = "utilization_before.csv" {
        component: String,
        resource: String,
        /// load ÷ capacity.
        utilization: f64,
    }
}
