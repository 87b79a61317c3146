//! Cases: shipped and generated inventories that are planned by the program itself.

use super::Result;
use super::ratios::Measured;
use plimsoll::inventory::{self, SourceFile};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Runs of each case; the fastest counts.
const RUNS: usize = 2;

/// Times that the files are read before and after each run; the fastest counts.
const READS: usize = 5;

/// What is planned.
pub(crate) struct Case {
    name: &'static str,
    from: From,
    scenario: &'static str,
}

enum From {
    /// Folder below `data/`.
    Shipped(&'static str),
    /// Sites, access points, client regions and shards of a generated one.
    Generated([u32; 4]),
}

/// The fixed cases: a drain, a fault that nobody knows of at first, an incident of many periods, and three of a generated
/// inventory.
pub(crate) const CASES: [Case; 7] = [
    Case {
        name: "global, drain",
        from: From::Shipped("global"),
        scenario: "drain-iad.toml",
    },
    Case {
        name: "global, gray",
        from: From::Shipped("global"),
        scenario: "gray-frankfurt.toml",
    },
    Case {
        name: "americas-2012, incident",
        from: From::Shipped("americas-2012"),
        scenario: "13-november-2012.toml",
    },
    Case {
        name: "2,400 shards, drain",
        from: From::Generated([20, 60, 400, 2_400]),
        scenario: "drain.toml",
    },
    Case {
        name: "2,400 shards, gray",
        from: From::Generated([20, 60, 400, 2_400]),
        scenario: "gray.toml",
    },
    Case {
        name: "2,400 shards, shortage",
        from: From::Generated([20, 60, 400, 2_400]),
        scenario: "shortage.toml",
    },
    Case {
        name: "100,000 shards, drain",
        from: From::Generated([40, 120, 1_200, 100_000]),
        scenario: "drain.toml",
    },
];

impl Case {
    /// What its phases take, and reading its files.
    pub(crate) fn measured(&self, folder: &Path) -> Result<Measured> {
        let inventory = self.inventory(folder)?;
        let files = tables(&inventory)?;
        let out = folder.join("plan");
        let mut measured = Measured::new(self.name);
        for _ in 0..RUNS {
            measured.reads(fastest_read(&files)?);
            let (started, used) = (Instant::now(), used_by_children());
            let mut plan = program();
            plan.arg("plan").arg(&inventory);
            plan.arg("--scenario").arg(inventory.join(self.scenario));
            plan.arg("--out")
                .arg(&out)
                .args(["--quiet", "--threads", "1"]);
            let done = plan.output()?;
            let whole = started.elapsed().as_secs_f64();
            // Of its one thread: what else runs on the machine takes the rest of the time by the clock.
            let used = used.zip(used_by_children());
            let share = used.map_or(1.0, |(before, now)| ((now - before) / whole).min(1.0));
            let summary = std::fs::read(out.join("summary.json")).map_err(|error| {
                let words = String::from_utf8_lossy(&done.stderr).into_owned();
                format!("{}: no plan ({error}): {words}", self.name)
            })?;
            let summary: serde_json::Value = serde_json::from_slice(&summary)?;
            let seconds = summary["seconds"].as_object();
            let seconds = seconds.ok_or("summary.json has no seconds")?;
            let phases = seconds.iter().map(|(phase, value)| {
                let value = value
                    .as_f64()
                    .ok_or("seconds of summary.json are no number")?;
                Ok((phase.clone(), value))
            });
            measured.add(phases.collect::<Result<_>>()?, whole, share)?;
            std::fs::remove_dir_all(&out)?;
            measured.reads(fastest_read(&files)?);
        }
        Ok(measured)
    }

    /// The folder, generated where it is not there yet.
    fn inventory(&self, folder: &Path) -> Result<PathBuf> {
        let [sites, access_points, client_regions, shards] = match self.from {
            From::Shipped(name) => {
                let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
                return Ok(data.join(name));
            }
            From::Generated(numbers) => numbers.map(|number| number.to_string()),
        };
        let out = folder.join(format!("generated-{shards}"));
        if out.exists() {
            return Ok(out);
        }
        let mut generate = program();
        generate.args(["generate", "--out"]).arg(&out);
        generate.args(["--sites", &sites, "--access-points", &access_points]);
        generate.args(["--client-regions", &client_regions, "--shards", &shards]);
        generate.args(["--seed", "7"]);
        let done = generate.output()?;
        if !done.status.success() {
            return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
        }
        Ok(out)
    }
}

/// Processor seconds of the runs that have ended; `None` where the system does not tell.
fn used_by_children() -> Option<f64> {
    /// Of a second, in which Linux counts processor time.
    const TICKS: f64 = 100.0;
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may have blanks; it ends with a parenthesis.
    let (_, numbers) = text.rsplit_once(')')?;
    let mut numbers = numbers.split_whitespace().skip(13);
    let user: f64 = numbers.next()?.parse().ok()?;
    let system: f64 = numbers.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
}

/// The tables of an inventory.
fn tables(folder: &Path) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|text| text == "csv") {
            let name = path.file_name().unwrap_or_default();
            files.push(SourceFile {
                name: name.to_string_lossy().into_owned(),
                bytes: std::fs::read(&path)?,
            });
        }
    }
    Ok(files)
}

/// Seconds of the fastest reading of the files.
fn fastest_read(files: &[SourceFile]) -> Result<f64> {
    let mut fastest = f64::INFINITY;
    for _ in 0..READS {
        let started = Instant::now();
        let reading = inventory::read(files);
        fastest = fastest.min(started.elapsed().as_secs_f64());
        reading.inventory.ok_or("the inventory has errors")?;
    }
    Ok(fastest)
}
