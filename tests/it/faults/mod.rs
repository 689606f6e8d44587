//! Products that fail in every way they can.

mod kinds;
mod refused;
mod shutdown;
mod stopped;
