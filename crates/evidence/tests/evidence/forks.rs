//! Forks, broken receipts, altered tiles: what counts, and attempts to make an honest log look forked.

use crate::world::{World, entry, receipt, side, signed, witness};
use hakiki_core::fixture::{ORIGIN, log_key};
use hakiki_evidence::{Assumption, Claim, EvidenceCode as Code, Grade, Side, TileFound};
use hakiki_note::{Hash, KeyName, SigningKey};
use hakiki_tlog::plan::RightEdge;
use hakiki_tlog::policy::Policy;
use hakiki_tlog::tile_proof::tile_hash_proof;
use hakiki_tlog::{Checkpoint, Head, Origin, TilePath};
use std::collections::BTreeMap;

#[test]
fn one_size_with_two_roots_is_a_fork_with_its_grade() {
    let world = World::new();
    let [a, b] = [World::tree(9, 9).head(), World::tree(9, 4).head()];
    let roots = |a: &[usize], b: &[usize], heads: [Head; 2]| Claim::Roots {
        heads: [signed(heads[0], a).to_text(), signed(heads[1], b).to_text()],
    };
    let finding = world.shows(roots(&[0, 1, 2], &[1, 2, 3], [a, b]));
    assert_eq!((finding.grade, &finding.against), (Some(Grade::I), &Some(world.trust.log_key.clone())));
    assert_eq!(finding.assumptions, [Assumption::Mathematics, Assumption::TwoClasses]);
    assert_eq!(world.shows(roots(&[0, 1, 2], &[3], [a, b])).grade, Some(Grade::II));
    let alone = world.shows(roots(&[0, 1, 2], &[], [a, b]));
    assert_eq!(alone.grade, Some(Grade::III));
    assert!(alone.text(hakiki_messages::Language::English).contains("not who used it"));
    assert_eq!(world.refuses(roots(&[0], &[1], [a, a])), Code::E301);
    assert_eq!(world.refuses(roots(&[0], &[1], [a, World::tree(8, 8).head()])), Code::E303);
}

#[test]
fn a_rival_with_a_key_of_his_own_frames_nobody() {
    let world = World::new();
    let (honest, forged) = (World::tree(9, 9).head(), World::tree(9, 4).head());
    let other = SigningKey::from_seed(KeyName::new(ORIGIN).unwrap(), &[9; 32]);
    let forged_note = Checkpoint::new(Origin::new(ORIGIN).unwrap(), forged).sign(&other).unwrap();
    let honest_note = signed(honest, &[0, 1, 2]).to_text();
    assert_eq!(world.refuses(Claim::Roots { heads: [honest_note.clone(), forged_note] }), Code::E202);
    let elsewhere = honest_note.replace(ORIGIN, "log.elsewhere.example");
    assert_eq!(world.refuses(Claim::Roots { heads: [honest_note.clone(), elsewhere] }), Code::E202);
    // Cosignatures by strangers, and those of another head, count nothing.
    let line = |text: &str| text.lines().last().unwrap().to_owned() + "\n";
    let borrowed = line(&signed(honest, &[3]).to_text());
    let forged = signed(forged, &[]).to_text() + &borrowed;
    let finding = world.shows(Claim::Roots { heads: [honest_note, forged] });
    assert_eq!(finding.grade, Some(Grade::III), "a stolen log key alone makes grade III and no more");
}

#[test]
fn one_place_with_two_leaves_is_a_fork_also_between_sizes() {
    let world = World::new();
    let (old, new) = (World::tree(7, 7), World::tree(12, 5));
    let leaves = |place, a: Side, b: Side| Claim::Leaves { place, sides: [a, b] };
    let finding = world.shows(leaves(5, side(&old, 5, &[0, 1]), side(&new, 5, &[2, 3])));
    assert_eq!(finding.grade, Some(Grade::I));
    let same = leaves(4, side(&old, 4, &[]), side(&new, 4, &[]));
    assert_eq!(world.refuses(same), Code::E301, "place 4 is the same in both");
    let misplaced = leaves(5, side(&old, 5, &[]), side(&new, 6, &[]));
    assert_eq!(world.refuses(misplaced), Code::E302, "a proof of another place");
    let beyond = Side { proof: Vec::new(), ..side(&old, 6, &[]) };
    assert_eq!(world.refuses(leaves(8, beyond, side(&new, 8, &[]))), Code::E303);
}

#[test]
fn a_larger_head_that_does_not_continue_a_smaller_is_a_fork_of_every_shape() {
    let world = World::new();
    for (small, large) in [(1, 2), (3, 8), (4, 9), (7, 13), (8, 16), (11, 12)] {
        let (old, new) = (World::tree(small, small), World::tree(large, small - 1));
        let prefix = new.root_at(small).unwrap();
        let proof = new.consistency_proof(small, large).unwrap();
        let heads = |new: Head| (signed(old.head(), &[0]).to_text(), signed(new, &[1]).to_text());
        let (smaller, larger) = heads(new.head());
        let claim = |smaller: &str, larger: &str, prefix, proof: &[Hash]| Claim::Prefix {
            smaller: smaller.to_owned(),
            larger: larger.to_owned(),
            prefix,
            proof: proof.to_vec(),
        };
        assert_eq!(world.shows(claim(&smaller, &larger, prefix, &proof)).grade, Some(Grade::II));
        assert_eq!(world.refuses(claim(&larger, &smaller, prefix, &proof)), Code::E303);
        // A consistency proof that fails shows nothing: anybody can make one.
        let other = hakiki_note::sha256(b"other");
        assert_eq!(world.refuses(claim(&smaller, &larger, other, &proof)), Code::E302);
        let honest = World::tree(large, large);
        let (smaller, larger) = heads(honest.head());
        let proof = honest.consistency_proof(small, large).unwrap();
        assert_eq!(world.refuses(claim(&smaller, &larger, old.root(), &proof)), Code::E301);
        assert_eq!(world.refuses(claim(&smaller, &larger, prefix, &proof)), Code::E302);
    }
}

