//! Files, headers and rows: the codes P1xxx.

use super::{findings, findings_of, replace_bytes};
use crate::folders::{file, with};
use plimsoll::inventory::{SourceFile, read};

#[test]
fn a_missing_file_names_the_one_that_may_be_meant() {
    let mut files = with(&[("tier.csv", "tier,rank,availability\ngold,1,0.999\n")]);
    files.retain(|file| file.name != "tiers.csv");
    assert_eq!(
        findings_of(&files),
        "error: tiers.csv: found no such file, expected a file of this name in the inventory folder [P1001]
hint: rename `tier.csv` if it is meant
warning: tier.csv: found a file that is not known, expected files of the inventory [P1002]
hint: the nearest known name is `tiers.csv`; files of other names are not read
"
    );
}

#[test]
fn companions_of_an_inventory_are_no_finding() {
    assert_eq!(
        findings(&[
            ("scenario.toml", ""),
            ("README.md", ""),
            ("expected.json", ""),
            (".gitattributes", ""),
            ("expected.json", ""),
        ]),
        ""
    );
}

#[test]
fn a_table_in_another_format_is_a_finding() {
    assert_eq!(
        findings(&[("replicas.json", "")]),
        "warning: replicas.json: found a file that is not known, expected files of the inventory [P1002]
hint: the nearest known name is `replicas.csv`; files of other names are not read
"
    );
}

#[test]
fn files_of_a_later_version_are_named_as_such() {
    assert_eq!(
        findings(&[
            ("observed.csv", ""),
        ]),
        "warning: observed.csv: found a file that is not known, expected files of the inventory [P1002]
hint: nothing to do: a later version will read it
"
    );
}

#[test]
fn bytes_that_are_not_utf8_are_placed() {
    let mut files = with(&[]);
    replace_bytes(
        &mut files,
        "tiers.csv",
        b"tier,rank,availability\ngold,1,0.999\nb\xe4,2,0.9\n",
    );
    assert_eq!(
        findings_of(&files),
        "error: tiers.csv:3: found bytes that are not UTF-8, expected text in UTF-8 [P1004]
hint: save the file as UTF-8 (in a spreadsheet: `CSV UTF-8`)
"
    );
}

#[test]
fn a_required_file_has_rows() {
    assert_eq!(
        findings(&[(
            "shards.csv",
            "shard,tenant,users,site,profile,client_region,tier\n"
        ),]),
        "error: shards.csv: found no row below the header, expected at least one row [P1006]
hint: add rows; the file holds tenants' shards, each homed at a site
"
    );
}

#[test]
fn a_file_has_a_header() {
    assert_eq!(
        findings(&[("replicas.csv", ""),]),
        "error: replicas.csv: found an empty file, expected a header row [P1007]
hint: begin it with `shard,site`
"
    );
}

#[test]
fn an_optional_file_may_have_a_header_only() {
    assert_eq!(
        findings(&[
            ("replicas.csv", "shard,site\n"),
            ("elements.csv", "element\n"),
        ]),
        ""
    );
}

#[test]
fn an_unknown_column_names_the_nearest() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu,hedroom\na,100,0.1\n"),]),
        r#"error: sites.csv:1: column hedroom: found "hedroom", which is no column, expected columns of sites.csv or a resource [P1101]
hint: the nearest known column is `headroom`; rename the column or remove it
"#
    );
}

#[test]
fn a_column_stands_once() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu,cpu\na,100,100\n"),]),
        r#"error: sites.csv:1: column cpu: found "cpu" a second time, expected every column once [P1102]
hint: remove one of the two columns
"#
    );
}

#[test]
fn a_required_column_is_there() {
    assert_eq!(
        findings(&[("profiles.csv", "profile\nmail\n"),]),
        "error: profiles.csv:1: column cpu: found no such column, expected a column `cpu` [P1103]
hint: add the column to the header row and a cell to every row
"
    );
}

#[test]
fn only_network_resources_have_columns_in_the_network() {
    assert_eq!(
        findings(&[("access_points.csv", "access_point,cpu\np,5\n"),]),
        r#"error: access_points.csv:1: column cpu: found "cpu", a resource of scope `site`, expected only resources of scope `network` [P1104]
hint: remove the column, or make the scope `network` in resources.csv
"#
    );
}

#[test]
fn a_row_is_as_long_as_the_header() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu\na,100\nb\n"),]),
        "error: sites.csv:3: found 1 cell, expected 2 cells, as in the header row [P1201]
hint: put quotes around a cell that has a comma, and keep the commas of blank cells
"
    );
}

#[test]
fn quotes_are_closed() {
    assert_eq!(
        findings(&[("sites.csv", "site,cpu\na,100\n\"b,100\n"),]),
        r#"error: sites.csv:3: found a quote that is never closed, expected quotes around a whole cell, and doubled inside it [P1202]
hint: write "a ""b"" c" for a "b" c, and close every quote
"#
    );
}

#[test]
fn lines_do_not_end_with_a_return_alone() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\ra,100\r"),
        ]),
        "error: sites.csv:1: found a carriage return without a line feed, expected lines that end with LF or CRLF [P1203]
hint: save the file with line ends of Unix or Windows
"
    );
}

#[test]
fn one_broken_file_does_not_hide_another() {
    assert_eq!(
        findings(&[
            ("sites.csv", "site,cpu\na,\"100\n"),
            ("tiers.csv", "tier,rank\ngold,1\n"),
        ]),
        r#"error: tiers.csv:1: column availability: found no such column, expected a column `availability` [P1103]
hint: add the column to the header row and a cell to every row
error: sites.csv:2: found a quote that is never closed, expected quotes around a whole cell, and doubled inside it [P1202]
hint: write "a ""b"" c" for a "b" c, and close every quote
"#
    );
}

#[test]
fn a_file_of_one_name_stands_once() {
    let mut files = with(&[]);
    files.push(file("tiers.csv", "tier,rank,availability\nsilver,1,0.9\n"));
    assert_eq!(
        findings_of(&files),
        "error: tiers.csv: found the same name twice, expected one file of this name [P1003]\nhint: remove one of the two\n"
    );
}

#[test]
fn a_file_of_four_gigabytes_is_refused() {
    let mut files = with(&[]);
    files.retain(|file| file.name != "tiers.csv");
    files.push(SourceFile {
        name: "tiers.csv".to_owned(),
        // Zeroed memory that nobody reads is not really taken.
        bytes: vec![0; u32::MAX as usize],
    });
    assert_eq!(
        findings_of(&files),
        "error: tiers.csv: found 4294967295 bytes, expected less than 4 GiB [P1005]\nhint: divide the inventory\n"
    );
}

#[test]
fn a_byte_order_mark_windows_line_ends_and_any_order_of_columns_and_rows_change_nothing() {
    let plain = with(&[
        (
            "tiers.csv",
            "tier,rank,availability\ngold,1,0.999\nsilver,2,0.9\n",
        ),
        (
            "sites.csv",
            "site,name,cpu\na,\"A, the \"\"first\"\"\",100\n",
        ),
    ]);
    let other = with(&[
        (
            "tiers.csv",
            "\u{feff}availability,tier,rank\r\n0.9,silver,2\r\n\r\n0.999,gold,1\r\n",
        ),
        (
            "sites.csv",
            "cpu,name,site\r\n1e2,\"A, the \"\"first\"\"\",a",
        ),
    ]);
    let inventory = read(&plain).inventory;
    assert!(inventory.is_some());
    assert_eq!(read(&other).inventory, inventory);
}
