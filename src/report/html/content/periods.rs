//! Period by period: what happens, who moves, which access points change, who is unserved and why.

use crate::ids::SiteId;
use crate::model::Phase;
use crate::plan::{Change, Fullness, PeriodPlan, Step, Transition, Wave};
use crate::report::briefing::periods::{Becauses, shortfall as worst_shortfall, state_of};
use crate::report::briefing::users::{
    UnservedGroup, UserWay, smaller_moves, unserved_groups, ways,
};
use crate::report::document::{Block, Cell, Fact, Figure, Line, Listing, Section, Table};
use crate::report::grammar::only_if;
use crate::report::html::content::page::rank;
use crate::report::html::content::tables::HeadroomTable;
use crate::report::html::content::whys::PlanReport;
use crate::report::html::content::whys::{Explained, PageAnchors};
use crate::report::numbers;
use crate::report::period::finding;
use crate::report::span::moment;
use crate::report::waves::{duration, from_to};
use crate::units::{FEASIBILITY, NOBODY};
use std::collections::BTreeSet;

/// Most bytes of all charts, so that the page stays below three million with its tables.
const MOST_BYTES: usize = 1_900_000;

const MOST: usize = 12;

const QUOTED: usize = 5;

impl PlanReport<'_> {
    pub(super) fn periods(&self, anchors: &PageAnchors, headroom: &HeadroomTable) -> Vec<Block> {
        let pictured = self.pictured();
        let periods = self.briefing.plan.periods.iter();
        periods
            .map(|period| {
                let is_pictured = pictured.contains(&period.period.index);
                Block::Part(self.period(anchors, headroom, period, is_pictured))
            })
            .collect()
    }

    fn pictured(&self) -> BTreeSet<usize> {
        let of = |index: Option<usize>| -> usize {
            let own = self.figures.iter().filter(|own| own.period == index);
            own.map(Figure::size).sum()
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
        is_pictured: bool,
    ) -> Section {
        let (inventory, scenario) = (self.briefing.inventory, self.briefing.scenario);
        let index = period.period.index;
        let figures = self.figures.iter();
        let figures = figures.filter(|own| own.period == Some(index)).cloned();
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
            .map(|own| format!("charts/{}.svg", own.name))
            .collect();
        let left_out = (!left_out.is_empty()).then(|| {
            format!(
                "To keep this page small, the charts of this period are left out: {}.",
                left_out.join(", ")
            )
        });
        // The charts of a period begin with its finding.
        let finding = figures
            .is_empty()
            .then(|| format!("{}.", finding(inventory, scenario, period)));
        let paragraph = |class, words: Option<&str>| {
            Block::Paragraphs(class, words.into_iter().map(Line::from).collect())
        };
        let mut blocks = vec![
            paragraph("finding", finding.as_deref()),
            paragraph("phase", phase),
            Block::Facts(self.facts(headroom, period)),
            Block::Figures(figures),
            paragraph("note", left_out.as_deref()),
            Block::List("sentences", quoted(anchors, index)),
        ];
        let tables = [
            self.unserved_of(anchors, period),
            self.moves_of(anchors, period),
            self.waves_of(period),
            self.access_points_of(anchors, period),
        ];
        blocks.extend(Block::tables(tables));
        Section {
            id: format!("period-{index}"),
            heading: format!("Period {index}"),
            time: format!(
                "{} to {}",
                moment(scenario, period.period.start),
                moment(scenario, period.period.end)
            ),
            state: Some(state_of(period)),
            class: "period",
            blocks,
            ..Section::default()
        }
    }

    fn moves_of(&self, anchors: &PageAnchors, period: &PeriodPlan) -> Table {
        let sites = &self.briefing.inventory.sites;
        let mut ways = ways(period);
        let left_out = ways.split_off(ways.len().min(MOST));
        let id = |site: SiteId| sites[site.index()].id.as_str();
        let because = |way: &UserWay| match way.to {
            Some(to) => anchors.of_way(way.period, way.from.map(id), id(to)),
            None => anchors.of_return(way.period),
        };
        let rows = Listing::of(ways);
        let rows = self.briefing.rows_of_ways(rows, "from", true, because);
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
        facts.push(fact("worst shortfall", worst_shortfall(period), shortfall));
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
    let about = all.filter(|own| own.period.is_some() && own.is_about(period));
    let mut about: Vec<&Explained> = about.collect();
    about.sort_by(|a, b| a.topic.cmp(&b.topic).then(b.users.total_cmp(&a.users)));
    let more = about.len().saturating_sub(QUOTED);
    let quoted = about.into_iter().take(QUOTED);
    let mut lines: Vec<Line> = quoted
        .map(|own| Line::link(&own.id, &own.sentence))
        .collect();
    if more > 0 {
        lines.push(Line::link("why", &format!("{more} more reasons")));
    }
    lines
}

const MOST_WAVES: usize = 40;
/// What is changed, from what to what, how many users it concerns, and where it stands why.
type ChangeCells = (Cell, [Cell; 2], f64, Option<String>);

impl PlanReport<'_> {
    pub(super) fn changes(&self, anchors: &PageAnchors) -> Table {
        let refused = self.briefing.not_to_be_begun();
        let refused = refused.map_or_else(String::new, |why| format!("Do not begin: {why}."));
        let steps = self.briefing.steps.iter().collect();
        let steps = Listing::<&Step>::selected(steps, "first", "changes.csv");
        let steps = steps.with(|step| self.change(anchors, step));
        let table = steps
            .number("period", |(step, _)| Cell::period(step.period))
            .number("step", |(step, _)| {
                Cell::number(step.number.to_string(), f64::from(step.number))
            })
            .words("what", |(step, _)| step.action.word().replace('_', " "))
            .words("of", |(_, (of, ..))| of.clone())
            .words("from", |(_, (_, ends, ..))| ends[0].clone())
            .words("to", |(_, (_, ends, ..))| ends[1].clone())
            .number("users", |(_, (.., users, because))| {
                Cell::users(*users).maybe_because(because.clone())
            })
            .table("changes", "Steps")
            .sortable();
        let note = format!("{refused} {}", table.note);
        Table {
            link: "Steps",
            ..table
        }
        .noted(note.trim())
        .noted_too("Rows with the same number are done at once. changes.csv has the ids for other systems; changes_back.csv is the rollback from any step, the last one first.")
    }

    fn change(&self, anchors: &PageAnchors, step: &Step) -> ChangeCells {
        let inventory = self.briefing.inventory;
        let site = |site: Option<SiteId>| {
            let name = site.map(|site| inventory.site_name(site));
            name.map_or_else(Cell::none, Cell::words)
        };
        let share = |share: f64| Cell::number(numbers::percent(share), share);
        match step.change {
            Change::AccessPoint {
                access_point,
                before,
                after,
                users,
            } => {
                let own = &inventory.access_points[access_point.index()];
                (
                    Cell::words(&own.name),
                    [before.word(), after.word()].map(Cell::words),
                    users,
                    anchors.of_access_point(&own.id),
                )
            }
            Change::Home {
                shard,
                from,
                to,
                users,
                ..
            } => {
                let shard = inventory.shard_name(shard);
                (
                    Cell::words(shard),
                    [site(from), site(to)],
                    users,
                    anchors.of_move(step.period, shard),
                )
            }
            Change::Member {
                pool,
                member,
                before,
                after,
            } => {
                let own = &inventory.elements[member.index()];
                let pool = inventory.pool_name(pool);
                (
                    Cell::words(&own.name).detailed(&format!("of the pool {pool}")),
                    [share(before[0]), share(after[0])],
                    after[1],
                    None,
                )
            }
            Change::Mark { component, kind } => (
                Cell::words(inventory.component_name(component)).detailed(kind.word()),
                [Cell::none(), Cell::none()],
                0.0,
                None,
            ),
            Change::Weight {
                client_region,
                access_point,
                before,
                after,
            } => {
                let region = inventory.client_region_name(client_region);
                let own = &inventory.access_points[access_point.index()];
                (
                    Cell::words(region).detailed(&format!("at {}", own.name)),
                    [share(before[0]), share(after[0])],
                    after[1],
                    None,
                )
            }
        }
    }
}

