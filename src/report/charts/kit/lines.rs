//! Lines: the words of a row that is re-flowed.

use super::canvas::{Anchor, Face};
use super::columns::Reflow;
use super::frame::{ChartFrame, SPACE};

/// Free space between words that are re-flowed.
const APART: f64 = 14.0;

/// Free space between a name and what stands beside it.
const BESIDE: f64 = SPACE + 2.0;

/// Height of a line of words that are re-flowed.
const LINE: f64 = 18.0;

/// The first line of a row that is re-flowed: values at the right, the name and what is beside it at the left.
pub(crate) fn first_line(frame: &mut ChartFrame, words: &[(Reflow, &str, Face)]) {
    let font = frame.font();
    let baseline = frame.y + LINE;
    let (mut right, left) = (frame.right, frame.left);
    for (_, words, face) in words.iter().rev().filter(|entry| entry.0 == Reflow::Value) {
        let canvas = &mut frame.canvas;
        right -= canvas.text(right, baseline, Anchor::End, *face, words) + SPACE;
    }
    let is_value = right < frame.right;
    let mut space = right - left - if is_value { SPACE } else { 0.0 };
    let name = words.iter().find(|word| word.0 == Reflow::Name);
    let needed = name.map_or(0.0, |(_, name, face)| font.width(name, face.size));
    let mut beside = Vec::new();
    for (_, words, face) in words.iter().filter(|word| word.0 == Reflow::Beside) {
        let needs = font.width(words, face.size) + BESIDE;
        if needed + needs <= space {
            beside.push(((*words).to_owned(), *face));
            space -= needs;
        } else if !is_value {
            let most = (space - needed).max(space / 2.0);
            beside.push((font.fit(words, face.size, most - BESIDE), *face));
            space -= needs.min(most);
        }
    }
    let mut x = left;
    if let Some((_, name, face)) = name {
        let beside = beside
            .iter()
            .map(|(words, face)| font.width(words, face.size) + BESIDE);
        let end = right - if is_value { SPACE } else { 0.0 };
        let fitted = font.fit(name, face.size, end - left - beside.sum::<f64>());
        x += frame
            .canvas
            .text(left, baseline, Anchor::Start, *face, &fitted)
            + SPACE
            + 2.0;
    }
    for (words, face) in &beside {
        let canvas = &mut frame.canvas;
        x += canvas.text(x, baseline, Anchor::Start, *face, words) + BESIDE;
    }
    frame.y = baseline + 3.0;
}

/// Words one after the other on as many lines as they need.
pub(crate) fn lines(frame: &mut ChartFrame, words: &[(String, Face)]) {
    let font = frame.font();
    let mut x = frame.left;
    for (index, (words, face)) in words.iter().enumerate() {
        let fitted = font.fit(words, face.size, frame.right - frame.left);
        let width = font.width(&fitted, face.size);
        if index == 0 || x + width > frame.right {
            x = frame.left;
            frame.y += LINE - 2.0;
        }
        let canvas = &mut frame.canvas;
        canvas.text(x, frame.y - 2.0, Anchor::Start, *face, &fitted);
        x += width + APART;
    }
}
