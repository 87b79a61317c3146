//! Plans for the four cases, written by hand from the derivations in `tests/cases/README.md`.

use super::lists::{END, START, changes_of, marks, steps, steps_back};
use super::written::{Written, summary};

const BLIND: &str = "period,phase,component,resource,load,believed_capacity,true_capacity,overload,users_affected,\
                     users_excess,user_minutes\n";

const TENANTS: &str = "tenant,tier,users,unserved_users,moved_users,unserved_user_minutes,hurt_user_minutes,\
                       user_minutes,availability,promised,kept,lost_minutes,allowance_days\n";

/// A header and rows.
pub(super) fn table(header: &str, rows: &[&str]) -> String {
    format!("{header}{}\n", rows.join("\n"))
}

/// a is drained. g1 goes to b whole, s1 as far as b can serve it: 20 of 40. Before, p1 lets 100 in, all gold.
/// Of the 50 who stay at b 30/130 come in through p2 now, so 80 + 50 × 3/13 reconnect.
/// Half of t2 is without service for four hours: 120 minutes each, for which 99 % allows 8 1/3 days.
pub(super) fn one_drain() -> Written {
    let totals = r#""users": 150, "unserved_users": 20, "moved_users": 80, "copied_users": 80, "returned_users": 0,
"reconnecting_users": 91.53846153846153, "worst_shortfall": 1, "opened_access_points": ["p2"]"#;
    let stages = [
        ("unserved", "gold", 0.0, 0.0),
        ("unserved", "silver", 20.0, 20.0),
        ("headroom", "worst", 1.0, 1.0),
        ("headroom", "total", 26.0, 26.0),
        ("access_points", "", 1.0, 1.0),
        ("moves", "moved", 80.0, 80.0),
        ("latency", "", 1450.0, 1450.0),
    ];
    let tenants = table(
        TENANTS,
        &[
            "t1,gold,60,0,60,0,0,14400,1,0.999,yes,0,0",
            "t2,silver,40,20,20,4800,0,9600,0.5,0.99,no,120,8.333333333333334",
            "t3,gold,50,0,0,0,0,12000,1,0.999,yes,0,0",
        ],
    );
    let done = [
        "0,1,open_access_point,,,p2,,,,standby,opened,30",
        "0,2,copy,g1,,,a,b,1,,,60",
        "0,3,copy,s1,,,a,b,1,,,20",
        "0,4,weight,,r,p1,,,,1,0.7692307692307693,100",
        "0,4,weight,,r,p2,,,,0,0.23076923076923078,30",
    ];
    let changes = changes_of(&[steps(&done), marks(&[("a", "maintenance")])]);
    let changes_back = steps_back(&[
        "0,4,weight,,r,p2,,,,0.23076923076923078,0,0",
        "0,4,weight,,r,p1,,,,0.7692307692307693,1,100",
        "0,3,return,s1,,,b,a,1,,,20",
        "0,2,return,g1,,,b,a,1,,,60",
        "0,1,close_access_point,,,p2,,,,opened,standby,30",
    ]);
    Written::new(
        "one-drain",
        "scenario.toml",
        &[
            (
                "summary.json",
                &summary("one-drain", &[(START, END, totals, &stages)]),
            ),
            (
                "assignment.csv",
                "period,shard,tenant,users,from_site,to_site,share,reason\n\
                 0,g1,t1,60,a,b,1,drained\n\
                 0,g2,t3,50,b,b,1,home\n\
                 0,s1,t2,20,a,b,0.5,drained\n\
                 0,s1,t2,20,a,,0.5,unserved\n",
            ),
            (
                "moves.csv",
                "period,wave,shard,users,from_site,to_site,how,reason\n\
                 0,,g1,60,a,b,copy,drained\n\
                 0,,s1,20,a,b,copy,drained\n",
            ),
            (
                "steering.csv",
                "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                 0,r,p,,p1,b,r>p1>b,l1>l4,100,0.7692307692307693,10\n\
                 0,r,p,,p2,b,r>p2>b,l2>l5,30,0.23076923076923078,15\n",
            ),
            (
                "headroom.csv",
                "period,component,kind,resource,unit,load,capacity,nominal_capacity,utilization,headroom,target,\
                 shortfall,room_users,shadow_price,price_stage,before_utilization\n\
                 0,a,site,cpu,vCPU,0,0,120,,,0.2,0,0,,,0.5\n\
                 0,b,site,cpu,vCPU,130,130,130,1,0,0.2,1,0,1,unserved silver,0.3076923076923077\n\
                 0,p1,access_point,bw,Gbit/s,100,100,100,1,0,0,0,0,,,1\n\
                 0,p2,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0,0,20,,,0\n",
            ),
            ("blind.csv", BLIND),
            (
                "before.csv",
                "client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                 r,p,,p1,a,r>p1>a,l1>l3,60,0.6,10\n\
                 r,p,,p1,b,r>p1>b,l1>l4,40,0.4,10\n",
            ),
            (
                "access_points.csv",
                "period,access_point,state_before,state_after,users,reason\n\
                 0,p1,active,active,100,\n\
                 0,p2,standby,opened,30,p1 is full\n",
            ),
            (
                "unserved.csv",
                "period,shard,tenant,tier,users,reason\n\
                 0,s1,t2,silver,20,b is full\n",
            ),
            ("tenants.csv", &tenants),
            ("changes.csv", &changes),
            ("changes_back.csv", &changes_back),
        ],
    )
}

