//! Whoever guesses waits, by the name and by the address.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use tidegate_store::access::FailureKey;
use tidegate_store::fold;

/// Attempts at one name before the first wait: typing errors.
const NAME_FREE: u32 = 5;
/// Attempts from one address: many people may be behind it.
const ADDRESS_FREE: u32 = 20;

/// What attempts at a name are counted by.
pub(super) fn of_name(name: &str) -> FailureKey {
    key("name", &fold(name.trim()), NAME_FREE)
}

/// The same for sign-ins elsewhere from an address: each is a question to the issuer.
pub(super) fn of_exchange(address: Option<IpAddr>) -> FailureKey {
    key("exchange", &network(address), ADDRESS_FREE)
}

/// The same for an address. Whoever has one of IPv6 has a network of them.
pub(super) fn of_address(address: Option<IpAddr>) -> FailureKey {
    key("address", &network(address), ADDRESS_FREE)
}

fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        None => "none".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => format!("{:x?}", address.segments().get(..4).unwrap_or_default()),
    }
}

fn key(kind: &str, text: &str, free: u32) -> FailureKey {
    let hash = Sha256::new()
        .chain_update(kind)
        .chain_update([0])
        .chain_update(text);
    FailureKey {
        hash: hash.finalize().into(),
        free,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_networks_are_counted_whatever_their_spelling() {
        let address = |text: &str| of_address(text.parse().ok());
        assert_eq!(of_name(" Ada"), of_name("ada"));
        assert_eq!(address("2001:db8::1"), address("2001:db8::2"));
        assert_ne!(address("2001:db8:1::1"), address("2001:db8:1:1::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
        assert_ne!(of_name("192.0.2.1"), address("192.0.2.1"));
    }
}
