"""Time only gets less on the way."""

import contextvars
from concurrent.futures import ThreadPoolExecutor

from tearline.resilience import deadline, remaining, remaining_ms
from tearline.resilience._deadlines import RESERVE, is_too_late


def test_without_a_deadline_there_is_no_hurry() -> None:
    assert (remaining(), remaining_ms(), is_too_late()) == (None, None, False)


def test_a_deadline_ends_with_its_block() -> None:
    with deadline(5):
        left = remaining()
        assert left is not None
        assert 4 < left <= 5
    assert remaining() is None


def test_a_deadline_only_shrinks() -> None:
    with deadline(5), deadline(60):
        assert (remaining() or 0) <= 5
        with deadline(1):
            assert (remaining() or 0) <= 1
        assert (remaining() or 0) > 1


def test_it_is_too_late_when_less_than_the_reserve_is_left() -> None:
    with deadline(RESERVE / 2):
        assert is_too_late()
    with deadline(RESERVE + 5):
        assert not is_too_late()


def test_what_is_sent_on_is_in_whole_milliseconds_and_never_less_than_none() -> None:
    with deadline(5):
        left = remaining_ms()
        assert left is not None
        assert 4000 < left <= 5000
    with deadline(-5):
        assert remaining_ms() == 0


def test_it_travels_with_the_context_into_another_thread() -> None:
    with ThreadPoolExecutor(1) as other, deadline(5):
        assert other.submit(contextvars.copy_context().run, remaining).result() is not None
        assert other.submit(remaining).result() is None
