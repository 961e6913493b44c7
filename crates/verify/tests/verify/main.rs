//! The verifier against logs on disk: good ones pass, and each kind of damage fails the right check and is named.
#![allow(clippy::unwrap_used)]

mod archive;
mod archive_damage;
mod audits;
mod compare;
mod damage;
mod garbage;
mod good;
mod http;
mod log;
mod outside;
mod presented;
mod rules;
