//! Tables: the rows of a written plan, period by period.

use super::report::{At, Report, Rule};
use crate::model::Protect;
use crate::plan_files::{
    AccessPointRow, AssignmentRow, BeforeRow, BlindRow, CERTIFICATE_FILE, ChangeBackRow, ChangeRow,
    HeadroomRow, HourTurnRow, HoursRow, Lined, MoveRow, ProtectionGrayRow, ProtectionRow, RampRow,
    Row, SUMMARY_FILE, StabilityRow, SteeringRow, TenantRow, UnservedRow, WaveLoadRow, WaveRow,
    WaveWeightRow, WrittenPlan,
};

/// P7001: every row is of a period of the scenario.
pub(super) fn period_of<R: Row>(
    line: u64,
    period: u32,
    periods: usize,
    report: &mut Report,
) -> Option<usize> {
    const RULE: Rule = Rule {
        code: "P7001",
        hint: "periods count from 0 at the scenario's start",
    };
    let known = usize::try_from(period).ok().filter(|own| *own < periods);
    if known.is_none() {
        let expected = format!("a period from 0 to {}", periods.saturating_sub(1));
        let at = At::cell(R::FILE, line, "period");
        report.add(RULE, at, period.to_string(), expected);
    }
    known
}

/// The files that the plan has, and those that it has not; `protect` is what the scenario asks it to survive,
/// `has_slices` whether some period has several slices of hours, `has_retries` whether anybody tries again.
pub(super) fn files(
    written: &WrittenPlan,
    protect: Option<&Protect>,
    [has_slices, has_retries]: [bool; 2],
) -> (Vec<&'static str>, Vec<&'static str>) {
    let all = [
        (SUMMARY_FILE, written.summary.is_some()),
        (AssignmentRow::FILE, true),
        (MoveRow::FILE, written.moves.is_some()),
        (SteeringRow::FILE, true),
        (HeadroomRow::FILE, written.headroom.is_some()),
        (BlindRow::FILE, written.blind.is_some()),
        (BeforeRow::FILE, written.before.is_some()),
        (AccessPointRow::FILE, written.access_points.is_some()),
        (UnservedRow::FILE, written.unserved.is_some()),
        (TenantRow::FILE, written.tenants.is_some()),
        (ChangeRow::FILE, written.changes.is_some()),
        (ChangeBackRow::FILE, written.changes_back.is_some()),
        (WaveRow::FILE, written.waves.is_some()),
        (RampRow::FILE, written.ramp.is_some()),
        (WaveWeightRow::FILE, written.wave_weights.is_some()),
        (WaveLoadRow::FILE, written.wave_loads.is_some()),
        (CERTIFICATE_FILE, written.certificate.is_some()),
    ];
    let gray = (ProtectionGrayRow::FILE, written.protection_gray.is_some());
    let lost = (ProtectionRow::FILE, written.protection.is_some());
    let asks_gray = protect.is_some_and(|own| own.gray.is_some());
    let hours = (HoursRow::FILE, written.hours.is_some());
    let turns = (HourTurnRow::FILE, written.hour_turns.is_some());
    let stability = (StabilityRow::FILE, written.stability.is_some());
    let more = [
        has_slices.then_some(hours),
        has_slices.then_some(turns),
        has_retries.then_some(stability),
        protect.map(|_| lost),
        asks_gray.then_some(gray),
    ];
    let all = all.into_iter().chain(more.into_iter().flatten());
    let (has, has_not): (Vec<_>, Vec<_>) = all.partition(|(_, is_there)| *is_there);
    let names =
        |files: Vec<(&'static str, bool)>| files.into_iter().map(|(name, _)| name).collect();
    (names(has), names(has_not))
}

/// The rows of one period, by file, but those of assignment.csv.
#[derive(Default)]
pub(super) struct Rows<'a> {
    pub(super) steering: Vec<&'a Lined<SteeringRow>>,
    pub(super) moves: Vec<&'a Lined<MoveRow>>,
    pub(super) headroom: Vec<&'a Lined<HeadroomRow>>,
    pub(super) stability: Vec<&'a Lined<StabilityRow>>,
    pub(super) blind: Vec<&'a Lined<BlindRow>>,
    pub(super) hours: Vec<&'a Lined<HoursRow>>,
    pub(super) access_points: Vec<&'a Lined<AccessPointRow>>,
    pub(super) unserved: Vec<&'a Lined<UnservedRow>>,
    pub(super) changes: Vec<&'a Lined<ChangeRow>>,
    pub(super) changes_back: Vec<&'a Lined<ChangeRow>>,
    pub(super) waves: Vec<&'a Lined<WaveRow>>,
    pub(super) ramp: Vec<&'a Lined<RampRow>>,
    pub(super) wave_weights: Vec<&'a Lined<WaveWeightRow>>,
    pub(super) wave_loads: Vec<&'a Lined<WaveLoadRow>>,
    pub(super) hour_turns: Vec<&'a Lined<HourTurnRow>>,
    pub(super) protection: Vec<&'a Lined<ProtectionRow>>,
    pub(super) protection_gray: Vec<&'a Lined<ProtectionGrayRow>>,
}

