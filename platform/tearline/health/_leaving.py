"""Whether this process was told to end."""

import threading

leaving = threading.Event()
"""Set once, and for good: from then on nobody should send requests here, though they are answered still."""