/// a is drained, e1 takes over at b by its copy there. u1 does not fit beside it and moves to c as one.
pub(super) fn two_keep() -> Written {
    let totals = r#""users": 120, "unserved_users": 0, "moved_users": 90, "copied_users": 50, "returned_users": 0,
"reconnecting_users": 90, "worst_shortfall": 0, "opened_access_points": []"#;
    let stages = [
        ("unserved", "gold", 0.0, 0.0),
        ("headroom", "worst", 0.0, 0.0),
        ("headroom", "total", 0.0, 0.0),
        ("access_points", "", 0.0, 0.0),
        ("moves", "copied", 20.0, 50.0),
        ("moves", "moved", 60.0, 90.0),
        ("latency", "", 2600.0, 2900.0),
    ];
    let tenants = table(
        TENANTS,
        &[
            "t1,gold,40,0,40,0,0,9600,1,0.999,yes,0,0",
            "t2,gold,30,0,0,0,0,7200,1,0.999,yes,0,0",
            "t3,gold,50,0,50,0,0,12000,1,0.999,yes,0,0",
        ],
    );
    let done = ["0,1,copy,u1,,,b,c,1,,,50", "0,2,takeover,e1,,,a,b,1,,,40"];
    let changes = changes_of(&[steps(&done), marks(&[("a", "maintenance")])]);
    let changes_back = steps_back(&["0,2,return,e1,,,b,a,1,,,40", "0,1,return,u1,,,c,b,1,,,50"]);
    Written::new(
        "two-keep",
        "scenario.toml",
        &[
            (
                "summary.json",
                &summary("two-keep", &[(START, END, totals, &stages)]),
            ),
            (
                "assignment.csv",
                "period,shard,tenant,users,from_site,to_site,share,reason\n\
                 0,e1,t1,40,a,b,1,drained\n\
                 0,e2,t2,30,b,b,1,home\n\
                 0,u1,t3,50,b,c,1,relief\n",
            ),
            (
                "moves.csv",
                "period,wave,shard,users,from_site,to_site,how,reason\n\
                 0,,e1,40,a,b,takeover,drained\n\
                 0,,u1,50,b,c,copy,relief\n",
            ),
            (
                "steering.csv",
                "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                 0,r,p,,p1,b,r>p1>b,l0>l2,70,0.5833333333333334,20\n\
                 0,r,p,,p1,c,r>p1>c,l0>l3,50,0.4166666666666667,30\n",
            ),
            (
                "headroom.csv",
                "period,component,kind,resource,unit,load,capacity,nominal_capacity,utilization,headroom,target,\
                 shortfall,room_users,shadow_price,price_stage,before_utilization\n\
                 0,a,site,cpu,vCPU,0,0,100,,,0.25,0,0,,,0.4\n\
                 0,b,site,cpu,vCPU,70,100,100,0.7,0.3,0,0,30,,,1\n\
                 0,c,site,cpu,vCPU,50,1000,1000,0.05,0.95,0.25,0,700,,,0\n",
            ),
            ("blind.csv", BLIND),
            (
                "before.csv",
                "client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                 r,p,,p1,a,r>p1>a,l0>l1,40,0.3333333333333333,10\n\
                 r,p,,p1,b,r>p1>b,l0>l2,80,0.6666666666666666,20\n",
            ),
            (
                "access_points.csv",
                "period,access_point,state_before,state_after,users,reason\n\
                 0,p1,active,active,120,\n",
            ),
            ("unserved.csv", "period,shard,tenant,tier,users,reason\n"),
            ("tenants.csv", &tenants),
            ("changes.csv", &changes),
            ("changes_back.csv", &changes_back),
        ],
    )
}

