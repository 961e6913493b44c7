//! The peer: a bare HTTP server that parses a note, verifies its signatures with the keys of the log, and answers with as
//! many bytes as a receipt has. It admits nothing, keeps nothing and syncs nothing.

use crate::child::wait_for_end;
use anyhow::Result;
use bytes::Bytes;
use hakiki_core::Ledger;
use hakiki_node::open_ledger;
use hakiki_note::Note;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

struct Peer {
    /// The keys, which are decoded when they first sign, as the node's are.
    ledger: Ledger,
    answer: Bytes,
}

/// Serves until standard input ends.
pub fn serve(dir: &Path, answer_bytes: usize) -> Result<()> {
    let ledger = open_ledger(dir)?;
    let peer = Arc::new(Peer { ledger, answer: vec![b'r'; answer_bytes].into() });
    let runtime = Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    println!("{}", listener.local_addr()?);
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, peer.clone()));
        }
    });
    wait_for_end();
    Ok(())
}

async fn connection(stream: TcpStream, peer: Arc<Peer>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(request, peer.clone()));
    // A client that goes away is no matter.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, peer: Arc<Peer>) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await;
    let is_good = body.is_ok_and(|body| peer.verifies(&body.to_bytes()));
    let mut response = Response::new(Full::new(peer.answer.clone()));
    if !is_good {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

impl Peer {
    fn verifies(&self, bytes: &[u8]) -> bool {
        let Ok(note) = Note::parse(bytes) else { return false };
        let roster = self.ledger.roster();
        note.signatures.iter().all(|line| {
            let key = roster.by_name(line.name.as_str()).and_then(|index| roster.key(index).decoded().ok());
            key.is_some_and(|key| key.verify(note.text.as_bytes(), &line.signature).is_ok())
        })
    }
}
