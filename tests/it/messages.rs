//! What holds of every message, whatever it is about.

/// No number of a message has digits that only arithmetic leaves, such as `288653.80000000005`.
pub(crate) fn assert_short_numbers(message: &str) {
    /// More digits than any number has that is typed or rounded.
    const MOST: usize = 12;
    // What a cell holds is quoted as it is.
    let words = message.split(['"', '`']).step_by(2);
    let is_number = |letter: char| letter.is_ascii_digit() || letter == '.';
    for number in words.flat_map(|text| text.split(move |letter| !is_number(letter))) {
        let digits = number.trim_start_matches(['0', '.']).replace('.', "");
        assert!(!number.contains('.') || digits.len() <= MOST, "{message}");
    }
}

#[test]
fn digits_that_only_arithmetic_leaves_are_found() {
    for message in [
        "found 0.3, expected 0.25",
        "found \"0.30000000000000004\"",
        "line 1.",
        "1,234.5",
    ] {
        assert_short_numbers(message);
    }
    let found = std::panic::catch_unwind(|| assert_short_numbers("found 288653.80000000005 vCPU"));
    assert!(found.is_err());
}
