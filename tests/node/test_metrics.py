"""The node as numbers: what a monitoring system reads, and that nobody is named."""

from datetime import UTC, datetime, timedelta

from federation.errors import Code
from federation.messages import MemberId
from node import metrics
from node.keyring.expiries import Held
from node.metrics import Family, Sample

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_families_are_written_as_prometheus_reads_them() -> None:
    families = [
        Family("amber_a", "gauge", "An a.", [Sample(1.5), Sample(2, {"member": 'E"E\\'})]),
        Family("amber_b", "counter", "No b.", []),
    ]

    assert metrics.text(families) == (
        '# HELP amber_a An a.\n# TYPE amber_a gauge\namber_a 1.5\namber_a{member="E\\"E\\\\"} 2\n'
    )


def test_refused_calls_are_counted_by_member_and_reason() -> None:
    counts = {(MemberId("LV"), Code.QUOTA): 3, (MemberId("PL"), Code.STRANGER): 1}

    text = metrics.text(metrics.of_refusals(counts))

    assert "# TYPE amber_refused_calls_total counter\n" in text
    assert 'amber_refused_calls_total{member="LV",reason="quota"} 3\n' in text
    assert 'amber_refused_calls_total{member="PL",reason="stranger"} 1\n' in text


def test_of_each_kind_the_first_end_counts_and_nobody_is_named() -> None:
    day = timedelta(days=1)
    every = [
        Held("person", "1", NOW - 300 * day, NOW + 9 * day, of="a.tamm"),
        Held("person", "2", NOW - 300 * day, NOW + 3 * day, of="b.kask"),
        Held("ca", "3", NOW, NOW + 3_000 * day),
        Held("signing", "4"),
    ]

    text = metrics.text(metrics.of_keys(every, NOW, is_encrypted=True))

    assert 'amber_ends_seconds{what="person"} 259200\n' in text
    assert 'amber_ends_seconds{what="ca"} 259200000\n' in text
    assert "amber_ends_soon 2\n" in text
    assert "amber_keys_encrypted 1\n" in text
    assert "tamm" not in text
