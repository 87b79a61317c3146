//! Tests of the map: what it shows, and that marks and arrows do not collide.

use super::MapChart;
use super::panel::{MapMark, MoveArrow, distance, part};
use crate::plan_files::AccessPointUse;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{assert_states, pixels_at, tips_of, words_at};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::network::{self as samples, access_point};
use crate::report::charts::samples::sample::with;

fn says(chart: &MapChart, width: u32, part: &str) -> bool {
    words_at(chart, width).join(" ").contains(part)
}

#[test]
fn a_map_costs_little() {
    for (name, chart) in samples::maps() {
        for width in [320, 1280] {
            let svg = chart.svg(width).expect("a picture");
            assert!(svg.len() < 90_000, "{name} at {width}: {} bytes", svg.len());
        }
    }
}

#[test]
fn land_and_water_lie_behind_marks_and_arrows() {
    let svg = samples::drain_map(12).svg(900).expect("a picture");
    let (background, shapes) = svg
        .split_once("<g class=\"ground\">")
        .expect("a ground")
        .1
        .split_once("</g>")
        .expect("its end");
    let first = |role: Role| background.find(role.hex());
    assert!(first(Role::Water) < first(Role::Land));
    assert!(first(Role::Land) < first(Role::Moved));
    assert!(shapes.contains(Role::Fine.hex()));
}

#[test]
fn the_png_shows_land_water_marks_and_arrows() {
    use Role::{BelowTarget, Fine, Full, Land, Moved, Water};
    for role in [Land, Water, Moved, Full, Fine, BelowTarget] {
        let found = pixels_at(&samples::pacific(), role);
        assert!(found > 300, "{role:?} is missing");
    }
    assert_eq!(pixels_at(&samples::pacific(), Role::Opened), 0);
}

#[test]
fn every_site_access_point_and_drawn_move_answers_the_pointer_and_names_stay_text() {
    let mut chart = samples::pacific();
    let names = [("ap-hnl", "Honolulu"), ("ap", "Evil, \"quoted\"")];
    let usages = [AccessPointUse::Opened, AccessPointUse::Standby];
    chart.access_points = Vec::from([0, 1].map(|index: usize| {
        with(
            access_point(names[index].0, 12, usages[index]),
            |access_point_place| {
                (access_point_place.name, access_point_place.users) =
                    (names[index].1.to_owned(), 1234.0);
            },
        )
    }));
    chart.sites[0].name = "=1+1".to_owned();
    assert_eq!(
        tips_of(&chart.svg(900).expect("a picture")).len(),
        4 + 2 + 4
    );
    assert_states(
        &chart,
        &[
            "Honolulu → San Francisco: 120,000 users",
            "Honolulu (site-03): drained; 0 users, 220,000 leave",
            "San Francisco (site-02): 12.0 % headroom, below target; 30,000 users, 9,000 leave, 120,000 come",
            "Honolulu (ap-hnl), access point, opened: 1,234 users enter",
            "=1+1 (site-00): 30.0 % headroom, at or above target; 10,000 users, 89,000 come",
            "Evil, &quot;quoted&quot; (ap), access point, standby: 1,234 users enter",
        ],
    );
}

#[test]
fn every_site_is_named_beside_its_mark_or_below_the_map() {
    for chart in [
        samples::drain_map(3),
        samples::calm_map(3),
        samples::calm_map(43),
    ] {
        for site in &chart.sites {
            let start: String = site.name.chars().take(6).collect();
            assert!(says(&chart, 900, &start), "{start}");
        }
    }
    // A name that does not fit beside its mark is below the map.
    let many = samples::calm_map(43);
    for words in ["Numbers: 1\u{a0}", "sites are without a name"] {
        assert!(says(&many, 320, words), "{words}");
    }
    assert!(words_at(&many, 320).contains(&"1".to_owned()));
}

#[test]
fn gone_sites_and_those_that_take_users_are_named_first() {
    let chart = samples::drain_map(43);
    for width in [320, 420, 900, 1280] {
        let words = words_at(&chart, width);
        for name in ["Chicago", "San Antonio", "Boydton"] {
            assert!(words.iter().any(|word| word == name), "{name} at {width}");
        }
    }
}

#[test]
fn moves_too_small_to_see_get_a_closer_view() {
    let has_two = |chart: &MapChart, width| {
        says(chart, width, "Where users move") && says(chart, width, "All sites")
    };
    // Chicago to San Antonio on a map of the world.
    assert!(has_two(&samples::drain_map(43), 1280));
    assert!(!has_two(&samples::calm_map(43), 1280));
    assert!(!has_two(&samples::pacific(), 420));
}

#[test]
fn places_without_coordinates_are_listed_and_fewer_than_two_make_no_map() {
    let chart = samples::unplaced();
    assert!(chart.has_places());
    let note = "Not on the map, without coordinates: Des Moines, Quincy, Cheyenne,";
    assert!(says(&chart, 900, note) && says(&chart, 900, "and 2 more."));
    let mut alone = samples::calm_map(3);
    for site in &mut alone.sites[1..] {
        site.coordinates = None;
    }
    assert!(!alone.has_places());
    // It is still a picture.
    assert!(alone.svg(320).is_ok());
    alone.sites.clear();
    assert!(alone.svg(320).is_ok());
}

#[test]
fn moves_without_space_for_an_arrow_are_counted() {
    let one = with(samples::one_place(3), |map_chart| {
        map_chart.moves.truncate(1);
    });
    assert!(says(&one, 900, "No move fits an arrow"));
    let many = samples::churn(43);
    let of = format!("Of {} moves", many.moves.len());
    assert!(says(&many, 900, &of));
}

#[test]
fn marks_of_one_place_end_apart_and_near_and_others_stay() {
    let bounds = ((0.0, 0.0), (400.0, 300.0));
    let mut marks = vec![MapMark::new((200.0, 150.0), 7.0); 43];
    marks.push(MapMark::new((300.0, 50.0), 7.0));
    marks.push(MapMark::new((2.0, 2.0), 7.0));
    part(marks.iter_mut(), bounds);
    for (index, mark) in marks.iter().enumerate() {
        assert!(distance(mark.at, mark.home) < 80.0, "{mark:?}");
        for other in &marks[index + 1..] {
            assert!(distance(mark.at, other.at) > 14.0, "{mark:?} {other:?}");
        }
    }
    assert_eq!(marks[43].at, marks[43].home);
    assert_eq!(marks[44].at, (7.0, 7.0));
}

#[test]
fn an_arrow_touches_neither_mark_and_there_and_back_bend_apart() {
    let arrow = |from: (f64, f64), to: (f64, f64)| {
        let ends = (MapMark::new(from, 8.0), MapMark::new(to, 8.0));
        MoveArrow::new(0, ends, 0.5, 0.16)
    };
    let (left, right) = ((20.0, 150.0), (320.0, 150.0));
    let there = arrow(left, right).expect("it fits");
    let back = arrow(right, left).expect("it fits");
    for spot in there.spots() {
        assert!(distance(spot, left) > 8.0 && distance(spot, right) > 8.0);
    }
    // Y goes down: who travels east has north on the left.
    assert!(there.at(0.5).1 < 140.0 && back.at(0.5).1 > 160.0);
    assert_eq!(arrow((10.0, 10.0), (27.0, 10.0)), None);
    assert_eq!(arrow((15.0, 15.0), (15.0, 15.0)), None);
}
