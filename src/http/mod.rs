//! The HTTP API: server, middleware, routes, bodies and problems. Handlers extract, call the planner, and respond. Domain rules
//! live elsewhere.
//!
//! A request passes through [`server`], then [`middleware`], then its handler in [`routes`].

mod backpressure;
mod body;
mod examples;
mod execute_plan;
pub mod idle_timeout;
mod middleware;
pub mod openapi;
mod plan_task;
pub mod problem;
pub mod routes;
pub mod server;
mod service;

pub use self::service::Service;
