//! Writes the sample charts of the tests to `target/charts-look/`, for people to look at:
//! `cargo run --example look_at_charts`.

use plimsoll::model::ComponentKind;
use plimsoll::report::charts::headroom::{HeadroomChart, TIGHTEST_OTHERS};
use plimsoll::report::{HeadroomRow, Standing};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

#[path = "../src/report/charts/headroom/samples.rs"]
mod samples;

#[expect(
    clippy::print_stdout,
    reason = "it tells a person how long each picture took"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("target/charts-look");
    fs::create_dir_all(folder)?;
    for (name, chart) in samples::all() {
        for width in [420, 600, 1200] {
            let start = Instant::now();
            let picture = chart.picture(width)?;
            println!("{name}-{width}: {:?}", start.elapsed());
            fs::write(folder.join(format!("{name}-{width}.svg")), picture.svg)?;
            fs::write(folder.join(format!("{name}-{width}.png")), picture.png)?;
            fs::write(folder.join(format!("{name}.csv")), picture.csv)?;
        }
    }
    Ok(())
}
