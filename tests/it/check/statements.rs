//! One change for every rule of who is told and what is done, and the cell that the referee names for it.

use super::plans::{one_drain, three_network, two_keep};
use super::table::assert_all;

#[test]
fn tenants_have_what_is_reported() {
    let file = "tenants.csv";
    let row = "t2,silver,40,20,20,4800,0,9600,0.5,0.99,no,120,8.333333333333334";
    let with = |cells: &'static str, code, place| (file, row, cells, code, place);
    assert_all(
        &one_drain(),
        &[
            with(
                "t2,gold,40,20,20,4800,0,9600,0.5,0.99,no,120,8.333333333333334",
                "P7951",
                "tenants.csv:3: column tenant",
            ),
            with(
                "t1,gold,60,0,60,0,0,14400,1,0.999,yes,0,0",
                "P7951",
                "tenants.csv:3: column tenant",
            ),
            with(
                "t1,gold,60,0,60,0,0,14400,1,0.999,yes,0,0",
                "P7952",
                "tenants.csv",
            ),
            with(
                "t2,silver,40,20,40,4800,0,9600,0.5,0.99,no,120,8.333333333333334",
                "P7953",
                "tenants.csv:3: column moved_users",
            ),
            with(
                "t2,silver,40,20,20,0,4800,9600,0.5,0.99,no,120,8.333333333333334",
                "P7954",
                "tenants.csv:3: column hurt_user_minutes",
            ),
            with(
                "t2,silver,40,20,20,4800,0,9600,0.999,0.99,no,120,8.333333333333334",
                "P7955",
                "tenants.csv:3: column availability",
            ),
            with(
                "t2,silver,40,20,20,4800,0,9600,0.5,0.99,no,120,",
                "P7955",
                "tenants.csv:3: column allowance_days",
            ),
            with(
                "t2,silver,40,20,20,4800,0,9600,0.5,0.99,yes,120,8.333333333333334",
                "P7956",
                "tenants.csv:3: column kept",
            ),
        ],
    );
}

/// The tenants of that plan with what they have of March: who loses 4,800 of 1,785,600 user minutes keeps a promise of 99 %.
#[test]
fn tenants_have_what_is_reported_of_the_month() {
    const COLUMNS: &str =
        "month,month_user_minutes,month_down_user_minutes,month_uptime,month_kept,month_counted";
    let file = "tenants.csv";
    let header = "kept,lost_minutes,allowance_days";
    let first = "t1,gold,60,0,60,0,0,14400,1,0.999,yes,0,0";
    let second = "t2,silver,40,20,20,4800,0,9600,0.5,0.99,no,120,8.333333333333334";
    let third = "t3,gold,50,0,0,0,0,12000,1,0.999,yes,0,0";
    let of_month = "2030-03,1785600,4800,0.9973118279569892,yes,plan";
    let plan = one_drain()
        .with(file, header, &format!("{header},{COLUMNS}"))
        .with(
            file,
            first,
            &format!("{first},2030-03,2678400,0,1,yes,plan"),
        )
        .with(file, second, &format!("{second},{of_month}"))
        .with(
            file,
            third,
            &format!("{third},2030-03,2232000,0,1,yes,plan"),
        );
    assert!(plan.verdict().holds(), "{}", plan.verdict());
    let with = |cells: &'static str, place| (file, of_month, cells, "P7957", place);
    assert_all(
        &plan,
        &[
            with(
                "2030-04,1785600,4800,0.9973118279569892,yes,plan",
                "tenants.csv:3: column month",
            ),
            with(
                "2030-03,1785600,2400,0.9986559139784946,yes,plan",
                "tenants.csv:3: column month_down_user_minutes",
            ),
            with(
                "2030-03,1785600,4800,1,yes,plan",
                "tenants.csv:3: column month_uptime",
            ),
            with(
                "2030-03,1785600,4800,0.9973118279569892,no,plan",
                "tenants.csv:3: column month_kept",
            ),
            with(
                "2030-03,1785600,4800,0.9973118279569892,yes,replay",
                "tenants.csv:3: column month_counted",
            ),
        ],
    );
}

/// Without blind.csv, too, the referee knows whom the gray load balancer hurts.
#[test]
fn who_is_affected_while_nobody_acts_is_recomputed() {
    let plan = three_network().without("blind.csv");
    let row = "t1,gold,70,0,0,0,3240,16800,0.8071428571428572,0.999,no,46.285714285714285,32.14285714285714";
    let forged = "t1,gold,70,0,0,0,0,16800,1,0.999,yes,0,0";
    let place = "tenants.csv:2: column hurt_user_minutes";
    assert_all(&plan, &[("tenants.csv", row, forged, "P7954", place)]);
}

