"""What officials see: the log by trainee, the plan against what was done, exports."""
