//! Tests of the headroom chart: what it shows, and that nothing collides, measured with the font that draws.

#[path = "samples.rs"]
mod samples;

use super::{HeadroomChart, LEAST_WIDTH, TIGHTEST_OTHERS, paint};
use crate::model::ComponentKind;
use crate::report::charts::font::{Font, database};
use crate::report::charts::palette::Role;
use crate::report::headroom::{HeadroomRow, Selection, Standing};
use resvg::usvg::{self, Node, Rect};

/// Widths on both sides of the change of form, and below the least.
const WIDTHS: [u32; 7] = [100, 320, 420, 600, 899, 900, 1200];

/// The SVG as resvg understands it.
fn parsed(svg: &str) -> usvg::Tree {
    let options = usvg::Options {
        fontdb: database(),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).expect("a chart is an SVG")
}

/// Boxes of all texts, with their words, and of all shapes.
fn boxes(group: &usvg::Group, texts: &mut Vec<(String, Rect)>, shapes: &mut Vec<Rect>) {
    for node in group.children() {
        match node {
            Node::Group(inner) => boxes(inner, texts, shapes),
            Node::Text(text) => {
                let words = text.chunks().iter().map(usvg::TextChunk::text).collect();
                texts.push((words, text.abs_bounding_box()));
            }
            other => shapes.push(other.abs_stroke_bounding_box()),
        }
    }
}

fn overlap(left: Rect, right: Rect) -> bool {
    // What the SVG's decimals round away.
    let slack = 0.3;
    left.left() < right.right() - slack
        && right.left() < left.right() - slack
        && left.top() < right.bottom() - slack
        && right.top() < left.bottom() - slack
}

/// Finds whatever collides in a picture.
fn assert_tidy(name: &str, width: u32, svg: &str) {
    let tree = parsed(svg);
    let (mut texts, mut shapes) = (Vec::new(), Vec::new());
    boxes(tree.root(), &mut texts, &mut shapes);
    assert!(texts.len() > 10, "{name} at {width} says nothing");
    let paper = shapes.remove(0);
    assert!((paper.width() - tree.size().width()).abs() < 0.1);
    for (position, (words, area)) in texts.iter().enumerate() {
        assert!(
            area.left() >= 0.0
                && area.top() >= 0.0
                && area.right() <= paper.right()
                && area.bottom() <= paper.bottom(),
            "{name} at {width}: `{words}` leaves the picture: {area:?}"
        );
        for (other, other_area) in &texts[position + 1..] {
            assert!(
                !overlap(*area, *other_area),
                "{name} at {width}: `{words}` runs into `{other}`"
            );
        }
        for shape in &shapes {
            assert!(
                !overlap(*area, *shape),
                "{name} at {width}: `{words}` runs into a shape at {shape:?}"
            );
        }
    }
}

/// How many pixels of a PNG have the colour.
fn pixels_of(png: &[u8], role: Role) -> usize {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .expect("a chart is a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a chart is small")];
    reader.next_frame(&mut pixels).expect("a whole picture");
    let (red, green, blue) = role.rgb();
    pixels
        .chunks_exact(4)
        .filter(|pixel| *pixel == [red, green, blue, 255])
        .count()
}

fn row(component: &str, kind: ComponentKind, resource: &str, during: f64) -> HeadroomRow {
    HeadroomRow {
        component: component.to_owned(),
        name: component.to_uppercase(),
        kind,
        resource: resource.to_owned(),
        unit: "vCPU".to_owned(),
        standing: Standing::InService,
        before: Some(0.5),
        during: Some(during),
        target: Some(0.2),
        load: 1000.0 * (1.0 - during),
        capacity: 1000.0,
    }
}

fn chart(rows: Vec<HeadroomRow>) -> HeadroomChart {
    HeadroomChart {
        title: "finding".to_owned(),
        scenario: "scenario".to_owned(),
        period: "period".to_owned(),
        rows,
        most_others: TIGHTEST_OTHERS,
    }
}

/// The words of a picture in the order drawn.
fn words(chart: &HeadroomChart) -> Vec<String> {
    let picture = chart.picture(1200).expect("a small picture");
    let (mut texts, mut shapes) = (Vec::new(), Vec::new());
    boxes(parsed(&picture.svg).root(), &mut texts, &mut shapes);
    texts.into_iter().map(|(words, _)| words).collect()
}

