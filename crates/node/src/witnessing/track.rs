//! One kind of cosigners and the round that is under way with them: which head, since when, who has not answered yet.

use super::contact::CosignerKind;
use hakiki_tlog::Head;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Least time between the beginnings of two rounds: under load there are a hundred heads a second.
const INTERVAL: Duration = Duration::from_millis(200);
/// Longest round with witnesses, who have nothing to fetch.
const WITNESSES_LIMIT: Duration = Duration::from_secs(3);
/// Longest round with mirrors, who fetch what they do not hold yet. All are asked for one head, so that two classes can
/// come to hold the same.
const MIRRORS_LIMIT: Duration = Duration::from_secs(30);

/// Rounds with the cosigners of one kind.
#[derive(Debug)]
pub(super) struct Track {
    pub kind: CosignerKind,
    /// The cosigners' numbers.
    pub members: Vec<usize>,
    /// Without a new head, after so long the last one is asked for again: cosignatures say that it was still the newest.
    renew_after: Duration,
    /// Those that failed when they were asked last. No round waits for them.
    away: BTreeSet<usize>,
    round: Option<Round>,
    /// When the last round began, and of which size.
    last: Option<(Instant, u64)>,
}

#[derive(Debug)]
struct Round {
    head: Head,
    began: Instant,
    waiting: BTreeSet<usize>,
}

impl Track {
    pub fn new(kind: CosignerKind, members: Vec<usize>, renew_after: Duration) -> Self {
        Self { kind, members, renew_after, away: BTreeSet::new(), round: None, last: None }
    }

    /// Whether a round for a head of this size may begin.
    pub fn may_begin(&self, size: u64, now: Instant) -> bool {
        let is_new = |(began, last): (Instant, u64)| {
            let pause = if size > last { INTERVAL } else { self.renew_after };
            size >= last && now.duration_since(began) >= pause
        };
        self.round.is_none() && self.last.is_none_or(is_new)
    }

    /// The size that the members were asked for last.
    pub fn asked_size(&self) -> Option<u64> {
        self.last.map(|(_, size)| size)
    }

    /// Begins a round with all who are not away.
    pub fn begin(&mut self, head: Head, now: Instant) {
        let waiting = self.members.iter().copied().filter(|member| !self.away.contains(member)).collect();
        self.round = Some(Round { head, began: now, waiting });
        self.last = Some((now, head.size));
    }

    /// Notes that a member answered for a head: for good, or not yet; or that it failed.
    pub fn answered(&mut self, member: usize, head: &Head, is_final: bool, has_failed: bool) {
        if has_failed {
            self.away.insert(member);
        } else {
            self.away.remove(&member);
        }
        if let Some(round) = self.round.as_mut().filter(|round| round.head == *head)
            && (is_final || has_failed)
        {
            round.waiting.remove(&member);
        }
    }

    /// Ends the round if nobody is waited for, if it lasts too long, or if it reached what it is for; gives its head.
    pub fn end(&mut self, now: Instant, has_reached: impl FnOnce(&Head) -> bool) -> Option<Head> {
        let limit = match self.kind {
            CosignerKind::Witness => WITNESSES_LIMIT,
            CosignerKind::Mirror => MIRRORS_LIMIT,
        };
        let round = self.round.as_ref()?;
        let is_over =
            round.waiting.is_empty() || now.duration_since(round.began) >= limit || has_reached(&round.head);
        is_over.then(|| self.round.take().map(|round| round.head)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::Hash;

    const RENEW: Duration = Duration::from_secs(150);

    fn head(size: u64) -> Head {
        Head { size, root: Hash([0; 32]) }
    }

    #[test]
    fn a_round_ends_when_all_present_answered_and_the_next_begins_in_time() {
        let now = Instant::now();
        let mut track = Track::new(CosignerKind::Witness, vec![0, 1, 2], RENEW);
        assert!(track.may_begin(5, now));
        track.begin(head(5), now);
        assert!(!track.may_begin(6, now + INTERVAL), "one at a time");
        track.answered(0, &head(5), true, false);
        track.answered(1, &head(5), false, true);
        track.answered(2, &head(4), true, false);
        assert_eq!(track.end(now, |_| false), None, "2 answered for another head");
        track.answered(2, &head(5), true, false);
        assert_eq!(track.end(now, |_| false), Some(head(5)));
        assert!(!track.may_begin(6, now) && !track.may_begin(5, now + INTERVAL));
        assert!(track.may_begin(6, now + INTERVAL));
        track.begin(head(6), now + INTERVAL);
        track.answered(0, &head(6), true, false);
        track.answered(2, &head(6), true, false);
        assert_eq!(track.end(now, |_| false), Some(head(6)), "1 is away and not waited for");
        track.answered(1, &head(6), true, false);
        track.begin(head(7), now);
        assert_eq!(track.end(now, |_| false), None, "1 is back");
        assert_eq!(track.end(now, |_| true), Some(head(7)), "a quorum is enough");
    }

    #[test]
    fn the_same_head_is_asked_for_again_before_its_cosignatures_are_old() {
        let now = Instant::now();
        let mut track = Track::new(CosignerKind::Witness, vec![0], RENEW);
        track.begin(head(5), now);
        track.answered(0, &head(5), true, false);
        assert_eq!(track.end(now, |_| false), Some(head(5)));
        assert!(!track.may_begin(5, now + RENEW / 2) && track.may_begin(5, now + RENEW));
        assert!(!track.may_begin(4, now + RENEW), "never a smaller one");
    }

    #[test]
    fn a_round_has_a_limit_and_one_that_is_not_ready_is_waited_for() {
        let now = Instant::now();
        let mut track = Track::new(CosignerKind::Mirror, vec![7], RENEW);
        track.begin(head(1), now);
        track.answered(7, &head(1), false, false);
        assert_eq!(track.end(now + MIRRORS_LIMIT / 2, |_| false), None);
        assert_eq!(track.end(now + MIRRORS_LIMIT, |_| false), Some(head(1)));
    }
}
