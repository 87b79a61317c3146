//! The page of a runway: its first screen decides, and it is sound in every window.

use crate::first_screens::assert_decides;
use crate::made::{Made, compared, kept, runway_of_two_sites};
use crate::reports::assert_sound_page;
use crate::runway_values::{Course, runway, words};
use plimsoll::inventory::SourceFile;
use plimsoll::model::FailureSet;
use plimsoll::report::document::Figure;
use plimsoll::report::runway::{RunwayReport, runway_charts, runway_report};
use plimsoll::scenario::ScenarioText;
use std::fs;
use std::path::Path;

/// The page of a runway by hand over a shipped inventory.
fn shown(folder: &str, scenario: &str, course: Course) -> Made {
    let data = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("data")
        .join(folder);
    let entries = fs::read_dir(&data).expect("the folder can be listed");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<SourceFile> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "csv"))
        .map(|path| SourceFile {
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            bytes: fs::read(&path).expect("a table"),
        })
        .collect();
    files.sort_by(|left, right| left.name.cmp(&right.name));
    let inventory = plimsoll::inventory::read(&files).inventory;
    let inventory = inventory.expect("a sound inventory");
    let layer = ScenarioText {
        name: scenario.to_owned(),
        text: fs::read_to_string(data.join(scenario)).expect("a scenario"),
    };
    let scenario = plimsoll::scenario::read(&[layer], &inventory).scenario;
    let scenario = scenario.expect("a sound scenario");
    let found = runway(&inventory, course);
    let report = RunwayReport {
        inventory: &inventory,
        scenario: &scenario,
        over: FailureSet::Sites,
        runway: &found,
    };
    let figures = runway_charts(&report).expect("charts are drawn");
    let page = runway_report(&report, &words(course), figures.clone()).expect("a page");
    let pictures = figures.into_iter().flat_map(Figure::files);
    let files = pictures.chain([page]);
    kept(files.map(|file| (file.name, file.bytes)))
}

fn assert_shown(folder: &str, scenario: &str, course: Course) {
    let report = shown(folder, scenario, course);
    let name = format!("{folder}, {course:?}");
    assert_decides(&report, &name);
    assert_sound_page(&report, &name);
}

#[test]
fn a_small_runway_decides_on_its_first_screen() {
    assert_shown("tiny", "drain-chicago.toml", Course::Fails);
}

#[test]
fn a_runway_beyond_the_last_day_decides_on_its_first_screen() {
    assert_shown("tiny", "drain-chicago.toml", Course::Holds);
}

#[test]
fn a_runway_with_trapped_users_decides_on_its_first_screen() {
    assert_shown("global", "drain-zrh.toml", Course::Traps);
}

#[test]
fn two_runways_decide_on_their_first_screen() {
    let more = runway_of_two_sites([113, 113], "2029-12-31");
    let base = runway_of_two_sites([100, 100], "2029-12-31");
    let less = runway_of_two_sites([100, 90], "2029-06-01");
    for (b, name) in [(&more, "later dates"), (&less, "earlier dates")] {
        let report = compared(&[&base, b]);
        assert_decides(&report, name);
        assert_sound_page(&report, name);
    }
}
