//! Those who hold the log of a rehearsal: five witnesses of five classes, two mirrors of two, each mirror an intake too.
//!
//! Their keys follow from the country's seed like all others. Four of the five witnesses are a quorum, so that two quorums
//! meet in three.

use crate::country::Country;
use hakiki_core::Witness;
use hakiki_core::establish::organisation;
use hakiki_core::kinds::{Election, Organisation};
use hakiki_note::{KeyName, SigningKey, VerifierKey};

/// Classes of the witnesses, each run by an organisation of its own.
pub const WITNESS_CLASSES: [&str; 5] = ["commission", "court", "observers", "party", "press"];
/// How many witnesses must cosign.
pub const WITNESS_QUORUM: u32 = 4;
/// Classes of the mirrors.
pub const MIRROR_CLASSES: [&str; 2] = ["observers", "party"];

/// The keys of those who hold a country's log.
#[derive(Debug, Clone, Copy)]
pub struct Rivals<'a>(pub &'a Country);

impl Rivals<'_> {
    fn name(self, what: &str, class: &str) -> KeyName {
        let name = format!("{what}.{class}.{}.example", self.0.name.to_lowercase());
        KeyName::new(&name).expect("letters and dots are a key name")
    }

    fn seed(self, what: &str, class: &str) -> [u8; 32] {
        self.0.key_seed(&format!("{what} of {class}"))
    }

    /// The key of the organisation of a class.
    pub fn organisation(self, class: &str) -> SigningKey {
        SigningKey::from_seed(self.name("organisation", class), &self.seed("organisation", class))
    }

    /// The cosigning key of the witness of a class.
    pub fn witness(self, class: &str) -> SigningKey {
        SigningKey::cosigner_from_seed(self.name("witness", class), &self.seed("witness", class))
    }

    /// The cosigning key of the mirror of a class.
    pub fn mirror(self, class: &str) -> SigningKey {
        SigningKey::cosigner_from_seed(self.name("mirror", class), &self.seed("mirror", class))
    }

    /// The key with which the mirror of a class stamps; also that of the stamps' log.
    pub fn intake(self, class: &str) -> SigningKey {
        let name = KeyName::new(&format!("{}/stamps", self.name("mirror", class)));
        SigningKey::from_seed(
            name.expect("letters, dots and a slash are a key name"),
            &self.seed("intake", class),
        )
    }

    /// Puts all of them into an election record.
    pub fn join(self, election: &mut Election) {
        let origin = election.origin().to_owned();
        let organisations =
            WITNESS_CLASSES.map(|class| organisation(&origin, &self.organisation(class), class));
        let of = |class: &str, key: &VerifierKey| Witness {
            key: key.clone(),
            organisation: self.organisation(class).name().clone(),
        };
        election.organisations = sorted(organisations);
        election.witnesses = WITNESS_CLASSES.map(|class| of(class, self.witness(class).verifier())).into();
        election.witness_quorum = WITNESS_QUORUM;
        election.mirrors = MIRROR_CLASSES.map(|class| of(class, self.mirror(class).verifier())).into();
        election.intakes = MIRROR_CLASSES.map(|class| of(class, self.intake(class).verifier())).into();
        for all in [&mut election.witnesses, &mut election.mirrors, &mut election.intakes] {
            all.sort_by_cached_key(|one| one.key.to_string());
        }
    }
}

fn sorted(organisations: [Organisation; 5]) -> Vec<Organisation> {
    let mut organisations: Vec<_> = organisations.into();
    organisations.sort_by(|a, b| a.name.cmp(&b.name));
    organisations
}
