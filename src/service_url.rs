//! URLs of other services. They may contain a password or a token, so only their origin is shown.

use std::fmt;
use std::ops::Deref;

use url::Url;

/// The URL of another service. As a `&str` it is complete; `Debug` and `Display` show what [`redacted`] leaves.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceUrl(String);

impl From<String> for ServiceUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl From<&str> for ServiceUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl Deref for ServiceUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServiceUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(&self.0).map(|url| url.origin().ascii_serialization());
        out.write_str(url.as_deref().unwrap_or("(an invalid URL)"))
    }
}

impl fmt::Debug for ServiceUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Returns a text that may be a URL without its user name, password, query and fragment. It need not be a valid URL.
#[must_use]
pub fn redacted(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    let (before, after) = rest.split_at(end);
    if after.contains('@') {
        // The query may be the end of a password.
        return format!("{scheme}***");
    }
    let shown = match before.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => before.to_owned(),
    };
    let hidden = if after.is_empty() { "" } else { "***" };
    format!(
        "{scheme}{shown}{}{hidden}",
        after.get(..1).unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_origin_of_a_services_url_is_shown() {
        for (url, shown) in [
            (
                "https://user:s3cr3t@host:8443/s3cr3t?s3cr3t#s3cr3t",
                "https://host:8443",
            ),
            ("http://[::1]:8000/v1", "http://[::1]:8000"),
            ("https://s3cr3t:@host", "https://host"),
            ("user:s3cr3t@host", "null"),
            ("s3cr3t", "(an invalid URL)"),
        ] {
            let url = ServiceUrl::from(url);
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), shown);
        }
    }

    #[test]
    fn neither_credentials_nor_a_query_are_left_of_what_may_be_a_url() {
        for (text, left) in [
            ("https://host/path", "https://host/path"),
            ("eighty", "eighty"),
            ("localhost:1", "localhost:1"),
            ("ftp://user:s3cr3t@host/x", "ftp://***@host/x"),
            ("https://user:s3@cr3t@host:1/x", "https://***@host:1/x"),
            ("https://user:s3/cr3t@host", "https://***@host"),
            ("https://user:s3?cr3t@host", "https://***"),
            ("https://user:1#s3cr3t@host", "https://***"),
            ("https://host/x?token=s3cr3t", "https://host/x?***"),
            ("https://host/x#s3cr3t", "https://host/x#***"),
            ("user:s3cr3t@host", "***@host"),
        ] {
            assert_eq!(redacted(text), left);
        }
    }
}
