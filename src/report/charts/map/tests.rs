//! Tests of the map: what it shows, and that nothing collides, measured with the font that draws.

use super::{AccessPointPlace, MapChart};
use crate::model::Coordinates;
use crate::plan_files::AccessPointUse;
use crate::report::charts::Chart;
use crate::report::charts::kit::legible::{pixels_of, words_of};
use crate::report::charts::palette::Role;
use crate::report::charts::samples::map as samples;

fn tips(svg: &str) -> usize {
    svg.split_once("<g class=\"tips\"")
        .map_or(0, |(_, tips)| tips.matches("<title>").count())
}

#[test]
fn a_map_costs_little() {
    for (name, chart) in samples::maps() {
        for width in [320, 1280] {
            let svg = chart.svg(width).expect("a picture");
            let lands = svg.split("fill-rule").skip(1);
            let lands = lands.filter_map(|path| path.split_once("/>"));
            let land: usize = lands.map(|(path, _)| path.len()).sum();
            assert!(land < 45_000, "{name} at {width}: {land} bytes of land");
            assert!(svg.len() < 90_000, "{name} at {width}: {} bytes", svg.len());
        }
    }
}

#[test]
fn land_and_water_lie_behind_marks_and_arrows() {
    let svg = samples::drain(12).svg(900).expect("a picture");
    let last = |role: Role| svg.rfind(&format!("\"{}\"", role.hex().to_uppercase()));
    let first = |role: Role| svg.find(role.hex());
    assert!(first(Role::Water) < first(Role::Land));
    assert!(first(Role::Land) < svg.find(&format!("stroke=\"{}\"", Role::Moved.hex())));
    assert!(first(Role::Land) < last(Role::Fine).or_else(|| svg.rfind(Role::Fine.hex())));
}

#[test]
fn the_png_shows_land_water_marks_and_arrows() {
    let picture = samples::pacific().picture(900).expect("a picture");
    assert_eq!(picture.png[..8], *b"\x89PNG\r\n\x1a\n");
    for role in [
        Role::Land,
        Role::Water,
        Role::Moved,
        Role::Full,
        Role::Fine,
        Role::BelowTarget,
    ] {
        assert!(pixels_of(&picture.png, role) > 300, "{role:?} is missing");
    }
    assert_eq!(pixels_of(&picture.png, Role::Opened), 0);
}

#[test]
fn every_site_access_point_and_drawn_move_answers_the_pointer() {
    let mut chart = samples::pacific();
    chart.access_points.push(AccessPointPlace {
        id: "ap-hnl".to_owned(),
        name: "Honolulu".to_owned(),
        coordinates: Some(Coordinates {
            latitude: 20.0,
            longitude: -155.0,
        }),
        usage: AccessPointUse::Opened,
        users: 1234.0,
    });
    let svg = chart.svg(900).expect("a picture");
    assert_eq!(tips(&svg), 4 + 1 + 4);
    for words in [
        "Honolulu → San Francisco: 120,000 users",
        "Honolulu (site-03): drained; 0 users, 220,000 leave",
        "San Francisco (site-02): 12.0 % headroom, below target; 30,000 users, 9,000 leave, 120,000 come",
        "Honolulu (ap-hnl), access point, opened: 1,234 users enter",
    ] {
        assert!(svg.contains(&format!("<title>{words}</title>")), "{words}");
    }
}

#[test]
fn every_site_is_named_beside_its_mark_or_below_the_map() {
    for (name, chart) in [("3", samples::drain(3)), ("calm", samples::calm(3))] {
        let words = words_of(&chart.svg(900).expect("a picture"));
        for site in &chart.sites {
            assert!(
                words.contains(&site.name),
                "{name}: {} has no name",
                site.name
            );
        }
    }
    // A name that has no room beside its mark stands below the map.
    let chart = samples::calm(43);
    let words = words_of(&chart.svg(900).expect("a picture")).join(" ");
    for site in &chart.sites {
        let start: String = site.name.chars().take(6).collect();
        assert!(words.contains(&start), "{}: {words}", site.name);
    }
    let words = words_of(&chart.svg(320).expect("a picture"));
    assert!(words.contains(&"1".to_owned()), "{words:?}");
    let words = words.join(" ");
    assert!(words.contains("Numbers: 1\u{a0}"), "{words}");
    assert!(words.contains("sites have no room for a name"), "{words}");
}

#[test]
fn gone_sites_and_those_that_take_users_are_named_first() {
    let chart = samples::drain(43);
    for width in [320, 420, 900, 1280] {
        let words = words_of(&chart.svg(width).expect("a picture"));
        for name in ["Chicago", "San Antonio", "Boydton"] {
            assert!(words.iter().any(|word| word == name), "{name} at {width}");
        }
    }
}

#[test]
fn moves_too_small_to_see_get_a_closer_panel() {
    let has_two = |chart: &MapChart, width| {
        let words = words_of(&chart.svg(width).expect("a picture"));
        words.contains(&"Where users move".to_owned()) && words.contains(&"All sites".to_owned())
    };
    // Chicago to San Antonio on a map of the world.
    assert!(has_two(&samples::drain(43), 1280));
    assert!(!has_two(&samples::calm(43), 1280));
    assert!(!has_two(&samples::pacific(), 420));
}

#[test]
fn places_without_coordinates_are_listed_and_fewer_than_two_make_no_map() {
    let chart = samples::unplaced();
    assert!(chart.has_places());
    let note = words_of(&chart.svg(900).expect("a picture")).join(" ");
    assert!(
        note.contains("Not on the map, for want of coordinates: Des Moines, Quincy, Cheyenne,"),
        "{note}"
    );
    assert!(note.contains("and 2 more."), "{note}");
    let mut alone = samples::calm(3);
    for site in alone.sites.iter_mut().skip(1) {
        site.coordinates = None;
    }
    assert!(!alone.has_places());
    // It is still a picture.
    assert!(alone.svg(320).is_ok());
    alone.sites.clear();
    assert!(alone.svg(320).is_ok());
}

#[test]
fn moves_without_room_for_an_arrow_are_counted() {
    let mut chart = samples::one_place(3);
    chart.moves.truncate(1);
    let words = words_of(&chart.svg(900).expect("a picture")).join(" ");
    assert!(words.contains("No move has room for an arrow"), "{words}");
    let chart = samples::churn(43);
    let words = words_of(&chart.svg(900).expect("a picture")).join(" ");
    let of = format!("Of {} moves", chart.moves.len());
    assert!(words.contains(&of), "{words}");
}

#[test]
fn names_of_users_stay_text() {
    let mut chart = samples::pacific();
    chart.sites[0].name = "=1+1".to_owned();
    chart.access_points.push(AccessPointPlace {
        id: "ap".to_owned(),
        name: "Evil, \"quoted\"".to_owned(),
        coordinates: Some(Coordinates {
            latitude: 20.0,
            longitude: -155.0,
        }),
        usage: AccessPointUse::Standby,
        users: 0.0,
    });
    let svg = chart.svg(900).expect("a picture");
    for words in [
        "<title>=1+1 (site-00): 30.0 % headroom, at or above target; 10,000 users",
        "<title>Evil, &quot;quoted&quot; (ap), access point, standby: 0 users enter</title>",
    ] {
        assert!(svg.contains(words), "{words}");
    }
}
