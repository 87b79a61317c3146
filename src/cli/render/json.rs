//! JSON: the result of `plimsoll check` for programs. Its names are fixed; fields may be added.

use crate::diagnostic::{Finding, Severity};
use crate::inventory::Reading;
use crate::plan::check::Verdict;
use serde_json::{Value, json};

/// One object: what was checked, how much is wrong, what the folder holds, and every finding.
///
/// `errors` and `warnings` count all; of one rule in one file the first fifty are listed. `holds` is null if there
/// are errors.
pub(crate) fn json(reading: &Reading, inventory: &str) -> String {
    let holds = reading.inventory.as_ref().map(|inventory| {
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
    let findings: Vec<Value> = reading.findings.iter().map(finding).collect();
    let object = json!({
        "format": "plimsoll-check/1",
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "inventory": inventory,
        "errors": reading.errors,
        "warnings": reading.warnings,
        "holds": holds,
        "findings": findings,
    });
    format!("{object:#}\n")
}

/// The referee's verdict as one JSON object.
pub(crate) fn verdict_json(verdict: &Verdict) -> String {
    let broken: Vec<Value> = verdict.broken.iter().map(finding).collect();
    let object = json!({
        "format": "plimsoll-verify/1",
        "plimsoll": env!("CARGO_PKG_VERSION"),
        "holds": verdict.holds(),
        "serves_everyone": verdict.serves_everyone,
        "meets_targets": verdict.meets_targets,
        "checked": verdict.checked,
        "not_checked": verdict.not_checked,
        "broken": broken,
    });
    format!("{object:#}\n")
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
