//! Trials: the first of many that comes to something, two of them side by side.

use crate::error::Result;

/// Runs trials and gives back how many were tried, and what the first of them, in their order, came to.
///
/// Two run at a time whatever the number of threads, and one that comes after the first that came to something does
/// not count, so that the answer is that of one after the other.
///
/// # Errors
/// That of the first trial, in their order, that had one before any came to something.
pub(super) fn first<T: Send, R: Send>(
    mut trials: impl Iterator<Item = T>,
    run: impl Fn(T) -> Result<Option<R>> + Sync,
) -> Result<(usize, Option<R>)> {
    let mut tried = 0;
    while let Some(one) = trials.next() {
        let other = trials.next();
        let (one, other) = rayon::join(|| run(one), || other.map(&run));
        for found in [Some(one), other].into_iter().flatten() {
            tried += 1;
            if let Some(found) = found? {
                return Ok((tried, Some(found)));
            }
        }
    }
    Ok((tried, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn the_first_in_order_is_taken() {
        let even_from = |least: u32| {
            move |trial: u32| Ok((trial >= least && trial.is_multiple_of(2)).then_some(trial))
        };
        assert_eq!(first(0..10, even_from(0)).expect("no errors"), (1, Some(0)));
        assert_eq!(first(0..10, even_from(3)).expect("no errors"), (5, Some(4)));
        assert_eq!(first(1..10, even_from(3)).expect("no errors"), (4, Some(4)));
        assert_eq!(first(0..9, even_from(10)).expect("no errors"), (9, None));
        assert_eq!(first(0..0, even_from(0)).expect("no errors"), (0, None));
    }

    #[test]
    fn an_error_behind_what_is_found_does_not_count() {
        let fails_at = |bad: u32| {
            move |trial: u32| {
                if trial == bad {
                    return Err(Error::Internal("bad".into()));
                }
                Ok((trial == 4).then_some(trial))
            }
        };
        assert_eq!(
            first(0..10, fails_at(5)).expect("found before"),
            (5, Some(4))
        );
        assert!(first(0..10, fails_at(3)).is_err());
    }
}