#[test]
fn no_text_overlaps_or_is_cut_whatever_the_size() {
    for (name, chart) in samples::all() {
        for width in WIDTHS {
            let selection = Selection::new(&chart.rows, chart.most_others);
            let font = Font::load().expect("the font is built in");
            let width = width.max(LEAST_WIDTH);
            let svg = paint::svg(&chart, &selection, width, font).expect("a picture");
            assert_tidy(name, width, &svg);
        }
    }
}

#[test]
fn the_png_shows_the_bars_of_every_state_that_occurs() {
    let picture = samples::overload().picture(600).expect("a picture");
    assert_eq!(picture.png[..8], *b"\x89PNG\r\n\x1a\n");
    let tree = parsed(&picture.svg);
    let whole = tree.size().width() * tree.size().height() * 4.0;
    assert!((pixels_of(&picture.png, Role::Paper) as f32) < whole * 0.95);
    for role in [Role::BelowTarget, Role::Full, Role::Before, Role::Ink] {
        assert!(pixels_of(&picture.png, role) > 500, "{role:?} is missing");
    }
    assert_eq!(pixels_of(&picture.png, Role::Fine), 0);
    let calm = samples::calm().picture(1200).expect("a picture");
    assert!(pixels_of(&calm.png, Role::Fine) > 10_000);
}

#[test]
fn the_order_of_rows_changes_no_byte() {
    let chart = samples::drain(12);
    let mut reversed = chart.clone();
    reversed.rows.reverse();
    assert_eq!(chart.picture(900).ok(), reversed.picture(900).ok());
}

#[test]
fn a_component_is_shown_once_with_its_tightest_resource_tightest_on_top() {
    let chart = chart(vec![
        row("a", ComponentKind::Site, "cpu", 0.5),
        row("a", ComponentKind::Site, "storage", 0.3),
        row("b", ComponentKind::Site, "cpu", 0.1),
        row("l", ComponentKind::Link, "bandwidth", 0.05),
    ]);
    let words = words(&chart);
    let place = |word: &str| words.iter().position(|shown| shown == word);
    assert!(place("B") < place("A") && place("A") < place("L"));
    assert!(place("storage").is_some() && place("30.0 %").is_some());
    assert_eq!(place("50.0 %"), None);
    assert!(place("link, bandwidth").is_some(), "{words:?}");
}

#[test]
fn what_is_out_of_service_is_named_so_and_never_divided_by_zero() {
    let mut drained = row("a", ComponentKind::Site, "cpu", 0.0);
    drained.standing = Standing::Drained;
    drained.during = None;
    (drained.load, drained.capacity) = (0.0, 0.0);
    let mut stranded = drained.clone();
    stranded.component = "b".to_owned();
    stranded.load = 120.0;
    let mut undefined = drained.clone();
    undefined.component = "c".to_owned();
    undefined.standing = Standing::InService;
    undefined.during = Some(f64::NAN);
    let words = words(&chart(vec![drained, stranded, undefined]));
    let shown: Vec<_> = words
        .iter()
        .filter(|word| ["drained", "no capacity", "120 vCPU over"].contains(&word.as_str()))
        .collect();
    assert_eq!(
        shown,
        ["no capacity", "120 vCPU over", "drained", "no capacity"]
    );
    assert!(
        !words
            .iter()
            .any(|word| word.contains("NaN") || word.contains('–'))
    );
}

#[test]
fn overload_beyond_the_axis_keeps_its_number() {
    let words = words(&chart(vec![row("a", ComponentKind::Site, "cpu", -1.7)]));
    assert!(
        words.contains(&"-170.0 %".to_owned()) && words.contains(&"1,700 vCPU over".to_owned())
    );
}

#[test]
fn an_empty_chart_is_a_chart() {
    let picture = chart(Vec::new()).picture(420).expect("a picture");
    assert!(picture.svg.contains(">finding</text>"));
}

#[test]
fn the_csv_says_what_the_picture_shows_and_runs_in_no_spreadsheet() {
    let mut evil = row("=1+1", ComponentKind::Site, "cpu", 0.25);
    evil.name = "Evil, \"quoted\"".to_owned();
    evil.before = None;
    let rows = vec![evil, row("l", ComponentKind::Link, "cpu", 0.0)];
    let csv = chart(rows).picture(420).expect("a picture").csv;
    assert_eq!(
        String::from_utf8_lossy(&csv),
        "block,component,name,kind,resource,unit,standing,before,during,target,load,capacity,room,state\n\
         sites,'=1+1,\"Evil, \"\"quoted\"\"\",site,cpu,vCPU,in service,,0.25,0.2,750,1000,250,at or above target\n\
         others,l,L,link,cpu,vCPU,in service,0.5,0,0.2,1000,1000,0,full or overloaded\n"
    );
}
