//! `plimsoll verify`: does this written plan, ours or hand-made, a written sweep, a replay or a runway really hold?

use super::replay::has_few_steps;
use crate::cli::args::{CarriedOut, Format, Verbosity, VerifyArgs};
use crate::cli::clock::run_on;
use crate::cli::input::{self, Input};
use crate::cli::render::{self, Sources};
use crate::cli::replayed::Playing;
use crate::cli::runway_folder::proofs_of;
use crate::cli::stored::steering_of;
use crate::cli::terminal::Terminal;
use crate::cli::{exit, files};
use crate::diagnostic::{Finding, has_errors};
use crate::engine::replay_findings;
use crate::error::{Error, Result};
use crate::inventory::SourceFile;
use crate::model::{Inventory, Recovery, Scenario};
use crate::plan::check::{
    REPLAY_UNJUDGED, RUNWAY_UNJUDGED, SWEEP_UNJUDGED, UNJUDGED, Unjudged, Verdict, check,
    check_runway, check_sweep, not_played, rules_broken,
};
use crate::plan_files::{
    self, ProtectionRow, REPLAY_FILE, RUNWAY_FILE, Row as _, SWEEP_FILE, SteeringRow, WaveRow,
    read_replay,
};
use crate::report::grammar::count;
use crate::report::missed_targets::missed_targets;
use crate::report::numbers::whole;
use crate::report::proven;
use crate::report::replay::ReplayVerdict;
use crate::report::table::wrapped;
use crate::report::words::is_any_target_set;
use crate::scenario::periods;
use crate::solve::Stop;

/// What is reported of a folder that was judged: every broken rule with the row that breaks it, lines, and the verdict.
struct VerifyReport {
    broken: Vec<Finding>,
    lines: Vec<String>,
    /// What is proven of a plan, level by level.
    levels: String,
    verdict: String,
    json: String,
    is_sound: bool,
}

/// Reads the input and the written plan, sweep or replay, and says what in it does not hold.
pub(crate) fn run(args: &VerifyArgs, terminal: &mut Terminal) -> Result<u8> {
    run_on(None)?;
    let format = args.output.format();
    let verbosity = match format {
        Format::Text => Verbosity::All,
        Format::Json | Format::Quiet => Verbosity::Errors,
    };
    let input = input::read_all(&args.input, terminal, verbosity)?;
    let progress = verbosity.progress("checking the plan");
    let mut folder = files::plan(&args.folder)?;
    let is_of = |mark: &str| folder.iter().any(|file| file.name == mark);
    let (is_replay, is_sweep) = (is_of(REPLAY_FILE), is_of(SWEEP_FILE));
    let is_runway = is_of(RUNWAY_FILE);
    if args.plan.is_some() && !is_replay {
        let reason = "--plan belongs to the folder of a replay: found none of its files here; leave the option out";
        return Err(Error::Refused(reason.to_owned()));
    }
    let judged = if is_replay {
        drop(progress);
        of_replay(args, input, &folder, verbosity, terminal)?
    } else if is_runway {
        let judged = of_runway(args, &input, &folder, verbosity, terminal)?;
        drop(progress);
        judged
    } else {
        let of = (&input.inventory, &input.scenario);
        let steered = steering_of(&folder, of, &Stop::default())?;
        let is_steered = steered.is_some();
        folder.extend(steered);
        let judged = if is_sweep {
            of_sweep(&input, &folder, verbosity, terminal)?
        } else {
            of_plan(&input, &folder, is_steered, verbosity, terminal)?
        };
        drop(progress);
        judged
    };
    terminal.print(&match format {
        Format::Quiet => String::new(),
        Format::Json => judged.json,
        Format::Text => {
            let lines = |all: &[String]| -> String {
                let lines = all.iter().map(|text| wrapped(text, terminal.width));
                lines
                    .map(|line| line.trim_end().to_owned() + "\n")
                    .collect()
            };
            let broken = render::findings(&judged.broken, &Sources::of(&folder), terminal);
            broken + &lines(&judged.lines) + &judged.levels + &lines(&[judged.verdict])
        }
    })?;
    Ok(exit::sound_if(judged.is_sound))
}

