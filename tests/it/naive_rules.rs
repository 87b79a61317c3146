//! Single rules of the written-out LP, each on an instance whose levels are seen at a glance.
//!
//! All instances: one client region, one access point, sites a (10 ms away) and b (20 ms); a user of `mail`
//! demands 1 of every resource.

use crate::naive::{Band, Question, Solver, homes, levels};
use crate::read::read;
use std::collections::BTreeMap;

const START: &str =
    "[scenario]\nname = \"rule\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n";

/// The levels at the scenario's start; `files` stand instead of, or beside, the files that all instances share.
fn levels_of(files: &[(&str, &str)], scenario: &str) -> BTreeMap<String, f64> {
    let shared = [
        ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\n"),
        ("profiles.csv", "profile,cpu\nmail,1\n"),
        ("sites.csv", "site,cpu\na,100\nb,100\n"),
        ("access_points.csv", "access_point\np\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nin,r,p,0\nla,p,a,10\nlb,p,b,20\n",
        ),
        ("client_regions.csv", "client_region\nr\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
    ];
    let texts: BTreeMap<&str, &str> = shared.into_iter().chain(files.iter().copied()).collect();
    let texts: Vec<(String, String)> = texts
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    let (inventory, scenario) = read(&texts, &format!("{START}{scenario}"));
    let question = Question {
        inventory: &inventory,
        scenario: &scenario,
        at: scenario.start,
        current: &homes(&inventory),
        elsewhere: &[],
        before_load: None,
        band: Band::Expected,
    };
    levels(&question, Solver::Highs).into_iter().collect()
}

#[track_caller]
fn assert_levels(found: &BTreeMap<String, f64>, expected: &[(&str, f64)]) {
    for &(name, value) in expected {
        let is_as_expected = (found[name] - value).abs() < 1e-5;
        assert!(is_as_expected, "{name} is not {value}: {found:?}");
    }
}

const SHARDS: &str = "shard,tenant,users,site,profile,client_region,tier\n";

/// A pool of two in front of site a, member 1 gray at `left`; the 30 users are pinned to a.
fn served_through_a_pool(left: &str) -> f64 {
    let shards = "shard,tenant,users,site,profile,client_region,tier,move\n\
                  s,t,30,a,mail,r,gold,pinned\n";
    let found = levels_of(
        &[
            ("resources.csv", "resource,unit,scope\nbw,Gbit/s,network\n"),
            ("profiles.csv", "profile,bw\nmail,1\n"),
            ("sites.csv", "site\na\n"),
            ("elements.csv", "element,pool,bw\nm1,lb,10\nm2,lb,10\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nin,r,p,0\nl1,p,lb,1\nl2,lb,a,1\n",
            ),
            ("shards.csv", shards),
        ],
        &format!("[[event]]\nkind = \"gray\"\ncomponent = \"m1\"\ncapacity = {left}\n"),
    );
    30.0 - found["unserved 1"]
}

#[test]
fn a_reduced_pool_member_bounds_the_pool_or_is_pulled_out_whichever_carries_more() {
    let served = [0.8, 0.6, 0.4].map(|left| served_through_a_pool(&left.to_string()));
    let expected = [16.0, 12.0, 10.0];
    for (served, expected) in served.into_iter().zip(expected) {
        assert!(
            (served - expected).abs() < 1e-6,
            "{served} instead of {expected}"
        );
    }
}

#[test]
fn a_surge_counts_users_everywhere_but_leaves_stored_data_alone() {
    // 90 become 135 users. Of b's 120 TiB they need 90, of its 120 vCPU 135.
    let files = [
        (
            "resources.csv",
            "resource,unit,scope,varies\ncpu,vCPU,site,yes\ndisk,TiB,site,no\n",
        ),
        ("profiles.csv", "profile,cpu,disk\nmail,1,1\n"),
        ("sites.csv", "site,cpu,disk\na,100,100\nb,120,120\n"),
        ("shards.csv", &format!("{SHARDS}s,t,90,a,mail,r,gold\n")),
    ];
    let drain = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    let surge = "[[event]]\nkind = \"surge\"\nfactor = 1.5\n";
    let found = levels_of(&files, &format!("{drain}{surge}"));
    assert_levels(
        &found,
        &[("unserved 1", 15.0), ("moves", 120.0), ("latency", 2400.0)],
    );
}

#[test]
fn a_shard_without_its_site_runs_from_a_ready_replica_or_not_at_all() {
    let shards = format!(
        "{SHARDS}none,t,10,a,mail,r,gold\nready,t,20,a,mail,r,gold\nstale,t,40,a,mail,r,gold\n"
    );
    let files = [
        ("shards.csv", shards.as_str()),
        (
            "replicas.csv",
            "shard,site,state\nready,b,ready\nstale,b,blocked\n",
        ),
    ];
    let failure = "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\n";
    let found = levels_of(&files, failure);
    assert_levels(
        &found,
        &[("unserved 1", 50.0), ("copied", 0.0), ("moves", 20.0)],
    );
    // Anywhere: `stale` holds data at b, so only `none` has to be copied.
    let anywhere = format!("[policy]\nfailover = \"anywhere\"\n{failure}");
    let found = levels_of(&files, &anywhere);
    assert_levels(
        &found,
        &[("unserved 1", 0.0), ("copied", 10.0), ("moves", 70.0)],
    );
}

#[test]
fn copies_that_exceed_what_is_left_are_cut_to_it_and_nothing_more_fits() {
    // 200 users keep a copy at b, half of their demand: 100 of the 80 that maintenance leaves.
    let shards = format!("{SHARDS}s,t,200,a,mail,r,gold\nv,t,10,b,mail,r,gold\n");
    let files = [
        (
            "resources.csv",
            "resource,unit,scope,replica_share\ncpu,vCPU,site,0.5\n",
        ),
        ("sites.csv", "site,cpu\na,200\nb,110\n"),
        ("shards.csv", shards.as_str()),
        ("replicas.csv", "shard,site\ns,b\n"),
    ];
    let half = "[[event]]\nkind = \"maintenance\"\ncomponent = \"b\"\ncapacity = 0.5\n";
    assert_levels(
        &levels_of(&files, half),
        &[("unserved 1", 10.0), ("moves", 0.0)],
    );
    assert_levels(
        &levels_of(&files, ""),
        &[("unserved 1", 0.0), ("moves", 0.0)],
    );
}

#[test]
fn headroom_kept_for_events_may_be_spent_down_to_the_events_target() {
    // b holds 50 + 45 of 100: 0.05 free of a target of 0.1 (half is missing), of one of 0.2 it would be 3/4.
    let shards = format!("{SHARDS}s,t,45,a,mail,r,gold\nv,t,50,b,mail,r,gold\n");
    let drain = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    let text = "resource,unit,scope,headroom,event_headroom\ncpu,vCPU,site,0.2,\n";
    let events = "resource,unit,scope,headroom,event_headroom\ncpu,vCPU,site,0.2,0.1\n";
    for (resources, worst, total) in [(text, 0.75, 15.0), (events, 0.5, 5.0)] {
        let files = [
            ("resources.csv", resources),
            ("shards.csv", shards.as_str()),
        ];
        let found = levels_of(&files, drain);
        assert_levels(&found, &[("worst", worst), ("total", total)]);
    }
}

#[test]
fn users_that_no_event_touches_leave_only_where_movers_are_all() {
    // The drain of a needs 60 at b, where 60 of 100 are free of v's 60; c has room but forbids s.
    let files = [
        (
            "sites.csv",
            "site,jurisdiction,cpu\na,X,100\nb,X,100\nc,,100\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nin,r,p,0\nla,p,a,10\nlb,p,b,20\nlc,p,c,30\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier,jurisdiction\n\
             s,t,60,a,mail,r,gold,X\nv,t,60,b,mail,r,gold,\n",
        ),
    ];
    let drain = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    let found = levels_of(&files, drain);
    assert_levels(
        &found,
        &[("unserved 1", 0.0), ("relief", 20.0), ("moves", 80.0)],
    );
    let affected = format!("[policy]\nmovers = \"affected\"\n{drain}");
    let found = levels_of(&files, &affected);
    assert_levels(
        &found,
        &[("unserved 1", 20.0), ("relief", 0.0), ("moves", 40.0)],
    );
}

#[test]
fn the_move_limit_holds_in_every_level_also_for_users_whose_site_is_gone() {
    let shards = format!("{SHARDS}s,t,60,a,mail,r,gold\n");
    let files = [("shards.csv", shards.as_str())];
    let drain = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    let limited = format!("[policy]\nmax_moved_users = 25\n{drain}");
    assert_levels(
        &levels_of(&files, &limited),
        &[("unserved 1", 35.0), ("moves", 25.0)],
    );
}

#[test]
fn a_shard_to_be_placed_is_served_without_counting_as_a_move() {
    let shards = format!("{SHARDS}new,t,30,,mail,r,gold\n");
    let files = [("shards.csv", shards.as_str())];
    assert_levels(
        &levels_of(&files, ""),
        &[("unserved 1", 0.0), ("moves", 0.0), ("latency", 300.0)],
    );
}
