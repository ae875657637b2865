# SPDX-License-Identifier: Apache-2.0
import pytest
from stack import Stack


@pytest.fixture(scope="session")
def stack():
    """Postgres, Redis and devbroker, shared by all tests that leave them as they found them. A test that kills or
    freezes servers has a Stack() of its own."""
    with Stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def kafka_stack():
    """The same with Apache Kafka."""
    with Stack("kafka") as stack:
        yield stack
