//! Input as people have it: one clear finding each.

use super::findings;
use crate::folders::{folder, with};
use plimsoll::inventory::{SourceFile, read};
use std::path::Path;

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
    let mut files = with(&[("sites.xlsx", "")]);
    files.retain(|file| file.name != "sites.csv");
    let found = read(&files).findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0].hint,
        "save `sites.xlsx` as `sites.csv` (in a spreadsheet: `CSV UTF-8`); a new name alone does not convert it"
    );
    files.retain(|file| file.name == "sites.xlsx");
    let found = read(&files).findings;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0]
            .to_string()
            .contains("found a spreadsheet, and no table beside it")
    );
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
    let text = findings(&[("sites.csv", "site,cpu\na,100\n , \n")]);
    assert!(
        text.starts_with("warning: sites.csv:3: found 1 row without any value"),
        "{text}"
    );
    assert_eq!(text.matches("hint: ").count(), 1, "{text}");
}

/// One finding for a whole file, whatever else it would break.
fn assert_is_one(files: &[(&str, &str)], expected: &str) {
    let text = findings(files);
    assert_eq!(text.matches("hint: ").count(), 1, "{text}");
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_stands_above_a_header_row_is_one_finding() {
    for (first, expected) in [
        (
            ",",
            "sites.csv:1: found a blank row, expected the header row [P1007]",
        ),
        (
            "Our sites,",
            "sites.csv:1: found \"Our sites\" alone in its row, expected the header row [P1007]",
        ),
        (
            "sep=;",
            "sites.csv:1: found \"sep=;\", a note for spreadsheets",
        ),
        (
            "sep=,",
            "sites.csv:1: found \"sep=,\", a note for spreadsheets",
        ),
    ] {
        assert_is_one(
            &[("sites.csv", &format!("{first}\nsite,cpu\na,100\n"))],
            expected,
        );
    }
}

#[test]
fn names_of_columns_in_other_letters_are_one_finding() {
    assert_is_one(
        &[("sites.csv", "Site, Name,CPU\na,x,100\n")],
        "error: sites.csv:1: column Site: found \"Site\", \" Name\", \"CPU\", expected columns of sites.csv or a resource [P1101]
hint: write `site`, `name`, `cpu`: names of columns are compared exactly
",
    );
    assert_is_one(
        &[("sites.csv", "site,cpu,,\na,100,,\n")],
        "sites.csv:1: found 2 columns without a name, expected columns of sites.csv or a resource [P1101]",
    );
}

#[test]
fn commas_within_numbers_are_one_finding_where_they_split_every_row() {
    assert_is_one(
        &[("sites.csv", "site,cpu\na,100,000\nb,100,000\nc,100,000\n")],
        "error: sites.csv:2: found 3 cells, and too many in every row, expected 2 cells, as in the header row [P1201]
hint: write `100000`, not `100,000`: a comma within a number splits its cell
",
    );
    assert_is_one(
        &[("sites.csv", "site,cpu\na,100,000\nb,100\nc,100,000\n")],
        "error: sites.csv:2: found 3 cells, and too many in 2 of 3 rows (lines 2 and 4), expected 2 cells, as in the header row [P1201]
hint: write `100000`, not `100,000`: a comma within a number splits its cell
",
    );
}

#[test]
fn semicolons_are_found_beside_quotes_and_commas() {
    assert_is_one(
        &[("sites.csv", "site;\"name, long\";cpu\na;\"x, y\";1,5\n")],
        "found columns separated by semicolons, and decimal commas, such as \"1,5\"",
    );
}

#[test]
fn text_in_utf_16_is_one_finding() {
    for (mark, swap) in [(&b"\xff\xfe"[..], false), (b"\xfe\xff", true), (b"", false)] {
        let mut bytes = mark.to_vec();
        for unit in "site,cpu\na,100\n".encode_utf16() {
            bytes.extend(if swap {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            });
        }
        let mut files = with(&[]);
        files.retain(|file| file.name != "sites.csv");
        files.push(SourceFile {
            name: "sites.csv".to_owned(),
            bytes,
        });
        let found = read(&files).findings;
        let text: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(text.len(), 1, "{text:?}");
        assert!(
            text[0].contains("found text in UTF-16, expected text in UTF-8 [P1004]"),
            "{text:?}"
        );
    }
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
        ("0,999", "a decimal point, here `0.999`"),
        ("20 %", "the number without `%`, here `20`"),
        (
            "1.234,5",
            "a decimal point and no separators, here `1234.5`",
        ),
        ("1.000.000", "it without separators, here `1000000`"),
        ("\u{2212}5", "a plain minus sign, here `-5`"),
        (
            "12 TiB",
            "the number without its unit, here `12` if `TiB` is the unit of the column",
        ),
        (
            "450rps",
            "the number without its unit, here `450` if `rps` is the unit of the column",
        ),
        (
            "1,200.5 Gbit/s",
            "no unit, and it without separators, here `1200.5`",
        ),
        ("1.5k", "all digits, here `1500`"),
    ] {
        let whole = format!("write {expected}, and the same in the whole column");
        assert_eq!(hint(cell), whole, "{cell}");
    }
    for odd in [
        "%", ",", "1,2,3", "1,00,000", "TiB", "1e", "0x10", "12 TiB 3", "1 2", "0,5,", "9,,9",
        " , ",
    ] {
        let sites = format!("site,cpu\na,\"{odd}\"\n");
        let text = findings(&[("sites.csv", &sites)]);
        assert!(text.contains("[P2101]"), "{odd}: {text}");
    }
    let resources = "resource,unit,scope,headroom\ncpu,vCPU,site,20%\n";
    let text = findings(&[("resources.csv", resources)]);
    assert!(text.contains("write a share, here `0.2`, and"), "{text}");
    let tiers = "tier,rank,availability\ngold,1,99.9%\n";
    let text = findings(&[("tiers.csv", tiers)]);
    assert!(text.contains("write a share, here `0.999`, and"), "{text}");
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
    let sites = "site,cpu,latitude,longitude\na,100,151.2,-33.9\nb,100,35.7,139.7\n";
    let expected = "error: sites.csv:2: column latitude: found latitude 151.2 and longitude -33.9, expected latitudes from -90 to 90 [P2205]
hint: swap both values, or the column names if all rows are swapped; else correct the latitude
";
    assert_eq!(findings(&[("sites.csv", sites)]), expected);
    // What is only unlikely is said only where nothing is impossible.
    let chicago = "site,cpu,latitude,longitude\na,100,-87.6,41.9\nb,100,-77.5,39.0\n";
    let expected = "warning: sites.csv:2: column latitude: found latitude -87.6 and longitude 41.9, a place in polar ice, expected latitudes from -60 to 80 [P2205]
hint: swap both values, or the column names if all rows are swapped; nothing to do if it is right
";
    let text = findings(&[("sites.csv", chicago)]);
    assert!(text.contains(expected), "{text}");
    assert_eq!(text.matches("P2205").count(), 1, "{text}");
    let sites = format!("{chicago}c,100,151.2,-33.9\nd,100,35.7,139.7\n");
    let text = findings(&[("sites.csv", &sites)]);
    assert!(
        text.contains("error: sites.csv:4: column latitude"),
        "{text}"
    );
    assert_eq!(text.matches("P2205").count(), 1, "{text}");
}

