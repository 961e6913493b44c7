//! What would have to be false: the least number of station forms that must be wrong for a claimed figure to hold.
//!
//! The proof, its assumptions and where the bound is exact stand in `docs/claims-bounds.md`. Integers only. It does not say
//! that a form is wrong, nor which.

/// A station without a known ceiling can hold any number of votes. 2^64 of them fit 128 bits.
const UNLIMITED: i128 = 1 << 64;

/// A station whose form stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// Votes on its form, in the order of the ballot.
    pub votes: Vec<u64>,
    /// Most valid votes that it can have: its registered voters or the cap, whichever is less; none if neither is known.
    pub most: Option<u64>,
    /// Whether somebody in question answers for its form.
    pub answered: bool,
}

/// A result as forms say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forms {
    /// Stations whose forms stand.
    pub stations: Vec<Station>,
    /// Stations without a form that counts, or with a box that holds no number: the most votes of each. Whatever a claim needs of
    /// them, no form has to be wrong for it.
    pub open: Vec<Option<u64>>,
}

/// A claimed figure: a sum of candidates' totals, each taken once, not at all, or away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// 1, 0 or −1 for each candidate.
    pub weights: Vec<i8>,
    /// What the claim says it is.
    pub total: i128,
}

/// How many forms must be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// What the forms say the figure is.
    pub forms_say: i128,
    /// How far the claim is beyond all that the forms and the open stations allow; 0 where it may hold as they stand.
    pub beyond: i128,
    /// The least number of forms that must be wrong; none if the claim cannot hold even if every form is.
    pub least: Option<u64>,
    /// Forms that stand.
    pub forms: u64,
    /// Stations without a known ceiling, of which anything can be thought.
    pub unlimited: u64,
}

impl Condition {
    /// A candidate's total.
    pub fn total(candidates: usize, candidate: usize, total: u64) -> Self {
        let mut weights = vec![0; candidates];
        weights[candidate] = 1;
        Self { weights, total: i128::from(total) }
    }

    /// A candidate's lead over another.
    pub fn lead(candidates: usize, ahead: usize, behind: usize, lead: i128) -> Self {
        let mut weights = vec![0; candidates];
        weights[ahead] += 1;
        weights[behind] -= 1;
        Self { weights, total: lead }
    }

    fn of(&self, votes: &[u64]) -> i128 {
        let terms = self.weights.iter().zip(votes);
        terms.map(|(weight, votes)| i128::from(*weight) * i128::from(*votes)).sum()
    }

    /// The least and the most that a station with this ceiling can add to the figure.
    fn span(&self, most: Option<u64>) -> (i128, i128) {
        let most = most.map_or(UNLIMITED, i128::from);
        let least_weight = self.weights.iter().copied().min().unwrap_or(0).min(0);
        let most_weight = self.weights.iter().copied().max().unwrap_or(0).max(0);
        (most * i128::from(least_weight), most * i128::from(most_weight))
    }
}

/// The bound for one figure.
pub fn bound(forms: &Forms, condition: &Condition) -> Bound {
    bound_where(forms, condition, |_| true)
}

/// The same among the answered forms alone: every other form is taken to be wrong in whatever way helps the claim most, and
/// the least number of answered ones is asked that must be wrong besides.
pub fn bound_answered(forms: &Forms, condition: &Condition) -> Bound {
    bound_where(forms, condition, |station| station.answered)
}

fn bound_where(forms: &Forms, condition: &Condition, counts: impl Fn(&Station) -> bool) -> Bound {
    let forms_say: i128 = forms.stations.iter().map(|station| condition.of(&station.votes)).sum();
    let spans = forms.open.iter().map(|most| condition.span(*most));
    let (open_least, open_most) = spans.fold((0, 0), |(least, most), span| (least + span.0, most + span.1));
    let unlimited = forms.stations.iter().filter(|station| station.most.is_none()).count()
        + forms.open.iter().filter(|most| most.is_none()).count();
    let up = condition.total > forms_say + open_most;
    let beyond = if up {
        condition.total - forms_say - open_most
    } else {
        (forms_say + open_least - condition.total).max(0)
    };
    let mut need = beyond;
    let mut gains = Vec::with_capacity(forms.stations.len());
    if beyond > 0 {
        for station in &forms.stations {
            let (least, most) = condition.span(station.most);
            let own = condition.of(&station.votes);
            let gain = if up { most - own } else { own - least }.max(0);
            if counts(station) {
                gains.push(gain);
            } else {
                need -= gain;
            }
        }
    }
    let counted = forms.stations.iter().filter(|station| counts(station)).count() as u64;
    Bound { forms_say, beyond, least: fewest(gains, need), forms: counted, unlimited: unlimited as u64 }
}

