//! `plimsoll plan`: who goes where, when; what headroom is left.

use crate::cli::args::{Format, PlanArgs};
use crate::cli::clock::{PhaseClock, run_on, stop_after};
use crate::cli::folder::INPUTS;
use crate::cli::input::{self, Input};
use crate::cli::new_folder::NewFolder;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, folder, memory, render, resume};
use crate::engine::{
    Options, Stage, Watch as _, downtime, end_state, explain, may_lock_in, plan, recovery,
};
use crate::error::{Error, Result};
use crate::model::{Inventory, Scenario};
use crate::plan::explain::PlanExplanations;
use crate::plan::{Downtime, Plan, Status, Step, changes, check};
use crate::plan_files::{self, PlanFile, Seconds, WrittenPlan};
use crate::report::briefing::Briefing;
use crate::report::document::Figure;
use crate::report::drawn::drawings;
use crate::report::explained::{explanations, explanations_file};
use crate::report::html::{Explained, PlanReport, REPORT_FILE, report};
use crate::report::table::wrapped;
use crate::report::waves::{TransitionWriter, runbook_files};
use crate::report::written::{AboutPlan, WrittenFile, certificate, document_file, summary, tables};
use std::time::Instant;

/// From this number of shards on a plan is explained first and judged then, and what was freed is given back in between: at once
/// takes a tenth less time, and half as much memory again.
const TOO_MANY_AT_ONCE: usize = 200_000;

/// `true` if a plan takes so much memory that one thing is done at a time.
fn takes_much_memory(inventory: &Inventory) -> bool {
    inventory.shards.len() >= TOO_MANY_AT_ONCE
}

/// Plans a scenario, checks the written plan, and writes it whole or not at all.
pub(crate) fn run(args: &PlanArgs, terminal: &mut Terminal) -> Result<u8> {
    let output = args.run.output;
    let verbosity = output.verbosity();
    folder::PLAN.may_be_written(&args.out)?;
    run_on(args.run.threads)?;
    let stop = stop_after(args.time_limit, verbosity)?;
    let started = Instant::now();
    let input = match args.resume_after {
        Some(after) => {
            let asked = (&args.input, &args.what_if);
            resume::read_resumed(asked, (after, &args.out), terminal, verbosity)?
        }
        None => input::read_what_if(&args.input, &args.what_if, terminal, verbosity)?,
    };
    let read = started.elapsed().as_secs_f64();
    let clock = PhaseClock::start(verbosity.progress("planning"));
    let (inventory, scenario) = (&input.inventory, &input.scenario);
    let folder = NewFolder::beside(&args.out)?;
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
    let (played, (recovered, lasting)) = rayon::join(
        || downtime(inventory, scenario, &plan, &stop),
        || {
            let is_asked = !plan.is_refused() && may_lock_in(inventory, scenario, &plan);
            let recovered = is_asked.then(|| recovery(inventory, scenario, &plan, &stop));
            (recovered, end_state(inventory, scenario, &plan, &stop))
        },
    );
    plan.set_replayed(match played {
        // The plan stands, and nobody says what it feels like.
        Err(Error::StoppedEarly) => Downtime::unchecked(scenario.start, plan.periods.len()),
        played => played?,
    });
    plan.recovery = recovered.transpose()?;
    plan.end_state = lasting?;
    if stop.is_raised() {
        // Not all was checked that would have been.
        plan.status = Status::Stopped;
    }
    let mut about = AboutPlan {
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

    let mut progress = verbosity.progress("checking the plan");
    let steps = changes(inventory, scenario, &plan);
    let put = |files: &[WrittenFile]| folder.put(files);
    let judge = |plan: &Plan| judged(inventory, scenario, plan, &steps, &about, put);
    let mut is_told = false;
    let then = |plan: &Plan, terminal: &mut Terminal| {
        let briefing = Briefing {
            inventory,
            scenario,
            plan,
            steps: &steps,
            explanations: None,
            proven: None,
        };
        print_verdict(&briefing, output.format(), terminal)
    };
    // The verdict is shown as soon as it is judged, whatever is still looked for.
    let mut judge_first = |plan: &Plan, terminal: &mut Terminal| {
        let judged_plan = judge(plan)?;
        if judged_plan.verdict.holds() && !plan.would_believe(&judged_plan.verdict.proven) {
            drop(progress.take());
            then(plan, terminal)?;
            is_told = true;
            progress = verbosity.progress("explaining the plan");
        }
        Ok(judged_plan)
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
    let judged = match judged {
        Ok(first) => first.until_believed(&mut plan, judge)?,
        Err(error) => return Err(error),
    };
    let (tabled, verified) = (judged.tabled, judged.verified);
    // What is explained while the plan is judged takes no time of its own.
    let explaining = started.elapsed().as_secs_f64() - tabled - verified;
    (about.seconds.explain, about.seconds.verify) = (explaining.max(0.0), verified);
    drop(progress);
    judged.holds(terminal)?;
    if !is_told {
        then(&plan, terminal)?;
    }
    memory::give_back();

    let briefing = Briefing {
        inventory,
        scenario,
        plan: &plan,
        steps: &steps,
        explanations: Some(&explained),
        proven: Some(&judged.verdict.proven),
    };
    let finished = Finished {
        briefing,
        input: &input,
        explained: &explained,
        args,
    };
    let text = finished.write(about, tabled, folder, terminal.width);
    terminal.print(&text.map_err(|error| match output.format() {
        Format::Text => error.after_the_verdict(),
        Format::Json | Format::Quiet => error,
    })?)?;
    Ok(code(&plan, scenario))
}

/// Tells what the plan comes to, and what the planner warns of; nothing where that is not asked for.
fn print_verdict(briefing: &Briefing<'_>, format: Format, terminal: &mut Terminal) -> Result<()> {
    if format == Format::Quiet {
        return Ok(());
    }
    warn(briefing.plan, terminal);
    if format == Format::Text {
        terminal.print(&briefing.beginning(terminal.width))?;
        terminal.flush()?;
    }
    Ok(())
}

pub(in crate::cli) fn warn(plan: &Plan, terminal: &mut Terminal) {
    for warning in &plan.warnings {
        terminal.say(&format!("warning: {}\n", render::escaped(warning)));
    }
}

/// A plan that is judged, with all that is written of it.
struct Finished<'a> {
    briefing: Briefing<'a>,
    input: &'a Input,
    explained: &'a PlanExplanations,
    args: &'a PlanArgs,
}

impl Finished<'_> {
    /// Writes what is not written yet, and lets the new folder take its place; what is still to be said. `tabled` are the
    /// seconds that the tables took.
    fn write(
        &self,
        mut about: AboutPlan,
        tabled: f64,
        folder: NewFolder,
        width: Option<u16>,
    ) -> Result<String> {
        let Self {
            briefing,
            input,
            explained,
            args,
        } = *self;
        let Briefing {
            inventory,
            scenario,
            plan,
            steps,
            ..
        } = briefing;
        let output = args.run.output;
        let _progress = output.verbosity().progress("writing the plan");
        let started = Instant::now();
        let drawings = if args.run.no_charts {
            Vec::new()
        } else {
            drawings(inventory, scenario, plan)?
        };
        let written_explanations = explanations(inventory, scenario, plan, explained);
        let mut files = vec![explanations_file(&written_explanations)?];
        let page = report(&PlanReport {
            briefing,
            warnings: &[input.listed.as_slice(), &plan.warnings].concat(),
            explained: &Explained::all(&written_explanations),
            figures: &drawings,
        })?;
        let drawn = tabled + started.elapsed().as_secs_f64();

        let started = Instant::now();
        files.extend(drawings.into_iter().flat_map(Figure::files));
        files.push(page);
        let writer = TransitionWriter {
            inventory,
            scenario,
            plan,
        };
        files.extend(runbook_files(&writer, steps)?);
        about.seconds.write = drawn + started.elapsed().as_secs_f64();
        let summary = document_file(&summary(inventory, scenario, plan, &about))?;
        let text = match output.format() {
            Format::Quiet => String::new(),
            Format::Json => String::from_utf8_lossy(&summary.bytes).into_owned(),
            Format::Text => briefing.rest(width) + &where_it_is(args, input.layers.len(), width),
        };
        files.push(summary);
        folder.put(&files)?;
        folder.take_place_of(&args.out, &folder::PLAN)?;
        Ok(text)
    }
}

