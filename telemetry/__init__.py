"""What operators see of the running app: metrics and logs, and nothing personal in either."""