#[test]
fn a_receipt_whose_place_holds_another_entry_is_a_fork() {
    let world = World::new();
    let (promised, kept) = (World::tree(7, 7), World::tree(12, 5));
    let of =
        |other: Side| Claim::Receipt { receipt: receipt(&promised, 5, entry(5, false), &[0, 1, 2]), other };
    let finding = world.shows(of(side(&kept, 5, &[1, 2, 3])));
    assert_eq!((finding.kind, finding.grade), ("receipt", Some(Grade::I)));
    assert_eq!(world.refuses(of(side(&World::tree(12, 12), 5, &[]))), Code::E301);
    // A head that is smaller than promised is no evidence: the log may have published it before.
    assert_eq!(world.refuses(of(Side { proof: Vec::new(), ..side(&World::tree(5, 5), 4, &[]) })), Code::E303);
    let other = side(&kept, 5, &[]);
    let wrong = receipt(&promised, 5, entry(6, false), &[]);
    assert_eq!(world.refuses(Claim::Receipt { receipt: wrong, other: other.clone() }), Code::E204);
    let bare = receipt(&promised, 5, Vec::new(), &[]);
    assert_eq!(world.refuses(Claim::Receipt { receipt: bare, other }), Code::E204);
}

#[test]
fn altered_tiles_and_entries_are_shown_and_held_against_nobody() {
    let world = World::new();
    let size = 600;
    let plan = RightEdge::empty().plan(&(0..size).map(|n| entry(n, false)).collect::<Vec<_>>()).unwrap();
    let tiles: BTreeMap<TilePath, Vec<u8>> = plan.objects.iter().cloned().collect();
    let head = signed(World::tree(size, size).head(), &[0, 1, 2]).to_text();
    let mut read = |path: TilePath| tiles.get(&path).cloned();
    for (path, number) in
        [("tile/0/001", 3_u16), ("tile/0/002.p/88", 87), ("tile/1/000.p/2", 1), ("tile/entries/002.p/88", 7)]
    {
        let path = TilePath::parse(path).unwrap();
        let (level, mut found) = match path {
            TilePath::Hashes { level, .. } => (level, tiles[&path].clone()),
            TilePath::Entries { .. } => (0, entry(path.index() * 256 + u64::from(number), false)),
        };
        let place = path.index() * 256 + u64::from(number);
        let (hash, proof) = tile_hash_proof(level, place, size, &mut read).unwrap();
        let claim = |found: &[u8], number, proof: &[Hash]| {
            let (found, proof) = (found.to_vec(), proof.to_vec());
            Claim::Tile(TileFound { head: head.clone(), path, number, found, hash, proof })
        };
        assert_eq!(world.refuses(claim(&found, number, &proof)), Code::E301);
        let last = found.len() - 1;
        found[if level == 0 && last > 32 { usize::from(number) * 32 } else { last }] ^= 1;
        let finding = world.shows(claim(&found, number, &proof));
        assert_eq!((finding.grade, finding.against), (None, None), "{path}");
        assert!(finding.assumptions.contains(&Assumption::Nobody));
        assert_eq!(world.refuses(claim(&found, number, &proof[1..])), Code::E302);
        assert_eq!(world.refuses(claim(&found, path.width(), &proof)), Code::E305);
    }
    let (path, number) = (TilePath::Hashes { level: 3, index: 0, width: 1 }, 0);
    let claim = TileFound { head, path, number, found: vec![0; 32], hash: Hash([0; 32]), proof: vec![] };
    assert_eq!(world.refuses(Claim::Tile(claim)), Code::E305);
}

#[test]
fn a_policy_of_ones_own_counts_instead_of_the_elections() {
    let mut world = World::new();
    let heads = [World::tree(9, 9).head(), World::tree(9, 4).head()];
    let claim = Claim::Roots { heads: heads.map(|head| signed(head, &[1, 2]).to_text()) };
    assert_eq!(world.shows(claim.clone()).grade, Some(Grade::I));
    let stranger = SigningKey::cosigner_from_seed(KeyName::new("stranger.example/w").unwrap(), &[5; 32]);
    let policy = format!(
        "log {}\nwitness a {}\nwitness b {}\ngroup all all a b\nquorum all\n",
        log_key().verifier(),
        witness(1).verifier(),
        stranger.verifier()
    );
    world.trust.own = Some(Policy::parse(policy.as_bytes()).unwrap());
    let finding = world.shows(claim);
    assert_eq!(finding.grade, Some(Grade::II), "of its two witnesses one cosigned, of one class");
    assert_eq!(finding.heads[0].witnessed_s, None, "and they are no quorum");
}
