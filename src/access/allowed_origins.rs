//! Origins whose pages may call the API from a browser.

/// Whose pages may call the API from a browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AllowedOrigins {
    /// Nobody's but ours.
    #[default]
    None,
    /// Everybody's.
    Any,
    /// Those of these origins.
    Listed(Vec<String>),
}

impl AllowedOrigins {
    /// Reads a list of origins, such as `https://app.example.com`, or `*` alone.
    ///
    /// # Errors
    /// The one that is no origin.
    pub fn parse(list: &[String]) -> Result<Self, String> {
        match list {
            [] => Ok(Self::None),
            [any] if any == "*" => Ok(Self::Any),
            _ => match list.iter().find(|origin| !is_origin(origin)) {
                None => Ok(Self::Listed(list.to_vec())),
                Some(wrong) => Err(wrong.clone()),
            },
        }
    }
}

/// Scheme, host and port, and nothing behind them: what browsers send.
fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        // A star would be taken for a letter of the host, and allow nobody.
        matches!(url.scheme(), "http" | "https")
            && !text.contains('*')
            && url.origin().ascii_serialization() == text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send_and_nothing_more() {
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
