//! Components: what passes one, first the component itself, then its gate, then its resources.

use super::clients::{Failure, patience};
use super::parcel::{Errand, Parcel, Worked, middle};
use super::queue::{Measure, Queue, Spare};
use super::run::World;
use super::streams::Hop;
use super::truth::Truth;
use plimsoll::ids::{ComponentId, ResourceId};
use plimsoll::model::Overload;
use plimsoll::plan::replay::Short;

impl World<'_> {
    /// Everything passes as far as it comes in a step.
    pub(super) fn pass(&mut self, now: &Truth<'_>) {
        for component in self.order.clone() {
            let arrivals = std::mem::take(&mut self.inbox[0][component.index()]);
            let arrivals = self.enter(component, arrivals, now);
            let arrivals = self.gate(component, arrivals, now);
            let mut arrivals = arrivals;
            for resource in 0..self.inventory.resources.len() {
                arrivals = self.resource(component, ResourceId::new(resource), arrivals, now);
            }
            self.is_over[component.index()] = true;
            for parcel in arrivals {
                self.leave(component, parcel, now);
            }
        }
    }

    /// The component itself.
    fn enter(
        &mut self,
        component: ComponentId,
        arrivals: Vec<Parcel>,
        now: &Truth<'_>,
    ) -> Vec<Parcel> {
        let e = component.index();
        let mut through = Vec::new();
        for parcel in arrivals {
            let region = self.streams[parcel.stream].group.client_region.index();
            let is_closed = now.closed[e] || (parcel.hop == 0 && now.closed_regions[region]);
            // Decision: an attempt that a disconnect stops is lost without an answer.
            if now.out[e] || (is_closed && parcel.errand == Errand::Connect) {
                let mut lost = parcel;
                if !is_closed || now.out[e] {
                    self.spread(&mut lost);
                }
                self.fail(&lost, Failure::Lost);
                continue;
            }
            if now.loss[e] > 0.0 {
                let mut lost = parcel.share(now.loss[e]);
                self.spread(&mut lost);
                self.fail(&lost, Failure::Lost);
            }
            if now.loss[e] < 1.0 {
                through.push(parcel.share(1.0 - now.loss[e]));
            }
        }
        through
    }

    /// Whom what is out sends away comes back as he happens to.
    fn spread(&self, lost: &mut Parcel) {
        if lost.is_at_once {
            lost.is_at_once = false;
            lost.sent = self.span;
            lost.at = self.span;
        }
    }

    /// Its gate.
    ///
    /// Decision: one of what is out, or where a disconnect holds, accepts nothing, and what waits there goes on waiting.
    fn gate(
        &mut self,
        component: ComponentId,
        arrivals: Vec<Parcel>,
        now: &Truth<'_>,
    ) -> Vec<Parcel> {
        let Some(accepts) = self.inventory.accepts_per_second(component) else {
            return arrivals;
        };
        let is_open = !now.out[component.index()] && !now.closed[component.index()];
        let spare = Spare {
            rate: if is_open { accepts } else { 0.0 },
            longest: accepts * self.scenario.replay.accept_queue_seconds,
            sheds: self.inventory.sheds_stale_work(component),
        };
        self.stage((component, Short::Sessions), spare, arrivals, now)
    }

    /// One of its resources.
    fn resource(
        &mut self,
        component: ComponentId,
        id: ResourceId,
        arrivals: Vec<Parcel>,
        now: &Truth<'_>,
    ) -> Vec<Parcel> {
        let resource = &self.inventory.resources[id.index()];
        let at = [component.index(), id.index()];
        let (Some(left), true) = (now.left[at], resource.varies) else {
            return arrivals;
        };
        let place = (component, Short::Resource(id));
        if resource.overload == Overload::Lose {
            let comes: f64 = arrivals
                .iter()
                .map(|parcel| parcel.amount * self.size(place, (parcel.stream, parcel.errand), now))
                .sum();
            let seconds = self.span[1] - self.span[0];
            let passes = (left * seconds / comes).min(1.0);
            let mut through = Vec::new();
            for parcel in arrivals {
                if self.size(place, (parcel.stream, parcel.errand), now) <= 0.0
                    || comes <= left * seconds
                {
                    through.push(parcel);
                    continue;
                }
                self.fail(&parcel.share(1.0 - passes), Failure::Lost);
                if passes > 0.0 {
                    through.push(parcel.share(passes));
                }
            }
            return through;
        }
        let normal = now.normal[at].unwrap_or(f64::INFINITY);
        let spare = Spare {
            rate: left,
            longest: resource
                .queue_seconds
                .map_or(f64::INFINITY, |seconds| seconds * left.max(normal)),
            sheds: self.inventory.sheds_stale_work(component),
        };
        self.stage(place, spare, arrivals, now)
    }

    /// A queue.
    fn stage(
        &mut self,
        place: (ComponentId, Short),
        spare: Spare,
        arrivals: Vec<Parcel>,
        now: &Truth<'_>,
    ) -> Vec<Parcel> {
        let mut queue = self.queues.remove(&place).unwrap_or_default();
        let streams = 0..self.streams.len();
        let each = |stream: usize| {
            let errands = [Errand::Work, Errand::Connect];
            errands.map(|errand| self.size(place, (stream, errand), now))
        };
        let sizes: Vec<[f64; 2]> = streams.map(each).collect();
        let size = |parcel: &Parcel| sizes[parcel.stream][parcel.errand as usize];
        let waits = |parcel: &Parcel| patience(self.profile(parcel.stream), parcel.errand);
        let measure = Measure {
            size: &size,
            patience: &waits,
        };
        let worked: Worked = queue.work(arrivals, spare, self.span, &measure);
        self.queues.insert(place, queue);
        for parcel in &worked.given_up {
            self.fail(parcel, Failure::GivenUp);
        }
        for parcel in &worked.away {
            self.fail(parcel, Failure::Away);
        }
        for (stream, amount) in worked.late {
            self.tallies[stream].late += amount;
        }
        worked.through
    }

    /// What one of an attempt takes of what is short, slow work included.
    fn size(
        &self,
        place: (ComponentId, Short),
        (stream, errand): (usize, Errand),
        now: &Truth<'_>,
    ) -> f64 {
        let profile = self.profile(stream);
        let normal = self.normal_size(place, (stream, errand));
        let waits = match place.1 {
            Short::Sessions => false,
            Short::Resource(id) => self.inventory.resources[id.index()].is_waited_for(),
        };
        if !waits {
            return normal;
        }
        // Decision: several events at a component multiply.
        let slow = now.slow[place.0.index()].iter();
        let slow = slow.filter(|slow| {
            slow.profile
                .is_none_or(|id| id == self.streams[stream].group.profile)
        });
        slow.fold(normal, |size, slow| {
            let limit = slow.timeout_seconds.or(profile.timeout_seconds);
            let limit = limit.map_or(f64::INFINITY, |value| {
                value / profile.service_seconds.unwrap_or(1.0)
            });
            let retries = slow.retries.unwrap_or(profile.retries);
            let held = if limit < slow.factor {
                limit * (1.0 + retries)
            } else {
                slow.factor
            };
            size * (1.0 + slow.share * (held - 1.0)).max(1.0)
        })
    }

    fn normal_size(&self, place: (ComponentId, Short), (stream, errand): (usize, Errand)) -> f64 {
        let profile = self.profile(stream);
        let cost = match errand {
            Errand::Work => 1.0,
            Errand::Connect => profile.session_cost,
        };
        match (place.1, errand) {
            (Short::Sessions, Errand::Connect) => 1.0,
            (Short::Sessions, Errand::Work) => 0.0,
            (Short::Resource(id), _) => profile.demand[id.index()] * cost,
        }
    }

    /// What waits, as it is counted in normal time.
    pub(super) fn in_normal_time(&self, place: (ComponentId, Short), queue: &Queue) -> f64 {
        let size = |parcel: &Parcel| self.normal_size(place, (parcel.stream, parcel.errand));
        let waits = |parcel: &Parcel| patience(self.profile(parcel.stream), parcel.errand);
        queue.waiting(&Measure {
            size: &size,
            patience: &waits,
        })
    }

    /// Behind its resources: slow work that is given up fails, and the rest goes on.
    fn leave(&mut self, component: ComponentId, mut parcel: Parcel, now: &Truth<'_>) {
        let fails = self.gives_up(component, &parcel, now);
        if fails > 0.0 {
            self.fail_for_good(&parcel.share(fails));
            parcel = parcel.share(1.0 - fails);
        }
        parcel.hop += 1;
        match self.streams[parcel.stream].hops.get(parcel.hop) {
            None => self.arrive(&parcel),
            Some(Hop::One(next)) => self.go_on(next.index(), parcel),
            Some(Hop::Pool(pool)) => {
                for (member, share) in &now.shares[pool.index()] {
                    if *share > 0.0 {
                        self.go_on(*member, parcel.share(*share));
                    }
                }
            }
        }
    }

    /// Share of a parcel that fails because it is slow and given up.
    fn gives_up(&self, component: ComponentId, parcel: &Parcel, now: &Truth<'_>) -> f64 {
        let profile = self.profile(parcel.stream);
        let queues = self.inventory.waited_for().into_iter().any(|id| {
            let place = (component, Short::Resource(id));
            now.left[[component.index(), id.index()]].is_some()
                && self.normal_size(place, (parcel.stream, parcel.errand)) > 0.0
        });
        let slow = now.slow[component.index()].iter();
        let slow = slow.filter(|slow| {
            slow.profile
                .is_none_or(|id| id == self.streams[parcel.stream].group.profile)
        });
        let ends = slow.fold(1.0, |ends, slow| {
            let limit = slow.timeout_seconds.or(profile.timeout_seconds);
            let is_given_up = limit
                .is_some_and(|limit| limit / profile.service_seconds.unwrap_or(1.0) < slow.factor);
            if is_given_up {
                ends * (1.0 - slow.share)
            } else {
                ends
            }
        });
        if queues { 1.0 - ends } else { 0.0 }
    }

    /// Decision: further tries of slow work are made by its worker and counted there, so that nobody tries again.
    fn fail_for_good(&mut self, parcel: &Parcel) {
        let mut last = parcel.clone();
        last.attempt = i32::MAX;
        self.fail(&last, Failure::Away);
    }

    fn go_on(&mut self, to: usize, parcel: Parcel) {
        let turn = usize::from(self.is_over[to]);
        self.inbox[turn][to].push(parcel);
    }

    /// The end of the path.
    fn arrive(&mut self, parcel: &Parcel) {
        let tally = &mut self.tallies[parcel.stream];
        match parcel.errand {
            Errand::Work => tally.served += parcel.amount,
            Errand::Connect => {
                tally.accepted += parcel.amount;
                // Who is accepted in the step in which he tries for the first time has not been down.
                let is_at_once = parcel.is_new && parcel.sent[0] >= self.span[0] - 1e-6;
                let since = if is_at_once { parcel.sent } else { parcel.at };
                tally.accepted_seconds += parcel.amount * (self.span[1] - middle(since));
            }
        }
    }
}
