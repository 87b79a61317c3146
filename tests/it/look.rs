//! Charts for people to look at, since no test sees whether a picture is good.

use plimsoll::model::{ComponentKind, Coordinates, Phase};
use plimsoll::plan_files::{AccessPointUse, Cause, How, Reason};
use plimsoll::report::charts::exposure::{Detected, ExposureChart, TierExposure};
use plimsoll::report::charts::headroom::{Against, HeadroomChart, TIGHTEST_OTHERS};
use plimsoll::report::charts::impact::{Impact, ImpactBlock, ImpactChart, ImpactRow, MissingAt};
use plimsoll::report::charts::moves::{MOST_SITES, MovesChart};
use plimsoll::report::charts::pairs::{PairCell, PairsChart};
use plimsoll::report::charts::steering::{MOST_ACCESS_POINTS, SteeringChart};
use plimsoll::report::charts::survivability::{SurvivabilityChart, TierSurvival};
use plimsoll::report::charts::through::{EventKind, EventSpan};
use plimsoll::report::charts::utilization::{FailureColumn, SiteCell, SiteRow, UtilizationChart};
use plimsoll::report::charts::{
    Chart, HeadroomThroughChart, MapChart, ThroughPeriod, UsersChart, UsersPeriod,
};
use plimsoll::report::places::{AccessPointPlace, SiteMove, SitePlace};
use plimsoll::report::span::Clock;
use plimsoll::report::{
    AccessPointRow, EntryRow, HeadroomRow, MoveRow, Named, Standing, State, Steering,
};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../src/report/charts/map/samples.rs"]
mod map_samples;
#[path = "../../src/report/charts/headroom/samples.rs"]
mod samples;
#[path = "../../src/report/charts/through/samples.rs"]
mod through;
#[path = "../../src/report/charts/users/samples.rs"]
mod users;

#[path = "../../src/report/charts/exposure/samples.rs"]
mod samples_of_exposure;
#[path = "../../src/report/charts/impact/samples.rs"]
mod samples_of_impact;
#[path = "../../src/report/charts/pairs/samples.rs"]
mod samples_of_pairs;
#[path = "../../src/report/charts/survivability/samples.rs"]
mod samples_of_survivability;
#[path = "../../src/report/charts/utilization/samples.rs"]
mod samples_of_utilization;

#[path = "../../src/report/charts/moves/samples.rs"]
mod samples_of_moves;

#[path = "../../src/report/charts/steering/samples.rs"]
mod samples_of_steering;

/// `PLIMSOLL_LOOK=FOLDER cargo test --test it look` draws the samples, narrow and wide.
#[test]
fn sample_charts_are_drawn_into_the_folder_that_plimsoll_look_names() {
    let Some(folder) = std::env::var_os("PLIMSOLL_LOOK").map(PathBuf::from) else {
        return;
    };
    for (name, chart) in samples::all() {
        draw(&folder.join("headroom"), name, &chart);
    }
    for (name, chart) in samples_of_moves::all() {
        draw(&folder.join("moves"), name, &chart);
    }
    for (name, chart) in samples_of_steering::all() {
        draw(&folder.join("steering"), name, &chart);
    }
    for (name, chart) in map_samples::all() {
        draw(&folder.join("map"), name, &chart);
    }
    for (name, chart) in through::all() {
        draw(&folder.join("headroom-through"), name, &chart);
    }
    for (name, chart) in users::all() {
        draw(&folder.join("users"), name, &chart);
    }
    for (name, chart) in samples_of_impact::all() {
        draw(&folder.join("impact"), name, &chart);
    }
    for (name, chart) in samples_of_utilization::all() {
        draw(&folder.join("utilization"), name, &chart);
    }
    for (name, chart) in samples_of_pairs::all() {
        draw(&folder.join("pairs"), name, &chart);
    }
    for (name, chart) in samples_of_exposure::all() {
        draw(&folder.join("exposure"), name, &chart);
    }
    for (name, chart) in samples_of_survivability::all() {
        draw(&folder.join("survivability"), name, &chart);
    }
}

fn draw(folder: &Path, name: &str, chart: &dyn Chart) {
    fs::create_dir_all(folder).expect("the folder can be made");
    for width in [360, 600, 900, 1200] {
        let picture = chart.picture(width).expect("a picture");
        let stem = format!("{name}-{width}");
        for (ending, bytes) in [("svg", picture.svg.as_bytes()), ("png", &picture.png)] {
            let path = folder.join(format!("{stem}.{ending}"));
            fs::write(path, bytes).expect("the picture can be written");
        }
    }
}
