//! Simulations of what no machine here can carry: the budget's hot counter under many tasks, and the whole path at up to a hundred
//! times 10,000 requests a minute.
//!
//! Run by `make simulate`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a simulation prints, and one that cannot continue has failed"
)]

mod budget;
mod capacity;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("--- the budget's counter");
    budget::simulate().await;
    println!("\n--- the whole path");
    capacity::simulate();
}
