# What an account has once: the images, the cache of public images, and GitHub's way in.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }

  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_resource "aws_kms_key" {
    defaults = {
      arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000001"
    }
  }

  mock_resource "aws_ecr_repository" {
    defaults = {
      repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/goal-router"
    }
  }
}

variables {
  aws_region = "eu-west-1"
}

run "images_do_not_change_are_scanned_and_encrypted" {
  assert {
    condition     = aws_ecr_repository.service.name == "goal-router" && aws_ecr_repository.service.image_tag_mutability == "IMMUTABLE" && one(aws_ecr_repository.service.image_scanning_configuration).scan_on_push
    error_message = "A tag could be moved to another image, or images are not scanned."
  }

  assert {
    condition     = one(aws_ecr_repository.service.encryption_configuration).encryption_type == "KMS" && one(aws_ecr_repository.service.encryption_configuration).kms_key == aws_kms_key.images.arn && aws_kms_key.images.enable_key_rotation
    error_message = "Images are not encrypted with a key of the account's own."
  }

  assert {
    condition     = one(jsondecode(aws_ecr_lifecycle_policy.service.policy).rules).selection == { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 1000 }
    error_message = "Images go by age, or too soon: one that runs could be deleted."
  }
}

run "public_images_are_cached" {
  assert {
    condition     = aws_ecr_pull_through_cache_rule.public.ecr_repository_prefix == "ecr-public" && aws_ecr_pull_through_cache_rule.public.upstream_registry_url == "public.ecr.aws" && aws_ecr_repository_creation_template.public.prefix == "ecr-public" && aws_ecr_repository_creation_template.public.applied_for == toset(["PULL_THROUGH_CACHE"])
    error_message = "The collector's image cannot be pulled through the account's registry."
  }

  assert {
    condition     = output.collector_repository_url == "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-public/aws-observability/aws-otel-collector"
    error_message = "The output does not say where the collector's image is."
  }
}

run "the_whole_registry_is_scanned" {
  assert {
    condition     = aws_ecr_registry_scanning_configuration.registry[0].scan_type == "BASIC" && one(aws_ecr_registry_scanning_configuration.registry[0].rule).scan_frequency == "SCAN_ON_PUSH" && one(one(aws_ecr_registry_scanning_configuration.registry[0].rule).repository_filter).filter == "*"
    error_message = "Some images are not scanned."
  }
}

run "inspector_scans_all_the_time" {
  variables {
    scan_type = "ENHANCED"
  }

  assert {
    condition     = one(aws_ecr_registry_scanning_configuration.registry[0].rule).scan_frequency == "CONTINUOUS_SCAN"
    error_message = "What becomes known after the push would not be found."
  }
}

run "github_gets_in_by_tokens_for_aws" {
  assert {
    condition     = aws_iam_openid_connect_provider.github[0].url == "https://token.actions.githubusercontent.com" && aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "Tokens of GitHub would not be accepted, or those for others too."
  }
}

run "what_an_account_has_already_is_left_alone" {
  variables {
    create_github_oidc_provider = false
    manage_registry             = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) + length(aws_ecr_registry_scanning_configuration.registry) + length(aws_iam_service_linked_role.new_account) == 0
    error_message = "It makes what is there already, and would fail."
  }
}

run "an_image_that_runs_must_not_be_deleted" {
  command         = plan
  expect_failures = [var.images_to_keep]

  variables {
    images_to_keep = 10
  }
}
