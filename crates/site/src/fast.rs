//! The short way: what lies in memory in the form that is asked for is answered without routes, layers or another task.

use crate::holder::Holder;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::response::Response;
use axum::routing::future::RouteFuture;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

/// A server whose hot answers take the short way.
pub struct Fast<H> {
    holder: Arc<H>,
    router: Router,
}

impl<H> Clone for Fast<H> {
    fn clone(&self) -> Self {
        Self { holder: self.holder.clone(), router: self.router.clone() }
    }
}

impl<H: Holder> Fast<H> {
    pub(crate) fn new(holder: Arc<H>, router: Router) -> Self {
        Self { holder, router }
    }

    /// The routes alone.
    pub fn into_router(self) -> Router {
        self.router
    }

    fn at_once(&self, request: &Request<Body>) -> Option<Response> {
        let (uri, headers) = (request.uri(), request.headers());
        if request.method() != Method::GET {
            return None;
        }
        let live = if uri.query().is_none() { self.holder.live(uri.path()) } else { None };
        let response = match live {
            Some(live) => live.answer_at_once(headers),
            None => self.holder.pages().at_once(uri, headers),
        }?;
        self.holder.count(uri.path(), response.status());
        Some(response)
    }
}

impl<H: Holder> Service<Request<Body>> for Fast<H> {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        match self.at_once(&request) {
            Some(response) => Answering::Ready(Some(Box::new(response))),
            None => Answering::Routed(Box::pin(self.router.call(request))),
        }
    }
}

/// An answer under way.
pub enum Answering {
    /// It was in memory.
    Ready(Option<Box<Response>>),
    /// The routes make it.
    Routed(Pin<Box<RouteFuture<Infallible>>>),
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(response) => {
                Poll::Ready(Ok(*response.take().expect("a future that is done is not polled again")))
            }
            Self::Routed(answer) => answer.as_mut().poll(context),
        }
    }
}
