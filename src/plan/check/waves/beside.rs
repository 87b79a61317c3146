//! Beside: what waves of several periods that go on at once bring to a component together.

use super::super::ground::Ground;
use super::super::report::{At, Report};
use super::ramp::{ACCEPTED, Judged};
use super::rules::{slack, spare};
use super::summary::Change;
use super::written::seconds;
use crate::ids::ComponentId;
use crate::plan_files::{Row, WaveRow, decimal};
use crate::units::NOBODY;
use jiff::Timestamp;

/// Who connects anew through a component while steering turns, or while users move.
struct Phase {
    from: Timestamp,
    to: Timestamp,
    per_second: f64,
    background: f64,
    line: u64,
    column: &'static str,
}

impl Phase {
    fn goes_on(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// P7992: "All of them together are accepted: those of other periods count that go on at the same time."
pub(super) fn all_are_accepted(
    ground: &Ground<'_>,
    earlier: &[Change],
    (judged, is_moving): (&[Judged], bool),
    report: &mut Report,
) {
    let mut components: Vec<usize> = judged
        .iter()
        .flat_map(|own| own.passing.keys().copied())
        .collect();
    components.sort_unstable();
    components.dedup();
    for component in components {
        let own = phases(judged, component);
        // Where users move for one period before they have for another, the way is refused.
        let others = earlier
            .iter()
            .filter(|other| !(is_moving && other.is_moving));
        let others = others.flat_map(|other| phases(&other.judged, component));
        let others: Vec<Phase> = others.collect();
        let begins = own.iter().chain(&others).map(|phase| phase.from);
        let begins: Vec<Timestamp> = begins.collect();
        let accepts = ground
            .inventory
            .accepts_per_second(ComponentId::new(component))
            .unwrap_or_default();
        for phase in &own {
            let at = begins.iter().filter(|at| phase.goes_on(**at));
            let met = at.map(|at| others.iter().filter(|other| other.goes_on(*at)).collect());
            let met = met.filter(|met: &Vec<&Phase>| !met.is_empty());
            let together = met.map(|met| {
                let background = met.iter().map(|own| own.background);
                let rates: f64 = met.iter().map(|own| own.per_second).sum();
                let background = background.fold(phase.background, f64::max);
                [phase.per_second + rates, background]
            });
            let over = |[rate, background]: &[f64; 2]| rate - spare(accepts, *background);
            let worst = together.max_by(|a, b| over(a).total_cmp(&over(b)));
            let Some(worst) = worst.filter(|own| over(own) > 2e-5 * accepts) else {
                continue;
            };
            let name = ground.inventory.component_name(ComponentId::new(component));
            let found = format!(
                "{} a second at `{name}`, with waves of other periods, beside {} a second",
                decimal(worst[0]),
                decimal(worst[1])
            );
            report.add(
                ACCEPTED,
                At::cell(WaveRow::FILE, phase.line, phase.column),
                found,
                format!("at most {} a second", decimal(accepts)),
            );
        }
    }
}

/// Who connects anew through a component in waves, as long as that takes time.
fn phases(judged: &[Judged], component: usize) -> Vec<Phase> {
    let passing = judged
        .iter()
        .filter_map(|own| Some((own, own.passing.get(&component)?)));
    let phases = passing.flat_map(|(own, through)| {
        let both = own.phases.into_iter().zip(through.users);
        both.zip(["turned", "end"])
            .map(|(((from, to), users), column)| {
                let length = seconds(from, to);
                Phase {
                    from,
                    to,
                    per_second: (users - NOBODY).max(0.0) / (length + slack(length)),
                    background: through.background,
                    line: own.line,
                    column,
                }
            })
    });
    phases
        .filter(|own| own.from < own.to && own.per_second > 0.0)
        .collect()
}
