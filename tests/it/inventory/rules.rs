//! What only several tables together can break: the codes P3xxx.

use super::findings;

#[test]
fn ids_are_unique_across_files() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\na,100\np,100\n"),
            ("elements.csv", "element,pool\ne,r\n"),
        ]),
        r#"error: access_points.csv:2: column access_point: found "p", which is a site already (sites.csv:3), expected an id that no site, access point, element, pool, link or client region has [P3001]
hint: rename one of the two: links and scenarios name them without their kind
error: elements.csv:2: column pool: found "r", which is a client region already (client_regions.csv:2), expected an id that no site, access point, element, pool, link or client region has [P3001]
hint: rename one of the two: links and scenarios name them without their kind
"#
    );
}

#[test]
fn a_reference_to_nothing_names_the_likely_id() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\nchicago,100\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nl1,r,p,5\nl2,p,chicago,5\n"
            ),
            (
                "shards.csv",
                "shard,tenant,users,site,profile,client_region,tier\ns,t,10,chicgo,mail,r,gold\n"
            ),
        ]),
        r#"error: shards.csv:2: column site: found "chicgo", an unknown id, expected an id in sites.csv [P3002]
hint: write `chicago` if it is meant, or add "chicgo" to sites.csv
"#
    );
}

#[test]
fn a_reference_to_nothing_alike_says_what_to_add() {
    assert_eq!(
        findings(&[(
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a,mail,r,platinum\n"
        ),]),
        r#"error: shards.csv:2: column tier: found "platinum", an unknown id, expected an id in tiers.csv [P3002]
hint: add "platinum" to tiers.csv, or write an id of that file
"#
    );
}

#[test]
fn references_into_a_broken_file_are_not_reported_too() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu,x\na,100\n"),]),
        r#"error: sites.csv:1: column x: found "x", which is no column, expected columns of sites.csv or a resource [P1101]
hint: the nearest known column is `cpu`; rename the column or remove it
error: sites.csv:2: found 2 cells, expected 3 cells, as in the header row [P1201]
hint: put quotes around a cell that has a comma, and keep the commas of blank cells
"#
    );
}

#[test]
fn groups_name_components_not_pools() {
    assert_eq!(
        findings(&[
            ("elements.csv", "element,pool\ne,lb\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,lb,1\nl4,lb,a,1\n"
            ),
            ("risk_groups.csv", "risk_group,component\ng,lb\ng,e\ng,x\n"),
        ]),
        r#"error: risk_groups.csv:2: column component: found "lb", which is a pool, expected an id of a site or access point or element or link [P3002]
hint: write one row for each member of the pool
error: risk_groups.csv:4: column component: found "x", an unknown id, expected an id of a site or access point or element or link [P3002]
hint: add "x" to sites.csv, access_points.csv, elements.csv or links.csv, or write an id of that file
"#
    );
}

#[test]
fn links_name_the_pool_not_its_members() {
    assert_eq!(
        findings(&[
            ("elements.csv", "element,pool\ne,lb\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nl1,r,p,5\nl2,p,e,5\nl3,lb,a,1\nl4,p,lb,1\n"
            ),
        ]),
        r#"error: links.csv:3: column to: found "e", a member of a pool, expected the pool: its members share traffic by a hash [P3003]
hint: write `lb`
"#
    );
}

#[test]
fn a_resource_is_not_named_like_a_column() {
    assert_eq!(
        findings(&[(
            "resources.csv",
            "resource,unit,scope\ncpu,vCPU,site\nretries,1,site\n"
        )]),
        "error: resources.csv:3: column resource: found `retries`, a column of profiles.csv already, expected an id that no column of the other files has [P3004]\nhint: give the resource another id, such as the name of its measure\n"
    );
}

#[test]
fn links_lead_somewhere() {
    assert_eq!(
        findings(&[(
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,p,1\n"
        ),]),
        r#"error: links.csv:4: column to: found "p", where the link starts, expected an end other than the start [P3101]
hint: name the end of the link, or remove the link
"#
    );
}