/// Prints what was found when a folder was read, and gives back what was read.
fn read<T>(
    (read, findings): (Option<T>, Vec<Finding>),
    folder: &[SourceFile],
    verbosity: Verbosity,
    terminal: &mut Terminal,
) -> Result<T> {
    if verbosity == Verbosity::All || has_errors(&findings) {
        terminal.print_findings(&findings, folder);
    }
    read.ok_or_else(render::refused)
}

/// Plays a written replay again, and says what in it is otherwise.
fn of_replay(
    args: &VerifyArgs,
    mut input: Input,
    folder: &[SourceFile],
    verbosity: Verbosity,
    terminal: &mut Terminal,
) -> Result<VerifyReport> {
    let document = folder.iter().find(|file| file.name == REPLAY_FILE);
    let bytes = document.map_or(&[][..], |file| &file.bytes);
    let mut findings = Vec::new();
    let written_replay = read_replay(bytes, &mut findings);
    let written_replay = written_replay.ok_or_else(|| terminal.refuse(&findings, folder))?;
    let played = match (&args.plan, &written_replay.plan) {
        (Some(folder), _) => CarriedOut::Written(folder.clone()),
        (None, None) => CarriedOut::Nothing,
        (None, Some(plan)) if plan.made_here => CarriedOut::Made,
        (None, Some(_)) => {
            let reason =
                "the replay carries out a plan of a folder: name that folder with --plan DIR";
            return Err(Error::Refused(reason.to_owned()));
        }
    };
    input.scenario.replay.step_seconds = written_replay.assumed.step_seconds;
    has_few_steps(&input)?;
    let stop = Stop::default();
    let playing = Playing::of(&input, &played, verbosity, &stop, terminal)?;
    let progress = verbosity.progress("playing the scenario forward");
    let read = files::as_plan_files(folder);
    let verdict = playing.with_report(&stop, |replay_report| {
        Ok(ReplayVerdict::new(&read, &replay_report.files()?))
    })?;
    drop(progress);
    let checked = verdict.checked.join(", ");
    let mut lines = vec![format!("played again, and compared: {checked}")];
    lines.extend(absent(&verdict.not_checked));
    lines.push(not_recomputed(&REPLAY_UNJUDGED));
    Ok(VerifyReport {
        json: render::json::replay_verdict_json(&verdict),
        is_sound: verdict.holds(),
        lines,
        levels: String::new(),
        verdict: match verdict.broken.len() {
            0 => "the replay holds: playing it again gives the same".to_owned(),
            broken => format!(
                "the replay does not hold: playing it again gives {}",
                count(broken, "difference")
            ),
        },
        broken: verdict.broken,
    })
}

/// What the referee says of a runway.
fn of_runway(
    args: &VerifyArgs,
    input: &Input,
    folder: &[SourceFile],
    verbosity: Verbosity,
    terminal: &mut Terminal,
) -> Result<VerifyReport> {
    let runway = plan_files::read_runway_folder(&files::as_plan_files(folder));
    let runway = read(runway, folder, verbosity, terminal)?;
    let proofs = proofs_of(&args.folder, &runway)?;
    let verdict = check_runway(&input.inventory, &input.scenario, &runway, proofs);
    let [judged, all] = verdict.days;
    let [shown, dates] = verdict.dates;
    let mut lines = vec![format!("checked: {}", verdict.checked.join(", "))];
    let absent = verdict.not_checked.iter();
    lines.extend(absent.map(|text| format!("not checked: {text}")));
    lines.push(not_recomputed(&RUNWAY_UNJUDGED));
    lines.push(format!(
        "recomputed from proofs: {} of {}; {} of {} follow",
        whole(judged),
        count(all, "day"),
        whole(shown),
        count(dates, "date")
    ));
    Ok(VerifyReport {
        json: render::json::runway_verdict_json(&verdict),
        is_sound: verdict.holds(),
        lines,
        levels: String::new(),
        verdict: match verdict.broken.len() {
            0 if !runway.summary.complete && shown < dates => {
                "the runway is unfinished: missing rows and some dates were not checked; the others hold"
                    .to_owned()
            }
            0 if !runway.summary.complete => {
                "the runway is unfinished: missing rows were not checked; the others hold".to_owned()
            }
            0 if shown < dates => {
                "some dates of the runway were not checked; the others hold".to_owned()
            }
            0 => "the runway holds".to_owned(),
            _ => format!("the runway does not hold: {}", rules_words(&verdict.broken)),
        },
        broken: verdict.broken,
    })
}

