//! Rules replaced while requests are decided.

mod broken;
mod probation;
mod swap;
mod versions;
mod vouched;
