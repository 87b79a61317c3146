//! Sweeps for people to look at, since no test sees whether a page is good.

use super::made::{Made, Mood, Wish, made, made_of, shipped};
use super::real::swept;
use plimsoll::model::{FailureSet, Recovery};
use plimsoll::report::html::Figure;
use plimsoll::report::sweep::SweepReport;
use std::fs;
use std::path::{Path, PathBuf};

/// Every made-up sweep and its name.
pub(super) fn samples() -> Vec<(&'static str, Made)> {
    let of = Wish::of;
    vec![
        (
            "1-site",
            made(&Wish {
                failures: 1,
                mood: Mood::Fails,
                ..of(1, 1)
            }),
        ),
        ("3-sites", made(&of(3, 2))),
        ("12-sites", made(&of(12, 2))),
        ("60-sites", made(&of(60, 2))),
        (
            "200-links",
            made(&Wish {
                over: FailureSet::Elements,
                ..of(100, 1)
            }),
        ),
        ("200-sites", made(&of(200, 2))),
        (
            "holds",
            made(&Wish {
                mood: Mood::Holds,
                ..of(20, 2)
            }),
        ),
        (
            "fails",
            made(&Wish {
                mood: Mood::Fails,
                ..of(20, 2)
            }),
        ),
        (
            "stopped",
            made(&Wish {
                done: Some(0..300),
                ..of(40, 2)
            }),
        ),
        (
            "part",
            made(&Wish {
                done: Some(400..500),
                ..of(40, 2)
            }),
        ),
        (
            "recoveries",
            made(&Wish {
                recoveries: Recovery::ALL.to_vec(),
                ..of(30, 2)
            }),
        ),
        (
            "rescale",
            made(&Wish {
                recoveries: vec![Recovery::Rescale],
                ..of(30, 1)
            }),
        ),
        (
            "risk-groups",
            made_of(
                shipped("data/global"),
                &Wish {
                    over: FailureSet::RiskGroups,
                    ..of(0, 2)
                },
            ),
        ),
        ("three-at-once", made(&of(8, 3))),
    ]
}

/// `PLIMSOLL_LOOK=FOLDER cargo test --test it sweep_report::look` writes reports of sweeps into `FOLDER/sweep`.
#[test]
fn sample_sweeps_are_written_into_the_folder_that_plimsoll_look_names() {
    let Some(folder) = std::env::var_os("PLIMSOLL_LOOK").map(PathBuf::from) else {
        return;
    };
    for (name, made) in samples() {
        write(&folder.join("sweep").join(name), &made.reported());
    }
    for (name, data, scenario, over, failures) in [
        (
            "tiny",
            "data/tiny",
            "drain-chicago.toml",
            FailureSet::Sites,
            2,
        ),
        (
            "americas",
            "data/americas-2012",
            "drain-chi.toml",
            FailureSet::Sites,
            2,
        ),
        (
            "americas-elements",
            "data/americas-2012",
            "drain-chi.toml",
            FailureSet::Elements,
            1,
        ),
        (
            "global",
            "data/global",
            "drain-zrh.toml",
            FailureSet::Sites,
            1,
        ),
    ] {
        let swept = swept(data, scenario, over, failures);
        write(&folder.join("sweep").join(name), &swept.reported());
    }
}

fn write(folder: &Path, sweep_report: &SweepReport<'_>) {
    fs::create_dir_all(folder.join("charts")).expect("the folder can be made");
    let put = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(name), bytes).expect("the file can be written");
    };
    let drawings = sweep_report.drawings().expect("charts are drawn");
    let page = sweep_report
        .page(drawings.clone())
        .expect("the page is rendered");
    put(&page.name, &page.bytes);
    for file in drawings.into_iter().flat_map(Figure::files) {
        put(&file.name, &file.bytes);
    }
    put("text.txt", sweep_report.text(Some(100)).as_bytes());
    let sheet = sweep_report.sheet(sweep_report.recovery());
    let rows = sheet.rows(sweep_report.inventory, sweep_report.sweep);
    let mut bytes = Vec::new();
    plimsoll::plan_files::write_rows(rows.iter(), &mut bytes).expect("finite numbers");
    put("side_by_side.csv", &bytes);
}
