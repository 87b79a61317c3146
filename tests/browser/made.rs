//! Made: reports of shipped scenarios, written by the program into a folder that goes with the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A report and the folder that it is in.
pub(crate) struct Made {
    /// report.html.
    pub(crate) file: PathBuf,
    _folder: TempDir,
}

/// Plans a scenario of an inventory folder.
pub(crate) fn made(inventory: &Path, scenario: &str) -> Made {
    made_by("plan", inventory, scenario)
}

/// What a command makes of a scenario of an inventory folder.
pub(crate) fn made_by(command: &str, inventory: &Path, scenario: &str) -> Made {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out");
    let status = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args([command, "--quiet"])
        .arg(inventory)
        .arg("--scenario")
        .arg(inventory.join(scenario))
        .arg("--out")
        .arg(&out)
        .status()
        .expect("the program runs");
    // 1 says that somebody is unserved or a target is missed, which is an answer.
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
    Made {
        file: out.join("report.html"),
        _folder: folder,
    }
}

/// report.html of the windows for a component of a shipped inventory: first start, end of the starts, step.
pub(crate) fn ranked_windows(inventory: &str, component: &str, times: [&str; 3]) -> Made {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let [from, until, step] = times;
    let status = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["window", "--quiet", "--component", component])
        .args(["--duration", "4h", "--between", from, "--and", until])
        .args(["--step", step, "--out"])
        .arg(&out)
        .arg(data.join(inventory))
        .status()
        .expect("the program runs");
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
    Made {
        file: out.join("report.html"),
        _folder: folder,
    }
}

/// compare.html of two plans or runways, or of one plan and the state before it.
pub(crate) fn compared(plans: &[&Made]) -> Made {
    let folder = TempDir::new().expect("a folder");
    let out = folder.path().join("out");
    let status = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["compare", "--quiet", "--out"])
        .arg(&out)
        .args(plans.iter().map(|plan| plan.file.with_file_name("")))
        .status()
        .expect("the program runs");
    assert!(status.success(), "{status}");
    Made {
        file: out.join("compare.html"),
        _folder: folder,
    }
}

/// report.html of a runway of the case by hand with two sites, which have these capacities, up to a date.
pub(crate) fn runway_of_two_sites([a, b]: [u32; 2], until: &str) -> Made {
    let folder = TempDir::new().expect("a folder");
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/growth-two-sites");
    let inventory = folder.path().join("inventory");
    fs::create_dir(&inventory).expect("the folder can be made");
    for entry in fs::read_dir(&case).expect("the case is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_owned();
        fs::copy(&path, inventory.join(name)).expect("a copy");
    }
    let sites = format!("site,name,latitude,longitude,cpu\na,A,40,-100,{a}\nb,B,40,-80,{b}\n");
    fs::write(inventory.join("sites.csv"), sites).expect("the file can be written");
    let out = folder.path().join("out");
    let status = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["runway", "--quiet", "--no-charts", "--until", until])
        .arg(&inventory)
        .arg("--scenario")
        .arg(case.join("scenario.toml"))
        .arg("--out")
        .arg(&out)
        .status()
        .expect("the program runs");
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
    Made {
        file: out.join("report.html"),
        _folder: folder,
    }
}

/// A shipped scenario, such as `tiny/drain-chicago`.
pub(crate) fn shipped(name: &str) -> Made {
    let (inventory, scenario) = name.split_once('/').expect("an inventory and a scenario");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    made(&data.join(inventory), &format!("{scenario}.toml"))
}

/// report.html of a replay of a shipped scenario, such as `tiny/drain-chicago`.
pub(crate) fn replayed(name: &str) -> Made {
    let (inventory, scenario) = name.rsplit_once('/').expect("an inventory and a scenario");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    made_by("replay", &data.join(inventory), &format!("{scenario}.toml"))
}

/// Files of a folder, among them report.html, as a command would write them.
pub(crate) fn kept(files: impl Iterator<Item = (String, Vec<u8>)>) -> Made {
    let folder = TempDir::new().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(path, bytes).expect("the file can be written");
    }
    Made {
        file: folder.path().join("report.html"),
        _folder: folder,
    }
}
