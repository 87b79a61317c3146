//! What a plan's files say of what it survives.

use super::by_hand::{protect, world};
use super::gray::finds;
use crate::levels::{planned, written};
use plimsoll::model::Recovery;

#[test]
fn a_false_word_about_what_is_survived_is_found() {
    // c has no room for those of x: they go to a, whose room those of b would need.
    let (inventory, scenario) = world(150, &protect(Recovery::Replicas));
    let plan = planned(&inventory, &scenario);
    let files = written(&inventory, &scenario, &plan);
    let (table, summary) = ("protection.csv", "summary.json");
    let row = "0,b,100\n";
    for (file, from, to, code) in [
        (table, row, row, ""),
        (table, row, "0,z,100\n", "P7936"),
        (table, row, "0,b,100\n0,b,100\n", "P7936"),
        (table, row, "0,b,0\n", "P7936"),
        (table, row, "0,b,90\n", "P7937"),
        (table, row, "0,b,100\n0,c,5\n", "P7937"),
        (table, row, "", "P7937"),
        (table, "0,a,50\n0,b,100\n", "0,b,100\n0,a,50\n", "P7936"),
        (summary, "\"survived\": 1", "\"survived\": 2", "P7938"),
        (summary, "\"cases\": 3", "\"cases\": 4", "P7938"),
        (
            summary,
            "\"unserved_users\": 150",
            "\"unserved_users\": 100",
            "P7938",
        ),
        (
            summary,
            "\"least_unserved_users\": 100",
            "\"least_unserved_users\": 160",
            "P7938",
        ),
        (
            summary,
            "\"recovery\": \"replicas\"",
            "\"recovery\": \"replan\"",
            "P7938",
        ),
    ] {
        finds((&inventory, &scenario), &files, file, (from, to), code);
    }
}
