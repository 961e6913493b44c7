//! Records of conduct by chance: sessions, observations, software, custody, challenges, scrutiny, withholding. Written as
//! notes that nobody parsed, so that lines which no implementation may take come too.

use crate::dice::Dice;
use hakiki_core::Ledger;
use hakiki_core::fixture::{Fixture, custodians, key, log_key};
use hakiki_core::kinds::{
    Answer, Body, BoxName, Challenge, Custody, Event, ItemKind, KeyAction, KeyRecord, Moved, Observed,
    Origin, Scrutiny, ScrutinySays, Session, SessionAction, Software, UNREGISTERED, Withhold,
};
use hakiki_core::record::compose;
use hakiki_core::text::Time;
use hakiki_note::{Hash, KeyName, Note, SigningKey, sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a record is made from.
pub struct Conduct<'a> {
    pub fixture: &'a Fixture,
    pub ledger: &'a Ledger,
}

impl Conduct<'_> {
    /// A signed note.
    pub fn note(&self, dice: &mut Dice) -> Option<String> {
        let (body, mut keys) = self.body(dice)?;
        match dice.below(40) {
            0 => keys.truncate(1),
            1 => keys.push(self.anybody(dice)),
            2 => keys = vec![self.anybody(dice)],
            3 => keys.push(log_key()),
            _ => {}
        }
        let keys: BTreeMap<String, SigningKey> =
            keys.into_iter().map(|key| (key.name().to_string(), key)).collect();
        let (text, keys) =
            compose(&body, Some(&self.fixture.fingerprint), &keys.values().collect::<Vec<_>>());
        Some(Note::sign(text, &keys).to_text())
    }

    fn body(&self, dice: &mut Dice) -> Option<(Body, Vec<SigningKey>)> {
        let quorum = || custodians()[..2].to_vec();
        Some(match dice.below(24) {
            0..=2 => self.begin(dice)?,
            3 | 4 => self.end(dice)?,
            5..=10 => self.observed(dice)?,
            11 | 12 => (software(dice).into(), quorum()),
            13..=16 => self.custody(dice)?,
            17 => (self.challenge(dice).into(), vec![key("observer")]),
            18 => {
                let challenge = dice.of(self.ledger.challenges()).map(|challenge| challenge.id);
                let challenge = challenge.filter(|_| !dice.once_in(6)).unwrap_or(self.any_id(dice));
                let answer = Answer { challenge, reason: code(dice), words: None };
                (answer.into(), vec![key("commissioner-1")])
            }
            19 | 20 => (self.scrutiny(dice)?.into(), vec![key("registrar")]),
            21 => (self.withhold(dice).into(), quorum()),
            22 => self.serial(dice)?,
            _ => {
                let old = Some(self.anybody(dice).name().clone());
                let revoked = KeyRecord { action: KeyAction::Revoke, old, reason: code(dice), words: None };
                (revoked.into(), quorum())
            }
        })
    }

    /// One of those who may do something here, or who may not.
    fn anybody(&self, dice: &mut Dice) -> SigningKey {
        let all = [
            "administrator-1",
            "administrator-2",
            "vendor-1",
            "vendor-2",
            "storekeeper-1",
            "storekeeper-2",
            "host-1",
            "host-2",
            "observer",
            "registrar",
            "commissioner-1",
            "nobody",
        ];
        match dice.below(all.len() + 1) {
            at if at < all.len() => key(all[at]),
            _ => {
                let station = dice.below(self.fixture.stations.len());
                key(&format!("agent-bridge-{}", self.fixture.stations[station]))
            }
        }
    }

    fn begin(&self, dice: &mut Dice) -> Option<(Body, Vec<SigningKey>)> {
        let person = key(dice.of(&["administrator-1", "vendor-1", "vendor-2"])?);
        let ticket = dice.once_in(2).then(|| code(dice));
        let session = Session {
            action: SessionAction::Begin,
            person: person.name().clone(),
            machine: machine(dice)?,
            at: time(dice)?,
            ticket,
            session: dice.once_in(30).then(|| self.any_id(dice)),
            reason: code(dice),
            words: None,
        };
        let mut keys = vec![person];
        if dice.once_in(2) {
            keys.push(self.anybody(dice));
        }
        Some((session.into(), keys))
    }

    fn end(&self, dice: &mut Dice) -> Option<(Body, Vec<SigningKey>)> {
        let begun = dice.of(self.ledger.sessions())?;
        let person = self.ledger.roster().key(begun.person).name.clone();
        let short = person.as_str().rsplit('/').next()?.to_owned();
        let session = Session {
            action: SessionAction::End,
            person: if dice.once_in(12) { self.anybody(dice).name().clone() } else { person },
            machine: if dice.once_in(12) { machine(dice)? } else { begun.machine.clone() },
            at: time(dice)?,
            ticket: dice.once_in(30).then(|| code(dice)),
            session: Some(if dice.once_in(12) { self.any_id(dice) } else { begun.id }),
            reason: code(dice),
            words: None,
        };
        let mut keys = if dice.once_in(3) { Vec::new() } else { vec![key(&short)] };
        if keys.is_empty() || dice.once_in(3) {
            keys.push(self.anybody(dice));
        }
        Some((session.into(), keys))
    }

    fn observed(&self, dice: &mut Dice) -> Option<(Body, Vec<SigningKey>)> {
        let host = key(dice.of(&["host-1", "host-2"])?);
        let index = self.ledger.roster().by_name(host.name().as_str())?;
        let (last, id) = self.ledger.last_observation(index);
        let sequence = match dice.below(14) {
            0 => last,
            1 => last.saturating_add(2 + u32::try_from(dice.below(5)).ok()?),
            2 => last.saturating_sub(1),
            _ => last.saturating_add(1),
        };
        let event = Event::parse(dice.of(Event::WORDS)?).ok()?;
        let event = *dice.of(&[event, Event::Login, Event::Program, Event::Sudo])?;
        let needs_value = matches!(event, Event::Clock | Event::Boot | Event::Gap) == dice.once_in(12);
        let moved = (event == Event::Clock) != dice.once_in(20);
        let observed = Observed {
            sequence: sequence.min(999_999_999),
            previous: if dice.once_in(14) { self.any_id(dice) } else { id },
            at: time(dice)?,
            event,
            subject: if dice.once_in(20) { None } else { Some(self.subject(event, dice)?) },
            value: needs_value.then(|| bytes(dice)),
            origin: (event == Event::Login && dice.once_in(2) || dice.once_in(30))
                .then_some(Origin::Elsewhere),
            moved: moved.then(|| (if dice.once_in(2) { Moved::Ahead } else { Moved::Back }, dice.count())),
            details: dice.once_in(6).then(|| bytes(dice)),
        };
        Some((observed.into(), vec![host]))
    }

    fn subject(&self, event: Event, dice: &mut Dice) -> Option<KeyName> {
        if event.is_of_person() != dice.once_in(20) {
            return if dice.once_in(5) {
                KeyName::new(UNREGISTERED).ok()
            } else {
                Some(self.anybody(dice).name().clone())
            };
        }
        KeyName::new(&component(dice)).ok()
    }

    fn custody(&self, dice: &mut Dice) -> Option<(Body, Vec<SigningKey>)> {
        let from = self.anybody(dice);
        let to = if dice.once_in(3) { self.anybody(dice) } else { from.clone() };
        let mut items = BTreeSet::from([(ItemKind::FormBook, format!("B{}", dice.below(4)))]);
        if dice.once_in(2) {
            let kind = ItemKind::parse(dice.of(ItemKind::WORDS)?).ok()?;
            let most = if dice.once_in(20) { 70 } else { 3 };
            let some = (0..=dice.below(most)).map(|n| (kind, format!("I{n}")));
            items = some.collect();
        }
        let is_book = items.len() == 1 && items.iter().all(|(kind, _)| *kind == ItemKind::FormBook);
        let serials = (is_book && !dice.once_in(3) || dice.once_in(30)).then(|| {
            let (first, last) = (dice.below(12), dice.below(12));
            let (first, last) =
                if dice.once_in(20) { (last, first) } else { (first.min(last), first.max(last)) };
            if dice.once_in(20) {
                (first.to_string(), last.to_string())
            } else {
                (serial(first), serial(last))
            }
        });
        let station = dice.of(&self.fixture.stations).filter(|_| dice.once_in(2)).cloned();
        let custody = Custody {
            items,
            serials,
            station: if dice.once_in(30) { Some("s999999".into()) } else { station },
            from: from.name().clone(),
            to: to.name().clone(),
            at: time(dice)?,
            reason: code(dice),
            words: None,
        };
        Some((custody.into(), vec![from, to]))
    }

    /// A form whose serial is in some book, or nearly.
    fn serial(&self, dice: &mut Dice) -> Option<(Body, Vec<SigningKey>)> {
        let station = dice.below(self.fixture.stations.len());
        let mut form = self.fixture.form(station, [10, 20, 30], 0);
        let number = dice.below(14);
        form.serial = Some(if dice.once_in(6) { number.to_string() } else { serial(number) });
        form.sealed = time(dice)?;
        Some((form.into(), self.fixture.station_keys(station).to_vec()))
    }

    fn challenge(&self, dice: &mut Dice) -> Challenge {
        let at_box =
            dice.once_in(2).then(|| dice.of(BoxName::WORDS).and_then(|word| BoxName::parse(word).ok()));
        Challenge { record: self.any_id(dice), at_box: at_box.flatten(), reason: code(dice), words: None }
    }

    fn scrutiny(&self, dice: &mut Dice) -> Option<Scrutiny> {
        let says = ScrutinySays::parse(dice.of(ScrutinySays::WORDS)?).ok()?;
        let asked = says == ScrutinySays::Asked;
        let question = dice.of(self.ledger.scrutiny()).map(|entry| entry.id);
        let question = question.filter(|_| !dice.once_in(8)).unwrap_or(self.any_id(dice));
        Some(Scrutiny {
            says,
            number: (asked && dice.once_in(2) || dice.once_in(20)).then(|| 1 + (dice.count() % 64)),
            question: (asked == dice.once_in(20)).then_some(question),
            report: (says == ScrutinySays::Answered && dice.once_in(2) || dice.once_in(20))
                .then(|| bytes(dice)),
            reason: code(dice),
            words: None,
        })
    }

    fn withhold(&self, dice: &mut Dice) -> Withhold {
        let tables: Vec<Hash> = self.fixture.tables.keys().copied().collect();
        let table = dice.of(&tables).copied().filter(|_| dice.once_in(2));
        let order = dice.once_in(2).then(|| bytes(dice));
        let (by, reason) = (code(dice), code(dice));
        Withhold { blob: table.unwrap_or_else(|| bytes(dice)), by, order, reason, words: None }
    }

    /// The id of some record of conduct, of a form, of entry 0, or of nothing.
    fn any_id(&self, dice: &mut Dice) -> Hash {
        let of_chance = match dice.below(6) {
            0 => dice.of(self.ledger.entries()).map(|entry| entry.id),
            1 => dice.of(self.ledger.sessions()).map(|entry| entry.id),
            2 => dice.of(self.ledger.challenges()).map(|entry| entry.id),
            3 => dice.of(self.ledger.scrutiny()).map(|entry| entry.id),
            4 => Some(self.fixture.fingerprint),
            _ => None,
        };
        of_chance.unwrap_or_else(|| bytes(dice))
    }
}

