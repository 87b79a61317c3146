//! Parcels: what was sent together, and how much of it is late or given up when it is worked.

/// Why something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errand {
    Work,
    Connect,
}

/// User-seconds of work, or users who connect, that were sent evenly over a span of time.
#[derive(Debug, Clone)]
pub(super) struct Parcel {
    pub(super) stream: usize,
    pub(super) errand: Errand,
    /// 0 is the first.
    pub(super) attempt: i32,
    pub(super) amount: f64,
    /// When this attempt was sent.
    pub(super) sent: [f64; 2],
    /// How long before that it was sent first.
    pub(super) age: f64,
    pub(super) is_late: bool,
    /// Nobody who sends it has been without a session before.
    pub(super) is_new: bool,
    /// Position on the path.
    pub(super) hop: usize,
    /// It comes all at once when the step begins.
    pub(super) is_at_once: bool,
    /// When it comes within the step.
    pub(super) at: [f64; 2],
}

/// How long clients wait for an attempt, and for their work to be late.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) timeout: f64,
    pub(super) late: f64,
}

/// Middle of a span.
pub(super) fn middle(span: [f64; 2]) -> f64 {
    f64::midpoint(span[0], span[1])
}

fn within(span: [f64; 2], place: f64) -> f64 {
    span[0] + (span[1] - span[0]) * place
}

/// Where on the way from `x[0]` to `x[1]` it is at most `limit`.
fn at_most(x: [f64; 2], limit: f64) -> [f64; 2] {
    let slack = 1e-9;
    let [first, last] = x.map(|value| value <= limit + slack);
    match (first, last) {
        (true, true) => [0.0, 1.0],
        (false, false) if x[0] <= x[1] => [0.0, 0.0],
        (false, false) => [1.0, 1.0],
        (true, false) => [0.0, (limit - x[0]) / (x[1] - x[0])],
        (false, true) => [(limit - x[0]) / (x[1] - x[0]), 1.0],
    }
}

/// What becomes of a parcel when it has been worked.
#[derive(Debug, Default)]
pub(super) struct Worked {
    /// Somebody still waits for it.
    pub(super) through: Vec<Parcel>,
    /// Given up in this step, with the times at which it was.
    pub(super) given_up: Vec<Parcel>,
    /// Turned away.
    pub(super) away: Vec<Parcel>,
    /// Stream and amount of work that has become late in this step.
    pub(super) late: Vec<(usize, f64)>,
}

impl Parcel {
    /// From one share of it to another, first come first.
    pub(super) fn part(&self, from: f64, to: f64) -> Self {
        Self {
            amount: self.amount * (to - from).max(0.0),
            sent: [within(self.sent, from), within(self.sent, to)],
            at: [within(self.at, from), within(self.at, to)],
            ..self.clone()
        }
    }

    /// A share of it, whenever it was sent.
    pub(super) fn share(&self, share: f64) -> Self {
        Self {
            amount: self.amount * share,
            ..self.clone()
        }
    }

    /// `true` if it can become late before this attempt is given up.
    fn may_become_late(&self, patience: Patience) -> bool {
        !self.is_late
            && self.errand == Errand::Work
            && patience.late - self.age < patience.timeout - 1e-9
    }

    /// Is worked evenly over a span of a step that began at `start`.
    pub(super) fn depart(
        self,
        done: [f64; 2],
        start: f64,
        patience: Patience,
        worked: &mut Worked,
    ) {
        let waited = [self.sent[0] - done[0], self.sent[1] - done[1]];
        let stale = at_most(waited, -patience.timeout);
        let before = at_most(self.sent, start - patience.timeout);
        let new = [stale[0].max(before[1]), stale[1]];
        let is_late = self.is_late || self.may_become_late(patience);
        if new[1] > new[0] && stale[1] > stale[0] {
            let mut parcel = self.part(new[0], new[1]);
            parcel.is_late = is_late;
            parcel.at = parcel.sent.map(|sent| sent + patience.timeout);
            worked.given_up.push(parcel);
        }
        let is_stale_first = waited[0] <= waited[1];
        let mut late = stale;
        if self.may_become_late(patience) {
            late = at_most(waited, self.age - patience.late);
            let before = at_most(self.sent, start + self.age - patience.late);
            let new = (late[1] - late[0]) - (before[1] - before[0]);
            worked.late.push((self.stream, self.amount * new.max(0.0)));
        }
        let (late, fine) = if is_stale_first {
            ([stale[1], late[1]], [late[1].max(stale[1]), 1.0])
        } else {
            ([late[0], stale[0]], [0.0, late[0].min(stale[0])])
        };
        for (range, is_late) in [(late, true), (fine, self.is_late)] {
            if range[1] > range[0] {
                let mut parcel = self.part(range[0], range[1]);
                parcel.is_late = is_late;
                parcel.is_at_once = false;
                parcel.at = [within(done, range[0]), within(done, range[1])];
                worked.through.push(parcel);
            }
        }
    }

    /// Waits until a step is over; what of it is given up is thrown away if that is done.
    pub(super) fn wait(
        &mut self,
        [start, end]: [f64; 2],
        patience: Patience,
        sheds: bool,
        worked: &mut Worked,
    ) {
        let [before, by] = [start, end].map(|at| at_most(self.sent, at - patience.timeout)[1]);
        if by > before {
            let mut parcel = self.part(before, by);
            parcel.is_late = self.is_late || self.may_become_late(patience);
            parcel.at = parcel.sent.map(|sent| sent + patience.timeout);
            worked.given_up.push(parcel);
        }
        if self.may_become_late(patience) {
            let by = [start, end].map(|at| at_most(self.sent, at + self.age - patience.late)[1]);
            worked
                .late
                .push((self.stream, self.amount * (by[1] - by[0])));
        }
        if sheds && by > 0.0 {
            *self = self.part(by, 1.0);
        }
    }
}
