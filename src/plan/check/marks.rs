//! Marks: whether works and faults stand in the change list when they begin, become known and end.

use super::clock::{cell, is_mark};
use super::ground::Ground;
use super::report::{At, Report, Rule};
use crate::model::Word as _;
use crate::plan_files::{Action, ChangeRow, EventWord, Lined, Row};
use crate::scenario::Period;
use jiff::Timestamp;

/// Action, event, component, instant.
type Mark = (Action, EventWord, String, Timestamp);

/// P7970: marks are those of the scenario's works and faults, each once, with the step 0.
pub(super) fn check(
    ground: &Ground<'_>,
    periods: &[Period],
    rows: &[Lined<ChangeRow>],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7970",
        hint: "one row for each component of an event when it begins, is detected later than that, and ends, within the \
               scenario; of no surge",
    };
    let mut left = marks(ground);
    for row in rows.iter().filter(|own| is_mark(own.row.action)) {
        let own = &row.row;
        let at = own
            .at
            .as_deref()
            .and_then(|own| own.parse::<Timestamp>().ok());
        let begun = periods
            .iter()
            .rposition(|own| at.is_some_and(|at| own.start <= at));
        let is_its = |mark: &Mark| {
            own.action == mark.0
                && own.event == Some(mark.1)
                && own.component.as_deref() == Some(mark.2.as_str())
                && at == Some(mark.3)
        };
        let named = [
            &own.shard,
            &own.client_region,
            &own.access_point,
            &own.from_site,
            &own.to_site,
            &own.pool,
            &own.member,
        ];
        let is_bare = named.into_iter().all(Option::is_none)
            && own.share.is_none()
            && own.before.is_none()
            && own.after.is_none()
            && own.wave.is_none()
            && own.users <= 0.0
            && own.step == 0
            && usize::try_from(own.period).ok() == Some(begun.unwrap_or(0));
        if let Some(position) = left.iter().position(is_its).filter(|_| is_bare) {
            left.swap_remove(position);
        } else {
            let found = format!(
                "`{}` of `{}` at {}",
                own.action.word(),
                own.component.as_deref().unwrap_or_default(),
                own.at.as_deref().unwrap_or_default()
            );
            let expected =
                "an event of the scenario that does so then, once, with the step 0 in its period";
            report.add(
                RULE,
                cell(ChangeRow::FILE, row, "component"),
                found,
                expected,
            );
        }
    }
    for (action, _, component, at) in left {
        let found = format!("no `{}` of `{component}` at {at}", action.word());
        report.add(
            RULE,
            At::file(ChangeRow::FILE),
            found,
            "a row for every mark",
        );
    }
}

fn marks(ground: &Ground<'_>) -> Vec<Mark> {
    let scenario = ground.scenario;
    let mut all = Vec::new();
    for event in &scenario.events {
        let kind = event.kind.event_type().word();
        // What is at no component has no marks.
        let Some(word) = EventWord::ALL.iter().find(|own| own.word() == kind) else {
            continue;
        };
        let mut instants = vec![(Action::Begins, event.start), (Action::Ends, event.end)];
        if event.start < event.detected && event.detected < event.end {
            instants.push((Action::Detected, event.detected));
        }
        instants.retain(|(_, at)| scenario.start <= *at && *at <= scenario.end);
        for component in event.kind.components() {
            let name = ground.inventory.component_name(*component);
            all.extend(
                instants
                    .iter()
                    .map(|(action, at)| (*action, *word, name.to_owned(), *at)),
            );
        }
    }
    all
}
