//! Which sites a class may be at, as a pass asks site by site.

use crate::ids::SiteId;

/// Which sites stand in a list: that of the last class that was asked for, for those of a group mostly share theirs.
#[derive(Default)]
pub(super) struct Allowed<'a> {
    list: &'a [SiteId],
    /// By site.
    has: Vec<bool>,
}

impl<'a> Allowed<'a> {
    /// `true` if a site stands in a list.
    pub(super) fn has(&mut self, list: &'a [SiteId], site: SiteId) -> bool {
        if !std::ptr::eq(self.list, list) {
            self.list = list;
            self.has.clear();
            let count = list.last().map_or(0, |last| last.index() + 1);
            self.has.resize(count, false);
            for site in list {
                self.has[site.index()] = true;
            }
        }
        self.has.get(site.index()) == Some(&true)
    }
}
