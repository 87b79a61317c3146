//! `plimsoll generate`: a made-up inventory of any size.

use crate::cli::clock::run_on;
use crate::cli::options::{Format, GenerateOptions};
use crate::cli::progress::Progress;
use crate::cli::run::written;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, render};
use crate::error::{Error, Result};
use crate::generate::{Generated, Options, generate, note, scenarios};
use crate::inventory;
use crate::report::written::WrittenFile;
use serde_json::json;

/// Makes an inventory with its scenarios and writes it whole or not at all.
pub(crate) fn run(options: &GenerateOptions, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    folder::INVENTORY.may_be_written(&options.out)?;
    let progress = Progress::start("making the inventory");
    let made = match generate(&options.size) {
        Ok(made) => made,
        Err(refusals) => {
            drop(progress);
            let lines: Vec<String> = refusals.iter().map(ToString::to_string).collect();
            let lines = format!("error: {}\n", lines.join("\nerror: "));
            // Nobody is left to be told if standard error is gone.
            let _ = terminal.err.write_all(lines.as_bytes());
            return Ok(exit::BAD_INPUT);
        }
    };
    progress.say("writing the inventory".to_owned());
    folder::INVENTORY.write(&options.out, &files(&options.size, &made)?)?;
    drop(progress);
    let text = match options.format {
        Format::Quiet => String::new(),
        Format::Json | Format::Text => told(options, &made),
    };
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(exit::SOUND)
}

/// The files of the folder.
fn files(options: &Options, made: &Generated) -> Result<Vec<WrittenFile>> {
    let tables = inventory::write(&made.inventory).into_iter();
    let mut files: Vec<WrittenFile> = tables
        .map(|file| WrittenFile {
            name: file.name,
            bytes: file.bytes,
        })
        .collect();
    let documents = scenarios(&made.events).into_iter();
    files.extend(documents.map(|(name, text)| file(name, text)));
    files.push(file("README.md", note(options, &made.events)));
    let mark = json!({
        "format": folder::INVENTORY_FORMAT,
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "options": {
            "sites": options.sites,
            "access_points": options.access_points,
            "client_regions": options.client_regions,
            "shards": options.shards,
            "elements_per_site": options.elements_per_site,
            "mesh": options.mesh,
            "residency": options.residency,
            "replicas": options.replicas,
            "utilization": options.utilization,
            "seed": options.seed,
        },
    });
    let text =
        serde_json::to_string_pretty(&mark).map_err(|error| Error::Internal(error.to_string()))?;
    files.push(file(folder::INVENTORY_MARK, text + "\n"));
    Ok(files)
}

fn file(name: &str, text: String) -> WrittenFile {
    WrittenFile {
        name: name.to_owned(),
        bytes: text.into_bytes(),
    }
}

/// What was made, and what to do with it.
fn told(options: &GenerateOptions, made: &Generated) -> String {
    let inventory = &made.inventory;
    let users: u64 = inventory.shards.iter().map(|shard| shard.users).sum();
    let folder = render::escaped(&options.out.display().to_string());
    format!(
        "`{folder}`: {}, {}, {}, {}, {}, {}, {}\n\
         Try: plimsoll plan {folder} --scenario {folder}/drain.toml --out plan\n",
        render::counted(inventory.sites.len(), "site"),
        render::counted(inventory.access_points.len(), "access point"),
        render::counted(inventory.elements.len(), "element"),
        render::counted(inventory.links.len(), "link"),
        render::counted(inventory.client_regions.len(), "client region"),
        render::counted(inventory.shards.len(), "shard"),
        render::counted(usize::try_from(users).unwrap_or(usize::MAX), "user"),
    )
}
