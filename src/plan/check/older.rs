//! Older files: what is not judged because a file lacks columns that it would need, or because before.csv is absent.

use crate::plan_files::{
    ChangeBackRow, ChangeRow, HourTurnRow, Lacking, MoveRow, RampRow, Row, TenantRow, WaveLoadRow,
    WaveRow, WaveWeightRow, WrittenPlan,
};

/// What is not judged because of columns that files lack, or because there is no before.csv.
pub(super) struct SetAside {
    /// A phrase for every file that lacks columns, and for every one that is not judged because another one does, or is absent.
    pub(super) words: Vec<String>,
    /// Files that are there, and of which nothing is judged.
    pub(super) files: Vec<&'static str>,
}

/// Sets aside what cannot be judged without the columns that files lack, or without before.csv.
pub(super) fn set_aside(written: &mut WrittenPlan) -> SetAside {
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
    if written.before.is_none() && written.waves.is_some() {
        for file in BY_WAVE.into_iter().chain([HourTurnRow::FILE]) {
            if take(written, file) {
                files.push(file);
                words.push(format!("{file} (before.csv is absent)"));
            }
        }
        words.push("waves in moves.csv and stability.csv (before.csv is absent)".to_owned());
    }
    of_months(written, &lacking);
    let mut periods = written.summary.iter().flat_map(|own| &own.periods);
    if periods.any(|own| own.targets_missed_before.is_none()) {
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
        HourTurnRow::FILE => written.hour_turns.take().is_some(),
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