impl<'a> Rows<'a> {
    /// Those of headroom.csv; `None` if nobody wrote it.
    pub(super) fn headroom_of(&self, written: &WrittenPlan) -> Option<&[&'a Lined<HeadroomRow>]> {
        let is_there = written.headroom.is_some();
        is_there.then_some(self.headroom.as_slice())
    }

    /// Those of stability.csv; `None` if nobody wrote it.
    pub(super) fn stability_of(&self, written: &WrittenPlan) -> Option<&[&'a Lined<StabilityRow>]> {
        let is_there = written.stability.is_some();
        is_there.then_some(self.stability.as_slice())
    }
}

/// The rows of all periods.
pub(super) struct Tables<'a> {
    pub(super) periods: Vec<Rows<'a>>,
}

impl<'a> Tables<'a> {
    /// Sorts the rows of a plan.
    pub(super) fn new(written: &'a WrittenPlan, periods: usize, report: &mut Report) -> Self {
        let mut all: Vec<Rows<'a>> = Vec::new();
        all.resize_with(periods, Rows::default);
        macro_rules! sort {
            ($($table:ident: $row:ty = $rows:expr;)*) => {$(
                for row in $rows {
                    let period = period_of::<$row>(row.line, row.row.period, periods, report);
                    if let Some(period) = period {
                        all[period].$table.push(row);
                    }
                }
            )*};
        }
        sort! {
            moves: MoveRow = written.moves.iter().flatten();
            steering: SteeringRow = &written.steering;
            headroom: HeadroomRow = written.headroom.iter().flatten();
            stability: StabilityRow = written.stability.iter().flatten();
            blind: BlindRow = written.blind.iter().flatten();
            access_points: AccessPointRow = written.access_points.iter().flatten();
            unserved: UnservedRow = written.unserved.iter().flatten();
            changes: ChangeRow = written.changes.iter().flatten();
            changes_back: ChangeBackRow = written.changes_back.iter().flatten();
            waves: WaveRow = written.waves.iter().flatten();
            ramp: RampRow = written.ramp.iter().flatten();
            wave_weights: WaveWeightRow = written.wave_weights.iter().flatten();
            wave_loads: WaveLoadRow = written.wave_loads.iter().flatten();
            hour_turns: HourTurnRow = written.hour_turns.iter().flatten();
            protection: ProtectionRow = written.protection.iter().flatten();
            protection_gray: ProtectionGrayRow = written.protection_gray.iter().flatten();
        }
        for row in written.hours.iter().flatten() {
            if let Some(period) = row.row.period {
                let period = period_of::<HoursRow>(row.line, period, periods, report);
                if let Some(period) = period {
                    all[period].hours.push(row);
                }
            }
        }
        Self { periods: all }
    }
}
