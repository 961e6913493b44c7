//! A witness for tests, logs for it, and a client.

use hakiki_note::{Hash, KeyName, MlDsaSigningKey, SigningKey, VerifierKey};
use hakiki_tlog::witness::{AddCheckpoint, origin_folder};
use hakiki_tlog::{Checkpoint, CosigningKey, Head, MemoryTree, Origin, VerifiedCheckpoint, leaf_hash};
use hakiki_witness::{Configuration, Running, Witness};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

pub const START_S: u64 = 1_900_000_000;

/// A log, with any history that a test wants.
#[derive(Clone)]
pub struct TestLog {
    pub origin: Origin,
    key: SigningKey,
}

impl TestLog {
    pub fn new(origin: &str) -> Self {
        let key = SigningKey::from_seed(KeyName::new(origin).unwrap(), &[0x11; 32]);
        Self { origin: Origin::new(origin).unwrap(), key }
    }

    pub fn key(&self) -> VerifierKey {
        self.key.verifier().clone()
    }

    pub fn sign(&self, head: Head) -> VerifiedCheckpoint {
        let text = Checkpoint::new(self.origin.clone(), head).sign(&self.key).unwrap();
        VerifiedCheckpoint::open(text.as_bytes(), self.key.verifier()).unwrap()
    }

    /// The body that asks for `new` leaves of a history, from `old`.
    pub fn request(&self, tree: &MemoryTree, old: u64, new: u64) -> String {
        let proof = tree.consistency_proof(old.min(new), new).unwrap();
        AddCheckpoint::new(old, proof, &self.sign(tree.head_at(new).unwrap())).to_body()
    }

    pub fn folder(&self) -> String {
        origin_folder(&self.origin)
    }
}

/// The history of a branch: so many leaves that nobody else has behind those of another.
pub fn branch(shared: &[Hash], name: &str, count: u64) -> Vec<Hash> {
    let own = (0..count).map(|index| leaf_hash(format!("{name} {index}").as_bytes()));
    shared.iter().copied().chain(own).collect()
}

pub fn tree(leaves: &[Hash]) -> MemoryTree {
    let mut tree = MemoryTree::new();
    tree.extend(leaves.iter().copied());
    tree
}

/// The usual history.
pub fn leaves(count: u64) -> MemoryTree {
    tree(&branch(&[], "leaf", count))
}

pub fn ed25519() -> CosigningKey {
    CosigningKey::Ed25519(SigningKey::cosigner_from_seed(
        KeyName::new("witness.example/w").unwrap(),
        &[0x22; 32],
    ))
}

pub fn ml_dsa() -> CosigningKey {
    CosigningKey::MlDsa44(MlDsaSigningKey::from_seed(KeyName::new("witness.example/w").unwrap(), &[0x33; 32]))
}

pub fn configuration(dir: &Path, logs: &[&TestLog]) -> Configuration {
    let mut configuration = Configuration::of_dir(dir);
    configuration.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    configuration.logs = logs.iter().map(|log| log.key()).collect();
    configuration
}

/// A witness that serves, with a clock that stands until a test moves it.
pub struct House {
    runtime: Runtime,
    running: Option<Running>,
    now_s: Arc<AtomicU64>,
    pub client: Client,
}

impl House {
    pub fn new(configuration: Configuration, keys: Vec<CosigningKey>) -> Self {
        let runtime = Runtime::new().unwrap();
        let now_s = Arc::new(AtomicU64::new(START_S));
        let clock = {
            let now_s = now_s.clone();
            move || now_s.load(Ordering::Relaxed)
        };
        let prefix = configuration.prefix.clone();
        let running = runtime.block_on(Witness::start_at(configuration, keys, Arc::new(clock))).unwrap();
        let client = Client::new(running.address, &prefix);
        Self { runtime, running: Some(running), now_s, client }
    }

    pub fn usual(dir: &Path, logs: &[&TestLog]) -> Self {
        Self::new(configuration(dir, logs), vec![ed25519()])
    }

    pub fn set_clock(&self, now_s: u64) {
        self.now_s.store(now_s, Ordering::Relaxed);
    }

    pub fn stop(mut self) {
        let running = self.running.take().unwrap();
        self.runtime.block_on(running.stop()).unwrap();
    }
}

/// An answer of HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub status: u16,
    pub content_type: String,
    pub retry_after: Option<String>,
    pub body: String,
}

#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    pub base: String,
}

impl Client {
    pub fn new(address: SocketAddr, prefix: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(Duration::from_secs(20))).build().into();
        Self { agent, base: format!("http://{address}{prefix}") }
    }

    /// `add-checkpoint`; nothing if the witness went away.
    pub fn try_add(&self, body: &str) -> Option<Heard> {
        let url = format!("{}/add-checkpoint", self.base);
        hear(self.agent.post(url).send(body).ok()?)
    }

    pub fn add(&self, body: &str) -> Heard {
        self.try_add(body).unwrap()
    }

    pub fn fetch(&self, path: &str) -> Heard {
        hear(self.agent.get(format!("{}{path}", self.base)).call().unwrap()).unwrap()
    }
}

fn hear(mut response: ureq::http::Response<ureq::Body>) -> Option<Heard> {
    let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
    let (content_type, retry_after) = (header("content-type").unwrap_or_default(), header("retry-after"));
    let status = response.status().as_u16();
    Some(Heard { status, content_type, retry_after, body: response.body_mut().read_to_string().ok()? })
}
