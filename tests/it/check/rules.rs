//! Each rule catches what it is for, on the row that breaks it.

use super::plans::{four_share, one_drain, three_network, two_keep};
use super::written::Written;
use std::fmt::Write as _;

/// Asserts that the code is among what is found, at that file and line.
pub(super) fn assert_breaks(plan: &Written, code: &str, place: &str) {
    let verdict = plan.verdict();
    let found: Vec<String> = verdict
        .broken
        .iter()
        .map(|finding| format!("{} {}", finding.code.0, finding.place))
        .collect();
    let expected = format!("{code} {place}");
    assert!(found.contains(&expected), "no {expected}: {verdict}");
}

#[test]
fn served_where_nothing_is_left() {
    let plan = one_drain().with(
        "assignment.csv",
        "0,g1,t1,60,a,b,1,drained",
        "0,g1,t1,60,a,a,1,home",
    );
    assert_breaks(&plan, "P7201", "assignment.csv:2: column to_site");
}

#[test]
fn jurisdiction_binds_who_moves_and_not_who_stays() {
    let plan = two_keep().with("assignment.csv", "0,e1,t1,40,a,b,1", "0,e1,t1,40,a,c,1");
    assert_breaks(&plan, "P7202", "assignment.csv:2: column to_site");
}

#[test]
fn pinned_shard_does_not_move() {
    let mut plan = one_drain();
    plan.inventory.shards[0].move_rule = plimsoll::model::MoveRule::Pinned;
    assert_breaks(&plan, "P7203", "assignment.csv:2: column to_site");
}

#[test]
fn replica_only_shard_goes_to_its_replica() {
    let mut plan = two_keep();
    for shard in &mut plan.inventory.shards {
        shard.move_rule = plimsoll::model::MoveRule::ReplicaOnly;
    }
    let verdict = plan.verdict();
    let broken: Vec<_> = verdict
        .broken
        .iter()
        .map(|finding| finding.code.0)
        .collect();
    assert_eq!(broken, ["P7204"], "{verdict}");
    assert_breaks(&plan, "P7204", "assignment.csv:4: column to_site");
}

#[test]
fn drained_shard_with_replicas_goes_to_one_of_them() {
    let mut plan = two_keep();
    plan.inventory.replicas[0].state = plimsoll::model::ReplicaState::Blocked;
    assert_breaks(&plan, "P7205", "assignment.csv:2: column to_site");
    plan.scenario.policy.drain = plimsoll::model::Drain::Anywhere;
    assert!(plan.verdict().holds());
}

#[test]
fn failed_shard_runs_from_a_replica_where_the_policy_says_so() {
    let mut plan = four_share();
    plan.scenario.policy.failover = plimsoll::model::Failover::Replicas;
    assert_breaks(&plan, "P7206", "assignment.csv:2: column to_site");
}

#[test]
fn untouched_users_stay_where_the_policy_says_so() {
    let mut plan = two_keep();
    plan.scenario.policy.movers = plimsoll::model::Movers::Affected;
    assert_breaks(&plan, "P7207", "assignment.csv:4: column to_site");
    let verdict = plan.verdict();
    assert_eq!(
        verdict.broken.len(),
        1,
        "e1 is drained and may move: {verdict}"
    );
}

#[test]
fn move_limit_counts_who_is_served_elsewhere() {
    let mut plan = one_drain();
    plan.scenario.policy.max_moved_users = Some(80.0);
    assert!(plan.verdict().holds());
    plan.scenario.policy.max_moved_users = Some(79.0);
    assert_breaks(&plan, "P7208", "assignment.csv");
}

