//! The plays, one function each, by the codes of the threat list.

mod admission;
mod claims;
mod flood;
mod forks;
mod incidents;
mod paper_audit;
mod papers;
mod receipts;
mod rules;
mod servers;
mod signatures;
mod storage;
mod witnesses;

use crate::arena::Arena;
use crate::outcome::Seen;
use crate::stranger::unique;
use anyhow::Result;
use hakiki_core::Record;
use hakiki_rehearsal::founding::Founded;
use std::path::PathBuf;

/// What a play needs: the program, and a seed for its country.
pub struct Ground {
    /// The program under test.
    pub program: PathBuf,
    /// The seed.
    pub seed: String,
}

impl Ground {
    fn new_arena(&self) -> Result<Arena> {
        Arena::new(&self.program, &format!("{}-{}", self.seed, unique()))
    }

    /// A log with its own limits of time. Nothing runs yet.
    pub fn founded(&self, founded: Founded) -> Result<Arena> {
        Arena::founded(&self.program, &format!("{}-{}", self.seed, unique()), founded)
    }

    /// Node, five witnesses, two mirrors.
    pub fn full(&self) -> Result<Arena> {
        Arena::full(&self.program, &format!("{}-{}", self.seed, unique()))
    }

    /// Node and witnesses: for what admission decides.
    fn with_node(&self) -> Result<Arena> {
        let mut arena = self.new_arena()?;
        for class in hakiki_rehearsal::rivals::WITNESS_CLASSES {
            arena.start_witness(class)?;
        }
        arena.start_node()?;
        Ok(arena)
    }

    fn another_election(&self) -> Result<Record> {
        let other = self.new_arena()?;
        admission::of_another_election(&other.country, &other)
    }
}

/// An attack.
pub struct Play {
    /// Its code in the threat list.
    pub code: &'static str,
    /// In words.
    pub title: &'static str,
    /// The attacker's power.
    pub power: &'static str,
    /// Whether it belongs to the sample that is played at each change.
    pub in_sample: bool,
    /// Plays it.
    pub run: fn(&Ground) -> Result<Seen>,
}

macro_rules! plays {
    ($($code:literal $sample:literal $title:literal $power:literal $play:path;)+) => {
        /// Every play, by its code.
        pub const PLAYS: &[Play] = &[$(
            Play { code: $code, title: $title, power: $power, in_sample: $sample, run: $play },
        )+];
    };
}

plays! {
    "T01" true "edit a logged form in storage" "operator" storage::t01;
    "T02" true "rebuild the log with one form changed" "operator" forks::t02;
    "T03" false "show A one log and B another" "operator" forks::t03;
    "T04" true "drop a form after its receipt" "operator" receipts::t04;
    "T05" true "swallow a form before its receipt" "operator, who owns the network" receipts::t05;
    "T06" false "back-date a form" "operator and officer" claims::t06;
    "T07" false "replay to another station or election" "network" admission::t07;
    "T08" false "send twice; send two" "officer" admission::t08;
    "T09" false "unknown kit, revoked key, another's kit" "outsider" admission::t09;
    "T10" false "swap a picture after publication" "operator" servers::t10;
    "T11" false "false figures from the station" "officer" claims::t11;
    "T12" true "move votes between candidates, total kept, all sign" "officer and all agents" paper_audit::t12;
    "T13" false "a second form book" "officer" servers::t13;
    "T14" false "10,000 more at collation" "clerk" papers::t14;
    "T16" true "program changed during the count" "vendor, honest host" servers::t16;
    "T17" true "supplier's session by night without a ticket" "vendor, honest host" servers::t17;
    "T18" false "results fed by another machine" "operator" servers::t18;
    "T19" true "restore yesterday's backup and go on" "operator or accident" forks::t19;
    "T20" false "cut the last entries" "operator" storage::t20;
    "T21" false "another election's log, or a forged one, for a court" "anyone" servers::t21;
    "T22" false "swap the register" "operator" servers::t22;
    "T23" false "stop publishing while forms arrive" "operator" receipts::t23;
    "T24" false "hostile upload" "outsider" admission::t24;
    "T25" false "flood of submissions and reads" "outsider, enrolled key" flood::t25;
    "T26" true "kill -9, a write that fails" "fault" storage::t26;
    "T27" false "lying or absent witness" "witness" witnesses::t27;
    "T28" false "two sequencers after a failover" "fault" forks::t28;
    "T29" false "strip signatures, add junk" "relay, operator" admission::t29;
    "T30" false "revoke an officer just before the form comes" "operator and quorum" admission::t30;
    "T31" false "bomb contests with second forms" "thief of kits" admission::t31;
    "T32" false "late keys for friendly forms" "quorum" admission::t32;
    "T33" false "false turnout to have a station disregarded" "one key" papers::t33;
    "T34" false "serve yesterday for ever" "operator, network" forks::t34;
    "T35" false "one witness signs two histories" "witness, operator" rules::t35;
    "T36" false "heads cosigned, entries never published" "operator" forks::t36;
    "T37" false "newer rules accuse yesterday's admission" "mistake" rules::t37;
    "T38" true "signatures that only some programs accept" "officer" signatures::t38;
    "T39" true "frame the operator" "rival with the log's key" claims::t39;
    "X20" false "last election's log offered as evidence" "anyone" receipts::x20;
    "X09" false "one serial printed on two kits" "supplier, by mistake" incidents::x09;
    "X21" false "one official's key used from two places, 9,000 times" "official" incidents::x21;
    "X23" false "publication paused while forms arrive" "quorum" incidents::x23;
    "X24" false "four of seven commissioners dissent" "commissioners" incidents::x24;
    "gone" true "the node vanishes in the middle of the night" "operator or accident" receipts::gone;
    "T42" false "change the witness policy to friends" "quorum" admission::t42;
}
