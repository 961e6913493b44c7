//! `observed`: what a machine noted about itself, each chained to the one before it.
//!
//! What the machine says, and no more: silence here is not evidence of absence. Details stay sealed behind a commitment.

use super::RecordKind;
use super::word::word_enum;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::Role;
use crate::text::lines::is_code;
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::{Hash, KeyName};

word_enum! {
    /// What a machine noted.
    Event {
        /// It started.
        Boot = "boot",
        /// Its clock was stepped.
        Clock = "clock",
        /// The configuration that a program runs with.
        Configuration = "configuration",
        /// The list of libraries that a program is made of.
        Dependencies = "dependencies",
        /// A watched file, by its content.
        File = "file",
        /// The recorder itself missed something.
        Gap = "gap",
        /// Somebody logged in.
        Login = "login",
        /// Somebody logged out.
        Logout = "logout",
        /// A package came, went or changed.
        Package = "package",
        /// The program that runs, by its bytes.
        Program = "program",
        /// A quote of the machine's security chip.
        Quote = "quote",
        /// A service started.
        ServiceStart = "service-start",
        /// A service stopped.
        ServiceStop = "service-stop",
        /// Somebody acted with the rights of the system.
        Sudo = "sudo",
    }
}

word_enum! {
    /// From where a login came, as a class and no more.
    Origin {
        /// From elsewhere.
        Elsewhere = "elsewhere",
        /// From inside.
        Inside = "inside",
    }
}

word_enum! {
    /// Where a clock was moved to.
    Moved {
        /// Ahead.
        Ahead = "ahead",
        /// Back.
        Back = "back",
    }
}

/// The subject of a login, logout or sudo by somebody who has no key.
pub const UNREGISTERED: &str = "unregistered";

impl Event {
    /// Whether its subject is a person: a key name, or [`UNREGISTERED`].
    pub fn is_of_person(self) -> bool {
        matches!(self, Self::Login | Self::Logout | Self::Sudo)
    }

    /// Whether it is one that a session must cover: F501.
    pub fn needs_session(self) -> bool {
        matches!(self, Self::Login | Self::Sudo)
    }

    /// Whether it is compared with what is authorised: F502.
    pub fn is_of_software(self) -> bool {
        matches!(self, Self::Program | Self::Configuration | Self::Dependencies)
    }

    fn needs_value(self) -> bool {
        self.is_of_software() || matches!(self, Self::File | Self::Quote)
    }

    fn needs_subject(self) -> bool {
        let named = matches!(self, Self::Package | Self::ServiceStart | Self::ServiceStop);
        named || self.needs_value() || self.is_of_person()
    }
}

/// An observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed {
    /// Its number among this host's, from 1.
    pub sequence: u32,
    /// The record id of this host's observation before it; zeros for the first.
    pub previous: Hash,
    /// When, by the machine's clock.
    pub at: Time,
    /// What.
    pub event: Event,
    /// Of what: a person's key name or `unregistered` for a login, logout or sudo, else a code.
    pub subject: Option<KeyName>,
    /// SHA-256 of what was seen.
    pub value: Option<Hash>,
    /// From where a login came.
    pub origin: Option<Origin>,
    /// Where a clock was moved to, and by how many seconds.
    pub moved: Option<(Moved, u32)>,
    /// Commitment to details that stay sealed.
    pub details: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("sequence", &[A::Number], "its number among this host's observations, from 1"),
    Field::one(
        "previous",
        &[A::Id],
        "record id of this host's observation before it; 64 zeros for the first",
    ),
    Field::one("at", &[A::Time], "when, by the machine's clock"),
    Field::one("event", &[A::Word(Event::WORDS)], "what was noted"),
    Field::optional(
        "subject",
        &[A::KeyName],
        "of what; for `login`, `logout` and `sudo` the person's key name or `unregistered`, for all others a code",
    ),
    Field::optional(
        "value",
        &[A::Id],
        "SHA-256 of what was seen: no blob, but for `quote`, where it is the blob with the text of the quote",
    ),
    Field::optional("origin", &[A::Word(Origin::WORDS)], "from where a login came"),
    Field::optional(
        "moved",
        &[A::Word(Moved::WORDS), A::Number],
        "where the clock was moved to, and by how many seconds",
    ),
    Field::optional("details", &[A::Id], "commitment to details that stay sealed: a SHA-256, no blob"),
];

