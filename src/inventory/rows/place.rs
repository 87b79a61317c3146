//! What sites, access points, elements and client regions have in common: coordinates and capacities.

use crate::diagnostic::Code;
use crate::ids::ResourceId;
use crate::inventory::findings::Message;
use crate::inventory::table::{Column, Row, Table};
use crate::model::Coordinates;

/// A latitude without a longitude, or the other way round.
pub(crate) const HALF_A_PLACE: Code = Code("P2201");

/// The columns of a point on the globe.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CoordinateColumns {
    latitude: Column,
    longitude: Column,
}

impl CoordinateColumns {
    /// Those of a table.
    pub(crate) fn of(table: &Table<'_>) -> Self {
        Self {
            latitude: table.column("latitude"),
            longitude: table.column("longitude"),
        }
    }

    /// Where the row is, if it says so.
    pub(crate) fn read(self, row: &mut Row<'_, '_>) -> Option<Coordinates> {
        let is_given = |column| !row.raw(column).is_empty();
        let absent = match (is_given(self.latitude), is_given(self.longitude)) {
            (true, false) => Some((self.longitude, "longitude")),
            (false, true) => Some((self.latitude, "latitude")),
            _ => None,
        };
        let latitude = row.optional(self.latitude);
        let longitude = row.optional(self.longitude);
        if let Some((column, word)) = absent {
            row.error(
                column,
                HALF_A_PLACE,
                Message {
                    found: format!("no {word}"),
                    expected: "both coordinates or neither".to_owned(),
                    hint: format!("write the {word}, or leave both blank"),
                },
            );
        }
        Some(Coordinates {
            latitude: latitude?,
            longitude: longitude?,
        })
    }
}

/// The capacity columns of a table.
#[derive(Debug)]
pub(crate) struct CapacityColumns(Vec<(ResourceId, Column)>);

/// Capacities of one component, by resource that its file has a column for.
pub(crate) type Capacities = Vec<(ResourceId, Option<f64>)>;

impl CapacityColumns {
    /// Those of a table.
    pub(crate) fn of(table: &Table<'_>) -> Self {
        Self(table.resource_columns())
    }

    /// The capacities of the row; `None` inside is unlimited.
    pub(crate) fn read(&self, row: &mut Row<'_, '_>) -> Capacities {
        self.0
            .iter()
            .map(|&(resource, column)| (resource, row.limit(column)))
            .collect()
    }
}
