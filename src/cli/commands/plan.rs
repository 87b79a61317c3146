//! `plimsoll plan`: who goes where, when; what headroom is left.

use crate::cli::clock::{Clock, run_on, stop_after};
use crate::cli::folder;
use crate::cli::input::{Input, Told};
use crate::cli::new_folder::NewFolder;
use crate::cli::options::{Charts, Format, PlanOptions};
use crate::cli::progress::Progress;
use crate::cli::run::written;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, input, memory, render};
use crate::engine::{Options, Stage, Watch as _, downtime, explain, may_lock_in, plan, recovery};
use crate::error::{Error, Result};
use crate::model::{Inventory, Scenario};
use crate::plan::explain::Explanations;
use crate::plan::{Downtime, Plan, Status, Step, changes, check};
use crate::plan_files::{self, PlanFile, Seconds, WrittenPlan};
use crate::report::briefing::Briefing;
use crate::report::drawn::{Drawing, drawings};
use crate::report::explained::{explanations, explanations_file};
use crate::report::html::{Explained, Figure, PlanReport, REPORT_FILE, report};
use crate::report::table::wrapped;
use crate::report::waves::{RUNBOOK_FILE, Teller, runbook_of};
use crate::report::written::{
    About, WrittenFile, certificate, certificate_file, summary, summary_file, tables,
};
use std::time::Instant;

/// From so many shards on a plan is explained first and judged then, and what was freed is given back in between: at once
/// takes a tenth less time, and half as much memory again.
const TOO_MANY_AT_ONCE: usize = 200_000;

/// `true` if a plan takes so much memory that one thing is done at a time.
fn takes_much_memory(inventory: &Inventory) -> bool {
    inventory.shards.len() >= TOO_MANY_AT_ONCE
}

/// Plans a scenario, checks the written plan, and writes it whole or not at all.
pub(crate) fn run(options: &PlanOptions, terminal: &mut Terminal) -> Result<u8> {
    folder::PLAN.may_be_written(&options.out)?;
    run_on(options.threads)?;
    let is_quiet = options.format == Format::Quiet;
    let told = if is_quiet { Told::Errors } else { Told::All };
    let stop = stop_after(options.time_limit, told)?;
    let started = Instant::now();
    let Some(input) = input::read(&options.inventory, &options.scenarios, terminal, told)? else {
        return Ok(exit::BAD_INPUT);
    };
    let read = started.elapsed().as_secs_f64();
    let progress = (!is_quiet).then(|| Progress::start("planning"));
    let clock = Clock::start(progress);
    let (inventory, scenario) = (&input.inventory, &input.scenario);
    let folder = NewFolder::beside(&options.out)?;
    let told_of = &Options {
        stop: &stop,
        watch: &clock,
    };
    // What the plan is made from is stored beside it, whatever the plan will be.
    let (plan, inputs) = rayon::join(
        || plan(inventory, scenario, told_of),
        || folder.put_each(|put| input.each_file(put)),
    );
    let (mut plan, inputs) = (plan?, inputs?);
    clock.enter(Stage::Replay);
    let (played, recovered) = rayon::join(
        || downtime(inventory, scenario, &plan, &stop),
        || {
            let is_asked = !plan.is_refused() && may_lock_in(inventory, scenario, &plan);
            is_asked.then(|| recovery(inventory, scenario, &plan, &stop))
        },
    );
    plan.set_replayed(match played {
        // The plan stands, and nobody says what it feels like.
        Err(Error::StoppedEarly) => Downtime::unchecked(scenario.start, plan.periods.len()),
        played => played?,
    });
    plan.recovery = recovered.transpose()?;
    if stop.is_raised() {
        // Not all was checked that would have been.
        plan.status = Status::Stopped;
    }
    let mut about = About {
        inputs,
        seconds: Seconds {
            read,
            ..clock.seconds()
        },
        warnings: (input.warnings + plan.warnings.len()) as u64,
    };
    drop(clock);
    let started = Instant::now();
    memory::give_back();

    let mut progress = (!is_quiet).then(|| Progress::start("checking the plan"));
    let steps = changes(inventory, scenario, &plan);
    let put = |files: &[WrittenFile]| folder.put(files);
    let judge = |plan: &Plan| judged(inventory, scenario, plan, &steps, &about, put);
    let mut is_told = false;
    let tell = |plan: &Plan, terminal: &mut Terminal| {
        let told = Briefing {
            inventory,
            scenario,
            plan,
            steps: &steps,
            explanations: None,
            proven: None,
        };
        tell_verdict(&told, options.format, terminal)
    };
    // The verdict is told as soon as it is judged, whatever is still looked for.
    let mut judge_first = |plan: &Plan, terminal: &mut Terminal| {
        let own = judge(plan)?;
        if own.verdict.holds() && !plan.would_believe(&own.verdict.proven) {
            drop(progress.take());
            tell(plan, terminal)?;
            is_told = true;
            progress = (!is_quiet).then(|| Progress::start("explaining the plan"));
        }
        Ok(own)
    };
    let told_why = || explain(inventory, scenario, &plan, &stop);
    let (explained, judged) = if takes_much_memory(inventory) {
        let told_why = told_why();
        plan.before.folded = None;
        memory::give_back();
        (told_why, judge_first(&plan, terminal))
    } else {
        rayon::join(told_why, || judge_first(&plan, terminal))
    };
    let mut judged: Judged = judged?;
    while plan.believe(&judged.verdict.proven) {
        judged = judge(&plan)?.after(&judged);
    }
    let Judged {
        verdict,
        tabled,
        verified,
    } = judged;
    // What is explained while the plan is judged takes no time of its own.
    let explaining = started.elapsed().as_secs_f64() - tabled - verified;
    (about.seconds.explain, about.seconds.verify) = (explaining.max(0.0), verified);
    drop(progress);
    if !verdict.holds() {
        let text = format!("{verdict}\n");
        let _ = terminal.err.write_all(render::lines(&text).as_bytes());
        return Err(Error::Internal(
            "the plan does not hold by the referee's count; nothing was written".into(),
        ));
    }
    if !is_told {
        tell(&plan, terminal)?;
    }
    memory::give_back();

    let briefing = Briefing {
        inventory,
        scenario,
        plan: &plan,
        steps: &steps,
        explanations: Some(&explained),
        proven: Some(&verdict.proven),
    };
    let finished = Finished {
        briefing,
        input: &input,
        explained: &explained,
        options,
    };
    let text = finished.write(about, tabled, folder, terminal.width);
    let text = text.map_err(|error| match options.format {
        Format::Text => error.after_the_verdict(),
        Format::Json | Format::Quiet => error,
    })?;
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(code(&plan))
}

