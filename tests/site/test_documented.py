"""The figures of the reference pages are those of core's constants.

Each row names a constant and what the page says of it, with the value in its place. Whoever changes the constant, or the
figure on the page, is told of the other. The table of limits of tokens is held against core by tests/guides.
"""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMITS, TIMES = "reference/limits.md", "reference/times.md"
LIFECYCLE, DEFAULTS, PAUSES = "lifecycle.md", "explanation/defaults.md", "explanation/pauses.md"
LIFETIME, FLEET = "explanation/lifetime-of-a-grant.md", "fleet.md"

WINDOWS = "cache/decide/windows.rs"
PAUSE = "cache/decide/pause.rs"
ACCOUNT = "cache/decide/account_options.rs"
LINGERING = "account/lingering.rs"
#: What values are made of.
UNITS = {"SECOND": 1_000_000_000, "MILLI": 1_000_000, "MINUTE": 60_000_000_000}
TIMES_OF = {"from_secs": 1e9, "from_millis": 1e6, "from_micros": 1e3, "from_nanos": 1}


def source(file):
    return (ROOT / "core/src" / file).read_text(encoding="utf-8")


def value(expression):
    """What an expression of Rust's comes to. Times are nanoseconds."""
    plain = expression.replace("_", "")
    for name, unit in UNITS.items():
        plain = plain.replace(name, str(unit))
    for name, unit in TIMES_OF.items():
        plain = re.sub(rf"Duration::{name.replace('_', '')}\(([^()]*)\)", rf"(\1)*{unit}", plain)
    plain = re.sub(r"(?<=\d)[fui](8|16|32|64)\b", "", plain)
    if not re.fullmatch(r"[\d.\s*+()e]+", plain):
        raise ValueError(f"cannot read {expression}")
    return eval(plain)  # noqa: S307: figures and signs alone


def constant(file, name):
    """The value of a constant, or of a row of the table of limits."""
    found = re.search(rf"^\s*(?:pub(?:\([a-z ]+\))? )?(?:const )?{name}: [\w:]+ = ([^;,]+)[;,]", source(file), re.M)
    if not found:
        raise KeyError(f"core/src/{file} has no {name}")
    return value(found[1])


def field(file, pattern):
    """A value that has no name: what the group of a pattern finds."""
    found = re.search(pattern, source(file))
    if not found:
        raise KeyError(f"core/src/{file} has nothing like {pattern}")
    return value(found[1])


def growing(name):
    """A time that depends on a grant's lifetime: in seconds at 15 s, at 60 s, and at most."""
    found = re.search(rf"const {name}: Self = Self::growing\(([\d_]+), ([\d_]+), ([\d_]+)\)", source(WINDOWS))
    return [value(each) / 1000 for each in found.groups()]


def span(name):
    """At 60 s and at 15 s."""
    at_15, at_60, _ = growing(name)
    return at_60, at_15


def grown(name, part=None):
    """For ten minutes, an hour and a day: as long as for a minute in proportion, or that part of the lifetime if it is more."""
    _, at_60, most = growing(name)
    for lifetime in (600, 3600, 86_400):
        yield max(min(at_60 * lifetime / 60, most), lifetime / part if part else 0)


def seconds(file, name):
    return constant(file, name) / 1e9


def shown(number):
    """As the pages write it."""
    return f"{number:,.0f}" if number == int(number) else f"{number:g}"


