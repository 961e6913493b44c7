//! Whether votes that unreadable boxes are bound to hold can be placed without any candidate passing a ceiling.
//!
//! A form may say how many votes there are and not whose they are. Which candidates' totals can then stay low *at the
//! same time* is a flow from forms to candidates. With lower bounds on candidates the answer splits in two (Frank's
//! theorem on a generalised polymatroid and a box): the lower bounds have closed forms (`votes.rs`), the upper ones are
//! asked here.

use super::reach::Plank;

/// One form that must place `demand` votes more than its boxes' least, at most `slack` of them on each candidate.
#[derive(Debug)]
struct Form {
    demand: i128,
    slack: Vec<i128>,
}

/// All forms of a contest that are bound to place votes.
#[derive(Debug)]
pub(super) struct Placement {
    low: Vec<i128>,
    /// The most that bound votes can add up to, per candidate: a ceiling at or above it never matters.
    pub(super) bound_most: Vec<i128>,
    forms: Vec<Form>,
}

impl Placement {
    /// `base` is what the candidates have for certain from elsewhere.
    pub(super) fn of<'a>(base: &[i128], planks: impl Iterator<Item = &'a Plank>) -> Self {
        let mut low = base.to_vec();
        let mut bound_most = base.to_vec();
        let mut forms = Vec::new();
        for plank in planks {
            let demand = (plank.least - plank.low_sum()).max(0);
            let slack: Vec<i128> =
                plank.low.iter().zip(&plank.high).map(|(low, high)| (high - low).min(demand)).collect();
            for (candidate, slack) in slack.iter().enumerate() {
                low[candidate] += plank.low[candidate];
                bound_most[candidate] += plank.low[candidate] + slack;
            }
            if demand > 0 {
                forms.push(Form { demand, slack });
            }
        }
        Self { low, bound_most, forms }
    }

    /// Whether all can be placed below the ceilings; `None` is no ceiling.
    pub(super) fn fits(&self, ceilings: &[Option<i128>]) -> bool {
        let demand: i128 = self.forms.iter().map(|form| form.demand).sum();
        let room: Vec<i128> = ceilings
            .iter()
            .zip(&self.low)
            .map(|(ceiling, low)| ceiling.map_or(demand, |ceiling| (ceiling - low).min(demand)))
            .collect();
        if room.iter().any(|room| *room < 0) || room.iter().sum::<i128>() < demand {
            return false;
        }
        let is_free = |c: usize| room[c] >= self.bound_most[c] - self.low[c];
        (0..room.len()).all(is_free) || Flow::new(&self.forms, room).places_all()
    }
}

/// A flow in the making: what each form has placed on each candidate.
struct Flow<'a> {
    forms: &'a [Form],
    placed: Vec<Vec<i128>>,
    room: Vec<i128>,
}

impl<'a> Flow<'a> {
    fn new(forms: &'a [Form], room: Vec<i128>) -> Self {
        Self { forms, placed: vec![vec![0; room.len()]; forms.len()], room }
    }

    fn places_all(mut self) -> bool {
        for form in 0..self.forms.len() {
            let mut left = self.forms[form].demand;
            while left > 0 {
                let Some(path) = self.path(form) else { return false };
                left -= self.push(form, &path, left);
            }
        }
        true
    }

    /// A shortest chain of candidates from the form to one with room: each before the last hands votes of some other
    /// form, named with it, on to the next.
    fn path(&self, start: usize) -> Option<Vec<(usize, usize)>> {
        let mut reached: Vec<Option<(usize, Option<usize>)>> = vec![None; self.room.len()];
        let mut queue = Vec::new();
        let mut next = 0;
        let mut step = |form: usize, from: Option<usize>, queue: &mut Vec<usize>| {
            for (candidate, before) in reached.iter_mut().enumerate() {
                let is_open = self.placed[form][candidate] < self.forms[form].slack[candidate];
                if before.is_none() && is_open {
                    *before = Some((form, from));
                    queue.push(candidate);
                }
            }
        };
        step(start, None, &mut queue);
        while let Some(candidate) = queue.get(next).copied() {
            if self.room[candidate] > 0 {
                break;
            }
            next += 1;
            for form in 0..self.forms.len() {
                if self.placed[form][candidate] > 0 {
                    step(form, Some(candidate), &mut queue);
                }
            }
        }
        let mut candidate = Some(*queue.get(next)?);
        let mut path = Vec::new();
        while let Some(at) = candidate {
            let (form, before) = reached[at].expect("a queued candidate was reached");
            path.push((form, at));
            candidate = before;
        }
        path.reverse();
        Some(path)
    }

