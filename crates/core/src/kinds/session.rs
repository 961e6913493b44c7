//! `session`: a privileged session of a person on a named machine begins or ends: why, and with which ticket.
//!
//! It is what people say. What the machine itself noted is an `observed` record; the two are compared (F501).

use super::RecordKind;
use super::word::word_enum;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::ledger::{Applied, Context, Ledger, Verdict};
use crate::roster::{KeyIndex, Role};
use crate::text::{Argument as A, Field, Lines, Time, Writer};
use hakiki_note::{Hash, KeyName};

word_enum! {
    /// What happens to a session.
    SessionAction {
        /// It begins.
        Begin = "begin",
        /// It ends.
        End = "end",
    }
}

/// A session record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whether it begins or ends.
    pub action: SessionAction,
    /// Whose session: a key name.
    pub person: KeyName,
    /// On which machine: usually a host's key name.
    pub machine: KeyName,
    /// When, by the signers' clocks.
    pub at: Time,
    /// Under which ticket; only where it begins.
    pub ticket: Option<String>,
    /// The record that began it; only where it ends.
    pub session: Option<Hash>,
    /// Why, as a code.
    pub reason: String,
    /// Free text, as a blob.
    pub words: Option<Hash>,
}

const SHAPE: &[Field] = &[
    Field::one("action", &[A::Word(SessionAction::WORDS)], "what happens"),
    Field::one("person", &[A::KeyName], "whose session"),
    Field::one("machine", &[A::KeyName], "on which machine; usually a host's key name"),
    Field::one("at", &[A::Time], "when, by the signers' clocks"),
    Field::optional("ticket", &[A::Code], "under which ticket; only in `begin`"),
    Field::optional("session", &[A::Id], "the record that began it; in `end`, and only there"),
    Field::one("reason", &[A::Code], "why"),
    Field::optional("words", &[A::Blob], "free text"),
];

/// Whose sessions are privileged.
const PEOPLE: &[Role] = &[Role::Administrator, Role::Vendor];
/// Who may countersign one.
const COUNTERSIGNERS: &[Role] = &[
    Role::Administrator,
    Role::Custodian,
    Role::Commissioner,
    Role::Observer,
    Role::Agent,
    Role::Registrar,
    Role::Returning,
];

/// What admission found out about a session record.
pub enum PreparedSession {
    /// It begins: the person and the countersigner.
    Begin(KeyIndex, Option<KeyIndex>),
    /// It ends: which, by its index among the sessions.
    End(u32),
}

