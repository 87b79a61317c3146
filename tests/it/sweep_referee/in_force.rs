//! The scenario's own plan in the folder of a sweep: where it leaves something open, and when it is judged.

use super::rules::breaks;
use super::written::Written;
use crate::folders::with;
use crate::read::read;
use plimsoll::engine::{Asked, GrayAsked};
use plimsoll::model::{FailureSet, Recovery};

/// The sweep of a scenario in the smallest inventory with some files changed.
fn swept(changed: &[(&str, &str)], scenario: &str, asked: Asked) -> Written {
    let files = with(changed).into_iter();
    let text = |bytes| String::from_utf8(bytes).expect("text");
    let files: Vec<(String, String)> = files.map(|file| (file.name, text(file.bytes))).collect();
    let (inventory, scenario) = read(&files, scenario);
    Written::of(&inventory, &scenario, asked)
}

#[test]
fn a_plus_in_a_name_parts_no_members() {
    let changed = [
        ("sites.csv", "site,cpu\na+b,100\nb,100\n"),
        (
            "links.csv",
            "link,from,to,latency_ms\nl1,r,p,5\nl2,p,a+b,5\nl3,p,b,9\n",
        ),
        (
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\ns,t,10,a+b,mail,r,gold\nu,t,20,b,mail,r,gold\n",
        ),
    ];
    let scenario =
        "[scenario]\nname = \"plus\"\nstart = 2030-03-01T02:00:00Z\nend = 2030-03-01T06:00:00Z\n";
    let asked = Asked {
        recoveries: vec![Recovery::Replicas],
        gray: Some(GrayAsked {
            over: FailureSet::Sites,
            most: 2,
            severity: 0.5,
            minutes: 60.0,
        }),
        ..Asked::new(FailureSet::Sites, 1)
    };
    let sweep = swept(&changed, scenario, asked);
    let row = "t,gold,30,b+a+b,15,";
    assert!(
        sweep.files["gray.csv"].contains(row),
        "{}",
        sweep.files["gray.csv"]
    );
    let verdict = sweep.verdict();
    assert!(verdict.holds(), "{:#?}", verdict.broken);
    for wrong in ["b+b", "a+b", "b+a", "b+a+b+", "+", "b++a+b"] {
        let changed = row.replace("b+a+b", wrong);
        breaks(&sweep, "gray.csv", (row, &changed), "gray.csv:2 gray P7865");
    }
}
