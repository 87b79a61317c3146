//! `[scenario]`: the span of time.

use super::findings::Findings;
use super::table::{Table, require_keys};
use crate::diagnostic::Code;
use jiff::{Timestamp, tz::Offset};

/// The scenario ends before it starts.
pub(crate) const ENDS_TOO_EARLY: Code = Code("P5001");

/// From when to when a scenario lasts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// First instant.
    pub(super) start: Timestamp,
    /// First instant after it.
    pub(super) end: Timestamp,
    /// The offset in which `start` is written.
    pub(super) offset: Offset,
}

/// The span, or `None` after a finding.
pub(super) fn read_span(table: &Table, findings: &mut Findings) -> Option<Span> {
    require_keys("scenario", table, findings);
    let (start, offset) = table.instant("start")?;
    let (end, _) = table.instant("end")?;
    let span = Span { start, end, offset };
    ends_after_start(span, table, findings).then_some(span)
}

/// Rule: a scenario ends after it starts.
fn ends_after_start(span: Span, table: &Table, findings: &mut Findings) -> bool {
    let is_later = span.start < span.end;
    if let Some(field) = table.field("end").filter(|_| !is_later) {
        findings.error(
            ENDS_TOO_EARLY,
            &field.spot,
            format!("`{}`", field.quote),
            format!("an instant after the start, {}", span.start),
            "the end is the first instant that no longer belongs to the scenario; compare the offsets",
        );
    }
    is_later
}
