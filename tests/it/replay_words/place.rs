//! One site, through which everything passes, on disk, and `plimsoll replay` of it.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// What differs between the places. Every user demands 1 of `work`, in jobs a second, at site a.
pub(super) struct Place<'a> {
    pub(super) capacity: &'a str,
    /// More columns of profiles.csv, and their values.
    pub(super) profile: (&'a str, &'a str),
    /// Rows of shards.csv.
    pub(super) shards: &'a str,
    pub(super) end: &'a str,
    /// Behind the scenario's own table.
    pub(super) scenario: &'a str,
}

pub(super) const PLACE: Place<'static> = Place {
    capacity: "1001",
    profile: ("", ""),
    shards: "s,t,862,a,p,r,gold\n",
    end: "2030-06-01T16:00:00Z",
    scenario: "",
};

/// Nothing is taken at site a from 11:35 to 12:04, and 862 jobs a second come.
pub(super) const JAM: &str = "[[event]]\nkind = \"failure\"\ncomponent = \"a\"\nresources = [\"work\"]\n\
    start = 2030-06-01T11:35:00Z\nend = 2030-06-01T12:04:00Z\n";

/// The folder of a place: its inventory, and `own.toml` beside it.
pub(super) fn written(place: &Place<'_>) -> TempDir {
    let folder = TempDir::new().expect("there is room for a folder");
    let put = |name: &str, text: String| {
        fs::write(folder.path().join(name), text).expect("there is room for a file");
    };
    put(
        "resources.csv",
        "resource,unit,scope\nwork,jobs/s,site\n".to_owned(),
    );
    put(
        "profiles.csv",
        format!("profile,work{}\np,1{}\n", place.profile.0, place.profile.1),
    );
    put(
        "tiers.csv",
        "tier,rank,availability\ngold,1,0.999\n".to_owned(),
    );
    put("client_regions.csv", "client_region\nr\n".to_owned());
    put(
        "sites.csv",
        format!("site,name,work\na,Alpha,{}\n", place.capacity),
    );
    put("access_points.csv", "access_point\nin\n".to_owned());
    put(
        "links.csv",
        "link,from,to,latency_ms\nl0,r,in,5\nl1,in,a,5\n".to_owned(),
    );
    put(
        "shards.csv",
        format!(
            "shard,tenant,users,site,profile,client_region,tier\n{}",
            place.shards
        ),
    );
    put(
        "own.toml",
        format!(
            "[scenario]\nname = \"by-hand\"\nstart = 2030-06-01T00:00:00Z\nend = {}\n\n{}",
            place.end, place.scenario
        ),
    );
    folder
}

/// `plimsoll` in a folder.
pub(super) fn plimsoll(folder: &Path, args: &[&str]) -> Output {
    Command::new(assert_cmd::cargo::cargo_bin!("plimsoll"))
        .current_dir(folder)
        .args(args)
        .output()
        .expect("the program starts")
}

/// `plimsoll replay` of the folder into `replay`.
pub(super) fn replayed(folder: &TempDir, args: &[&str]) -> Output {
    let all = [
        &["replay", ".", "--scenario", "own.toml", "--out", "replay"],
        args,
    ];
    plimsoll(folder.path(), &all.concat())
}

/// What was printed, if the exit code is this one.
#[track_caller]
pub(super) fn printed(output: &Output, code: i32) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{text}\n{errors}");
    text
}

/// replay.json.
pub(super) fn json(folder: &TempDir) -> Value {
    let bytes = fs::read(folder.path().join("replay/replay.json")).expect("it is written");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// Rows of a table by column.
pub(super) fn rows(folder: &TempDir, name: &str) -> Vec<BTreeMap<String, String>> {
    let path = folder.path().join("replay").join(name);
    let mut table = csv::Reader::from_path(path).expect("it is written");
    table.deserialize().map(|row| row.expect("a row")).collect()
}

/// The number in a cell.
#[track_caller]
pub(super) fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    let cell = row.get(column).expect("the column");
    cell.parse()
        .unwrap_or_else(|_| panic!("{column}: {cell:?}"))
}