fn machine(dice: &mut Dice) -> Option<KeyName> {
    dice.of(&["host-1", "host-2", "host-3"]).map(|host| key(host).name().clone())
}

/// A few times, some of them the same instant by two clocks.
fn time(dice: &mut Dice) -> Option<Time> {
    let times = [
        "2031-03-04T20:00:00+03:00",
        "2031-03-04T19:00:00+02:00",
        "2031-03-04T20:00:01+03:00",
        "2031-03-04T21:30:00+03:00",
        "2031-03-04T23:40:00+03:00",
        "2031-03-05T00:01:00+05:30",
    ];
    Time::parse(dice.of(&times)?)
}

fn code(dice: &mut Dice) -> String {
    format!("c{}", dice.below(30))
}

fn component(dice: &mut Dice) -> String {
    ["node", "mirror", "recorder"][dice.below(3)].to_owned()
}

fn bytes(dice: &mut Dice) -> Hash {
    sha256(format!("bytes {}", dice.below(3)).as_bytes())
}

fn serial(number: usize) -> String {
    format!("M{number:07}")
}

fn software(dice: &mut Dice) -> Software {
    Software {
        component: component(dice),
        version: code(dice),
        program: bytes(dice),
        configuration: dice.once_in(2).then(|| bytes(dice)),
        dependencies: dice.once_in(2).then(|| bytes(dice)),
        source: dice.once_in(3).then(|| bytes(dice)),
        reason: code(dice),
        words: None,
    }
}