/// How many of the largest gains add up to `need`.
fn fewest(mut gains: Vec<i128>, mut need: i128) -> Option<u64> {
    gains.sort_unstable_by(|one, other| other.cmp(one));
    let mut taken = 0;
    let mut gains = gains.into_iter();
    while need > 0 {
        need -= gains.next().filter(|gain| *gain > 0)?;
        taken += 1;
    }
    Some(taken)
}

/// The conditions that a whole table of totals must meet, each necessary: every candidate's total, the sum and the lead of
/// every two of the [`PAIRED_MAX`] whose totals differ most, all that rise together, all that fall together, and the one
/// less the other.
pub fn conditions(forms: &Forms, totals: &[u64]) -> Vec<Condition> {
    let count = totals.len();
    let all: Vec<i128> = totals.iter().map(|total| i128::from(*total)).collect();
    let of = |weights: Vec<i8>| {
        let total = weights.iter().zip(&all).map(|(weight, total)| i128::from(*weight) * total).sum();
        Condition { weights, total }
    };
    let change = |candidate: usize| {
        let own: i128 = forms.stations.iter().map(|station| i128::from(station.votes[candidate])).sum();
        all[candidate] - own
    };
    let changes: Vec<i128> = (0..count).map(change).collect();
    let single = |candidate: usize, weight: i8| {
        let mut weights = vec![0; count];
        weights[candidate] = weight;
        weights
    };
    let mut conditions: Vec<Condition> = (0..count).map(|candidate| of(single(candidate, 1))).collect();
    let mut most_changed: Vec<usize> = (0..count).collect();
    most_changed.sort_by_key(|candidate| std::cmp::Reverse(changes[*candidate].abs()));
    most_changed.truncate(PAIRED_MAX);
    for (place, one) in most_changed.iter().enumerate() {
        for other in &most_changed[place + 1..] {
            for weight in [1, -1] {
                let mut weights = single(*one, 1);
                weights[*other] = weight;
                conditions.push(of(weights));
            }
        }
    }
    let rising = |change: &i128| i8::from(*change > 0);
    let falling = |change: &i128| i8::from(*change < 0);
    conditions.push(of(changes.iter().map(rising).collect()));
    conditions.push(of(changes.iter().map(falling).collect()));
    conditions.push(of(changes.iter().map(|change| rising(change) - falling(change)).collect()));
    conditions.push(of(vec![1; count]));
    conditions
}

/// Candidates whose pairs are looked at: 28 pairs, 56 sorts of a nation's stations, well under a second.
pub const PAIRED_MAX: usize = 8;

/// The bound for a whole table of totals: the largest that any of its [`conditions`] gives. Sound; whether fewer forms than
/// all the true least number could meet every condition at once is not decided, so it is a lower bound and no more.
pub fn bound_of_totals(forms: &Forms, totals: &[u64], answered: bool) -> Option<(Condition, Bound)> {
    let bounded = conditions(forms, totals).into_iter().map(|condition| {
        let bound = if answered { bound_answered(forms, &condition) } else { bound(forms, &condition) };
        (condition, bound)
    });
    // Of equal bounds the first, which is the plainest. None, that it cannot hold at all, is more than any number.
    bounded.reduce(|best, next| if more(&next.1, &best.1) { next } else { best })
}

fn more(one: &Bound, other: &Bound) -> bool {
    match (one.least, other.least) {
        (None, Some(_)) => true,
        (Some(one), Some(other)) => one > other,
        (_, None) => false,
    }
}