/// What the referee says of a sweep.
fn of_sweep(
    input: &Input,
    folder: &[SourceFile],
    verbosity: Verbosity,
    terminal: &mut Terminal,
) -> Result<VerifyReport> {
    let sweep = plan_files::read_sweep_folder(&files::as_plan_files(folder));
    let sweep = read(sweep, folder, verbosity, terminal)?;
    let verdict = check_sweep(&input.inventory, &input.scenario, sweep);
    let mut lines = vec![format!("checked: {}", verdict.checked.join(", "))];
    let absent = verdict.not_checked.iter();
    lines.extend(absent.map(|text| format!("not checked: {text}")));
    lines.push(not_recomputed(&SWEEP_UNJUDGED));
    if verdict.replanned > 0 {
        let of_gap = match verdict.worst_gap {
            Some(0.0) => "; every level is at its proven bound".to_owned(),
            Some(gap) => format!("; no level is further than {gap:.0e} from its proven bound"),
            None => String::new(),
        };
        lines.push(format!(
            "recomputed: {} of {} answered by planning again{of_gap}",
            whole(verdict.cases),
            count(verdict.replanned, "case")
        ));
    }
    let [followed, by_rule] = verdict.by_rule;
    if by_rule > 0 {
        let (some, answers) = (whole(followed), count(by_rule, "answer"));
        lines.push(format!("recomputed: {some} of {answers} by a rule"));
    }
    let [done, all] = verdict.extent;
    Ok(VerifyReport {
        json: render::json::sweep_verdict_json(&verdict),
        is_sound: verdict.holds(),
        lines,
        levels: String::new(),
        verdict: match verdict.broken.len() {
            0 if verdict.cases < verdict.replanned || followed < by_rule => {
                "part of the sweep was not checked; the checked part holds".to_owned()
            }
            0 if done < all => format!(
                "the sweep is unfinished; its {} of {} cases hold",
                whole(done),
                whole(all)
            ),
            0 => "the sweep holds".to_owned(),
            _ => format!("the sweep does not hold: {}", rules_words(&verdict.broken)),
        },
        broken: verdict.broken,
    })
}

/// What the referee says of a plan; `is_steered` where steering was planned for homes that have none.
fn of_plan(
    input: &Input,
    folder: &[SourceFile],
    is_steered: bool,
    verbosity: Verbosity,
    terminal: &mut Terminal,
) -> Result<VerifyReport> {
    let (inventory, scenario) = (&input.inventory, &input.scenario);
    let plan = plan_files::read(&files::as_plan_files(folder));
    let plan = read(plan, folder, verbosity, terminal)?;
    let of_replay = replay_findings(inventory, scenario, &plan, &Stop::default())?;
    let is_played = of_replay.is_some();
    let mut verdict = check(inventory, scenario, plan);
    verdict.broken.extend(of_replay.into_iter().flatten());
    if is_steered {
        // Nobody wrote it: what is wrong with the homes stands at these.
        let of_steering = |finding: &Finding| finding.place.file == SteeringRow::FILE;
        if !verdict.broken.iter().all(of_steering) {
            verdict.broken.retain(|finding| !of_steering(finding));
        }
        verdict.checked.retain(|file| *file != SteeringRow::FILE);
    }
    let protect = scenario.protect.as_ref();
    let is_planned = protect.is_some_and(|protect| protect.recovery == Recovery::Replan);
    let is_protected = is_planned
        && folder
            .iter()
            .any(|source_file| source_file.name == ProtectionRow::FILE);
    let mut lines = vec![format!("checked: {}", verdict.checked.join(", "))];
    if is_steered {
        lines.push(
            "planned: steering for these homes, as in `plan`, because the folder has no steering.csv"
                .to_owned(),
        );
    }
    lines.extend(absent(&verdict.not_checked));
    if !verdict.lacking.is_empty() {
        lines.push(format!("not checked: {}", verdict.lacking.join("; ")));
    }
    if is_played {
        lines.push("checked by playing its files: users down, period by period".to_owned());
    }
    let not_played = not_played([is_protected, is_played]);
    lines.extend(not_played.map(|what| format!("not checked: {what}")));
    lines.push(not_recomputed(&UNJUDGED));
    Ok(VerifyReport {
        json: render::json::verdict_json(
            inventory,
            &verdict,
            [is_protected, is_played, is_steered],
        ),
        is_sound: verdict.holds() && verdict.refused.is_empty(),
        lines,
        levels: proven::text(&verdict.proven, terminal.width),
        verdict: verdict_on_plan(
            &verdict,
            &misses(inventory, scenario, &verdict),
            is_any_target_set(inventory, &scenario.policy),
        ),
        broken: verdict.broken,
    })
}

