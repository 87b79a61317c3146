//! Contingency: what fails at once, on top of what a scenario takes out (`model.md` §10).

use super::case::Case;
use super::event::{EventKind, Reduction};
use super::failing::{Failing, FailureSet};
use super::inventory::Inventory;
use crate::ids::RiskGroupId;

/// All choices of at most a given number of some members: first none, then each of them, then pairs, and so on, each in the
/// order of the members.
#[derive(Debug, Clone, PartialEq)]
struct Choices {
    members: Vec<Failing>,
    /// By size, the first choice that has it; one more entry is the number of all choices.
    firsts: Vec<usize>,
}

impl Choices {
    /// The choices of up to `most`; `None` if there are more than can be counted.
    fn new(members: Vec<Failing>, most: usize) -> Option<Self> {
        let most = most.min(members.len());
        let mut firsts: Vec<usize> = vec![0, 1];
        for size in 1..=most {
            let so_far = firsts[size];
            firsts.push(so_far.checked_add(choose(members.len(), size)?)?);
        }
        Some(Self { members, firsts })
    }

    fn count(&self) -> usize {
        self.firsts[self.firsts.len() - 1]
    }

    fn size(&self, choice: usize) -> usize {
        self.firsts.partition_point(|first| *first <= choice) - 1
    }

    /// Positions among the members, ascending.
    fn positions(&self, choice: usize) -> Vec<usize> {
        let size = self.size(choice);
        let mut rest = choice - self.firsts[size];
        let mut positions = Vec::with_capacity(size);
        let mut next = 0;
        for left in (0..size).rev() {
            // Choices that begin with each member in turn are passed over.
            loop {
                let beginning = choose(self.members.len() - next - 1, left)
                    .expect("invariant: fewer than all choices, which are counted");
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

    /// The choice of these members.
    fn of(&self, positions: &[usize]) -> usize {
        let mut choice = self.firsts[positions.len()];
        let mut next = 0;
        for (done, &position) in positions.iter().enumerate() {
            let left = positions.len() - done - 1;
            for passed in next..position {
                choice += choose(self.members.len() - passed - 1, left)
                    .expect("invariant: fewer than all choices, which are counted");
            }
            next = position + 1;
        }
        choice
    }
}

/// What kind of case it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CaseKind {
    /// This number of members fail; 0 is the case without a failure.
    Failures(usize),
    /// A risk group that is checked in addition.
    RiskGroup,
    /// Something is gray, with or without failures.
    Gray,
}

impl CaseKind {
    /// As files spell it.
    pub fn word(self) -> String {
        match self {
            Self::Failures(count) => format!("failures-{count}"),
            Self::RiskGroup => "risk-group".to_owned(),
            Self::Gray => "gray".to_owned(),
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "risk-group" => Some(Self::RiskGroup),
            "gray" => Some(Self::Gray),
            other => {
                let count = other.strip_prefix("failures-")?;
                count.parse().ok().map(Self::Failures)
            }
        }
    }
}

/// All cases of up to a given number of failures at once among some that may fail: first the case without a failure, then
/// the cases of one failure, of two, and so on, each in the order of the members; then risk groups one by one, where they
/// are checked in addition. Where members may turn gray, all of these come again for every choice of gray ones.
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
    hard: Choices,
    /// Risk groups that are checked in addition.
    pub groups: Vec<RiskGroupId>,
    gray: Choices,
    /// The share of its capacity that a gray member does not deliver.
    pub severity: f64,
    /// By component, whether nothing is left of it anyway: it cannot fail. Empty if there are none.
    pub gone: Vec<bool>,
}

impl Contingencies {
    /// The cases of up to `most` failures; `None` if there are more than can be counted.
    pub fn new(members: Vec<Failing>, most: usize) -> Option<Self> {
        Some(Self {
            hard: Choices::new(members, most)?,
            groups: Vec::new(),
            gray: Choices::new(Vec::new(), 0)?,
            severity: 0.0,
            gone: Vec::new(),
        })
    }

    /// The cases of at most a given number of failures of what a case leaves of a set. Risk groups are added if
    /// `has_groups`; `gray` is what may turn gray, how many at once, and the share that is lost then. `None` if there are
    /// more than can be counted.
    pub fn left_in(
        inventory: &Inventory,
        case: &Case,
        (over, failures): (FailureSet, usize),
        has_groups: bool,
        gray: Option<(FailureSet, usize, f64)>,
    ) -> Option<Self> {
        let groups = (0..inventory.risk_groups.len()).map(RiskGroupId::new);
        let is_besides = |group: &RiskGroupId| {
            has_groups
                && over != FailureSet::RiskGroups
                && Failing::RiskGroup(*group).is_left_in(inventory, case)
        };
        let mut all = Self::new(over.left_in(inventory, case), failures)?
            .with_groups(groups.filter(is_besides).collect());
        all.gone.clone_from(&case.gone);
        let Some((over, most, severity)) = gray else {
            return Some(all);
        };
        all.with_gray(over.left_in(inventory, case), most, severity)
    }

