//! Input as people have it: one clear finding each.

use super::findings;
use crate::folders::with;
use plimsoll::inventory::read;

/// The hint of the one finding about a cell of `cpu` in sites.csv.
fn hint(cell: &str) -> String {
    let sites = format!("site,cpu\na,\"{cell}\"\nb,\"{cell}\"\n");
    let text = findings(&[("sites.csv", &sites)]);
    assert_eq!(text.matches("error: ").count(), 1, "{text}");
    assert!(text.contains("[P2109]"), "{text}");
    let (_, hint) = text.split_once("hint: ").expect("a hint");
    hint.trim_end().to_owned()
}

#[test]
fn semicolons_and_decimal_commas_are_one_finding_of_the_file() {
    let links = "link;from;to;latency_ms\nl1;r;p;5,5\nl2;p;a;5\n";
    let expected = "error: links.csv:1: found columns separated by semicolons, and decimal commas, such as \"5,5\", expected columns separated by commas, and decimals with a point [P1204]
hint: save it as CSV with commas: in a spreadsheet set an English locale, and save as `CSV UTF-8`
";
    assert_eq!(findings(&[("links.csv", links)]), expected);
    let shards =
        "shard\ttenant\tusers\tsite\tprofile\tclient_region\ttier\ns\tt\t10\ta\tmail\tr\tgold\n";
    let expected = "error: shards.csv:1: found columns separated by tabs, expected columns separated by commas, and decimals with a point [P1204]
hint: save it as CSV with commas: in a spreadsheet set an English locale, and save as `CSV UTF-8`
";
    assert_eq!(findings(&[("shards.csv", shards)]), expected);
    // A name with a semicolon in it is a name.
    let text = findings(&[("client_regions.csv", "client_region,\"na;me\"\nr,x\n")]);
    assert!(!text.contains("P1204"), "{text}");
}

#[test]
fn a_spreadsheet_under_the_name_of_a_table_is_said_to_be_one() {
    assert_eq!(
        findings(&[("sites.csv", "PK\u{3}\u{4}\0;,site")]),
        "error: sites.csv: found a spreadsheet (.xlsx, .ods) or another zip archive of that name, expected text: a CSV file in UTF-8 [P1009]
hint: open it and save the sheet as CSV (in a spreadsheet: `CSV UTF-8`); a new ending alone does not convert it
"
    );
    let text = findings(&[("Sites.XLSX", "")]);
    assert!(text.contains("save each sheet as CSV"), "{text}");
}

#[test]
fn blank_rows_are_left_out_with_one_warning() {
    let sites = "site,cpu\n,\na,100\n,\n\n,,\n";
    let expected = "warning: sites.csv:2: found 3 rows without any value, the first here, expected values in every row [P1205]
hint: nothing to do: they are left out; spreadsheets write them for rows that were cleared
";
    assert_eq!(findings(&[("sites.csv", sites)]), expected);
    let read = read(&with(&[("sites.csv", sites)])).inventory;
    assert_eq!(read.expect("there is no error").sites.len(), 1);
}

#[test]
fn numbers_for_people_are_said_once_for_a_column_with_the_number_to_write() {
    for (cell, expected) in [
        ("20%", "the number without `%`, here `20`"),
        (
            "1,000",
            "`1000` if the comma separates thousands, or `1.000` if it is a decimal comma",
        ),
        ("1,000,000", "it without separators, here `1000000`"),
        ("1,000.5", "it without separators, here `1000.5`"),
        ("1 000", "it without separators, here `1000`"),
        ("1\u{a0}000,5", "a decimal point, here `1000.5`"),
        ("0,5", "a decimal point, here `0.5`"),
    ] {
        let whole = format!("write {expected}, and the same in the whole column");
        assert_eq!(hint(cell), whole, "{cell}");
    }
    for odd in [
        "%", ",", "1,2,3", "1,00,000", "12 TiB", "1 2", "0,5,", "9,,9", " , ",
    ] {
        let sites = format!("site,cpu\na,\"{odd}\"\n");
        let text = findings(&[("sites.csv", &sites)]);
        assert!(text.contains("[P2101]"), "{odd}: {text}");
    }
    let resources = "resource,unit,scope,headroom\ncpu,vCPU,site,20%\n";
    let text = findings(&[("resources.csv", resources)]);
    assert!(text.contains("write a share, here `0.2`, and"), "{text}");
    let shards =
        "shard,tenant,users,site,profile,client_region,tier\ns,t,\"10,000\",a,mail,r,gold\n";
    let text = findings(&[("shards.csv", shards)]);
    assert!(
        text.contains("users: found \"10,000\"") && text.contains("[P2109]"),
        "{text}"
    );
}

#[test]
fn swapped_coordinates_are_said_once_for_a_file() {
    let sites = "site,cpu,latitude,longitude\na,100,151.2,-33.9\nb,100,139.7,35.7\n";
    let expected = "error: sites.csv:2: column latitude: found latitude 151.2 and longitude -33.9, expected latitudes from -90 to 90 [P2205]
hint: swap both values, or the column names if all rows are swapped; else correct the latitude
";
    assert_eq!(findings(&[("sites.csv", sites)]), expected);
}

#[test]
fn a_profile_a_thousand_times_too_large_is_one_warning() {
    let sites = "site,cpu\na,100\nb,100\n";
    let profiles = "profile,cpu\nmail,1000\n";
    let text = findings(&[("sites.csv", sites), ("profiles.csv", profiles)]);
    let expected = "warning: profiles.csv: column cpu: found a load of 10000 vCPU before any event, 50 times the capacity of all sites, expected at most 200 vCPU, the capacity of all sites [P3410]";
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains("P3406"), "{text}");
    // Nine times is bad enough, and said site by site.
    let text = findings(&[
        ("sites.csv", sites),
        ("profiles.csv", "profile,cpu\nmail,180\n"),
    ]);
    assert!(text.contains("P3406") && !text.contains("P3410"), "{text}");
}