def rows():
    """A page, a figure or several, and the text in which they stand there."""
    of = lambda file, name: constant(file, name)  # noqa: E731
    margin, soft, jitter = span("MARGIN"), span("SOFT_POINT"), span("SOFT_JITTER")
    wait, promise, back_off = span("WAIT_BELOW"), span("MIN_REMAINING"), span("BACKOFF_CAP")
    fetch = span("FETCH_TIMEOUT")
    asked, longest = seconds(PAUSE, "ASKED_MAX_WITHOUT"), seconds(PAUSE, "ASKED_MAX")
    unasked = of("account/pace/cooldown.rs", "UNASKED_MAX")
    minutes = asked / 60
    lingers = lambda what: field(LINGERING, rf"{what}: ([\d_* ]+)")  # noqa: E731

    yield LIMITS, "(`ttl`) | {} to {} s |", of("limits.rs", "TTL_MIN"), of("limits.rs", "TTL_MAX")
    yield LIMITS, "(`grant_ttl`) | 1 to {} s, Twilio's limit", of("playback/grant/request.rs", "GRANT_TTL_MAX")
    yield LIMITS, "| identity | {} bytes; {} characters", of("limits.rs", "IDENTITY_MAX_BYTES"), of("limits.rs", "VIDEO_IDENTITY_MAX_CHARS")
    yield LIMITS, "| grants of a token | {}, and {} KiB", of("limits.rs", "GRANTS_MAX"), of("limits.rs", "GRANTS_JSON_MAX_BYTES") / 1024
    yield LIMITS, "| a response of upstream | {} KiB |", of("upstream/transport.rs", "BODY_MAX_BYTES") / 1024
    yield LIMITS, "| a token to verify | {} KiB |", of("limits.rs", "TOKEN_MAX_BYTES") / 1024
    yield LIMITS, "(`max_keys`) | {} unless set, 1 to {};", field("cache/decide/policy.rs", r"max_keys: ([\d_]+),"), of("cache/decide/policy.rs", "MAX_KEYS_MAX")
    yield LIMITS, "(`calls_per_second`) | {} to start with, {} at most", of("account/pace/mod.rs", "FIRST"), of(ACCOUNT, "RATE_MAX")
    yield LIMITS, "(`burst`) | {} at the same time unless set, 1 to {} |", of(ACCOUNT, "BURST"), of(ACCOUNT, "BURST_MAX")
    yield LIMITS, "(`max_fetches`) | {} unless set, 1 to {};", of(ACCOUNT, "FETCHES"), of(ACCOUNT, "FETCHES_MAX")
    yield LIMITS, "(`timeout`) | {} s unless set; more than {} h counts", of("cache/ask/options.rs", "DEFAULT_TIMEOUT_NANOS") / 1e9, seconds("cache/ask/options.rs", "TIME_MAX") / 3600
    yield LIMITS, "of a value or credential (`ttl`) | 1 ms to {} h |", seconds("cache/decide/key.rs", "TTL_MAX") / 3600
    yield LIMITS, "| key of a `GrantCache` | {} bytes |", of("cache/decide/key.rs", "TEXT_MAX_BYTES")
    yield LIMITS, "| key of a `Credential` | {} bytes |", of("rest/source.rs", "KEY_MAX_BYTES")
    yield LIMITS, "| name that is shared (`share`), `namespace` of a fleet | {} bytes |", of("account/sharing.rs", "NAME_MAX_BYTES")
    yield LIMITS, "| secret of a fleet | {} to {} bytes |", of("fleet/config.rs", "SECRET_MIN_BYTES"), of("fleet/config.rs", "SECRET_MAX_BYTES")
    yield LIMITS, "| secret of an API key | {} bytes |", of("credentials.rs", "SECRET_MAX_BYTES")
    yield LIMITS, "| URL of upstream or of a source | {} bytes |", of("upstream/url.rs", "URL_MAX_BYTES")

    yield TIMES, "less a safety margin of {} s ({} s)", *margin
    yield TIMES, "until {} to {} s ({} to {} s) are left", soft[0], soft[0] + jitter[0], soft[1], soft[1] + jitter[1]
    yield TIMES, "If less than {} s ({} s) are left they wait", *wait
    yield TIMES, "less than `min_remaining` is left, {} s ({} s) unless set", *promise
    yield TIMES, "stays at {} s for as long", fetch[1]
    yield TIMES, "at most {} hours", seconds("cache/ask/options.rs", "WARM_MAX") / 3600
    yield TIMES, "until {} s after the request started", seconds(WINDOWS, "SPACING")
    yield TIMES, "a random part of {} s, 0.5 s, … {} s ({} s) after it ended", seconds(PAUSE, "BACKOFF_BASE"), *back_off
    yield TIMES, "says, but at most {} minutes", minutes
    yield TIMES, "doubled with each 429 in a row, up to {} to {} s", unasked / 2, unasked
    yield TIMES, "counts for up to {} minutes", minutes
    yield TIMES, "doubled each time up to {} s", seconds(PAUSE, "REFUSED_MAX")
    yield TIMES, "| `overloaded` | {} s,", seconds("cache/ask/ticket.rs", "PAUSE")
    yield TIMES, "of up to {} entries always", of("cache/store/idle.rs", "LOOKS")
    yield TIMES, "| an idle connection to upstream | {} s.", seconds("upstream/transport.rs", "IDLE_MAX")
    yield TIMES, "the last {0} to {1} s, at most {2}.", of("net/kept.rs", "HALF") / 1e9, of("net/kept.rs", "HALF") * 2 / 1e9, of("upstream/transport.rs", "KEPT_MAX")
    yield TIMES, "have ended, at most {} s", seconds(LINGERING, "CACHE_MAX")
    yield TIMES, "or {} newer ones have come", of("cache/store/events.rs", "RING")
    yield TIMES, "`Retry-After` may ask for {} h then", longest / 3600

    yield TIMES, "| safety margin | {} s | {} s | {} s |", *grown("MARGIN")
    yield TIMES, "| refresh due: time left | {} s | {} s | {} s |", *grown("SOFT_POINT", 5)
    yield TIMES, "earlier at random by up to | {} s | {} s | {} s |", *grown("SOFT_JITTER", 40)
    yield TIMES, "less left than | {} s | {} s | {} s |", *grown("WAIT_BELOW")
    yield TIMES, "| time limit of a fetch | {} s | {} s | {} s |", *grown("FETCH_TIMEOUT")
    yield TIMES, "| `min_remaining` unless set | {} s | {} s | {} s |", *grown("MIN_REMAINING")
    yield TIMES, "step of the back-off | {} s | {} s | {} s |", *grown("BACKOFF_CAP")
    yield TIMES, "half of the lifetime, at most {} of it", of(WINDOWS, "SESSION_MAX")

    yield LIFECYCLE, "at most** {} caches without a minter are kept, with {} entries and {} MiB", lingers("places"), lingers("entries"), lingers("bytes") / 1024**2
    yield LIFECYCLE, "| at most {} | one look-up", of("net/names.rs", "AT_ONCE")
    yield LIFECYCLE, "The stack of each is {} MiB", of("thread.rs", "STACK_BYTES") / 1024**2
    yield LIFECYCLE, "{} unless set, and {} in all |", of(ACCOUNT, "FETCHES"), of("fetch/fetchers.rs", "THREADS_MAX")
    yield LIFECYCLE, "When {} minters that share one cache", of("account/habit.rs", "MINTERS")
    yield LIFECYCLE, "An account starts with {} requests", of(ACCOUNT, "BURST")

    yield DEFAULTS, "| `min_remaining` | {} s |", promise[0]
    yield DEFAULTS, "| safety margin | {} s |", margin[0]
    yield DEFAULTS, "| time limit of a fetch | {} s |", fetch[0]
    yield DEFAULTS, "| refresh | with {} to {} s left |", soft[0], soft[0] + jitter[0]
    yield DEFAULTS, "| callers wait for the refresh | with less than {} s left |", wait[0]
    yield DEFAULTS, "| `max_fetches` | {} |", of(ACCOUNT, "FETCHES")
    yield PAUSES, "without it 0.5 to {} s |", unasked
    yield PAUSES, "`Retry-After`, at most {} minutes", minutes

    lifetime = 60.0
    due = lifetime - margin[0] - soft[0]
    yield LIFETIME, "| 0 to between {} and {} |", due - jitter[0], due
    yield LIFETIME, "| until {} | the cached grant (`refreshing`)", lifetime - margin[0] - wait[0]
    yield LIFETIME, "| until {} | the new grant", lifetime - margin[0] - promise[0]
    yield LIFETIME, "| until {} | a new grant", lifetime - margin[0]

    yield FLEET, "An answer is waited for {} ms (`timeout`)", of("fleet/redis/options.rs", "TIMEOUT") / 1e6
    yield FLEET, "A lease lasts {} s and is renewed", of("fleet/redis/leases.rs", "LEASE") / 1e9


