//! Where a login came from, as a class: an address says more of a person than an election needs.

use crate::error::RecorderError;
use ipnet::IpNet;
use std::net::IpAddr;

/// The operator's own networks.
#[derive(Debug, Clone, Default)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Reads networks in CIDR notation, as `10.20.0.0/16`.
    pub fn parse(texts: &[String]) -> Result<Self, RecorderError> {
        let read = |text: &String| {
            let expected = "a network in CIDR notation, as 10.20.0.0/16";
            let wrong = |_| RecorderError::Setting { what: "inside", found: text.clone(), expected };
            text.parse::<IpNet>().map_err(wrong)
        };
        Ok(Self(texts.iter().map(read).collect::<Result<_, _>>()?))
    }

    /// Whether an address is the machine's own or in one of the networks. None is a login at the machine itself; a name
    /// that is no address is taken as elsewhere, since nothing here asks a name server.
    pub fn is_inside(&self, address: Option<&str>) -> bool {
        let Some(address) = address else { return true };
        let Ok(address) = address.parse::<IpAddr>() else { return false };
        let address = address.to_canonical();
        address.is_loopback() || self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_classes() {
        let networks = Networks::parse(&["10.20.0.0/16".into(), "2001:db8:7::/48".into()]).unwrap();
        for inside in ["10.20.255.1", "127.0.0.1", "::1", "::ffff:10.20.0.9", "2001:db8:7::9"] {
            assert!(networks.is_inside(Some(inside)), "{inside}");
        }
        for elsewhere in ["10.21.0.1", "192.0.2.7", "2001:db8:8::1", "host.example", ""] {
            assert!(!networks.is_inside(Some(elsewhere)), "{elsewhere}");
        }
        assert!(networks.is_inside(None));
        assert_eq!(Networks::parse(&["10.0.0.0".into()]).unwrap_err().code(), "H106");
    }
}
