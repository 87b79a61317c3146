//! Rules: what every written wave keeps at components and sites, one function and one code each.

use super::super::before::Before;
use super::super::ground::Ground;
use super::super::headroom::room;
use super::super::judge::{Expected, judge_cells};
use super::super::report::{At, Report, Rule, is_same};
use super::super::stability::{Carried, Cases, keeps_itself_up, rows_are_true};
use super::limits::{Limits, Remaining, at_most, carries, slack};
use super::pieces::{Crowd, Fate, traffic};
use super::shares::Under;
use super::state::Loaded;
use super::written::WrittenWave;
use crate::ids::{ComponentId, SiteId};
use crate::model::most_with_retries;
use crate::plan_files::{Lined, OF_SITES, Row, StabilityRow, WaveRow, decimal};
use crate::units::NOBODY;
use std::collections::BTreeMap;

/// P7987: whatever part of a wave has moved, no load exceeds what is left, or what it was where a fault left less.
pub(super) fn loads_fit(
    ground: &Ground<'_>,
    limits: &Limits,
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7987",
        hint: "move fewer in this wave, or in another order: every part of a wave has to fit",
    };
    for (case, own) in loaded.iter().enumerate() {
        for of in &limits.left[case] {
            let worst = own.worst.load[of.at].max(own.turning.load[of.at]);
            if worst > at_most(of.most(), own.begun.load[of.at]) {
                return too_much(RULE, ground, wave, (of, worst, ""), report);
            }
        }
    }
}

/// P7999: where that is asked, whatever part of a wave has moved, no load with all retries running exceeds what is left, or
/// what it was when the wave began.
pub(super) fn offers_fit(
    ground: &Ground<'_>,
    limits: &Limits,
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7999",
        hint: "move fewer in this wave, or in another order: every part of a wave has to recover by itself",
    };
    if !ground.scenario.policy.require_stable {
        return;
    }
    for (case, own) in loaded.iter().enumerate() {
        for of in &limits.left[case] {
            let most = most_with_retries(of.left, of.nominal);
            let worst = own.worst.offered[of.at].max(own.turning.offered[of.at]);
            let is_over = worst > at_most(most, own.begun.offered[of.at]);
            if is_over && keeps_itself_up(ground, (of.at[0], of.at[1])) {
                let retries = " with all retries running";
                return too_much(RULE, ground, wave, (of, worst, retries), report);
            }
        }
    }
}

/// Reports a load beyond what is left.
fn too_much(
    rule: Rule,
    ground: &Ground<'_>,
    wave: &WrittenWave<'_>,
    (own, load, how): (&Remaining, f64, &str),
    report: &mut Report,
) {
    let of = &ground.inventory.resources[own.at[1]];
    let name = ground.inventory.component_name(ComponentId::new(own.at[0]));
    let (load, left) = (decimal(load), decimal(own.left));
    let found = format!(
        "{load} {} of {} on `{name}`{how} while part of the wave has moved",
        of.unit, of.id
    );
    let expected = format!("at most the {left} {} that are left", of.unit);
    report.add(rule, wave.at("wave"), found, expected);
}

/// P7988: the fullest component is told, and how full it gets.
pub(super) fn fullest_is_true(
    ground: &Ground<'_>,
    limits: &Limits,
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7988",
        hint: "name the component that is fullest whatever part of the wave has moved",
    };
    let mut most: Option<f64> = None;
    let mut of_named: Option<f64> = None;
    let row = &wave.first.row;
    let named = row.fullest_component.as_deref();
    let named = named.zip(row.fullest_resource.as_deref());
    let named = named.and_then(|(component, resource)| ground.limit(component, resource));
    let raise = |most: &mut Option<f64>, share: f64| {
        *most = Some(most.map_or(share, |most| most.max(share)));
    };
    for (case, own) in loaded.iter().enumerate() {
        for &Remaining { at, left, .. } in limits.left[case].iter().filter(|own| own.left > 0.0) {
            // On the way of weights and of members that turn together there may be more than before and after.
            let turning = own.turning.load[at];
            let is_peak = turning > own.begun.load[at];
            let worst = own.worst.load[at].max(if is_peak { turning } else { 0.0 });
            raise(&mut most, worst / left);
            if named == Some(at) {
                raise(&mut of_named, worst / left);
            }
        }
    }
    let is_right = match (most, of_named, row.fullest_utilization) {
        (Some(most), Some(own), Some(told)) => is_same(most, own, 1.0) && is_same(most, told, 1.0),
        (None, None, None) => row.fullest_component.is_none(),
        _ => false,
    };
    if !is_right {
        let found = row
            .fullest_utilization
            .map_or_else(|| "nothing".to_owned(), decimal);
        let expected = most.map_or_else(|| "a blank cell".to_owned(), decimal);
        report.add(RULE, wave.at("fullest_utilization"), found, expected);
    }
}

