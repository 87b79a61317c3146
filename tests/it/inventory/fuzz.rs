//! Broken input of any kind: findings, never a panic, and no inventory where there is an error.

use super::sound::full;
use crate::folders::smallest;
use plimsoll::inventory::{Reading, SourceFile, read, write};
use proptest::prelude::*;

const FILES: [&str; 16] = [
    "resources.csv",
    "profiles.csv",
    "tiers.csv",
    "load_curves.csv",
    "client_regions.csv",
    "sites.csv",
    "access_points.csv",
    "elements.csv",
    "links.csv",
    "shards.csv",
    "replicas.csv",
    "onboarding.csv",
    "growth.csv",
    "capacity_changes.csv",
    "background.csv",
    "risk_groups.csv",
];

/// What holds of every reading; a sound one comes back as it was written.
fn is_coherent(reading: &Reading) {
    assert_eq!(reading.inventory.is_none(), reading.errors > 0);
    for finding in &reading.findings {
        let is_complete =
            !finding.found.is_empty() && !finding.expected.is_empty() && !finding.hint.is_empty();
        assert!(is_complete, "{finding}");
    }
    if let Some(inventory) = &reading.inventory {
        let mut again = read(&write(inventory))
            .inventory
            .expect("what was sound is sound when it is written");
        // A file whose replicas are all ignored is not written.
        again.has_replicas = inventory.has_replicas;
        assert_eq!(&again, inventory);
    }
}

/// A cell that some column might refuse, or not.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("unlimited".to_owned()),
        "-?[0-9]{1,18}(\\.[0-9]{1,4})?(e-?[0-9]{1,3})?",
        prop::sample::select(vec![
            "chi",
            "sat",
            "lb",
            "lb-1",
            "fw",
            "ap-nyc",
            "ap-dfw",
            "east",
            "west",
            "mail",
            "web",
            "gold",
            "s0",
            "s1",
            "s2",
            "s3",
            "cpu",
            "bw",
            "storage",
            "US",
            "CA;US",
            "l1",
            "day",
            "site",
            "network",
            "standby",
            "blocked",
            "pinned",
            "replica_only",
            "2012-11-13",
            "0",
            "1",
            "-1",
            "90",
            "nan",
        ])
        .prop_map(str::to_owned),
        "[ -~]{0,6}",
        any::<String>(),
    ]
}

/// The cells of a file without quotes, row by row.
fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes);
    reader
        .records()
        .map(|record| {
            let record = record.expect("the file is sound");
            record.iter().map(str::to_owned).collect()
        })
        .collect()
}

fn bytes(cells: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    for row in cells {
        writer.write_record(row).expect("memory takes every byte");
    }
    writer.into_inner().expect("memory takes every byte")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn any_bytes_are_read_without_a_panic(
        name in prop::sample::select(FILES.to_vec()),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut files = smallest();
        files.retain(|file| file.name != name);
        files.push(SourceFile { name: name.to_owned(), bytes });
        is_coherent(&read(&files));
    }

    #[test]
    fn any_change_of_a_few_bytes_is_read_without_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut files = write(&full());
        for (file, at, byte) in changes {
            let bytes = &mut file.get_mut(&mut files).bytes;
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        is_coherent(&read(&files));
    }

    #[test]
    fn any_cell_in_any_place_is_read_without_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), cell()), 1..6),
    ) {
        let mut files = write(&full());
        for (file, row, column, text) in changes {
            let file = file.get_mut(&mut files);
            let mut cells = cells(&file.bytes);
            // The header is left alone more often than not, so that rules beyond it are reached.
            let row = row.index(cells.len()).max(1).min(cells.len() - 1);
            *column.get_mut(&mut cells[row]) = text;
            file.bytes = bytes(&cells);
        }
        is_coherent(&read(&files));
    }

    #[test]
    fn any_rows_left_out_or_repeated_are_read_without_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>()), 1..6),
    ) {
        let mut files = write(&full());
        for (file, row, is_repeated) in changes {
            let file = file.get_mut(&mut files);
            let mut cells = cells(&file.bytes);
            if cells.is_empty() {
                continue;
            }
            let row = row.index(cells.len());
            if is_repeated {
                let again = cells[row].clone();
                cells.push(again);
            } else {
                cells.remove(row);
            }
            file.bytes = bytes(&cells);
        }
        is_coherent(&read(&files));
    }
}

#[test]
fn the_order_of_rows_and_files_changes_nothing() {
    let inventory = full();
    let mut files = write(&inventory);
    files.reverse();
    for file in &mut files {
        let mut cells = cells(&file.bytes);
        cells[1..].reverse();
        file.bytes = bytes(&cells);
    }
    assert_eq!(read(&files).inventory, Some(inventory));
}
