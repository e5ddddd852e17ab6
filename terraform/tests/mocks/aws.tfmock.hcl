# What the tests take AWS to answer. Where the provider checks the form of a value, the value has that form.

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
  }
}

mock_data "aws_availability_zones" {
  defaults = {
    names = ["eu-west-1c", "eu-west-1a", "eu-west-1b", "eu-west-1d"]
  }
}

# What a policy says is tested by its statements.
mock_data "aws_iam_policy_document" {
  defaults = {
    json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  }
}

mock_data "aws_iam_openid_connect_provider" {
  defaults = {
    arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  }
}

mock_data "aws_ecr_repository" {
  defaults = {
    arn            = "arn:aws:ecr:eu-west-1:123456789012:repository/goal-router"
    repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/goal-router"
  }
}

mock_data "aws_bedrock_inference_profile" {
  defaults = {
    inference_profile_arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.acme.small-v1:0"
    models = [
      { model_arn = "arn:aws:bedrock:us-east-1::foundation-model/acme.small-v1:0" },
      { model_arn = "arn:aws:bedrock:us-west-2::foundation-model/acme.small-v1:0" },
    ]
  }
}

mock_data "aws_secretsmanager_random_password" {
  defaults = {
    random_password = "0123456789012345678901234567890123456789012345678901234567890123"
  }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000001"
    domain_validation_options = [{
      domain_name           = "api.example.org"
      resource_record_name  = "_proof.api.example.org"
      resource_record_type  = "CNAME"
      resource_record_value = "_proof.acm-validations.aws"
    }]
  }
}

mock_resource "aws_acm_certificate_validation" {
  defaults = {
    certificate_arn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000001"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/goal-router/dev/service"
  }
}

mock_resource "aws_dynamodb_table" {
  defaults = {
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/ai-router"
  }
}

mock_resource "aws_ecs_cluster" {
  defaults = {
    arn = "arn:aws:ecs:eu-west-1:123456789012:cluster/goal-router-dev"
    id  = "arn:aws:ecs:eu-west-1:123456789012:cluster/goal-router-dev"
  }
}

mock_resource "aws_ecs_service" {
  defaults = {
    id = "arn:aws:ecs:eu-west-1:123456789012:service/goal-router-dev/goal-router-dev"
  }
}

mock_resource "aws_ecs_task_definition" {
  defaults = {
    arn = "arn:aws:ecs:eu-west-1:123456789012:task-definition/goal-router-dev:1"
  }
}

mock_resource "aws_efs_file_system" {
  defaults = {
    arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-00000000000000001"
    id  = "fs-00000000000000001"
  }
}

mock_resource "aws_efs_access_point" {
  defaults = {
    arn = "arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-00000000000000001"
    id  = "fsap-00000000000000001"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::123456789012:role/goal-router"
  }
}

mock_resource "aws_kms_key" {
  defaults = {
    arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000001"
  }
}

mock_resource "aws_lb" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/goal-router-dev/0000000000000001"
    arn_suffix = "app/goal-router-dev/0000000000000001"
    dns_name   = "goal-router-dev-1.eu-west-1.elb.amazonaws.com"
    zone_id    = "Z00000000000000000000"
  }
}

mock_resource "aws_lb_target_group" {
  defaults = {
    arn        = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/goal-router-dev/0000000000000001"
    arn_suffix = "targetgroup/goal-router-dev/0000000000000001"
  }
}

mock_resource "aws_s3_bucket" {
  defaults = {
    arn = "arn:aws:s3:::goal-router-access-logs"
  }
}

mock_resource "aws_secretsmanager_secret" {
  defaults = {
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:goal-router-dev/secret-AbCdEf"
    id  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:goal-router-dev/secret-AbCdEf"
  }
}

mock_resource "aws_secretsmanager_secret_version" {
  defaults = {
    version_id = "00000000-0000-0000-0000-000000000007"
  }
}

mock_resource "aws_sns_topic" {
  defaults = {
    arn = "arn:aws:sns:eu-west-1:123456789012:goal-router-dev"
  }
}

mock_resource "aws_ssm_parameter" {
  defaults = {
    arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/goal-router/dev/image"
  }
}

mock_resource "aws_vpc_endpoint" {
  defaults = {
    prefix_list_id = "pl-00000001"
  }
}

mock_resource "aws_wafv2_web_acl" {
  defaults = {
    arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/goal-router-dev/00000000-0000-0000-0000-000000000001"
  }
}
