//! Kind: what a cell may hold, as the schema's `type` says it.

use crate::units::ROUNDING;

/// What a cell may hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A finite decimal within bounds.
    Number(Bounds),
    /// A finite decimal within bounds, or the word `unlimited`.
    Limit(Bounds),
    /// A whole number within bounds, both included.
    Whole(i64, i64),
    /// One of these words.
    Choice(Vec<String>),
    /// Ids, texts, dates: distinguished by their readers.
    Words,
}

/// The numbers that a cell may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    /// Smallest.
    pub(crate) least: f64,
    /// Largest.
    pub(crate) most: f64,
    /// `true` if `most` itself is too much.
    pub(crate) is_open: bool,
    /// `true` if `least` itself is too little.
    pub(crate) is_above: bool,
}

impl Bounds {
    /// `true` if `value` is within.
    pub(crate) fn holds(self, value: f64) -> bool {
        let is_enough = if self.is_above {
            value > self.least
        } else {
            value >= self.least
        };
        is_enough
            && if self.is_open {
                value < self.most
            } else {
                value <= self.most
            }
    }

    /// `true` if nothing is too much: an amount, not a share or a coordinate.
    pub(crate) fn is_amount(self) -> bool {
        self.most.is_infinite()
    }
}

/// The largest whole number: all smaller ones are exact in floating point (2⁵³).
pub(crate) const LARGEST_WHOLE: i64 = 1 << 53;

impl Kind {
    /// The kind that a `type` of the schema describes, such as `number from 0 to under 1`.
    pub(crate) fn parse(phrase: &str) -> Self {
        if let Some(range) = phrase.strip_prefix("whole number") {
            let bounds = bounds(range);
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a float beyond the range becomes the nearest end of it, which is then cut"
            )]
            return Self::Whole(
                (bounds.least as i64).max(-LARGEST_WHOLE),
                (bounds.most as i64).min(LARGEST_WHOLE),
            );
        }
        if let Some(range) = phrase.strip_prefix("number") {
            return match range.strip_suffix(" or `unlimited`") {
                Some(range) => Self::Limit(bounds(range)),
                None => Self::Number(bounds(range)),
            };
        }
        if phrase.starts_with('`') {
            let words = phrase.split('`').skip(1).step_by(2);
            return Self::Choice(words.map(str::to_owned).collect());
        }
        Self::Words
    }
}

/// The bounds in ` of 0 or more`, ` from 0 to under 1` or ` above 0 up to 1`; none if nothing is said.
fn bounds(range: &str) -> Bounds {
    let numbers: Vec<f64> = range
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    Bounds {
        least: numbers.first().copied().unwrap_or(f64::NEG_INFINITY),
        most: numbers.get(1).copied().unwrap_or(f64::INFINITY),
        is_open: range.contains("under"),
        is_above: range.contains("above"),
    }
}

/// The largest number on either side, and the largest sum of demand or background: beyond it the linear program
/// cannot be solved to the digits that a plan is judged by.
pub(crate) const LARGEST: f64 = 1e15;

/// What is wrong with the text of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotANumber {
    /// Something else than digits, a point, a sign, an exponent.
    Malformed,
    /// Too large, or so small that it would be taken for 0.
    OutOfReach,
}

/// The number that `text` writes: a finite decimal, perhaps with an exponent.
///
/// `inf`, `nan`, `1_000`, `1,5` and ` 1` are none.
pub(crate) fn number(text: &str) -> Result<f64, NotANumber> {
    let value = decimal(text, LARGEST)?;
    if value.abs() < ROUNDING && value.abs() > 0.0 {
        return Err(NotANumber::OutOfReach);
    }
    Ok(value)
}

/// The same, up to `most` on either side.
fn decimal(text: &str, most: f64) -> Result<f64, NotANumber> {
    let is_decimal = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !is_decimal {
        return Err(NotANumber::Malformed);
    }
    let value: f64 = text.parse().map_err(|_| NotANumber::Malformed)?;
    let is_lost = value.abs() < f64::MIN_POSITIVE && has_mantissa(text);
    if value.abs() <= most && !is_lost {
        // Negative zero is zero: it must not be distinguished when values are ordered.
        Ok(value + 0.0)
    } else {
        Err(NotANumber::OutOfReach)
    }
}