    /// The largest number of failures at once so that a range of consecutive cases holds all cases of that many failures and
    /// of fewer; `None` if there are none.
    pub fn most_done(&self, done: &std::ops::Range<usize>) -> Option<usize> {
        let is_done = |size: &usize| self.of_size(*size).end <= done.end;
        let sizes = (0..=self.most()).take_while(is_done);
        sizes.last().filter(|_| done.start == 0)
    }

    /// The same with cases of risk groups after them.
    #[must_use]
    pub fn with_groups(self, groups: Vec<RiskGroupId>) -> Self {
        Self { groups, ..self }
    }

    /// The same once more for every choice of at most `most` gray members, of which each does not deliver a share of its
    /// capacity, above 0 up to 1; `None` if there are more than can be counted.
    pub fn with_gray(self, members: Vec<Failing>, most: usize, severity: f64) -> Option<Self> {
        let gray = Choices::new(members, most)?;
        self.without_gray().checked_mul(gray.count())?;
        Some(Self {
            gray,
            severity,
            ..self
        })
    }

    /// What may fail.
    pub fn members(&self) -> &[Failing] {
        &self.hard.members
    }

    /// How many cases there are, with the one without a failure.
    pub fn count(&self) -> usize {
        self.without_gray() * self.gray.count()
    }

    /// How many of them have nothing gray: the first ones.
    pub fn without_gray(&self) -> usize {
        self.first_group() + self.groups.len()
    }

    /// The first case of a risk group that is checked in addition.
    pub fn first_group(&self) -> usize {
        self.hard.count()
    }

    /// The largest number of failures at once.
    pub fn most(&self) -> usize {
        self.hard.firsts.len() - 2
    }

    /// The largest number of gray members at once.
    pub fn most_gray(&self) -> usize {
        self.gray.firsts.len() - 2
    }

    /// The same case with nothing gray.
    pub fn hard_of(&self, case: usize) -> usize {
        case % self.without_gray()
    }

    /// `true` if a case is one of a risk group that is checked in addition.
    pub fn is_of_group(&self, case: usize) -> bool {
        self.hard_of(case) >= self.first_group()
    }

    /// What kind of case it is.
    pub fn kind(&self, case: usize) -> CaseKind {
        if case >= self.without_gray() {
            CaseKind::Gray
        } else if self.is_of_group(case) {
            CaseKind::RiskGroup
        } else {
            CaseKind::Failures(self.size(case))
        }
    }

    /// The cases of a kind, which stand together.
    pub fn of_kind(&self, kind: CaseKind) -> std::ops::Range<usize> {
        match kind {
            CaseKind::Failures(count) => self.of_size(count),
            CaseKind::RiskGroup => self.first_group()..self.without_gray(),
            CaseKind::Gray => self.without_gray()..self.count(),
        }
    }

    /// The kinds that there may be, in their order.
    pub fn kinds(&self) -> impl Iterator<Item = CaseKind> + use<> {
        let failures = (0..=self.most()).map(CaseKind::Failures);
        failures.chain([CaseKind::RiskGroup, CaseKind::Gray])
    }

    /// How many failures a case has; a risk group is one.
    pub fn size(&self, case: usize) -> usize {
        if self.is_of_group(case) {
            return 1;
        }
        self.hard.size(self.hard_of(case))
    }

    /// How many gray members a case has.
    pub fn gray_size(&self, case: usize) -> usize {
        self.gray.size(case / self.without_gray())
    }

    /// The cases of this number of failures among the members, nothing gray.
    pub fn of_size(&self, size: usize) -> std::ops::Range<usize> {
        match self.hard.firsts.get(size..size + 2) {
            Some(ends) => ends[0]..ends[1],
            None => 0..0,
        }
    }

    /// What fails in a case, as positions among the members, ascending; none for a risk group that is checked in addition.
    pub fn positions(&self, case: usize) -> Vec<usize> {
        if self.is_of_group(case) {
            return Vec::new();
        }
        self.hard.positions(self.hard_of(case))
    }

    /// The case in which these members fail, given by their positions, ascending, and nothing is gray.
    pub fn case_of(&self, positions: &[usize]) -> usize {
        self.hard.of(positions)
    }

