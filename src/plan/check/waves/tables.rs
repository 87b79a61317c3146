//! Tables: the rows of `wave_weights.csv`, `wave_loads.csv` and ramp.csv that the waves of a period make.

use super::super::context::RefereeContext;
use super::super::judge::{Expected, Judged, judge, number};
use super::super::path::place_name;
use super::super::report::{Report, Rule};
use super::changes::{Connecting, Through};
use super::loads::{Remaining, spare};
use super::rules::JudgedWave;
use super::shares::{WaveCase, weights};
use super::transition::TransitionToPeriod;
use super::written::WrittenWave;
use crate::diagnostic::amounts::rounded;
use crate::ids::ComponentId;
use crate::plan_files::{
    LOADS, Lined, RAMP, RampRow, Timing, WEIGHTS, WaveLoadRow, WaveWeightRow, joined,
};
use crate::units::NUMERICAL_NOISE;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Wave, period whose hours they are, slice.
type Stop = (u32, Option<u32>, u32);

/// Client region, profile, latency limit, links.
type WeightKey = (String, String, Option<u64>, String);

/// The written rows of the waves of a period that no wave was asked about yet.
#[derive(Default)]
pub(super) struct WaveTables<'w> {
    weights: BTreeMap<Stop, Vec<&'w Lined<WaveWeightRow>>>,
    loads: BTreeMap<Stop, Vec<&'w Lined<WaveLoadRow>>>,
}

impl<'w> WaveTables<'w> {
    /// All of them, of the files that there are.
    pub(super) fn new(transition: &TransitionToPeriod<'w>) -> Self {
        let mut all = Self::default();
        for row in &transition.rows.wave_weights {
            let stop = (row.row.wave, row.row.during, row.row.slice);
            all.weights.entry(stop).or_default().push(row);
        }
        for row in &transition.rows.wave_loads {
            let stop = (row.row.wave, row.row.during, row.row.slice);
            all.loads.entry(stop).or_default().push(row);
        }
        all
    }

    /// Compares the rows of a wave with those that it makes: in every slice of the time from its turn to the end of its gate.
    pub(super) fn check_wave(&mut self, judged_wave: &JudgedWave<'_>, report: &mut Report) {
        let (context, transition, wave) = (
            judged_wave.referee.context,
            judged_wave.referee.transition,
            judged_wave.wave,
        );
        let load_key = |row: &WaveLoadRow| context.limit(&row.component, &row.resource);
        let cases = judged_wave
            .cases
            .iter()
            .zip(&judged_wave.limits.left)
            .zip(&judged_wave.loads);
        for ((case, left), loads) in cases.filter(|((case, _), _)| is_met(transition, wave, case)) {
            let stop = (wave.number, case.key.0.map(number), number(case.key.1));
            if transition.written.wave_weights.is_some() {
                let rows = self.weights.remove(&stop).unwrap_or_default();
                let expected = weight_rows(context, transition.number(), (stop, wave), case);
                judge(rows, |row| Some(weight_key(row)), expected, report);
            }
            if transition.written.wave_loads.is_some() {
                let rows = self.loads.remove(&stop).unwrap_or_default();
                let expected = left.iter().map(|remaining| {
                    let load = loads.stop.load(remaining.at, false);
                    let row = load_row(context, transition.number(), stop, (remaining, load));
                    let scale = remaining.nominal.max(1.0);
                    Expected::from(row).all_scaled(&["load", "capacity"], scale)
                });
                judge(rows, load_key, expected, report);
            }
        }
    }

    /// Nothing may be left: those rows are of no wave.
    pub(super) fn check_rest(self, context: &RefereeContext<'_>, report: &mut Report) {
        let load_key = |row: &WaveLoadRow| context.limit(&row.component, &row.resource);
        for rows in self.weights.into_values() {
            judge(rows, |row| Some(weight_key(row)), [], report);
        }
        for rows in self.loads.into_values() {
            judge(rows, load_key, [], report);
        }
    }
}

fn weight_key(row: &WaveWeightRow) -> WeightKey {
    (
        row.client_region.clone(),
        row.profile.clone(),
        row.max_latency_ms.map(f64::to_bits),
        row.links.clone(),
    )
}

