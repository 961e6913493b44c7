//! Questions about votes alone: who can be ahead of whom, tied, or among the first two.
//!
//! For planks summed together, what candidates can have at once is a generalised polymatroid: a wished set of lower
//! bounds is met exactly if every group of the bounded candidates can have that many together, and upper bounds are
//! met exactly if the votes that are bound to be placed fit below them (`placement.rs`). A candidate who is to be ahead
//! takes the most it can have; that never forces more on others.

use super::frontier::{Answer, Budget, Wanted, decide};
use super::parts::Parts;
use super::placement::Placement;
use super::reach::{Plank, Reach, Version};

/// What candidates can have nationally.
pub(super) struct Votes<'a> {
    candidates: usize,
    planks: Vec<&'a Plank>,
    contested: Vec<&'a [Version]>,
    base: Vec<i128>,
    /// Without the contested units.
    fewest: Vec<i128>,
    /// Without the contested units.
    most: Vec<i128>,
    placement: Placement,
    /// `[ahead][behind]`: the greatest difference, contested units included.
    differences: Vec<Vec<i128>>,
    budget: &'a Budget,
}

impl<'a> Votes<'a> {
    pub(super) fn of(reach: &'a Reach, budget: &'a Budget) -> Self {
        let candidates = reach.candidates;
        let planks: Vec<&Plank> = reach.grounds().flat_map(|ground| &ground.planks).collect();
        let contested: Vec<&[Version]> =
            reach.grounds().flat_map(|ground| &ground.contested).map(Vec::as_slice).collect();
        let each = 0..candidates;
        let base: Vec<i128> =
            each.clone().map(|c| reach.grounds().map(|ground| ground.base.votes[c]).sum()).collect();
        let with_planks = |c: usize, votes: &dyn Fn(&Plank) -> i128| {
            base[c] + planks.iter().map(|p| votes(p)).sum::<i128>()
        };
        let fewest = each.clone().map(|c| with_planks(c, &|plank| plank.fewest(&[c]))).collect();
        let most = each.clone().map(|c| with_planks(c, &|plank| plank.most(&[c]))).collect();
        let placement = Placement::of(&base, planks.iter().copied());
        let difference = |ahead: usize, behind: usize| {
            let open: i128 = planks.iter().map(|plank| plank.greatest_difference(ahead, behind)).sum();
            let chosen = contested.iter().map(|versions| {
                let each = versions.iter().map(|v| v.votes[ahead] - v.votes[behind]);
                each.max().expect("a unit has at least one version")
            });
            base[ahead] - base[behind] + open + chosen.sum::<i128>()
        };
        let row = |ahead: usize| {
            let cell = |behind| if ahead == behind { 0 } else { difference(ahead, behind) };
            each.clone().map(cell).collect()
        };
        let differences = each.clone().map(row).collect();
        Self { candidates, planks, contested, base, fewest, most, placement, differences, budget }
    }

    pub(super) fn candidates(&self) -> usize {
        self.candidates
    }

    /// The greatest `ahead − behind` in any completion; negative if it is always behind.
    pub(super) fn greatest_difference(&self, ahead: usize, behind: usize) -> i128 {
        self.differences[ahead][behind]
    }

    /// Whether anybody can have a vote.
    pub(super) fn can_have_votes(&self) -> bool {
        let most_contested = |c: usize| self.contested.iter().any(|unit| unit.iter().any(|v| v.votes[c] > 0));
        (0..self.candidates).any(|c| self.most[c] > 0 || most_contested(c))
    }

    /// Whether the candidate can have strictly more votes than every other, and at least one.
    pub(super) fn can_lead_alone(&self, candidate: usize) -> Answer {
        if self.candidates > 1 {
            return self.can_lead(candidate, &self.others(&[candidate]), 1);
        }
        Answer::is(self.can_have_votes())
    }

    /// Whether the candidate can fail to have strictly more votes than every other.
    pub(super) fn can_fail_to_lead(&self, candidate: usize) -> bool {
        if self.candidates > 1 {
            return self.others(&[candidate]).iter().any(|other| self.differences[*other][candidate] >= 0);
        }
        let contested = self.contested.iter().map(|unit| unit.iter().map(|v| v.votes[0]).min().unwrap_or(0));
        self.fewest[0] + contested.sum::<i128>() <= 0
    }

    /// For each candidate: whether it can have the most votes, at least one, with some other who has as many.
    pub(super) fn can_tie_for_first(&self) -> Vec<Answer> {
        let can_be_first =
            |c: &usize| self.others(&[*c]).iter().all(|other| self.differences[*c][*other] >= 0);
        let first: Vec<usize> = (0..self.candidates).filter(can_be_first).collect();
        let mut answers = vec![Answer::No; self.candidates];
        for (at, one) in first.iter().enumerate() {
            for two in &first[at + 1..] {
                let (known_one, known_two) = (answers[*one], answers[*two]);
                if known_one != Answer::Yes || known_two != Answer::Yes {
                    let answer = self.can_tie_with(*one, *two);
                    answers[*one] = Answer::any([known_one, answer]);
                    answers[*two] = Answer::any([known_two, answer]);
                }
            }
        }
        answers
    }

    /// Whether at most one candidate can have more votes than this one.
    pub(super) fn can_be_in_first_two(&self, candidate: usize) -> Answer {
        let others = self.others(&[candidate]);
        let ahead: Vec<usize> =
            others.iter().copied().filter(|other| self.differences[candidate][*other] < 0).collect();
        match ahead.as_slice() {
            [] if others.len() < 2 => Answer::Yes,
            [] => Answer::any(
                others.iter().map(|one| self.can_lead(candidate, &self.others(&[candidate, *one]), 0)),
            ),
            [one] => self.can_lead(candidate, &self.others(&[candidate, *one]), 0),
            _ => Answer::No,
        }
    }

