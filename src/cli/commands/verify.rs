//! `plimsoll verify`: does this written plan, ours or hand-made, or this written sweep really hold?

use super::replay::too_many_steps;
use crate::cli::clock::run_on;
use crate::cli::input::{Input, Told};
use crate::cli::options::{Format, Played, VerifyOptions};
use crate::cli::progress::Progress;
use crate::cli::render::Sources;
use crate::cli::replayed::{self, Playing};
use crate::cli::run::written;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, files, for_homes, input, render, swept};
use crate::diagnostic::{Finding, has_errors};
use crate::engine::replay_findings;
use crate::error::Result;
use crate::inventory::SourceFile;
use crate::model::Recovery;
use crate::plan::check::{
    REPLAY_UNJUDGED, SWEEP_UNJUDGED, SweepVerdict, UNJUDGED, Unjudged, Verdict, check, check_sweep,
    not_played,
};
use crate::plan_files::{
    self, PlanFile, ProtectionRow, REPLAY_FILE, Row as _, SWEEP_FILE, SteeringRow, read_replay,
};
use crate::report::replay::ReplayVerdict;
use crate::report::table::wrapped;
use crate::report::{numbers, proven};
use crate::solve::Stop;

/// Reads the input and the written plan or sweep and says what in it does not hold.
pub(crate) fn run(options: &VerifyOptions, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    let tells = options.format == Format::Text;
    let told = if tells { Told::All } else { Told::Errors };
    let Some(input) = input::read(&options.inventory, &options.scenarios, terminal, told)? else {
        return Ok(exit::BAD_INPUT);
    };
    let progress = tells.then(|| Progress::start("checking the plan"));
    let mut plan = files::plan(&options.folder)?;
    if plan.iter().any(|file| file.name == REPLAY_FILE) {
        drop(progress);
        return of_replay(options, (input, &plan), terminal);
    }
    if options.plan.is_some() {
        let reason =
            "--plan is for the folder of a replay: found none of its files here; leave it out";
        return Ok(swept::refuse(reason, terminal));
    }
    let of = (&input.inventory, &input.scenario);
    let steered = for_homes::steering_of(&plan, of, &Stop::default())?;
    let is_steered = steered.is_some();
    plan.extend(steered);
    let plan = plan;
    let read: Vec<PlanFile<'_>> = plan.iter().map(PlanFile::from).collect();
    let tell = |findings: &[Finding], terminal: &mut Terminal| {
        let is_bad = has_errors(findings);
        let told = findings.iter().filter(|_| tells || is_bad);
        let faults = render::findings(told, &Sources::of(&plan), terminal);
        let _ = terminal.err.write_all(faults.as_bytes());
    };
    let is_sweep = plan.iter().any(|file| file.name == SWEEP_FILE);
    let (text, is_sound) = if is_sweep {
        let (sweep, findings) = plan_files::read_sweep_folder(&read);
        tell(&findings, terminal);
        let Some(sweep) = sweep else {
            return Ok(exit::BAD_INPUT);
        };
        let verdict = check_sweep(&input.inventory, &input.scenario, sweep);
        drop(progress);
        let text = match options.format {
            Format::Quiet => String::new(),
            Format::Json => render::json::sweep_verdict_json(&verdict),
            Format::Text => text_of_sweep(&verdict, &plan, terminal),
        };
        (text, verdict.holds())
    } else {
        let (written_plan, findings) = plan_files::read(&read);
        tell(&findings, terminal);
        let Some(written_plan) = written_plan else {
            return Ok(exit::BAD_INPUT);
        };
        let (inventory, scenario) = (&input.inventory, &input.scenario);
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
        let text = match options.format {
            Format::Quiet => String::new(),
            Format::Json => {
                render::json::verdict_json(&verdict, [is_protected, is_played, is_steered])
            }
            Format::Text => {
                let told = [is_protected, is_played, is_steered];
                text(&verdict, &plan, told, terminal)
            }
        };
        (text, verdict.holds() && verdict.refused.is_empty())
    };
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(if is_sound { exit::SOUND } else { exit::SHORT })
}

