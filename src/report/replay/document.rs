//! The text of a replay for the terminal, its report.html, and the charts of its folder and page.

use super::facts::{ReplayReport, RunFacts, share_down};
use super::files::REPLAY_TABLES;
use super::shortage::PassageShortage;
use super::tables::{COMPONENTS_ID, TENANTS_ID, TIERS_ID};
use super::words::{heading, length, premise, share_words};
use crate::error::Result;
use crate::ids::ComponentId;
use crate::plan::replay::{Conduct, PassageFlow, Short};
use crate::plan_files::REPLAY_FILE;
use crate::report::charts::replay::{Curve, CurveLimit, CurvePanel, RunRole};
use crate::report::charts::{Chart, ReplayChart};
use crate::report::document::{
    Block, Document, Figure, FirstScreen, KeyNumber, Line, Section, Table, first_figure,
};
use crate::report::drawn::drawing;
use crate::report::grammar::{by_count, capital, counted_with};
use crate::report::headroom::State;
use crate::report::html::{REPORT_FILE, page};
use crate::report::independent_retries::IF_AVOIDED;
use crate::report::numbers;
use crate::report::span::spoken;
use crate::report::text::glued;
use crate::report::written::WrittenFile;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

const ASSUMED_ID: &str = "assumed";

const MOST_COMPONENTS: usize = 3;

/// Numbers that differ by less than this share look the same in a chart.
pub(super) const ALIKE: f64 = 0.01;

