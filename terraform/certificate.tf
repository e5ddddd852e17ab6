# HTTPS, where there is a domain: the name, its certificate, and the record that proves to the issuer that the name is ours.

resource "aws_acm_certificate" "service" {
  count = local.https_enabled ? 1 : 0

  domain_name       = var.domain_name
  validation_method = "DNS"

  # The listener needs a certificate at all times.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "certificate" {
  count = local.https_enabled ? 1 : 0

  zone_id = var.zone_id
  name    = local.certificate_proof.resource_record_name
  type    = local.certificate_proof.resource_record_type
  records = [local.certificate_proof.resource_record_value]
  ttl     = 300

  # The record is the same for every certificate of this name, and another environment may have asked for one before.
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "service" {
  count = local.https_enabled ? 1 : 0

  certificate_arn         = aws_acm_certificate.service[0].arn
  validation_record_fqdns = aws_route53_record.certificate[*].fqdn
}

resource "aws_route53_record" "service" {
  #checkov:skip=CKV2_AWS_23:It is an alias of the load balancer.
  count = local.https_enabled ? 1 : 0

  zone_id = var.zone_id
  name    = var.domain_name
  type    = "A"

  alias {
    name                   = aws_lb.service.dns_name
    zone_id                = aws_lb.service.zone_id
    evaluate_target_health = true
  }
}

locals {
  # The certificate has one name, so there is one proof.
  certificate_proof = local.https_enabled ? one(aws_acm_certificate.service[0].domain_validation_options) : null
}
