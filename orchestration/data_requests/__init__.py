"""What people may ask for their data: access, erasure, restriction, objection.

``python -m orchestration.data_requests`` is the command; docs/data-protection.md says how to use
it.
"""