impl ReplayReport<'_> {
    /// The text for the terminal: the finding, each run, credits, tables, and assumptions.
    pub fn text(&self, width: Option<u16>) -> String {
        let mut document = Document::of([vec![Block::sentences(self.verdict())]]);
        for said in self.said(|sentence| Line::from(sentence)) {
            document.add(said);
        }
        let tiers = self.tier_table().map(Block::Table);
        document.add(tiers.into_iter().collect());
        for run in &self.runs {
            document.add(vec![Block::Table(self.shortage_table(run))]);
        }
        document.add(vec![Block::sentences(self.assumed())]);
        document.text(width)
    }

    /// report.html, with its charts ([`drawings`](ReplayReport::drawings)).
    ///
    /// # Errors
    /// `Error::Internal` if the page cannot be rendered.
    pub fn page(&self, figures: Vec<Figure>) -> Result<WrittenFile> {
        // A percent sign stays on the line of its number.
        let shown = |sentence: &str| Line::from(glued(sentence));
        let tables = self.page_tables();
        let (headline, beside, findings) = self.headline();
        let findings = Block::sentences(findings.iter().map(|finding| shown(finding)));
        let said = self.said(shown).into_iter().flatten();
        let said = std::iter::once(findings).chain(said).collect();
        let moments = || self.runs.iter().flat_map(|run| &run.run.moments);
        let start = moments().map(|moment| moment.start).min();
        let span = start.zip(moments().map(|moment| moment.end).max());
        let span = span.map(|(from, to)| spoken(self.scenario.offset, from, to));
        let title = format!("Users down: {}", self.scenario.name);
        let assumed = self.assumed();
        let assumed = Block::sentences(assumed.iter().map(|text| shown(text)));
        let mut document = Document::page("Replay", &title, &span.unwrap_or_default());
        let figures = figures.into_iter();
        let figures = figures.map(|figure| {
            let id = match figure.name.as_str() {
                "down" => TIERS_ID,
                _ => COMPONENTS_ID,
            };
            figure.tabled(Table::anchor(&tables, id, ASSUMED_ID))
        });
        let (shown_first, figures) = first_figure(figures.collect());
        let first = FirstScreen {
            state: State::bad_if(self.may_be_down()),
            verdict: glued(&headline),
            beside: beside.iter().map(|text| shown(text)).collect(),
            numbers: self.key_numbers(&tables),
            first: self.first_to_do(&tables),
            shown: shown_first,
            files: REPLAY_TABLES.into_iter().chain([REPLAY_FILE]).collect(),
        };
        document.push(first.section());
        document.push(Section::new("findings", "Findings", said));
        document.push(Section::charts("In pictures", figures));
        document.push(Section::tables(tables));
        document.push(Section::new(ASSUMED_ID, "Assumptions", vec![assumed]));
        page(REPORT_FILE, &document)
    }

    /// The sentences of each run that has any, and of credits, below a heading each.
    fn said(&self, line: impl Fn(&str) -> Line) -> Vec<Vec<Block>> {
        let lines = |all: &[String]| all.iter().map(|text| line(text)).collect::<Vec<Line>>();
        let runs = self.runs.iter().filter_map(|run| {
            let sentences = self.sentences(run);
            let heading = Block::Heading("", premise(run.run.conduct).to_owned());
            (!sentences.is_empty()).then(|| vec![heading, Block::items(lines(&sentences))])
        });
        let credits = Block::sentences(lines(&[self.credit_words()]));
        let heading = Block::Heading("", "Service credits".to_owned());
        runs.chain([vec![heading, credits]]).collect()
    }

    /// Minutes lost, users down at once, tenants that get less than promised.
    fn key_numbers(&self, tables: &[Table]) -> Vec<KeyNumber> {
        let Some((asked, others)) = self.runs.split_first() else {
            return Vec::new();
        };
        let number = |value: &dyn Fn(&RunFacts<'_>) -> String, label, because, is_bad| {
            let others = others.iter();
            let beside = others.map(|run_facts| {
                format!("{} {}", value(run_facts), heading(run_facts.run.conduct))
            });
            KeyNumber {
                value: value(asked),
                label,
                note: beside.collect::<Vec<_>>().join(", "),
                because: Table::anchor(tables, because, ASSUMED_ID),
                state: State::bad_if(is_bad),
            }
        };
        let of_all = share_down(&asked.run.totals).map(share_words);
        let of_all = of_all.map_or_else(String::new, |text| format!(", {text} of all"));
        let most =
            |run_facts: &RunFacts<'_>| run_facts.worst.map_or(0.0, |moment| moment.most_down);
        let below = |run_facts: &RunFacts<'_>| numbers::whole(self.below(run_facts));
        let get = by_count(&below(asked), ["tenant gets", "tenants get"]);
        let is_down = asked.is_anybody_down();
        vec![
            number(
                &|run_facts| numbers::about(run_facts.down_minutes()),
                format!("user minutes lost{of_all}"),
                TIERS_ID,
                is_down,
            ),
            number(
                &|run_facts| numbers::users_up(most(run_facts)),
                "users down at once, at most".to_owned(),
                COMPONENTS_ID,
                is_down,
            ),
            number(
                &below,
                format!("{get} less than promised"),
                TENANTS_ID,
                self.below(asked) > 0,
            ),
        ]
    }
}

/// What panels of the age of the oldest item show.
const OLDEST: &str = "oldest";

/// A limit of waiting is drawn up to this multiple of the longest wait.
const MOST_ABOVE: f64 = 4.0;

/// A shortage in every run that has it.
pub(super) struct ShortByRun<'t, 'a> {
    pub(super) component: ComponentId,
    pub(super) short: Short,
    runs: Vec<Option<&'t PassageShortage<'a>>>,
    alike: usize,
}

impl<'t, 'a> ShortByRun<'t, 'a> {
    /// `true` if the same was short in the same runs, as badly, for as long, from the same step on.
    fn looks_like(&self, other: &Self) -> bool {
        let is_close = |a: f64, b: f64| (a - b).abs() <= ALIKE * a.abs().max(b.abs());
        let is_same = |a: &PassageShortage<'_>, b: &PassageShortage<'_>| {
            a.first == b.first
                && is_close(a.weight, b.weight)
                && is_close(a.beyond_seconds, b.beyond_seconds)
                && is_close(a.waiting_seconds, b.waiting_seconds)
        };
        let mut runs = self.runs.iter().zip(&other.runs);
        self.short == other.short
            && runs.all(|both| match both {
                (Some(a), Some(b)) => is_same(a, b),
                (a, b) => a.is_none() && b.is_none(),
            })
    }

