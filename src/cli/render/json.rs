//! JSON: the result of `plimsoll check` for programs. Its names are fixed; fields may be added.

use super::pretty;
use crate::cli::input::CheckedInput;
use crate::diagnostic::{Finding, Severity};
use crate::inventory::SourceFile;
use crate::model::Inventory;
use crate::plan::check::{
    Proven, REPLAY_UNJUDGED, RUNWAY_UNJUDGED, RunwayVerdict, SWEEP_UNJUDGED, SweepVerdict,
    UNJUDGED, Unjudged, Verdict, not_played,
};
use crate::report::replay::ReplayVerdict;
use crate::report::written::instant;
use crate::scenario::periods;
use serde_json::{Value, json};

/// One object: what was checked, how much is wrong, what the folder holds, and every finding.
///
/// `errors` and `warnings` count all; of one rule in one inventory file the first fifty are listed. Each `holds` is
/// null if what it tells of has errors. `scenario` is null if none was given, and its counts are null if it was not
/// read because the inventory has errors. `summary` is there if it is asked for and the inventory has no errors.
pub(crate) fn json(
    checked: &CheckedInput,
    inventory: &str,
    texts: &[SourceFile],
    summary: Option<Value>,
) -> String {
    let holds = checked.inventory.inventory.as_ref().map(|inventory| {
        json!({
            "resources": inventory.resources.len(),
            "profiles": inventory.profiles.len(),
            "tiers": inventory.tiers.len(),
            "client_regions": inventory.client_regions.len(),
            "sites": inventory.sites.len(),
            "access_points": inventory.access_points.len(),
            "elements": inventory.elements.len(),
            "pools": inventory.pools.len(),
            "links": inventory.links.len(),
            "tenants": inventory.tenants.len(),
            "shards": inventory.shards.len(),
            "users": inventory.shards.iter().map(|shard| shard.users).sum::<u64>(),
            "replicas": inventory.replicas.len(),
        })
    });
    let findings: Vec<Value> = checked.findings().map(finding).collect();
    let [errors, warnings] = checked.counts();
    let mut object = json!({
        "format": "plimsoll-check/1",
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "inventory": inventory,
        "errors": errors,
        "warnings": warnings,
        "holds": holds,
        "scenario": scenario(checked, texts),
        "findings": findings,
    });
    if let Some(summary) = summary {
        object["summary"] = summary;
    }
    pretty(&object)
}

/// What is reported of the scenario in addition to its findings.
fn scenario(checked: &CheckedInput, texts: &[SourceFile]) -> Value {
    let files: Vec<&str> = texts.iter().map(|file| file.name.as_str()).collect();
    let Some(reading) = &checked.scenario else {
        if texts.is_empty() {
            return Value::Null;
        }
        return json!({ "files": files, "errors": null, "warnings": null, "holds": null });
    };
    let both = reading
        .scenario
        .as_ref()
        .zip(checked.inventory.inventory.as_ref());
    let holds = both.map(|(scenario, inventory)| {
        json!({
            "name": scenario.name,
            "start": instant(scenario, scenario.start),
            "end": instant(scenario, scenario.end),
            "events": scenario.events.len(),
            "periods": periods(inventory, scenario).len(),
        })
    });
    let [errors, warnings] = checked.of_scenario();
    json!({
        "files": files,
        "errors": errors,
        "warnings": warnings,
        "holds": holds,
    })
}

