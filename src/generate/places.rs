//! Places: where sites, access points, routers and client regions stand.

use super::centres::{CENTRES, Centre};
use super::geography::Geography;
use super::globe::{Point, moved};
use super::random::Draws;
use crate::model::Coordinates;
use std::collections::BTreeMap;

/// Something that stands somewhere.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Unique among its kind.
    pub(super) id: String,
    /// What reports call it.
    pub(super) name: String,
    /// The metropolitan area that it belongs to.
    pub(super) centre: &'static Centre,
    /// Where it is.
    pub(super) coordinates: Coordinates,
    /// The same on the unit sphere.
    pub(super) point: Point,
    /// How many of its kind in its part of the world are needed more.
    pub(super) rank: usize,
}

/// A client region.
#[derive(Debug, Clone)]
pub(super) struct Populated {
    /// Where it is.
    pub(super) place: Place,
    /// How many users live there, in an arbitrary unit.
    pub(super) weight: f64,
}

/// Everything that stands somewhere, each kind ascending by id.
#[derive(Debug)]
pub(super) struct Places {
    /// Datacenters.
    pub(super) sites: Vec<Place>,
    /// Access points.
    pub(super) access_points: Vec<Place>,
    /// Routers of a mesh.
    pub(super) routers: Vec<Place>,
    /// Client regions.
    pub(super) regions: Vec<Populated>,
}

/// How far from its centre a site, access point or router may stand, in km.
const WITHIN_CENTRE_KM: f64 = 25.0;

/// How far from its centre a client region may be, in km.
const SUBURBS_KM: (f64, f64) = (30.0, 260.0);

/// How much smaller the second client region of a centre is than the first, and so on, by a power of its number.
const SUBURB_EXPONENT: f64 = 0.7;

/// Sites, access points or routers near where most users are, each part of the world having its share of them;
/// sorted by id. Ids are `prefix`, code and number, such as `ap-lon1`.
pub(super) fn near_users(count: usize, prefix: &str, draws: &mut Draws) -> Vec<Place> {
    let mut numbers = vec![0_usize; CENTRES.len()];
    let mut ranks = BTreeMap::new();
    let mut places = Vec::with_capacity(count);
    for centre in chosen(count) {
        numbers[centre] += 1;
        let number = numbers[centre];
        let centre = &CENTRES[centre];
        let next: &mut usize = ranks.entry(centre.geography).or_default();
        let rank = *next;
        *next += 1;
        let coordinates = moved(
            centre.coordinates,
            WITHIN_CENTRE_KM * draws.share().sqrt(),
            std::f64::consts::TAU * draws.share(),
        );
        places.push(Place {
            id: format!("{prefix}{}{number}", centre.code),
            name: if number == 1 {
                centre.name.to_owned()
            } else {
                format!("{} {number}", centre.name)
            },
            centre,
            coordinates,
            point: Point::of(coordinates),
            rank,
        });
    }
    places.sort_by(|a, b| a.id.cmp(&b.id));
    places
}

/// Client regions: the centres with most users, then suburbs and towns around them; sorted by id.
pub(super) fn client_regions(count: usize, draws: &mut Draws) -> Vec<Populated> {
    let counts = regions_by_centre(count);
    let most = counts.iter().copied().max().unwrap_or_default();
    let digits = most.to_string().len();
    let mut regions = Vec::with_capacity(count);
    for (centre, count) in CENTRES.iter().zip(counts) {
        let sizes: Vec<f64> = (1..=count)
            .map(|number| libm::pow(number as f64, -SUBURB_EXPONENT))
            .collect();
        let total: f64 = sizes.iter().sum();
        for (number, size) in (1..).zip(sizes) {
            let is_centre = number == 1;
            let (near, far) = SUBURBS_KM;
            let km = if is_centre {
                0.0
            } else {
                draws.between(near * near, far * far).sqrt()
            };
            let coordinates = moved(
                centre.coordinates,
                km,
                std::f64::consts::TAU * draws.share(),
            );
            let name = if is_centre {
                centre.name.to_owned()
            } else {
                format!("{} area {number}", centre.name)
            };
            let place = Place {
                id: format!("{}-{number:0digits$}", centre.code),
                name,
                centre,
                coordinates,
                point: Point::of(coordinates),
                rank: number - 1,
            };
            regions.push(Populated {
                place,
                weight: centre.weight() * size / total,
            });
        }
    }
    regions.sort_by(|a, b| a.place.id.cmp(&b.place.id));
    regions
}