impl RecordKind for Session {
    const NAME: &'static str = "session";
    const VERSION: u32 = 1;
    const SHAPE: &'static [&'static [Field]] = &[SHAPE];
    const SIGNED_BY: &'static str =
        "begin: the person, and a countersigner or none; end: the person, a countersigner, or both";
    const EFFECT: &'static str = "listed; F501 where it has no countersigner, no ticket or no end, or where a login was observed without one";
    const LAW: &'static str = "";
    const ASKS: &'static [&'static str] = &[
        "As it is read: `session` stands if and only if the action is `end`: R105; `ticket` stands only if it is `begin`: R105",
        "A countersigner is a signer other than `person` with the role `administrator`, `custodian`, `commissioner`, `observer`, `agent`, `registrar` or `returning`, whatever its scope",
        "`begin`: `person` is the name of a key in the roster: R201; its role is `administrator` or `vendor`: R202; it is one of the signers: R204. Every other signer is a countersigner: R202; there is at most one: R202. Then no signer is revoked: R201",
        "`end`: `session` is an admitted `begin` in the log: R304; its `person` is this `person`: R308; its `machine` is this `machine`: R308; no `end` of it is in the log: R308. Every signer other than the person is a countersigner: R202; there is at most one countersigner: R202. Then no signer is revoked: R201. The person need not sign, and may be revoked if it does not",
        "`at` is compared with nothing; `zero` need not stand",
    ];
    type Prepared = PreparedSession;

    fn read(lines: &Lines) -> Result<Self, Refusal> {
        let action = SessionAction::parse(lines.one("action").word()?)?;
        let session = lines.optional("session").map(|mut a| a.id()).transpose()?;
        if session.is_some() != (action == SessionAction::End) {
            return refuse(RefusalCode::R105, "`session` stands in `end` and nowhere else");
        }
        let ticket = lines.optional("ticket").map(|mut a| a.word().map(str::to_owned)).transpose()?;
        if ticket.is_some() && action == SessionAction::End {
            return refuse(RefusalCode::R105, "`ticket` stands only in `begin`");
        }
        Ok(Self {
            action,
            person: lines.one("person").key_name()?,
            machine: lines.one("machine").key_name()?,
            at: lines.one("at").time()?,
            ticket,
            session,
            reason: lines.one("reason").word()?.to_owned(),
            words: lines.optional("words").map(|mut a| a.blob()).transpose()?,
        })
    }

    fn write(&self, w: &mut Writer) {
        w.line("action", self.action.as_str()).line("person", &self.person).line("machine", &self.machine);
        w.line("at", self.at).optional("ticket", self.ticket.as_ref());
        w.optional("session", self.session.as_ref()).line("reason", &self.reason);
        w.optional_blob("words", self.words.as_ref());
    }

    fn blobs(&self) -> Vec<Hash> {
        self.words.into_iter().collect()
    }

    fn admit(&self, context: &Context<'_>) -> Result<Verdict<PreparedSession>, Refusal> {
        let prepared = match &self.session {
            None => self.begin(context)?,
            Some(session) => self.end(context, session)?,
        };
        context.all_in_force()?;
        Ok(Verdict::Admitted(prepared))
    }

    fn apply(self, prepared: PreparedSession, applied: &Applied, ledger: &mut Ledger) {
        match prepared {
            PreparedSession::Begin(person, countersigner) => {
                ledger.note_session(applied, self, person, countersigner);
            }
            PreparedSession::End(index) => ledger.note_session_end(applied, self, index),
        }
    }
}

impl Session {
    fn begin(&self, context: &Context<'_>) -> Result<PreparedSession, Refusal> {
        let person = context.key_named(&self.person)?;
        let key = context.ledger.roster().key(person);
        if !PEOPLE.contains(&key.role) {
            let role = key.role.as_str();
            return refuse(
                RefusalCode::R202,
                format!("{} is enrolled as {role}, which has no sessions", key.name),
            );
        }
        if !context.keys.contains(&person) {
            return refuse(RefusalCode::R204, format!("{} does not sign its own session", key.name));
        }
        Ok(PreparedSession::Begin(person, countersigner(context, person)?))
    }

    fn end(&self, context: &Context<'_>, session: &Hash) -> Result<PreparedSession, Refusal> {
        let Some(index) = context.ledger.session_of(session) else {
            return refuse(RefusalCode::R304, format!("the log holds no beginning of a session {session}"));
        };
        let begun = &context.ledger.sessions()[index as usize];
        if context.ledger.roster().key(begun.person).name != self.person || begun.machine != self.machine {
            return refuse(RefusalCode::R308, "the session is of another person or machine");
        }
        if let Some(end) = &begun.end {
            return refuse(RefusalCode::R308, format!("the session ended already, at place {}", end.place));
        }
        countersigner(context, begun.person)?;
        Ok(PreparedSession::End(index))
    }
}

/// The signer besides the person, if there is one.
fn countersigner(context: &Context<'_>, person: KeyIndex) -> Result<Option<KeyIndex>, Refusal> {
    let others: Vec<KeyIndex> = context.keys.iter().copied().filter(|key| *key != person).collect();
    for key in others.iter().map(|other| context.ledger.roster().key(*other)) {
        if !COUNTERSIGNERS.contains(&key.role) {
            let role = key.role.as_str();
            return refuse(
                RefusalCode::R202,
                format!("{} is enrolled as {role}, which countersigns no session", key.name),
            );
        }
    }
    match others[..] {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        _ => refuse(RefusalCode::R202, "a session has at most one countersigner"),
    }
}
