//! Sentences about overloads that keep themselves up with retries.

use super::grammar::listed;
use super::numbers;
use crate::model::Inventory;
use crate::plan::RetryMargin;
use crate::units::FEASIBILITY;

/// How often everybody tries again, as a sentence says it: `3 retries`, `1 retry`, `2.4 retries on average`.
///
/// ```
/// use plimsoll::report::stability::retries;
/// assert_eq!(retries(3.0), "3 retries");
/// assert_eq!(retries(1.0), "1 retry");
/// assert_eq!(retries(2.4375), "2.44 retries on average");
/// ```
pub fn retries(count: f64) -> String {
    let whole = count.round();
    if (count - whole).abs() > FEASIBILITY * count {
        return format!("{} retries on average", numbers::amount(count));
    }
    match numbers::amount(whole).as_str() {
        "1" => "1 retry".to_owned(),
        text => format!("{text} retries"),
    }
}

/// The utilization from which on an overload keeps itself up, and the one at which it stands, in as many digits as tell
/// them apart.
pub(super) fn threshold_and_stand(own: &RetryMargin) -> Option<[String; 2]> {
    let both = [own.threshold()?, own.utilization()?];
    let short = both.map(numbers::short_percent);
    let is_told_apart = short[0] != short[1];
    Some(if is_told_apart {
        short
    } else {
        both.map(|share| format!("{} %", numbers::amount(share * 100.0)))
    })
}

/// `Chicago cpu locks in above 25 % with 3 retries: it stands at 61 %`; `None` where nothing keeps an overload up.
pub(super) fn locks_in(inventory: &Inventory, own: &RetryMargin) -> Option<String> {
    let [threshold, stand] = threshold_and_stand(own)?;
    let component = listed(&[inventory.component_title(own.component)]);
    let resource = listed(&[&inventory.resources[own.resource.index()].id]);
    let retries = retries(own.retries()?);
    Some(format!(
        "{component} {resource} locks in above {threshold} with {retries}: it stands at {stand}"
    ))
}
