//! The origins whose pages may call the API from a browser.

/// The origins whose pages may call the API from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AllowedOrigins {
    /// Only the API's own origin.
    #[default]
    None,
    /// Any origin.
    Any,
    /// These origins.
    Listed(Vec<String>),
}

impl AllowedOrigins {
    /// Parses a list of origins, such as `https://app.example.com`, or `*` alone.
    ///
    /// # Errors
    /// Returns the first entry that is not an origin.
    pub fn parse(list: &[String]) -> Result<Self, String> {
        match list {
            [] => Ok(Self::None),
            [any] if any == "*" => Ok(Self::Any),
            _ => match list.iter().find(|origin| !is_origin(origin)) {
                None => Ok(Self::Listed(list.to_vec())),
                Some(invalid) => Err(invalid.clone()),
            },
        }
    }
}

/// Returns whether `text` is an origin exactly as browsers send it: scheme, host and port, and nothing else.
fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        // A wildcard would be parsed as part of the host name, and never match.
        matches!(url.scheme(), "http" | "https")
            && !text.contains('*')
            && url.origin().ascii_serialization() == text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_as_browsers_send_them_are_accepted() {
        let parse = |text: &str| {
            let list: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            AllowedOrigins::parse(&list)
        };

        assert_eq!(parse(""), Ok(AllowedOrigins::None));
        assert_eq!(parse("*"), Ok(AllowedOrigins::Any));
        assert!(
            matches!(parse("https://a.example http://localhost:3000"), Ok(AllowedOrigins::Listed(list)) if list.len() == 2)
        );
        for wrong in [
            "https://a.example/",
            "https://a.example/x",
            "a.example",
            "https://*.example",
            "null",
            "file:///x",
            "https://A.example",
        ] {
            assert_eq!(parse(wrong), Err(wrong.to_owned()));
        }
        assert!(parse("* https://a.example").is_err());
    }
}