#[test]
fn links_do_not_leave_sites_nor_enter_client_regions() {
    assert_eq!(
        findings(&[(
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,a,p,1\nl4,p,r,1\n"
        ),]),
        r#"error: links.csv:4: column from: found "a", a site, expected a client region, access point, element or pool: paths end in sites [P3102]
hint: swap `from` and `to`: links run from client regions to sites
error: links.csv:5: column to: found "r", a client region, expected an access point, element, pool or site: paths begin in client regions [P3103]
hint: swap `from` and `to`: links run from client regions to sites
"#
    );
}

#[test]
fn a_blank_latency_needs_coordinates() {
    assert_eq!(
        findings(&[("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,\n"),]),
        r#"error: links.csv:3: column latency_ms: found a blank cell, and "p" has no coordinates, expected a round trip in ms, or two ends with coordinates [P3104]
hint: write the round trip, or the latitude and longitude of `p` (a pool is where all its members are)
"#
    );
}

#[test]
fn nothing_is_faster_than_light() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu,latitude,longitude\na,100,52.37,4.9\n"),
            ("access_points.csv", "access_point,latitude,longitude\np,41.88,-87.63\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,40\n"),
        ]),
        "warning: links.csv:3: column latency_ms: found 40 ms for 6608 km, expected at least 64.72 ms, the round trip of light in a straight fibre [P3105]
hint: check the latency and the coordinates; leave it blank for 113.27 ms
"
    );
}

#[test]
fn an_element_is_not_on_both_sides() {
    assert_eq!(
        findings(&[
            ("elements.csv", "element\ne\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,r,e,1\nl4,e,p,1\nl5,p,e,1\nl6,e,a,1\n"),
        ]),
        "error: elements.csv:2: column element: found `e` after access point `p` and before `p`, expected each element before or after access points, not both [P3106]
hint: correct the links around it, or write it as two elements
"
    );
}

#[test]
fn a_link_between_access_points_is_of_no_use() {
    assert_eq!(
        findings(&[
            ("access_points.csv", "access_point\np\nq\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,q,1\nl4,q,a,1\nl5,r,q,1\n"),
        ]),
        "warning: links.csv:4: column link: found `l3`, which no path can use, expected a link on a path from a client region over one access point to a site [P3107]
hint: check its ends, and whether a link before or after it is missing
"
    );
}

#[test]
fn a_place_without_links_is_a_warning() {
    assert_eq!(
        findings(&[
            ("elements.csv", "element,pool\ne,\nf,lb\n"),
            ("sites.csv", "site,cpu\na,100\nb,100\n"),
        ]),
        "warning: sites.csv:3: column site: found `b`, which no link names, expected a place of the graph [P3108]
hint: add its links: no user can pass it
warning: elements.csv:2: column element: found `e`, which no link names, expected a place of the graph [P3108]
hint: add its links: no user can pass it
warning: elements.csv:3: column pool: found `lb`, which no link names, expected a place of the graph [P3108]
hint: add its links: no user can pass it
"
    );
}

#[test]
fn a_replica_at_home_is_ignored() {
    assert_eq!(
        findings(&[("replicas.csv", "shard,site\ns,a\n"),]),
        r#"warning: replicas.csv:2: column site: found "a", where the shard is homed, expected a site other than that of shards.csv [P3201]
hint: remove the row: it is ignored, as a shard with replicas always has a copy at its home
"#
    );
}

#[test]
fn a_replica_stands_once() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\na,100\nb,100\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,1\n"),
            ("replicas.csv", "shard,site\ns,b\ns,b\n"),
        ]),
        "error: replicas.csv:3: column site: found the same shard and site as on line 2, expected one row for them [P2007]
hint: remove one of the two rows
"
    );
}

