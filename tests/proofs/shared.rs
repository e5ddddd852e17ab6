//! What processes share in Redis: one limit, and plans; and what happens when Redis is not there, or holds what nobody put there.

use std::path::Path;
use std::time::{Duration, Instant};

use fake_bedrock::FakeBedrock;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::redis_server::Redis;
use crate::support::{Process, Tables};

async fn process(fake: &FakeBedrock, tables: &Tables, folder: &Path, redis: &Redis) -> Process {
    let more = [
        ("REDIS_URL", redis.url()),
        ("RATE_LIMIT_PER_MINUTE", "60".to_owned()),
        ("TRUSTED_PROXY_HOPS", "1".to_owned()),
    ];
    let more: Vec<(&str, &str)> = more
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Process::start(fake, &tables.endpoint, folder, &more).await
}

/// How many of so many requests from one address, 25 at a time, a process lets pass.
async fn passed(process: &Process, address: &str, count: usize) -> usize {
    let asked = (0..count).map(|_| {
        process
            .client
            .post(format!("{}/api/v1/estimate", process.address))
            .header("X-Forwarded-For", address)
            .json(&json!({"goal": "Learn to play the accordion"}))
            .send()
    });
    let answers = futures_util::stream::iter(asked).buffer_unordered(25);
    let statuses: Vec<u16> = answers
        .map(|answer| answer.unwrap().status().as_u16())
        .collect()
        .await;
    assert!(
        statuses.iter().all(|status| [200, 429].contains(status)),
        "{statuses:?}"
    );
    statuses.iter().filter(|status| **status == 200).count()
}

const FALLBACKS: &str = "goal_router_rate_limit_decisions_total{by=\"fallback\"}";

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_share_one_limit_and_each_limits_alone_while_redis_is_away() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut redis = Redis::start();
    let one = process(&fake, &tables, folders[0].path(), &redis).await;
    let two = process(&fake, &tables, folders[1].path(), &redis).await;

    // The machines of tests are busy: where Redis did not answer within its time, the round says nothing of the shared limit.
    let mut rounds = 0..10;
    loop {
        let round = rounds
            .next()
            .expect("ten rounds, and Redis was slow in each");
        let address = format!("203.0.113.{}", 10 + round);
        let before = one.metric(FALLBACKS).await + two.metric(FALLBACKS).await;
        let (here, there) = tokio::join!(passed(&one, &address, 100), passed(&two, &address, 100));
        let after = one.metric(FALLBACKS).await + two.metric(FALLBACKS).await;
        if after - before < 0.5 {
            assert!((59..=62).contains(&(here + there)), "{here} and {there}");
            assert!(here > 0 && there > 0, "{here} and {there}");
            break;
        }
    }

    // Frozen: whoever asks waits a moment at most, and then nobody does.
    redis.signal("STOP");
    let before = Instant::now();
    assert_eq!(passed(&one, "203.0.113.2", 100).await, 60);
    assert!(
        before.elapsed() < Duration::from_secs(2),
        "{:?}",
        before.elapsed()
    );
    assert!(one.metric(FALLBACKS).await >= 100.0);
    let before = Instant::now();
    assert_eq!(passed(&one, "203.0.113.3", 20).await, 20);
    assert!(
        before.elapsed() < Duration::from_secs(1),
        "{:?}",
        before.elapsed()
    );
    redis.signal("CONT");

    // Gone, and back.
    redis.kill();
    let (here, there) = tokio::join!(
        passed(&one, "203.0.113.4", 80),
        passed(&two, "203.0.113.4", 80)
    );
    assert_eq!((here, there), (60, 60));
    redis.start_again();
    let mut shared = false;
    for attempt in 0..50 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = one.metric(FALLBACKS).await;
        passed(&one, &format!("203.0.113.{}", 100 + attempt), 1).await;
        shared = (one.metric(FALLBACKS).await - before).abs() < 0.5;
        if shared {
            break;
        }
    }
    assert!(shared, "Redis is not asked any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cached_plan_is_every_processs_and_passes_the_check_again() {
    let fake = FakeBedrock::start().unwrap();
    let tables = Tables::new().await;
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let redis = Redis::start();
    let url = redis.url();
    let more = [
        ("REDIS_URL", url.as_str()),
        ("PLAN_CACHE_TTL_SECONDS", "60"),
    ];
    let one = Process::start(&fake, &tables.endpoint, folders[0].path(), &more).await;
    let two = Process::start(&fake, &tables.endpoint, folders[1].path(), &more).await;
    let plan = async |process: &Process| -> Value {
        let asked = process.ask("the same words").await.unwrap();
        assert_eq!(asked.status(), 200);
        asked.json().await.unwrap()
    };

    let made = plan(&one).await;
    let shared = plan(&two).await;
    assert_eq!(
        (&made["metadata"]["cached"], &shared["metadata"]["cached"]),
        (&json!(false), &json!(true))
    );
    for same in [
        "weekly_breakdown",
        "resources",
        "total_estimated_hours",
        "created_at",
        "category",
    ] {
        assert_eq!(made[same], shared[same], "{same}");
    }
    assert_eq!(shared["metadata"]["model"], made["metadata"]["model"]);
    assert_eq!(fake.invoice().calls.len(), 1);

    // What somebody else put there does not get past the check.
    let client = redis::Client::open(url.as_str()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let keys: Vec<String> = redis::cmd("KEYS")
        .arg("goal-router:plan:*")
        .query_async(&mut connection)
        .await
        .unwrap();
    assert_eq!(keys.len(), 1);
    let kept: String = redis::cmd("GET")
        .arg(&keys[0])
        .query_async(&mut connection)
        .await
        .unwrap();
    let mut evil: Value = serde_json::from_str(&kept).unwrap();
    evil["draft"]["weeks"][0]["tasks"][0] = json!("<script>alert(1)</script>");
    for (count, planted) in [evil.to_string(), "garbage".to_owned(), "{}".to_owned()]
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
