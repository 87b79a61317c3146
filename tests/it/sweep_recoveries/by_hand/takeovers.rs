//! Where users go who have lost their site.

use super::{CPU, REPLAN, REPLICAS, RESCALE, case, world};
use plimsoll::model::{Inventory, Scenario};
use plimsoll::units::is_close;

/// Users of one group: 60 gold ones bound to the EU and 40 silver ones at `a`, 30 bronze ones at `b`, 10 at `c`.
fn three_sites(scenario: &str) -> (Inventory, Scenario) {
    world(
        &[
            (
                "sites.csv",
                "site,cpu,jurisdiction,headroom\na,1000,EU,0\nb,100,EU,0.1\nc,1000,,0\n",
            ),
            ("access_points.csv", "access_point\np\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\npa,p,a,10\npb,p,b,12\npc,p,c,20\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier,jurisdiction\n\
                 s1,t1,60,a,mail,r,gold,EU\ns2,t2,40,a,mail,r,silver,\n\
                 s3,t3,30,b,mail,r,bronze,\ns4,t4,10,c,mail,r,bronze,\n",
            ),
        ],
        scenario,
    )
}

#[test]
fn users_who_lose_their_site_rescale_to_permitted_flows_and_overload_cuts_everybody_alike() {
    // The 60 may go to b alone; the 40 go 30 : 10 to b and c. b is asked for 30 + 60 + 30 = 120 and serves 5/6.
    let world = three_sites("");
    let case = case(&world, "a");
    case.assert_load(RESCALE, "b", CPU, 120.0);
    case.assert_load(RESCALE, "c", CPU, 20.0);
    case.assert_unserved(RESCALE, &[10.0, 5.0, 5.0]);
    case.assert_moved(RESCALE, 100.0 - 15.0);
    // 1 − (1 − 1.2)/0.1 of the target is missing.
    let missing = case.found(RESCALE).missing.expect("b has a target");
    assert!(is_close(missing.share, 3.0, 1e-9), "{missing:?}");
    let hit: Vec<&str> = (case.tally.breaks.keys())
        .filter(|key| key.recovery == RESCALE)
        .map(|key| world.0.tenants[key.tenant.index()].as_str())
        .collect();
    assert_eq!(hit, ["t1", "t2", "t3"]);
    // Nobody has a replica.
    case.assert_unserved(REPLICAS, &[60.0, 40.0, 0.0]);
    case.assert_moved(REPLICAS, 0.0);
    case.assert_unserved(REPLAN, &[0.0, 0.0, 0.0]);
}

#[test]
fn users_without_flows_to_a_permitted_site_go_to_the_nearest() {
    let files = [
        (
            "sites.csv",
            "site,cpu,jurisdiction\na,1000,\nb,1000,\nc,1000,EU\n",
        ),
        ("access_points.csv", "access_point\np\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nrp,r,p,5\npa,p,a,10\npb,p,b,12\npc,p,c,20\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,jurisdiction,max_latency_ms\n\
             s1,t1,60,a,mail,r,gold,,\ns2,t2,40,a,mail,r,silver,EU,\ns3,t3,20,a,mail,r,bronze,EU,22\n",
        ),
    ];
    let world = super::world(&files, "");
    let case = case(&world, "a");
    // Nobody is steered anywhere but to a. s1's nearest site is b; s2 may be at c only, and so may s3, but c is 25 ms away.
    case.assert_load(RESCALE, "b", CPU, 60.0);
    case.assert_load(RESCALE, "c", CPU, 40.0);
    case.assert_unserved(RESCALE, &[0.0, 0.0, 20.0]);
    case.assert_moved(RESCALE, 100.0);
}

/// 100 users at `a` behind the load balancer `e`, no replica; another shard, with a replica, is at `b`.
fn after(failover: &str) -> (Inventory, Scenario) {
    let scenario = format!("[policy]\nfailover = \"{failover}\"\n");
    world(
        &[
            ("sites.csv", "site,cpu\na,1000\nb,1000\n"),
            ("access_points.csv", "access_point\np\n"),
            ("elements.csv", "element,kind\ne,load_balancer\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\npe,p,e,5\nea,e,a,5\npb,p,b,12\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\n\
                 s1,t1,100,a,mail,r,gold\ns2,t2,10,b,mail,r,silver\n",
            ),
            ("replicas.csv", "shard,site\ns2,a\n"),
        ],
        &scenario,
    )
}

#[test]
fn a_site_without_any_path_is_left_like_one_that_is_lost_but_has_not_failed() {
    // Without its site a shard runs from a replica or not at all; a's has not failed while only e has.
    let world = after("replicas");
    let without_site = case(&world, "a");
    without_site.assert_unserved(RESCALE, &[100.0, 0.0]);
    let without_path = case(&world, "e");
    without_path.assert_unserved(RESCALE, &[0.0, 0.0]);
    without_path.assert_load(RESCALE, "b", CPU, 110.0);
    without_path.assert_load(RESCALE, "a", CPU, 0.0);
    without_path.assert_unserved(REPLICAS, &[100.0, 0.0]);
    let anywhere = after("anywhere");
    case(&anywhere, "a").assert_unserved(RESCALE, &[0.0, 0.0]);
}

/// 100 users at `a`, replicas at `b` (blocked), `c` and `d`, each worth a quarter of the demand.
fn replicas(scenario: &str) -> (Inventory, Scenario) {
    world(
        &[
            (
                "resources.csv",
                "resource,unit,scope,replica_share\ncpu,vCPU,site,0.25\n",
            ),
            ("profiles.csv", "profile,cpu\nmail,1\n"),
            ("sites.csv", "site,cpu\na,100\nb,1000\nc,1000\nd,1000\n"),
            ("access_points.csv", "access_point\np\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\npa,p,a,10\npb,p,b,12\npc,p,c,20\npd,p,d,15\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\ns1,t1,100,a,mail,r,gold\n",
            ),
            (
                "replicas.csv",
                "shard,site,preference,state\ns1,b,1,blocked\ns1,c,2,ready\ns1,d,3,\n",
            ),
        ],
        scenario,
    )
}

#[test]
fn the_most_preferred_ready_replica_takes_over() {
    let world = replicas("");
    let first = case(&world, "a");
    // A copy stands for a quarter; whoever runs there brings the rest.
    for (site, load) in [("b", 25.0), ("c", 100.0), ("d", 25.0)] {
        first.assert_load(REPLICAS, site, CPU, load);
    }
    first.assert_unserved(REPLICAS, &[0.0]);
    first.assert_moved(REPLICAS, 100.0);
    case(&world, "a+c").assert_load(REPLICAS, "d", CPU, 100.0);
    case(&world, "a+c+d").assert_unserved(REPLICAS, &[100.0]);
    // Without flows elsewhere rescaling goes to the nearest of the ready ones.
    first.assert_load(RESCALE, "d", CPU, 100.0);
}

#[test]
fn home_is_the_last_ready_copy_and_copies_come_before_users() {
    // Half of a is left, so its shard runs at the nearest replica, d.
    let world = replicas("[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\ncapacity = 0.5\n");
    case(&world, "").assert_load(REPLICAS, "d", CPU, 100.0);
    case(&world, "d").assert_load(REPLICAS, "c", CPU, 100.0);
    let home = case(&world, "c+d");
    // Of a's 50 the copy has 25; of the 75 that the users bring besides 25 fit, a third of them.
    home.assert_load(REPLICAS, "a", CPU, 100.0);
    home.assert_unserved(REPLICAS, &[200.0 / 3.0]);
    home.assert_moved(REPLICAS, 0.0);
}