#[test]
fn equal_preferences_are_a_warning() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\na,100\nb,100\nc,100\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,1\nl4,p,c,1\n"),
            ("replicas.csv", "shard,site,preference\ns,c,1\ns,b,1\n"),
        ]),
        "warning: replicas.csv:3: column preference: found preference 1 twice, first on line 2, expected a preference of its own for each replica of a shard [P3202]
hint: number the replicas of a shard from 1; of equal numbers the first site by name is preferred
"
    );
}

#[test]
fn more_leaving_than_there_are_is_a_warning() {
    assert_eq!(
        findings(&[
            ("onboarding.csv", "date,shard,users\n2012-11-14,s,-20\n2012-11-13,s,5\n"),
        ]),
        "warning: onboarding.csv:2: column users: found -20 of 15 users, expected no more leaving users than exist [P3301]
hint: check the users of the shard and its earlier rows; 0 users are assumed
"
    );
}

#[test]
fn only_network_resources_are_used_in_the_network() {
    assert_eq!(
        findings(&[(
            "capacity_changes.csv",
            "date,component,resource,capacity\n2012-11-13,p,cpu,5\n"
        ),]),
        r#"error: capacity_changes.csv:2: column resource: found "cpu", a resource of scope `site`, expected a resource of scope `network`, as the component is no site [P3302]
hint: name a network resource, or a site
"#
    );
}

#[test]
fn a_capacity_changes_once_an_instant() {
    assert_eq!(
        findings(&[
            ("capacity_changes.csv", "date,component,resource,capacity\n2012-11-13,a,cpu,50\n2012-11-12T16:00:00-08:00,a,cpu,unlimited\n"),
        ]),
        "error: capacity_changes.csv:3: column component: found the same date, component and resource as on line 2, expected one row for them [P2007]
hint: remove one of the two rows
"
    );
}

#[test]
fn a_client_region_without_a_path_is_a_warning() {
    assert_eq!(
        findings(&[
            ("client_regions.csv", "client_region\nr\nq\n"),
        ]),
        "warning: client_regions.csv:3: column client_region: found `q`, without a path to any site, expected links over one access point to a site [P3401]
hint: add the missing links: its users stay unserved
"
    );
}

#[test]
fn a_jurisdiction_that_nobody_offers_is_reported_once() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu,jurisdiction\na,100,EU\n"),
            ("shards.csv", "shard,tenant,users,site,profile,client_region,tier,jurisdiction\ns,t,10,,mail,r,gold,EUU\nu,t,10,,mail,r,gold,EUU\n"),
        ]),
        "warning: shards.csv:2: column jurisdiction: found `EUU`, which no site offers (shards that name it: 2), expected a jurisdiction of sites.csv [P3402]
hint: write `EU` if it is meant, or list `EUU` in sites.csv
"
    );
}

#[test]
fn a_shard_against_its_jurisdiction_may_stay() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu,jurisdiction\na,100,EU\nb,100,US\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,1\n"),
            ("shards.csv", "shard,tenant,users,site,profile,client_region,tier,jurisdiction\ns,t,10,a,mail,r,gold,US\n"),
        ]),
        "warning: shards.csv:2: column site: found `a`, which does not list the shard's jurisdiction, expected a site that offers `US` [P3403]
hint: check both; the shard may stay, but not move to such a site
"
    );
}

#[test]
fn a_shard_that_no_site_may_hold_says_why() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu,jurisdiction\na,100,EU\nb,100,US\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,1\n"),
            ("replicas.csv", "shard,site\nonly_us,a\n"),
            ("shards.csv", "shard,tenant,users,site,profile,client_region,tier,jurisdiction,max_latency_ms,move\nfar,t,10,,mail,r,gold,EU,9.5,\nfine,t,10,,mail,r,gold,US,9.5,\nnowhere,t,10,,mail,r,gold,,,pinned\nno_replica,t,10,,mail,r,gold,,,replica_only\nonly_us,t,10,,mail,r,gold,US,,replica_only\n"),
        ]),
        "warning: shards.csv:2: column max_latency_ms: found 9.5 ms, and the nearest permitted site is 10.00 ms away, expected at least one site that may hold the shard [P3404]
