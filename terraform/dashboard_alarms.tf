locals {
  dashboard_alarm_rows = [
    {
      height = 4
      widgets = [
        {
          type  = "alarm"
          width = 24
          properties = {
            title  = "Alarms, the last to change first"
            sortBy = "stateUpdatedTimestamp"
            # Those that tell somebody; the single windows of the burn rates do not.
            alarms = concat(
              [for alarm in aws_cloudwatch_composite_alarm.burn_rate : alarm.arn],
              [for alarm in aws_cloudwatch_metric_alarm.threshold : alarm.arn],
              [for alarm in aws_cloudwatch_metric_alarm.rollback : alarm.arn],
            )
          }
        },
      ]
    },
  ]
}