class Documented(unittest.TestCase):
    def test_the_pages_have_the_figures_of_the_code(self):
        for page, text, *figures in rows():
            wanted = text.format(*map(shown, figures))
            with self.subTest(page=page, text=wanted):
                said = " ".join((ROOT / "docs" / page).read_text(encoding="utf-8").split())
                self.assertTrue(wanted.lower() in said.lower(), f"docs/{page} does not say: {wanted}")

    def test_the_rights_of_a_user_of_redis_are_those_that_are_tested(self):
        tested = re.search(r'"user (fleet on >)secret (~[^"]+)"', source("fleet/redis/tests/ways.rs"))
        rights = " ".join(f"ACL SETUSER {tested[1]}PASSWORD {tested[2]}".replace("\\\n", " ").split())
        for page in (FLEET, "howto/servers.md"):
            self.assertIn(f"```text\n{rights}\n```", (ROOT / "docs" / page).read_text(encoding="utf-8"))

    def test_expressions_are_read(self):
        for expression, nanoseconds in (
            ("3600 * SECOND", 3.6e12),
            ("Duration::from_millis(250)", 2.5e8),
            ("16 * 1024 * 1024", 16_777_216),
            ("2_000_000_000", 2e9),
            ("8.0", 8),
        ):
            self.assertEqual(value(expression), nanoseconds)

    def test_a_constant_that_is_gone_is_told(self):
        with self.assertRaises(KeyError):
            constant("limits.rs", "NO_SUCH_LIMIT")


if __name__ == "__main__":
    unittest.main()
