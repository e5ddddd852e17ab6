//! The addresses on which the service listens, and how it shuts down.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::values::{SettingsError, Values};

/// The addresses on which the service listens, and how it shuts down.
#[derive(Debug, Clone)]
pub struct Listen {
    /// `BIND_ADDRESS`: the address of both ports.
    pub address: IpAddr,
    /// `PORT`: the port of the API. With 0, the system chooses one.
    pub port: u16,
    /// `MANAGEMENT_PORT`: the port of the metrics. With 0, the system chooses one.
    pub management_port: u16,
    /// `MAX_IN_FLIGHT`: the maximum number of plans in progress.
    pub max_in_flight: usize,
    /// `DRAIN_DELAY_SECONDS`: how long requests are still accepted after SIGTERM, so that load balancers can notice the shutdown.
    pub drain_delay: Duration,
    /// `SHUTDOWN_GRACE_SECONDS`: how long requests in flight may take after the drain delay.
    pub shutdown_grace: Duration,
}

impl Listen {
    /// Returns the address at which this machine reaches the service: the loopback address if it listens on all addresses.
    #[must_use]
    pub const fn local_address(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) if address.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(address) if address.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            address => address,
        }
    }

    pub(super) fn from_values(values: &Values) -> Result<Self, SettingsError> {
        let port = |name, default: u16| -> Result<u16, SettingsError> {
            let port = values.number(name, u64::from(default), 0..=65535)?;
            Ok(port.try_into().unwrap_or(default))
        };
        let max_in_flight = values.number("MAX_IN_FLIGHT", 4000, 1..=1_000_000)?;
        Ok(Self {
            address: values
                .parsed("BIND_ADDRESS", "must be an IP address")?
                .unwrap_or(IpAddr::from([0, 0, 0, 0])),
            port: port("PORT", 8000)?,
            management_port: port("MANAGEMENT_PORT", 9464)?,
            max_in_flight: usize::try_from(max_in_flight).unwrap_or(4000),
            drain_delay: values.seconds("DRAIN_DELAY_SECONDS", 5, 0..=300)?,
            shutdown_grace: values.seconds("SHUTDOWN_GRACE_SECONDS", 100, 0..=600)?,
        })
    }
}
