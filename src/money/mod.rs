//! Money, tokens and prices. A leaf module: it knows no ledger, no provider and no store.
//!
//! [`Money`] is an integer number of nano-dollars. [`Price`] converts [`Tokens`] to [`Money`], and [`Price::book`] decides what is
//! booked for a call.

mod amount;
mod factor;
mod price;
mod tokens;
mod usage;

pub use self::amount::{Money, nano_usd};
pub use self::factor::PriceFactor;
pub use self::price::{Price, Rates};
pub use self::tokens::Tokens;
pub use self::usage::{Booking, MaxTokens, ReportedUsage};
