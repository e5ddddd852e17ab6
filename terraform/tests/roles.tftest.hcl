# What each role may do. Where a statement has the resource *, AWS knows no other for its actions.

mock_provider "aws" {
  source = "./tests/mocks"
}

mock_provider "aws" {
  alias  = "bedrock"
  source = "./tests/mocks"
}

variables {
  initial_image     = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/goal-router@sha256:1111111111111111111111111111111111111111111111111111111111111111"
  aws_region        = "eu-west-1"
  bedrock_region    = "us-east-1"
  domain_name       = "api.example.org"
  zone_id           = "Z0123456789ABCDEFGHIJ"
  github_repository = "octo-org/goal-router"
  api_keys          = [{ client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] }]
}

run "the_containers_may_use_their_tables_models_and_telemetry" {
  variables {
    llm_models = ["bedrock:us.acme.small-v1:0", "offline"]
  }

  assert {
    condition     = data.aws_iam_policy_document.task.statement[*].sid == tolist(["CallInferenceProfiles", "CallModelsThroughProfiles", "CountTokens", "UseTables", "UseKeyOfTables", "WriteMetrics", "WriteTraces"])
    error_message = "The containers may do something else."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.task.statement : statement.sid if contains(statement.resources, "*")] == ["WriteTraces"]
    error_message = "A statement other than X-Ray's has the resource *."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.task.statement : alltrue([for action in statement.actions : !strcontains(action, "*") || startswith(action, "kms:")])])
    error_message = "An action has a *."
  }

  assert {
    condition = one([for statement in data.aws_iam_policy_document.task.statement : statement.actions if statement.sid == "UseTables"]) == toset([
      "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem",
    ])
    error_message = "The service may do more with its tables than it does, or less."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.task.statement : one(statement.condition).variable == "kms:ViaService" && one(statement.condition).values == tolist(["dynamodb.eu-west-1.amazonaws.com"]) if statement.sid == "UseKeyOfTables"])
    error_message = "The key can be used for more than the tables."
  }
}

run "a_profile_is_allowed_with_its_model_in_every_region_that_it_leads_to" {
  variables {
    llm_models = ["bedrock:us.acme.small-v1:0"]
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.task.statement : statement.resources if statement.sid == "CallInferenceProfiles"]) == toset(["arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.acme.small-v1:0"])
    error_message = "The profile is not allowed."
  }

  assert {
    condition = one([for statement in data.aws_iam_policy_document.task.statement : statement.resources if statement.sid == "CallModelsThroughProfiles"]) == toset([
      "arn:aws:bedrock:us-east-1::foundation-model/acme.small-v1:0",
      "arn:aws:bedrock:us-west-2::foundation-model/acme.small-v1:0",
    ])
    error_message = "The models are not those that the profile leads to."
  }

  assert {
    condition     = one(flatten([for statement in data.aws_iam_policy_document.task.statement : [for condition in statement.condition : condition.variable] if statement.sid == "CallModelsThroughProfiles"])) == "bedrock:InferenceProfileArn"
    error_message = "The models can be called past their profile."
  }
}

run "a_global_profile_needs_its_model_without_a_region_too" {
  variables {
    llm_models = ["bedrock:global.acme.small-v1:0"]
  }

  assert {
    condition     = contains(one([for statement in data.aws_iam_policy_document.task.statement : statement.resources if statement.sid == "CallModelsThroughProfiles"]), "arn:aws:bedrock:::foundation-model/acme.small-v1:0")
    error_message = "Requests that leave the Region would be refused."
  }
}

run "models_without_a_profile_are_allowed_as_themselves" {
  variables {
    llm_models       = ["bedrock:anthropic.claude-sonnet-4-6", "bedrock:arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123"]
    classifier_model = "bedrock:arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"
  }

  assert {
    condition = one([for statement in data.aws_iam_policy_document.task.statement : statement.resources if statement.sid == "CallModels"]) == toset([
      "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-6",
      "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abc123",
      "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
    ])
    error_message = "The models are not allowed, or others are."
  }

  assert {
    condition     = length(data.aws_bedrock_inference_profile.configured) == 0 && length([for statement in data.aws_iam_policy_document.task.statement : statement if startswith(statement.sid, "CallInference")]) == 0
    error_message = "There is no profile to be allowed."
  }
}

run "profiles_are_known_by_prefix_and_by_arn" {
  variables {
    llm_models = [
      "bedrock:eu.acme.small-v1:0",
      "bedrock:arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.acme.small-v1:0",
      "bedrock:arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123",
    ]
  }

  assert {
    condition     = length(data.aws_bedrock_inference_profile.configured) == 3 && length([for statement in data.aws_iam_policy_document.task.statement : statement if statement.sid == "CallModels"]) == 0
    error_message = "A profile was taken for a model."
  }
}

run "offline_calls_no_model" {
  variables {
    llm_models = ["offline"]
  }

  assert {
    condition     = length([for statement in data.aws_iam_policy_document.task.statement : statement if anytrue([for action in statement.actions : startswith(action, "bedrock:")])]) == 0
    error_message = "Nobody asked for a model."
  }
}

