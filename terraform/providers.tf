provider "aws" {
  region = var.aws_region

  default_tags {
    tags = local.tags
  }
}

# The models may be called in another Region than the one that the service runs in.
provider "aws" {
  alias  = "bedrock"
  region = local.bedrock_region

  default_tags {
    tags = local.tags
  }
}