#[test]
fn change_list_is_what_the_plan_changes_in_its_order() {
    let file = "changes.csv";
    let with =
        |row: &'static str, cells: &'static str, code, place| (file, row, cells, code, place);
    let open = "0,1,open_access_point,,,p2,,,,standby,opened,30";
    let copy = "0,2,copy,g1,,,a,b,1,,,60";
    let weight = "0,4,weight,,r,p2,,,,0,0.23076923076923078,30";
    assert_all(
        &one_drain(),
        &[
            with(
                copy,
                "0,2,copy,g1,,,a,b,1,,,60,2030-03-01T02:00:00Z,,,,,\n0,2,copy,g1,,,a,b,1,,,60",
                "P7961",
                "changes.csv:4: column shard",
            ),
            with(
                copy,
                "0,2,copy,g1,r,,a,b,1,,,60",
                "P7961",
                "changes.csv:3: column shard",
            ),
            with(
                open,
                "0,1,open_access_point,,,p1,,,,standby,opened,30",
                "P7961",
                "changes.csv:2: column access_point",
            ),
            with(
                weight,
                "0,4,weight,,r,p2,,,,0.23076923076923078,0.23076923076923078,30",
                "P7961",
                "changes.csv:6: column client_region",
            ),
            with(copy, "0,2,copy,g2,,,a,b,1,,,60", "P7962", "changes.csv"),
            with(
                copy,
                "0,2,takeover,g1,,,a,b,1,,,60",
                "P7963",
                "changes.csv:3: column action",
            ),
            with(
                copy,
                "0,2,copy,g1,,,a,b,0.5,,,60",
                "P7964",
                "changes.csv:3: column share",
            ),
            with(
                open,
                "0,1,open_access_point,,,p2,,,,closed,opened,30",
                "P7964",
                "changes.csv:2: column before",
            ),
            with(
                weight,
                "0,4,weight,,r,p2,,,,0,0.3,30",
                "P7964",
                "changes.csv:6: column after",
            ),
            with(
                weight,
                "0,4,weight,,r,p2,,,,0,0.23076923076923078,130",
                "P7965",
                "changes.csv:6: column users",
            ),
            with(
                weight,
                "0,5,weight,,r,p2,,,,0,0.23076923076923078,30",
                "P7966",
                "changes.csv:6: column step",
            ),
            with(
                open,
                "0,5,open_access_point,,,p2,,,,standby,opened,30",
                "P7966",
                "changes.csv:2: column step",
            ),
            with(
                "1,,,60,2030-03-01T02:00:00Z",
                "1,,,60,2030-03-01T02:30:00Z",
                "P7969",
                "changes.csv:3: column at",
            ),
            with(
                "1,,,60,2030-03-01T02:00:00Z,,",
                "1,,,60,2030-03-01T02:00:00Z,3,",
                "P7969",
                "changes.csv:3: column wave",
            ),
            with(
                "2030-03-01T06:00:00Z,,,,a,maintenance",
                "2030-03-01T06:00:00Z,,,,a,failure",
                "P7970",
                "changes.csv:8: column component",
            ),
        ],
    );
}

#[test]
fn rollback_undoes_the_steps_of_the_change_list() {
    let file = "changes_back.csv";
    assert_all(
        &one_drain(),
        &[
            (
                file,
                "0,1,close_access_point,,,p2,,,,opened,standby,30",
                "0,1,open_access_point,,,p2,,,,standby,opened,30",
                "P7963",
                "changes_back.csv:6: column action",
            ),
            (
                file,
                "0,2,return,g1,,,b,a,1,,,60",
                "0,2,return,g1,,,a,b,1,,,60",
                "P7961",
                "changes_back.csv:5: column shard",
            ),
        ],
    );
    let swapped = two_keep()
        .with(
            file,
            "0,2,return,e1,,,b,a,1,,,40",
            "0,2,return,u1,,,c,b,1,,,50",
        )
        .with(
            file,
            "0,1,return,u1,,,c,b,1,,,50",
            "0,1,return,e1,,,b,a,1,,,40",
        );
    let place = "changes_back.csv:2: column step";
    super::rules::assert_breaks(&swapped, "P7967", place);
    // Nothing says that it is another order than that of a change list that is not there.
    assert!(swapped.without("changes.csv").verdict().holds());
}

#[test]
fn rows_of_change_lists_stand_in_the_order_in_which_they_are_done() {
    let exchanged = |file: &str, first: &str, second: &str| {
        let plan = two_keep().with(file, second, "meanwhile");
        let plan = plan.with(file, first, second);
        plan.with(file, "meanwhile", first)
    };
    let there = exchanged(
        "changes.csv",
        "0,1,copy,u1,,,b,c,1,,,50",
        "0,2,takeover,e1,,,a,b,1,,,40",
    );
    super::rules::assert_breaks(&there, "P7966", "changes.csv:3: column step");
    let back = exchanged(
        "changes_back.csv",
        "0,2,return,e1,,,b,a,1,,,40",
        "0,1,return,u1,,,c,b,1,,,50",
    );
    super::rules::assert_breaks(&back, "P7966", "changes_back.csv:3: column step");
}

#[test]
fn weights_of_the_first_period_need_the_state_before() {
    let forged = one_drain().with("changes.csv", "p1,,,,1,0.769", "p1,,,,0.9,0.769");
    assert!(!forged.verdict().holds());
    assert!(forged.without("before.csv").verdict().holds());
}
