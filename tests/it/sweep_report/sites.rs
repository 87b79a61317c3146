//! The finding of the chart of sites counts the failures as the marks above its cells judge them.

use super::made::{Made, Mood, Wish, made};
use plimsoll::model::{CaseKind, Recovery};
use plimsoll::plan::sweep::CaseResult;

fn title(made: &Made) -> String {
    let drawings = made.reported().drawings().expect("charts are drawn");
    let mut drawings = drawings.into_iter();
    let figure = drawings.find(|figure| figure.name == "utilization");
    figure.expect("it is drawn").title
}

fn single(made: &mut Made) -> impl Iterator<Item = &mut CaseResult> {
    let cases = made.sweep.contingencies.of_kind(CaseKind::Failures(1));
    let all = made.sweep.tally.found.iter_mut();
    all.filter(move |case_result| {
        case_result.recovery == Recovery::Replan && cases.contains(&case_result.case)
    })
}

#[test]
fn failures_that_leave_users_unserved_come_first_whatever_sites_keep() {
    let mut made = made(&Wish {
        mood: Mood::Holds,
        ..Wish::of(8, 1)
    });
    let all = single(&mut made).count();
    let calm = title(&made);
    assert!(
        calm.starts_with(&format!(
            "None of {all} single sites leaves users unserved; "
        )),
        "{calm}"
    );
    // The network is short, no site.
    for case_result in single(&mut made) {
        case_result.unserved[0] = 5_975_418.0;
    }
    let lost = title(&made);
    assert!(
        lost.starts_with(&format!(
            "{all} of {all} single sites leave users unserved; "
        )),
        "{lost}"
    );
    let one = single(&mut made).skip(1);
    one.for_each(|case_result| case_result.unserved.fill(0.0));
    let lost = title(&made);
    assert!(
        lost.starts_with(&format!("1 of {all} single sites leaves users unserved; ")),
        "{lost}"
    );
}
