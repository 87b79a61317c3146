//! Homes after a period: where its plan leaves every shard.

use super::extract::users_by_site;
use super::state::Part;
use crate::model::Homes;
use crate::units::NOBODY;

/// Where shards are after a period: where more than nobody of them is served; a wholly unserved shard keeps the
/// home that it had in the period before, also if it was about to return.
pub(crate) fn homes_after(previous: &Homes, parts: &[Part]) -> Homes {
    let mut homes = previous.clone();
    for of_shard in parts.chunk_by(|a, b| a.shard == b.shard) {
        settle_shard(&mut homes, of_shard);
    }
    homes
}

/// Homes one shard where its parts are served.
pub(crate) fn settle_shard(homes: &mut Homes, parts: &[Part]) {
    if let [part] = parts {
        let served = part.site.map(|site| (site, part.users));
        homes.settle(part.shard, served.as_slice());
        return;
    }
    let Some(first) = parts.first() else { return };
    let mut served = users_by_site(parts);
    if served.iter().any(|(_, users)| *users > NOBODY) {
        served.retain(|(_, users)| *users > NOBODY);
    }
    homes.settle(first.shard, &served);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ShardId, SiteId};

    const A: SiteId = SiteId(0);
    const B: SiteId = SiteId(1);

    fn part(current: SiteId, site: Option<SiteId>, users: f64) -> Part {
        Part {
            shard: ShardId(0),
            current: Some(current),
            site,
            users,
        }
    }

    #[test]
    fn wholly_unserved_shard_keeps_the_home_of_the_period_before() {
        let previous = Homes::whole(vec![Some(B)]);
        let is_returning_to_a = [part(A, None, 31.0)];
        assert_eq!(homes_after(&previous, &is_returning_to_a), previous);
    }

    #[test]
    fn site_that_serves_nobody_of_a_shard_is_no_home() {
        let previous = Homes::whole(vec![Some(A)]);
        let parts = [part(A, Some(A), 10.0), part(A, Some(B), 1e-7)];
        assert_eq!(homes_after(&previous, &parts), previous);
    }

    #[test]
    fn split_shard_has_its_homes_where_it_is_served() {
        let previous = Homes::whole(vec![Some(A)]);
        let parts = [
            part(A, Some(A), 10.0),
            part(A, Some(B), 30.0),
            part(A, None, 60.0),
        ];
        let mut expected = previous.clone();
        expected.settle(ShardId(0), &[(A, 0.25), (B, 0.75)]);
        assert_eq!(homes_after(&previous, &parts), expected);
    }
}
