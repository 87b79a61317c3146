//! Each rule of `docs/model.md` §10 on a world so small that its numbers can be checked in the head.
//! Long because every rule has its own small world in its own body.

use super::{sweeper, tally};
use crate::read::read;
use plimsoll::ids::ResourceId;
use plimsoll::model::{Background, FailureSet, Inventory, Recovery, Scenario};
use plimsoll::plan::sweep::{Found, Tally};
use plimsoll::plan_files::SettledBy;
use plimsoll::units::is_close;

const RESCALE: Recovery = Recovery::Rescale;
const REPLICAS: Recovery = Recovery::Replicas;
const REPLAN: Recovery = Recovery::Replan;

/// One client region `r` with an access point `p`, mail of one CPU and one Mbit/s a user, two tiers.
const COMMON: [(&str, &str); 4] = [
    (
        "resources.csv",
        "resource,unit,scope\ncpu,vCPU,site\nmbps,Mbit/s,network\n",
    ),
    ("profiles.csv", "profile,cpu,mbps\nmail,1,1\nnews,1,0\n"),
    (
        "tiers.csv",
        "tier,rank,availability\ngold,1,0.999\nsilver,2,0.99\nbronze,3,0.9\n",
    ),
    ("client_regions.csv", "client_region\nr\nr2\n"),
];

/// A world of these files beside the common ones, which they may replace, and what a scenario says after its times.
fn world(own: &[(&str, &str)], scenario: &str) -> (Inventory, Scenario) {
    let is_replaced = |name: &str| own.iter().any(|(own, _)| *own == name);
    let common = COMMON.iter().filter(|(name, _)| !is_replaced(name));
    let files: Vec<(String, String)> = common
        .chain(own)
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let times = "[scenario]\nname = \"by hand\"\nstart = 2030-03-01T02:00:00Z\n\
                 end = 2030-03-01T06:00:00Z\n";
    read(&files, &format!("{times}{scenario}"))
}

/// One case of a sweep under all recoveries.
struct Case<'a> {
    inventory: &'a Inventory,
    tally: Tally,
}

/// The case in which these components fail, by name, joined by `+` in the order of the inventory.
fn case<'a>(world: &'a (Inventory, Scenario), failing: &str) -> Case<'a> {
    let (inventory, scenario) = world;
    let at_once = failing.split('+').filter(|own| !own.is_empty()).count();
    let sweeper = sweeper(
        inventory,
        scenario,
        FailureSet::Components,
        at_once,
        &Recovery::ALL,
    );
    let all = sweeper.contingencies();
    let is_it = |case: &usize| all.name(inventory, *case) == failing;
    let case = (0..all.count()).find(is_it).expect("there is such a case");
    Case {
        inventory,
        tally: tally(&sweeper, case..case + 1),
    }
}

impl Case<'_> {
    fn found(&self, recovery: Recovery) -> &Found {
        let mut all = self.tally.of(recovery);
        all.next().expect("all recoveries were asked about")
    }

    /// Asserts unserved users by rank.
    #[track_caller]
    fn assert_unserved(&self, recovery: Recovery, expected: &[f64]) {
        let found = self.found(recovery);
        let is_same = found.unserved.len() == expected.len()
            && found
                .unserved
                .iter()
                .zip(expected)
                .all(|(a, b)| is_close(*a, *b, 1e-6));
        assert!(
            is_same,
            "{recovery:?}: {:?} instead of {expected:?}",
            found.unserved
        );
    }

    /// Asserts users who are served elsewhere than at their current site.
    #[track_caller]
    fn assert_moved(&self, recovery: Recovery, expected: f64) {
        let moved = self.found(recovery).moved;
        assert!(is_close(moved, expected, 1e-6), "{recovery:?}: {moved}");
    }

    /// Asserts what is asked of a component.
    #[track_caller]
    fn assert_load(&self, recovery: Recovery, component: &str, resource: usize, expected: f64) {
        let id = self
            .inventory
            .component_named(component)
            .expect("it is named so");
        let uses = self
            .tally
            .uses
            .get(&(recovery, id, ResourceId::new(resource)));
        let load = uses.map_or(0.0, |uses| uses[0].load);
        assert!(
            is_close(load, expected, 1e-6),
            "{component} under {recovery:?}: {load}"
        );
    }
}

const CPU: usize = 0;
const MBPS: usize = 1;

/// All of 100 users at `a`: 50 over `p`, 30 over `q` and 20 over the slower `s`.
fn three_ways() -> (Inventory, Scenario) {
    world(
        &[
            ("sites.csv", "site,cpu\na,1000\n"),
            (
                "access_points.csv",
                "access_point,mbps\np,50\nq,30\ns,1000\n",
            ),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\nrq,r,q,6\nrs,r,s,7\npa,p,a,10\nqa,q,a,10\nsa,s,a,10\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\ns1,t,100,a,mail,r,gold\n",
            ),
        ],
        "",
    )
}

