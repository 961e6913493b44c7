//! The annex: who was asked for their head of the log, when, and what they gave; signed by whoever made the archive.
//!
//! It says what its maker saw. Heads in it are verified by the keys of the election record, the rest is the maker's word.

use crate::fault::{ArchiveCode as Code, Fault};
use base64::Engine as _;
use hakiki_note::{BASE64, Hash, Note, SignatureLine, VerifierKey};
use hakiki_tlog::Agreement;
use std::fmt::Write as _;

/// First line of an annex.
pub const ANNEX_HEADER: &str = "hakiki/archive-annex@v1";
/// Longest reason that is kept, in characters.
const WHY_MAX_CHARACTERS: usize = 200;
/// Longest proof that is read, in hashes: a tree of 2^64 leaves has no longer one.
const PROOF_MAX_HASHES: usize = 128;

/// A head that somebody gave. Its note stands at [`crate::annex_head_path`] of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedHead {
    /// Counted from 0 over the annex.
    pub number: usize,
    /// SHA-256 of the note.
    pub hash: Hash,
    /// Of the proof at [`crate::annex_proof_path`], where one stands.
    pub proof: Option<Hash>,
    /// What the maker found.
    pub agreement: Agreement,
}

/// Somebody who was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `log`, `cosigned`, `held`, `witness` or `mirror`.
    pub role: String,
    /// An address, or `directory`.
    pub who: String,
    /// When, by the maker's clock, in seconds since 1970.
    pub at_s: u64,
    /// What they gave, or why there is nothing.
    pub answer: Result<AskedHead, String>,
}

/// An annex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annex {
    /// The election's fingerprint.
    pub election: Hash,
    /// SHA-256 of the core's list.
    pub core: Hash,
    /// SHA-256 of the blobs' list; none where the archive has no blobs.
    pub blobs: Option<Hash>,
    /// When it was made, by the maker's clock, in seconds since 1970.
    pub made_s: u64,
    /// Name, version and SHA-256 of the program that made it, as one line.
    pub program: String,
    /// The maker's key; none where nobody signed.
    pub maker: Option<VerifierKey>,
    /// Everybody who was asked, in order.
    pub asked: Vec<Asked>,
}

impl Annex {
    /// The text: the file where nobody signs, and what the maker signs.
    pub fn to_text(&self) -> String {
        let mut out = format!("{ANNEX_HEADER}\nelection {}\ncore {}\n", self.election, self.core);
        let blobs = self.blobs.map_or_else(|| "none".to_owned(), |hash| hash.to_string());
        // Writing into a string does not fail: results of `writeln!` are let go throughout.
        let _ = writeln!(out, "blobs {blobs}\ntime {}\nprogram {}", self.made_s, one_line(&self.program));
        if let Some(maker) = &self.maker {
            let _ = writeln!(out, "maker {maker}");
        }
        for asked in &self.asked {
            let _ = writeln!(out, "asked {} {} {}", asked.role, asked.at_s, one_line(&asked.who));
            let _ = match &asked.answer {
                Ok(AskedHead { number, hash, proof, agreement }) => {
                    let proof = proof.map_or_else(|| "-".to_owned(), |hash| hash.to_string());
                    writeln!(out, "head {number} {hash} {proof} {}", agreement.as_str())
                }
                Err(why) => writeln!(out, "nothing {}", one_line(why)),
            };
        }
        out
    }

    /// The file, with the maker's signature over [`Self::to_text`].
    pub fn signed(&self, signature: SignatureLine) -> String {
        Note { text: self.to_text(), signatures: vec![signature] }.to_text()
    }

    /// Reads a file and checks the maker's signature over it. A301, A303.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let bad = |line: usize| Fault::new(Code::A301, format!("annex/statement, line {line}"));
        let whole = std::str::from_utf8(bytes).map_err(|_| bad(1))?;
        let note = whole.contains("\n\n").then(|| Note::parse(bytes).map_err(|_| bad(1))).transpose()?;
        let text = note.as_ref().map_or(whole, |note| &*note.text);
        let mut lines = Numbered { lines: text.lines(), number: 0 };
        if lines.next() != Some(ANNEX_HEADER) {
            return Err(bad(1));
        }
        let mut read = || -> Option<Self> {
            let (election, core) =
                (lines.value("election")?.parse().ok()?, lines.value("core")?.parse().ok()?);
            let blobs = lines.value("blobs")?;
            let blobs = if blobs == "none" { None } else { Some(blobs.parse().ok()?) };
            let made_s = lines.value("time")?.parse().ok()?;
            let program = lines.value("program")?.to_owned();
            let (mut maker, mut asked) = (None, Vec::new());
            while let Some(line) = lines.next() {
                if let Some(key) = line.strip_prefix("maker ").filter(|_| asked.is_empty() && maker.is_none())
                {
                    maker = Some(key.parse().ok()?);
                } else {
                    let answer = lines.next()?;
                    asked.push(read_asked(line, answer)?);
                }
            }
            Some(Self { election, core, blobs, made_s, program, maker, asked })
        };
        let annex = read();
        let annex = annex.ok_or_else(|| bad(lines.number))?;
        annex.check_signature(note.as_ref())?;
        // One way to write it.
        if annex.to_text() == text { Ok(annex) } else { Err(bad(lines.number)) }
    }

    /// It is signed by the key that it names, and by no other; or it names none and nobody signed.
    fn check_signature(&self, note: Option<&Note>) -> Result<(), Fault> {
        let bad = |why: &str| Err(Fault::new(Code::A303, format!("annex/statement: {why}")));
        match (&self.maker, note) {
            (None, None) => Ok(()),
            (Some(maker), Some(note)) => match note.verified_by(&[maker]) {
                Ok(names) if names.len() == 1 && note.signatures.len() == 1 => Ok(()),
                Ok(_) => bad("the signature of its maker is not the only one"),
                Err(error) => bad(&error.to_string()),
            },
            (None, Some(_)) => bad("it is signed and names no maker"),
            (Some(_), None) => bad("it names a maker and is not signed"),
        }
    }

    /// The heads that were given, with who gave each.
    pub fn heads(&self) -> impl Iterator<Item = (&Asked, &AskedHead)> {
        self.asked.iter().filter_map(|asked| Some((asked, asked.answer.as_ref().ok()?)))
    }
}

