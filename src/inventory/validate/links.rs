//! Rules of links.csv that a single link can break.

use super::distance::{great_circle_km, least_round_trip_ms, usual_round_trip_ms};
use crate::diagnostic::Code;
use crate::inventory::findings::{Message, quoted};
use crate::inventory::table::{Column, Row};
use crate::model::{Coordinates, LinkEnd};

/// A link from something to itself.
pub(crate) const SELF_LOOP: Code = Code("P3101");
/// A link out of a site.
pub(crate) const OUT_OF_SITE: Code = Code("P3102");
/// A link into a client region.
pub(crate) const INTO_CLIENT_REGION: Code = Code("P3103");
/// A blank latency where an end has no coordinates.
pub(crate) const UNKNOWN_DISTANCE: Code = Code("P3104");
/// A latency that light in fibre cannot reach (a warning).
pub(crate) const FASTER_THAN_LIGHT: Code = Code("P3105");

/// An end of a link as the cell names it, and where that is.
pub(crate) type End<'r> = (&'r str, Option<Coordinates>);

/// A link leads from one place to another.
pub(crate) fn leads_somewhere_else(
    row: &mut Row<'_, '_>,
    column: Column,
    from: LinkEnd,
    to: LinkEnd,
) {
    if from == to {
        let found = format!("{}, where the link starts", quoted(row.raw(column)));
        row.error(
            column,
            SELF_LOOP,
            Message {
                found,
                expected: "an end other than the start".to_owned(),
                hint: "name where the link leads, or remove it".to_owned(),
            },
        );
    }
}

/// Links run from client regions to sites, so none leaves a site.
pub(crate) fn does_not_leave_a_site(row: &mut Row<'_, '_>, column: Column, from: LinkEnd) {
    if matches!(from, LinkEnd::Site(_)) {
        let found = format!("{}, a site", quoted(row.raw(column)));
        row.error(
            column,
            OUT_OF_SITE,
            Message {
                found,
                expected: "a client region, access point, element or pool: paths end in sites"
                    .to_owned(),
                hint: "swap `from` and `to`: links run from client regions to sites".to_owned(),
            },
        );
    }
}

/// Links run from client regions to sites, so none enters a client region.
pub(crate) fn does_not_enter_a_client_region(row: &mut Row<'_, '_>, column: Column, to: LinkEnd) {
    if matches!(to, LinkEnd::ClientRegion(_)) {
        let found = format!("{}, a client region", quoted(row.raw(column)));
        row.error(
            column,
            INTO_CLIENT_REGION,
            Message {
                found,
                expected: "an access point, element, pool or site: paths begin in client regions"
                    .to_owned(),
                hint: "swap `from` and `to`: links run from client regions to sites".to_owned(),
            },
        );
    }
}

/// The latency that the distance of the ends suggests; a finding if an end has no coordinates.
pub(crate) fn latency_of_distance(
    row: &mut Row<'_, '_>,
    column: Column,
    ends: [End<'_>; 2],
) -> Option<f64> {
    if let [(_, Some(from)), (_, Some(to))] = ends {
        return Some(usual_round_trip_ms(great_circle_km(from, to)));
    }
    let unplaced = ends.iter().find(|(_, coordinates)| coordinates.is_none());
    let (id, _) = unplaced?;
    row.error(
        column,
        UNKNOWN_DISTANCE,
        Message {
            found: format!("a blank cell, and {} has no coordinates", quoted(id)),
            expected: "a round trip in ms, or two ends with coordinates".to_owned(),
            hint: format!(
                "write the round trip, or the latitude and longitude of `{id}` (a pool is where all its members are)"
            ),
        },
    );
    None
}

/// No round trip is shorter than that of light in fibre on the great circle.
pub(crate) fn is_not_faster_than_light(
    row: &mut Row<'_, '_>,
    column: Column,
    latency_ms: f64,
    ends: [End<'_>; 2],
) {
    let [(_, Some(from)), (_, Some(to))] = ends else {
        return;
    };
    let km = great_circle_km(from, to);
    let least = least_round_trip_ms(km);
    if latency_ms < least * (1.0 - 1e-9) {
        row.warning(
            column,
            FASTER_THAN_LIGHT,
            Message {
                found: format!("{latency_ms} ms for {km:.0} km"),
                expected: format!(
                    "at least {least:.2} ms, the round trip of light in straight fibre"
                ),
                hint: format!(
                    "check the latency and the coordinates; leave it blank for {:.2} ms",
                    usual_round_trip_ms(km)
                ),
            },
        );
    }
}
