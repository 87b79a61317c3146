//! Sums: amounts added up by what they are of.

/// Amounts summed by key, ascending; those of one key are added in their order.
///
/// ```text
/// (b, 1) (a, 2) (b, 3)   becomes   (a, 2) (b, 4)
/// ```
pub(crate) fn summed<K: Ord>(mut amounts: Vec<(K, f64)>) -> Vec<(K, f64)> {
    amounts.sort_by(|a, b| a.0.cmp(&b.0));
    amounts.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_one_key_are_one() {
        assert_eq!(
            summed(vec![('b', 1.0), ('a', 2.0), ('b', 3.0)]),
            [('a', 2.0), ('b', 4.0)]
        );
        assert_eq!(summed(Vec::<(u32, f64)>::new()), []);
        let tiny = [('a', 1.0), ('a', 1e-17), ('a', -1.0)];
        assert_eq!(summed(tiny.to_vec()), [('a', (1.0 + 1e-17) - 1.0)]);
    }
}
