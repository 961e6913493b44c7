//! Who may sign what, where: the questions that every kind's admission asks.

use super::Ledger;
use crate::codes::{Refusal, RefusalCode, refuse};
use crate::roster::{EnrolledKey, KeyChecker, KeyIndex, Role, Scope};
use crate::table::Tables;
use hakiki_note::{Hash, KeyName};

/// What an admission sees: the ledger before this place, the signers, the tables.
pub struct Context<'a> {
    /// The ledger as it stands before `place`.
    pub ledger: &'a Ledger,
    /// The place at which the record would stand.
    pub place: u64,
    /// The signers' keys.
    pub keys: &'a [KeyIndex],
    /// Table blobs.
    pub tables: &'a dyn Tables,
    /// How claims of keys are checked.
    pub checker: &'a dyn KeyChecker,
}

/// What becomes of a record that is not refused.
#[derive(Debug)]
pub enum Verdict<T> {
    /// It has its effect.
    Admitted(T),
    /// It is visible and counts nowhere: a key that was enrolled for this station had been revoked.
    Held(T),
}

impl<T> Verdict<T> {
    /// The same verdict over another value.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Verdict<U> {
        match self {
            Self::Admitted(value) => Verdict::Admitted(with(value)),
            Self::Held(value) => Verdict::Held(with(value)),
        }
    }
}

/// Signers that suffice; or that would, were not one of them revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signers {
    /// All are in force.
    InForce,
    /// At least one was revoked before this place.
    Revoked,
}

impl Signers {
    /// The verdict that follows for a record with figures.
    pub fn verdict<T>(self, value: T) -> Verdict<T> {
        match self {
            Self::InForce => Verdict::Admitted(value),
            Self::Revoked => Verdict::Held(value),
        }
    }

    /// Refuses where a record cannot be held.
    pub fn admitted(self) -> Result<(), Refusal> {
        match self {
            Self::InForce => Ok(()),
            Self::Revoked => refuse(RefusalCode::R201, "a signer's key was revoked before this place"),
        }
    }
}

