//! Rules: what every written wave keeps at components and sites.

use super::super::headroom::spare;
use super::super::judge::{Expected, judge_cells};
use super::super::report::{At, Report, Rule, is_same};
use super::super::stability::{Carried, Cases, keeps_itself_up, rows_are_true};
use super::changes::{Connecting, Entering, Through};
use super::loads::{Remaining, WaveLimits, WaveLoads, carries, is_limited, slack};
use super::pieces::{PieceFate, PieceGroup, traffic};
use super::shares::WaveCase;
use super::transition::WaveReferee;
use super::written::WrittenWave;
use crate::diagnostic::amounts::rounded;
use crate::ids::SiteId;
use crate::plan_files::{Lined, OF_SITES, Row, WaveRow};
use crate::units::{NOBODY, WRITTEN};
use std::collections::{BTreeMap, BTreeSet};

/// A wave, with what it comes to.
pub(super) struct JudgedWave<'w> {
    pub(super) referee: &'w WaveReferee<'w>,
    pub(super) limits: &'w WaveLimits,
    pub(super) cases: &'w [WaveCase<'w>],
    pub(super) groups: &'w [PieceGroup],
    pub(super) wave: &'w WrittenWave<'w>,
    /// Steering at the end of the wave before, and in this one.
    pub(super) steering: [f64; 2],
    /// Share of those restored who are back before, and at the end.
    pub(super) restored: [f64; 2],
    /// By case.
    pub(super) loads: Vec<WaveLoads>,
}