#[test]
fn users_who_lose_their_path_share_out_over_those_that_are_left() {
    // q's 30 go 5 : 2 to p and s. p is asked for 50 + 30·5/7 = 71 3/7 and has 50; the others are served.
    let world = three_ways();
    let case = case(&world, "q");
    for recovery in [RESCALE, REPLICAS] {
        case.assert_load(recovery, "p", MBPS, 500.0 / 7.0);
        case.assert_load(recovery, "s", MBPS, 200.0 / 7.0);
        case.assert_load(recovery, "a", CPU, 100.0);
        case.assert_unserved(recovery, &[150.0 / 7.0]);
        case.assert_moved(recovery, 0.0);
        let found = case.found(recovery);
        let p = world.0.component_named("p").expect("it is named so");
        assert_eq!(found.binding, [(p, ResourceId::new(MBPS))]);
        assert_eq!(found.settled, SettledBy::Rule);
        assert!(found.is_proven);
        assert_eq!(found.missing, None);
    }
    // Whoever decides sends them all over s.
    case.assert_unserved(REPLAN, &[0.0]);
}

/// 100 users of region `r` at `a`, whose nearest way is `p`; `z` on standby is faster than `q`. Region `r2` has so many
/// users, who reach `a` over `z` only.
fn standby(users_of_r2: u32) -> (Inventory, Scenario) {
    let shards = format!(
        "shard,tenant,users,site,profile,client_region,tier\ns1,t,100,a,mail,r,gold\n\
         s2,t,{users_of_r2},a,mail,r2,gold\n"
    );
    world(
        &[
            ("sites.csv", "site,cpu\na,1000\n"),
            (
                "access_points.csv",
                "access_point,state,mbps\np,active,1000\nq,active,1000\nz,standby,1000\n",
            ),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\nrq,r,q,9\nrz,r,z,6\nr2z,r2,z,6\n\
                 pa,p,a,10\nqa,q,a,10\nza,z,a,10\n",
            ),
            ("shards.csv", &shards),
        ],
        "",
    )
}

#[test]
fn users_without_a_path_take_the_fastest_that_is_open_and_open_none() {
    for recovery in [RESCALE, REPLICAS] {
        let world = standby(0);
        let closed = case(&world, "p");
        closed.assert_load(recovery, "q", MBPS, 100.0);
        closed.assert_load(recovery, "z", MBPS, 0.0);
        assert_eq!(closed.found(recovery).opened, []);
        let world = standby(40);
        let opened = case(&world, "p");
        opened.assert_load(recovery, "q", MBPS, 0.0);
        opened.assert_load(recovery, "z", MBPS, 140.0);
        assert_eq!(opened.found(recovery).opened.len(), 1);
        opened.assert_unserved(recovery, &[0.0]);
    }
}

#[test]
fn background_of_an_access_point_that_stays_closed_is_gone() {
    let (mut inventory, scenario) = standby(0);
    // It would miss three quarters of its target.
    let z = inventory.component_named("z").expect("it is named so");
    inventory.resources[MBPS].headroom = 0.2;
    inventory.background.push(Background {
        component: z,
        resource: ResourceId::new(MBPS),
        load: 950.0,
    });
    let world = (inventory, scenario);
    let case = case(&world, "p");
    for recovery in [RESCALE, REPLICAS] {
        case.assert_load(recovery, "z", MBPS, 0.0);
        assert_eq!(case.found(recovery).missing, None);
    }
}

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
    let world = self::world(&files, "");
    let case = case(&world, "a");
    // Nobody is steered anywhere but to a. s1's nearest site is b; s2 may be at c only, and so may s3, but c is 25 ms away.
    case.assert_load(RESCALE, "b", CPU, 60.0);
    case.assert_load(RESCALE, "c", CPU, 40.0);
    case.assert_unserved(RESCALE, &[0.0, 0.0, 20.0]);
    case.assert_moved(RESCALE, 100.0);
}

