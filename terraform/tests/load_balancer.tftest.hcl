# The load balancer: its times, HTTPS, and where its logs go.

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

run "its_times_follow_from_the_deadline" {
  command = plan

  assert {
    condition     = aws_lb.service.idle_timeout == 105
    error_message = "The load balancer has to wait for 15 s longer than the longest request."
  }

  assert {
    condition     = local.service_keep_alive_seconds > aws_lb.service.idle_timeout && aws_lb.service.idle_timeout > var.request_deadline_seconds
    error_message = "The service has to keep connections for longer than the load balancer, and that for longer than a request takes."
  }

  assert {
    condition     = tonumber(aws_lb_target_group.service.deregistration_delay) == 115 && tonumber(aws_lb_target_group.service.deregistration_delay) >= var.drain_delay_seconds + var.shutdown_grace_seconds
    error_message = "Requests in progress must be able to end before a target is cut off."
  }
}

run "they_follow_another_deadline_too" {
  command = plan

  variables {
    request_deadline_seconds = 40
    shutdown_grace_seconds   = 95
  }

  assert {
    condition     = aws_lb.service.idle_timeout == 55 && tonumber(aws_lb_target_group.service.deregistration_delay) == 105
    error_message = "The times of the load balancer do not follow from the deadline, or cut off a task that still drains."
  }
}

run "with_a_domain_everything_is_https" {
  command = plan

  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "redirect" && aws_lb_listener.http.default_action[0].redirect[0].protocol == "HTTPS" && aws_lb_listener.http.default_action[0].redirect[0].status_code == "HTTP_301"
    error_message = "HTTP has to be answered with a redirect."
  }

  assert {
    condition     = aws_lb_listener.https[0].port == 443 && aws_lb_listener.https[0].protocol == "HTTPS" && startswith(aws_lb_listener.https[0].ssl_policy, "ELBSecurityPolicy-TLS13-1-2")
    error_message = "HTTPS has to be TLS 1.2 or newer."
  }

  assert {
    condition     = aws_acm_certificate.service[0].domain_name == "api.example.org" && aws_acm_certificate.service[0].validation_method == "DNS" && aws_route53_record.service[0].name == "api.example.org" && aws_route53_record.service[0].zone_id == "Z0123456789ABCDEFGHIJ"
    error_message = "The name has no certificate, or does not lead to the load balancer."
  }

  assert {
    condition     = output.api_endpoint == "https://api.example.org"
    error_message = "The output is not the address of the API."
  }
}

run "without_a_domain_it_is_plain_http_and_says_so" {
  variables {
    domain_name = null
    zone_id     = null
  }

  expect_failures = [check.plain_http]

  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "forward" && length(aws_lb_listener.https) == 0 && length(aws_acm_certificate.service) == 0
    error_message = "Without a domain, requests come by HTTP."
  }

  assert {
    condition     = output.api_endpoint == "http://goal-router-dev-1.eu-west-1.elb.amazonaws.com"
    error_message = "The output is not the load balancer's own name."
  }
}

run "it_is_strict_and_keeps_logs" {
  command = plan

  assert {
    condition     = aws_lb.service.drop_invalid_header_fields && aws_lb.service.desync_mitigation_mode == "defensive" && aws_lb.service.access_logs[0].enabled && !aws_lb.service.internal
    error_message = "The load balancer lets invalid headers pass, or keeps no access logs."
  }

  assert {
    condition     = one(aws_lb_target_group.service.health_check).path == "/health/ready" && aws_lb_target_group.service.port == 8000 && aws_lb_target_group.service.target_type == "ip"
    error_message = "The load balancer does not ask the service whether it is ready."
  }

  assert {
    condition     = length(aws_lb.service.name) <= 32 && length(aws_lb_target_group.service.name) <= 32
    error_message = "AWS allows 32 characters in these names."
  }
}

run "the_longest_name_of_an_environment_fits_everywhere" {
  command = plan

  variables {
    environment = "abcdefghij"
    aws_region  = "ap-southeast-2"
  }

  assert {
    condition     = length(aws_lb.service.name) <= 32 && length(aws_lb_target_group.service.name) <= 32 && length(aws_s3_bucket.access_logs.bucket) <= 63 && length(aws_iam_role.flow_logs.name) <= 64
    error_message = "A name is longer than AWS allows."
  }
}

run "its_logs_are_private_and_expire" {
  command = plan

  assert {
    condition     = aws_s3_bucket_public_access_block.access_logs.block_public_acls && aws_s3_bucket_public_access_block.access_logs.block_public_policy && aws_s3_bucket_public_access_block.access_logs.ignore_public_acls && aws_s3_bucket_public_access_block.access_logs.restrict_public_buckets
    error_message = "The bucket could become public."
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.access_logs.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256"
    error_message = "A load balancer can write under S3's own key only."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.access_logs.rule[0].expiration[0].days == 90
    error_message = "The logs do not expire."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.access_logs.statement : one(statement.principals).identifiers if statement.sid == "LoadBalancer"]) == toset(["logdelivery.elasticloadbalancing.amazonaws.com"])
    error_message = "Somebody else than load balancers may write."
  }

  assert {
    condition     = one([for statement in data.aws_iam_policy_document.access_logs.statement : one(statement.condition).variable if statement.effect == "Deny"]) == "aws:SecureTransport"
    error_message = "The bucket can be reached without TLS."
  }
}

run "production_is_protected_against_deletion" {
  command = plan

  variables {
    environment = "prod"
  }

  assert {
    condition     = aws_lb.service.enable_deletion_protection && aws_dynamodb_table.usage.deletion_protection_enabled && aws_dynamodb_table.state.deletion_protection_enabled && !aws_s3_bucket.access_logs.force_destroy && aws_secretsmanager_secret.api_keys[0].recovery_window_in_days == 30
    error_message = "Production can be deleted by accident."
  }
}

run "other_environments_come_and_go" {
  command = plan

  assert {
    condition     = !aws_lb.service.enable_deletion_protection && !aws_dynamodb_table.usage.deletion_protection_enabled && aws_s3_bucket.access_logs.force_destroy && aws_secretsmanager_secret.api_keys[0].recovery_window_in_days == 0
    error_message = "A test environment cannot be removed and made again."
  }
}
