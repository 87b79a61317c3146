//! Cuts worked out by hand, and their sentences.

use crate::levels::planned;
use crate::read::read;
use plimsoll::report::cut_rows;

/// Amsterdam and Dublin are in the EU, Boston is not; Lisbon enters by `x`, Porto by `y`, Boston's own by `z`.
fn reported(shards: &str, changed: &[(&str, &str)], policy: &str) -> Vec<String> {
    let mut files = vec![
        (
            "resources.csv",
            "resource,unit,scope,headroom,replica_share\ncpu,vCPU,site,0,0.5\nbw,Gbit/s,network,0,0\n",
        ),
        ("profiles.csv", "profile,cpu,bw\nmail,0.01,0.001\n"),
        ("tiers.csv", "tier,rank,availability\ngold,1,0.999\n"),
        (
            "client_regions.csv",
            "client_region,name\nlis,Lisbon\nopo,Porto\nbos,Bay State\n",
        ),
        (
            "sites.csv",
            "site,name,jurisdiction,cpu\nams,Amsterdam,EU,900\ndub,Dublin,EU,800\nbos-1,Boston,US,5000\n",
        ),
        (
            "access_points.csv",
            "access_point,name,bw\nx,X,100\ny,Y,100\nz,Z,unlimited\n",
        ),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,lis,x,5\nl2,opo,y,5\nl3,bos,z,5\nl4,x,ams,5\nl5,y,ams,5\nl6,x,dub,5\n\
             l7,y,dub,5\nl8,z,bos-1,5\nl9,x,bos-1,40\nl10,y,bos-1,40\n",
        ),
        ("shards.csv", shards),
    ];
    for (name, text) in changed {
        match files.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = text,
            None => files.push((name, text)),
        }
    }
    let files: Vec<(String, String)> = files
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    let scenario = format!(
        "[scenario]\nname = \"eu\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n\n{policy}"
    );
    let (inventory, scenario) = read(&files, &scenario);
    let plan = planned(&inventory, &scenario);
    let rows = cut_rows(&inventory, &plan.periods[0]);
    rows.into_iter().map(|row| row.sentence).collect()
}

/// 50,000 users in Amsterdam and 60,000 in Dublin, who must stay in the EU, and 100,000 in Boston who need not.
const SHARDS: &str = "shard,tenant,users,site,profile,client_region,tier,jurisdiction\n\
     e1,t1,50000,ams,mail,lis,gold,EU\ne2,t2,60000,dub,mail,opo,gold,EU\nb1,t3,100000,bos-1,mail,bos,gold,\n";

const DRAIN_DUBLIN: &str = "[[event]]\nkind = \"maintenance\"\ncomponent = \"dub\"\n\
     start = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n";

#[test]
fn residency_is_the_trap_where_one_of_two_sites_is_drained() {
    // 110,000 users × 0.01 vCPU; Boston has room, but not for them.
    assert_eq!(
        reported(SHARDS, &[], DRAIN_DUBLIN),
        [
            "Tenants that must stay in EU (2 tenants, 110,000 users) need 1,100 vCPU; Amsterdam has 900 left, 200 short."
        ]
    );
}

#[test]
fn copies_and_background_are_taken_off_what_is_there() {
    // A copy of e1 in Amsterdam holds half of its 500 vCPU already, so that it needs the other 250 there:
    // 250 + 600 against 900 − 250 − 40.
    let replicas = ("replicas.csv", "shard,site\ne1,dub\n");
    let background = ("background.csv", "component,resource,load\nams,cpu,40\n");
    assert_eq!(
        reported(SHARDS, &[replicas, background], DRAIN_DUBLIN),
        [
            "Tenants that must stay in EU (2 tenants, 110,000 users) need 850 vCPU; Amsterdam has 610 left, 240 short."
        ]
    );
}

#[test]
fn both_sites_together_are_short_when_both_are_open() {
    // What is short for Porto is worth 30,000 users, what is short at the sites 10,000.
    let shards = SHARDS.replace("e2,t2,60000", "e2,t2,130000");
    assert_eq!(
        reported(&shards, &[], ""),
        [
            "Tenants from Porto that must stay in EU (1 tenant, 130,000 users) reach Amsterdam and Dublin only through \
             Y. They need 130 Gbit/s, and Y lets 100 pass: 30 short.",
            "Tenants that must stay in EU (2 tenants, 180,000 users) need 1,800 vCPU; Amsterdam and Dublin have 1,700 \
             left, 100 short.",
        ]
    );
}

