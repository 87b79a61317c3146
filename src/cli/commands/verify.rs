//! `plimsoll verify`: does this written plan, ours or hand-made, or this written sweep really hold?

use super::replay::has_few_steps;
use crate::cli::args::{Format, Played, Verbosity, VerifyArgs};
use crate::cli::clock::run_on;
use crate::cli::input::{self, Input};
use crate::cli::render::{self, Sources};
use crate::cli::replayed::Playing;
use crate::cli::stored::steering_of;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, files};
use crate::diagnostic::{Finding, has_errors};
use crate::engine::replay_findings;
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::model::Recovery;
use crate::plan::check::{
    REPLAY_UNJUDGED, SWEEP_UNJUDGED, SweepVerdict, UNJUDGED, Unjudged, Verdict, check, check_sweep,
    not_played,
};
use crate::plan_files::{
    self, ProtectionRow, REPLAY_FILE, Row as _, SWEEP_FILE, SteeringRow, read_replay,
};
use crate::report::replay::ReplayVerdict;
use crate::report::table::wrapped;
use crate::report::{numbers, proven};
use crate::solve::Stop;

/// Reads the input and the written plan or sweep and says what in it does not hold.
pub(crate) fn run(args: &VerifyArgs, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    let format = args.output.format();
    let verbosity = match format {
        Format::Text => Verbosity::All,
        Format::Json | Format::Quiet => Verbosity::Errors,
    };
    let input = input::read_all(&args.input, terminal, verbosity)?;
    let progress = verbosity.progress("checking the plan");
    let mut plan = files::plan(&args.folder)?;
    if plan.iter().any(|file| file.name == REPLAY_FILE) {
        drop(progress);
        return of_replay(args, (input, &plan), verbosity, terminal);
    }
    if args.plan.is_some() {
        let reason =
            "--plan is for the folder of a replay: found none of its files here; leave it out";
        return Err(Error::Refused(reason.to_owned()));
    }
    let (inventory, scenario) = (&input.inventory, &input.scenario);
    let steered = steering_of(&plan, (inventory, scenario), &Stop::default())?;
    let is_steered = steered.is_some();
    plan.extend(steered);
    let plan = plan;
    let read = files::as_plan_files(&plan);
    let tell = |findings: &[Finding], terminal: &mut Terminal| {
        if verbosity == Verbosity::All || has_errors(findings) {
            terminal.tell(findings, &plan);
        }
    };
    let is_sweep = plan.iter().any(|file| file.name == SWEEP_FILE);
    let (text, is_sound) = if is_sweep {
        let (sweep, findings) = plan_files::read_sweep_folder(&read);
        tell(&findings, terminal);
        let sweep = sweep.ok_or_else(render::refused)?;
        let verdict = check_sweep(inventory, scenario, sweep);
        drop(progress);
        let text = match format {
            Format::Quiet => String::new(),
            Format::Json => render::json::sweep_verdict_json(&verdict),
            Format::Text => text_of_sweep(&verdict, &plan, terminal),
        };
        (text, verdict.holds())
    } else {
        let (written_plan, findings) = plan_files::read(&read);
        tell(&findings, terminal);
        let written_plan = written_plan.ok_or_else(render::refused)?;
        let stop = Stop::default();
        let of_replay = replay_findings(inventory, scenario, &written_plan, &stop)?;
        let is_played = of_replay.is_some();
        let mut verdict = check(inventory, scenario, written_plan);
        verdict.broken.extend(of_replay.into_iter().flatten());
        if is_steered {
            // Nobody wrote it: what is wrong with the homes stands at these.
            let of_steering = |own: &Finding| own.place.file == SteeringRow::FILE;
            if !verdict.broken.iter().all(of_steering) {
                verdict.broken.retain(|own| !of_steering(own));
            }
            verdict.checked.retain(|file| *file != SteeringRow::FILE);
        }
        drop(progress);
        let protect = input.scenario.protect.as_ref();
        let is_planned = protect.is_some_and(|own| own.recovery == Recovery::Replan);
        let is_protected = is_planned && plan.iter().any(|file| file.name == ProtectionRow::FILE);
        let told = [is_protected, is_played, is_steered];
        let text = match format {
            Format::Quiet => String::new(),
            Format::Json => render::json::verdict_json(&verdict, told),
            Format::Text => text(&verdict, &plan, told, terminal),
        };
        (text, verdict.holds() && verdict.refused.is_empty())
    };
    terminal.print(&text)?;
    Ok(exit::sound_if(is_sound))
}

