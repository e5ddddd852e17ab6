//! Money, tokens and prices. A leaf module: it knows no ledger, no provider and no store.
//!
//! [`Money`] is an integer number of nano-dollars. [`Price`] converts [`Tokens`] to [`Money`].

mod amount;
mod price;
mod tokens;

pub use self::amount::{Money, nano_usd};
pub use self::price::{Price, Rates};
pub use self::tokens::Tokens;
