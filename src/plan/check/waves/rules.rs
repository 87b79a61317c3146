//! Rules: what every written wave keeps, one function and one code each.

use super::super::before::Before;
use super::super::ground::Ground;
use super::super::margin::margin;
use super::super::period::Situation;
use super::super::report::{At, Report, Rule, is_same, is_same_count};
use super::judge::Way;
use super::pieces::Fate;
use super::state::{Crowd, Loaded, Under};
use super::written::WrittenWave;
use crate::ids::{ComponentId, SiteId};
use crate::model::Component;
use crate::plan_files::{
    MoveRow, RampRow, Row, SUMMARY_FILE, Timing, WaveRow, WaySummary, decimal,
};
use crate::units::{FEASIBILITY, NOBODY};
use ndarray::Array2;
use std::collections::BTreeMap;

/// What several sums of the same numbers may differ by, relative.
const SAME: f64 = 2.0 * FEASIBILITY;

/// Where limits stand, by case: components × resources, and components with what they accept.
pub(super) struct Limits {
    /// What is left; `None` where nothing limits, or nobody may pass.
    left: Vec<Array2<Option<f64>>>,
    /// Relative to what a load is judged where nothing is left.
    nominal: Vec<Array2<f64>>,
    /// Components: new sessions per second that they accept under some case.
    accepts: BTreeMap<usize, f64>,
}

impl Limits {
    /// Those of the cases that a way touches.
    pub(super) fn new(ground: &Ground<'_>, unders: &[Under<'_>]) -> Self {
        let inventory = ground.inventory;
        let mut all = Self {
            left: Vec::new(),
            nominal: Vec::new(),
            accepts: BTreeMap::new(),
        };
        for under in unders {
            let case = &under.situation.case;
            let mut left = Array2::from_elem(case.nominal.dim(), None);
            let mut nominal = Array2::zeros(case.nominal.dim());
            for component in 0..inventory.component_count() {
                if case.gone[component] || !carries(ground, under.situation, component) {
                    continue;
                }
                for resource in 0..inventory.resources.len() {
                    let is_site = component < inventory.sites.len();
                    if is_site || ground.is_network(resource) {
                        left[[component, resource]] = case.capacity(component, resource);
                        let of_files = case.nominal[[component, resource]];
                        nominal[[component, resource]] = of_files.unwrap_or_default();
                    }
                }
                if let Some(accepts) = accepts(ground, component) {
                    all.accepts.insert(component, accepts);
                }
            }
            all.left.push(left);
            all.nominal.push(nominal);
        }
        all
    }
}

/// `true` unless a component is a member of a pool that carries nothing of it.
fn carries(ground: &Ground<'_>, situation: &Situation, component: usize) -> bool {
    let id = ComponentId::new(component);
    let Component::Element(element) = ground.inventory.component(id) else {
        return true;
    };
    let pool = ground.inventory.elements[element.index()].pool;
    pool.is_none_or(|pool| situation.members[pool.index()].contains(&id))
}

fn accepts(ground: &Ground<'_>, component: usize) -> Option<f64> {
    let inventory = ground.inventory;
    match inventory.component(ComponentId::new(component)) {
        Component::Site(id) => inventory.sites[id.index()].accepts_per_second,
        Component::AccessPoint(id) => inventory.access_points[id.index()].accepts_per_second,
        Component::Element(id) => inventory.elements[id.index()].accepts_per_second,
        Component::Link(_) => None,
    }
}

/// Shard, site left and site reached, as moves.csv names them.
type MoveKey<'r> = (&'r str, Option<&'r str>, &'r str);

