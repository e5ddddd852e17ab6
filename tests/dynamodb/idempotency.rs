//! The claims and the stored responses of idempotency keys.

use chrono::TimeDelta;
use goal_router::dynamodb::DynamoDbStore;
use goal_router::idempotency::{
    Claim, ClaimResult, Fingerprint, IdempotencyStore as _, RecordName, StoredResponse,
};

use crate::entries::now;

pub async fn a_key_is_claimed_once_completed_once_and_free_after_release(store: &DynamoDbStore) {
    let claim = |owner: &str, seconds: i64| Claim {
        name: RecordName {
            client_id: "key:web".to_owned(),
            key: [7; 32],
        },
        fingerprint: Fingerprint([8; 32]),
        owner: owner.to_owned(),
        now: now() + TimeDelta::seconds(seconds),
        until: now() + TimeDelta::seconds(seconds + 60),
    };
    let response = |status: u16| StoredResponse {
        status,
        body: vec![b'x'; 20_000].into(),
    };
    let (one, two) = (claim("one", 0), claim("two", 1));
    let until = now() + TimeDelta::hours(24);

    assert_eq!(store.claim(&one).await.unwrap(), ClaimResult::Granted);
    assert_eq!(
        store.claim(&one).await.unwrap(),
        ClaimResult::Granted,
        "a repeated claim by the same owner"
    );
    assert_eq!(
        store.claim(&two).await.unwrap(),
        ClaimResult::Running(one.fingerprint)
    );
    store.release(&two).await.unwrap();
    assert_ne!(
        store.claim(&two).await.unwrap(),
        ClaimResult::Granted,
        "only the owner can release a claim"
    );
    store.release(&one).await.unwrap();
    assert_eq!(store.claim(&two).await.unwrap(), ClaimResult::Granted);

    // The claim has expired, as after a crash. Another task takes it over, and that task's response stands.
    let three = claim("three", 61);
    assert_eq!(store.claim(&three).await.unwrap(), ClaimResult::Granted);
    store.complete(&three, &response(200), until).await.unwrap();
    store.complete(&two, &response(502), until).await.unwrap();
    store.release(&three).await.unwrap();
    let done = ClaimResult::Done(one.fingerprint, response(200));
    for late in [&one, &two, &three, &claim("four", 600)] {
        assert_eq!(store.claim(late).await.unwrap(), done, "{}", late.owner);
    }
    let next_day = claim("five", 24 * 3600);
    assert_eq!(store.claim(&next_day).await.unwrap(), ClaimResult::Granted);
}
