"""The settings of a process whose payment provider is far away."""

from config.settings import *  # noqa: F403 - all of them

PAYMENT_PROVIDER = "tests.faults.far_provider.FarProvider"
