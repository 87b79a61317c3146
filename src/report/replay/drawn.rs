//! The charts of a replay: which there are, drawn for its folder and for its page.

use super::report::ReplayReport;
use super::report::RunFacts;
use super::shortage::Shortage;
use super::words::{heading, length, premise};
use crate::error::Result;
use crate::ids::ComponentId;
use crate::plan::replay::{PassageFlow, Run, Short};
use crate::report::charts::replay::{Against, Curve, CurvePanel, Standing};
use crate::report::charts::through::EventSpan;
use crate::report::charts::{Chart, ReplayChart};
use crate::report::document::Figure;
use crate::report::drawn::drawing;
use crate::report::grammar::{capitalised, counted_with};
use crate::report::numbers;
use crate::report::through::event_span;
use jiff::Timestamp;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Components that have charts of their own, the worst first.
const MOST_COMPONENTS: usize = 3;

/// Numbers that differ by less than this share look the same in a chart.
const ALIKE: f64 = 0.01;

/// A chart, what it is called in the folder, and for headings.
type Named = (String, &'static str, ReplayChart);

/// What was short somewhere, in one run or in both.
struct Both<'t, 'a> {
    component: ComponentId,
    short: Short,
    runs: Vec<(&'t RunFacts<'a>, Option<&'t Shortage<'a>>)>,
}

impl Both<'_, '_> {
    /// `true` if the same was short in the same runs, as badly, for as long, from the same step on.
    fn looks_like(&self, other: &Self) -> bool {
        let is_close = |a: f64, b: f64| (a - b).abs() <= ALIKE * a.abs().max(b.abs());
        let is_same = |a: &Shortage<'_>, b: &Shortage<'_>| {
            a.first == b.first
                && is_close(a.weight, b.weight)
                && is_close(a.beyond_seconds, b.beyond_seconds)
                && is_close(a.waiting_seconds, b.waiting_seconds)
        };
        let mut runs = self.runs.iter().zip(&other.runs);
        self.short == other.short
            && runs.all(|(a, b)| match (a.1, b.1) {
                (Some(a), Some(b)) => is_same(a, b),
                (a, b) => a.is_none() && b.is_none(),
            })
    }
}

impl<'a> ReplayReport<'a> {
    /// Every chart that has something to show, in the order in which they are to be read.
    ///
    /// # Errors
    /// `Error::Internal` if a picture cannot be drawn.
    pub fn drawings(&self) -> Result<Vec<Figure>> {
        let bounds: Vec<Arc<Vec<Timestamp>>> = self
            .runs()
            .iter()
            .map(|own| Arc::new(bounds(own.run)))
            .collect();
        let mut charts: Vec<Named> = vec![("down".to_owned(), "Users down", self.down(&bounds))];
        for (position, (both, alike)) in self.worst().iter().enumerate() {
            let number = position + 1;
            let mut offered = self.offered(both, &bounds);
            offered.notes.extend(of_alike(*alike));
            charts.push((
                format!("offered-{number}"),
                "What comes and what there is room for",
                offered,
            ));
            if let Some(mut queue) = self.queue_chart(both, &bounds) {
                queue.notes.extend(of_alike(*alike));
                charts.push((format!("queue-{number}"), "What waits", queue));
            }
        }
        charts
            .into_par_iter()
            .map(|(name, subject, chart)| drawing(name, subject, None, &chart as &dyn Chart))
            .collect()
    }

    /// What was short and has charts: the worst two with what was asked for, and the worst of all others. Of those that
    /// look alike in every run only the first is there, with the number of the others.
    fn worst(&self) -> Vec<(Both<'_, 'a>, usize)> {
        let mut distinct: Vec<(Both<'_, 'a>, usize)> = Vec::new();
        for own in self.all_short() {
            match distinct.iter_mut().find(|known| known.0.looks_like(&own)) {
                Some(known) => known.1 += 1,
                None => distinct.push((own, 0)),
            }
        }
        let weight = |own: &Both<'_, '_>, is_asked: bool| {
            let runs = if is_asked { 1 } else { own.runs.len() };
            let weights = own.runs.iter().take(runs).filter_map(|own| own.1);
            weights.map(|own| own.weight).fold(0.0, f64::max)
        };
        let mut chosen = Vec::new();
        while chosen.len() < MOST_COMPONENTS && !distinct.is_empty() {
            let is_asked = chosen.len() + 1 < MOST_COMPONENTS
                && distinct.iter().any(|own| weight(&own.0, true) > 0.0);
            let most = distinct.iter().enumerate().reduce(|most, own| {
                let is_more = weight(&own.1.0, is_asked) > weight(&most.1.0, is_asked);
                if is_more { own } else { most }
            });
            let position = most.map_or(0, |own| own.0);
            chosen.push(distinct.remove(position));
        }
        chosen
    }

    /// What was short in any run, by component.
    fn all_short(&self) -> Vec<Both<'_, 'a>> {
        let named = self.runs().iter().flat_map(|run| {
            let own = run.shortages.iter();
            own.map(|own| (own.passage.component, own.passage.short))
        });
        let named: BTreeSet<(ComponentId, Short)> = named.collect();
        let both = named.into_iter().map(|(component, short)| {
            let runs = self.runs().iter().map(|run| {
                let mut own = run.shortages.iter();
                let is_own = |own: &&Shortage<'_>| {
                    own.passage.component == component && own.passage.short == short
                };
                (run, own.find(is_own))
            });
            Both {
                component,
                short,
                runs: runs.collect(),
            }
        });
        both.collect()
    }

    fn events(&self) -> Vec<EventSpan> {
        let scenario = self.scenario;
        let events = scenario.events.iter();
        let within = events.filter(|own| own.start < scenario.end && scenario.start < own.end);
        within
            .map(|own| event_span(self.inventory, scenario, own))
            .collect()
    }

    fn chart(&self, title: String, panels: Vec<CurvePanel>, notes: Vec<String>) -> ReplayChart {
        ReplayChart {
            title,
            scenario: self.scenario.name.clone(),
            clock: self.clock(),
            events: self.events(),
            panels,
            notes,
        }
    }

    fn curve(
        &self,
        position: usize,
        bounds: &[Arc<Vec<Timestamp>>],
        values: Vec<f64>,
        limits: Vec<f64>,
    ) -> Option<Curve> {
        let conduct = self.runs().get(position)?.run.conduct;
        Some(Curve {
            name: heading(conduct),
            standing: if position == 0 {
                Standing::Asked
            } else {
                Standing::Compared
            },
            bounds: Arc::clone(bounds.get(position)?),
            values,
            limits,
        })
    }

    fn down(&self, bounds: &[Arc<Vec<Timestamp>>]) -> ReplayChart {
        let curves = self
            .runs()
            .iter()
            .enumerate()
            .filter_map(|(position, own)| {
                let values = own.run.moments.iter().map(|own| own.most_down).collect();
                self.curve(position, bounds, values, Vec::new())
            });
        let panel = CurvePanel {
            heading: "users down at once".to_owned(),
            quantity: "users down",
            unit: "users".to_owned(),
            against: Against::EachOther,
            curves: curves.collect(),
        };
        let note = "Users count as at the peak, whatever the hour.".to_owned();
        self.chart(self.finding(), vec![panel], vec![note])
    }

    /// What comes to a component against what it can take, a panel for each run.
    fn offered(&self, both: &Both<'_, '_>, bounds: &[Arc<Vec<Timestamp>>]) -> ReplayChart {
        let unit = self.unit(both.short);
        let what = self.short_words(both.short);
        let mut panels = Vec::new();
        let mut notes = Vec::new();
        for (position, (run, own)) in both.runs.iter().enumerate() {
            let conduct = heading(run.run.conduct);
            let Some(own) = own else {
                notes.push(format!(
                    "{} it is never short of {}.",
                    premise(run.run.conduct),
                    self.lacking(both.short)
                ));
                continue;
            };
            let flows = &own.passage.flows;
            let limits = flows.iter().map(|own| own.capacity).collect();
            let values = flows.iter().map(|own| own.offered).collect();
            panels.push(CurvePanel {
                heading: format!("{what}: what comes {conduct}, in {unit}"),
                quantity: "offered",
                unit: unit.to_owned(),
                against: Against::Limit,
                curves: self
                    .curve(position, bounds, values, limits)
                    .into_iter()
                    .collect(),
            });
        }
        self.chart(self.offered_title(both), panels, notes)
    }

    /// `lb-iad-2: more comes than it can take for 1 h 9 min with the plan (up to 1,272 sessions/s), 4 h if nobody acts (…)`.
    fn offered_title(&self, both: &Both<'_, '_>) -> String {
        let name = capitalised(&self.component(both.component));
        let unit = self.unit(both.short);
        let runs = both
            .runs
            .iter()
            .filter_map(|(run, own)| Some((run, (*own)?)));
        let beyond = runs.filter(|own| own.1.beyond_seconds > 0.0);
        let parts: Vec<String> = beyond
            .map(|(run, own)| {
                let flow = own.most_flow().map_or(0.0, |own| own.offered);
                let (time, most) = (length(own.beyond_seconds), numbers::quantity(flow, unit));
                format!("{time} {} (up to {most})", heading(run.run.conduct))
            })
            .collect();
        if parts.is_empty() {
            return format!("{name}: what comes has room, what waits is worked off beside it");
        }
        format!(
            "{name}: more comes than it can take for {}",
            parts.join(", ")
        )
    }

    /// What waits at a component and how long the oldest of it has; `None` where nothing ever does.
    fn queue_chart(
        &self,
        both: &Both<'_, '_>,
        bounds: &[Arc<Vec<Timestamp>>],
    ) -> Option<ReplayChart> {
        let waits = |own: &&&Shortage<'_>| own.peak.is_some();
        let shortages = || both.runs.iter().filter_map(|own| own.1.as_ref());
        shortages().find(waits)?;
        let oldest = shortages().map(|own| own.oldest).fold(0.0, f64::max);
        let (time, seconds) = time_unit(oldest);
        let curves = |of: &dyn Fn(&PassageFlow) -> f64| -> Vec<Curve> {
            let runs = both.runs.iter().enumerate();
            runs.filter_map(|(position, (_, own))| {
                let flows = own.as_ref()?.passage.flows.iter();
                self.curve(position, bounds, flows.map(of).collect(), Vec::new())
            })
            .collect()
        };
        let name = self.component(both.component);
        let unit = self.unit_of_queue(both.short);
        let panels = vec![
            CurvePanel {
                heading: format!(
                    "{}: what waits at {name}, in {unit}",
                    self.short_words(both.short)
                ),
                quantity: "queued",
                unit,
                against: Against::EachOther,
                curves: curves(&|own| own.most),
            },
            CurvePanel {
                heading: format!("how long the oldest of it has waited, in {time}"),
                quantity: "oldest",
                unit: time.to_owned(),
                against: Against::EachOther,
                curves: curves(&|own| {
                    let is_any = own.queued > 0.0;
                    if is_any { own.oldest / seconds } else { 0.0 }
                }),
            },
        ];
        let notes = both
            .runs
            .iter()
            .filter(|own| own.1.is_none_or(|own| own.peak.is_none()));
        let notes = notes.map(|own| format!("{} nothing waits there.", premise(own.0.run.conduct)));
        let notes = notes.collect();
        Some(self.chart(self.queue_title(both), panels, notes))
    }

    /// `lb-iad-2: 18,000 sessions wait at 05:57 with the plan and clear in 1 h 16 min, 20,000 if nobody acts`.
    fn queue_title(&self, both: &Both<'_, '_>) -> String {
        let name = capitalised(&self.component(both.component));
        let unit = self.unit_of_queue(both.short);
        let mut parts = Vec::new();
        for (run, own) in &both.runs {
            let Some(peak) = own.as_ref().and_then(|own| own.peak.as_ref()) else {
                continue;
            };
            let conduct = heading(run.run.conduct);
            let clears = match peak.clearing {
                Some(seconds) => format!("and clear in {}", length(seconds)),
                None => "and do not clear".to_owned(),
            };
            let amount = if parts.is_empty() {
                format!("{} wait", numbers::quantity(peak.queued, &unit))
            } else {
                numbers::amount(peak.queued)
            };
            parts.push(format!("{amount} {conduct} {clears}"));
        }
        format!("{name}: {}", parts.join(", "))
    }
}

fn bounds(run: &Run) -> Vec<Timestamp> {
    let starts = run.moments.iter().map(|own| own.start);
    let last = run.moments.last().map(|own| own.end);
    starts.chain(last).collect()
}

/// What times up to so many seconds are told in.
fn time_unit(most: f64) -> (&'static str, f64) {
    if most >= 3.0 * 3600.0 {
        ("hours", 3600.0)
    } else if most >= 120.0 {
        ("minutes", 60.0)
    } else {
        ("seconds", 1.0)
    }
}

fn of_alike(alike: usize) -> Option<String> {
    let count = alike.to_string();
    let look = counted_with(&count, "other component", ["looks", "look"]);
    (alike > 0).then(|| format!("{look} the same."))
}
