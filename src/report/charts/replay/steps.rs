//! Steps of a curve pixel by pixel, and the paths that they make.

use crate::report::charts::kit::time::TimeAxis;
use jiff::Timestamp;
use std::sync::Arc;

/// Both ends and the height of a level part of a curve.
type Level = (i32, i32, i32);

/// Which of two runs a curve is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunRole {
    /// What was asked for.
    Asked,
    /// What it is compared with.
    Compared,
}

/// A quantity as time goes by.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// What was done, such as `with the plan`.
    pub name: &'static str,
    /// Whether it was asked for, or is there to compare with.
    pub run: RunRole,
    /// The first instant of every step, and the end of the last: one more than values, ascending.
    pub bounds: Arc<Vec<Timestamp>>,
    /// One for every step.
    pub values: Vec<f64>,
    /// The capacity of every step, infinite without a limit; empty if it is not shown.
    pub limits: Vec<f64>,
}

/// A curve over the pixels of an axis.
pub(super) struct PixelSteps {
    /// The first pixel.
    left: i32,
    /// By pixel: the step that is drawn there, if there is one.
    steps: Vec<Option<usize>>,
}

impl PixelSteps {
    /// Of every pixel the step in which `weight` is largest, of those that fall on it.
    pub(super) fn new(curve: &Curve, axis: &TimeAxis, weight: impl Fn(usize) -> f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "pictures are far smaller than 2^31 pixels"
        )]
        let pixel = |x: f64| x.floor() as i32;
        let (left, right) = (pixel(axis.ends().0), pixel(axis.ends().1));
        let pixels = usize::try_from(right - left).unwrap_or(0).max(1);
        let mut steps: Vec<Option<usize>> = vec![None; pixels];
        let (first, last) = axis.times();
        for (step, bounds) in curve.bounds.windows(2).enumerate() {
            if bounds[1] <= first || bounds[0] >= last {
                continue;
            }
            let from = pixel(axis.x(bounds[0])).min(right - 1);
            let to = pixel(axis.x(bounds[1])).clamp(from + 1, right.max(from + 1));
            let index = |x: i32| usize::try_from(x - left).unwrap_or(0).min(pixels);
            for item in &mut steps[index(from)..index(to)] {
                if item.is_none_or(|known| weight(step) > weight(known)) {
                    *item = Some(step);
                }
            }
        }
        Self { left, steps }
    }

    /// The path around what lies between two heights of every step, given from the top down.
    pub(super) fn area(&self, top: impl Fn(usize) -> i32, bottom: impl Fn(usize) -> i32) -> String {
        let bottoms = self.levels(|step| Some(bottom(step)));
        let tops = self.levels(|step| Some(top(step).min(bottom(step))));
        let around = tops.iter().zip(&bottoms).map(|(above, below)| {
            // Back along the lower edge.
            let back = below.iter().rev();
            let back: Vec<String> = back.map(|(from, _, y)| format!("V{y}H{from}")).collect();
            along(above) + &back.concat() + "z"
        });
        around.collect()
    }

    /// The path along a height of every step that has one.
    pub(super) fn line(&self, height: impl Fn(usize) -> Option<i32>) -> String {
        self.levels(height)
            .iter()
            .map(|entries| along(entries))
            .collect()
    }

    /// Stretches in which every step has a height: the ends and the height of each level part.
    fn levels(&self, height: impl Fn(usize) -> Option<i32>) -> Vec<Vec<Level>> {
        let heights: Vec<Option<i32>> = self.steps.iter().map(|step| height((*step)?)).collect();
        let mut x = self.left;
        let parts = heights.chunk_by(|a, b| a == b).map(|level| {
            let from = x;
            x += i32::try_from(level.len()).unwrap_or(0);
            level[0].map(|y| (from, x, y))
        });
        let parts: Vec<Option<Level>> = parts.collect();
        let stretches = parts
            .split(Option::is_none)
            .filter(|entries| !entries.is_empty());
        stretches
            .map(|stretch| stretch.iter().copied().flatten().collect())
            .collect()
    }

    /// The steps of the pixels from `from` to `to`.
    pub(super) fn between(&self, from: i32, to: i32) -> impl Iterator<Item = usize> + '_ {
        let index = |x: i32| usize::try_from(x - self.left).unwrap_or(0);
        let steps = self.steps.get(index(from)..index(to).min(self.steps.len()));
        steps.unwrap_or_default().iter().copied().flatten()
    }
}

/// The path along level parts.
fn along(levels: &[Level]) -> String {
    let parts = levels.iter().enumerate().map(|(index, (from, to, y))| {
        if index == 0 {
            format!("M{from} {y}H{to}")
        } else {
            format!("V{y}H{to}")
        }
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::charts::replay::RunRole;
    use jiff::{SignedDuration, Timestamp};
    use std::sync::Arc;

    /// The steps of a curve with one hour for each value, and a weight for each.
    fn steps(values: &[f64], width: f64) -> PixelSteps {
        let hours = (0..).map(|hour| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour));
        let bounds: Vec<Timestamp> = hours.take(values.len() + 1).collect();
        let axis = TimeAxis::new(bounds[0], bounds[values.len()], (10.0, 10.0 + width));
        let curve = Curve {
            name: "",
            run: RunRole::Asked,
            bounds: Arc::new(bounds),
            values: values.to_vec(),
            limits: Vec::new(),
        };
        PixelSteps::new(&curve, &axis, |step| values[step])
    }

    #[test]
    fn of_steps_finer_than_a_pixel_the_worst_is_drawn() {
        let mut values = vec![0.0; 86_400];
        values[50_000] = 7.0;
        let shown = steps(&values, 100.0).steps;
        assert_eq!(shown.len(), 100);
        let peaks = shown
            .into_iter()
            .flatten()
            .filter(|index| values[*index] > 0.0);
        assert_eq!(peaks.collect::<Vec<_>>(), [50_000]);
    }

    #[test]
    fn paths_have_a_corner_at_each_change_and_end_where_nothing_is() {
        let steps = steps(&[0.0, 2.0, 2.0, 1.0, 0.0], 50.0);
        let height = |step: usize| [100, 80, 80, 90, 100][step];
        let area = steps.area(height, |_| 100);
        assert_eq!(area, "M10 100H20V80H40V90H50V100H60V100H10z");
        let above = |step: usize| (step != 2).then(|| height(step));
        assert_eq!(steps.line(above), "M10 100H20V80H30M40 90H50V100H60");
    }
}
