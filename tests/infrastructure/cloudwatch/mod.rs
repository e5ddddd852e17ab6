//! What CloudWatch shows and watches, and where its figures come from.

mod aws;
mod dashboard;
mod emf;
mod filters;
mod math;
mod pattern;
mod references;
mod search_expression;
mod sources;
