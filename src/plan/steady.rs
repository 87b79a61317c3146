//! Steady: who is served as before except for what arithmetic leaves of nobody is served exactly as before.

use super::Part;
use crate::ids::{ShardId, SiteId};
use crate::units::{NOBODY, NUMERICAL_NOISE, SOLVER_TOLERANCE};

/// Parts of shards, those of one shard in a row, with nobody let in or shed for the sake of a last digit: a share that is
/// that of before except for a billionth of the shard is exactly that of before. `users` are those of a shard, and `before` are
/// the shares of it that were served, by site.
///
/// Without it the steps from state to state, which let in and shed nobody by so little, would lead next to the plan.
pub(crate) fn steadied(
    parts: Vec<Part>,
    users: impl Fn(ShardId) -> f64,
    before: impl Fn(ShardId) -> Vec<(SiteId, f64)>,
) -> Vec<Part> {
    let mut parts = without_nobody(parts);
    for of_shard in parts.chunk_by_mut(|a, b| a.shard == b.shard) {
        let shard = of_shard[0].shard;
        let users = users(shard);
        // Users who are served as a whole at one site stay so.
        if of_shard.len() > 1 && users > 0.0 {
            steady(of_shard, users, &before(shard));
        }
    }
    parts
}

/// Parts without those of so few users that they are nobody, and the site no home of the shard: these are served where
/// most else of it are, if what that carries is the same.
fn without_nobody(mut parts: Vec<Part>) -> Vec<Part> {
    let mut gone: Vec<usize> = Vec::new();
    let mut first = 0;
    for of_shard in parts.chunk_by_mut(|a, b| a.shard == b.shard) {
        let is_nobody = |part: &Part| part.site.is_some() && part.users <= NOBODY;
        let few = (0..of_shard.len()).filter(|_| of_shard.len() > 1);
        let few: Vec<usize> = few.filter(|index| is_nobody(&of_shard[*index])).collect();
        for index in few {
            let part = of_shard[index];
            let others = of_shard.iter_mut().filter(|other| {
                other.site.is_some() && other.site != part.site && other.current == part.current
            });
            let most = others.max_by(|a, b| a.users.total_cmp(&b.users));
            if let Some(most) = most.filter(|most| part.users <= SOLVER_TOLERANCE * most.users) {
                most.users += part.users;
                gone.push(first + index);
            }
        }
        first += of_shard.len();
    }
    let mut at = 0..parts.len();
    parts.retain(|_| {
        at.next()
            .is_some_and(|index| gone.binary_search(&index).is_err())
    });
    parts
}

/// Steadies the parts of one shard; the rest goes with those who are served nowhere, or where most else are.
fn steady(parts: &mut [Part], users: f64, before: &[(SiteId, f64)]) {
    let mut changed = parts.to_vec();
    let mut steady: Vec<SiteId> = Vec::new();
    let mut rest = 0.0;
    for &(site, share) in before {
        let here = changed.iter().filter(|part| part.site == Some(site));
        let here: f64 = here.map(|part| part.users).sum();
        let more = share * users - here;
        let is_same = more.abs() <= (NUMERICAL_NOISE * users).min(SOLVER_TOLERANCE * here);
        if here > 0.0 && is_same {
            steady.push(site);
            rest -= more;
            add(&mut changed, |part| part.site == Some(site), more);
        }
    }
    let is_unserved = changed.iter().any(|part| part.site.is_none());
    let is_else = |part: &Part| match part.site {
        None => true,
        Some(site) => !is_unserved && !steady.contains(&site),
    };
    let is_whole = rest.abs() <= f64::EPSILON * users;
    let has_place = is_whole || changed.iter().any(is_else);
    add(&mut changed, is_else, rest);
    if has_place && changed.iter().all(|part| part.users > 0.0) {
        parts.copy_from_slice(&changed);
    }
}

/// Adds users to the largest of some parts.
fn add(parts: &mut [Part], is_asked: impl Fn(&Part) -> bool, users: f64) {
    let asked = parts.iter_mut().filter(|part| is_asked(part));
    if let Some(part) = asked.max_by(|a, b| a.users.total_cmp(&b.users)) {
        part.users += users;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steadied_of(served: &[(Option<usize>, f64)], before: &[(usize, f64)]) -> Vec<f64> {
        let part = |&(site, users): &(Option<usize>, f64)| Part {
            shard: ShardId::new(0),
            current: Some(SiteId::new(0)),
            site: site.map(SiteId::new),
            users,
        };
        let before: Vec<_> = before
            .iter()
            .map(|&(site, share)| (SiteId::new(site), share))
            .collect();
        let parts = served.iter().map(part).collect();
        let parts = steadied(parts, |_| 100.0, |_| before.clone());
        parts.into_iter().map(|part| part.users).collect()
    }

    #[test]
    fn a_billionth_of_a_shard_is_served_as_before() {
        let served = [(Some(0), 25.0 + 2e-8), (None, 75.0 - 2e-8)];
        assert_eq!(steadied_of(&served, &[(0, 0.25)]), [25.0, 75.0]);
    }

    #[test]
    fn more_than_that_is_served_as_it_is() {
        let served = [(Some(0), 25.0 + 2e-6), (None, 75.0 - 2e-6)];
        assert_eq!(
            steadied_of(&served, &[(0, 0.25)]),
            [25.0 + 2e-6, 75.0 - 2e-6]
        );
    }

    /// Of so few who are served it is more than anything may be overloaded by.
    #[test]
    fn more_than_a_ten_millionth_of_those_served_is_served_as_it_is() {
        let served = [(Some(0), 0.01 + 2e-8), (None, 99.99 - 2e-8)];
        assert_eq!(
            steadied_of(&served, &[(0, 1e-4)]),
            [0.01 + 2e-8, 99.99 - 2e-8]
        );
    }

    #[test]
    fn so_few_that_they_are_nobody_are_served_with_the_others() {
        let served = [(Some(0), 5e-7), (Some(1), 100.0 - 5e-7)];
        assert_eq!(steadied_of(&served, &[]), [100.0]);
        let served = [(Some(0), 5e-7), (Some(1), 1.0), (None, 99.0 - 5e-7)];
        assert_eq!(steadied_of(&served, &[]), [5e-7, 1.0, 99.0 - 5e-7]);
    }

    #[test]
    fn what_is_left_of_a_split_shard_goes_to_its_other_site() {
        let served = [(Some(0), 25.0 + 2e-8), (Some(1), 75.0 - 2e-8)];
        assert_eq!(steadied_of(&served, &[(0, 0.25)]), [25.0, 75.0]);
        assert_eq!(steadied_of(&served, &[(0, 0.25), (1, 0.75)]), [25.0, 75.0]);
    }
}