#[test]
fn split_shard_needs_the_policy() {
    let plan = two_keep().with(
        "assignment.csv",
        "0,u1,t3,50,b,c,1,relief",
        "0,u1,t3,20,b,c,0.4,relief\n0,u1,t3,30,b,b,0.6,home",
    );
    assert_breaks(&plan, "P7108", "assignment.csv:5: column to_site");
    let mut split = plan
        .with("moves.csv", "0,,u1,50", "0,,u1,20")
        .with(
            "steering.csv",
            "70,0.5833333333333334",
            "100,0.8333333333333334",
        )
        .with(
            "steering.csv",
            "50,0.4166666666666667",
            "20,0.16666666666666666",
        )
        .with(
            "headroom.csv",
            "70,100,100,0.7,0.3,0,0,30",
            "100,100,100,1,0,0,0,0",
        )
        .with(
            "headroom.csv",
            "50,1000,1000,0.05,0.95,0.25,0,700",
            "20,1000,1000,0.02,0.98,0.25,0,730",
        )
        .with(
            "summary.json",
            "\"moved_users\": 90, \"copied_users\": 50",
            "\"moved_users\": 60, \"copied_users\": 20",
        )
        .with(
            "summary.json",
            "\"reconnecting_users\": 90",
            "\"reconnecting_users\": 60",
        )
        .with("summary.json", "\"plan\": 50", "\"plan\": 20")
        .with("summary.json", "\"plan\": 90", "\"plan\": 60")
        .with("summary.json", "\"plan\": 2900", "\"plan\": 2600")
        .with("tenants.csv", "t3,gold,50,0,50", "t3,gold,50,0,20")
        .with("changes.csv", "b,c,1,,,50", "b,c,0.4,,,20")
        .with("changes_back.csv", "c,b,1,,,50", "c,b,0.4,,,20");
    split.scenario.policy.split_shards = true;
    let verdict = split.verdict();
    assert!(verdict.holds(), "{verdict}");
}

#[test]
fn path_must_exist() {
    let plan = three_network();
    for (links, code) in [
        ("k3>k8", "P7302"),
        ("k3>nowhere", "P7302"),
        ("k3", "P7303"),
        ("k9", "P7302"),
        (">", "P7302"),
    ] {
        let changed = plan.with(
            "steering.csv",
            "0,r2,p,,p1,e,r2>p1>e,k3>k9",
            &format!("0,r2,p,,p1,e,r2>p1>e,{links}"),
        );
        assert_breaks(&changed, code, "steering.csv:4: column links");
    }
}

#[test]
fn path_is_within_the_latency_limit() {
    let mut plan = three_network();
    for shard in &mut plan.inventory.shards {
        shard.max_latency = shard
            .max_latency
            .map(|_| plimsoll::units::Milliseconds(25.0));
    }
    for file in ["steering.csv", "before.csv"] {
        let text = plan.files[file].replace(",p,40,", ",p,25,");
        plan.files.insert(file, text);
    }
    assert_breaks(&plan, "P7308", "steering.csv:3: column latency_ms");
}

#[test]
fn closed_access_point_carries_nobody() {
    let mut plan = one_drain();
    plan.scenario.policy.open_standby = false;
    assert_breaks(&plan, "P7312", "steering.csv:3: column access_point");
    let before = one_drain().with(
        "before.csv",
        "r,p,,p1,b,r>p1>b,l1>l4,40",
        "r,p,,p2,b,r>p2>b,l2>l5,40",
    );
    assert_breaks(&before, "P7312", "before.csv:3: column access_point");
}

#[test]
fn closed_link_and_gone_element_carry_nobody() {
    let mut plan = three_network();
    let profile = plimsoll::ids::ProfileId(1);
    let link = plan
        .inventory
        .links
        .iter_mut()
        .find(|link| link.id == "k9")
        .expect("k9 exists");
    link.profiles = Some(vec![profile]);
    assert_breaks(&plan, "P7306", "steering.csv:4: column links");
    let mut plan = three_network();
    if let plimsoll::model::EventKind::Gray(reduction) = &mut plan.scenario.events[0].kind {
        reduction.capacity = 0.0;
    }
    assert_breaks(&plan, "P7311", "steering.csv:5: column links");
}

#[test]
fn overfull_site_is_named_with_its_largest_shard() {
    let plan = two_keep().with(
        "assignment.csv",
        "0,u1,t3,50,b,c,1,relief",
        "0,u1,t3,50,b,b,1,home",
    );
    assert_breaks(&plan, "P7401", "assignment.csv:4: column to_site");
}

#[test]
fn overfull_access_point_is_named_with_its_largest_row() {
    let plan = one_drain()
        .with("steering.csv", "l1>l4,100", "l1>l4,101")
        .with("steering.csv", "l2>l5,30", "l2>l5,29");
    assert_breaks(&plan, "P7401", "steering.csv:2: column links");
}

#[test]
fn state_before_leaves_nobody_out_who_fits() {
    let plan = two_keep().with(
        "before.csv",
        "l0>l2,80,0.6666666666666666",
        "l0>l2,70,0.6666666666666666",
    );
    assert_breaks(&plan, "P7603", "before.csv");
    let crowded = one_drain().with("before.csv", "l1>l4,40", "l1>l4,50");
    assert_breaks(&crowded, "P7602", "before.csv");
    let elsewhere = one_drain().with("before.csv", "l1>l4,40", "l1>l4,51");
    assert_breaks(&elsewhere, "P7601", "before.csv:3: column users");
}

