# The setting of the registry wins over that of a repository, so it covers the cached images too.
resource "aws_ecr_registry_scanning_configuration" "registry" {
  count = var.manage_registry ? 1 : 0

  scan_type = var.scan_type

  rule {
    scan_frequency = var.scan_type == "ENHANCED" ? "CONTINUOUS_SCAN" : "SCAN_ON_PUSH"

    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}
