//! Forged certificates: whatever the prices, no bound comes out above what the best plan has.

use super::Made;
use plimsoll::plan::check::Verdict;
use plimsoll::plan_files::{KeptBy, LevelCertificate, PriceVector, WrittenPlan};

/// A forgery and its name.
type Change<'a> = (&'a str, &'a dyn Fn(&mut PriceVector));

/// Drawn instances that are forged.
const SEEDS: u64 = 60;

/// All levels of a written plan.
fn levels(written: &mut WrittenPlan) -> impl Iterator<Item = &mut LevelCertificate> {
    let certificate = written.certificate.as_mut().expect("the plan has one");
    let periods = certificate.periods.iter_mut();
    periods.flat_map(|period| period.levels.iter_mut())
}

/// All price vectors of a written plan.
fn vectors(written: &mut WrittenPlan) -> impl Iterator<Item = &mut PriceVector> {
    levels(written).flat_map(|level| {
        let sets = level.refuted.iter_mut().chain(&mut level.other_sets);
        level
            .prices
            .iter_mut()
            .chain(sets.map(|set| &mut set.prices))
    })
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    let mut codes: Vec<&str> = verdict
        .broken
        .iter()
        .map(|finding| finding.code.0)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Asserts that no bound is above the value of the plan as it was made: those are the optima.
fn assert_true(made: &Made, verdict: &Verdict, label: &str) {
    for level in &verdict.proven.levels {
        let stage = &made.plan.periods[level.period].stages[level.position];
        let slack = 1e-6 * stage.value.abs().max(1.0) + 1e-3;
        assert!(
            level.bound <= stage.value + slack,
            "{label}: {level:?}, the best plan has {}",
            stage.value
        );
    }
}

#[test]
fn changed_prices_prove_less_or_nothing_but_never_what_is_false() {
    let mut weaker = 0;
    for seed in 0..SEEDS {
        let made = Made::of_seed(seed, |_| {});
        let components: Vec<String> = made
            .inventory
            .sites
            .iter()
            .map(|row| row.id.clone())
            .collect();
        let changes: [Change<'_>; 9] = [
            ("ten times", &|price_vector| scale(price_vector, 10.0)),
            ("a tenth", &|price_vector| scale(price_vector, 0.1)),
            ("a little more", &|price_vector| scale(price_vector, 1.001)),
            ("immense", &|price_vector| scale(price_vector, 1e90)),
            ("no prices", &|price_vector| scale(price_vector, 0.0)),
            ("elsewhere", &|price_vector| {
                for row in price_vector.target.iter_mut().chain(&mut price_vector.hard) {
                    if let Some(at) = components.iter().position(|name| *name == row.component) {
                        row.component = components[(at + 1) % components.len()].clone();
                    }
                }
            }),
            ("target for capacity", &|price_vector| {
                std::mem::swap(&mut price_vector.target, &mut price_vector.hard);
            }),
            ("multipliers", &|price_vector| {
                for kept in &mut price_vector.kept {
                    if let KeptBy::Row { price, .. } = &mut kept.by {
                        *price *= 7.0;
                    }
                }
            }),
            ("nothing kept", &|price_vector| price_vector.kept.clear()),
        ];
        for (label, change) in changes {
            let verdict = made.after(|written| vectors(written).for_each(change));
            assert_true(&made, &verdict, &format!("seed {seed}, {label}"));
            weaker += usize::from(codes(&verdict).contains(&"P7975"));
        }
    }
    assert!(weaker > 100, "only {weaker} changes were noticed");
}

fn scale(price_vector: &mut PriceVector, factor: f64) {
    for row in price_vector.target.iter_mut().chain(&mut price_vector.hard) {
        row.price *= factor;
    }
    price_vector.moves *= factor;
}

#[test]
fn prices_of_another_level_prove_nothing_false() {
    for seed in 0..SEEDS {
        let made = Made::of_seed(seed, |_| {});
        let verdict = made.after(|written| {
            let certificate = written.certificate.as_mut().expect("the plan has one");
            for period in &mut certificate.periods {
                let mut price_vectors: Vec<_> = period
                    .levels
                    .iter()
                    .map(|level| level.prices.clone())
                    .collect();
                price_vectors.rotate_right(1);
                for (level, prices) in period.levels.iter_mut().zip(price_vectors) {
                    level.prices = prices;
                }
            }
        });
        assert_true(&made, &verdict, &format!("seed {seed}"));
    }
}

#[test]
fn what_is_no_price_is_named() {
    let mut named = 0;
    for seed in 0..SEEDS {
        let made = Made::of_seed(seed, |_| {});
        for price in [-1.0, f64::NAN, f64::INFINITY, 1e300] {
            let mut has_prices = false;
            let verdict = made.after(|written| {
                for row in vectors(written).flat_map(|price_vector| price_vector.target.iter_mut())
                {
                    row.price = price;
                    has_prices = true;
                }
            });
            assert_true(&made, &verdict, &format!("seed {seed}, {price}"));
            assert_eq!(
                codes(&verdict).contains(&"P7973"),
                has_prices,
                "seed {seed}, {price}"
            );
            named += usize::from(has_prices);
        }
    }
    assert!(named > 60, "only {named} have prices");
}

#[test]
fn prices_of_what_is_not_there_are_named() {
    let mut named = 0;
    for seed in 0..SEEDS {
        let made = Made::of_seed(seed, |_| {});
        let mut has_prices = false;
        let verdict = made.after(|written| {
            for row in vectors(written).flat_map(|price_vector| price_vector.target.iter_mut()) {
                "nowhere".clone_into(&mut row.component);
                has_prices = true;
            }
        });
        assert_true(&made, &verdict, &format!("seed {seed}"));
        assert_eq!(
            codes(&verdict).contains(&"P7972"),
            has_prices,
            "seed {seed}"
        );
        named += usize::from(has_prices);
    }
    assert!(named > 15, "only {named} have prices");
}

#[test]
fn a_bound_above_what_is_proven_is_named() {
    for seed in 0..20 {
        let made = Made::of_seed(seed, |_| {});
        let verdict = made.after(|written| {
            for level in levels(written) {
                level.bound += 1.0 + level.bound.abs();
            }
            let summary = written.summary.as_mut().expect("the plan has one");
            for stage in summary
                .periods
                .iter_mut()
                .flat_map(|period| &mut period.totals.stages)
            {
                stage.bound += 1.0 + stage.bound.abs();
            }
        });
        assert!(codes(&verdict).contains(&"P7975"), "seed {seed}: {verdict}");
        assert_true(&made, &verdict, &format!("seed {seed}"));
    }
}

#[test]
fn a_value_below_what_is_possible_is_named() {
    let mut named = 0;
    for seed in 0..SEEDS {
        let made = Made::of_seed(seed, |_| {});
        let mut is_lowered = false;
        let verdict = made.after(|written| {
            let summary = written.summary.as_mut().expect("the plan has one");
            let stages = summary
                .periods
                .iter_mut()
                .flat_map(|period| &mut period.totals.stages);
            for (stage, level) in stages.zip(levels(&mut WrittenPlan {
                certificate: written.certificate.clone(),
                ..WrittenPlan::default()
            })) {
                assert_eq!(stage.value.to_bits(), level.value.to_bits());
                stage.value *= 0.5;
                stage.bound *= 0.5;
                is_lowered |= stage.value > 1.0;
            }
            for level in levels(written) {
                level.value *= 0.5;
                level.bound *= 0.5;
            }
        });
        assert_true(&made, &verdict, &format!("seed {seed}"));
        if is_lowered {
            assert!(codes(&verdict).contains(&"P7976"), "seed {seed}: {verdict}");
            named += 1;
        }
    }
    assert!(named > 30, "only {named} have values");
}

#[test]
fn levels_kept_where_they_are_not_are_named() {
    let mut named = [0; 2];
    for seed in 0..SEEDS {
        let made = Made::of_seed(seed, |_| {});
        // A level held by a row is above its floor, or its floor is none that closes anything.
        let mut is_row = false;
        let at_floor = made.after(|written| {
            for kept in vectors(written).flat_map(|price_vector| price_vector.kept.iter_mut()) {
                if let KeptBy::Row { .. } = kept.by {
                    kept.by = KeptBy::Floor;
                    is_row = true;
                }
            }
        });
        assert_true(&made, &at_floor, &format!("seed {seed}, floor"));
        let found = codes(&at_floor);
        let is_named = ["P7974", "P7977"].iter().any(|code| found.contains(code));
        named[0] += usize::from(is_row && is_named);
        let mut is_kept = false;
        let too_low = made.after(|written| {
            for kept in vectors(written).flat_map(|price_vector| price_vector.kept.iter_mut()) {
                if let KeptBy::Row { at, .. } | KeptBy::Limit { at } = &mut kept.by
                    && *at > 1e-3
                {
                    *at *= 0.5;
                    is_kept = true;
                }
            }
        });
        assert_true(&made, &too_low, &format!("seed {seed}, too low"));
        assert_eq!(
            codes(&too_low).contains(&"P7974"),
            is_kept,
            "seed {seed}: {too_low}"
        );
        named[1] += usize::from(is_kept);
    }
    assert!(named.iter().all(|count| *count > 10), "{named:?}");
}

#[test]
fn the_certificate_of_another_plan_proves_nothing_false() {
    let others: Vec<Made> = (0..12).map(|seed| Made::of_seed(seed, |_| {})).collect();
    for (index, made) in others.iter().enumerate() {
        let other = &others[(index + 1) % others.len()];
        let pasted = other.written.certificate.clone();
        let verdict = made.after(|written| written.certificate = pasted);
        assert!(
            codes(&verdict).contains(&"P7971"),
            "seed {index}: {verdict}"
        );
        assert_true(made, &verdict, &format!("seed {index}"));
    }
}
