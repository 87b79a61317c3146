//! Attempts: what is sent in a step, by number.

use super::amount::Amount;

/// Attempts of one number that are sent together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sent {
    pub(super) item: usize,
    pub(super) amount: Amount,
    /// Seconds since their work was first sent, on average.
    pub(super) age: f64,
    /// When they are sent, in seconds, on average.
    pub(super) at: f64,
    /// All of them are sent when the step begins; else evenly.
    pub(super) at_once: bool,
}

/// Sums of some attempts: how many, and that times their ages and times.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    amount: Amount,
    aged: f64,
    at: f64,
}

/// What is sent in a step.
#[derive(Debug, Clone)]
pub(super) struct Attempts {
    /// By item: what is sent evenly.
    evenly: Vec<Sum>,
    /// Items that have any of it, in the order in which they were added first.
    made: Vec<usize>,
    /// What is sent when the step begins.
    at_once: Vec<Sent>,
}

impl Attempts {
    pub(super) fn new(items: usize) -> Self {
        Self {
            evenly: vec![Sum::default(); items],
            made: Vec::new(),
            at_once: Vec::new(),
        }
    }

    /// Adds some.
    pub(super) fn add(&mut self, sent: Sent) {
        let Sent { item, amount, .. } = sent;
        if amount.is_none() {
            return;
        }
        if sent.at_once {
            self.at_once.push(sent);
            return;
        }
        let own = &mut self.evenly[item];
        if own.amount.is_none() {
            self.made.push(item);
        }
        own.amount += amount;
        own.aged += amount.number() * sent.age;
        own.at += amount.number() * sent.at;
    }

    /// Items that have any, and how much.
    pub(super) fn amounts(&self) -> impl Iterator<Item = (usize, Amount)> + '_ {
        let evenly = self.made.iter();
        let evenly = evenly.map(|item| (*item, self.evenly[*item].amount));
        evenly.chain(self.at_once().map(|own| (own.item, own.amount)))
    }

    /// What is sent when the step begins.
    pub(super) fn at_once(&self) -> impl Iterator<Item = &Sent> {
        self.at_once.iter()
    }

    /// Takes all of it out.
    pub(super) fn take(&mut self) -> Vec<Sent> {
        let mut all = std::mem::take(&mut self.at_once);
        for item in std::mem::take(&mut self.made) {
            let own = std::mem::take(&mut self.evenly[item]);
            let number = own.amount.number();
            all.push(Sent {
                item,
                amount: own.amount,
                age: own.aged / number,
                at: own.at / number,
                at_once: false,
            });
        }
        all
    }
}
