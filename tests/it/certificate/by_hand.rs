//! A certificate worked out on paper: `tests/cases/one-drain`.
//!
//! All 150 users need one vCPU of b, which has 130 and should keep 26 of them free, so 20 of silver are unserved, all
//! headroom is missing, p1 carries 100, and p2 has to open for the other 30.

use crate::levels::planned;
use crate::naive_cases::{csv_files, text};
use crate::read::read;
use plimsoll::plan::check::check;
use plimsoll::plan_files::{Certificate, WrittenPlan};
use serde_json::{Value, json};
use std::path::Path;

fn row(component: &str, resource: &str, price: f64) -> Value {
    json!([{ "component": component, "resource": resource, "price": price }])
}

/// Gold is served; silver lacks 20, and each of them costs so much.
fn silver(price: f64) -> Vec<Value> {
    vec![
        json!({ "level": 0, "by": "floor" }),
        json!({ "level": 1, "by": "row", "at": 20, "price": price }),
    ]
}

/// The prices of every level. What they prove, level by level:
///
/// 0. nothing can be less than 0.
/// 1. a user at b costs 1, one left out costs 1: 150 − 130 = 20.
/// 2. each costs 1/26, and so does each of the 20 who are left out: (150 − 104 − 20)/26 = 1, as a whole target costs 1.
/// 3. the same times 26.
/// 4. a user at p1 costs 1, one at p2 too, and one who is left out: 150 − 100 − 20 = 30 have to enter elsewhere.
/// 5. those of a cost 1, left out or not: 60 + 40 − 20 = 80.
/// 6. p1 costs 5, so every way takes 15, and so does being left out: 150·15 − 5·100 − 15·20 = 1450.
fn by_hand() -> Value {
    let share = 1.0 / 26.0;
    let kept = |mut kept: Vec<Value>, worst: bool| {
        kept.extend(worst.then(|| json!({ "level": 2, "by": "limit", "at": 1 })));
        kept
    };
    json!({
        "format": "plimsoll-certificate/1",
        "plimsoll": "0",
        "scenario": "one-drain",
        "inputs": { "inventory": "", "scenario": "" },
        "periods": [{ "period": 0, "levels": [
            { "goal": "unserved", "tier": "gold", "value": 0, "bound": 0 },
            { "goal": "unserved", "tier": "silver", "value": 20, "bound": 20, "prices": {
                "hard": row("b", "cpu", 1.0), "kept": [{ "level": 0, "by": "floor" }] } },
            { "goal": "headroom", "measure": "worst", "value": 1, "bound": 1, "prices": {
                "target": row("b", "cpu", share), "kept": silver(share) } },
            { "goal": "headroom", "measure": "total", "value": 26, "bound": 26, "prices": {
                "target": row("b", "cpu", 1.0), "kept": kept(silver(1.0), true) } },
            { "goal": "access_points", "value": 1, "bound": 1, "open": ["p2"], "refuted": [{
                "open": [],
                "prices": { "target": row("p1", "bw", 1.0), "kept": silver(1.0) } }] },
            { "goal": "moves", "measure": "moved", "value": 80, "bound": 80, "prices": {
                "kept": silver(1.0) } },
            { "goal": "latency", "value": 1450, "bound": 1450, "prices": {
                "target": row("p1", "bw", 5.0), "kept": silver(15.0) } },
        ] }],
    })
}

/// The bounds that a certificate proves in the case, and the codes of what is wrong with it.
fn proven(certificate: &Value) -> (Vec<f64>, Vec<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/one-drain");
    let (inventory, scenario) = read(&csv_files(&folder), &text(&folder.join("scenario.toml")));
    let plan = planned(&inventory, &scenario);
    let files = crate::levels::written(&inventory, &scenario, &plan);
    let files: Vec<plimsoll::plan_files::PlanFile<'_>> = files
        .iter()
        .map(plimsoll::plan_files::PlanFile::from)
        .collect();
    let (written, findings) = plimsoll::plan_files::read(&files);
    let certificate: Certificate =
        serde_json::from_value(certificate.clone()).expect("it is a certificate");
    // Without summary.json the certificate's own values are those that are held.
    let written = WrittenPlan {
        summary: None,
        certificate: Some(certificate),
        ..written.unwrap_or_else(|| panic!("{findings:?}"))
    };
    let verdict = check(&inventory, &scenario, written);
    let codes = verdict
        .broken
        .iter()
        .map(|finding| finding.code.0.to_owned());
    let bounds = verdict.proven.levels.iter().map(|level| level.bound);
    (bounds.collect(), codes.collect())
}

#[test]
fn prices_from_paper_prove_the_values_from_paper() {
    let (bounds, codes) = proven(&by_hand());
    assert_eq!(codes, Vec::<String>::new());
    for (bound, value) in bounds.iter().zip([0.0, 20.0, 1.0, 26.0, 1.0, 80.0, 1450.0]) {
        assert!((bound - value).abs() <= 1e-9 * value.max(1.0), "{bounds:?}");
    }
    assert_eq!(bounds.len(), 7);
}

#[test]
fn a_bound_falls_by_what_its_price_is_off() {
    // At 0.9 for a vCPU of b: 0.9·150 − 0.9·130 = 18, and each of the 40 of silver would rather pay 0.9 than 1.
    let mut certificate = by_hand();
    let levels = &mut certificate["periods"][0]["levels"];
    levels[1]["prices"]["hard"] = row("b", "cpu", 0.9);
    let (bounds, codes) = proven(&certificate);
    assert!((bounds[1] - 18.0).abs() <= 1e-9, "{bounds:?}");
    assert_eq!(codes, ["P7975"]);
}

#[test]
fn a_level_is_not_kept_at_a_floor_that_it_is_above() {
    // Nobody of silver has to be unserved for lack of a way, so 20 is not the floor.
    let mut certificate = by_hand();
    let levels = &mut certificate["periods"][0]["levels"];
    levels[5]["prices"]["kept"][1] = json!({ "level": 1, "by": "floor" });
    let (bounds, codes) = proven(&certificate);
    assert!(bounds[5] <= 0.0, "{bounds:?}");
    assert_eq!(codes, ["P7975", "P7977"]);
}
