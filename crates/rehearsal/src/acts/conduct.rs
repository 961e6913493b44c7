//! What people and machines do at the servers and in the stores, as signed records.

use super::{Actors, Sending};
use crate::country::conduct::{Deed, Hand, HandOver, Note, Program, Thing};
use crate::country::{Act, Event, Expected};
use crate::founding::time;
use anyhow::{Context as _, Result, bail};
use hakiki_core::kinds::{
    Answer, Body, Challenge, Custody, Event as Noted, ItemKind, Moved, Observed, Origin, Scrutiny,
    ScrutinySays, Session, SessionAction, Software, Withhold,
};
use hakiki_core::record::Record;
use hakiki_core::table::{Table, write_table};
use hakiki_note::{Hash, KeyName, SigningKey, sha256, sha256_parts};

const ORDER: &str =
    "order the photograph shows the face of a voter; it is to be withheld from everybody until further order";

fn words(text: &str) -> Vec<u8> {
    write_table(Table::WordsOfRecord, "words", [format!("reason {text}")])
}

impl Actors<'_> {
    /// The record of a deed: the n-th of a desk.
    pub(super) fn deed(&self, desk: usize, index: usize) -> Result<Sending> {
        let event = self.desk_event(desk, index)?;
        let Act::Deed(deed) = &event.act else { bail!("at a desk there are deeds") };
        let at = time(event.at_seconds)?;
        let of = |index: usize| -> Result<Hash> { Ok(*self.deed(desk, index)?.record.id()) };
        let only = |record| Ok(Sending::of(record));
        match &**deed {
            Deed::Authorise(program) => only(self.by_quorum(self.authorised(*program))?),
            Deed::Begin { person, host, ticket, before, reason } => {
                let session = Session {
                    action: SessionAction::Begin,
                    person: self.name(*person),
                    machine: self.keys().host(*host).name().clone(),
                    at,
                    ticket: Some((*ticket).to_owned()),
                    session: None,
                    reason: (*reason).to_owned(),
                    words: None,
                };
                only(self.by_hands(session, &[*person, *before])?)
            }
            Deed::End { begun } => only(self.end(desk, *begun, event)?),
            Deed::Noted { host, sequence, previous, note } => {
                let previous = previous.map_or(Ok(Hash([0; 32])), of)?;
                let observed = Observed { sequence: *sequence, previous, at, ..self.observed_of(*note)? };
                only(self.sign(observed, &[&self.keys().host(*host)])?)
            }
            Deed::HandOver(handed) => only(self.hand_over(handed, event)?),
            Deed::Doubt { of: doubted, reason, words: text } => {
                let text = words(text);
                let (record, reason) = (of(*doubted)?, (*reason).to_owned());
                let doubt = Challenge { record, at_box: None, reason, words: Some(sha256(&text)) };
                Ok(Sending::with(self.by_hands(doubt, &[Hand::Observer])?, Some(text)))
            }
            Deed::Answer { doubt, by, reason, words: text } => {
                let text = words(text);
                let (challenge, reason) = (of(*doubt)?, (*reason).to_owned());
                let answer = Answer { challenge, reason, words: Some(sha256(&text)) };
                Ok(Sending::with(self.by_hands(answer, &[*by])?, Some(text)))
            }
            Deed::Ask { number, reason } => {
                let asked = scrutiny(ScrutinySays::Asked, reason);
                let asked = Scrutiny { number: Some(*number), ..asked };
                only(self.sign(asked, &[&self.keys().registrar()])?)
            }
            Deed::Reply { question, is_refused, reason, words: text } => {
                let says = if *is_refused { ScrutinySays::Refused } else { ScrutinySays::Answered };
                let text = words(text);
                let question = Some(of(*question)?);
                let reply = Scrutiny { question, words: Some(sha256(&text)), ..scrutiny(says, reason) };
                Ok(Sending::with(self.sign(reply, &[&self.keys().registrar()])?, Some(text)))
            }
        }
    }

    fn desk_event(&self, desk: usize, index: usize) -> Result<&Event> {
        self.plan.desks.get(desk).and_then(|events| events.get(index)).context("no such deed")
    }

    fn name(&self, hand: Hand) -> KeyName {
        self.keys().of_hand(hand).name().clone()
    }

    fn by_hands(&self, body: impl Into<Body>, hands: &[Hand]) -> Result<Record> {
        let mut keys: Vec<SigningKey> = hands.iter().map(|hand| self.keys().of_hand(*hand)).collect();
        keys.dedup_by(|one, other| one.name() == other.name());
        self.sign(body, &keys.iter().collect::<Vec<_>>())
    }

    /// An invented hash: of a program there is nothing but its name.
    fn invented(&self, what: &str, program: Program) -> Hash {
        let Program { component, version } = program;
        let name = format!("{what} of {component} {version}");
        sha256_parts(&[b"hakiki rehearsal program v1", self.country.seed.as_bytes(), name.as_bytes()])
    }

    fn authorised(&self, program: Program) -> Software {
        Software {
            component: program.component.to_owned(),
            version: program.version.to_owned(),
            program: self.invented("program", program),
            configuration: Some(self.invented("configuration", program)),
            dependencies: Some(self.invented("dependencies", program)),
            source: Some(self.invented("source", program)),
            reason: "freeze".to_owned(),
            words: None,
        }
    }

    fn end(&self, desk: usize, begun: usize, event: &Event) -> Result<Record> {
        let Act::Deed(deed) = &self.desk_event(desk, begun)?.act else { bail!("at a desk there are deeds") };
        let Deed::Begin { person, host, .. } = &**deed else { bail!("what ends is a session") };
        let session = Session {
            action: SessionAction::End,
            person: self.name(*person),
            machine: self.keys().host(*host).name().clone(),
            at: time(event.at_seconds)?,
            ticket: None,
            session: Some(*self.deed(desk, begun)?.record.id()),
            reason: "done".to_owned(),
            words: None,
        };
        self.by_hands(session, &[*person])
    }

    /// What a machine says in a note; its number, the note before and the time are the caller's.
    fn observed_of(&self, note: Note) -> Result<Observed> {
        let code = |text: &str| Ok::<_, anyhow::Error>(Some(KeyName::new(text)?));
        let of = |event, subject| Observed {
            sequence: 0,
            previous: Hash([0; 32]),
            at: hakiki_core::text::Time::new(0, 0),
            event,
            subject,
            value: None,
            origin: None,
            moved: None,
            details: None,
        };
        let valued = |event, what: &str, program: Program| -> Result<Observed> {
            let value = Some(self.invented(what, program));
            Ok(Observed { value, ..of(event, code(program.component)?) })
        };
        Ok(match note {
            Note::Boot => of(Noted::Boot, None),
            Note::ClockAhead(seconds) => {
                Observed { moved: Some((Moved::Ahead, seconds)), ..of(Noted::Clock, None) }
            }
            Note::Program(program) => valued(Noted::Program, "program", program)?,
            Note::Configuration(program) => valued(Noted::Configuration, "configuration", program)?,
            Note::Dependencies(program) => valued(Noted::Dependencies, "dependencies", program)?,
            Note::Started(service) => of(Noted::ServiceStart, code(service)?),
            Note::Stopped(service) => of(Noted::ServiceStop, code(service)?),
            Note::Login(hand) => {
                Observed { origin: Some(Origin::Inside), ..of(Noted::Login, Some(self.name(hand))) }
            }
            Note::Sudo(hand) => of(Noted::Sudo, Some(self.name(hand))),
            Note::Logout(hand) => of(Noted::Logout, Some(self.name(hand))),
        })
    }

    fn hand_over(&self, handed: &HandOver, event: &Event) -> Result<Record> {
        let items = handed.items.iter().map(|(thing, code)| (kind(*thing), code.clone()));
        let custody = Custody {
            items: items.collect(),
            serials: handed.serials.clone(),
            station: handed.station.map(|place| self.country.stations[place].code.clone()),
            from: self.name(handed.from),
            to: self.name(handed.to),
            at: time(event.at_seconds)?,
            reason: handed.reason.to_owned(),
            words: None,
        };
        self.by_hands(custody, &[handed.from, handed.to])
    }

    /// The quorum withholds the photograph of a station's first form.
    pub(super) fn withhold(&self, station: usize) -> Result<Sending> {
        let is_image = |event: &&Event| {
            event.expected == Expected::Admitted && matches!(event.act, Act::Image { nth: 0, .. })
        };
        let image = self.plan.stations[station].events.iter().find(is_image).context("a photograph")?;
        let photograph = self.at_station(station, image)?.blobs.pop().context("a photograph is a file")?;
        let order = write_table(Table::WordsOfRecord, "words", [ORDER.to_owned()]);
        let withhold = Withhold {
            blob: sha256(&photograph),
            by: "high-court".to_owned(),
            order: Some(sha256(&order)),
            reason: "privacy-of-a-voter".to_owned(),
            words: None,
        };
        Ok(Sending::with(self.by_quorum(withhold)?, Some(order)))
    }
}

fn scrutiny(says: ScrutinySays, reason: &str) -> Scrutiny {
    Scrutiny { says, number: None, question: None, report: None, reason: reason.to_owned(), words: None }
}

fn kind(thing: Thing) -> ItemKind {
    match thing {
        Thing::Box => ItemKind::Box,
        Thing::FormBook => ItemKind::FormBook,
        Thing::Kit => ItemKind::Kit,
        Thing::Seal => ItemKind::Seal,
    }
}
