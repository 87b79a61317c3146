//! The explanations of a plan as sentences of the page, each with an anchor that numbers link to.

use super::page::Explained;
use crate::plan_files::explanations::Explanations;

/// The sentences of explanations.json: who needs more than there is, what binds, and why shards are not at home.
/// Within each of the three the order is kept.
pub fn explained_of(explanations: &Explanations) -> Vec<Explained> {
    let explained = |id: &str, sentence: &str, period: u32, component: Option<&String>| Explained {
        id: id.to_owned(),
        sentence: sentence.to_owned(),
        period: Some(period as usize),
        component: component.cloned(),
    };
    let cuts = explanations.cuts.iter().map(|cut| {
        let component = match cut.row.components.as_slice() {
            [one] => Some(one),
            _ => None,
        };
        explained(&cut.id, &cut.row.sentence, cut.row.period, component)
    });
    let bindings = explanations.bindings.iter().map(|binding| {
        explained(
            &binding.id,
            &binding.sentence,
            binding.period,
            Some(&binding.component),
        )
    });
    let reasons = explanations
        .reasons
        .iter()
        .map(|reason| explained(&reason.id, &reason.sentence, reason.period, None));
    cuts.chain(bindings).chain(reasons).collect()
}