    fn weight(&self, runs: usize) -> f64 {
        let runs = self.runs.iter().take(runs).flatten();
        runs.map(|passage_shortage| passage_shortage.weight)
            .fold(0.0, f64::max)
    }

    pub(super) fn there(&self) -> impl Iterator<Item = (usize, &'t PassageShortage<'a>)> {
        let runs = self.runs.iter().copied().enumerate();
        runs.filter_map(|(position, passage_shortage)| Some((position, passage_shortage?)))
    }
}

impl<'a> ReplayReport<'a> {
    /// Every chart that has something to show, in the order in which they are to be read.
    ///
    /// # Errors
    /// `Error::Internal` if a picture cannot be drawn.
    pub fn drawings(&self) -> Result<Vec<Figure>> {
        let mut charts = vec![("down".to_owned(), "Users down", self.down_chart())];
        for (position, short_by_run) in self.worst().iter().enumerate() {
            let offered = self.offered_chart(short_by_run);
            let queue = self.queue_chart(short_by_run);
            let what = "Load and capacity";
            let queue = queue.map(|queue| ("queue", "Queue", queue));
            for (name, subject, mut chart) in [("offered", what, offered)].into_iter().chain(queue)
            {
                let others = short_by_run.alike.to_string();
                let look = counted_with(&others, "other component", ["looks", "look"]);
                let look = (short_by_run.alike > 0).then(|| format!("{look} the same."));
                chart.notes.extend(look);
                charts.push((format!("{name}-{}", position + 1), subject, chart));
            }
        }
        let charts = charts.into_par_iter();
        charts
            .map(|(name, subject, chart)| drawing(name, subject, None, &chart as &dyn Chart))
            .collect()
    }

