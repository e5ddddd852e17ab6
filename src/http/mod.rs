//! The HTTP API: server, middleware, routes, bodies and problems. Handlers extract, call the planner, and respond; no rule of the
//! domain lives here.
//!
//! A request passes [`server`], then [`middleware`], then its file in [`routes`].

mod body;
mod examples;
mod execute_plan;
mod idle_timeout;
mod middleware;
pub mod openapi;
pub mod problem;
pub mod routes;
pub mod server;
mod service;

pub use self::service::Service;
