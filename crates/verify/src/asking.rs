//! What stands in an annex: everybody who can be asked is asked for their head of the log, and what they give is compared
//! with the archive's, with a proof where it is larger.

use crate::compare::{Compared, Tiles, compare};
use crate::fetch::{Fetcher, Object};
use crate::heads::{Chosen, with_sizes};
use crate::opening::Opening;
use crate::options::Source;
use hakiki_archive::{Annex, Asked, AskedHead, annex_head_path, annex_proof_path, proof_text};
use hakiki_evidence::Claim;
use hakiki_note::{Hash, VerifierKey, sha256};
use hakiki_tlog::Agreement;
use hakiki_tlog::checkpoint::VerifiedCheckpoint;

/// An annex, and the files beside its statement.
pub(crate) struct Annexed {
    /// The statement.
    pub(crate) annex: Annex,
    /// Path and bytes, in the order of the archive.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Heads that cannot be of one log that only grows.
    pub(crate) forks: Vec<Claim>,
}

/// Asks, and writes down who was asked. `parts` are the SHA-256 of the core's list and of the blobs'.
pub(crate) fn annex(
    opening: &Opening,
    fetcher: &Fetcher,
    chosen: &Chosen,
    parts: (Hash, Option<Hash>),
    election: Hash,
    maker: Option<&VerifierKey>,
) -> Annexed {
    let program = &opening.program;
    let hash = program.sha256.map_or_else(|| "-".to_owned(), |hash| hash.to_string());
    let annex = Annex {
        election,
        core: parts.0,
        blobs: parts.1,
        made_s: opening.now_s,
        program: format!("{} {} {hash}", program.name, program.version),
        maker: maker.cloned(),
        asked: Vec::new(),
    };
    let mut asking = Asking {
        annexed: Annexed { annex, files: Vec::new(), forks: Vec::new() },
        chosen,
        at_s: opening.now_s,
        sources: vec![Tiles::new(fetcher)],
        heads: 0,
    };
    // A path of the maker's disk is nobody's business.
    let who = match &opening.source {
        Source::Url(url) => url.as_str(),
        Source::Directory(_) => "directory",
        Source::Archive(_) => "archive",
    };
    asking.note("opened", who, Ok(chosen.own.to_text().into_bytes()));
    for (role, object) in
        [("log", Object::Checkpoint), ("cosigned", Object::Cosigned), ("held", Object::Held)]
    {
        asking.note(role, who, fetcher.get(&object).map_err(|error| error.to_string()));
    }
    let origin = sha256(chosen.own.origin().as_str().as_bytes());
    let all = opening.mirrors.iter().map(|url| ("mirror", url));
    for (role, url) in all.chain(opening.witnesses.iter().map(|url| ("witness", url))) {
        let opened = Fetcher::open(&Source::Url(url.clone())).map_err(|error| error.to_string());
        let given = opened.and_then(|asked| {
            let given = asked.get(&Object::LastCosigned(origin)).map_err(|error| error.to_string());
            if role == "mirror" {
                asking.sources.push(Tiles::of(with_sizes(asked)));
            }
            given
        });
        asking.note(role, url, given);
    }
    asking.annexed
}

struct Asking<'a> {
    annexed: Annexed,
    chosen: &'a Chosen,
    at_s: u64,
    sources: Vec<Tiles<'a>>,
    heads: usize,
}

impl Asking<'_> {
    /// Notes what somebody gave. A head that the log did not sign is none.
    fn note(&mut self, role: &str, who: &str, given: Result<Vec<u8>, String>) {
        let opened = given.and_then(|bytes| {
            let head = VerifiedCheckpoint::open(&bytes, &self.chosen.log_key);
            head.map(|head| (head, bytes)).map_err(|error| error.to_string())
        });
        let answer = opened.map(|(head, bytes)| self.judge(&head, bytes));
        let asked = Asked { role: role.to_owned(), who: who.to_owned(), at_s: self.at_s, answer };
        self.annexed.annex.asked.push(asked);
    }

    fn judge(&mut self, head: &VerifiedCheckpoint, bytes: Vec<u8>) -> AskedHead {
        let own = &self.chosen.own;
        let sources: Vec<&Tiles<'_>> = self.sources.iter().collect();
        let (mut proof, number) = (None, self.heads);
        let agreement = match compare(own, head, &sources) {
            Compared::Same => {
                let size = own.head().size;
                if head.head().size > size {
                    let mut made = sources.iter().filter_map(|tiles| tiles.prefix(size, &head.head()).ok());
                    proof = made.find(|(root, _)| *root == own.head().root).map(|(_, proof)| proof);
                }
                Agreement::Consistent
            }
            Compared::Forked(claim) => {
                self.annexed.forks.push(*claim);
                Agreement::Fork
            }
            Compared::Unproved(_) => Agreement::Unproved,
        };
        let hash = sha256(&bytes);
        self.annexed.files.push((annex_head_path(number), bytes));
        let proof = proof.map(|proof| {
            let text = proof_text(&proof).into_bytes();
            let hash = sha256(&text);
            self.annexed.files.push((annex_proof_path(number), text));
            hash
        });
        self.heads += 1;
        AskedHead { number, hash, proof, agreement }
    }
}
