//! Two names of columns in each other's place are one finding at the header.

use super::findings_of;
use crate::command_line::root;
use crate::folders::folder;
use plimsoll::inventory::SourceFile;

/// data/tiny with two names of a header row swapped.
fn tiny(file: &str, [one, other]: [&str; 2]) -> Vec<SourceFile> {
    let mut files = folder(&root("data/tiny"));
    let changed = files.iter_mut().find(|source| source.name == file);
    let changed = changed.expect("tiny has the file");
    let text = String::from_utf8_lossy(&changed.bytes).into_owned();
    let (header, rest) = text.split_once('\n').expect("it has a header row");
    let names = header.split(',').map(|name| match name {
        name if name == one => other,
        name if name == other => one,
        name => name,
    });
    let header = names.collect::<Vec<_>>().join(",");
    changed.bytes = format!("{header}\n{rest}").into_bytes();
    files
}

#[test]
fn two_swapped_names_are_one_finding_at_the_header() {
    for (file, names) in [
        ("sites.csv", ["site", "name"]),
        ("sites.csv", ["latitude", "longitude"]),
        ("client_regions.csv", ["client_region", "name"]),
        ("access_points.csv", ["access_point", "name"]),
        ("shards.csv", ["site", "profile"]),
        ("shards.csv", ["tenant", "users"]),
        ("links.csv", ["from", "to"]),
        ("links.csv", ["latency_ms", "bandwidth"]),
    ] {
        let text = findings_of(&tiny(file, names));
        assert_eq!(
            text.matches("error: ").count(),
            1,
            "{file} {names:?}: {text}"
        );
        assert!(!text.contains("warning: "), "{file} {names:?}: {text}");
        let start = format!("error: {file}:1: column ");
        assert!(text.starts_with(&start), "{file} {names:?}: {text}");
        for name in names {
            assert!(text.contains(&format!("`{name}`")), "{file}: {text}");
        }
        assert!(text.contains("[P1105]"), "{file} {names:?}: {text}");
    }
    assert_eq!(
        findings_of(&tiny("sites.csv", ["site", "name"])),
        "error: sites.csv:1: column site: found the names `site` and `name` in each other's place, expected each name above its own values [P1105]
hint: swap `site` and `name` in the header row; the inventory then has no errors
"
    );
}

/// A cell that is wrong by itself is reported with its own place, and so are rows that are swapped while others are not.
#[test]
fn what_else_is_wrong_is_reported_as_it_is() {
    let mut files = tiny("sites.csv", ["site", "name"]);
    let shards = files.iter_mut().find(|source| source.name == "shards.csv");
    let shards = shards.expect("tiny has the file");
    shards.bytes = String::from_utf8_lossy(&shards.bytes)
        .replace("40000", "forty")
        .into_bytes();
    let text = findings_of(&files);
    assert!(!text.contains("[P1105]"), "{text}");
    assert!(text.contains("found \"forty\""), "{text}");
}
