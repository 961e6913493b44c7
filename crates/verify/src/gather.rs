//! Every head of the log that can be known: served beside the checkpoint, remembered, given, in receipts, of witnesses
//! and mirrors, and in `head` records. Only heads that the log's key signed are taken.

use crate::compare::Tiles;
use crate::fetch::{FetchError, Fetcher, Object};
use crate::head::ReadHead;
use crate::known::Given;
use crate::options::Source;
use crate::outside::{Outside, open_receipt};
use crate::tree::width_in;
use hakiki_core::kinds::Body;
use hakiki_core::{Ledger, Record};
use hakiki_messages::Message;
use hakiki_note::{Hash, Note, SignatureLine, sha256};
use hakiki_tlog::bundle::entries;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;
use hakiki_tlog::proof::verify_consistency;
use hakiki_tlog::receipt::VerifiedReceipt;
use hakiki_tlog::tile::{TILE_WIDTH, TilePath};

/// A head, and who knows it.
pub(crate) struct KnownHead {
    pub(crate) who: String,
    pub(crate) checkpoint: VerifiedCheckpoint,
    /// Asked for during this run, so that the log may have grown in between.
    pub(crate) is_now: bool,
    /// Served beside the checkpoint.
    pub(crate) is_served: bool,
    /// That it continues the head that was read, as a file says.
    pub(crate) proof: Option<Vec<Hash>>,
    /// Set by V06.
    pub(crate) agrees: bool,
}

impl KnownHead {
    /// Whether a proof that came with it shows that it continues a head.
    pub(crate) fn is_proved_behind(&self, own: &VerifiedCheckpoint) -> bool {
        let (own, head) = (own.head(), self.checkpoint.head());
        let holds = |proof: &Vec<Hash>| verify_consistency(&own, &head, proof).is_ok();
        head.size > own.size && self.proof.as_ref().is_some_and(holds)
    }
}

/// All that was gathered.
pub(crate) struct Gathered {
    pub(crate) heads: Vec<KnownHead>,
    /// Tiles of mirrors, for what the source does not show.
    pub(crate) mirrors: Vec<Tiles<'static>>,
    pub(crate) receipts: Vec<(Given, VerifiedReceipt)>,
    /// What was given and is no head of this log.
    pub(crate) bad_heads: Vec<Message>,
    pub(crate) bad_receipts: Vec<Message>,
    /// Who could not be asked.
    pub(crate) unasked: Option<Message>,
    /// The source is an archive without annex.
    pub(crate) lacks_annex: bool,
}

impl Gathered {
    /// Gathers, each source in turn.
    pub(crate) fn of(outside: &Outside<'_>, read: &ReadHead) -> Self {
        let mut gathered = Self {
            heads: Vec::new(),
            mirrors: Vec::new(),
            receipts: Vec::new(),
            bad_heads: Vec::new(),
            bad_receipts: Vec::new(),
            unasked: None,
            lacks_annex: read.lacks_annex,
        };
        for beside in &read.beside {
            // A damaged file beside the checkpoint says nothing about the log; V03 then lacks it.
            if let Ok(checkpoint) = outside.open(&beside.bytes) {
                let (who, proof) = (beside.who.clone(), beside.proof.clone());
                let (is_now, is_served) = (true, true);
                gathered.heads.push(KnownHead { who, checkpoint, is_now, is_served, proof, agrees: true });
            }
        }
        gathered.given(outside);
        gathered.asked(outside);
        gathered.recorded(outside);
        gathered
    }

    fn add(&mut self, who: &str, checkpoint: VerifiedCheckpoint, is_now: bool) {
        let who = who.to_owned();
        let (is_served, proof) = (false, None);
        self.heads.push(KnownHead { who, checkpoint, is_now, is_served, proof, agrees: true });
    }

