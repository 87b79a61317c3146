//! Each rule of `docs/model.md` §10 on a world so small that its numbers can be checked in the head.

mod takeovers;

use super::{sweeper, tally};
use crate::read::read;
use plimsoll::ids::ResourceId;
use plimsoll::model::{Background, FailureSet, Inventory, Recovery, Scenario};
use plimsoll::plan::sweep::{CaseResult, SweepTally};
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
fn world(pairs: &[(&str, &str)], scenario: &str) -> (Inventory, Scenario) {
    let is_replaced = |name: &str| pairs.iter().any(|(text, _)| *text == name);
    let common = COMMON.iter().filter(|(name, _)| !is_replaced(name));
    let files: Vec<(String, String)> = common
        .chain(pairs)
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let times = "[scenario]\nname = \"by hand\"\nstart = 2030-03-01T02:00:00Z\n\
                 end = 2030-03-01T06:00:00Z\n";
    read(&files, &format!("{times}{scenario}"))
}

/// One case of a sweep under all recoveries.
struct Case<'a> {
    inventory: &'a Inventory,
    tally: SweepTally,
}

/// The case in which these components fail, by name, joined by `+` in the order of the inventory.
fn case<'a>(world: &'a (Inventory, Scenario), failing: &str) -> Case<'a> {
    let (inventory, scenario) = world;
    let at_once = failing.split('+').filter(|text| !text.is_empty()).count();
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
    fn found(&self, recovery: Recovery) -> &CaseResult {
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
fn three_paths() -> (Inventory, Scenario) {
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
    let world = three_paths();
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
fn a_user_gets_the_least_of_all_shares_on_his_path() {
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
