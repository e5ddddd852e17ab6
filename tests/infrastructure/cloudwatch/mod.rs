//! What CloudWatch shows and watches, and where its figures come from.

mod aws;
mod aws_dimensions;
mod dashboard;
mod emf;
mod filters;
mod log_metrics;
mod math;
mod objectives;
mod pattern;
mod pattern_reader;
mod references;
mod search_expression;
mod sources;
mod statistics;
