//! From what a source saw to what the log is told: names of accounts become key names, addresses a class, all else sealed.

use crate::accounts::Accounts;
use crate::networks::Networks;
use crate::seen::{About, Seen};
use hakiki_core::kinds::{Event, Moved, Observed, Origin, UNREGISTERED};
use hakiki_core::text::Time;
use hakiki_note::{Hash, KeyName};

/// The last second that a record can name: 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;
/// The largest number that a line can have.
const NUMBER_MAX: u64 = 999_999_999;
/// Longest code.
const CODE_MAX_BYTES: usize = 64;

/// The observation, without its place in the chain: sequence, previous and commitment come with that.
pub(crate) fn observed(seen: &Seen, accounts: &Accounts, networks: &Networks) -> Observed {
    let moved = (seen.what == Event::Clock).then(|| {
        let seconds = seen.moved_s.unsigned_abs().min(NUMBER_MAX);
        let way = if seen.moved_s < 0 { Moved::Back } else { Moved::Ahead };
        (way, u32::try_from(seconds).unwrap_or(u32::MAX))
    });
    let origin = (seen.what == Event::Login).then(|| {
        let is_inside = networks.is_inside(seen.address.as_deref());
        if is_inside { Origin::Inside } else { Origin::Elsewhere }
    });
    Observed {
        sequence: 0,
        previous: Hash([0; 32]),
        at: time(seen.at_unix_s),
        event: seen.what,
        subject: match &seen.about {
            About::Machine => None,
            About::Account(account) => Some(person(account, accounts)),
            About::Thing(thing) => Some(code(thing)),
        },
        value: seen.value,
        origin,
        moved,
        details: None,
    }
}

/// A moment as records write it, in UTC.
pub(crate) fn time(unix_s: i64) -> Time {
    Time { unix_seconds: unix_s.clamp(0, LAST_SECOND), offset_minutes: 0 }
}

fn person(account: &str, accounts: &Accounts) -> KeyName {
    let unregistered = || KeyName::new(UNREGISTERED).expect("the word is a key name");
    accounts.key_name(account).cloned().unwrap_or_else(unregistered)
}

/// A name as a code; what a code cannot hold becomes `_`. The whole name is in the sealed details.
pub(crate) fn code(name: &str) -> KeyName {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' };
    let code: String = name.chars().map(plain).take(CODE_MAX_BYTES).collect();
    KeyName::new(if code.is_empty() { "_" } else { &code }).expect("a code is a key name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_person_leaves_the_machine() {
        let mut seen =
            Seen::new(Event::Login, 1_930_338_000, About::Account("alice".into()), "alice from 192.0.2.7");
        seen.address = Some("192.0.2.7".into());
        let (accounts, networks) = (Accounts::default(), Networks::default());
        let made = observed(&seen, &accounts, &networks);
        assert_eq!(made.subject.unwrap().as_str(), UNREGISTERED);
        assert_eq!((made.origin, made.at.unix_seconds), (Some(Origin::Elsewhere), 1_930_338_000));
    }

    #[test]
    fn names_become_codes_and_steps_have_a_way() {
        assert_eq!(code("getty@tty1\u{e9}").as_str(), "getty_tty1_");
        assert_eq!(code("").as_str(), "_");
        assert_eq!(code(&"x".repeat(99)).as_str().len(), CODE_MAX_BYTES);
        let mut seen = Seen::new(Event::Clock, -7, About::Machine, "");
        seen.moved_s = -3;
        let made = observed(&seen, &Accounts::default(), &Networks::default());
        assert_eq!((made.moved, made.at.unix_seconds), (Some((Moved::Back, 3)), 0));
    }
}
