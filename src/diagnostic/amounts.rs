//! Amounts as sentences have them, in findings, tables and charts alike.

/// An amount of a resource with about three digits; whole from 100 on.
///
/// ```
/// use plimsoll::report::numbers::amount;
/// assert_eq!(amount(41_234.56), "41,235");
/// assert_eq!(amount(480.0), "480");
/// assert_eq!(amount(12.34), "12.3");
/// assert_eq!(amount(12.0), "12");
/// assert_eq!(amount(0.03456), "0.0346");
/// assert_eq!(amount(1e-9), "0.000000001");
/// assert_eq!(amount(0.0), "0");
/// ```
pub fn amount(value: f64) -> String {
    trimmed(value, digits(value))
}

/// Two values that differ, with the digits that show it: at least those of [`amount`].
///
/// ```
/// use plimsoll::report::numbers::apart;
/// assert_eq!(apart([0.1, 0.25]), ["0.1", "0.25"]);
/// assert_eq!(apart([0.100_02, 0.1]), ["0.10002", "0.1"]);
/// assert_eq!(apart([60_000.0, 60_000.3]), ["60,000", "60,000.3"]);
/// assert_eq!(apart([2.0, 2.0]), ["2", "2"]);
/// ```
pub fn apart(values: [f64; 2]) -> [String; 2] {
    let shown = values.map(amount);
    let [a, b] = values;
    if shown[0] != shown[1] || (a - b).abs() <= f64::EPSILON * a.abs().max(b.abs()) {
        return shown;
    }
    let longer = (1..=15).map(|digits| values.map(|value| trimmed(value, digits)));
    longer
        .into_iter()
        .find(|texts| texts[0] != texts[1])
        .unwrap_or(shown)
}

/// The same without zeros at the end of its decimals.
pub(crate) fn trimmed(value: f64, digits: u8) -> String {
    let text = decimals(value, usize::from(digits));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// Digits after the point that [`amount`] shows: 10..100 has one, 1..10 two, 0.1..1 three, …; what is next to nothing is
/// nothing.
pub(crate) fn digits(value: f64) -> u8 {
    let size = value.abs();
    let digits = match size {
        1e-12..100.0 => (1_u8..15).find(|&digits| size >= 10_f64.powi(2 - i32::from(digits))),
        _ => Some(0),
    };
    digits.unwrap_or(15)
}

/// An amount with its unit.
///
/// ```
/// use plimsoll::report::numbers::quantity;
/// assert_eq!(quantity(4000.0, "vCPU"), "4,000 vCPU");
/// assert_eq!(quantity(0.5, ""), "0.5");
/// ```
pub fn quantity(value: f64, unit: &str) -> String {
    if unit.is_empty() {
        amount(value)
    } else {
        format!("{} {unit}", amount(value))
    }
}

/// `value` with the given number of decimals and commas between thousands; `–` if it is not a number.
pub(crate) fn decimals(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.digits$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut shown = String::with_capacity(text.len() + text.len() / 3 + 1);
    if value < 0.0 && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        shown.push('−');
    }
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if !fraction.is_empty() {
        shown.push('.');
        shown.push_str(fraction);
    }
    shown
}

/// The shortest decimal that agrees with `value` in twelve digits, as a cell may spell it: what arithmetic leaves beyond them is
/// no part of a message.
pub(crate) fn rounded(value: f64) -> String {
    const DIGITS: usize = 12;
    let size = value.abs();
    if !size.is_normal() {
        return format!("{}", value + 0.0);
    }
    let scientific = format!("{value:.*e}", DIGITS - 1);
    let short: f64 = scientific.parse().unwrap_or(value);
    format!("{short}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_of_arithmetic_is_not_spelled() {
        for (value, text) in [
            (288_653.800_000_000_05, "288653.8"),
            (0.1 + 0.2, "0.3"),
            (5_630.309_999_999_998, "5630.31"),
            (-0.0, "0"),
            (1e15, "1000000000000000"),
            (1.0 / 3.0, "0.333333333333"),
            (40.0, "40"),
        ] {
            assert_eq!(rounded(value), text);
        }
    }
}
