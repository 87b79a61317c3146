//! Tests of the globe: places lie in the view, and land where it is.

use super::*;

fn at(latitude: f64, longitude: f64) -> Coordinates {
    Coordinates {
        latitude,
        longitude,
    }
}

fn view(places: &[Coordinates], width: f64) -> GlobeView {
    let sheet = MapSheet {
        left: 10.0,
        width,
        heights: (300.0, 600.0),
        padding: 30.0,
        side: 900.0,
    };
    GlobeView::around(places, sheet).expect("there are places")
}

#[test]
fn the_ordinate_is_that_of_the_other_published_form() {
    // Snyder 1987, equation 11-2a: y = arsinh(tan 0.8 φ) / 0.8.
    for latitude in [-90.0_f64, -45.0, 0.0, 30.0, 60.0, 90.0] {
        let other = (0.8 * latitude.to_radians()).tan().asinh() / 0.8;
        assert!((miller(latitude) - other).abs() < 1e-12, "{latitude}");
    }
}

#[test]
fn all_places_lie_in_the_view_whatever_their_order_and_its_land_costs_little() {
    let cases = [
        vec![at(41.9, -87.6), at(29.4, -98.5), at(52.4, 4.9)],
        vec![at(35.7, 139.7), at(-36.8, 174.8), at(37.8, -122.4)],
        vec![at(90.0, 0.0), at(-90.0, 180.0)],
        vec![at(89.9, -180.0), at(80.0, 180.0)],
        vec![at(10.0, 20.0), at(10.0, 20.0)],
        (0..36)
            .map(|turn| at(0.0, f64::from(turn * 10 - 180)))
            .collect(),
    ];
    for mut places in cases {
        let view = view(&places, 900.0);
        for place in &places {
            let (x, y) = view.place(*place).expect("it is shown");
            // Once around the globe leaves no space for padding.
            assert!((9.9..=910.1).contains(&x), "{place:?} at {x}");
            let below = view.height - y;
            assert!(y >= -0.1 && below >= -0.1, "{place:?} at {y}");
        }
        places.reverse();
        assert_eq!(view, self::view(&places, 900.0));
        assert!(view.land().len() <= MOST_BYTES, "{places:?}");
    }
}

#[test]
fn water_beside_places_that_are_higher_than_wide_is_cut_off() {
    let americas = [at(47.0, -122.0), at(-23.0, -46.0)];
    let sheet = MapSheet {
        left: 0.0,
        width: 1000.0,
        heights: (300.0, 400.0),
        padding: 40.0,
        side: 120.0,
    };
    let view = GlobeView::around(&americas, sheet).expect("there are places");
    assert!((500.0..600.0).contains(&view.width), "{view:?}");
    let xs = americas.map(|coordinates| view.place(coordinates).expect("it is shown").0);
    assert!((xs[0] - (view.width - xs[1])).abs() < 1.0, "{xs:?}");
    // Never more than the sheet has.
    let europe = [at(50.0, -10.0), at(52.0, 30.0)];
    let view = GlobeView::around(&europe, sheet).expect("there are places");
    assert!((view.width - 1000.0).abs() < 1e-9, "{view:?}");
    assert!(aspect(&americas) < Some(1.3) && aspect(&europe) > Some(1.3));
}

#[test]
fn the_globe_is_cut_where_nobody_is_and_a_map_of_the_world_in_the_pacific() {
    let rising = |places: &[Coordinates]| {
        let view = view(places, 900.0);
        let x = places
            .iter()
            .map(|coordinates| view.place(*coordinates).expect("it is shown").0);
        x.is_sorted()
    };
    let pacific = [at(35.7, 139.7), at(-36.8, 174.8), at(37.8, -122.4)];
    assert!(rising(&pacific));
    // Gaps: 33 degrees between Recife and Dublin, 28 between Auckland and Honolulu.
    let world = [-157, -122, -90, -60, -35, -2, 30, 60, 90, 120, 150, 175];
    assert!(rising(
        &world.map(|longitude| at(10.0, f64::from(longitude)))
    ));
}

