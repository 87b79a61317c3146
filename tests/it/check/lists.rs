//! Change lists written by hand: steps, the way back and marks.

use super::plans::table;

pub(super) const START: &str = "2030-03-01T02:00:00Z";
pub(super) const END: &str = "2030-03-01T06:00:00Z";

const CHANGES: &str = "period,step,action,shard,client_region,access_point,from_site,to_site,share,before,after,\
                       users,at,wave,pool,member,component,event\n";

/// What begins and ends with the scenario at components: marks, which are no steps.
pub(super) fn marks(events: &[(&str, &str)]) -> Vec<String> {
    let of = |action: &str, at: &str| {
        let rows = events.iter().map(|(component, event)| {
            format!("0,0,{action},,,,,,,,,0,{at},,,,{component},{event}")
        });
        rows.collect::<Vec<_>>()
    };
    [of("begins", START), of("ends", END)].concat()
}

/// Steps that begin with the scenario.
pub(super) fn steps(rows: &[&str]) -> Vec<String> {
    rows.iter()
        .map(|row| format!("{row},{START},,,,,"))
        .collect()
}

/// Steps of the way back, which have no time.
pub(super) fn steps_back(rows: &[&str]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("{row},,,,,,")).collect();
    table(
        CHANGES,
        &rows.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}

/// changes.csv of steps and marks.
pub(super) fn changes_of(steps: &[Vec<String>]) -> String {
    let rows = steps.concat();
    table(
        CHANGES,
        &rows.iter().map(String::as_str).collect::<Vec<_>>(),
    )
}
