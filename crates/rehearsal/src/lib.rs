//! The rehearsal of a national election, and the import of published tables.
//!
//! [`country`] invents a country and its night; [`founding`] makes its keys, registers and election record; [`acts`] turns
//! the night's plan into signed records, for which `photograph` draws the papers; [`night`] sends them over HTTP to a node
//! as kits and officers would (`sender`), and `closing` the declarations at its end; [`demo`] runs all of it. [`rivals`] are
//! the witnesses and mirrors that hold its log. [`import`] turns a published table into a compilation.

pub mod acts;
pub mod audit;
mod closing;
pub mod country;
pub mod demo;
pub mod founding;
pub mod import;
pub mod night;
mod photograph;
pub mod rivals;
mod sender;
