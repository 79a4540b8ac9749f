"""Dashboards as static pages, built from the published file behind the quality gate."""
