terraform {
  required_version = ">= 1.9, < 2.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }

  # The bucket and the Region differ from account to account: -backend-config passes them (docs/operations.md).
  backend "s3" {}
}
