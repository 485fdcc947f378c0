"""The diary, and the reminders that come of it."""
