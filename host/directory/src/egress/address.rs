//! Which addresses are anybody's, and which are ours alone to reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Whether an address may be called: it is public, or it lies in a network that was granted.
pub(super) fn is_allowed(address: IpAddr, networks: &[IpNet]) -> bool {
    let address = address.to_canonical();
    is_public(address) || networks.iter().any(|network| network.contains(&address))
}

/// Whether an address is on the public internet: not this machine, not its network, not a cloud's
/// metadata service, nor a wrapping of one of those (IANA's special-purpose registries, RFC 6890).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether an administrator may name an address for a product or a proxy. Products stand in one's own network, so nearly all;
/// not where a cloud's services hand credentials to whoever asks from this machine, and where no product can be.
#[must_use]
pub fn is_for_products(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_for_products_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(within) => is_for_products_v4(within),
            None => {
                // Amazon's and Google's beside the link's own.
                let services = [
                    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
                    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
                ];
                let [first, ..] = address.segments();
                let is_link_local = first & 0xffc0 == 0xfe80;
                !(is_link_local
                    || address.is_unspecified()
                    || address.is_multicast()
                    || services.contains(&address))
            }
        },
    }
}

fn is_for_products_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    // Alibaba's, Oracle's and Azure's, beside the link's own.
    let services = [
        Ipv4Addr::new(100, 100, 100, 200),
        Ipv4Addr::new(192, 0, 0, 192),
        Ipv4Addr::new(168, 63, 129, 16),
    ];
    let nowhere = first == 0 || address.is_broadcast() || address.is_multicast();
    !(address.is_link_local() || nowhere || services.contains(&address))
}

/// The IPv4 address that an address of IPv6 carries: NAT64 (RFC 6052), 6to4 (RFC 3056), IPv4-compatible.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let [first, second, third, .., high, low] = segments;
    let compatible = segments.starts_with(&[0, 0, 0, 0, 0, 0]) && high != 0;
    if compatible || segments.starts_with(&[0x64, 0xff9b, 0, 0, 0, 0]) {
        return Some(joined(high, low));
    }
    (first == 0x2002).then(|| joined(second, third))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_unspecified()
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        // "This network".
        || a == 0
        // Carrier-grade NAT (RFC 6598); a cloud's metadata service lives there too.
        || (a == 100 && b & 0xc0 == 64)
        // IETF protocol assignments.
        || (a == 192 && b == 0 && c == 0)
        // Deprecated 6to4 relays.
        || (a == 192 && b == 88 && c == 99)
        // Benchmarking (RFC 2544).
        || (a == 198 && b & 0xfe == 18)
        // Reserved.
        || a >= 240
        // A cloud's platform service behind a public address.
        || address == Ipv4Addr::new(168, 63, 129, 16);
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [first, second, ..] = segments;
    // Addresses that carry an IPv4 address within: NAT64 (RFC 6052) and 6to4 (RFC 3056).
    let [.., high, low] = segments;
    if segments.starts_with(&[0x64, 0xff9b, 0, 0, 0, 0]) {
        return is_public_v4(joined(high, low));
    }
    if first == 0x2002 {
        let [_, high, low, ..] = segments;
        return is_public_v4(joined(high, low));
    }
    let special = address.is_unspecified()
        || address.is_loopback()
        || address.is_multicast()
        // Unique local, link local, and the site local of old.
        || first & 0xfe00 == 0xfc00
        || first & 0xffc0 == 0xfe80
        || first & 0xffc0 == 0xfec0
        // IPv4-compatible, deprecated; local NAT64 (RFC 8215).
        || segments.starts_with(&[0, 0, 0, 0, 0, 0])
        || segments.starts_with(&[0x64, 0xff9b, 1])
        // Discard only, protocol assignments with Teredo and ORCHID, documentation.
        || segments.starts_with(&[0x100, 0, 0, 0])
        || (first == 0x2001 && second < 0x200)
        || (first == 0x2001 && second == 0xdb8)
        || (first == 0x3fff && second < 0x1000);
    !special
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for public in [
            "1.1.1.1",
            "93.184.216.34",
            "100.128.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "2a00::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for special in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.1.2.3",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(special.parse().unwrap()), "{special}");
        }
        assert!(
            is_public("64:ff9b::101:101".parse().unwrap()),
            "a public address behind NAT64"
        );
    }

    #[test]
    fn a_product_may_be_anywhere_but_where_a_cloud_s_services_are() {
        for there in [
            "10.0.0.1",
            "127.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "93.184.216.34",
            "100.64.0.1",
            "::1",
            "fd12:3456::1",
            "2606:4700::1111",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(is_for_products(there.parse().unwrap()), "{there}");
        }
        for service in [
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "fe80::1",
            "ff02::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(!is_for_products(service.parse().unwrap()), "{service}");
        }
    }

    #[test]
    fn a_granted_network_opens_itself_and_no_other() {
        let networks = ["10.1.0.0/16".parse().unwrap(), "::1/128".parse().unwrap()];
        assert!(is_allowed("10.1.2.3".parse().unwrap(), &networks));
        assert!(is_allowed("::ffff:10.1.2.3".parse().unwrap(), &networks));
        assert!(is_allowed("::1".parse().unwrap(), &networks));
        assert!(!is_allowed("10.2.0.1".parse().unwrap(), &networks));
        assert!(!is_allowed("127.0.0.1".parse().unwrap(), &networks));
    }
}