/// Tells what the plan comes to, and what the planner warns of; nothing where that is not asked for.
fn tell_verdict(told: &Briefing<'_>, format: Format, terminal: &mut Terminal) -> Result<()> {
    if format == Format::Quiet {
        return Ok(());
    }
    for warning in &told.plan.warnings {
        let text = format!("warning: {}\n", render::escaped(warning));
        let _ = terminal.err.write_all(text.as_bytes());
    }
    if format == Format::Text {
        written(
            terminal
                .out
                .write_all(told.beginning(terminal.width).as_bytes()),
        )?;
        written(terminal.out.flush())?;
    }
    Ok(())
}

/// A plan that is judged, with all that is written of it.
struct Finished<'a> {
    briefing: Briefing<'a>,
    input: &'a Input,
    explained: &'a Explanations,
    options: &'a PlanOptions,
}

impl Finished<'_> {
    /// Writes what is not written yet, and lets the new folder take its place; what is still to be said. `tabled` are the
    /// seconds that the tables took.
    fn write(
        &self,
        mut about: About,
        tabled: f64,
        folder: NewFolder,
        width: Option<u16>,
    ) -> Result<String> {
        let Self {
            briefing,
            input,
            explained,
            options,
        } = *self;
        let Briefing {
            inventory,
            scenario,
            plan,
            steps,
            ..
        } = briefing;
        let is_quiet = options.format == Format::Quiet;
        let _progress = (!is_quiet).then(|| Progress::start("writing the plan"));
        let started = Instant::now();
        let drawings = match options.charts {
            Charts::Drawn => drawings(inventory, scenario, plan)?,
            Charts::None => Vec::new(),
        };
        let written_explanations = explanations(inventory, scenario, plan, explained);
        let mut files = vec![explanations_file(&written_explanations)?];
        let figures: Vec<Figure> = drawings.iter().map(Figure::from).collect();
        let page = report(&PlanReport {
            briefing,
            warnings: &[input.told.as_slice(), &plan.warnings].concat(),
            explained: &Explained::all(&written_explanations),
            figures: &figures,
        })?;
        let drawn = tabled + started.elapsed().as_secs_f64();

        let started = Instant::now();
        files.extend(drawings.into_iter().flat_map(Drawing::files));
        files.push(page);
        let teller = Teller {
            inventory,
            scenario,
            plan,
        };
        files.push(runbook_file(&teller, steps));
        about.seconds.write = drawn + started.elapsed().as_secs_f64();
        let summary = summary_file(&summary(inventory, scenario, plan, &about))?;
        let text = match options.format {
            Format::Quiet => String::new(),
            Format::Json => String::from_utf8_lossy(&summary.bytes).into_owned(),
            Format::Text => briefing.rest(width) + &where_it_is(options, width),
        };
        files.push(summary);
        folder.put(&files)?;
        folder.take_place_of(&options.out, &folder::PLAN)?;
        Ok(text)
    }
}