#[test]
fn a_square_in_the_middle_stays_a_square() {
    // One degree of latitude is 1 / cos(50°) degrees of longitude on the 50th parallel.
    let view = view(&[at(40.0, 0.0), at(60.0, 20.0)], 900.0);
    let (x, y) = view.place(at(49.5, 5.0)).expect("it is shown");
    let east = 5.0 + 1.0 / 50.0_f64.to_radians().cos();
    let (right, up) = view.place(at(50.5, east)).expect("it is shown");
    let ratio = (right - x) / (y - up);
    assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
}

#[test]
fn what_is_outside_has_no_place_and_the_padding_west_has() {
    let view = view(&[at(40.0, -179.0), at(60.0, -150.0)], 900.0);
    assert_eq!(view.place(at(50.0, 0.0)), None);
    assert_eq!(view.place(at(-50.0, -160.0)), None);
    let (x, _) = view.place(at(50.0, 179.9)).expect("it is in the padding");
    let (first, _) = view.place(at(40.0, -179.0)).expect("it is shown");
    assert!(x < first, "{x} and {first}");
}

#[test]
fn land_is_cut_at_the_edges_of_the_view_and_specks_are_left_out() {
    let view = view(&[at(0.0, 0.0), at(10.0, 10.0)], 300.0);
    let around = vec![(-1e4, -1e4), (1e4, -1e4), (1e4, 1e4), (-1e4, 1e4)];
    for (x, y) in view.clip(around) {
        assert!((x - 10.0).min(310.0 - x).abs() < 1e-6, "{x}");
        assert!(y.min(view.height - y).abs() < 1e-6, "{y}");
    }
    assert!(
        view.clip(vec![(0.0, -9.0), (5.0, -9.0), (0.0, -5.0)])
            .is_empty()
    );
    assert_eq!(written(&[(0.0, 0.0), (0.9, 0.0), (0.0, 0.9)], 0.5), "");
    let square = [
        (0.0, 0.0),
        (9.9, 0.0),
        (10.0, 0.0),
        (10.0, 10.0),
        (0.0, 10.0),
    ];
    assert_eq!(written(&square, TOLERANCE), "M0 0l 20 0 0 20-20 0z");
}

#[test]
fn land_is_where_it_is() {
    let surround = |longitude: f64, latitude: f64| {
        let edges = |ring: &'static Vec<(f64, f64)>| ring.iter().zip(ring.iter().cycle().skip(1));
        let crossed = rings().iter().flat_map(edges).filter(|(from, to)| {
            let share = (latitude - from.1) / (to.1 - from.1);
            (from.1 > latitude) != (to.1 > latitude)
                && share.mul_add(to.0 - from.0, from.0) > longitude
        });
        crossed.count() % 2 == 1
    };
    let is_land = |latitude, longitude| {
        surround(longitude, latitude) || surround(longitude + 360.0, latitude)
    };
    let land = [
        (41.85, -88.2),
        (52.0, 5.5),
        (-23.5, -46.6),
        (28.6, 77.2),
        (-33.5, 150.0),
        (-80.0, 0.0),
        (1.36, 103.82),
        (67.0, 179.5),
        (67.0, -178.5),
    ];
    // Atlantic, Pacific, Indian Ocean, Caspian Sea, Mediterranean Sea, Arctic, date line.
    let water = [
        (30.0, -40.0),
        (0.0, -160.0),
        (-20.0, 80.0),
        (42.0, 50.5),
        (34.5, 18.0),
        (75.0, 0.0),
        (0.0, 180.0),
    ];
    let all = land.map(|pair| (pair, true)).into_iter();
    for ((latitude, longitude), expected) in all.chain(water.map(|pair| (pair, false))) {
        let found = is_land(latitude, longitude);
        assert_eq!(found, expected, "{latitude}, {longitude}");
    }
    for (longitude, latitude) in rings().iter().flatten() {
        assert!((-180.0..=540.0).contains(longitude) && latitude.abs() <= 90.0);
    }
}