impl RecordKind for Observed {
    const NAME: &'static str = "observed";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str = "one `host`, which is the machine";
    const EFFECT: &'static str = "listed by host; F501 for a login without a session, F502 where a program, configuration or list of dependencies is not the one authorised";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read, each R105: `sequence` is at least 1; `subject` stands for `configuration`, `dependencies`, `file`, `login`, `logout`, `package`, `program`, `quote`, `service-start`, `service-stop`, `sudo`, and may stand for the others; `value` stands for `configuration`, `dependencies`, `file`, `program`, `quote`, and may stand for the others; `origin` stands only for `login`, and may be absent; `moved` stands if and only if the event is `clock`; a `subject` of any event but `login`, `logout`, `sudo` is a code",
        "There is one signer: R202; its role is `host`: R202; it is not revoked: R201",
        "Last of this host: the admitted observation with the largest `sequence` that this key signed; sequence 0 and 64 zeros if there is none. `sequence` is greater than the last: R308. If it is the last plus 1, `previous` is the record id of the last (64 zeros if there is none): R308. If it is more, `previous` may be anything: the jump is listed as a gap",
        "`at` is compared with nothing; `zero` need not stand",
    ];
    type Prepared = ();

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let moved = lines.optional("moved").map(|mut a| Ok((Moved::parse(a.word()?)?, a.number()?)));
        let observed = Self {
            sequence: lines.one("sequence").number()?,
            previous: lines.one("previous").id()?,
            at: lines.one("at").time()?,
            event: Event::parse(lines.one("event").word()?)?,
            subject: lines.optional("subject").map(|mut a| a.key_name()).transpose()?,
            value: lines.optional("value").map(|mut a| a.id()).transpose()?,
            origin: lines.optional("origin").map(|mut a| Origin::parse(a.word()?)).transpose()?,
            moved: moved.transpose()?,
            details: lines.optional("details").map(|mut a| a.id()).transpose()?,
        };
        match observed.fault() {
            Some(fault) => refuse(RefusalCode::R105, format!("{}: {fault}", observed.event.as_str())),
            None => Ok(observed),
        }
    }

    fn write(&self, w: &mut Writer) {
        w.line("sequence", self.sequence).line("previous", self.previous).line("at", self.at);
        w.line("event", self.event.as_str()).optional("subject", self.subject.as_ref());
        w.optional("value", self.value.as_ref()).optional("origin", self.origin.map(Origin::as_str));
        let moved = self.moved.map(|(moved, seconds)| format!("{} {seconds}", moved.as_str()));
        w.optional("moved", moved).optional("details", self.details.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.value.filter(|_| self.event == Event::Quote).into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<()>, Refusal> {
        let host = context.one_signer(&[Role::Host])?;
        let (sequence, id) = context.ledger.last_observation(host);
        if self.sequence <= sequence {
            let own = self.sequence;
            return refuse(RefusalCode::R308, format!("sequence {own} does not follow {sequence}"));
        }
        if self.sequence - sequence == 1 && self.previous != id {
            return refuse(RefusalCode::R308, format!("`previous` is not {id}, this host's last"));
        }
        Ok(Verdict::Admitted(()))
    }

    fn apply(self, (): (), applied: &Applied, ledger: &mut Ledger) {
        ledger.note_observation(applied, self);
    }
}

impl Observed {
    /// What its event lacks, or has and may not have.
    fn fault(&self) -> Option<&'static str> {
        let event = self.event;
        let is_named =
            self.subject.as_ref().is_none_or(|name| event.is_of_person() || is_code(name.as_str()));
        let asked = [
            (self.sequence > 0, "`sequence` begins at 1"),
            (self.subject.is_some() || !event.needs_subject(), "`subject` is missing"),
            (self.value.is_some() || !event.needs_value(), "`value` is missing"),
            (self.origin.is_none() || event == Event::Login, "`origin` stands only for a login"),
            (self.moved.is_some() == (event == Event::Clock), "`moved` stands for a clock, and only there"),
            (is_named, "`subject` is no code"),
        ];
        asked.into_iter().find(|(holds, _)| !holds).map(|(_, fault)| fault)
    }
}
