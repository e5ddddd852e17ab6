# The tables are what src/dynamodb/tables.rs reads and writes.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "bedrock"
  source = "./tests/mocks"
}

variables {
  initial_image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/goal-router@sha256:1111111111111111111111111111111111111111111111111111111111111111"
  aws_region    = "eu-west-1"
  domain_name   = "api.example.org"
  zone_id       = "Z0123456789ABCDEFGHIJ"
  api_keys      = [{ client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] }]
}

run "the_usage_table_has_its_keys_and_indexes" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.usage.name == "ai-router-usage-logs-dev" && aws_dynamodb_table.usage.hash_key == "request_id" && aws_dynamodb_table.usage.range_key == "timestamp"
    error_message = "The usage table has another name or key."
  }

  assert {
    condition = { for index in aws_dynamodb_table.usage.global_secondary_index : index.name => [index.hash_key, index.range_key, index.projection_type] } == {
      "date-index"   = ["date_shard", "timestamp", "ALL"]
      "client-index" = ["client_id", "timestamp", "ALL"]
      "open-index"   = ["open_shard", "lease_until", "KEYS_ONLY"]
    }
    error_message = "The usage table has other indexes."
  }

  # AWS refuses attributes that no key uses.
  assert {
    condition = toset(aws_dynamodb_table.usage.attribute[*].name) == toset(flatten([
      [aws_dynamodb_table.usage.hash_key, aws_dynamodb_table.usage.range_key],
      [for index in aws_dynamodb_table.usage.global_secondary_index : [index.hash_key, index.range_key]],
    ])) && alltrue([for attribute in aws_dynamodb_table.usage.attribute : attribute.type == "S"])
    error_message = "The declared attributes are not those of the keys, or not all are strings."
  }
}

run "the_state_table_has_its_keys" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.state.name == "ai-router-state-dev" && aws_dynamodb_table.state.hash_key == "pk" && aws_dynamodb_table.state.range_key == "sk" && length(aws_dynamodb_table.state.global_secondary_index) == 0
    error_message = "The state table has another name, key or index."
  }
}

run "both_are_on_demand_expire_and_can_be_restored" {
  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.usage, aws_dynamodb_table.state] :
      table.billing_mode == "PAY_PER_REQUEST" && one(table.ttl).attribute_name == "expires_at" && one(table.ttl).enabled && one(table.point_in_time_recovery).enabled
    ])
    error_message = "A table is not on demand, does not expire its items, or has no backup."
  }

  assert {
    condition = alltrue([
      for table in [aws_dynamodb_table.usage, aws_dynamodb_table.state] :
      one(table.server_side_encryption).enabled && one(table.server_side_encryption).kms_key_arn == aws_kms_key.main.arn
    ])
    error_message = "A table is not encrypted with the key of the environment."
  }
}