/// `the plan misses a headroom target`, and the worst of those that it misses.
fn misses(inventory: &Inventory, scenario: &Scenario, verdict: &Verdict) -> String {
    let missed = &verdict.targets_missed;
    let is_several = periods(inventory, scenario).len() > 1;
    let what = match missed.len() {
        1 => "a headroom target".to_owned(),
        all => count(all, "headroom target"),
    };
    let before = if verdict.knows_missed_before {
        ""
    } else {
        ", perhaps already before"
    };
    let worst = missed_targets(inventory, missed, is_several);
    format!("the plan misses {what}{before} ({worst})")
}

/// The verdict in a sentence; `misses` says which targets are missed.
fn verdict_on_plan(verdict: &Verdict, misses: &str, is_any_target_set: bool) -> String {
    if !verdict.broken.is_empty() {
        let rules = rules_words(&verdict.broken);
        return format!("the plan does not hold: {rules}");
    }
    if !verdict.refused.is_empty() {
        let refused = verdict.refused.join("; ");
        return format!(
            "the plan is refused, do not carry it out; it holds as written. Refused: {refused}"
        );
    }
    let (missed, kept) = match (verdict.serves_everyone, verdict.meets_targets) {
        (false, _) => ("the plan leaves users unserved", ""),
        (true, true) if verdict.targets_missed_before > 0 => (
            "",
            "serves everyone and misses no target by more than before",
        ),
        (true, true) if !is_any_target_set => ("", "serves everyone; no headroom target is set"),
        (true, true) => ("", "serves everyone and meets every target"),
        (true, false) => (misses, "serves everyone"),
    };
    // Without waves only the ends of its transitions are judged.
    if verdict.not_checked.contains(&WaveRow::FILE) {
        let found = match (missed, kept) {
            ("", kept) => format!("the plan {kept}"),
            (missed, "") => missed.to_owned(),
            (missed, kept) => format!("{missed}; it {kept}"),
        };
        return format!("Not checked: transitions (no waves.csv). What is checked holds: {found}");
    }
    match (missed, kept) {
        ("", kept) => format!("the plan holds; it {kept}"),
        (missed, "") => format!("{missed}; it holds as written"),
        (missed, kept) => format!("{missed}; it holds and {kept}"),
    }
}

/// `3 rules broken`, `1 rule broken (12 findings)`.
fn rules_words(broken: &[Finding]) -> String {
    let rules = rules_broken(broken);
    let words = format!("{} broken", count(rules, "rule"));
    if broken.len() > rules {
        format!("{words} ({})", count(broken.len(), "finding"))
    } else {
        words
    }
}

/// The files that are not there to be checked, in a line.
fn absent(files: &[impl AsRef<str>]) -> Option<String> {
    let names: Vec<&str> = files.iter().map(AsRef::as_ref).collect();
    (!names.is_empty()).then(|| format!("not checked, absent: {}", names.join(", ")))
}

/// What of any plan, sweep or replay is not recomputed.
fn not_recomputed(all: &[Unjudged]) -> String {
    let words: Vec<String> = all.iter().map(Unjudged::words).collect();
    format!("not recomputed: {}", words.join("; "))
}
