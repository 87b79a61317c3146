//! `plimsoll sweep`: what breaks next.

use crate::cli::args::{SweepArgs, SweepTask, Verbosity};
use crate::cli::clock::{run_on, stop_after};
use crate::cli::input::Input;
use crate::cli::journal::{Journal, JournalBlock};
use crate::cli::progress::Progress;
use crate::cli::sweep_folder::{Swept, advised, partial, recalled};
use crate::cli::terminal::Terminal;
use crate::cli::{folder, input, sweep_task};
use crate::engine::{NoWatch, Options, Sweeper};
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::plan::sweep::SweepTally;
use crate::plan_files::{Inputs, SweepStatus};
use crate::report::written::{Listed, document_file, proof_lines, sweep_summary, sweep_tables};
use crate::solve::Stop;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Cases that are handed to the threads at once.
const CASES_AT_ONCE: usize = 256;

/// Sweeps all cases of a task and writes what they come to.
pub(crate) fn run(args: &SweepArgs, terminal: &mut Terminal) -> Result<u8> {
    let output = args.run.output;
    let verbosity = output.verbosity();
    run_on(args.run.threads)?;
    let task = if let Some(out) = &args.resume {
        sweep_task::unfinished(out, terminal)?
    } else {
        let task = args.task();
        folder::SWEEP.may_be_written(&task.out)?;
        sweep_task::nothing_unfinished(&task.out)?;
        task
    };
    let stop = stop_after(None, verbosity)?;
    let input = input::read_all(&args.input, terminal, verbosity)?;
    sweep_task::can_be_asked(&input, &task.asked)?;
    let progress = verbosity.progress("loading the planner");
    let options = Options {
        stop: &stop,
        watch: &NoWatch,
    };
    let (sweeper, inputs) = sweep_task::load(&input, &task.asked, &options)?;
    drop(progress);
    if let Some(expected) = &task.inputs {
        sweep_task::has_inputs(expected, &inputs, &task.out)?;
    }
    let range = sweep_task::cases(&sweeper, &task);
    let mut run = SweepRun::begin(&input, &sweeper, inputs, &task, range)?;
    run.take_over(terminal)?;
    run.go(&stop, args.journal_every, verbosity)?;
    if run.next == run.range.start && !run.range.is_empty() {
        run.journal.remove()?;
        return Err(Error::StoppedEarly);
    }
    let progress = verbosity.progress("examining the worst cases");
    // What comes after the last case is the same whether somebody wants it to end or not.
    let never = Stop::default();
    let options = Options {
        stop: if run.is_complete() { &never } else { &stop },
        watch: &NoWatch,
    };
    let (swept, journal, firsts) = run.finish(&options)?;
    drop(progress);
    let progress = verbosity.progress("verifying the sweep");
    let verdict = swept.write(|file| journal.copy_proofs(&firsts, file), args.run)?;
    drop(progress);
    journal.remove()?;
    swept.print(&verdict, output.format(), terminal)
}

struct SweepRun<'a> {
    input: &'a Input,
    sweeper: &'a Sweeper,
    inputs: Inputs,
    task: &'a SweepTask,
    range: Range<usize>,
    journal: Journal,
    /// What was found in the cases that are in the journal.
    tally: SweepTally,
    /// The first case of every block of the journal.
    firsts: Vec<usize>,
    /// The first case that is not in the journal.
    next: usize,
}

impl<'a> SweepRun<'a> {
    /// Opens the journal, or begins one.
    fn begin(
        input: &'a Input,
        sweeper: &'a Sweeper,
        inputs: Inputs,
        task: &'a SweepTask,
        range: Range<usize>,
    ) -> Result<Self> {
        let about = sweep_task::about(task, inputs.clone(), SweepStatus::Partial);
        let nothing = sweeper.sweep(SweepTally::default(), range.start..range.start);
        let asked = document_file(&sweep_summary(&input.scenario, &nothing, &about))?;
        let journal = match Journal::open(&task.out)? {
            Some((journal, _)) => journal,
            None => Journal::create(&task.out, &asked)?,
        };
        let next = range.start;
        Ok(Self {
            input,
            sweeper,
            inputs,
            task,
            range,
            journal,
            tally: SweepTally::default(),
            firsts: Vec::new(),
            next,
        })
    }