/// P7983: every move is in a wave that is written, unless the way is refused.
pub(super) fn waves_of_moves(
    ground: &Ground<'_>,
    way: &Way<'_>,
    waves: &[WrittenWave<'_>],
    report: &mut Report,
) -> Vec<Option<u32>> {
    const RULE: Rule = Rule {
        code: "P7983",
        hint: "write the wave of waves.csv in which the shard moves",
    };
    let mut rows: BTreeMap<MoveKey<'_>, (u64, Option<u32>)> = BTreeMap::new();
    for own in way.move_rows {
        let key = (
            own.row.shard.as_str(),
            own.row.from_site.as_deref(),
            own.row.to_site.as_str(),
        );
        rows.insert(key, (own.line, own.row.wave));
    }
    let is_refused = told(way).is_some_and(|own| own.refused.is_some());
    let mut all = Vec::new();
    for moved in way.moves {
        let from = moved.from.map(|site| ground.site_name(Some(site)));
        let key = (
            ground.shard_name(moved.shard),
            from,
            ground.site_name(Some(moved.to)),
        );
        let Some((line, wave)) = rows.get(&key).copied() else {
            all.push(None);
            continue;
        };
        let known = wave.filter(|own| waves.iter().any(|wave| wave.number == *own));
        if known.is_none() && (wave.is_some() || !is_refused) {
            let found = wave.map_or_else(|| "no wave".to_owned(), |own| format!("wave {own}"));
            let at = At::cell(MoveRow::FILE, line, "wave");
            report.add(RULE, at, found, "a wave of the period in waves.csv");
        }
        all.push(known);
    }
    all
}

/// What summary.json says of the way to a period.
fn told<'a>(way: &Way<'a>) -> Option<&'a WaySummary> {
    way.summary.and_then(|own| own.way.as_ref())
}

/// P7984: waves run when those move who are in them: ahead of the period, or behind its start.
pub(super) fn no_wave_without_need(
    way: &Way<'_>,
    waves: &[WrittenWave<'_>],
    timing: Timing,
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7984",
        hint: "what is known beforehand is done ahead of the period, all else behind its start",
    };
    if let Some(wave) = waves.iter().find(|own| own.timing == timing) {
        let found = format!("a wave {} period {}", timing.word(), way.period.index);
        report.add(
            RULE,
            wave.at("timing"),
            found,
            "no such wave: nobody moves then",
        );
    }
}

/// P7985: a wave begins when the gate of the one before ends; the last ahead of a period ends with it, the first behind
/// begins with it; none lasts longer than it may but for one shard; gates are as long as the scenario says.
pub(super) fn times_are_right(
    ground: &Ground<'_>,
    way: &Way<'_>,
    timing: Timing,
    waves: &[&WrittenWave<'_>],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7985",
        hint: "waves and gates follow each other without a break, up to the period's start or from it on",
    };
    let gate = ground.scenario.waves.gate_minutes;
    let start = way.period.start;
    let span = |from: jiff::Timestamp, to: jiff::Timestamp| to.duration_since(from).as_secs_f64();
    let mut free = match timing {
        Timing::Ahead => None,
        Timing::Behind => Some(start),
    };
    for wave in waves {
        if !is_same(wave.first.row.gate_minutes, gate, 1.0) {
            let found = decimal(wave.first.row.gate_minutes);
            report.add(RULE, wave.at("gate_minutes"), found, decimal(gate));
        }
        if let Some(free) = free
            && span(free, wave.start).abs() > 0.5
        {
            let found = format!("`{}`", wave.first.row.start);
            report.add(RULE, wave.at("start"), found, format!("{free}"));
        }
        free = jiff::SignedDuration::try_from_secs_f64(wave.gate())
            .ok()
            .and_then(|gate| wave.end.checked_add(gate).ok());
    }
    if timing == Timing::Ahead
        && let (Some(free), Some(last)) = (free, waves.last())
        && span(free, start).abs() > 0.5
    {
        let found = format!("`{}`", last.first.row.end);
        let expected = format!("the gate ends at {start}");
        report.add(RULE, last.at("end"), found, expected);
    }
}

