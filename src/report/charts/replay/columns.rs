//! Columns: a curve pixel by pixel, and the shapes that it makes.

use super::Curve;
use crate::report::charts::canvas::Point;
use crate::report::charts::time_axis::TimeAxis;

/// Thickness of a line, in pixels.
const LINE: i32 = 2;

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

    /// By pixel, how far down something of the step stands that is drawn there.
    pub(super) fn heights(&self, y: impl Fn(usize) -> Option<i32>) -> Heights {
        Heights {
            left: self.left,
            tops: self.steps.iter().map(|own| own.and_then(&y)).collect(),
        }
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

/// By pixel, how far down a curve stands.
pub(super) struct Heights {
    left: i32,
    tops: Vec<Option<i32>>,
}

impl Heights {
    /// What lies between these and others, with as many pixels: one polygon for each stretch in which these stand higher.
    pub(super) fn above(&self, bottoms: &Self) -> Vec<Vec<Point>> {
        let both: Vec<Option<(i32, i32)>> = (self.tops.iter().zip(&bottoms.tops))
            .map(|(top, bottom)| {
                let both = (*top)?.min((*bottom)?);
                Some((both, (*bottom)?))
            })
            .collect();
        let is_any = |own: &Option<(i32, i32)>| own.is_some_and(|(top, bottom)| top < bottom);
        let mut polygons = Vec::new();
        let mut x = self.left;
        for part in both.chunk_by(|a, b| is_any(a) == is_any(b)) {
            let end = x + i32::try_from(part.len()).unwrap_or(i32::MAX - x);
            if part.first().is_some_and(is_any) {
                let pairs: Vec<(i32, i32)> = part.iter().copied().flatten().collect();
                polygons.push(outline(x, &pairs));
            }
            x = end;
        }
        polygons
    }

    /// A line along them.
    pub(super) fn line(&self) -> Vec<Vec<Point>> {
        self.above(&self.below_line())
    }

    /// Where the lower edge of a line along them stands: it is as thick where it rises as where it is level.
    fn below_line(&self) -> Self {
        let reach = usize::try_from(LINE).unwrap_or(1);
        let lowest = |index: usize| {
            let from = index.saturating_sub(reach - 1);
            let to = (index + reach).min(self.tops.len());
            let near = self.tops.get(from..to).unwrap_or(&[]).iter();
            Some(near.flatten().max()? + LINE)
        };
        let tops = self.tops.iter().enumerate();
        Self {
            left: self.left,
            tops: tops
                .map(|(index, own)| own.and_then(|_| lowest(index)))
                .collect(),
        }
    }
}

/// The outline of columns one pixel wide, from `x` on, each from a top to a bottom.
fn outline(x: i32, columns: &[(i32, i32)]) -> Vec<Point> {
    let along = |side: &dyn Fn(&(i32, i32)) -> i32| {
        let mut points: Vec<Point> = Vec::new();
        let mut at = x;
        for level in columns.chunk_by(|a, b| side(a) == side(b)) {
            let end = at + i32::try_from(level.len()).unwrap_or(0);
            if let Some(y) = level.first().map(side) {
                points.extend([(at, y), (end, y)]);
            }
            at = end;
        }
        points
    };
    let mut points = along(&|own| own.0);
    points.extend(along(&|own| own.1).into_iter().rev());
    points
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
    fn a_stretch_is_one_polygon_with_a_corner_at_each_change() {
        let curve = curve(&[0.0, 2.0, 2.0, 1.0, 0.0]);
        let columns = Columns::new(&curve, &axis(&curve, 50.0), |step| curve.values[step]);
        let heights = columns.heights(|step| {
            #[expect(clippy::cast_possible_truncation, reason = "small")]
            let value = curve.values[step] as i32;
            Some(100 - 10 * value)
        });
        let floor = columns.heights(|_| Some(100));
        assert_eq!(
            heights.above(&floor),
            [[(20, 80), (40, 80), (40, 90), (50, 90), (50, 100), (20, 100)]]
        );
    }

    #[test]
    fn a_line_is_as_thick_where_it_rises_as_where_it_is_level() {
        let curve = curve(&[0.0, 3.0, 0.0]);
        let columns = Columns::new(&curve, &axis(&curve, 30.0), |step| curve.values[step]);
        let heights = columns.heights(|step| Some(if step == 1 { 50 } else { 90 }));
        let line = heights.line();
        assert_eq!(line.len(), 1);
        // The level parts are two pixels thick, and so are the upright ones, inside the higher part.
        assert!(
            line[0].contains(&(20, 50)) && line[0].contains(&(21, 92)),
            "{line:?}"
        );
        assert!(
            line[0].contains(&(29, 92)) && line[0].contains(&(30, 50)),
            "{line:?}"
        );
        assert!(
            line[0].contains(&(21, 52)) && line[0].contains(&(29, 52)),
            "{line:?}"
        );
    }
}