    /// What fails in a case.
    pub fn failing(&self, case: usize) -> impl Iterator<Item = Failing> + '_ {
        let group = self.hard_of(case).checked_sub(self.first_group());
        let group = group.map(|position| Failing::RiskGroup(self.groups[position]));
        let positions = self.positions(case).into_iter();
        let members = positions.map(|position| self.hard.members[position]);
        members.chain(group)
    }

    /// What is gray in a case.
    pub fn gray(&self, case: usize) -> impl Iterator<Item = Failing> + '_ {
        let positions = self.gray.positions(case / self.without_gray()).into_iter();
        positions.map(|position| self.gray.members[position])
    }

    /// `true` if something of a case is gray that fails in it as well: it is the case without that.
    pub fn is_repeated(&self, case: usize) -> bool {
        let failing: Vec<Failing> = self.failing(case).collect();
        self.gray(case)
            .any(|candidate| failing.contains(&candidate))
    }

    /// What happens in a case, all of it known.
    pub fn events(&self, inventory: &Inventory, case: usize) -> Vec<EventKind> {
        let event = |failing: Failing, capacity: f64| {
            let mut components = failing.components(inventory);
            components
                .retain(|component| !self.gone.get(component.index()).is_some_and(|gone| *gone));
            Reduction {
                components,
                resources: None,
                capacity,
                loss: 0.0,
            }
        };
        let failures = self
            .failing(case)
            .map(|failing| EventKind::Failure(event(failing, 0.0)));
        let left = 1.0 - self.severity;
        let gray = self
            .gray(case)
            .map(|failing| EventKind::Gray(event(failing, left)));
        failures.chain(gray).collect()
    }

    /// The names of what fails in a case, joined by `+`, then those of what is gray, each with a `~` before it; empty
    /// where nothing happens.
    pub fn name(&self, inventory: &Inventory, case: usize) -> String {
        let failing = self
            .failing(case)
            .map(|failing| failing.name(inventory).to_owned());
        let gray = self
            .gray(case)
            .map(|failing| format!("~{}", failing.name(inventory)));
        let names: Vec<String> = failing.chain(gray).collect();
        names.join("+")
    }
}

/// How many choices of `of` there are among `from`; `None` beyond what can be counted.
fn choose(from: usize, of: usize) -> Option<usize> {
    if of > from {
        return Some(0);
    }
    let of = of.min(from - of) as u128;
    let mut paths: u128 = 1;
    for next in 0..of {
        paths = paths.checked_mul(from as u128 - next)? / (next + 1);
        if paths > u128::from(u64::MAX) {
            return None;
        }
    }
    usize::try_from(paths).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ComponentId;

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
                .map(|set| (0..members).filter(|index| set >> index & 1 == 1).collect())
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
    fn cases_come_again_for_every_choice_of_gray_members() {
        let gray = (7..9).map(ComponentId::new).map(Failing::Component);
        let cases = of(3, 1).with_groups(vec![RiskGroupId::new(4)]);
        let cases = cases.with_gray(gray.collect(), 1, 0.5);
        let cases = cases.expect("they can be counted");
        // 1 + 3 cases and a group, without gray members and with each of two.
        assert_eq!((cases.without_gray(), cases.count()), (5, 15));
        let sizes = |case| (cases.size(case), cases.gray_size(case));
        assert_eq!(
            [0, 2, 4, 5, 7, 14].map(sizes),
            [(0, 0), (1, 0), (1, 0), (0, 1), (1, 1), (1, 1)]
        );
        let component = |index| Failing::Component(ComponentId::new(index));
        assert_eq!(cases.failing(7).collect::<Vec<_>>(), [component(1)]);
        assert_eq!(cases.gray(7).collect::<Vec<_>>(), [component(7)]);
        let group = Failing::RiskGroup(RiskGroupId::new(4));
        assert_eq!(cases.failing(14).collect::<Vec<_>>(), [group]);
        assert_eq!(cases.gray(14).collect::<Vec<_>>(), [component(8)]);
        assert!(cases.is_of_group(14) && !cases.is_of_group(13));
        assert!((0..15).all(|case| !cases.is_repeated(case)));
        let cases = of(3, 1).with_gray(vec![component(1)], 1, 0.5);
        let cases = cases.expect("they can be counted");
        let repeated = (0..cases.count()).filter(|case| cases.is_repeated(*case));
        assert_eq!(repeated.collect::<Vec<_>>(), [6]);
    }

    #[test]
    fn more_cases_than_can_be_counted_are_refused() {
        let members = (0..100_000).map(ComponentId::new).map(Failing::Component);
        assert_eq!(Contingencies::new(members.collect(), 40), None);
        assert_eq!(of(200, 2).count(), 1 + 200 + 19_900);
    }
}