run "ecs_may_start_tasks_and_no_more" {
  assert {
    condition     = [for statement in data.aws_iam_policy_document.execution.statement : statement.sid if contains(statement.resources, "*")] == ["SignInToRegistry"]
    error_message = "A statement other than the sign-in to the registry has the resource *."
  }

  assert {
    condition = one([for statement in data.aws_iam_policy_document.execution.statement : statement.resources if statement.sid == "PullImages"]) == toset([
      "arn:aws:ecr:eu-west-1:123456789012:repository/goal-router",
      "arn:aws:ecr:eu-west-1:123456789012:repository/ecr-public/aws-observability/aws-otel-collector",
    ])
    error_message = "Other images than the two can be pulled."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.execution.statement : statement.resources if statement.sid == "ReadSecrets"]) == toset(aws_secretsmanager_secret.api_keys[*].arn)
    error_message = "Other secrets than those of the tasks can be read."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.execution.statement : alltrue([for action in statement.actions : !strcontains(action, "*")])])
    error_message = "An action has a *."
  }
}

run "without_secrets_ecs_reads_none" {
  variables {
    auth_mode = "none"
    api_keys  = []
  }

  assert {
    condition     = length([for statement in data.aws_iam_policy_document.execution.statement : statement if contains(["ReadSecrets", "DecryptSecrets"], statement.sid)]) == 0
    error_message = "ECS may read secrets though there are none."
  }
}

run "roles_of_tasks_are_for_tasks_of_this_account" {
  assert {
    condition     = one(data.aws_iam_policy_document.tasks_trust.statement[0].principals).identifiers == toset(["ecs-tasks.amazonaws.com"]) && toset(data.aws_iam_policy_document.tasks_trust.statement[0].condition[*].variable) == toset(["aws:SourceAccount", "aws:SourceArn"])
    error_message = "Somebody else can take the roles of the tasks."
  }
}

run "a_deploy_is_for_one_repository_and_one_environment" {
  variables {
    environment = "prod"
  }

  assert {
    condition = { for condition in data.aws_iam_policy_document.deploy_trust[0].statement[0].condition : condition.variable => one(condition.values) } == {
      "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
      "token.actions.githubusercontent.com:sub" = "repo:octo-org/goal-router:environment:prod"
    } && toset(data.aws_iam_policy_document.deploy_trust[0].statement[0].condition[*].test) == toset(["StringEquals"])
    error_message = "Workflows of other repositories or environments could deploy."
  }

  assert {
    condition     = [for statement in data.aws_iam_policy_document.deploy.statement : statement.sid if contains(statement.resources, "*")] == ["SignInToRegistry", "ReadRevisions"]
    error_message = "A statement has the resource * though AWS knows a narrower one."
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.deploy.statement : alltrue([for action in statement.actions : !strcontains(action, "*")])])
    error_message = "An action has a *."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.deploy.statement : statement.resources if statement.sid == "PassRolesOfTasks"]) == toset([aws_iam_role.execution.arn, aws_iam_role.task.arn]) && one(flatten([for statement in data.aws_iam_policy_document.deploy.statement : [for condition in statement.condition : condition.values] if statement.sid == "PassRolesOfTasks"])) == "ecs-tasks.amazonaws.com"
    error_message = "A revision could have another role."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.deploy.statement : statement.resources if statement.sid == "RegisterRevisions"]) == toset(["arn:aws:ecs:eu-west-1:123456789012:task-definition/goal-router-prod:*"])
    error_message = "Revisions of other families could be registered."
  }
}

run "a_repository_with_numbers_is_known_by_them" {
  variables {
    github_repository     = "octo-org/goal-router"
    github_repository_ids = { owner = 12, repository = 345 }
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.deploy_trust[0].statement : one([for condition in statement.condition : one(condition.values) if endswith(condition.variable, ":sub")])]) == "repo:octo-org@12/goal-router@345:environment:${var.environment}"
    error_message = "Tokens of a newer repository have another subject than the role trusts."
  }
}

run "without_a_repository_nobody_deploys" {
  variables {
    github_repository = null
  }

  assert {
    condition     = length(aws_iam_role.deploy) == 0 && output.deploy_role_arn == null
    error_message = "There is a role for workflows of nowhere."
  }
}

run "the_key_serves_log_groups_and_topics_of_this_environment" {
  assert {
    condition     = data.aws_iam_policy_document.key.statement[*].sid == tolist(["Account", "LogGroups", "Notifications"])
    error_message = "Somebody else may use the key."
  }

  # What a name does not match, CloudWatch Logs cannot encrypt, and refuses to make.
  assert {
    condition = alltrue([
      for name in [aws_cloudwatch_log_group.service.name, aws_cloudwatch_log_group.collector.name, aws_cloudwatch_log_group.metrics.name, aws_cloudwatch_log_group.flow_logs.name, aws_cloudwatch_log_group.container_insights.name] :
      anytrue([for pattern in local.log_group_names : can(regex("^${replace(pattern, "*", ".*")}$", name))])
    ])
    error_message = "A log group cannot be encrypted with the key."
  }

  assert {
    condition     = alltrue([for topic in aws_sns_topic.alarms : startswith(topic.name, "goal-router-dev-")]) && one(flatten([for statement in data.aws_iam_policy_document.key.statement : [for condition in statement.condition : condition.values] if statement.sid == "Notifications"])) == "arn:aws:sns:eu-west-1:123456789012:goal-router-dev-*"
    error_message = "A topic cannot be encrypted with the key."
  }
}