/// P7986: steering and those who come back only go on, never beyond the whole, and the last wave has all.
pub(super) fn steering_goes_on(
    waves: &[&WrittenWave<'_>],
    (mut steering, mut restored): (f64, f64),
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7986",
        hint: "shares grow from wave to wave, up to 1 in the last",
    };
    for wave in waves {
        let row = &wave.first.row;
        for (column, share, before) in [
            ("steering_share", row.steering_share, steering),
            ("restored_share", row.restored_share, restored),
        ] {
            if share < before - 1e-9 || share > 1.0 + 1e-9 {
                let expected = format!("a share from {} to 1", decimal(before));
                report.add(RULE, wave.at(column), decimal(share), expected);
            }
        }
        (steering, restored) = (row.steering_share, row.restored_share);
    }
}

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
        for ((component, resource), left) in limits.left[case].indexed_iter() {
            let Some(left) = *left else { continue };
            let at = [component, resource];
            let most = left * (1.0 + SAME) + 2e-9 * limits.nominal[case][at];
            let begun = own.begun[at];
            let most = if begun > most {
                begun * (1.0 + SAME)
            } else {
                most
            };
            if own.worst[at] > most {
                let of = &ground.inventory.resources[resource];
                let name = ground.inventory.component_name(ComponentId::new(component));
                let found = format!(
                    "{} {} of {} on `{name}` while part of the wave has moved",
                    decimal(own.worst[at]),
                    of.unit,
                    of.id
                );
                let expected = format!("at most the {} {} that are left", decimal(left), of.unit);
                report.add(RULE, wave.at("wave"), found, expected);
                return;
            }
        }
    }
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
    let named = row
        .fullest_component
        .as_deref()
        .and_then(|own| ground.components.get(own));
    let named_resource = row
        .fullest_resource
        .as_deref()
        .and_then(|own| ground.resources.get(own));
    for (case, own) in loaded.iter().enumerate() {
        for ((component, resource), left) in limits.left[case].indexed_iter() {
            let Some(left) = left.filter(|left| *left > 0.0) else {
                continue;
            };
            let share = own.worst[[component, resource]] / left;
            most = Some(most.map_or(share, |most| most.max(share)));
            let is_named = named.is_some_and(|own| own.index() == component)
                && named_resource.is_some_and(|own| own.index() == resource);
            if is_named {
                of_named = Some(of_named.map_or(share, |most| most.max(share)));
            }
        }
    }
    let is_right = match (most, of_named, row.fullest_utilization) {
        (Some(most), Some(own), Some(told)) => is_same(most, own, 1.0) && is_same(most, told, 1.0),
        (None, None, None) => named.is_none(),
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
    (situations, before): (&[Situation], &Before),
    wave: &WrittenWave<'_>,
    loaded: &[Loaded],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7989",
        hint: "write the worst missing share of a headroom target once the wave has moved",
    };
    let mut worst: f64 = 0.0;
    for (situation, own) in situations.iter().zip(loaded) {
        for ((component, resource), nominal) in situation.case.nominal.indexed_iter() {
            let at = [component, resource];
            let is_limit = component < ground.inventory.sites.len() || ground.is_network(resource);
            let is_there = !situation.case.gone[component] && carries(ground, situation, component);
            if let Some(nominal) = nominal.filter(|_| is_limit && is_there) {
                let load = own.stop[at];
                let margin = margin(ground, situation, at, nominal, load, Some(before), None);
                worst = worst.max(margin.shortfall);
            }
        }
    }
    let told = wave.first.row.stop_shortfall;
    if (told - worst).abs() > 1e-5 {
        report.add(
            RULE,
            wave.at("stop_shortfall"),
            decimal(told),
            decimal(worst),
        );
    }
}

/// What [`sites_are_true`] asks.
const OF_SITES: Rule = Rule {
    code: "P7990",
    hint: "count who leaves and enters each site in the wave, and let the wave last long enough",
};

