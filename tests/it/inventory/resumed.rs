//! Rules of the tables of a plan that goes on from another.

use super::findings;

#[test]
fn weights_in_force_are_of_paths_and_add_up() {
    let weights = |rows: &str| {
        let text = format!("profile,max_latency_ms,links,weight\n{rows}");
        findings(&[("current_weights.csv", &text)])
    };
    assert_eq!(weights("mail,,l1>l2,1\n"), "");
    assert_eq!(
        weights("mail,,l2>l1,1\nmail,,l1>l9,1\nmail,9,l1>l2,1\n"),
        r#"error: current_weights.csv:2: column links: found "l2>l1", expected links that lead one after the other from a client region over an access point to a site [P3601]
hint: write the links of the path in their order, with `>` between two of them
error: current_weights.csv:3: column links: found "l9", an unknown id, expected ids in links.csv [P3002]
hint: write `l1` if it is meant, or add "l9" to links.csv
error: current_weights.csv:4: column links: found a path of 10 ms, expected at most the 9 ms of max_latency_ms [P3601]
hint: take the path out: these users may not use it
"#
    );
    assert_eq!(
        weights("mail,,l1>l2,0.75\n"),
        "error: current_weights.csv:2: column weight: found weights that add up to 0.75, expected 1 in all, over the paths of the same users to the same site [P3602]
hint: write a row for each path that these users take, with its share of them
"
    );
    assert_eq!(
        findings(&[
            (
                "access_points.csv",
                "access_point,state\np,active\nq,standby\n"
            ),
            (
                "links.csv",
                "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,r,q,5\nl4,q,a,5\n"
            ),
            (
                "current_weights.csv",
                "profile,links,weight\nmail,l1>l2,0\nmail,l3>l4,1\n"
            ),
        ]),
        r#"error: current_weights.csv:3: column weight: found a weight over "q", which is on standby, expected an access point in service [P3603]
hint: if it is open now, write `opened` in access_points.csv; else give the path the weight 0
"#
    );
}
