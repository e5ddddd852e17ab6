# Who may call the API, in the form in which the application wants it.

locals {
  auth_mode = var.cognito_enabled ? "jwt" : var.auth_mode

  # Of Cognito, or of any other issuer. Without tokens, the application would warn of settings that it does not use.
  token_settings = {
    issuer         = local.auth_mode != "jwt" ? null : var.cognito_enabled ? local.cognito_issuer : var.jwt_issuer
    audience       = local.auth_mode != "jwt" ? null : join(",", concat(aws_cognito_user_pool_client.service[*].id, var.jwt_audience))
    jwks_url       = local.auth_mode != "jwt" ? null : var.cognito_enabled ? "${local.cognito_issuer}/.well-known/jwks.json" : var.jwks_url
    required_scope = local.auth_mode != "jwt" ? null : var.cognito_enabled ? local.cognito_scope : var.jwt_required_scope
  }

  # What an entry leaves out is left out of the document too.
  tiers = length(var.tiers) == 0 ? null : jsonencode({
    tiers = [for tier in var.tiers : { for name, value in tier : name => value if value != null }]
  })

  api_keys = jsonencode({
    clients = [for entry in var.api_keys : { for name, value in entry : name => value if value != null }]
  })
}
