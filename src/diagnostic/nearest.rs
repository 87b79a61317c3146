//! Nearest: the known name that somebody most likely meant.

/// The known name closest to `typed`, however far away; of equally close ones the first in order.
pub(crate) fn nearest<'n>(
    typed: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let typed = shortened(typed);
    known
        .into_iter()
        .min_by_key(|name| (distance(typed, name), *name))
}

/// The known name that `typed` most likely misspells: few changes for its length.
///
/// ```text
/// likely("use-ast", ["us-east", "us-west"]) == Some("us-east")
/// ```
pub(crate) fn likely<'n>(typed: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let typed = shortened(typed);
    let length = typed.chars().count();
    let most = (length / 3).max(usize::from(length > 1));
    known
        .into_iter()
        .filter(|name| name.len().abs_diff(typed.len()) <= 4 * most + 4)
        .map(|name| (distance(typed, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

/// Changes from one to the other; case alone and outer spaces are no change.
fn distance(typed: &str, known: &str) -> usize {
    let typed = typed.trim().to_lowercase();
    let known = known.trim().to_lowercase();
    strsim::damerau_levenshtein(&typed, &known)
}

/// The first 200 bytes or so: whatever was meant is not longer, and comparing takes time.
fn shortened(typed: &str) -> &str {
    let mut end = typed.len().min(200);
    while !typed.is_char_boundary(end) {
        end -= 1;
    }
    &typed[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        assert_eq!(likely("use-ast", ["us-east", "us-west"]), Some("us-east"));
        assert_eq!(likely("CHI ", ["ams", "chi"]), Some("chi"));
        assert_eq!(likely("zurich", ["ams", "chi"]), None);
        assert_eq!(likely("b", ["a"]), None);
    }

    #[test]
    fn nearest_always_answers() {
        assert_eq!(nearest("zzz", ["unit", "scope"]), Some("unit"));
        assert_eq!(nearest("zzz", []), None);
    }
}
