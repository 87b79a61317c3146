//! report.html of a plan, from the verdict to the last table.

use crate::error::Result;
use crate::plan::{Limit, PeriodPlan};
use crate::report::assumed::assumed_ends;
use crate::report::briefing::periods::tightest;
use crate::report::document::{
    Block, Cell, Document, FirstScreen, Gauge, KeyNumber, Line, Listing, Section, Table,
};
use crate::report::grammar::only_if;
use crate::report::headroom::{State, before_words, tightest_row};
use crate::report::html::content::tables::{HeadroomTable, before, during, target};
use crate::report::html::content::whys::PlanReport;
use crate::report::html::content::whys::{PageAnchors, Topic};
use crate::report::html::render::{REPORT_FILE, page};
use crate::report::numbers;
use crate::report::period::headroom_rows;
use crate::report::span::{moment, span};
use crate::report::text::visible;
use crate::report::waves::{RUNBOOK_FILE, RUNBOOK_PAGE};
use crate::report::written::WrittenFile;
use crate::units::NOBODY;

/// report.html of a plan.
///
/// # Errors
/// `Error::Internal` if the page cannot be rendered.
pub fn report(plan_report: &PlanReport<'_>) -> Result<WrittenFile> {
    page(REPORT_FILE, &plan_report.document())
}

impl PlanReport<'_> {
    fn document(&self) -> Document {
        let (briefing, scenario) = (&self.briefing, self.briefing.scenario);
        let anchors = PageAnchors::new(self);
        let headroom = HeadroomTable::new(self, &anchors);
        let lead = self.lead();
        let lead_name = lead.map(|figure| figure.name.as_str());
        let tightest = self.tightest(&headroom);
        // Without a chart of the finding, the bars of the tightest components are it.
        let (tightest_first, tightest_later) = match lead {
            Some(_) => (None, tightest),
            None => (tightest, None),
        };
        let lead = lead.map(|figure| Block::Figures(vec![self.captioned(figure)]));
        let shown = lead.into_iter().chain(Block::tables(tightest_first));
        let mut rest = vec![Block::Paragraphs("", self.findings(&headroom))];
        rest.extend(Block::tables(tightest_later));
        rest.push(Block::Table(self.glance(&anchors, &headroom)));
        rest.push(Block::Part(Section {
            id: "to-do".to_owned(),
            heading: "What to do".to_owned(),
            class: "told",
            blocks: vec![Block::List("", self.next(&anchors))],
            ..Section::default()
        }));
        rest.push(news("warnings", "Warnings", self.warnings));
        rest.push(news("unknown", "Undetected faults", &briefing.blind()));
        let proof = [briefing.joint(), briefing.band(), briefing.proof()].concat();
        let later = briefing.end_state();
        let mut why = self.whys(&anchors);
        if !proof.is_empty() {
            why.push(Block::Heading("proof", "Proofs".to_owned()));
            why.push(Block::sentences(proof));
        }
        if !later.is_empty() {
            why.push(Block::Heading("later", "As users grow".to_owned()));
            why.push(Block::sentences(later));
        }
        let span = span(scenario, scenario.start, scenario.end);
        let span = [span]
            .into_iter()
            .chain(assumed_ends(self.briefing.inventory, scenario));
        let span = span.collect::<Vec<_>>().join(". ");
        let mut document = Document::page("Plan", &scenario.name, &span);
        let first = FirstScreen {
            state: self.state(),
            verdict: self.answer(),
            beside: self.beside_the_answer(),
            numbers: self.numbers(&headroom),
            first: self.first_to_do(),
            shown: shown.collect(),
            files: self.files(),
        };
        document.push(first.section());
        document.push(Section::new("findings", "Findings", rest));
        document.push(Section {
            link: "",
            ..Section::new(
                "charts",
                "The scenario in pictures",
                self.pictures(lead_name),
            )
        });
        let periods = self.periods(&anchors, &headroom, lead_name);
        document.push(Section::new("periods", "Periods", periods));
        document.push(Section::new("why", "Why", why));
        let mut tables = Section::tables(self.tables(&anchors, &headroom));
        let unprinted = Line::from(UNPRINTED);
        tables
            .blocks
            .push(Block::Paragraphs("note printed", vec![unprinted]));
        document.push(tables);
        document
    }
}

/// A section of the briefing with news that come before anything else.
fn news(id: &str, heading: &str, sentences: &[String]) -> Block {
    Block::Part(Section {
        id: id.to_owned(),
        heading: heading.to_owned(),
        class: "told",
        blocks: vec![Block::items(sentences)],
        ..Section::default()
    })
}

/// The tables that paper does not have; the style sheet names them.
const UNPRINTED: &str = "Left out on paper: moves (moves.csv), steering (steering.csv), access points (access_points.csv) and goals (summary.json).";

const MOST_REASONS: usize = 2;

