//! AWS credentials that recover: from the SDK's default chain, rebuilt after every failed load.

use std::sync::{Arc, Mutex, PoisonError};

use aws_config::Region;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_credential_types::provider::{self, ProvideCredentials, future};

/// The SDK's default chain. The chain caches what it read of profiles and endpoints, mistakes included, so a chain that failed is
/// dropped: credentials that are configured later are found without a restart.
#[derive(Debug)]
pub(super) struct RecoveringCredentials {
    region: Region,
    chain: Mutex<Option<Arc<DefaultCredentialsChain>>>,
}

impl RecoveringCredentials {
    pub(super) const fn new(region: Region) -> Self {
        Self {
            region,
            chain: Mutex::new(None),
        }
    }

    async fn load(&self) -> provider::Result {
        let chain = match self.current() {
            Some(chain) => chain,
            None => self.build().await,
        };
        let loaded = chain.provide_credentials().await;
        self.set(loaded.is_ok().then_some(chain));
        loaded
    }

    async fn build(&self) -> Arc<DefaultCredentialsChain> {
        let chain = DefaultCredentialsChain::builder().region(self.region.clone());
        Arc::new(chain.build().await)
    }

    fn current(&self) -> Option<Arc<DefaultCredentialsChain>> {
        let chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain.clone()
    }

    fn set(&self, chain: Option<Arc<DefaultCredentialsChain>>) {
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
    }
}

impl ProvideCredentials for RecoveringCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.load())
    }
}
