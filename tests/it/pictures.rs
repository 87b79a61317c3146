//! Pictures of `plots/`: each has a title of one line, and the page about charts has one of every kind.

use crate::command_line::root;
use std::fs;

/// The names of charts as the output folders have them, without the number of a period or a component.
const KINDS: [&str; 16] = [
    "headroom-0",
    "headroom-through",
    "users",
    "moves-0",
    "steering-4",
    "waves-1",
    "windows",
    "map-2",
    "down",
    "offered-1",
    "queue-1",
    "impact",
    "utilization",
    "pairs",
    "survivability",
    "exposure",
];

/// The pictures of `plots/` that are SVG: file and text.
fn pictures() -> Vec<(String, String)> {
    let files = fs::read_dir(root("plots")).expect("it is shipped");
    let paths = files.map(|file| file.expect("a file").path());
    let pictures = paths.filter(|path| path.extension() == Some("svg".as_ref()));
    let pictures: Vec<_> = pictures
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a picture");
            (path.display().to_string(), text)
        })
        .collect();
    assert!(pictures.len() > 8, "the folder has pictures");
    pictures
}

/// The lines of a title: no other text of a chart is as large.
fn title_lines(svg: &str) -> Vec<&str> {
    let texts = svg.split("<text ").skip(1);
    let texts = texts.filter_map(|text| text.split_once("</text>"));
    let texts = texts.filter_map(|(text, _)| text.split_once('>'));
    let is_large = |attributes: &str| {
        let size = attributes.split("font-size=\"").nth(1);
        let size = size.and_then(|size| size.split('"').next()?.parse::<f64>().ok());
        size.is_some_and(|size| size >= 20.0)
    };
    let large = texts.filter(|(attributes, _)| is_large(attributes));
    large.map(|(_, words)| words).collect()
}

#[test]
fn titles_of_shipped_pictures_are_one_line_that_begins_with_a_capital() {
    for (file, svg) in pictures() {
        let [title] = title_lines(&svg)[..] else {
            panic!("{file}: {:?}", title_lines(&svg));
        };
        let is_lower = title.starts_with(char::is_lowercase);
        assert!(!is_lower, "{file}: {title}");
    }
}

#[test]
fn page_about_charts_has_a_picture_of_every_kind() {
    let page = fs::read_to_string(root("docs/charts.md")).expect("the page is there");
    let shown: Vec<&str> = page
        .split("](../plots/")
        .skip(1)
        .filter_map(|rest| rest.split_once(".png)"))
        .map(|(name, _)| name)
        .collect();
    for kind in KINDS {
        let is_shown = shown
            .iter()
            .any(|name| name.split('-').any(|part| part == kind) || name.ends_with(kind));
        assert!(is_shown, "{kind}: {shown:?}");
    }
    for name in shown {
        assert!(root(&format!("plots/{name}.png")).exists(), "{name}");
    }
}
