//! Outliers: values so far from their column that a unit was probably mixed up.

use crate::diagnostic::amounts::amount;
use crate::diagnostic::{Code, Severity};
use crate::inventory::findings::{Findings, place};

/// A value many times the median of its column (a warning).
pub(crate) const OUTLIER: Code = Code("P2301");

/// How many times the median is probably a mistake. A unit is mostly mixed up by a thousand, and the true value may be
/// half the median.
const SUSPICIOUS: f64 = 500.0;

/// A value and the line that it stands on.
pub(crate) type Sample = (f64, u64);

/// Warns of every sample that is 500 times the median of the samples above 0, or more.
pub(crate) fn warn_of_outliers(
    file: &str,
    column: &str,
    samples: &mut [Sample],
    findings: &mut Findings,
) {
    let Some(median) = median_of_positive(samples) else {
        return;
    };
    for &(value, line) in samples.iter() {
        let is_outlier = value >= SUSPICIOUS * median;
        if is_outlier && !findings.is_counted(Severity::Warning, OUTLIER, file) {
            findings.warning(
                OUTLIER,
                place(file, line, Some(column)),
                amount(value),
                format!(
                    "less than 500 times the median of the column, which is {}",
                    amount(median)
                ),
                "check the unit of this value; nothing to do if it is right",
            );
        }
    }
}

/// The median of the samples above 0, the mean of the middle two if they are even in number.
fn median_of_positive(samples: &[Sample]) -> Option<f64> {
    let mut values: Vec<f64> = samples
        .iter()
        .map(|(value, _)| *value)
        .filter(|value| *value > 0.0)
        .collect();
    if values.is_empty() {
        return None;
    }
    let middle = values.len() / 2;
    let is_odd = values.len() % 2 == 1;
    let (below, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if is_odd {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp)?;
    Some(lower / 2.0 + upper / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_of_values_above_zero() {
        let samples = |values: &[f64]| -> Vec<Sample> { values.iter().map(|v| (*v, 1)).collect() };
        assert_eq!(median_of_positive(&samples(&[])), None);
        assert_eq!(median_of_positive(&samples(&[0.0, 0.0])), None);
        assert_eq!(median_of_positive(&samples(&[0.0, 3.0])), Some(3.0));
        assert_eq!(median_of_positive(&samples(&[4.0, 1.0])), Some(2.5));
        assert_eq!(median_of_positive(&samples(&[9.0, 1.0, 2.0])), Some(2.0));
    }
}