/// Plays a written replay again, and says what in it is otherwise.
fn of_replay(
    options: &VerifyOptions,
    (mut input, folder): (Input, &[SourceFile]),
    terminal: &mut Terminal,
) -> Result<u8> {
    let document = folder.iter().find(|file| file.name == REPLAY_FILE);
    let bytes = document.map_or(&[][..], |file| &file.bytes);
    let mut findings = Vec::new();
    let Some(written_replay) = read_replay(bytes, &mut findings) else {
        let faults = render::findings(&findings, &Sources::of(folder), terminal);
        let _ = terminal.err.write_all(faults.as_bytes());
        return Ok(exit::BAD_INPUT);
    };
    let played = match (&options.plan, &written_replay.plan) {
        (Some(folder), _) => Played::Written(folder.clone()),
        (None, None) => Played::Nothing,
        (None, Some(plan)) if plan.made_here => Played::Made,
        (None, Some(_)) => {
            let reason = "the replay is of a plan in a folder: name it with --plan DIR";
            return Ok(swept::refuse(reason, terminal));
        }
    };
    input.scenario.replay.step_seconds = written_replay.assumed.step_seconds;
    if let Some(reason) = too_many_steps(&input) {
        return Ok(swept::refuse(&reason, terminal));
    }
    let is_told = options.format == Format::Text;
    let told = if is_told { Told::All } else { Told::Errors };
    let stop = Stop::default();
    let Some(playing) = Playing::of(&input, &played, told, &stop, terminal)? else {
        return Ok(exit::BAD_INPUT);
    };
    let progress = is_told.then(|| Progress::start("playing the scenario forward"));
    let read: Vec<PlanFile<'_>> = folder.iter().map(PlanFile::from).collect();
    let verdict = playing.told(&stop, |told_of| {
        Ok(ReplayVerdict::new(&read, &told_of.files()?))
    })?;
    drop(progress);
    let verdict = match verdict {
        Ok(verdict) => verdict,
        Err(finding) => {
            replayed::tell(Some(&*finding), terminal);
            return Ok(exit::BAD_INPUT);
        }
    };
    let text = match options.format {
        Format::Quiet => String::new(),
        Format::Json => render::json::replay_verdict_json(&verdict),
        Format::Text => text_of_replay(&verdict, folder, terminal),
    };
    written(terminal.out.write_all(text.as_bytes()))?;
    Ok(if verdict.holds() {
        exit::SOUND
    } else {
        exit::SHORT
    })
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
    for line in lines {
        text.push_str(wrapped(&line, terminal.width).trim_end());
        text.push('\n');
    }
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
    for line in lines {
        text.push_str(wrapped(&line, terminal.width).trim_end());
        text.push('\n');
    }
    text
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
    let checked = format!("checked: {}", verdict.checked.join(", "));
    text.push_str(&wrapped(&checked, terminal.width));
    if is_steered {
        let line =
            "planned: steering for these homes, as `plan` does; the folder has no steering.csv";
        text.push_str(&wrapped(line, terminal.width));
    }
    if !verdict.not_checked.is_empty() {
        let absent = format!("not checked, absent: {}", verdict.not_checked.join(", "));
        text.push_str(&wrapped(&absent, terminal.width));
    }
    if !verdict.lacking.is_empty() {
        let lacking = format!("not checked: {}", verdict.lacking.join("; "));
        text.push_str(&wrapped(&lacking, terminal.width));
    }
    if is_played {
        let line = "checked by playing its files: who is down, period by period";
        text.push_str(&wrapped(line, terminal.width));
    }
    for what in not_played([is_protected, is_played]) {
        text.push_str(&wrapped(&format!("not checked: {what}"), terminal.width));
    }
    text.push_str(&wrapped(&not_recomputed(&UNJUDGED), terminal.width));
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
    text.push_str(wrapped(&sentence, terminal.width).trim_end());
    text.push('\n');
    text
}