/// 100 users at `a` behind the load balancer `e`, no replica; another shard, with a replica, is at `b`.
fn behind(failover: &str) -> (Inventory, Scenario) {
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
    let world = behind("replicas");
    let without_site = case(&world, "a");
    without_site.assert_unserved(RESCALE, &[100.0, 0.0]);
    let without_path = case(&world, "e");
    without_path.assert_unserved(RESCALE, &[0.0, 0.0]);
    without_path.assert_load(RESCALE, "b", CPU, 110.0);
    without_path.assert_load(RESCALE, "a", CPU, 0.0);
    without_path.assert_unserved(REPLICAS, &[100.0, 0.0]);
    let anywhere = behind("anywhere");
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

#[test]
fn the_members_of_a_pool_that_are_left_carry_all_of_it() {
    let world = world(
        &[
            ("sites.csv", "site,cpu\na,80\n"),
            ("access_points.csv", "access_point\np\n"),
            (
                "elements.csv",
                "element,kind,pool,mbps\ne1,load_balancer,e,60\ne2,load_balancer,e,60\n",
            ),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\npe,p,e,5\nea,e,a,5\nr2p,r2,p,5\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\n\
                 s1,t1,75,a,mail,r,gold\ns2,t2,5,a,news,r,silver\n",
            ),
        ],
        "",
    );
    let case = case(&world, "e2");
    for recovery in [RESCALE, REPLICAS] {
        // e1 is asked for 75 and has 60; who demands no bandwidth passes.
        case.assert_load(recovery, "e1", MBPS, 75.0);
        case.assert_unserved(recovery, &[15.0, 0.0]);
        // The site is asked for all of them.
        case.assert_load(recovery, "a", CPU, 80.0);
    }
}

#[test]
fn a_member_with_nothing_left_stops_those_who_demand_it() {
    // No bandwidth is left of e2, which is pulled out while e1 is there; without e1 it carries all that needs none.
    // Three readers of news have the faster way over q, which has no room for the other two.
    let world = world(
        &[
            (
                "resources.csv",
                "resource,unit,scope\ncpu,vCPU,site\nmbps,Mbit/s,network\nrps,1/s,network\n",
            ),
            (
                "profiles.csv",
                "profile,cpu,mbps,rps\nmail,1,1,0\nnews,1,0,1\n",
            ),
            ("sites.csv", "site,cpu\na,80\n"),
            ("access_points.csv", "access_point,rps\np,unlimited\nq,3\n"),
            (
                "elements.csv",
                "element,kind,pool,mbps\ne1,load_balancer,e,100\ne2,load_balancer,e,100\n",
            ),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\npe,p,e,5\nea,e,a,5\nr2p,r2,p,5\n\
                 r2q,r2,q,1\nqa,q,a,1\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\n\
                 s1,t1,75,a,mail,r,gold\ns2,t2,5,a,news,r2,silver\n",
            ),
        ],
        "[[event]]\nkind = \"maintenance\"\ncomponent = \"e2\"\nresources = [\"mbps\"]\n",
    );
    for recovery in Recovery::ALL {
        case(&world, "").assert_unserved(recovery, &[0.0, 0.0]);
        case(&world, "e1").assert_unserved(recovery, &[75.0, 0.0]);
        case(&world, "e1").assert_load(recovery, "q", 2, 3.0);
    }
}

#[test]
fn a_user_gets_the_least_of_all_shares_on_his_way() {
    let world = world(
        &[
            ("sites.csv", "site,cpu\na,200\nb,80\n"),
            ("access_points.csv", "access_point,mbps\np,1000\nq,50\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\npa,p,a,5\nr2q,r2,q,5\nqb,q,b,5\nrq,r,q,5\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\n\
                 s1,t1,90,a,mail,r,gold\ns2,t2,10,b,mail,r2,silver\n",
            ),
        ],
        "",
    );
    // All 100 come over q, which serves a half, to b, which would serve 80 %.
    let case = case(&world, "a");
    case.assert_load(RESCALE, "q", MBPS, 100.0);
    case.assert_load(RESCALE, "b", CPU, 100.0);
    case.assert_unserved(RESCALE, &[45.0, 5.0]);
    assert_eq!(case.found(RESCALE).binding.len(), 2);
}

#[test]
fn who_is_unserved_in_the_plan_stays_so_and_surges_are_in_force() {
    let scenario = "[[event]]\nkind = \"surge\"\nfactor = 2\nclient_region = \"r\"\n\
                    [[event]]\nkind = \"maintenance\"\ncomponent = \"c\"\n";
    let world = world(
        &[
            ("sites.csv", "site,cpu\na,300\nb,300\nc,300\n"),
            ("access_points.csv", "access_point\np\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nrp,r,p,5\nr2p,r2,p,5\npa,p,a,5\npb,p,b,6\npc,p,c,6\n",
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier,move\n\
                 s1,t1,90,a,mail,r,gold,free\ns2,t2,150,b,mail,r,silver,free\n\
                 s3,t3,40,c,mail,r2,bronze,pinned\n",
            ),
        ],
        scenario,
    );
    let case = case(&world, "a");
    // 180 of s1 and 300 of s2 at b, which has 300.
    case.assert_load(RESCALE, "b", CPU, 480.0);
    case.assert_unserved(
        RESCALE,
        &[180.0 * 180.0 / 480.0, 300.0 * 180.0 / 480.0, 40.0],
    );
    case.assert_unserved(REPLICAS, &[180.0, 0.0, 40.0]);
    case.assert_unserved(REPLAN, &[0.0, 180.0, 40.0]);
}