/// runbook.md of a plan.
fn runbook_file(teller: &Teller<'_>, steps: &[Step]) -> WrittenFile {
    WrittenFile {
        name: RUNBOOK_FILE.to_owned(),
        bytes: runbook_of(teller, steps).into_bytes(),
    }
}

/// Where the plan is, and what to open first.
fn where_it_is(options: &PlanOptions, width: Option<u16>) -> String {
    let folder = render::escaped(&options.out.display().to_string());
    let words = format!("The plan is in {folder}; open {folder}/{REPORT_FILE}");
    wrapped(&words, width)
}

/// The exit code of a plan.
pub(in crate::cli) fn code(plan: &Plan) -> u8 {
    if plan.is_good() && plan.status == Status::Complete {
        exit::SOUND
    } else {
        exit::SHORT
    }
}

/// What the referee says of a plan.
pub(in crate::cli) struct Judged {
    /// What it says. Where its prices prove less than the planner said, the plan has to [`believe`](Plan::believe) it
    /// and be judged anew.
    pub(in crate::cli) verdict: check::Verdict,
    /// How long making the files and judging them took, seconds.
    tabled: f64,
    verified: f64,
}

impl Judged {
    /// The same, with the seconds of what was judged before it.
    fn after(self, before: &Self) -> Self {
        Self {
            tabled: self.tabled + before.tabled,
            verified: self.verified + before.verified,
            ..self
        }
    }
}

/// Makes the files of a plan and asks the referee what it says of them just as they are to be written. They are handed
/// to `put`, which writes them while they are read back, so that they need no memory while they are judged.
pub(in crate::cli) fn judged(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    steps: &[Step],
    about: &About,
    put: impl Fn(&[WrittenFile]) -> Result<()> + Sync,
) -> Result<Judged> {
    let started = Instant::now();
    let files = judged_files(inventory, scenario, plan, steps, about)?;
    let tabled = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let (written, put) = rayon::join(|| read_back(&files), || put(&files));
    let written = written?;
    put?;
    drop(files);
    if takes_much_memory(inventory) {
        memory::give_back();
    }
    Ok(Judged {
        verdict: check::check(inventory, scenario, written),
        tabled,
        verified: started.elapsed().as_secs_f64(),
    })
}

/// The files of a plan that the referee judges.
pub(in crate::cli) fn judged_files(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    steps: &[Step],
    about: &About,
) -> Result<Vec<WrittenFile>> {
    let mut files = tables(inventory, scenario, plan, steps)?;
    if takes_much_memory(inventory) {
        memory::give_back();
    }
    files.push(summary_file(&summary(inventory, scenario, plan, about))?);
    files.push(certificate_file(&certificate(
        inventory, scenario, plan, about,
    ))?);
    Ok(files)
}

/// The rows of the files.
pub(in crate::cli) fn read_back(files: &[WrittenFile]) -> Result<WrittenPlan> {
    let files: Vec<PlanFile<'_>> = files.iter().map(PlanFile::from).collect();
    let (written, findings) = plan_files::read(&files);
    written.ok_or_else(|| {
        let first = findings.first().map(ToString::to_string);
        Error::Internal(format!(
            "the written plan cannot be read back: {}",
            first.unwrap_or_default()
        ))
    })
}
