//! `plimsoll generate`: a made-up inventory of any size.

use crate::cli::args::GenerateArgs;
use crate::cli::clock::run_on;
use crate::cli::progress::Progress;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, render};
use crate::error::Result;
use crate::generate::{Generated, Options, generate, note, scenarios};
use crate::inventory;
use crate::report::written::WrittenFile;
use serde_json::json;

/// Makes an inventory with its scenarios and writes it whole or not at all.
pub(crate) fn run(args: &GenerateArgs, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    folder::INVENTORY.may_be_written(&args.out)?;
    let progress = Progress::start("generating the inventory");
    let made = match generate(&args.size) {
        Ok(made) => made,
        Err(refusals) => {
            drop(progress);
            for refusal in refusals {
                terminal.say(&format!("error: {refusal}\n"));
            }
            return Ok(exit::BAD_INPUT);
        }
    };
    progress.say("writing the inventory".to_owned());
    folder::INVENTORY.write(&args.out, &files(&args.size, &made))?;
    drop(progress);
    if !args.quiet {
        let folder = render::path(&args.out);
        terminal.print(&format!(
            "`{folder}`: {}\n\
             Try: plimsoll plan {folder} --scenario {folder}/drain.toml --out plan\n",
            render::contents(&made.inventory),
        ))?;
    }
    Ok(exit::SOUND)
}

fn files(options: &Options, made: &Generated) -> Vec<WrittenFile> {
    let tables = inventory::write(&made.inventory).into_iter();
    let mut files: Vec<WrittenFile> = tables.map(WrittenFile::from).collect();
    let documents = scenarios(&made.events).into_iter();
    files.extend(documents.map(|(name, text)| WrittenFile::text(name, text)));
    files.push(WrittenFile::text("README.md", note(options, &made.events)));
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
    files.push(WrittenFile::text(
        folder::INVENTORY_MARK,
        format!("{mark:#}\n"),
    ));
    files
}