hint: relax its rules, or add the missing site, replica or link; its users stay unserved
warning: shards.csv:4: column move: found `pinned`, and the shard has no site, expected at least one site that may hold the shard [P3404]
hint: relax its rules, or add the missing site, replica or link; its users stay unserved
warning: shards.csv:5: column move: found `replica_only`, and the shard has neither a site nor a ready replica, expected at least one site that may hold the shard [P3404]
hint: relax its rules, or add the missing site, replica or link; its users stay unserved
warning: shards.csv:6: column jurisdiction: found `US`, offered by no site of a ready replica, expected at least one site that may hold the shard [P3404]
hint: relax its rules, or add the missing site, replica or link; its users stay unserved
warning: replicas.csv:2: column site: found a ready replica of `only_us` at `a`, which does not offer `US`, expected ready replicas at sites that offer the jurisdiction of their shard [P3412]
hint: move the replica, or list the jurisdiction at the site; until then it takes over for nobody
"
    );
}

#[test]
fn a_shard_whose_profile_no_link_serves_says_so() {
    assert_eq!(
        findings(&[
            ("profiles.csv", "profile,cpu\nmail,1\nweb,1\n"),
            ("links.csv", "link,from,to,profiles,latency_ms\nl1,r,p,,5\nl2,p,a,web,5\n"),
        ]),
        "warning: shards.csv:2: column client_region: found `r`, without a path for `mail` to a permitted site, expected at least one site that may hold the shard [P3404]
hint: relax its rules, or add the missing site, replica or link; its users stay unserved
"
    );
}

#[test]
fn users_can_be_counted() {
    assert_eq!(
        findings(&[
            ("shards.csv", "shard,tenant,users,site,profile,client_region,tier\ns,t,1000000000000,,mail,r,gold\nu,t,1,,mail,r,gold\n"),
        ]),
        "error: shards.csv: found 1000000000001 users, onboarding included, expected at most 1000000000000 users, the largest number that a plan counts exactly [P3405]
hint: check the users of the largest shards
"
    );
}

#[test]
fn a_site_holds_its_present_load() {
    assert_eq!(
        findings(&[
            ("resources.csv", "resource,unit,scope,replica_share\ncpu,vCPU,site,0.5\n"),
            ("sites.csv", "site,cpu\na,10\nb,6\n"),
            ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,1\n"),
            ("replicas.csv", "shard,site\ns,b\n"),
            ("background.csv", "component,resource,load\nb,cpu,2\n"),
        ]),
        "warning: sites.csv:3: column cpu: found 6 vCPU, expected at least 7 vCPU, its present load [P3406]
hint: check the capacity, the users of the site and their demand; users beyond the capacity are unserved
"
    );
}

#[test]
fn a_site_keeps_its_headroom_target() {
    assert_eq!(
        findings(&[
            ("resources.csv", "resource,unit,scope,headroom\ncpu,vCPU,site,0.3\n"),
            ("sites.csv", "site,cpu\na,12\n"),
        ]),
        "warning: sites.csv:2: column cpu: found 12 vCPU, and a load of 10 before any event, expected at least a share of 0.3 free, its headroom target [P3408]
hint: a plan leaves this deficit (`existing_shortfall = \"keep\"`): add capacity, move users, or plan with \"repair\"
"
    );
}

#[test]
fn sums_stay_numbers() {
    assert_eq!(
        findings(&[
            ("profiles.csv", "profile,cpu\nmail,1e15\n"),
            ("sites.csv", "site\na\n"),
        ]),
        "error: profiles.csv: column cpu: found values whose sum over all users is out of range, expected sums of at most 1e15 [P3407]
hint: choose a larger unit
"
    );
}

