"""The environment to the plan of where URLs begin, or to a fault: read once, as the app is constructed."""

from collections.abc import Mapping

from jero._plan import OriginPlan
from jero._uri import DEFAULT_PORTS, is_host, is_prefix
from jero._wiring.catalogue import URL_ENVIRONMENT
from jero._wiring.faults import Faults, Place

BASE_URL = "JERO_BASE_URL"
TRUST_FORWARDED = "JERO_TRUST_FORWARDED"
FORWARDED_HOPS = "JERO_FORWARDED_HOPS"

_SWITCH = {"": False, "0": False, "false": False, "1": True, "true": True}


def read_origin(environment: Mapping[str, str], place: Place) -> OriginPlan:
    """Read how the app is reached; a variable that is empty counts as not set.

    Raises WiringError for a value that is none, and where both a base URL and forwarded headers are set.
    """
    faults = Faults()
    base = _read_base(environment.get(BASE_URL, ""), place, faults)
    hops = _read_hops(environment, place, faults)
    if base and hops is not None:
        fault = f"both `{BASE_URL}` and `{TRUST_FORWARDED}` are set, and each says how URLs begin"
        remedy = f"unset one: `{BASE_URL}` where the app is reached at one URL, else `{TRUST_FORWARDED}`"
        faults.add(URL_ENVIRONMENT, place, fault=fault, remedy=remedy)
    faults.raise_if_any()
    return OriginPlan(base, hops)


def _read_base(text: str, place: Place, faults: Faults) -> str:
    scheme, separator, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    prefix = f"{slash}{path}".removesuffix("/")
    is_valid = scheme.lower() in DEFAULT_PORTS and separator and is_host(host)
    if text and not (is_valid and (not prefix or is_prefix(prefix))):
        remedy = "give `http[s]://host[:port][/prefix]`, in ASCII, without user, query and fragment"
        faults.add(URL_ENVIRONMENT, place, fault=f"`{BASE_URL}={text!r}` is no base of URLs", remedy=remedy)
    return f"{scheme.lower()}://{host}{prefix}" if text else ""


def _read_hops(environment: Mapping[str, str], place: Place, faults: Faults) -> int | None:
    """Give how many proxies are trusted, None where none is."""
    text = environment.get(TRUST_FORWARDED, "")
    trusts = _SWITCH.get(text.lower())
    if trusts is None:
        fault, remedy = f"`{TRUST_FORWARDED}={text!r}` is neither yes nor no", "give 1 or 0"
        faults.add(URL_ENVIRONMENT, place, fault=fault, remedy=remedy)
    hops = environment.get(FORWARDED_HOPS, "") or "1"
    if not (hops.isascii() and hops.isdigit() and 0 < len(hops.lstrip("0")) < _TOO_MANY_DIGITS):
        fault = f"`{FORWARDED_HOPS}={hops!r}` is no number of proxies"
        remedy = "give how many trusted proxies stand in front of the app, 1 or more"
        faults.add(URL_ENVIRONMENT, place, fault=fault, remedy=remedy)
        return None
    return int(hops) if trusts else None


_TOO_MANY_DIGITS = 4
