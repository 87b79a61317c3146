//! The certificate as a whole: whether it is of this plan, and whether anything can be proven from it.

use super::super::ground::Ground;
use super::super::report::{At, Report, Rule};
use super::proof::Proven;
use crate::model::ExistingShortfall;
use crate::plan_files::{CERTIFICATE_FILE, Status, WrittenPlan};

/// What is proven before any period is looked at: nothing yet, or nothing at all, and why.
pub(in crate::plan::check) fn of_plan(
    ground: &Ground<'_>,
    written: &WrittenPlan,
    periods: usize,
    report: &mut Report,
) -> Proven {
    let is_kept = ground.scenario.policy.existing_shortfall == ExistingShortfall::Keep;
    let why_not = match &written.certificate {
        None => Some("there is no certificate.json"),
        Some(_) if is_kept && written.before.is_none() => {
            Some("without before.csv nobody knows what was missing before")
        }
        Some(_) => None,
    };
    if let Some(certificate) = &written.certificate {
        let found = certificate.periods.len();
        let numbers = certificate.periods.iter().map(|period| period.period);
        let is_in_order = numbers.eq((0..).take(found));
        let status = written.summary.as_ref().map(|summary| summary.status);
        let may_be_short = status == Some(Status::Stopped);
        if found > periods || !is_in_order || found < periods && !may_be_short {
            periods_are_the_scenarios(found, periods, report);
        }
        scenario_is_the_one(ground, &certificate.scenario, report);
    }
    Proven {
        levels: Vec::new(),
        why_not,
    }
}

const RULE: Rule = Rule {
    code: "P7971",
    hint: "take all files of the same plan",
};

/// P7971: the periods are those of the scenario.
fn periods_are_the_scenarios(found: usize, periods: usize, report: &mut Report) {
    let at = At::cell(CERTIFICATE_FILE, 0, "periods");
    let expected = format!("periods 0 to {}", periods.saturating_sub(1));
    report.add(RULE, at, format!("{found} periods"), expected);
}

/// P7971: the scenario is the one.
fn scenario_is_the_one(ground: &Ground<'_>, found: &str, report: &mut Report) {
    let expected = &ground.scenario.name;
    if found != expected {
        let at = At::cell(CERTIFICATE_FILE, 0, "scenario");
        report.add(RULE, at, format!("`{found}`"), format!("`{expected}`"));
    }
}
