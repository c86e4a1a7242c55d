"""Several real processes, each with modules and databases of its own, that call each other's facades over HTTP.

`make deployed` runs these, as they take whole processes.
"""
