//! Contingency: what fails at once, on top of what a scenario takes out (`model.md` §10).

use super::event::{EventKind, Reduction};
use super::inventory::Inventory;
use crate::ids::{ComponentId, RiskGroupId};

/// Whose failures are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureSet {
    /// `sites`
    Sites,
    /// `access_points`
    AccessPoints,
    /// `elements`
    Elements,
    /// `links`
    Links,
    /// `risk_groups`
    RiskGroups,
    /// `components`: all of the four kinds
    Components,
}

impl FailureSet {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Sites,
        Self::AccessPoints,
        Self::Elements,
        Self::Links,
        Self::RiskGroups,
        Self::Components,
    ];

    /// As files and arguments spell it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sites => "sites",
            Self::AccessPoints => "access_points",
            Self::Elements => "elements",
            Self::Links => "links",
            Self::RiskGroups => "risk_groups",
            Self::Components => "components",
        }
    }

    /// What is in it, in the order of the inventory.
    pub fn members(self, inventory: &Inventory) -> Vec<Failing> {
        if self == Self::RiskGroups {
            let groups = (0..inventory.risk_groups.len()).map(RiskGroupId::new);
            return groups.map(Failing::RiskGroup).collect();
        }
        let sites = inventory.sites.len();
        let access_points = sites + inventory.access_points.len();
        let elements = access_points + inventory.elements.len();
        let all = inventory.component_count();
        let positions = match self {
            Self::Sites => 0..sites,
            Self::AccessPoints => sites..access_points,
            Self::Elements => access_points..elements,
            Self::Links => elements..all,
            Self::Components | Self::RiskGroups => 0..all,
        };
        let components = positions.map(ComponentId::new);
        components.map(Failing::Component).collect()
    }
}

/// What fails as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failing {
    /// One component.
    Component(ComponentId),
    /// All components of a risk group.
    RiskGroup(RiskGroupId),
}

impl Failing {
    /// Its id as the files spell it.
    pub fn name(self, inventory: &Inventory) -> &str {
        match self {
            Self::Component(component) => inventory.component_name(component),
            Self::RiskGroup(group) => &inventory.risk_groups[group.index()].id,
        }
    }

    /// The components that are gone with it, ascending.
    pub fn components(self, inventory: &Inventory) -> Vec<ComponentId> {
        match self {
            Self::Component(component) => vec![component],
            Self::RiskGroup(group) => inventory.risk_groups[group.index()].components.clone(),
        }
    }

    /// Its failure: nothing is left of it.
    pub fn event(self, inventory: &Inventory) -> EventKind {
        EventKind::Failure(Reduction {
            components: self.components(inventory),
            resources: None,
            capacity: 0.0,
            loss: 0.0,
        })
    }
}

/// All cases of up to so many failures at once among some that may fail: first the case without a failure, then the
/// cases of one failure, of two, and so on, each in the order of the members; last, risk groups one by one, where they
/// are looked at besides.
///
/// ```
/// use plimsoll::ids::ComponentId;
/// use plimsoll::model::{Contingencies, Failing};
/// let members = (0..3).map(ComponentId::new).map(Failing::Component).collect();
/// let pairs = Contingencies::new(members, 2).unwrap();
/// assert_eq!(pairs.count(), 1 + 3 + 3);
/// assert_eq!(pairs.positions(5), [0, 2]);
/// assert_eq!(pairs.case_of(&[0, 2]), 5);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Contingencies {
    /// What may fail.
    pub members: Vec<Failing>,
    /// Risk groups that are looked at besides.
    pub groups: Vec<RiskGroupId>,
    /// By number of failures, the first case that has so many; one more entry closes the last.
    firsts: Vec<usize>,
}

impl Contingencies {
    /// The cases of up to `most` failures; `None` if there are more than can be counted.
    pub fn new(members: Vec<Failing>, most: usize) -> Option<Self> {
        let most = most.min(members.len());
        let mut firsts: Vec<usize> = vec![0, 1];
        for size in 1..=most {
            let so_far = firsts[size];
            firsts.push(so_far.checked_add(choose(members.len(), size)?)?);
        }
        Some(Self {
            members,
            groups: Vec::new(),
            firsts,
        })
    }

    /// The same with cases of risk groups behind them.
    #[must_use]
    pub fn with_groups(self, groups: Vec<RiskGroupId>) -> Self {
        Self { groups, ..self }
    }

    /// How many cases there are, with the one without a failure.
    pub fn count(&self) -> usize {
        self.first_group() + self.groups.len()
    }