/// `true` if a slice of a period has any of the time from a wave's turn to the end of its gate; before a period also the
/// slice that ends then, after its start also the one that begins with the turn, and the one that ends with it if no gate follows.
fn is_met(
    transition: &TransitionToPeriod<'_>,
    wave: &WrittenWave<'_>,
    case: &WaveCase<'_>,
) -> bool {
    let (during, slice) = case.key;
    let until = wave.gate_end;
    let has = |from: Timestamp, to: Timestamp| match wave.timing {
        Timing::Ahead => from < until && (to > wave.turned || to == until),
        Timing::After => {
            let is_last = to == until && until == wave.turned;
            (to > wave.turned || is_last) && (from < until || from == wave.turned)
        }
    };
    let Some(during) = during else {
        let begins = transition.periods.first().map(|period| period.start);
        return begins.is_some_and(|begins| has(Timestamp::MIN, begins));
    };
    let (hours, period) = (&case.situation.case.hours, &transition.periods[during]);
    let stretches = hours.stretches_within(period.start, period.end);
    let mut filter = stretches.filter(|stretch| stretch.slice == slice);
    // The scenario's last hour goes on.
    let last = transition.periods.last().map(|period| period.end);
    filter.any(|stretch| {
        let is_last = Some(stretch.end) == last;
        has(
            stretch.start,
            if is_last { Timestamp::MAX } else { stretch.end },
        )
    })
}

/// The weights of a wave in a slice.
fn weight_rows(
    context: &RefereeContext<'_>,
    period: u32,
    ((number, during, slice), wave): (Stop, &WrittenWave<'_>),
    case: &WaveCase<'_>,
) -> Vec<Expected<WaveWeightRow>> {
    let inventory = context.inventory;
    let all = weights(&case.situation, case.steered, wave.steering);
    let rows = all.into_values().flatten().map(|(path, weight)| {
        let (group, route) = (&context.groups[path.group], &path.route);
        let links = route.links.iter();
        let links = links.map(|link| inventory.links[link.index()].id.as_str());
        let places = route.places.iter().map(|place| place_name(context, *place));
        let region = &inventory.client_regions[group.client_region.index()];
        let access_point = &inventory.access_points[route.access_point.index()];
        let row = WaveWeightRow {
            period,
            wave: number,
            slice,
            client_region: region.id.clone(),
            profile: inventory.profiles[group.profile.index()].id.clone(),
            max_latency_ms: group.limit,
            access_point: access_point.id.clone(),
            site: context.site_name(Some(route.site)).to_owned(),
            path: joined(places),
            links: joined(links),
            weight,
            during,
        };
        Expected::from(row).optional(weight <= NUMERICAL_NOISE)
    });
    rows.collect()
}

fn load_row(
    context: &RefereeContext<'_>,
    period: u32,
    (wave, during, slice): Stop,
    (remaining, load): (&Remaining, f64),
) -> WaveLoadRow {
    let component = ComponentId::new(remaining.at[0]);
    let resource = &context.inventory.resources[remaining.at[1]];
    WaveLoadRow {
        period,
        wave,
        slice,
        component: context.inventory.component_name(component).to_owned(),
        kind: context
            .inventory
            .component_kind(component)
            .word()
            .to_owned(),
        resource: resource.id.clone(),
        unit: resource.unit.clone(),
        load,
        capacity: remaining.left,
        during,
    }
}

/// Compares ramp.csv with who reconnects through what, wave by wave and together.
pub(super) fn check_ramp(
    context: &RefereeContext<'_>,
    transition: &TransitionToPeriod<'_>,
    waves: &[Connecting],
    report: &mut Report,
) {
    let mut expected: Vec<RampRow> = Vec::new();
    for timing in [Timing::Ahead, Timing::After] {
        let call = || {
            waves
                .iter()
                .filter(|connecting| connecting.wave.timing == timing)
        };
        let row = |wave, component, through: &Through, seconds: f64, window| RampRow {
            period: transition.number(),
            timing,
            wave,
            component: context
                .inventory
                .component_name(ComponentId::new(component))
                .to_owned(),
            arrivals: through.arrivals,
            arrivals_per_second: (seconds > 0.0).then(|| through.arrivals / seconds),
            background_per_second: through.background,
            accepts_per_second: through.accepts,
            smallest_window_seconds: window,
            queue_at_once: through.arrivals,
        };
        let all_seconds: f64 = call().map(|wave| wave.wave.seconds()).sum();
        let mut of_all: BTreeMap<usize, (Through, Option<f64>)> = BTreeMap::new();
        for wave in call() {
            for (component, through) in &wave.passing {
                let left = spare(through.accepts, through.background);
                let window = (left > 0.0).then(|| through.arrivals / left);
                expected.push(row(
                    Some(wave.wave.number),
                    *component,
                    through,
                    wave.wave.seconds(),
                    window,
                ));
                let nobody = Through {
                    arrivals: 0.0,
                    ..*through
                };
                let (all, sum) = of_all.entry(*component).or_insert((nobody, Some(0.0)));
                all.arrivals += through.arrivals;
                all.background = all.background.max(through.background);
                // Of all waves: the sum of theirs.
                *sum = sum.zip(window).map(|(sum, window)| sum + window);
            }
        }
        let of_all = of_all.into_iter();
        expected.extend(of_all.map(|(index, (all, sum))| row(None, index, &all, all_seconds, sum)));
    }
    let key = |row: &RampRow| {
        let component = context.components.get(row.component.as_str())?;
        Some((row.timing, row.wave, *component))
    };
    // A transition that is refused because nobody can move on has no end: it is not judged.
    let is_judged = |timing: Timing| waves.iter().any(|wave| wave.wave.timing == timing);
    let rows = transition.rows.ramp.iter().copied();
    let rows = rows.filter(|row| is_judged(row.row.timing));
    let expected = expected.into_iter().map(|row| {
        // Next to nobody may be listed or not.
        let is_nobody = row.arrivals <= 1e-3;
        Expected::from(row).optional(is_nobody)
    });
    judge(rows, key, expected, report);
}

/// P7978: `wave_weights.csv` has the weights of every wave from its turn on, in every slice of the time to the end of its
/// gate.
impl Judged for WaveWeightRow {
    const STRAY: Rule = Rule::new("P7978", WEIGHTS);
    const MISSING: Rule = Self::STRAY;
    const NAMED_IN: &'static str = "links";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        stray("path", first)
    }

    fn missing(&self) -> [String; 2] {
        let found = format!(
            "no weight of `{}` to `{}` over `{}` in wave {}",
            self.client_region, self.site, self.links, self.wave
        );
        [found, rounded(self.weight)]
    }
}

