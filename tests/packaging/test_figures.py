"""What the interfaces of all languages say of core's longest time."""

import re
import unittest

from installed import ROOT

#: In which words each interface says it, and how often.
SAID = {
    "bindings-python/python/grantmint/_native.pyi": (r"more than (\d+) hours counts as (\d+) hours", 4),
    "bindings-node/index.d.cts": (r"More than (\d+) hours count as (\d+) hours", 4),
    "include/grantmint.h": (r"for how many milliseconds, at most (\d+) h; 0 to (end) it", 4),
    "include/grantmint.hpp": (r"without (?:callers|viewers), for at most (\d+) h\. (Zero) ends it", 4),
}


def hours(file, constant):
    """A constant of core that is a time, in hours."""
    source = (ROOT / file).read_text(encoding="utf-8")
    (seconds,) = re.findall(rf"{constant}: Duration = Duration::from_secs\(([\d_]+)\)", source)
    return int(seconds.replace("_", "")) / 3600


class Figures(unittest.TestCase):
    def test_what_is_kept_warm_is_so_for_as_long_as_all_languages_say(self):
        longest = hours("core/src/cache/ask/options.rs", "WARM_MAX")
        for file, (words, times) in SAID.items():
            found = re.findall(words, (ROOT / file).read_text(encoding="utf-8"))
            self.assertEqual(len(found), times, file)
            told = {int(figure) for figures in found for figure in figures if figure.isdigit()}
            self.assertEqual(told, {longest}, file)

    def test_a_fetch_takes_no_longer_than_python_says(self):
        longest = hours("core/src/cache/decide/key.rs", "TTL_MAX")
        stub = ROOT / "bindings-python/python/grantmint/_native.pyi"
        (told,) = re.findall(r"in seconds, at most (\d+) hours;", stub.read_text(encoding="utf-8"))
        self.assertEqual(int(told), longest)


if __name__ == "__main__":
    unittest.main()
