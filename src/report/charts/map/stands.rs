//! Stands: where a name may stand around its mark, and away from it.

use super::area::Area;
use super::arrows::Spot;

/// Where a block of text stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stand {
    /// The room that it takes.
    pub(super) area: Area,
    /// Which way its lines are set: -1 to the left edge, 0 in the middle, 1 to the right edge.
    pub(super) side: i8,
    /// A line from its mark, where it stands away from it.
    pub(super) lead: Option<(Spot, Spot)>,
}

/// Where a block may stand around a mark, best first.
pub(super) fn beside((x, y): Spot, radius: f64, (width, height): (f64, f64)) -> Vec<Stand> {
    let gap = radius + 3.0;
    let near = radius + 0.5;
    let stand = |left: f64, top: f64, side: i8| Stand {
        area: Area {
            left,
            top,
            right: left + width,
            bottom: top + height,
        },
        side,
        lead: None,
    };
    let middle = y - height / 2.0;
    vec![
        stand(x + gap, middle, -1),
        stand(x - gap - width, middle, 1),
        stand(x - width / 2.0, y - gap - height, 0),
        stand(x - width / 2.0, y + gap, 0),
        stand(x + near, y - near - height, -1),
        stand(x + near, y + near, -1),
        stand(x - near - width, y - near - height, 1),
        stand(x - near - width, y + near, 1),
        stand(x - width * 0.25, y - gap - height, 0),
        stand(x - width * 0.75, y - gap - height, 0),
        stand(x - width * 0.25, y + gap, 0),
        stand(x - width * 0.75, y + gap, 0),
    ]
}

/// Where a block may stand away from a mark, nearest first.
pub(super) fn distant((x, y): Spot, radius: f64, (width, height): (f64, f64)) -> Vec<Stand> {
    let mut stands = Vec::new();
    for away in [18.0, 30.0, 44.0, 60.0] {
        for turn in 0..16 {
            let angle = f64::from(turn) * std::f64::consts::PI / 8.0;
            let (east, south) = (angle.cos(), angle.sin());
            let to = (
                (radius + away).mul_add(east, x),
                (radius + away).mul_add(south, y),
            );
            // The line ends at the middle of an edge.
            let (left, top, side) = if east.abs() < 0.5 {
                let top = if south > 0.0 { to.1 } else { to.1 - height };
                (to.0 - width / 2.0, top, 0)
            } else if east > 0.0 {
                (to.0, to.1 - height / 2.0, -1)
            } else {
                (to.0 - width, to.1 - height / 2.0, 1)
            };
            stands.push(Stand {
                area: Area {
                    left,
                    top,
                    right: left + width,
                    bottom: top + height,
                },
                side,
                lead: Some(((radius.mul_add(east, x), radius.mul_add(south, y)), to)),
            });
        }
    }
    stands
}