/// P7990: users who leave and enter a site are those of the wave, no faster than the site lets them.
pub(super) fn sites_are_true(
    ground: &Ground<'_>,
    wave: &WrittenWave<'_>,
    crowds: &[Crowd],
    restored: [f64; 2],
    report: &mut Report,
) {
    let mut users: BTreeMap<SiteId, [f64; 2]> = BTreeMap::new();
    for crowd in crowds.iter().filter(|own| own.settled.is_none()) {
        let share = match crowd.fate {
            Fate::Moves(_) if crowd.wave == Some(wave.number) => 1.0,
            Fate::Restored => restored[1] - restored[0],
            _ => 0.0,
        };
        if share <= 0.0 {
            continue;
        }
        if let Some(to) = crowd.new {
            users.entry(to).or_default()[1] += share * crowd.counted;
        }
        if let Some(from) = crowd.old.filter(|_| crowd.leaving > 0.0) {
            users.entry(from).or_default()[0] += share * crowd.leaving;
        }
    }
    for (site, [out, into]) in &users {
        let Some(row) = wave.sites.get(site) else {
            let found = format!("no row of `{}`", ground.site_name(Some(*site)));
            report.add(
                OF_SITES,
                wave.at("site"),
                found,
                "a row for every site that changes",
            );
            continue;
        };
        let at = |column| At::cell(WaveRow::FILE, row.line, column);
        let inventory = &ground.inventory.sites[site.index()];
        let seconds = wave.seconds();
        let sides = [
            ("users_out", row.row.users_out, *out),
            ("users_in", row.row.users_in, *into),
        ];
        for (column, told, expected) in sides {
            if !is_same_count(told, expected) && !is_same(told, expected, 1.0) {
                report.add(OF_SITES, at(column), decimal(told), decimal(expected));
            }
        }
        let rates = [
            ("users_out_per_hour", row.row.users_out_per_hour, *out),
            ("users_in_per_hour", row.row.users_in_per_hour, *into),
        ];
        for (column, told, users) in rates {
            let expected = (seconds > 0.0).then(|| users * 3600.0 / seconds);
            optional_is_same(told, expected, at(column), report);
        }
        let limits = [
            (
                "move_out_per_hour",
                row.row.move_out_per_hour,
                inventory.move_out_per_hour,
                *out,
            ),
            (
                "move_in_per_hour",
                row.row.move_in_per_hour,
                inventory.move_in_per_hour,
                *into,
            ),
        ];
        for (column, told, limit, users) in limits {
            optional_is_same(told, limit, at(column), report);
            let most = limit.map(|limit| limit * (seconds + slack(seconds)) / 3600.0);
            if let Some(most) = most.filter(|most| users > most + NOBODY) {
                let found = format!("{} users in {} s", decimal(users), decimal(seconds));
                report.add(
                    OF_SITES,
                    at(column),
                    found,
                    format!("at most {}", decimal(most)),
                );
            }
        }
    }
    for (site, row) in &wave.sites {
        if !users.contains_key(site) {
            let at = At::cell(WaveRow::FILE, row.line, "site");
            let found = format!(
                "`{}`, which nobody enters or leaves",
                ground.site_name(Some(*site))
            );
            report.add(OF_SITES, at, found, "sites that somebody enters or leaves");
        }
    }
}

/// Finds fault with a cell that should say something else.
fn optional_is_same(told: Option<f64>, expected: Option<f64>, at: At<'_>, report: &mut Report) {
    let is_right = match (told, expected) {
        (Some(a), Some(b)) => is_same(a, b, 1.0),
        (None, None) => true,
        _ => false,
    };
    if !is_right {
        let text = super::super::report::cell_text;
        report.add(OF_SITES, at, text(told), text(expected));
    }
}

/// What whole seconds leave of a length.
fn slack(seconds: f64) -> f64 {
    1e-5 * seconds.max(1.0)
}

/// Who connects anew in a wave, by component.
pub(super) struct Judged {
    number: u32,
    timing: Timing,
    seconds: f64,
    line: u64,
    /// Users, normal operation per second, what is accepted.
    passing: BTreeMap<usize, [f64; 3]>,
}

