//! Charts for people to look at, since no test sees whether a picture is good.

use crate::report::charts::tests::all;
use std::fs;
use std::path::PathBuf;

/// `PLIMSOLL_LOOK=FOLDER cargo test --lib look` draws the samples, narrow and wide.
#[test]
fn sample_charts_are_drawn_into_the_folder_that_plimsoll_look_names() {
    let Some(folder) = std::env::var_os("PLIMSOLL_LOOK").map(PathBuf::from) else {
        return;
    };
    for sample in all() {
        for width in [360, 600, 900, 1200] {
            let picture = sample.chart.picture(width).expect("a picture");
            let path = folder.join(format!("{}-{width}", sample.name));
            let parent = path.parent().expect("a folder");
            fs::create_dir_all(parent).expect("the folder can be made");
            for (ending, bytes) in [("svg", picture.svg.as_bytes()), ("png", &picture.png)] {
                let path = path.with_extension(ending);
                fs::write(path, bytes).expect("the picture can be written");
            }
        }
    }
}
