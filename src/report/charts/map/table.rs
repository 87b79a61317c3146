//! The CSV behind the map.

use super::MapChart;
use crate::error::{Error, Result};
use crate::model::Coordinates;
use crate::report::csv::inert;
use crate::report::places::SitePlace;
use std::collections::BTreeMap;

/// Every site, access point and move of the map, shown or without coordinates.
///
/// `what` is `site`, `access point` or `move`; of a move, the first place is the site left and `to` the site
/// reached. Coordinates are degrees, `headroom` is the share of the tightest resource that is free, blank
/// where undefined; `state` is the legend's word. Cells that a spreadsheet would run begin with an apostrophe.
pub(super) fn csv(chart: &MapChart) -> Result<Vec<u8>> {
    let sites: BTreeMap<&str, &SitePlace> = chart
        .sites
        .iter()
        .map(|site| (site.id.as_str(), site))
        .collect();
    let mut rows = ::csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [&str; 12]| rows.write_record(cells).map_err(failed);
    write([
        "what",
        "id",
        "name",
        "latitude",
        "longitude",
        "state",
        "headroom",
        "users",
        "to",
        "to_name",
        "to_latitude",
        "to_longitude",
    ])?;
    for site in &chart.sites {
        let [latitude, longitude] = degrees(site.coordinates);
        write([
            "site",
            &inert(&site.id),
            &inert(&site.name),
            &latitude,
            &longitude,
            site.state.words(),
            &number(site.headroom),
            &number(Some(site.users)),
            "",
            "",
            "",
            "",
        ])?;
    }
    for place in &chart.access_points {
        let [latitude, longitude] = degrees(place.coordinates);
        write([
            "access point",
            &inert(&place.id),
            &inert(&place.name),
            &latitude,
            &longitude,
            place.usage.word(),
            "",
            &number(Some(place.users)),
            "",
            "",
            "",
            "",
        ])?;
    }
    for moved in &chart.moves {
        let (from, to) = (sites.get(moved.from.as_str()), sites.get(moved.to.as_str()));
        let name =
            |site: Option<&&SitePlace>| site.map_or("", |site| site.name.as_str()).to_owned();
        let [latitude, longitude] = degrees(from.and_then(|site| site.coordinates));
        let [to_latitude, to_longitude] = degrees(to.and_then(|site| site.coordinates));
        write([
            "move",
            &inert(&moved.from),
            &inert(&name(from)),
            &latitude,
            &longitude,
            "moved",
            "",
            &number(Some(moved.users)),
            &inert(&moved.to),
            &inert(&name(to)),
            &to_latitude,
            &to_longitude,
        ])?;
    }
    rows.into_inner()
        .map_err(|error| failed(error.into_error()))
}

fn degrees(place: Option<Coordinates>) -> [String; 2] {
    [
        number(place.map(|place| place.latitude)),
        number(place.map(|place| place.longitude)),
    ]
}

/// The number as it reads back the same; blank if there is none.
fn number(value: Option<f64>) -> String {
    value
        .filter(|value| value.is_finite())
        // Adding 0 turns -0 into 0 and leaves every other number as it is.
        .map_or_else(String::new, |value| (value + 0.0).to_string())
}

/// Writing to memory does not fail; if it does, it is a bug.
fn failed(error: impl std::error::Error) -> Error {
    Error::Internal(format!("the CSV of a map could not be written: {error}"))
}
