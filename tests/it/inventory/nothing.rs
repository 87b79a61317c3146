//! Amounts and replicas that do nothing, and rows that a broken file leaves out.

use super::findings;

#[test]
fn a_replica_that_may_never_take_over_is_reported_once() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu,jurisdiction\na,100,EU\nb,100,US\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,1\n"),
            ("replicas.csv", "shard,site\nu,b\ns,b\n"),
            ("shards.csv", "shard,tenant,users,site,profile,client_region,tier,jurisdiction\ns,t,10,a,mail,r,gold,EU\nu,t,10,a,mail,r,gold,EU\n"),
        ]),
        "warning: replicas.csv:2: column site: found a ready replica of `u` at `b`, which does not offer `EU` (2 rows like it), expected ready replicas at sites that offer the jurisdiction of their shard [P3412]
hint: move the replica, or list the jurisdiction at the site; until then it takes over for nobody
"
    );
}

#[test]
fn an_active_access_point_of_no_capacity_is_reported() {
    assert_eq!(
        findings(&[
            ("resources.csv", "resource,unit,scope\ncpu,vCPU,site\nbw,Gbit/s,network\n"),
            ("profiles.csv", "profile,cpu,bw\nmail,1,1\n"),
            ("access_points.csv", "access_point,bw\np,0\n"),
        ]),
        "warning: access_points.csv:2: column bw: found 0 at an active access point, expected a capacity above 0, `standby`, or a blank cell where nothing limits it [P3413]
hint: write its capacity; until then no user can enter there
"
    );
}

#[test]
fn a_resource_that_no_site_limits_and_a_profile_of_no_demand_are_reported() {
    assert_eq!(
        findings(&[("sites.csv", "site\na\n")]),
        "warning: sites.csv: found no capacity of `cpu` at any site, expected a column `cpu`, as users demand it [P3414]
hint: add the column with each site's capacity; without it no plan limits this resource
"
    );
    assert_eq!(
        findings(&[("profiles.csv", "profile,cpu\nmail,0\n")]),
        "warning: profiles.csv: found `mail`, whose users demand 0 of every resource, expected a demand above 0 of at least one resource [P3415]
hint: write what one user demands; a very small number may have been rounded to 0
"
    );
}

/// Replicas of shards that were not read, because their profile was not, are no findings of their own.
#[test]
fn references_to_rows_that_a_broken_file_leaves_out_are_not_reported_too() {
    assert_eq!(
        findings(&[
            ("profiles.csv", "profile,cpu\nmail,0,002\n"),
            ("replicas.csv", "shard,site\ns,a\n"),
        ]),
        "error: profiles.csv:2: found 3 cells, expected 2 cells, as in the header row [P1201]
hint: put quotes around a cell that has a comma, and keep the commas of blank cells
"
    );
}
