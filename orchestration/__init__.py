"""The Dagster package of the platform and its commands."""
