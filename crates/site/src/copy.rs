//! The whole portal as files, on all cores.

use crate::checker;
use crate::claim_page;
use crate::output::{Output, OutputError};
use crate::pages::document;
use hakiki_core::Ledger;
use hakiki_portal::{Site, Snapshot, Source, every_page, respond};
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Addresses that are handed to a thread at a time.
const CHUNK: usize = 64;
/// Chunks that wait.
const CHUNKS_WAITING: usize = 16;

/// Writes every page and file of the portal at the snapshot's head, the checker and the page of claims. `step` is told after so many pages more.
pub fn write_pages<S: Source + Sync>(
    output: &Output,
    ledger: &Ledger,
    snapshot: &Snapshot,
    source: &S,
    step: &(dyn Fn(u64) + Sync),
) -> Result<(), OutputError> {
    for (path, document) in checker::files().chain(claim_page::files()) {
        output.put_document(path, document)?;
    }
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let is_over = AtomicBool::new(false);
    let (send, receive) = sync_channel::<Vec<String>>(CHUNKS_WAITING);
    let receive = Mutex::new(receive);
    thread::scope(|scope| {
        let work = || {
            let site = Site { ledger, snapshot, source };
            let done = write_chunks(output, &site, &receive, &is_over, step);
            is_over.fetch_or(done.is_err(), Ordering::Relaxed);
            done
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let site = Site { ledger, snapshot, source };
        let mut chunk = Vec::with_capacity(CHUNK);
        for address in every_page(&site) {
            chunk.push(address);
            if chunk.len() == CHUNK {
                // Where one thread has failed the others take what is left and do nothing with it.
                let _ = send.send(std::mem::take(&mut chunk));
            }
        }
        let _ = send.send(chunk);
        drop(send);
        running.into_iter().try_for_each(|thread| thread.join().expect("making pages does not panic"))
    })
}

fn write_chunks(
    output: &Output,
    site: &Site<'_>,
    chunks: &Mutex<Receiver<Vec<String>>>,
    is_over: &AtomicBool,
    step: &(dyn Fn(u64) + Sync),
) -> Result<(), OutputError> {
    let next = || chunks.lock().unwrap_or_else(PoisonError::into_inner).recv().ok();
    let mut result = Ok(());
    while let Some(chunk) = next() {
        if is_over.load(Ordering::Relaxed) || result.is_err() {
            continue;
        }
        result = chunk.iter().try_for_each(|address| {
            let page = respond(site, address, &[]);
            if page.status != 200 {
                return Err(OutputError::NoPage { path: address.clone(), status: page.status });
            }
            output.put_document(address, &document(address, page))
        });
        is_over.fetch_or(result.is_err(), Ordering::Relaxed);
        step(chunk.len() as u64);
    }
    result
}
