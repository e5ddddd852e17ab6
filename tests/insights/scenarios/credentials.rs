//! Credentials that come after the start.

use fake_bedrock::FakeBedrock;

use super::FIRST_MODEL;
use crate::service::{PLAN, Service};

const CREDENTIALS: &str =
    "[late]\naws_access_key_id = AKIDTEST\naws_secret_access_key = secret-not-to-be-logged\n";

/// Plays it. Returns what was logged.
pub async fn play() -> String {
    let fake = FakeBedrock::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Not a loopback address, for which the service makes up credentials, but the same machine.
    let endpoint = fake.endpoint().replace("127.0.0.1", "0.0.0.0");
    let service = Service::start(
        folder.path(),
        &[
            ("LLM_MODELS", &format!("bedrock:{FIRST_MODEL}")),
            ("CLASSIFIER_MODEL", "offline"),
            ("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", &endpoint),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_PROFILE", "late"),
            ("HOME", folder.path().to_str().unwrap()),
        ],
    )
    .await;
    assert_eq!(service.post(PLAN, "too-early", None).await, 503);
    std::fs::create_dir(folder.path().join(".aws")).unwrap();
    std::fs::write(folder.path().join(".aws/credentials"), CREDENTIALS).unwrap();
    assert_eq!(service.post(PLAN, "in-time", None).await, 200);
    service.wait_for("provider_available").await;
    service.stop()
}