#[test]
fn access_points_are_the_trap_where_they_carry_too_little() {
    let access_points = (
        "access_points.csv",
        "access_point,name,bw\nx,X,45\ny,Y,45\nz,Z,unlimited\n",
    );
    // Each client region has its own access point: two traps.
    assert_eq!(
        reported(SHARDS, &[access_points], ""),
        [
            "Tenants from Porto that must stay in EU (1 tenant, 60,000 users) reach Amsterdam and Dublin only through \
             Y. They need 60 Gbit/s, and Y lets 45 pass: 15 short.",
            "Tenants from Lisbon that must stay in EU (1 tenant, 50,000 users) reach Amsterdam and Dublin only through \
             X. They need 50 Gbit/s, and X lets 45 pass: 5 short.",
        ]
    );
    // Both may enter by either: one trap.
    let links = (
        "links.csv",
        "link,from,to,latency_ms\nl1,lis,x,5\nl2,opo,y,5\nl3,bos,z,5\nl4,x,ams,5\nl5,y,ams,5\nl6,x,dub,5\n\
         l7,y,dub,5\nl8,z,bos-1,5\nl11,opo,x,5\nl12,lis,y,5\n",
    );
    assert_eq!(
        reported(SHARDS, &[access_points, links], ""),
        [
            "Tenants from Lisbon and Porto that must stay in EU (2 tenants, 110,000 users) reach Amsterdam and Dublin \
             only through X and Y. They need 110 Gbit/s, and X and Y let 90 pass: 20 short."
        ]
    );
}

#[test]
fn who_has_no_site_and_who_has_no_path_is_reported() {
    let both = format!(
        "{DRAIN_DUBLIN}\n{}",
        DRAIN_DUBLIN.replace("\"dub\"", "\"ams\"")
    );
    assert_eq!(
        reported(SHARDS, &[], &both),
        [
            "Tenants that must stay in EU (2 tenants, 110,000 users) have no site: nothing is left of Amsterdam and Dublin."
        ]
    );
    let limit = format!("[policy]\nmax_latency_ms = 6\n\n{DRAIN_DUBLIN}");
    let near = (
        "links.csv",
        "link,from,to,latency_ms\nl1,lis,x,1\nl2,opo,y,5\nl3,bos,z,5\nl4,x,ams,5\nl5,y,ams,5\nl8,z,bos-1,1\n",
    );
    assert_eq!(
        reported(SHARDS, &[near], &limit),
        [
            "Tenants from Porto that must stay in EU (1 tenant, 60,000 users) have no open path within 6 ms to Amsterdam."
        ]
    );
}

#[test]
fn who_is_pinned_or_bound_to_replicas_is_reported_so() {
    let shards = "shard,tenant,users,site,profile,client_region,tier,move\n\
         e1,t1,100000,ams,mail,lis,gold,pinned\nb1,t3,100000,bos-1,mail,bos,gold,free\n";
    assert_eq!(
        reported(shards, &[], ""),
        [
            "Shards that are pinned to their site (1 tenant, 100,000 users) need 1,000 vCPU; Amsterdam has 900 left, 100 short."
        ]
    );
    let everyone =
        "shard,tenant,users,site,profile,client_region,tier\ne1,t1,680000,bos-1,mail,bos,gold\n";
    assert_eq!(
        reported(everyone, &[], "")[0],
        "Shards that may only be at Boston (1 tenant, 680,000 users) need 6,800 vCPU; Boston has 5,000 left, 1,800 short."
    );
}

#[test]
fn two_rules_that_lead_to_one_site_are_both_named() {
    // f1 may only go to its copy in Amsterdam, which holds 150 of its 300: 500 + 600 + 150 against 900 − 150.
    let shards = format!("{SHARDS}f1,t4,30000,dub,mail,opo,gold,\n");
    let replicas = ("replicas.csv", "shard,site\nf1,ams\n");
    let policy =
        format!("[policy]\ndrain = \"replicas\"\nfailover = \"replicas\"\n\n{DRAIN_DUBLIN}");
    assert_eq!(
        reported(&shards, &[replicas], &policy),
        [
            "Tenants that must stay in EU and shards that may only move to one of their replicas (3 tenants, 140,000 \
             users) need 1,250 vCPU; Amsterdam has 750 left, 500 short."
        ]
    );
}
