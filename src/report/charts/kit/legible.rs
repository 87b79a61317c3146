//! Legibility of charts, for their tests: texts neither overlap nor leave the picture, measured with the font
//! that draws.

use super::font::database;
use crate::report::charts::Chart;
use crate::report::charts::palette::Role;
use resvg::usvg::{self, Node, Rect};

/// Widths on both sides of the change of form, and below the least.
pub(crate) const WIDTHS: [u32; 8] = [100, 320, 360, 420, 600, 899, 900, 1200];

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
            // What is felt by the pointer and not painted.
            Node::Path(path) if path.fill().is_none() && path.stroke().is_none() => {}
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

/// Texts and shapes of a picture; the first shape is the paper.
fn contents(svg: &str) -> (Vec<(String, Rect)>, Vec<Rect>) {
    let tree = parsed(svg);
    let (mut texts, mut shapes) = (Vec::new(), Vec::new());
    boxes(tree.root(), &mut texts, &mut shapes);
    assert!((shapes[0].width() - tree.size().width()).abs() < 0.1);
    (texts, shapes)
}

/// The words of a picture in the order drawn.
pub(crate) fn words_of(svg: &str) -> Vec<String> {
    contents(svg)
        .0
        .into_iter()
        .map(|(words, _)| words)
        .collect()
}

/// The words of a chart at a width.
pub(crate) fn words_at(chart: &dyn Chart, width: u32) -> Vec<String> {
    words_of(&chart.svg(width).expect("a picture"))
}

/// Fails where one of these does not stand in a chart at a width, each by itself.
pub(crate) fn assert_says(chart: &dyn Chart, width: u32, expected: &[&str]) {
    let words = words_at(chart, width);
    for word in expected {
        assert!(words.iter().any(|text| text == word), "{word}: {words:?}");
    }
}

/// Fails where a chart does not tell the pointer one of these.
pub(crate) fn assert_states(chart: &dyn Chart, expected: &[&str]) {
    for width in [360, 1200] {
        let svg = chart.svg(width).expect("a picture");
        let tips = tips_of(&svg);
        for words in expected {
            assert!(tips.contains(words), "{words} at {width}: {tips:?}");
        }
    }
}

/// How many pixels of a chart have the colour, at 1,200 pixels.
pub(crate) fn pixels_at(chart: &dyn Chart, role: Role) -> usize {
    pixels_of(&chart.picture(1200).expect("a picture").png, role)
}

/// The texts for the pointer, in the order drawn.
pub(crate) fn tips_of(svg: &str) -> Vec<&str> {
    let (_, tips) = svg.split_once("<g class=\"tips\"").unwrap_or_default();
    let tips = tips.split("<title>").skip(1);
    let tips = tips.filter_map(|tip| tip.split_once("</title>"));
    tips.map(|(words, _)| words).collect()
}

/// The size of the smallest text in pixels.
pub(crate) fn least_text(svg: &str) -> f64 {
    let sizes = svg.split("font-size=\"").skip(1);
    let sizes = sizes.filter_map(|size| size.split_once('"')?.0.parse().ok());
    sizes.fold(f64::INFINITY, f64::min)
}

/// Fails where a text runs into another or leaves the picture.
pub(crate) fn assert_legible(name: &str, svg: &str) {
    let (texts, shapes) = contents(svg);
    let paper = shapes[0];
    assert!(!texts.is_empty(), "{name} says nothing");
    for (position, (words, area)) in texts.iter().enumerate() {
        assert!(
            area.left() >= 0.0
                && area.top() >= 0.0
                && area.right() <= paper.right()
                && area.bottom() <= paper.bottom(),
            "{name}: `{words}` leaves the picture: {area:?}"
        );
        for (other, other_area) in &texts[position + 1..] {
            assert!(
                !overlap(*area, *other_area),
                "{name}: `{words}` runs into `{other}`"
            );
        }
    }
}

/// Fails where a text runs into another or into a shape, or leaves the picture.
pub(crate) fn assert_no_shape_touches_texts(name: &str, svg: &str) {
    assert_legible(name, svg);
    let (texts, shapes) = contents(svg);
    for (words, area) in &texts {
        for shape in &shapes[1..] {
            assert!(
                !overlap(*area, *shape),
                "{name}: `{words}` runs into a shape at {shape:?}"
            );
        }
    }
}

/// The pixels of a PNG, four bytes each.
fn pixels(png: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png))
        .read_info()
        .expect("a chart is a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a chart is small")];
    reader.next_frame(&mut pixels).expect("a whole picture");
    pixels
}

/// How many pixels of a PNG have the colour.
pub(crate) fn pixels_of(png: &[u8], role: Role) -> usize {
    let colour = u32::from_str_radix(&role.hex()[1..], 16).expect("six digits");
    let colour = (colour << 8 | 255).to_be_bytes();
    let pixels = pixels(png);
    pixels
        .chunks_exact(4)
        .filter(|bytes| *bytes == colour)
        .count()
}
