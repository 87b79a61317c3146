//! Of N identical sites a plan survives the loss of j exactly from N / (N − j) of the capacity on.

use crate::levels::planned;
use crate::sweep_recoveries::closed_forms::{USERS, identical_sites};
use plimsoll::model::{FailureSet, Protect, Recovery};

#[test]
fn n_identical_sites_survive_the_loss_of_j_from_n_over_n_minus_j_of_the_capacity_on() {
    for (count, lost) in [(2, 1), (3, 1), (3, 2), (4, 1), (4, 3), (5, 2)] {
        let exact = (USERS * count) as f64 / (count - lost) as f64;
        for (factor, is_enough) in [(1.0, true), (0.999, false)] {
            let (inventory, mut scenario) = identical_sites(count, exact * factor);
            for recovery in Recovery::ALL {
                scenario.protect = Some(Protect {
                    failures: u32::try_from(lost).expect("few"),
                    over: FailureSet::Sites,
                    recovery,
                    gray: None,
                });
                let plan = planned(&inventory, &scenario);
                let protection = plan.periods[0].protection.as_ref().expect("it was asked");
                let label = format!("{count} sites, {lost} lost, {recovery:?}");
                assert_eq!(protection.unprotected.is_empty(), is_enough, "{label}");
                if !is_enough {
                    // Every case of so many loses what those left do not have.
                    let of_case = (USERS * count) as f64 * (1.0 - factor);
                    let of_so_many = protection.unprotected.iter();
                    let mut of_so_many =
                        of_so_many.filter(|unprotected| unprotected.failing.len() == lost);
                    assert!(
                        of_so_many.all(|unprotected| (unprotected.users - of_case).abs() < 1e-6),
                        "{label}"
                    );
                }
            }
        }
    }
}