    /// The shortages that have charts: the worst two of the requested run, and the worst of all others. Of shortages that look
    /// alike in every run only the first is there.
    fn worst(&self) -> Vec<ShortByRun<'_, 'a>> {
        let keys = self.runs.iter().flat_map(|run| &run.shortages);
        let keys: BTreeSet<(ComponentId, Short)> = keys.map(PassageShortage::key).collect();
        let mut distinct: Vec<ShortByRun<'_, 'a>> = Vec::new();
        for (component, short) in keys {
            let is_it = |passage_shortage: &&PassageShortage<'_>| {
                passage_shortage.key() == (component, short)
            };
            let runs = self.runs.iter();
            let short_by_run = ShortByRun {
                component,
                short,
                runs: runs.map(|run| run.shortages.iter().find(is_it)).collect(),
                alike: 0,
            };
            match distinct
                .iter_mut()
                .find(|known| known.looks_like(&short_by_run))
            {
                Some(known) => known.alike += 1,
                None => distinct.push(short_by_run),
            }
        }
        let mut chosen = Vec::new();
        while chosen.len() < MOST_COMPONENTS && !distinct.is_empty() {
            let is_asked = chosen.len() + 1 < MOST_COMPONENTS
                && distinct
                    .iter()
                    .any(|short_by_run| short_by_run.weight(1) > 0.0);
            let runs = if is_asked { 1 } else { self.runs.len() };
            let weights = distinct
                .iter()
                .map(|short_by_run| short_by_run.weight(runs))
                .enumerate();
            let most = numbers::first_most(weights, |pair| pair.1);
            chosen.push(distinct.remove(most.map_or(0, |pair| pair.0)));
        }
        chosen
    }

    fn chart(&self, title: String, panels: Vec<CurvePanel>, notes: Vec<String>) -> ReplayChart {
        ReplayChart {
            title,
            scenario: self.scenario.name.clone(),
            clock: self.clock(),
            events: self.events().map(|event| event.1).collect(),
            panels,
            notes,
        }
    }

    fn curve(&self, position: usize, values: Vec<f64>, limits: Vec<f64>) -> Curve {
        let run = self.runs[position].run;
        let starts = run.moments.iter().map(|moment| moment.start);
        let last = run.moments.last().map(|moment| moment.end);
        Curve {
            name: self.run_name(&self.runs[position]),
            run: match position {
                0 => RunRole::Asked,
                _ => RunRole::Compared,
            },
            bounds: Arc::new(starts.chain(last).collect()),
            values,
            limits,
        }
    }

    fn down_chart(&self) -> ReplayChart {
        let curves = self.runs.iter().enumerate().map(|(position, run_facts)| {
            let values = run_facts
                .run
                .moments
                .iter()
                .map(|moment| moment.most_down)
                .collect();
            self.curve(position, values, Vec::new())
        });
        let panel = CurvePanel {
            heading: "users down at once".to_owned(),
            quantity: "users down",
            unit: "users".to_owned(),
            against: CurveLimit::EachOther,
            curves: curves.collect(),
        };
        let note = "User counts are peak counts.".to_owned();
        self.chart(self.down_title(), vec![panel], vec![note])
    }

    /// `Refused: at most 1,025,800 users are down at once with the refused plan; 600,000 without action`.
    fn down_title(&self) -> String {
        let part = |(index, run): (usize, &RunFacts<'_>)| {
            let most = run.worst.map_or(0.0, |moment| moment.most_down);
            let name = self.run_name(run);
            if run.is_anybody_down() && index > 0 && self.runs[0].is_anybody_down() {
                format!("{} {name}", numbers::users_up(most))
            } else if run.is_anybody_down() {
                let most = counted_with(&numbers::users_up(most), "user", ["is", "are"]);
                format!("at most {most} down at once {name}")
            } else if run.is_open() {
                format!("no users are down {name} {IF_AVOIDED}")
            } else {
                format!("no users are down {name}")
            }
        };
        let parts: Vec<String> = self.runs.iter().enumerate().map(part).collect();
        let stamp = self.stamp();
        if parts.is_empty() {
            return self.finding();
        }
        capital(&format!("{stamp}{}", parts.join("; ")))
    }

    /// What a run is called in charts: a plan that is refused or does not hold is called so.
    pub(super) fn run_name(&self, run: &RunFacts<'_>) -> &'static str {
        match (run.run.conduct, &self.carried) {
            (Conduct::Plan, Some(carried_plan)) if carried_plan.refused.is_some() => {
                "with the refused plan"
            }
            (Conduct::Plan, Some(carried_plan)) if carried_plan.broken > 0 => {
                "with the plan that does not hold"
            }
            (conduct, _) => heading(conduct),
        }
    }

    /// Notes about the runs in which something does not hold.
    fn notes(&self, what: &str, is_so: impl Fn(usize) -> bool) -> Vec<String> {
        let runs = self.runs.iter().enumerate();
        let others = runs.filter(|(position, _)| !is_so(*position));
        others
            .map(|(_, run)| format!("{} {what}.", premise(run.run.conduct)))
            .collect()
    }

    fn offered_chart(&self, both: &ShortByRun<'_, 'a>) -> ReplayChart {
        let unit = self.unit(both.short);
        let what = self.short_words(both.short);
        let panels = both.there().map(|(position, passage_shortage)| {
            let conduct = self.run_name(&self.runs[position]);
            let flows = &passage_shortage.passage.flows;
            let limits = flows.iter().map(|flow| flow.capacity).collect();
            let values = flows.iter().map(|flow| flow.offered).collect();
            CurvePanel {
                heading: format!("{what}: load {conduct}, in {unit}"),
                quantity: "offered",
                unit: unit.to_owned(),
                against: CurveLimit::Capacity,
                curves: vec![self.curve(position, values, limits)],
            }
        });
        let never = format!("it is never short of {}", self.lacking(both.short));
        let peaks = both
            .there()
            .enumerate()
            .map(|(index, (position, passage_shortage))| {
                let loads = passage_shortage
                    .passage
                    .flows
                    .iter()
                    .map(|flow| flow.offered);
                let most = loads.fold(0.0, f64::max);
                let most = match index {
                    0 => numbers::quantity(most, unit),
                    _ => numbers::amount(most),
                };
                format!("{most} {}", self.run_name(&self.runs[position]))
            });
        let peaks = peaks.collect::<Vec<_>>().join(", ");
        let mut notes = vec![format!("The highest load is {peaks}.")];
        notes.extend(self.notes(&never, |position| both.runs[position].is_some()));
        self.chart(self.offered_title(both), panels.collect(), notes)
    }

    /// The queue at a component and the age of its oldest item; `None` where nothing ever waits.
    fn queue_chart(&self, both: &ShortByRun<'_, 'a>) -> Option<ReplayChart> {
        both.there().find(|pair| pair.1.peak.is_some())?;
        let oldest = both.there().map(|pair| pair.1.oldest).fold(0.0, f64::max);
        let (time, seconds) = match oldest {
            10_800.0.. => ("hours", 3600.0),
            120.0.. => ("minutes", 60.0),
            _ => ("seconds", 1.0),
        };
        // A limit far above all that waits would press the curves flat.
        let limit = self.longest_wait(both.short);
        let is_drawn = limit.is_some_and(|value| value <= MOST_ABOVE * oldest);
        let panel = |heading, quantity, unit, of: &dyn Fn(&PassageFlow) -> f64| {
            let curves = both.there().map(|(position, passage_shortage)| {
                let flows = passage_shortage.passage.flows.iter();
                let limit = limit.filter(|_| is_drawn && quantity == OLDEST);
                let limits = limit.map(|value| vec![value / seconds; flows.len()]);
                self.curve(
                    position,
                    flows.map(of).collect(),
                    limits.unwrap_or_default(),
                )
            });
            CurvePanel {
                heading,
                quantity,
                unit,
                against: CurveLimit::EachOther,
                curves: curves.collect(),
            }
        };
        let what = self.short_words(both.short);
        let name = self.component(both.component);
        let unit = self.unit_of_queue(both.short);
        let queued = format!("{what}: queue at {name}, in {unit}");
        let waited = format!("age of the oldest item, in {time}");
        let panels = vec![
            panel(queued, "queued", unit, &|passage_flow| passage_flow.most),
            panel(
                waited,
                OLDEST,
                time.to_owned(),
                &|passage_flow| match passage_flow.queued {
                    queued if queued > 0.0 => passage_flow.oldest / seconds,
                    _ => 0.0,
                },
            ),
        ];
        let waits = |position: usize| {
            both.runs[position].is_some_and(|passage_shortage| passage_shortage.peak.is_some())
        };
        let mut notes = self.notes("nothing waits there", waits);
        if let Some(limit) = limit.filter(|_| !is_drawn) {
            let limit = length(limit);
            notes.push(format!(
                "What waits longer than {limit} is dropped; nothing comes near it."
            ));
        }
        Some(self.chart(self.queue_title(both), panels, notes))
    }

    /// The longest that anything waits there, in seconds; `None` where nothing limits it.
    fn longest_wait(&self, short: Short) -> Option<f64> {
        let value = match short {
            Short::Sessions => self.scenario.replay.accept_queue_seconds,
            Short::Resource(resource) => self.inventory.resources[resource.index()].longest_wait(),
        };
        Some(value).filter(|value| value.is_finite() && *value > 0.0)
    }
}
