//! Period by period: what happens, who moves, which access points change, who is unserved and why.

use crate::ids::SiteId;
use crate::model::Phase;
use crate::plan::{AccessPointChange, PeriodPlan};
use crate::report::briefing::periods::{Becauses, shortfall as worst_shortfall, state_of};
use crate::report::briefing::users::{
    SiteMoves, UnservedGroup, site_moves, smaller_moves, unserved_groups,
};
use crate::report::document::{Block, Cell, Fact, Figure, Line, Listing, Section, Table};
use crate::report::headroom::State;
use crate::report::html::content::first::folded_charts;
use crate::report::html::content::page::rank;
use crate::report::html::content::tables::HeadroomTable;
use crate::report::html::content::whys::PlanReport;
use crate::report::html::content::whys::{Explained, PageAnchors};
use crate::report::numbers;
use crate::report::period::finding;
use crate::report::span::moment;
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeSet;

/// Most bytes of all charts, so that the page stays below three million with its tables.
const MOST_BYTES: usize = 1_900_000;

const MOST: usize = 12;

const QUOTED: usize = 5;

impl PlanReport<'_> {
    /// The periods; those in which nothing happens are one line each. The chart of the first screen is not shown again.
    pub(super) fn periods(
        &self,
        anchors: &PageAnchors,
        headroom: &HeadroomTable,
        shown: Option<&str>,
    ) -> Vec<Block> {
        let pictured = self.pictured();
        let periods = self.briefing.plan.periods.iter();
        periods
            .map(|period| {
                if self.is_quiet(period) {
                    return Block::Part(self.quiet(period));
                }
                let is_pictured = pictured.contains(&period.period.index);
                Block::Part(self.period(anchors, headroom, period, (is_pictured, shown)))
            })
            .collect()
    }

    /// `true` if there are other periods, and in this one no user moves, returns, reconnects or is unserved, no access point
    /// changes, no fault is undetected and no target is missed.
    fn is_quiet(&self, period: &PeriodPlan) -> bool {
        let totals = &period.totals;
        let users = [
            totals.unserved,
            totals.moved,
            totals.returned,
            totals.copied,
        ];
        let index = period.period.index;
        let is_changed = |access_point_change: &AccessPointChange| {
            access_point_change.before != access_point_change.after
        };
        self.briefing.plan.periods.len() > 1
            && users.iter().all(|value| *value <= NOBODY)
            && period.moves.is_empty()
            && period.period.phase == Phase::Known
            && state_of(period) == State::Fine
            && !period.access_points.iter().any(is_changed)
            && !self
                .briefing
                .plan
                .transitions
                .iter()
                .any(|transition| transition.period == index)
    }

    /// A period in which nothing happens, as one line.
    fn quiet(&self, period: &PeriodPlan) -> Section {
        let (inventory, scenario) = (self.briefing.inventory, self.briefing.scenario);
        let index = period.period.index;
        let name = format!("headroom-{index}");
        let is_drawn = self.figures.iter().any(|figure| figure.name == name);
        let link = is_drawn.then(|| (format!("charts/{name}.svg"), "Headroom"));
        let of = (&self.briefing.plan.before, period);
        let words = format!("No user moves. {}.", finding(inventory, scenario, of));
        Section {
            class: "period quiet",
            blocks: vec![Block::Paragraphs("", vec![Line::from(words).linked(link)])],
            ..self.headed(period)
        }
    }

    /// The heading of a period.
    fn headed(&self, period: &PeriodPlan) -> Section {
        let (scenario, one_period) = (self.briefing.scenario, &period.period);
        Section {
            id: format!("period-{}", one_period.index),
            heading: format!("Period {}", one_period.index),
            time: format!(
                "{} to {}",
                moment(scenario, one_period.start),
                moment(scenario, one_period.end)
            ),
            state: Some(state_of(period)),
            class: "period",
            ..Section::default()
        }
    }

    /// `true` if a chart of a period has a finding: moves, and headroom where there is no other period or less than there should
    /// be.
    fn has_finding(&self, period: &PeriodPlan, figure: &Figure) -> bool {
        let is_short = period.totals.worst_shortfall > FEASIBILITY
            || period.totals.unserved > NOBODY
            || period.missed_before().next().is_some();
        match figure.subject {
            "Moves between sites" => true,
            "Headroom" => is_short || self.briefing.plan.periods.len() == 1,
            _ => false,
        }
    }

    fn pictured(&self) -> BTreeSet<usize> {
        let of = |index: Option<usize>| -> usize {
            let filter = self.figures.iter().filter(|figure| figure.period == index);
            filter.map(Figure::size).sum()
        };
        let mut periods: Vec<&PeriodPlan> = self.briefing.plan.periods.iter().collect();
        periods.sort_by(|a, b| {
            rank(state_of(a))
                .cmp(&rank(state_of(b)))
                .then(b.totals.unserved.total_cmp(&a.totals.unserved))
                .then(
                    b.totals
                        .worst_shortfall
                        .total_cmp(&a.totals.worst_shortfall),
                )
                .then(b.totals.moved.total_cmp(&a.totals.moved))
                .then(a.period.index.cmp(&b.period.index))
        });
        let mut pictured = BTreeSet::new();
        let mut bytes = of(None);
        for index in periods.iter().map(|period| period.period.index) {
            bytes += of(Some(index));
            if bytes > MOST_BYTES && !pictured.is_empty() {
                break;
            }
            pictured.insert(index);
        }
        pictured
    }

    fn period(
        &self,
        anchors: &PageAnchors,
        headroom: &HeadroomTable,
        period: &PeriodPlan,
        (is_pictured, shown): (bool, Option<&str>),
    ) -> Section {
        let (inventory, scenario) = (self.briefing.inventory, self.briefing.scenario);
        let index = period.period.index;
        let figures = self.figures.iter();
        let figures = figures.filter(|figure| figure.period == Some(index));
        let figures = figures.filter(|figure| Some(figure.name.as_str()) != shown);
        let figures = figures.map(|figure| self.captioned(figure));
        let (figures, left_out): (Vec<Figure>, Vec<Figure>) = figures.partition(|_| is_pictured);
        let phase = match period.period.phase {
            Phase::Known => None,
            Phase::Blind => {
                Some("A fault in force is not detected yet: this is the planned state.")
            }
            Phase::Reacting => Some(
                "A fault in force is detected and not answered yet: this is the planned state.",
            ),
        };
        let left_out: Vec<String> = left_out
            .iter()
            .map(|figure| format!("charts/{}.svg", figure.name))
            .collect();
        let left_out = (!left_out.is_empty()).then(|| {
            format!(
                "To keep this page small, the charts of this period are left out: {}.",
                left_out.join(", ")
            )
        });
        let (open, folded): (Vec<Figure>, Vec<Figure>) = figures
            .into_iter()
            .partition(|figure| self.has_finding(period, figure));
        // The headroom chart of a period begins with its finding.
        let is_said = open.iter().any(|figure| figure.subject == "Headroom");
        let of = (&self.briefing.plan.before, period);
        let finding = (!is_said).then(|| format!("{}.", finding(inventory, scenario, of)));
        let paragraph = |class, words: Option<&str>| {
            Block::Paragraphs(class, words.into_iter().map(Line::from).collect())
        };
        let mut blocks = vec![
            paragraph("finding", finding.as_deref()),
            paragraph("phase", phase),
            Block::Facts(self.facts(headroom, period)),
            Block::Figures(open),
            folded_charts(folded),
            paragraph("note", left_out.as_deref()),
            // Paper has them below, where they lead.
            Block::List("sentences unprinted", quoted(anchors, index)),
        ];
        let tables = [
            self.unserved_of(anchors, period),
            self.moves_of(anchors, period),
            self.waves_of(period),
            self.access_points_of(anchors, period),
        ];
        blocks.extend(Block::tables(tables));
        Section {
            blocks,
            ..self.headed(period)
        }
    }

    fn moves_of(&self, anchors: &PageAnchors, period: &PeriodPlan) -> Table {
        let sites = &self.briefing.inventory.sites;
        let mut paths = site_moves(period);
        let left_out = paths.split_off(paths.len().min(MOST));
        let id = |site: SiteId| sites[site.index()].id.as_str();
        let because = |path: &SiteMoves| match path.to {
            Some(to) => anchors.of_site_move(path.period, path.from.map(id), id(to)),
            None => anchors.of_return(path.period),
        };
        let rows = Listing::of(paths);
        let rows = self.briefing.rows_of_moves(rows, "from", true, because);
        rows.table(format!("moves-{}", period.period.index), "Moves")
            .noted(smaller_moves(&left_out))
    }

    fn access_points_of(&self, anchors: &PageAnchors, period: &PeriodPlan) -> Table {
        let changed = period.access_points.iter();
        let changed = changed.filter(|change| change.before != change.after);
        let rows = Listing::of(changed.take(MOST).map(|change| (0.0, 0, change)));
        let id = format!("access-points-{}", period.period.index);
        let rows = self.rows_of_access_points(anchors, rows);
        rows.table(id, "Access points that change")
    }

    fn unserved_of(&self, anchors: &PageAnchors, period: &PeriodPlan) -> Table {
        let (inventory, index) = (self.briefing.inventory, period.period.index);
        let groups = unserved_groups(inventory, period);
        let mut groups: Vec<(String, UnservedGroup<'_>)> = groups.into_iter().collect();
        groups.sort_by(|a, b| b.1.users.total_cmp(&a.1.users));
        Listing::of(groups.into_iter().take(MOST))
            .words("because", |(reason, group)| {
                let ids = group.shards.iter();
                let mut ids = ids.map(|shard| inventory.shard_name(*shard));
                let because = ids.find_map(|id| anchors.of_unserved(index, id));
                Cell::words(reason).maybe_because(because)
            })
            .words("tiers", |(_, group)| {
                group.tiers.iter().copied().collect::<Vec<_>>().join(", ")
            })
            .number(
                "shards",
                |(_, group)| Cell::users(group.shards.len() as f64),
            )
            .number("users", |(_, group)| {
                Cell::number(numbers::users_up(group.users), group.users).because("unserved")
            })
            .table(format!("unserved-{index}"), "Unserved users")
    }

    fn facts(&self, headroom: &HeadroomTable, period: &PeriodPlan) -> Vec<Fact> {
        let totals = &period.totals;
        let fact = |words, value, because| Fact {
            words,
            value,
            because,
        };
        let [unserved, moved, shortfall] = self.becauses(headroom, period);
        let mut facts = vec![
            fact("users", numbers::users(totals.users), None),
            fact("unserved", numbers::users_up(totals.unserved), unserved),
            fact("moved", numbers::users(totals.moved), moved),
        ];
        for (words, count) in [
            ("by copying", totals.copied),
            ("returned", totals.returned),
            ("reconnecting", totals.reconnecting),
        ] {
            if count > NOBODY {
                facts.push(fact(words, numbers::users(count), None));
            }
        }
        facts.push(fact(
            "worst headroom deficit",
            worst_shortfall(period),
            shortfall,
        ));
        facts
    }

    /// Where it stands who is unserved in a period, who moves, and where headroom is missing; `None` where there is
    /// nothing to tell.
    pub(super) fn becauses(&self, headroom: &HeadroomTable, period: &PeriodPlan) -> Becauses {
        let (totals, index) = (&period.totals, period.period.index);
        let is_unserved = totals.unserved > NOBODY && !self.unserved_words(period).is_empty();
        let is_moving = totals.moved > NOBODY && !period.moves.is_empty();
        let worst = period
            .margins
            .iter()
            .filter(|margin| margin.row.shortfall > FEASIBILITY)
            .max_by(|a, b| a.row.shortfall.total_cmp(&b.row.shortfall));
        let inventory = self.briefing.inventory;
        [
            is_unserved.then(|| format!("unserved-{index}")),
            is_moving.then(|| format!("moves-{index}")),
            worst.map(|margin| {
                let component = inventory.component_name(margin.component);
                let resource = inventory.resource_name(margin.resource);
                headroom.anchor_of(index, component, resource)
            }),
        ]
    }
}

fn quoted(anchors: &PageAnchors, period: usize) -> Vec<Line> {
    let all = anchors.explained.iter();
    let about = all.filter(|explained| explained.period.is_some() && explained.is_about(period));
    let mut about: Vec<&Explained> = about.collect();
    about.sort_by(|a, b| a.topic.cmp(&b.topic).then(b.users.total_cmp(&a.users)));
    let more = about.len().saturating_sub(QUOTED);
    let quoted = about.into_iter().take(QUOTED);
    let mut lines: Vec<Line> = quoted
        .map(|explained| Line::link(&explained.id, &explained.sentence))
        .collect();
    if more > 0 {
        lines.push(Line::link("why", &format!("{more} more reasons")));
    }
    lines
}