impl PlanReport<'_> {
    pub(super) fn binds_first(&self, headroom: &HeadroomTable) -> Option<String> {
        let plan = self.briefing.plan;
        let (position, limit) = plan.least_limit(|margin| margin.demand)?;
        self.row_of(headroom, plan.periods.get(position)?, limit)
    }

    /// The anchor of a limit's row; `None` for the move limit.
    fn row_of(
        &self,
        headroom: &HeadroomTable,
        period: &PeriodPlan,
        limit: Limit,
    ) -> Option<String> {
        let inventory = self.briefing.inventory;
        let (component, resource) = limit.first?;
        Some(headroom.anchor_of(
            period.period.index,
            inventory.component_name(component),
            inventory.resource_name(resource),
        ))
    }

    /// The remedies of a refusal, capacity deficits (or else why users are unserved), what would help, tenants to notify, and the
    /// steps.
    pub(super) fn next(&self, anchors: &PageAnchors) -> Vec<Line> {
        let briefing = &self.briefing;
        let mut short = briefing.cuts();
        let mut topic = Topic::Short;
        if short.is_empty() {
            short = briefing.unserved();
            topic = Topic::Unserved;
        }
        short.truncate(MOST_REASONS);
        let said = |text: &str, topic: Topic, words| {
            let anchor = anchors
                .quoted(text)
                .or_else(|| anchors.first(topic).map(|_| topic.heading().0.to_owned()));
            Line::from(text).linked(anchor.map(|anchor| (anchor, words)))
        };
        let remedies = briefing.remedies();
        let mut lines: Vec<Line> = remedies.into_iter().map(Line::from).collect();
        lines.extend(briefing.without_fix().into_iter().map(Line::from));
        lines.extend(
            short
                .iter()
                .map(|text| said(text, topic, "users and reasons")),
        );
        let help = briefing.help();
        lines.extend(
            help.iter()
                .map(|text| said(text, Topic::Binds, "bottlenecks")),
        );
        let to = |text: &String, anchor: &str, words| {
            Line::from(text).linked(Some((anchor.to_owned(), words)))
        };
        let tenants = briefing.reported();
        lines.extend(
            tenants
                .iter()
                .map(|text| to(text, "tenants", "tenants to notify")),
        );
        lines.extend(briefing.transitions().into_iter().map(|text| {
            let is_of_runbook = text.contains(RUNBOOK_FILE);
            let link = is_of_runbook.then(|| (RUNBOOK_PAGE.to_owned(), "the runbook"));
            Line::from(text).linked(link)
        }));
        let work = briefing.work();
        let is_refused = briefing.not_to_be_begun().is_some();
        if !is_refused {
            // The first screen of a refused plan has more urgent lines.
            lines.extend(briefing.stability().into_iter().map(Line::from));
        }
        let words = if is_refused {
            "the refused steps"
        } else {
            "the steps"
        };
        lines.extend(work.iter().map(|text| to(text, "changes", words)));
        lines
    }

    pub(super) fn numbers(&self, headroom: &HeadroomTable) -> Vec<KeyNumber> {
        let most = |value: fn(&PeriodPlan) -> f64| {
            let periods = self.briefing.plan.periods.iter();
            periods.max_by(|a, b| {
                let order = value(a).total_cmp(&value(b));
                order.then(b.period.index.cmp(&a.period.index))
            })
        };
        let mut all = Vec::new();
        let by_faults = self.briefing.most_excess();
        let is_any_unserved = |period: &&PeriodPlan| period.totals.unserved > NOBODY;
        let believed = most(|period| period.totals.unserved).filter(is_any_unserved);
        if let (Some(actual), None) = (&by_faults, believed) {
            // The plan has no unserved users, so the undetected faults matter most.
            all.push(KeyNumber {
                value: numbers::users_up(actual.users),
                label: "excess users".to_owned(),
                note: format!(
                    "of {}{}, before retries; 0 unserved in the plan",
                    numbers::users(actual.period.totals.users),
                    self.when(actual.period, true)
                ),
                because: "unknown".to_owned(),
                state: State::Full,
            });
        } else if let Some(worst) = most(|period| period.totals.unserved) {
            let is_any = worst.totals.unserved > NOBODY;
            let truth = by_faults.map_or_else(String::new, |most_affected| {
                format!("; excess users: {}", numbers::users_up(most_affected.users))
            });
            all.push(KeyNumber {
                value: numbers::users_up(worst.totals.unserved),
                label: "users unserved".to_owned(),
                note: format!(
                    "of {}{}{truth}",
                    numbers::users(worst.totals.users),
                    self.when(worst, is_any)
                ),
                because: if is_any {
                    part_of(worst, "unserved", self.unserved_words(worst).is_empty())
                } else {
                    "glance".to_owned()
                },
                state: State::bad_if(is_any),
            });
        }
        if let Some(most) = most(|period| period.totals.moved) {
            let is_any = most.totals.moved > NOBODY;
            let copied = if most.totals.copied > NOBODY {
                numbers::users(most.totals.copied)
            } else {
                "none".to_owned()
            };
            let when = self.when(most, true);
            let when = when
                .strip_prefix(", ")
                .map(|text| format!("most in {text}; "));
            all.push(KeyNumber {
                value: numbers::users(most.totals.moved),
                label: "users move".to_owned(),
                note: if is_any {
                    format!("{}{copied} by copying", when.unwrap_or_default())
                } else {
                    "no users move".to_owned()
                },
                because: if is_any {
                    part_of(most, "moves", most.moves.is_empty())
                } else {
                    "glance".to_owned()
                },
                state: State::Gone,
            });
        }
        all.extend(self.closest(headroom));
        all
    }

    fn closest(&self, headroom: &HeadroomTable) -> Option<KeyNumber> {
        let period = self.briefing.tightest_period()?;
        let rows = headroom_rows(self.briefing.inventory, period);
        let row = tightest_row(&rows)?;
        let target = row.target.map_or_else(
            || ", no target".to_owned(),
            |target| format!(", target {}", numbers::short_percent(target)),
        );
        let when = self.when(period, true);
        Some(KeyNumber {
            value: row
                .headroom_during()
                .map_or_else(|| "none".to_owned(), numbers::headroom),
            label: format!("headroom at {}", visible(&row.name)),
            note: format!("{}{target}{when}", visible(&row.resource)),
            because: headroom.anchor(period, row),
            state: row.state(),
        })
    }

    /// `, in period 4 (10:42)`; nothing where there is one period only.
    fn when(&self, period: &PeriodPlan, is_said: bool) -> String {
        only_if(is_said && self.briefing.plan.periods.len() > 1, || {
            format!(
                ", period {} from {}",
                period.period.index,
                moment(self.briefing.scenario, period.period.start)
            )
        })
    }

    pub(super) fn tightest(&self, headroom: &HeadroomTable) -> Option<Table> {
        let period = self.briefing.tightest_period()?;
        let rows = headroom_rows(self.briefing.inventory, period);
        let caption = if self.briefing.plan.periods.len() > 1 {
            format!(
                "Tightest in period {} (from {})",
                period.period.index,
                moment(self.briefing.scenario, period.period.start)
            )
        } else {
            "Tightest".to_owned()
        };
        let table = Listing::of(tightest(&rows))
            .words("component", |row| {
                let kind = row.kind.word().replace('_', " ");
                Cell::words(&row.name)
                    .detailed(&format!("{kind}, {}", row.resource))
                    .because(headroom.anchor(period, row))
                    .judged(row.state())
            })
            .number(before_words(self.briefing.inventory), |row| before(row))
            .number("during", |row| Cell {
                gauge: Gauge::of(row),
                ..during(row)
            })
            .number("target", |row| target(row))
            .number("spare capacity", |row| {
                Cell::number(numbers::spare_capacity(row.spare(), &row.unit), row.spare())
            });
        Some(table.table("tightest", caption))
    }

    pub(super) fn glance(&self, anchors: &PageAnchors, headroom: &HeadroomTable) -> Table {
        let briefing = &self.briefing;
        let periods = &briefing.plan.periods;
        let rows =
            briefing.rows_of_periods(periods, |period_plan| self.becauses(headroom, period_plan));
        let rows = rows.number(
            briefing.if_any("demand may grow", |period_plan| {
                demand_of(period_plan).is_some()
            }),
            |(period, _)| self.growth(headroom, period),
        );
        let rows = briefing.opens_and_known(rows, |all| {
            let ids: Vec<&str> = all
                .iter()
                .map(|access_point| access_point.id.as_str())
                .collect();
            let first = ids.first().and_then(|id| anchors.of_access_point(id));
            Cell::names(&ids).maybe_because(first)
        });
        rows.table("glance", "Period by period")
    }

    /// By how much all demand may grow, or has to shrink, in a period, with what binds first.
    fn growth(&self, headroom: &HeadroomTable, period: &PeriodPlan) -> Cell {
        let Some(limit) = demand_of(period) else {
            return Cell::none();
        };
        let growth = limit.verified - 1.0;
        let words = if growth < 0.0 {
            format!("−{}", numbers::short_percent_up(-growth))
        } else {
            numbers::short_headroom(growth)
        };
        Cell::number(words, growth).maybe_because(self.row_of(headroom, period, limit))
    }
}

fn demand_of(period: &PeriodPlan) -> Option<Limit> {
    period.error_margin.as_ref()?.demand
}

/// The anchor of a table of a period, or of the period where the table is empty.
fn part_of(period: &PeriodPlan, table: &str, is_empty: bool) -> String {
    let table = if is_empty { "period" } else { table };
    format!("{table}-{}", period.period.index)
}

/// Worst first.
pub(super) fn rank(state: State) -> u8 {
    match state {
        State::Full => 0,
        State::BelowTarget => 1,
        State::Fine => 2,
        State::Gone => 3,
    }
}
