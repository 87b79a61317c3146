//! Stability of waves: whether stability.csv says how everything stands whatever part of a wave has moved.

use super::super::ground::Ground;
use super::super::report::{Report, Rule};
use super::super::stability::{
    Carried, Cases, is_told, keeps_itself_up, most_offered, rows_are_true,
};
use super::rules::{Limits, at_most};
use super::state::Loaded;
use super::written::WrittenWave;
use crate::ids::ComponentId;
use crate::plan_files::{Lined, StabilityRow, decimal};

/// Checks the rows of a wave.
pub(super) fn check(
    ground: &Ground<'_>,
    limits: &Limits,
    (period, wave): (usize, &WrittenWave<'_>),
    loaded: &[Loaded],
    rows: &[&Lined<StabilityRow>],
    report: &mut Report,
) {
    let mut cases = Cases::new();
    if is_told(ground) {
        for (case, own) in loaded.iter().enumerate() {
            for ([component, resource], left, nominal) in limits.left(case) {
                let key = (component, resource);
                if keeps_itself_up(ground, key) {
                    cases.entry(key).or_default().push(Carried {
                        load: own.worst.load[[component, resource]],
                        offered: Some(own.worst.offered[[component, resource]]),
                        left,
                        nominal,
                    });
                }
            }
        }
    }
    let rows = rows.iter().copied();
    let rows = rows.filter(|row| row.row.wave == Some(wave.number));
    rows_are_true(ground, (period, Some(wave.number)), &cases, rows, report);
}

/// P7999: where that is asked, whatever part of a wave has moved, no load with all retries running exceeds what is left, or
/// what it was when the wave began.
pub(super) fn offers_fit(
    ground: &Ground<'_>,
    limits: &Limits,
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7999",
        hint: "move fewer in this wave, or in another order: every part of a wave has to recover by itself",
    };
    if !ground.scenario.policy.require_stable {
        return;
    }
    for (case, own) in loaded.iter().enumerate() {
        for (at, left, nominal) in limits.left(case) {
            let most = most_offered(left, nominal);
            let is_asked = keeps_itself_up(ground, (at[0], at[1]));
            let offered = own.worst.offered[at].max(own.turning.offered[at]);
            if is_asked && offered > at_most(most, own.begun.offered[at]) {
                let of = &ground.inventory.resources[at[1]];
                let name = ground.inventory.component_name(ComponentId::new(at[0]));
                let found = format!(
                    "{} {} of {} on `{name}` with all retries running while part of the wave has moved",
                    decimal(offered),
                    of.unit,
                    of.id
                );
                let expected = format!("at most the {} {} that are left", decimal(left), of.unit);
                report.add(RULE, wave.at("wave"), found, expected);
                return;
            }
        }
    }
}
