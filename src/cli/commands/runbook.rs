//! `plimsoll runbook`: the runbook of a written plan.

use crate::cli::args::{RunbookArgs, RunbookFormat};
use crate::cli::files::{self, FileKind};
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, render};
use crate::error::{Error, Result};
use crate::plan_files::{Row, RunbookRow};
use crate::report::waves::{RUNBOOK_FILE, RUNBOOK_PAGE, SCRIPT_FILE};

/// Prints one of the files in which a plan's runbook is written.
pub(crate) fn run(args: &RunbookArgs, terminal: &mut Terminal) -> Result<u8> {
    if !folder::has_plan(&args.plan) {
        return Err(Error::Refused(format!(
            "{} has no plan: name the folder that `plimsoll plan --out` wrote",
            render::path(&args.plan)
        )));
    }
    let name = match args.format {
        RunbookFormat::Md => RUNBOOK_FILE,
        RunbookFormat::Html => RUNBOOK_PAGE,
        RunbookFormat::Csv => RunbookRow::FILE,
        RunbookFormat::Sh => SCRIPT_FILE,
    };
    let path = args.plan.join(name);
    if !path.exists() {
        let remedy = if name == SCRIPT_FILE {
            "its scenario has no [commands]: add them and plan again"
        } else {
            "an older version wrote it: plan again"
        };
        return Err(Error::Refused(format!(
            "{} has no {name}; {remedy}",
            render::path(&args.plan)
        )));
    }
    let bytes = files::read(&path, FileKind::Output)?;
    terminal.print(&String::from_utf8_lossy(&bytes))?;
    Ok(exit::SOUND)
}