    /// Takes over what an earlier run wrote: the blocks of its journal, or, where it was stopped in time, its folder.
    fn take_over(&mut self, terminal: &mut Terminal) -> Result<()> {
        let mut blocks = self.journal.blocks_from(self.range.start)?;
        if blocks.is_empty() {
            let Some((cases, files, proofs)) = partial(&self.task.out)? else {
                return Ok(());
            };
            if cases.start != self.range.start || cases.is_empty() {
                return Ok(());
            }
            self.journal.add(cases, &files, &proofs)?;
            blocks = self.journal.blocks_from(self.range.start)?;
        }
        blocks
            .into_iter()
            .try_for_each(|block| self.take_block(block, terminal))
    }

    fn take_block(&mut self, block: JournalBlock, terminal: &mut Terminal) -> Result<()> {
        let cases = block.cases();
        let files: Vec<SourceFile> = block.into_files();
        let sweep = self.sweeper.sweep(SweepTally::default(), cases.clone());
        let tally = recalled(&self.input.inventory, &sweep, &files, terminal)?;
        self.tally.add(tally);
        self.firsts.push(cases.start);
        self.next = cases.end;
        Ok(())
    }

    /// Goes through the cases that are left, as long as nothing stops it.
    fn go(&mut self, stop: &Stop, journal_every: Duration, verbosity: Verbosity) -> Result<()> {
        let all = self.range.len() as u64;
        let done = (self.next - self.range.start) as u64;
        let counting = || Progress::counting("sweeping", all, done);
        let progress = (verbosity == Verbosity::All).then(counting);
        let step = || {
            if let Some(progress) = &progress {
                progress.step();
            }
        };
        let mut course = self.sweeper.course();
        let mut pending = SweepTally::default();
        let mut proofs = String::new();
        let mut next = self.next;
        let mut since = Instant::now();
        while next < self.range.end && !stop.is_raised() {
            let end = (next + CASES_AT_ONCE).min(self.range.end);
            let stretch = course.tally(next..end, stop, &step)?;
            next += stretch.count;
            let names = self.sweeper.sweep(SweepTally::default(), 0..0);
            if !stretch.witnesses.is_empty() {
                let displaced = self.sweeper.displaced()?;
                let inventory = &self.input.inventory;
                proofs += &proof_lines(inventory, &names, &displaced, &stretch.witnesses)?;
            }
            pending.add(stretch.tally);
            if since.elapsed() >= journal_every || next == self.range.end || stop.is_raised() {
                let sweep_tally = std::mem::take(&mut pending);
                self.put(sweep_tally, self.next..next, &std::mem::take(&mut proofs))?;
                since = Instant::now();
            }
        }
        Ok(())
    }

    fn put(&mut self, tally: SweepTally, cases: Range<usize>, proofs: &str) -> Result<()> {
        if cases.is_empty() {
            return Ok(());
        }
        let sweep = self.sweeper.sweep(tally, cases.clone());
        let files = sweep_tables(&self.input.inventory, &sweep, Listed::Broken)?;
        self.journal.add(cases.clone(), &files, proofs.as_bytes())?;
        self.tally.add(sweep.tally);
        self.firsts.push(cases.start);
        self.next = cases.end;
        Ok(())
    }

    /// `true` if no case is left.
    fn is_complete(&self) -> bool {
        self.next == self.range.end
    }

    /// What was swept, the journal, and the first cases of its blocks.
    fn finish(self, options: &Options<'_>) -> Result<(Swept<'a>, Journal, Vec<usize>)> {
        let status = match self.task.part {
            _ if !self.is_complete() => SweepStatus::Partial,
            Some(_) => SweepStatus::Part,
            None => SweepStatus::Complete,
        };
        let about = sweep_task::about(self.task, self.inputs, status);
        let cases = self.range.start..self.next;
        let sweep = self.sweeper.sweep(self.tally, cases);
        let swept = Swept {
            input: self.input,
            sweeper: self.sweeper,
            asked: self.range,
            because: advised(self.sweeper, &sweep, options)?,
            sweep,
            about,
            out: &self.task.out,
        };
        Ok((swept, self.journal, self.firsts))
    }
}
