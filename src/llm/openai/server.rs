//! The server of OpenAI-compatible models: its address, however that is written, and how a key is sent to it.

use std::fmt;

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// The path of chat completions, which people copy together with the base URL.
const COMPLETIONS: &str = "/chat/completions";

/// A server that speaks OpenAI's chat completions.
#[derive(Clone)]
pub struct OpenAiServer {
    url: Url,
    key: Option<SecretString>,
}

impl fmt::Display for OpenAiServer {
    /// Shows the origin alone: path and query may contain a key.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.url.origin().ascii_serialization())
    }
}

impl fmt::Debug for OpenAiServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl OpenAiServer {
    /// Reads a base URL. A trailing slash and the path of chat completions are taken off; a URL without a path gets `/v1`, except that a
    /// resource of Azure gets `/openai/v1`. A query, such as Azure's `?api-version=`, is kept.
    ///
    /// # Errors
    /// A message that says what is wrong with the URL.
    pub fn parse(base_url: &str, key: Option<SecretString>) -> Result<Self, &'static str> {
        let mut url = Url::parse(base_url).map_err(|_| "must be an http or https URL")?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("must be an http or https URL");
        }
        if url.fragment().is_some() {
            return Err("must not have a fragment (`#...`)");
        }
        let path = url.path().trim_end_matches('/');
        let path = path
            .strip_suffix(COMPLETIONS)
            .unwrap_or(path)
            .trim_end_matches('/');
        if OTHER_PATHS.iter().any(|other| path.ends_with(other)) {
            return Err(OTHER_PATH);
        }
        let is_azure = url
            .host_str()
            .is_some_and(|host| host.ends_with(".openai.azure.com"));
        let path = match path {
            "" if is_azure => "/openai/v1",
            "" if url.host_str() == Some("openrouter.ai") => "/api/v1",
            "" if url.host_str() == Some("generativelanguage.googleapis.com") => "/v1beta/openai",
            "" => "/v1",
            path => path,
        };
        let path = format!("{path}{COMPLETIONS}");
        url.set_path(&path);
        Ok(Self { url, key })
    }

    /// Returns the URL of chat completions.
    pub(super) fn url(&self) -> Url {
        self.url.clone()
    }

    /// Returns the URL of chat completions, which may contain a key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Returns whether the token limit is called `max_tokens` at first. Only OpenAI itself requires the new name; most compatible
    /// servers know the old one.
    pub(super) fn prefers_max_tokens(&self) -> bool {
        self.url.host_str() != Some("api.openai.com")
    }

    /// Adds the key to a request: as `api-key` at Azure, else as a bearer token.
    pub(super) fn authorized(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.key {
            Some(key) if self.takes_key_header() => request.header("api-key", key.expose_secret()),
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }

    fn takes_key_header(&self) -> bool {
        let host = self.url.host_str().unwrap_or_default();
        let azure = [
            ".openai.azure.com",
            ".cognitiveservices.azure.com",
            ".services.ai.azure.com",
        ];
        azure.iter().any(|domain| host.ends_with(domain))
            || self
                .url
                .query_pairs()
                .any(|(name, _)| name == "api-version")
    }
}

/// Paths of other protocols of the same servers.
const OTHER_PATHS: [&str; 6] = [
    "/completions",
    "/responses",
    "/messages",
    "/api/generate",
    "/api/chat",
    "/embeddings",
];

const OTHER_PATH: &str = "must be the base URL of a server of chat completions, such as http://localhost:11434/v1, and not the path of another API";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_put_right_or_refused() {
        for (written, url) in [
            (
                "https://api.openai.com/v1",
                "https://api.openai.com/v1/chat/completions",
            ),
            (
                "https://api.openai.com/v1/",
                "https://api.openai.com/v1/chat/completions",
            ),
            (
                "https://api.openai.com",
                "https://api.openai.com/v1/chat/completions",
            ),
            (
                "http://localhost:11434/",
                "http://localhost:11434/v1/chat/completions",
            ),
            (
                "http://localhost:8000/v1/chat/completions/",
                "http://localhost:8000/v1/chat/completions",
            ),
            (
                "https://openrouter.ai/api/v1",
                "https://openrouter.ai/api/v1/chat/completions",
            ),
            (
                "https://openrouter.ai",
                "https://openrouter.ai/api/v1/chat/completions",
            ),
            (
                "https://x.openai.azure.com",
                "https://x.openai.azure.com/openai/v1/chat/completions",
            ),
            (
                "https://x.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21",
                "https://x.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
            ),
            (
                "https://generativelanguage.googleapis.com/v1beta/openai/",
                "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
            ),
        ] {
            let server = OpenAiServer::parse(written, None).unwrap();
            assert_eq!(server.url().as_str(), url, "{written}");
        }
        for written in [
            "",
            "localhost:8000",
            "ftp://host",
            "http://localhost:11434/api/chat",
            "https://host/v1/responses",
            "https://host/v1#a",
        ] {
            assert!(OpenAiServer::parse(written, None).is_err(), "{written}");
        }
    }
}
