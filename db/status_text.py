"""Metrics in Prometheus text, as https://prometheus.io/docs/instrumenting/exposition_formats/ describes it.

Comes in: gauges, each a name, what it means, and a number for each set of labels. Goes out: the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Gauge:
    """One metric; `numbers` maps the values of its labels (a tuple) to a number. One without a number is left out."""

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    numbers: Mapping[Any, float | None] = field(default_factory=dict)


@dataclass(eq=False)  # the library keeps collectors by identity
class Given:
    """What prometheus-client calls a collector."""

    gauges: Sequence[Gauge]

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        for gauge in self.gauges:
            family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels)
            for values, number in gauge.numbers.items():
                if number is not None:
                    family.add_metric(values, number)
            yield family


def text_of(gauges: Sequence[Gauge]) -> str:
    """The text; the library is loaded by the first who asks, not by every worker that starts."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(Given(gauges))
    return generate_latest(registry).decode()


def single(name: str, meaning: str, number: float | None) -> Gauge:
    """A metric without labels."""
    return Gauge(name, meaning, (), {(): number})
