//! The values of the calendar: sites, the fullest first, and how full each is in the worst case of every month.

use super::super::report::RunwayReport;
use crate::ids::{ComponentId, SiteId};
use crate::plan::runway::DaySample;
use crate::report::Named;
use crate::report::charts::CalendarChart;
use crate::report::charts::runway::{CalendarColumn, CalendarRow};
use crate::report::charts::utilization::SiteCell;
use crate::report::grammar::{by_count, short};
use crate::report::headroom::State;
use crate::report::numbers;
use crate::report::sweep::{ComponentNames, state};
use crate::units::FEASIBILITY;
use jiff::tz::TimeZone;

/// Most sites.
const MOST: usize = 40;

/// Sites that are never fuller than this are counted in a sentence.
const CALM: f64 = 0.6;

/// The most that a cell shows: 999 %.
const CEILING: f64 = 9.99;

/// A site with the fullest it is in any month.
struct RankedSite {
    row: CalendarRow,
    most: f64,
}

impl RunwayReport<'_> {
    /// The calendar of sites; `None` where no site was sampled, or all are calm.
    pub(super) fn calendar(&self, names: &ComponentNames<'_>) -> Option<CalendarChart> {
        let months = self.months();
        let sites = (0..self.inventory.sites.len()).map(SiteId::new);
        let mut ranked: Vec<RankedSite> = sites
            .filter_map(|site| self.site(names, site, &months))
            .collect();
        let all = ranked.len();
        ranked.sort_by(|left, right| right.most.total_cmp(&left.most));
        ranked.retain(|site| site.most >= CALM);
        let calm = all - ranked.len();
        let title = self.calendar_title(&ranked, &months)?;
        let months = months.into_iter().map(|(month, _)| month);
        Some(CalendarChart {
            title,
            about: self.about(),
            months: months.collect(),
            rows: ranked.into_iter().map(|site| site.row).take(MOST).collect(),
            sites_in_all: all,
            calm: (calm, CALM),
        })
    }

    /// The months of the sampled days, each with its samples.
    fn months(&self) -> Vec<(CalendarColumn, Vec<&DaySample>)> {
        let mut months: Vec<(CalendarColumn, Vec<&DaySample>)> = Vec::new();
        for sample in &self.runway.samples {
            let at = self.runway.begins(sample.day).to_zoned(TimeZone::UTC);
            let month = CalendarColumn {
                month: at.strftime("%b").to_string(),
                year: at.strftime("%Y").to_string(),
            };
            match months.last_mut() {
                Some((last, samples)) if *last == month => samples.push(sample),
                _ => months.push((month, vec![sample])),
            }
        }
        months
    }

    fn site(
        &self,
        names: &ComponentNames<'_>,
        site: SiteId,
        months: &[(CalendarColumn, Vec<&DaySample>)],
    ) -> Option<RankedSite> {
        let component = self.inventory.site_component(site);
        let cells = months
            .iter()
            .map(|(_, samples)| self.cell(names, component, samples));
        let cells: Vec<Option<(SiteCell, String)>> = cells.collect();
        let utilization = cells.iter().flatten().map(|pair| pair.0.utilization);
        let most = utilization.reduce(f64::max)?;
        let id = self.inventory.component_name(component);
        let site = Named::new(id, &names.beside_kind(component));
        Some(RankedSite {
            row: CalendarRow { site, cells },
            most,
        })
    }

    /// The fullest resource of a site in some samples, and what happens then.
    fn cell(
        &self,
        names: &ComponentNames<'_>,
        component: ComponentId,
        samples: &[&DaySample],
    ) -> Option<(SiteCell, String)> {
        let uses = samples.iter().flat_map(|sample| &sample.uses);
        let uses = uses.filter(|one| one.component == component && !one.worst.is_nan());
        let most = numbers::first_most(uses, |one| one.worst)?;
        let utilization = most.worst.min(CEILING);
        let is_full = utilization >= 1.0 - FEASIBILITY;
        let cell = SiteCell {
            resource: self.inventory.resource_id(most.resource).to_owned(),
            utilization,
            target: most.target,
            // Users who do not fit are served elsewhere, unless the case fails.
            state: if is_full && !most.worst_fails {
                if most.target > 0.0 {
                    State::BelowTarget
                } else {
                    State::Fine
                }
            } else {
                state(utilization, most.target)
            },
        };
        Some((cell, self.happens(names, most.worst_case)))
    }

    /// `A failure leaves users unserved from Mar 2027 on: 3 sites are full, Cardiff first`.
    fn calendar_title(
        &self,
        ranked: &[RankedSite],
        months: &[(CalendarColumn, Vec<&DaySample>)],
    ) -> Option<String> {
        let fullest = ranked.first()?;
        let first_full = |site: &RankedSite| {
            let cells = site.row.cells.iter();
            let mut full = cells.map(|cell| {
                cell.as_ref()
                    .is_some_and(|pair| pair.0.state == State::Full)
            });
            full.position(|is_full| is_full)
        };
        let full: Vec<(usize, &RankedSite)> = ranked
            .iter()
            .filter_map(|site| Some((first_full(site)?, site)))
            .collect();
        let Some((month, first)) = full.iter().min_by_key(|pair| pair.0) else {
            return Some(format!(
                "No case that leaves users unserved fills a site until {}; {} is fullest, at {}",
                self.last(),
                short(&fullest.row.site.name),
                numbers::utilization(fullest.most)
            ));
        };
        let count = numbers::whole(full.len());
        let noun = by_count(&count, ["site is full", "sites are full"]);
        let CalendarColumn { month, year } = &months.get(*month)?.0;
        Some(format!(
            "A failure leaves users unserved from {month} {year} on: {count} {noun}, {} first",
            short(&first.row.site.name),
        ))
    }
}
