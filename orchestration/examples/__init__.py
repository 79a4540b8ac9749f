"""Public data sets brought into the landing folder: the platform on data that it did not make.

Belongs here: one module per data set that says, in SQL, which of its rows are which record of the
harmonised shape. Does not: cleaning, matching, measures (dbt); the data itself, which stays where
it is and is never copied into the project.
"""