/// lb1 is gray and nobody knows it before 03:00. Period 0 believes it whole: x surges to 70, y moves to e. Of
/// the 54 on lb1 it can serve 30. Period 1 steers around it, and nobody moves any more.
/// The 54 on lb1 are hurt for an hour, all of them t1's: 3240 of its 16800 user-minutes.
pub(super) fn three_network() -> Written {
    let totals = |moved: u32| {
        format!(
            r#""users": 110, "unserved_users": 0, "moved_users": {moved}, "copied_users": {moved}, "returned_users": 0,
"reconnecting_users": {moved}, "worst_shortfall": 0, "opened_access_points": []"#
        )
    };
    let stages = |moved: [f64; 2], latency: [f64; 2]| {
        [
            ("unserved", "gold", 0.0, 0.0),
            ("headroom", "worst", 0.0, 0.0),
            ("headroom", "total", 0.0, 0.0),
            ("access_points", "", 0.0, 0.0),
            ("moves", "moved", moved[0], moved[1]),
            ("latency", "", latency[0], latency[1]),
        ]
    };
    let middle = "2030-03-01T03:00:00Z";
    let blind = format!("{BLIND}0,blind,lb1,bw,54,60,30,24,54,24,3240\n");
    let tenants = table(
        TENANTS,
        &[
            "t1,gold,70,0,0,0,3240,16800,0.8071428571428572,0.999,no,46.285714285714285,32.14285714285714",
            "t2,gold,40,0,40,0,0,9600,1,0.999,yes,0,0",
        ],
    );
    let mut changes = changes_of(&[steps(&["0,1,copy,y,,,d,e,1,,,40"])]);
    for (period, action, at) in [
        (0, "begins", START),
        (1, "detected", middle),
        (1, "ends", END),
    ] {
        let mark = format!("{period},0,{action},,,,,,,,,0,{at},,,,lb1,gray\n");
        changes.push_str(&mark);
    }
    let changes_back = steps_back(&["0,1,return,y,,,e,d,1,,,40"]);
    Written::new(
        "three-network",
        "late.toml",
        &[
            (
                "summary.json",
                &summary(
                    "three-late",
                    &[
                        (
                            START,
                            middle,
                            &totals(40),
                            &stages([20.0, 40.0], [2860.0, 3160.0]),
                        ),
                        (
                            middle,
                            END,
                            &totals(0),
                            &stages([0.0, 0.0], [3430.0, 3430.0]),
                        ),
                    ],
                ),
            ),
            (
                "assignment.csv",
                "period,shard,tenant,users,from_site,to_site,share,reason\n\
                 0,x,t1,70,d,d,1,home\n\
                 0,y,t2,40,d,e,1,relief\n\
                 1,x,t1,70,d,d,1,home\n\
                 1,y,t2,40,e,e,1,home\n",
            ),
            (
                "moves.csv",
                "period,wave,shard,users,from_site,to_site,how,reason\n\
                 0,,y,40,d,e,copy,relief\n",
            ),
            (
                "steering.csv",
                "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                 0,r1,p,40,p1,d,r1>isp>p1>fw>lb1>d,k1>k2>k4>k5>k7,54,0.7714285714285715,20\n\
                 0,r1,p,40,p1,d,r1>isp>p1>fw>lb2>d,k1>k2>k4>k6>k8,16,0.22857142857142856,30\n\
                 0,r2,p,,p1,e,r2>p1>e,k3>k9,40,1,40\n\
                 1,r1,p,40,p1,d,r1>isp>p1>fw>lb1>d,k1>k2>k4>k5>k7,27,0.38571428571428573,20\n\
                 1,r1,p,40,p1,d,r1>isp>p1>fw>lb2>d,k1>k2>k4>k6>k8,43,0.6142857142857143,30\n\
                 1,r2,p,,p1,e,r2>p1>e,k3>k9,40,1,40\n",
            ),
            (
                "headroom.csv",
                "period,component,kind,resource,unit,load,capacity,nominal_capacity,utilization,headroom,target,\
                 shortfall,room_users,shadow_price,price_stage,before_utilization\n\
                 0,fw,element,bw,Gbit/s,70,100,100,0.7,0.3,0.1,0,20,,,0.9\n\
                 0,isp,element,bw,Gbit/s,70,90,90,0.7777777777777778,0.2222222222222222,0.1,0,11,,,0.5555555555555556\n\
                 0,lb1,element,bw,Gbit/s,54,60,60,0.9,0.1,0.1,0,0,,,0.9\n\
                 0,lb2,element,bw,Gbit/s,16,60,60,0.26666666666666666,0.7333333333333333,0.1,0,38,,,0.6\n\
                 1,fw,element,bw,Gbit/s,70,100,100,0.7,0.3,0.1,0,20,,,0.9\n\
                 1,isp,element,bw,Gbit/s,70,90,90,0.7777777777777778,0.2222222222222222,0.1,0,11,,,0.5555555555555556\n\
                 1,lb1,element,bw,Gbit/s,27,30,60,0.9,0.1,0.1,0,0,,,0.9\n\
                 1,lb2,element,bw,Gbit/s,43,60,60,0.7166666666666667,0.2833333333333333,0.1,0,11,,,0.6\n",
            ),
            ("blind.csv", &blind),
            (
                "before.csv",
                "client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                 r1,p,40,p1,d,r1>isp>p1>fw>lb1>d,k1>k2>k4>k5>k7,50,1,20\n\
                 r2,p,,p1,d,r2>p1>fw>lb1>d,k3>k4>k5>k7,4,0.1,15\n\
                 r2,p,,p1,d,r2>p1>fw>lb2>d,k3>k4>k6>k8,36,0.9,25\n",
            ),
            (
                "access_points.csv",
                "period,access_point,state_before,state_after,users,reason\n\
                 0,p1,active,active,110,\n\
                 1,p1,active,active,110,\n",
            ),
            ("unserved.csv", "period,shard,tenant,tier,users,reason\n"),
            ("tenants.csv", &tenants),
            ("changes.csv", &changes),
            ("changes_back.csv", &changes_back),
        ],
    )
}

