//! Witnesses and mirrors for tests: real ones in this process, and ones that say whatever a test wants.

use crate::house::{House, configuration};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hakiki_core::fixture::{Fixture, Rivals, Setting, log_key, mirror_key, witness_key};
use hakiki_node::{Node, NodeError, found_log};
use hakiki_note::SigningKey;
use hakiki_tlog::witness::{AddCheckpoint, cosignature_body};
use hakiki_tlog::{CosigningKey, VerifiedCheckpoint};
use hakiki_witness::{Configuration, Running, Witness};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// How long a test waits for what comes by itself.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A cosigner that serves; what it keeps survives its stop.
pub struct Cosigner {
    pub key: SigningKey,
    directory: TempDir,
    address: SocketAddr,
    running: Option<Running>,
}

impl Cosigner {
    pub async fn start(key: SigningKey) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut cosigner =
            Self { key, directory, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), running: None };
        cosigner.resume().await;
        cosigner
    }

    /// Serves again, at the same address.
    pub async fn resume(&mut self) {
        let mut configuration = Configuration::of_dir(self.directory.path());
        configuration.listen = self.address;
        configuration.logs = vec![log_key().verifier().clone()];
        let keys = vec![CosigningKey::Ed25519(self.key.clone())];
        let running = Witness::start(configuration, keys).await.unwrap();
        self.address = running.address;
        self.running = Some(running);
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await.unwrap();
    }

    /// As the configuration names it.
    pub fn pair(&self) -> String {
        format!("{}=http://{}", self.key.name(), self.address)
    }
}

/// The witnesses with these numbers.
pub async fn witnesses(numbers: impl IntoIterator<Item = usize>) -> Vec<Cosigner> {
    let mut started = Vec::new();
    for number in numbers {
        started.push(Cosigner::start(witness_key(number)).await);
    }
    started
}

/// Cosigners that keep no byte and cosign as mirrors: the node cannot tell.
pub async fn mirrors(count: usize) -> Vec<Cosigner> {
    let mut started = Vec::new();
    for number in 1..=count {
        started.push(Cosigner::start(mirror_key(number)).await);
    }
    started
}

/// The pairs of cosigners, as one setting.
pub fn pairs(cosigners: &[Cosigner]) -> String {
    cosigners.iter().map(Cosigner::pair).collect::<Vec<_>>().join(" ")
}

/// An election with four witnesses, of whom three must cosign, and two mirrors.
pub fn fixture() -> Fixture {
    let rivals = Rivals { witnesses: 4, quorum: 3, ..Rivals::default() };
    Fixture::with_rivals(&Setting::default(), &rivals)
}

/// A directory with the fixture's log.
pub fn founded(fixture: &Fixture) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let records = fixture.records.clone();
    found_log(&directory.path().join("data"), &log_key(), records, &fixture.tables).unwrap();
    directory
}

/// What a start over a directory refuses.
pub async fn refused(directory: &Path, settings: &[(&str, &str)]) -> NodeError {
    match Node::start(configuration(directory, settings), log_key()).await {
        Ok(_) => panic!("the node started"),
        Err(error) => error,
    }
}

/// A copy of a log's directory, as a backup makes it.
pub fn copied(directory: &Path) -> TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let copied = tempfile::tempdir().unwrap();
    copy(directory, copied.path());
    copied
}

/// Waits until something is so.
pub async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "{what}");
}

/// The size of the head at a path; 0 if there is none.
pub async fn size_at(house: &House, path: &str) -> u64 {
    let answer = house.client.get(path).await;
    if answer.status == 200 { answer.text().lines().nth(1).unwrap().parse().unwrap() } else { 0 }
}

/// Waits until the newest head of a state has so many entries.
pub async fn until_size(house: &House, path: &str, size: u64) {
    until(&format!("{path} reaches {size}"), || async { size_at(house, path).await >= size }).await;
}

/// What a scripted cosigner answers: status, `Retry-After`, body.
pub type Said = (u16, Option<u64>, String);
type Script = Box<dyn Fn(u64, &str) -> Said + Send + Sync>;
type Shown = Box<dyn Fn() -> Option<String> + Send + Sync>;

/// A cosigner that says what a test wants.
pub struct Scripted {
    pub address: SocketAddr,
    serving: Arc<Serving>,
}

struct Serving {
    script: Script,
    checkpoint: Shown,
    asked: AtomicU64,
}

impl Scripted {
    /// Serves; `script` is given the number of the request and its body, `checkpoint` is what it says is its last head.
    pub async fn start(
        checkpoint: Option<String>,
        script: impl Fn(u64, &str) -> Said + Send + Sync + 'static,
    ) -> Self {
        Self::start_with(move || checkpoint.clone(), script).await
    }

    /// The same with a last head that may change.
    pub async fn start_with(
        checkpoint: impl Fn() -> Option<String> + Send + Sync + 'static,
        script: impl Fn(u64, &str) -> Said + Send + Sync + 'static,
    ) -> Self {
        let (script, checkpoint) = (Box::new(script), Box::new(checkpoint));
        let serving = Arc::new(Serving { script, checkpoint, asked: AtomicU64::new(0) });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/add-checkpoint", post(add))
            .route("/{folder}/checkpoint", get(last))
            .with_state(serving.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, serving }
    }

    pub fn asked(&self) -> u64 {
        self.serving.asked.load(Ordering::Relaxed)
    }
}

async fn add(State(serving): State<Arc<Serving>>, body: String) -> Response {
    let number = serving.asked.fetch_add(1, Ordering::Relaxed);
    let (status, retry_after, text) = (serving.script)(number, &body);
    let mut response = (StatusCode::from_u16(status).unwrap(), text).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

async fn last(State(serving): State<Arc<Serving>>) -> Response {
    match (serving.checkpoint)() {
        Some(checkpoint) => checkpoint.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What an honest cosigner would answer to a request.
pub fn cosigned(key: &SigningKey, body: &str) -> Said {
    let request = AddCheckpoint::parse(body.as_bytes()).unwrap();
    let checkpoint = VerifiedCheckpoint::open(request.note().as_bytes(), log_key().verifier()).unwrap();
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let line = CosigningKey::Ed25519(key.clone()).cosign(&checkpoint, now_s).unwrap();
    (200, None, cosignature_body(&[line]))
}
