//! Columns: a curve pixel by pixel, and the paths that it makes.

use super::Curve;
use crate::report::charts::time_axis::TimeAxis;
use std::fmt::Write as _;

/// A curve over the pixels of an axis.
pub(super) struct Columns {
    /// The first pixel.
    left: i32,
    /// By pixel: the step that is drawn there, if there is one.
    steps: Vec<Option<usize>>,
}

impl Columns {
    /// Of every pixel the step in which `weight` is largest, of those that fall on it.
    pub(super) fn new(curve: &Curve, axis: &TimeAxis, weight: impl Fn(usize) -> f64) -> Self {
        let pixel = |x: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "pictures are far smaller than 2^31 pixels"
            )]
            let whole = x.floor() as i32;
            whole
        };
        let (left, right) = (pixel(axis.ends.0), pixel(axis.ends.1));
        let mut steps: Vec<Option<usize>> =
            vec![None; (right - left).max(1).unsigned_abs() as usize];
        for (step, bounds) in curve.bounds.windows(2).enumerate() {
            let from = pixel(axis.x(bounds[0])).min(right - 1);
            let to = pixel(axis.x(bounds[1])).clamp(from + 1, right);
            for x in from..to {
                let Some(own) = usize::try_from(x - left)
                    .ok()
                    .and_then(|own| steps.get_mut(own))
                else {
                    continue;
                };
                if own.is_none_or(|known| weight(step) > weight(known)) {
                    *own = Some(step);
                }
            }
        }
        Self { left, steps }
    }

    /// The path around what lies between two heights of every step, given from the top down.
    pub(super) fn between(
        &self,
        top: impl Fn(usize) -> i32,
        bottom: impl Fn(usize) -> i32,
    ) -> String {
        let top = |step: usize| Some(top(step).min(bottom(step)));
        let bottoms = self.levels(|step| Some(bottom(step)));
        let mut path = String::new();
        for (above, below) in self.levels(top).iter().zip(&bottoms) {
            path += &along(above);
            // Back along the lower edge. Writing to a string does not fail.
            for (from, _, y) in below.iter().rev() {
                let _ = write!(path, "V{y}H{from}");
            }
            path.push('z');
        }
        path
    }

    /// The path along a height of every step that has one.
    pub(super) fn line(&self, height: impl Fn(usize) -> Option<i32>) -> String {
        self.levels(height).iter().map(|own| along(own)).collect()
    }

    /// Stretches in which every step has a height: the ends and the height of each level part.
    fn levels(&self, height: impl Fn(usize) -> Option<i32>) -> Vec<Vec<Level>> {
        let heights: Vec<Option<i32>> = self.steps.iter().map(|own| height((*own)?)).collect();
        let mut stretches: Vec<Vec<Level>> = Vec::new();
        let mut x = self.left;
        let mut is_new = true;
        for level in heights.chunk_by(|a, b| a == b) {
            let end = x + i32::try_from(level.len()).unwrap_or(0);
            match (level[0], stretches.last_mut()) {
                (Some(y), Some(stretch)) if !is_new => stretch.push((x, end, y)),
                (Some(y), _) => stretches.push(vec![(x, end, y)]),
                (None, _) => {}
            }
            is_new = level[0].is_none();
            x = end;
        }
        stretches
    }

    /// Pixels from `from` to `to`, each with its step.
    pub(super) fn steps_between(&self, from: i32, to: i32) -> impl Iterator<Item = usize> + '_ {
        let index = |x: i32| usize::try_from(x - self.left).unwrap_or(0);
        let (from, to) = (index(from), index(to).min(self.steps.len()));
        self.steps
            .get(from..to)
            .unwrap_or(&[])
            .iter()
            .copied()
            .flatten()
    }
}

/// Both ends and the height of a level part of a curve.
type Level = (i32, i32, i32);

/// The path along level parts.
fn along(levels: &[Level]) -> String {
    let mut path = String::new();
    for (index, (from, to, y)) in levels.iter().enumerate() {
        // Writing to a string does not fail.
        let _ = if index == 0 {
            write!(path, "M{from} {y}H{to}")
        } else {
            write!(path, "V{y}H{to}")
        };
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts::replay::Standing;
    use jiff::{SignedDuration, Timestamp};
    use std::sync::Arc;

    fn curve(values: &[f64]) -> Curve {
        let at = |index: usize| {
            let hours = i64::try_from(index).expect("few");
            Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
        };
        Curve {
            name: "",
            standing: Standing::Asked,
            bounds: Arc::new((0..=values.len()).map(at).collect()),
            values: values.to_vec(),
            limits: Vec::new(),
        }
    }

    fn axis(curve: &Curve, width: f64) -> TimeAxis {
        TimeAxis {
            from: curve.bounds[0],
            to: curve.bounds[curve.values.len()],
            ends: (10.0, 10.0 + width),
        }
    }

    #[test]
    fn of_steps_finer_than_a_pixel_the_worst_is_drawn() {
        let mut values = vec![0.0; 86_400];
        values[50_000] = 7.0;
        let curve = curve(&values);
        let columns = Columns::new(&curve, &axis(&curve, 100.0), |step| curve.values[step]);
        assert_eq!(columns.steps.len(), 100);
        let shown = columns.steps.iter().flatten();
        let peaks: Vec<usize> = shown
            .filter(|own| curve.values[**own] > 0.0)
            .copied()
            .collect();
        assert_eq!(peaks, [50_000]);
    }

    #[test]
    fn paths_have_a_corner_at_each_change_and_end_where_nothing_is() {
        let curve = curve(&[0.0, 2.0, 2.0, 1.0, 0.0]);
        let columns = Columns::new(&curve, &axis(&curve, 50.0), |step| curve.values[step]);
        #[expect(clippy::cast_possible_truncation, reason = "small")]
        let height = |step: usize| 100 - 10 * curve.values[step] as i32;
        assert_eq!(
            columns.between(height, |_| 100),
            "M10 100H20V80H40V90H50V100H60V100H10z"
        );
        let above = |step: usize| (step != 2).then(|| height(step));
        assert_eq!(columns.line(above), "M10 100H20V80H30M40 90H50V100H60");
    }
}
