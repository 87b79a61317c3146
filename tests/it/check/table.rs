//! One change for every rule, and the cell that the referee names for it.

use super::plans::{four_share, one_drain, three_network};
use super::rules::assert_breaks;
use super::written::Written;

/// A text of a file, what it becomes, the rule that this breaks, and the place that is named.
pub(super) type Change = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Asserts that each change of a plan is found.
pub(super) fn assert_all(plan: &Written, changes: &[Change]) {
    for (file, from, to, code, place) in changes {
        assert_breaks(&plan.with(file, from, to), code, place);
    }
}

#[test]
fn assignment_accounts_for_every_shard() {
    let file = "assignment.csv";
    let row = "0,g1,t1,60,a,b,1,drained";
    assert_all(
        &one_drain(),
        &[
            (
                file,
                row,
                "3,g1,t1,60,a,b,1,drained",
                "P7001",
                "assignment.csv:2: column period",
            ),
            (
                file,
                row,
                "0,zz,t1,60,a,b,1,drained",
                "P7101",
                "assignment.csv:2: column shard",
            ),
            (
                file,
                row,
                "0,zz,t1,60,a,b,1,drained",
                "P7102",
                "assignment.csv",
            ),
            (
                file,
                row,
                "0,g1,t9,60,a,b,1,drained",
                "P7103",
                "assignment.csv:2: column tenant",
            ),
            (
                file,
                row,
                "0,g1,t1,60,a,zz,1,drained",
                "P7104",
                "assignment.csv:2: column to_site",
            ),
            (
                file,
                row,
                "0,g1,t1,60,zz,b,1,drained",
                "P7104",
                "assignment.csv:2: column from_site",
            ),
            (
                file,
                row,
                "0,g1,t1,61,a,b,1,drained",
                "P7105",
                "assignment.csv:2: column users",
            ),
            (
                file,
                row,
                "0,g1,t1,60,a,b,0.9,drained",
                "P7106",
                "assignment.csv:2: column share",
            ),
            (
                file,
                row,
                "0,g1,t1,30,a,b,0.5,drained\n0,g1,t1,30,a,b,0.5,drained",
                "P7107",
                "assignment.csv:3: column shard",
            ),
            (
                file,
                row,
                "0,g1,t1,60,a,b,1,drained\n0,g1,t1,0,a,,0,unserved",
                "P7105",
                "assignment.csv:3: column users",
            ),
            (
                file,
                row,
                "0,g1,t1,60,b,b,1,home",
                "P7109",
                "assignment.csv:2: column from_site",
            ),
            (
                file,
                row,
                "0,g1,t1,60,a,b,1,failed",
                "P7110",
                "assignment.csv:2: column reason",
            ),
        ],
    );
}

#[test]
fn steering_takes_paths_that_are_there() {
    let file = "steering.csv";
    let row = "0,r,p,,p1,b,r>p1>b,l1>l4,100,0.7692307692307693,10";
    let with = |cells: &'static str, code, place| (file, row, cells, code, place);
    let again = "0,r,p,,p1,b,r>p1>b,l1>l4,60,0.46153846153846156,10\n\
                 0,r,p,,p1,b,r>p1>b,l1>l4,40,0.3076923076923077,10";
    assert_all(
        &one_drain(),
        &[
            with(
                "0,q,p,,p1,b,r>p1>b,l1>l4,100,0.7692307692307693,10",
                "P7301",
                "steering.csv:2: column client_region",
            ),
            with(
                "0,r,q,,p1,b,r>p1>b,l1>l4,100,0.7692307692307693,10",
                "P7301",
                "steering.csv:2: column profile",
            ),
            with(
                "0,r,p,9,p1,b,r>p1>b,l1>l4,100,0.7692307692307693,10",
                "P7301",
                "steering.csv:2: column max_latency_ms",
            ),
            with(
                "0,r,p,,p1,b,r>p1>b,l1>l5,100,0.7692307692307693,10",
                "P7302",
                "steering.csv:2: column links",
            ),
            with(
                "0,r,p,,p1,a,r>p1>b,l1>l4,100,0.7692307692307693,10",
                "P7303",
                "steering.csv:2: column site",
            ),
            with(
                "0,r,p,,p2,b,r>p1>b,l1>l4,100,0.7692307692307693,10",
                "P7303",
                "steering.csv:2: column access_point",
            ),
            with(
                "0,r,p,,p1,b,r>p2>b,l1>l4,100,0.7692307692307693,10",
                "P7304",
                "steering.csv:2: column path",
            ),
            with(
                "0,r,p,,p1,b,r>p1>b,l1>l4,100,0.7692307692307693,9",
                "P7307",
                "steering.csv:2: column latency_ms",
            ),
            with(
                "0,r,p,,p1,b,r>p1>b,l1>l4,100,0.77,10",
                "P7314",
                "steering.csv:2: column share",
            ),
            with(
                "0,r,p,,p1,b,r>p1>b,l1>l4,99,0.7692307692307693,10",
                "P7315",
                "steering.csv:2: column users",
            ),
            with(again, "P7313", "steering.csv:3: column links"),
        ],
    );
}