/// Where the plan is, and what to open first.
fn where_it_is(args: &PlanArgs, layers: usize, width: Option<u16>) -> String {
    let folder = render::path(&args.out);
    let words = format!("The plan is in {folder}; open {folder}/{REPORT_FILE}");
    let mut text = wrapped(&words, width);
    if args.what_if.is_asked() {
        let words =
            format!("The scenario of the options is {folder}/{INPUTS}/scenario-{layers}.toml");
        text += &wrapped(&words, width);
    }
    text
}

pub(in crate::cli) fn code(plan: &Plan, scenario: &Scenario) -> u8 {
    let is_good = plan.is_good() && plan.stays_down(scenario).is_none();
    exit::sound_if(is_good && plan.status == Status::Complete)
}

/// What the referee says of a plan.
pub(in crate::cli) struct JudgedPlan {
    /// What it says. Where its prices prove less than the planner said, the plan has to [`believe`](Plan::believe) it
    /// and be judged again.
    pub(in crate::cli) verdict: check::Verdict,
    /// How long making the files and judging them took, seconds.
    tabled: f64,
    verified: f64,
}

impl JudgedPlan {
    /// The same once the plan believes all of it: as long as the referee's prices prove less than the planner said, it
    /// is judged again.
    pub(in crate::cli) fn until_believed(
        mut self,
        plan: &mut Plan,
        judge: impl Fn(&Plan) -> Result<Self>,
    ) -> Result<Self> {
        while plan.believe(&self.verdict.proven) {
            let next = judge(plan)?;
            self = Self {
                tabled: next.tabled + self.tabled,
                verified: next.verified + self.verified,
                ..next
            };
        }
        Ok(self)
    }

    /// Fails with what does not hold, which is printed: the planner has a bug.
    pub(in crate::cli) fn holds(&self, terminal: &mut Terminal) -> Result<()> {
        if self.verdict.holds() {
            return Ok(());
        }
        terminal.say(&render::lines(&format!("{}\n", self.verdict)));
        Err(Error::Internal(
            "the plan fails its verification; nothing was written".into(),
        ))
    }
}

/// Makes the files of a plan and asks the referee what it says of them just as they are to be written. They are handed
/// to `put`, which writes them while they are read back, so that they need no memory while they are judged.
pub(in crate::cli) fn judged(
    inventory: &Inventory,
    scenario: &Scenario,
    plan: &Plan,
    steps: &[Step],
    about: &AboutPlan,
    put: impl Fn(&[WrittenFile]) -> Result<()> + Sync,
) -> Result<JudgedPlan> {
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
    Ok(JudgedPlan {
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
    about: &AboutPlan,
) -> Result<Vec<WrittenFile>> {
    let mut files = tables(inventory, scenario, plan, steps)?;
    if takes_much_memory(inventory) {
        memory::give_back();
    }
    files.push(document_file(&summary(inventory, scenario, plan, about))?);
    files.push(document_file(&certificate(
        inventory, scenario, plan, about,
    ))?);
    Ok(files)
}

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
