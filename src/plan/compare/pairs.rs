//! Which periods of two plans are compared with each other.

use super::moment::Moment;

/// Positions of moments that belong together: those that overlap in time; if none do, those at the same position.
/// The state before belongs to every period.
///
/// ```
/// use plimsoll::plan::compare::{Moment, paired};
/// let period = |start: &str, end: &str| Moment {
///     period: Some(0),
///     span: Some((start.parse().unwrap(), end.parse().unwrap())),
///     words: None,
///     totals: Default::default(),
///     stages: Vec::new(),
///     homes: Default::default(),
///     margins: Default::default(),
///     refused: None,
/// };
/// let a = [period("2012-11-13T09:00:00Z", "2012-11-13T17:00:00Z")];
/// let b = [
///     period("2012-11-13T09:00:00Z", "2012-11-13T12:00:00Z"),
///     period("2012-11-13T12:00:00Z", "2012-11-13T17:00:00Z"),
/// ];
/// assert_eq!(paired(&a, &b), [(0, 0), (0, 1)]);
/// ```
pub fn paired(a: &[Moment], b: &[Moment]) -> Vec<(usize, usize)> {
    let is_before = |moments: &[Moment]| moments.iter().any(|moment| moment.period.is_none());
    let all = || (0..a.len()).flat_map(|left| (0..b.len()).map(move |right| (left, right)));
    if is_before(a) || is_before(b) {
        return all().collect();
    }
    let overlapping: Vec<(usize, usize)> = all()
        .filter(|&(left, right)| match (a[left].span, b[right].span) {
            (Some(left), Some(right)) => left.0 < right.1 && right.0 < left.1,
            _ => false,
        })
        .collect();
    if overlapping.is_empty() {
        return (0..a.len().min(b.len()))
            .map(|index| (index, index))
            .collect();
    }
    overlapping
}