const MOST_WAYS: usize = 4;

impl PlanReport<'_> {
    pub(super) fn waves_of(&self, period: &PeriodPlan) -> Table {
        let index = period.period.index;
        let transitions = self.briefing.plan.transitions.iter();
        let waves: Vec<(&Transition, &Wave)> = transitions
            .filter(|own| own.period == index)
            .flat_map(|own| own.waves.iter().map(move |wave| (own, wave)))
            .collect();
        let left_out = waves.len().saturating_sub(MOST_WAVES);
        let more = only_if(left_out > 0, || {
            format!("{left_out} later waves are in waves.csv. ")
        });
        let note = if waves.iter().any(|(own, _)| own.refusal.is_some()) {
            format!("{more}REFUSED, do not begin: planned waves for review only.")
        } else {
            format!("{more}The steps of each are in runbook.md.")
        };
        let (inventory, teller) = (self.briefing.inventory, self.briefing.teller());
        let gate = self.briefing.scenario.waves.gate_minutes * 60.0;
        let watch = if gate > 0.0 {
            format!("hold for {}", duration(gate))
        } else {
            "check".to_owned()
        };
        Listing::of(waves.into_iter().take(MOST_WAVES))
            .number("wave", |(_, wave)| {
                Cell::number(wave.number.to_string(), f64::from(wave.number))
            })
            .words("when", |(transition, wave)| {
                let length = wave.end.duration_since(wave.start).as_secs_f64();
                // What is not to be begun has no time to begin at.
                match transition.refusal {
                    Some(_) => Cell::none(),
                    None => Cell::words(&teller.clock().stretch(wave.start, wave.end)),
                }
                .detailed(&duration(length))
            })
            .number("users", |(_, wave)| {
                Cell::users(wave.sites.iter().map(|own| own.users_in).sum())
            })
            .words("from and to", |(transition, wave)| {
                self.ways_of(period, transition, wave)
            })
            .words("fullest", |(_, wave)| match wave.fullest.first() {
                Some(own) => Cell::words(inventory.component_title(own.component))
                    .detailed(inventory.resource_name(own.resource)),
                None => Cell::none(),
            })
            .number("utilization", |(_, wave)| {
                let fullest = wave.fullest.first();
                let share = fullest.and_then(Fullness::utilization);
                Cell::maybe(share, numbers::utilization)
            })
            .words("gate", |(transition, wave)| {
                let stop = teller.not_to_stop(transition, wave);
                Cell::words(&watch).detailed(&stop.unwrap_or_default())
            })
            .table(format!("waves-{index}"), "Wave by wave")
            .noted(note)
    }

    fn ways_of(&self, period: &PeriodPlan, transition: &Transition, wave: &Wave) -> String {
        let ways = from_to(self.briefing.inventory, period, wave);
        let mut told: Vec<String> = ways.iter().take(MOST_WAYS).cloned().collect();
        if ways.len() > MOST_WAYS {
            told.push(format!("{} more", ways.len() - MOST_WAYS));
        }
        if transition.restored > 0.0 {
            let share = numbers::amount(wave.restored_share * 100.0);
            told.push(format!("{share} % of the unserved users readmitted"));
        }
        if told.is_empty() {
            told.push("steering only".to_owned());
        }
        told.join("; ")
    }
}