#[test]
fn a_profile_a_thousand_times_too_large_is_one_warning() {
    let sites = "site,cpu\na,100\nb,100\n";
    let profiles = "profile,cpu\nmail,1000\n";
    let text = findings(&[("sites.csv", sites), ("profiles.csv", profiles)]);
    let expected = "warning: profiles.csv: column cpu: found a load of 10,000 vCPU before any event, 50 times the capacity of all sites, expected at most 200 vCPU, the capacity of all sites [P3410]";
    assert!(text.contains(expected), "{text}");
    assert!(!text.contains("P3406"), "{text}");
    // Nine times is bad enough, and said site by site.
    let text = findings(&[
        ("sites.csv", sites),
        ("profiles.csv", "profile,cpu\nmail,180\n"),
    ]);
    assert!(text.contains("P3406") && !text.contains("P3410"), "{text}");
}

/// Users of 10 at one access point.
#[test]
fn a_unit_that_is_wrong_in_one_resource_of_the_network_is_one_warning() {
    let resources = "resource,unit,scope\ncpu,vCPU,site\nbw,Gbit/s,network\n";
    let of = |demand: &str| {
        findings(&[
            ("resources.csv", resources),
            (
                "profiles.csv",
                &format!("profile,cpu,bw\nmail,1,{demand}\n"),
            ),
            ("access_points.csv", "access_point,bw\np,10\n"),
        ])
    };
    assert_eq!(of("0.5"), "");
    let expected = "found a load of 5,000 Gbit/s before any event, 500 times the capacity of all access points, expected at most 10 Gbit/s, the capacity of all access points [P3410]
hint: check the unit of the demand in profiles.csv and of the capacities in access_points.csv
";
    assert!(of("500").ends_with(expected), "{}", of("500"));
    let expected = "warning: profiles.csv: column bw: found a load of 0.005 Gbit/s before any event, expected at least 0.01 Gbit/s, a thousandth of the capacity of all access points [P3411]
hint: check the unit of the demand in profiles.csv and of the capacities in access_points.csv; nothing to do if both are right
";
    assert_eq!(of("0.0005"), expected);
}

/// The findings about client regions at these places, in a time zone.
fn placed(zone: &str, places: &[(f64, f64)]) -> String {
    let mut regions = "client_region,latitude,longitude,time_zone\n".to_owned();
    for (number, (latitude, longitude)) in places.iter().enumerate() {
        let name = if number == 0 {
            "r".to_owned()
        } else {
            format!("r{number}")
        };
        regions.push_str(
            &[
                name,
                latitude.to_string(),
                longitude.to_string(),
                zone.to_owned(),
            ]
            .join(","),
        );
        regions.push('\n');
    }
    let text = findings(&[("client_regions.csv", &regions)]);
    let about = text
        .split("warning: ")
        .filter(|text| text.contains("P2205"));
    about.collect::<Vec<_>>().concat()
}

