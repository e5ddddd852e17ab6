//! The address of a client behind proxies.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Returns the address that the outermost trusted proxy saw.
///
/// `forwarded` are the `X-Forwarded-For` header lines in order. Every proxy appends the address of its peer, so only the last `hops`
/// entries were written by trusted proxies; earlier ones may be forged. If there are fewer entries, the first one is used. If there
/// are none, or the entry is not an address, the peer is used.
#[must_use]
pub fn behind_proxies<'a>(
    peer: Option<IpAddr>,
    forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    hops: usize,
) -> Option<IpAddr> {
    if hops == 0 {
        return peer;
    }
    let entries = forwarded
        .rev()
        .flat_map(|line| line.rsplit(|byte| *byte == b','));
    let entry = entries.take(hops).last();
    entry.and_then(parse).or(peer)
}

/// Parses an address as proxies write it, with or without a port.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let bracketed = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    bracketed
        .unwrap_or(text)
        .parse()
        .or_else(|_| text.parse().map(|address: SocketAddr| address.ip()))
        .ok()
}

/// The part of an address that identifies a client. For IPv6 it is the /64, which usually belongs to one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkId(pub IpAddr);

impl fmt::Display for NetworkId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.to_canonical() {
            IpAddr::V4(address) => write!(out, "{address}"),
            IpAddr::V6(address) => {
                let network = Ipv6Addr::from_bits(address.to_bits() >> 64 << 64);
                write!(out, "{network}/64")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(lines: &[&str], hops: usize) -> String {
        let peer = Some(IpAddr::from([10, 0, 0, 1]));
        let lines = lines.iter().map(|line| line.as_bytes());
        behind_proxies(peer, lines, hops).unwrap().to_string()
    }

    #[test]
    fn only_the_entries_of_trusted_proxies_count() {
        assert_eq!(seen(&["6.6.6.6, 203.0.113.9"], 0), "10.0.0.1");
        assert_eq!(seen(&["6.6.6.6, 203.0.113.9"], 1), "203.0.113.9");
        assert_eq!(seen(&["6.6.6.6", "7.7.7.7,203.0.113.9"], 1), "203.0.113.9");
        assert_eq!(
            seen(&["6.6.6.6, 203.0.113.9, 198.51.100.2"], 2),
            "203.0.113.9"
        );
        assert_eq!(
            seen(&["6.6.6.6, 203.0.113.9", "198.51.100.2"], 2),
            "203.0.113.9"
        );
    }

    #[test]
    fn too_few_entries_ports_and_garbage_have_defined_results() {
        assert_eq!(seen(&[], 1), "10.0.0.1");
        assert_eq!(seen(&["203.0.113.9"], 3), "203.0.113.9");
        assert_eq!(seen(&["203.0.113.9:4711"], 1), "203.0.113.9");
        assert_eq!(seen(&["[2001:db8::1]:443"], 1), "2001:db8::1");
        assert_eq!(seen(&["[2001:db8::1]"], 1), "2001:db8::1");
        for garbage in ["unknown", "", ",", "1.2.3.4, ", "999.1.1.1", "é"] {
            assert_eq!(seen(&[garbage], 1), "10.0.0.1", "{garbage}");
        }
    }

    #[test]
    fn a_network_is_one_client_in_every_notation_of_its_address() {
        let shown = |text: &str| NetworkId(text.parse().unwrap()).to_string();

        assert_eq!(shown("203.0.113.9"), "203.0.113.9");
        assert_eq!(shown("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(shown("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(shown("2001:db8:1:2::9"), shown("2001:db8:1:2:ffff::"));
    }

    proptest! {
        #[test]
        fn the_proxys_entry_is_used_whatever_the_client_forges(
            forged in prop::collection::vec("[ -~]{0,40}", 0..6),
        ) {
            let mut lines: Vec<&str> = forged.iter().map(String::as_str).collect();
            lines.push("203.0.113.9");
            prop_assert_eq!(seen(&lines, 1), "203.0.113.9");
            let joined = lines.join(", ");
            prop_assert_eq!(seen(&[&joined], 1), "203.0.113.9");
        }
    }
}
