//! The steps of a plan and the waves of a period, as tables.

use crate::ids::SiteId;
use crate::plan::{Change, Fullness, PeriodPlan, Step, Transition, Wave};
use crate::report::document::{Cell, Listing, Table};
use crate::report::grammar::only_if;
use crate::report::html::content::whys::{PageAnchors, PlanReport};
use crate::report::numbers;
use crate::report::waves::{duration, from_to};

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
                let one_access_point = &inventory.access_points[access_point.index()];
                (
                    Cell::words(&one_access_point.name),
                    [before.word(), after.word()].map(Cell::words),
                    users,
                    anchors.of_access_point(&one_access_point.id),
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
                let element = &inventory.elements[member.index()];
                let pool = inventory.pool_name(pool);
                (
                    Cell::words(&element.name).detailed(&format!("of the pool {pool}")),
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
                let one_access_point = &inventory.access_points[access_point.index()];
                (
                    Cell::words(region).detailed(&format!("at {}", one_access_point.name)),
                    [share(before[0]), share(after[0])],
                    after[1],
                    None,
                )
            }
        }
    }
}

const MOST_MOVES: usize = 4;

impl PlanReport<'_> {
    pub(super) fn waves_of(&self, period: &PeriodPlan) -> Table {
        let index = period.period.index;
        let transitions = self.briefing.plan.transitions.iter();
        let waves: Vec<(&Transition, &Wave)> = transitions
            .filter(|transition| transition.period == index)
            .flat_map(|transition| transition.waves.iter().map(move |wave| (transition, wave)))
            .collect();
        let left_out = waves.len().saturating_sub(MOST_WAVES);
        let more = only_if(left_out > 0, || {
            format!("{left_out} later waves are in waves.csv. ")
        });
        let note = if waves
            .iter()
            .any(|(transition, _)| transition.refusal.is_some())
        {
            format!("{more}REFUSED, do not begin: planned waves for review only.")
        } else {
            format!("{more}The steps of each are in runbook.md.")
        };
        let (inventory, writer) = (self.briefing.inventory, self.briefing.writer());
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
                    None => Cell::words(&writer.clock().stretch(wave.start, wave.end)),
                }
                .detailed(&duration(length))
            })
            .number("users", |(_, wave)| {
                Cell::users(wave.sites.iter().map(|site| site.users_in).sum())
            })
            .words("from and to", |(transition, wave)| {
                self.wave_moves(period, transition, wave)
            })
            .words("fullest", |(_, wave)| match wave.fullest.first() {
                Some(fullness) => Cell::words(inventory.component_title(fullness.component))
                    .detailed(inventory.resource_name(fullness.resource)),
                None => Cell::none(),
            })
            .number("utilization", |(_, wave)| {
                let fullest = wave.fullest.first();
                let share = fullest.and_then(Fullness::utilization);
                Cell::maybe(share, numbers::utilization)
            })
            .words("hold", |(transition, wave)| {
                let stop = writer.not_to_stop(transition, wave);
                Cell::words(&watch).detailed(&stop.unwrap_or_default())
            })
            .table(format!("waves-{index}"), "Wave by wave")
            .noted(note)
    }

    fn wave_moves(&self, period: &PeriodPlan, transition: &Transition, wave: &Wave) -> String {
        let paths = from_to(self.briefing.inventory, period, wave);
        let mut sentences: Vec<String> = paths.iter().take(MOST_MOVES).cloned().collect();
        if paths.len() > MOST_MOVES {
            sentences.push(format!("{} more", paths.len() - MOST_MOVES));
        }
        if transition.restored > 0.0 {
            let share = numbers::amount(wave.restored_share * 100.0);
            sentences.push(format!("{share} % of the unserved users readmitted"));
        }
        if sentences.is_empty() {
            sentences.push("steering only".to_owned());
        }
        sentences.join("; ")
    }
}
