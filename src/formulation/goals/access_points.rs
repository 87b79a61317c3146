//! **Access points.** `min` number of the inventory's standby access points that are open; the later levels
//! are decided over all sets of that number that keep the earlier values (`model.md` §4).
//!
//! Unit: access points. The number is an integer: it is found by a covering program over price vectors that
//! refute sets of openings, see `solve::openings`.

use crate::model::AccessPoint;

/// `true` if opening this access point counts.
pub fn is_counted(access_point: &AccessPoint) -> bool {
    access_point.state.is_on_standby()
}
