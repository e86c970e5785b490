"""The configuration: one model, the layers it is read from, and the keys it refers to."""

from proxy_core.config.layers import Layer, Origin, override
from proxy_core.config.limits import LimitsOptions
from proxy_core.config.load import Loaded, load
from proxy_core.config.metrics import MetricsOptions
from proxy_core.config.problems import ConfigError, Problem
from proxy_core.config.providers import ProviderOptions
from proxy_core.config.root import Config
from proxy_core.config.routing import RoutingOptions
from proxy_core.config.server import ServerOptions

__all__ = [
    "Config",
    "ConfigError",
    "Layer",
    "LimitsOptions",
    "Loaded",
    "MetricsOptions",
    "Origin",
    "Problem",
    "ProviderOptions",
    "RoutingOptions",
    "ServerOptions",
    "load",
    "override",
]
