//! Sessions of the older protocols: the same contract for each store, replicas that share one, and the keys that seal what
//! stateless clients carry. Those that need Redis start one of their own (`redis.rs` says what happens where there is none).

mod client;
mod contract;
mod keys;
mod limits;
mod proxy;
mod redis;
mod replicas;
mod store;