/// P7989: the headroom that is missing at a wave's end, where one may stop, is told.
pub(super) fn shortfall_is_true(
    ground: &Ground<'_>,
    unders: &[Under<'_>],
    (before, told_before): (&Before, &BTreeMap<[usize; 2], f64>),
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7989",
        hint: "write the worst missing share of a headroom target once the wave has moved",
    };
    // Where the load before has two ends, it is what headroom.csv says it is, or somewhere between them: so is what was
    // missing already.
    let mut worst = [0.0_f64; 2];
    for (under, own) in unders.iter().zip(loaded) {
        let situation = &under.situation;
        for ((component, resource), nominal) in situation.case.nominal.indexed_iter() {
            let at = [component, resource];
            let is_limit = component < ground.inventory.sites.len() || ground.is_network(resource);
            let is_there = !situation.case.gone[component] && carries(ground, situation, component);
            if let Some(nominal) = nominal.filter(|_| is_limit && is_there) {
                let load = own.stop.load[at];
                let most = before.utilization[at].map(|(_, high)| high);
                let told = told_before.get(&at).copied();
                for (worst, known) in worst.iter_mut().zip([told.or(most), told]) {
                    let room = room(situation, at, nominal, load, Some(before), known);
                    *worst = worst.max(room.shortfall());
                }
            }
        }
    }
    let told = wave.first.row.stop_shortfall;
    let [least, most] = worst;
    if told < least - 1e-5 || told > most + 1e-5 {
        report.add(
            RULE,
            wave.at("stop_shortfall"),
            decimal(told),
            decimal(most),
        );
    }
}

/// P7990: users who leave and enter a site are those of the wave, no faster than the site lets them.
const SITES: Rule = Rule {
    code: "P7990",
    hint: OF_SITES,
};

/// P7990.
pub(super) fn sites_are_true(
    ground: &Ground<'_>,
    wave: &WrittenWave<'_>,
    crowds: &[Crowd],
    restored: [f64; 2],
    report: &mut Report,
) {
    let users = traffic(crowds, |crowd| match crowd.fate {
        Fate::Moves(_) if crowd.wave == Some(wave.number) => 1.0,
        Fate::Restored => restored[1] - restored[0],
        _ => 0.0,
    });
    let [_, seconds] = wave.phases();
    let judge =
        |row: &Lined<WaveRow>, site: Option<SiteId>, [out, into]: [f64; 2], report: &mut _| {
            let limits = site.map(|site| &ground.inventory.sites[site.index()]);
            let rate =
                |users: f64| (site.is_some() && seconds > 0.0).then(|| users * 3600.0 / seconds);
            let expected = WaveRow {
                gate_minutes: ground.scenario.waves.gate_minutes,
                users_out: out,
                users_in: into,
                users_out_per_hour: rate(out),
                users_in_per_hour: rate(into),
                move_out_per_hour: limits.and_then(|own| own.move_out_per_hour),
                move_in_per_hour: limits.and_then(|own| own.move_in_per_hour),
                ..row.row.clone()
            };
            judge_cells(row, &Expected::from(expected), report);
        };
    for (site, [out, into]) in &users {
        let name = ground.site_name(Some(*site));
        let Some(row) = wave.sites.get(site) else {
            let found = format!("no row of `{name}`");
            let expected = "a row for every site that changes";
            report.add(SITES, wave.at("site"), found, expected);
            continue;
        };
        judge(row, Some(*site), [*out, *into], report);
        let of_site = &ground.inventory.sites[site.index()];
        for (column, limit, users) in [
            ("move_out_per_hour", of_site.move_out_per_hour, *out),
            ("move_in_per_hour", of_site.move_in_per_hour, *into),
        ] {
            let most = limit.map(|limit| limit * (seconds + slack(seconds)) / 3600.0);
            if let Some(most) = most.filter(|most| users > most + NOBODY) {
                let found = format!("{} users in {} s", decimal(users), decimal(seconds));
                let at = At::cell(WaveRow::FILE, row.line, column);
                report.add(SITES, at, found, format!("at most {}", decimal(most)));
            }
        }
    }
    for (site, row) in &wave.sites {
        if !users.contains_key(site) {
            let name = ground.site_name(Some(*site));
            let at = At::cell(WaveRow::FILE, row.line, "site");
            let found = format!("`{name}`, which nobody enters or leaves");
            report.add(SITES, at, found, "sites that somebody enters or leaves");
        }
    }
    if wave.sites.is_empty() {
        judge(wave.first, None, [0.0; 2], report);
    }
}

/// Checks the rows of a wave.
pub(super) fn stability_is_true(
    ground: &Ground<'_>,
    limits: &Limits,
    (period, wave): (usize, &WrittenWave<'_>),
    loaded: &[Loaded],
    rows: &[&Lined<StabilityRow>],
    report: &mut Report,
) {
    let mut cases = Cases::new();
    if ground.inventory.has_retries() {
        for (case, own) in loaded.iter().enumerate() {
            for &Remaining { at, left, nominal } in &limits.left[case] {
                let key = (at[0], at[1]);
                if keeps_itself_up(ground, key) {
                    cases.entry(key).or_default().push(Carried::new(
                        key,
                        (own.worst.load[at], Some(own.worst.offered[at])),
                        [left, nominal],
                    ));
                }
            }
        }
    }
    let rows = rows.iter().copied();
    let rows = rows.filter(|row| row.row.wave == Some(wave.number));
    rows_are_true(ground, (period, Some(wave.number)), &cases, rows, report);
}