#[test]
fn coordinates_swapped_in_europe_do_not_fit_the_time_zone() {
    let expected = "client_regions.csv:2: column latitude: found latitude 4.48 and longitude 51.92 in the time zone Europe/Amsterdam, expected a longitude within 30 degrees of 15, where the clock of that zone is the sun's [P2205]
hint: swap both values, or the column names if all rows are swapped, and look at the other files too; else correct the time zone
";
    let rotterdam = (4.48, 51.92);
    assert_eq!(placed("Europe/Amsterdam", &[rotterdam]), expected);
    let text = placed("Europe/Amsterdam", &[rotterdam, (4.9, 52.4), (13.4, 52.5)]);
    assert!(
        text.contains("Europe/Amsterdam, and the like in 3 of 3 rows, expected"),
        "{text}"
    );
    assert_eq!(text.matches("P2205").count(), 1, "{text}");
    // A time zone that is no place's says nothing.
    for zone in ["UTC", "Etc/UTC", ""] {
        assert_eq!(placed(zone, &[rotterdam]), "", "{zone}");
    }
}

#[test]
fn places_at_the_edge_of_their_time_zones_are_no_finding() {
    for (zone, latitude, longitude) in [
        ("Europe/Amsterdam", 51.92, 4.48),
        ("Europe/Madrid", 43.37, -8.4),
        ("Europe/Istanbul", 41.0, 29.0),
        ("Africa/El_Aaiun", 27.15, -13.2),
        ("Africa/Dakar", 14.7, -17.4),
        ("America/Punta_Arenas", -53.15, -70.92),
        ("America/Coyhaique", -45.57, -72.07),
        ("America/Dawson", 64.07, -139.42),
        ("Asia/Shanghai", 39.47, 75.99),
        ("Pacific/Kiritimati", 1.87, -157.43),
        ("Pacific/Apia", -13.83, -171.77),
    ] {
        assert_eq!(placed(zone, &[(latitude, longitude)]), "", "{zone}");
    }
}

#[test]
fn shipped_inventories_fit_their_time_zones_and_swapped_ones_do_not() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    for name in [
        "tiny",
        "global",
        "americas-2012",
        "keep-room",
        "rolling-drains",
    ] {
        let files = folder(&data.join(name));
        let of = |files: &[SourceFile]| {
            let found = read(files).findings;
            // Where a swapped latitude is impossible, the names are known to be swapped.
            let about = found
                .iter()
                .filter(|finding| ["P2205", "P1105"].contains(&finding.code.0));
            about
                .map(|finding| finding.place.file.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&files), Vec::<String>::new(), "{name}");
        let swapped = files.into_iter().map(|mut source_file| {
            if source_file.name == "client_regions.csv" {
                let text = String::from_utf8(source_file.bytes).expect("text in UTF-8");
                let text = text.replacen("latitude,longitude", "longitude,latitude", 1);
                source_file.bytes = text.into_bytes();
            }
            source_file
        });
        let swapped: Vec<SourceFile> = swapped.collect();
        assert_eq!(of(&swapped), ["client_regions.csv"], "{name}");
    }
}

/// What is found about users and capacities of two rows.
fn counts(users: [&str; 2], capacities: [&str; 2]) -> String {
    let [one, other] = users;
    let shards = format!(
        "shard,tenant,users,site,profile,client_region,tier\ns,t,{one},a,mail,r,gold\ns2,t,{other},a,mail,r,gold\n"
    );
    let [one, other] = capacities;
    let sites = format!("site,cpu\na,{one}\nb,{other}\n");
    let text = findings(&[("shards.csv", &shards), ("sites.csv", &sites)]);
    let about = text
        .split("warning: ")
        .filter(|text| text.contains("P2109"));
    about.collect::<Vec<_>>().concat()
}

#[test]
fn a_point_between_thousands_is_one_warning_of_a_column() {
    let expected = "shards.csv:2: column users: found \"1.000\", read as 1, expected no point before three digits, as in other rows [P2109]
hint: write `1000` if the point separates thousands, or `1` if it is a decimal point
";
    assert_eq!(counts(["1.000", "20"], ["9000", "9000"]), expected);
    let expected = "sites.csv:2: column cpu: found \"40.500\", read as 40.5, expected no point before three digits, as in other rows [P2109]
hint: write `40500` if the point separates thousands, or `40.5` if it is a decimal point
";
    assert_eq!(counts(["1", "20"], ["40.500", "900"]), expected);
    // Decimals that are padded everywhere, that are short, or that have more digits are decimals.
    for capacities in [
        ["40.500", "900.000"],
        ["40.500", "90.5"],
        ["40.125", "900"],
        ["1040.500", "900"],
        ["0.500", "900"],
    ] {
        assert_eq!(counts(["1", "20"], capacities), "", "{capacities:?}");
    }
    let shards = "shard,tenant,users,site,profile,client_region,tier\ns,t,1.250,a,mail,r,gold\n";
    let text = findings(&[("shards.csv", shards)]);
    assert!(
        text.contains("hint: write `1250` if the point separates thousands, and the same in"),
        "{text}"
    );
}
