//! Charts for people to look at, since no test sees whether a picture is good.

use plimsoll::model::{ComponentKind, Coordinates};
use plimsoll::plan_files::AccessPointUse;
use plimsoll::report::charts::headroom::{Against, HeadroomChart, TIGHTEST_OTHERS};
use plimsoll::report::charts::{Chart, MapChart};
use plimsoll::report::places::{AccessPointPlace, SiteMove, SitePlace};
use plimsoll::report::{HeadroomRow, Standing, State};
use std::fs;
use std::path::PathBuf;

#[path = "../../src/report/charts/headroom/samples.rs"]
mod samples;

#[path = "../../src/report/charts/map/samples.rs"]
mod map_samples;

/// `PLIMSOLL_LOOK=FOLDER cargo test --test it look` draws the samples, narrow and wide.
#[test]
fn sample_charts_are_drawn_into_the_folder_that_plimsoll_look_names() {
    let Some(folder) = std::env::var_os("PLIMSOLL_LOOK").map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&folder).expect("the folder can be made");
    let charts = samples::all()
        .into_iter()
        .map(|(name, chart)| (name, Box::new(chart) as Box<dyn Chart>));
    let maps = map_samples::all()
        .into_iter()
        .map(|(name, chart)| (name, Box::new(chart) as Box<dyn Chart>));
    for (name, chart) in charts.chain(maps) {
        for width in [320, 420, 900, 1280] {
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
