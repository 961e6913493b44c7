//! The folder of evidence is bounded, and keeps what proves something.

use super::*;

fn refused(reason: InconsistentReason, number: u64) -> RefusedHead {
    RefusedHead { reason, refused: format!("note {number}\n"), recorded: Some("recorded\n".to_owned()) }
}

fn origin() -> Origin {
    Origin::new("log.example").unwrap()
}

#[test]
fn a_file_reads_as_it_was_written() {
    for reason in [InconsistentReason::EmptyTree, InconsistentReason::SameSize, InconsistentReason::Proof] {
        let mut head = refused(reason, 1);
        head.refused = "a\n1\nb\n\n— a x\n".to_owned();
        let text = head.to_text();
        assert_eq!(RefusedHead::parse(text.as_bytes()), Some(head.clone()));
        head.recorded = None;
        assert_eq!(RefusedHead::parse(head.to_text().as_bytes()), Some(head));
        for bad in
            [text.replace("refused ", "refused 0"), format!("{text}x"), text.replace("reason", "season")]
        {
            assert_eq!(RefusedHead::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}

#[test]
fn what_proves_nothing_gives_way() {
    let directory = tempfile::tempdir().unwrap();
    let open = || RefusedHeads::open(directory.path(), 4, 1 << 20).unwrap();
    let folder = open();
    let keep = |reason, number| folder.keep(&origin(), &refused(reason, number)).unwrap();
    for number in 0..10 {
        keep(InconsistentReason::Proof, number);
        keep(InconsistentReason::Proof, 0);
    }
    assert_eq!(folder.counts().0, 4);
    for number in 0..3 {
        keep(InconsistentReason::SameSize, number);
    }
    let (kept, forks, dropped) = folder.counts();
    assert_eq!((kept, forks), (4, 3));
    assert!(dropped >= 9);
    keep(InconsistentReason::EmptyTree, 8);
    keep(InconsistentReason::SameSize, 9);
    assert_eq!((folder.counts().0, folder.counts().1), (4, 4));
    let list = folder.list(&origin_folder(&origin()));
    assert_eq!(list.lines().count(), 4);
    assert_eq!(folder.list("elsewhere"), "");

    let again = open();
    assert_eq!(again.list(&origin_folder(&origin())), list);
    let hash: Hash = list[..64].parse().unwrap();
    let bytes = again.read(&origin_folder(&origin()), hash).unwrap().unwrap();
    assert_eq!(sha256(&bytes), hash);
    fs::write(directory.path().join("refused").join(origin_folder(&origin())).join(hash.to_string()), "x")
        .unwrap();
    assert_eq!(open().counts().0, 3);
}

#[test]
fn bytes_are_bounded_too() {
    let directory = tempfile::tempdir().unwrap();
    let folder = RefusedHeads::open(directory.path(), 100, 1000).unwrap();
    for number in 0..50 {
        let mut head = refused(InconsistentReason::SameSize, number);
        head.refused.push_str(&"x".repeat(200));
        folder.keep(&origin(), &head).unwrap();
    }
    assert_eq!(folder.counts().0, 3);
}