/// Plays a written replay again, and says what in it is otherwise.
fn of_replay(
    args: &VerifyArgs,
    (mut input, folder): (Input, &[SourceFile]),
    verbosity: Verbosity,
    terminal: &mut Terminal,
) -> Result<u8> {
    let document = folder.iter().find(|file| file.name == REPLAY_FILE);
    let bytes = document.map_or(&[][..], |file| &file.bytes);
    let mut findings = Vec::new();
    let written_replay = read_replay(bytes, &mut findings);
    let written_replay = written_replay.ok_or_else(|| terminal.refuse(&findings, folder))?;
    let played = match (&args.plan, &written_replay.plan) {
        (Some(folder), _) => Played::Written(folder.clone()),
        (None, None) => Played::Nothing,
        (None, Some(plan)) if plan.made_here => Played::Made,
        (None, Some(_)) => {
            let reason = "the replay is of a plan in a folder: name it with --plan DIR";
            return Err(Error::Refused(reason.to_owned()));
        }
    };
    input.scenario.replay.step_seconds = written_replay.assumed.step_seconds;
    has_few_steps(&input)?;
    let stop = Stop::default();
    let playing = Playing::of(&input, &played, verbosity, &stop, terminal)?;
    let progress = verbosity.progress("playing the scenario forward");
    let read = files::as_plan_files(folder);
    let verdict = playing.told(&stop, |told| Ok(ReplayVerdict::new(&read, &told.files()?)))?;
    drop(progress);
    terminal.print(&match args.output.format() {
        Format::Quiet => String::new(),
        Format::Json => render::json::replay_verdict_json(&verdict),
        Format::Text => text_of_replay(&verdict, folder, terminal),
    })?;
    Ok(exit::sound_if(verdict.holds()))
}

/// What is otherwise in a replay, then the verdict.
fn text_of_replay(verdict: &ReplayVerdict, folder: &[SourceFile], terminal: &Terminal) -> String {
    let mut text = render::findings(&verdict.broken, &Sources::of(folder), terminal);
    let mut lines = vec![format!(
        "played again, and compared: {}",
        verdict.checked.join(", ")
    )];
    if !verdict.not_checked.is_empty() {
        lines.push(format!(
            "not checked, absent: {}",
            verdict.not_checked.join(", ")
        ));
    }
    lines.push(not_recomputed(&REPLAY_UNJUDGED));
    lines.push(match verdict.broken.len() {
        0 => "the replay is what it comes to when it is played again".to_owned(),
        count => format!(
            "the replay is not what it comes to when it is played again: {}",
            render::counted(count, "difference")
        ),
    });
    add_lines(&mut text, &lines, terminal);
    text
}

