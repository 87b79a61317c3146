//! Tests of the canvas: what it writes is text, and as wide as it says.

use super::*;

const FACE: Face = Face {
    size: 14.0,
    role: Role::Ink,
    is_strong: false,
};

#[test]
fn markup_controls_and_quotes_of_users_stay_text() {
    let mut canvas = Canvas::new(Font::load().expect("the font is built in"));
    canvas.text(
        0.0,
        20.0,
        Anchor::Start,
        FACE,
        "<script>&\"'\u{0}\u{202e}\u{ffff}",
    );
    let svg = canvas.finish((300, 30), "</title><script>", "a & b");
    assert!(!svg.contains("<script") && !svg.contains(['\u{0}', '\u{202e}', '\u{ffff}']));
    assert!(svg.contains(r"&lt;script&gt;&amp;&quot;&apos;\u{0}\u{202e}\u{ffff}</text>"));
    assert!(svg.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"));
}

#[test]
fn measured_width_is_the_drawn_width() {
    use resvg::usvg;
    let font = Font::load().expect("the font is built in");
    for text in [
        "San Antonio",
        "41.0 % (was 12.3 %)",
        "AVAToWa",
        "Łódź, Ελλάδα, Киев",
    ] {
        // Without textLength, so that the drawing is free to differ.
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"60\">\
             <text x=\"5\" y=\"40\" font-family=\"{}\" font-size=\"40\">{text}</text></svg>",
            xml(FAMILY)
        );
        let options = usvg::Options {
            fontdb: super::super::font::database(),
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_str(&svg, &options).expect("an SVG");
        let drawn = f64::from(tree.root().bounding_box().width());
        let measured = font.width(text, 40.0);
        // Kerning is not measured: it draws some pairs together.
        let share = drawn / measured;
        assert!(
            (0.94..1.01).contains(&share),
            "{text}: {measured} is drawn {drawn}"
        );
    }
}