    /// The first case of a risk group that is looked at besides.
    pub fn first_group(&self) -> usize {
        self.firsts[self.firsts.len() - 1]
    }

    /// The largest number of failures at once.
    pub fn most(&self) -> usize {
        self.firsts.len() - 2
    }

    /// How many failures a case has; a risk group is one.
    pub fn size(&self, case: usize) -> usize {
        if case >= self.first_group() {
            return 1;
        }
        self.firsts.partition_point(|first| *first <= case) - 1
    }

    /// The cases of so many failures among the members.
    pub fn of_size(&self, size: usize) -> std::ops::Range<usize> {
        match self.firsts.get(size..size + 2) {
            Some(ends) => ends[0]..ends[1],
            None => 0..0,
        }
    }

    /// What fails in a case, as positions among the members, ascending; none for a risk group that is looked at besides.
    pub fn positions(&self, case: usize) -> Vec<usize> {
        if case >= self.first_group() {
            return Vec::new();
        }
        let size = self.size(case);
        let mut rest = case - self.firsts[size];
        let mut positions = Vec::with_capacity(size);
        let mut next = 0;
        for left in (0..size).rev() {
            // Cases that begin with each member in turn are passed over.
            loop {
                let beginning = choose(self.members.len() - next - 1, left)
                    .expect("invariant: fewer than all cases, which are counted");
                if rest < beginning {
                    break;
                }
                rest -= beginning;
                next += 1;
            }
            positions.push(next);
            next += 1;
        }
        positions
    }

    /// The case in which these members fail, given by their positions, ascending.
    pub fn case_of(&self, positions: &[usize]) -> usize {
        let mut case = self.firsts[positions.len()];
        let mut next = 0;
        for (done, &position) in positions.iter().enumerate() {
            let left = positions.len() - done - 1;
            for passed in next..position {
                case += choose(self.members.len() - passed - 1, left)
                    .expect("invariant: fewer than all cases, which are counted");
            }
            next = position + 1;
        }
        case
    }

    /// What fails in a case.
    pub fn failing(&self, case: usize) -> impl Iterator<Item = Failing> + '_ {
        let group = case.checked_sub(self.first_group());
        let group = group.map(|position| Failing::RiskGroup(self.groups[position]));
        let positions = self.positions(case).into_iter();
        let members = positions.map(|position| self.members[position]);
        members.chain(group)
    }

    /// The names of what fails in a case, joined by `+`; empty where nothing does.
    pub fn name(&self, inventory: &Inventory, case: usize) -> String {
        let names: Vec<&str> = self.failing(case).map(|own| own.name(inventory)).collect();
        names.join("+")
    }
}

/// In how many ways `of` can be chosen among `from`; `None` beyond what can be counted.
fn choose(from: usize, of: usize) -> Option<usize> {
    if of > from {
        return Some(0);
    }
    let of = of.min(from - of) as u128;
    let mut ways: u128 = 1;
    for next in 0..of {
        ways = ways.checked_mul(from as u128 - next)? / (next + 1);
        if ways > u128::from(u64::MAX) {
            return None;
        }
    }
    usize::try_from(ways).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(members: usize, most: usize) -> Contingencies {
        let members = (0..members).map(ComponentId::new).map(Failing::Component);
        Contingencies::new(members.collect(), most).expect("they can be counted")
    }

    #[test]
    fn cases_are_numbered_by_size_then_members() {
        for (members, most) in [(0, 2), (1, 3), (5, 1), (6, 3), (4, 4)] {
            let cases = of(members, most);
            let all: Vec<Vec<usize>> = (0..cases.count())
                .map(|case| cases.positions(case))
                .collect();
            let mut expected: Vec<Vec<usize>> = (0..1_usize << members)
                .map(|set| (0..members).filter(|own| set >> own & 1 == 1).collect())
                .filter(|set: &Vec<usize>| set.len() <= most)
                .collect();
            expected.sort_by_key(|set| (set.len(), set.clone()));
            assert_eq!(all, expected, "{members} members, {most} at once");
            for (case, positions) in all.iter().enumerate() {
                assert_eq!(cases.case_of(positions), case);
                assert_eq!(cases.size(case), positions.len());
                assert!(cases.of_size(positions.len()).contains(&case));
            }
        }
    }

    #[test]
    fn more_cases_than_can_be_counted_are_refused() {
        let members = (0..100_000).map(ComponentId::new).map(Failing::Component);
        assert_eq!(Contingencies::new(members.collect(), 40), None);
        assert_eq!(of(200, 2).count(), 1 + 200 + 19_900);
    }
}
