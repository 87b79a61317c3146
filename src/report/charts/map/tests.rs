//! Tests of the map: what it shows, and that nothing collides, measured with the font that draws.

#[path = "samples.rs"]
mod samples;

use super::MapChart;
use crate::model::Coordinates;
use crate::plan_files::AccessPointUse;
use crate::report::charts::Chart;
use crate::report::charts::legible::{
    WIDTHS, assert_legible, assert_no_shape_touches_texts, pixels_of, words_of,
};
use crate::report::charts::palette::Role;
use crate::report::headroom::{Standing, State};
use crate::report::places::{AccessPointPlace, SiteMove, SitePlace};

/// The picture without what labels may lie on: water, land, arrows and lines.
fn without_ground(svg: &str) -> String {
    let (before, rest) = svg
        .split_once("<g class=\"ground\">")
        .expect("a map has ground");
    let (_, after) = rest.split_once("</g>\n").expect("its group ends");
    format!("{before}{after}")
}

fn tips(svg: &str) -> usize {
    svg.split_once("<g class=\"tips\"")
        .map_or(0, |(_, tips)| tips.matches("<title>").count())
}

#[test]
fn texts_touch_neither_each_other_nor_marks_nor_the_edge_whatever_the_size() {
    for (name, chart) in samples::all() {
        for width in WIDTHS.into_iter().chain([1280]) {
            let svg = chart.svg(width).expect("a picture");
            let name = format!("{name} at {width}");
            assert_legible(&name, &svg);
            assert_no_shape_touches_texts(&name, &without_ground(&svg));
        }
    }
}

#[test]
fn a_map_costs_little() {
    for (name, chart) in samples::all() {
        for width in [320, 1280] {
            let svg = chart.svg(width).expect("a picture");
            let land: usize = svg
                .split("fill-rule")
                .skip(1)
                .filter_map(|path| path.split_once("/>"))
                .map(|(path, _)| path.len())
                .sum();
            assert!(land < 45_000, "{name} at {width}: {land} bytes of land");
            assert!(svg.len() < 90_000, "{name} at {width}: {} bytes", svg.len());
        }
    }
}

#[test]
fn land_and_water_lie_behind_marks_and_arrows() {
    let svg = samples::drain(12).svg(900).expect("a picture");
    let last = |role: Role| svg.rfind(&format!("\"{}\"", role.hex().to_uppercase()));
    let first = |role: Role| svg.find(&role.hex());
    assert!(first(Role::Water) < first(Role::Land));
    assert!(first(Role::Land) < svg.find(&format!("stroke=\"{}\"", Role::Moved.hex())));
    assert!(first(Role::Land) < last(Role::Fine).or_else(|| svg.rfind(&Role::Fine.hex())));
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
fn the_order_of_rows_changes_no_byte() {
    let chart = samples::churn(12);
    let mut reversed = chart.clone();
    reversed.sites.reverse();
    reversed.access_points.reverse();
    reversed.moves.reverse();
    assert_eq!(chart.picture(900).ok(), reversed.picture(900).ok());
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
fn few_sites_are_all_named_and_what_is_left_out_is_counted() {
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
    let chart = samples::calm(43);
    let words = words_of(&chart.svg(900).expect("a picture"));
    let named = chart.sites.iter().filter(|site| words.contains(&site.name));
    // One name is too long for the map.
    let unnamed = 43 - named.count() - 1;
    let note = words
        .iter()
        .find(|line| line.contains("no room for a name"));
    let told: usize = note
        .and_then(|line| line.split(' ').next())
        .map_or(0, |count| count.parse().expect("a count"));
    assert!(
        told == unnamed || told == unnamed + 1,
        "{told} of {unnamed}"
    );
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
fn moves_without_room_for_an_arrow_are_told() {
    let chart = samples::one_place(3);
    let words = words_of(&chart.svg(900).expect("a picture")).join(" ");
    assert!(words.contains("No move has room for an arrow"), "{words}");
    let chart = samples::churn(43);
    let words = words_of(&chart.svg(900).expect("a picture")).join(" ");
    assert!(
        words.contains(&format!("Of {} moves", chart.moves.len())),
        "{words}"
    );
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
