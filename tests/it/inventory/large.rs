//! Files so large that they are read in stretches side by side: nobody can tell.

use super::findings_of;
use crate::folders::with;
use plimsoll::inventory::read;

/// Rows of shards.csv, about 1.8 MB of them.
const ROWS: usize = 12_000;

const HEADER: &str = "shard,tenant,users,site,profile,client_region,tier,max_latency_ms\n";

/// A row with the number of its shard, in the order of the ids.
fn row(number: usize) -> String {
    let long = "x".repeat(120);
    let tenant = (number * 7 + 3) % 11;
    format!("{number:05}-{long},t{tenant},{number},a,mail,r,gold,\n")
}

fn large(rows: impl IntoIterator<Item = String>) -> Vec<plimsoll::inventory::SourceFile> {
    let text: String = rows.into_iter().collect();
    let text = format!("{HEADER}{text}");
    assert!(text.len() > 3 << 19, "more than one stretch");
    let sites = ("sites.csv", "site,cpu\na,1000000000\n");
    with(&[sites, ("shards.csv", &text)])
}

#[test]
fn large_file_means_what_its_rows_mean_in_any_order() {
    let sorted = read(&large((0..ROWS).map(row)));
    let reversed = read(&large((0..ROWS).rev().map(row)));
    assert_eq!(sorted.findings, []);
    let inventory = sorted.inventory.expect("nothing is wrong");
    assert_eq!(Some(&inventory), reversed.inventory.as_ref());
    let tenants = [
        "t0", "t1", "t10", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9",
    ];
    assert_eq!(inventory.tenants, tenants);
    assert_eq!(inventory.shards.len(), ROWS);
    for (number, shard) in inventory.shards.iter().enumerate() {
        let cells: Vec<String> = row(number).split(',').map(str::to_owned).collect();
        assert_eq!(inventory.shard_ids.get(number), cells[0]);
        assert_eq!(inventory.tenants[shard.tenant.index()], cells[1]);
        assert_eq!(shard.users.to_string(), cells[2]);
    }
}

#[test]
fn findings_in_a_large_file_have_their_lines_and_are_reported_once() {
    let mut rows: Vec<String> = (0..ROWS).map(row).collect();
    // Line 2, and a tenant that is checked where it stands first.
    rows[0] = rows[0].replace("t3", "t\u{7}");
    rows[ROWS - 2] = "b,t\u{7},1,a,mail,r,gold,\n".to_owned();
    // Two lines of one row: what follows stands a line later, the last row on line 12002.
    rows[5000] = "\"c\nd\",t1,1,a,mail,r,gold,\n".to_owned();
    rows[ROWS - 1] = "e,t1,few,a,mail,r,gold,\n".to_owned();
    assert_eq!(
        findings_of(&large(rows)),
        r#"error: shards.csv:2: column tenant: found "t\u{7}", expected no control characters (line ends and tabs are such) [P2003]
hint: remove them
error: shards.csv:5002: column shard: found "c\nd", expected no control characters (line ends and tabs are such) [P2003]
hint: remove them
error: shards.csv:12002: column users: found "few", expected a whole number of 0 or more [P2104]
hint: write digits alone: no decimals, no separators, at most 2^53
"#
    );
}

#[test]
fn values_are_compared_with_their_whole_column() {
    let mut rows: Vec<String> = (0..ROWS)
        .map(|number| row(number).replace("gold,\n", "gold,20\n"))
        .collect();
    rows[ROWS - 1] = rows[ROWS - 1].replace("gold,20", "gold,20000");
    assert_eq!(
        findings_of(&large(rows)),
        "warning: shards.csv:12001: column max_latency_ms: found 20,000, expected less than 500 times the median of the column, which is 20 [P2301]
hint: check the unit of this value; nothing to do if it is right
"
    );
}