/// The referee's verdict as one JSON object; `is_protected`, `is_played` and `is_steered` are those of the text.
pub(crate) fn verdict_json(
    inventory: &Inventory,
    verdict: &Verdict,
    [is_protected, is_played, is_steered]: [bool; 3],
) -> String {
    let broken: Vec<Value> = verdict.broken.iter().map(finding).collect();
    let missed = verdict.targets_missed.iter().map(|missed| {
        json!({
            "period": missed.period,
            "component": inventory.component_name(missed.component),
            "resource": inventory.resources[missed.resource.index()].id,
            "headroom": missed.free,
            "target": missed.target,
            "shortfall": missed.shortfall,
        })
    });
    let object = json!({
        "format": "plimsoll-verify/1",
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "holds": verdict.holds(),
        "serves_everyone": verdict.serves_everyone,
        "meets_targets": verdict.meets_targets,
        "targets_missed": missed.collect::<Vec<Value>>(),
        "targets_missed_before": verdict.targets_missed_before,
        "missed_before_known": verdict.knows_missed_before,
        "refused": verdict.refused,
        "checked": verdict.checked,
        "not_checked": verdict.not_checked,
        "columns_missing": verdict.lacking,
        "not_judged": not_judged(&UNJUDGED),
        "not_played": not_played([is_protected, is_played]).collect::<Vec<_>>(),
        "replay_checked": is_played,
        "steering_planned": is_steered,
        "proven": proven(&verdict.proven),
        "broken": broken,
    });
    pretty(&object)
}

/// What is said of a written replay as one JSON object.
pub(crate) fn replay_verdict_json(verdict: &ReplayVerdict) -> String {
    let broken: Vec<Value> = verdict.broken.iter().map(finding).collect();
    let object = json!({
        "format": "plimsoll-verify-replay/1",
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "holds": verdict.holds(),
        "checked": verdict.checked,
        "not_checked": verdict.not_checked,
        "not_judged": not_judged(&REPLAY_UNJUDGED),
        "broken": broken,
    });
    pretty(&object)
}

/// What the referee does not recompute of any plan, or of any sweep, by file.
fn not_judged(all: &[Unjudged]) -> Vec<Value> {
    let all = all.iter();
    all.map(|unjudged| json!({ "file": unjudged.file, "fields": unjudged.fields }))
        .collect()
}

/// The referee's verdict on a sweep as one JSON object.
pub(crate) fn sweep_verdict_json(verdict: &SweepVerdict) -> String {
    let broken: Vec<Value> = verdict.broken.iter().map(finding).collect();
    let object = json!({
        "format": "plimsoll-verify-sweep/1",
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "holds": verdict.holds(),
        "checked": verdict.checked,
        "not_checked": verdict.not_checked,
        "not_judged": not_judged(&SWEEP_UNJUDGED),
        "cases": verdict.cases,
        "replanned": verdict.replanned,
        "by_rule_recomputed": verdict.by_rule[0],
        "by_rule": verdict.by_rule[1],
        "cases_done": verdict.extent[0],
        "cases_of_all": verdict.extent[1],
        "worst_gap": verdict.worst_gap,
        "broken": broken,
    });
    pretty(&object)
}

/// What the referee says of a runway as one JSON object.
pub(crate) fn runway_verdict_json(verdict: &RunwayVerdict) -> String {
    let broken: Vec<Value> = verdict.broken.iter().map(finding).collect();
    let object = json!({
        "format": "plimsoll-verify-runway/1",
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "holds": verdict.holds(),
        "checked": verdict.checked,
        "not_checked": verdict.not_checked,
        "not_judged": not_judged(&RUNWAY_UNJUDGED),
        "days_recomputed": verdict.days[0],
        "days_with_a_proof": verdict.days[1],
        "dates_shown": verdict.dates[0],
        "dates": verdict.dates[1],
        "broken": broken,
    });
    pretty(&object)
}

/// What certificate.json proves; `levels` is empty and `why_not` says why where it proves nothing.
fn proven(proven: &Proven) -> Value {
    let levels = proven.levels.iter().map(|level| {
        json!({
            "period": level.period,
            "level": level.name,
            "value": level.value,
            "plan": level.plan,
            "bound": level.bound,
            "gap": level.gap(),
        })
    });
    json!({ "why_not": proven.why_not, "levels": levels.collect::<Vec<Value>>() })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "code": finding.code.0,
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "found": finding.found,
        "expected": finding.expected,
        "hint": finding.hint,
    })
}