#[test]
fn path_passes_no_place_twice() {
    let inventory = plimsoll::inventory::read(&crate::folders::with(&[
        (
            "elements.csv",
            "element,name,kind\nx,x,router\ny,y,router\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,x,1\nl3,x,y,1\nl4,y,x,1\nl5,x,a,1\n",
        ),
    ]))
    .inventory
    .expect("the inventory is sound");
    let text =
        "[scenario]\nname = \"loop\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n";
    let scenario = super::written::scenario_text(text, &inventory);
    let assignment =
        "period,shard,tenant,users,from_site,to_site,share,reason\n0,s,t,10,a,a,1,home\n";
    let steering = "period,client_region,profile,max_latency_ms,access_point,site,path,links,users,share,latency_ms\n\
                    0,r,mail,,p,a,r>p>x>a,l1>l2>l5,10,1,7\n";
    let files = [("assignment.csv", assignment), ("steering.csv", steering)];
    let plan = Written::of(inventory, scenario, &files);
    assert!(plan.verdict().holds());
    let looped = plan.with(
        "steering.csv",
        "r>p>x>a,l1>l2>l5,10,1,7",
        "r>p>x>y>x>a,l1>l2>l3>l4>l5,10,1,9",
    );
    assert_breaks(&looped, "P7305", "steering.csv:2: column links");
    assert_eq!(looped.verdict().broken.len(), 1);
}

#[test]
fn headroom_says_what_the_rows_come_to() {
    let file = "headroom.csv";
    let row = "0,p2,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0,0,20,,,0";
    let with = |cells: &'static str, code, place| (file, row, cells, code, place);
    assert_all(
        &one_drain(),
        &[
            with(
                "0,p9,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0,0,20,,,0",
                "P7501",
                "headroom.csv:5: column component",
            ),
            with(
                "0,p1,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0,0,20,,,0",
                "P7501",
                "headroom.csv:5: column component",
            ),
            with(
                "0,p1,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0,0,20,,,0",
                "P7502",
                "headroom.csv",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,31,50,50,0.6,0.4,0,0,20,,,0",
                "P7503",
                "headroom.csv:5: column load",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,30,51,50,0.6,0.4,0,0,20,,,0",
                "P7504",
                "headroom.csv:5: column capacity",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,30,50,51,0.6,0.4,0,0,20,,,0",
                "P7505",
                "headroom.csv:5: column nominal_capacity",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,30,50,50,,0.4,0,0,20,,,0",
                "P7506",
                "headroom.csv:5: column utilization",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,30,50,50,0.6,-0.4,0,0,20,,,0",
                "P7507",
                "headroom.csv:5: column headroom",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0.1,0,20,,,0",
                "P7508",
                "headroom.csv:5: column target",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0,0.1,20,,,0",
                "P7509",
                "headroom.csv:5: column shortfall",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0,0,21,,,0",
                "P7510",
                "headroom.csv:5: column room_users",
            ),
            with(
                "0,p2,access_point,bw,Gbit/s,30,50,50,0.6,0.4,0,0,20,,,",
                "P7511",
                "headroom.csv:5: column before_utilization",
            ),
            with(
                "0,p2,element,bw,Gbit/s,30,50,50,0.6,0.4,0,0,20,,,0",
                "P7512",
                "headroom.csv:5: column kind",
            ),
        ],
    );
}

