//! Rules replaced while requests are decided.

mod broken;
mod canary;
mod probation;
mod replay;
mod shadow;
mod swap;
mod versions;
mod vouched;
