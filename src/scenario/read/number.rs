//! Numbers of a scenario file, within their bounds.

use super::findings::{Findings, Spot};
use super::schema::Bounds;
use crate::diagnostic::Code;
use toml::de::DeValue;

/// A number outside the bounds of its key.
pub(crate) const OUT_OF_BOUNDS: Code = Code("P4006");

/// What to do about a share out of bounds.
const SHARE_HINT: &str = "a share is a fraction: 20 % is written 0.2";
/// What to do about another number out of bounds.
const NUMBER_HINT: &str = "write a number within these bounds, or leave the key out";

/// Rule: a number is finite and within the bounds of its key.
pub(super) fn read_number(
    value: &DeValue<'_>,
    bounds: Bounds,
    expected: &str,
    spot: &Spot,
    quote: &str,
    findings: &mut Findings,
) -> Option<f64> {
    let number = finite(value).filter(|number| bounds.holds(*number));
    if number.is_none() {
        let hint = if bounds.is_share() {
            SHARE_HINT
        } else {
            NUMBER_HINT
        };
        refuse(expected, hint, spot, quote, findings);
    }
    // -0.0 is 0 and is printed so.
    number.map(|number| number + 0.0)
}

/// Rule: a headroom target is a share that leaves something to use.
pub(super) fn read_target(
    value: &DeValue<'_>,
    spot: &Spot,
    quote: &str,
    findings: &mut Findings,
) -> Option<f64> {
    let target = finite(value).filter(|share| (0.0..1.0).contains(share));
    if target.is_none() {
        let expected = "a share from 0 to under 1";
        refuse(expected, SHARE_HINT, spot, quote, findings);
    }
    target.map(|target| target + 0.0)
}

/// Rule: a count is a whole number, and large enough.
pub(super) fn read_whole(
    value: &DeValue<'_>,
    least: u32,
    spot: &Spot,
    quote: &str,
    findings: &mut Findings,
) -> Option<u32> {
    let whole = match value {
        DeValue::Integer(integer) => u32::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    };
    let whole = whole.filter(|whole| *whole >= least);
    if whole.is_none() {
        let expected = format!("a whole number of {least} or more");
        refuse(&expected, NUMBER_HINT, spot, quote, findings);
    }
    whole
}

fn refuse(expected: &str, hint: &str, spot: &Spot, quote: &str, findings: &mut Findings) {
    findings.error(OUT_OF_BOUNDS, spot, quote, expected, hint);
}

/// The number, if it is one and finite.
fn finite(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Float(float) => float.as_str().parse().ok()?,
        DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str().parse().ok()?,
        DeValue::Integer(integer) => {
            u128::from_str_radix(integer.as_str(), integer.radix()).ok()? as f64
        }
        _ => return None,
    };
    Some(number).filter(|number: &f64| number.is_finite())
}