/// a has failed, a1 runs at b. b1 stays against its rule, 20 of its 30 served. b had half its target missing.
pub(super) fn four_share() -> Written {
    let totals = r#""users": 70, "unserved_users": 10, "moved_users": 40, "copied_users": 40, "returned_users": 0,
"reconnecting_users": 40, "worst_shortfall": 0.5, "opened_access_points": []"#;
    let stages = [
        ("unserved", "gold+silver", 0.0, 10.0),
        ("relief", "", 10.0, 0.0),
        ("headroom", "worst", 0.5, 0.5),
        ("headroom", "total", 7.0, 70.0 / 13.0),
        ("access_points", "", 0.0, 0.0),
        ("moves", "moved", 50.0, 40.0),
        ("latency", "", 1500.0, 1200.0),
    ];
    let tenants = table(
        TENANTS,
        &[
            "t1,gold,40,0,40,0,0,9600,1,0.999,yes,0,0",
            "t2,silver,30,10,0,2400,0,7200,0.6666666666666667,0.99,no,80,5.555555555555555",
        ],
    );
    let events = [
        ("a", "failure"),
        ("a", "maintenance"),
        ("c", "maintenance"),
        ("c", "gray"),
    ];
    let changes = changes_of(&[steps(&["0,1,copy,a1,,,a,b,1,,,40"]), marks(&events)]);
    let changes_back = steps_back(&["0,1,return,a1,,,b,a,1,,,40"]);
    Written::new(
        "four-share",
        "scenario.toml",
        &[
            (
                "summary.json",
                &summary("four-share", &[(START, END, totals, &stages)]),
            ),
            (
                "assignment.csv",
                "period,shard,tenant,users,from_site,to_site,share,reason\n\
                 0,a1,t1,40,a,b,1,failed\n\
                 0,b1,t2,20,b,b,0.6666666666666666,home\n\
                 0,b1,t2,10,b,,0.3333333333333333,unserved\n",
            ),
            (
                "moves.csv",
                "period,wave,shard,users,from_site,to_site,how,reason\n\
                 0,,a1,40,a,b,copy,failed\n",
            ),
            (
                "steering.csv",
                "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                 0,r,p,25,p1,b,r>p1>b,l0>l2,40,1,20\n\
                 0,r,q,35,p1,b,r>p1>b,l0>l2,20,1,20\n",
            ),
            (
                "headroom.csv",
                "period,component,kind,resource,unit,load,capacity,nominal_capacity,utilization,headroom,target,\
                 shortfall,room_users,shadow_price,price_stage,before_utilization\n\
                 0,a,site,cpu,vCPU,0,0,100,,,0.25,0,0,,,0.4\n\
                 0,b,site,cpu,vCPU,100,100,100,1,0,0.1,0.5,0,,,0.9\n\
                 0,c,site,cpu,vCPU,0,36,72,0,1,0.25,0,14.538461538461538,,,0\n",
            ),
            ("blind.csv", BLIND),
            (
                "before.csv",
                "client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                 r,p,25,p1,a,r>p1>a,l0>l1,40,1,10\n\
                 r,q,35,p1,b,r>p1>b,l0>l2,30,1,20\n",
            ),
            (
                "access_points.csv",
                "period,access_point,state_before,state_after,users,reason\n\
                 0,p1,active,active,60,\n",
            ),
            (
                "unserved.csv",
                "period,shard,tenant,tier,users,reason\n\
                 0,b1,t2,silver,10,b is full\n",
            ),
            ("tenants.csv", &tenants),
            ("changes.csv", &changes),
            ("changes_back.csv", &changes_back),
        ],
    )
}

