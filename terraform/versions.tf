terraform {
  # 1.9 is the first version in which a variable's validation may look at other variables.
  required_version = ">= 1.9, < 2.0"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # 5.100 is the last of its line. ADR 14 lists what only 6 has, and why none of it is used.
      version = ">= 5.100, < 7.0"
    }
  }

  # The bucket, the key and the Region differ from environment to environment: -backend-config passes them (docs/operations.md).
  backend "s3" {}
}
