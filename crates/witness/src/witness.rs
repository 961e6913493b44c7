//! A witness's life: start, serve, stop.

use crate::clock::{Clock, SystemClock};
use crate::configuration::Configuration;
use crate::error::WitnessError;
use crate::heads::{Heads, HeadsSettings};
use crate::http::{Serving, app};
use crate::logs::pin_log;
use crate::metrics::Metrics;
use hakiki_host::{Limits, Stop, serve};
use hakiki_tlog::CosigningKey;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The witness over HTTP.
#[derive(Debug)]
pub struct Witness;

/// A witness that runs. Dropping it does not stop it: see [`Running::stop`].
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    serving: Arc<Serving>,
    server: JoinHandle<()>,
    stop_server: watch::Sender<bool>,
}

impl Witness {
    /// Opens the state, pins the configured logs, and begins to serve. `keys` are as [`HeadsSettings::keys`].
    pub async fn start(
        configuration: Configuration,
        keys: Vec<CosigningKey>,
    ) -> Result<Running, WitnessError> {
        Self::start_at(configuration, keys, Arc::new(SystemClock)).await
    }

    /// The same with another clock.
    pub async fn start_at(
        configuration: Configuration,
        keys: Vec<CosigningKey>,
        clock: Arc<dyn Clock>,
    ) -> Result<Running, WitnessError> {
        check_name(&configuration.name, &keys)?;
        let listen = configuration.listen;
        let refused = |source| WitnessError::Listen { listen: listen.to_string(), source };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let opening = configuration.clone();
        let opened = tokio::task::spawn_blocking(move || open(&opening, keys)).await;
        let heads = opened.expect("opening a state does not panic")?;
        let logs = heads.logs().len();
        tracing::info!(%address, logs, "the witness serves");
        let limits = Limits {
            connections_max: configuration.connections_max,
            header_timeout: configuration.header_timeout,
        };
        let serving = Arc::new(Serving { heads, clock, configuration, metrics: Metrics::default() });
        let (stop_server, stopping) = watch::channel(false);
        let stop = Stop::new(stopping, |stop| *stop);
        let server = tokio::spawn(serve(listener, app(serving.clone()), limits, serving.clone(), stop));
        Ok(Running { address, serving, server, stop_server })
    }
}

impl Running {
    /// The heads that it keeps.
    pub fn heads(&self) -> &Heads {
        &self.serving.heads
    }

    /// Waits until the state cannot be written any more; forever if that does not happen.
    pub async fn failure(&self) -> WitnessError {
        WitnessError::Failed { found: self.serving.heads.failure().await }
    }

    /// Stops: takes no new connections, answers what was asked, closes the state.
    pub async fn stop(self) -> Result<(), WitnessError> {
        self.stop_server.send_replace(true);
        let _ = self.server.await;
        let failed = self.serving.heads.failed();
        // The last owner closes the state, which waits for the writer.
        let closed = tokio::task::spawn_blocking(move || drop(self.serving)).await;
        closed.expect("closing a state does not panic");
        match failed {
            Some(found) => Err(WitnessError::Failed { found }),
            None => Ok(()),
        }
    }
}

fn open(configuration: &Configuration, keys: Vec<CosigningKey>) -> Result<Heads, WitnessError> {
    for key in &configuration.logs {
        pin_log(&configuration.dir, key, None)?;
    }
    let mut settings = HeadsSettings::new(keys);
    settings.group_commit = configuration.group_commit;
    settings.rewrite_bytes = configuration.rewrite_bytes;
    settings.refused_max = configuration.refused_max;
    settings.refused_max_bytes = configuration.refused_max_bytes;
    Heads::open(&configuration.dir, settings)
}

fn check_name(name: &str, keys: &[CosigningKey]) -> Result<(), WitnessError> {
    let other = keys.iter().map(|key| key.verifier().name()).find(|found| found.as_str() != name);
    match other {
        Some(found) if !name.is_empty() => {
            Err(WitnessError::Keys { found: format!("the configuration names {name}, a key is {found}'s") })
        }
        _ => Ok(()),
    }
}