    fn given(&mut self, outside: &Outside<'_>) {
        let known = outside.known;
        if known.memory.election.is_some_and(|of| of != outside.trust.election) {
            self.bad_heads.push(Message::new("verify.v06.other_memory"));
        } else {
            let remembered = known.memory.heads.iter();
            let bytes = |head: &String| Given { name: "memory".to_owned(), bytes: head.clone().into_bytes() };
            for head in remembered {
                self.take(outside, &bytes(head), false);
            }
        }
        for head in &known.heads {
            self.take(outside, head, false);
        }
        for given in &known.receipts {
            match open_receipt(given, &outside.trust.log_key) {
                Ok(receipt) => {
                    self.add(&given.name, receipt.checkpoint().clone(), false);
                    self.receipts.push((given.clone(), receipt));
                }
                Err(why) => self.bad_receipts.push(why),
            }
        }
    }

    fn take(&mut self, outside: &Outside<'_>, given: &Given, is_now: bool) {
        match outside.open(&given.bytes) {
            Ok(checkpoint) => self.add(&given.name, checkpoint, is_now),
            Err(why) => {
                let message = Message::new("verify.v06.no_head").with("who", given.name.as_str());
                self.bad_heads.push(message.with("why", why));
            }
        }
    }

    /// Witnesses and mirrors, as far as they answer.
    fn asked(&mut self, outside: &Outside<'_>) {
        let origin = sha256(outside.own.origin().as_str().as_bytes());
        let witnesses = outside.known.witnesses.iter().map(|address| (address, false));
        for (address, is_mirror) in
            witnesses.chain(outside.known.mirrors.iter().map(|address| (address, true)))
        {
            let fetcher = match Fetcher::open(&Source::Url(address.clone())) {
                Ok(fetcher) => fetcher,
                Err(error) => {
                    self.lacks(address, &error);
                    continue;
                }
            };
            match fetcher.get(&Object::LastCosigned(origin)) {
                Ok(bytes) => self.take(outside, &Given { name: address.clone(), bytes }, true),
                Err(error) => self.lacks(address, &error),
            }
            if is_mirror {
                self.mirrors.push(Tiles::of(fetcher));
            }
        }
    }

    fn lacks(&mut self, address: &str, error: &FetchError) {
        let message = Message::new("verify.v06.unasked").with("who", address).with("why", error.to_string());
        self.unasked.get_or_insert(message);
    }

    /// The heads that the log itself carries. Those whose record cannot be read are not known.
    fn recorded(&mut self, outside: &Outside<'_>) {
        for entry in outside.ledger.into_iter().flat_map(Ledger::heads) {
            if let Some(checkpoint) = outside.recorded_head(entry.place) {
                self.add(&format!("head record {}", entry.place), checkpoint, false);
            }
        }
    }
}

impl Outside<'_> {
    fn open(&self, bytes: &[u8]) -> Result<VerifiedCheckpoint, String> {
        VerifiedCheckpoint::open(bytes, &self.trust.log_key).map_err(|error| error.to_string())
    }

    /// The checkpoint that the `head` record at a place carries, as a note.
    pub(crate) fn recorded_head(&self, place: u64) -> Option<VerifiedCheckpoint> {
        let index = place / u64::from(TILE_WIDTH);
        let path = TilePath::Entries { index, width: width_in(index, self.own.head().size) };
        let (full, partial) = (path.full(), self.tiles.read(path));
        let bundle = partial.or_else(|| self.tiles.read(full))?;
        let within = usize::try_from(place % u64::from(TILE_WIDTH)).ok()?;
        let record = Record::parse(entries(&bundle).nth(within)?.ok()?).ok()?;
        let Body::HeadRecord(head) = record.body() else { return None };
        let log = &self.trust.log_key;
        let signature = head.log_signature.to_vec();
        let mut signatures = vec![SignatureLine { name: log.name().clone(), id: log.id(), signature }];
        for (name, signature) in &head.cosignatures {
            let cosigners = self.trust.policies.at(head.head.size).cosigners();
            if let Some(key) = cosigners.iter().find(|key| key.name() == name) {
                let (name, signature) = (name.clone(), signature.clone());
                signatures.push(SignatureLine { name, id: key.id(), signature });
            }
        }
        let text = head.checkpoint_text(log.name().as_str());
        self.open(Note { text, signatures }.to_text().as_bytes()).ok()
    }
}
