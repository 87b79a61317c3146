//! What was probably meant: hints that name another row.

use super::findings;

#[test]
fn a_name_where_an_id_is_asked_for_finds_the_id() {
    let hint = |table: &str, cell: &str| {
        format!("hint: write `chi` if \"Chicago\" is meant, or add \"{cell}\" to {table}\n")
    };
    let sites = ("sites.csv", "site,name,cpu\nchi,Chicago,100\n");
    let links = "link,from,to,latency_ms\nl1,r,p,5\nl2,p,chi,5\n";
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,10,chicago,mail,r,gold\n";
    let found = findings(&[sites, ("links.csv", links), ("shards.csv", shards)]);
    assert!(found.contains(&hint("sites.csv", "chicago")), "{found}");
    let shards = shards.replace("chicago", "chi");
    let changed = ("background.csv", "component,resource,load\nChicgo,cpu,1\n");
    let found = findings(&[
        sites,
        ("links.csv", links),
        ("shards.csv", &shards),
        changed,
    ]);
    let files = "sites.csv, access_points.csv, elements.csv or links.csv";
    assert!(found.contains(&hint(files, "Chicgo")), "{found}");
}

/// `l3` was to lead to `b`.
#[test]
fn a_link_that_doubles_another_is_named_where_a_site_has_none() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\na,100\nb,100\n"),
            (
                "links.csv",
                "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,a,7\n"
            ),
        ]),
        "warning: sites.csv:3: column site: found `b`, which no link names, expected a place of the graph [P3108]
hint: add its links, or correct `l3` (links.csv:4), which has the same two ends as `l2`
"
    );
}