/// P7979: `wave_loads.csv` has what everything carries at the end of every wave.
impl Judged for WaveLoadRow {
    const STRAY: Rule = Rule::new("P7979", LOADS);
    const MISSING: Rule = Self::STRAY;
    const NAMED_IN: &'static str = "component";

    fn stray(&self, first: Option<u64>) -> [String; 2] {
        stray("component", first)
    }

    fn missing(&self) -> [String; 2] {
        let found = format!(
            "no load of {} on `{}` after wave {}",
            self.resource, self.component, self.wave
        );
        [found, rounded(self.load)]
    }
}

/// P7991: ramp.csv has who reconnects through what, wave by wave and together.
impl Judged for RampRow {
    const STRAY: Rule = Rule::new("P7991", RAMP);
    const MISSING: Rule = Self::STRAY;
    const NAMED_IN: &'static str = "component";

    fn stray(&self, _: Option<u64>) -> [String; 2] {
        [
            format!("`{}` twice, or without new sessions", self.component),
            "components with new sessions, each once".to_owned(),
        ]
    }

    fn missing(&self) -> [String; 2] {
        let expected = "a row for every component with new sessions and a limit for them";
        [
            format!("no row of `{}` in period {}", self.component, self.period),
            expected.to_owned(),
        ]
    }
}

/// What is found where a row is of no wave, or of a thing again.
fn stray(thing: &str, first: Option<u64>) -> [String; 2] {
    let [found, expected] = match first {
        Some(_) => [&*format!("a {thing} a second time"), "one row for it"],
        None => ["a row that no wave has", "rows of the waves of waves.csv"],
    };
    [found, expected].map(str::to_owned)
}