impl Judged {
    /// Of several cases the most.
    pub(super) fn of(
        ground: &Ground<'_>,
        limits: &Limits,
        wave: &WrittenWave<'_>,
        loaded: &[Loaded],
    ) -> Self {
        let _ = ground;
        let mut passing = BTreeMap::new();
        for (component, accepts) in &limits.accepts {
            let most = |of: fn(&Loaded, usize) -> f64| {
                loaded
                    .iter()
                    .map(|own| of(own, *component))
                    .fold(0.0, f64::max)
            };
            let arrivals = most(|own, at| own.arrivals[at]);
            let background = most(|own, at| own.background[at]);
            if arrivals > NOBODY {
                passing.insert(*component, [arrivals, background, *accepts]);
            }
        }
        Self {
            number: wave.number,
            timing: wave.timing,
            seconds: wave.seconds(),
            line: wave.first.line,
            passing,
        }
    }
}

/// P7991: ramp.csv has who connects anew through what, wave by wave and together.
const RAMP: Rule = Rule {
    code: "P7991",
    hint: "count who moves to a place behind the component, and who stays and is steered through it anew",
};

/// P7992: nobody has to accept more new sessions a second than he can.
const ACCEPTED: Rule = Rule {
    code: "P7992",
    hint: "let the wave last longer, or move fewer in it",
};

/// Ahead or behind, the wave (all of them without one), the component.
type RampKey = (Timing, Option<u32>, usize);

/// Checks ramp.csv, if the plan has it, and what is accepted.
pub(super) fn ramp_is_true(
    ground: &Ground<'_>,
    way: &Way<'_>,
    judged: &[Judged],
    report: &mut Report,
) {
    let mut expected: BTreeMap<RampKey, ([f64; 3], f64)> = BTreeMap::new();
    for own in judged {
        for (component, passing) in &own.passing {
            let [arrivals, background, accepts] = *passing;
            let key = (own.timing, Some(own.number), *component);
            expected.insert(key, (*passing, own.seconds));
            let all = expected.entry((own.timing, None, *component)).or_default();
            all.0 = [all.0[0] + arrivals, all.0[1].max(background), accepts];
            let spare = (accepts - background) * (own.seconds + slack(own.seconds));
            if arrivals > spare + 1e-5 * accepts {
                let name = ground
                    .inventory
                    .component_name(ComponentId::new(*component));
                let found = format!(
                    "{} users in {} s beside {} a second at `{name}`",
                    decimal(arrivals),
                    decimal(own.seconds),
                    decimal(background)
                );
                let expected = format!("at most {} a second", decimal(accepts));
                report.add(
                    ACCEPTED,
                    At::cell(WaveRow::FILE, own.line, "end"),
                    found,
                    expected,
                );
            }
        }
    }
    for timing in [Timing::Ahead, Timing::Behind] {
        let own = judged.iter().filter(|own| own.timing == timing);
        let all: f64 = own.map(|own| own.seconds).sum();
        let of_all = expected.iter_mut();
        for (_, value) in of_all.filter(|(key, _)| key.0 == timing && key.1.is_none()) {
            value.1 = all;
        }
    }
    for row in way.ramp_rows {
        let at = |column| At::cell(RampRow::FILE, row.line, column);
        let component = ground.components.get(row.row.component.as_str());
        let key = component.map(|own| (row.row.timing, row.row.wave, own.index()));
        if !judged.iter().any(|own| own.timing == row.row.timing) {
            // A way that is refused because nobody can move on has no end: it is not judged.
            continue;
        }
        let Some((passing, seconds)) = key.and_then(|key| expected.remove(&key)) else {
            let found = format!("`{}` once more, or where nobody comes", row.row.component);
            report.add(
                RAMP,
                at("component"),
                found,
                "components that somebody newly connects through",
            );
            continue;
        };
        let [arrivals, background, accepts] = passing;
        let spare = accepts - background;
        let window = (spare > 0.0).then(|| arrivals / spare);
        let cells = [
            ("arrivals", Some(row.row.arrivals), Some(arrivals)),
            (
                "arrivals_per_second",
                row.row.arrivals_per_second,
                (seconds > 0.0).then(|| arrivals / seconds),
            ),
            (
                "background_per_second",
                Some(row.row.background_per_second),
                Some(background),
            ),
            (
                "accepts_per_second",
                Some(row.row.accepts_per_second),
                Some(accepts),
            ),
            (
                "smallest_window_seconds",
                row.row.smallest_window_seconds,
                window,
            ),
            ("queue_at_once", Some(row.row.queue_at_once), Some(arrivals)),
        ];
        for (column, told, expected) in cells {
            let is_right = match (told, expected) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-5 * a.abs().max(b.abs()).max(1e-3),
                (None, None) => true,
                _ => false,
            };
            if !is_right {
                let text = super::super::report::cell_text;
                report.add(RAMP, at(column), text(told), text(expected));
            }
        }
    }
    if let Some((key, _)) = expected.iter().find(|(_, own)| own.0[0] > 1e-3) {
        let name = ground.inventory.component_name(ComponentId::new(key.2));
        let found = format!("no row of `{name}` in period {}", way.period.index);
        let expected =
            "a row for every component with a limit that somebody newly connects through";
        report.add(RAMP, At::file(RampRow::FILE), found, expected);
    }
}

