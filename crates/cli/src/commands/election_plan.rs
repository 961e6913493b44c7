//! The plan of an election as a person writes it (TOML), and the record that it becomes.

use anyhow::{Context, Result, anyhow, bail};
use base64::Engine as _;
use hakiki_core::kinds::{
    BoxName, Contest, Custodian, Election, Kind, Mode, Organisation, Party, RuleName, Spread, Witness,
    rules_vectors,
};
use hakiki_core::record::Signer;
use hakiki_core::text::{Date, Time};
use hakiki_note::{BASE64, KeyName, PublicKey};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A plan. Keys come with the proofs that `keygen --origin` printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    title: String,
    mode: String,
    authority: String,
    log_key: String,
    polling_day: String,
    counting_from: String,
    #[serde(default = "merge_delay")]
    merge_delay_seconds: u32,
    #[serde(default = "head_age")]
    head_age_seconds: u32,
    levels: Vec<String>,
    /// None in a log of claims.
    #[serde(default, rename = "contest")]
    contests: Vec<ContestPlan>,
    #[serde(rename = "custodian")]
    custodians: Vec<PinnedKey>,
    #[serde(rename = "party", default)]
    parties: Vec<PinnedKey>,
    quorums: BTreeMap<String, u32>,
    #[serde(rename = "organisation", default)]
    organisations: Vec<PinnedKey>,
    #[serde(rename = "witness", default)]
    witnesses: Vec<WitnessPlan>,
    #[serde(default)]
    witness_quorum: u32,
    #[serde(rename = "mirror", default)]
    mirrors: Vec<WitnessPlan>,
    #[serde(rename = "intake", default)]
    intakes: Vec<WitnessPlan>,
    signers: Vec<String>,
}

fn merge_delay() -> u32 {
    600
}

fn head_age() -> u32 {
    300
}

