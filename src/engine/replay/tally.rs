//! Tally: what a step comes to, stream by stream and stage by stage.

use super::amount::Amount;

/// What becomes of a stream in a step.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OfStream {
    /// Work sent for the first time.
    pub(super) sent: Amount,
    /// Work sent again.
    pub(super) again: Amount,
    pub(super) served: Amount,
    /// Failed with all its attempts.
    pub(super) failed: Amount,
    /// Became late.
    pub(super) late: Amount,
    /// Seconds waited, times work served.
    pub(super) waited: f64,
    pub(super) longest: f64,
    /// Users without a session, times seconds.
    pub(super) apart: f64,
    /// Users whose sessions ended.
    pub(super) ended: f64,
    /// Users whose sessions were accepted.
    pub(super) connected: f64,
    /// Users who have to connect because a plan, or demand, brings them there.
    pub(super) brought: f64,
    /// Users whose sessions ended because what they pass is out.
    pub(super) cut_off: f64,
    /// Users there who were down, times seconds.
    pub(super) down: f64,
    /// Of these, users without a session, times seconds.
    pub(super) down_apart: f64,
}

/// What becomes of a stage in a step: rates per second, and what is left at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct OfStage {
    pub(super) offered: f64,
    pub(super) worked: f64,
    pub(super) lost: f64,
    pub(super) queued: f64,
    pub(super) oldest: f64,
    pub(super) longest: f64,
    /// The most that waits, and when, in seconds.
    pub(super) most: [f64; 2],
    pub(super) stale: f64,
    /// How many times as much as in normal time its work takes: all else is counted in normal work.
    pub(super) stretch: f64,
}

impl OfStream {
    fn add(&mut self, part: &Self) {
        self.sent += part.sent;
        self.again += part.again;
        self.served += part.served;
        self.failed += part.failed;
        self.late += part.late;
        self.waited += part.waited;
        self.longest = self.longest.max(part.longest);
        self.apart += part.apart;
        self.ended += part.ended;
        self.connected += part.connected;
        self.brought += part.brought;
        self.cut_off += part.cut_off;
        self.down += part.down;
        self.down_apart += part.down_apart;
    }
}

impl OfStage {
    fn add(&mut self, part: &Self, share: f64) {
        self.offered += share * part.offered;
        self.worked += share * part.worked;
        self.lost += share * part.lost;
        self.queued = part.queued;
        self.oldest = part.oldest;
        self.longest = self.longest.max(part.longest);
        if part.most[0] > self.most[0] {
            self.most = part.most;
        }
        self.stale += part.stale;
        self.stretch += share * part.stretch;
    }

    /// The same counted in work that takes so many times as much.
    pub(super) fn in_normal_work(self, stretch: f64) -> Self {
        Self {
            offered: self.offered / stretch,
            worked: self.worked / stretch,
            lost: self.lost / stretch,
            queued: self.queued / stretch,
            most: [self.most[0] / stretch, self.most[1]],
            stretch,
            ..self
        }
    }
}

/// What a step comes to.
pub(super) struct Tally {
    pub(super) streams: Vec<OfStream>,
    pub(super) stages: Vec<OfStage>,
    /// The most users without a session in any part of it, counted as at the peak.
    pub(super) most_apart: f64,
}

impl Tally {
    pub(super) fn new(streams: usize, stages: usize) -> Self {
        Self {
            streams: vec![OfStream::default(); streams],
            stages: vec![OfStage::default(); stages],
            most_apart: 0.0,
        }
    }

    /// Begins a step.
    pub(super) fn clear(&mut self) {
        self.streams.fill(OfStream::default());
        self.stages.fill(OfStage::default());
        self.most_apart = 0.0;
    }

    /// Adds a part of a step, which takes such a share of it and comes behind those that were added.
    pub(super) fn add(&mut self, part: &Self, share: f64) {
        for (own, part) in self.streams.iter_mut().zip(&part.streams) {
            own.add(part);
        }
        for (own, part) in self.stages.iter_mut().zip(&part.stages) {
            own.add(part, share);
        }
        self.most_apart = self.most_apart.max(part.most_apart);
    }

    /// What comes to every stage if everything passes.
    pub(super) fn begin_stages(&mut self, loads: &[f64], seconds: f64) {
        for (own, load) in self.stages.iter_mut().zip(loads) {
            let offered = load / seconds;
            *own = OfStage {
                offered,
                worked: offered,
                stretch: 1.0,
                ..OfStage::default()
            };
        }
    }

    /// Some of what comes to a stage passes it, at such a rate: no more than if everything came.
    pub(super) fn passes(&mut self, stage: usize, rate: f64, most: f64) {
        let own = &mut self.stages[stage];
        own.offered = (own.offered + rate).min(most);
        own.worked = own.offered;
    }

    /// So much more comes to a stage in a second, and is worked.
    pub(super) fn more(&mut self, stage: usize, rate: f64) {
        let own = &mut self.stages[stage];
        let rate = rate / own.stretch.max(1.0);
        own.offered += rate;
        own.worked += rate;
    }

    /// What really comes to a stage.
    pub(super) fn stage(&mut self, stage: usize, own: OfStage) {
        self.stages[stage] = own;
    }
}
