//! Hours: how demand follows the hours of a span, and which of them have to be planned for.

use crate::ids::ClientRegionId;
use jiff::Timestamp;
use ndarray::{Array2, Axis};

/// A stretch of time in which one slice's steering is in force, from `start` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// First instant.
    pub start: Timestamp,
    /// First instant of the next stretch, or the end of the span.
    pub end: Timestamp,
    /// The slice that it is planned as: its own, or one with at least its demand everywhere.
    pub slice: usize,
}

/// How demand follows the hours of a span (`model.md` §8).
///
/// A slice stands for all hours whose demand is at most its own in every client region, so that what holds in the
/// slices holds in every hour. Client regions with one load curve and one time zone share a rhythm.
///
/// Invariant: there is at least one slice, and none has at most another's demand everywhere; the first has the most
/// demand of all; the stretches follow one another without gap and name existing slices.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    /// Slices × rhythms: factor of the peak.
    factor: Array2<f64>,
    /// By client region.
    rhythm_of: Vec<usize>,
    stretches: Vec<Stretch>,
    /// By slice: its share of the span's time.
    weight: Vec<f64>,
}

impl Hours {
    /// Slices × rhythms of factors, the rhythm of every client region, and when which slice holds.
    ///
    /// # Panics
    /// If there is no slice, or a stretch or client region names one that does not exist.
    pub fn new(factor: Array2<f64>, rhythm_of: Vec<usize>, stretches: Vec<Stretch>) -> Self {
        let (slices, rhythms) = factor.dim();
        assert!(slices > 0, "invariant: there is at least one slice");
        assert!(rhythm_of.iter().all(|rhythm| *rhythm < rhythms));
        let mut weight = vec![0.0; slices];
        let mut total = 0.0;
        for stretch in &stretches {
            let seconds = stretch.end.duration_since(stretch.start).as_secs_f64();
            weight[stretch.slice] += seconds;
            total += seconds;
        }
        for value in &mut weight {
            *value = if total > 0.0 {
                *value / total
            } else {
                1.0 / slices as f64
            };
        }
        Self {
            factor,
            rhythm_of,
            stretches,
            weight,
        }
    }

    /// One slice in which all users demand what they do at the peak.
    pub fn flat(client_regions: usize, start: Timestamp, end: Timestamp) -> Self {
        let whole = Stretch {
            start,
            end,
            slice: 0,
        };
        Self::new(Array2::ones((1, 1)), vec![0; client_regions], vec![whole])
    }

    /// One slice in which all users demand the most that they do at any hour of the span.
    #[must_use]
    pub fn at_most(&self) -> Self {
        let most = self
            .factor
            .fold_axis(Axis(0), 0.0, |most: &f64, value| most.max(*value));
        let whole = self.stretches.first().zip(self.stretches.last());
        let whole = whole.map(|(first, last)| Stretch {
            start: first.start,
            end: last.end,
            slice: 0,
        });
        Self::new(
            most.insert_axis(Axis(0)),
            self.rhythm_of.clone(),
            whole.into_iter().collect(),
        )
    }

    /// One slice of several spans with the same client regions: by rhythm, what `pick` makes of what is demanded first in
    /// each (`f64::max`, the most of it). `None` without a span.
    #[must_use]
    pub fn first_of_all<'h>(
        mut spans: impl Iterator<Item = &'h Self>,
        pick: fn(f64, f64) -> f64,
    ) -> Option<Self> {
        let first = spans.next()?;
        let mut factor = first.factor.slice_axis(Axis(0), (..1).into()).to_owned();
        for hours in spans {
            factor.zip_mut_with(&hours.factor.slice_axis(Axis(0), (..1).into()), |a, b| {
                *a = pick(*a, *b);
            });
        }
        let stretches = first.stretches.first().map(|stretch| Stretch {
            slice: 0,
            ..*stretch
        });
        Some(Self::new(
            factor,
            first.rhythm_of.clone(),
            stretches.into_iter().collect(),
        ))
    }

    /// How many slices there are.
    pub fn slice_count(&self) -> usize {
        self.factor.nrows()
    }

    /// How many rhythms there are.
    pub fn rhythm_count(&self) -> usize {
        self.factor.ncols()
    }

    /// The rhythm of a client region.
    pub fn rhythm(&self, client_region: ClientRegionId) -> usize {
        self.rhythm_of[client_region.index()]
    }

    /// Slices × rhythms: factor of the peak.
    pub fn factors(&self) -> &Array2<f64> {
        &self.factor
    }

    /// Factor of the peak of a client region in a slice.
    pub fn factor(&self, slice: usize, client_region: ClientRegionId) -> f64 {
        self.factor[[slice, self.rhythm(client_region)]]
    }

    /// Share of the span's time in which a slice's steering is in force; those of all slices sum to 1.
    pub fn weight(&self, slice: usize) -> f64 {
        self.weight[slice]
    }

    /// By slice: its share of the time from `start` to `end`; 0 for one that does not hold then. Where nothing of that is in
    /// the span, it is as at its nearest end.
    pub fn shares_within(&self, start: Timestamp, end: Timestamp) -> Vec<f64> {
        let mut shares = vec![0.0; self.slice_count()];
        let mut total = 0.0;
        for stretch in &self.stretches {
            let (from, to) = (stretch.start.max(start), stretch.end.min(end));
            if from < to {
                let seconds = to.duration_since(from).as_secs_f64();
                shares[stretch.slice] += seconds;
                total += seconds;
            }
        }
        if total > 0.0 {
            for share in &mut shares {
                *share /= total;
            }
        } else {
            shares[self.slice_at(start)] = 1.0;
        }
        shares
    }

    /// When which slice holds, in order; together they cover the span.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// What of the stretches lies between two instants, in order.
    pub fn stretches_within(
        &self,
        start: Timestamp,
        end: Timestamp,
    ) -> impl DoubleEndedIterator<Item = Stretch> {
        let all = self.stretches.iter().map(move |stretch| Stretch {
            start: stretch.start.max(start),
            end: stretch.end.min(end),
            ..*stretch
        });
        all.filter(|stretch| stretch.start < stretch.end)
    }

    /// The slice that holds at an instant; outside of the span that of its nearest end.
    pub fn slice_at(&self, at: Timestamp) -> usize {
        let after = self.stretches.partition_point(|stretch| stretch.end <= at);
        let last = self.stretches.len().saturating_sub(1);
        self.stretches
            .get(after.min(last))
            .map_or(0, |stretch| stretch.slice)
    }

    /// `true` if all users demand what they do at the peak all the time.
    pub fn is_flat(&self) -> bool {
        self.slice_count() == 1
            && self
                .factor
                .iter()
                .all(|factor| factor.to_bits() == 1.0_f64.to_bits())
    }

    /// The same with one slice alone, which holds all the time.
    #[must_use]
    pub fn only(&self, slice: usize) -> Self {
        let factor = self
            .factor
            .row(slice)
            .to_owned()
            .insert_axis(ndarray::Axis(0));
        let stretches = match (self.stretches.first(), self.stretches.last()) {
            (Some(first), Some(last)) => vec![Stretch {
                start: first.start,
                end: last.end,
                slice: 0,
            }],
            _ => Vec::new(),
        };
        Self::new(factor, self.rhythm_of.clone(), stretches)
    }
}
