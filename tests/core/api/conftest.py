import pytest


@pytest.fixture
def no_cutting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections must end by themselves after a stop: they are cut only when the stand has long given up."""
    monkeypatch.setattr("proxy_core.api_host.GRACE_S", 300.0)
