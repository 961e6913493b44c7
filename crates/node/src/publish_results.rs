//! `log/results/<size>`: the canonical results text of the newest head as a file, so that check V10 can be made of a
//! directory, a mirror or a USB stick, where no node computes it (`docs/reference/log.md`).
//!
//! It is written when the log has been quiet for a moment and when the node stops, not for every head: a nation's text is
//! some MiB. Whoever wants an earlier head's asks a node or computes it.

use crate::error::NodeError;
use crate::published::Published;
use crate::shared::{Shared, State};
use hakiki_core::Ledger;
use hakiki_core::view::results::results_text;
use hakiki_store::{Disk as _, Durability, PosixDisk};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Where the files lie under the directory of the log.
const RESULTS: &str = "log/results";
/// Files kept: the newest, and the one before it for whoever read the checkpoint a moment ago.
const KEPT: usize = 2;
/// Without a new head for so long, the log is quiet.
const QUIET: Duration = Duration::from_secs(1);

/// Writes the results of all that a ledger holds into the published log in `dir`.
///
/// For a log that was founded and that no node serves yet. The ledger is that of the log's head.
pub fn publish_results(dir: &Path, ledger: &Ledger) -> Result<(), NodeError> {
    write(dir, ledger.size(), results_text(ledger, ledger.size()).as_bytes())
}

/// Writes a text durably and as a whole, then removes those that are no longer among the newest.
fn write(dir: &Path, size: u64, text: &[u8]) -> Result<(), NodeError> {
    let failed = |source: io::Error| NodeError::System { doing: "publishing results", source };
    let disk = PosixDisk::new(dir);
    disk.replace(&format!("{RESULTS}/{size}"), text, Durability::Now).map_err(failed)?;
    let names = disk.list(RESULTS).map_err(failed)?;
    // A file with another name is none that this program wrote: it stays.
    let sizes = names.iter().filter_map(|name| name.parse::<u64>().ok().filter(|n| n.to_string() == *name));
    let mut sizes: Vec<u64> = sizes.collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    for old in sizes.into_iter().skip(KEPT) {
        disk.remove(&format!("{RESULTS}/{old}")).map_err(failed)?;
    }
    Ok(())
}

/// Publishes the results of the head that stands now. That they could not be written is told and harms no record.
pub(crate) async fn publish_newest(shared: Arc<Shared>) {
    if matches!(&*shared.state.borrow(), State::Failed(_)) {
        return;
    }
    let written = tokio::task::spawn_blocking(move || {
        let size = shared.head().head.size;
        // The second fold is given every record before its head is published.
        let text = shared.pages.results_at(&*shared, size);
        text.map_or(Ok(()), |text| write(&shared.configuration.dir, size, text.body()))
    });
    match written.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the results of a head are not in the log's directory"),
        Err(error) => tracing::error!(%error, "the results of a head could not be computed"),
    }
}

/// Publishes whenever the log has become quiet, until the sequencer ends: the newest head then is the stop's to publish.
pub(crate) async fn follow(shared: Arc<Shared>, mut published: watch::Receiver<Arc<Published>>) {
    // The head that stood at the start is a head like all others.
    published.mark_changed();
    let mut last = None;
    while published.changed().await.is_ok() {
        loop {
            match tokio::time::timeout(QUIET, published.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) => break,
            }
        }
        // The same head comes again when it is cosigned.
        let size = published.borrow().head.size;
        if last.replace(size) != Some(size) {
            publish_newest(shared.clone()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_newest_two_are_kept_and_nothing_of_others_is_touched() {
        let directory = tempfile::tempdir().unwrap();
        let results = directory.path().join(RESULTS);
        for size in [9, 10, 100] {
            write(directory.path(), size, format!("text of {size}\n").as_bytes()).unwrap();
        }
        fs::write(results.join("readme"), "kept").unwrap();
        fs::write(results.join("007"), "kept").unwrap();
        write(directory.path(), 101, b"text of 101\n").unwrap();
        write(directory.path(), 101, b"text of 101, mended\n").unwrap();
        let mut names: Vec<_> = fs::read_dir(&results)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["007", "100", "101", "readme"]);
        assert_eq!(fs::read_to_string(results.join("101")).unwrap(), "text of 101, mended\n");
        assert!(fs::read_dir(directory.path().join("private/temporary")).unwrap().next().is_none());
    }
}