impl JudgedWave<'_> {
    /// Checks the wave's rows in waves.csv and stability.csv.
    pub(super) fn check(&self, report: &mut Report) {
        self.loads_fit(false, report);
        self.fullest_is_true(report);
        self.shortfall_is_true(report);
        if self.referee.context.scenario.policy.require_stable {
            self.loads_fit(true, report);
        }
        self.stability_is_true(report);
        self.sites_are_true(report);
    }

    /// What is left, case by case, with what the wave comes to there.
    fn remaining(&self) -> impl Iterator<Item = (&Remaining, &WaveLoads)> {
        let cases = self.limits.left.iter().zip(&self.loads);
        cases.flat_map(|(left, loads)| left.iter().map(move |remaining| (remaining, loads)))
    }

    /// P7987: whatever part of a wave has moved, no load exceeds what is left, or what it was where a fault left less. P7999:
    /// where that is asked, no load with all retries running does, where an overload keeps itself up.
    fn loads_fit(&self, with_retries: bool, report: &mut Report) {
        const FITS: Rule = Rule::new(
            "P7987",
            "move fewer users in this wave, or in another order: every part of a wave has to fit",
        );
        const RECOVERS: Rule = Rule::new(
            "P7999",
            "move fewer users in this wave, or in another order: every part of a wave has to recover by itself",
        );
        let excess = self.remaining().find_map(|(remaining, loads)| {
            let [begun, worst, turning] = [&loads.begun, &loads.worst, &loads.turning]
                .map(|carried| carried.load(remaining.at, with_retries));
            let of_load = [begun, worst.max(turning)];
            remaining.excess(self.referee.context, with_retries, of_load)
        });
        if let Some([found, expected]) = excess {
            let rule = if with_retries { RECOVERS } else { FITS };
            let found = format!("{found} once part of the wave has moved");
            report.add(rule, self.wave.at("wave"), found, expected);
        }
    }

    /// P7988: the fullest component is named, and how full it gets.
    fn fullest_is_true(&self, report: &mut Report) {
        const RULE: Rule = Rule::new(
            "P7988",
            "name the component that is fullest over all parts of the wave",
        );
        let row = &self.wave.first.row;
        let named = row.fullest_component.as_deref();
        let named = named.zip(row.fullest_resource.as_deref());
        let named = named.and_then(|pair| self.referee.context.limit(pair.0, pair.1));
        let full = self
            .remaining()
            .filter(|(remaining, _)| remaining.left > 0.0);
        let full = full.map(|(remaining, loads)| {
            let [begun, worst, turning] = [&loads.begun, &loads.worst, &loads.turning]
                .map(|carried| carried.load(remaining.at, false));
            // During the turn of weights and of members that turn together there may be more than before and after.
            let peak = if turning > begun { turning } else { 0.0 };
            (remaining.at, worst.max(peak) / remaining.left)
        });
        let full: Vec<([usize; 2], f64)> = full.collect();
        let most = full.iter().map(|pair| pair.1).reduce(f64::max);
        let of_named = full.iter().filter(|pair| named == Some(pair.0));
        let of_named = of_named.map(|pair| pair.1).reduce(f64::max);
        let is_right = match (most, of_named, row.fullest_utilization) {
            (Some(most), Some(value), Some(amount)) => {
                is_same(most, value, 1.0) && is_same(most, amount, 1.0)
            }
            (None, None, None) => row.fullest_component.is_none(),
            _ => false,
        };
        if !is_right {
            let found = row.fullest_utilization;
            let found = found.map_or_else(|| "nothing".to_owned(), rounded);
            let expected = most.map_or_else(|| "a blank cell".to_owned(), rounded);
            report.add(RULE, self.wave.at("fullest_utilization"), found, expected);
        }
    }

    /// P7989: the headroom that is missing at a wave's end, where one may stop, is stated.
    fn shortfall_is_true(&self, report: &mut Report) {
        const RULE: Rule = Rule::new(
            "P7989",
            "write the worst headroom deficit once the wave has moved",
        );
        let (before, told_before) = (
            self.referee.transition.before,
            self.referee.transition.reported_before,
        );
        // Where the load before has two ends, it is what headroom.csv says it is, or somewhere between them: so is what was
        // missing already.
        let [mut least, mut most] = [0.0_f64; 2];
        for (case, wave_loads) in self.cases.iter().zip(&self.loads) {
            let situation = &case.situation;
            for ((component, resource), nominal) in situation.case.nominal.indexed_iter() {
                let at = [component, resource];
                let is_judged =
                    is_limited(self.referee.context, at) && carries(situation, component);
                if let Some(nominal) = nominal.filter(|_| is_judged) {
                    let load = wave_loads.stop.load(at, false);
                    let shortfall = |known| {
                        spare(situation, at, nominal, load, Some(before), known).shortfall()
                    };
                    let value = told_before.get(&at).copied();
                    let high = before.utilization[at].map(|(_, high)| high);
                    least = least.max(shortfall(value.or(high)));
                    most = most.max(shortfall(value));
                }
            }
        }
        let value = self.wave.first.row.stop_shortfall;
        if value < least - WRITTEN || value > most + WRITTEN {
            let at = self.wave.at("stop_shortfall");
            report.add(RULE, at, rounded(value), rounded(most));
        }
    }

    /// Checks the wave's rows in stability.csv.
    fn stability_is_true(&self, report: &mut Report) {
        let (context, transition) = (self.referee.context, self.referee.transition);
        let Some(rows) = transition.rows.stability_of(transition.written) else {
            return;
        };
        let mut cases = Cases::new();
        for (remaining, loads) in self.remaining() {
            let key = (remaining.at[0], remaining.at[1]);
            if context.inventory.has_retries() && keeps_itself_up(context, key) {
                let [load, offered] =
                    [false, true].map(|with_retries| loads.worst.load(remaining.at, with_retries));
                let carried = Carried::new(
                    key,
                    (load, Some(offered)),
                    [remaining.left, remaining.nominal],
                );
                cases.entry(key).or_default().push(carried);
            }
        }
        let number = Some(self.wave.number);
        let rows = rows.iter().copied().filter(|row| row.row.wave == number);
        rows_are_true(
            context,
            (transition.period.index, number),
            &cases,
            rows,
            report,
        );
    }

    /// P7990: users who leave and enter a site are those of the wave, no faster than the site lets them.
    fn sites_are_true(&self, report: &mut Report) {
        const RULE: Rule = Rule::new("P7990", OF_SITES);
        let context = self.referee.context;
        let users = traffic(self.groups, |group| match group.fate {
            PieceFate::Moves(_) if group.wave == Some(self.wave.number) => 1.0,
            PieceFate::Restored => self.restored[1] - self.restored[0],
            _ => 0.0,
        });
        for (site, users) in &users {
            let name = context.site_name(Some(*site));
            let Some(row) = self.wave.sites.get(site) else {
                let found = format!("no row of `{name}`");
                let expected = "a row for every site that changes";
                report.add(RULE, self.wave.at("site"), found, expected);
                continue;
            };
            self.site_cells(row, Some(*site), *users, report);
            let seconds = self.wave.phases()[1];
            let limits = self.rates_of(Some(*site)).into_iter().zip(users);
            let columns = ["move_out_per_hour", "move_in_per_hour"];
            for (column, (limit, users)) in columns.into_iter().zip(limits) {
                let most = limit.map(|limit| limit * (seconds + slack(seconds)) / 3600.0);
                if let Some(most) = most.filter(|most| *users > most + NOBODY) {
                    let found = format!("{} users in {} s", rounded(*users), rounded(seconds));
                    let at = At::cell(WaveRow::FILE, row.line, column);
                    report.add(RULE, at, found, format!("at most {}", rounded(most)));
                }
            }
        }
        for (site, row) in &self.wave.sites {
            if !users.contains_key(site) {
                let name = context.site_name(Some(*site));
                let at = At::cell(WaveRow::FILE, row.line, "site");
                let found = format!("`{name}`, which no user enters or leaves");
                report.add(RULE, at, found, "sites that users enter or leave");
            }
        }
        if self.wave.sites.is_empty() {
            self.site_cells(self.wave.first, None, [0.0; 2], report);
        }
    }

    /// Users an hour who may leave and enter a site.
    fn rates_of(&self, site: Option<SiteId>) -> [Option<f64>; 2] {
        let of_site = site.map(|site| &self.referee.context.inventory.sites[site.index()]);
        of_site.map_or([None; 2], |site| {
            [site.move_out_per_hour, site.move_in_per_hour]
        })
    }

    /// P7990 of the cells of one row.
    fn site_cells(
        &self,
        row: &Lined<WaveRow>,
        site: Option<SiteId>,
        [users_out, users_in]: [f64; 2],
        report: &mut Report,
    ) {
        let seconds = self.wave.phases()[1];
        let rate = |users: f64| (site.is_some() && seconds > 0.0).then(|| users * 3600.0 / seconds);
        let [move_out_per_hour, move_in_per_hour] = self.rates_of(site);
        let expected = WaveRow {
            gate_minutes: self.referee.context.scenario.waves.gate_minutes,
            users_out,
            users_in,
            users_out_per_hour: rate(users_out),
            users_in_per_hour: rate(users_in),
            move_out_per_hour,
            move_in_per_hour,
            ..row.row.clone()
        };
        judge_cells(row, &Expected::from(expected), report);
    }

    /// Who reconnects in it; of several cases the most.
    pub(super) fn connecting(&self) -> Connecting {
        let most = |of: &dyn Fn(&WaveLoads) -> f64| self.loads.iter().map(of).fold(0.0, f64::max);
        let passing = self.limits.accepts.iter().map(|(component, accepts)| {
            let through = Through {
                users: [0, 1]
                    .map(|phase: usize| most(&|wave_loads| wave_loads.arrivals[*component][phase])),
                arrivals: most(&|wave_loads| wave_loads.arrivals[*component].iter().sum()),
                background: most(&|wave_loads| wave_loads.background(*component)),
                accepts: *accepts,
            };
            (*component, through)
        });
        // Components and resources of which more is carried than is left next to the period's start, before anybody of the
        // wave moves.
        let first = self.loads.first().zip(self.limits.left.first());
        let overfull: BTreeSet<[usize; 2]> = first.map_or_else(BTreeSet::new, |(loads, left)| {
            let is_full = |remaining: &&Remaining| {
                loads.begun.load(remaining.at, false) > remaining.most(false)
            };
            left.iter()
                .filter(is_full)
                .map(|remaining| remaining.at)
                .collect()
        });
        Connecting {
            wave: self.wave.wave,
            line: self.wave.first.line,
            passing: passing.filter(|pair| pair.1.arrivals > NOBODY).collect(),
            overfull,
            entering: if self.referee.is_moving {
                Entering::new()
            } else {
                self.entering()
            },
        }
    }

    /// Those that the steering of the wave brings through what accepts a given number; of several cases the most.
    fn entering(&self) -> Entering {
        let mut all = Entering::new();
        for (cell, shares) in self.cases.iter().flat_map(|case| case.shares.all()) {
            for (component, more) in shares.entered(self.steering, false) {
                if self.limits.accepts.contains_key(&component.index()) {
                    let of_cell: &mut BTreeMap<usize, f64> = all.entry(*cell).or_default();
                    let most = of_cell.entry(component.index()).or_insert(0.0);
                    *most = most.max(more);
                }
            }
        }
        all
    }
}
