//! The traffic of the local stack: its clients, and the scripts of the fake models.

use std::collections::BTreeSet;

use fake_bedrock::script::Script;
use sha2::{Digest as _, Sha256};

use crate::files::text;

/// The clients that the player is.
fn clients_of_the_player() -> BTreeSet<String> {
    let script = text("deploy/load/play.sh");
    let words: Vec<&str> = script.split_whitespace().collect();
    let calls = words.windows(3).filter_map(|call| match call {
        ["ask", _, client] | ["plan", client, _] => Some(*client),
        _ => None,
    });
    calls
        .filter(|client| client.bytes().all(|byte| byte.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_client_of_the_player_has_a_key_except_one() {
    let keys: serde_json::Value =
        serde_json::from_str(&text("deploy/local/api-keys.json")).unwrap();
    let mut known = BTreeSet::from(["nobody".to_owned()]);

    for client in keys["clients"].as_array().unwrap() {
        let name = client["client"].as_str().unwrap();
        let digest = Sha256::digest(format!("local-{name}").as_bytes());
        assert_eq!(client["sha256"][0], hex::encode(digest), "{name}");
        known.insert(name.to_owned());
    }
    assert_eq!(clients_of_the_player(), known);
}

#[test]
fn the_scripts_of_the_models_are_scripts() {
    for file in ["deploy/load/models.json", "deploy/load/outage.json"] {
        let script: Script = serde_json::from_str(&text(file)).unwrap();

        // Some calls succeed in each: a stack in which nothing works shows nothing.
        let shares = script.models.iter().map(|model| {
            let shares = model.rates.iter().map(|rate| rate.share);
            shares.sum::<f64>()
        });
        assert!(shares.into_iter().any(|share| share < 0.5), "{file}");
    }
}

#[test]
fn goals_need_no_escaping_in_json() {
    for file in ["deploy/load/goals.txt", "deploy/load/unsure-goals.txt"] {
        let goals = text(file);

        assert!(goals.lines().count() >= 5, "{file}");
        for goal in goals.lines() {
            assert!(goal.len() >= 3 && !goal.contains(['"', '\\']), "{goal}");
        }
    }
}