#[test]
fn users_return_once_no_event_is_in_force() {
    // The events end an hour early: one more period, and everybody is back at home in it.
    let inventory = super::written::inventory_of("two-keep");
    let text = "[scenario]\nname = \"back\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
                [[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\nend = 2030-03-01T05:00:00Z\n";
    let scenario = super::written::scenario_text(text, &inventory);
    let assignment = "period,shard,tenant,users,from_site,to_site,share,reason\n\
                      0,e1,t1,40,a,b,1,drained\n0,e2,t2,30,b,b,1,home\n0,u1,t3,50,b,c,1,relief\n\
                      1,e1,t1,40,a,a,1,returned\n1,e2,t2,30,b,b,1,home\n1,u1,t3,50,b,b,1,returned\n";
    let steering = "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                    0,r,p,,p1,b,r>p1>b,l0>l2,70,0.5833333333333334,20\n\
                    0,r,p,,p1,c,r>p1>c,l0>l3,50,0.4166666666666667,30\n\
                    1,r,p,,p1,a,r>p1>a,l0>l1,40,0.3333333333333333,10\n\
                    1,r,p,,p1,b,r>p1>b,l0>l2,80,0.6666666666666666,20\n";
    let moves = "period,wave,shard,users,from_site,to_site,how,reason\n\
                 0,,e1,40,a,b,takeover,drained\n0,,u1,50,b,c,copy,relief\n\
                 1,,e1,40,b,a,takeover,returned\n1,,u1,50,c,b,copy,returned\n";
    let files = [
        ("assignment.csv", assignment),
        ("steering.csv", steering),
        ("moves.csv", moves),
    ];
    let plan = Written::of(inventory, scenario, &files);
    let verdict = plan.verdict();
    assert!(verdict.holds(), "{verdict}");
    let stayed = plan.with(
        "assignment.csv",
        "1,u1,t3,50,b,b,1,returned",
        "1,u1,t3,50,c,c,1,home",
    );
    assert_breaks(&stayed, "P7109", "assignment.csv:7: column from_site");
    let mut staying = plan.clone();
    staying.scenario.policy.after = plimsoll::model::After::Stay;
    assert_breaks(&staying, "P7109", "assignment.csv:5: column from_site");
}

#[test]
fn pool_loads_its_members_equally_and_pulls_out_the_weak_one() {
    // Three members of 40; one at 0.5 is pulled out (2 × 40 ≥ 3 × 20), one at 0.9 is not (3 × 36 > 2 × 40).
    let members: String = ["m1", "m2", "m3"]
        .map(|m| format!("{m},{m},lb,40,lb\n"))
        .concat();
    let inventory = plimsoll::inventory::read(&crate::folders::with(&[
        ("resources.csv", "resource,unit,scope\nbw,Gbit/s,network\n"),
        ("profiles.csv", "profile,bw\nmail,1\n"),
        ("sites.csv", "site\na\n"),
        (
            "elements.csv",
            &format!("element,name,kind,bw,pool\n{members}"),
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,lb,5\nl3,lb,a,0\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,78,a,mail,r,gold\n",
        ),
    ]))
    .inventory
    .expect("the inventory is sound");
    for (left, loads) in [("0.5", ["0", "39", "39"]), ("0.9", ["26", "26", "26"])] {
        let text = format!(
            "[scenario]\nname = \"pool\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
             [[event]]\nkind = \"gray\"\ncomponent = \"m1\"\ncapacity = {left}\n"
        );
        let scenario = super::written::scenario_text(&text, &inventory);
        let left: f64 = left.parse().expect("a share");
        let mut headroom = "period,component,kind,resource,unit,load,capacity,nominal_capacity,utilization,headroom,\
                            target,shortfall,room_users,shadow_price,price_stage,before_utilization\n"
            .to_owned();
        for (member, load) in ["m1", "m2", "m3"].iter().zip(loads) {
            let capacity = if *member == "m1" { 40.0 * left } else { 40.0 };
            let load: f64 = load.parse().expect("a load");
            let utilization = load / capacity;
            writeln!(
                headroom,
                "0,{member},element,bw,Gbit/s,{load},{capacity},40,{utilization},{},0,0,{},,,0.65",
                1.0 - utilization,
                capacity - load,
            )
            .expect("a String takes everything");
        }
        let steering = "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,\
                        latency_ms\n0,r,mail,,p,a,r>p>lb>a,l1>l2>l3,78,1,10\n";
        let before = steering
            .replace("period,", "")
            .replace("0,r,mail", "r,mail");
        let assignment =
            "period,shard,tenant,users,from_site,to_site,share,reason\n0,s,t,78,a,a,1,home\n";
        let files = [
            ("assignment.csv", assignment),
            ("steering.csv", steering),
            ("before.csv", before.as_str()),
            ("headroom.csv", headroom.as_str()),
        ];
        let verdict = Written::of(inventory.clone(), scenario, &files).verdict();
        assert!(verdict.holds(), "{left}: {verdict}");
    }
}

/// A plan that moves s from a to b while something happens; r reaches a directly and, longer, over x.
fn moving_while(event: &str, shards: &str, more: &[(&str, &str)]) -> Written {
    let mut files = vec![
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        ("elements.csv", "element,name,kind\nx,x,router\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,x,5\nl4,x,a,5\nl5,p,b,5\n",
        ),
        ("shards.csv", shards),
    ];
    files.extend(more);
    let inventory = plimsoll::inventory::read(&crate::folders::with(&files))
        .inventory
        .expect("the inventory is sound");
    let text = format!(
        "[scenario]\nname = \"m\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\
         [policy]\nmovers = \"affected\"\n{event}"
    );
    let scenario = super::written::scenario_text(&text, &inventory);
    let limit = inventory.shards[0]
        .max_latency
        .map_or(String::new(), |limit| limit.0.to_string());
    let assignment =
        "period,shard,tenant,users,from_site,to_site,share,reason\n0,s,t,10,a,b,1,relief\n";
    let steering = format!(
        "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
         0,r,mail,{limit},p,b,r>p>b,l1>l5,10,1,10\n"
    );
    let files = [
        ("assignment.csv", assignment),
        ("steering.csv", steering.as_str()),
    ];
    Written::of(inventory, scenario, &files)
}

#[test]
fn event_touches_who_could_take_a_path_over_it() {
    let shards = "shard,tenant,users,site,profile,client_region,tier,max_latency_ms\n\
                  s,t,10,a,mail,r,gold,LIMIT\n";
    let gray = |component: &str| {
        format!("[[event]]\nkind = \"gray\"\ncomponent = \"{component}\"\ncapacity = 0.5\n")
    };
    let surge = "[[event]]\nkind = \"surge\"\nclient_region = \"r\"\nfactor = 1.0\n";
    for (event, limit, is_affected) in [
        (gray("x"), "", true),
        (gray("x"), "15", true),
        (gray("x"), "14", false),
        (gray("l4"), "15", true),
        (gray("l4"), "14", false),
        (gray("l5"), "", false),
        (gray("b"), "", false),
        (gray("a"), "14", true),
        (gray("p"), "14", true),
        (surge.to_owned(), "", true),
    ] {
        let plan = moving_while(&event, &shards.replace("LIMIT", limit), &[]);
        let codes = plan.judge().codes();
        let expected: &[&str] = if is_affected { &[] } else { &["P7207"] };
        assert_eq!(codes, expected, "{event} within {limit}");
    }
}

#[test]
fn growth_touches_the_site_where_it_lowers_the_free_share() {
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,gold\n";
    let change = |capacity: &str| {
        let rows =
            format!("date,component,resource,capacity\n2030-03-01T01:00:00Z,a,cpu,{capacity}\n");
        moving_while("", shards, &[("capacity_changes.csv", &rows)])
            .judge()
            .codes()
    };
    assert_eq!(
        change("90"),
        ["P7207"],
        "a change before the start touches nobody"
    );
    let rows = "date,component,resource,capacity\n2030-03-01T03:00:00Z,a,cpu,90\n";
    let mut plan = moving_while("", shards, &[("capacity_changes.csv", rows)]);
    plan.scenario.policy.after = plimsoll::model::After::Stay;
    for (file, first, second) in [
        (
            "assignment.csv",
            "0,s,t,10,a,b,1,relief\n",
            "0,s,t,10,a,a,1,home\n1,s,t,10,a,b,1,relief\n",
        ),
        (
            "steering.csv",
            "0,r,mail,,p,b,r>p>b,l1>l5,10,1,10\n",
            "0,r,mail,,p,a,r>p>a,l1>l2,10,1,10\n1,r,mail,,p,b,r>p>b,l1>l5,10,1,10\n",
        ),
    ] {
        plan = plan.with(file, first, second);
    }
    let verdict = plan.verdict();
    assert!(verdict.holds(), "{verdict}");
}
