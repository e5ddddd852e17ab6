//! Money, tokens and the prices between them. A leaf: it knows no ledger, no provider and no store.
//!
//! [`Money`] is an integer count of nano-dollars. [`Price`] turns [`Tokens`] into it.

mod amount;
mod price;
mod tokens;

pub use self::amount::{Money, nano_usd};
pub use self::price::{Price, Rates};
pub use self::tokens::Tokens;
