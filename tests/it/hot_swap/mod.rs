//! Rules replaced while requests are decided.

mod broken;
mod swap;
mod versions;
