# Who may call the API, and the parts that are optional: tokens of Cognito or of others, the cache, the firewall.

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

run "api_keys_are_a_secret_in_the_form_of_the_application" {
  variables {
    api_keys = [
      { client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] },
      { client = "batch", sha256 = ["1111111111111111111111111111111111111111111111111111111111111111"], rate_limit_per_minute = 600, daily_budget_usd = 2.5, tier = "pro" },
    ]
    tiers = [{ name = "pro", rate_limit_per_minute = 300 }]
  }

  assert {
    condition = jsondecode(aws_secretsmanager_secret_version.api_keys[0].secret_string) == {
      clients = [
        { client = "web", sha256 = ["0000000000000000000000000000000000000000000000000000000000000000"] },
        { client = "batch", sha256 = ["1111111111111111111111111111111111111111111111111111111111111111"], rate_limit_per_minute = 600, daily_budget_usd = 2.5, tier = "pro" },
      ]
    }
    error_message = "The application would not read this document."
  }

  assert {
    condition     = jsondecode(local.service_environment.TIERS) == { tiers = [{ name = "pro", rate_limit_per_minute = 300, scopes = [], groups = [] }] }
    error_message = "The application would not read these tiers."
  }

  assert {
    condition     = aws_secretsmanager_secret.api_keys[0].kms_key_id == aws_kms_key.main.arn
    error_message = "The secret is not encrypted with the key of the environment."
  }
}

run "cognito_gives_tokens_to_programs" {
  variables {
    cognito_enabled = true
    api_keys        = []
  }

  assert {
    condition     = local.service_environment.AUTH_MODE == "jwt" && local.service_environment.JWT_AUDIENCE == aws_cognito_user_pool_client.service[0].id && local.service_environment.JWT_ISSUER == "https://cognito-idp.eu-west-1.amazonaws.com/${aws_cognito_user_pool.main[0].id}" && local.service_environment.JWKS_URL == "${local.service_environment.JWT_ISSUER}/.well-known/jwks.json"
    error_message = "The service does not admit the tokens of the pool."
  }

  assert {
    condition     = local.service_environment.JWT_REQUIRED_SCOPE == "${aws_cognito_resource_server.service[0].identifier}/${one(aws_cognito_resource_server.service[0].scope).scope_name}"
    error_message = "The service wants a scope that the pool does not give."
  }

  assert {
    condition     = aws_cognito_user_pool_client.service[0].allowed_oauth_flows == toset(["client_credentials"]) && aws_cognito_user_pool_client.service[0].generate_secret && aws_cognito_user_pool.main[0].admin_create_user_config[0].allow_admin_create_user_only
    error_message = "Others than programs with a secret get tokens."
  }

  assert {
    condition     = output.token_endpoint == "https://goal-router-dev-123456789012.auth.eu-west-1.amazoncognito.com/oauth2/token" && length(aws_secretsmanager_secret.api_keys) == 0
    error_message = "The output does not say where tokens come from, or there are API keys all the same."
  }
}

run "tokens_of_another_issuer_are_admitted_too" {
  variables {
    auth_mode    = "jwt"
    api_keys     = []
    jwt_issuer   = "https://issuer.example.org"
    jwks_url     = "https://issuer.example.org/keys"
    jwt_audience = ["a", "b"]
  }

  assert {
    condition     = local.service_environment.JWT_ISSUER == "https://issuer.example.org" && local.service_environment.JWKS_URL == "https://issuer.example.org/keys" && local.service_environment.JWT_AUDIENCE == "a,b" && local.service_environment.JWT_REQUIRED_SCOPE == null
    error_message = "The service does not admit the tokens of the issuer."
  }
}

run "the_cache_is_encrypted_and_private" {
  variables {
    redis_enabled = true
  }

  assert {
    condition     = aws_elasticache_replication_group.main[0].transit_encryption_enabled && tobool(aws_elasticache_replication_group.main[0].at_rest_encryption_enabled) && aws_elasticache_replication_group.main[0].multi_az_enabled && aws_elasticache_replication_group.main[0].automatic_failover_enabled && aws_elasticache_replication_group.main[0].num_cache_clusters == 2
    error_message = "The cache is not encrypted, or ends with its zone."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.redis_url[0].secret_string == "rediss://:${aws_elasticache_replication_group.main[0].auth_token}@${aws_elasticache_replication_group.main[0].primary_endpoint_address}:6379" && length(aws_elasticache_replication_group.main[0].auth_token) == 64
    error_message = "The address does not lead to the cache, or lacks its password."
  }

  assert {
    condition     = length([for secret in local.service_container.secrets : secret if secret.name == "REDIS_URL"]) == 1 && length([for variable in local.service_container.environment : variable if variable.name == "REDIS_URL"]) == 0
    error_message = "The address has the password in it, and must reach the service as a secret only."
  }

  assert {
    condition     = aws_elasticache_subnet_group.main[0].subnet_ids == toset(aws_subnet.private[*].id)
    error_message = "The cache is not in the private subnets."
  }
}

run "the_firewall_refuses_floods_and_no_words" {
  variables {
    waf_enabled    = true
    waf_rate_limit = 500
  }

  assert {
    condition     = aws_wafv2_web_acl_association.main[0].resource_arn == aws_lb.service.arn && aws_wafv2_web_acl.main[0].scope == "REGIONAL"
    error_message = "The firewall does not stand before the load balancer."
  }

  assert {
    condition     = one(one([for rule in aws_wafv2_web_acl.main[0].rule : rule.statement if rule.name == "flood"])[0].rate_based_statement).limit == 500
    error_message = "The firewall lets floods through."
  }

  assert {
    condition     = toset([for rule in aws_wafv2_web_acl.main[0].rule : rule.name]) == toset(["flood", "AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"])
    error_message = "A group of rules is missing."
  }

  # A goal may contain anything.
  assert {
    condition = alltrue([
      for name in flatten([for rule in aws_wafv2_web_acl.main[0].rule : [for override in one(rule.statement[0].managed_rule_group_statement).rule_action_override : override.name if length(override.action_to_use[0].count) == 1] if rule.name != "flood"]) :
      endswith(name, "_BODY") || name == "NoUserAgent_HEADER"
    ]) && length(flatten([for rule in aws_wafv2_web_acl.main[0].rule : one(rule.statement[0].managed_rule_group_statement).rule_action_override if rule.name != "flood"])) == 9
    error_message = "A rule about bodies refuses requests, or another rule refuses none."
  }

  assert {
    condition     = toset([for field in aws_wafv2_web_acl_logging_configuration.main[0].redacted_fields : one(field.single_header).name]) == toset(["authorization", "x-api-key"])
    error_message = "Credentials would be in the log of the firewall."
  }

  assert {
    condition     = startswith(aws_cloudwatch_log_group.waf[0].name, "aws-waf-logs-") && aws_cloudwatch_log_group.waf[0].retention_in_days > 0
    error_message = "WAF writes into no other groups."
  }
}

run "what_is_optional_is_off" {
  assert {
    condition     = length(aws_wafv2_web_acl.main) + length(aws_cognito_user_pool.main) + length(aws_elasticache_replication_group.main) + length(aws_efs_file_system.spool) + length(aws_vpc_endpoint.interface) + length(aws_iam_role.deploy) == 0
    error_message = "Something that costs money or opens a way in is there though nobody asked for it."
  }
}
