//! Which addresses we stand behind. A model invents links; only sites on our list are shown as links, all else becomes
//! words to search for.

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

/// Prefix of words to search for.
pub const SEARCH: &str = "search:";

/// Most characters of the words to search for.
const SEARCH_MAX_CHARS: usize = 200;

static ALLOWED_HOSTS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut sites: Vec<&str> = include_str!("../../data/allowed_hosts.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    sites.sort_unstable();
    sites
});

/// An address that keeps its promise. It is made only by the functions below, so that no address is parsed twice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    url: String,
    status: LinkStatus,
}

impl Link {
    /// A link to an address in its normal form: https, on the default port, without credentials, and a page of the list or on a
    /// host of the list.
    #[must_use]
    pub fn allow_listed(address: &str) -> Option<Self> {
        Some(Self {
            url: normal_form(address)?,
            status: LinkStatus::AllowListed,
        })
    }

    /// Some words to search for; `None` where nothing is left of them.
    #[must_use]
    pub fn search(words: &str) -> Option<Self> {
        let words = words.trim();
        let words = text::clean(words.strip_prefix(SEARCH).unwrap_or(words)).into_owned();
        let words: String = words.chars().take(SEARCH_MAX_CHARS).collect();
        let words = words.trim();
        (!words.is_empty()).then(|| Self {
            url: format!("{SEARCH}{words}"),
            status: LinkStatus::Search,
        })
    }

    /// The link of an address that is allowed exactly as it is written.
    #[must_use]
    pub fn exactly(address: &str) -> Option<Self> {
        match address.strip_prefix(SEARCH) {
            Some(words) => (!words.trim().is_empty() && text::is_clean(words)).then(|| Self {
                url: address.to_owned(),
                status: LinkStatus::Search,
            }),
            None => Self::allow_listed(address).filter(|link| link.url == address),
        }
    }

    /// The address: https, or `search:` and words.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Which of the two it is.
    #[must_use]
    pub const fn status(&self) -> LinkStatus {
        self.status
    }

    /// The address and its status.
    #[must_use]
    pub fn into_parts(self) -> (String, LinkStatus) {
        (self.url, self.status)
    }
}

/// The normal form of an address that is allowed.
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
    // The fragment can carry anything and names no page.
    let normal = &url[..Position::AfterQuery];
    let page = &url[Position::BeforeHost..Position::AfterQuery];
    if !is_allowed_host(url.host_str()?) && ALLOWED_HOSTS.binary_search(&page).is_err() {
        return None;
    }
    (text::is_clean(normal) && !normal.contains(['<', '>', '"', '\''])).then(|| normal.to_owned())
}

/// Whether the host is a site of the list or lies below one.
fn is_allowed_host(host: &str) -> bool {
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
    fn every_line_of_the_list_allows_what_it_says_and_no_more() {
        for site in ALLOWED_HOSTS.iter() {
            let address = if site.contains('/') {
                format!("https://{site}")
            } else {
                format!("https://{site}/")
            };
            assert_eq!(allow_listed(&address), Some(address.clone()), "{site}");
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
