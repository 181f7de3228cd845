"""The demo city: people who do not exist, marked as demo, with a past told through the services."""
