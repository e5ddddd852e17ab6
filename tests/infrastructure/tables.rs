//! The tables: those that Terraform makes are those that the service makes where it makes them itself.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, Projection};
use goal_router::dynamodb::embedded::EmbeddedEngine;
use goal_router::dynamodb::{self, TableNames, tables};
use serde_json::Value;

use crate::environments;
use crate::terraform::Resource;

/// What the service relies on.
#[derive(Debug, PartialEq, Eq)]
struct Table {
    key: Key,
    /// The type of each attribute of a key.
    attributes: BTreeMap<String, String>,
    indexes: BTreeMap<String, Index>,
    time_to_live: Option<String>,
    billing: String,
}

#[derive(Debug, PartialEq, Eq)]
struct Key {
    hash: String,
    range: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Index {
    key: Key,
    projection: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn terraform_makes_the_tables_that_the_service_makes() {
    for environment in environments::all() {
        let [usage, state] =
            ["usage", "state"].map(|name| environment.resource("aws_dynamodb_table", name));
        let names = TableNames {
            usage: text(&usage.get("name")),
            state: text(&state.get("name")),
        };
        let engine = EmbeddedEngine::in_memory().unwrap();
        let client = dynamodb::local_client(&engine.endpoint(), Duration::from_secs(20));
        tables::create(&client, &names).await.unwrap();

        for (resource, name) in [(usage, names.usage), (state, names.state)] {
            let made = made(&client, &name).await;
            assert_eq!(written(&resource), made, "{environment:?}: {resource:?}");
        }
    }
}

#[test]
fn there_are_no_other_tables() {
    for environment in environments::all() {
        let mut names: Vec<String> = environment
            .resources("aws_dynamodb_table")
            .iter()
            .map(|table| table.name().to_owned())
            .collect();
        names.sort_unstable();

        assert_eq!(names, ["state", "usage"], "{environment:?}");
    }
}

/// A table as the files have it.
fn written(resource: &Resource<'_>) -> Table {
    let key = |of: &Value| Key {
        hash: text(&of["hash_key"]),
        range: of["range_key"].as_str().map(str::to_owned),
    };
    let given = resource.all_given();
    let attributes = list(&given["attribute"]);
    let indexes = list(&given["global_secondary_index"]);
    let expiry = list(&given["ttl"]);
    let expiry = expiry.first().filter(|expiry| expiry["enabled"] == true);
    Table {
        key: key(&given),
        attributes: attributes
            .iter()
            .map(|attribute| (text(&attribute["name"]), text(&attribute["type"])))
            .collect(),
        indexes: indexes
            .iter()
            .map(|index| {
                let projection = text(&index["projection_type"]);
                let key = key(index);
                (text(&index["name"]), Index { key, projection })
            })
            .collect(),
        time_to_live: expiry.map(|expiry| text(&expiry["attribute_name"])),
        billing: text(&given["billing_mode"]),
    }
}

/// A table as the service made it.
async fn made(client: &Client, name: &str) -> Table {
    let described = client.describe_table().table_name(name).send();
    let table = described.await.unwrap().table.unwrap();
    let expiry = client.describe_time_to_live().table_name(name).send();
    let expiry = expiry.await.unwrap().time_to_live_description.unwrap();
    Table {
        key: key(table.key_schema()),
        attributes: table
            .attribute_definitions()
            .iter()
            .map(|attribute| {
                let name = attribute.attribute_name().to_owned();
                (name, attribute.attribute_type().as_str().to_owned())
            })
            .collect(),
        indexes: table
            .global_secondary_indexes()
            .iter()
            .map(|index| {
                let projection = index.projection().and_then(Projection::projection_type);
                let projection = projection.unwrap().as_str().to_owned();
                let key = key(index.key_schema());
                (
                    index.index_name().unwrap().to_owned(),
                    Index { key, projection },
                )
            })
            .collect(),
        time_to_live: expiry.attribute_name,
        billing: table
            .billing_mode_summary
            .and_then(|summary| summary.billing_mode)
            .unwrap()
            .as_str()
            .to_owned(),
    }
}

fn key(schema: &[KeySchemaElement]) -> Key {
    let of = |kind: KeyType| {
        let element = schema.iter().find(|element| *element.key_type() == kind);
        element.map(|element| element.attribute_name().to_owned())
    };
    Key {
        hash: of(KeyType::Hash).unwrap(),
        range: of(KeyType::Range),
    }
}

fn text(of: &Value) -> String {
    of.as_str()
        .unwrap_or_else(|| panic!("{of} is no text"))
        .to_owned()
}

fn list(of: &Value) -> &[Value] {
    of.as_array().map_or(&[], Vec::as_slice)
}