    /// Whether two candidates can have more votes than this one at once.
    pub(super) fn can_drop_from_first_two(&self, candidate: usize) -> Answer {
        let mut rivals = self.others(&[candidate]);
        rivals.retain(|rival| self.differences[*rival][candidate] > 0);
        let pairs = rivals.iter().enumerate().flat_map(|(at, one)| {
            rivals[at + 1..].iter().map(|two| self.can_both_pass(candidate, [*one, *two]))
        });
        Answer::any(pairs)
    }

    fn others(&self, without: &[usize]) -> Vec<usize> {
        (0..self.candidates).filter(|candidate| !without.contains(candidate)).collect()
    }

    /// What each version of each contested unit adds to each of so many sums.
    fn parts(&self, sums: usize, part: impl Fn(&[i128], usize) -> i128) -> Parts {
        let mut parts = Parts::new(sums);
        for unit in &self.contested {
            let version = |version: &'a Version| (0..sums).map(|sum| part(&version.votes, sum));
            parts.push(unit.iter().flat_map(version));
        }
        parts
    }

    /// Whether the candidate can be ahead of all rivals at once by at least `by`.
    fn can_lead(&self, candidate: usize, rivals: &[usize], by: i128) -> Answer {
        if rivals.iter().any(|rival| self.differences[candidate][*rival] < by) {
            return Answer::No;
        }
        if rivals.is_empty() {
            return Answer::Yes;
        }
        let parts = self.parts(rivals.len(), |votes, sum| votes[candidate] - votes[rivals[sum]]);
        let top = self.most[candidate];
        let wanted: Vec<Wanted> = rivals
            .iter()
            .map(|rival| Wanted::More {
                floor: by + self.fewest[*rival] - top,
                cap: by + self.placement.bound_most[*rival] - top,
            })
            .collect();
        decide(&parts, &wanted, self.budget, |sums| {
            let mut ceilings = vec![None; self.candidates];
            for (rival, sum) in rivals.iter().zip(sums) {
                ceilings[*rival] = Some(top + sum - by);
            }
            self.placement.fits(&ceilings)
        })
    }

    /// Whether both rivals can have more votes than the candidate at once.
    fn can_both_pass(&self, candidate: usize, rivals: [usize; 2]) -> Answer {
        let parts = self.parts(2, |votes, sum| votes[rivals[sum]] - votes[candidate]);
        let need = self.fewest[candidate] + 1;
        let most = rivals.map(|rival| self.most[rival]);
        let most_together = self.most_of_both(rivals);
        let floors = most.map(|most| need - most);
        let cap = |other_floor: i128, floor: i128| floor.max(2 * need - most_together - other_floor);
        let wanted = [
            Wanted::More { floor: floors[0], cap: cap(floors[1], floors[0]) },
            Wanted::More { floor: floors[1], cap: cap(floors[0], floors[1]) },
        ];
        decide(&parts, &wanted, self.budget, |sums| {
            most[0] + sums[0] >= need
                && most[1] + sums[1] >= need
                && most_together + sums[0] + sums[1] >= 2 * need
        })
    }

    /// The most that two can have together, without the contested units.
    fn most_of_both(&self, two: [usize; 2]) -> i128 {
        let base = self.base[two[0]] + self.base[two[1]];
        base + self.planks.iter().map(|plank| plank.most(&two)).sum::<i128>()
    }

    /// Whether the two can have equally many votes, at least one, and nobody more.
    ///
    /// The higher the tie, the better: lower bounds allow it up to `height`, and upper bounds only get looser.
    fn can_tie_with(&self, candidate: usize, other: usize) -> Answer {
        if self.differences[candidate][other] < 0 || self.differences[other][candidate] < 0 {
            return Answer::No;
        }
        let rest = self.others(&[candidate, other]);
        // The difference of the two, then what each has (for a tie at zero is no votes), then the lead on the rest.
        let parts = self.parts(3 + rest.len(), |votes, sum| match sum {
            0 => votes[candidate] - votes[other],
            1 => votes[candidate],
            2 => votes[other],
            _ => votes[candidate] - votes[rest[sum - 3]],
        });
        let (mine, theirs) = (self.most[candidate], self.most[other]);
        let both = self.most_of_both([candidate, other]);
        let mut wanted = vec![
            Wanted::Within { floor: self.fewest[other] - mine, ceiling: theirs - self.fewest[candidate] },
            Wanted::More { floor: 1 - mine, cap: 1 },
            Wanted::More { floor: 1 - theirs, cap: 1 },
        ];
        wanted.extend(rest.iter().map(|third| Wanted::More {
            floor: self.fewest[*third] - mine,
            cap: self.placement.bound_most[*third] - self.fewest[candidate],
        }));
        decide(&parts, &wanted, self.budget, |sums| {
            let difference = sums[0];
            // All relative to what the candidate has of the contested units.
            let height = mine.min(theirs - difference).min((both - difference).div_euclid(2));
            let has_votes = mine + sums[1] >= 1 && theirs + sums[2] >= 1 && both + sums[1] + sums[2] >= 2;
            let mut ceilings = vec![Some(height); self.candidates];
            ceilings[other] = Some(height + difference);
            for (third, lead) in rest.iter().zip(&sums[3..]) {
                ceilings[*third] = Some(height + lead);
            }
            has_votes && self.placement.fits(&ceilings)
        })
    }
}
