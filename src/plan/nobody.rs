//! Nobody: paths with the few users that arithmetic leaves of none.

use super::state::Flow;
use crate::units::NOBODY;

/// Takes out the paths that nobody is on beside others of the same users and site, who get what arithmetic left on them: what
/// is closed because nobody enters it would have a weight.
pub(super) fn without_nobody(flows: &mut Vec<Flow>) {
    for same in flows.chunk_by_mut(|a, b| a.group == b.group && a.path.site == b.path.site) {
        let is_anybody = |flow: &Flow| flow.users > NOBODY;
        if same.iter().all(is_anybody) || !same.iter().any(is_anybody) {
            continue;
        }
        let mut left = 0.0;
        for flow in same.iter_mut().filter(|flow| !is_anybody(flow)) {
            left += std::mem::take(&mut flow.users);
        }
        let most = same.iter_mut().max_by(|a, b| a.users.total_cmp(&b.users));
        if let Some(most) = most {
            most.users += left;
        }
    }
    // Where nobody is on any path all stay.
    let mut is_taken_out = Vec::with_capacity(flows.len());
    for same in flows.chunk_by(|a, b| a.group == b.group && a.path.site == b.path.site) {
        let is_any = same.iter().any(|flow| flow.users > NOBODY);
        is_taken_out.extend(same.iter().map(|flow| is_any && flow.users <= 0.0));
    }
    let mut taken_out = is_taken_out.into_iter();
    flows.retain(|_| !taken_out.next().unwrap_or(false));
}
