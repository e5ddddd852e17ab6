# A user pool, if cognito_enabled: programs exchange an ID and a secret for a token, and the service admits tokens that have the scope.
# People do not sign in here; a client with a sign-in page can be added to the same pool, and its ID to JWT_AUDIENCE.

locals {
  cognito_scope_name = "plan"
  cognito_scope      = "goal-router/${local.cognito_scope_name}"
  cognito_issuer     = var.cognito_enabled ? "https://cognito-idp.${var.aws_region}.${data.aws_partition.current.dns_suffix}/${aws_cognito_user_pool.main[0].id}" : null
}

resource "aws_cognito_user_pool" "main" {
  count = var.cognito_enabled ? 1 : 0

  name                = local.name
  deletion_protection = local.deletion_protection ? "ACTIVE" : "INACTIVE"

  # Nobody signs up by themselves.
  admin_create_user_config {
    allow_admin_create_user_only = true
  }

  password_policy {
    minimum_length                   = 14
    require_lowercase                = true
    require_numbers                  = true
    require_symbols                  = true
    require_uppercase                = true
    temporary_password_validity_days = 1
  }
}

resource "aws_cognito_resource_server" "service" {
  count = var.cognito_enabled ? 1 : 0

  user_pool_id = aws_cognito_user_pool.main[0].id
  identifier   = "goal-router"
  name         = local.name

  scope {
    scope_name        = local.cognito_scope_name
    scope_description = "Make plans"
  }
}

# The token endpoint.
resource "aws_cognito_user_pool_domain" "main" {
  count = var.cognito_enabled ? 1 : 0

  user_pool_id = aws_cognito_user_pool.main[0].id
  domain       = coalesce(var.cognito_domain_prefix, "${local.name}-${local.account_id}")
}

resource "aws_cognito_user_pool_client" "service" {
  count = var.cognito_enabled ? 1 : 0

  user_pool_id = aws_cognito_user_pool.main[0].id
  name         = "${local.name}-programs"

  generate_secret                      = true
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["client_credentials"]
  allowed_oauth_scopes                 = aws_cognito_resource_server.service[0].scope_identifiers
  supported_identity_providers         = ["COGNITO"]
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true

  access_token_validity = 60

  token_validity_units {
    access_token = "minutes"
  }
}