impl<'a> Context<'a> {
    fn signers(&self) -> impl Iterator<Item = &'a EnrolledKey> {
        let roster = self.ledger.roster();
        self.keys.iter().map(|index| roster.key(*index))
    }

    /// Refuses before the zero report.
    pub fn after_zero(&self) -> Result<(), Refusal> {
        match self.ledger.zero() {
            Some(_) => Ok(()),
            None => refuse(RefusalCode::R303, "the zero report has not been made"),
        }
    }

    /// Refuses in the log of an authority.
    pub fn of_nobodys_authority(&self) -> Result<(), Refusal> {
        match &self.ledger.election().authority {
            None => Ok(()),
            Some(authority) => refuse(
                RefusalCode::R307,
                format!(
                    "the authority here is {authority}, and this stands only in a log whose authority is none"
                ),
            ),
        }
    }

    /// The contest of a code.
    pub fn contest(&self, code: &str) -> Result<u16, Refusal> {
        let found = self.ledger.election().contest_index(code);
        found.ok_or_else(|| {
            Refusal::new(RefusalCode::R302, format!("there is no contest {code:?} in this election"))
        })
    }

    /// The station of a code.
    pub fn station(&self, code: &str) -> Result<u32, Refusal> {
        let found = self.ledger.register().station(code);
        found.ok_or_else(|| Refusal::new(RefusalCode::R306, format!("station {code} is in no register")))
    }

    /// The area of a code.
    pub fn area(&self, code: &str) -> Result<u32, Refusal> {
        let found = self.ledger.register().area(code);
        found.ok_or_else(|| Refusal::new(RefusalCode::R306, format!("area {code} is in no register")))
    }

    /// The form, intake or transcript of an id.
    pub fn entry(&self, id: &Hash) -> Result<u32, Refusal> {
        let found = self.ledger.entry_of(id);
        found.ok_or_else(|| Refusal::new(RefusalCode::R304, format!("the log holds no form {id}")))
    }

    /// A key by its name, revoked or not.
    pub fn key_named(&self, name: &KeyName) -> Result<KeyIndex, Refusal> {
        let found = self.ledger.roster().by_name(name.as_str());
        found.ok_or_else(|| Refusal::new(RefusalCode::R201, format!("{name} was never enrolled")))
    }

    /// One signer in force with one of the roles, whatever its scope.
    pub fn one_signer(&self, roles: &[Role]) -> Result<KeyIndex, Refusal> {
        let [index] = *self.keys else { return refuse(RefusalCode::R202, "one key signs this") };
        let key = self.ledger.roster().key(index);
        if !roles.contains(&key.role) {
            let role = key.role.as_str();
            return refuse(
                RefusalCode::R202,
                format!("{} is enrolled as {role}, which does not sign this", key.name),
            );
        }
        self.all_in_force()?;
        Ok(index)
    }

    /// Refuses where a signer was revoked before this place.
    pub fn all_in_force(&self) -> Result<(), Refusal> {
        self.in_force().admitted()
    }

    /// The log alone.
    pub fn by_log(&self) -> Result<(), Refusal> {
        match self.signers().map(|key| key.role).collect::<Vec<_>>()[..] {
            [Role::Log] => Ok(()),
            _ => refuse(RefusalCode::R202, "only the log signs this"),
        }
    }

    /// As many custodians in force as the quorum for `kind` says, and nobody else but witnesses' organisations.
    pub fn quorum(&self, kind: &str) -> Result<(), Refusal> {
        let Some(wanted) = self.ledger.quorum_for(kind) else {
            return refuse(RefusalCode::R202, format!("the election record names no quorum for {kind}"));
        };
        let mut count = 0;
        for key in self.signers() {
            match key.role {
                Role::Custodian if key.is_revoked_at(self.place) => {
                    return refuse(RefusalCode::R201, format!("{} is no custodian any more", key.name));
                }
                Role::Custodian => count += 1,
                Role::Organisation => {}
                role => {
                    return refuse(
                        RefusalCode::R202,
                        format!("{} is enrolled as {}, not as custodian", key.name, role.as_str()),
                    );
                }
            }
        }
        if count < wanted {
            return refuse(RefusalCode::R204, format!("{count} custodians sign, {kind} needs {wanted}"));
        }
        Ok(())
    }

    /// More than half of the organisations that run witnesses sign too.
    pub fn organisations_majority(&self) -> Result<(), Refusal> {
        let all = self.ledger.election().organisations.len();
        let signed = self.signers().filter(|key| key.role == Role::Organisation).count();
        if all > 0 && signed * 2 <= all {
            return refuse(
                RefusalCode::R204,
                format!("{signed} of {all} witnesses' organisations sign, more than half must"),
            );
        }
        Ok(())
    }

    /// The party that an agent's key names: one of the election record's, whose root answers for the key.
    pub fn party_of_agent<'p>(&self, party: Option<&'p str>) -> Result<&'p str, Refusal> {
        let Some(party) = party else {
            return refuse(RefusalCode::R202, "an agent's key names its party");
        };
        if self.ledger.election().parties.iter().any(|known| known.code == party) {
            return Ok(party);
        }
        refuse(RefusalCode::R202, format!("the election record has no party {party:?}"))
    }

    /// A party's root key, alone.
    pub fn party_root(&self, party: &str) -> Result<(), Refusal> {
        let is_root = |key: &EnrolledKey| key.role == Role::PartyRoot && key.party.as_deref() == Some(party);
        if self.keys.len() == 1 && self.signers().all(is_root) {
            Ok(())
        } else {
            refuse(
                RefusalCode::R202,
                format!("keys of {party}'s agents are enrolled and revoked by its root key alone"),
            )
        }
    }

    /// A returning officer in force, alone, whose area holds the scope.
    pub fn returning_officer_of(&self, scope: Scope) -> Result<(), Refusal> {
        let area = match scope {
            Scope::Station(station) => {
                self.ledger.register().stations().get(station as usize).map(|s| s.area)
            }
            Scope::Area(area) => Some(area),
            Scope::Everywhere => None,
        };
        let holds = |key: &EnrolledKey| {
            let within = area.is_some_and(|area| self.holds_area(key.scope, area));
            key.role == Role::Returning && !key.is_revoked_at(self.place) && within
        };
        if !self.keys.is_empty() && self.signers().all(holds) {
            Ok(())
        } else {
            refuse(
                RefusalCode::R202,
                "this needs the quorum, or the returning officer of the station's own area",
            )
        }
    }

    fn holds_area(&self, scope: Scope, area: u32) -> bool {
        match scope {
            Scope::Everywhere => true,
            Scope::Area(outer) => self.ledger.register().is_within(area, outer),
            Scope::Station(_) => false,
        }
    }

    fn holds_station(&self, scope: Scope, station: u32) -> bool {
        match scope {
            Scope::Station(own) => own == station,
            Scope::Everywhere => true,
            Scope::Area(outer) => {
                let station = self.ledger.register().stations().get(station as usize);
                station.is_some_and(|station| self.ledger.register().is_within(station.area, outer))
            }
        }
    }

    fn check_role_and_scope(
        &self,
        key: &EnrolledKey,
        station: u32,
        roles: &[&[Role]],
    ) -> Result<(), Refusal> {
        if !roles.iter().any(|some| some.contains(&key.role)) {
            let role = key.role.as_str();
            return refuse(
                RefusalCode::R202,
                format!("{} is enrolled as {role}, which does not sign this", key.name),
            );
        }
        if !self.holds_station(key.scope, station) {
            return refuse(RefusalCode::R203, format!("{} is not enrolled for this station", key.name));
        }
        Ok(())
    }

    /// Exactly one of each required role, any of the others, all enrolled for the station.
    pub fn station_signers(
        &self,
        station: u32,
        required: &[Role],
        also: &[Role],
    ) -> Result<Signers, Refusal> {
        for key in self.signers() {
            self.check_role_and_scope(key, station, &[required, also])?;
        }
        for role in required {
            let count = self.signers().filter(|key| key.role == *role).count();
            if count != 1 {
                return refuse(
                    RefusalCode::R204,
                    format!("{count} signers are enrolled as {}, expected one", role.as_str()),
                );
            }
        }
        Ok(self.in_force())
    }

    /// Every signer has one of the roles, for the station, and is in force.
    pub fn each_of(&self, station: u32, roles: &[Role]) -> Result<(), Refusal> {
        for key in self.signers() {
            self.check_role_and_scope(key, station, &[roles])?;
        }
        self.in_force().admitted()
    }

    /// Every signer has a role of one of the groups, whatever its scope; each group signs at least once; all are in force.
    pub fn some_of_each(&self, groups: &[&[Role]]) -> Result<(), Refusal> {
        for key in self.signers() {
            if !groups.iter().any(|roles| roles.contains(&key.role)) {
                let role = key.role.as_str();
                return refuse(
                    RefusalCode::R202,
                    format!("{} is enrolled as {role}, which does not sign this", key.name),
                );
            }
        }
        for roles in groups {
            if !self.signers().any(|key| roles.contains(&key.role)) {
                let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
                return refuse(RefusalCode::R204, format!("none of {} signs", names.join(", ")));
            }
        }
        self.in_force().admitted()
    }

    /// So many signers of a role.
    pub fn at_least(&self, role: Role, least: usize) -> Result<(), Refusal> {
        let count = self.signers().filter(|key| key.role == role).count();
        if count < least {
            let role = role.as_str();
            return refuse(
                RefusalCode::R204,
                format!("{count} signers are enrolled as {role}, expected {least}"),
            );
        }
        Ok(())
    }

    /// One signer with one of the roles, for the station.
    pub fn one_of(&self, station: u32, roles: &[Role]) -> Result<Signers, Refusal> {
        for key in self.signers() {
            self.check_role_and_scope(key, station, &[roles])?;
        }
        if self.keys.len() == 1 {
            Ok(self.in_force())
        } else {
            refuse(RefusalCode::R202, "one key signs this")
        }
    }

    /// Exactly one signer of the first roles whose area holds `area`, any of the others, all in force.
    pub fn officers_of_area(&self, area: u32, one_of: &[Role], also: &[Role]) -> Result<(), Refusal> {
        for key in self.signers() {
            if !one_of.contains(&key.role) && !also.contains(&key.role) {
                let role = key.role.as_str();
                return refuse(
                    RefusalCode::R202,
                    format!("{} is enrolled as {role}, which does not sign this", key.name),
                );
            }
            if !self.holds_area(key.scope, area) {
                return refuse(RefusalCode::R203, format!("{} is not enrolled for this area", key.name));
            }
        }
        let count = self.signers().filter(|key| one_of.contains(&key.role)).count();
        if count != 1 {
            return refuse(RefusalCode::R204, format!("{count} officers of this area sign, expected one"));
        }
        self.in_force().admitted()
    }

    fn in_force(&self) -> Signers {
        if self.signers().any(|key| key.is_revoked_at(self.place)) {
            Signers::Revoked
        } else {
            Signers::InForce
        }
    }
}
