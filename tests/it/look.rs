//! Charts for people to look at, since no test sees whether a picture is good.

use plimsoll::model::ComponentKind;
use plimsoll::report::charts::Chart;
use plimsoll::report::charts::headroom::{Against, HeadroomChart, TIGHTEST_OTHERS};
use plimsoll::report::{HeadroomRow, Standing};
use std::fs;
use std::path::PathBuf;

#[path = "../../src/report/charts/headroom/samples.rs"]
mod samples;

/// `PLIMSOLL_LOOK=FOLDER cargo test --test it look` draws the samples, narrow and wide.
#[test]
fn sample_charts_are_drawn_into_the_folder_that_plimsoll_look_names() {
    let Some(folder) = std::env::var_os("PLIMSOLL_LOOK").map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&folder).expect("the folder can be made");
    for (name, chart) in samples::all() {
        for width in [420, 600, 1200] {
            let picture = chart.picture(width).expect("a picture");
            let stem = format!("{name}-{width}");
            for (ending, bytes) in [("svg", picture.svg.as_bytes()), ("png", &picture.png)] {
                let path = folder.join(format!("{stem}.{ending}"));
                fs::write(path, bytes).expect("the picture can be written");
            }
            let path = folder.join(format!("{name}.csv"));
            fs::write(path, picture.csv).expect("the numbers can be written");
        }
    }
}
