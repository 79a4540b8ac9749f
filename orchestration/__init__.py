"""The Dagster package: one file per Dagster concept, and the programs that its assets call.

Nothing here knows a rule of the business; those are dbt models. Start at ``definitions.py``.
"""
