//! Tables: the rows of a written plan, period by period, and what of an older plan is not judged.

use super::report::{At, Report, Rule};
use crate::model::Protect;
use crate::plan_files::{
    AccessPointRow, AssignmentRow, BeforeRow, BlindRow, CERTIFICATE_FILE, ChangeBackRow, ChangeRow,
    HeadroomRow, HoursRow, Lacking, Lined, MoveRow, ProtectionGrayRow, ProtectionRow, RampRow, Row,
    SUMMARY_FILE, StabilityRow, SteeringRow, TenantRow, UnservedRow, WaveLoadRow, WaveRow,
    WaveWeightRow, WrittenPlan,
};

/// P7001: every row is of a period of the scenario.
pub(super) fn period_of<R: Row>(
    line: u64,
    period: u32,
    periods: usize,
    report: &mut Report,
) -> Option<usize> {
    const RULE: Rule = Rule::new("P7001", "periods count from 0 at the scenario's start");
    let known = usize::try_from(period)
        .ok()
        .filter(|index| *index < periods);
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
    let asks_gray = protect.is_some_and(|protect| protect.gray.is_some());
    let hours = (HoursRow::FILE, written.hours.is_some());
    let stability = (StabilityRow::FILE, written.stability.is_some());
    let more = [
        has_slices.then_some(hours),
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

/// What is not judged because of columns that files lack, or because there is no before.csv or waves.csv.
pub(super) struct SetAside {
    /// A phrase for every file that lacks columns, and for every one that is not judged because another one does, or is absent.
    pub(super) words: Vec<String>,
    /// Files that are there, and of which no amount is judged.
    pub(super) files: Vec<&'static str>,
}

/// Sets aside what cannot be judged without the columns that files lack, or without before.csv or waves.csv.
pub(super) fn set_aside(written: &mut WrittenPlan) -> SetAside {
    let has_waves = written.waves.is_some();
    let lacking = written.lacking.clone();
    let mut words: Vec<String> = lacking.files().map(of_file).collect();
    let mut files: Vec<&'static str> = Vec::new();
    for file in [ChangeRow::FILE, ChangeBackRow::FILE] {
        if !lacking.of_file(file).is_empty() && take(written, file) {
            files.push(file);
        }
    }
    if lacking.has(MoveRow::FILE, "wave") && written.waves.is_some() {
        for file in BY_WAVE {
            if take(written, file) {
                files.push(file);
                words.push(format!("{file} (moves.csv lacks wave)"));
            }
        }
    }
    let of_waves = [
        (RampRow::FILE, written.ramp.is_some()),
        (WaveWeightRow::FILE, written.wave_weights.is_some()),
        (WaveLoadRow::FILE, written.wave_loads.is_some()),
    ];
    for (file, is_there) in of_waves {
        if is_there && !has_waves {
            files.push(file);
            words.push(format!("{file} (waves.csv is absent)"));
        }
    }
    if written.before.is_none() && written.waves.is_some() {
        for file in BY_WAVE {
            if take(written, file) {
                files.push(file);
                words.push(format!("{file} (before.csv is absent)"));
            }
        }
        words.push("waves in moves.csv and stability.csv (before.csv is absent)".to_owned());
    }
    of_months(written, &lacking);
    let periods = || written.summary.iter().flat_map(|summary| &summary.periods);
    if has_waves && written.waves.is_none() && periods().any(|period| period.hour_turns.is_some()) {
        let turns = "periods[].hour_turns of summary.json (waves.csv is not checked)";
        words.push(turns.to_owned());
    }
    if periods().any(|period| period.targets_missed_before.is_none()) {
        words.push("periods[].targets_missed_before of summary.json (missing)".to_owned());
    }
    SetAside { words, files }
}

/// Files that are judged by the wave of every move.
const BY_WAVE: [&str; 6] = [
    WaveRow::FILE,
    RampRow::FILE,
    WaveWeightRow::FILE,
    WaveLoadRow::FILE,
    ChangeRow::FILE,
    ChangeBackRow::FILE,
];

/// Takes the rows of a file away, if it is there.
fn take(written: &mut WrittenPlan, file: &str) -> bool {
    match file {
        WaveRow::FILE => written.waves.take().is_some(),
        RampRow::FILE => written.ramp.take().is_some(),
        WaveWeightRow::FILE => written.wave_weights.take().is_some(),
        WaveLoadRow::FILE => written.wave_loads.take().is_some(),
        ChangeRow::FILE => written.changes.take().is_some(),
        ChangeBackRow::FILE => written.changes_back.take().is_some(),
        _ => false,
    }
}

/// `written_target of headroom.csv (missing)`; of a change list nothing is judged then: `changes.csv (it lacks at)`.
fn of_file((file, columns): (&str, &[&str])) -> String {
    let columns = columns.join(", ");
    if [ChangeRow::FILE, ChangeBackRow::FILE].contains(&file) {
        format!("{file} (it lacks {columns})")
    } else {
        format!("{columns} of {file} (missing)")
    }
}

/// Without one of the cells of a calendar month the others say nothing.
fn of_months(written: &mut WrittenPlan, lacking: &Lacking) {
    if lacking.of_file(TenantRow::FILE).is_empty() {
        return;
    }
    for lined in written.tenants.iter_mut().flatten() {
        let row = &mut lined.row;
        row.month = None;
        row.month_user_minutes = None;
        row.month_down_user_minutes = None;
        row.month_uptime = None;
        row.month_kept = None;
        row.month_counted = None;
    }
}
