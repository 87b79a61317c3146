//! The access-point level: proven by sets that are refuted, one by one.

use super::Made;
use plimsoll::formulation::goals::Level;
use plimsoll::solve::LevelProof;

/// Position of the access-point level in each period that opens something against the odds.
fn opened(made: &Made) -> Vec<(usize, usize)> {
    let periods = made.plan.periods.iter().enumerate();
    periods
        .filter_map(|(period, plan)| {
            let position = plan
                .stages
                .iter()
                .position(|stage| stage.level == Level::AccessPoints && stage.value > 0.5)?;
            Some((period, position))
        })
        .collect()
}

#[test]
fn without_any_one_refutation_that_is_needed_the_number_is_not_proven() {
    let (mut seen, mut lost) = (0, 0);
    for seed in 0..200 {
        let made = Made::of_seed(seed, |_| {});
        for (period, position) in opened(&made) {
            let stage = &made.plan.periods[period].stages[position];
            let LevelProof::Sets { refuted, .. } = &stage.proof else {
                panic!("seed {seed}: no sets");
            };
            seen += 1;
            let none = made.after(|written| {
                let certificate = written.certificate.as_mut().expect("the plan has one");
                certificate.periods[period].levels[position].refuted.clear();
            });
            let of_level = |verdict: &plimsoll::plan::check::Verdict| {
                let mut levels = verdict.proven.levels.iter();
                let level =
                    levels.find(|level| (level.period, level.position) == (period, position));
                level.expect("the level is there").bound
            };
            assert!(of_level(&none) < 0.5, "seed {seed}: proven by nothing");
            assert!(
                none.broken.iter().any(|finding| finding.code.0 == "P7975"),
                "seed {seed}"
            );
            for index in 0..refuted.len() {
                let verdict = made.after(|written| {
                    let certificate = written.certificate.as_mut().expect("the plan has one");
                    certificate.periods[period].levels[position]
                        .refuted
                        .remove(index);
                });
                let bound = of_level(&verdict);
                assert!(bound <= stage.value, "seed {seed}: {bound}");
                lost += usize::from(bound < stage.value - 0.5);
            }
        }
    }
    assert!(
        seen >= 10 && lost >= 10,
        "{seen} levels, {lost} proofs lost"
    );
}

#[test]
fn a_set_that_is_not_refuted_by_its_prices_is_not_refuted() {
    let mut seen = 0;
    for seed in 0..200 {
        let made = Made::of_seed(seed, |_| {});
        for (period, position) in opened(&made) {
            seen += 1;
            let all: Vec<String> = made
                .inventory
                .access_points
                .iter()
                .filter(|row| row.state == plimsoll::model::AccessPointState::Standby)
                .map(|row| row.id.clone())
                .collect();
            let verdict = made.after(|written| {
                let certificate = written.certificate.as_mut().expect("the plan has one");
                for set in &mut certificate.periods[period].levels[position].refuted {
                    // All open keeps the earlier levels, so nothing refutes it.
                    set.open.clone_from(&all);
                }
            });
            let mut levels = verdict.proven.levels.iter();
            let level = levels.find(|level| (level.period, level.position) == (period, position));
            if let Some(level) = level {
                assert!(level.bound < 0.5, "seed {seed}: {level:?}");
            }
        }
    }
    assert!(seen >= 10, "{seen} levels");
}