/// Every broken rule with the row that breaks it, then the verdict on a sweep.
fn text_of_sweep(verdict: &SweepVerdict, folder: &[SourceFile], terminal: &Terminal) -> String {
    let sources = Sources::of(folder);
    let mut text = render::findings(&verdict.broken, &sources, terminal);
    let mut lines = vec![format!("checked: {}", verdict.checked.join(", "))];
    let absent = verdict.not_checked.iter();
    lines.extend(absent.map(|own| format!("not checked: {own}")));
    lines.push(not_recomputed(&SWEEP_UNJUDGED));
    let of_gap = match verdict.worst_gap {
        Some(0.0) => "; every level is at its proven bound".to_owned(),
        Some(gap) => format!("; no level is further than {gap:.0e} from its proven bound"),
        None => String::new(),
    };
    let planned = render::counted(verdict.replanned, "case");
    if verdict.replanned > 0 {
        let some = numbers::users(verdict.cases as f64);
        lines.push(format!(
            "recomputed: {some} of {planned} answered by planning again{of_gap}"
        ));
    }
    let [followed, by_rule] = verdict.by_rule;
    if by_rule > 0 {
        let answers = render::counted(by_rule, "answer");
        let some = numbers::users(followed as f64);
        lines.push(format!("recomputed: {some} of {answers} by a rule"));
    }
    let [done, all] = verdict.extent;
    lines.push(match verdict.broken.len() {
        0 if verdict.cases < verdict.replanned || followed < by_rule => {
            "what was checked of the sweep holds; the rest of it is not known to".to_owned()
        }
        0 if done < all => {
            let count = |cases: usize| numbers::users(cases as f64);
            let (done, all) = (count(done), count(all));
            format!("what is here of the sweep holds: {done} of its {all} cases")
        }
        0 => "the sweep holds".to_owned(),
        count => {
            let rules = render::counted(count, "rule");
            format!("the sweep does not hold: {rules} broken")
        }
    });
    add_lines(&mut text, &lines, terminal);
    text
}

/// Adds lines, each wrapped.
fn add_lines(text: &mut String, lines: &[String], terminal: &Terminal) {
    for line in lines {
        text.push_str(wrapped(line, terminal.width).trim_end());
        text.push('\n');
    }
}

/// What of any plan, or of any sweep, the referee does not recompute.
fn not_recomputed(all: &[Unjudged]) -> String {
    let words: Vec<String> = all.iter().map(Unjudged::words).collect();
    format!("not recomputed: {}", words.join("; "))
}

/// Every broken rule with the row that breaks it, then the verdict; `is_protected` where something is to be survived by
/// planning again, `is_played` where what is said of its replay was played again, `is_steered` where steering was planned for
/// homes that have none.
fn text(
    verdict: &Verdict,
    plan: &[SourceFile],
    [is_protected, is_played, is_steered]: [bool; 3],
    terminal: &Terminal,
) -> String {
    let sources = Sources::of(plan);
    let mut text = render::findings(&verdict.broken, &sources, terminal);
    let mut lines = vec![format!("checked: {}", verdict.checked.join(", "))];
    if is_steered {
        lines.push(
            "planned: steering for these homes, as `plan` does; the folder has no steering.csv"
                .to_owned(),
        );
    }
    if !verdict.not_checked.is_empty() {
        let absent = verdict.not_checked.join(", ");
        lines.push(format!("not checked, absent: {absent}"));
    }
    if !verdict.lacking.is_empty() {
        lines.push(format!("not checked: {}", verdict.lacking.join("; ")));
    }
    if is_played {
        lines.push("checked by playing its files: who is down, period by period".to_owned());
    }
    let not_played = not_played([is_protected, is_played]);
    lines.extend(not_played.map(|what| format!("not checked: {what}")));
    lines.push(not_recomputed(&UNJUDGED));
    add_lines(&mut text, &lines, terminal);
    text.push_str(&proven::text(&verdict.proven, terminal.width));
    let sentence = match verdict.broken.len() {
        0 if !verdict.refused.is_empty() => format!(
            "the plan holds as it is written, and is refused, not to be carried out: {}",
            verdict.refused.join("; ")
        ),
        0 if verdict.serves_everyone
            && verdict.meets_targets
            && verdict.targets_missed_before > 0 =>
        {
            "the plan holds; it serves everyone and misses no target by more than before".to_owned()
        }
        0 if verdict.serves_everyone && verdict.meets_targets => {
            "the plan holds; it serves everyone and meets every target".to_owned()
        }
        0 if verdict.serves_everyone && !verdict.knows_missed_before => {
            "the plan holds; it serves everyone and misses a headroom target, not checked whether by more than before".to_owned()
        }
        0 if verdict.serves_everyone => {
            "the plan holds; it serves everyone and misses a headroom target".to_owned()
        }
        0 => "the plan holds; it leaves users unserved".to_owned(),
        count => {
            let rules = render::counted(count, "rule");
            format!("the plan does not hold: {rules} broken")
        }
    };
    add_lines(&mut text, &[sentence], terminal);
    text
}