#[test]
fn moves_are_the_changes_of_site() {
    let file = "moves.csv";
    let row = "0,,g1,60,a,b,copy,drained";
    let with = |cells: &'static str, code, place| (file, row, cells, code, place);
    assert_all(
        &one_drain(),
        &[
            with(
                "0,,zz,60,a,b,copy,drained",
                "P7701",
                "moves.csv:2: column shard",
            ),
            with(
                "0,,s1,20,a,b,copy,drained",
                "P7702",
                "moves.csv:3: column shard",
            ),
            with("0,,g1,60,b,a,copy,drained", "P7703", "moves.csv"),
            with(
                "0,,g1,60,b,a,copy,drained",
                "P7704",
                "moves.csv:2: column shard",
            ),
            with(
                "0,,g1,61,a,b,copy,drained",
                "P7705",
                "moves.csv:2: column users",
            ),
            with(
                "0,,g1,60,a,b,takeover,drained",
                "P7706",
                "moves.csv:2: column how",
            ),
            with(
                "0,,g1,60,a,b,copy,relief",
                "P7707",
                "moves.csv:2: column reason",
            ),
        ],
    );
}

#[test]
fn access_points_and_unserved_are_reported_as_they_are() {
    let file = "access_points.csv";
    let row = "0,p2,standby,opened,30,p1 is full";
    assert_all(
        &one_drain(),
        &[
            (
                file,
                row,
                "0,p1,standby,opened,30,",
                "P7801",
                "access_points.csv:3: column access_point",
            ),
            (
                file,
                row,
                "0,p1,standby,opened,30,",
                "P7802",
                "access_points.csv",
            ),
            (
                file,
                row,
                "0,p2,active,opened,30,",
                "P7803",
                "access_points.csv:3: column state_before",
            ),
            (
                file,
                row,
                "0,p2,standby,standby,30,",
                "P7804",
                "access_points.csv:3: column state_after",
            ),
            (
                file,
                row,
                "0,p2,standby,opened,29,",
                "P7805",
                "access_points.csv:3: column users",
            ),
        ],
    );
    let file = "unserved.csv";
    let row = "0,b1,t2,silver,10,b is full";
    assert_all(
        &four_share(),
        &[
            (
                file,
                row,
                "0,a1,t1,gold,10,b is full",
                "P7811",
                "unserved.csv:2: column shard",
            ),
            (
                file,
                row,
                "0,a1,t1,gold,10,b is full",
                "P7812",
                "unserved.csv",
            ),
            (
                file,
                row,
                "0,b1,t2,silver,11,b is full",
                "P7813",
                "unserved.csv:2: column users",
            ),
            (
                file,
                row,
                "0,b1,t2,gold,10,b is full",
                "P7814",
                "unserved.csv:2: column tier",
            ),
            (
                file,
                "reason\n0,b1,t2,silver,10,b is full",
                "reason,cause\n0,b1,t2,silver,10,b is full,no_site",
                "P7815",
                "unserved.csv:2: column cause",
            ),
            (
                file,
                "reason\n0,b1,t2,silver,10,b is full",
                "reason,cause\n0,b1,t2,silver,10,b is full,move_limit",
                "P7815",
                "unserved.csv:2: column cause",
            ),
        ],
    );
}

#[test]
fn blind_window_is_reported_as_it_is() {
    let file = "blind.csv";
    let row = "0,blind,lb1,bw,54,60,30,24,54,24,3240";
    let with = |cells: &'static str, code, place| (file, row, cells, code, place);
    assert_all(
        &three_network(),
        &[
            with(
                "0,blind,lb2,bw,54,60,30,24,54,24,3240",
                "P7821",
                "blind.csv:2: column component",
            ),
            with("0,blind,lb1,,54,60,30,24,54,24,3240", "P7822", "blind.csv"),
            with(
                "0,reacting,lb1,bw,54,60,30,24,54,24,3240",
                "P7823",
                "blind.csv:2: column phase",
            ),
            with(
                "0,blind,lb1,bw,54,60,60,24,54,24,3240",
                "P7824",
                "blind.csv:2: column true_capacity",
            ),
            with(
                "0,blind,lb1,bw,54,60,30,24,54,24,54",
                "P7825",
                "blind.csv:2: column user_minutes",
            ),
        ],
    );
}
