//! A server that serves a directory's files as a log's, whatever they say: what an operator with root can put in the place
//! of the real one.

use anyhow::Result;
use axum::Router;
use axum::extract::{Path as UrlPath, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A static server over `<dir>/log`. It ends when this is dropped.
pub struct Liar {
    /// Where it listens.
    pub address: SocketAddr,
    _runtime: Runtime,
}

impl Liar {
    /// Serves a directory at an address.
    pub fn serve(dir: &Path, listen: SocketAddr) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(listen))?;
        let address = listener.local_addr()?;
        let router = Router::new().route("/{*path}", get(file)).with_state(Arc::new(dir.join("log")));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, _runtime: runtime })
    }

    /// Its address with a scheme.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn file(State(root): State<Arc<PathBuf>>, UrlPath(path): UrlPath<String>) -> Response {
    if path.split('/').any(|part| part.is_empty() || part.starts_with('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match std::fs::read(root.join(path)) {
        Ok(bytes) => bytes.into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A network that lets everything through but submissions: it stands between mirrors and the log.
pub struct Swallower {
    address: SocketAddr,
    _runtime: Runtime,
}

impl Swallower {
    /// Stands before an address.
    pub fn before(url: &str) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(pass).with_state(Arc::new(url.to_owned()));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, _runtime: runtime })
    }

    /// Its address with a scheme.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn pass(State(url): State<Arc<String>>, request: axum::extract::Request) -> Response {
    if request.method() != axum::http::Method::GET {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let target = format!("{url}{}", request.uri().path());
    let got = tokio::task::spawn_blocking(move || crate::web::get(&target)).await;
    match got {
        Ok(Ok(answer)) => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
            (status, answer.body).into_response()
        }
        _ => StatusCode::BAD_GATEWAY.into_response(),
    }
}
