//! What processes share in Redis: rate limits and cached plans. Also: what happens while Redis is unavailable, and when the cache
//! holds forged plans.

use std::path::Path;
use std::time::{Duration, Instant};

use fake_bedrock::FakeBedrock;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::redis_server::Redis;
use crate::support::{Process, Tables};

async fn process(fake: &FakeBedrock, tables: &Tables, folder: &Path, redis: &Redis) -> Process {
    let variables = [
        ("REDIS_URL", redis.url()),
        ("RATE_LIMIT_PER_MINUTE", "60".to_owned()),
        ("TRUSTED_PROXY_HOPS", "1".to_owned()),
    ];
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Process::start(fake, &tables.endpoint, folder, &variables).await
}

/// Sends `count` requests from `address`, 25 at a time. Returns how many the process admits.
async fn admitted(process: &Process, address: &str, count: usize) -> usize {
    let requests = (0..count).map(|_| {
        process
            .client
            .post(format!("{}/api/v1/estimate", process.address))
            .header("X-Forwarded-For", address)
            .json(&json!({"goal": "Learn to play the accordion"}))
            .send()
    });
    let responses = futures_util::stream::iter(requests).buffer_unordered(25);
    let statuses: Vec<u16> = responses
        .map(|response| response.unwrap().status().as_u16())
        .collect()
        .await;
    assert!(
        statuses.iter().all(|status| [200, 429].contains(status)),
        "{statuses:?}"
    );
    statuses.iter().filter(|status| **status == 200).count()
}

/// Decisions of the local limiter, because Redis did not answer.
const FALLBACKS: &str = "goal_router_rate_limit_decisions_total{by=\"fallback\"}";

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_one_limit_and_each_limits_alone_while_redis_is_unavailable() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut redis = Redis::start();
    let one = process(&fake, &tables, folders[0].path(), &redis).await;
    let two = process(&fake, &tables, folders[1].path(), &redis).await;

    // Test machines are busy. If Redis timed out during a round, that round proves nothing about the shared limit.
    let mut rounds = 0..10;
    loop {
        let round = rounds.next().expect("Redis timed out in all ten rounds");
        let address = format!("203.0.113.{}", 10 + round);
        let before = one.metric(FALLBACKS).await + two.metric(FALLBACKS).await;
        let (first, second) =
            tokio::join!(admitted(&one, &address, 100), admitted(&two, &address, 100));
        let after = one.metric(FALLBACKS).await + two.metric(FALLBACKS).await;
        if after - before < 0.5 {
            assert!(
                (59..=62).contains(&(first + second)),
                "{first} and {second}"
            );
            assert!(first > 0 && second > 0, "{first} and {second}");
            break;
        }
    }

    // While Redis is frozen, the first requests wait for a short timeout, and later ones do not wait at all.
    redis.signal("STOP");
    let before = Instant::now();
    assert_eq!(admitted(&one, "203.0.113.2", 100).await, 60);
    assert!(
        before.elapsed() < Duration::from_secs(2),
        "{:?}",
        before.elapsed()
    );
    assert!(one.metric(FALLBACKS).await >= 100.0);
    let before = Instant::now();
    assert_eq!(admitted(&one, "203.0.113.3", 20).await, 20);
    assert!(
        before.elapsed() < Duration::from_secs(1),
        "{:?}",
        before.elapsed()
    );
    redis.signal("CONT");

    // Redis is killed, and comes back.
    redis.kill();
    let (first, second) = tokio::join!(
        admitted(&one, "203.0.113.4", 80),
        admitted(&two, "203.0.113.4", 80)
    );
    assert_eq!((first, second), (60, 60));
    redis.restart();
    let mut shared = false;
    for attempt in 0..50 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = one.metric(FALLBACKS).await;
        admitted(&one, &format!("203.0.113.{}", 100 + attempt), 1).await;
        shared = (one.metric(FALLBACKS).await - before).abs() < 0.5;
        if shared {
            break;
        }
    }
    assert!(shared, "Redis is not used again after its restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cached_plan_is_shared_by_all_processes_and_validated_again() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let redis = Redis::start();
    let url = redis.url();
    let variables = [
        ("REDIS_URL", url.as_str()),
        ("PLAN_CACHE_TTL_SECONDS", "60"),
    ];
    let one = Process::start(&fake, &tables.endpoint, folders[0].path(), &variables).await;
    let two = Process::start(&fake, &tables.endpoint, folders[1].path(), &variables).await;
    let plan = async |process: &Process| -> Value {
        let response = process.request_plan("the same words").await.unwrap();
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    };

    let made = plan(&one).await;
    let shared = plan(&two).await;
    assert_eq!(
        (&made["metadata"]["cached"], &shared["metadata"]["cached"]),
        (&json!(false), &json!(true))
    );
    for field in [
        "weekly_breakdown",
        "resources",
        "total_estimated_hours",
        "created_at",
        "category",
    ] {
        assert_eq!(made[field], shared[field], "{field}");
    }
    assert_eq!(shared["metadata"]["model"], made["metadata"]["model"]);
    assert_eq!(fake.invoice().calls.len(), 1);

    // Forged plans in the cache do not pass validation.
    let client = redis::Client::open(url.as_str()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("goal-router:plan:*")
        .query_async(&mut connection)
        .await
        .unwrap();
    assert_eq!(keys.len(), 1);
    let cached: String = redis::cmd("GET")
        .arg(&keys[0])
        .query_async(&mut connection)
        .await
        .unwrap();
    let mut forged: Value = serde_json::from_str(&cached).unwrap();
    forged["draft"]["weeks"][0]["tasks"][0] = json!("<script>alert(1)</script>");
    for (count, planted) in [forged.to_string(), "garbage".to_owned(), "{}".to_owned()]
        .into_iter()
        .enumerate()
    {
        let mut set = redis::cmd("SET");
        set.arg(&keys[0]).arg(planted);
        set.query_async::<()>(&mut connection).await.unwrap();
        assert_eq!(plan(&two).await["metadata"]["cached"], false);
        assert_eq!(fake.invoice().calls.len(), count + 2);
    }
}
