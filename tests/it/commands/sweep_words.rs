//! What a sweep from the start does not check, and what its worst case says where nothing would help.

use super::{QUIET_HOUR, plimsoll, written};
use tempfile::TempDir;

/// Two shards at a, which is drained, and enough capacity for them at each of b and c.
fn drain() -> TempDir {
    let maintenance = "[[event]]\nkind = \"maintenance\"\ncomponent = \"a\"\n";
    written(&[
        ("s.toml", &format!("{QUIET_HOUR}{maintenance}")),
        ("sites.csv", "site,cpu\na,60\nb,60\nc,60\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\nl3,p,b,6\nl4,p,c,7\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n\
             s1,t1,20,a,mail,r,gold\ns2,t1,20,a,mail,r,gold\n",
        ),
    ])
}

fn said(folder: &TempDir, args: &[&str]) -> String {
    let sweep = [
        "sweep",
        ".",
        "--scenario",
        "s.toml",
        "--out",
        "out",
        "--no-charts",
    ];
    let output = plimsoll(folder, &[&sweep, args].concat()).output();
    String::from_utf8_lossy(&output.expect("it runs").stdout).into_owned()
}

const NOT_CHECKED: &str = "Not checked: failures once users have moved. \
                           To check: plimsoll sweep INVENTORY --scenario FILE --from plan --out DIR.";

#[test]
fn a_sweep_from_the_start_of_a_drain_says_before_the_all_clear_what_it_does_not_check() {
    let folder = drain();
    let text = said(&folder, &[]);
    let unchecked = text.find(NOT_CHECKED);
    let clear = text.find("Everyone is served in all 3 cases");
    assert!(unchecked.is_some() && unchecked < clear, "{text}");
    let text = said(&folder, &["--from", "plan"]);
    assert!(!text.contains("once users have moved"), "{text}");
}

#[test]
fn a_worst_case_says_so_where_nothing_that_was_tried_would_help() {
    let folder = written(&[
        ("s.toml", QUIET_HOUR),
        ("sites.csv", "site,cpu\na,60\n"),
        ("links.csv", "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a,5\n"),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns1,t1,20,a,mail,r,gold\n",
        ),
    ]);
    let text = said(&folder, &[]);
    assert!(
        text.contains("If a fails, 20 users stay unserved"),
        "{text}"
    );
    assert!(text.contains("What would help was not found: "), "{text}");
    assert!(!text.contains("once users have moved"), "{text}");
}