/// P7993: the summary tells how many waves there are, how long they take, when they begin, and whether the way is
/// refused: it takes longer than it may, or not everybody has a wave.
pub(super) fn summary_is_true(
    way: &Way<'_>,
    waves: &[WrittenWave<'_>],
    refused: &[(Timing, bool)],
    report: &mut Report,
) {
    const RULE: Rule = Rule {
        code: "P7993",
        hint: "count the waves of waves.csv; refuse what takes longer than it may",
    };
    let Some(summary) = way.summary else {
        return;
    };
    let key = |name: &str| format!("periods[{}].{name}", way.period.index);
    let mut differ = |name: &str, found: String, expected: String| {
        report.add(RULE, At::cell(SUMMARY_FILE, 0, &key(name)), found, expected);
    };
    let Some(told) = &summary.way else {
        if !refused.is_empty() {
            differ(
                "waves",
                "nothing".to_owned(),
                format!("{} waves", waves.len()),
            );
        }
        return;
    };
    if refused.is_empty() || told.waves != waves.len() as u64 {
        differ("waves", told.waves.to_string(), waves.len().to_string());
    }
    let is_refused = refused.iter().any(|own| own.1);
    let is_between = told
        .refused
        .as_deref()
        .is_some_and(|words| words.contains("the next change comes after"));
    if told.refused.is_some() != is_refused && !is_between {
        let found = told.refused.clone().unwrap_or_else(|| "nothing".to_owned());
        let expected = if is_refused {
            "a reason"
        } else {
            "nothing: it is safe"
        };
        differ("refused", found, expected.to_owned());
    }
    let length: f64 = waves.iter().map(WrittenWave::seconds).sum();
    let gates: f64 = waves.iter().map(WrittenWave::gate).sum();
    if let Some(minutes) = told.wave_minutes
        && !is_same(minutes * 60.0, length + gates, 1.0)
    {
        differ(
            "wave_minutes",
            decimal(minutes),
            decimal((length + gates) / 60.0),
        );
    }
    let least = told.least_minutes * 60.0;
    if told.wave_minutes.is_some() && least > length + slack(length) {
        differ(
            "least_minutes",
            decimal(told.least_minutes),
            "no more than the waves take".to_owned(),
        );
    }
    let first = waves.iter().find(|own| own.timing == Timing::Ahead);
    if let (Some(told), Some(first)) = (&told.latest_start, first) {
        let instant = told.parse::<jiff::Timestamp>().ok();
        if instant.is_none_or(|own| (own.duration_since(first.start).as_secs_f64()).abs() > 0.5) {
            differ("latest_start", told.clone(), first.first.row.start.clone());
        }
    }
}