/// By centre, how many client regions it has: the largest centres one each, then by d'Hondt's method.
fn regions_by_centre(count: usize) -> Vec<usize> {
    let mut counts = vec![0_usize; CENTRES.len()];
    for _ in 0..count {
        let has_all = counts.iter().all(|count| *count > 0);
        let open = (0..CENTRES.len()).filter(|centre| has_all || counts[*centre] == 0);
        if let Some(most) = open.max_by(|a, b| {
            let quotient = |centre: usize| CENTRES[centre].weight() / (counts[centre] + 1) as f64;
            quotient(*a).total_cmp(&quotient(*b)).then(b.cmp(a))
        }) {
            counts[most] += 1;
        }
    }
    counts
}

/// The centres of `count` places, the most needed first.
///
/// Parts of the world have their share by users (d'Hondt); in each, the next place is where it shortens the mean
/// path of its users most, and once every centre has one, where most users share it.
fn chosen(count: usize) -> Vec<usize> {
    let of_parts: Vec<Vec<usize>> = Geography::ALL.map(centres_of).into();
    let weights: Vec<f64> = of_parts
        .iter()
        .map(|centres| centres.iter().map(|index| CENTRES[*index].weight()).sum())
        .collect();
    let points: Vec<Point> = CENTRES
        .iter()
        .map(|centre| Point::of(centre.coordinates))
        .collect();
    let mut nearest = vec![f64::MAX; CENTRES.len()];
    let mut counts = vec![0_usize; CENTRES.len()];
    let mut of_part = vec![0_usize; of_parts.len()];
    let mut chosen = Vec::with_capacity(count);
    for _ in 0..count {
        let quotient = |part: usize| weights[part] / (of_part[part] + 1) as f64;
        let part =
            (0..of_parts.len()).max_by(|a, b| quotient(*a).total_cmp(&quotient(*b)).then(b.cmp(a)));
        let Some(part) = part else { break };
        let centres = &of_parts[part];
        let path = |candidate: usize| -> f64 {
            let paths = centres.iter().map(|index| {
                let km = points[*index].km(points[candidate]);
                CENTRES[*index].weight() * nearest[*index].min(km)
            });
            paths.sum()
        };
        let unused = centres.iter().copied().filter(|index| counts[*index] == 0);
        let shortest = unused
            .map(|index| (index, path(index)))
            .min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let crowded = || {
            let crowd = |index: usize| CENTRES[index].weight() / (counts[index] + 1) as f64;
            centres
                .iter()
                .copied()
                .max_by(|a, b| crowd(*a).total_cmp(&crowd(*b)).then(b.cmp(a)))
        };
        let Some(centre) = shortest.map(|(index, _)| index).or_else(crowded) else {
            break;
        };
        for index in centres {
            nearest[*index] = nearest[*index].min(points[*index].km(points[centre]));
        }
        counts[centre] += 1;
        of_part[part] += 1;
        chosen.push(centre);
    }
    chosen
}

/// The centres of a part of the world.
fn centres_of(part: Geography) -> Vec<usize> {
    let all = 0..CENTRES.len();
    all.filter(|index| CENTRES[*index].geography == part)
        .collect()
}

/// Distances to places and their positions, nearest first.
pub(super) fn nearest<'p>(
    from: &Place,
    places: impl IntoIterator<Item = &'p Place>,
) -> Vec<(f64, u32)> {
    let mut all: Vec<(f64, u32)> = places
        .into_iter()
        .zip(0..)
        .map(|(place, number)| (from.point.km(place.point), number))
        .collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::random::Purpose;
    use std::collections::BTreeSet;

    #[test]
    fn as_many_places_as_asked_with_ids_of_their_own() {
        for count in [1, 9, 100, 500] {
            let mut draws = Draws::new(1, Purpose::Places);
            let ids: BTreeSet<String> = near_users(count, "ap-", &mut draws)
                .into_iter()
                .map(|place| place.id)
                .collect();
            assert_eq!(ids.len(), count);
            let regions = client_regions(count, &mut draws);
            let ids: BTreeSet<&str> = regions
                .iter()
                .map(|populated| populated.place.id.as_str())
                .collect();
            assert_eq!(ids.len(), count);
        }
    }

    #[test]
    fn nine_sites_stand_in_several_parts_of_the_world() {
        let parts: BTreeSet<Geography> = chosen(9)
            .into_iter()
            .map(|index| CENTRES[index].geography)
            .collect();
        assert!(parts.len() >= 4, "{parts:?}");
    }

    #[test]
    fn few_client_regions_are_the_centres_with_most_users() {
        let counts = regions_by_centre(3);
        let mut by_weight: Vec<usize> = (0..CENTRES.len()).collect();
        by_weight.sort_by(|a, b| CENTRES[*b].weight().total_cmp(&CENTRES[*a].weight()));
        for (rank, centre) in by_weight.into_iter().enumerate() {
            assert_eq!(counts[centre], usize::from(rank < 3));
        }
    }
}