struct Numbered<'a> {
    lines: std::str::Lines<'a>,
    /// Of the line that was read last, counted from 1.
    number: usize,
}

impl<'a> Numbered<'a> {
    fn next(&mut self) -> Option<&'a str> {
        self.number += 1;
        self.lines.next()
    }

    fn value(&mut self, name: &str) -> Option<&'a str> {
        self.next()?.strip_prefix(name)?.strip_prefix(' ')
    }
}

fn read_asked(line: &str, answer: &str) -> Option<Asked> {
    let mut words = line.strip_prefix("asked ")?.splitn(3, ' ');
    let (role, at_s, who) = (words.next()?.to_owned(), words.next()?.parse().ok()?, words.next()?.to_owned());
    let answer = match answer.split_once(' ')? {
        ("nothing", why) => Err(why.to_owned()),
        ("head", rest) => {
            let mut words = rest.split(' ');
            let (number, hash) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            let proof = words.next()?;
            let proof = if proof == "-" { None } else { Some(proof.parse().ok()?) };
            let agreement = Agreement::parse(words.next()?)?;
            words.next().is_none().then_some(Ok(AskedHead { number, hash, proof, agreement }))?
        }
        _ => return None,
    };
    Some(Asked { role, who, at_s, answer })
}

/// A text that others gave, on one line and not too long.
fn one_line(text: &str) -> String {
    let kept = text.chars().take(WHY_MAX_CHARACTERS);
    let line: String = kept.map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.is_empty() { "-".to_owned() } else { line }
}

/// The file of a consistency proof: each hash in base64 on a line, as in `c2sp.org/tlog-witness`.
pub fn proof_text(proof: &[Hash]) -> String {
    proof.iter().map(|hash| BASE64.encode(hash.0) + "\n").collect()
}

/// Reads such a file.
pub fn read_proof(bytes: &[u8]) -> Option<Vec<Hash>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let hash = |line: &str| Some(Hash(BASE64.decode(line).ok()?.try_into().ok()?));
    let proof: Vec<Hash> = text.lines().map(hash).collect::<Option<_>>()?;
    (proof.len() <= PROOF_MAX_HASHES && proof_text(&proof) == text).then_some(proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hakiki_note::{KeyName, SigningKey};

    fn sample(maker: Option<&SigningKey>) -> Annex {
        let head =
            AskedHead { number: 0, hash: Hash([3; 32]), proof: None, agreement: Agreement::Consistent };
        let asked =
            |answer| Asked { role: "witness".into(), who: "http://w.example".into(), at_s: 9, answer };
        Annex {
            election: Hash([1; 32]),
            core: Hash([2; 32]),
            blobs: None,
            made_s: 8,
            program: "hakiki 0.1.0 -".into(),
            maker: maker.map(|key| key.verifier().clone()),
            asked: vec![asked(Ok(head)), asked(Err("status 503".into()))],
        }
    }

    fn signed(annex: &Annex, key: Option<&SigningKey>) -> String {
        let text = annex.to_text();
        key.map_or(text.clone(), |key| annex.signed(SignatureLine::sign(&text, key)))
    }

    #[test]
    fn an_annex_is_read_as_it_was_written() {
        let key = SigningKey::from_seed(KeyName::new("maker.example").unwrap(), &[5; 32]);
        for maker in [None, Some(&key)] {
            let annex = sample(maker);
            let text = signed(&annex, maker);
            assert_eq!(Annex::parse(text.as_bytes()), Ok(annex));
        }
        let other = SigningKey::from_seed(KeyName::new("maker.example").unwrap(), &[6; 32]);
        let code = |text: String| Annex::parse(text.as_bytes()).unwrap_err().code;
        assert_eq!(code(signed(&sample(Some(&key)), None)), Code::A303);
        assert_eq!(code(signed(&sample(Some(&key)), Some(&other))), Code::A303);
        assert_eq!(code(signed(&sample(None), Some(&key))), Code::A303);
        let by_maker = signed(&sample(Some(&key)), Some(&key));
        assert_eq!(code(by_maker.replacen("time 8", "time 7", 1)), Code::A303);
        assert_eq!(code(sample(None).to_text().replacen("time 8", "time 08", 1)), Code::A301);
        assert_eq!(code(String::new()), Code::A301);
    }

    #[test]
    fn proofs_have_one_form() {
        let proof = vec![Hash([1; 32]), Hash([2; 32])];
        let text = proof_text(&proof);
        assert_eq!(read_proof(text.as_bytes()), Some(proof));
        assert_eq!(read_proof(text.trim_end().as_bytes()), None);
        assert_eq!(read_proof(b""), Some(Vec::new()));
    }
}
