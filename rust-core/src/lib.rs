//! Lá Chắn: protection for children on the phone itself.
//!
//! Content goes in, a verdict comes out, and nothing leaves the device: this crate has no network, no clock and no
//! randomness of its own.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod engine;
pub mod family;
pub mod guard;
pub mod hash;
pub mod image;
pub mod policy;
pub mod text;
pub mod trust;
pub mod vault;
pub mod verdict;
