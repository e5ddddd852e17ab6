output "dashboard_url" {
  description = "The dashboard in the console of CloudWatch."
  value       = "https://${var.aws_region}.console.aws.amazon.com/cloudwatch/home?region=${var.aws_region}#dashboards/dashboard/${aws_cloudwatch_dashboard.main.dashboard_name}"
}

output "alarm_topic_arns" {
  description = "The topics of alarms by severity, for a chat or a pager to subscribe to."
  value       = { for severity, topic in aws_sns_topic.alarms : severity => topic.arn }
}