/// `true` if a digit before the exponent is not 0.
fn has_mantissa(text: &str) -> bool {
    text.bytes()
        .take_while(|byte| !matches!(byte, b'e' | b'E'))
        .any(|byte| matches!(byte, b'1'..=b'9'))
}

/// The whole number that `text` writes, exactly: `12`, `-3`, `1.20e3`; not `1.5`.
///
/// `None` also beyond [`LARGEST_WHOLE`] on either side.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain {
        return text.parse().ok();
    }
    let value = decimal(text, f64::MAX).ok()?;
    if value.abs() > LARGEST_WHOLE as f64 || !is_exactly_whole(text)? {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole and at most 2^53 in size"
    )]
    let whole = value as i64;
    // 2^53 + 1 rounds to 2^53: a plain text that says another number is too large.
    match text.parse::<i64>() {
        Ok(written) if written != whole => None,
        _ => Some(whole),
    }
}

/// `true` if no digit other than 0 stands after the point once the exponent is applied.
fn is_exactly_whole(text: &str) -> Option<bool> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || {
        before
            .bytes()
            .chain(after.bytes())
            .filter(u8::is_ascii_digit)
    };
    let count = i64::try_from(digits().count()).ok()?;
    let fraction = i64::try_from(after.len()).ok()?.checked_sub(exponent)?;
    let kept = usize::try_from(count.checked_sub(fraction)?.clamp(0, count)).ok()?;
    Some(digits().skip(kept).all(|digit| digit == b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_the_schema_are_understood() {
        assert_eq!(
            Kind::parse("number from 0 to under 1"),
            Kind::Number(Bounds {
                least: 0.0,
                most: 1.0,
                is_open: true,
                is_above: false
            })
        );
        assert_eq!(
            Kind::parse("number above 0 up to 1"),
            Kind::Number(Bounds {
                least: 0.0,
                most: 1.0,
                is_open: false,
                is_above: true
            })
        );
        assert_eq!(
            Kind::parse("whole number of 0 or more"),
            Kind::Whole(0, LARGEST_WHOLE)
        );
        assert_eq!(
            Kind::parse("whole number"),
            Kind::Whole(-LARGEST_WHOLE, LARGEST_WHOLE)
        );
        assert_eq!(
            Kind::parse("number of 0 or more or `unlimited`"),
            Kind::Limit(Bounds {
                least: 0.0,
                most: f64::INFINITY,
                is_open: false,
                is_above: false
            })
        );
        assert_eq!(
            Kind::parse("`yes` or `no`"),
            Kind::Choice(vec!["yes".to_owned(), "no".to_owned()])
        );
        assert_eq!(Kind::parse("new id"), Kind::Words);
    }

    #[test]
    fn bounds_say_whether_their_ends_belong_to_them() {
        let holds = |phrase: &str, value: f64| match Kind::parse(phrase) {
            Kind::Number(bounds) => bounds.holds(value),
            other => panic!("{other:?}"),
        };
        assert!(holds("number of 0 or more", 0.0));
        assert!(!holds("number above 0", 0.0) && holds("number above 0", 1e-9));
        assert!(!holds("number from 0 to under 1", 1.0));
        assert!(holds("number above 0 up to 1", 1.0));
    }

    #[test]
    fn numbers_are_finite_decimals() {
        assert_eq!(number("1e-6"), Ok(1e-6));
        assert_eq!(number("-0"), Ok(0.0));
        assert_eq!(number("0e-999"), Ok(0.0));
        for text in [
            "", " 1", "1 ", "inf", "NaN", "1,5", "1_000", "0x1", "e5", "-", ".",
        ] {
            assert_eq!(number(text), Err(NotANumber::Malformed), "{text}");
        }
        assert_eq!(number("1e999"), Err(NotANumber::OutOfReach));
        assert_eq!(number("1e-999"), Err(NotANumber::OutOfReach));
    }

    #[test]
    fn whole_numbers_are_never_rounded() {
        assert_eq!(whole("12"), Some(12));
        assert_eq!(whole("-3"), Some(-3));
        assert_eq!(whole("1.20e3"), Some(1200));
        assert_eq!(whole("1200e-2"), Some(12));
        assert_eq!(whole("2.000"), Some(2));
        assert_eq!(whole("9007199254740992"), Some(LARGEST_WHOLE));
        for text in [
            "",
            "1.5",
            "1205e-2",
            "1.0000000000000000000001",
            "9007199254740993",
            "1e17",
            "1e-400",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
