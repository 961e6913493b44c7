//! Quorums: which sets of witnesses suffice, and how far any two such sets must meet.
//!
//! Two quorums that meet only in dishonest witnesses can cosign two forks, so a policy is worth as much as the smallest
//! number of independent holders in which any two of its quorums meet.

use std::collections::BTreeMap;

/// Most holders for which [`Quorum::smallest_intersection_of`] is computed: it looks at each of their 2^20 sets.
pub const HOLDERS_MAX: usize = 20;

/// What suffices. Witnesses are numbers that the owner gives out; each stands in a quorum at most once
/// (C2SP `tlog-policy`: each name is a member at most once).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quorum {
    /// Nothing is needed.
    None,
    /// This witness.
    Witness(usize),
    /// So many of the members.
    Group {
        /// 1 to the number of members.
        needed: u64,
        /// Witnesses and groups.
        members: Vec<Quorum>,
    },
}

/// More holders than can be enumerated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the smallest intersection is computed for at most {HOLDERS_MAX} holders, found {0}")]
pub struct TooManyHolders(pub usize);

impl Quorum {
    /// Whether a set of witnesses, given as a predicate, suffices.
    pub fn satisfied_by(&self, has: &dyn Fn(usize) -> bool) -> bool {
        match self {
            Self::None => true,
            Self::Witness(place) => has(*place),
            Self::Group { needed, members } => {
                let count = members.iter().filter(|member| member.satisfied_by(has)).count();
                count as u64 >= *needed
            }
        }
    }

    /// The witnesses that it names.
    pub fn witnesses(&self) -> Vec<usize> {
        match self {
            Self::None => Vec::new(),
            Self::Witness(place) => vec![*place],
            Self::Group { members, .. } => members.iter().flat_map(Self::witnesses).collect(),
        }
    }

    /// The smallest number of witnesses that two sets that each suffice can have in common. Exact for any size.
    ///
    /// Members are disjoint, so of `n` members of which `k` are needed two choices share at least `2k - n`, and the
    /// cheapest ones can be chosen for that.
    pub fn smallest_intersection(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::Witness(_) => 1,
            Self::Group { needed, members } => {
                let mut each: Vec<u64> = members.iter().map(Self::smallest_intersection).collect();
                each.sort_unstable();
                let shared = (2 * needed).saturating_sub(members.len() as u64);
                each.iter().zip(0..shared).map(|(cost, _)| cost).sum()
            }
        }
    }

    /// The same counted in holders (organisations), where `holder` says who holds a witness: two sets meet in a
    /// holder when each has a witness of that holder, be it the same or another.
    ///
    /// Exact: for each set of holders that suffices, the fewest of them that the others lack to suffice too.
    pub fn smallest_intersection_of<H: Ord>(
        &self,
        holder: impl Fn(usize) -> H,
    ) -> Result<u64, TooManyHolders> {
        let mut numbers = BTreeMap::new();
        let mut number_of = BTreeMap::new();
        for witness in self.witnesses() {
            let next = numbers.len();
            let number = *numbers.entry(holder(witness)).or_insert(next);
            number_of.insert(witness, number);
        }
        let count = numbers.len();
        if count > HOLDERS_MAX {
            return Err(TooManyHolders(count));
        }
        let everyone = (1usize << count) - 1;
        let suffices = |set: usize| {
            self.satisfied_by(&|witness| number_of.get(&witness).is_some_and(|n| set >> n & 1 == 1))
        };
        // lacking[set]: how many holders must join the set until it suffices. Supersets have larger numbers.
        let mut lacking = vec![0u64; everyone + 1];
        for set in (0..=everyone).rev() {
            if !suffices(set) {
                let joined = (0..count).filter(|n| set >> n & 1 == 0).map(|n| lacking[set | 1 << n]);
                // Everyone together suffices, so a set that does not has somebody to join it.
                lacking[set] = 1 + joined.min().unwrap_or(0);
            }
        }
        let sufficient = (0..=everyone).filter(|set| lacking[*set] == 0);
        Ok(sufficient.map(|set| lacking[everyone & !set]).min().unwrap_or(0))
    }
}