/// As many custodians plan audits, authorise software and withhold a file as sign the election record, where the plan does not say.
fn with_defaults(mut quorums: BTreeMap<String, u32>) -> BTreeMap<String, u32> {
    if let Some(of_election) = quorums.get("election").copied() {
        for kind in ["audit-plan", "software", "withhold"] {
            quorums.entry(kind.to_owned()).or_insert(of_election);
        }
    }
    quorums
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContestPlan {
    code: String,
    title: String,
    rule: String,
    boxes: Vec<String>,
    cap: Option<u32>,
    declared_at: Option<String>,
    majority: Option<(u32, u32)>,
    share: Option<(u32, u32)>,
    areas_at_least: Option<u32>,
    level: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PinnedKey {
    /// A custodian's organisation, a party's code, or the class of an organisation that runs witnesses.
    of: String,
    name: String,
    key: String,
    proof: String,
}

/// A witness, a mirror or an intake.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WitnessPlan {
    /// The key name of its organisation.
    of: String,
    /// Its verifier key.
    key: String,
}

impl WitnessPlan {
    fn read_all(all: &[Self]) -> Result<Vec<Witness>> {
        let read = |one: &Self| {
            let key = one.key.parse().with_context(|| format!("the key {:?}", one.key))?;
            Ok(Witness { key, organisation: KeyName::new(&one.of)? })
        };
        let mut read = all.iter().map(read).collect::<Result<Vec<_>>>()?;
        read.sort_by_cached_key(|one| one.key.to_string());
        Ok(read)
    }
}

impl PinnedKey {
    fn read(&self) -> Result<(KeyName, PublicKey, [u8; 64])> {
        let proof = BASE64.decode(&self.proof).with_context(|| format!("the proof of {}", self.name))?;
        let proof = proof.try_into().map_err(|_| anyhow!("the proof of {} is not 64 bytes", self.name))?;
        Ok((KeyName::new(&self.name)?, PublicKey::from_base64(&self.key)?, proof))
    }
}

impl ContestPlan {
    fn read(self) -> Result<Contest> {
        let rule = match self.rule.as_str() {
            "plurality" => RuleName::Plurality,
            "majority-with-spread" => RuleName::MajorityWithSpread,
            "totals-only" => RuleName::TotalsOnly,
            other => bail!("contest {}: no rule is called {other:?}", self.code),
        };
        let spread = match (self.majority, self.share, self.areas_at_least, self.level) {
            (Some(majority), Some(share), Some(areas_at_least), Some(level)) => {
                Some(Spread { majority, share, areas_at_least, level })
            }
            (None, None, None, None) => None,
            _ => bail!("contest {}: majority, share, areas_at_least and level go together", self.code),
        };
        let boxes = self.boxes.iter().map(|name| Ok(BoxName::parse(name)?)).collect::<Result<_>>()?;
        let (code, title, cap, declared_at) = (self.code, self.title, self.cap, self.declared_at);
        Ok(Contest { code, rule, title, spread, boxes, cap, declared_at })
    }
}

impl Plan {
    /// The record's content and its signers, ascending by name.
    pub fn into_election(self) -> Result<(Election, Vec<Signer>)> {
        let mut custodians = Vec::new();
        for key in &self.custodians {
            let (name, public, possession) = key.read()?;
            custodians.push(Custodian { name, key: public, organisation: key.of.clone(), possession });
        }
        custodians.sort_by(|a, b| a.name.cmp(&b.name));
        let mut parties = Vec::new();
        for key in &self.parties {
            let (name, public, possession) = key.read()?;
            parties.push(Party { code: key.of.clone(), name, key: public, possession });
        }
        parties.sort_by(|a, b| a.code.cmp(&b.code));
        let mut organisations = Vec::new();
        for key in &self.organisations {
            let (name, public, acceptance) = key.read()?;
            organisations.push(Organisation { class: key.of.clone(), name, key: public, acceptance });
        }
        organisations.sort_by(|a, b| a.name.cmp(&b.name));
        let mut signers = Vec::new();
        for name in &self.signers {
            let custodian = custodians.iter().find(|custodian| custodian.name.as_str() == name);
            let custodian =
                custodian.with_context(|| format!("signer {name} is no custodian of this plan"))?;
            signers.push(Signer { name: custodian.name.clone(), key_hash: custodian.key.hash() });
        }
        signers.sort_by(|a, b| a.name.cmp(&b.name));
        let mode = match self.mode.as_str() {
            "live" => Mode::Live,
            "rehearsal" => Mode::Rehearsal,
            other => bail!("mode is live or rehearsal, found {other:?}"),
        };
        let mut contests = self.contests.into_iter().map(ContestPlan::read).collect::<Result<Vec<_>>>()?;
        contests.sort_by(|a, b| a.code.cmp(&b.code));
        // Without a contest of its own it is a log of what others say.
        let is_of_claims = self.authority == "none" && contests.is_empty();
        let kinds = Kind::ALL.iter().copied().filter(|kind| is_of_claims || !Kind::SAID.contains(kind));
        let admits = kinds.map(Kind::name_and_version).collect();
        let polling_day = Date::parse(&self.polling_day);
        let counting_from = Time::parse(&self.counting_from);
        let election = Election {
            title: self.title,
            mode,
            authority: (self.authority != "none").then_some(self.authority),
            log_key: self.log_key.parse()?,
            polling_day: polling_day
                .with_context(|| format!("polling_day {:?} is no date", self.polling_day))?,
            counting_from: counting_from
                .with_context(|| format!("counting_from {:?} is no time with offset", self.counting_from))?,
            merge_delay_seconds: self.merge_delay_seconds,
            head_age_seconds: self.head_age_seconds,
            rules: (1, rules_vectors()),
            follows: None,
            admits,
            levels: (0..).zip(self.levels).collect(),
            contests,
            custodians,
            quorums: with_defaults(self.quorums),
            parties,
            organisations,
            witnesses: WitnessPlan::read_all(&self.witnesses)?,
            witness_quorum: self.witness_quorum,
            mirrors: WitnessPlan::read_all(&self.mirrors)?,
            intakes: WitnessPlan::read_all(&self.intakes)?,
        };
        Ok((election, signers))
    }
}
