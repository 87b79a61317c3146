//! Unplaced: ends of links whose place on the globe is unknown, though a blank latency asks for it; one finding for each of them.

use crate::diagnostic::Code;
use crate::inventory::findings::{Findings, place, quoted};
use crate::inventory::places::Places;
use crate::inventory::validate::distance::{great_circle_km, usual_round_trip_ms};
use crate::model::Coordinates;
use std::collections::BTreeMap;

/// A blank latency where an end has no coordinates.
pub(crate) const UNKNOWN_DISTANCE: Code = Code("P3104");

/// An end of a link as the cell names it, and where that is.
pub(super) type End<'r> = (&'r str, Option<Coordinates>);

/// Ends without coordinates, each with the lines of its links with a blank latency: the first, and how many there are.
#[derive(Debug, Default)]
pub(super) struct Unplaced {
    ends: BTreeMap<String, (u64, usize)>,
}

impl Unplaced {
    /// The latency that the distance of the ends suggests; `None` if an end has no coordinates, which is kept then.
    pub(super) fn latency(&mut self, line: u64, ends: [End<'_>; 2]) -> Option<f64> {
        if let [(_, Some(from)), (_, Some(to))] = ends {
            return Some(usual_round_trip_ms(great_circle_km(from, to)));
        }
        let unplaced = ends.iter().find(|(_, coordinates)| coordinates.is_none());
        let (id, _) = unplaced?;
        let entry = self.ends.entry((*id).to_owned()).or_insert((line, 0));
        entry.1 += 1;
        None
    }

    /// Reports each once, where the coordinates of its file are not wrong themselves.
    pub(super) fn report(self, places: &Places, findings: &mut Findings) {
        for (id, (line, count)) in self.ends {
            let file = places.file(&id).unwrap_or_default();
            if findings.has_errors_about(file, &["latitude", "longitude"]) {
                continue;
            }
            let and_more = match count {
                1 => String::new(),
                count => format!(" (the first of {count} such links)"),
            };
            findings.error(
                UNKNOWN_DISTANCE,
                place("links.csv", line, Some("latency_ms")),
                format!(
                    "a blank cell, and {} has no coordinates{and_more}",
                    quoted(&id)
                ),
                "a round trip in ms, or two ends with coordinates",
                format!(
                    "write the round trip, or the latitude and longitude of `{id}` (a pool is where all its members are)"
                ),
            );
        }
    }
}
