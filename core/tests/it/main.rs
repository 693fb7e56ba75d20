//! The integration tests of the core, in one binary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cache_model;
mod cache_scenarios;
mod cache_simulation;
mod cache_threads;
mod coturn;
mod credentials;
mod examined_properties;
mod examined_tokens;
mod fleet;
mod fleet_caches;
#[cfg(all(feature = "fleet-redis", target_os = "linux"))]
mod fleet_redis;
#[cfg(all(feature = "fleet-redis", target_os = "linux"))]
mod fleet_redis_check;
mod handed_on;
mod ice_servers;
mod jwt_vectors;
mod late_callers;
mod long_outages;
mod playback_arguments;
mod playback_async_source;
mod playback_crowd;
mod playback_faults;
mod real_callbacks;
mod real_http;
mod real_lingering;
mod real_load;
mod real_offline;
mod real_pool;
mod real_sharing;
mod real_sources;
mod real_streams;
mod real_tls;
mod real_wire;
mod short_lives;
mod source_answers;
mod support;
mod tenants;
mod token_properties;
mod token_threads;
mod token_vectors;
mod turns;
mod wrong_calls;
