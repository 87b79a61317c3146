//! The kinds of event.

/// The kinds of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Maintenance,
    Failure,
    Gray,
    Surge,
    Slow,
    Disconnect,
}

pub(super) const KINDS: [(&str, Kind); 6] = [
    ("maintenance", Kind::Maintenance),
    ("failure", Kind::Failure),
    ("gray", Kind::Gray),
    ("surge", Kind::Surge),
    ("slow", Kind::Slow),
    ("disconnect", Kind::Disconnect),
];
