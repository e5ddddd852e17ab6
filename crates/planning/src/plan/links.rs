//! The links of resources. Models invent addresses, so only addresses on allow-listed sites become links. Everything else becomes
//! search words.

use std::sync::LazyLock;

use serde::Serialize;
use url::{Position, Url};

use super::text;

/// What the `url` of a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LinkStatus {
    /// An https address on a site of our list. The site is known; that the very page exists is not checked.
    AllowListed,
    /// `search:` and words to look for.
    Search,
}

/// The prefix of search words.
pub const SEARCH_PREFIX: &str = "search:";

/// Maximum number of characters of search words.
const SEARCH_MAX_CHARS: usize = 200;

static ALLOWED_HOSTS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut hosts: Vec<&str> = include_str!("../../data/allowed_hosts.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    hosts.sort_unstable();
    hosts
});

/// A verified address. Only the functions below create one, so that no address is parsed twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    url: String,
    status: LinkStatus,
}

impl Link {
    /// Returns a link to an allow-listed address, in its normal form; `None` if the address is not allowed. An allowed address
    /// uses https on the default port, has no credentials, and is a listed page or on a listed host.
    #[must_use]
    pub fn allow_listed(address: &str) -> Option<Self> {
        Some(Self {
            url: normal_form(address)?,
            status: LinkStatus::AllowListed,
        })
    }

    /// Returns a link with search words; `None` if no words are left after cleaning.
    #[must_use]
    pub fn search(words: &str) -> Option<Self> {
        let words = words.trim();
        let words = text::clean(words.strip_prefix(SEARCH_PREFIX).unwrap_or(words)).into_owned();
        let end = words.char_indices().nth(SEARCH_MAX_CHARS);
        // The cut may fall into a name or a number, so that the rest is another text.
        let words = text::clean(&words[..end.map_or(words.len(), |(end, _)| end)]);
        (!words.is_empty()).then(|| Self {
            url: format!("{SEARCH_PREFIX}{words}"),
            status: LinkStatus::Search,
        })
    }

    /// Returns a link to an address that is valid exactly as it is written, or `None`.
    #[must_use]
    pub fn exactly(address: &str) -> Option<Self> {
        match address.strip_prefix(SEARCH_PREFIX) {
            Some(words) => (!words.trim().is_empty() && text::is_clean(words)).then(|| Self {
                url: address.to_owned(),
                status: LinkStatus::Search,
            }),
            None => Self::allow_listed(address).filter(|link| link.url == address),
        }
    }

    /// Returns the address: https, or `search:` and words.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns which kind of link it is.
    #[must_use]
    pub const fn status(&self) -> LinkStatus {
        self.status
    }

    /// Returns the address and its status.
    #[must_use]
    pub fn into_parts(self) -> (String, LinkStatus) {
        (self.url, self.status)
    }
}

/// Returns the normal form of an allowed address.
fn normal_form(address: &str) -> Option<String> {
    let address = address.trim();
    if address.len() > text::MAX_CHARS
        || !address
            .get(..8)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    {
        return None;
    }
    let url = Url::parse(address).ok()?;
    if url.scheme() != "https"
        || !url.username().is_empty()
        || url.password().is_some()
        || url.port().is_some()
    {
        return None;
    }
    // The fragment can contain anything and does not identify a page.
    let normal = &url[..Position::AfterQuery];
    let page = &url[Position::BeforeHost..Position::AfterQuery];
    if !is_allowed_host(url.host_str()?) && ALLOWED_HOSTS.binary_search(&page).is_err() {
        return None;
    }
    is_harmless(normal).then(|| normal.to_owned())
}

/// Returns whether an address has nothing that a page or a Markdown text could take for markup, also after it was decoded once.
fn is_harmless(address: &str) -> bool {
    address.bytes().all(|byte| byte.is_ascii_graphic())
        && !address.contains(['<', '>', '"', '\'', '`', '|', '\\'])
        && !["](", "**", "&lt", "&gt", "&amp;", "&quot", "&#"]
            .iter()
            .any(|mark| address.contains(mark))
}

/// Returns whether the host is listed, or is a subdomain of a listed host.
pub(super) fn is_allowed_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    std::iter::successors(Some(host), |name| {
        name.split_once('.').map(|(_, parent)| parent)
    })
    .any(|name| ALLOWED_HOSTS.binary_search(&name).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allow_listed(address: &str) -> Option<String> {
        Link::allow_listed(address).map(|link| link.url)
    }

    fn search(words: &str) -> Option<String> {
        Link::search(words).map(|link| link.url)
    }

    #[test]
    fn only_https_addresses_of_listed_sites_are_links() {
        assert_eq!(
            allow_listed("https://docs.aws.amazon.com/iam#x").as_deref(),
            Some("https://docs.aws.amazon.com/iam")
        );
        assert_eq!(
            allow_listed("HTTPS://Developer.Mozilla.org/en-US/").as_deref(),
            Some("https://developer.mozilla.org/en-US/")
        );
        for bad in [
            "http://docs.aws.amazon.com/",
            "https://docs.aws.amazon.com.evil.example/",
            "https://evilaws.amazon.com.example",
            "https://user:pw@docs.aws.amazon.com/",
            "https://docs.aws.amazon.com:8443/",
            "https://docs.aws.amazon.com@evil.example/",
            "javascript:alert(1)",
            "https://example.com/guide",
            "https://",
            "",
        ] {
            assert_eq!(allow_listed(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_listed_line_allows_exactly_its_addresses() {
        for host in ALLOWED_HOSTS.iter() {
            let address = if host.contains('/') {
                format!("https://{host}")
            } else {
                format!("https://{host}/")
            };
            assert_eq!(allow_listed(&address), Some(address.clone()), "{host}");
        }
        assert_eq!(
            allow_listed("https://www.youtube.com/watch?v=invented"),
            None
        );
    }

    #[test]
    fn search_words_are_cleaned_and_never_empty() {
        assert_eq!(
            search("<b>Rust</b> book").as_deref(),
            Some("search:Rust book")
        );
        assert_eq!(search("search:scales").as_deref(), Some("search:scales"));
        assert_eq!(search(" <i></i> "), None);
    }
}