    /// Moves as many votes as the path allows, at most `left`; gives how many.
    fn push(&mut self, start: usize, path: &[(usize, usize)], left: i128) -> i128 {
        let end = path.last().expect("a path has an end").1;
        let mut amount = left.min(self.room[end]);
        let mut before: Option<usize> = None;
        for (form, candidate) in path {
            amount = amount.min(self.forms[*form].slack[*candidate] - self.placed[*form][*candidate]);
            if let Some(before) = before {
                amount = amount.min(self.placed[*form][before]);
            }
            before = Some(*candidate);
        }
        let mut before: Option<usize> = None;
        for (form, candidate) in path {
            debug_assert!(before.is_some() || *form == start, "a path starts with its own form");
            self.placed[*form][*candidate] += amount;
            if let Some(before) = before {
                self.placed[*form][before] -= amount;
            }
            before = Some(*candidate);
        }
        self.room[end] -= amount;
        amount
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn forms(forms: &[(i128, &[i128])]) -> Vec<Form> {
        forms.iter().map(|(demand, slack)| Form { demand: *demand, slack: slack.to_vec() }).collect()
    }

    #[test]
    fn a_full_candidate_hands_votes_on() {
        // The first form fills candidate 0, which is the only one that the second may use.
        let forms = forms(&[(2, &[2, 2, 0]), (2, &[2, 0, 0])]);
        assert!(Flow::new(&forms, vec![2, 2, 0]).places_all());
        assert!(!Flow::new(&forms, vec![2, 1, 5]).places_all());
        assert!(!Flow::new(&forms, vec![1, 3, 5]).places_all());
    }

    #[test]
    fn a_chain_over_three_candidates() {
        let forms = forms(&[(1, &[1, 1, 0]), (1, &[0, 1, 1]), (1, &[1, 0, 0])]);
        assert!(Flow::new(&forms, vec![1, 1, 1]).places_all());
        assert!(Flow::new(&forms, vec![2, 1, 0]).places_all());
        assert!(!Flow::new(&forms, vec![0, 2, 1]).places_all());
    }

    /// Hall's condition: whatever candidates are looked at, the votes that cannot go elsewhere have room on them.
    fn has_room(forms: &[Form], room: &[i128]) -> bool {
        (1..1_usize << room.len()).all(|group| {
            let is_within = |candidate: usize| group >> candidate & 1 == 1;
            let elsewhere = |form: &Form| -> i128 {
                let slack = form.slack.iter().enumerate();
                slack.filter(|(candidate, _)| !is_within(*candidate)).map(|(_, slack)| slack).sum()
            };
            let bound: i128 = forms.iter().map(|form| (form.demand - elsewhere(form)).max(0)).sum();
            let within = room.iter().enumerate().filter(|(candidate, _)| is_within(*candidate));
            bound <= within.map(|(_, room)| room).sum()
        })
    }

    #[test]
    fn a_flow_places_all_exactly_if_there_is_room() {
        let mut state = 7_u64;
        let mut below = |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i128::from((state >> 33) % end)
        };
        let mut placed = [0; 2];
        for _ in 0..20_000 {
            let candidates = [2_usize, 3, 4, 5][usize::try_from(below(4)).unwrap()];
            let mut forms = Vec::new();
            for _ in 0..=below(6) {
                let slack: Vec<i128> = (0..candidates).map(|_| below(5)).collect();
                let demand = slack.iter().sum::<i128>() * below(5) / 5;
                forms.push(Form { demand, slack });
            }
            let demand: i128 = forms.iter().map(|form| form.demand).sum();
            let most = u64::try_from(2 * demand).unwrap() / candidates as u64 + 2;
            let room: Vec<i128> = (0..candidates).map(|_| below(most)).collect();
            let expected = has_room(&forms, &room);
            assert_eq!(Flow::new(&forms, room.clone()).places_all(), expected, "{forms:?} {room:?}");
            placed[usize::from(expected)] += 1;
        }
        assert!(placed.iter().all(|cases| *cases > 1_000), "{placed:?}");
    }
}