#[test]
fn a_longest_wait_needs_something_that_waits() {
    assert_eq!(
        findings(&[
            (
                "resources.csv",
                "resource,unit,scope,overload,queue_seconds\nbw,Gbit/s,network,,30\ncpu,vCPU,site,lose,30\nmem,GiB,site,,30\nnet,Gbit/s,network,queue,30\n"
            ),
            ("profiles.csv", "profile,bw,cpu,mem,net\nmail,1,1,1,1\n"),
        ]),
        r#"error: resources.csv:2: column queue_seconds: found "30" where overload is `lose` (also on line 3), expected a longest wait only where overload is `queue` [P3501]
hint: write `queue` in the column overload, or leave this cell blank
"#
    );
}

#[test]
fn stored_data_neither_waits_nor_is_lost() {
    assert_eq!(
        findings(&[
            (
                "resources.csv",
                "resource,unit,scope,varies,overload,queue_seconds\ncpu,vCPU,site,yes,,\ndisk,TiB,site,no,queue,\ntape,TiB,site,no,,60\n"
            ),
            ("profiles.csv", "profile,cpu,disk,tape\nmail,1,1,1\n"),
            ("sites.csv", "site,cpu,disk,tape\na,100,100,100\n"),
        ]),
        r#"warning: resources.csv:3: column overload: found "queue" of a resource that does not vary, expected nothing: stored data neither waits nor is lost [P3502]
hint: leave the cell blank, or write `yes` in the column varies
warning: resources.csv:4: column queue_seconds: found "60" of a resource that does not vary, expected nothing: stored data neither waits nor is lost [P3502]
hint: leave the cell blank, or write `yes` in the column varies
"#
    );
}

#[test]
fn work_is_late_before_it_is_given_up() {
    assert_eq!(
        findings(&[(
            "profiles.csv",
            "profile,cpu,timeout_seconds,late_seconds,retries\nmail,1,30,60,\nchat,1,30,30,\nweb,1,,60,\nsync,1,30,60,1\n"
        )]),
        "warning: profiles.csv:2: column late_seconds: found 60 s, after it is given up at 30 s, expected at most the timeout of 30 s [P3503]
hint: lower it, or leave the cell blank for the timeout: such work is never late
"
    );
}

#[test]
fn work_has_time_to_be_done() {
    assert_eq!(
        findings(&[(
            "profiles.csv",
            "profile,cpu,timeout_seconds,service_seconds\nmail,1,0.5,2\nchat,1,2,2\nweb,1,0.5,\n"
        )]),
        "warning: profiles.csv:2: column timeout_seconds: found 0.5 s for work that takes 2 s, expected at least the 2 s of service_seconds [P3504]
hint: compare the units: such work is given up before it can be done
"
    );
}

#[test]
fn credits_grow_as_uptime_falls() {
    assert_eq!(
        findings(&[(
            "credits.csv",
            "uptime_below,credit\n0.95,1\n0.999,0.5\n0.99,0.25\n"
        )]),
        "error: credits.csv:4: column credit: found 0.25 below an uptime of 0.99, expected at least 0.5, the credit below 0.999 on line 3 [P3505]
hint: compare the two rows: a lower uptime must not pay less
"
    );
    assert_eq!(
        findings(&[(
            "credits.csv",
            "uptime_below,credit\n0.95,1\n0.95,0.5\n0,0.5\n0.9,1.5\n"
        )]),
        r#"error: credits.csv:3: column uptime_below: found the same uptime as on line 2, expected one row for them [P2007]
hint: remove one of the two rows
error: credits.csv:4: column uptime_below: found "0", expected a number above 0 up to 1 [P2102]
hint: write a share: 0.2 is 20 %
error: credits.csv:5: column credit: found "1.5", expected a number from 0 to 1 [P2102]
hint: write a share: 0.2 is 20 %
"#
    );
}
