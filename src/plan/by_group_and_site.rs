//! By group and site: a table of few entries beside all pairs.

use crate::ids::SiteId;

/// One value for every group and site that has one.
#[derive(Debug, Clone)]
pub(crate) struct ByGroupAndSite<T> {
    /// By group, ascending by site.
    of_group: Vec<Vec<(SiteId, T)>>,
}

impl<T: Default> ByGroupAndSite<T> {
    /// None for as many groups.
    pub(crate) fn new(groups: usize) -> Self {
        Self {
            of_group: std::iter::repeat_with(Vec::new).take(groups).collect(),
        }
    }

    /// The value of a group and site, which it has from now on.
    pub(crate) fn entry(&mut self, group: usize, site: SiteId) -> &mut T {
        let of_group = &mut self.of_group[group];
        let position = match of_group.binary_search_by_key(&site, |(site, _)| *site) {
            Ok(position) => position,
            Err(position) => {
                of_group.insert(position, (site, T::default()));
                position
            }
        };
        &mut of_group[position].1
    }

    /// The value of a group and site.
    pub(crate) fn get(&self, group: usize, site: SiteId) -> Option<&T> {
        let of_group = self.of_group.get(group)?;
        let position = of_group
            .binary_search_by_key(&site, |(site, _)| *site)
            .ok()?;
        Some(&of_group[position].1)
    }

    /// All values, ascending by group, then site.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, SiteId, &T)> {
        self.of_group
            .iter()
            .enumerate()
            .flat_map(|(group, of_group)| {
                of_group
                    .iter()
                    .map(move |(site, value)| (group, *site, value))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_by_group_then_site_in_whatever_order_they_come() {
        let mut users: ByGroupAndSite<f64> = ByGroupAndSite::new(3);
        for (group, site, value) in [(2, 1, 4.0), (0, 7, 1.0), (0, 3, 2.0), (0, 7, 5.0)] {
            *users.entry(group, SiteId(site)) += value;
        }
        let all: Vec<_> = users
            .iter()
            .map(|(group, site, value)| (group, site.0, *value))
            .collect();
        assert_eq!(all, [(0, 3, 2.0), (0, 7, 6.0), (2, 1, 4.0)]);
        assert_eq!(users.get(0, SiteId(7)), Some(&6.0));
        assert_eq!(users.get(1, SiteId(7)), None);
        assert_eq!(users.get(9, SiteId(7)), None);
    }
}
