//! Prove: what the certificate of a period proves, with what the tables say beside it.

use super::affected::Affected;
use super::certificate::{self, ProvenLevel};
use super::headroom;
use super::report::Report;
use super::tables::Rows;
use crate::scenario::Period;

/// What the certificate proves of a period, recomputed, and what is wrong with it.
pub(super) fn prove(
    subject: &certificate::Subject<'_>,
    period: &Period,
    rows: &Rows<'_>,
) -> (Vec<ProvenLevel>, Report) {
    let ground = subject.ground;
    let mut affected = Affected::new(ground, subject.situation, period.start, subject.current);
    let utilization_before = headroom::utilization_before(ground, &rows.headroom);
    let written = |at: [usize; 2]| utilization_before.get(&at).copied();
    let mut report = Report::default();
    let proven = certificate::check(subject, &mut affected, &written, &mut report);
    (proven, report)
}