/// All four, by name.
pub(super) fn all() -> [(&'static str, Written); 4] {
    [
        ("one-drain", one_drain()),
        ("two-keep", two_keep()),
        ("three-network", three_network()),
        ("four-share", four_share()),
    ]
}

#[test]
fn plans_written_by_hand_hold() {
    for (name, plan) in all() {
        let verdict = plan.verdict();
        assert!(verdict.holds(), "{name}: {verdict}");
        // Prices are nobody's to write by hand; `certificate::by_hand` has those of one case, and `waves` its waves.
        let absent = [
            "waves.csv",
            "ramp.csv",
            "wave_weights.csv",
            "wave_loads.csv",
            "certificate.json",
        ];
        assert_eq!(verdict.not_checked, absent, "{name}");
    }
}

#[test]
fn verdict_says_who_is_served_and_whether_targets_are_met() {
    let ends = all().map(|(_, plan)| {
        let verdict = plan.verdict();
        (verdict.serves_everyone, verdict.meets_targets)
    });
    assert_eq!(
        ends,
        [(false, false), (true, true), (true, true), (false, false)]
    );
}

#[test]
fn hand_made_plan_needs_only_assignment_and_steering() {
    for (name, plan) in all() {
        let mut bare = plan.clone();
        bare.files
            .retain(|file, _| ["assignment.csv", "steering.csv"].contains(file));
        let verdict = bare.verdict();
        assert!(verdict.holds(), "{name}: {verdict}");
        assert_eq!(verdict.checked, ["assignment.csv", "steering.csv"]);
        assert_eq!(verdict.not_checked.len(), 15);
        assert_eq!(plan.without("assignment.csv").judge().codes(), ["P6011"]);
    }
}

#[test]
fn each_other_file_may_be_absent_alone() {
    for (name, plan) in all() {
        for file in plan
            .files
            .keys()
            .filter(|file| !["assignment.csv", "steering.csv"].contains(file))
        {
            let verdict = plan.without(file).verdict();
            assert!(verdict.holds(), "{name} without {file}: {verdict}");
            let absent = [
                *file,
                "waves.csv",
                "ramp.csv",
                "wave_weights.csv",
                "wave_loads.csv",
                "certificate.json",
            ];
            assert_eq!(verdict.not_checked, absent);
        }
    }
}
