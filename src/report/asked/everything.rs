//! Targets that are missed, and all sentences of explanations.json, period by period.

use crate::plan_files::explanations::Explanations;
use crate::plan_files::{HeadroomRow, Lined};
use crate::report::document::{Block, Document};
use crate::report::numbers;
use crate::units::FEASIBILITY;

/// Everything that the explanations say and which targets headroom.csv misses, or that of one period, wrapped to `width` terminal
/// columns where given.
pub fn everything(
    explanations: &Explanations,
    headroom: &[Lined<HeadroomRow>],
    period: Option<usize>,
    width: Option<u16>,
) -> String {
    let is_asked = |own: u32| period.is_none_or(|asked| asked == own as usize);
    let missed: Vec<(u32, String)> = headroom
        .iter()
        .filter_map(|own| Some((own.row.period, missed(&own.row)?)))
        .collect();
    let missed = missed
        .iter()
        .map(|(period, sentence)| (*period, "Which targets are missed", sentence));
    let bindings = explanations
        .bindings
        .iter()
        .map(|binding| (binding.period, "What binds", &binding.sentence));
    let cuts = explanations.cuts.iter().map(|cut| {
        (
            cut.row.period,
            "Who needs more than there is",
            &cut.row.sentence,
        )
    });
    let reasons = explanations
        .reasons
        .iter()
        .map(|reason| (reason.period, "Who is not at home", &reason.sentence));
    let mut told: Vec<(u32, &str, &String)> = missed
        .chain(cuts)
        .chain(bindings)
        .chain(reasons)
        .filter(|(own, _, _)| is_asked(*own))
        .collect();
    // The sort is stable: within a period they stay in the order above.
    told.sort_by_key(|(own, _, _)| *own);
    if told.is_empty() {
        return "Nothing binds, and everybody is at home.\n".to_owned();
    }
    let mut document = Document::default();
    for of_period in told.chunk_by(|a, b| a.0 == b.0) {
        document.add(vec![Block::sentences([format!(
            "Period {}",
            of_period[0].0
        )])]);
        for alike in of_period.chunk_by(|a, b| a.1 == b.1) {
            let heading = Block::Heading("", alike[0].1.to_owned());
            let sentences = alike.iter().map(|(.., sentence)| sentence);
            document.add(vec![heading, Block::items(sentences)]);
        }
    }
    document.text(width)
}

/// `chi keeps 1.0 % of cpu free, 20.0 % is the target: missed already before.`; `None` where it is met.
fn missed(row: &HeadroomRow) -> Option<String> {
    let headroom = row.headroom.as_ref()?.0;
    let target = row
        .written_target
        .filter(|own| headroom < own - FEASIBILITY)?;
    let since = if row.shortfall <= FEASIBILITY {
        "missed already before"
    } else {
        "missed by more than before"
    };
    Some(format!(
        "{} keeps {} of {} free, {} is the target: {since}.",
        row.component,
        numbers::headroom(headroom),
        row.resource,
        numbers::percent(target)
    ))
}
