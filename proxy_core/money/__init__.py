"""Usage to money: what an exchange cost, in integer nano-dollars, at the prices that held when it ran."""

from proxy_core.money.pricer import Pricer

__all__ = ["Pricer"]
