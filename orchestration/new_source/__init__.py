"""Draft the folder of a new source from a sample of its files (``make new-source``).

Belongs here: looking at the files (sample), guessing what they are (proposal), writing the drafts
and the list of what a person must decide (folder). Does not: loading data, finishing the drafts.
"""
